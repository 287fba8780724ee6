/**
 * What an expert would say of reference data before anything is fitted: findings, each with a code that docs/DATA.md
 * explains by cause and cure. None of them is certain; nothing is changed.
 */
#ifndef SLG_DOCTOR_DOCTOR_H
#define SLG_DOCTOR_DOCTOR_H

#include "src/data/dataset.h"

/** "<file>: <what is seen>", and the code that stands for its kind. */
typedef struct slg_finding {
    const char *code;
    char *text;
} slg_finding;

/** Zeroed = none. */
typedef struct slg_findings {
    size_t n;
    slg_finding *item;
} slg_findings;
void slg_findings_free(slg_findings *list);

enum { SLG_DOCTOR_SETS = 3 };

/** The data of a study. */
typedef struct slg_patient {
    const slg_dataset *set[SLG_DOCTOR_SETS]; /* training, validation, test; NULL where there is none of its own */
    /* The same, but what is divided by chance is looked at as a whole: then the first is both. */
    const slg_dataset *examined[SLG_DOCTOR_SETS];
    const slg_xyz_keys *keys; /* by which they were read */
    bool use_virial;          /* the fit is trained on virials */
    int32_t n_species;
    const int32_t *z; /* [n_species] */
    const double *e0; /* [n_species] energies of free atoms; NULL where they are no such thing (average) */
    int32_t n_given;  /* elements for which the study file gives e0 */
    const char (*given)[3];
} slg_patient;

/**
 * Findings of all sets, in a fixed order. Costs a sort of the structures and one neighbour list within the reach of
 * bonds. Free with slg_findings_free.
 */
SLG_CHECKED slg_status slg_doctor(const slg_patient *patient, slg_findings *out, slg_error *err);

#endif
