/* Frames of extended XYZ. */
#include "runtime/base/alloc.h"
#include "runtime/base/utf8.h"
#include "src/data/columns.h"
#include "src/data/comment.h"
#include "src/data/lattice.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

bool slg_xyz_line(slg_xyz *r, slg_span *line)
{
    if (r->p == r->end)
        return false;
    const char *stop = memchr(r->p, '\n', (size_t)(r->end - r->p));
    const char *last = stop ? stop : r->end;
    *line = (slg_span){r->p, (size_t)(last - r->p)};
    if (line->n > 0 && line->p[line->n - 1] == '\r')
        line->n--;
    r->p = stop ? stop + 1 : r->end;
    r->line++;
    return true;
}

slg_status slg_xyz_bad(const slg_xyz *r, const char *fmt, ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return slg_fail(r->err, SLG_ERR_DATA, "%s:%zu: frame %zu: %s", r->name, r->line, r->frame, text);
}

slg_status slg_xyz_number(const slg_xyz *r, slg_span token, const char *what, double *x)
{
    char shown[SLG_SHOW];
    slg_number kind = slg_token_number(token, x);
    if (kind == SLG_NUMBER)
        return SLG_OK;
    return slg_xyz_bad(r, "'%s' should be a %s number, found '%s'; check the file", what,
                       kind == SLG_NOT_A_NUMBER ? "decimal" : "finite", slg_span_show(token, shown));
}

/*
 * A key the reader looks for. Those of the format match whatever their case, of several the exact one; the user's names
 * match exactly: what is called nearly the same may be another quantity.
 */
struct slot {
    const char *name;
    bool exact;
    slg_span value;
    unsigned n_exact, n_folded;
};

enum { LATTICE, PROPERTIES, PBC, ENERGY, VIRIAL, STRESS, CONFIG, N_SLOT };

static bool found(const struct slot *s)
{
    return s->n_exact + s->n_folded > 0;
}

static void offer(struct slot *s, const slg_pair *pair)
{
    const bool exact = slg_span_equals(pair->key, s->name);
    if (s->name[0] == '\0' || (!exact && (s->exact || !slg_span_folds_to(pair->key, s->name))))
        return;
    if (exact || s->n_exact == 0)
        s->value = pair->value;
    s->n_exact += exact;
    s->n_folded += !exact;
}

static slg_status read_comment(slg_xyz *r, slg_span comment, struct slot slot[N_SLOT])
{
    char shown[SLG_SHOW];
    slg_pair pair;
    for (slg_lexed what; (what = slg_comment_next(&comment, &pair)) != SLG_LEX_END;) {
        if (what == SLG_LEX_UNCLOSED)
            return slg_xyz_bad(r, "a quote or bracket never closes in the comment line at '%s'; close it",
                               slg_span_show(pair.raw, shown));
        if (what != SLG_LEX_PAIR)
            continue;
        slg_build_key(&r->build, pair.key, false);
        for (int i = 0; i < N_SLOT; i++)
            offer(&slot[i], &pair);
    }
    for (int i = 0; i < N_SLOT; i++)
        if (slot[i].n_exact > 1 || (slot[i].n_exact == 0 && slot[i].n_folded > 1))
            return slg_xyz_bad(r, "the comment line has '%s' twice; remove one", slot[i].name);
    return SLG_OK;
}

/* Up to `most` numbers of a value; fewer or more is for the caller to judge by *n (most+1 = more). */
static slg_status read_numbers(slg_xyz *r, const struct slot *s, size_t most, double *x, size_t *n)
{
    slg_span rest = s->value, token;
    for (*n = 0; slg_token_next_listed(&rest, &token); ++*n) {
        if (*n == most) {
            ++*n;
            return SLG_OK;
        }
        slg_status st = slg_xyz_number(r, token, s->name, &x[*n]);
        if (st != SLG_OK)
            return st;
    }
    return SLG_OK;
}

