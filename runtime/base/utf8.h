/** UTF-8 of RFC 3629: YAML and JSON hold nothing else. */
#ifndef SLG_BASE_UTF8_H
#define SLG_BASE_UTF8_H

#include <stddef.h>

/** Bytes of the character at text, of which n > 0 bytes are there; 0 when it is NUL or not UTF-8. */
size_t slg_utf8_length(const char *text, size_t n);

#endif
