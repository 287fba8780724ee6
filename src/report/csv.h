/** Tables of text: CSV files of a study directory. */
#ifndef SLG_REPORT_CSV_H
#define SLG_REPORT_CSV_H

#include "runtime/base/error.h"
#include <stdbool.h>
#include <stddef.h>

/** Cells [n_row][n_col] in file order; the first line (not counted) names the columns. Free with slg_csv_free. */
typedef struct slg_csv {
    char *text;    /* owner of all cells */
    char *comment; /* first line when it starts with '#', without that; else "" */
    size_t n_col, n_row;
    char **name; /* [n_col] */
    char **cell; /* [n_row * n_col] */
} slg_csv;

/**
 * Reads a CSV file (RFC 4180 quoting; quoted line ends included). An absent file makes an empty
 * table. ERR_DAMAGE when a row has another number of cells than the first line.
 */
SLG_CHECKED slg_status slg_csv_read(const char *path, slg_csv *t, slg_error *err);
void slg_csv_free(slg_csv *t);
/** Column by name; n_col when there is none. */
size_t slg_csv_column(const slg_csv *t, const char *name);
/** "" outside the table. */
const char *slg_csv_text(const slg_csv *t, size_t row, size_t column);
/** NAN for empty cells and outside the table. */
double slg_csv_number(const slg_csv *t, size_t row, size_t column);

#endif
