/** The study file with what the command line changes in it. */
#include "src/cli/cli.h"

#include <stdio.h>

/* Paths in a study file are relative to its folder, those of the command line to the working folder. */
static slg_status set_directory(slg_config *cfg, const char *dir, slg_error *err)
{
    char given[SLG_PATH];
    snprintf(given, sizeof given, "%s", cfg->directory);
    return dir ? slg_path_join(cfg->directory, "", dir, err) : slg_path_join(cfg->directory, cfg->folder, given, err);
}

slg_status cli_load_study(const cli_args *a, slg_config **cfg, slg_error *err)
{
    slg_status st = slg_config_load(a->arg[0], cfg, err);
    if (st == SLG_OK && a->hp)
        st = slg_config_load_hp(a->hp, *cfg, err);
    if (st == SLG_OK)
        st = set_directory(*cfg, a->dir, err);
    if (st != SLG_OK) {
        slg_config_free(cfg);
        return st;
    }
    if (a->has_seed)
        (*cfg)->seed = a->seed;
    if (a->has_workers)
        (*cfg)->workers = a->workers;
    return SLG_OK;
}
