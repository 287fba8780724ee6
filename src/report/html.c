#include "src/report/html.h"
#include "src/report/assets.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* --- text ------------------------------------------------------------------------------------- */

static void put_escaped(FILE *out, unsigned char c)
{
    switch (c) {
    case '&': fputs("&amp;", out); break;
    case '<': fputs("&lt;", out); break;
    case '>': fputs("&gt;", out); break;
    case '"': fputs("&quot;", out); break;
    case '\'': fputs("&#39;", out); break;
    default: fputc(c < ' ' && c != '\n' && c != '\t' ? '?' : c, out);
    }
}

void slg_html_text(FILE *out, const char *text)
{
    json_t *valid = slg_text_json(text); /* jansson knows what UTF-8 is */
    for (const char *c = valid ? json_string_value(valid) : ""; *c; c++)
        put_escaped(out, (unsigned char)*c);
    json_decref(valid);
}

void slg_html_print(FILE *out, const char *format, ...)
{
    char text[1024];
    va_list a;
    va_start(a, format);
    vsnprintf(text, sizeof text, format, a);
    va_end(a);
    slg_html_text(out, text);
}

void slg_html_number(FILE *out, double x)
{
    if (isfinite(x))
        fprintf(out, "%.5g", x);
    else
        fputs("\xe2\x80\x93", out);
}

const char *slg_json_text(const json_t *o, const char *key)
{
    const char *text = json_string_value(json_object_get(o, key));
    return text ? text : "";
}

double slg_json_number(const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);
    return json_is_number(v) ? json_number_value(v) : (double)NAN;
}

/* --- data ------------------------------------------------------------------------------------- */

void slg_html_json(FILE *out, const char *id, const json_t *o)
{
    char *text = json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(6));
    fprintf(out, "<script type=\"application/json\" id=\"%s\">", id);
    for (const char *c = text ? text : "null"; *c; c++) {
        if (*c == '<')
            fputs("\\u003c", out);
        else
            fputc(*c, out);
    }
    fputs("</script>\n", out);
    free(text);
}

void slg_page_data(slg_page *p, const char *name, const slg_figure *f, size_t most)
{
    char id[64];
    size_t n = json_array_size(f->rows), stride = most > 0 && n > most ? (n + most - 1) / most : 1;
    json_t *rows = json_array();
    for (size_t k = 0; k < n; k += stride)
        json_array_append(rows, json_array_get(f->rows, k));
    json_t *o = json_pack("{s:O, s:o}", "columns", f->columns, "rows", rows);
    snprintf(id, sizeof id, "data-%s", name);
    slg_html_json(p->out, id, o);
    json_decref(o);
}

/* --- charts ----------------------------------------------------------------------------------- */

static const struct {
    const char *name, *text;
} charts[] = {{"convergence", slg_asset_convergence},
              {"path", slg_asset_path},
              {"effects", slg_asset_effects},
              {"kernel", slg_asset_kernel},
              {"similarity", slg_asset_similarity},
              {"dimer", slg_asset_dimer},
              {"parity", slg_asset_parity},
              {"errors", slg_asset_errors},
              {"gantt", slg_asset_gantt}};

slg_status slg_chart_begin(const char *name, json_t **spec, slg_error *err)
{
    *spec = NULL;
    for (size_t i = 0; i < sizeof charts / sizeof charts[0]; i++)
        if (strcmp(charts[i].name, name) == 0)
            *spec = json_loads(charts[i].text, 0, NULL);
    return *spec ? SLG_OK : slg_fail_nomem(err, "chart");
}

/* The element of an array of objects whose member `key` is `value`. */
static json_t *find(json_t *array, const char *key, const char *value)
{
    size_t i;
    json_t *o;
    json_array_foreach(array, i, o) if (strcmp(slg_json_text(o, key), value) == 0) return o;
    return NULL;
}

void slg_chart_signal(json_t *spec, const char *signal, json_t *value)
{
    json_object_set_new(find(json_object_get(spec, "signals"), "name", signal), "value", value);
}

void slg_chart_from(json_t *spec, const char *table)
{
    json_object_set_new(json_array_get(json_object_get(spec, "data"), 0), "from", json_string(table));
}

void slg_chart_scale(json_t *spec, const char *scale, const char *type)
{
    json_t *o = find(json_object_get(spec, "scales"), "name", scale);
    json_object_set_new(o, "type", json_string(type));
    if (strcmp(type, "log") == 0) { /* whole decades would leave most of the height empty */
        json_object_del(o, "zero");
        json_object_set_new(o, "nice", json_false());
    }
}

void slg_chart_axis(json_t *spec, const char *orient, const char *title)
{
    json_object_set_new(find(json_object_get(spec, "axes"), "orient", orient), "title", slg_text_json(title));
}

void slg_chart_end(slg_page *p, json_t *spec, const char *label)
{
    char id[32];
    const json_t *padding = json_object_get(spec, "padding");
    snprintf(id, sizeof id, "chart-%d", ++p->n_chart);
    json_object_set_new(spec, "description", slg_text_json(label));
    slg_html_json(p->out, id, spec);
    fprintf(p->out, "<div class=\"chart\" data-spec=\"%s\"", id);
    if (json_is_object(padding))
        fprintf(p->out, " data-inner=\"%.0f\"", slg_json_number(padding, "left") + slg_json_number(padding, "right"));
    fputs("></div>\n", p->out);
    json_decref(spec);
}
