/* The effective configuration: one line for each key, so that two of them can be compared line by line. */
#include "runtime/base/alloc.h"
#include "src/config/keys.h"

#include <stdlib.h>
#include <string.h>

static void put_text(FILE *out, const char *s)
{
    fputc('"', out);
    for (; *s; s++) {
        if (*s == '"' || *s == '\\')
            fputc('\\', out);
        fputc(*s, out);
    }
    fputc('"', out);
}

static void put_option(FILE *out, const char *s)
{
    if (s[0])
        put_text(out, s);
    else
        fputs("none", out);
}

static void put_spec(FILE *out, const slg_hp_spec *s)
{
    static const char *const names[] = {[SLG_HP_RANGE] = "range", [SLG_HP_LOG] = "log", [SLG_HP_INT] = "int"};
    if (s->kind == SLG_HP_FIXED) {
        fprintf(out, "%.17g", s->value);
    } else if (s->kind == SLG_HP_CHOICE) {
        fputs("{choice: [", out);
        for (int32_t i = 0; i < s->n_choice; i++)
            fprintf(out, "%s%.17g", i > 0 ? ", " : "", s->choice[i]);
        fputs("]}", out);
    } else if (s->kind != SLG_HP_UNSET) {
        fprintf(out, "{%s: [%.17g, %.17g]}", names[s->kind], s->lo, s->hi);
    }
}

static void put_hp(FILE *out, const slg_hp_entry *e)
{
    if (e->n_species == 0) {
        put_spec(out, &e->tied);
        return;
    }
    for (int32_t i = 0; i < e->n_species; i++) {
        fprintf(out, "%s%s: ", i > 0 ? ", " : "{", e->symbol[i]);
        put_spec(out, &e->each[i]);
    }
    fputc('}', out);
}

static bool unset(const slg_hp_entry *e)
{
    return e->n_species == 0 && e->tied.kind == SLG_HP_UNSET;
}

static void put_start(FILE *out, const slg_config *c)
{
    fputc('[', out);
    for (int32_t k = 0; k < c->n_start; k++) {
        const char *sep = k > 0 ? ", {" : "{";
        bool any = false;
        for (size_t id = 0; id < c->n_hp; id++) {
            const slg_hp_entry *e = &c->start[(size_t)k * c->n_hp + id];
            if (unset(e))
                continue;
            fprintf(out, "%s%s: ", sep, c->slot[id].param->name);
            put_hp(out, e);
            sep = ", ";
            any = true;
        }
        fputs(any ? "}" : k > 0 ? ", {}" : "{}", out);
    }
    fputc(']', out);
}

static void put_groups(FILE *out, const slg_config *c)
{
    fputc('{', out);
    for (int32_t i = 0; i < c->n_group_sigma; i++) {
        const slg_group_sigma *g = &c->group_sigma[i];
        const double v[3] = {g->energy, g->force, g->virial};
        static const char *const names[3] = {"energy", "force", "virial"};
        const char *sep = "{";
        fputs(i > 0 ? ", " : "", out);
        put_text(out, g->config_type);
        fputs(": ", out);
        for (int q = 0; q < 3; q++)
            if (v[q] > 0) {
                fprintf(out, "%s%s: %.17g", sep, names[q], v[q]);
                sep = ", ";
            }
        fputc('}', out);
    }
    fputc('}', out);
}

/* In a list a name is always one: alone, `same` or `none` would mean something else. */
static void put_files(FILE *out, const slg_names *list)
{
    const bool alone = list->n == 1 && strcmp(list->name[0], "same") != 0 && strcmp(list->name[0], "none") != 0;
    fputs(alone ? "" : "[", out);
    for (size_t i = 0; i < list->n; i++) {
        fputs(i > 0 ? ", " : "", out);
        put_text(out, list->name[i]);
    }
    fputs(alone ? "" : "]", out);
}

static void put_validation(FILE *out, const slg_config *c)
{
    char seed[48] = "";
    if (c->has_split_seed)
        snprintf(seed, sizeof seed, ", seed: %llu", (unsigned long long)c->split_seed);
    if (c->validation_mode == SLG_VAL_FRACTION)
        fprintf(out, "{fraction: %.17g%s}", c->validation_fraction, seed);
    else if (c->validation_mode == SLG_VAL_FOLDS)
        fprintf(out, "{folds: %d%s}", c->n_fold, seed);
    else if (c->validation_mode == SLG_VAL_FILE)
        put_files(out, &c->validation);
    else
        fputs("same", out);
}

static void put_e0(FILE *out, const slg_config *c)
{
    if (c->e0_mode != SLG_E0_GIVEN) {
        fputs(c->e0_mode == SLG_E0_ISOLATED ? "isolated" : "average", out);
        return;
    }
    for (int32_t i = 0; i < c->n_e0; i++)
        fprintf(out, "%s%s: %.17g", i > 0 ? ", " : "{", c->e0_symbol[i], c->e0[i]);
    fputc('}', out);
}

