/** `starling fit`: one potential at given hyper-parameters. */
#include "runtime/base/alloc.h"
#include "runtime/base/file.h"
#include "src/cli/cli.h"
#include "src/results/results.h"
#include "src/workflows/engine.h"
#include "src/workflows/workflow.h"

#include <stdio.h>
#include <string.h>

typedef struct fit_run {
    slg_config *cfg;
    slg_problem *problem;
    slg_short_engine engine;
    slg_hp_set hp;
    slg_outcome outcome;
    slg_errors *errors; /* by config_type of the validation side */
    slg_errors *training, *test;
    slg_folds *folds;
    slg_potential *pot;
} fit_run;

/** Fails with the names of the HPs that are still to be searched. */
static slg_status require_fixed(const char *file, const slg_space *space, slg_error *err)
{
    char names[2048];
    size_t used = 0;
    if (space->n_dim == 0)
        return SLG_OK;
    for (size_t i = 0; i < space->n_dim && used < sizeof names; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "", space->dim[i].name);
    return slg_fail(err, SLG_ERR_CONFIG,
                    "%s: expected one value for every hyper-parameter, found ranges for: %s; fix "
                    "them there or with --hp FILE",
                    file, names);
}

static slg_status values(const cli_args *a, fit_run *f, slg_error *err)
{
    slg_space *space = slg_calloc(1, sizeof *space);
    const slg_problem *p = f->problem;
    if (!space)
        return slg_fail_nomem(err, "search space");
    const unsigned solved = 1u << SLG_PHASE_RATIOS;
    slg_status st = slg_config_space(f->cfg, p->n_species, p->z, SLG_ALL_PHASES & ~solved, space, err);
    if (st == SLG_OK)
        st = require_fixed(a->arg[0], space, err);
    if (st == SLG_OK) /* the middle of the ranges that are solved */
        st = slg_problem_middle(p, &f->hp, err);
    slg_free(space);
    return st;
}

static slg_status fit(fit_run *f, slg_error *err)
{
    f->errors = slg_calloc(f->problem->validation_set->n_group, sizeof *f->errors);
    if (!f->errors)
        return slg_fail_nomem(err, "errors by config_type");
    slg_status st = slg_short_engine_start(&f->engine, f->cfg->workers, false, err);
    if (st == SLG_OK)
        st = slg_fit_once(f->problem, f->engine.rt, &f->hp, &f->outcome, f->errors, &f->pot, &f->folds, err);
    if (st == SLG_OK)
        st = slg_fit_others(f->problem, f->engine.rt, f->pot, &f->training, &f->test, err);
    return st;
}

static slg_status report(const cli_args *a, const fit_run *f, slg_error *err)
{
    const char *dir = a->dir ? a->dir : ".";
    char xml[SLG_PATH];
    slg_status st = slg_make_folder(dir, err);
    if (st == SLG_OK)
        st = slg_potential_write(f->pot, dir, "potential", err);
    if (st == SLG_OK)
        st = slg_path_join(xml, dir, "potential.xml", err);
    if (st != SLG_OK)
        return st;
    const slg_result r = {.hp = &f->hp,
                          .objective = f->outcome.objective,
                          .validation = f->errors,
                          .training = f->training,
                          .test = f->test,
                          .folds = f->folds,
                          .potential = xml};
    json_t *result = slg_result_json(f->problem, &r);
    if (!result)
        return slg_fail_nomem(err, "JSON output");
    st = slg_write_json(json_incref(result), 17, dir, "result.json", err);
    if (st == SLG_OK && a->json)
        return cli_print_json(result, err);
    if (st == SLG_OK)
        cli_show_result(result);
    json_decref(result);
    return st;
}

/* A study file may have its directory, but one that is given for this fit would be without effect. */
static slg_status refuse_directory(const cli_args *a, slg_error *err)
{
    static const char key[] = "run.directory";
    for (int i = 0; i < a->n_set; i++)
        if (strcspn(a->set[i], " =") == strlen(key) && strncmp(a->set[i], key, strlen(key)) == 0)
            return slg_fail(
                err, SLG_ERR_USAGE,
                "--set run.directory: expected --dir: fit writes its files there, found the folder of a search; give "
                "--dir%s",
                strchr(a->set[i], '='));
    return SLG_OK;
}

static slg_status run(const cli_args *a, slg_error *err)
{
    fit_run f = {0};
    cli_args load = *a;
    load.dir = NULL; /* of the potential, not of a study */
    slg_status st = refuse_directory(a, err);
    if (st == SLG_OK)
        st = cli_load_study(&load, false, &f.cfg, err);
    if (st == SLG_OK)
        st = slg_problem_create(f.cfg, &f.problem, err);
    if (st == SLG_OK)
        st = values(a, &f, err);
    if (st == SLG_OK)
        st = fit(&f, err);
    if (st == SLG_OK)
        st = report(a, &f, err);
    slg_potential_free(&f.pot);
    slg_folds_free(&f.folds);
    slg_free(f.errors);
    slg_free(f.training);
    slg_free(f.test);
    slg_short_engine_stop(&f.engine);
    slg_problem_free(&f.problem);
    slg_config_free(&f.cfg);
    return st;
}

static const struct argp_option options[] = {
    CLI_OPT_HP,
    {"dir", 'd', "DIR", 0, "where to write potential.xml, potential.gap and result.json (default: here)", 0},
    CLI_OPT_SET,
    CLI_OPT_SEED,
    CLI_OPT_WORKERS,
    CLI_OPT_JSON,
    CLI_OPT_END};
const cli_command slg_cmd_fit = {
    "fit",
    "STUDY.yaml",
    "Fit one potential at fixed hyper-parameters and validate it.",
    "Every hyper-parameter must have one value, in the study file, in the --hp file (which "
    "wins over the study file) or by --set (which wins over both). Files are written to --dir, whatever run.directory "
    "is.",
    options,
    run};
