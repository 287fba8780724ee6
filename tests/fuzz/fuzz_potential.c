/*
 * Any bytes as a QUIP potential (sparse vectors inline; files beside it do not exist): the reader accepts or refuses. What
 * it accepts is a complete model, and its descriptor strings print and read back the same.
 */
#include "src/potential/quip.h"
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
    must(a->central == b->central && a->clean_filter == b->clean_filter);
    must(strcmp(a->compress_mode, b->compress_mode) == 0);
}

static void block_is_whole(const slg_potential *p, size_t b)
{
    const slg_pot_block *block = &p->block[b];
    char text[SLG_DESCRIPTOR_TEXT];
    slg_descriptor again;
    must(block->m > 0 && block->d == slg_soap_length(&block->hp) && block->zeta > 0 && block->delta > 0);
    for (size_t i = 0; i < block->m * block->d; i++)
        must(isfinite(block->q[i]));
    must(slg_descriptor_print(p, b, "", text, NULL) == SLG_OK);
    must(slg_descriptor_parse(text, "printed", &again, NULL) == SLG_OK);
    same_numbers(&block->hp, &again.hp);
    must(memcmp(p->z, again.z, sizeof p->z) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    slg_potential *p = NULL;
    slg_error err;
    slg_error_clear(&err);
    slg_status st = slg_potential_parse("/nonexistent/p.xml", (const char *)data, n, &p, &err);
    must(st == SLG_OK ? p != NULL && err.n_message == 0 : p == NULL && err.n_message == 1);
    for (size_t b = 0; st == SLG_OK && b < p->n_block; b++)
        block_is_whole(p, b);
    slg_potential_free(&p);
    return 0;
}
