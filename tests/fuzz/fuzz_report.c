/*
 * The files that the report is made of, each after a line "=== NAME": the page is made, or a file is refused with one
 * message.
 */
#include "src/report/report.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/scratch.h"

#include <string.h>
#include <unistd.h>

static const char *const name[] = {"status.json", "study.json",  "trials.csv",     "times.csv",
                                   "result.json", "kernel.json", "structures.csv", "parity.csv"};
enum { N_NAME = sizeof name / sizeof *name };
static const char mark[] = "=== ";

static void path_of(size_t i, char *path)
{
    char relative[64];
    snprintf(relative, sizeof relative, "%s%s", i < 4 ? "" : "best/", name[i]);
    scratch_path(relative, path);
}

/* The file whose name stands at p; N_NAME: none. */
static size_t named(const char *p, size_t n)
{
    size_t i = 0;
    while (i < N_NAME && (n < strlen(name[i]) || memcmp(p, name[i], strlen(name[i])) != 0))
        i++;
    return i;
}

static void unpack(const char *data, size_t n)
{
    char path[SLG_PATH];
    const char *end = data + n;
    for (const char *p = data; (p = memmem(p, (size_t)(end - p), mark, sizeof mark - 1)) != NULL;) {
        p += sizeof mark - 1;
        const size_t i = named(p, (size_t)(end - p));
        const char *text = memchr(p, '\n', (size_t)(end - p));
        if (i == N_NAME || !text)
            continue;
        const char *next = memmem(text, (size_t)(end - text), mark, sizeof mark - 1);
        path_of(i, path);
        scratch_write(path, (const uint8_t *)text + 1, (size_t)((next ? next : end) - text - 1));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char path[SLG_PATH];
    slg_error err;
    slg_error_clear(&err);
    scratch_path("best", path);
    if (slg_make_folder(path, NULL) != SLG_OK)
        abort();
    unpack((const char *)data, n);
    *strrchr(path, '/') = '\0';
    const slg_status st = slg_report_write(path, NULL, "/dev/null", &err);
    if (st == SLG_OK ? err.n_message != 0 : err.n_message != 1)
        abort();
    for (size_t i = 0; i < N_NAME; i++) {
        path_of(i, path);
        unlink(path);
    }
    return 0;
}
