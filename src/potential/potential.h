/** A fitted sparse GAP: written for QUIP (also LAMMPS through QUIP) and TurboGAP, read back, evaluated. */
#ifndef SLG_POTENTIAL_POTENTIAL_H
#define SLG_POTENTIAL_POTENTIAL_H

#include "runtime/base/error.h"
#include "src/data/dataset.h"
#include "tasks/soap/soap.h"
#include "tasks/validation/validation.h"

typedef struct slg_pot_block {
    slg_soap_hp hp; /* central species = hp.central */
    double delta, zeta;
    size_t m, d;
    double *q;                 /* [m][d] sparse descriptors */
    double *alpha;             /* [m] */
    slg_compress own_compress; /* map read from a compress_file; then hp.compress points at it. Freed with the block */
} slg_pot_block;

typedef struct slg_potential {
    char label[64]; /* XML-legal name, no time in it */
    int32_t n_species;
    int32_t z[SLG_MAX_SPECIES]; /* channel order of all blocks */
    double e0[SLG_MAX_SPECIES];
    size_t n_block;
    slg_pot_block *block; /* [n_block], one per central species that has sparse points */
    char *command_line;   /* gap_fit line that would make this potential; may be NULL */
} slg_potential;

SLG_CHECKED slg_status slg_potential_create(size_t n_block, slg_potential **out, slg_error *err);
/** Allocates q and alpha of block b. */
SLG_CHECKED slg_status slg_potential_block(slg_potential *p, size_t b, size_t m, size_t d, slg_error *err);
void slg_potential_free(slg_potential **p);

/**
 * Writes <dir>/<stem>.xml with its sparse files (spec gap_fit section 11; 17 digits, md5) and <dir>/<stem>.gap with its
 * desc and alphas files (section 12). Order of writing: files that the XML names first (their names contain the label),
 * then the XML by an atomic rename, then files of earlier labels of the same stem are removed: at any instant
 * <stem>.xml is a whole potential. Bytes depend on the potential alone. clean_filter is unknown to QUIP and TurboGAP: such
 * an XML carries a gap_version that QUIP refuses, and there is no .gap. Cutoffs, nf that differ between species, or
 * global_scaling: ERR_HP. A single species with central_weight other than 1 is logged as a warning (QUIP ignores it).
 */
SLG_CHECKED slg_status slg_potential_write(const slg_potential *p, const char *dir, const char *stem, slg_error *err);
/** Reads a QUIP XML potential made of soap_turbo blocks (md5 checked); other block types: ERR_DATA by name. */
SLG_CHECKED slg_status slg_potential_read(const char *xml, slg_potential **out, slg_error *err);

/**
 * Predictions for a data set: arrays of the caller ([n_frame], [n_atom][3], [n_frame][6]); e0 included. `geom` is built for
 * the channels p->z with a cutoff of at least slg_potential_cutoff(p). Without `force` or `virial` (NULL): energies alone.
 */
SLG_CHECKED slg_status slg_potential_predict(const slg_potential *p, const slg_dataset *d, const slg_geom *geom,
                                             double *energy, double *force, double *virial, slg_error *err);
/** Largest cutoff of the blocks. */
double slg_potential_cutoff(const slg_potential *p);

#endif
