/* What a potential tells of its making, and what other programs will make of it. */
#include "runtime/base/alloc.h"
#include "runtime/base/hash.h"
#include "runtime/base/lines.h"
#include "src/results/results.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static slg_status closed(FILE *out, char **text, size_t n, char **copy, slg_error *err)
{
    *copy = fclose(out) == 0 ? slg_strndup(*text, n) : NULL;
    free(*text);
    return *copy ? SLG_OK : slg_fail_nomem(err, "description of a potential");
}

/* --- other programs ------------------------------------------------------------------------------------------- */

static void add_remarks(const slg_problem *p, const slg_hp_set *hp, int32_t part, FILE *out)
{
    slg_remark remark[SLG_MAX_REMARK];
    size_t n = 0;
    slg_term_def *def = slg_calloc(1, sizeof *def);
    if (!def)
        return;
    slg_problem_define(p, hp, part, def);
    (void)def->term->transferable(def, remark, SLG_MAX_REMARK, &n);
    for (size_t i = 0; i < n; i++)
        fprintf(out, "%s\n", remark[i].text);
    slg_free(def);
}

slg_status slg_transfer_remarks(const slg_problem *p, const slg_hp_set *hp, char **lines, slg_error *err)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    if (!out)
        return slg_fail_nomem(err, "description of a potential");
    for (int32_t k = 0; k < p->n_part; k++)
        if (p->instances[k].n > 0)
            add_remarks(p, hp, k, out);
    fflush(out);
    return closed(out, &text, n, lines, err);
}

/* --- provenance ----------------------------------------------------------------------------------------------- */

/* The sections of the configuration that decide what a potential of given hyper-parameters is. */
static slg_digest digest_of_model(const slg_problem *p)
{
    static const char *const sections[] = {"descriptor:", "fit:", "objective:"};
    slg_digest d = slg_digest_bytes("", 0);
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        const char *begin = strstr(p->identity, sections[i]), *end = begin;
        while (end && *end) { /* to the next line that begins a section */
            end += strcspn(end, "\n");
            end += *end == '\n';
            if (*end != ' ')
                break;
        }
        slg_digest both[2] = {d, slg_digest_bytes(begin ? begin : "", begin ? (size_t)(end - begin) : 0)};
        d = slg_digest_bytes(both, sizeof both);
    }
    return d;
}

static void print_comment(const slg_problem *p, const slg_potential *pot, const char *remarks, FILE *out)
{
    fprintf(out, "Starling %s, %s; digests (XXH3-128):\n", SLG_VERSION, pot->label);
    fprintf(out, "%s", p->digests);
    fprintf(out, "descriptor, fit, objective %s\n", digest_of_model(p).hex);
    slg_line line;
    while (slg_next_line(&remarks, &line))
        fprintf(out, "warning: %.*s\n", line.n, line.p);
}

slg_status slg_describe_potential(const slg_problem *p, const slg_hp_set *hp, slg_potential *pot, slg_error *err)
{
    char *text = NULL, *remarks = NULL;
    size_t n = 0;
    slg_free(pot->command_line);
    slg_free(pot->comment);
    pot->comment = NULL;
    pot->command_line = slg_gap_fit_line(p, hp);
    if (!pot->command_line)
        return slg_fail_nomem(err, "description of a potential");
    slg_status st = slg_transfer_remarks(p, hp, &remarks, err);
    FILE *out = st == SLG_OK ? open_memstream(&text, &n) : NULL;
    if (st == SLG_OK && !out)
        st = slg_fail_nomem(err, "description of a potential");
    if (st == SLG_OK) {
        print_comment(p, pot, remarks, out);
        fflush(out);
        st = closed(out, &text, n, &pot->comment, err);
    }
    slg_free(remarks);
    return st;
}
