/* The forms of a hyper-parameter: number, {range|log|int|choice: [...]}, or a map of element symbols to those. */
#include "src/config/read.h"

#include <math.h>
#include <string.h>

static const char forms[] = "range log int choice";

static bool whole(const slg_param *hp)
{
    return hp->kind == SLG_PARAM_INT;
}

static bool allowed(const slg_param *hp, double v)
{
    return v >= hp->lowest && v <= hp->highest && (!whole(hp) || v == floor(v));
}

static void domain_text(const slg_param *hp, char *out, size_t size)
{
    const char *unit = hp->unit ? hp->unit : "";
    snprintf(out, size, "%s from %.10g to %.10g%s%s", whole(hp) ? "an integer" : "a number", hp->lowest, hp->highest,
             unit[0] ? " " : "", unit);
}

static bool read_value(slg_reading *r, const slg_param *hp, const char *what, const slg_yaml *node, double *value)
{
    double v;
    if (slg_read_number(node, &v) && allowed(hp, v)) {
        *value = v;
        return true;
    }
    char domain[96];
    domain_text(hp, domain, sizeof domain);
    slg_read_fail(r, node->at, "%s: expected %s%s, found %s", hp->name, domain, what, slg_read_found(node).text);
    return false;
}

/* The two ends of a range, log or int. */
static void read_ends(slg_reading *r, const slg_param *hp, const slg_yaml *node, slg_hp_kind kind, slg_hp_spec *out)
{
    double lo, hi;
    if (node->kind != SLG_YAML_LIST || node->n != 2) {
        bool list = node->kind == SLG_YAML_LIST;
        slg_read_fail(r, node->at, "%s: expected [lowest, highest], found %s%s", hp->name, slg_read_found(node).text,
                      !list         ? ""
                      : node->n < 2 ? " with fewer values"
                                    : " with more values");
        return;
    }
    bool good = read_value(r, hp, "", node->first, &lo);
    if (!read_value(r, hp, "", node->first->next, &hi) || !good)
        return;
    if (whole(hp) && kind != SLG_HP_INT)
        slg_read_fail(r, node->at, "%s: is an integer; use {int: [a, b]} or {choice: [...]}", hp->name);
    else if (kind == SLG_HP_INT && (lo != floor(lo) || hi != floor(hi)))
        slg_read_fail(r, node->at, "%s: expected integers in {int: [a, b]}, found %.10g and %.10g", hp->name, lo, hi);
    else if (kind == SLG_HP_LOG && !(lo > 0))
        slg_read_fail(r, node->at, "%s: a log range must begin above 0, found %.10g", hp->name, lo);
    else if (!(lo < hi))
        slg_read_fail(r, node->at, "%s: expected the lower end first, found [%.10g, %.10g]", hp->name, lo, hi);
    else
        *out = (slg_hp_spec){.kind = kind, .lo = lo, .hi = hi};
}

static void read_choices(slg_reading *r, const slg_param *hp, const slg_yaml *node, slg_hp_spec *out)
{
    if (node->kind != SLG_YAML_LIST || node->n < 2 || node->n > SLG_MAX_CHOICES) {
        slg_read_fail(r, node->at, "%s: expected a list of 2 to %d values", hp->name, SLG_MAX_CHOICES);
        return;
    }
    slg_hp_spec spec = {.kind = SLG_HP_CHOICE};
    for (const slg_yaml *p = node->first; p; p = p->next) {
        double v;
        if (!read_value(r, hp, "", p, &v))
            return;
        for (int32_t i = 0; i < spec.n_choice; i++)
            if (spec.choice[i] == v) {
                slg_read_fail(r, p->at, "%s: the choice %.10g is given twice", hp->name, v);
                return;
            }
        spec.choice[spec.n_choice++] = v;
    }
    *out = spec;
}

static void read_form(slg_reading *r, const slg_param *hp, const slg_yaml *node, slg_hp_spec *out)
{
    const slg_yaml *list = node->first;
    int form = slg_word_index(forms, list->key);
    if (node->n != 1)
        slg_read_fail(r, node->at, "%s: expected one of range, log, int, choice, found %zu keys", hp->name, node->n);
    else if (form == 3)
        read_choices(r, hp, list, out);
    else
        read_ends(r, hp, list, form == 0 ? SLG_HP_RANGE : form == 1 ? SLG_HP_LOG : SLG_HP_INT, out);
}

