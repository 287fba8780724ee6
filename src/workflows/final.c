/* final/: the potential to be used, from all structures at the best hyper-parameters. */
#include "runtime/base/alloc.h"
#include "runtime/base/log.h"
#include "src/results/results.h"
#include "src/search/admission.h"
#include "src/workflows/session.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Fitted, judged by the test structures, written. */
static slg_status make(slg_session *x, slg_flight *f, slg_error *err)
{
    const slg_problem *p = x->p;
    const slg_side *learnt = p->learnt.data ? &p->learnt : &p->validation;
    slg_final final = {.trial = x->s.best.trial};
    slg_status st = slg_flight_whole(f, &final.pot, err);
    final.hp = f->hp;
    if (st == SLG_OK)
        st = slg_appraise(p, x->rt, learnt, final.pot, &final.training, err);
    if (st == SLG_OK)
        st = slg_appraise(p, x->rt, &p->test, final.pot, &final.test, err);
    if (st == SLG_OK)
        st = slg_write_final(p, &final, x->dir, err);
    slg_potential_free(&final.pot);
    slg_free(final.training);
    slg_free(final.test);
    return st;
}

/* The result of an earlier final fit, so that no failure leaves it beside another search. */
static slg_status remove_result(const slg_session *x, slg_error *err)
{
    char path[SLG_PATH];
    slg_status st = slg_path_join(path, x->dir, "final/result.json", err);
    if (st == SLG_OK && unlink(path) != 0 && errno != ENOENT && errno != ENOTDIR)
        st = slg_fail(err, SLG_ERR_IO, "%s: cannot be removed: %s", path, strerror(errno));
    return st;
}

slg_status slg_session_final(slg_session *x, slg_error *err)
{
    slg_flight f = {.e = x->e,
                    .needs = SLG_NEED_ERRORS,
                    .objective = x->p->cfg->objective,
                    .hp = x->s.best.hp,
                    .at = {-1, -1, -1, 0, NULL, NULL}};
    if (!x->s.best.pot)
        return SLG_OK;
    slg_problem_final(x->p, &f.hp);
    if (slg_search_phase(&x->s)->nested && x->p->cfg->final_n_sparse > 0) /* other points, other ratios */
        f.needs |= SLG_NEED_NESTED;
    slg_status st = remove_result(x, err);
    if (st == SLG_OK)
        st = make(x, &f, err);
    slg_rt_wait(x->rt);
    slg_flight_release(&f);
    if (slg_rt_cancelled(x->rt)) {
        slg_error_clear(err);
        return SLG_STOPPED;
    }
    if (!slg_is_numerical(st))
        return st;
    slg_log(SLG_WARNING, "%s/final: %s; best/ has the potential of the search", x->dir, err->text);
    slg_error_clear(err);
    return SLG_OK;
}
