/* Results for people and programs: errors, hyper-parameters, the equivalent gap_fit line. */
#include "runtime/base/alloc.h"
#include "src/study/study.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *number_or_null(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

static json_t *errors_of(const slg_errors *e)
{
    static const char *const name[] = {"energy", "force", "virial"};
    json_t *o = json_object();
    char key[32];
    for (int q = 0; q < SLG_N_QUANTITY; q++) {
        snprintf(key, sizeof key, "%s_rmse", name[q]);
        json_object_set_new(o, key, number_or_null(slg_rmse(&e->q[q])));
        snprintf(key, sizeof key, "%s_mae", name[q]);
        json_object_set_new(o, key, number_or_null(slg_mae(&e->q[q])));
        snprintf(key, sizeof key, "n_%s", name[q]);
        json_object_set_new(o, key, json_integer((json_int_t)e->q[q].n));
    }
    return o;
}

static slg_errors total_of(size_t n_group, const slg_errors *by_group)
{
    slg_errors all = {0};
    for (size_t g = 0; g < n_group; g++)
        slg_errors_merge(&all, &by_group[g]);
    return all;
}

json_t *slg_errors_json(size_t n_group, const char (*group)[SLG_CONFIG_TYPE], const slg_errors *by_group)
{
    slg_errors all = total_of(n_group, by_group);
    json_t *o = json_object();
    json_object_set_new(o, "all", errors_of(&all));
    for (size_t g = 0; g < n_group; g++)
        json_object_set_new(o, group[g], errors_of(&by_group[g]));
    return o;
}

static json_t *hp_json(const slg_hp_set *hp, int32_t n_species, const int32_t *z)
{
    json_t *o = json_object();
    for (int id = 0; id < SLG_N_HP; id++) {
        const slg_hp_info *info = slg_hp_info_of((slg_hp_id)id);
        bool tied = true;
        for (int32_t s = 1; s < n_species; s++)
            tied = tied && hp->v[id][s] == hp->v[id][0];
        if (tied || !info->per_species) {
            json_object_set_new(o, info->name, json_real(hp->v[id][0]));
            continue;
        }
        json_t *each = json_object();
        for (int32_t s = 0; s < n_species; s++)
            json_object_set_new(each, slg_element_symbol(z[s]), json_real(hp->v[id][s]));
        json_object_set_new(o, info->name, each);
    }
    return o;
}

json_t *slg_result_json(const slg_problem *p, const slg_hp_set *hp, double objective, const slg_errors *by_group,
                        const char *potential)
{
    const slg_dataset *d = p->validation.data;
    json_t *o = json_object(), *h = hp_json(hp, p->n_species, p->z);
    json_object_set_new(h, "basis", json_string(p->cfg->basis == SLG_POLY3 ? "poly3" : "poly3gauss"));
    json_object_set_new(h, "compress_mode", json_string(p->cfg->compress_mode));
    json_object_set_new(h, "sparse_method", json_string(p->cfg->sparse_method));
    json_object_set_new(h, "jitter", json_real(p->cfg->jitter));
    json_object_set_new(o, "objective", number_or_null(objective));
    json_object_set_new(o, "hp", h);
    json_object_set_new(o, "errors", slg_errors_json(d->n_group, (const char(*)[SLG_CONFIG_TYPE])d->group, by_group));
    json_object_set_new(o, "potential", json_string(potential));
    char *line = slg_gap_fit_line(p, hp);
    json_object_set_new(o, "gap_fit", line ? json_string(line) : json_null());
    slg_free(line);
    return o;
}

/* --- gap_fit -------------------------------------------------------------------------------------------------- */

static void print_array(FILE *out, const char *key, const double *x, int32_t n)
{
    fprintf(out, n > 1 ? " %s={{" : " %s=", key);
    for (int32_t s = 0; s < n; s++)
        fprintf(out, "%s%.17g", s ? " " : "", x[s]);
    fputs(n > 1 ? "}}" : "", out);
}

