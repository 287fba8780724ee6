/*
 * Structures that occur twice, whatever the order, place and orientation of their atoms. Compared are numbers that do
 * not depend on these: moments of the distances from the centre; for cells their shape and the sizes of some structure
 * factors. Alloys on one lattice share these, so that cells are laid over each other as well.
 */
#include "runtime/base/alloc.h"
#include "src/data/lattice.h"
#include "src/doctor/ward.h"

#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N_SHAPE = 6, N_MARK = 6 };
static const double same = 1e-5;        /* relative, of all numbers below */
static const double same_energy = 1e-3; /* eV/atom */

typedef struct print {
    size_t set, frame, n_atom;
    double element[2];     /* sums of Z, Z^2: of which atoms */
    double shape[N_SHAPE]; /* of the cell: lengths and products of its vectors, Angstrom^2 */
    double mark[N_MARK];
    double key;    /* a sum of these: twins have near ones */
    size_t family; /* number of the first print of its twins */
} print;

static void take_shape(const slg_frame *f, double shape[N_SHAPE])
{
    int n = 0;
    for (int i = 0; i < 3; i++)
        for (int j = i; j < 3; j++, n++)
            for (int c = 0; c < 3; c++)
                shape[n] += f->cell[i][c] * f->cell[j][c];
}

/* sum of Z exp(2 pi i k.f) / sum of Z */
static double complex factor(const slg_dataset *d, const slg_frame *f, double inverse[3][3], const int wave[3])
{
    const double turn = 2 * acos(-1.0);
    double complex sum = 0;
    double all = 0;
    for (size_t i = f->first; i < f->first + f->n_atom; i++) {
        double turns = 0;
        for (int k = 0; k < 3; k++)
            for (int c = 0; c < 3; c++)
                turns += wave[k] * d->pos[3 * i + (size_t)c] * inverse[c][k];
        sum += d->z[i] * CMPLX(cos(turn * turns), sin(turn * turns));
        all += d->z[i];
    }
    return sum / all;
}

static void take_factors(const slg_dataset *d, const slg_frame *f, double mark[N_MARK])
{
    static const int wave[N_MARK][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1, 2, 3}, {3, -1, 2}, {4, 3, -5}};
    double inverse[3][3];
    slg_lattice_inverse((const double *)f->cell, inverse);
    for (int m = 0; m < N_MARK; m++)
        mark[m] = cabs(factor(d, f, inverse, wave[m]));
}

/* Moments of the distances from the centre, plain and by element. */
static void take_moments(const slg_dataset *d, const slg_frame *f, double mark[N_MARK])
{
    double centre[3] = {0};
    const double n = (double)f->n_atom;
    for (size_t i = f->first; i < f->first + f->n_atom; i++)
        for (int c = 0; c < 3; c++)
            centre[c] += d->pos[3 * i + (size_t)c] / n;
    for (size_t i = f->first; i < f->first + f->n_atom; i++) {
        double r2 = 0;
        for (int c = 0; c < 3; c++)
            r2 += (d->pos[3 * i + (size_t)c] - centre[c]) * (d->pos[3 * i + (size_t)c] - centre[c]);
        const double r = sqrt(r2), z = d->z[i], each[N_MARK] = {r, r2, r * r2, r2 * r2, z * r, z * r2};
        for (int m = 0; m < N_MARK; m++)
            mark[m] += each[m] / n;
    }
}

static print print_of(const slg_dataset *d, size_t set, size_t frame)
{
    const slg_frame *f = &d->frame[frame];
    print p = {.set = set, .frame = frame, .n_atom = f->n_atom};
    const bool any = f->pbc[0] || f->pbc[1] || f->pbc[2];
    for (size_t i = f->first; i < f->first + f->n_atom; i++) {
        p.element[0] += d->z[i];
        p.element[1] += (double)d->z[i] * d->z[i];
    }
    if (any) {
        take_shape(f, p.shape);
        take_factors(d, f, p.mark);
    } else {
        take_moments(d, f, p.mark);
    }
    p.key = p.shape[0] + p.shape[3] + p.shape[5] + p.mark[1] + p.mark[3];
    return p;
}

