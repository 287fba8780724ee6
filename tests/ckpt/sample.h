/* A small checkpoint with every kind of content, its writing and its exact comparison. */
#ifndef SLG_TESTS_CKPT_SAMPLE_H
#define SLG_TESTS_CKPT_SAMPLE_H

#include "runtime/ckpt/ckpt.h"

/** Saves the sample; `stamp` goes into several of its arrays. */
SLG_CHECKED slg_status sample_save(const char *path, int64_t stamp, slg_error *err);

/** Opens and reads all of it. *stamp is valid with SLG_OK; *same is false when any bit is not what was saved. */
SLG_CHECKED slg_status sample_load(const char *path, int64_t *stamp, bool *same, bool *used_previous, slg_error *err);

/** Saves or loads and fails the test when that does not work. */
void sample_must_save(const char *path, int64_t stamp);
int64_t sample_must_load(const char *path, bool want_previous);

#endif
