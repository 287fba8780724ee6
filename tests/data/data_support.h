/** Helpers of the tests of data sets. */
#ifndef SLG_TESTS_DATA_SUPPORT_H
#define SLG_TESTS_DATA_SUPPORT_H

#include "src/data/dataset.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const slg_xyz_keys usual_keys = {"energy", "forces", "virial", "", "config_type"};

/* Parses a text that must be right. */
static inline slg_dataset *parse_with(const char *text, const slg_xyz_keys *keys)
{
    slg_error err;
    slg_dataset *d = NULL;
    slg_error_clear(&err);
    slg_status st = slg_dataset_parse("t.xyz", text, strlen(text), keys, &d, &err);
    ck_assert_msg(st == SLG_OK, "%s", err.text);
    return d;
}

static inline slg_dataset *parse(const char *text)
{
    return parse_with(text, &usual_keys);
}

static inline slg_dataset *read_set(const char *path)
{
    slg_error err;
    slg_dataset *d = NULL;
    slg_error_clear(&err);
    slg_status st = slg_dataset_read(path, &usual_keys, &d, &err);
    ck_assert_msg(st == SLG_OK, "%s", err.text);
    return d;
}

#endif
