/* What to say when a quantity is in no frame: the keys the file has, and the one that was probably meant. */
#include "src/data/dataset.h"

#include <string.h>
#include <strings.h>

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Levenshtein's distance, letters' case folded. */
static size_t edits(const char *a, const char *b)
{
    size_t row[SLG_CONFIG_TYPE + 1], n = strlen(b);
    if (n > SLG_CONFIG_TYPE)
        return n;
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t replaced = diagonal + (strncasecmp(&a[i - 1], &b[j - 1], 1) != 0);
            diagonal = row[j];
            row[j] = least(replaced, 1 + least(row[j], row[j - 1]));
        }
    }
    return row[n];
}

/* Smaller is nearer; SIZE_MAX = not similar at all. */
static size_t distance(const char *key, const char *wanted, const char *stem)
{
    if (wanted[0] != '\0' && (strcasestr(key, wanted) || (strlen(key) > 2 && strcasestr(wanted, key))))
        return 1;
    if (strcasestr(key, stem))
        return 2;
    size_t d = edits(key, wanted);
    return d <= 3 && d < strlen(wanted) ? 2 + d : SIZE_MAX;
}

static const char *nearest(const slg_dataset *d, bool column, const char *wanted, const char *stem, size_t *best)
{
    const char *found = NULL;
    for (size_t k = 0; k < d->n_key; k++) {
        size_t now = d->key[k].column == column ? distance(d->key[k].name, wanted, stem) : SIZE_MAX;
        if (now < *best) {
            *best = now;
            found = d->key[k].name;
        }
    }
    return found;
}

static void list(const slg_dataset *d, char *text, size_t room)
{
    size_t n = 0;
    text[0] = '\0';
    for (size_t k = 0; k < d->n_key; k++) {
        const char *name = d->key[k].name;
        if (n + strlen(name) + 3 > room)
            return;
        n += (size_t)snprintf(text + n, room - n, "%s%s", k ? ", " : "", name);
    }
}

static slg_status missing(const slg_dataset *d, const char *what, const char *wanted, const char *near, slg_error *err)
{
    char keys[1024];
    list(d, keys, sizeof keys);
    if (wanted[0] == '\0')
        return slg_fail_also(err, SLG_ERR_DATA,
                             "%s: %s are needed but no key is named for them; the file has the keys %s; name one",
                             d->path, what, keys);
    if (near)
        return slg_fail_also(err, SLG_ERR_DATA,
                             "%s: no frame has %s under the key '%s'; the file has the keys %s; did you mean '%s'?",
                             d->path, what, wanted, keys, near);
    return slg_fail_also(err, SLG_ERR_DATA,
                         "%s: no frame has %s under the key '%s'; the file has the keys %s; name the right one",
                         d->path, what, wanted, keys);
}

slg_status slg_dataset_require(const slg_dataset *d, bool energy, bool force, bool virial, const slg_xyz_keys *keys,
                               slg_error *err)
{
    slg_status st = SLG_OK;
    for (size_t f = 0; f < d->n_frame; f++) {
        energy = energy && !d->frame[f].has_energy;
        force = force && !d->frame[f].has_force;
        virial = virial && !d->frame[f].has_virial;
    }
    size_t best = SIZE_MAX;
    if (energy)
        st = missing(d, "energies", keys->energy, nearest(d, false, keys->energy, "energy", &best), err);
    best = SIZE_MAX;
    if (force)
        st = missing(d, "forces", keys->force, nearest(d, true, keys->force, "force", &best), err);
    if (virial) {
        best = SIZE_MAX;
        const char *near = nearest(d, false, keys->virial, "virial", &best);
        const char *other = nearest(d, false, keys->stress, "stress", &best);
        st = missing(d, "virials", keys->virial[0] ? keys->virial : keys->stress, other ? other : near, err);
    }
    return st;
}
