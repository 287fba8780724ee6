/** The comment line of extended XYZ: key=value pairs and bare words. */
#ifndef SLG_DATA_COMMENT_H
#define SLG_DATA_COMMENT_H

#include "src/data/token.h"

typedef enum slg_lexed { SLG_LEX_END, SLG_LEX_PAIR, SLG_LEX_WORD, SLG_LEX_UNCLOSED } slg_lexed;

/** `raw` is the whole pair as written; `value` is without its quotes, escapes still in place. */
typedef struct slg_pair {
    slg_span key, value, raw;
} slg_pair;

/**
 * Takes the next pair or bare word off `rest`. Keys and values may be quoted ('..' or "..",
 * backslash escapes), values may be lists in [] or {}; white space around = is fine.
 * SLG_LEX_UNCLOSED: a quote or bracket never closes (raw = from there).
 */
slg_lexed slg_comment_next(slg_span *rest, slg_pair *pair);

/** Copies a value without its escapes; false when it does not fit into `room` bytes with its NUL. */
bool slg_comment_unescape(slg_span value, char *out, size_t room);

#endif
