/* One figure as numbers (CSV) or as a plot by gnuplot. */
#include "runtime/base/csv.h"
#include "src/report/gnuplot.h"
#include "src/report/report.h"

#include "runtime/base/alloc.h"
#include "runtime/base/file.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void put_line(FILE *out, const json_t *cells)
{
    size_t i;
    const json_t *v;
    json_array_foreach(cells, i, v)
    {
        fputs(i > 0 ? "," : "", out);
        if (json_is_string(v))
            slg_csv_put(out, json_string_value(v), false);
        else if (json_is_integer(v))
            fprintf(out, "%lld", (long long)json_integer_value(v));
        else if (json_is_real(v))
            fprintf(out, "%.10g", json_real_value(v));
    }
    fputc('\n', out);
}

static slg_status write_csv(const slg_figure *f, const char *path, slg_error *err)
{
    slg_new_file out;
    size_t i;
    const json_t *row;
    slg_status st = slg_output_open(&out, path, err);
    if (st != SLG_OK)
        return st;
    put_line(out.stream, f->columns);
    json_array_foreach(f->rows, i, row) put_line(out.stream, row);
    return slg_new_file_commit(&out, err);
}

static bool in_path(const char *program)
{
    const char *path = getenv("PATH");
    char full[SLG_PATH];
    for (path = path ? path : ""; *path;) {
        size_t n = strcspn(path, ":");
        snprintf(full, sizeof full, "%.*s/%s", (int)n, path, program);
        if (access(full, X_OK) == 0)
            return true;
        path += n + (path[n] == ':');
    }
    return false;
}

static bool has_bytes(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && s.st_size > 0;
}

/* gnuplot draws into a temporary file that then takes its place: a failure leaves an old figure as it was. */
static slg_status run_gnuplot(const slg_source *s, const slg_figure *f, const char *ending, const char *path,
                              slg_error *err)
{
    slg_new_file file;
    slg_status st = slg_output_open(&file, path, err);
    if (st != SLG_OK)
        return st;
    FILE *gnuplot = file.tmp[0] ? popen("gnuplot - >/dev/null", "w") : NULL;
    if (!gnuplot) {
        st = slg_fail(err, SLG_ERR_IO,
                      file.tmp[0] ? "gnuplot: could not be started" : "%s: expected a file or a free name for a figure",
                      path);
        slg_new_file_abort(&file);
        return st;
    }
    slg_gnuplot_script(s, f, ending, file.tmp, gnuplot);
    if (pclose(gnuplot) == 0 && has_bytes(file.tmp))
        return slg_new_file_commit(&file, err);
    slg_new_file_abort(&file);
    return slg_fail(err, SLG_ERR_IO, "%s: gnuplot failed; its messages are above, the numbers are in `-o FILE.csv'",
                    path);
}

static slg_status draw(const slg_source *s, const slg_figure *f, const char *path, slg_error *err)
{
    const char *dot = strrchr(path, '.');
    const char *ending = dot ? dot + 1 : "";
    if (json_array_size(f->rows) == 0)
        return slg_fail(err, SLG_ERR_USAGE, "%s: figure `%s' cannot be drawn: %s", s->dir, f->kind, f->missing);
    if (strcmp(ending, "csv") == 0)
        return write_csv(f, path, err);
    if (strcmp(ending, "svg") != 0 && strcmp(ending, "png") != 0 && strcmp(ending, "pdf") != 0)
        return slg_fail(err, SLG_ERR_USAGE, "%s: expected a name that ends in .svg, .png, .pdf or .csv", path);
    if (!in_path("gnuplot"))
        return slg_fail(err, SLG_ERR_USAGE,
                        "gnuplot: not found in PATH; install it (Debian: apt-get install "
                        "gnuplot-nox) or take the numbers "
                        "with `-o FILE.csv'");
    return run_gnuplot(s, f, ending, path, err);
}

const char *slg_report_kinds(void)
{
    static char text[512];
    if (text[0] == '\0')
        for (const slg_figure_kind *k = slg_figure_kinds; k->name; k++) {
            size_t n = strlen(text);
            snprintf(text + n, sizeof text - n, "%s%s", n > 0 ? ", " : "", k->name);
        }
    return text;
}

slg_status slg_report_plot(const char *dir, const char *baseline, const char *kind, const char *path, slg_error *err)
{
    const slg_figure_kind *k = slg_figure_find(kind);
    slg_source s, b = {0};
    slg_figure f = {0};
    if (!k)
        return slg_fail(err, SLG_ERR_USAGE, "plot: expected one of %s; found `%s'", slg_report_kinds(), kind);
    slg_status st = slg_source_read(dir, &s, err);
    if (st == SLG_OK && baseline)
        st = slg_source_read(baseline, &b, err);
    if (st == SLG_OK)
        st = slg_figure_build(k, &s, baseline ? &b : NULL, &f, err);
    if (st == SLG_OK)
        st = draw(&s, &f, path, err);
    slg_figure_fini(&f);
    slg_source_free(&b);
    slg_source_free(&s);
    return st;
}
