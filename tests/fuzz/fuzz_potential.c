/*
 * Any bytes as a QUIP potential (sparse vectors inline; files beside it do not exist): the reader accepts or refuses.
 * What it accepts is a complete model, and its descriptor strings print and read back the same.
 */
#include "src/potential/quip.h"
#include "tasks/terms/soap/soap.h"
#include "tests/fuzz/fuzz.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void must(bool true_claim)
{
    if (!true_claim)
        abort();
}

static void same_numbers(const slg_soap_hp *a, const slg_soap_hp *b)
{
    for (int32_t s = 0; s < a->n_species; s++)
        must(a->alpha_max[s] == b->alpha_max[s] && a->rcut_hard[s] == b->rcut_hard[s] &&
             a->rcut_soft[s] == b->rcut_soft[s] && a->nf[s] == b->nf[s] && a->atom_sigma_r[s] == b->atom_sigma_r[s] &&
             a->atom_sigma_t[s] == b->atom_sigma_t[s] && a->central_weight[s] == b->central_weight[s] &&
             a->atom_sigma_r_scaling[s] == b->atom_sigma_r_scaling[s] &&
             a->atom_sigma_t_scaling[s] == b->atom_sigma_t_scaling[s] &&
             a->amplitude_scaling[s] == b->amplitude_scaling[s]);
    must(a->l_max == b->l_max && a->radial_enhancement == b->radial_enhancement && a->basis == b->basis);
    must(a->central == b->central && a->clean_filter == b->clean_filter && a->zeta == b->zeta);
    must(strcmp(a->compress_mode, b->compress_mode) == 0);
}

/* The attributes of the element in the XML file as the reader hands them to the term. */
static void print_attributes(const slg_potential *p, const slg_term_def *def, char text[256])
{
    slg_pairs pairs;
    FILE *out = fmemopen(text, 256, "w");
    must(out && def->term->describe(def, SLG_DIALECT_ATTRIBUTES, p->z, "", &pairs, NULL) == SLG_OK);
    slg_pairs_print(&pairs, false, out);
    must(fclose(out) == 0);
}

static void part_is_whole(const slg_potential *p, size_t b)
{
    const slg_pot_part *part = &p->part[b];
    const slg_soap_hp *hp = slg_soap_hp_of(&part->def);
    char text[SLG_DESCRIPTOR_TEXT], attributes[256], why[SLG_WHY];
    slg_parsed_term again;
    must(part->m > 0 && part->d == slg_soap_length(hp) && hp->zeta > 0 && part->delta > 0);
    must(part->def.term->check(&part->def, why) == SLG_OK && part->def.term->plan_bytes(&part->def) > 0);
    for (size_t i = 0; i < part->m * part->d; i++)
        must(isfinite(part->q[i]));
    print_attributes(p, &part->def, attributes);
    must(slg_descriptor_print(p, b, "", text, NULL) == SLG_OK);
    must(slg_descriptor_parse(text, attributes, "printed", &again, NULL) == SLG_OK);
    same_numbers(hp, slg_soap_hp_of(&again.def));
    must(again.n_channel == p->n_species && memcmp(p->z, again.z, sizeof p->z) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    slg_potential *p = NULL;
    slg_error err;
    slg_error_clear(&err);
    slg_status st = slg_potential_parse("/nonexistent/p.xml", (const char *)data, n, &p, &err);
    must(st == SLG_OK ? p != NULL && err.n_message == 0 : p == NULL && err.n_message == 1);
    for (size_t b = 0; st == SLG_OK && b < p->n_part; b++)
        part_is_whole(p, b);
    slg_potential_free(&p);
    return 0;
}
