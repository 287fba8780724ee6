/* The trial table in a checkpoint: columns by their names. */
#include "runtime/base/alloc.h"
#include "src/search/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum column_kind { INTEGER32, INTEGER64, REAL } column_kind;

/** A column of the trial table: a number of every row. */
typedef struct column {
    const char *name;
    column_kind kind;
    size_t at; /* offset in slg_trial */
} column;

#define AT(member) offsetof(slg_trial, member)
static const column columns[] = {
    {"phase", INTEGER32, AT(phase)},
    {"iteration", INTEGER32, AT(iteration)},
    {"particle", INTEGER32, AT(particle)},
    {"done", INTEGER32, AT(done)},
    {"cached_from", INTEGER64, AT(cached_from)},
    {"seconds", REAL, AT(seconds)},
    {"status", INTEGER32, AT(out.status)},
    {"objective", REAL, AT(out.objective)},
    {"energy_rmse", REAL, AT(out.rmse[SLG_ENERGY])},
    {"force_rmse", REAL, AT(out.rmse[SLG_FORCE])},
    {"virial_rmse", REAL, AT(out.rmse[SLG_VIRIAL])},
    {"energy_mae", REAL, AT(out.mae[SLG_ENERGY])},
    {"force_mae", REAL, AT(out.mae[SLG_FORCE])},
    {"virial_mae", REAL, AT(out.mae[SLG_VIRIAL])},
    {"objective_spread", REAL, AT(out.spread)},
    {"kernel_mean", REAL, AT(out.mean)},
    {"kernel_std", REAL, AT(out.std)},
    {"kernel_skew", REAL, AT(out.skew)},
};
enum { N_COLUMN = sizeof columns / sizeof columns[0] };

static slg_status store_integers(const slg_store *c, const column *k, slg_trial *t, size_t n, slg_error *err)
{
    int64_t *x = slg_calloc(n, sizeof *x);
    if (!x)
        return slg_fail_nomem(err, "checkpoint");
    for (size_t i = 0; !c->loading && i < n; i++) {
        const char *from = (const char *)&t[i] + k->at;
        x[i] = k->kind == INTEGER32 ? *(const int32_t *)(const void *)from : *(const int64_t *)(const void *)from;
    }
    slg_status st = slg_store_i64(c, k->name, n, 1, x, err);
    for (size_t i = 0; st == SLG_OK && c->loading && i < n; i++) {
        char *to = (char *)&t[i] + k->at;
        if (k->kind == INTEGER32)
            *(int32_t *)(void *)to = (int32_t)x[i];
        else
            *(int64_t *)(void *)to = x[i];
    }
    slg_free(x);
    return st;
}

static slg_status store_reals(const slg_store *c, const column *k, slg_trial *t, size_t n, slg_error *err)
{
    double *x = slg_calloc(n, sizeof *x);
    if (!x)
        return slg_fail_nomem(err, "checkpoint");
    for (size_t i = 0; !c->loading && i < n; i++)
        memcpy(&x[i], (const char *)&t[i] + k->at, sizeof x[i]);
    slg_status st = slg_store_f64(c, k->name, n, 1, x, err);
    for (size_t i = 0; st == SLG_OK && c->loading && i < n; i++)
        memcpy((char *)&t[i] + k->at, &x[i], sizeof x[i]);
    slg_free(x);
    return st;
}

/* A line "task kind: reason" for each row, empty where nothing failed. */
static char *failures_text(const slg_trial *t, size_t n)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);
    for (size_t i = 0; out && i < n; i++) {
        const slg_failure *f = &t[i].out.failure;
        fprintf(out, f->kind[0] ? "%s: %s\n" : "\n", f->kind, f->why);
    }
    if (out)
        fclose(out);
    return text;
}

static void read_failure(const char *line, size_t n, slg_failure *out)
{
    const char *colon = memchr(line, ':', n);
    *out = (slg_failure){"", ""};
    if (!colon)
        return;
    snprintf(out->kind, sizeof out->kind, "%.*s", (int)(colon - line), line);
    const size_t skip = (size_t)(colon - line) + 2;
    if (skip <= n)
        snprintf(out->why, sizeof out->why, "%.*s", (int)(n - skip), colon + 2);
}

