#include "src/report/source.h"
#include "runtime/base/alloc.h"
#include "runtime/base/file.h"

#include <math.h>
#include <string.h>

static slg_status read_json(const char *dir, const char *name, json_t **out, slg_error *err)
{
    char path[SLG_PATH];
    json_error_t e;
    slg_status st = slg_path_join(path, dir, name, err);
    if (st != SLG_OK || !slg_file_exists(path))
        return st;
    *out = json_load_file(path, 0, &e);
    if (!*out)
        return slg_fail(err, SLG_ERR_DAMAGE, "%s:%d:%d: not valid JSON: %s", path, e.line, e.column, e.text);
    return SLG_OK;
}

static slg_status read_table(const char *dir, const char *name, slg_csv *t, slg_error *err)
{
    char path[SLG_PATH];
    slg_status st = slg_path_join(path, dir, name, err);
    return st == SLG_OK ? slg_csv_read(path, t, err) : st;
}

static slg_status read_files(const char *dir, slg_source *s, slg_error *err)
{
    slg_status st = read_json(dir, "study.json", &s->about, err);
    if (st == SLG_OK)
        st = read_json(dir, "status.json", &s->status, err);
    if (st == SLG_OK && !s->about && !s->status)
        return slg_fail(err, SLG_ERR_USAGE,
                        "%s: this is not the directory of a study; `starling run STUDY.yaml --dir "
                        "DIR` makes one",
                        dir);
    if (st == SLG_OK)
        st = read_json(dir, "best/result.json", &s->result, err);
    if (st == SLG_OK)
        st = read_json(dir, "final/result.json", &s->final, err);
    if (st == SLG_OK && s->final &&
        !json_equal(json_object_get(s->final, "trial"), json_object_get(s->result, "trial"))) {
        json_decref(s->final);
        s->final = NULL;
    }
    if (st == SLG_OK)
        st = read_json(dir, "best/kernel.json", &s->kernel, err);
    if (st == SLG_OK)
        st = read_table(dir, "trials.csv", &s->trials, err);
    if (st == SLG_OK)
        st = read_table(dir, "times.csv", &s->times, err);
    if (st == SLG_OK)
        st = read_table(dir, "best/parity.csv", &s->parity, err);
    return st == SLG_OK ? read_table(dir, "best/structures.csv", &s->structures, err) : st;
}

static int32_t whole(const slg_csv *t, size_t row, const char *column)
{
    double x = slg_csv_number(t, row, slg_csv_column(t, column));
    return isfinite(x) && fabs(x) < 2e9 ? (int32_t)x : -1;
}

static slg_status index_trials(slg_source *s, slg_error *err)
{
    const slg_csv *t = &s->trials;
    s->trial = slg_calloc(t->n_row, sizeof *s->trial);
    if (!s->trial)
        return slg_fail_nomem(err, "trials");
    s->n_trial = t->n_row;
    for (size_t k = 0; k < t->n_row; k++) {
        const char *status = slg_csv_text(t, k, slg_csv_column(t, "status"));
        s->trial[k] = (slg_source_trial){.trial = whole(t, k, "trial"),
                                         .stage = whole(t, k, "stage"),
                                         .iteration = whole(t, k, "iteration"),
                                         .particle = whole(t, k, "particle"),
                                         .ok = strcmp(status, "ok") == 0,
                                         .status = status,
                                         .reason = slg_csv_text(t, k, slg_csv_column(t, "reason")),
                                         .objective = slg_csv_number(t, k, slg_csv_column(t, "objective")),
                                         .seconds = slg_csv_number(&s->times, k, slg_csv_column(&s->times, "seconds"))};
        s->trial[k].ok = s->trial[k].ok && isfinite(s->trial[k].objective);
    }
    return SLG_OK;
}

static void add_choice(slg_source_hp *h, double v)
{
    size_t i = h->n_choice;
    if (h->n_choice == SLG_MAX_CHOICES)
        return;
    for (; i > 0 && h->choice[i - 1] > v; i--)
        h->choice[i] = h->choice[i - 1];
    h->choice[i] = v;
    h->n_choice++;
}

static void describe_hp(const slg_source *s, slg_source_hp *h)
{
    size_t i;
    const json_t *d;
    json_array_foreach(json_object_get(s->about, "space"), i, d)
    {
        const char *name = json_string_value(json_object_get(d, "name"));
        const char *kind = json_string_value(json_object_get(d, "kind"));
        const char *unit = json_string_value(json_object_get(d, "unit"));
        if (!name || strcmp(name, h->name) != 0)
            continue;
        h->kind = kind ? kind : "";
        h->unit = unit ? unit : "";
        h->lo = json_number_value(json_object_get(d, "lo"));
        h->hi = json_number_value(json_object_get(d, "hi"));
        h->stage = (int32_t)json_integer_value(json_object_get(d, "stage"));
        size_t c;
        const json_t *v;
        h->n_choice = 0;
        json_array_foreach(json_object_get(d, "choices"), c, v)
        {
            add_choice(h, json_number_value(v));
        }
        if (h->n_choice > 0) {
            h->lo = h->choice[0];
            h->hi = h->choice[h->n_choice - 1];
        }
    }
}

