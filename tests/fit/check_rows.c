#include "tasks/terms/term.h"

#include "tests/fit/neighbours.h"
#include "tests/fit/parts.h"
#include "tests/fit/random.h"
#include "tests/support/support.h"
#include <stdio.h>

enum { FRAMES = 4, M0 = 150, M1 = 20, M = M0 + M1, LD = M + 3 };

static const double CUTOFF = 4.2, ZETA[2] = {4, 2.5};
static test_frame frame[FRAMES];
static test_geom geom;
static slg_term_def def[2];
static slg_part part[2];
static void *plan[2];
static double *q[2];

/**
 * A small triclinic cell (images of atoms and of the centre within the cutoff), a molecule, a larger cell, one atom.
 */
static void make_frames(void)
{
    const double edge[] = {3.3, 0, 5.5, 0};
    const size_t n[] = {3, 5, 12, 1};
    for (size_t f = 0; f < FRAMES; f++) {
        frame[f] = (test_frame){.n = n[f], .periodic = edge[f] > 0};
        for (int a = 0; a < 3; a++)
            for (int b = 0; b < 3 && edge[f] > 0; b++)
                frame[f].cell[a][b] = (a == b ? edge[f] : 0) + 0.3 * test_uniform(f + 10, (size_t)(3 * a + b));
        for (size_t i = 0; i < n[f]; i++) { /* jittered grid: nothing too near */
            double grid = edge[f] > 0 ? edge[f] / 3 : 1.5;
            size_t at[] = {i % 3, (i / 3 + i) % 3, (i / 9 + i / 3 + 2 * i) % 3};
            frame[f].species[i] = (int32_t)(i % 2);
            for (size_t k = 0; k < 3; k++)
                frame[f].pos[i][k] = grid * ((double)at[k] + 0.25 * test_uniform(f + 20, 3 * i + k));
        }
    }
}

static slg_soap_hp hyper(int32_t central)
{
    slg_soap_hp hp = {.n_species = 2,
                      .central = central,
                      .l_max = 3,
                      .radial_enhancement = 1,
                      .basis = SLG_POLY3GAUSS,
                      .clean_filter = true,
                      .compress_mode = "None",
                      .zeta = ZETA[central]};
    for (int s = 0; s < 2; s++) {
        hp.alpha_max[s] = 3 + s;
        hp.rcut_hard[s] = 4.0 - 0.3 * s;
        hp.rcut_soft[s] = 3.2;
        hp.nf[s] = 4;
        hp.global_scaling[s] = hp.amplitude_scaling[s] = hp.central_weight[s] = 1;
        hp.atom_sigma_r[s] = hp.atom_sigma_t[s] = 0.5;
        hp.atom_sigma_r_scaling[s] = hp.atom_sigma_t_scaling[s] = 0.1;
    }
    return hp;
}

static void setup(void)
{
    const size_t m[] = {M0, M1};
    make_frames();
    test_geom_build(&geom, FRAMES, frame, CUTOFF);
    for (int32_t b = 0; b < 2; b++) {
        slg_soap_hp hp = hyper(b);
        def[b] = slg_soap_define(&hp);
        plan[b] = test_plan(&def[b]);
        size_t d = slg_term_length(&def[b]);
        q[b] = test_unit_rows((uint64_t)b + 40, m[b], d, 0.4);
        part[b] = (slg_part){&slg_term_soap, plan[b], m[b], d, b == 0 ? 0 : M0, q[b]};
    }
}

static void teardown(void)
{
    for (size_t b = 0; b < 2; b++)
        free(q[b]), slg_free(plan[b]);
}

/** Row numbers of the chosen observables of frames frame0..frame0+n-1, frame by frame: E, then V, then F. */
typedef struct layout {
    int64_t energy[FRAMES], force[FRAMES], virial[FRAMES];
    slg_rows rows;
} layout;

static void lay_out(layout *l, size_t frame0, size_t n, bool e, bool f, bool v)
{
    l->rows = (slg_rows){.frame0 = frame0, .n_frame = n, .energy = l->energy, .force = l->force, .virial = l->virial};
    for (size_t i = 0; i < n; i++) {
        size_t *at = &l->rows.n_row;
        l->energy[i] = e ? (int64_t)*at : -1;
        *at += e ? 1 : 0;
        l->virial[i] = v ? (int64_t)*at : -1;
        *at += v ? 6 : 0;
        l->force[i] = f ? (int64_t)*at : -1;
        *at += f ? 3 * frame[frame0 + i].n : 0;
    }
}

/** The work of piece p of `pieces` pieces of the environments, for part b. */
static slg_term_work piece_of(const slg_geom *g, const slg_rows *rows, size_t p, size_t pieces, size_t b)
{
    return (slg_term_work){.what = SLG_WORK_ROWS,
                           .plan = plan[b],
                           .geom = g,
                           .env0 = g->n_env * p / pieces,
                           .env1 = g->n_env * (p + 1) / pieces,
                           .rows = rows,
                           .m = part[b].m};
}

