/* The page: head, sections, Vega. */
#include "src/report/assets.h"
#include "src/report/html.h"
#include "src/report/report.h"

#include "runtime/base/alloc.h"
#include "runtime/base/file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ALL_TRIALS = 2000, SOME_TRIALS = 1000, MOST_FAILED = 300 };

/* Which trials the page holds: all of a search of usual size; else improvements, failures, an even choice. */
static slg_status choose_trials(slg_page *p, slg_error *err)
{
    const slg_source *s = p->s;
    size_t stride = s->n_trial > ALL_TRIALS ? (s->n_trial + SOME_TRIALS - 1) / SOME_TRIALS : 1, failed = 0;
    double best = (double)INFINITY;
    int32_t stage = 0;
    p->shown = slg_calloc(s->n_trial, 1);
    if (!p->shown)
        return slg_fail_nomem(err, "trials");
    for (size_t k = 0; k < s->n_trial; k++) {
        const slg_source_trial *t = &s->trial[k];
        best = t->stage == stage ? best : (double)INFINITY;
        stage = t->stage;
        bool better = t->ok && t->objective < best;
        best = better ? t->objective : best;
        p->shown[k] = k % stride == 0 || better || (!t->ok && failed++ < MOST_FAILED);
        p->n_shown += p->shown[k];
    }
    return SLG_OK;
}

/* --- head ------------------------------------------------------------------------------------- */

static const char *name_of(const char *dir)
{
    static char full[SLG_PATH];
    char *real = realpath(dir, NULL);
    snprintf(full, sizeof full, "%s", real ? real : dir);
    free(real);
    char *slash = strrchr(full, '/');
    return slash && slash[1] ? slash + 1 : full;
}

static void put_head(slg_page *p)
{
    FILE *out = p->out;
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src "
          "'unsafe-inline' "
          "'unsafe-eval'; style-src 'unsafe-inline'; img-src data:\">\n<link rel=\"icon\" "
          "href=\"data:,\">\n<title>",
          out);
    slg_html_text(out, name_of(p->s->dir));
    fputs(" \xe2\x80\x93 starling report</title>\n<style>\n", out);
    fputs(slg_asset_css, out);
    fputs("</style>\n</head>\n<body>\n<div id=\"vg-tooltip\" role=\"status\"></div>\n", out);
}

static void put_time(FILE *out, const char *title, double seconds)
{
    if (seconds < 60)
        fprintf(out, "<div><dt>%s</dt><dd>%.1f s</dd></div>\n", title, seconds);
    else if (isfinite(seconds))
        fprintf(out, "<div><dt>%s</dt><dd>%.0f:%02.0f:%02.0f h</dd></div>\n", title, floor(seconds / 3600),
                floor(fmod(seconds / 60, 60)), floor(fmod(seconds, 60)));
}

static void put_state(slg_page *p)
{
    FILE *out = p->out;
    const json_t *j = p->s->status, *best = json_object_get(j, "best");
    const char *state = j ? slg_json_text(j, "state") : "not yet saved";
    fputs("<header><h1>", out);
    slg_html_text(out, name_of(p->s->dir));
    fputs("</h1>\n<p>Search of the hyper-parameters of an interatomic potential: <span class=\"badge ", out);
    slg_html_text(out, state);
    fputs("\">", out);
    slg_html_text(out, state);
    fputs("</span>", out);
    slg_html_print(out, " as of %s", slg_json_text(j, "updated"));
    fputs("</p>\n<dl class=\"facts\">\n", out);
    if (isfinite(slg_json_number(best, "objective")))
        fprintf(out, "<div><dt>best objective</dt><dd>%.6g (trial %.0f)</dd></div>\n",
                slg_json_number(best, "objective"), slg_json_number(best, "trial"));
    if (j) {
        fprintf(out, "<div><dt>trials</dt><dd>%.0f, %.0f failed, %.0f repeated</dd></div>\n",
                slg_json_number(j, "trials"), slg_json_number(j, "failed"), slg_json_number(j, "cached"));
        fprintf(out, "<div><dt>progress</dt><dd>stage %.0f, iteration %.0f of %.0f</dd></div>\n",
                slg_json_number(j, "stage"), slg_json_number(j, "iteration"), slg_json_number(j, "iterations"));
        put_time(out, "elapsed", slg_json_number(j, "elapsed_s"));
        put_time(out, "remaining", strcmp(state, "running") == 0 ? slg_json_number(j, "eta_s") : (double)NAN);
        fprintf(out, "<div><dt>peak memory</dt><dd>%.0f MB, predicted %.0f MB</dd></div>\n",
                slg_json_number(j, "peak_memory_bytes") / 1e6, slg_json_number(j, "predicted_memory_bytes") / 1e6);
    }
    fputs("</dl></header>\n", out);
    fputs("<nav aria-label=\"Sections\"><ul><li><a href=\"#best\">Best</a></li><li><a "
          "href=\"#convergence\">Convergence</a></li>"
          "<li><a href=\"#path\">Path and trials</a></li><li><a href=\"#effects\">Main "
          "effects</a></li>"
          "<li><a href=\"#kernel\">Kernel</a></li><li><a href=\"#parity\">Predictions</a></li>"
          "<li><a href=\"#trace\">Workers</a></li><li><a href=\"#asked\">What was "
          "asked</a></li></ul></nav>\n",
          out);
}

