/** What a study directory tells a report. */
#ifndef SLG_REPORT_SOURCE_H
#define SLG_REPORT_SOURCE_H

#include "src/config/hp.h"
#include "src/report/csv.h"
#include <jansson.h>
#include <stdint.h>

/** One trial as in trials.csv. */
typedef struct slg_source_trial {
    int32_t trial, stage, iteration, particle;
    bool ok;
    const char *status, *reason;
    double objective, seconds;
} slg_source_trial;

/** One searched HP: a column of trials.csv with its range from study.json. */
typedef struct slg_source_hp {
    const char *name, *unit, *kind; /* kind: range, log, int, choice; "" when study.json does not tell */
    double lo, hi;
    int32_t stage; /* 0 = all stages */
    size_t column;
    size_t n_choice;                /* of kind choice, else 0 */
    double choice[SLG_MAX_CHOICES]; /* ascending */
} slg_source_hp;

/** Files that are absent are NULL objects and empty tables. */
typedef struct slg_source {
    const char *dir;
    json_t *about, *status, *result, *kernel; /* study.json, status.json, best/result.json, best/kernel.json */
    json_t *final;                            /* final/result.json where it is of the best trial, else NULL */
    slg_csv trials, times, parity, structures;
    size_t n_trial;
    slg_source_trial *trial;
    size_t n_hp;
    slg_source_hp *hp;
} slg_source;

/** Reads a study directory. ERR_USAGE when it is none. Free with slg_source_free, also after a failure. */
SLG_CHECKED slg_status slg_source_read(const char *dir, slg_source *s, slg_error *err);
void slg_source_free(slg_source *s);

/** Value of an HP in a trial; NAN in stages that do not set it. */
double slg_source_value(const slg_source *s, size_t trial, size_t hp);
/** Place of a value in the range of its HP, 0 to 1 (logarithmic for kind log). */
double slg_hp_unit(const slg_source_hp *h, double value);
/** The value at a place of the range. */
double slg_hp_at(const slg_source_hp *h, double unit);
/** Is an HP searched in a stage? */
bool slg_hp_in_stage(const slg_source_hp *h, int32_t stage);
/** Last stage that has trials; 0 without trials. */
int32_t slg_last_stage(const slg_source *s);
/** Index of the best successful trial of a stage among iterations 0 .. last_iteration; n_trial when
 * there is none. */
size_t slg_best_trial(const slg_source *s, int32_t stage, int32_t last_iteration);
/** A unit for people: "Angstrom" becomes its sign. */
const char *slg_unit_sign(const char *unit);
/** Unit and meaning of the objective of a stage. */
void slg_objective_title(const slg_source *s, int32_t stage, char *out, size_t size);

#endif
