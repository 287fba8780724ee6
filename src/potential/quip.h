/** Parts shared by the reader and the writer of potential files. */
#ifndef SLG_POTENTIAL_QUIP_H
#define SLG_POTENTIAL_QUIP_H

#include "src/potential/potential.h"

enum { SLG_DESCRIPTOR_TEXT = 8192, SLG_FILE_NAME = 256 };

/** A soap_turbo descriptor string. */
typedef struct slg_descriptor {
    slg_soap_hp hp;
    int32_t z[SLG_MAX_SPECIES];
    char compress_file[SLG_FILE_NAME]; /* bare name, "" = none; hp.compress is left NULL */
} slg_descriptor;

/**
 * Parses "soap_turbo key=value ...": keys of spec soap_turbo section 1.1 and of gap_fit, in any case; arrays in braces.
 * ERR_DATA: other descriptor types, unknown or missing keys, wrong counts, values outside their domain (without
 * the compression map). Messages begin with `place`.
 */
SLG_CHECKED slg_status slg_descriptor_parse(const char *text, const char *place, slg_descriptor *d, slg_error *err);

/**
 * The string of block b with every parameter explicit (spec gap_fit 11.2) and one level of braces. ERR_HP for a block that
 * QUIP cannot express (cutoffs that differ between species, global_scaling).
 */
SLG_CHECKED slg_status slg_descriptor_print(const slg_potential *p, size_t b, const char *compress_file,
                                            char text[SLG_DESCRIPTOR_TEXT], slg_error *err);

/** Writes x in at most 17 significant digits, always with a point or an exponent, so that every reader sees a real. */
void slg_real_print(char text[32], double x);
/** One C or Fortran real (D exponents) at *s after blanks; advances *s. False when there is none or it is not finite. */
bool slg_real_parse(const char **s, double *x);

/** MD5 of bytes fed in pieces, as 32 lower-case digits. */
typedef struct slg_md5 {
    void *context;
} slg_md5;
SLG_CHECKED slg_status slg_md5_open(slg_md5 *m, slg_error *err);
void slg_md5_add(slg_md5 *m, const void *bytes, size_t n);
/** Frees as well; hex may be NULL. */
void slg_md5_close(slg_md5 *m, char hex[33]);

/** Reads a potential from memory; `name` is the path for messages, sparse files are looked for in its folder. */
SLG_CHECKED slg_status slg_potential_parse(const char *name, const char *text, size_t n, slg_potential **out,
                                           slg_error *err);

/** Names of the files of a potential (bare names). They hold the label and a digest of the contents of their block. */
typedef struct slg_pot_names {
    char sparse[SLG_FILE_NAME], alphas[SLG_FILE_NAME], compress[SLG_FILE_NAME]; /* compress "" = none */
    char md5[33];                                                               /* of the sparse file */
} slg_pot_names;

/** TurboGAP's parameter file (spec gap_fit section 12). */
SLG_CHECKED slg_status slg_gap_write(const slg_potential *p, const slg_pot_names *names, const char *path,
                                     slg_error *err);
/** QUIP's parameter file (spec gap_fit section 11). */
SLG_CHECKED slg_status slg_xml_write(const slg_potential *p, const slg_pot_names *names, const char *path,
                                     slg_error *err);

#endif
