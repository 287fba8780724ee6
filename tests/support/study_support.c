#include "tests/support/study_support.h"
#include "runtime/base/alloc.h"
#include "runtime/base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char study_dimer[] =
    "data: {train: C2_dimer.xyz, validation: same, e0: {C: -1027.252967865}}\n"
    "descriptor: {basis: poly3gauss, alpha_max: 3, l_max: 3, rcut_hard: 5.0, rcut_soft: 4.5,\n"
    "  atom_sigma_r: 0.4, atom_sigma_t: 0.8, zeta: 4}\n"
    "fit: {use: [energy, forces], n_sparse: 20, delta: 2, sigma_energy: 0.002, sigma_force: 0.02}\n"
    "objective: {kind: rmse, energy_weight: 1, force_weight: 0.03333}\n"
    "search: {strategy: 1, particles: 4, iterations: 2, seed: 5}\n";

const char study_silicon[] =
    "data: {train: Si_bulk.xyz, validation: Si_bulk_test.xyz, virial_key: virial, e0: isolated}\n"
    "descriptor: {basis: poly3gauss, alpha_max: 4, l_max: 3, rcut_hard: 5.0, rcut_soft: 4.5,\n"
    "  atom_sigma_r: 0.4, atom_sigma_t: 0.6, zeta: 4}\n"
    "fit: {use: [energy, forces, virial], n_sparse: 60, delta: 2, sigma_energy: 0.002, sigma_force: 0.05,\n"
    "  sigma_virial: 0.05}\n"
    "objective: {kind: rmse, energy_weight: 1, force_weight: 0.03333, virial_weight: 0.1}\n"
    "search: {strategy: 1, particles: 4, iterations: 2, seed: 5}\n";

const char study_molecules[] =
    "data: {train: CHO_molecules.xyz, validation: CHO_molecules_test.xyz, e0: isolated}\n"
    "descriptor: {basis: poly3gauss, compress_mode: trivial, alpha_max: 2, l_max: 2, rcut_hard: 4.0, rcut_soft: 3.5,\n"
    "  atom_sigma_r: 0.4, atom_sigma_t: 0.6, zeta: 4}\n"
    "fit: {use: [energy, forces], n_sparse: {H: 30, C: 20, O: 10}, delta: 2, sigma_energy: 0.002, sigma_force: 0.05}\n"
    "objective: {kind: rmse, energy_weight: 1, force_weight: 0.03333}\n"
    "search: {strategy: 1, particles: 4, iterations: 2, seed: 5}\n";

const char study_search1[] =
    "data: {train: C2_dimer.xyz, validation: same, e0: {C: -1027.252967865}}\n"
    "descriptor: {basis: poly3gauss, alpha_max: 3, l_max: 3, rcut_hard: 5.0, rcut_soft: {range: [4.0, 4.9]},\n"
    "  atom_sigma_r: {range: [0.2, 0.6]}, atom_sigma_t: {range: [0.2, 1.5]}, radial_enhancement: {int: [0, 2]},\n"
    "  zeta: {range: [2, 8]}}\n"
    "fit: {use: [energy, forces], n_sparse: 20, delta: {range: [0.5, 5]}, sigma_energy: {log: [0.001, 0.1]},\n"
    "  sigma_force: {log: [0.001, 0.1]}}\n"
    "objective: {kind: rmse, energy_weight: 1, force_weight: 0.03333}\n"
    "search: {strategy: 1, particles: 5, iterations: 8, seed: 5}\n"
    "run: {workers: 2, checkpoint_minutes: 0}\n";

const char study_search2[] =
    "data: {train: C2_dimer.xyz, validation: same, e0: {C: -1027.252967865}}\n"
    "descriptor: {basis: poly3gauss, alpha_max: 3, l_max: 3, rcut_hard: 5.0, rcut_soft: {range: [4.0, 4.9]},\n"
    "  atom_sigma_r: {range: [0.2, 0.6]}, atom_sigma_t: {range: [0.2, 1.5]}, radial_enhancement: {int: [0, 2]},\n"
    "  zeta: {range: [2, 8]}}\n"
    "fit: {use: [energy, forces], n_sparse: {int: [8, 20]}, delta: {range: [0.5, 5]}, sigma_energy: {log: [0.001, "
    "0.1]},\n"
    "  sigma_force: {log: [0.001, 0.1]}}\n"
    "objective: {kind: rmse, energy_weight: 1, force_weight: 0.03333, stage1: std_skew}\n"
    "search: {strategy: 2, particles: 5, iterations: 5, stage2_particles: 6, stage2_iterations: 5, seed: 5}\n"
    "run: {workers: 2, checkpoint_minutes: 0}\n";

slg_config *study_parse(const char *dataset, const char *text)
{
    slg_config *cfg = NULL;
    slg_error err = {0};
    const char *folder = dataset[0] == '/' ? dataset : slg_test_example(dataset);
    ck_ok(slg_config_parse("study.yaml", text, strlen(text), folder, &cfg, &err), &err);
    return cfg;
}

