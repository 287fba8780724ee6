/* Sets made of others: parts of one, several together. */
#include "runtime/base/file.h"
#include "src/data/build.h"

#include <string.h>

static slg_status copy_frame(slg_build *b, const slg_dataset *from, size_t index, slg_error *err)
{
    const slg_frame *old = &from->frame[index];
    slg_span comment = {old->comment ? old->comment : "", old->comment ? strlen(old->comment) : 0};
    slg_frame *f = NULL;
    slg_status st = slg_build_frame(b, old->n_atom, comment, &f, err);
    if (st != SLG_OK)
        return st;
    size_t first = f->first, n = f->n_atom;
    char *copy = f->comment;
    *f = *old;
    f->file += b->file0;
    f->first = first;
    f->comment = copy;
    memcpy(b->d->z + first, from->z + old->first, n * sizeof *from->z);
    memcpy(b->d->pos + 3 * first, from->pos + 3 * old->first, 3 * n * sizeof *from->pos);
    memcpy(b->d->force + 3 * first, from->force + 3 * old->first, 3 * n * sizeof *from->force);
    return slg_build_group(b, f, err);
}

/* Files and keys of a set whose frames follow. */
static slg_status copy_head(slg_build *b, const slg_dataset *from, slg_error *err)
{
    slg_status st = SLG_OK;
    b->file0 = b->d->file.n;
    for (size_t i = 0; st == SLG_OK && i < from->file.n; i++)
        st = slg_names_add(&b->d->file, from->file.name[i], err);
    for (size_t k = 0; k < from->n_key; k++)
        slg_build_key(b, (slg_span){from->key[k].name, strlen(from->key[k].name)}, from->key[k].column);
    return st;
}

static slg_status finish(slg_build *b, slg_status st, slg_dataset **out)
{
    if (st == SLG_OK)
        *out = b->d;
    else
        slg_dataset_free(&b->d);
    return st;
}

slg_status slg_dataset_subset(const slg_dataset *d, const size_t *keep, size_t n_keep, slg_dataset **out,
                              slg_error *err)
{
    slg_build b;
    *out = NULL;
    slg_status st = slg_build_start(&b, d->path, err);
    if (st == SLG_OK)
        st = copy_head(&b, d, err);
    for (size_t i = 0; st == SLG_OK && i < n_keep; i++) {
        SLG_ASSERT(keep[i] < d->n_frame);
        st = copy_frame(&b, d, keep[i], err);
    }
    return finish(&b, st, out);
}

static slg_status append(slg_build *b, const slg_dataset *one, slg_error *err)
{
    slg_status st = copy_head(b, one, err);
    for (size_t f = 0; st == SLG_OK && f < one->n_frame; f++)
        st = copy_frame(b, one, f, err);
    return st;
}

slg_status slg_dataset_join(size_t n, const slg_dataset *const *set, slg_dataset **out, slg_error *err)
{
    slg_build b;
    *out = NULL;
    slg_status st = slg_build_start(&b, set[0]->path, err);
    for (size_t i = 0; st == SLG_OK && i < n; i++)
        st = append(&b, set[i], err);
    return finish(&b, st, out);
}

slg_status slg_dataset_read_all(const slg_names *file, const slg_xyz_keys *keys, slg_dataset **out, slg_error *err)
{
    char title[SLG_PATH + 32];
    slg_build b;
    *out = NULL;
    if (file->n == 1)
        return slg_dataset_read(file->name[0], keys, out, err);
    snprintf(title, sizeof title, "%s and %zu more", file->name[0], file->n - 1);
    slg_status st = slg_build_start(&b, title, err);
    for (size_t i = 0; st == SLG_OK && i < file->n; i++) {
        slg_dataset *one = NULL;
        st = slg_dataset_read(file->name[i], keys, &one, err);
        if (st == SLG_OK)
            st = append(&b, one, err);
        slg_dataset_free(&one);
    }
    return finish(&b, st, out);
}