static slg_status store_failures(const slg_store *c, slg_trial *t, size_t n, slg_error *err)
{
    char *text = c->loading ? NULL : failures_text(t, n);
    if (!c->loading && !text)
        return slg_fail_nomem(err, "checkpoint");
    slg_status st = slg_store_text(c, "failure", &text, err);
    const char *line = text;
    for (size_t i = 0; st == SLG_OK && c->loading && i < n; i++) {
        const size_t length = strcspn(line, "\n");
        read_failure(line, length, &t[i].out.failure);
        line += length + (line[length] == '\n');
    }
    if (c->loading)
        slg_free(text);
    else
        free(text);
    return st;
}

/* One column a searched dimension, by its name. */
static slg_status store_values(const slg_store *c, const slg_space *all, slg_trials *t, size_t n, slg_error *err)
{
    double *x = slg_calloc(n, sizeof *x);
    slg_status st = x ? SLG_OK : slg_fail_nomem(err, "checkpoint");
    for (size_t d = 0; st == SLG_OK && d < all->n_dim; d++) {
        char name[64];
        snprintf(name, sizeof name, "value/%s", all->dim[d].name);
        for (size_t i = 0; i < n; i++)
            x[i] = c->loading ? 0 : slg_trials_values(t, i)[d];
        st = slg_store_f64(c, name, n, 1, x, err);
        for (size_t i = 0; st == SLG_OK && c->loading && i < n; i++)
            slg_trials_values(t, i)[d] = x[i];
    }
    slg_free(x);
    return st;
}

/* What the program would index with. */
static slg_status check_rows(const slg_search *s, size_t n, slg_error *err)
{
    for (size_t i = 0; i < n; i++) {
        const slg_trial *t = &s->trials.trial[i];
        if (t->phase < 0 || (size_t)t->phase >= s->phases.n || t->out.status < 0 || t->out.status >= SLG_N_STATUS ||
            t->cached_from < -1 || t->cached_from >= (int64_t)i)
            return slg_fail(err, SLG_ERR_DAMAGE, "study.h5: /trials: row %zu has an impossible phase, status or source",
                            i);
    }
    return SLG_OK;
}

/* Rows of closed iterations and, in an unfinished search, those of the open one. */
slg_status slg_search_store_trials(slg_ckpt *file, bool loading, slg_search *s, slg_error *err)
{
    const slg_store c = {file, loading, "/trials"};
    int64_t closed = (int64_t)s->trials.n;
    slg_status st = slg_store_i64(&c, "closed", 1, 1, &closed, err);
    if (st == SLG_OK && (closed < 0 || closed > INT32_MAX))
        st = slg_fail(err, SLG_ERR_DAMAGE, "study.h5: /trials/closed: expected a number of trials, found %lld",
                      (long long)closed);
    const size_t n = (size_t)closed + (slg_search_finished(s) ? 0 : s->optimiser->n_point);
    if (st == SLG_OK && loading) {
        s->trials.n = 0;
        st = slg_trials_reserve(&s->trials, n, err);
    }
    for (size_t i = 0; st == SLG_OK && i < N_COLUMN; i++)
        st = columns[i].kind == REAL ? store_reals(&c, &columns[i], s->trials.trial, n, err)
                                     : store_integers(&c, &columns[i], s->trials.trial, n, err);
    if (st == SLG_OK)
        st = store_failures(&c, s->trials.trial, n, err);
    if (st == SLG_OK)
        st = store_values(&c, &s->all, &s->trials, n, err);
    if (st == SLG_OK && loading)
        st = check_rows(s, n, err);
    if (st == SLG_OK && loading) {
        s->trials.n = (size_t)closed;
        st = slg_trials_index(&s->trials, n, err);
        s->trials.n_linked = s->trials.n;
        s->opened = st == SLG_OK && !slg_search_finished(s);
    }
    return st;
}
