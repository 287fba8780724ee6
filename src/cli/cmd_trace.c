/** `starling trace`: what the worker threads of a study did. */
#include "runtime/base/file.h"
#include "runtime/trace/summary.h"
#include "src/cli/cli.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

typedef slg_status (*exporter)(const char *dir, slg_trace_range range, FILE *out, slg_error *err);

static const struct {
    const char *name;
    exporter write;
} formats[] = {{"chrome", slg_trace_chrome}, {"paje", slg_trace_paje}, {"csv", slg_trace_csv}, {"dot", slg_trace_dot}};

static exporter exporter_of(const char *name, slg_error *err)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (strcmp(formats[i].name, name) == 0)
            return formats[i].write;
    (void)slg_fail(err, SLG_ERR_USAGE, "--format: expected chrome, paje, csv or dot, found '%s'", name);
    return NULL;
}

/* "a:b" with both ends, one of them, or one number. */
static slg_status read_range(const cli_args *a, slg_trace_range *r, slg_error *err)
{
    *r = (slg_trace_range){a->stage, -1, INT32_MAX};
    const char *s = a->iterations;
    int first = 0, last = INT32_MAX, used = 0;
    if (!s)
        return SLG_OK;
    const char *colon = strchr(s, ':');
    bool good = !colon ? sscanf(s, "%9d%n", &first, &used) == 1 : colon == s || sscanf(s, "%9d%n", &first, &used) == 1;
    good = good && s + used == (colon ? colon : s + strlen(s));
    if (good && colon && colon[1]) {
        good = sscanf(colon + 1, "%9d%n", &last, &used) == 1 && colon[1 + used] == '\0';
    } else if (!colon) {
        last = first;
    }
    if (!good || first < 0 || last < first)
        return slg_fail(err, SLG_ERR_USAGE, "--iterations: expected two numbers such as 10:19, or one, found '%s'", s);
    r->first = first;
    r->last = last;
    return SLG_OK;
}

static slg_status show_summary(const cli_args *a, slg_trace_range range, slg_error *err)
{
    slg_trace_summary s;
    slg_status st = slg_trace_summarise(a->arg[0], range, &s, err);
    if (st != SLG_OK)
        return st;
    if (a->json)
        st = cli_print_json(slg_trace_summary_json(&s), err);
    else
        slg_trace_summary_print(&s, stdout);
    slg_trace_summary_free(&s);
    return st;
}

static slg_status export_to_file(const cli_args *a, exporter write, slg_trace_range range, slg_error *err)
{
    slg_new_file f;
    slg_status st = slg_output_open(&f, a->output, err);
    if (st != SLG_OK)
        return st;
    st = write(a->arg[0], range, f.stream, err);
    if (st == SLG_OK)
        return slg_new_file_commit(&f, err);
    slg_new_file_abort(&f);
    return st;
}

/* Is it a stage of the study, if that says how many it has? */
static slg_status check_stage(const cli_args *a, slg_error *err)
{
    char path[SLG_PATH];
    json_t *about = NULL;
    slg_status st = slg_path_join(path, a->arg[0], "study.json", err);
    if (st != SLG_OK || !a->has_stage || !slg_file_exists(path))
        return st;
    st = cli_read_json(path, "", &about, err);
    const size_t n = json_array_size(json_object_get(json_object_get(about, "search"), "phases"));
    if (st == SLG_OK && n > 0 && (a->stage < 1 || (size_t)a->stage > n))
        st = slg_fail(err, SLG_ERR_USAGE,
                      n > 1 ? "--stage: expected 1 to %zu, the stages of %s, found %d; leave it out for all"
                            : "--stage: expected %zu, the only stage of %s, found %d; leave it out",
                      n, a->arg[0], a->stage);
    json_decref(about);
    return st;
}

static slg_status run(const cli_args *a, slg_error *err)
{
    slg_trace_range range;
    slg_status st = read_range(a, &range, err);
    if (st == SLG_OK)
        st = check_stage(a, err);
    if (st != SLG_OK)
        return st;
    if (!a->format)
        return show_summary(a, range, err);
    if (a->summary || a->json)
        return slg_fail(err, SLG_ERR_USAGE, "trace: expected either --format or --summary, found both");
    exporter write = exporter_of(a->format, err);
    if (!write)
        return SLG_ERR_USAGE;
    return a->output ? export_to_file(a, write, range, err) : write(a->arg[0], range, stdout, err);
}

static const struct argp_option options[] = {
    {"format", CLI_FORMAT, "F", 0, "write the tasks as chrome, paje, csv or dot", 0},
    {"output", 'o', "FILE", 0, "write to a file instead of standard output", 0},
    {"iterations", CLI_ITERATIONS, "A:B", 0, "only iterations A to B (default: all)", 0},
    {"stage", CLI_STAGE, "N", 0, "only stage N of the study (default: all)", 0},
    {"summary", CLI_SUMMARY, NULL, 0, "table of where the time went (the default)", 0},
    CLI_OPT_JSON,
    CLI_OPT_END};
const cli_command slg_cmd_trace = {
    "trace",
    "DIR",
    "Show what the workers did and where the time went.",
    "Formats: chrome is JSON for https://ui.perfetto.dev, paje is for ViTE, csv has one line a task, dot draws the "
    "tasks "
    "of the last chosen iteration with Graphviz. Which iterations are there is set by trace.keep of the study file.",
    options,
    run};
