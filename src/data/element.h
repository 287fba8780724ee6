/** Chemical symbols. */
#ifndef SLG_DATA_ELEMENT_H
#define SLG_DATA_ELEMENT_H

#include <stddef.h>
#include <stdint.h>

enum { SLG_MAX_Z = 118 };

/** "H" .. "Og"; "?" outside 1..118. */
const char *slg_element_symbol(int32_t z);
/** Atomic number of the symbol of n bytes (letters' case folded), 0 when there is none. */
int32_t slg_element_z(const char *symbol, size_t n);

/** Covalent radius in Angstrom (Cordero et al., Dalton Trans. 2008, 2832); 0 where none is known (beyond Cm). */
double slg_element_radius(int32_t z);

#endif
