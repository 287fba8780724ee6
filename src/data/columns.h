/** The reader's state, and the per-atom columns of a frame. */
#ifndef SLG_DATA_COLUMNS_H
#define SLG_DATA_COLUMNS_H

#include "src/data/build.h"

/** Coordinates and lattice vectors beyond this [Angstrom] are mistakes. */
#define SLG_MAX_LENGTH 1e6

typedef struct slg_xyz {
    const char *name, *p, *end; /* what is left of the text */
    size_t line, frame;         /* of the line taken last; frame from 1 */
    const slg_xyz_keys *keys;
    slg_build build;
    slg_error *err;
} slg_xyz;

/** Takes the next line (without its end) off the text; false at the end. */
bool slg_xyz_line(slg_xyz *r, slg_span *line);
/** ERR_DATA "name:line: frame k: ..." */
slg_status slg_xyz_bad(const slg_xyz *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** Takes one number apart or fails with "<what> should be a number, found ..". */
SLG_CHECKED slg_status slg_xyz_number(const slg_xyz *r, slg_span token, const char *what, double *x);

enum { SLG_MAX_PROPERTY = 64, SLG_MAX_COLUMN = 4096 };
static const size_t slg_no_column = SIZE_MAX / 2; /* far from every column in either direction */

typedef struct slg_property {
    slg_span name;
    char type;
    size_t first, count; /* columns */
} slg_property;

typedef struct slg_layout {
    size_t n_property, n_column;
    slg_property property[SLG_MAX_PROPERTY];
    size_t species, z, pos, force; /* first column or slg_no_column */
    bool exact;                    /* lines have these columns and no more */
} slg_layout;

/** Reads "species:S:1:pos:R:3:.."; an empty text is plain XYZ (species, x, y, z, anything). */
SLG_CHECKED slg_status slg_layout_read(slg_xyz *r, slg_span properties, slg_layout *layout);
/** Takes the line of one atom. */
SLG_CHECKED slg_status slg_layout_atom(slg_xyz *r, const slg_layout *layout, slg_span line, int32_t *z, double *pos,
                                       double *force);

#endif
