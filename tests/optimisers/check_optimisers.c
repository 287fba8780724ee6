/* What holds for all optimisers: their sequences, given positions, restart from a checkpoint, refusals. */
#include "tests/optimisers/rules.h"

#include "runtime/base/alloc.h"

#include <stdio.h>

/* --- sequences ------------------------------------------------------------------------------------------------- */

/* Unit coordinates of the first and the last of three members with seed 2026 in generations 0, 1 and 5. */
static const struct sequence {
    const char *preset;
    double best; /* of six generations */
    double u[3][2][5];
} sequence[] = {
    {"paper",
     0.12020500396287197,
     {{{0.34886249410646986, 0.029845346666692474, 0.50262244241142839, 0.96557981537076787, 0.33667366163558088},
       {0.27391406426774878, 0.1905252630270321, 0.71461651979408736, 0.29267022448555025, 0.67448854848588502}},
      {{0.21077219431218588, 0.15457536571587815, 0.66407532439999084, 0.6835736023347756, 0.50227813657799325},
       {0.27391406426774878, 0.1905252630270321, 0.71461651979408736, 0.29267022448555025, 0.67448854848588502}},
      {{0.2149624839098942, 0.18102695472750002, 0.62228031228849578, 0.6805965081869223, 0.42841530808352057},
       {0.18096263931098577, 0.19359408668168718, 0.65769052496522451, 0.44314285341206705, 0.58184229364623641}}}},
    {"inertia",
     0.085601421609636977,
     {{{0.34886249410646986, 0.029845346666692474, 0.50262244241142839, 0.96557981537076787, 0.33667366163558088},
       {0.27391406426774878, 0.1905252630270321, 0.71461651979408736, 0.29267022448555025, 0.67448854848588502}},
      {{0.24570904016013972, 0.12301867089643419, 0.62322774525688451, 0.75492117423288163, 0.46038020441756294},
       {0.27391406426774878, 0.1905252630270321, 0.71461651979408736, 0.29267022448555025, 0.67448854848588502}},
      {{0.23256151802256139, 0.20670749222527532, 0.68569026537919398, 0.61573475218108475, 0.60532676136532548},
       {0.24030825171308065, 0.19999208914183861, 0.73384741875906512, 0.2157695562965499, 0.56312870911305413}}}},
    {"random",
     0.10562869467945875,
     {{{0.34886249410646986, 0.029845346666692474, 0.50262244241142839, 0.96557981537076787, 0.33667366163558088},
       {0.27391406426774878, 0.1905252630270321, 0.71461651979408736, 0.29267022448555025, 0.67448854848588502}},
      {{0.086087416465376543, 0.66294334908831509, 0.29328404866798696, 0.60482790784942708, 0.78338597626495099},
       {0.11619957065490805, 0.077435983277652665, 0.77720680255954611, 0.72370784248865017, 0.62948666713772583}},
      {{0.052205786012483935, 0.61603132946338668, 0.78883837190917927, 0.47447426571412954, 0.30856959738998302},
       {0.20930726946036404, 0.9113291782312557, 0.50613018063633974, 0.67804050971039931, 0.69610120813594467}}}},
};
enum { N_SEQUENCE = sizeof sequence / sizeof *sequence };

static double bowl(const slg_optimiser *o, size_t p)
{
    double sum = 0, u[SLG_MAX_DIM];
    o->kind->ask(o, p, u);
    for (size_t d = 0; d < o->n_dim; d++) {
        const double y = u[d] - 0.1 * (double)(d + 3);
        sum += y * y;
    }
    return sum;
}

/* Draws have no rounding; steps of a swarm are rounded as the compiler chooses. */
static void expect_points(const slg_optimiser *o, const double want[2][5], double tolerance)
{
    for (size_t k = 0; k < 2; k++) {
        double u[5];
        o->kind->ask(o, 2 * k, u);
        for (size_t d = 0; d < 5; d++)
            ck_assert_double_le(fabs(u[d] - want[k][d]), tolerance);
    }
}

START_TEST(known_sequences)
{
    static const int row[6] = {0, 1, -1, -1, -1, 2};
    const struct sequence *s = &sequence[_i];
    const bool drawn = strcmp(s->preset, "random") == 0;
    slg_optimiser *o = make(&mixed, preset(s->preset), 3, 2026);
    double best = (double)INFINITY;
    for (int g = 0; g < 6; g++) {
        ck_assert_int_eq(o->generation, g);
        if (row[g] >= 0)
            expect_points(o, s->u[row[g]], drawn || g == 0 ? 0 : 1e-14);
        for (size_t p = 0; p < 3; p++) {
            best = fmin(best, bowl(o, p));
            slg_optimiser_tell(o, p, bowl(o, p));
        }
    }
    ck_assert_double_eq_tol(best, s->best, 1e-14);
    slg_optimiser_free(&o);
}
END_TEST

