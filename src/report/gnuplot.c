#include "src/report/gnuplot.h"

#include <math.h>
#include <string.h>

/* Okabe and Ito's palette: distinguishable with all kinds of colour vision. */
static const char *const colour[] = {"#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#777777"};
enum { N_COLOUR = sizeof colour / sizeof colour[0] };

/* A string of gnuplot: single quotes are doubled, line ends vanish. */
static void put_string(FILE *out, const char *text)
{
    fputc('\'', out);
    for (; *text; text++) {
        if (*text == '\'')
            fputc('\'', out);
        if (*text >= ' ' || (unsigned char)*text >= 0x80)
            fputc(*text, out);
    }
    fputc('\'', out);
}

static void set(FILE *out, const char *what, const char *text)
{
    fprintf(out, "set %s ", what);
    put_string(out, text);
    fputc('\n', out);
}

static const json_t *cell(const slg_figure *f, size_t row, const char *column)
{
    size_t i;
    const json_t *name;
    json_array_foreach(f->columns, i, name) if (strcmp(json_string_value(name), column) ==
                                                0) return json_array_get(json_array_get(f->rows, row), i);
    return NULL;
}

static double number(const slg_figure *f, size_t row, const char *column)
{
    const json_t *v = cell(f, row, column);
    return json_is_number(v) ? json_number_value(v) : (double)NAN;
}

static const char *text(const slg_figure *f, size_t row, const char *column)
{
    const char *t = json_string_value(cell(f, row, column));
    return t ? t : "";
}

/* Is the row of the same group as row `first`? Groups are told by a column of texts or numbers. */
static bool same(const slg_figure *f, size_t first, size_t row, const char *column)
{
    return json_equal((json_t *)cell(f, first, column), (json_t *)cell(f, row, column));
}

static bool is_first(const slg_figure *f, size_t row, const char *column)
{
    for (size_t k = 0; k < row; k++)
        if (same(f, k, row, column))
            return false;
    return true;
}

/* Data block $<name><number>: the given columns of the rows of the group of row `first`. */
static void block(FILE *out, const char *name, size_t number_of_block, const slg_figure *f, size_t first,
                  const char *group, const char *const *columns)
{
    fprintf(out, "$%s%zu << EOD\n", name, number_of_block);
    for (size_t k = 0; k < json_array_size(f->rows); k++) {
        if (group && !same(f, first, k, group))
            continue;
        for (size_t c = 0; columns[c]; c++)
            fprintf(out, "%.10g ", number(f, k, columns[c]));
        fputc('\n', out);
    }
    fputs("EOD\n", out);
}

static void begin(const slg_figure *f, const char *ending, const char *path, double height, FILE *out)
{
    fputs("set encoding utf8\n", out);
    if (strcmp(ending, "svg") == 0)
        fprintf(out, "set terminal svg size 800,%.0f noenhanced font 'sans,14' background '#ffffff'\n", 800 * height);
    else if (strcmp(ending, "png") == 0)
        fprintf(out,
                "set terminal pngcairo size 1600,%.0f noenhanced font 'sans,20' linewidth 2 "
                "pointscale 2\n",
                1600 * height);
    else
        fprintf(out, "set terminal pdfcairo size 16cm,%.1fcm noenhanced font 'sans,11' pointscale 0.8\n", 16 * height);
    set(out, "output", path);
    set(out, "title", f->title);
    fputs("set grid lc rgb '#dddddd'\nset key outside below\nset tics nomirror\nset border 3\n"
          "set autoscale xfix\nset datafile missing 'nan'\n",
          out);
}

/* --- search ----------------------------------------------------------------------------------- */

static bool has_baseline(const slg_figure *f)
{
    size_t n = json_array_size(f->rows);
    return n > 0 && strcmp(text(f, n - 1, "study"), "baseline") == 0;
}

