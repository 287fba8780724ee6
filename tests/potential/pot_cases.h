/** Potentials and structures for the tests of this folder. */
#ifndef SLG_TESTS_POT_CASES_H
#define SLG_TESTS_POT_CASES_H

#include "src/potential/potential.h"
#include "tasks/terms/soap/soap.h"
#include "tests/support/support.h"

/** Uniform in [lo,hi), number i of a fixed sequence. */
double pot_random(uint32_t i, double lo, double hi);

/** HPs of channel `central` of n, equal widths and alpha_max for all of them (what released QUIP evaluates rightly). */
slg_soap_hp pot_hp(int32_t n, int32_t central, slg_basis basis);

/**
 * A potential of n_species channels (z from the list 14, 8, 1), one part each with m sparse points that are descriptors
 * of the environments of `d`, and random coefficients.
 */
slg_potential *pot_make(const slg_dataset *d, int32_t n_species, slg_basis basis, double zeta, size_t m);
/** As pot_make with given descriptor definitions [n_species]. */
slg_potential *pot_make_from(const slg_dataset *d, int32_t n_species, const slg_soap_hp *hp, double zeta, size_t m);

/** One frame of n atoms, species cycling through z[n_species], random but not too close, in a cell or (a=0) without. */
slg_dataset *pot_frame(size_t n, double a, int32_t n_species, uint32_t seed);
/** A frame from explicit positions; lattice may be NULL. */
slg_dataset *pot_structure(size_t n, const double *pos, const int32_t *z, const double *lattice);

/** Predictions of a set; force and virial may be NULL. */
void pot_predict(const slg_potential *p, const slg_dataset *d, double *energy, double *force, double *virial);
double pot_energy(const slg_potential *p, const slg_dataset *d);

#endif
