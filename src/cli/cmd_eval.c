/** `starling eval`: errors of a potential on a data set, and its predictions. */
#include "runtime/base/alloc.h"
#include "runtime/base/file.h"
#include "src/cli/cli.h"
#include "src/results/results.h"

#include <math.h>
#include <string.h>

typedef struct evaluation {
    slg_config *defaults; /* keys and weights */
    slg_potential *pot;
    slg_dataset *data;
    slg_geom *geom;
    double *energy, *force, *virial; /* predictions, e0 included */
    double *ref_energy, *ref_virial; /* as in the file, e0 included */
    unsigned char *has;              /* [3][n_frame] */
    int32_t *group;
    slg_errors *errors; /* [n_group] */
} evaluation;

/** As in study files, `none` means: not read. */
static const char *key(const char *given, const char *standard)
{
    return !given ? standard : strcmp(given, "none") == 0 ? "" : given;
}

static bool named(const char *given)
{
    return given && strcmp(given, "none") != 0;
}

static slg_status open_inputs(const cli_args *a, evaluation *e, slg_error *err)
{
    slg_status st = slg_config_default(&e->defaults, err);
    if (st == SLG_OK)
        st = slg_potential_read(a->arg[0], &e->pot, err);
    if (st != SLG_OK)
        return st;
    const slg_config *c = e->defaults;
    const slg_xyz_keys keys = {key(a->energy_key, c->key_energy), key(a->force_key, c->key_force),
                               key(a->virial_key, "virial"), key(a->stress_key, c->key_stress),
                               key(a->config_type_key, c->key_config_type)};
    st = slg_dataset_read(a->arg[1], &keys, &e->data, err);
    if (st == SLG_OK) /* the standard keys may be absent, those of the command line not */
        st = slg_dataset_require(e->data, named(a->energy_key), named(a->force_key),
                                 named(a->virial_key) || named(a->stress_key), &keys, err);
    if (st == SLG_OK)
        st = slg_geom_build(e->data, slg_potential_cutoff(e->pot), e->pot->n_species, e->pot->z, &e->geom, err);
    return st;
}

static slg_status allocate(evaluation *e, slg_error *err)
{
    size_t n = e->data->n_frame;
    e->energy = slg_calloc(n, sizeof(double));
    e->force = slg_calloc(e->data->n_atom, 3 * sizeof(double));
    e->virial = slg_calloc(n, 6 * sizeof(double));
    e->ref_energy = slg_calloc(n, sizeof(double));
    e->ref_virial = slg_calloc(n, 6 * sizeof(double));
    e->has = slg_calloc(n, SLG_N_QUANTITY);
    e->group = slg_calloc(n, sizeof *e->group);
    e->errors = slg_calloc(e->data->n_group, sizeof *e->errors);
    bool all = e->energy && e->force && e->virial && e->ref_energy && e->ref_virial && e->has && e->group && e->errors;
    return all ? SLG_OK : slg_fail_nomem(err, "predictions");
}

/* e0 stays in both energies: the errors are those without it. */
static slg_reference reference(evaluation *e)
{
    size_t n = e->data->n_frame;
    for (size_t f = 0; f < n; f++) {
        const slg_frame *frame = &e->data->frame[f];
        e->ref_energy[f] = frame->energy;
        memcpy(e->ref_virial + 6 * f, frame->virial, sizeof frame->virial);
        e->has[f] = frame->has_energy;
        e->has[n + f] = frame->has_force;
        e->has[2 * n + f] = frame->has_virial;
        e->group[f] = frame->group;
    }
    return (slg_reference){e->ref_energy, e->data->force, e->ref_virial, e->has, e->has + n, e->has + 2 * n, e->group};
}

static slg_status predict(evaluation *e, slg_error *err)
{
    slg_status st = allocate(e, err);
    if (st == SLG_OK)
        st = slg_potential_predict(e->pot, e->data, e->geom, e->energy, e->force, e->virial, err);
    if (st != SLG_OK)
        return st;
    slg_reference ref = reference(e);
    slg_prediction p = {0, e->data->n_frame, e->energy, e->force, e->virial};
    st = slg_errors_add(e->geom, &ref, &p, e->errors);
    return st == SLG_OK ? st : slg_fail(err, st, "%s: a prediction is not finite", e->data->path);
}