/* Objectives steer a swarm; random search pays no regard to them. */
START_TEST(what_is_told_matters)
{
    slg_optimiser *a = make(&mixed, preset(sequence[_i].preset), 3, 2026);
    slg_optimiser *b = make(&mixed, preset(sequence[_i].preset), 3, 2026);
    double u[5], v[5];
    for (size_t p = 0; p < 6; p++) {
        slg_optimiser_tell(a, p % 3, (double)p);
        slg_optimiser_tell(b, p % 3, -(double)p);
    }
    a->kind->ask(a, 0, u);
    b->kind->ask(b, 0, v);
    ck_assert_int_eq(memcmp(u, v, sizeof u) == 0, strcmp(sequence[_i].preset, "random") == 0);
    slg_optimiser_free(&a);
    slg_optimiser_free(&b);
}
END_TEST

static void expect_inside(const slg_optimiser *o)
{
    double u[5], v[5];
    for (size_t p = 0; p < o->n_point; p++) {
        o->kind->ask(o, p, u);
        for (size_t d = 0; d < o->n_dim; d++)
            ck_assert(u[d] >= 0 && u[d] <= 1);
        slg_optimiser_values(o, p, v);
        ck_assert(v[0] >= -3 && v[0] <= 0.7 && v[1] >= 1e-3 && v[1] <= 0.1 && v[4] == 2);
    }
}

static void expect_bests(const slg_optimiser *o, double *before)
{
    if (strcmp(o->kind->name, "swarm") != 0)
        return;
    const slg_swarm *s = (const slg_swarm *)o;
    ck_assert(s->global_f <= *before);
    for (size_t p = 0; p < o->n_point; p++)
        ck_assert(s->best_f[p] >= s->global_f);
    *before = s->global_f;
}

START_TEST(stays_inside_and_never_worsens)
{
    slg_optimiser *o = make(&mixed, numbered_rule(_i), 13, (uint64_t)_i);
    double best = (double)INFINITY;
    for (int i = 0; i < 200; i++) {
        finish_generation(o, 0);
        expect_inside(o);
        expect_bests(o, &best);
    }
    slg_optimiser_free(&o);
}
END_TEST

/* --- given positions ------------------------------------------------------------------------------------------- */

START_TEST(placed_particles)
{
    slg_optimiser *o = make(&mixed, preset(sequence[_i].preset), 2, 1);
    const double want[5] = {0.5, 0.02, 7, 8, 2};
    const bool given[5] = {true, false, true, true, true};
    double before[2][5], got[5], u[5];
    o->kind->ask(o, 0, before[0]);
    o->kind->ask(o, 1, before[1]);
    slg_optimiser_place(o, 1, want, given);
    slg_optimiser_values(o, 1, got);
    ck_assert_double_eq_tol(got[0], 0.5, 1e-15);
    ck_assert(got[2] == 7 && got[3] == 8 && got[4] == 2);
    o->kind->ask(o, 1, u);
    ck_assert_double_eq(u[1], before[1][1]);
    o->kind->ask(o, 0, u); /* the other member stays */
    ck_assert_mem_eq(u, before[0], sizeof u);
    slg_optimiser_free(&o);
}
END_TEST

START_TEST(placed_outside_of_the_box)
{
    static const double far[3][5] = {
        {99, 7, 50, 7.3, 3}, {-99, -1, -50, -4, 1}, {(double)NAN, (double)NAN, (double)NAN, (double)NAN, (double)NAN}};
    static const double edge[3][5] = {{0.7, 0.1, 9, 8, 2}, {-3, 1e-3, -2, 1, 2}, {-3, 1e-3, -2, 4, 2}};
    static const bool given[5] = {true, true, true, true, true};
    slg_optimiser *o = make(&mixed, preset(sequence[_i].preset), 3, 1);
    for (size_t k = 0; k < 3; k++) {
        double got[5];
        slg_optimiser_place(o, k, far[k], given);
        slg_optimiser_values(o, k, got);
        for (size_t d = 0; d < 5; d++)
            ck_assert_double_eq_tol(got[d], edge[k][d], 1e-15);
    }
    expect_inside(o);
    slg_optimiser_free(&o);
}
END_TEST

/* --- restart --------------------------------------------------------------------------------------------------- */

