/* Section: what was asked, and what ran it. */
#include "src/report/html.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

static void fact(FILE *out, const char *title, const char *value)
{
    fputs("<div><dt>", out);
    slg_html_text(out, title);
    fputs("</dt><dd>", out);
    slg_html_text(out, value);
    fputs("</dd></div>\n", out);
}

static void fact_print(FILE *out, const char *title, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void fact_print(FILE *out, const char *title, const char *format, ...)
{
    char text[512];
    va_list a;
    va_start(a, format);
    vsnprintf(text, sizeof text, format, a);
    va_end(a);
    fact(out, title, text);
}

static void put_amount(FILE *out, const json_t *side)
{
    static const char *const key[] = {"structures", "atoms", "energies", "force_components", "virial_components"};
    for (size_t i = 0; i < sizeof key / sizeof key[0]; i++)
        fprintf(out, "<td>%.0f</td>", slg_json_number(side, key[i]));
}

/* Names of files: a list, or one text as older programs wrote. */
static void put_names(FILE *out, const json_t *names)
{
    size_t i;
    const json_t *name;
    if (json_is_string(names))
        slg_html_text(out, json_string_value(names));
    json_array_foreach(names, i, name)
    {
        fputs(i > 0 ? ", " : "", out);
        slg_html_text(out, json_string_value(name));
    }
}

static void put_validation(FILE *out, const json_t *data)
{
    const char *mode = slg_json_text(data, "validation_mode");
    if (strcmp(mode, "file") == 0)
        put_names(out, json_object_get(data, "validation"));
    else if (strcmp(mode, "fraction") == 0)
        fprintf(out, "%.3g of each config_type", slg_json_number(data, "fraction"));
    else if (strcmp(mode, "folds") == 0)
        fprintf(out, "cross-validation in %.0f folds", slg_json_number(data, "folds"));
    else
        fputs("the training structures", out);
}

static void put_data_head(FILE *out, const json_t *data, bool test)
{
    fputs("<h3>Data by config_type</h3>\n<p class=\"caption\">Training files <code>", out);
    put_names(out, json_object_get(data, "train"));
    fputs("</code>; validation: ", out);
    put_validation(out, data);
    if (test) {
        fputs("; test: ", out);
        put_names(out, json_object_get(data, "test"));
    }
    fputs(".</p>\n<div class=\"scroll\"><table><thead><tr><th rowspan=2>config_type</th><th "
          "colspan=5>training</th><th colspan=5>validation</th>",
          out);
    fputs(test ? "<th colspan=5>test</th></tr><tr>" : "</tr><tr>", out);
    for (int side = 0; side < 2 + test; side++)
        fputs("<th>structures</th><th>atoms</th><th>energies</th><th>forces (xyz)</th><th>virials "
              "(6)</th>",
              out);
    fputs("</tr></thead><tbody>\n", out);
}

static void put_data(FILE *out, const json_t *data)
{
    size_t i;
    const json_t *t;
    const bool test = json_array_size(json_object_get(data, "test")) > 0;
    put_data_head(out, data, test);
    json_array_foreach(json_object_get(data, "types"), i, t)
    {
        fputs("<tr><td class=\"text\">", out);
        slg_html_text(out, slg_json_text(t, "config_type"));
        fputs("</td>", out);
        put_amount(out, json_object_get(t, "train"));
        put_amount(out, json_object_get(t, "validation"));
        if (test)
            put_amount(out, json_object_get(t, "test"));
        fputs("</tr>\n", out);
    }
    fputs("</tbody></table></div>\n", out);
}

static void put_space(FILE *out, const json_t *about)
{
    size_t i;
    const json_t *d;
    fputs("<h3>Search space</h3>\n<div "
          "class=\"scroll\"><table><thead><tr><th>hyper-parameter</th><th>kind</th><th>from</th>"
          "<th>to</th><th class=\"text\">unit</th><th>stage</th></tr></thead><tbody>\n",
          out);
    json_array_foreach(json_object_get(about, "space"), i, d)
    {
        fputs("<tr><td class=\"text\">", out);
        slg_html_text(out, slg_json_text(d, "name"));
        fprintf(out, "</td><td>%s</td><td>%.5g</td><td>%.5g</td><td class=\"text\">", slg_json_text(d, "kind"),
                slg_json_number(d, "lo"), slg_json_number(d, "hi"));
        slg_html_text(out, slg_unit_sign(slg_json_text(d, "unit")));
        int stage = (int)json_integer_value(json_object_get(d, "stage"));
        fprintf(out, "</td><td>%s</td></tr>\n", stage == 0 ? "all" : stage == 1 ? "1" : "2");
    }
    fputs("</tbody></table></div>\n<p class=\"caption\">Fixed: ", out);
    const char *name;
    const char *between = "";
    json_object_foreach(json_object_get(about, "fixed"), name, d)
    {
        slg_html_print(out, "%s%s = %.6g", between, name, json_number_value(d));
        between = ", ";
    }
    fputs(".</p>\n", out);
}

/* "name (key value, key value)" */
static void put_choice(FILE *out, const char *title, const json_t *q, const char *key)
{
    char settings[64], text[512];
    const char *name;
    const json_t *v;
    snprintf(settings, sizeof settings, "%s_settings", key);
    size_t used = (size_t)snprintf(text, sizeof text, "%s", slg_json_text(q, key));
    const char *between = " (";
    json_object_foreach(json_object_get(q, settings), name, v)
    {
        if (used + 80 > sizeof text)
            break;
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%.40s ", between, name);
        if (json_is_string(v))
            used += (size_t)snprintf(text + used, sizeof text - used, "%.24s", json_string_value(v));
        else
            used += (size_t)snprintf(text + used, sizeof text - used, "%.4g", json_number_value(v));
        between = ", ";
    }
    snprintf(text + used, sizeof text - used, "%s", *between == ',' ? ")" : "");
    fact(out, title, text);
}

static void put_phase(FILE *out, const json_t *phase)
{
    char title[64];
    snprintf(title, sizeof title, "stage %.0f", slg_json_number(phase, "stage"));
    fact_print(out, title, "%.40s: %.0f particles × %.0f iterations, by %.40s", slg_json_text(phase, "name"),
               slg_json_number(phase, "particles"), slg_json_number(phase, "iterations"),
               slg_json_text(phase, "objective"));
}

static void put_search(FILE *out, const json_t *q)
{
    const double strategy = slg_json_number(q, "strategy");
    size_t i;
    const json_t *phase;
    if (!json_object_get(q, "phases")) {
        fact(out, "search", "recorded by an older version of the program; see config.yaml");
        return;
    }
    fact_print(out, "strategy", "%.0f%s", strategy,
               strategy > 2   ? " (all at once, delta and the sigmas solved inside each trial)"
               : strategy > 1 ? " (kernel first, then the fit)"
                              : " (all at once)");
    json_array_foreach(json_object_get(q, "phases"), i, phase) put_phase(out, phase);
    put_choice(out, "optimiser", q, "optimiser");
    put_choice(out, "objective", q, "objective");
    fact(out, "seed", slg_json_text(q, "seed"));
}

void slg_page_asked(slg_page *p)
{
    FILE *out = p->out;
    const json_t *about = p->s->about, *m = json_object_get(about, "machine"), *v;
    const char *name;
    fputs("<section id=\"asked\"><h2>What was asked</h2>\n", out);
    if (!about) {
        fputs("<p class=\"missing\">study.json is not there: this search was started by an older "
              "program.</p></section>\n",
              out);
        return;
    }
    fputs("<dl class=\"facts\">\n", out);
    put_search(out, json_object_get(about, "search"));
    fputs("</dl>\n", out);
    put_data(out, json_object_get(about, "data"));
    put_space(out, about);
    fputs("<h3>Machine and versions</h3>\n<dl class=\"facts\">\n", out);
    fact_print(out, "machine of the last start", "%s, %s", slg_json_text(m, "host"), slg_json_text(m, "processor"));
    fact_print(out, "workers", "%.0f of %.0f cores, scheduler %s", slg_json_number(m, "workers"),
               slg_json_number(m, "cores"), slg_json_text(m, "scheduler"));
    fact_print(out, "memory", "%.1f GB", slg_json_number(m, "memory_bytes") / 1e9);
    json_object_foreach(json_object_get(about, "versions"), name, v)
        fact(out, name, json_string_value(v) ? json_string_value(v) : "");
    fputs("</dl></section>\n", out);
}
