/** Neighbourhoods and rows as relocatable blocks; the neighbours that an environment contributes to. */
#include "src/data/dataset.h"

#include "tests/fit/guard.h"
#include "tests/fit/neighbours.h"
#include "tests/fit/random.h"
#include "tests/support/support.h"
#include <stdbool.h>

enum { FRAMES = 4 };
static test_geom geom;

/** A small cell (images of atoms and of the centre), a molecule, an atom alone, a larger cell. */
static void setup(void)
{
    static const size_t n[FRAMES] = {3, 7, 1, 10};
    static const double edge[FRAMES] = {3.2, 0, 0, 5.4};
    static test_frame frame[FRAMES];
    for (size_t f = 0; f < FRAMES; f++) {
        frame[f] = (test_frame){.n = n[f], .periodic = edge[f] > 0};
        for (size_t c = 0; c < 3; c++)
            frame[f].cell[c][c] = edge[f];
        for (size_t i = 0; i < n[f]; i++) {
            frame[f].species[i] = (int32_t)(i % 3);
            for (size_t c = 0; c < 3; c++)
                frame[f].pos[i][c] = 3 * test_uniform(f, 3 * i + c);
        }
    }
    test_geom_build(&geom, FRAMES, frame, 4.1);
}

/* --- comparison ----------------------------------------------------------------------------------------------- */

static bool same_firsts(size_t n, const size_t *whole, const size_t *part)
{
    for (size_t i = 0; i <= n; i++)
        if (whole[i] - whole[0] != part[i])
            return false;
    return true;
}

static bool same_numbers(size_t n, const int32_t *whole, size_t first, const int32_t *part)
{
    for (size_t i = 0; i < n; i++)
        if (whole[i] - (int32_t)first != part[i])
            return false;
    return true;
}

static bool same_bytes(size_t n, const void *a, const void *b)
{
    return n == 0 || memcmp(a, b, n) == 0;
}

static void check_pairs(const slg_geom *w, size_t env0, size_t env1, const slg_geom *part)
{
    const size_t first = w->pair_first[env0], n = w->pair_first[env1] - first;
    double nearest = HUGE_VAL;
    size_t most = 0;
    for (size_t p = first; p < first + n; p++)
        nearest = fmin(nearest, w->pair_r[p]);
    for (size_t e = env0; e < env1; e++)
        most = w->pair_first[e + 1] - w->pair_first[e] > most ? w->pair_first[e + 1] - w->pair_first[e] : most;
    ck_assert(part->n_pair == n && part->max_pair == most);
    ck_assert_double_eq(part->min_r, n > 0 ? nearest : 0);
    ck_assert(same_numbers(n, w->pair_env + first, env0, part->pair_env));
    ck_assert(same_numbers(n, w->pair_species + first, 0, part->pair_species));
    ck_assert(same_numbers(n, w->pair_near + first, 0, part->pair_near));
    ck_assert(same_bytes(n * sizeof(double), w->pair_x + first, part->pair_x));
    ck_assert(same_bytes(n * sizeof(double), w->pair_y + first, part->pair_y));
    ck_assert(same_bytes(n * sizeof(double), w->pair_z + first, part->pair_z));
    ck_assert(same_bytes(n * sizeof(double), w->pair_r + first, part->pair_r));
}

/** Frames f .. f+n-1 of w, counted from their first environment, are `part`. */
static void check_part(const slg_geom *w, size_t f, size_t n, const slg_geom *part)
{
    const size_t env0 = w->frame_first[f], env1 = w->frame_first[f + n], near0 = w->near_first[env0];
    ck_assert(part->n_frame == n && part->n_env == env1 - env0 && part->origin == w->origin + env0);
    ck_assert_uint_eq(part->n_near, w->near_first[env1] - near0);
    ck_assert(same_firsts(n, w->frame_first + f, part->frame_first));
    ck_assert(same_firsts(env1 - env0, w->pair_first + env0, part->pair_first));
    ck_assert(same_firsts(env1 - env0, w->near_first + env0, part->near_first));
    ck_assert(same_numbers(env1 - env0, w->species + env0, 0, part->species));
    ck_assert(same_numbers(part->n_near, w->near_env + near0, env0, part->near_env));
    check_pairs(w, env0, env1, part);
}