/* --- page ------------------------------------------------------------------------------------- */

/* While a search runs, the figures of the best may be a save behind its result. */
static void put_trial_note(slg_page *p)
{
    double trial = slg_json_number(p->s->result, "trial"), figures = slg_json_number(p->s->kernel, "trial");
    if (isfinite(trial) && isfinite(figures) && (long long)trial != (long long)figures)
        fprintf(p->out,
                "<p class=\"missing\">Kernel, dimers and predictions below are those of trial "
                "%.0f; the files of trial %.0f, "
                "the best by now, follow at the next save.</p>\n",
                figures, trial);
}

static slg_status put_sections(slg_page *p, slg_error *err)
{
    fputs("<main>\n", p->out);
    slg_status st = slg_page_best(p, err);
    if (st == SLG_OK)
        st = slg_page_search(p, err);
    put_trial_note(p);
    if (st == SLG_OK)
        st = slg_page_model(p, err);
    if (st == SLG_OK)
        st = slg_page_trace(p, err);
    if (st == SLG_OK)
        slg_page_asked(p);
    fputs("</main>\n", p->out);
    return st;
}

static void put_end(slg_page *p)
{
    fputs("<footer><p>Every figure: <code>starling plot DIR KIND -o FILE.svg|png|pdf|csv</code>, "
          "kinds ",
          p->out);
    slg_html_text(p->out, slg_report_kinds());
    fputs(". Made by starling " SLG_VERSION ".</p></footer>\n", p->out);
    fputs("<noscript><p>The charts need JavaScript; the tables do not.</p></noscript>\n<script>\n", p->out);
    fputs(slg_asset_vega, p->out);
    fputs("</script>\n<script>\n", p->out);
    fputs(slg_asset_js, p->out);
    fputs("</script>\n</body>\n</html>\n", p->out);
}

static slg_status write_page(slg_page *p, const char *path, slg_error *err)
{
    slg_new_file f;
    slg_status st = choose_trials(p, err);
    if (st == SLG_OK)
        st = slg_output_open(&f, path, err);
    if (st != SLG_OK)
        return st;
    p->out = f.stream;
    put_head(p);
    put_state(p);
    st = put_sections(p, err);
    put_end(p);
    if (st == SLG_OK)
        return slg_new_file_commit(&f, err);
    slg_new_file_abort(&f);
    return st;
}

slg_status slg_report_write(const char *dir, const char *baseline, const char *path, slg_error *err)
{
    slg_source s, b = {0};
    if (slg_asset_vega[0] == '\0')
        return slg_fail(err, SLG_ERR_USAGE,
                        "report: this starling was built without Vega; install it (Debian: apt-get "
                        "install libjs-vega) and "
                        "build again. `starling plot' works without it");
    slg_status st = slg_source_read(dir, &s, err);
    if (st == SLG_OK && baseline)
        st = slg_source_read(baseline, &b, err);
    slg_page p = {.s = &s, .baseline = baseline ? &b : NULL};
    if (st == SLG_OK)
        st = write_page(&p, path, err);
    slg_free(p.shown);
    slg_source_free(&b);
    slg_source_free(&s);
    return st;
}
