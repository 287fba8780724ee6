#include "src/potential/quip.h"
#include "runtime/base/file.h"
#include "src/data/element.h"

#include <string.h>

static void reals(FILE *out, const char *name, int32_t n, const double *x)
{
    char text[32];
    fprintf(out, "%s =", name);
    for (int32_t i = 0; i < n; i++) {
        slg_real_print(text, x[i]);
        fprintf(out, " %s", text);
    }
    fputc('\n', out);
}

static void line(FILE *out, const slg_pair *p)
{
    if (p->kind == SLG_PAIR_REAL) {
        reals(out, p->key, p->n, p->x);
        return;
    }
    fprintf(out, "%s =", p->key);
    for (int32_t i = 0; i < p->n; i++)
        if (p->kind == SLG_PAIR_ELEMENT)
            fprintf(out, " %s", slg_element_symbol((int32_t)p->x[i]));
        else
            fprintf(out, " %.0f", p->x[i]);
    fprintf(out, p->kind == SLG_PAIR_TEXT ? " %s\n" : "\n", p->text);
}

static slg_status part_text(FILE *out, const slg_potential *p, size_t b, const slg_pot_names *names, slg_error *err)
{
    const slg_pot_part *part = &p->part[b];
    slg_pairs pairs;
    slg_status st = part->def.term->describe(&part->def, SLG_DIALECT_TURBOGAP, p->z, names->file, &pairs, err);
    if (st != SLG_OK)
        return st;
    fprintf(out, "gap_beg %s\n", part->def.term->name);
    for (size_t i = 0; i < pairs.n; i++)
        line(out, &pairs.pair[i]);
    reals(out, "delta", 1, &part->delta);
    fprintf(out, "desc_sparse = \"%s\"\nalphas_sparse = \"%s\"\ngap_end\n", names->sparse, names->alphas);
    return SLG_OK;
}

slg_status slg_gap_write(const slg_potential *p, const slg_pot_names *names, const char *path, slg_error *err)
{
    slg_new_file f;
    slg_status st = slg_new_file_open(&f, path, err);
    if (st != SLG_OK)
        return st;
    fprintf(f.stream, "# the input file of TurboGAP needs, for the species in this order:\n# species =");
    for (int32_t s = 0; s < p->n_species; s++)
        fprintf(f.stream, " %s", slg_element_symbol(p->z[s]));
    fputc('\n', f.stream);
    reals(f.stream, "# e0", p->n_species, p->e0);
    for (size_t b = 0; st == SLG_OK && b < p->n_part; b++)
        st = part_text(f.stream, p, b, &names[b], err);
    if (st == SLG_OK)
        return slg_new_file_commit(&f, err);
    slg_new_file_abort(&f);
    return st;
}