/* --- neighbourhoods ------------------------------------------------------------------------------------------- */

START_TEST(near_lists_have_each_neighbour_once)
{
    const slg_geom *g = &geom.geom;
    size_t images = 0, repeated = 0;
    for (size_t e = 0; e < g->n_env; e++) {
        const int32_t *list = g->near_env + g->near_first[e];
        int32_t n = 0;
        for (size_t p = g->pair_first[e]; p < g->pair_first[e + 1]; p++) {
            int32_t at = 0;
            while (at < n && list[at] != g->pair_env[p])
                at++;
            if (g->pair_env[p] == (int32_t)e) {
                ck_assert_int_eq(g->pair_near[p], -1);
                images++;
                continue;
            }
            ck_assert_int_eq(g->pair_near[p], at);
            ck_assert_int_eq(list[at], g->pair_env[p]); /* a new one is the next of the list */
            repeated += at < n;
            n += at == n;
        }
        ck_assert_uint_eq(g->near_first[e + 1] - g->near_first[e], (size_t)n);
    }
    ck_assert(images > 0 && repeated > 0 && g->n_near > 0 && g->near_first[0] == 0);
    ck_assert_uint_eq(g->n_near, g->near_first[g->n_env]);
}
END_TEST

/** A block of frames f .. f+n-1, moved to another place; its first place is gone. */
static test_guard moved_block(const slg_geom *g, size_t f, size_t n)
{
    test_guard first = test_guard_open(slg_geom_block_bytes(g, f, n)), then = test_guard_open(first.bytes);
    slg_geom_pack(g, f, n, first.at);
    memcpy(then.at, first.at, first.bytes);
    test_guard_close(&first);
    ck_assert_uint_eq(slg_geom_block_size(then.at), then.bytes);
    return then;
}

START_TEST(neighbourhoods_can_be_moved)
{
    for (size_t f = 0; f < FRAMES; f++)
        for (size_t n = 1; f + n <= FRAMES; n++) {
            test_guard block = moved_block(&geom.geom, f, n);
            const slg_geom view = slg_geom_view(block.at);
            check_part(&geom.geom, f, n, &view);
            for (size_t i = 0; i < n; i++) { /* parts of a part count from the data set's first environment */
                test_guard inner = moved_block(&view, i, n - i);
                const slg_geom part = slg_geom_view(inner.at);
                check_part(&geom.geom, f + i, n - i, &part);
                test_guard_close(&inner);
            }
            test_guard_close(&block);
        }
}
END_TEST

static slg_dataset *parse(const char *text)
{
    const slg_xyz_keys keys = {"", "", "", "", ""};
    slg_dataset *d;
    slg_error err;
    slg_error_clear(&err);
    ck_assert_msg(slg_dataset_parse("text", text, strlen(text), &keys, &d, &err) == SLG_OK, "%s", err.text);
    return d;
}

/** Lists of frames f .. f+n-1 alone; H and O. */
static slg_geom *lists(const slg_dataset *d, size_t f, size_t n)
{
    const int32_t z[] = {1, 8};
    slg_geom *g;
    slg_error err;
    slg_error_clear(&err);
    ck_assert_msg(slg_geom_build_frames(d, f, n, 4, 2, z, &g, &err) == SLG_OK, "%s", err.text);
    return g;
}

START_TEST(frames_have_the_lists_of_the_whole)
{
    slg_dataset *d = parse("2\nLattice=\"3 0 0 0.4 3.3 0 0 0 3.1\"\nH 0 0 0\nO 1.1 1.2 1.3\n"
                           "3\n\nO 0 0 0\nH 0.9 0 0\nH 0 0.9 0.1\n"
                           "1\n\nH 0 0 0\n"
                           "4\nLattice=\"6 0 0 0 6 0 0 0 6\"\nH 0 0 0\nH 2 0 0\nO 0 2 5\nO 3 3 3\n");
    slg_geom *whole = lists(d, 0, d->n_frame);
    ck_assert(whole->origin == 0 && whole->n_near > 0);
    for (size_t f = 0; f < d->n_frame; f++)
        for (size_t n = 1; f + n <= d->n_frame; n++) {
            slg_geom *part = lists(d, f, n);
            check_part(whole, f, n, part);
            slg_geom_free(&part);
        }
    slg_geom_free(&whole);
    slg_dataset_free(&d);
}
END_TEST