static void expect_same_swarm(const slg_swarm *a, const slg_swarm *b)
{
    const size_t n = a->head.n_point * a->head.n_dim;
    ck_assert_mem_eq(a->x, b->x, n * sizeof(double));
    ck_assert_mem_eq(a->v, b->v, n * sizeof(double));
    ck_assert_mem_eq(a->best_x, b->best_x, n * sizeof(double));
    ck_assert_mem_eq(a->best_f, b->best_f, a->head.n_point * sizeof(double));
    ck_assert_mem_eq(a->global_x, b->global_x, a->head.n_dim * sizeof(double));
    ck_assert_mem_eq(&a->global_f, &b->global_f, sizeof a->global_f);
}

static void expect_same(const slg_optimiser *a, const slg_optimiser *b)
{
    double u[5], v[5];
    ck_assert_int_eq(a->generation, b->generation);
    for (size_t p = 0; p < a->n_point; p++) {
        a->kind->ask(a, p, u);
        b->kind->ask(b, p, v);
        ck_assert_mem_eq(u, v, sizeof u);
    }
    if (strcmp(a->kind->name, "swarm") == 0)
        expect_same_swarm((const slg_swarm *)a, (const slg_swarm *)b);
}

static void run(slg_optimiser *o, int n)
{
    for (int i = 0; i < n; i++)
        finish_generation(o, 0);
}

/* c starts from b's checkpoint, whatever it did before. */
START_TEST(deterministic_and_restartable)
{
    const rule r = numbered_rule(_i);
    slg_optimiser *a = make(&mixed, r, 7, 77), *b = make(&mixed, r, 7, 77), *c = make(&mixed, r, 7, 77);
    slg_optimiser *other = make(&mixed, r, 7, 78);
    double u[5], v[5];
    char path[128];
    const char *folder = slg_test_folder();
    snprintf(path, sizeof path, "%s/o.h5", folder);
    a->kind->ask(a, 0, u);
    other->kind->ask(other, 0, v);
    ck_assert(memcmp(u, v, sizeof u) != 0);
    run(a, 40);
    run(b, 17);
    run(c, _i % 4);
    save(b, path);
    load_ok(c, path);
    expect_same(b, c);
    run(c, 23);
    run(b, 23);
    expect_same(a, b);
    expect_same(a, c);
    slg_test_remove(folder);
    slg_optimiser_free(&a);
    slg_optimiser_free(&b);
    slg_optimiser_free(&c);
    slg_optimiser_free(&other);
}
END_TEST

/* Inside a generation, with given positions: its members are told again after a restart. */
START_TEST(restart_inside_a_generation)
{
    const rule r = numbered_rule(_i);
    const double value[5] = {0.1, 0.05, 3, 1, 2};
    const bool given[5] = {true, true, false, true, false};
    slg_optimiser *b = make(&mixed, r, 7, 5), *c = make(&mixed, r, 7, 5);
    char path[128];
    const char *folder = slg_test_folder();
    snprintf(path, sizeof path, "%s/o.h5", folder);
    run(b, 3);
    slg_optimiser_place(b, 4, value, given);
    for (size_t p = 0; p < 3; p++)
        slg_optimiser_tell(b, p, corner(b, p));
    save(b, path);
    finish_generation(b, 3);
    run(c, 2);
    load_ok(c, path);
    finish_generation(c, 0);
    expect_same(b, c);
    slg_test_remove(folder);
    slg_optimiser_free(&b);
    slg_optimiser_free(&c);
}
END_TEST

static void expect_damage(const slg_space *sp, const char *preset_name, size_t n, const char *path, const char *group,
                          const char *message)
{
    slg_error err;
    slg_optimiser *o = make(sp, preset(preset_name), n, 1);
    ck_assert_int_eq(load(o, path, group, &err), SLG_ERR_DAMAGE);
    ck_assert_msg(strstr(err.text, message) != NULL, "%s", err.text);
    slg_optimiser_free(&o);
}

/* The state of another search is refused. */
START_TEST(checkpoints_of_others)
{
    const char *name = sequence[_i].preset, *folder = slg_test_folder();
    const slg_space small = box(3, 0, 1);
    char path[128];
    snprintf(path, sizeof path, "%s/o.h5", folder);
    slg_optimiser *o = make(&mixed, preset(name), 4, 1);
    save(o, path);
    expect_damage(&small, name, 4, path, "/optimiser",
                  "/optimiser/position: expected 4 x 3 numbers in the checkpoint, found 4 x 5");
    expect_damage(&mixed, name, 6, path, "/optimiser", "expected 6 x 5 numbers in the checkpoint, found 4 x 5");
    expect_damage(&mixed, name, 4, path, "/other", "/other/generation");
    if (strcmp(name, "random") == 0) /* it has no velocities */
        expect_damage(&mixed, "paper", 4, path, "/optimiser", "/optimiser/velocity");
    slg_optimiser_free(&o);
    slg_test_remove(folder);
}
END_TEST

/* --- refusals -------------------------------------------------------------------------------------------------- */

