/* The effective configuration: one line for each key, so that two of them can be compared line by line. */
#include "src/config/keys.h"

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

static void put_enum(FILE *out, const slg_key *key, const void *p)
{
    unsigned v;
    char word[32] = "";
    memcpy(&v, p, sizeof v);
    (void)slg_word_at(key->words, (int)(v - (unsigned)key->lo), word, sizeof word);
    fputs(word, out);
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
        for (int id = 0; id < SLG_N_HP; id++) {
            const slg_hp_entry *e = &c->start[(size_t)k * SLG_N_HP + (size_t)id];
            if (unset(e))
                continue;
            fprintf(out, "%s%s: ", sep, slg_hp_info_of((slg_hp_id)id)->name);
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

static void put_validation(FILE *out, const slg_config *c)
{
    if (c->validation_mode == SLG_VAL_FRACTION)
        fprintf(out, "{fraction: %.17g}", c->validation_fraction);
    else if (c->validation_mode == SLG_VAL_FILE)
        put_text(out, c->validation);
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

static bool same_rule(const slg_swarm_rule *a, const slg_swarm_rule *b)
{
    return a->method == b->method && a->bounds == b->bounds && a->gbest == b->gbest && !(a->inertia < b->inertia) &&
           !(a->inertia > b->inertia) && !(a->c1 < b->c1) && !(a->c1 > b->c1) && !(a->c2 < b->c2) && !(a->c2 > b->c2) &&
           !(a->dt < b->dt) && !(a->dt > b->dt);
}

/* All values of the rule follow in lines of their own; the preset's name only has to give the method. */
static void put_swarm(FILE *out, const slg_config *c)
{
    slg_swarm_rule paper = c->rule;
    if (c->rule.method == SLG_SWARM_RANDOM)
        fputs("random", out);
    else
        fputs(slg_swarm_preset("paper", &paper) && same_rule(&paper, &c->rule) ? "paper" : "inertia", out);
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
    case SLG_KEY_SWARM: put_swarm(out, c); break;
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

static void put_value(FILE *out, const slg_config *c, const slg_key *key)
{
    const void *p = (const char *)c + key->offset;
    switch (key->type) {
    case SLG_KEY_TEXT: put_text(out, p); break;
    case SLG_KEY_OPTION: put_option(out, p); break;
    case SLG_KEY_WORD: fputs(p, out); break;
    case SLG_KEY_ENUM: put_enum(out, key, p); break;
    case SLG_KEY_BOOL: fputs(*(const bool *)p ? "true" : "false", out); break;
    case SLG_KEY_INT: fprintf(out, "%d", *(const int32_t *)p); break;
    case SLG_KEY_SEED: fprintf(out, "%llu", (unsigned long long)*(const uint64_t *)p); break;
    case SLG_KEY_REAL: fprintf(out, "%.17g", *(const double *)p); break;
    case SLG_KEY_TIME: put_time(out, *(const double *)p); break;
    case SLG_KEY_HP: put_hp(out, p); break;
    default: put_special(out, c, key);
    }
}

slg_status slg_config_write(const slg_config *cfg, FILE *out, slg_error *err)
{
    for (int s = 0; s < SLG_N_SECTION; s++) {
        fprintf(out, "%s:\n", slg_section_name((slg_section)s));
        for (const slg_key *k = slg_keys; k < slg_keys + slg_n_keys; k++) {
            bool empty = (k->type == SLG_KEY_HP && unset(&cfg->hp[slg_key_hp(k)])) ||
                         (k->type == SLG_KEY_TEXT && *((const char *)cfg + k->offset) == '\0');
            if (k->section != (slg_section)s || empty)
                continue;
            fprintf(out, "  %s: ", k->name);
            put_value(out, cfg, k);
            fputc('\n', out);
        }
    }
    return ferror(out) ? slg_fail(err, SLG_ERR_IO, "the effective configuration cannot be written (is the disk full?)")
                       : SLG_OK;
}

/* One "  key: value" line of an effective configuration with its section. */
typedef struct line {
    const char *section, *key, *value; /* not terminated */
    int n_section, n_key, n_value;
} line;

/* Advances *text over one line; false at the end. A section's own line has no key. */
static bool next_line(const char **text, line *l)
{
    const char *s = *text;
    if (!*s)
        return false;
    const char *end = s + strcspn(s, "\n");
    *text = *end ? end + 1 : end;
    const char *name = s + strspn(s, " ");
    const char *colon = memchr(name, ':', (size_t)(end - name));
    const char *stop = colon ? colon : end;
    l->n_key = 0;
    if (name == s) {
        l->section = name;
        l->n_section = (int)(stop - name);
        return true;
    }
    l->key = name;
    l->n_key = (int)(stop - name);
    l->value = colon ? colon + 1 : end;
    while (l->value < end && *l->value == ' ')
        l->value++;
    l->n_value = (int)(end - l->value);
    return true;
}

static bool same(const char *a, int na, const char *b, int nb)
{
    return na == nb && memcmp(a, b, (size_t)na) == 0;
}

static bool lookup(const char *text, const line *wanted, line *found)
{
    *found = (line){.section = "", .key = "", .value = ""};
    while (next_line(&text, found))
        if (found->n_key > 0 && same(found->section, found->n_section, wanted->section, wanted->n_section) &&
            same(found->key, found->n_key, wanted->key, wanted->n_key))
            return true;
    return false;
}

static void report(slg_error *err, const line *l, const line *was, const line *is)
{
    static const line nothing = {.value = "not given", .n_value = 9};
    was = was ? was : &nothing;
    is = is ? is : &nothing;
    (void)slg_fail_also(err, SLG_ERR_MATCH, "%.*s/%.*s: was %.*s, is %.*s", l->n_section, l->section, l->n_key, l->key,
                        was->n_value < 200 ? was->n_value : 200, was->value, is->n_value < 200 ? is->n_value : 200,
                        is->value);
}

size_t slg_config_differences(const char *was, const char *is, slg_error *err)
{
    size_t n = 0;
    line a = {.section = "", .key = "", .value = ""}, b;
    for (const char *p = was; next_line(&p, &a);) {
        if (a.n_key == 0 || slg_section_free(a.section, (size_t)a.n_section))
            continue;
        bool found = lookup(is, &a, &b);
        if (found && same(a.value, a.n_value, b.value, b.n_value))
            continue;
        report(err, &a, &a, found ? &b : NULL);
        n++;
    }
    a = (line){.section = "", .key = "", .value = ""};
    for (const char *p = is; next_line(&p, &a);) {
        if (a.n_key == 0 || slg_section_free(a.section, (size_t)a.n_section) || lookup(was, &a, &b))
            continue;
        report(err, &a, NULL, &a);
        n++;
    }
    return n;
}
