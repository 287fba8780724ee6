/** Texts in CSV files. */
#ifndef SLG_BASE_CSV_H
#define SLG_BASE_CSV_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/**
 * A text that a user may have chosen, between quotes where needed (or always). One that a spreadsheet would take for a
 * formula (= + - @ at its beginning) gets an apostrophe in front.
 */
static inline void slg_csv_put(FILE *out, const char *text, bool always)
{
    const bool quote = always || strpbrk(text, ",\"\n\r") != NULL;
    fputs(quote ? "\"" : "", out);
    fputs(text[0] && strchr("=+-@\t", text[0]) ? "'" : "", out);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    fputs(quote ? "\"" : "", out);
}

#endif