static slg_status read_lattice(slg_xyz *r, const struct slot *s, slg_frame *f)
{
    size_t n = 0;
    double x[9];
    slg_status st = found(s) ? read_numbers(r, s, 9, x, &n) : SLG_OK;
    if (st != SLG_OK || !found(s))
        return st;
    if (n != 9)
        return slg_xyz_bad(r, "'Lattice' needs 9 numbers, found %s%zu; check the file", n > 9 ? "at least " : "", n);
    for (int k = 0; k < 9; k++) {
        if (!(fabs(x[k]) <= SLG_MAX_LENGTH))
            return slg_xyz_bad(r, "'Lattice' has %g Angstrom; at most %g is possible, check the file", x[k],
                               SLG_MAX_LENGTH);
        f->cell[k / 3][k % 3] = x[k];
    }
    f->has_cell = true;
    return SLG_OK;
}

static bool read_flag(slg_span token, bool *flag)
{
    static const char *const names[2][3] = {{"F", "False", "0"}, {"T", "True", "1"}};
    for (int value = 0; value < 2; value++)
        for (int i = 0; i < 3; i++)
            if (slg_span_folds_to(token, names[value][i])) {
                *flag = value != 0;
                return true;
            }
    return false;
}

static slg_status read_pbc(slg_xyz *r, const struct slot *s, slg_frame *f)
{
    char shown[SLG_SHOW];
    slg_span rest = s->value, token;
    int n = 0;
    bool good = true;
    for (int k = 0; k < 3; k++)
        f->pbc[k] = f->has_cell;
    if (found(s)) {
        for (; good && slg_token_next_listed(&rest, &token); n++)
            good = n < 3 && read_flag(token, &f->pbc[n]);
        if (!good || n != 3)
            return slg_xyz_bad(r, "'pbc' needs three of T and F, found '%s'; check the file",
                               slg_span_show(s->value, shown));
    }
    bool any = f->pbc[0] || f->pbc[1] || f->pbc[2];
    if (any && !f->has_cell)
        return slg_xyz_bad(r, "pbc is true but there is no Lattice; add it or set pbc=\"F F F\"");
    if (any && slg_lattice_is_flat((const double *)f->cell))
        return slg_xyz_bad(r, "pbc is true but the Lattice has no volume; correct it or set pbc=\"F F F\"");
    return SLG_OK;
}

static slg_status read_energy(slg_xyz *r, const struct slot *s, slg_frame *f)
{
    size_t n = 0;
    if (!found(s))
        return SLG_OK;
    slg_status st = read_numbers(r, s, 1, &f->energy, &n);
    if (st == SLG_OK && n != 1)
        st = slg_xyz_bad(r, "'%s' needs one number, found %s; check the file", s->name, n ? "more" : "none");
    f->has_energy = true;
    return st;
}

enum { REL_TOLERANCE = 1000 };            /* 1/1000 */
static const double abs_tolerance = 1e-6; /* eV: rounding of files with few digits */

static double largest(const double *x, int n)
{
    double m = 0;
    for (int i = 0; i < n; i++)
        m = fmax(m, fabs(x[i]));
    return m;
}

/* value * scale as xx xy xz yy yz zz */
static slg_status read_tensor(slg_xyz *r, const struct slot *s, double scale, double out[6])
{
    static const int voigt[9] = {0, 5, 4, 5, 1, 3, 4, 3, 2};
    double x[9], v[6];
    size_t n = 0;
    slg_status st = read_numbers(r, s, 9, x, &n);
    if (st != SLG_OK)
        return st;
    if (n == 6) {
        memcpy(v, x, sizeof v);
        for (int k = 0; k < 9; k++)
            x[k] = v[voigt[k]];
    } else if (n != 9) {
        return slg_xyz_bad(r, "'%s' needs 9 numbers (or 6: xx yy zz yz xz xy), found %s%zu; check the file", s->name,
                           n > 9 ? "at least " : "", n);
    }
    for (int k = 0; k < 9; k++)
        if (!isfinite(x[k] *= scale))
            return slg_xyz_bad(r, "'%s' is too large; check the file", s->name);
    double limit = fmax(largest(x, 9) / REL_TOLERANCE, abs_tolerance);
    for (int a = 0, k = 0; a < 3; a++)
        for (int b = a; b < 3; b++, k++) {
            if (fabs(x[3 * a + b] - x[3 * b + a]) > limit)
                return slg_xyz_bad(r,
                                   "'%s' is not symmetric (%c%c and %c%c differ by more than "
                                   "1e-3); check the file",
                                   s->name, 'x' + a, 'x' + b, 'x' + b, 'x' + a);
            out[k] = a == b ? x[4 * a] : 0.5 * x[3 * a + b] + 0.5 * x[3 * b + a];
        }
    return SLG_OK;
}

