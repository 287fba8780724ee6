#include "src/data/comment.h"
#include "src/data/dataset.h"
#include "src/data/element.h"

#include <errno.h>
#include <string.h>

/* Keys that are written anew; every other one of the comment is passed on. */
static bool is_own(slg_span key)
{
    static const char *const own[] = {"Lattice", "Properties", "pbc",    "config_type",     "energy",
                                      "forces",  "virial",     "stress", "starling_energy", "starling_virial"};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (slg_span_folds_to(key, own[i]))
            return true;
    return false;
}

static void put_numbers(FILE *out, const char *key, const double *x, int n)
{
    fprintf(out, "%s=\"", key);
    for (int k = 0; k < n; k++)
        fprintf(out, k ? " %.17g" : "%.17g", x[k]);
    fputs("\" ", out);
}

static void put_tensor(FILE *out, const char *key, const double v[6])
{
    double full[9] = {v[0], v[1], v[2], v[1], v[3], v[4], v[2], v[4], v[5]};
    put_numbers(out, key, full, 9);
}

static void put_text(FILE *out, const char *key, const char *text)
{
    fprintf(out, "%s=\"", key);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            fputc('\\', out);
        fputc(*text, out);
    }
    fputs("\" ", out);
}

static void put_rest(FILE *out, const char *comment)
{
    slg_span rest = {comment ? comment : "", comment ? strlen(comment) : 0};
    slg_pair pair;
    for (slg_lexed what; (what = slg_comment_next(&rest, &pair)) == SLG_LEX_PAIR || what == SLG_LEX_WORD;)
        if (what == SLG_LEX_PAIR && !is_own(pair.key))
            fprintf(out, "%.*s ", (int)pair.raw.n, pair.raw.p);
}

static void put_comment(FILE *out, const slg_dataset *d, size_t index, const slg_columns *c)
{
    const slg_frame *f = &d->frame[index];
    if (f->has_cell)
        put_numbers(out, "Lattice", (const double *)f->cell, 9);
    fprintf(out, "Properties=species:S:1:pos:R:3%s%s ", f->has_force ? ":forces:R:3" : "",
            c && c->force ? ":starling_forces:R:3" : "");
    if (f->has_energy)
        fprintf(out, "energy=%.17g ", f->energy);
    if (f->has_virial)
        put_tensor(out, "virial", f->virial);
    if (c && c->energy)
        fprintf(out, "starling_energy=%.17g ", c->energy[index]);
    if (c && c->virial)
        put_tensor(out, "starling_virial", c->virial + 6 * index);
    put_text(out, "config_type", f->config_type);
    put_rest(out, f->comment);
    fprintf(out, "pbc=\"%c %c %c\"\n", f->pbc[0] ? 'T' : 'F', f->pbc[1] ? 'T' : 'F', f->pbc[2] ? 'T' : 'F');
}

static void put_vector(FILE *out, const double *x)
{
    fprintf(out, " %.17g %.17g %.17g", x[0], x[1], x[2]);
}

slg_status slg_dataset_write(const slg_dataset *d, const slg_columns *c, FILE *out, slg_error *err)
{
    errno = 0;
    for (size_t i = 0; i < d->n_frame; i++) {
        const slg_frame *f = &d->frame[i];
        fprintf(out, "%zu\n", f->n_atom);
        put_comment(out, d, i, c);
        for (size_t a = f->first; a < f->first + f->n_atom; a++) {
            fputs(slg_element_symbol(d->z[a]), out);
            put_vector(out, d->pos + 3 * a);
            if (f->has_force)
                put_vector(out, d->force + 3 * a);
            if (c && c->force)
                put_vector(out, c->force + 3 * a);
            fputc('\n', out);
        }
    }
    if (ferror(out))
        return slg_fail(err, SLG_ERR_IO, "structures of %s cannot be written: %s; is the disk full?", d->path,
                        strerror(errno));
    return SLG_OK;
}