/** All rows, both parts, environments in pieces; malloc'ed [n_row][LD]. */
static double *rows_of(const slg_geom *g, const slg_rows *rows, size_t pieces)
{
    double *k = calloc(rows->n_row * LD, sizeof *k);
    for (size_t p = 0; p < pieces; p++)
        for (size_t b = 0; b < 2; b++) {
            const slg_term_work w = piece_of(g, rows, p, pieces, b);
            void *work = test_scratch(&def[b], &w);
            ck_assert_int_eq(slg_term_soap.rows(&part[b], g, w.env0, w.env1, rows, LD, k, work), SLG_OK);
            slg_free(work);
        }
    return k;
}

/** Energy row of frame f of the frames as they are now. */
static void energy_row(size_t f, double *out)
{
    static test_geom moved;
    layout l;
    test_geom_build(&moved, 1, &frame[f], CUTOFF);
    lay_out(&l, 0, 1, true, false, false);
    double *k = rows_of(&moved.geom, &l.rows, 1);
    for (size_t j = 0; j < M; j++)
        out[j] = k[j];
    free(k);
}

/** Moves one coordinate of an atom, or strains the frame by x along (a,b). */
static void change(size_t f, int atom, int a, int b, double x)
{
    test_frame *t = &frame[f];
    if (atom >= 0) {
        t->pos[atom][a] += x;
        return;
    }
    for (size_t i = 0; i < t->n; i++)
        t->pos[i][b] += x * t->pos[i][a];
    for (int i = 0; i < 3; i++)
        t->cell[i][b] += x * t->cell[i][a];
}

/** Central differences of fourth order. */
static void derivative(size_t f, int atom, int a, int b, double *out)
{
    const double h = 3e-4, step[] = {-2, -1, 1, 2}, weight[] = {1.0 / 12, -8.0 / 12, 8.0 / 12, -1.0 / 12};
    const test_frame keep = frame[f];
    double e[M];
    for (size_t j = 0; j < M; j++)
        out[j] = 0;
    for (int s = 0; s < 4; s++) {
        change(f, atom, a, b, step[s] * h);
        energy_row(f, e);
        frame[f] = keep;
        for (size_t j = 0; j < M; j++)
            out[j] += weight[s] * e[j] / h;
    }
}

static double scale_of(size_t n, const double *k)
{
    double s = 0;
    for (size_t i = 0; i < n; i++)
        s = fmax(s, fabs(k[i]));
    return s;
}

static double worst_difference(size_t n, const double *a, const double *b)
{
    double worst = 0;
    for (size_t i = 0; i < n; i++)
        worst = fmax(worst, fabs(a[i] - b[i]));
    return worst;
}

START_TEST(rows_are_derivatives_of_energy_rows)
{
    size_t f = (size_t)_i;
    layout l;
    lay_out(&l, 0, FRAMES, true, true, true);
    double *k = rows_of(&geom.geom, &l.rows, 1), fd[M], force = 0, virial = 0;
    double *kf = k + (size_t)l.force[f] * LD, *kv = k + (size_t)l.virial[f] * LD;
    for (size_t i = 0; i < frame[f].n; i++)
        for (int c = 0; c < 3; c++) {
            derivative(f, (int)i, c, 0, fd);
            force = fmax(force, worst_difference(M, kf + (3 * i + (size_t)c) * LD, fd));
        }
    for (int a = 0, r = 0; a < 3; a++)
        for (int b = a; b < 3; b++, r++)
            for (int turn = 0; turn < 2; turn++) {
                derivative(f, -1, turn ? b : a, turn ? a : b, fd);
                virial = fmax(virial, worst_difference(M, kv + r * LD, fd));
            }
    double sf = scale_of(3 * frame[f].n * LD, kf), sv = scale_of(6 * LD, kv);
    printf("frame %zu (%zu atoms, up to %zu pairs): force rows %.1e of %.1e, virial rows %.1e of %.1e\n", f, frame[f].n,
           geom.geom.max_pair, force, sf, virial, sv);
    ck_assert_double_le(force, 1e-7 * sf + 1e-12);
    ck_assert_double_le(virial, 1e-7 * sv + 1e-12);
    ck_assert(f == 3 || (sf > 1e-3 && sv > 1e-3)); /* the isolated atom has no derivatives */
    free(k);
}
END_TEST

