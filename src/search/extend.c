#include "src/search/extend.h"
#include "runtime/base/alloc.h"
#include "runtime/base/lines.h"
#include "runtime/base/log.h"

#include <stdio.h>
#include <string.h>

/* --- what makes two studies the same -------------------------------------------------------------------------- */

/* The digest of a file, "" without one. */
static void digest_of(const char *digests, const slg_difference *d, char out[64])
{
    char key[128];
    const size_t n = (size_t)snprintf(key, sizeof key, "%s.%s ", d->section, d->key);
    out[0] = '\0';
    slg_line line;
    for (const char *text = digests; slg_next_line(&text, &line);)
        if ((size_t)line.n > n && strncmp(line.p, key, n) == 0)
            snprintf(out, 64, "%.*s", line.n - (int)n, line.p + n);
}

typedef struct pair {
    const char *was, *is; /* digests */
} pair;

/* Both name files: their bytes count, see compare_files. */
static bool names_file(const pair *digests, const slg_difference *d)
{
    char was[64], is[64];
    digest_of(digests->was, d, was);
    digest_of(digests->is, d, is);
    return was[0] && is[0];
}

/* Does the list `is` begin with all of `was`? */
static bool appended(const slg_difference *d)
{
    const size_t n = d->n_was > 0 ? d->n_was - 1 : 0; /* without the bracket that closes it */
    return n > 0 && d->n_is > n && memcmp(d->was, d->is, n) == 0 && (n == 1 || d->is[n] == ',');
}

/* Budgets of phases that the strategy does not have are without effect. */
static const char *judge(void *arg, const slg_difference *d)
{
    const bool search = strcmp(d->section, "search") == 0;
    if (strcmp(d->section, "data") == 0 && strcmp(d->key, "test") == 0)
        return NULL; /* decides nothing */
    if (strcmp(d->section, "fit") == 0 && strcmp(d->key, "final_n_sparse") == 0)
        return NULL; /* of what follows the search */
    if (names_file(arg, d) || (search && slg_phase_is_budget(d->key)))
        return NULL;
    if (!search || strcmp(d->key, "start") != 0)
        return "";
    return appended(d) ? NULL : " (positions can only be added at the end)";
}

/* Every file whose bytes changed. */
static size_t compare_files(const pair *digests, slg_error *err)
{
    size_t found = 0;
    for (const char *line = digests->is; *line; line = strchr(line, '\n') + 1) {
        const size_t n = (size_t)(strchr(line, '\n') - line), key = (size_t)(strchr(line, ' ') - line);
        char whole[256];
        snprintf(whole, sizeof whole, "%.*s", (int)n, line);
        if (strstr(digests->was, whole))
            continue;
        found++;
        (void)slg_fail_also(err, SLG_ERR_MATCH,
                            "%.*s: the file changed since the study began, or others match its name; give what it was",
                            (int)key, line);
    }
    return found;
}

/* The recorded configuration with the defaults of this version for keys that it did not have. */
static slg_status read_record(const char *config, const char *folder, slg_config **was, char **text, slg_error *err)
{
    const slg_config_source record = {
        .name = "study.h5: configuration", .text = config, .n = strlen(config), .origin = SLG_FROM_USER};
    slg_status st = slg_config_assemble(&record, 1, folder, was, err);
    if (st == SLG_OK || st == SLG_ERR_NOMEM)
        return st == SLG_OK ? slg_config_text(*was, text, err) : st;
    (void)slg_fail_also(err, SLG_ERR_MATCH,
                        "study.h5: this version cannot read the recorded configuration; go on with the version that "
                        "began the study, or give another --dir");
    return SLG_ERR_MATCH;
}

slg_status slg_search_same(const slg_problem *p, const char *config, const char *digests, const char *dir,
                           slg_config **was, slg_error *err)
{
    char *text = NULL;
    pair files = {digests, p->digests};
    slg_status st = read_record(config, p->cfg->folder, was, &text, err);
    if (st != SLG_OK)
        return st;
    const size_t found = slg_config_compare(text, p->identity, judge, &files, err) + compare_files(&files, err);
    slg_free(text);
    return found == 0 ? SLG_OK
                      : slg_fail_also(err, SLG_ERR_MATCH,
                                      "%s: holds another study; undo the changes above, or give another --dir", dir);
}

/* --- budgets -------------------------------------------------------------------------------------------------- */

/* A search that had finished goes on in its last phase when there is something left to do. */
static slg_status reopen(slg_search *s, slg_error *err)
{
    if (!slg_search_finished(s) || s->optimiser->generation >= slg_search_phase(s)->iterations)
        return SLG_OK;
    return slg_search_reopen(s, err);
}

static slg_status follow_phase(slg_search *s, size_t i, int64_t was, int64_t is, slg_error *err)
{
    slg_phase *phase = &s->phases.phase[i];
    const bool ended = i < s->phase && i + 1 < s->phases.n;
    if (was == is || is == phase->iterations)
        return SLG_OK;
    if (is < phase->iterations)
        return slg_fail(err, SLG_ERR_MATCH,
                        "search/%s: was %lld, is %lld: a budget can only be raised; give at least %lld", phase->budget,
                        (long long)phase->iterations, (long long)is, (long long)phase->iterations);
    if (ended)
        return slg_fail(err, SLG_ERR_MATCH,
                        "search/%s: was %lld, is %lld: stage %zu has ended and the next one depends on its best trial; "
                        "undo the change, or give another --dir",
                        phase->budget, (long long)was, (long long)is, i + 1);
    slg_log(SLG_INFO, "stage %zu: budget raised from %lld to %lld iterations", i + 1, (long long)phase->iterations,
            (long long)is);
    phase->iterations = is;
    s->more = 0;
    return SLG_OK;
}

slg_status slg_search_follow(slg_search *s, const slg_config *was, slg_error *err)
{
    slg_phases before, now;
    slg_phases_make(was, &before);
    slg_phases_make(s->p->cfg, &now);
    slg_status st = SLG_OK;
    for (size_t i = 0; st == SLG_OK && i < s->phases.n; i++)
        st = follow_phase(s, i, before.phase[i].iterations, now.phase[i].iterations, err);
    return st == SLG_OK ? reopen(s, err) : st;
}

slg_status slg_search_more(slg_search *s, int64_t n, slg_error *err)
{
    const size_t i = slg_search_finished(s) ? s->phases.n - 1 : s->phase;
    slg_phase *phase = &s->phases.phase[i];
    if (n <= 0)
        return SLG_OK;
    if (s->more == n) {
        slg_log(
            SLG_INFO,
            "--more %lld: was counted already and is not done, the budget of stage %zu is %lld iterations; for more "
            "of them raise search.%s or give another number",
            (long long)n, i + 1, (long long)phase->iterations, phase->budget);
        return SLG_OK;
    }
    if (n > SLG_MAX_ITERATIONS - phase->iterations)
        return slg_fail(err, SLG_ERR_USAGE, "--more: expected at most %lld: a budget ends at %d iterations, found %lld",
                        (long long)(SLG_MAX_ITERATIONS - phase->iterations), SLG_MAX_ITERATIONS, (long long)n);
    slg_log(SLG_INFO, "--more %lld: the budget of stage %zu of %zu is raised from %lld to %lld iterations",
            (long long)n, i + 1, s->phases.n, (long long)phase->iterations, (long long)(phase->iterations + n));
    phase->iterations += n;
    s->more = n;
    return reopen(s, err);
}
