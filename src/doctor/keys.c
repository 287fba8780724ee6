/* Quantities that the file has and nobody reads, that only some structures have; elements that hardly occur. */
#include "src/data/element.h"
#include "src/doctor/ward.h"

#include <string.h>
#include <strings.h>

/* --- keys ----------------------------------------------------------------------------------------------------- */

typedef struct quantity {
    const char *name, *stem, *setting; /* in words, part of its keys, where it is named */
    bool column;
    const char *key, *other; /* under which it is read; "" = it is not */
    size_t n;                /* structures that have it */
} quantity;

enum { N_QUANTITY = 3 };

static void find_quantities(const slg_ward *w, quantity q[N_QUANTITY])
{
    const slg_xyz_keys *k = w->patient->keys;
    q[0] = (quantity){"energies", "energy", "data.energy_key", false, k->energy, "", 0};
    q[1] = (quantity){"forces", "force", "data.force_key", true, k->force, "", 0};
    q[2] = (quantity){"virials", "virial", "data.virial_key", false, k->virial, k->stress, 0};
    for (size_t f = 0; f < w->d->n_frame; f++) {
        q[0].n += w->d->frame[f].has_energy;
        q[1].n += w->d->frame[f].has_force;
        q[2].n += w->d->frame[f].has_virial;
    }
}

static bool is_stress(const char *name)
{
    return strcasestr(name, "stress") != NULL;
}

/* Is this key another one of the quantity? */
static bool is_other(const quantity *q, const slg_seen_key *key)
{
    const char *name = key->name;
    const bool like = strcasestr(name, q->stem) || (!q->column && q->stem[0] == 'v' && is_stress(name));
    return like && key->column == q->column && strcmp(name, q->key) != 0 && strcmp(name, q->other) != 0;
}

static void note_other(slg_ward *w, const quantity *q, const slg_seen_key *key)
{
    const char *setting = q->stem[0] == 'v' && is_stress(key->name) ? "data.stress_key" : q->setting;
    if (q->n == 0)
        slg_note(w, "unread", "no %s are read, but the file has '%s'; to read it: %s: %s", q->name, key->name, setting,
                 key->name);
    else
        slg_note(w, "unread", "%s are read from '%s', the file also has '%s'; is the right one named in %s?", q->name,
                 q->key[0] ? q->key : q->other, key->name, setting);
}

static void note_partial(slg_ward *w, const quantity *q)
{
    const slg_dataset *d = w->d;
    slg_seen without = {.of = 0};
    for (size_t f = 0; f < d->n_frame; f++) {
        const slg_frame *x = &d->frame[f];
        const bool has = q->stem[0] == 'e' ? x->has_energy : q->stem[0] == 'f' ? x->has_force : x->has_virial;
        without.of += !w->free_atom[f];
        if (!has && !w->free_atom[f])
            slg_see(&without, f);
    }
    if (q->n > 0 && without.n > 0 && without.n < without.of)
        slg_note_seen(w, "partial", &without, "%zu of %zu structures have no %s", without.n, without.of, q->name);
}

void slg_examine_keys(slg_ward *w)
{
    quantity q[N_QUANTITY];
    find_quantities(w, q);
    for (int i = 0; i < N_QUANTITY; i++) {
        for (size_t k = 0; k < w->d->n_key; k++)
            if (is_other(&q[i], &w->d->key[k]))
                note_other(w, &q[i], &w->d->key[k]);
        if (i < 2 || w->patient->use_virial)
            note_partial(w, &q[i]);
    }
    if (q[2].n > 0 && !w->patient->use_virial && w->d == w->patient->examined[0])
        slg_note(w, "unread", "%zu structures have virials, which the fit does not use; add virial to fit.use", q[2].n);
}

/* --- elements ------------------------------------------------------------------------------------------------- */

static bool has_element(const slg_dataset *d, size_t f, int32_t z)
{
    for (size_t i = 0; i < d->frame[f].n_atom; i++)
        if (d->z[d->frame[f].first + i] == z)
            return true;
    return false;
}

static void examine_element(slg_ward *w, int32_t z)
{
    slg_seen in = {.of = 0};
    for (size_t f = 0; f < w->d->n_frame; f++) {
        in.of += !w->free_atom[f];
        if (!w->free_atom[f] && has_element(w->d, f, z))
            slg_see(&in, f);
    }
    if (in.n == 1 && in.of > 1)
        slg_note_seen(w, "rare-element", &in,
                      "%s occurs in one structure, but makes every descriptor longer; leave it out or add others",
                      slg_element_symbol(z));
}

void slg_examine_elements(slg_ward *w)
{
    const slg_patient *p = w->patient;
    if (w->d != p->examined[0])
        return;
    for (int32_t s = 0; s < p->n_species; s++)
        examine_element(w, p->z[s]);
    for (int32_t i = 0; i < p->n_given; i++) {
        bool present = false;
        for (int32_t s = 0; s < p->n_species; s++)
            present = present || strcmp(slg_element_symbol(p->z[s]), p->given[i]) == 0;
        if (!present)
            slg_note(w, "e0-absent", "data.e0 has an energy of %s, which no structure contains; is a file missing?",
                     p->given[i]);
    }
}
