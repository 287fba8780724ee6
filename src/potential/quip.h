/** Parts shared by the reader and the writer of potential files. */
#ifndef SLG_POTENTIAL_QUIP_H
#define SLG_POTENTIAL_QUIP_H

#include "runtime/base/number.h"
#include "src/potential/potential.h"
#include <stdio.h>

enum { SLG_DESCRIPTOR_TEXT = 8192, SLG_FILE_NAME = 256 };

/**
 * Reads "NAME key=value ...", NAME the name of a registered term, and "key=value" attributes. ERR_DATA: other
 * descriptor types, and what the term refuses. Messages begin with `place`.
 */
SLG_CHECKED slg_status slg_descriptor_parse(const char *text, const char *attributes, const char *place,
                                            slg_parsed_term *d, slg_error *err);
/** The string of part b with every parameter explicit (spec gap_fit 11.2) and one level of braces. ERR_HP. */
SLG_CHECKED slg_status slg_descriptor_print(const slg_potential *p, size_t b, const char *file,
                                            char text[SLG_DESCRIPTOR_TEXT], slg_error *err);
/**
 * Appends pairs to a text as " key=value"; wide: arrays in double braces and numbers as gap_fit's command line has
 * them.
 */
void slg_pairs_print(const slg_pairs *pairs, bool wide, FILE *out);

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

/** Names of the files of a potential (bare names). They hold the label and a digest of the contents of their part. */
typedef struct slg_pot_names {
    char sparse[SLG_FILE_NAME], alphas[SLG_FILE_NAME];
    char file[SLG_FILE_NAME]; /* of the definition, "" = none */
    char md5[33];             /* of the sparse file */
} slg_pot_names;

/** TurboGAP's parameter file (spec gap_fit section 12). */
SLG_CHECKED slg_status slg_gap_write(const slg_potential *p, const slg_pot_names *names, const char *path,
                                     slg_error *err);
/** QUIP's parameter file (spec gap_fit section 11). */
SLG_CHECKED slg_status slg_xml_write(const slg_potential *p, const slg_pot_names *names, const char *path,
                                     slg_error *err);

#endif
