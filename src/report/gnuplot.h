/** Scripts that make gnuplot draw a figure. */
#ifndef SLG_REPORT_GNUPLOT_H
#define SLG_REPORT_GNUPLOT_H

#include "src/report/figure.h"
#include <stdio.h>

/** A script with data that writes the figure to `path`; ending: svg, png or pdf. */
void slg_gnuplot_script(const slg_source *s, const slg_figure *f, const char *ending, const char *path, FILE *out);

#endif