/* --- comparing ------------------------------------------------------------------------------------------------ */

/* Exact numbers first, then the key. */
static int by_print(const void *pa, const void *pb)
{
    const print *a = pa, *b = pb;
    const double x[][2] = {{(double)a->n_atom, (double)b->n_atom}, {a->element[0], b->element[0]},
                           {a->element[1], b->element[1]},         {a->key, b->key},
                           {(double)a->set, (double)b->set},       {(double)a->frame, (double)b->frame}};
    for (size_t i = 0; i < sizeof x / sizeof x[0]; i++)
        if (x[i][0] < x[i][1] || x[i][0] > x[i][1])
            return x[i][0] < x[i][1] ? -1 : 1;
    return 0;
}

static bool near(double a, double b)
{
    return fabs(a - b) <= same * fmax(1, fabs(a));
}

static bool same_atoms(const print *a, const print *b)
{
    return a->n_atom == b->n_atom && near(a->element[0], b->element[0]) && near(a->element[1], b->element[1]) &&
           fabs(a->key - b->key) <= N_SHAPE * N_MARK * same * fmax(1, fabs(a->key));
}

static bool twins(const print *a, const print *b)
{
    bool equal = same_atoms(a, b);
    for (int i = 0; i < N_SHAPE; i++)
        equal = equal && near(a->shape[i], b->shape[i]);
    for (int i = 0; i < N_MARK; i++)
        equal = equal && near(a->mark[i], b->mark[i]);
    return equal;
}

/* --- laying cells over each other ------------------------------------------------------------------------------- */

static const double same_place = 1e-3; /* Angstrom */

/* Fractional coordinates. */
static void fractions(const slg_dataset *d, const slg_frame *f, double *out)
{
    double inverse[3][3];
    slg_lattice_inverse((const double *)f->cell, inverse);
    for (size_t i = 0; i < f->n_atom; i++)
        for (int k = 0; k < 3; k++) {
            out[3 * i + (size_t)k] = 0;
            for (int c = 0; c < 3; c++)
                out[3 * i + (size_t)k] += d->pos[3 * (f->first + i) + (size_t)c] * inverse[c][k];
        }
}

typedef struct cell {
    const slg_dataset *d;
    const slg_frame *f;
    double *x; /* [n_atom][3] fractional */
} cell;

/* Is atom i of a, moved by `shift`, at the place of atom j of b? */
static bool at_place(const cell *a, size_t i, const double shift[3], const cell *b, size_t j)
{
    double r[3] = {0};
    if (a->d->z[a->f->first + i] != b->d->z[b->f->first + j])
        return false;
    for (int k = 0; k < 3; k++) {
        const double gap = a->x[3 * i + (size_t)k] + shift[k] - b->x[3 * j + (size_t)k];
        for (int c = 0; c < 3; c++)
            r[c] += (gap - (b->f->pbc[k] ? round(gap) : 0)) * b->f->cell[k][c];
    }
    return fabs(r[0]) + fabs(r[1]) + fabs(r[2]) < same_place;
}

static bool covers(const cell *a, const double shift[3], const cell *b)
{
    const size_t n = a->f->n_atom;
    for (size_t i = 0; i < n; i++) {
        size_t j = 0; /* most often atoms have the same order */
        while (j < n && !at_place(a, i, shift, b, (i + j) % n))
            j++;
        if (j == n)
            return false;
    }
    return true;
}

/* Does some shift bring the atoms of a onto those of b? Its first atom must come to lie on one of them. */
static bool superpose(const cell *a, const cell *b)
{
    for (size_t j = 0; j < b->f->n_atom; j++) {
        double shift[3];
        for (size_t k = 0; k < 3; k++)
            shift[k] = b->x[3 * j + k] - a->x[k];
        if (covers(a, shift, b))
            return true;
    }
    return false;
}

/* --- comparing molecules -------------------------------------------------------------------------------------- */

enum { MOST_ATOMS = 1000 };