static void put_stage(const slg_source *s, const slg_figure *f, int32_t stage, FILE *out)
{
    static const char *const study[] = {"this study", "baseline"};
    bool positive = true;
    for (int b = 0; b < 2; b++) {
        fprintf(out, "$s%dt%d << EOD\n", b, stage);
        for (size_t k = 0; k < json_array_size(f->rows); k++) {
            if ((int32_t)number(f, k, "stage") != stage || strcmp(text(f, k, "study"), study[b]) != 0)
                continue;
            positive = positive && !(number(f, k, "objective") <= 0);
            fprintf(out, "%.0f %.10g %.10g\n", number(f, k, "number_in_stage"), number(f, k, "objective"),
                    number(f, k, "best"));
        }
        fputs("EOD\n", out);
    }
    fputs(positive ? "set logscale y\n" : "unset logscale y\n", out);
    char title[64];
    snprintf(title, sizeof title, "Convergence, stage %d", stage);
    set(out, "title", title);
    set(out, "xlabel", "trial of this stage");
    char objective[160];
    slg_objective_title(s, stage, objective, sizeof objective);
    set(out, "ylabel", objective);
    fprintf(out,
            "plot $s0t%d using 1:2 with points pt 7 ps 0.4 lc rgb '%s' title 'trial', "
            "$s0t%d using 1:3 with steps lw 2 lc rgb '%s' title 'best so far'",
            stage, colour[5], stage, colour[0]);
    if (has_baseline(f))
        fprintf(out, ", $s1t%d using 1:3 with steps lw 2 dt 2 lc rgb '%s' title 'best of the baseline'", stage,
                colour[1]);
    fputc('\n', out);
}

static void convergence(const slg_source *s, const slg_figure *f, FILE *out)
{
    int32_t last = slg_last_stage(s);
    fprintf(out, "set multiplot layout %d,1\n", last);
    for (int32_t stage = 1; stage <= last; stage++)
        put_stage(s, f, stage, out);
    fputs("unset multiplot\n", out);
}

static void path(const slg_source *s, const slg_figure *f, FILE *out)
{
    fputs("unset key\nset xtics (", out);
    for (size_t h = 0; h < s->n_hp; h++) {
        fputs(h > 0 ? ", " : "", out);
        put_string(out, s->hp[h].name);
        fprintf(out, " %zu", h);
    }
    fputs(") rotate by -40\nset rmargin 14\nset palette defined (0 '#440154', 0.25 '#3b528b', 0.5 "
          "'#21918c', "
          "0.75 '#5ec962', 1 '#fde725')\nset cblabel 'rank of the trial, 0 = best'\n"
          "set ylabel 'place in its range'\nset yrange [0:1]\n$d << EOD\n",
          out);
    for (size_t k = 0; k < json_array_size(f->rows); k++) {
        for (size_t h = 0; h < s->n_hp; h++) {
            double x = slg_source_value(s, k, h);
            if (isfinite(x) && s->trial[k].ok)
                fprintf(out, "%zu %.6f %.6f\n", h, slg_hp_unit(&s->hp[h], x), number(f, k, "rank"));
        }
        fputs("\n", out);
    }
    fputs("EOD\nplot $d using 1:2:3 with lines lw 0.7 lc palette\n", out);
}

static void effects(const slg_source *s, const slg_figure *f, FILE *out)
{
    static const char *const columns[] = {"lower", "upper", "mean", NULL};
    size_t panels = 0;
    (void)s;
    for (size_t k = 0; k < json_array_size(f->rows); k++)
        panels += is_first(f, k, "hp");
    fprintf(out, "unset key\nset multiplot layout %zu,3\nset ytics font ',9'\nset xtics font ',9'\n", (panels + 2) / 3);
    for (size_t k = 0, n = 0; k < json_array_size(f->rows); k++) {
        char title[160];
        if (!is_first(f, k, "hp"))
            continue;
        block(out, "d", n, f, k, "hp", columns);
        snprintf(title, sizeof title, "%s%s%s%s%s", text(f, k, "hp"), text(f, k, "unit")[0] ? " / " : "",
                 text(f, k, "unit"), text(f, k, "flat")[0] ? ", flat" : "",
                 text(f, k, "at_bound")[0] ? ", at bound" : "");
        set(out, "title", title);
        set(out, "ylabel", "mean objective");
        fprintf(out, "%s logscale x\n", strcmp(text(f, k, "kind"), "log") == 0 ? "set" : "unset");
        fprintf(out, "plot $d%zu using (0.5*($1+$2)):3 with linespoints pt 7 lc rgb '%s'\n", n++, colour[0]);
    }
    fputs("unset multiplot\n", out);
}

/* --- the best model --------------------------------------------------------------------------- */

static void kernel(const slg_figure *f, FILE *out)
{
    static const char *const columns[] = {"lower", "share", NULL};
    block(out, "d", 0, f, 0, NULL, columns);
    fprintf(out,
            "unset key\nset style fill solid 0.8\nset xlabel 'kernel (no unit)'\nset ylabel 'share of "
            "all values'\n"
            "set yrange [0:]\nset boxwidth 0.02\nplot $d0 using ($1+0.01):2 with boxes lc rgb '%s'\n",
            colour[0]);
}

