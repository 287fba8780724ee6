/* Sections of the best model: kernel, dimers, parity. */
#include "src/report/html.h"

#include <string.h>

enum { MOST_POINTS = 1500 };

typedef void (*change)(json_t *spec, const void *arg);

/* A chart of one figure, or the reason why there is none. */
static slg_status put_chart(slg_page *p, const char *kind, const char *chart, size_t most, change how, const void *arg,
                            slg_error *err)
{
    slg_figure f;
    json_t *spec;
    slg_status st = slg_figure_build(slg_figure_find(kind), p->s, p->baseline, &f, err);
    if (st == SLG_OK && json_array_size(f.rows) == 0) {
        fputs("<p class=\"missing\">", p->out);
        slg_html_print(p->out, "%s: nothing to draw, %s.", f.title, f.missing);
        fputs("</p>\n", p->out);
    } else if (st == SLG_OK) {
        fprintf(p->out, "<div><h3>%s</h3>\n<p class=\"caption\">", f.title);
        slg_html_text(p->out, f.caption);
        if (most > 0 && json_array_size(f.rows) > most)
            fprintf(p->out, " The chart shows an even choice of them.");
        fputs("</p>\n", p->out);
        slg_page_data(p, kind, &f, most);
        st = slg_chart_begin(chart, &spec, err);
        if (st == SLG_OK) {
            how(spec, arg);
            slg_chart_end(p, spec, f.title);
        }
        fputs("</div>\n", p->out);
    }
    slg_figure_fini(&f);
    return st;
}

static void as_is(json_t *spec, const void *arg)
{
    (void)spec;
    (void)arg;
}

static void for_pair(json_t *spec, const void *pair)
{
    slg_chart_signal(spec, "pair", slg_text_json(pair));
}

static slg_status put_dimer_curves(slg_page *p, const char *kind, const char *pair, const char *axis, slg_error *err)
{
    json_t *spec;
    slg_status st = slg_chart_begin("dimer", &spec, err);
    if (st != SLG_OK)
        return st;
    slg_chart_from(spec, kind);
    slg_chart_axis(spec, "left", axis);
    for_pair(spec, pair);
    fputs("<div>", p->out);
    slg_chart_end(p, spec, axis);
    fputs("</div>\n", p->out);
    return SLG_OK;
}

static slg_status put_dimer(slg_page *p, const json_t *dimer, slg_error *err)
{
    const char *pair = slg_json_text(dimer, "pair");
    json_t *spec;
    fputs("<h3>Dimer ", p->out);
    slg_html_text(p->out, pair);
    fputs(": similarity, energy, force</h3>\n<div class=\"three\"><div>\n", p->out);
    slg_status st = slg_chart_begin("similarity", &spec, err);
    if (st != SLG_OK)
        return st;
    for_pair(spec, pair);
    slg_chart_end(p, spec, "Kernel between dimers at 7 distances and all others");
    fputs("</div>\n", p->out);
    if (json_object_get(dimer, "states")) {
        st = put_dimer_curves(p, "dimer-energy", pair, "energy, free atoms subtracted (eV)", err);
        if (st == SLG_OK)
            st = put_dimer_curves(p, "dimer-force", pair, "force along the bond, outward (eV/\xc3\x85)", err);
    }
    fputs("</div>\n", p->out);
    return st;
}

static slg_status put_dimers(slg_page *p, slg_error *err)
{
    static const char *const kind[] = {"similarity", "dimer-energy", "dimer-force"};
    const json_t *dimers = json_object_get(p->s->kernel, "dimers"), *o;
    slg_status st = SLG_OK;
    size_t i;
    if (json_array_size(dimers) == 0)
        return SLG_OK;
    fputs("<section id=\"dimers\"><h2>Dimers</h2>\n<p class=\"caption\">Lines: kernel between an "
          "atom of the dimer at the "
          "marked distance and of all others. Energy and force of the training structures.</p>\n",
          p->out);
    for (size_t k = 0; st == SLG_OK && k < 3; k++) {
        slg_figure f;
        st = slg_figure_build(slg_figure_find(kind[k]), p->s, NULL, &f, err);
        if (st == SLG_OK)
            slg_page_data(p, kind[k], &f, 0);
        slg_figure_fini(&f);
    }
    json_array_foreach(dimers, i, o) st = st == SLG_OK ? put_dimer(p, o, err) : st;
    fputs("</section>\n", p->out);
    return st;
}

static void parity_of(json_t *spec, const void *kind)
{
    bool force = strstr(kind, "force") != NULL;
    slg_chart_from(spec, kind);
    slg_chart_axis(spec, "bottom", force ? "reference (eV/\xc3\x85)" : "reference (eV/atom)");
    slg_chart_axis(spec, "left", force ? "predicted (eV/\xc3\x85)" : "predicted (eV/atom)");
}

static void errors_of(json_t *spec, const void *kind)
{
    bool force = strstr(kind, "force") != NULL;
    slg_chart_from(spec, kind);
    slg_chart_axis(spec, "bottom",
                   force ? "predicted \xe2\x88\x92 reference (eV/\xc3\x85)"
                         : "predicted \xe2\x88\x92 reference (eV/atom)");
}

static slg_status put_parity(slg_page *p, slg_error *err)
{
    static const char *const parity[] = {"parity-energy", "parity-force", "parity-virial"};
    static const char *const errors[] = {"errors-energy", "errors-force", "errors-virial"};
    slg_status st = SLG_OK;
    fputs("<section id=\"parity\"><h2>Predictions and their errors</h2>\n<p "
          "class=\"caption\">Energies and virials per atom, "
          "free atoms subtracted.",
          p->out);
    slg_html_text(p->out, p->s->parity.comment);
    fputs("</p>\n", p->out);
    for (size_t q = 0; st == SLG_OK && q < 3; q++) {
        fputs("<div class=\"two\">\n", p->out);
        st = put_chart(p, parity[q], "parity", MOST_POINTS, parity_of, parity[q], err);
        if (st == SLG_OK)
            st = put_chart(p, errors[q], "errors", 0, errors_of, errors[q], err);
        fputs("</div>\n", p->out);
    }
    if (p->s->structures.n_row > 0)
        slg_page_worst(p);
    fputs("</section>\n", p->out);
    return st;
}

slg_status slg_page_model(slg_page *p, slg_error *err)
{
    fputs("<section id=\"kernel\"><h2>Kernel at the best hyper-parameters</h2>\n", p->out);
    slg_status st = put_chart(p, "kernel", "kernel", 0, as_is, NULL, err);
    fputs("</section>\n", p->out);
    if (st == SLG_OK)
        st = put_dimers(p, err);
    return st == SLG_OK ? put_parity(p, err) : st;
}
