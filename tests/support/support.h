/** Helpers shared by the test programs. */
#ifndef SLG_TESTS_SUPPORT_H
#define SLG_TESTS_SUPPORT_H

#include <check.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/** Runs the suites of a test program; returns its exit code. */
int slg_test_main(Suite *suite);

/**
 * Path below tests/golden, below examples, below the reference data (static buffers, overwritten by the third call).
 */
const char *slg_test_golden(const char *name);
const char *slg_test_example(const char *name);
const char *slg_test_reference(const char *name);

/** True if the reference data file exists; else says loudly that the test is skipped. */
bool slg_test_have_reference(const char *name);

/** A JSON file, plain or gzip; fails the test when it cannot be parsed. */
json_t *slg_test_json(const char *path);

/** All numbers of a (nested) JSON array in order, into a new malloc'ed buffer; *n = how many. */
double *slg_test_numbers(const json_t *a, size_t *n);

/** max |a-b| / max |b| (max |a-b| if b is all zero). */
double slg_test_deviation(size_t n, const double *a, const double *b);

/** A fresh empty folder under the system's temporary folder; removed by slg_test_remove. */
const char *slg_test_folder(void);
void slg_test_remove(const char *folder);

#endif
