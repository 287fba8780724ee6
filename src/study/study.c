/* The life of a study: start or resume, stages, iterations, saving, the end. */
#include "src/study/report_data.h"
#include "src/study/stop.h"
#include "runtime/base/alloc.h"
#include "runtime/base/log.h"
#include "runtime/ckpt/ckpt.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* --- folder and engine ---------------------------------------------------------------------------------------- */

/* Two processes on one study would undo each other's work; the lock ends with the process. */
static slg_status lock_folder(const char *dir, int *fd, slg_error *err)
{
    char path[SLG_PATH];
    slg_status st = slg_make_folder(dir, err);
    if (st == SLG_OK)
        st = slg_path_join(path, dir, ".lock", err);
    if (st != SLG_OK)
        return st;
    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (*fd < 0)
        return slg_fail(err, SLG_ERR_IO, "%s: cannot be written: %s", path, strerror(errno));
    if (flock(*fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return slg_fail(err, SLG_ERR_IO, "%s: another starling works on this study; wait for it or give another --dir",
                        dir);
    return SLG_OK;
}

/* StarPU's own trace goes into <dir>/trace/fxt. */
static slg_status prepare_fxt(const slg_session *x, char *folder, slg_rt_options *opt, slg_error *err)
{
    if (!slg_rt_has_fxt()) {
        slg_log(SLG_WARNING, "trace.fxt: this StarPU was built without FxT; only Starling's own trace is written");
        return SLG_OK;
    }
    opt->fxt_dir = folder;
    slg_status st = slg_path_join(folder, x->dir, "trace/fxt/", err); /* a prefix of file names */
    return st == SLG_OK ? slg_make_folder(folder, err) : st;
}

static slg_status start_engine(slg_session *x, slg_error *err)
{
    char state[SLG_PATH];
    slg_status st = slg_path_join(state, x->dir, ".starpu", err);
    if (st == SLG_OK)
        st = slg_make_folder(state, err);
    const slg_config *cfg = x->p->cfg;
    slg_rt_options opt = {.backend = SLG_RT_STARPU,
                          .workers = cfg->workers,
                          .state_dir = state,
                          .trace = cfg->trace_keep.mode != SLG_KEEP_NONE};
    char fxt[SLG_PATH];
    if (st == SLG_OK && cfg->trace_fxt)
        st = prepare_fxt(x, fxt, &opt, err);
    if (st == SLG_OK)
        st = slg_rt_start(&opt, &x->rt, err);
    if (st != SLG_OK)
        return st;
    int workers = slg_rt_workers(x->rt), cores = slg_rt_cores(x->rt);
    int wanted = cfg->workers > 0 && cfg->workers < cores ? cfg->workers : cores;
    if (workers < wanted)
        slg_log(
            SLG_WARNING,
            "StarPU offers %d CPU workers, this node has %d cores: the distribution's StarPU is built for few cores; "
            "build StarPU with --enable-maxcpus=%d (README, section Many cores)",
            workers, cores, cores);
    return SLG_OK;
}

/* --- memory --------------------------------------------------------------------------------------------------- */

static double memory_budget(const slg_config *cfg)
{
    double machine = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
    return cfg->memory_gb > 0 ? 1e9 * cfg->memory_gb : 0.8 * machine;
}

static double constant_bytes(const slg_problem *p, int32_t stage)
{
    return 8e7 + slg_problem_bytes(p) + (stage == 2 ? slg_base_bytes(p) : 0);
}

static slg_status require_memory(const slg_problem *p, int32_t stage, slg_error *err)
{
    double constant = constant_bytes(p, stage), each = slg_particle_bytes(p, stage), limit = memory_budget(p->cfg);
    if (limit - constant >= each)
        return SLG_OK;
    return slg_fail(err, SLG_ERR_NOMEM,
                    "memory: one particle needs %.2f GB beside %.2f GB of data, the limit is %.2f GB; lower n_sparse, "
                    "alpha_max, l_max or rcut_hard, or raise run.memory_gb",
                    each / 1e9, constant / 1e9, limit / 1e9);
}

/* How many particles may be in flight: as many as fit, but no more than keep the workers busy. */
static slg_status choose_window(slg_session *x, slg_error *err)
{
    const slg_problem *p = x->p;
    int32_t stage = p->cfg->strategy == 1 ? 0 : x->s.stage;
    slg_status st = require_memory(p, stage, err);
    if (st == SLG_OK && stage == 1) /* not only after a long stage 1 */
        st = require_memory(p, 2, err);
    if (st != SLG_OK)
        return st;
    double constant = constant_bytes(p, stage);
    double each = slg_particle_bytes(p, stage), room = memory_budget(p->cfg) - constant;
    double wanted = fmax(4, 2.0 * slg_rt_workers(x->rt));
    x->window = (size_t)fmin(floor(room / fmax(each, 1)), wanted);
    x->predicted_bytes = constant + each * (double)x->window;
    return SLG_OK;
}

/* --- trace ---------------------------------------------------------------------------------------------------- */

/* A study does not fail for want of a trace: the tracer gives up after its first failure. */
static void trace_checked(slg_status st, const slg_error *why)
{
    if (st != SLG_OK)
        slg_log(SLG_WARNING, "%s; the run goes on without a trace", why->text);
}

static void trace_begin(slg_session *x, int32_t iteration)
{
    slg_error why;
    slg_error_clear(&why);
    trace_checked(slg_tracer_begin(x->tracer, x->s.stage, iteration, &why), &why);
}

/* After slg_rt_wait. */
static void trace_end(slg_session *x, bool complete)
{
    slg_error why;
    slg_error_clear(&why);
    slg_rt_wait(x->rt);
    trace_checked(slg_tracer_end(x->tracer, complete, x->predicted_bytes, &why), &why);
}

/* --- saving and progress -------------------------------------------------------------------------------------- */

static double elapsed(const slg_session *x)
{
    return x->elapsed_before + slg_now() - x->started;
}

static slg_progress progress_of(const slg_session *x, const char *state)
{
    const slg_config *cfg = x->p->cfg;
    slg_progress g = {.state = state,
                      .elapsed = elapsed(x),
                      .eta = (double)NAN,
                      .seconds_per_trial = (double)NAN,
                      .predicted_bytes = x->predicted_bytes,
                      .workers = slg_rt_workers(x->rt),
                      .scheduler = slg_rt_scheduler(x->rt),
                      .in_flight = x->in_flight};
    if (x->evaluated == 0)
        return g;
    g.seconds_per_trial = (slg_now() - x->started) / (double)x->evaluated;
    if (x->s.stage < 3) {
        double left = (double)slg_stage_particles(cfg, x->s.stage) *
                      (double)(slg_stage_iterations(cfg, x->s.stage) - x->s.swarm->iteration);
        g.eta = left * g.seconds_per_trial;
    }
    return g;
}

static slg_status save(slg_session *x, const char *state, slg_error *err)
{
    double begin = slg_now();
    slg_error why;
    slg_error_clear(&why);
    slg_rt_pause(x->rt);
    /* First, so that no checkpoint is ahead of the trace. */
    trace_checked(slg_tracer_save(x->tracer, &why), &why);
    x->s.elapsed = elapsed(x);
    slg_status st = slg_state_save(&x->s, x->p, x->dir, err);
    if (st == SLG_OK)
        trace_checked(slg_tracer_saved(x->tracer, &why), &why);
    if (st == SLG_OK)
        st = slg_write_trials(&x->s, x->dir, err);
    if (st == SLG_OK && x->best_changed && !x->best_partial) {
        st = slg_write_best(&x->s, x->p, x->dir, err);
        x->best_changed = st != SLG_OK;
    }
    slg_progress g = progress_of(x, state);
    if (st == SLG_OK)
        st = slg_write_status(&x->s, x->p, &g, x->dir, err);
    slg_rt_resume(x->rt);
    /* Saving takes at most a twentieth of the time. */
    x->next_save = slg_now() + fmax(0.2, 20 * (slg_now() - begin));
    return st;
}

/* Between iterations, when no particle is in flight: the files of the report cost tasks of their own. */
static slg_status save_all(slg_session *x, const char *state, slg_error *err)
{
    double begin = slg_now();
    slg_error report = {0};
    slg_status st = SLG_OK;
    if (x->report_due && !x->best_partial) {
        st = slg_write_report_data(x, &report);
        x->report_due = st == SLG_STOPPED;
    }
    if (st != SLG_OK && st != SLG_STOPPED) { /* no reason to end a search */
        slg_log(SLG_WARNING, "%s: figures of the report: %s", x->dir, report.text);
        st = SLG_OK;
    }
    double spent = slg_now() - begin;
    if (st == SLG_OK)
        st = save(x, state, err);
    x->next_save += 20 * spent;
    x->next_report = x->next_save;
    return st;
}

/* People watch: the state of a long iteration is shown every few seconds. */
static slg_status show_status(slg_session *x, slg_error *err)
{
    double begin = slg_now();
    if (begin < x->next_status)
        return SLG_OK;
    slg_progress g = progress_of(x, "running");
    slg_status st = slg_write_status(&x->s, x->p, &g, x->dir, err);
    x->next_status = slg_now() + fmax(2, 50 * (slg_now() - begin));
    return st;
}

/* During an iteration: results of long trials are saved before the iteration ends. */
static slg_status between_results(slg_session *x, slg_error *err)
{
    slg_tracer_memory(x->tracer);
    double due = x->next_save + 60 * x->p->cfg->checkpoint_minutes;
    if (slg_now() < due || x->base)
        return show_status(x, err);
    return save(x, "running", err);
}

static void report_progress(const slg_session *x, double *next)
{
    if (x->quiet || (slg_now() < *next && x->s.swarm->iteration < slg_stage_iterations(x->p->cfg, x->s.stage)))
        return;
    *next = slg_now() + 1;
    slg_progress g = progress_of(x, "running");
    char best[64] = "none yet";
    if (x->s.best.trial >= 0)
        snprintf(best, sizeof best, "%.6g (trial %lld)", x->s.best.objective, (long long)x->s.best.trial);
    slg_log(SLG_INFO, "stage %d iteration %lld/%d  trials %zu  best %s  %.3g s/trial  left %.0f s", x->s.stage,
            (long long)x->s.swarm->iteration, slg_stage_iterations(x->p->cfg, x->s.stage), x->s.n_trial, best,
            g.seconds_per_trial, isfinite(g.eta) ? g.eta : 0);
}

/* --- stages --------------------------------------------------------------------------------------------------- */

static slg_status run_iteration(slg_session *x, slg_error *err)
{
    trace_begin(x, (int32_t)x->s.swarm->iteration);
    slg_status st = slg_evaluate(x, err);
    if (st == SLG_OK)
        st = slg_complete_best(x, err);
    trace_end(x, st == SLG_OK);
    if (st != SLG_OK)
        return st;
    slg_state_close_iteration(&x->s);
    return slg_state_open_iteration(&x->s, x->p, err);
}

static slg_status run_stage(slg_session *x, slg_error *err)
{
    double next_line = slg_now() + 1;
    slg_status st = SLG_OK;
    while (st == SLG_OK && x->s.swarm->iteration < slg_stage_iterations(x->p->cfg, x->s.stage)) {
        st = run_iteration(x, err);
        if (st == SLG_OK)
            report_progress(x, &next_line);
        /* Saving during iterations must not put the report off for ever. */
        bool report = x->report_due && slg_now() >= x->next_report;
        if (st == SLG_OK && (report || slg_now() >= x->next_save))
            st = save_all(x, "running", err);
    }
    return st;
}

static slg_status build_base(slg_session *x, slg_flight *base, slg_error *err)
{
    *base = (slg_flight){.p = x->p, .rt = x->rt, .hp = x->s.base};
    base->at = base->last = (slg_place){-1, -1, -1, 0, NULL, NULL};
    trace_begin(x, -1);
    slg_status st = slg_base_build(base, err);
    trace_end(x, st == SLG_OK);
    x->base = base;
    if (!slg_rt_cancelled(x->rt))
        return st;
    slg_error_clear(err);
    return SLG_STOPPED;
}

/* The best of stage 1 becomes the base of stage 2; n_sparse and the sigmas stay as they are until searched. */
static slg_status enter_stage2(slg_session *x, slg_error *err)
{
    if (x->s.best.trial < 0)
        return slg_fail(err, SLG_ERR_NOT_FINITE,
                        "stage 1: every trial failed (reasons in %s/trials.csv); widen the search ranges", x->dir);
    slg_log(SLG_INFO, "stage 1 is complete: best %.6g (trial %lld); stage 2 keeps its descriptor", x->s.best.objective,
            (long long)x->s.best.trial);
    x->s.base = x->s.best.hp;
    x->s.base_trial = x->s.best.trial;
    x->s.best.trial = -1;
    x->s.best.objective = (double)INFINITY;
    slg_status st = slg_state_begin_stage(&x->s, x->p, 2, err);
    return st == SLG_OK ? slg_state_open_iteration(&x->s, x->p, err) : st;
}

/* A descriptor that is good by kernel statistics may not be fit for a fit: then the next best trial of stage 1 is it. */
static slg_status find_base(slg_session *x, slg_flight *base, slg_error *err)
{
    slg_status st = build_base(x, base, err);
    while (slg_is_numerical(st)) {
        slg_log(SLG_WARNING, "%s (trial %lld); the next best trial of stage 1 is taken", err->text,
                (long long)x->s.base_trial);
        if (!slg_state_next_base(&x->s))
            return st;
        slg_error_clear(err);
        slg_flight_release(base);
        st = slg_state_open_iteration(&x->s, x->p, err);
        if (st == SLG_OK)
            st = build_base(x, base, err);
    }
    return st;
}

static slg_status run_stages(slg_session *x, slg_flight *base, slg_error *err)
{
    slg_status st = SLG_OK;
    if (x->s.stage == 1) {
        st = run_stage(x, err);
        if (st == SLG_OK && x->p->cfg->strategy == 2)
            st = enter_stage2(x, err);
        else if (st == SLG_OK)
            x->s.stage = 3;
    }
    if (st == SLG_OK && x->s.stage == 2) {
        st = choose_window(x, err);
        if (st == SLG_OK)
            st = find_base(x, base, err);
        if (st == SLG_OK)
            st = run_stage(x, err);
        if (st == SLG_OK)
            x->s.stage = 3;
    }
    return st;
}

/* What killed processes left behind; the lock is ours. */
static slg_status clean_folder(const char *dir, slg_error *err)
{
    char path[SLG_PATH];
    static const char *const inside[] = {"best", "trace"};
    slg_status st = SLG_OK;
    slg_remove_temporaries(dir);
    for (int i = 0; st == SLG_OK && i < 2; i++) {
        st = slg_path_join(path, dir, inside[i], err);
        if (st == SLG_OK)
            slg_remove_temporaries(path);
    }
    return st;
}

/* --- start, resume, end --------------------------------------------------------------------------------------- */

static slg_status start_or_resume(slg_session *x, slg_error *err)
{
    char path[SLG_PATH];
    slg_status st = slg_path_join(path, x->dir, "study.h5", err);
    if (st != SLG_OK)
        return st;
    if (!slg_ckpt_exists(path)) {
        st = slg_state_begin_stage(&x->s, x->p, 1, err);
        return st == SLG_OK ? slg_state_open_iteration(&x->s, x->p, err) : st;
    }
    st = slg_state_load(&x->s, x->p, x->dir, err);
    if (st == SLG_OK && !x->quiet)
        slg_log(SLG_INFO, "resuming %s: %zu trials so far", x->dir, x->s.n_trial);
    x->elapsed_before = x->s.elapsed;
    x->best_partial = x->s.stage == 2;
    x->best_changed = x->report_due = true; /* the files may be older than the checkpoint */
    return st;
}

static slg_status write_config(const slg_session *x, slg_error *err)
{
    char path[SLG_PATH];
    slg_new_file f;
    slg_status st = slg_path_join(path, x->dir, "config.yaml", err);
    if (st == SLG_OK)
        st = slg_new_file_open(&f, path, err);
    if (st != SLG_OK)
        return st;
    st = slg_config_write(x->p->cfg, f.stream, err);
    if (st == SLG_OK)
        return slg_new_file_commit(&f, err);
    slg_new_file_abort(&f);
    return st;
}

static slg_status finish(slg_session *x, slg_status st, slg_error *err)
{
    if (st == SLG_OK && x->s.best.trial < 0)
        st = slg_fail(err, SLG_ERR_NOT_FINITE, "%s: every trial failed; the reasons are in %s/trials.csv", x->dir,
                      x->dir);
    if (st == SLG_OK)
        st = save_all(x, "finished", err);
    if (st == SLG_STOPPED)
        st = save(x, "stopped", err) == SLG_OK ? SLG_STOPPED : err->status;
    else if (st != SLG_OK && x->s.swarm)
        (void)save(x, "failed", NULL);
    if (st == SLG_STOPPED)
        (void)slg_fail(err, SLG_STOPPED, "%s: stopped after %zu trials, everything is saved; the same command resumes",
                       x->dir, x->s.n_trial);
    if (st == SLG_OK && !x->quiet)
        slg_log(SLG_INFO, "finished: %zu trials in %.1f s, peak memory %.0f MB (predicted %.0f MB)", x->s.n_trial,
                elapsed(x), slg_peak_memory() / 1e6, x->predicted_bytes / 1e6);
    return st;
}

static slg_status run_in_folder(slg_session *x, double max_time, slg_error *err)
{
    slg_flight base = {0};
    slg_status st = start_engine(x, err);
    if (st != SLG_OK)
        return st;
    st = slg_tracer_start(x->rt, x->dir, x->p->cfg->trace_keep, &x->tracer, err);
    slg_stop_arm(x->rt, max_time);
    if (st == SLG_OK)
        st = start_or_resume(x, err);
    if (st == SLG_OK)
        st = choose_window(x, err);
    if (st == SLG_OK)
        st = write_config(x, err);
    if (st == SLG_OK)
        st = slg_write_about(x->p, x->rt, x->versions, x->dir, err);
    bool ready = st == SLG_OK;
    if (st == SLG_OK)
        st = run_stages(x, &base, err);
    if (ready)
        st = finish(x, st, err);
    slg_stop_disarm();
    if (base.rt)
        slg_flight_release(&base);
    slg_tracer_free(&x->tracer);
    slg_rt_stop(&x->rt);
    slg_state_fini(&x->s);
    return st;
}

slg_status slg_study_run(const slg_config *cfg, const slg_run_options *opt, slg_error *err)
{
    slg_session x = {.dir = cfg->directory,
                     .started = slg_now(),
                     .quiet = opt->quiet,
                     .between = between_results,
                     .versions = opt->versions};
    slg_problem *p = NULL;
    char log[SLG_PATH];
    int lock = -1;
    slg_status st = lock_folder(cfg->directory, &lock, err);
    if (st == SLG_OK)
        st = clean_folder(cfg->directory, err);
    if (st == SLG_OK)
        st = slg_path_join(log, cfg->directory, "study.log", err);
    if (st == SLG_OK && slg_log_file(log) != 0)
        st = slg_fail(err, SLG_ERR_IO, "%s: cannot be written; give a writable --dir", log);
    if (st == SLG_OK)
        st = slg_problem_create(cfg, &p, err);
    x.p = p;
    if (st == SLG_OK)
        st = run_in_folder(&x, opt->max_time > 0 ? opt->max_time : cfg->max_time, err);
    slg_problem_free(&p);
    (void)slg_log_file(NULL);
    if (lock >= 0)
        close(lock);
    return st;
}

slg_status slg_fit_once(const slg_problem *p, slg_rt *rt, const slg_hp_set *hp, slg_outcome *out, slg_errors *by_group,
                        slg_potential **pot, slg_error *err)
{
    slg_flight f = {.p = p, .rt = rt, .hp = *hp};
    f.at = f.last = (slg_place){-1, -1, -1, 0, NULL, NULL};
    memset(out, 0, sizeof *out);
    slg_status st = slg_flight_submit(&f, out, err);
    if (st == SLG_ERR_HP) {
        out->status = SLG_ERR_HP;
        st = slg_fail(err, SLG_ERR_HP, "hyper-parameters: %s", out->why);
    }
    if (st == SLG_OK)
        st = slg_flight_collect(&f, out, by_group, err);
    if (st == SLG_OK && out->status != SLG_OK)
        st = slg_fail(err, (slg_status)out->status, "%s: %s", out->stage, out->why);
    if (st == SLG_OK && pot)
        st = slg_flight_potential(&f, pot, err);
    slg_rt_wait(rt);
    slg_flight_release(&f);
    return st;
}