static void print_block(FILE *out, const slg_problem *p, const slg_hp_set *hp, int32_t central)
{
    static const slg_hp_id array[] = {SLG_HP_ALPHA_MAX,     SLG_HP_ATOM_SIGMA_R,         SLG_HP_ATOM_SIGMA_R_SCALING,
                                      SLG_HP_ATOM_SIGMA_T,  SLG_HP_ATOM_SIGMA_T_SCALING, SLG_HP_AMPLITUDE_SCALING,
                                      SLG_HP_CENTRAL_WEIGHT};
    double z[SLG_MAX_SPECIES];
    for (int32_t s = 0; s < p->n_species; s++)
        z[s] = p->z[s];
    fprintf(out, "soap_turbo n_species=%d central_index=%d", p->n_species, central + 1);
    print_array(out, "species_Z", z, p->n_species);
    fprintf(out, " l_max=%.0f rcut_hard=%.17g rcut_soft=%.17g nf=%.17g radial_enhancement=%.0f", hp->v[SLG_HP_L_MAX][0],
            hp->v[SLG_HP_RCUT_HARD][0], hp->v[SLG_HP_RCUT_SOFT][0], hp->v[SLG_HP_NF][0],
            hp->v[SLG_HP_RADIAL_ENHANCEMENT][0]);
    for (size_t i = 0; i < sizeof array / sizeof *array; i++)
        print_array(out, slg_hp_info_of(array[i])->name, hp->v[array[i]], p->n_species);
    fprintf(out, " basis=%s scaling_mode=polynomial", p->cfg->basis == SLG_POLY3 ? "poly3" : "poly3gauss");
    if (strcmp(p->cfg->compress_mode, "None") != 0)
        fprintf(out, " compress_mode=%s", p->cfg->compress_mode);
    fprintf(out, " covariance_type=dot_product zeta=%.17g delta=%.17g n_sparse=%.0f sparse_method=%s add_species=F",
            hp->v[SLG_HP_ZETA][central], hp->v[SLG_HP_DELTA][central], hp->v[SLG_HP_N_SPARSE][central],
            strcmp(p->cfg->sparse_method, "random") == 0 ? "random" : "cur_points");
}

/* A class without an own sigma takes the default one; gap_fit wants all four numbers. */
static void print_sigmas(FILE *out, const slg_problem *p, const slg_hp_set *hp)
{
    const slg_config *c = p->cfg;
    for (int32_t g = 0; g < c->n_group_sigma; g++) {
        const slg_group_sigma *s = &c->group_sigma[g];
        fprintf(out, "%s%s:%.17g:%.17g:%.17g:0.0", g ? ":" : "'config_type_sigma={", s->config_type,
                s->energy > 0 ? s->energy : hp->v[SLG_HP_SIGMA_ENERGY][0],
                s->force > 0 ? s->force : hp->v[SLG_HP_SIGMA_FORCE][0],
                s->virial > 0 ? s->virial : hp->v[SLG_HP_SIGMA_VIRIAL][0]);
    }
    fputs(c->n_group_sigma > 0 ? "}' " : "", out);
}

static void print_data(FILE *out, const slg_problem *p, const slg_hp_set *hp)
{
    const slg_config *c = p->cfg;
    fprintf(out, "'e0={");
    for (int32_t s = 0; s < p->n_species; s++)
        fprintf(out, "%s%s:%.17g", s ? ":" : "", slg_element_symbol(p->z[s]), p->e0[s]);
    double delta = hp->v[SLG_HP_DELTA][0];
    fprintf(out, "}' 'default_sigma={%.17g %.17g %.17g 0.0}' sparse_jitter=%.17g", hp->v[SLG_HP_SIGMA_ENERGY][0],
            hp->v[SLG_HP_SIGMA_FORCE][0], hp->v[SLG_HP_SIGMA_VIRIAL][0], c->jitter * delta * delta);
    fprintf(out, " energy_parameter_name=%s force_parameter_name=%s virial_parameter_name=%s",
            c->use_energy ? c->key_energy : "NONE", c->use_force ? c->key_force : "NONE",
            c->use_virial && c->key_virial[0] ? c->key_virial : "NONE");
    fprintf(out, " stress_parameter_name=%s do_copy_at_file=F sparse_separate_file=T gp_file=potential.xml",
            c->use_virial && c->key_stress[0] && !c->key_virial[0] ? c->key_stress : "NONE");
}

char *slg_gap_fit_line(const slg_problem *p, const slg_hp_set *hp)
{
    char *text = NULL, *copy = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    if (!out)
        return NULL;
    fprintf(out, "gap_fit atoms_filename=%s 'gap={", p->cfg->train);
    for (int32_t s = 0, first = 1; s < p->n_species; s++)
        if (p->centres[s].n > 0) {
            fputs(first ? "" : " : ", out);
            print_block(out, p, hp, s);
            first = 0;
        }
    fputs("}' ", out);
    print_sigmas(out, p, hp);
    print_data(out, p, hp);
    if (fclose(out) == 0)
        copy = slg_strndup(text, n);
    free(text);
    return copy;
}