/* Distances of all pairs, those of each pair of elements in a stretch of numbers of their own, sorted. */
static double *distances(const slg_dataset *d, const slg_frame *f)
{
    double *x = slg_calloc(f->n_atom * f->n_atom, sizeof *x);
    size_t n = 0;
    for (size_t i = f->first; x && i < f->first + f->n_atom; i++)
        for (size_t j = f->first; j < i; j++) {
            double r2 = 0;
            for (int c = 0; c < 3; c++)
                r2 += (d->pos[3 * i + (size_t)c] - d->pos[3 * j + (size_t)c]) *
                      (d->pos[3 * i + (size_t)c] - d->pos[3 * j + (size_t)c]);
            x[n++] = sqrt(r2) + 1e5 * (d->z[i] * d->z[j] + 200.0 * (d->z[i] + d->z[j]));
        }
    if (x)
        slg_sort(x, n);
    return x;
}

static bool same_distances(const slg_dataset *d, const slg_frame *f, const slg_dataset *e, const slg_frame *g)
{
    if (f->n_atom > MOST_ATOMS)
        return true; /* their moments agree */
    double *x = distances(d, f), *y = distances(e, g);
    bool equal = x && y;
    for (size_t i = 0; equal && i < f->n_atom * (f->n_atom - 1) / 2; i++)
        equal = fabs(x[i] - y[i]) < same_place;
    slg_free(x);
    slg_free(y);
    return equal;
}

/* work: room for the coordinates of both. */
static bool really_twins(const slg_patient *p, const print *a, const print *b, double *work)
{
    const slg_frame *f = &p->set[a->set]->frame[a->frame], *g = &p->set[b->set]->frame[b->frame];
    if (!twins(a, b))
        return false;
    if (!(f->pbc[0] || f->pbc[1] || f->pbc[2]))
        return same_distances(p->set[a->set], f, p->set[b->set], g);
    const cell first = {p->set[a->set], f, work}, second = {p->set[b->set], g, work + 3 * f->n_atom};
    fractions(first.d, f, first.x);
    fractions(second.d, g, second.x);
    return superpose(&first, &second);
}

/* --- finding ---------------------------------------------------------------------------------------------------- */

/* Families of twins: x[i].family is the first of them in the order of the sort. Compared are first ones only. */
static void find_families(const slg_patient *p, print *x, size_t n, double *work)
{
    qsort(x, n, sizeof *x, by_print);
    for (size_t i = 0; i < n; i++) {
        x[i].family = i;
        for (size_t j = i; x[i].family == i && j-- > 0 && same_atoms(&x[j], &x[i]);)
            if (x[j].family == j && really_twins(p, &x[j], &x[i], work))
                x[i].family = j;
    }
}

/* The first structure of each set in each family [n][SLG_DOCTOR_SETS], NULL = none. */
static void find_firsts(const print *x, size_t n, const print *(*first)[SLG_DOCTOR_SETS])
{
    for (size_t i = 0; i < n; i++) {
        const print **of = &first[x[i].family][x[i].set];
        if (!*of || x[i].frame < (*of)->frame)
            *of = &x[i];
    }
}

/* --- telling -------------------------------------------------------------------------------------------------- */

enum { WITHIN, ACROSS, DIFFERENT, N_RELATION };

static double energy_gap(const slg_patient *p, const print *a, const print *b)
{
    const slg_frame *x = &p->set[a->set]->frame[a->frame], *y = &p->set[b->set]->frame[b->frame];
    return x->has_energy && y->has_energy ? fabs(x->energy - y->energy) / (double)a->n_atom : 0;
}

/* The structure that x repeats in this way, NULL = none. */
static const print *repeated(const slg_patient *p, const print *x, const print *const *first, int relation)
{
    const print *earliest = NULL;
    for (size_t s = SLG_DOCTOR_SETS; s-- > 0;)
        earliest = first[s] ? first[s] : earliest;
    if (relation == WITHIN)
        return first[x->set] != x ? first[x->set] : NULL;
    if (relation == ACROSS)
        return earliest->set < x->set ? earliest : NULL;
    return energy_gap(p, x, earliest) > same_energy ? earliest : NULL;
}

typedef struct repeats {
    slg_seen seen;
    const print *of; /* what the first of them repeats */
    double most;     /* difference of energies, eV/atom */
} repeats;

