#include "src/search/admission.h"
#include "src/search/trials.h"
#include "runtime/base/log.h"

#include <math.h>
#include <string.h>

/*
 * The program with its libraries and each of its threads, before any data (measured: Debian 12, StarPU 1.3.10,
 * OpenBLAS 0.3.21, whose products keep buffers for each thread).
 */
static const double program_bytes = 2.3e7, worker_bytes = 7e6;

/* The trial table, with the copies that a checkpoint makes of its columns. */
static double table_bytes(const slg_problem *p, const slg_phases *phases)
{
    double n = 0;
    for (size_t i = 0; i < phases->n; i++)
        n += (double)phases->phase[i].particles * (double)phases->phase[i].iterations;
    return n * (2.0 * sizeof(slg_trial) + 8.0 * (double)p->cfg->n_hp);
}

static double constant_bytes(const slg_problem *p, size_t workers)
{
    slg_phases phases;
    slg_phases_make(p->cfg, &phases);
    return program_bytes + worker_bytes * (double)workers + slg_problem_bytes(p) + table_bytes(p, &phases);
}

static double footprint_bytes(const slg_footprint *f, size_t workers)
{
    return f->blocks + f->overhead + f->scratch * (double)workers;
}

/* Bytes of the process with `window` trials in flight. */
static slg_status predict(const slg_problem *p, const slg_phase *phase, const slg_hp_set *hp, size_t workers,
                          slg_admission *out, slg_error *err)
{
    const slg_crowd crowd = {.needs = slg_phase_needs(phase),
                             .on_base = phase->on_base,
                             .workers = workers,
                             .window = out->window,
                             .particles = phase->particles};
    slg_status st = slg_footprint_at(p, hp, &crowd, &out->of, err);
    out->predicted = constant_bytes(p, workers) + footprint_bytes(&out->of, workers);
    return st;
}

/* The largest window whose prediction is below the limit, at most out->window. */
static slg_status find_window(const slg_problem *p, const slg_phase *phase, const slg_hp_set *hp, size_t workers,
                              double limit, slg_admission *out, slg_error *err)
{
    slg_status st = predict(p, phase, hp, workers, out, err);
    slg_admission fits = {.window = 0}, fails = *out;
    if (st != SLG_OK || out->predicted <= limit)
        return st;
    while (st == SLG_OK && fails.window - fits.window > 1) {
        out->window = (fits.window + fails.window) / 2;
        st = predict(p, phase, hp, workers, out, err);
        *(out->predicted <= limit ? &fits : &fails) = *out;
    }
    *out = fits.window > 0 ? fits : fails;
    return st;
}

/* The whole numbers among the hyper-parameters are sizes. */
static void name_sizes(const slg_config *cfg, char *out, size_t room)
{
    out[0] = '\0';
    for (size_t i = 0, n = 0; i < cfg->n_hp && n < room; i++) {
        const slg_param *param = cfg->slot[i].param;
        if (param->kind == SLG_PARAM_INT && (param->flags & SLG_PARAM_SEARCHABLE))
            n += (size_t)snprintf(out + n, room - n, "%s%s", n ? ", " : "", param->name);
    }
}

static slg_status too_much(const slg_problem *p, const slg_admission *a, size_t workers, const slg_memory_limit *limit,
                           slg_error *err)
{
    char sizes[200];
    const double constant = constant_bytes(p, workers);
    name_sizes(p->cfg, sizes, sizeof sizes);
    return slg_fail(err, SLG_ERR_NOMEM,
                    "memory: one particle needs %.0f MB beside %.0f MB of program and data, the limit is %.0f MB (%s); "
                    "lower the largest of %s, the cutoff or run.workers, or raise the limit",
                    (a->predicted - constant) / 1e6, constant / 1e6, limit->bytes / 1e6, limit->of, sizes);
}

slg_status slg_admit(const slg_problem *p, const slg_phase *phase, size_t workers, slg_admission *out, slg_error *err)
{
    slg_hp_set hp;
    bool found;
    const slg_memory_limit limit = slg_memory_budget(p->cfg);
    *out = (slg_admission){.window = (size_t)fmax(4, 2.0 * (double)workers), .predicted = constant_bytes(p, workers)};
    slg_status st = slg_problem_typical(p, true, &hp, &found, err);
    if (st == SLG_OK && !found) {
        slg_log(SLG_WARNING, "memory: not predicted, hardly any point of the ranges is inside the descriptor's domain; "
                             "one trial at a time is evaluated");
        out->window = 1;
        return SLG_OK;
    }
    if (st == SLG_OK)
        st = find_window(p, phase, &hp, workers, limit.bytes, out, err);
    return st == SLG_OK && out->predicted > limit.bytes ? too_much(p, out, workers, &limit, err) : st;
}

slg_status slg_admit_final(const slg_problem *p, size_t workers, slg_admission *out, slg_error *err)
{
    slg_hp_set hp;
    bool found;
    const slg_memory_limit limit = slg_memory_budget(p->cfg);
    const slg_crowd crowd = {.whole = true, .workers = workers, .window = 1, .particles = 1};
    *out = (slg_admission){.window = 1};
    slg_status st = slg_problem_typical(p, true, &hp, &found, err);
    if (st != SLG_OK || !found)
        return st;
    slg_problem_final(p, &hp);
    st = slg_footprint_at(p, &hp, &crowd, &out->of, err);
    out->predicted = constant_bytes(p, workers) + footprint_bytes(&out->of, workers);
    if (st == SLG_OK && out->predicted > limit.bytes)
        st = slg_fail(err, SLG_ERR_NOMEM,
                      "memory: the final fit on all structures needs %.0f MB, the limit is %.0f MB (%s); lower "
                      "fit.final_n_sparse (or n_sparse), or raise the limit",
                      out->predicted / 1e6, limit.bytes / 1e6, limit.of);
    return st;
}

slg_memory_limit slg_memory_budget(const slg_config *cfg)
{
    slg_memory_limit found = slg_memory_limit_now(), out = {.bytes = 0.8 * found.bytes};
    if (cfg->memory_gb > 0 && 1e9 * cfg->memory_gb < found.bytes)
        return (slg_memory_limit){1e9 * cfg->memory_gb, "run.memory_gb"};
    if (cfg->memory_gb > 0) /* asked for more than there is */
        return found;
    snprintf(out.of, sizeof out.of, "80 %% of %.50s", found.of);
    return out;
}

void slg_memory_warn(void)
{
    char text[320];
    for (int i = 0; slg_memory_ignored(i, text, sizeof text); i++)
        if (text[0])
            slg_log(SLG_WARNING, "%s", text);
}
