#include "src/report/csv.h"
#include "runtime/base/alloc.h"
#include "runtime/base/file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Ends the cell at *c in place (quotes removed) and moves *c behind its separator; *last: the cell ended its row. */
static char *take_cell(char **c, bool *last)
{
    char *begin = *c, *in = *c, *out = *c;
    bool quoted = false;
    for (; *in && (quoted || (*in != ',' && *in != '\n')); in++) {
        if (*in != '"') {
            *out++ = *in;
        } else if (quoted && in[1] == '"') {
            *out++ = *in++;
        } else {
            quoted = !quoted;
        }
    }
    *last = *in != ',';
    *c = *in ? in + 1 : in;
    if (out > begin && out[-1] == '\r' && *last)
        out--;
    *out = '\0';
    return begin;
}

static size_t count_rows(const char *text)
{
    size_t n = 0;
    bool quoted = false;
    for (const char *c = text; *c; c++) {
        quoted ^= *c == '"';
        n += *c == '\n' && !quoted;
    }
    return n + 1;
}

static size_t count_names(const char *text)
{
    size_t n = 1;
    bool quoted = false;
    for (; *text && (quoted || *text != '\n'); text++) {
        quoted ^= *text == '"';
        n += *text == ',' && !quoted;
    }
    return n;
}

static slg_status parse(slg_csv *t, char *c, const char *path, slg_error *err)
{
    bool last = false;
    t->n_col = count_names(c);
    t->name = slg_calloc(t->n_col, sizeof *t->name);
    t->cell = slg_calloc(count_rows(c) * t->n_col, sizeof *t->cell);
    if (!t->name || !t->cell)
        return slg_fail_nomem(err, path);
    for (size_t i = 0; i < t->n_col; i++)
        t->name[i] = take_cell(&c, &last);
    while (*c) {
        size_t i = 0;
        for (last = false; !last; i++) {
            char *cell = take_cell(&c, &last);
            if (i < t->n_col)
                t->cell[t->n_row * t->n_col + i] = cell;
        }
        if (i != t->n_col)
            return slg_fail(err, SLG_ERR_DAMAGE, "%s: row %zu: expected %zu cells, found %zu", path, t->n_row + 1,
                            t->n_col, i);
        t->n_row++;
    }
    return SLG_OK;
}

slg_status slg_csv_read(const char *path, slg_csv *t, slg_error *err)
{
    static char nothing[] = "";
    size_t n;
    memset(t, 0, sizeof *t);
    t->comment = nothing;
    if (!slg_file_exists(path))
        return SLG_OK;
    slg_status st = slg_text_read(path, &t->text, &n, err);
    if (st != SLG_OK)
        return st;
    char *c = t->text;
    if (*c == '#') {
        t->comment = c + 1;
        c += strcspn(c, "\n");
        if (*c)
            *c++ = '\0';
    }
    st = *c ? parse(t, c, path, err) : SLG_OK;
    if (st != SLG_OK)
        slg_csv_free(t);
    return st;
}

void slg_csv_free(slg_csv *t)
{
    slg_free(t->name);
    slg_free(t->cell);
    slg_free(t->text);
    memset(t, 0, sizeof *t);
}

size_t slg_csv_column(const slg_csv *t, const char *name)
{
    size_t i = 0;
    while (i < t->n_col && strcmp(t->name[i], name) != 0)
        i++;
    return i;
}

const char *slg_csv_text(const slg_csv *t, size_t row, size_t column)
{
    return row < t->n_row && column < t->n_col ? t->cell[row * t->n_col + column] : "";
}

double slg_csv_number(const slg_csv *t, size_t row, size_t column)
{
    const char *text = slg_csv_text(t, row, column);
    char *end;
    double x = strtod(text, &end);
    return end == text || *end ? (double)NAN : x;
}