static void note_repeats(slg_ward *w, size_t set, const repeats *r, int relation)
{
    static const char *const name[] = {"training", "validation", "test"},
                             *code[] = {"duplicates", "leak", "contradiction"},
                             *text[][2] = {
                                 {"occurs twice", "occur twice"},
                                 {"is in an earlier set too", "are in an earlier set too"},
                                 {"occurs elsewhere with another energy", "occur elsewhere with another energy"}};
    const slg_dataset *d = w->patient->set[r->of->set];
    char gap[96] = "";
    if (relation == DIFFERENT)
        snprintf(gap, sizeof gap, " (up to %.3g eV/atom)", r->most);
    if (relation == ACROSS)
        snprintf(gap, sizeof gap, ": errors on them do not tell of new structures");
    slg_note_seen(w, code[relation], &r->seen, "%zu %s structure%s %s%s; the first is also %.200s:%zu", r->seen.n,
                  name[set], r->seen.n > 1 ? "s" : "", text[relation][r->seen.n > 1], gap,
                  slg_frame_file(d, r->of->frame), d->frame[r->of->frame].line);
}

/* position [n_frame]: where the structures of the set stand in x. */
static void examine_set(slg_ward *w, size_t set, const print *x, const size_t *position,
                        const print *const (*first)[SLG_DOCTOR_SETS])
{
    for (int relation = 0; relation < N_RELATION; relation++) {
        repeats r = {.most = 0};
        for (size_t f = 0; f < w->d->n_frame; f++) {
            const print *own = &x[position[f]];
            const print *of = repeated(w->patient, own, first[own->family], relation);
            if (!of)
                continue;
            r.of = r.seen.n == 0 ? of : r.of;
            r.most = fmax(r.most, energy_gap(w->patient, own, of));
            slg_see(&r.seen, f);
        }
        if (r.seen.n > 0)
            note_repeats(w, set, &r, relation);
    }
}

static slg_status examine_sets(const slg_patient *p, const print *x, size_t n,
                               const print *const (*first)[SLG_DOCTOR_SETS], size_t *position, slg_findings *out,
                               slg_error *err)
{
    slg_ward w = {.patient = p, .out = out, .err = err};
    for (size_t s = 0; s < SLG_DOCTOR_SETS; s++) {
        w.d = p->set[s];
        for (size_t i = 0; i < n; i++)
            if (x[i].set == s)
                position[x[i].frame] = i;
        if (w.d)
            examine_set(&w, s, x, position, first);
    }
    return w.st;
}

/* Prints of all structures; their number. */
static size_t take_prints(const slg_patient *p, print *x, size_t *most_atoms)
{
    size_t n = 0;
    for (size_t s = 0; s < SLG_DOCTOR_SETS; s++)
        for (size_t f = 0; p->set[s] && f < p->set[s]->n_frame; f++) {
            x[n++] = print_of(p->set[s], s, f);
            *most_atoms = x[n - 1].n_atom > *most_atoms ? x[n - 1].n_atom : *most_atoms;
        }
    return n;
}

slg_status slg_examine_twins(const slg_patient *p, slg_findings *out, slg_error *err)
{
    size_t n = 0, most_atoms = 0;
    for (size_t s = 0; s < SLG_DOCTOR_SETS; s++)
        n += p->set[s] ? p->set[s]->n_frame : 0;
    print *x = slg_calloc(n, sizeof *x);
    const print *(*first)[SLG_DOCTOR_SETS] = slg_calloc(n, sizeof *first);
    size_t *position = slg_calloc(n, sizeof *position);
    n = x ? take_prints(p, x, &most_atoms) : 0;
    double *work = slg_calloc(6 * most_atoms, sizeof *work);
    slg_status st = x && first && position && work ? SLG_OK : slg_fail_nomem(err, "findings about the data");
    if (st == SLG_OK) {
        find_families(p, x, n, work);
        find_firsts(x, n, first);
        st = examine_sets(p, x, n, (const print *const(*)[SLG_DOCTOR_SETS])first, position, out, err);
    }
    slg_free(x);
    slg_free(first);
    slg_free(position);
    slg_free(work);
    return st;
}
