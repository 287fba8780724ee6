/**
 * Structures with reference data, from extended XYZ files. Units: Angstrom, eV, eV/Angstrom; virial = -dE/d(strain)
 * = -volume * stress, in eV.
 */
#ifndef SLG_DATA_DATASET_H
#define SLG_DATA_DATASET_H

#include "runtime/base/names.h"
#include "tasks/common/geom.h"
#include <stdbool.h>
#include <stdio.h>

enum { SLG_CONFIG_TYPE = 64, SLG_MAX_KEY = 48 };

/** A key of the file: of the comment lines, or (column) a per-atom property of three real numbers. */
typedef struct slg_seen_key {
    char name[SLG_CONFIG_TYPE];
    bool column;
} slg_seen_key;

typedef struct slg_frame {
    size_t first, n_atom; /* atoms first .. first+n_atom-1 of the set */
    double cell[3][3];    /* lattice vectors as rows; zero when absent */
    bool has_cell, pbc[3];
    bool has_energy, has_force, has_virial;
    double energy;                     /* total */
    double virial[6];                  /* xx xy xz yy yz zz */
    char config_type[SLG_CONFIG_TYPE]; /* "default" when absent */
    int32_t group;                     /* index into dataset.group, set by the reader */
    size_t file, line;                 /* index into dataset.file; first line of the frame there, from 1 */
    size_t number;                     /* of the frame in its file, from 0 */
    char *comment;                     /* the comment line as read, for writing predictions */
} slg_frame;

typedef struct slg_dataset {
    slg_names file; /* where the structures are from */
    char *path;     /* of the file, of several: a text about them */
    size_t n_frame, n_atom, n_group;
    slg_frame *frame;
    int32_t *z;                     /* [n_atom] atomic numbers */
    double *pos;                    /* [n_atom][3] */
    double *force;                  /* [n_atom][3]; zero where the frame has none */
    char (*group)[SLG_CONFIG_TYPE]; /* [n_group] in order of first appearance */
    size_t n_key;                   /* distinct keys seen in the file, at most SLG_MAX_KEY */
    slg_seen_key key[SLG_MAX_KEY];
} slg_dataset;

/** Key names; an empty string means: do not read that quantity. */
typedef struct slg_xyz_keys {
    const char *energy, *force, *virial, *stress, *config_type;
} slg_xyz_keys;

/**
 * Reads a plain or gzip extended XYZ file (https://github.com/libAtoms/extxyz). Keys and columns of the format match
 * whatever the case of their letters, an exact match wins; `keys` match exactly.
 * pbc absent: T T T with a Lattice, else F F F. Virial and stress: 9
 * numbers, or 6 in Voigt's order xx yy zz yz xz xy; virial = -volume * stress. Asymmetric beyond 1e-3 of the largest
 * component (and 1e-6 eV): ERR_DATA, else made symmetric. Missing quantities are missing, never zero. Virial and stress
 * both named and both present in a frame: they must agree (same tolerance), else ERR_DATA. Errors name file, line,
 * frame.
 */
SLG_CHECKED slg_status slg_dataset_read(const char *path, const slg_xyz_keys *keys, slg_dataset **out, slg_error *err);
/** The same from memory; `name` stands for the path in messages. (Fuzz target.) */
SLG_CHECKED slg_status slg_dataset_parse(const char *name, const char *text, size_t n, const slg_xyz_keys *keys,
                                         slg_dataset **out, slg_error *err);
/** Several files as one set, in the order of the list. */
SLG_CHECKED slg_status slg_dataset_read_all(const slg_names *file, const slg_xyz_keys *keys, slg_dataset **out,
                                            slg_error *err);
void slg_dataset_free(slg_dataset **d);
/** Name of a frame's file. */
static inline const char *slg_frame_file(const slg_dataset *d, size_t f)
{
    return d->file.name[d->frame[f].file];
}

/**
 * ERR_DATA when no frame at all has a wanted quantity (virial: from virial or stress); the message lists the keys the
 * file has and names the nearest one. `keys` are those of the reader.
 */
SLG_CHECKED slg_status slg_dataset_require(const slg_dataset *d, bool energy, bool force, bool virial,
                                           const slg_xyz_keys *keys, slg_error *err);

/** New set with the frames keep[0..n_keep) (deep copy; groups renumbered in order of first appearance). */
SLG_CHECKED slg_status slg_dataset_subset(const slg_dataset *d, const size_t *keep, size_t n_keep, slg_dataset **out,
                                          slg_error *err);
