/* Memory predicted before a run, and the report of `starling check`. */
#include "src/study/problem_rows.h"
#include "runtime/base/alloc.h"
#include "tasks/soap/soap.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

static double geom_bytes(const slg_geom *g)
{
    return 40.0 * (double)g->n_pair + 24.0 * (double)g->n_env;
}

static double side_bytes(const slg_side *s)
{
    double rows = 0;
    for (size_t i = 0; i < s->n_batch; i++)
        rows += 16.0 * (double)s->batch[i].rows.n_row;
    return rows + (s->geom_shared ? 0 : geom_bytes(s->geom)) + 70.0 * (double)s->data->n_atom;
}

double slg_problem_bytes(const slg_problem *p)
{
    return side_bytes(&p->train) + side_bytes(&p->validation);
}

/* The largest value an HP can take. */
static double highest(const slg_problem *p, const slg_space *space, slg_hp_id id, int32_t species)
{
    slg_hp_set hp;
    double value[SLG_MAX_DIM];
    for (size_t d = 0; d < space->n_dim; d++)
        value[d] = slg_dim_largest(&space->dim[d]);
    if (slg_config_values(p->cfg, space, value, NULL, p->n_species, p->z, &hp, NULL) != SLG_OK)
        return 0;
    return hp.v[id][species];
}

/* Descriptor length at the largest basis of the search. */
static double largest_length(const slg_problem *p, const slg_space *space)
{
    double n = 0, l = highest(p, space, SLG_HP_L_MAX, 0) + 1, ns = p->n_species;
    for (int32_t s = 0; s < p->n_species; s++)
        n += highest(p, space, SLG_HP_ALPHA_MAX, s);
    if (strcmp(p->cfg->compress_mode, "trivial") == 0)
        return l * (n * (n + 1) - (n - ns) * (n - ns + 1)) / 2;
    return p->compress.n_in > 0 ? (double)p->compress.n_out : l * n * (n + 1) / 2;
}

/* Row blocks of a particle, see ring_size in graph.c. */
static double ring_blocks(const slg_problem *p)
{
    double workers = p->cfg->workers > 0 ? p->cfg->workers : (double)sysconf(_SC_NPROCESSORS_ONLN);
    return fmin(2 * workers + 2, (double)p->train.n_batch);
}

double slg_particle_bytes(const slg_problem *p, int32_t stage)
{
    slg_space space;
    if (slg_config_space(p->cfg, p->n_species, p->z, 0, &space, NULL) != SLG_OK)
        return 0;
    double d = largest_length(p, &space), m = 0, sparse = 0, descriptors = 8 * d * (double)p->train.geom->n_env;
    for (int32_t s = 0; s < p->n_species; s++) {
        double ms = fmin(highest(p, &space, SLG_HP_N_SPARSE, s), (double)p->centres[s].n);
        sparse += 8 * (ms * d + ms * ms);
        m += ms;
    }
    double acc = m <= 1000 ? 4 : m <= 3000 ? 2 : 1;
    double gram = 8 * m * m * (double)p->train.n_class * fmin(acc, (double)p->train.n_batch);
    double rows = 8 * m * (double)p->train.max_row * ring_blocks(p);
    if (stage == 1)
        return descriptors + 8 * d * fmin(p->cfg->n_reference, (double)p->train.geom->n_env);
    if (stage == 2)
        return 8 * 2 * m * m; /* scratch of the solution */
    return descriptors + sparse + gram + rows;
}

double slg_base_bytes(const slg_problem *p)
{
    slg_space space;
    if (slg_config_space(p->cfg, p->n_species, p->z, 0, &space, NULL) != SLG_OK)
        return 0;
    double m = 0;
    for (int32_t s = 0; s < p->n_species; s++)
        m += fmin(highest(p, &space, SLG_HP_N_SPARSE, s), (double)p->centres[s].n);
    return slg_particle_bytes(p, 0) + 8 * m * m * (double)p->validation.n_class;
}

/* --- report --------------------------------------------------------------------------------------------------- */

static void report_set(const char *title, const slg_dataset *d, FILE *out)
{
    fprintf(out, "%s: %s: %zu structures, %zu atoms\n", title, d->path, d->n_frame, d->n_atom);
    fprintf(out, "  %-24s %10s %8s %9s %9s %9s\n", "config_type", "structures", "atoms", "energies", "forces",
            "virials");
    for (size_t g = 0; g < d->n_group; g++) {
        size_t n = 0, atoms = 0, e = 0, f = 0, v = 0;
        for (size_t i = 0; i < d->n_frame; i++) {
            const slg_frame *frame = &d->frame[i];
            if (frame->group != (int32_t)g)
                continue;
            n++;
            atoms += frame->n_atom;
            e += frame->has_energy;
            f += frame->has_force;
            v += frame->has_virial;
        }
        fprintf(out, "  %-24s %10zu %8zu %9zu %9zu %9zu\n", d->group[g], n, atoms, e, f, v);
    }
}

static void report_space(const slg_space *space, FILE *out)
{
    fprintf(out, "search space: %zu dimensions\n", space->n_dim);
    for (size_t i = 0; i < space->n_dim; i++) {
        const slg_dim *d = &space->dim[i];
        fprintf(out, "  %-28s ", d->name);
        if (d->kind == SLG_DIM_CHOICE)
            for (int32_t c = 0; c < d->n_choice; c++)
                fprintf(out, "%s%g", c ? ", " : "one of ", d->choice[c]);
        else
            fprintf(out, "%g to %g%s", d->lo, d->hi,
                    d->kind == SLG_DIM_LOG   ? " (log scale)"
                    : d->kind == SLG_DIM_INT ? " (integers)"
                                             : "");
        fputc('\n', out);
    }
}

static void report_plan(const slg_problem *p, FILE *out)
{
    const slg_config *c = p->cfg;
    int stages = c->strategy;
    fprintf(out, "plan: strategy %d, %d particles x %d iterations", c->strategy, c->particles, c->iterations);
    if (stages == 2)
        fprintf(out, ", then %d particles x %d iterations", c->stage2_particles, c->stage2_iterations);
    fprintf(out, ", seed %llu\n", (unsigned long long)c->seed);
    double full = slg_particle_bytes(p, 0), constant = slg_problem_bytes(p);
    fprintf(out,
            "predicted memory: data %.0f MB, one particle in flight at most %.0f MB, sum with two in flight %.0f MB\n",
            constant / 1e6, full / 1e6, (constant + 2 * full) / 1e6);
}

slg_status slg_problem_report(const slg_problem *p, FILE *out, slg_error *err)
{
    slg_space space;
    slg_status st = slg_config_space(p->cfg, p->n_species, p->z, 0, &space, err);
    if (st != SLG_OK)
        return st;
    report_set("training", p->train_set, out);
    if (p->validation_set == p->train_set)
        fprintf(out, "validation: the same structures\n");
    else
        report_set("validation", p->validation_set, out);
    fprintf(out, "species and e0:");
    for (int32_t s = 0; s < p->n_species; s++)
        fprintf(out, " %s %.6f eV (%zu environments)", slg_element_symbol(p->z[s]), p->e0[s], p->centres[s].n);
    fprintf(out, "\nneighbours within %g Angstrom: %.1f an atom, %zu at most, nearest %.3f Angstrom\n", p->cutoff,
            (double)p->train.geom->n_pair / (double)p->train.geom->n_env, p->train.geom->max_pair,
            p->train.geom->min_r);
    report_space(&space, out);
    report_plan(p, out);
    return SLG_OK;
}
