#include "tests/support/support.h"

#include <ftw.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

int slg_test_main(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static const char *below(const char *folder, const char *name)
{
    static char ring[3][4096];
    static int turn;
    char *path = ring[turn = (turn + 1) % 3];
    snprintf(path, sizeof ring[0], "%s/%s", folder, name);
    return path;
}

const char *slg_test_golden(const char *name)
{
    return below(SLG_TEST_GOLDEN, name);
}

const char *slg_test_example(const char *name)
{
    return below(SLG_TEST_EXAMPLES, name);
}

const char *slg_test_reference(const char *name)
{
    const char *other = getenv("SLG_REFERENCE_DATA");
    return below(other ? other : SLG_TEST_REFERENCE, name);
}

bool slg_test_have_reference(const char *name)
{
    const char *path = slg_test_reference(name);
    if (access(path, R_OK) == 0)
        return true;
    fprintf(stderr, "SKIPPED: %s is not here; set SLG_REFERENCE_DATA to the reference data folder\n", path);
    return false;
}

static char *slurp(const char *path, size_t *n)
{
    gzFile in = gzopen(path, "rb");
    ck_assert_msg(in != NULL, "%s cannot be opened", path);
    size_t room = 1 << 20;
    char *text = malloc(room);
    int got;
    for (*n = 0; (got = gzread(in, text + *n, (unsigned)(room - *n))) > 0;) {
        *n += (size_t)got;
        if (*n == room)
            text = realloc(text, room *= 2);
    }
    gzclose(in);
    return text;
}

json_t *slg_test_json(const char *path)
{
    size_t n;
    char *text = slurp(path, &n);
    json_error_t e;
    json_t *j = json_loadb(text, n, 0, &e);
    ck_assert_msg(j != NULL, "%s:%d: %s", path, e.line, e.text);
    free(text);
    return j;
}

static size_t count(const json_t *a)
{
    if (!json_is_array(a))
        return 1;
    size_t n = 0;
    for (size_t i = 0; i < json_array_size(a); i++)
        n += count(json_array_get(a, i));
    return n;
}

static double *fill(const json_t *a, double *x)
{
    if (!json_is_array(a)) {
        *x = json_is_string(a) ? strtod(json_string_value(a), NULL) : json_number_value(a);
        return x + 1;
    }
    for (size_t i = 0; i < json_array_size(a); i++)
        x = fill(json_array_get(a, i), x);
    return x;
}

double *slg_test_numbers(const json_t *a, size_t *n)
{
    size_t total = count(a);
    double *x = malloc((total + 1) * sizeof *x);
    fill(a, x);
    if (n)
        *n = total;
    return x;
}

double slg_test_deviation(size_t n, const double *a, const double *b)
{
    double diff = 0, scale = 0;
    for (size_t i = 0; i < n; i++) {
        double di = fabs(a[i] - b[i]);
        if (!(di <= diff))
            diff = di;
        scale = fmax(scale, fabs(b[i]));
    }
    return scale > 0 ? diff / scale : diff;
}

const char *slg_test_folder(void)
{
    static char path[64];
    snprintf(path, sizeof path, "/tmp/slg-test-XXXXXX");
    ck_assert(mkdtemp(path) != NULL);
    return path;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

void slg_test_remove(const char *folder)
{
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
