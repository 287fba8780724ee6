/*
 * Any bytes as an extended XYZ file: the parser accepts or refuses. What it accepts must write and
 * read back the same, and its neighbour lists must be right or refused.
 */
#include "src/data/dataset.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static void must(bool true_claim)
{
    if (!true_claim)
        abort();
}

static void round_trip(const slg_dataset *d)
{
    slg_xyz_keys keys = {"energy", "forces", "virial", "", "config_type"};
    slg_dataset *back = NULL;
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    must(out && slg_dataset_write(d, NULL, out, NULL) == SLG_OK);
    fclose(out);
    must(slg_dataset_parse("written", text, n, &keys, &back, NULL) == SLG_OK);
    must(back->n_frame == d->n_frame && back->n_atom == d->n_atom && back->n_group == d->n_group);
    must(memcmp(back->pos, d->pos, 3 * d->n_atom * sizeof *d->pos) == 0);
    must(memcmp(back->force, d->force, 3 * d->n_atom * sizeof *d->force) == 0);
    must(memcmp(back->z, d->z, d->n_atom * sizeof *d->z) == 0);
    for (size_t f = 0; f < d->n_frame; f++) {
        must(back->frame[f].energy == d->frame[f].energy && back->frame[f].group == d->frame[f].group);
        must(memcmp(back->frame[f].virial, d->frame[f].virial, sizeof d->frame[f].virial) == 0);
        must(memcmp(back->frame[f].cell, d->frame[f].cell, sizeof d->frame[f].cell) == 0);
    }
    slg_dataset_free(&back);
    free(text);
}

static void lists(const slg_dataset *d)
{
    int32_t n, z[SLG_MAX_SPECIES];
    slg_geom *g = NULL;
    if (d->n_atom > 200 || slg_dataset_species(d, &n, z, NULL) != SLG_OK)
        return;
    for (size_t f = 0; f < d->n_frame; f++)
        (void)slg_frame_isolated(d, f, 2.0);
    if (slg_geom_build(d, 2.0, n, z, &g, NULL) != SLG_OK)
        return;
    must(g->pair_first[g->n_env] == g->n_pair);
    for (size_t p = 0; p < g->n_pair; p++)
        must(g->pair_r[p] < 2.0 && g->pair_r[p] >= g->min_r && (size_t)g->pair_env[p] < g->n_env);
    slg_geom_free(&g);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    slg_xyz_keys keys = {"energy", "forces", "virial", "stress", "config_type"};
    slg_dataset *d = NULL;
    slg_error err;
    slg_error_clear(&err);
    slg_status st = slg_dataset_parse("fuzz", (const char *)data, n, &keys, &d, &err);
    must(st == SLG_OK ? d != NULL && err.n_message == 0 : d == NULL && err.n_message == 1);
    if (st != SLG_OK)
        return 0;
    (void)!slg_dataset_require(d, true, true, true, &keys, &err);
    round_trip(d);
    lists(d);
    slg_dataset_free(&d);
    return 0;
}
