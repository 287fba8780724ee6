/** Private to this folder: what the examinations share. */
#ifndef SLG_DOCTOR_WARD_H
#define SLG_DOCTOR_WARD_H

#include "src/doctor/doctor.h"

/** One set under examination. */
typedef struct slg_ward {
    const slg_patient *patient;
    const slg_dataset *d;
    bool *free_atom;                  /* [n_frame] */
    size_t *by_group, *group_first;   /* [n_frame] frames sorted by config_type; [n_group+1] first of each in it */
    double (*share)[SLG_MAX_SPECIES]; /* [n_frame] of the atoms that are of each species */
    bool *at_rest; /* [n_frame] by symmetry: the directions to the neighbours of each atom sum to zero */
    slg_findings *out;
    slg_error *err;
    slg_status st; /* of what was noted so far */
} slg_ward;

/** Structures of a finding. */
typedef struct slg_seen {
    size_t n, of; /* of: of how many */
    size_t first[3];
} slg_seen;
/** Counts structure f in; the first few are kept. */
void slg_see(slg_seen *s, size_t f);

/** Notes a finding, unless there was a failure before. */
void slg_note(slg_ward *w, const char *code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/** The same with "(structures 4 (line 13), 7 (line 22) and 3 more)" behind; structures count from 0 in their file. */
void slg_note_seen(slg_ward *w, const char *code, const slg_seen *s, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/** Memory of n doubles that the caller frees; NULL after a failure, which is noted. */
double *slg_ward_numbers(slg_ward *w, size_t n);

void slg_sort(double *x, size_t n);
/** Sorts x. NAN when there are none. */
double slg_median(double *x, size_t n);
/**
 * Sorts x and finds values that stand apart: at either end, at most a twentieth of all (at least one), behind a gap
 * that is wider than `times` the range of the middle half, and than `least`. Those <= *low or >= *high stand apart.
 */
void slg_apart(double *x, size_t n, double least, double times, double *low, double *high);

void slg_examine_keys(slg_ward *w);
void slg_examine_elements(slg_ward *w);
void slg_examine_energies(slg_ward *w);
/** Fills at_rest. */
void slg_examine_distances(slg_ward *w);
void slg_examine_forces(slg_ward *w);
void slg_examine_steps(slg_ward *w);
void slg_examine_pressure(slg_ward *w);
/** Structures that occur twice, in all sets together. */
SLG_CHECKED slg_status slg_examine_twins(const slg_patient *p, slg_findings *out, slg_error *err);

#endif
