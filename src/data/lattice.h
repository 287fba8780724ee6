/** Plain geometry of a cell whose rows are the lattice vectors [Angstrom], 9 numbers. */
#ifndef SLG_DATA_LATTICE_H
#define SLG_DATA_LATTICE_H

#include <stdbool.h>

/** |a . (b x c)|, Angstrom^3. */
double slg_lattice_volume(const double *cell);
/** True when the vectors are (nearly) linearly dependent, or one is zero. */
bool slg_lattice_is_flat(const double *cell);
/** height[k] = distance between the two faces that vector k connects. The cell must not be flat. */
void slg_lattice_heights(const double *cell, double height[3]);
/** inverse with fractional f_k = sum_c x_c inverse[c][k]. The cell must not be flat. */
void slg_lattice_inverse(const double *cell, double inverse[3][3]);

#endif
