/* Documents made from the table: docs/CONFIG.md and the template. */
#include "src/config/read.h"

#include <math.h>
#include <string.h>

/* "energy, forces" from blank-separated words. */
static void put_words(FILE *out, const char *words)
{
    char word[32];
    for (int k = 0; slg_word_at(words, k, word, sizeof word); k++)
        fprintf(out, "%s`%s`", k > 0 ? ", " : "", word);
}

static void put_param_values(FILE *out, const slg_key *k)
{
    switch (k->param->kind) {
    case SLG_PARAM_WORD: put_words(out, k->words); break;
    case SLG_PARAM_FLAG: fputs("`true`, `false`", out); break;
    case SLG_PARAM_FILE: fputs("text or `none`", out); break;
    case SLG_PARAM_INT: fprintf(out, "integer, %.10g to %.10g", k->lo, k->hi); break;
    case SLG_PARAM_REAL: fprintf(out, "%.10g to %.10g", k->lo, k->hi); break;
    }
}

static void put_values(FILE *out, const slg_key *k)
{
    switch (k->type) {
    case SLG_KEY_PARAM: put_param_values(out, k); break;
    case SLG_KEY_TERM:
    case SLG_KEY_OBJECTIVE:
    case SLG_KEY_FIRST_OBJECTIVE:
    case SLG_KEY_OPTIMISER: put_words(out, k->words); break;
    case SLG_KEY_BOOL: fputs("`true`, `false`", out); break;
    case SLG_KEY_INT: fprintf(out, "integer, %.10g to %.10g", k->lo, k->hi); break;
    case SLG_KEY_REAL: fprintf(out, "%.10g to %.10g", k->lo, k->hi); break;
    case SLG_KEY_SEED: fputs("integer, 0 to 2^64-1", out); break;
    case SLG_KEY_TIME: fputs("`none`, seconds, time", out); break;
    case SLG_KEY_FILES: fputs(k->lo < 1 ? "file, list of files or `none`" : "file or list of files", out); break;
    case SLG_KEY_VALIDATION: fputs("`same`, file, list of files, `{fraction: f}` or `f`", out); break;
    case SLG_KEY_E0: fputs("`isolated`, `average`, `{C: -1027.25, ...}`", out); break;
    case SLG_KEY_USE:
        fputs("list of ", out);
        put_words(out, k->words);
        break;
    case SLG_KEY_GROUP_SIGMA: fputs("`{name: {energy: a, force: b, virial: c}, ...}`", out); break;
    case SLG_KEY_KEEP: fputs("`all`, `none`, `last N`, `sample N`", out); break;
    case SLG_KEY_START: fputs("`[{delta: 2, ...}, ...]`", out); break;
    default: fputs(k->type == SLG_KEY_OPTION ? "text or `none`" : "text", out);
    }
}

/* In tables a bar inside a cell must be escaped. */
static void put_cell(FILE *out, const char *s)
{
    for (; *s; s++) {
        if (*s == '|')
            fputc('\\', out);
        fputc(*s, out);
    }
}

static void put_row(FILE *out, const slg_key *k)
{
    const char *standard = k->standard ? k->standard : "required";
    fprintf(out, "| `%s` | ", k->name);
    put_values(out, k);
    bool word = !k->standard || strcmp(standard, "preset") == 0;
    fprintf(out, word ? " | %s | %s | " : " | `%s` | %s | ", standard, k->unit);
    put_cell(out, k->text);
    if (slg_key_is_hp(k)) {
        const char *aliases = k->param->aliases ? k->param->aliases : "";
        fputs(k->param->flags & SLG_PARAM_PER_ELEMENT ? " May differ between elements." : "", out);
        fputs(aliases[0] ? " Also called " : "", out);
        put_words(out, aliases);
        fputs(aliases[0] ? "." : "", out);
    }
    fputs(" |\n", out);
}

static void put_table(FILE *out, const slg_config *c, slg_section s, bool hp)
{
    fputs("| key | values | default | unit | meaning |\n|---|---|---|---|---|\n", out);
    for (const slg_key *k = c->key; k < c->key + c->n_key; k++)
        if (k->section == s && slg_key_is_hp(k) == hp)
            put_row(out, k);
}

/* What the section `descriptor` has for another term than the first. */
static void put_term(FILE *out, const slg_term *term)
{
    slg_config *c = NULL;
    if (slg_load_defaults(term, &c, NULL) != SLG_OK)
        return;
    fprintf(out, "\nWith `type: %s` instead:\n\n| key | values | default | unit | meaning |\n|---|---|---|---|---|\n",
            term->name);
    for (const slg_key *k = c->key; k < c->key + c->n_key; k++)
        if (k->section == SLG_SEC_DESCRIPTOR && k->param)
            put_row(out, k);
    slg_config_free(&c);
}

