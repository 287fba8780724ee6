/** `starling status`: state of a study, running or not, from its status.json. */
#include "runtime/base/file.h"
#include "src/cli/cli.h"

#include <stdio.h>

static const char *text(const json_t *j, const char *key)
{
    const char *s = json_string_value(json_object_get(j, key));
    return s ? s : "?";
}

static long long whole(const json_t *j, const char *key)
{
    return (long long)json_number_value(json_object_get(j, key));
}

static double number(const json_t *j, const char *key)
{
    return json_number_value(json_object_get(j, key));
}

static void show_duration(const char *title, const json_t *seconds)
{
    long long s = (long long)json_number_value(seconds);
    if (json_is_number(seconds))
        printf("%-12s %lld:%02lld:%02lld\n", title, s / 3600, s / 60 % 60, s % 60);
}

static void show(const json_t *j)
{
    const json_t *best = json_object_get(j, "best");
    printf("%-12s %s\n", "state", text(j, "state"));
    printf("%-12s stage %lld, iteration %lld of %lld, %lld particles\n", "search", whole(j, "stage"),
           whole(j, "iteration"), whole(j, "iterations"), whole(j, "particles"));
    printf("%-12s %lld, %lld failed, %lld repeated, %.3g s each\n", "trials", whole(j, "trials"), whole(j, "failed"),
           whole(j, "cached"), number(j, "seconds_per_trial"));
    if (json_is_number(json_object_get(best, "objective")))
        printf("%-12s %.8g (trial %lld)\n", "best", number(best, "objective"), whole(best, "trial"));
    else
        printf("%-12s none yet\n", "best");
    show_duration("elapsed", json_object_get(j, "elapsed_s"));
    show_duration("remaining", json_object_get(j, "eta_s"));
    printf("%-12s %.0f MB at most, %.0f MB predicted\n", "memory", number(j, "peak_memory_bytes") / 1e6,
           number(j, "predicted_memory_bytes") / 1e6);
    printf("%-12s %lld workers, scheduler %s, process %lld\n", "machine", whole(j, "workers"), text(j, "scheduler"),
           whole(j, "pid"));
    printf("%-12s %s\n", "updated", text(j, "updated"));
}

static slg_status run(const cli_args *a, slg_error *err)
{
    char path[SLG_PATH];
    json_t *j = NULL;
    if (a->watch)
        return cli_watch(a->arg[0], err);
    slg_status st = slg_path_join(path, a->arg[0], "status.json", err);
    if (st == SLG_OK)
        st = cli_read_json(path, "this is not the directory of a study; `starling run STUDY.yaml --dir DIR` makes one",
                           &j, err);
    if (st != SLG_OK)
        return st;
    if (a->json)
        return cli_print_json(j, err);
    show(j);
    (void)cli_show_gone(j);
    json_decref(j);
    return SLG_OK;
}

static const struct argp_option options[] = {
    CLI_OPT_JSON, {"watch", CLI_WATCH, NULL, 0, "show it again and again until the search ends", 0}, CLI_OPT_END};
const cli_command slg_cmd_status = {"status", "DIR", "Show how far a study is.", NULL, options, run};
