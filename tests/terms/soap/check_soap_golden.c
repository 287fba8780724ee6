/* Every golden case: descriptor, explicit gradient, reverse mode. */
#include "runtime/base/alloc.h"
#include "tests/terms/soap/cases.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *cases;

/* Largest ratio of deviation to tolerance of a group of cases. */
typedef struct worst {
    char group[32];
    double value, slope, reverse;
} worst;
static worst table[16];

static worst *group_of(const char *name, const slg_soap_hp *hp)
{
    char key[32];
    int alpha = 0;
    for (int s = 0; s < hp->n_species; s++)
        alpha = hp->alpha_max[s] > alpha ? hp->alpha_max[s] : alpha;
    snprintf(key, sizeof key, "%.5s alpha %s", name, alpha > 6 ? "8" : alpha > 5 ? "6" : "1-5");
    for (worst *w = table;; w++)
        if (w->group[0] == 0 || strcmp(w->group, key) == 0)
            return memcpy(w->group, key, sizeof key), w;
}

/* Rows of g [3 n_pair][d] back in input order, centre first, as the golden files have them. */
static double *golden_layout(const slg_case *c, const double *g, size_t d)
{
    size_t n = c->geom.n_pair;
    double *out = slg_calloc((n + 1) * 3 * d, sizeof *out);
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < 3 * d; i++) {
            out[(c->order[k] + 1) * 3 * d + i] = g[k * 3 * d + i];
            out[i] -= g[k * 3 * d + i];
        }
    return out;
}

/* Largest difference between reverse mode and the contraction of the explicit gradient, relative to
 * its largest part. */
static double reverse_deviation(const slg_case *c, const slg_ready *b, const double *g)
{
    size_t rows = 3 * c->geom.n_pair;
    double *y = slg_calloc(b->d, sizeof *y), *f = slg_calloc(rows, sizeof *f), *ref = slg_calloc(rows, sizeof *f);
    double largest = 0;
    for (uint32_t t = 0; t < 3; t++) {
        for (uint32_t i = 0; i < b->d; i++)
            y[i] = case_random(t, i, -1, 1);
        for (size_t k = 0; k < rows; k++) {
            ref[k] = 0;
            for (size_t i = 0; i < b->d; i++)
                ref[k] += y[i] * g[k * b->d + i];
        }
        slg_soap_reverse(b->plan, &c->geom, 0, b->v, y, f, b->work);
        largest = fmax(largest, rows > 0 ? slg_test_deviation(rows, f, ref) : 0);
    }
    slg_free(y), slg_free(f), slg_free(ref);
    return largest;
}

static double tolerance(const json_t *j, const char *key)
{
    return json_number_value(json_object_get(json_object_get(j, "suggested_tolerance"), key));
}

static void run_case(const char *name)
{
    static slg_case c;
    char path[96];
    size_t n;
    snprintf(path, sizeof path, "soap_turbo/%s.json.gz", name);
    json_t *j = slg_test_json(slg_test_golden(path));
    case_read(j, &c);
    slg_ready b = ready_open(&c.hp, c.geom.n_pair);
    ck_assert_uint_eq(slg_soap_length(&c.hp), b.d);
    double *plain = slg_calloc(b.d, sizeof *plain), *g = slg_calloc(3 * c.geom.n_pair * b.d, sizeof *g);
    ck_assert_int_eq(slg_soap_descriptor(b.plan, &c.geom, 0, plain, b.work), SLG_OK);
    ck_assert_int_eq(slg_soap_prepare(b.plan, &c.geom, 0, b.v, b.work), SLG_OK);
    ck_assert_int_eq(memcmp(plain, b.v, b.d * sizeof *plain), 0);
    slg_soap_gradient(b.plan, &c.geom, 0, b.v, g, b.work);
    double *want = slg_test_numbers(json_object_get(j, "descriptor"), &n);
    ck_assert_msg(n == b.d, "%s: %zu components instead of %zu", name, b.d, n);
    double dev = slg_test_deviation(n, b.v, want);
    free(want);
    want = slg_test_numbers(json_object_get(j, "gradient"), &n);
    ck_assert_uint_eq(n, (c.geom.n_pair + 1) * 3 * b.d);
    double *mine = golden_layout(&c, g, b.d), slope = slg_test_deviation(n, mine, want);
    double reverse = reverse_deviation(&c, &b, g);
    worst *w = group_of(name, &c.hp);
    w->value = fmax(w->value, dev), w->slope = fmax(w->slope, slope), w->reverse = fmax(w->reverse, reverse);
    if (getenv("SLG_TEST_VERBOSE"))
        printf("%-36s %.1e %.1e %.1e\n", name, dev, slope, reverse);
    ck_assert_msg(dev <= tolerance(j, "descriptor_max_abs_over_max_abs"), "%s: descriptor off by %g", name, dev);
    ck_assert_msg(slope <= tolerance(j, "gradient_max_abs_over_max_abs"), "%s: gradient off by %g", name, slope);
    ck_assert_msg(reverse < 1e-11, "%s: reverse mode off by %g", name, reverse);
    slg_free(plain), slg_free(g), slg_free(mine), free(want);
    ready_close(&b);
    json_decref(j);
}

START_TEST(agrees_with_the_original)
{
    json_t *index = slg_test_json(slg_test_golden("soap_turbo/index.json.gz"));
    cases = json_object_get(index, "cases");
    ck_assert_uint_eq(json_array_size(cases), 63);
    for (size_t i = 0; i < json_array_size(cases); i++)
        run_case(json_string_value(json_array_get(cases, i)));
    printf("worst deviation from the golden files (descriptor, gradient, reverse against explicit)\n");
    for (worst *w = table; w->group[0]; w++)
        printf("%-16s %.1e %.1e %.1e\n", w->group, w->value, w->slope, w->reverse);
    json_decref(index);
}
END_TEST

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0); /* lines survive a failed test's end */
    Suite *s = suite_create("soap golden");
    TCase *t = tcase_create("golden");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, agrees_with_the_original);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