char *study_replace(const char *text, const char *from, const char *to)
{
    size_t n = 0;
    char *out = NULL;
    FILE *f = open_memstream(&out, &n);
    const char *at = strstr(text, from);
    ck_assert_msg(at != NULL, "'%s' is not in the study file", from);
    for (; at; text = at + strlen(from), at = strstr(text, from)) {
        fwrite(text, 1, (size_t)(at - text), f);
        fputs(to, f);
    }
    fputs(text, f);
    fclose(f);
    return out;
}

slg_config *study_parse_with(const char *dataset, const char *text, const char *from, const char *to)
{
    char *changed = study_replace(text, from, to);
    slg_config *cfg = study_parse(dataset, changed);
    free(changed);
    return cfg;
}

slg_problem *study_problem(const slg_config *cfg)
{
    slg_problem *p = NULL;
    slg_error err = {0};
    ck_ok(slg_problem_create(cfg, &p, &err), &err);
    return p;
}

slg_hp_set study_values(const slg_problem *p)
{
    slg_space space;
    slg_hp_set hp;
    slg_error err = {0};
    ck_ok(slg_config_space(p->cfg, p->n_species, p->z, SLG_ALL_PHASES, &space, &err), &err);
    ck_assert_uint_eq(space.n_dim, 0);
    ck_ok(slg_config_values(p->cfg, &space, NULL, NULL, p->n_species, p->z, &hp, &err), &err);
    return hp;
}

slg_rt *study_engine(int backend, int workers, const char *scheduler)
{
    slg_rt *rt = NULL;
    slg_error err = {0};
    slg_rt_options opt = {.workers = workers, .scheduler = scheduler};
    opt.backend = backend == SLG_RT_INLINE ? SLG_RT_INLINE : backend == SLG_RT_RECORD ? SLG_RT_RECORD : SLG_RT_STARPU;
    ck_ok(slg_rt_start(&opt, &rt, &err), &err);
    return rt;
}

double *study_hp(const slg_problem *p, slg_hp_set *hp, const char *name)
{
    const size_t i = slg_hp_find(p->cfg, name);
    ck_assert_msg(i < p->cfg->n_hp, "no HP %s", name);
    return hp->v[i];
}

void study_set(const slg_problem *p, slg_hp_set *hp, const char *name, double value)
{
    for (int s = 0; s < SLG_MAX_SPECIES; s++)
        study_hp(p, hp, name)[s] = value;
}

slg_evaluator *study_evaluator(const slg_problem *p, slg_rt *rt)
{
    slg_evaluator *e = NULL;
    slg_error err = {0};
    ck_ok(slg_evaluator_create(p, rt, 0, &e, &err), &err);
    return e;
}

slg_flight study_flight(slg_evaluator *e, unsigned needs, const slg_hp_set *hp)
{
    return (slg_flight){.e = e,
                        .needs = needs,
                        .objective = needs & SLG_NEED_PREDICTIONS ? e->p->cfg->objective : NULL,
                        .hp = *hp,
                        .at = {-1, -1, -1, 0, NULL, NULL}};
}

slg_outcome study_fly(slg_evaluator *e, unsigned needs, const slg_hp_set *hp)
{
    slg_flight f = study_flight(e, needs, hp);
    slg_outcome out = slg_outcome_empty();
    slg_error err = {0};
    ck_ok(slg_flight_submit(&f, NULL, &out, &err), &err);
    ck_ok(slg_flight_collect(&f, &out, NULL, &err), &err);
    slg_rt_wait(e->rt);
    slg_flight_release(&f);
    return out;
}

char *study_slurp(const char *folder, const char *name, size_t *n)
{
    char path[SLG_PATH], *text = NULL;
    size_t bytes;
    slg_error err = {0};
    ck_ok(slg_path_join(path, folder, name, &err), &err);
    ck_ok(slg_file_read(path, &text, &bytes, &err), &err);
    if (n)
        *n = bytes;
    return text;
}

void study_spill(const char *folder, const char *name, const void *text, size_t n)
{
    char path[SLG_PATH];
    slg_error err = {0};
    ck_ok(slg_path_join(path, folder, name, &err), &err);
    FILE *f = fopen(path, "wb");
    ck_assert(f != NULL);
    ck_assert_uint_eq(fwrite(text, 1, n, f), n);
    fclose(f);
}

void study_same_file(const char *a, const char *b, const char *name)
{
    size_t na, nb;
    char *x = study_slurp(a, name, &na), *y = study_slurp(b, name, &nb);
    size_t i = 0, line = 1;
    for (; i < na && i < nb && x[i] == y[i]; i++)
        line += x[i] == '\n';
    ck_assert_msg(na == nb && i == na, "%s/%s and %s/%s differ in line %zu", a, name, b, name, line);
    slg_free(x);
    slg_free(y);
}

slg_status study_run(const char *dataset, const char *text, const char *folder, double max_time, slg_error *err)
{
    slg_config *cfg = study_parse(dataset, text);
    slg_error own = {0};
    slg_run_options opt = {.quiet = true};
    cfg->max_time = max_time;
    snprintf(cfg->directory, sizeof cfg->directory, "%s", folder);
    slg_log_level(SLG_ERROR);
    if (err)
        slg_error_clear(err);
    slg_status st = slg_study_run(cfg, &opt, err ? err : &own);
    slg_config_free(&cfg);
    return st;
}
