#include "runtime/base/alloc.h"
#include "runtime/base/hash.h"
#include "runtime/base/rng.h"
#include "src/data/dataset.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SLG_STREAM_SPLIT = 6 };

struct ticket {
    uint64_t draw;
    size_t frame;
};

static int by_draw(const void *a, const void *b)
{
    const struct ticket *x = a, *y = b;
    if (x->draw != y->draw)
        return x->draw < y->draw ? -1 : 1;
    return x->frame < y->frame ? -1 : x->frame > y->frame;
}

static uint64_t name_hash(const char *name)
{
    char digits[17] = "";
    memcpy(digits, slg_digest_bytes(name, strlen(name)).hex, 16);
    return strtoull(digits, NULL, 16);
}

static size_t share(double fraction, size_t n)
{
    if (n < 2)
        return 0;
    double wanted = round(fraction * (double)n);
    return wanted < 1 ? 1 : wanted > (double)(n - 1) ? n - 1 : (size_t)wanted;
}

/* Marks the frames of one group that go to the second set. */
static void draw_group(const slg_dataset *d, int32_t group, double fraction, uint64_t seed, struct ticket *ticket,
                       unsigned char *second)
{
    uint64_t hash = name_hash(d->group[group]), bits[2];
    size_t n = 0;
    for (size_t f = 0; f < d->n_frame; f++) {
        if (d->frame[f].group != group || slg_frame_isolated(d, f, SLG_SPLIT_ISOLATION))
            continue;
        slg_rng_bits(seed, SLG_STREAM_SPLIT, (uint32_t)hash, (uint32_t)(hash >> 32), (uint32_t)n, bits);
        ticket[n++] = (struct ticket){bits[0], f};
    }
    qsort(ticket, n, sizeof *ticket, by_draw);
    for (size_t i = 0; i < share(fraction, n); i++)
        second[ticket[i].frame] = 1;
}

static slg_status take(const slg_dataset *d, const unsigned char *second, unsigned char wanted, size_t *keep,
                       slg_dataset **out, slg_error *err)
{
    size_t n = 0;
    for (size_t f = 0; f < d->n_frame; f++)
        if (second[f] == wanted)
            keep[n++] = f;
    if (n == 0)
        return slg_fail(err, SLG_ERR_DATA,
                        "%s: no structure can go to the validation set (each config_type has one structure "
                        "or isolated atoms only); give a validation file",
                        d->path);
    return slg_dataset_subset(d, keep, n, out, err);
}

slg_status slg_dataset_split(const slg_dataset *d, double fraction, uint64_t seed, slg_dataset **train,
                             slg_dataset **validation, slg_error *err)
{
    *train = *validation = NULL;
    if (!(fraction > 0 && fraction < 1))
        return slg_fail(err, SLG_ERR_CONFIG,
                        "%s: the validation fraction should lie between 0 and 1, found %g; correct it", d->path,
                        fraction);
    struct ticket *ticket = slg_calloc(d->n_frame, sizeof *ticket);
    unsigned char *second = slg_calloc(d->n_frame, 1);
    size_t *keep = slg_calloc(d->n_frame, sizeof *keep);
    slg_status st = ticket && second && keep ? SLG_OK : slg_fail_nomem(err, "the split of a data set");
    for (size_t g = 0; st == SLG_OK && g < d->n_group; g++)
        draw_group(d, (int32_t)g, fraction, seed, ticket, second);
    if (st == SLG_OK)
        st = take(d, second, 1, keep, validation, err);
    if (st == SLG_OK)
        st = take(d, second, 0, keep, train, err);
    if (st != SLG_OK)
        slg_dataset_free(validation);
    slg_free(keep);
    slg_free(second);
    slg_free(ticket);
    return st;
}