static slg_status read_stress(slg_xyz *r, const struct slot *s, slg_frame *f, double virial[6])
{
    double volume = slg_lattice_volume((const double *)f->cell);
    if (!(volume > 0))
        return slg_xyz_bad(r, "'%s' needs a Lattice with a volume; add it or use the virial", s->name);
    return read_tensor(r, s, -volume, virial);
}

static slg_status read_virial(slg_xyz *r, const struct slot *virial, const struct slot *stress, slg_frame *f)
{
    double other[6];
    slg_status st = found(virial) ? read_tensor(r, virial, 1, f->virial) : SLG_OK;
    if (st == SLG_OK && found(stress))
        st = read_stress(r, stress, f, found(virial) ? other : f->virial);
    f->has_virial = found(virial) || found(stress);
    if (st != SLG_OK || !found(virial) || !found(stress))
        return st;
    double limit = fmax(fmax(largest(f->virial, 6), largest(other, 6)) / REL_TOLERANCE, abs_tolerance);
    for (int k = 0; k < 6; k++)
        if (fabs(f->virial[k] - other[k]) > limit)
            return slg_xyz_bad(r,
                               "'%s' and -volume*'%s' differ by more than 1e-3 (%g and %g eV); "
                               "correct one or name only one of them",
                               virial->name, stress->name, f->virial[k], other[k]);
    return SLG_OK;
}

static slg_status read_config_type(slg_xyz *r, const struct slot *s, slg_frame *f)
{
    if (found(s) && !slg_comment_unescape(s->value, f->config_type, sizeof f->config_type))
        return slg_xyz_bad(r, "'%s' is longer than %d characters; shorten it", s->name, SLG_CONFIG_TYPE - 1);
    for (size_t i = 0, n = strlen(f->config_type), length; i < n; i += length) {
        length = slg_utf8_length(f->config_type + i, n - i);
        if (length == 0)
            return slg_xyz_bad(r, "'%s' is not UTF-8 text; write it in ASCII or UTF-8", s->name);
        if ((unsigned char)f->config_type[i] < ' ')
            return slg_xyz_bad(r, "'%s' has a control character; remove it", s->name);
    }
    if (f->config_type[0] == '\0')
        strcpy(f->config_type, "default");
    return slg_build_group(&r->build, f, r->err);
}

static slg_status read_atoms(slg_xyz *r, const slg_layout *layout, size_t n_atom)
{
    slg_dataset *d = r->build.d;
    slg_span line;
    slg_status st = SLG_OK;
    for (size_t i = 0; st == SLG_OK && i < n_atom; i++) {
        size_t atom = d->n_atom - n_atom + i;
        if (!slg_xyz_line(r, &line))
            return slg_xyz_bad(r, "promises %zu atoms, the file ends after %zu; it is cut off or the count is wrong",
                               n_atom, i);
        st = slg_layout_atom(r, layout, line, &d->z[atom], &d->pos[3 * atom], &d->force[3 * atom]);
    }
    return st;
}

static slg_status read_values(slg_xyz *r, struct slot slot[N_SLOT], slg_layout *layout, slg_frame *f)
{
    slg_status st = read_lattice(r, &slot[LATTICE], f);
    if (st == SLG_OK)
        st = read_pbc(r, &slot[PBC], f);
    if (st == SLG_OK)
        st = read_energy(r, &slot[ENERGY], f);
    if (st == SLG_OK)
        st = read_virial(r, &slot[VIRIAL], &slot[STRESS], f);
    if (st == SLG_OK)
        st = read_config_type(r, &slot[CONFIG], f);
    if (st == SLG_OK)
        st = slg_layout_read(r, slot[PROPERTIES].value, layout);
    f->has_force = st == SLG_OK && layout->force != slg_no_column;
    return st;
}

