/* Folder, engine and trace of a running study. */
#include "src/workflows/session.h"
#include "runtime/base/clock.h"
#include "runtime/base/log.h"
#include "runtime/base/temporary.h"
#include "src/workflows/directory.h"
#include "src/workflows/stop.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* --- folder --------------------------------------------------------------------------------------------------- */

/* What killed processes left behind; the lock is ours. */
static slg_status clean_folder(const char *dir, slg_error *err)
{
    char path[SLG_PATH];
    static const char *const inside[] = {"best", "final", "trace"};
    slg_status st = SLG_OK;
    slg_remove_temporaries(dir, NULL, true);
    for (size_t i = 0; st == SLG_OK && i < sizeof inside / sizeof *inside; i++) {
        st = slg_path_join(path, dir, inside[i], err);
        if (st == SLG_OK)
            slg_remove_temporaries(path, NULL, true);
    }
    return st;
}

slg_status slg_session_open(slg_session *x, const slg_config *cfg, const slg_run_options *opt, slg_error *err)
{
    char log[SLG_PATH];
    *x = (slg_session){.opt = opt,
                       .dir = cfg->directory,
                       .lock = -1,
                       .started = slg_now(),
                       .written = UINT64_MAX,
                       .reported = UINT64_MAX};
    slg_status st = slg_directory_take(x->dir, &x->lock, err);
    if (st == SLG_OK)
        st = clean_folder(x->dir, err);
    if (st == SLG_OK)
        st = slg_path_join(log, x->dir, "study.log", err);
    if (st == SLG_OK && slg_log_file(log) != 0)
        st = slg_fail(err, SLG_ERR_IO, "%s: cannot be written; give a writable --dir", log);
    return st;
}

/* --- engine --------------------------------------------------------------------------------------------------- */

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

static void warn_few_workers(const slg_session *x)
{
    const int given = x->p->cfg->workers, workers = slg_rt_workers(x->rt);
    const int wanted = given > 0 ? given : slg_rt_cores(x->rt);
    const char *variable = getenv("STARPU_NCPU");
    if (workers >= wanted)
        return;
    if (given > slg_rt_cores(x->rt))
        slg_log(SLG_WARNING, "StarPU offers %d CPU workers, %d were asked for: this machine has %d cores", workers,
                given, slg_rt_cores(x->rt));
    else if (variable)
        slg_log(SLG_WARNING, "StarPU offers %d CPU workers, %d were expected: STARPU_NCPU is %s", workers, wanted,
                variable);
    else
        slg_log(
            SLG_WARNING,
            "StarPU offers %d CPU workers, %d were expected: the distribution's StarPU is built for few cores; build "
            "StarPU with --enable-maxcpus=%d (README, section Many cores)",
            workers, wanted, wanted);
}

static slg_status start_engine(slg_session *x, slg_error *err)
{
    char state[SLG_PATH], fxt[SLG_PATH];
    slg_status st = slg_path_join(state, x->dir, ".starpu", err);
    if (st == SLG_OK)
        st = slg_make_folder(state, err);
    const slg_config *cfg = x->p->cfg;
    slg_rt_options opt = {.backend = SLG_RT_STARPU,
                          .workers = cfg->workers,
                          .state_dir = state,
                          .trace = cfg->trace_keep.mode != SLG_KEEP_NONE};
    if (st == SLG_OK && cfg->trace_fxt)
        st = prepare_fxt(x, fxt, &opt, err);
    if (st == SLG_OK)
        st = slg_rt_start(&opt, &x->rt, err);
    if (st == SLG_OK)
        warn_few_workers(x);
    return st;
}

slg_status slg_session_start(slg_session *x, slg_error *err)
{
    slg_status st = start_engine(x, err);
    if (st == SLG_OK)
        st = slg_tracer_start(x->rt, x->dir, x->p->cfg->trace_keep, &x->tracer, err);
    if (st == SLG_OK)
        slg_stop_attach(x->rt);
    if (st == SLG_OK)
        st = slg_evaluator_create(x->p, x->rt, 0, &x->e, err);
    if (st == SLG_OK)
        st = slg_executor_local(x->e, &x->x, err);
    x->loop = (slg_loop){.s = &x->s, .x = x->x, .between = slg_session_between, .arg = x};
    return st;
}

void slg_session_close(slg_session *x)
{
    slg_stop_attach(NULL);
    if (x->x)
        x->x->free(x->x);
    slg_evaluator_free(&x->e);
    slg_tracer_free(&x->tracer);
    if (x->rt)
        slg_rt_stop(&x->rt);
    slg_search_free(&x->s);
    (void)slg_log_file(NULL);
    if (x->lock >= 0)
        close(x->lock);
}

/* --- trace ---------------------------------------------------------------------------------------------------- */

/* A study does not fail for want of a trace: the tracer gives up after its first failure. */
static void trace_checked(slg_status st, const slg_error *why)
{
    if (st != SLG_OK)
        slg_log(SLG_WARNING, "%s; the run goes on without a trace", why->text);
}

void slg_session_trace_begin(slg_session *x, int32_t iteration)
{
    slg_error why;
    slg_error_clear(&why);
    trace_checked(slg_tracer_begin(x->tracer, (int32_t)x->s.phase + 1, iteration, &why), &why);
}

void slg_session_trace_end(slg_session *x, bool complete)
{
    slg_error why;
    slg_error_clear(&why);
    slg_rt_wait(x->rt);
    trace_checked(slg_tracer_end(x->tracer, complete, x->x->predicted_bytes, &why), &why);
}