/* One series for each group: "plot a, b, c" with the group's name as its title. */
static void series(const slg_figure *f, const char *group, const char *const *columns, const char *style,
                   const char *first, FILE *out)
{
    size_t n = 0;
    for (size_t k = 0; k < json_array_size(f->rows); k++)
        if (is_first(f, k, group))
            block(out, "d", n++, f, k, group, columns);
    fprintf(out, "plot %s", first);
    n = 0;
    for (size_t k = 0; k < json_array_size(f->rows); k++) {
        char title[128];
        if (!is_first(f, k, group))
            continue;
        if (json_is_string(cell(f, k, group)))
            snprintf(title, sizeof title, "%s", text(f, k, group));
        else
            snprintf(title, sizeof title, "R = %.2f \xc3\x85", number(f, k, group));
        fprintf(out, "%s $d%zu using %s lc rgb '%s' title ", n > 0 || first[0] ? "," : "", n, style,
                colour[n % N_COLOUR]);
        put_string(out, title);
        n++;
    }
    fputc('\n', out);
}

static void dimer(const slg_figure *f, FILE *out)
{
    static const char *const columns[] = {"r", "reference", "predicted", NULL};
    bool force = strcmp(f->kind, "dimer-force") == 0;
    block(out, "d", 0, f, 0, "pair", columns);
    fprintf(out,
            "set xlabel 'distance / \xc3\x85'\nset ylabel '%s'\n"
            "plot $d0 using 1:2 with points pt 6 lc rgb '%s' title 'reference', "
            "$d0 using 1:3 with lines lw 2 lc rgb '%s' title 'potential'\n",
            force ? "force / eV/\xc3\x85" : "energy / eV", colour[1], colour[0]);
}

static void parity(const slg_figure *f, FILE *out)
{
    static const char *const columns[] = {"reference", "predicted", NULL};
    const char *unit = strstr(f->kind, "force") ? "eV/\xc3\x85" : "eV/atom";
    fprintf(out, "set xlabel 'reference / %s'\nset ylabel 'predicted / %s'\n", unit, unit);
    series(f, "config_type", columns, "1:2 with points pt 7 ps 0.5", "x with lines lc rgb '#999999' notitle", out);
}

static void errors(const slg_figure *f, FILE *out)
{
    static const char *const columns[] = {"lower", "upper", "share", NULL};
    fprintf(out,
            "set xlabel 'predicted \xe2\x88\x92 reference / %s'\nset ylabel 'share of the values "
            "of its config_type'\n"
            "set yrange [0:]\n",
            strstr(f->kind, "force") ? "eV/\xc3\x85" : "eV/atom");
    series(f, "config_type", columns, "(0.5*($1+$2)):3 with histeps lw 2", "", out);
}

static void similarity(const slg_figure *f, FILE *out)
{
    static const char *const columns[] = {"r", "k", NULL};
    fputs("set xlabel 'distance / \xc3\x85'\nset ylabel 'kernel (no unit)'\nset yrange [0:1.05]\n", out);
    series(f, "reference_r", columns, "1:2 with linespoints pt 7 ps 0.4", "", out);
}

static void gantt(const slg_figure *f, FILE *out)
{
    static const char *const columns[] = {"start_ms", "end_ms", "lane", NULL};
    fputs("set xlabel 'time / ms'\nset ylabel 'worker'\nset ytics 1\n", out);
    series(f, "task", columns, "(0.5*($1+$2)):3:1:2:($3-0.4):($3+0.4) with boxxyerrorbars fs solid 0.8 noborder", "",
           out);
}

void slg_gnuplot_script(const slg_source *s, const slg_figure *f, const char *ending, const char *output, FILE *out)
{
    bool tall = strcmp(f->kind, "effects") == 0 || (strcmp(f->kind, "convergence") == 0 && slg_last_stage(s) > 1);
    begin(f, ending, output, tall ? 1.1 : 0.625, out);
    if (strcmp(f->kind, "convergence") == 0)
        convergence(s, f, out);
    else if (strcmp(f->kind, "path") == 0)
        path(s, f, out);
    else if (strcmp(f->kind, "effects") == 0)
        effects(s, f, out);
    else if (strcmp(f->kind, "kernel") == 0)
        kernel(f, out);
    else if (strcmp(f->kind, "similarity") == 0)
        similarity(f, out);
    else if (strncmp(f->kind, "dimer", 5) == 0)
        dimer(f, out);
    else if (strncmp(f->kind, "parity", 6) == 0)
        parity(f, out);
    else if (strncmp(f->kind, "errors", 6) == 0)
        errors(f, out);
    else
        gantt(f, out);
    fputs("unset output\n", out);
}
