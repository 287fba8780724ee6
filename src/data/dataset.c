#include "src/data/dataset.h"
#include "runtime/base/alloc.h"
#include "src/data/build.h"
#include "src/data/element.h"

#include <string.h>

void slg_dataset_free(slg_dataset **set)
{
    slg_dataset *d = *set;
    if (!d)
        return;
    for (size_t f = 0; f < d->n_frame; f++)
        slg_free(d->frame[f].comment);
    slg_names_free(&d->file);
    slg_free(d->path);
    slg_free(d->frame);
    slg_free(d->z);
    slg_free(d->pos);
    slg_free(d->force);
    slg_free(d->group);
    slg_free(d);
    *set = NULL;
}

slg_status slg_build_start(slg_build *b, const char *name, slg_error *err)
{
    *b = (slg_build){.d = slg_calloc(1, sizeof *b->d)};
    if (b->d)
        b->d->path = slg_strndup(name, strlen(name));
    return b->d && b->d->path ? SLG_OK : slg_fail_nomem(err, name);
}

/* Room for `need` items in *p, growing by half at least; new items are zeroed. */
static bool reserve(void *p, size_t *room, size_t need, size_t size)
{
    void *old;
    memcpy(&old, p, sizeof old);
    size_t wanted = need > *room + *room / 2 ? need : *room + *room / 2;
    void *more = slg_realloc(old, wanted, size);
    if (!more)
        return false;
    memset((char *)more + *room * size, 0, (wanted - *room) * size);
    memcpy(p, &more, sizeof more);
    *room = wanted;
    return true;
}

static bool reserve_atoms(slg_build *b, size_t need)
{
    slg_dataset *d = b->d;
    size_t room_z = b->room_atom, room_pos = b->room_atom;
    if (need <= b->room_atom)
        return true;
    return reserve(&d->z, &room_z, need, sizeof *d->z) && reserve(&d->pos, &room_pos, need, 3 * sizeof *d->pos) &&
           reserve(&d->force, &b->room_atom, need, 3 * sizeof *d->force);
}

slg_status slg_build_frame(slg_build *b, size_t n_atom, slg_span comment, slg_frame **f, slg_error *err)
{
    slg_dataset *d = b->d;
    if (n_atom > INT32_MAX - d->n_atom)
        return slg_fail(err, SLG_ERR_DATA, "%s: has more than %ld atoms; use a smaller set", d->path, (long)INT32_MAX);
    if (d->n_frame == b->room_frame && !reserve(&d->frame, &b->room_frame, d->n_frame + 16, sizeof *d->frame))
        return slg_fail_nomem(err, d->path);
    if (!reserve_atoms(b, d->n_atom + n_atom))
        return slg_fail_nomem(err, d->path);
    char *copy = slg_strndup(comment.p, comment.n);
    if (!copy)
        return slg_fail_nomem(err, d->path);
    *f = &d->frame[d->n_frame++];
    **f = (slg_frame){.first = d->n_atom, .n_atom = n_atom, .comment = copy};
    d->n_atom += n_atom;
    return SLG_OK;
}

slg_status slg_build_group(slg_build *b, slg_frame *f, slg_error *err)
{
    slg_dataset *d = b->d;
    size_t g = d->n_group;
    while (g > 0 && strcmp(d->group[g - 1], f->config_type) != 0)
        g--;
    if (g == 0) {
        if (d->n_group == b->room_group && !reserve(&d->group, &b->room_group, d->n_group + 8, sizeof *d->group))
            return slg_fail_nomem(err, d->path);
        g = ++d->n_group;
        memcpy(d->group[g - 1], f->config_type, sizeof f->config_type);
    }
    f->group = (int32_t)(g - 1);
    return SLG_OK;
}

void slg_build_key(slg_build *b, slg_span name, bool column)
{
    slg_dataset *d = b->d;
    for (size_t k = 0; k < d->n_key; k++)
        if (d->key[k].column == column && slg_span_equals(name, d->key[k].name))
            return;
    if (d->n_key == SLG_MAX_KEY || name.n == 0 || name.n >= sizeof d->key[0].name)
        return;
    char shown[SLG_SHOW];
    slg_seen_key *key = &d->key[d->n_key];
    if (name.n >= SLG_SHOW - 4 || !slg_span_equals(name, slg_span_show(name, shown)))
        return;
    memcpy(key->name, name.p, name.n);
    key->column = column;
    d->n_key++;
}

slg_status slg_dataset_species(const slg_dataset *d, int32_t *n_species, int32_t z[SLG_MAX_SPECIES], slg_error *err)
{
    bool present[SLG_MAX_Z + 1] = {false};
    *n_species = 0;
    for (size_t i = 0; i < d->n_atom; i++)
        present[d->z[i]] = true;
    for (int32_t s = 1; s <= SLG_MAX_Z; s++) {
        if (present[s] && *n_species == SLG_MAX_SPECIES)
            return slg_fail(err, SLG_ERR_DATA,
                            "%s: at most %d elements are possible, found one more (%s); use a part of the set", d->path,
                            SLG_MAX_SPECIES, slg_element_symbol(s));
        if (present[s])
            z[(*n_species)++] = s;
    }
    return SLG_OK;
}