/** Weighted sum of RMSEs with the default weights over the quantities that the data have; null when they have none. */
static json_t *objective(const evaluation *e)
{
    slg_errors all = {0};
    double sum = 0;
    bool any = false;
    for (size_t g = 0; g < e->data->n_group; g++)
        slg_errors_merge(&all, &e->errors[g]);
    for (int q = 0; q < SLG_N_QUANTITY; q++) {
        const slg_slot *slot = slg_config_weight(e->defaults, q);
        const double weight = slot ? slot->entry.tied.value : 0;
        if (all.q[q].n > 0 && weight > 0) {
            sum += weight * slg_rmse(&all.q[q]);
            any = true;
        }
    }
    return any ? json_real(sum) : json_null();
}

static json_t *result(const cli_args *a, const evaluation *e)
{
    json_t *errors = slg_errors_json(e->data->n_group, (const char(*)[SLG_CONFIG_TYPE])e->data->group, e->errors);
    return json_pack("{s:o, s:{}, s:o, s:s}", "objective", objective(e), "hp", "errors", errors, "potential",
                     a->arg[0]);
}

static slg_status write_predictions(const char *path, const evaluation *e, slg_error *err)
{
    const slg_columns columns = {e->energy, e->force, e->virial};
    slg_new_file f;
    slg_status st = slg_output_open(&f, path, err);
    if (st != SLG_OK)
        return st;
    st = slg_dataset_write(e->data, &columns, f.stream, err);
    if (st == SLG_OK)
        return slg_new_file_commit(&f, err);
    slg_new_file_abort(&f);
    return st;
}

static slg_status report(const cli_args *a, const evaluation *e, slg_error *err)
{
    slg_status st = a->output ? write_predictions(a->output, e, err) : SLG_OK;
    if (st != SLG_OK)
        return st;
    json_t *r = result(a, e);
    if (a->json || !r)
        return cli_print_json(r, err);
    cli_show_result(r);
    json_decref(r);
    return SLG_OK;
}

static void free_evaluation(evaluation *e)
{
    void *const memory[] = {e->energy, e->force, e->virial, e->ref_energy, e->ref_virial, e->has, e->group, e->errors};
    for (size_t i = 0; i < sizeof memory / sizeof memory[0]; i++)
        slg_free(memory[i]);
    slg_geom_free(&e->geom);
    slg_dataset_free(&e->data);
    slg_potential_free(&e->pot);
    slg_config_free(&e->defaults);
}

static slg_status run(const cli_args *a, slg_error *err)
{
    evaluation e = {0};
    slg_status st = open_inputs(a, &e, err);
    if (st == SLG_OK)
        st = predict(&e, err);
    if (st == SLG_OK)
        st = report(a, &e, err);
    free_evaluation(&e);
    return st;
}

static const struct argp_option options[] = {
    {"output", 'o', "FILE", 0, "write the structures with predictions (extended XYZ)", 0},
    CLI_OPT_JSON,
    {"energy-key", CLI_ENERGY_KEY, "KEY", 0, "name of the energies in the data file", 0},
    {"force-key", CLI_FORCE_KEY, "KEY", 0, "name of the forces", 0},
    {"virial-key", CLI_VIRIAL_KEY, "KEY", 0, "name of the virials", 0},
    {"stress-key", CLI_STRESS_KEY, "KEY", 0, "name of the stresses, used where there is no virial", 0},
    {"config-type-key", CLI_CONFIG_TYPE_KEY, "KEY", 0, "name of the class of a structure", 0},
    CLI_OPT_END};
const cli_command slg_cmd_eval = {
    "eval",
    "POTENTIAL.xml DATA.xyz",
    "Errors of a potential on reference data, by config_type.",
    "The objective is that of the default weights. Predictions are written as starling_energy, starling_forces and "
    "starling_virial.",
    options,
    run};
