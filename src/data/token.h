/** Pieces of a text: spans, tokens, numbers. No copies, no allocation. */
#ifndef SLG_DATA_TOKEN_H
#define SLG_DATA_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

/** n bytes at p; not closed by a NUL. */
typedef struct slg_span {
    const char *p;
    size_t n;
} slg_span;

enum { SLG_SHOW = 44 };

/** Takes the next token, separated by white space, off `rest`; false when none is left. */
bool slg_token_next(slg_span *rest, slg_span *token);
/** The same for the inside of a value: commas and brackets separate as well. */
bool slg_token_next_listed(slg_span *rest, slg_span *token);

/** Equal, ASCII letters folded. */
bool slg_span_folds_to(slg_span s, const char *name);
bool slg_span_equals(slg_span s, const char *name);
bool slg_is_blank(slg_span s);

typedef enum slg_number { SLG_NUMBER, SLG_NOT_A_NUMBER, SLG_NUMBER_NOT_FINITE } slg_number;
/** A decimal number, exponent e or Fortran's d. "nan", "inf" and overflow are SLG_NUMBER_NOT_FINITE. */
slg_number slg_token_number(slg_span token, double *x);
/** Digits only, below 2^63. */
bool slg_token_count(slg_span token, size_t *count);

/** A printable copy for messages, shortened when long. Returns out. */
const char *slg_span_show(slg_span s, char out[SLG_SHOW]);

#endif
