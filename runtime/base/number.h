/** Numbers as text, the same on every machine and in every locale of ours. */
#ifndef SLG_BASE_NUMBER_H
#define SLG_BASE_NUMBER_H

#include <stdbool.h>

/** Writes x in at most 17 significant digits, always with a point or an exponent, so that every reader sees a real. */
void slg_real_print(char text[32], double x);
/**
 * One C or Fortran real (D exponents) at *s after blanks; advances *s. False when there is none or it is not finite.
 */
bool slg_real_parse(const char **s, double *x);
/**
 * A duration in seconds: "90", "2.5", or numbers with the units d, h, m, s, larger ones first and each at most once, as
 * in "1d6h", "23h30m", "0.5h". False for anything else.
 */
bool slg_duration_parse(const char *s, double *seconds);

#endif
