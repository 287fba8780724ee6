/**
 * The report of a study: one HTML file, figures for papers, their numbers. Made from the files of a
 * study directory alone, while the search runs, after its end or after its failure; what is not
 * there yet is said, not an error.
 */
#ifndef SLG_REPORT_REPORT_H
#define SLG_REPORT_REPORT_H

#include "runtime/base/error.h"

/**
 * Writes the page to `path` (atomically). `baseline` is the directory of a study to compare with
 * (random search), or NULL. ERR_USAGE when `dir` is no study directory, ERR_DAMAGE when one of its
 * files is unreadable.
 */
SLG_CHECKED slg_status slg_report_write(const char *dir, const char *baseline, const char *path, slg_error *err);

/**
 * Writes one figure: its numbers (.csv), or a plot by gnuplot (.svg, .png, .pdf). ERR_USAGE:
 * unknown kind, unknown ending, no such data in this study yet, gnuplot is not installed.
 */
SLG_CHECKED slg_status slg_report_plot(const char *dir, const char *baseline, const char *kind, const char *path,
                                       slg_error *err);

/** "convergence, path, ...": the kinds of figures. */
const char *slg_report_kinds(void);

#endif