/** One set of the frames of n sets, one after another. */
SLG_CHECKED slg_status slg_dataset_join(size_t n, const slg_dataset *const *set, slg_dataset **out, slg_error *err);
/**
 * Splits by fraction (in (0,1), else ERR_CONFIG) per config_type: of each group's n structures round(fraction n), at
 * least 1 and at most n-1 if n > 1, go to the second set, chosen by (seed, group name, rank) so that adding other
 * groups changes nothing. Isolated atoms (single-atom frames without images within 4 Angstrom) always stay in the first
 * set and do not count. ERR_DATA when the second set would be empty.
 */
SLG_CHECKED slg_status slg_dataset_split(const slg_dataset *d, double fraction, uint64_t seed, slg_dataset **train,
                                         slg_dataset **validation, slg_error *err);

/** Angstrom: single atoms without an image within it take no part in a split; above most one-atom crystals. */
#define SLG_SPLIT_ISOLATION 4.0

typedef struct slg_fold_plan {
    size_t n_fold; /* from 2 */
    uint64_t seed;
    const char *group_key; /* structures with the same value of it stay together; NULL = each is alone */
} slg_fold_plan;
/**
 * *out: the same structures in the order of folds; fold k has those from first[k] to first[k+1]-1, those from
 * first[n_fold] on are in no fold: free atoms and the only structure of a config_type. first [n_fold + 2]. Drawn by
 * (seed, config_type, rank) or (seed, group), then dealt so that folds have equal shares of each config_type. ERR_DATA
 * where a fold would be empty.
 */
SLG_CHECKED slg_status slg_dataset_folds(const slg_dataset *d, const slg_fold_plan *plan, size_t *first,
                                         slg_dataset **out, slg_error *err);

/** Atomic numbers present, ascending; ERR_DATA beyond SLG_MAX_SPECIES. */
SLG_CHECKED slg_status slg_dataset_species(const slg_dataset *d, int32_t *n_species, int32_t z[SLG_MAX_SPECIES],
                                           slg_error *err);
/** True for a frame of one atom without images within `cutoff`. */
bool slg_frame_isolated(const slg_dataset *d, size_t f, double cutoff);
/** The same within 8 Angstrom, farther than atoms in any crystal are from each other, whatever the descriptor. */
bool slg_frame_free_atom(const slg_dataset *d, size_t f);
/** e0 from isolated-atom frames: exactly one per species, else ERR_DATA. */
SLG_CHECKED slg_status slg_e0_isolated(const slg_dataset *d, int32_t n_species, const int32_t *z, double cutoff,
                                       double *e0, slg_error *err);
/** e0 = unweighted mean of E/N, the same for all species. */
SLG_CHECKED slg_status slg_e0_average(const slg_dataset *d, int32_t n_species, double *e0, slg_error *err);

/**
 * Neighbour lists within `cutoff` for the species channels z[n_species] (atoms of other species: ERR_DATA). Periodic
 * directions from pbc; cells smaller than the cutoff are fine. Atoms nearer than 0.001 Angstrom: ERR_DATA with place.
 * Free with slg_geom_free.
 */
SLG_CHECKED slg_status slg_geom_build(const slg_dataset *d, double cutoff, int32_t n_species, const int32_t *z,
                                      slg_geom **out, slg_error *err);
/** The same for frames frame0 .. frame0+n_frame-1 alone, numbered from 0; environments count from the first one's. */
SLG_CHECKED slg_status slg_geom_build_frames(const slg_dataset *d, size_t frame0, size_t n_frame, double cutoff,
                                             int32_t n_species, const int32_t *z, slg_geom **out, slg_error *err);
void slg_geom_free(slg_geom **g);

/** Values to be written beside the structures by slg_dataset_write. */
typedef struct slg_columns {
    const double *energy; /* [n_frame] total, key "starling_energy"; NULL = none */
    const double *force;  /* [n_atom][3], column "starling_forces" */
    const double *virial; /* [n_frame][6], key "starling_virial" (9 numbers) */
} slg_columns;
/** Extended XYZ with 17 digits: species, pos, the reference data under energy/forces/virial, and the columns. */
SLG_CHECKED slg_status slg_dataset_write(const slg_dataset *d, const slg_columns *c, FILE *out, slg_error *err);

#endif
