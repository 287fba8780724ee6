/* One trace file: columns and a short description of the run. */
#include "runtime/trace/tracer.h"

#include "runtime/base/file.h"
#include "runtime/ckpt/ckpt.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static json_t *workers_json(const slg_rt *rt)
{
    json_t *list = json_array();
    for (int i = 0; i < slg_rt_lanes(rt); i++) {
        char name[SLG_TRACE_NAME];
        slg_rt_worker_name(rt, i, name, sizeof name);
        int n_device = (int)strcspn(name, " ");
        json_t *one = json_pack("{s:s, s:s%}", "name", name, "device", name, n_device);
        if (json_array_append_new(list, one) != 0)
            break;
    }
    return list;
}

static json_t *kinds_json(const slg_pending *p)
{
    json_t *list = json_array();
    for (size_t k = 0; k < p->n_kind; k++)
        if (json_array_append_new(list, json_string(p->kind[k])) != 0)
            break;
    return list;
}

static char *describe(const slg_tracer *t)
{
    char version[64];
    slg_rt_version(version, sizeof version);
    json_t *j = json_pack("{s:s, s:s, s:s, s:i, s:f, s:f, s:o, s:o}", "program", "starling " SLG_VERSION, "version",
                          version, "scheduler", slg_rt_scheduler(t->rt), "stage", (int)t->stage, "origin", t->origin,
                          "dgemm", t->dgemm, "workers", workers_json(t->rt), "kinds", kinds_json(&t->p));
    char *text = j ? json_dumps(j, JSON_COMPACT | JSON_REAL_PRECISION(17)) : NULL;
    json_decref(j);
    return text;
}

static slg_status put_all(slg_ckpt *c, const slg_pending *p, const char *about, slg_error *err)
{
    static const int64_t zero = 0;
    slg_status st = slg_ckpt_put_bytes(c, "/about", about, strlen(about), err);
    if (st == SLG_OK)
        st = slg_ckpt_put_i64(c, "/record/int", p->n, N_INT, p->whole, err);
    if (st == SLG_OK)
        st = slg_ckpt_put_f64(c, "/record/real", p->n, N_REAL, p->real, err);
    if (st == SLG_OK)
        st = slg_ckpt_put_i64(c, "/dep/first", p->n + 1, 1, p->n > 0 ? p->dep_first : &zero, err);
    if (st == SLG_OK)
        st = slg_ckpt_put_i64(c, "/dep/record", p->n_dep, 1, p->dep, err);
    if (st == SLG_OK)
        st = slg_ckpt_put_f64(c, "/iteration", p->n_span, N_SPAN, p->span, err);
    if (st == SLG_OK)
        st = slg_ckpt_put_f64(c, "/memory", p->n_memory, 2, p->memory, err);
    return st;
}

slg_status slg_trace_write(const slg_tracer *t, const slg_trace_name *name, slg_error *err)
{
    char path[SLG_PATH];
    slg_ckpt *c = NULL;
    char *about = describe(t);
    slg_status st = about ? slg_trace_path(path, t->dir, name->name, err) : slg_fail_nomem(err, "trace");
    if (st == SLG_OK)
        st = slg_ckpt_create(path, &c, err);
    if (st == SLG_OK)
        st = put_all(c, &t->p, about, err);
    if (st == SLG_OK)
        st = slg_ckpt_commit(&c, err);
    char previous[SLG_TRACE_NAME + 8]; /* what a replaced file leaves */
    snprintf(previous, sizeof previous, "%s.prev", name->name);
    if (st == SLG_OK)
        st = slg_trace_remove(t->dir, previous, err);
    slg_ckpt_close(&c);
    free(about);
    return st;
}