static slg_status read_frame(slg_xyz *r, size_t n_atom)
{
    const slg_xyz_keys *k = r->keys;
    struct slot slot[N_SLOT] = {[LATTICE] = {.name = "Lattice"},
                                [PROPERTIES] = {.name = "Properties"},
                                [PBC] = {.name = "pbc"},
                                [ENERGY] = {.name = k->energy, .exact = true},
                                [VIRIAL] = {.name = k->virial, .exact = true},
                                [STRESS] = {.name = k->stress, .exact = true},
                                [CONFIG] = {.name = k->config_type, .exact = true}};
    slg_frame *f = NULL;
    slg_span comment;
    slg_layout layout;
    size_t first_line = r->line;
    if (!slg_xyz_line(r, &comment))
        return slg_xyz_bad(r, "the file ends before the comment line; it is cut off");
    slg_status st = slg_build_frame(&r->build, n_atom, comment, &f, r->err);
    if (st != SLG_OK)
        return st;
    f->line = first_line;
    f->number = r->frame - 1;
    st = read_comment(r, comment, slot);
    if (st == SLG_OK)
        st = read_values(r, slot, &layout, f);
    return st == SLG_OK ? read_atoms(r, &layout, n_atom) : st;
}

/* An atom's line has 8 bytes at least ("H 0 0 0\n"), so a false count cannot claim much memory. */
static slg_status read_count(slg_xyz *r, slg_span line, size_t *n_atom)
{
    char shown[SLG_SHOW];
    slg_span token, more, rest = line;
    size_t left = (size_t)(r->end - r->p);
    if (!slg_token_next(&rest, &token) || slg_token_next(&rest, &more) || !slg_token_count(token, n_atom))
        return slg_xyz_bad(r, "expected the number of atoms, found '%s'; check the count of the frame before",
                           slg_span_show(line, shown));
    if (*n_atom == 0)
        return slg_xyz_bad(r, "has 0 atoms; remove the frame");
    if (*n_atom > left / 8 + 1)
        return slg_xyz_bad(r,
                           "promises %zu atoms, the file has only %zu more bytes; it is cut off or "
                           "the count is wrong",
                           *n_atom, left);
    return SLG_OK;
}

/* Texts end at zero bytes: a name would be cut short in silence. */
static slg_status check_zeros(const slg_xyz *r)
{
    const char *zero = r->p == r->end ? NULL : memchr(r->p, '\0', (size_t)(r->end - r->p));
    size_t line = 1;
    for (const char *c = r->p; zero && c < zero; c++)
        line += *c == '\n';
    return zero ? slg_fail(r->err, SLG_ERR_DATA, "%s:%zu: expected text, found a zero byte; is the file damaged?",
                           r->name, line)
                : SLG_OK;
}

enum { MOST_BLANK = 1000 };

static slg_status read_frames(slg_xyz *r)
{
    slg_span line;
    size_t n_atom = 0, blank = 0;
    slg_status st = check_zeros(r);
    while (st == SLG_OK && slg_xyz_line(r, &line)) {
        if (slg_is_blank(line)) {
            if (++blank == MOST_BLANK)
                st = slg_fail(r->err, SLG_ERR_DATA, "%s:%zu: expected structures, found %d blank lines; remove them",
                              r->name, r->line, MOST_BLANK);
            continue;
        }
        r->frame++;
        st = read_count(r, line, &n_atom);
        if (st == SLG_OK)
            st = read_frame(r, n_atom);
    }
    if (st == SLG_OK && r->frame == 0)
        st = slg_fail(r->err, SLG_ERR_DATA, "%s: holds no structure; give an extended XYZ file", r->name);
    return st;
}

slg_status slg_dataset_parse(const char *name, const char *text, size_t n, const slg_xyz_keys *keys, slg_dataset **out,
                             slg_error *err)
{
    slg_xyz r = {.name = name, .p = text, .end = text + n, .keys = keys, .err = err};
    *out = NULL;
    slg_status st = slg_build_start(&r.build, name, err);
    if (st == SLG_OK)
        st = slg_names_add(&r.build.d->file, name, err);
    if (st == SLG_OK)
        st = read_frames(&r);
    if (st == SLG_OK)
        *out = r.build.d;
    else
        slg_dataset_free(&r.build.d);
    return st;
}