static void expect_refused(const slg_space *sp, rule r, size_t n, const char *word)
{
    slg_optimiser *o = NULL;
    slg_error err;
    ck_assert_int_eq(try_make(sp, r, n, 1, &o, &err), SLG_ERR_CONFIG);
    ck_assert_ptr_null(o);
    ck_assert_msg(strstr(err.text, word) != NULL, "%s", err.text);
    ck_assert_int_eq(err.status, SLG_ERR_CONFIG);
}

START_TEST(impossible_spaces)
{
    const rule r = preset(sequence[_i].preset);
    slg_space sp = box(0, 0, 1);
    expect_refused(&sp, r, 4, "found 0");
    sp.n_dim = SLG_MAX_DIM + 1;
    expect_refused(&sp, r, 4, "found 129");
    sp = box(2, 0, 1);
    expect_refused(&sp, r, 0, "particle");
    expect_refused(&sp, r, (size_t)INT32_MAX + 1, "particle");
    sp.dim[1] = (slg_dim){.name = "sigma", .kind = SLG_DIM_LOG, .lo = 0, .hi = 1};
    expect_refused(&sp, r, 4, "dimension sigma");
    sp.dim[1] = (slg_dim){.name = "n", .kind = SLG_DIM_INT, .lo = 0.5, .hi = 2};
    expect_refused(&sp, r, 4, "dimension n:");
    sp.dim[1] = (slg_dim){.name = "many", .kind = SLG_DIM_INT, .lo = 0, .hi = 0x1p31};
    expect_refused(&sp, r, 4, "dimension many:");
    sp.dim[1] = (slg_dim){.name = "c", .kind = SLG_DIM_CHOICE, .n_choice = 17};
    expect_refused(&sp, r, 4, "dimension c:");
    sp.dim[1] = (slg_dim){.name = "none", .kind = SLG_DIM_CHOICE, .n_choice = 0};
    expect_refused(&sp, r, 4, "dimension none:");
    sp = box(2, 1, 0);
    expect_refused(&sp, r, 4, "1 to 0");
    sp = box(2, 0, (double)INFINITY);
    expect_refused(&sp, r, 4, "0 to inf");
}
END_TEST

static const struct {
    const char *name;
    double value;
} impossible[] = {
    {"dt", 0},
    {"dt", -1},
    {"dt", (double)NAN},
    {"inertia", -0.1},
    {"inertia", (double)NAN},
    {"c1", -1},
    {"c1", (double)INFINITY},
    {"c2", -1e-9},
    {"c2", -(double)INFINITY},
};

START_TEST(impossible_settings)
{
    for (int k = 0; k < 2; k++) {
        rule r = preset(k == 0 ? "paper" : "inertia");
        give(&r, impossible[_i].name, impossible[_i].value);
        expect_refused(&mixed, r, 4, "dt > 0");
    }
}
END_TEST

START_TEST(every_allocation_may_fail)
{
    const rule r = preset(sequence[_i].preset);
    const bool swarm = strcmp(r.kind->name, "swarm") == 0;
    slg_optimiser *o = NULL;
    long k = 0;
    for (;; k++) {
        slg_error err;
        slg_alloc_fail_after(k);
        slg_status st = try_make(&mixed, r, 3, 1, &o, &err);
        slg_alloc_fail_after(-1);
        if (st == SLG_OK)
            break;
        ck_assert_int_eq(st, SLG_ERR_NOMEM);
        ck_assert_ptr_null(o);
    }
    ck_assert_int_eq(k, swarm ? 7 : 2);
    slg_optimiser_free(&o);
    slg_optimiser_free(&o);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("optimisers");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, known_sequences, 0, N_SEQUENCE);
    tcase_add_loop_test(t, what_is_told_matters, 0, N_SEQUENCE);
    tcase_add_loop_test(t, stays_inside_and_never_worsens, 0, 36);
    tcase_add_loop_test(t, placed_particles, 0, N_SEQUENCE);
    tcase_add_loop_test(t, placed_outside_of_the_box, 0, N_SEQUENCE);
    tcase_add_loop_test(t, deterministic_and_restartable, 0, 18);
    tcase_add_loop_test(t, restart_inside_a_generation, 0, 18);
    tcase_add_loop_test(t, checkpoints_of_others, 0, N_SEQUENCE);
    tcase_add_loop_test(t, impossible_spaces, 0, N_SEQUENCE);
    tcase_add_loop_test(t, impossible_settings, 0, (int)(sizeof impossible / sizeof *impossible));
    tcase_add_loop_test(t, every_allocation_may_fail, 0, N_SEQUENCE);
    suite_add_tcase(suite, t);
    return slg_test_main(suite);
}
