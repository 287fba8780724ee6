/** A fitted sparse GAP: written for QUIP (also LAMMPS through QUIP) and TurboGAP, read back, evaluated. */
#ifndef SLG_POTENTIAL_POTENTIAL_H
#define SLG_POTENTIAL_POTENTIAL_H

#include "runtime/base/error.h"
#include "src/data/dataset.h"
#include "tasks/terms/term.h"

/** A part of a term with its sparse points and coefficients. */
typedef struct slg_pot_part {
    slg_term_def def;
    int32_t number; /* of the part in its term; unknown (0) where the potential was read from a file */
    double delta;
    size_t m, d;
    double *q;      /* [m][d] sparse descriptors */
    double *alpha;  /* [m] */
    void *own_file; /* the definition's file where it was read with the potential; freed with the part */
} slg_pot_part;

typedef struct slg_potential {
    char label[64]; /* XML-legal name, no time in it */
    int32_t n_species;
    int32_t z[SLG_MAX_SPECIES]; /* channel order of all parts */
    double e0[SLG_MAX_SPECIES];
    size_t n_part;
    slg_pot_part *part; /* [n_part] */
    char *command_line; /* gap_fit line that would make this potential; may be NULL */
    char *comment;      /* lines about its making, for people; may be NULL, is not read back */
} slg_potential;

SLG_CHECKED slg_status slg_potential_create(size_t n_part, slg_potential **out, slg_error *err);
/** Sparse points of all parts. */
size_t slg_potential_points(const slg_potential *p);
/** Allocates q and alpha of part b. */
SLG_CHECKED slg_status slg_potential_part(slg_potential *p, size_t b, size_t m, size_t d, slg_error *err);
void slg_potential_free(slg_potential **p);

/**
 * Writes <dir>/<stem>.xml with its sparse files (spec gap_fit section 11; 17 digits, md5) and <dir>/<stem>.gap with its
 * desc and alphas files (section 12). Order of writing: files that the XML names first (their names contain the label),
 * then the XML by an atomic rename, then files of earlier labels of the same stem are removed: at any instant
 * <stem>.xml is a whole potential. Bytes depend on the potential alone. What other programs cannot evaluate
 * (slg_term.transferable) gets an XML with a gap_version that QUIP refuses, and no .gap. ERR_HP: QUIP's format cannot
 * express a part.
 */
SLG_CHECKED slg_status slg_potential_write(const slg_potential *p, const char *dir, const char *stem, slg_error *err);
/** Can QUIP and TurboGAP evaluate all parts? */
bool slg_potential_transferable(const slg_potential *p);
/** Reads a QUIP XML potential made of known terms (md5 checked); other types: ERR_DATA by name. */
SLG_CHECKED slg_status slg_potential_read(const char *xml, slg_potential **out, slg_error *err);

/**
 * Predictions for a data set: arrays of the caller ([n_frame], [n_atom][3], [n_frame][6]); e0 included. `geom` is built
 * for the channels p->z with a cutoff of at least slg_potential_cutoff(p). Without `force` or `virial` (NULL): energies
 * alone.
 */
SLG_CHECKED slg_status slg_potential_predict(const slg_potential *p, const slg_dataset *d, const slg_geom *geom,
                                             double *energy, double *force, double *virial, slg_error *err);
/** Adds the predictions for n neighbourhoods, without e0, to out [n], which the caller has zeroed. */
SLG_CHECKED slg_status slg_potential_add(const slg_potential *p, size_t n, const slg_geom *const *geom,
                                         bool derivatives, const slg_prediction *out, slg_error *err);
/** Checks a definition and builds its plan (caller frees with slg_free). Messages begin with `place`. */
SLG_CHECKED slg_status slg_plan_create(const slg_term_def *def, const char *place, void **plan, slg_error *err);
/** Largest cutoff of the parts. */
double slg_potential_cutoff(const slg_potential *p);

#endif