/* Without study.json the range is that of the trials. */
static void measure_hp(const slg_source *s, slg_source_hp *h)
{
    h->lo = (double)INFINITY;
    h->hi = -(double)INFINITY;
    for (size_t k = 0; k < s->n_trial; k++) {
        double x = slg_csv_number(&s->trials, k, h->column);
        if (isfinite(x)) {
            h->lo = fmin(h->lo, x);
            h->hi = fmax(h->hi, x);
        }
    }
}

static slg_status index_hps(slg_source *s, slg_error *err)
{
    const slg_csv *t = &s->trials;
    const size_t skew = slg_csv_column(t, "kernel_skew"), spread = slg_csv_column(t, "objective_se");
    const size_t first = (spread < t->n_col ? spread : skew) + 1; /* with folds there is one column more */
    s->hp = slg_calloc(t->n_col, sizeof *s->hp);
    if (!s->hp)
        return slg_fail_nomem(err, "hyper-parameters");
    for (size_t c = first; c < t->n_col; c++) {
        slg_source_hp *h = &s->hp[s->n_hp++];
        *h = (slg_source_hp){.name = t->name[c], .unit = "", .kind = "", .column = c};
        describe_hp(s, h);
        if (!h->kind[0])
            measure_hp(s, h);
    }
    return SLG_OK;
}

slg_status slg_source_read(const char *dir, slg_source *s, slg_error *err)
{
    memset(s, 0, sizeof *s);
    s->dir = dir;
    slg_status st = read_files(dir, s, err);
    if (st == SLG_OK)
        st = index_trials(s, err);
    return st == SLG_OK ? index_hps(s, err) : st;
}

void slg_source_free(slg_source *s)
{
    json_decref(s->about);
    json_decref(s->status);
    json_decref(s->result);
    json_decref(s->final);
    json_decref(s->kernel);
    slg_csv_free(&s->trials);
    slg_csv_free(&s->times);
    slg_csv_free(&s->parity);
    slg_csv_free(&s->structures);
    slg_free(s->trial);
    slg_free(s->hp);
    memset(s, 0, sizeof *s);
}

double slg_source_value(const slg_source *s, size_t trial, size_t hp)
{
    return slg_csv_number(&s->trials, trial, s->hp[hp].column);
}

static bool is_log(const slg_source_hp *h)
{
    return strcmp(h->kind, "log") == 0 && h->lo > 0;
}

double slg_hp_unit(const slg_source_hp *h, double value)
{
    if (!(h->hi > h->lo))
        return 0.5;
    double u = is_log(h) ? log(value / h->lo) / log(h->hi / h->lo) : (value - h->lo) / (h->hi - h->lo);
    return fmin(1, fmax(0, u));
}

double slg_hp_at(const slg_source_hp *h, double unit)
{
    return is_log(h) ? h->lo * pow(h->hi / h->lo, unit) : h->lo + unit * (h->hi - h->lo);
}

bool slg_hp_in_stage(const slg_source_hp *h, int32_t stage)
{
    return h->stage == 0 || h->stage == stage;
}

int32_t slg_last_stage(const slg_source *s)
{
    int32_t last = 0;
    for (size_t k = 0; k < s->n_trial; k++)
        last = s->trial[k].stage > last ? s->trial[k].stage : last;
    return last;
}

size_t slg_best_trial(const slg_source *s, int32_t stage, int32_t last_iteration)
{
    size_t best = s->n_trial;
    for (size_t k = 0; k < s->n_trial; k++) {
        const slg_source_trial *t = &s->trial[k];
        if (t->ok && t->stage == stage && t->iteration <= last_iteration &&
            (best == s->n_trial || t->objective < s->trial[best].objective))
            best = k;
    }
    return best;
}

void slg_objective_title(const slg_source *s, int32_t stage, char *out, size_t size)
{
    const json_t *phases = json_object_get(json_object_get(s->about, "search"), "phases");
    const char *title = json_string_value(json_object_get(json_array_get(phases, (size_t)(stage - 1)), "title"));
    snprintf(out, size, title ? "objective: %s" : "objective", title);
}

const char *slg_unit_sign(const char *unit)
{
    if (strcmp(unit, "Angstrom") == 0)
        return "\xc3\x85";
    return strcmp(unit, "eV/Angstrom") == 0 ? "eV/\xc3\x85" : unit;
}
