/** Made-up study directories for the tests of the report. */
#ifndef SLG_TESTS_REPORT_SAMPLE_H
#define SLG_TESTS_REPORT_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct slg_sample {
    int stages, trials_a_stage, particles;
    int fail_every;          /* every n-th trial fails; 0 = none, 1 = all */
    size_t forces;           /* rows of forces in parity.csv; 0 = no best/ at all */
    const char *config_type; /* of half of the rows; the other half has "bulk" */
    const char *state;       /* of status.json; NULL = no such file */
    bool valley;             /* the objective is lowest in the middle of a */
    bool choice;             /* c is a choice of 2, 0 and 1 */
} slg_sample;

/** HPs of the samples: a (0..1), b (log, 0.01..1), c (int 0..2); the objective is 1 + a + c/10000 (valley: |a - 0.5|
 * instead of a), b has no effect. */
void slg_sample_write(const char *dir, const slg_sample *s);
/** The whole file as text; free with free. */
char *slg_sample_text(const char *path);
/** "<dir>/<name>" in one of 16 static buffers. */
const char *slg_sample_path(const char *dir, const char *name);

#endif