static void put_use(FILE *out, const slg_config *c)
{
    const bool use[3] = {c->use_energy, c->use_force, c->use_virial};
    static const char *const names[3] = {"energy", "forces", "virial"};
    const char *sep = "[";
    for (int q = 0; q < 3; q++)
        if (use[q]) {
            fprintf(out, "%s%s", sep, names[q]);
            sep = ", ";
        }
    fputc(']', out);
}

static void put_keep(FILE *out, const slg_key *key, const slg_keep *keep)
{
    char word[16];
    if (slg_word_at(key->words, (int)keep->mode, word, sizeof word))
        fputs(word, out);
    if (keep->mode == SLG_KEEP_LAST || keep->mode == SLG_KEEP_SAMPLE)
        fprintf(out, " %d", keep->n);
}

static void put_special(FILE *out, const slg_config *c, const slg_key *key)
{
    switch (key->type) {
    case SLG_KEY_VALIDATION: put_validation(out, c); break;
    case SLG_KEY_E0: put_e0(out, c); break;
    case SLG_KEY_USE: put_use(out, c); break;
    case SLG_KEY_GROUP_SIGMA: put_groups(out, c); break;
    case SLG_KEY_KEEP: put_keep(out, key, &c->trace_keep); break;
    default: put_start(out, c);
    }
}

static void put_time(FILE *out, double seconds)
{
    if (seconds > 0)
        fprintf(out, "%.17g", seconds);
    else
        fputs("none", out);
}

static void put_param(FILE *out, const slg_config *c, const slg_key *key)
{
    const slg_slot *slot = &c->slot[key->slot];
    const double value = slot->entry.tied.value;
    char word[32] = "";
    if (slg_key_is_hp(key))
        put_hp(out, &slot->entry);
    else if (key->param->kind == SLG_PARAM_WORD && slg_word_at(key->words, (int)value, word, sizeof word))
        fputs(word, out);
    else if (key->param->kind == SLG_PARAM_FLAG)
        fputs(value > 0 ? "true" : "false", out);
    else if (key->param->kind == SLG_PARAM_FILE)
        put_option(out, slot->file ? slot->file : "");
    else
        fprintf(out, "%.17g", value);
}

/* Where the value of a key of the program is. */
static const void *key_value(const slg_config *c, const slg_key *key)
{
    return (const char *)c + key->offset;
}

static void put_value(FILE *out, const slg_config *c, const slg_key *key)
{
    const void *p = key_value(c, key);
    switch (key->type) {
    case SLG_KEY_TEXT: put_text(out, p); break;
    case SLG_KEY_FILES: put_files(out, p); break;
    case SLG_KEY_OPTION: put_option(out, p); break;
    case SLG_KEY_BOOL: fputs(*(const bool *)p ? "true" : "false", out); break;
    case SLG_KEY_INT: fprintf(out, "%d", *(const int32_t *)p); break;
    case SLG_KEY_SEED: fprintf(out, "%llu", (unsigned long long)*(const uint64_t *)p); break;
    case SLG_KEY_REAL: fprintf(out, "%.17g", *(const double *)p); break;
    case SLG_KEY_TIME: put_time(out, *(const double *)p); break;
    case SLG_KEY_PARAM: put_param(out, c, key); break;
    case SLG_KEY_TERM: fputs(c->term->name, out); break;
    case SLG_KEY_OBJECTIVE: fputs(c->objective->name, out); break;
    case SLG_KEY_FIRST_OBJECTIVE: fputs(c->first_objective->name, out); break;
    case SLG_KEY_OPTIMISER: fputs(c->optimiser->name, out); break;
    default: put_special(out, c, key);
    }
}

/* Nothing to write: not given, or of an objective or optimiser that was not chosen. */
static bool absent(const slg_config *c, const slg_key *key)
{
    return (slg_key_is_hp(key) && unset(&c->slot[key->slot].entry)) ||
           (key->type == SLG_KEY_TEXT && *(const char *)key_value(c, key) == '\0') ||
           (key->type == SLG_KEY_FILES && ((const slg_names *)key_value(c, key))->n == 0) || !slg_key_chosen(c, key);
}

slg_status slg_config_write(const slg_config *cfg, FILE *out, slg_error *err)
{
    for (int s = 0; s < SLG_N_SECTION; s++) {
        fprintf(out, "%s:\n", slg_section_name((slg_section)s));
        for (const slg_key *k = cfg->key; k < cfg->key + cfg->n_key; k++) {
            if (k->section != (slg_section)s || absent(cfg, k))
                continue;
            fprintf(out, "  %s: ", k->name);
            put_value(out, cfg, k);
            fputc('\n', out);
        }
    }
    return ferror(out) ? slg_fail(err, SLG_ERR_IO, "the effective configuration cannot be written (is the disk full?)")
                       : SLG_OK;
}

slg_status slg_config_text(const slg_config *cfg, char **out, slg_error *err)
{
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    *out = NULL;
    if (!f)
        return slg_fail_nomem(err, "configuration");
    slg_status st = slg_config_write(cfg, f, err);
    if (fclose(f) != 0 && st == SLG_OK)
        st = slg_fail_nomem(err, "configuration");
    if (st == SLG_OK && !(*out = slg_strndup(text, n)))
        st = slg_fail_nomem(err, "configuration");
    free(text);
    return st;
}
