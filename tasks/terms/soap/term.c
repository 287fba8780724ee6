/* soap_turbo with its dot-product kernel as a term: one part for each central species. */
#include "runtime/base/alloc.h"
#include "tasks/terms/soap/internal.h"

#include <math.h>
#include <stdio.h>

_Static_assert(sizeof(slg_soap_body) <= SLG_TERM_BODY, "the definition fits into its room");

const slg_soap_body *slg_soap_body_of(const slg_term_def *def)
{
    return (const slg_soap_body *)def->body;
}

slg_term_def slg_soap_define(const slg_soap_hp *hp)
{
    slg_term_def def = {.term = &slg_term_soap};
    slg_soap_body *b = (slg_soap_body *)def.body;
    char why[SLG_WHY];
    b->hp = *hp;
    if (slg_soap_check(hp, why) == SLG_OK)
        slg_soap_plan_head(hp, &b->head);
    return def;
}

const slg_soap_hp *slg_soap_hp_of(const slg_term_def *def)
{
    return &slg_soap_body_of(def)->hp;
}

static int32_t n_part(int32_t n_channel)
{
    return n_channel;
}

static int32_t channel(int32_t part, int32_t n_channel)
{
    (void)n_channel;
    return part;
}

static void define(const slg_term_input *in, slg_term_def *out)
{
    slg_soap_hp hp;
    slg_soap_hp_make(in, &hp);
    *out = slg_soap_define(&hp);
}

static slg_status check(const slg_term_def *def, char why[SLG_WHY])
{
    const slg_soap_hp *hp = slg_soap_hp_of(def);
    if (!(hp->zeta > 0 && isfinite(hp->zeta))) {
        snprintf(why, SLG_WHY, "zeta: expected above 0, found %.10g", hp->zeta);
        return SLG_ERR_HP;
    }
    return slg_soap_check(hp, why);
}

static double cutoff(const slg_term_def *def)
{
    const slg_soap_hp *hp = slg_soap_hp_of(def);
    double most = 0;
    for (int32_t s = 0; s < hp->n_species; s++)
        most = hp->rcut_hard[s] > most ? hp->rcut_hard[s] : most;
    return most;
}

static size_t length(const slg_term_def *def)
{
    return slg_soap_length(slg_soap_hp_of(def));
}

static size_t plan_bytes(const slg_term_def *def)
{
    return slg_soap_body_of(def)->head.bytes;
}

static slg_status plan(const slg_term_def *def, void *mem, size_t *where)
{
    return slg_soap_plan_fill(slg_soap_hp_of(def), mem, where);
}

static size_t instances(int32_t part, int32_t n_channel, const slg_geom *geom, size_t env)
{
    (void)n_channel;
    return geom->species[env] == part;
}

static const char *shape(const slg_term_def *def, double *x)
{
    *x = slg_soap_hp_of(def)->zeta;
    return slg_soap_param[SLG_SOAP_ZETA].name;
}

static slg_status descriptor(const void *mem, const slg_geom *geom, size_t env0, size_t env1, double *v, size_t *where,
                             void *work)
{
    const slg_soap_plan *p = mem;
    for (size_t env = env0; env < env1; env++) {
        if (geom->species[env] != (int32_t)p->central)
            continue;
        slg_status st = slg_soap_descriptor(p, geom, env, v, work);
        *where = env;
        if (st != SLG_OK)
            return st;
        v += p->length;
    }
    return SLG_OK;
}

static slg_status gradient(const void *mem, const slg_geom *geom, size_t env, double *v, double *g, void *work)
{
    const slg_soap_plan *p = mem;
    slg_status st = SLG_OK;
    if (geom->species[env] == (int32_t)p->central)
        st = slg_soap_prepare(p, geom, env, v, work);
    if (geom->species[env] == (int32_t)p->central && st == SLG_OK)
        slg_soap_gradient(p, geom, env, v, g, work);
    return st;
}

static slg_status read_file(const char *text, const char *name, const slg_term_def *def, void **file, slg_error *err)
{
    slg_compress *c = slg_calloc(1, sizeof *c);
    *file = c;
    if (!c)
        return slg_fail_nomem(err, name);
    slg_status st = slg_compress_parse(text, name, slg_soap_hp_of(def), c, err);
    if (st != SLG_OK) {
        slg_free(c);
        *file = NULL;
    }
    return st;
}

static void free_file(void *file)
{
    if (file)
        slg_compress_free(file);
    slg_free(file);
}

static void attach(slg_term_def *def, const void *file)
{
    slg_soap_hp hp = *slg_soap_hp_of(def);
    hp.compress = file;
    *def = slg_soap_define(&hp);
}

static char *file_text(const slg_term_def *def, char digest[16])
{
    return slg_compress_text(slg_soap_hp_of(def), digest);
}

const slg_term slg_term_soap = {
    .name = "soap_turbo",
    .param = slg_soap_param,
    .n_param = SLG_SOAP_N_PARAM,
    .unit_norm = true,
    .n_part = n_part,
    .channel = channel,
    .complete = slg_soap_complete,
    .define = define,
    .check = check,
    .cutoff = cutoff,
    .length = length,
    .plan_bytes = plan_bytes,
    .plan = plan,
    .instances = instances,
    .descriptor = descriptor,
    .gradient = gradient,
    .covariance = slg_soap_covariance,
    .shape = shape,
    .kernel = slg_soap_kernel,
    .rows = slg_soap_rows,
    .predict = slg_soap_predict,
    .cost = slg_soap_cost,
    .review = slg_soap_review,
    .describe = slg_soap_describe,
    .parse = slg_soap_parse,
    .transferable = slg_soap_transferable,
    .read_file = read_file,
    .free_file = free_file,
    .attach = attach,
    .file_text = file_text,
};