START_TEST(energy_rows_are_kernel_sums)
{
    layout l;
    lay_out(&l, 1, 2, true, false, false);
    double *k = rows_of(&geom.geom, &l.rows, 1), want[2 * M] = {0}, v[1000];
    size_t where;
    for (size_t e = geom.frame_first[1]; e < geom.frame_first[3]; e++) {
        const slg_part *b = &part[geom.species[e]];
        const slg_term_work w = {.what = SLG_WORK_DESCRIPTOR, .plan = b->plan, .geom = &geom.geom};
        void *work = test_scratch(&def[geom.species[e]], &w);
        ck_assert_int_eq(slg_term_soap.descriptor(b->plan, &geom.geom, e, e + 1, v, &where, work), SLG_OK);
        slg_free(work);
        for (size_t j = 0; j < b->m; j++) {
            double t = 0;
            for (size_t i = 0; i < b->d; i++)
                t += v[i] * b->q[j * b->d + i];
            want[(e < geom.frame_first[2] ? 0 : M) + b->col0 + j] += pow(t, ZETA[geom.species[e]]);
        }
    }
    for (size_t r = 0; r < 2; r++) {
        ck_assert_double_le(slg_test_deviation(M, k + r * LD, want + r * M), 1e-13);
        for (size_t j = M; j < LD; j++)
            ck_assert_double_eq(k[r * LD + j], 0);
    }
    free(k);
}
END_TEST

/** Every subset of observables, every batch, every division of the environments gives the same rows. */
START_TEST(rows_do_not_depend_on_their_company)
{
    layout all, some;
    lay_out(&all, 0, FRAMES, true, true, true);
    double *k = rows_of(&geom.geom, &all.rows, 1), *again = rows_of(&geom.geom, &all.rows, 1);
    ck_assert_mem_eq(k, again, all.rows.n_row * LD * sizeof *k);
    free(again);
    for (int set = 1; set < 8; set++)
        for (size_t f = 0; f < FRAMES; f++) {
            lay_out(&some, f, 1, set & 1, set & 2, set & 4);
            double *alone = rows_of(&geom.geom, &some.rows, 1 + (size_t)set % 3);
            const int64_t *have[] = {some.energy, some.force, some.virial},
                          *want[] = {all.energy, all.force, all.virial};
            const size_t count[] = {1, 3 * frame[f].n, 6};
            for (int o = 0; o < 3; o++)
                for (size_t r = 0; have[o][0] >= 0 && r < count[o]; r++)
                    ck_assert_double_le(
                        worst_difference(LD, alone + ((size_t)have[o][0] + r) * LD, k + ((size_t)want[o][f] + r) * LD),
                        1e-12);
            free(alone);
        }
    free(k);
}
END_TEST

/** Frames packed into blocks of their own: the very same rows. */
START_TEST(rows_of_packed_batches)
{
    static const double y[7 * FRAMES + 3 * FRAMES * TEST_ATOMS];
    static const int32_t group[FRAMES];
    layout l;
    for (size_t f = 0; f < FRAMES; f++)
        for (size_t n = 1; f + n <= FRAMES; n++) {
            lay_out(&l, f, n, true, true, true);
            l.rows.y = l.rows.w = y, l.rows.group = group;
            slg_geom_block *g = slg_alloc_aligned(slg_geom_block_bytes(&geom.geom, f, n), 1);
            slg_rows_block *r = slg_alloc_aligned(slg_rows_block_bytes(n, l.rows.n_row, 0, false), 1);
            slg_geom_pack(&geom.geom, f, n, g);
            slg_rows_pack(&l.rows, r);
            const slg_geom view = slg_geom_view(g);
            const slg_rows rows = slg_rows_view(r);
            double *want = rows_of(&geom.geom, &l.rows, 1), *got = rows_of(&view, &rows, 1);
            ck_assert_mem_eq(got, want, l.rows.n_row * LD * sizeof *got);
            free(want), free(got), slg_free(g), slg_free(r);
        }
}
END_TEST

START_TEST(forces_on_all_atoms_cancel)
{
    layout l;
    lay_out(&l, 0, FRAMES, false, true, false);
    double *k = rows_of(&geom.geom, &l.rows, 1);
    for (size_t f = 0; f < FRAMES; f++)
        for (size_t c = 0; c < 3; c++)
            for (size_t j = 0; j < M; j++) {
                double sum = 0;
                for (size_t i = 0; i < frame[f].n; i++)
                    sum += k[((size_t)l.force[f] + 3 * i + c) * LD + j];
                ck_assert_double_le(fabs(sum), 1e-11);
            }
    free(k);
    const slg_term_work w = piece_of(&geom.geom, &l.rows, 0, 1, 0);
    double flops = 0;
    size_t scratch;
    slg_term_soap.cost(&def[0], &w, &flops, &scratch);
    ck_assert_double_gt(flops, 1e5);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("rows");
    TCase *t = tcase_create("rows");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_loop_test(t, rows_are_derivatives_of_energy_rows, 0, FRAMES);
    tcase_add_test(t, energy_rows_are_kernel_sums);
    tcase_add_test(t, rows_do_not_depend_on_their_company);
    tcase_add_test(t, rows_of_packed_batches);
    tcase_add_test(t, forces_on_all_atoms_cancel);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
