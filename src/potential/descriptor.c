/* Definitions of parts as text: QUIP's descriptor strings. */
#include "runtime/base/alloc.h"
#include "src/data/element.h"
#include "src/potential/quip.h"
#include "src/registry.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

slg_status slg_descriptor_parse(const char *text, const char *attributes, const char *place, slg_parsed_term *d,
                                slg_error *err)
{
    char name[64], known[256] = "";
    text += strspn(text, " \t\r\n");
    const size_t n = strcspn(text, " \t\r\n");
    snprintf(name, sizeof name, "%.*s", n < 60 ? (int)n : 60, text);
    for (const slg_term *const *t = slg_terms; *t; t++) {
        if (strcasecmp(name, (*t)->name) == 0)
            return (*t)->parse(text + n, attributes, place, d, err);
        const size_t used = strlen(known);
        snprintf(known + used, sizeof known - used, "%s%s", used ? ", " : "", (*t)->name);
    }
    return slg_fail(err, SLG_ERR_DATA, "%s: descriptor '%s' is not supported, only %s %s", place, name, known,
                    strchr(known, ',') ? "are" : "is");
}

static void print_number(const slg_pair *p, int32_t i, bool wide, FILE *out)
{
    char text[32];
    if (p->kind == SLG_PAIR_ELEMENT) {
        fputs(slg_element_symbol((int32_t)p->x[i]), out);
    } else if (p->kind == SLG_PAIR_INT || wide) {
        fprintf(out, "%.17g", p->x[i]);
    } else {
        slg_real_print(text, p->x[i]);
        fputs(text, out);
    }
}

void slg_pairs_print(const slg_pairs *pairs, bool wide, FILE *out)
{
    for (const slg_pair *p = pairs->pair; p < pairs->pair + pairs->n; p++) {
        /* One number: a plain scalar, as the older readers want it. */
        const char *open = p->n > 1 ? wide ? "{{" : "{" : "", *close = p->n > 1 ? wide ? "}}" : "}" : "";
        fprintf(out, " %s=%s%s", p->key, open, p->kind == SLG_PAIR_TEXT ? p->text : "");
        for (int32_t i = 0; i < p->n; i++) {
            fputs(i ? " " : "", out);
            print_number(p, i, wide, out);
        }
        fputs(close, out);
    }
}

slg_status slg_descriptor_print(const slg_potential *p, size_t b, const char *file, char text[SLG_DESCRIPTOR_TEXT],
                                slg_error *err)
{
    const slg_pot_part *part = &p->part[b];
    slg_pairs *pairs = slg_calloc(1, sizeof *pairs);
    FILE *out = fmemopen(text, SLG_DESCRIPTOR_TEXT, "w");
    slg_status st = SLG_OK;
    if (!pairs || !out)
        st = slg_fail_nomem(err, "description of a potential");
    else
        st = part->def.term->describe(&part->def, SLG_DIALECT_QUIP, p->z, file, pairs, err);
    if (st == SLG_OK) {
        char delta[32];
        slg_real_print(delta, part->delta);
        fputs(part->def.term->name, out);
        slg_pairs_print(pairs, false, out);
        fprintf(out, " delta=%s f0=0.0 n_sparse=%zu add_species=F", delta, part->m);
    }
    if (out && fclose(out) != 0 && st == SLG_OK)
        st = slg_fail(err, SLG_ERR_INTERNAL, "potential: the description of a part is too long");
    slg_free(pairs);
    return st;
}