static bool is_auto(const slg_param *hp, const slg_yaml *node)
{
    return hp->auto_lo > 0 && node->kind == SLG_YAML_SCALAR && strcmp(node->text, "auto") == 0;
}

static slg_hp_spec auto_spec(const slg_param *hp)
{
    slg_hp_spec spec = {.kind = SLG_HP_LOG, .automatic = true, .lo = hp->auto_lo, .hi = hp->auto_hi};
    if (!(hp->auto_lo < hp->auto_hi))
        spec = (slg_hp_spec){.kind = SLG_HP_FIXED, .automatic = true, .value = hp->auto_lo};
    return spec;
}

/* A number or a form, for one species or for all. */
static void read_spec(slg_reading *r, const slg_param *hp, const slg_yaml *node, bool fixed_only, slg_hp_spec *out)
{
    bool form = node->kind == SLG_YAML_MAP && node->n > 0 && slg_word_index(forms, node->first->key) >= 0;
    double v;
    if (form && !fixed_only)
        read_form(r, hp, node, out);
    else if (is_auto(hp, node) && !fixed_only)
        *out = auto_spec(hp);
    else if (read_value(r, hp,
                        fixed_only  ? ""
                        : whole(hp) ? ", or {int: [a, b]}, {choice: [...]}"
                                    : ", or {range: [a, b]}, {log: [a, b]}, {int: [a, b]}, {choice: [...]}",
                        node, &v))
        *out = (slg_hp_spec){.kind = SLG_HP_FIXED, .value = v};
}

static void fail_form(slg_reading *r, const slg_param *hp, const slg_yaml *node, const char *expected)
{
    slg_nearest near = {"", 0};
    char word[32];
    for (int i = 0; slg_word_at(forms, i, word, sizeof word); i++)
        slg_nearest_offer(&near, node->key, word);
    slg_read_fail(r, node->key_at, "%s: expected %s, found '%.40s'%s", hp->name, expected, node->key,
                  slg_nearest_text(&near).text);
}

static void read_species(slg_reading *r, const slg_param *hp, const slg_yaml *node, bool fixed_only, slg_hp_entry *out)
{
    slg_hp_entry entry = {.n_species = 0};
    if (node->n > SLG_MAX_SPECIES) {
        slg_read_fail(r, node->at, "%s: expected at most %d elements, found %zu", hp->name, SLG_MAX_SPECIES, node->n);
        return;
    }
    for (const slg_yaml *p = node->first; p; p = p->next) {
        if (slg_element_z(p->key, strlen(p->key)) == 0) {
            fail_form(r, hp, p,
                      fixed_only ? "an element symbol" : "an element symbol or one of range, log, int, choice");
            continue;
        }
        snprintf(entry.symbol[entry.n_species], sizeof entry.symbol[0], "%s", p->key);
        read_spec(r, hp, p, fixed_only, &entry.each[entry.n_species++]);
    }
    *out = entry;
}

void slg_read_hp(slg_reading *r, const slg_param *hp, const slg_yaml *node, bool fixed_only, slg_hp_entry *out)
{
    bool map = node->kind == SLG_YAML_MAP && node->n > 0;
    if (!map || slg_word_index(forms, node->first->key) >= 0) {
        slg_hp_entry entry = {.n_species = 0};
        read_spec(r, hp, node, fixed_only, &entry.tied);
        *out = entry;
    } else if (!(hp->flags & SLG_PARAM_PER_ELEMENT) && slg_element_z(node->first->key, strlen(node->first->key)) > 0) {
        slg_read_fail(r, node->at, "%s: has one value for all elements, found a map of elements", hp->name);
    } else if (!(hp->flags & SLG_PARAM_PER_ELEMENT)) {
        fail_form(r, hp, node->first, "one of range, log, int, choice");
    } else {
        read_species(r, hp, node, fixed_only, out);
    }
}
