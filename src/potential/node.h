/** One gpCoordinates element of a QUIP potential. */
#ifndef SLG_POTENTIAL_NODE_H
#define SLG_POTENTIAL_NODE_H

#include "src/potential/potential.h"

#include <libxml/tree.h>

/**
 * Reads the expanded element at `line` of `path` into part b of p: descriptor, attributes, coefficients, sparse
 * vectors. The first part sets the species channels of p, the others must have the same. ERR_DATA, ERR_IO, ERR_NOMEM.
 */
SLG_CHECKED slg_status slg_coordinates_read(const char *path, int line, const xmlNode *node, size_t b, slg_potential *p,
                                            slg_error *err);

#endif
