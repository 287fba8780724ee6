/* Documents made from the table: docs/CONFIG.md and the template. */
#include "src/config/keys.h"

#include <math.h>
#include <string.h>

static void hp_default(const slg_key *key, char *out, size_t size)
{
    double v = slg_hp_info_of(slg_key_hp(key))->standard;
    if (isnan(v))
        snprintf(out, size, "required");
    else
        snprintf(out, size, "%.10g", v);
}

/* "energy, forces" from blank-separated words. */
static void put_words(FILE *out, const char *words)
{
    char word[32];
    for (int k = 0; slg_word_at(words, k, word, sizeof word); k++)
        fprintf(out, "%s`%s`", k > 0 ? ", " : "", word);
}

static void put_values(FILE *out, const slg_key *k)
{
    bool whole = k->type == SLG_KEY_HP ? slg_hp_info_of(slg_key_hp(k))->integer : k->type == SLG_KEY_INT;
    switch (k->type) {
    case SLG_KEY_WORD:
    case SLG_KEY_ENUM:
    case SLG_KEY_SWARM: put_words(out, k->words); break;
    case SLG_KEY_BOOL: fputs("`true`, `false`", out); break;
    case SLG_KEY_INT:
    case SLG_KEY_REAL:
    case SLG_KEY_HP: fprintf(out, "%s%.10g to %.10g", whole ? "integer, " : "", k->lo, k->hi); break;
    case SLG_KEY_SEED: fputs("integer, 0 to 2^64-1", out); break;
    case SLG_KEY_TIME: fputs("`none`, seconds, time", out); break;
    case SLG_KEY_VALIDATION: fputs("`same`, file, `{fraction: f}`", out); break;
    case SLG_KEY_E0: fputs("`isolated`, `average`, `{C: -1027.25, ...}`", out); break;
    case SLG_KEY_USE:
        fputs("list of ", out);
        put_words(out, k->words);
        break;
    case SLG_KEY_GROUP_SIGMA: fputs("`{name: {energy: a, force: b, virial: c}, ...}`", out); break;
    case SLG_KEY_KEEP: fputs("`all`, `none`, `last N`, `sample N`", out); break;
    case SLG_KEY_START: fputs("`[{zeta: 4, ...}, ...]`", out); break;
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
    char standard[64];
    if (k->type == SLG_KEY_HP)
        hp_default(k, standard, sizeof standard);
    else
        snprintf(standard, sizeof standard, "%s", k->standard ? k->standard : "required");
    fprintf(out, "| `%s` | ", k->name);
    put_values(out, k);
    bool word = strcmp(standard, "required") == 0 || strcmp(standard, "preset") == 0;
    fprintf(out, word ? " | %s | %s | " : " | `%s` | %s | ", standard, k->unit);
    put_cell(out, k->text);
    if (k->type == SLG_KEY_HP) {
        fputs(slg_hp_info_of(slg_key_hp(k))->per_species ? " May differ between elements." : "", out);
        fputs(k->words[0] ? " Also called " : "", out);
        put_words(out, k->words);
        fputs(k->words[0] ? "." : "", out);
    }
    fputs(" |\n", out);
}

static void put_table(FILE *out, slg_section s, bool hp)
{
    fputs("| key | values | default | unit | meaning |\n|---|---|---|---|---|\n", out);
    for (const slg_key *k = slg_keys; k < slg_keys + slg_n_keys; k++)
        if (k->section == s && (k->type == SLG_KEY_HP) == hp)
            put_row(out, k);
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
    "| `zeta: 4` | fixed |\n"
    "| `zeta: {range: [2, 10]}` | searched between two values, uniformly |\n"
    "| `sigma_energy: {log: [0.001, 0.1]}` | searched between two values above 0, uniformly in the logarithm |\n"
    "| `alpha_max: {int: [2, 8]}` | searched among integers, both ends included |\n"
    "| `zeta: {choice: [2, 4, 6]}` | searched among 2 to 16 given values |\n"
    "| `atom_sigma_r: {C: 0.4, H: {range: [0.1, 0.5]}}` | one form for each element of the data |\n\n"
    "The last form is possible where the tables say *may differ between elements*; otherwise, and without it, one "
    "value\nholds for all elements. Hyper-parameters of the section `descriptor`, zeta included, are searched in "
    "stage 1 of\nstrategy 2, those of the section `fit` in stage 2.\n\n"
    "A file of hyper-parameters (option `--hp`) is a flat map of the keys of `descriptor` and `fit` to fixed "
    "values.\n";

void slg_config_reference(FILE *out)
{
    fputs(introduction, out);
    for (int s = 0; s < SLG_N_SECTION; s++) {
        bool has_hp = s == SLG_SEC_DESCRIPTOR || s == SLG_SEC_FIT;
        fprintf(out, "\n## Section `%s`\n\n%s\n\n", slg_section_name((slg_section)s), slg_section_text((slg_section)s));
        put_table(out, (slg_section)s, false);
        if (has_hp) {
            fputs("\nHyper-parameters:\n\n", out);
            put_table(out, (slg_section)s, true);
        }
    }
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
    char standard[64] = "";
    if (k->type == SLG_KEY_HP)
        hp_default(k, standard, sizeof standard);
    else
        snprintf(standard, sizeof standard, "%s", k->standard ? k->standard : "");
    /* Keys of a preset are shown as comments: a value would override the preset. */
    bool preset = strcmp(standard, "preset") == 0;
    char text[512];
    snprintf(text, sizeof text, "%s%s%s%s", k->text, k->unit[0] ? " [" : "", k->unit, k->unit[0] ? "]" : "");
    put_comment(out, "  ", text);
    fprintf(out, "  %s%s: %s\n", preset ? "# " : "", k->name, preset ? "" : k->example ? k->example : standard);
}

void slg_config_template(FILE *out)
{
    fputs("# A study of Starling. docs/CONFIG.md explains every key; keys that are left out have their default.\n"
          "# Hyper-parameters: a number, {range: [a, b]}, {log: [a, b]}, {int: [a, b]}, {choice: [a, b, ...]},\n"
          "# or one of these for each element: {C: 0.4, H: {range: [0.1, 0.5]}}.\n",
          out);
    for (int s = 0; s < SLG_N_SECTION; s++) {
        fprintf(out, "\n# %s\n%s:\n", slg_section_text((slg_section)s), slg_section_name((slg_section)s));
        for (const slg_key *k = slg_keys; k < slg_keys + slg_n_keys; k++)
            if (k->section == (slg_section)s)
                put_template_key(out, k);
    }
}
