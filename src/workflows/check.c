/* The report of `starling check`. */
#include "runtime/base/alloc.h"
#include "runtime/base/clock.h"
#include "src/search/admission.h"
#include "src/search/executor.h"
#include "src/workflows/engine.h"
#include "src/workflows/workflow.h"

static void report_set(const char *title, const slg_dataset *d, FILE *out)
{
    fprintf(out, "%s: %s: %zu structures, %zu atoms\n", title, d->path, d->n_frame, d->n_atom);
    fprintf(out, "  %-24s %10s %8s %9s %9s %9s\n", "config_type", "structures", "atoms", "energies", "forces",
            "virials");
    for (size_t g = 0; g < d->n_group; g++) {
        size_t n = 0, atoms = 0, e = 0, f = 0, v = 0;
        for (size_t i = 0; i < d->n_frame; i++) {
            const slg_frame *frame = &d->frame[i];
            if (frame->group != (int32_t)g)
                continue;
            n++;
            atoms += frame->n_atom;
            e += frame->has_energy;
            f += frame->has_force;
            v += frame->has_virial;
        }
        fprintf(out, "  %-24s %10zu %8zu %9zu %9zu %9zu\n", d->group[g], n, atoms, e, f, v);
    }
}

static void report_neighbours(const slg_problem *p, FILE *out)
{
    fprintf(out, "species and e0:");
    for (int32_t s = 0; s < p->n_species; s++) {
        size_t n = 0;
        for (size_t i = 0; i < p->train_set->n_atom; i++)
            n += p->train_set->z[i] == p->z[s];
        fprintf(out, " %s %.6f eV (%zu environments)", slg_element_symbol(p->z[s]), p->e0[s], n);
    }
    fprintf(out, "\nneighbours within %g Angstrom: %.1f an atom, %zu at most, nearest %.3f Angstrom\n", p->cutoff,
            (double)p->train.n_pair / (double)p->train_set->n_atom, p->train.max_pair, p->train.min_r);
}

static void report_dim(const slg_dim *d, FILE *out)
{
    fprintf(out, "  %-28s ", d->name);
    if (d->kind == SLG_DIM_CHOICE)
        for (int32_t c = 0; c < d->n_choice; c++)
            fprintf(out, "%s%g", c ? ", " : "one of ", d->choice[c]);
    else
        fprintf(out, "%g to %g%s", d->lo, d->hi,
                d->kind == SLG_DIM_LOG   ? " (log scale)"
                : d->kind == SLG_DIM_INT ? " (integers)"
                                         : "");
    fputc('\n', out);
}

static slg_status report_space(const slg_problem *p, FILE *out, slg_error *err)
{
    slg_space space;
    slg_status st = slg_config_space(p->cfg, p->n_species, p->z, SLG_ALL_PHASES, &space, err);
    if (st != SLG_OK)
        return st;
    fprintf(out, "search space: %zu dimensions\n", space.n_dim);
    for (size_t i = 0; i < space.n_dim; i++)
        report_dim(&space.dim[i], out);
    return SLG_OK;
}

static void report_plan(const slg_config *c, const slg_phases *phases, FILE *out)
{
    fprintf(out, "plan: strategy %d", c->strategy);
    for (size_t i = 0; i < phases->n; i++)
        fprintf(out, "%s %zu particles x %lld iterations", i ? ", then" : ",", phases->phase[i].particles,
                (long long)phases->phase[i].iterations);
    fprintf(out, ", seed %llu\n", (unsigned long long)c->seed);
}

/* --- memory --------------------------------------------------------------------------------------------------- */

static slg_status report_memory(const slg_problem *p, const slg_phases *phases, size_t workers, FILE *out,
                                slg_error *err)
{
    const slg_memory_limit limit = slg_memory_budget(p->cfg);
    slg_admission most = {.predicted = 0};
    slg_status st = SLG_OK;
    slg_memory_warn();
    for (size_t i = 0; st == SLG_OK && i < phases->n; i++) {
        slg_admission a;
        st = slg_admit(p, &phases->phase[i], workers, &a, err);
        most = st == SLG_OK && a.predicted > most.predicted ? a : most;
    }
    if (st == SLG_OK)
        fprintf(out, "memory: %.0f MB predicted (%zu workers, %zu trials in flight); limit %.0f MB (%s)\n",
                most.predicted / 1e6, workers, most.window, limit.bytes / 1e6, limit.of);
    return st;
}

/* --- time ----------------------------------------------------------------------------------------------------- */

/* Seconds of the workers in all tasks since the last call. */
static slg_status busy_seconds(slg_rt *rt, double *seconds, slg_error *err)
{
    slg_trace_record *record = NULL;
    size_t n = 0;
    slg_rt_wait(rt);
    slg_status st = slg_rt_trace_take(rt, &record, &n, err);
    *seconds = 0;
    for (size_t i = 0; i < n; i++)
        *seconds += 1e-6 * (record[i].end - record[i].start);
    slg_free(record);
    return st;
}

