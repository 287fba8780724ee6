#include "src/report/figure.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const slg_figure_kind slg_figure_kinds[] = {{"convergence", "Convergence of the search", slg_build_convergence},
                                            {"path", "Path of the search", slg_build_path},
                                            {"effects", "Main effects of the hyper-parameters", slg_build_effects},
                                            {"kernel", "Distribution of the kernel", slg_build_kernel},
                                            {"similarity", "Similarity of dimers", slg_build_similarity},
                                            {"dimer-energy", "Energy of the dimer", slg_build_dimer},
                                            {"dimer-force", "Force of the dimer", slg_build_dimer},
                                            {"parity-energy", "Energies", slg_build_parity},
                                            {"parity-force", "Forces", slg_build_parity},
                                            {"parity-virial", "Virials", slg_build_parity},
                                            {"errors-energy", "Errors of energies", slg_build_errors},
                                            {"errors-force", "Errors of forces", slg_build_errors},
                                            {"errors-virial", "Errors of virials", slg_build_errors},
                                            {"gantt", "Workers during one iteration", slg_build_gantt},
                                            {NULL, NULL, NULL}};

const slg_figure_kind *slg_figure_find(const char *name)
{
    for (const slg_figure_kind *k = slg_figure_kinds; k->name; k++)
        if (strcmp(k->name, name) == 0)
            return k;
    return NULL;
}

slg_status slg_figure_build(const slg_figure_kind *k, const slg_source *s, const slg_source *baseline, slg_figure *f,
                            slg_error *err)
{
    *f = (slg_figure){.kind = k->name, .title = k->title, .columns = json_array(), .rows = json_array()};
    if (!f->columns || !f->rows)
        return slg_fail_nomem(err, "figure");
    return k->build(s, baseline, f, err);
}

void slg_figure_fini(slg_figure *f)
{
    json_decref(f->columns);
    json_decref(f->rows);
    f->columns = f->rows = NULL;
}

json_t *slg_number_json(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

json_t *slg_text_json(const char *text)
{
    char copy[512];
    json_t *o = json_string(text);
    if (o)
        return o;
    snprintf(copy, sizeof copy, "%s", text);
    for (char *c = copy; *c; c++)
        *c = (unsigned char)*c < 0x80 ? *c : '?';
    return json_string(copy);
}

void slg_figure_columns(slg_figure *f, const char *names)
{
    while (*names) {
        size_t n = strcspn(names, ",");
        json_array_append_new(f->columns, json_stringn(names, n));
        names += n + (names[n] == ',');
    }
}

void slg_figure_row(slg_figure *f, const char *format, ...)
{
    json_t *row = json_array();
    va_list a;
    va_start(a, format);
    for (; *format; format++) {
        if (*format == 's')
            json_array_append_new(row, slg_text_json(va_arg(a, const char *)));
        else if (*format == 'd')
            json_array_append_new(row, json_integer(va_arg(a, int)));
        else if (*format == 'z')
            json_array_append_new(row, json_integer((json_int_t)va_arg(a, size_t)));
        else
            json_array_append_new(row, slg_number_json(va_arg(a, double)));
    }
    va_end(a);
    json_array_append_new(f->rows, row);
}
