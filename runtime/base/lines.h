/** Texts line by line. */
#ifndef SLG_BASE_LINES_H
#define SLG_BASE_LINES_H

#include <stdbool.h>

/** Its bytes are not terminated: print it by "%.*s". */
typedef struct slg_line {
    const char *p;
    int n;
} slg_line;

/** The next line of *text, without its newline; *text moves behind it. False at the end. */
bool slg_next_line(const char **text, slg_line *line);

#endif