/* One trial at hp; *seconds of all workers together. */
static slg_status run_trial(slg_executor *x, slg_rt *rt, const slg_hp_set *hp, double *seconds, slg_outcome *out,
                            slg_error *err)
{
    const slg_work work = {.hp = *hp, .iteration = -1, .particle = -1};
    slg_finished f;
    slg_status st = busy_seconds(rt, seconds, err);
    if (st == SLG_OK)
        st = x->submit(x, &work, out, err);
    if (st == SLG_OK)
        st = x->next(x, &f, err);
    if (st == SLG_OK)
        *out = f.out;
    x->settle(x);
    return st == SLG_OK ? busy_seconds(rt, seconds, err) : st;
}

/* Adds the seconds of a whole phase to *total. */
static slg_status time_phase(slg_executor *x, slg_rt *rt, const slg_phase *phase, const slg_hp_set *hp, FILE *out,
                             double *total, slg_error *err)
{
    const double begin = slg_now(), n = (double)phase->particles * (double)phase->iterations;
    slg_outcome outcome = {0};
    double each;
    slg_status st = x->begin(x, phase, hp, err);
    const double base = slg_now() - begin;
    if (st == SLG_OK)
        st = run_trial(x, rt, hp, &each, &outcome, err);
    if (st != SLG_OK)
        return st;
    each /= slg_rt_workers(rt);
    fprintf(out, "time: %s:", phase->name);
    if (phase->on_base)
        fprintf(out, " %.2g s for what trials share,", base);
    fprintf(out, " %.2g s a trial, %.3g s for %.0f trials", each, each * n, n);
    if (outcome.status != SLG_OK)
        fprintf(out, " (that trial failed: %s: %s)", outcome.failure.kind, outcome.failure.why);
    fputc('\n', out);
    *total += each * n + (phase->on_base ? base : 0);
    return SLG_OK;
}

static slg_status time_phases(const slg_problem *p, const slg_phases *phases, slg_rt *rt, FILE *out, slg_error *err)
{
    slg_hp_set hp;
    slg_evaluator *e = NULL;
    slg_executor *x = NULL;
    double total = 0;
    bool found;
    slg_status st = slg_problem_typical(p, false, &hp, &found, err);
    if (st == SLG_OK && !found) {
        fprintf(out, "time: not measured: hardly any point of the ranges is inside the descriptor's domain\n");
        return SLG_OK;
    }
    if (st == SLG_OK)
        st = slg_evaluator_create(p, rt, 0, &e, err);
    if (st == SLG_OK)
        st = slg_executor_local(e, &x, err);
    for (size_t i = 0; st == SLG_OK && i < phases->n; i++)
        st = time_phase(x, rt, &phases->phase[i], &hp, out, &total, err);
    if (st == SLG_OK)
        fprintf(out, "time: about %.3g s for the whole search (%d workers; one trial at the middle of the ranges)\n",
                total, slg_rt_workers(rt));
    if (x)
        x->free(x);
    slg_evaluator_free(&e);
    return st;
}

/* --- all of it ------------------------------------------------------------------------------------------------ */

static slg_status report_costs(const slg_problem *p, bool time, FILE *out, slg_error *err)
{
    slg_short_engine engine;
    slg_phases phases;
    slg_phases_make(p->cfg, &phases);
    report_plan(p->cfg, &phases, out);
    slg_status st = slg_short_engine_start(&engine, p->cfg->workers, time, err);
    if (st == SLG_OK)
        st = report_memory(p, &phases, (size_t)slg_rt_workers(engine.rt), out, err);
    if (st == SLG_OK && time)
        st = time_phases(p, &phases, engine.rt, out, err);
    slg_short_engine_stop(&engine);
    return st;
}

static void report_folds(const slg_problem *p, FILE *out)
{
    const size_t none = p->train_set->n_frame - p->fold_first[p->n_fold];
    fprintf(out, "validation: %zu folds of", p->n_fold);
    for (size_t k = 0; k < p->n_fold; k++)
        fprintf(out, "%s %zu", k > 0 ? "," : "", p->fold_first[k + 1] - p->fold_first[k]);
    fprintf(out, " structures");
    if (none > 0)
        fprintf(out, "; %zu always trained on (free atoms, the only one of a config_type)", none);
    fputc('\n', out);
}

static slg_status report_data(const slg_problem *p, size_t *n_finding, FILE *out, slg_error *err)
{
    report_set("training", p->train_set, out);
    if (p->n_fold > 0)
        report_folds(p, out);
    else if (p->validation_set == p->train_set)
        fprintf(out, "validation: the same structures\n");
    else
        report_set("validation", p->validation_set, out);
    if (p->test_set)
        report_set("test", p->test_set, out);
    report_neighbours(p, out);
    return slg_study_findings(p, n_finding, out, err);
}

slg_status slg_study_check(const slg_problem *p, const slg_check_options *opt, FILE *out, slg_error *err)
{
    size_t n = 0;
    slg_status st = report_data(p, &n, out, err);
    if (st == SLG_OK)
        st = report_space(p, out, err);
    if (st == SLG_OK)
        st = report_costs(p, opt->time, out, err);
    if (st == SLG_OK && n > 0 && opt->strict)
        st = slg_fail(err, SLG_ERR_DATA,
                      "%s: expected data without peculiarities (--strict), found %zu; see the findings above and "
                      "docs/DATA.md",
                      p->cfg->file, n);
    return st;
}