static const char introduction[] =
    "# The study file\n\n"
    "This page is made by `starling config --reference`; do not edit it. `starling config --template` prints a "
    "commented\nfile to start from.\n\n"
    "A study file is YAML (or JSON, in a file whose name ends in `.json`) with the sections below. Every key has a "
    "default\nexcept those marked *required*. Unknown keys, keys in the wrong section and keys given twice are "
    "errors; all errors of\na file are reported at once with line and column. Anchors, aliases and tags are not "
    "supported, and a file is at most 1 MiB.\n\n"
    "## Hyper-parameters\n\n"
    "Each hyper-parameter is fixed or searched:\n\n"
    "| form | meaning |\n|---|---|\n"
    "| `delta: 2` | fixed |\n"
    "| `delta: {range: [0.5, 4]}` | searched between two values, uniformly |\n"
    "| `sigma_energy: {log: [0.001, 0.1]}` | searched between two values above 0, uniformly in the logarithm |\n"
    "| `n_sparse: {int: [50, 500]}` | searched among integers, both ends included |\n"
    "| `delta: {choice: [0.5, 1, 2]}` | searched among 2 to 16 given values |\n"
    "| `sigma_force: auto` | delta and the sigmas alone: `delta` is 1 (only ratios matter), the sigmas are solved for "
    "the "
    "validation errors, inside each trial of strategy 3 and by `starling fit` |\n"
    "| `delta: {C: 2, H: {range: [0.1, 1]}}` | one form for each element of the data |\n\n"
    "The last form is possible where the tables say *may differ between elements*; otherwise, and without it, one "
    "value\nholds for all elements. Hyper-parameters of the section `descriptor`, those of the kernel included, are "
    "searched in\nstage 1 of strategy 2, those of the section `fit` in stage 2.\n\n"
    "A file of hyper-parameters (option `--hp`) is a flat map of the keys of `descriptor` and `fit` to fixed "
    "values, or has\nthem below these sections, or below `hp` as `starling best --json` prints them.\n";

void slg_config_reference(FILE *out)
{
    slg_config *c = NULL;
    if (slg_config_default(&c, NULL) != SLG_OK)
        return;
    fputs(introduction, out);
    for (int s = 0; s < SLG_N_SECTION; s++) {
        bool has_hp = s == SLG_SEC_DESCRIPTOR || s == SLG_SEC_FIT;
        fprintf(out, "\n## Section `%s`\n\n%s\n\n", slg_section_name((slg_section)s), slg_section_text((slg_section)s));
        put_table(out, c, (slg_section)s, false);
        if (has_hp) {
            fputs("\nHyper-parameters:\n\n", out);
            put_table(out, c, (slg_section)s, true);
        }
        for (const slg_term *const *t = slg_terms + 1; s == SLG_SEC_DESCRIPTOR && t[-1] && *t; t++)
            put_term(out, *t);
    }
    slg_config_free(&c);
}

/* A comment, broken between words. */
static void put_comment(FILE *out, const char *indent, const char *text)
{
    enum { WIDTH = 96 };
    size_t column = 0;
    while (*text) {
        size_t n = strcspn(text, " ");
        if (column > 0 && column + n + 1 > WIDTH) {
            fputc('\n', out);
            column = 0;
        }
        column += (size_t)(column == 0 ? fprintf(out, "%s# ", indent) : fprintf(out, " "));
        column += (size_t)fprintf(out, "%.*s", (int)n, text);
        text += n;
        text += strspn(text, " ");
    }
    fputc('\n', out);
}

static void put_template_key(FILE *out, const slg_key *k)
{
    const char *standard = k->standard ? k->standard : "";
    /* Keys of a preset are shown as comments: a value would override the preset. */
    bool preset = strcmp(standard, "preset") == 0;
    char text[512];
    snprintf(text, sizeof text, "%s%s%s%s", k->text, k->unit[0] ? " [" : "", k->unit, k->unit[0] ? "]" : "");
    put_comment(out, "  ", text);
    fprintf(out, "  %s%s: %s\n", preset ? "# " : "", k->name, preset ? "" : k->example ? k->example : standard);
}

void slg_config_template(FILE *out)
{
    slg_config *c = NULL;
    if (slg_config_default(&c, NULL) != SLG_OK)
        return;
    fputs("# A study of Starling. docs/CONFIG.md explains every key; keys that are left out have their default.\n"
          "# Hyper-parameters: a number, {range: [a, b]}, {log: [a, b]}, {int: [a, b]}, {choice: [a, b, ...]},\n"
          "# or one of these for each element: {C: 0.4, H: {range: [0.1, 0.5]}}.\n",
          out);
    for (int s = 0; s < SLG_N_SECTION; s++) {
        fprintf(out, "\n# %s\n%s:\n", slg_section_text((slg_section)s), slg_section_name((slg_section)s));
        for (const slg_key *k = c->key; k < c->key + c->n_key; k++)
            if (k->section == (slg_section)s)
                put_template_key(out, k);
    }
    slg_config_free(&c);
}
