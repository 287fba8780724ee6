/* The gap_fit command line of a fit. */
#include "runtime/base/alloc.h"
#include "src/potential/quip.h"
#include "src/results/results.h"
#include "tasks/fit/params.h"
#include "tasks/sparse/sparse.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Between the words of the line until they are quoted. */
#define WORD "\x1f"

/* A word as sh reads it back: bare where that is safe, else between quotes. */
static void put_quoted(FILE *out, const char *word, size_t n)
{
    static const char bare[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./-";
    const bool quote = n == 0 || strspn(word, bare) < n;
    fputs(quote ? "'" : "", out);
    for (size_t i = 0; i < n; i++)
        if (word[i] == '\'')
            fputs("'\\''", out);
        else
            fputc(word[i], out);
    fputs(quote ? "'" : "", out);
}

static char *quoted(const char *words)
{
    char *text = NULL, *copy = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    if (!out)
        return NULL;
    for (const char *w = words; *w; w += strcspn(w, WORD), w += *w != 0) {
        fputs(w > words ? " " : "", out);
        put_quoted(out, w, strcspn(w, WORD));
    }
    if (fclose(out) == 0)
        copy = slg_strndup(text, n);
    free(text);
    return copy;
}

/* gap_fit takes names apart at these. */
static bool expressible(const slg_problem *p)
{
    const slg_config *cfg = p->cfg;
    bool good = strpbrk(p->train_set->file.name[0], WORD) == NULL;
    for (int32_t g = 0; g < cfg->n_group_sigma; g++)
        good = good && strpbrk(cfg->group_sigma[g].config_type, ":{}\"' \t" WORD) == NULL;
    return good;
}

static double value(const slg_problem *p, const slg_hp_set *hp, int param, int32_t channel)
{
    return slg_problem_fit_value(p, hp, param, channel);
}

/* False when gap_fit cannot express the part. */
static bool print_part(FILE *out, const slg_problem *p, const slg_hp_set *hp, int32_t part)
{
    const int32_t channel = p->cfg->term->channel(part, p->n_species);
    slg_pairs *pairs = slg_calloc(1, sizeof *pairs);
    slg_term_def *def = slg_calloc(1, sizeof *def);
    bool good = pairs && def;
    if (good) {
        slg_problem_define(p, hp, part, def);
        good = def->term->describe(def, SLG_DIALECT_GAP_FIT, p->z, "", pairs, NULL) == SLG_OK;
        fputs(def->term->name, out);
        slg_pairs_print(pairs, true, out);
    }
    slg_free(def);
    slg_free(pairs);
    fprintf(out, " delta=%.17g n_sparse=%.0f sparse_method=%s add_species=F", value(p, hp, SLG_FIT_DELTA, channel),
            value(p, hp, SLG_FIT_N_SPARSE, channel),
            value(p, hp, SLG_FIT_SPARSE_METHOD, channel) == SLG_SPARSE_RANDOM ? "random" : "cur_points");
    return good;
}

static double sigma(const slg_problem *p, const slg_hp_set *hp, int quantity)
{
    return value(p, hp, SLG_FIT_SIGMA_ENERGY + quantity, 0);
}

/* A class without an own sigma takes the default one; gap_fit wants all four numbers. */
static void print_sigmas(FILE *out, const slg_problem *p, const slg_hp_set *hp)
{
    const slg_config *c = p->cfg;
    for (int32_t g = 0; g < c->n_group_sigma; g++) {
        const slg_group_sigma *s = &c->group_sigma[g];
        fprintf(out, "%s%s:%.17g:%.17g:%.17g:0.0", g ? ":" : WORD "config_type_sigma={", s->config_type,
                s->energy > 0 ? s->energy : sigma(p, hp, SLG_ENERGY), s->force > 0 ? s->force : sigma(p, hp, SLG_FORCE),
                s->virial > 0 ? s->virial : sigma(p, hp, SLG_VIRIAL));
    }
    fputs(c->n_group_sigma > 0 ? "}" : "", out);
}

static void print_data(FILE *out, const slg_problem *p, const slg_hp_set *hp)
{
    const slg_config *c = p->cfg;
    fprintf(out, WORD "e0={");
    for (int32_t s = 0; s < p->n_species; s++)
        fprintf(out, "%s%s:%.17g", s ? ":" : "", slg_element_symbol(p->z[s]), p->e0[s]);
    const double delta = value(p, hp, SLG_FIT_DELTA, 0);
    fprintf(out, "}" WORD "default_sigma={%.17g %.17g %.17g 0.0}" WORD "sparse_jitter=%.17g", sigma(p, hp, SLG_ENERGY),
            sigma(p, hp, SLG_FORCE), sigma(p, hp, SLG_VIRIAL), value(p, hp, SLG_FIT_JITTER, 0) * delta * delta);
    fprintf(out, WORD "energy_parameter_name=%s" WORD "force_parameter_name=%s" WORD "virial_parameter_name=%s",
            c->use_energy ? c->key_energy : "NONE", c->use_force ? c->key_force : "NONE",
            c->use_virial && c->key_virial[0] ? c->key_virial : "NONE");
    fprintf(out,
            WORD "stress_parameter_name=%s" WORD "do_copy_at_file=F" WORD "sparse_separate_file=T" WORD
                 "gp_file=potential.xml",
            c->use_virial && c->key_stress[0] && !c->key_virial[0] ? c->key_stress : "NONE");
}

static bool deltas_differ(const slg_problem *p, const slg_hp_set *hp)
{
    double first = (double)NAN;
    for (int32_t k = 0; k < p->n_part; k++) {
        const double delta = value(p, hp, SLG_FIT_DELTA, p->cfg->term->channel(k, p->n_species));
        if (p->instances[k].n == 0)
            continue;
        if (delta != first && !isnan(first))
            return true;
        first = delta;
    }
    return false;
}

static void add_note(char *text, size_t size, bool holds, const char *note)
{
    const size_t n = strlen(text);
    if (holds)
        snprintf(text + n, size - n, "%s%s", n > 0 ? "; " : "", note);
}

void slg_gap_fit_note(const slg_problem *p, const slg_hp_set *hp, char *text, size_t size)
{
    text[0] = '\0';
    add_note(text, size, value(p, hp, SLG_FIT_SPARSE_METHOD, 0) == SLG_SPARSE_FPS,
             "gap_fit does not select farthest points: the line says cur_points");
    add_note(text, size, p->train_set->file.n > 1,
             "gap_fit reads one file: put the training files together as training.xyz");
    add_note(text, size, p->n_left_out > 0,
             "the training files hold free atoms that were left out here: remove them, or gap_fit wants their e0");
    add_note(
        text, size, deltas_differ(p, hp),
        "the line's sparse_jitter is that of the first element: gap_fit has one number for all sparse sets, here it "
        "is in proportion to delta^2 of each");
}

/* As the study file says it; the file that a pattern stands for. */
static const char *training_file(const slg_problem *p)
{
    const char *given = p->cfg->train.name[0], *file = p->train_set->file.name[0];
    const size_t n = strlen(given), length = strlen(file);
    return p->train_set->file.n > 1                               ? "training.xyz"
           : length >= n && strcmp(file + length - n, given) == 0 ? given
                                                                  : file;
}

char *slg_gap_fit_line(const slg_problem *p, const slg_hp_set *hp)
{
    char *text = NULL, *copy = NULL;
    size_t n = 0;
    bool good = true;
    FILE *out = open_memstream(&text, &n);
    if (!out)
        return NULL;
    fprintf(out, "gap_fit" WORD "atoms_filename=%s" WORD "gap={", training_file(p));
    for (int32_t k = 0, first = 1; k < p->n_part; k++)
        if (p->instances[k].n > 0) {
            fputs(first ? "" : " : ", out);
            good = print_part(out, p, hp, k) && good;
            first = 0;
        }
    fputs("}", out);
    print_sigmas(out, p, hp);
    print_data(out, p, hp);
    if (fclose(out) == 0)
        copy = good && expressible(p) ? quoted(text) : slg_strndup("", 0);
    free(text);
    return copy;
}
