/** The study file with what the command line changes in it. */
#include "runtime/base/alloc.h"
#include "runtime/base/file.h"
#include "runtime/base/lines.h"
#include "runtime/base/log.h"
#include "src/cli/cli.h"
#include "src/search/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** The texts that a configuration is made of, in order: record, file, options. */
typedef struct layers {
    slg_config_source source[CLI_MAX_SET + 5];
    size_t n;
    char *record, *file;
    char *option[CLI_MAX_SET + 3];
    size_t n_option;
    char name[CLI_MAX_SET][80];
    char folder[SLG_PATH];
} layers;

static void free_layers(layers *l)
{
    for (size_t i = 0; i < l->n_option; i++)
        free(l->option[i]);
    slg_free(l->record);
    slg_free(l->file);
}

/* A key a.b.c as a line for each key, each further to the right: what stands in one line is one value. */
static char *nested(const char *key, size_t n_key, const char *value)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    if (!out)
        return NULL;
    int depth = 0;
    for (const char *at = key; at < key + n_key; at++)
        if (*at == '.')
            fprintf(out, ":\n%*s", ++depth, "");
        else
            fputc(*at, out);
    fprintf(out, ": %s\n", value);
    return fclose(out) == 0 ? text : NULL;
}

/* name: how messages call it. */
static slg_status add_option(layers *l, const char *name, const char *key, size_t n_key, const char *value,
                             slg_error *err)
{
    if (memchr(key, '\n', n_key) || strchr(value, '\n'))
        return slg_fail(err, SLG_ERR_USAGE, "%s: expected a value in one line, found several lines", name);
    char *text = l->option[l->n_option] = nested(key, n_key, value);
    if (!text)
        return slg_fail_nomem(err, "options");
    l->n_option++;
    l->source[l->n++] =
        (slg_config_source){.name = name, .text = text, .n = strlen(text), .origin = SLG_FROM_USER, .option = true};
    return SLG_OK;
}

/* Messages of the option name its key: there may be several. */
static slg_status add_set(layers *l, int i, const char *option, slg_error *err)
{
    const size_t n = strcspn(option, "="), shown = strcspn(option, "=\n");
    snprintf(l->name[i], sizeof l->name[i], "--set %.*s", (int)shown, option);
    return add_option(l, l->name[i], option, n, option + n + 1, err);
}

static slg_status add_own(layers *l, const char *name, const char *key, const char *value, slg_error *err)
{
    return add_option(l, name, key, strlen(key), value, err);
}

static slg_status add_options(layers *l, const cli_args *a, slg_error *err)
{
    char number[32];
    slg_status st = SLG_OK;
    for (int i = 0; st == SLG_OK && i < a->n_set; i++)
        st = add_set(l, i, a->set[i], err);
    snprintf(number, sizeof number, "%llu", (unsigned long long)a->seed);
    if (st == SLG_OK && a->has_seed)
        st = add_own(l, "--seed", "search.seed", number, err);
    snprintf(number, sizeof number, "%d", a->workers);
    if (st == SLG_OK && a->has_workers)
        st = add_own(l, "--workers", "run.workers", number, err);
    if (st == SLG_OK && a->max_time)
        st = add_own(l, "--max-time", "run.max_time", a->max_time, err);
    return st;
}

static slg_status read_layers(layers *l, const cli_args *a, slg_error *err)
{
    size_t n;
    const char *path = a->arg[0], *slash = strrchr(path, '/');
    l->source[l->n++] = (slg_config_source){.name = "study.h5", .text = "", .origin = SLG_FROM_RECORD};
    slg_status st = slg_file_read(path, &l->file, &n, err);
    if (st != SLG_OK)
        return st;
    snprintf(l->folder, sizeof l->folder, "%.*s", slash ? (int)(slash - path) + (slash == path) : 0, path);
    l->source[l->n++] = (slg_config_source){.name = path, .text = l->file, .n = n, .origin = SLG_FROM_USER};
    return add_options(l, a, err);
}

/* Paths in a study file are relative to its folder, those of the command line to the working folder. */
static slg_status set_directory(slg_config *cfg, const char *dir, slg_error *err)
{
    char given[SLG_PATH];
    snprintf(given, sizeof given, "%s", cfg->directory);
    return dir ? slg_path_join(cfg->directory, "", dir, err) : slg_path_join(cfg->directory, cfg->folder, given, err);
}

/* first: 1 leaves the record out. */
static slg_status assemble(const layers *l, size_t first, const cli_args *a, slg_config **cfg, slg_error *err)
{
    slg_status st = slg_config_assemble(l->source + first, l->n - first, l->folder, cfg, err);
    if (st == SLG_OK)
        snprintf((*cfg)->file, sizeof(*cfg)->file, "%s", a->arg[0]);
    return st == SLG_OK ? set_directory(*cfg, a->dir, err) : st;
}

/* The record is found by the directory, which the file tells. */
static slg_status add_record(layers *l, const cli_args *a, slg_config **cfg, slg_error *err)
{
    slg_status st = slg_search_record((*cfg)->directory, &l->record, err);
    if (st != SLG_OK || !l->record)
        return st;
    l->source[0].text = l->record;
    l->source[0].n = strlen(l->record);
    slg_config_free(cfg);
    return assemble(l, 0, a, cfg, err);
}

static void show_warnings(const slg_config *cfg)
{
    slg_line line;
    for (const char *text = slg_config_warnings(cfg); slg_next_line(&text, &line);)
        slg_log(SLG_WARNING, "%.*s", line.n, line.p);
}

slg_status cli_load_study(const cli_args *a, bool resume, slg_config **cfg, slg_error *err)
{
    layers l = {.n = 0};
    *cfg = NULL;
    slg_status st = read_layers(&l, a, err);
    if (st == SLG_OK)
        st = assemble(&l, 1, a, cfg, err);
    if (st == SLG_OK && resume)
        st = add_record(&l, a, cfg, err);
    if (st == SLG_OK && a->hp)
        st = slg_config_load_hp(a->hp, *cfg, err);
    if (st == SLG_OK)
        show_warnings(*cfg);
    else
        slg_config_free(cfg);
    free_layers(&l);
    return st;
}
