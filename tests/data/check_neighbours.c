/* Neighbour lists against all images by brute force; supercells; order; refusals. */
#include "data_support.h"
#include "runtime/base/rng.h"

static slg_error err;

static slg_geom *lists(const slg_dataset *d, double cutoff)
{
    int32_t n, z[SLG_MAX_SPECIES];
    slg_geom *g = NULL;
    slg_error_clear(&err);
    ck_assert_int_eq(slg_dataset_species(d, &n, z, NULL), SLG_OK);
    slg_status st = slg_geom_build(d, cutoff, n, z, &g, &err);
    ck_assert_msg(st == SLG_OK, "%s", err.text);
    return g;
}

static double u01(uint32_t a, uint32_t b)
{
    return slg_rng_u01(11, SLG_STREAM_TEST, a, b, 0);
}

/* A random triclinic cell with n atoms of two species, some outside the cell. */
static slg_dataset *random_frame(uint32_t trial, double *cutoff)
{
    static char text[65536];
    static const int sizes[] = {1, 1, 2, 3, 7, 30, 200};
    uint32_t k = 0;
    int n = sizes[trial % 7], pbc = (int)(8 * u01(trial, k++));
    double cell[9], size = u01(trial, k++);
    size = n < 30 ? 1.5 + 3 * size : 8 + 6 * size;
    for (int i = 0; i < 9; i++)
        cell[i] = size * ((i % 4 == 0 ? 0.8 : 0) + 0.7 * (u01(trial, k++) - 0.5));
    *cutoff = 2 + 3 * u01(trial, k++);
    size_t used = (size_t)snprintf(text, sizeof text, "%d\nLattice=\"", n);
    for (int i = 0; i < 9; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%.9g ", cell[i]);
    used += (size_t)snprintf(text + used, sizeof text - used, "\" pbc=\"%c %c %c\"\n", pbc & 1 ? 'T' : 'F',
                             pbc & 2 ? 'T' : 'F', pbc & 4 ? 'T' : 'F');
    for (int i = 0; i < n; i++) {
        double f[3], x[3] = {0};
        for (int c = 0; c < 3; c++) {
            f[c] = u01(trial, k++);
            f[c] += i % 5 == 4 ? floor(5 * u01(trial, k++)) - 2 : 0;
            for (int d = 0; d < 3; d++)
                x[d] += f[c] * cell[3 * c + d];
        }
        used += (size_t)snprintf(text + used, sizeof text - used, "%s %.9g %.9g %.9g\n", i % 3 == 1 ? "O" : "H", x[0],
                                 x[1], x[2]);
    }
    return parse(text);
}

/* Distances of atom i's neighbours of species z by enumerating every image that could matter; count returned. */
static size_t brute(const slg_dataset *d, size_t i, int32_t z, double cutoff, double *sum_r, double sum_d[3])
{
    const slg_frame *f = d->frame;
    int m[3];
    size_t n = 0;
    *sum_r = sum_d[0] = sum_d[1] = sum_d[2] = 0;
    for (int k = 0; k < 3; k++)
        m[k] = f->pbc[k] ? 22 : 0; /* generous: checked against the outermost shell below */
    for (size_t j = 0; j < d->n_atom; j++) {
        if (d->z[j] != z)
            continue;
        for (int a = -m[0]; a <= m[0]; a++)
            for (int b = -m[1]; b <= m[1]; b++)
                for (int c = -m[2]; c <= m[2]; c++) {
                    double x[3], r2 = 0;
                    for (int k = 0; k < 3; k++) {
                        x[k] = d->pos[3 * j + (size_t)k] - d->pos[3 * i + (size_t)k] + a * f->cell[0][k] +
                               b * f->cell[1][k] + c * f->cell[2][k];
                        r2 += x[k] * x[k];
                    }
                    if (r2 >= cutoff * cutoff || (i == j && !a && !b && !c))
                        continue;
                    ck_assert(abs(a) < 22 && abs(b) < 22 && abs(c) < 22);
                    *sum_r += sqrt(r2);
                    for (int k = 0; k < 3; k++)
                        sum_d[k] += x[k];
                    n++;
                }
    }
    return n;
}

static void sorted(const slg_geom *g, size_t i)
{
    for (size_t p = g->pair_first[i] + 1; p < g->pair_first[i + 1]; p++) {
        size_t q = p - 1;
        ck_assert_int_le(g->pair_species[q], g->pair_species[p]);
        if (g->pair_species[q] != g->pair_species[p])
            continue;
        ck_assert(g->pair_r[q] <= g->pair_r[p]);
        if (g->pair_r[q] == g->pair_r[p])
            ck_assert(
                g->pair_env[q] < g->pair_env[p] ||
                (g->pair_env[q] == g->pair_env[p] &&
                 (g->pair_x[q] < g->pair_x[p] ||
                  (g->pair_x[q] == g->pair_x[p] &&
                   (g->pair_y[q] < g->pair_y[p] || (g->pair_y[q] == g->pair_y[p] && g->pair_z[q] < g->pair_z[p]))))));
    }
}

static void compare_channel(const slg_dataset *d, const slg_geom *g, size_t i, int32_t channel, int32_t z,
                            double cutoff)
{
    double sum_r, sum_d[3], r = 0, x[3] = {0};
    size_t want = brute(d, i, z, cutoff, &sum_r, sum_d), n = 0;
    for (size_t p = g->pair_first[i]; p < g->pair_first[i + 1]; p++) {
        if (g->pair_species[p] != channel)
            continue;
        ck_assert_int_eq(d->z[g->pair_env[p]], z);
        ck_assert_double_eq_tol(hypot(hypot(g->pair_x[p], g->pair_y[p]), g->pair_z[p]), g->pair_r[p], 1e-12);
        r += g->pair_r[p];
        x[0] += g->pair_x[p], x[1] += g->pair_y[p], x[2] += g->pair_z[p];
        n++;
    }
    ck_assert_uint_eq(n, want);
    ck_assert_double_eq_tol(r, sum_r, 1e-9 * (1 + sum_r));
    for (int k = 0; k < 3; k++)
        ck_assert_double_eq_tol(x[k], sum_d[k], 1e-9 * (1 + sum_r));
}

START_TEST(against_brute_force)
{
    size_t total = 0;
    for (uint32_t trial = 0; trial < 112; trial++) {
        double cutoff;
        slg_dataset *d = random_frame(trial, &cutoff);
        int32_t n, z[SLG_MAX_SPECIES];
        ck_assert_int_eq(slg_dataset_species(d, &n, z, NULL), SLG_OK);
        slg_geom *g = lists(d, cutoff);
        size_t step = d->n_atom > 20 ? d->n_atom / 3 : 1; /* the oracle is slow */
        for (size_t i = 0; i < d->n_atom; i += step) {
            sorted(g, i);
            for (int32_t s = 0; s < n; s++)
                compare_channel(d, g, i, s, z[s], cutoff);
        }
        total += g->n_pair;
        slg_geom_free(&g);
        slg_dataset_free(&d);
    }
    ck_assert_uint_gt(total, 10000);
}
END_TEST

/* Each pair has its mirror image, bit by bit; the totals of the structure hold. */
START_TEST(symmetric)
{
    for (uint32_t trial = 0; trial < 70; trial++) {
        double cutoff, min_r = INFINITY;
        slg_dataset *d = random_frame(trial, &cutoff);
        slg_geom *g = lists(d, cutoff);
        size_t max_pair = 0;
        for (size_t i = 0; i < g->n_env; i++) {
            size_t n = g->pair_first[i + 1] - g->pair_first[i];
            max_pair = n > max_pair ? n : max_pair;
            for (size_t p = g->pair_first[i]; p < g->pair_first[i + 1]; p++) {
                size_t j = (size_t)g->pair_env[p], q = g->pair_first[j];
                while (q < g->pair_first[j + 1] && !(g->pair_env[q] == (int32_t)i && g->pair_x[q] == -g->pair_x[p] &&
                                                     g->pair_y[q] == -g->pair_y[p] && g->pair_z[q] == -g->pair_z[p]))
                    q++;
                ck_assert_uint_lt(q, g->pair_first[j + 1]);
                ck_assert(g->pair_r[q] == g->pair_r[p]);
                min_r = fmin(min_r, g->pair_r[p]);
            }
        }
        ck_assert_uint_eq(max_pair, g->max_pair);
        ck_assert(g->n_pair == 0 ? g->min_r == 0 : g->min_r == min_r);
        ck_assert_uint_eq(g->pair_first[g->n_env], g->n_pair);
        ck_assert(g->frame_first[0] == 0 && g->frame_first[1] == g->n_env && g->n_frame == 1);
        slg_geom_free(&g);
        slg_dataset_free(&d);
    }
}
END_TEST

/* Doubling the cell along a: both copies see the distances of the original, in the same order. */
START_TEST(supercell)
{
    const char *one = "2\nLattice=\"3 .5 0 0 3.2 .25 .5 0 3\"\nSi 0 0 0\nO 1.5 1.25 1\n";
    const char *two = "4\nLattice=\"6 1 0 0 3.2 .25 .5 0 3\"\nSi 0 0 0\nO 1.5 1.25 1\nSi 3 .5 0\nO 4.5 1.75 1\n";
    slg_dataset *a = parse(one), *b = parse(two);
    slg_geom *ga = lists(a, 7), *gb = lists(b, 7);
    ck_assert_uint_eq(2 * ga->n_pair, gb->n_pair);
    for (size_t i = 0; i < 4; i++) {
        size_t p = ga->pair_first[i % 2], q = gb->pair_first[i];
        ck_assert_uint_eq(ga->pair_first[i % 2 + 1] - p, gb->pair_first[i + 1] - q);
        for (; p < ga->pair_first[i % 2 + 1]; p++, q++) {
            ck_assert_double_eq_tol(ga->pair_r[p], gb->pair_r[q], 1e-13);
            ck_assert_int_eq(ga->pair_species[p], gb->pair_species[q]);
        }
    }
    slg_geom_free(&ga);
    slg_geom_free(&gb);
    slg_dataset_free(&a);
    slg_dataset_free(&b);
}
END_TEST

/* Hostile structures are refused in the time that it takes to read them. */
START_TEST(absurd_cells)
{
    static const struct {
        int n;
        double edge;
        const char *lattice, *message;
    } at[] = {
        {3000, 30, "Lattice=\"30 0 0 30000 30 0 0 0 30\"", "too skew or too full for the cutoff"},
        {20000, 4, "", "an atom has more than 10000 neighbours"},
        {20000, 4, "Lattice=\"4 0 0 0 4 0 0 0 4\"", "too skew or too full for the cutoff"},
    };
    char *text = NULL;
    size_t size;
    slg_geom *g = NULL;
    FILE *f = open_memstream(&text, &size);
    fprintf(f, "%d\n%s\n", at[_i].n, at[_i].lattice);
    for (int i = 0; i < at[_i].n; i++)
        fprintf(f, "H %.6f %.6f %.6f\n", at[_i].edge * u01((uint32_t)i, 0), at[_i].edge * u01((uint32_t)i, 1),
                at[_i].edge * u01((uint32_t)i, 2));
    fclose(f);
    slg_dataset *d = parse(text);
    const int32_t z[] = {1};
    slg_error_clear(&err);
    ck_assert_int_eq(slg_geom_build(d, 5, 1, z, &g, &err), SLG_ERR_DATA);
    ck_assert_msg(strstr(err.text, at[_i].message) != NULL, "%s", err.text);
    slg_dataset_free(&d);
    free(text);
}
END_TEST

START_TEST(known_shells)
{
    slg_dataset *d = parse("1\nLattice=\"2 0 0 0 2 0 0 0 2\"\nSi 77 -31.5 0.25\n");
    slg_geom *g = lists(d, 4); /* 6 at 2, 12 at 2 sqrt 2, 8 at 2 sqrt 3; those at 4 are not inside */
    ck_assert_uint_eq(g->n_pair, 26);
    ck_assert(g->pair_r[5] == 2 && fabs(g->pair_r[6] - 2 * sqrt(2)) < 1e-14 && g->min_r == 2);
    ck_assert(g->pair_x[0] == -2 && g->pair_x[5] == 2 && g->pair_z[2] == -2 + 4 * (g->pair_z[2] > 0));
    slg_geom_free(&g);
    g = lists(d, 4.0000001);
    ck_assert_uint_eq(g->n_pair, 32);
    slg_geom_free(&g);
    slg_dataset_free(&d);
}
END_TEST

START_TEST(ties_by_atom_then_place)
{
    slg_dataset *d = parse("2\nLattice=\"4 0 0 0 2 0 0 0 2\"\nSi 0 0 0\nSi 2 0 0\n");
    slg_geom *g = lists(d, 4.5);
    static const int32_t env[6] = {0, 0, 0, 0, 1, 1};
    static const double y[6] = {-2, 0, 0, 2, 0, 0};
    for (size_t p = 0; p < 6; p++)
        ck_assert(g->pair_env[p] == env[p] && g->pair_y[p] == y[p] && g->pair_r[p] == 2);
    sorted(g, 0);
    sorted(g, 1);
    slg_geom_free(&g);
    slg_dataset_free(&d);
}
END_TEST

/* Many bins in all directions: a large random gas, and again with atoms shifted by whole cells. */
START_TEST(large_frame)
{
    enum { N = 4000 };
    static char text[N * 64], moved[N * 64];
    size_t n = 0, m = 0;
    const char *head = "4000\nLattice=\"40 0 0 3 40 0 0 8 40\"\n";
    n += (size_t)snprintf(text, sizeof text, "%s", head);
    m += (size_t)snprintf(moved, sizeof moved, "%s", head);
    for (uint32_t i = 0; i < N; i++) {
        int x[3]; /* on a grid of 1/64 Angstrom, so that shifts are exact */
        for (uint32_t c = 0; c < 3; c++)
            x[c] = (int)(2560 * u01(900 + i, c));
        n += (size_t)snprintf(text + n, sizeof text - n, "H %.6f %.6f %.6f\n", x[0] / 64.0, x[1] / 64.0, x[2] / 64.0);
        x[0] += 64 * 3 * (int)(i % 3);
        x[1] += 64 * 40 * (int)(i % 3) + 64 * 8 * (int)(i % 2);
        x[2] += 64 * 40 * (int)(i % 2);
        m += (size_t)snprintf(moved + m, sizeof moved - m, "H %.6f %.6f %.6f\n", x[0] / 64.0, x[1] / 64.0, x[2] / 64.0);
    }
    slg_dataset *d = parse(text), *e = parse(moved);
    slg_geom *g = lists(d, 3.1), *h = lists(e, 3.1);
    for (size_t i = 0; i < N; i += 1000)
        ck_assert_uint_gt(g->pair_first[i + 1] - g->pair_first[i], 0);
    ck_assert_uint_eq(g->n_pair, h->n_pair);
    ck_assert_mem_eq(g->pair_first, h->pair_first, (N + 1) * sizeof *g->pair_first);
    ck_assert_mem_eq(g->pair_env, h->pair_env, g->n_pair * sizeof *g->pair_env);
    ck_assert_mem_eq(g->pair_x, h->pair_x, g->n_pair * sizeof *g->pair_x);
    ck_assert_mem_eq(g->pair_r, h->pair_r, g->n_pair * sizeof *g->pair_r);
    size_t want = 0;
    for (size_t i = 0; i < N; i += 97) /* minimum image suffices in a cell this large */
        for (size_t j = 0; j < N; j++) {
            int hit = 0;
            for (int a = 0; a < 27; a++) {
                double s[3] = {a / 9 - 1, a / 3 % 3 - 1, a % 3 - 1}, r2 = 0;
                for (size_t k = 0; k < 3; k++) {
                    const double(*c)[3] = (const double(*)[3])d->frame->cell;
                    double x = d->pos[3 * j + k] - d->pos[3 * i + k] + s[0] * c[0][k] + s[1] * c[1][k] + s[2] * c[2][k];
                    r2 += x * x;
                }
                hit += i != j && r2 < 3.1 * 3.1;
            }
            want += (size_t)hit;
        }
    for (size_t i = 0; i < N; i += 97)
        want -= g->pair_first[i + 1] - g->pair_first[i];
    ck_assert_uint_eq(want, 0);
    slg_geom_free(&g);
    slg_geom_free(&h);
    slg_dataset_free(&d);
    slg_dataset_free(&e);
}
END_TEST

START_TEST(refusals)
{
    static const struct {
        const char *text;
        double cutoff;
        slg_status st;
        const char *message;
    } bad[] = {
        {"1\n\nHe 0 0 0\n1\n\nH 0 0 0\n", 5, SLG_ERR_DATA,
         "t.xyz:1: atom 1 is He, which is not among the elements of the potential; remove the "
         "structure or add the element"},
        {"1\n\nH 0 0 0\n3\n\nH 0 0 0\nH 5 0 0\nH 5 0 0.0005\n", 5, SLG_ERR_DATA,
         "t.xyz:4: atoms 2 and 3 are 0.0005 Angstrom apart; check the positions"},
        {"2\nLattice=\"4 0 0 0 4 0 0 0 4\"\nH 0 0 0\nH 4 -4 8\n", 5, SLG_ERR_DATA,
         "t.xyz:1: atoms 1 and 2 are 0 Angstrom apart; check the positions"},
        {"1\nLattice=\"4 0 0 0 .0009 0 0 0 4\" pbc=\"F T F\"\nH 0 0 0\n", 5, SLG_ERR_DATA,
         "t.xyz:1: atom 1 and its image are 0.0009 Angstrom apart; check the Lattice"},
        {"1\nLattice=\"1 0 0 0 .0001 0 0 0 .0001\"\nH 0 0 0\n", 5, SLG_ERR_DATA,
         "t.xyz:1: the cell is too thin, too skew or too full for the cutoff 5 Angstrom; check its Lattice"},
        {"1\n\nH 0 0 0\n", 0, SLG_ERR_HP, "the cutoff should lie between 0 and 1000 Angstrom, found 0; correct it"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        slg_dataset *d = parse(bad[i].text);
        slg_geom *g = NULL;
        slg_error_clear(&err);
        ck_assert_int_eq(slg_geom_build(d, bad[i].cutoff, 1, &(int32_t){1}, &g, &err), bad[i].st);
        ck_assert_str_eq(err.text, bad[i].message);
        ck_assert_ptr_null(g);
        slg_dataset_free(&d);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("neighbours");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, against_brute_force);
    tcase_add_test(t, symmetric);
    tcase_add_test(t, supercell);
    tcase_add_test(t, known_shells);
    tcase_add_loop_test(t, absurd_cells, 0, 3);
    tcase_add_test(t, ties_by_atom_then_place);
    tcase_add_test(t, large_frame);
    tcase_add_test(t, refusals);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