START_TEST(atoms_without_neighbours)
{
    slg_dataset *d = parse("1\n\nH 0 0 0\n1\n\nO 0 0 0\n");
    slg_geom *g = lists(d, 0, 2);
    test_guard block = moved_block(g, 1, 1);
    const slg_geom view = slg_geom_view(block.at);
    check_part(g, 1, 1, &view);
    ck_assert(view.n_env == 1 && view.n_pair == 0 && view.n_near == 0 && view.min_r == 0 && view.species[0] == 1);
    test_guard_close(&block);
    slg_geom_free(&g);
    slg_dataset_free(&d);
}
END_TEST

/* --- rows ----------------------------------------------------------------------------------------------------- */

static slg_rows moved_rows(const slg_rows *r, test_guard *then)
{
    test_guard first = test_guard_open(slg_rows_block_bytes(r->n_frame, r->n_row, r->n_run, r->w_judge != NULL));
    *then = test_guard_open(first.bytes);
    slg_rows_pack(r, first.at);
    memcpy(then->at, first.at, first.bytes);
    test_guard_close(&first);
    ck_assert_uint_eq(slg_rows_block_size(then->at), then->bytes);
    return slg_rows_view(then->at);
}

START_TEST(rows_can_be_moved)
{
    const int64_t energy[] = {0, -1, 14}, force[] = {1, -1, 15}, virial[] = {-1, 8, -1};
    const int32_t group[] = {2, 0, 1};
    const slg_run run[] = {{0, 0, 1, -1}, {1, 1, 7, -1}, {2, 8, 6, 3}, {1, 14, 3, 2}};
    double *y = test_uniforms(1, 17), *w = test_uniforms(2, 17), *w_judge = _i ? test_uniforms(3, 17) : NULL;
    const slg_rows r = {5, 3, 17, energy, force, virial, group, y, w, w_judge, 4, run};
    test_guard block;
    const slg_rows v = moved_rows(&r, &block);
    ck_assert(v.frame0 == 0 && v.n_frame == 3 && v.n_row == 17 && v.n_run == 4);
    ck_assert_mem_eq(v.energy, energy, sizeof energy);
    ck_assert_mem_eq(v.force, force, sizeof force);
    ck_assert_mem_eq(v.virial, virial, sizeof virial);
    ck_assert_mem_eq(v.group, group, sizeof group);
    ck_assert_mem_eq(v.y, y, 17 * sizeof *y);
    ck_assert_mem_eq(v.w, w, 17 * sizeof *w);
    ck_assert((v.w_judge != NULL) == (_i == 1));
    if (_i)
        ck_assert_mem_eq(v.w_judge, w_judge, 17 * sizeof *w_judge);
    for (size_t i = 0; i < 4; i++)
        ck_assert(v.run[i].cls == run[i].cls && v.run[i].first == run[i].first && v.run[i].count == run[i].count &&
                  v.run[i].judge == run[i].judge);
    test_guard_close(&block);
    free(y), free(w), free(w_judge);
}
END_TEST

START_TEST(batches_without_rows)
{
    const int64_t none[] = {-1};
    const int32_t group[] = {0};
    test_guard block;
    const slg_rows r = {.n_frame = 1, .energy = none, .force = none, .virial = none, .group = group};
    const slg_rows v = moved_rows(&r, &block);
    ck_assert(v.n_frame == 1 && v.n_row == 0 && v.n_run == 0 && v.energy[0] == -1);
    test_guard_close(&block);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("blocks");
    TCase *t = tcase_create("blocks");
    tcase_add_checked_fixture(t, setup, NULL);
    tcase_add_test(t, near_lists_have_each_neighbour_once);
    tcase_add_test(t, neighbourhoods_can_be_moved);
    tcase_add_test(t, frames_have_the_lists_of_the_whole);
    tcase_add_test(t, atoms_without_neighbours);
    tcase_add_loop_test(t, rows_can_be_moved, 0, 2);
    tcase_add_test(t, batches_without_rows);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
