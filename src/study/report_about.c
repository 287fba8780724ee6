/* study.json: what was asked, and what runs it. */
#include "src/study/report_data.h"

#include <math.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

/* Names and paths come from files of the user and need not be UTF-8, which JSON demands. */
static json_t *text_json(const char *text)
{
    char copy[SLG_PATH];
    json_t *o = json_string(text);
    if (o)
        return o;
    snprintf(copy, sizeof copy, "%s", text);
    for (char *c = copy; *c; c++)
        *c = (unsigned char)*c < 0x80 ? *c : '?';
    return json_string(copy);
}

/* --- data ------------------------------------------------------------------------------------- */

typedef struct amount {
    size_t frames, atoms, energies, forces, virials;
} amount;

static amount amount_of(const slg_dataset *d, const char *type)
{
    amount a = {0};
    for (size_t f = 0; f < d->n_frame; f++) {
        const slg_frame *x = &d->frame[f];
        if (strcmp(x->config_type, type) != 0)
            continue;
        a.frames++;
        a.atoms += x->n_atom;
        a.energies += x->has_energy;
        a.forces += x->has_force ? 3 * x->n_atom : 0;
        a.virials += x->has_virial ? 6 : 0;
    }
    return a;
}

static json_t *amount_json(const amount *a)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:I}", "structures", (json_int_t)a->frames, "atoms", (json_int_t)a->atoms,
                     "energies", (json_int_t)a->energies, "force_components", (json_int_t)a->forces,
                     "virial_components", (json_int_t)a->virials);
}

static void add_type(json_t *list, const slg_problem *p, const char *type)
{
    amount t = amount_of(p->train_set, type), v = amount_of(p->validation_set, type);
    json_array_append_new(list, json_pack("{s:o, s:o, s:o}", "config_type", text_json(type), "train", amount_json(&t),
                                          "validation", amount_json(&v)));
}

static bool has_group(const slg_dataset *d, const char *type)
{
    for (size_t g = 0; g < d->n_group; g++)
        if (strcmp(d->group[g], type) == 0)
            return true;
    return false;
}

static json_t *data_json(const slg_problem *p)
{
    static const char *const mode[] = {"same", "file", "fraction"};
    json_t *types = json_array(), *e0 = json_object();
    for (size_t g = 0; g < p->train_set->n_group; g++)
        add_type(types, p, p->train_set->group[g]);
    for (size_t g = 0; g < p->validation_set->n_group; g++)
        if (!has_group(p->train_set, p->validation_set->group[g]))
            add_type(types, p, p->validation_set->group[g]);
    for (int32_t s = 0; s < p->n_species; s++)
        json_object_set_new(e0, slg_element_symbol(p->z[s]), json_real(p->e0[s]));
    return json_pack("{s:o, s:s, s:o, s:f, s:o, s:o}", "train", text_json(p->cfg->train), "validation_mode",
                     mode[p->cfg->validation_mode], "validation", text_json(p->cfg->validation), "fraction",
                     p->cfg->validation_fraction, "e0", e0, "types", types);
}

/* --- search ----------------------------------------------------------------------------------- */

static json_t *dim_json(const slg_dim *d, int stage)
{
    static const char *const kind[] = {"range", "log", "int", "choice"};
    json_t *o = json_pack("{s:s, s:s, s:f, s:f, s:s, s:i}", "name", d->name, "kind", kind[d->kind], "lo", d->lo, "hi",
                          d->hi, "unit", slg_hp_info_of((slg_hp_id)d->hp)->unit, "stage", stage);
    if (d->kind == SLG_DIM_CHOICE) {
        json_t *choices = json_array();
        for (int32_t i = 0; i < d->n_choice; i++)
            json_array_append_new(choices, json_real(d->choice[i]));
        json_object_set_new(o, "choices", choices);
    }
    return o;
}

static slg_status space_json(const slg_problem *p, json_t *list, slg_error *err)
{
    slg_status st = SLG_OK;
    int first = p->cfg->strategy == 2 ? 1 : 0, last = p->cfg->strategy == 2 ? 2 : 0;
    for (int stage = first; st == SLG_OK && stage <= last; stage++) {
        slg_space space;
        st = slg_config_space(p->cfg, p->n_species, p->z, stage, &space, err);
        for (size_t d = 0; st == SLG_OK && d < space.n_dim; d++)
            json_array_append_new(list, dim_json(&space.dim[d], stage));
    }
    return st;
}

static json_t *fixed_json(const slg_config *cfg)
{
    json_t *o = json_object();
    for (int id = 0; id < SLG_N_HP; id++) {
        const slg_hp_entry *e = &cfg->hp[id];
        if (e->n_species == 0 && e->tied.kind == SLG_HP_FIXED)
            json_object_set_new(o, slg_hp_info_of((slg_hp_id)id)->name, json_real(e->tied.value));
    }
    return o;
}

static json_t *search_json(const slg_problem *p)
{
    static const char *const objective[] = {"rmse", "mae", "std_skew", "std_skew_plain", "std"};
    const slg_config *c = p->cfg;
    json_t *o =
        json_pack("{s:i, s:s, s:I, s:i, s:i, s:s, s:f, s:f, s:f}", "strategy", c->strategy, "swarm",
                  c->rule.method == SLG_SWARM_RANDOM ? "random" : "pso", "seed", (json_int_t)c->seed, "particles",
                  c->particles, "iterations", c->iterations, "objective", objective[c->objective], "energy_weight",
                  c->weight_energy, "force_weight", c->weight_force, "virial_weight", c->weight_virial);
    json_object_update_new(
        o, json_pack("{s:f, s:f, s:f}", "inertia", c->rule.inertia, "c1", c->rule.c1, "c2", c->rule.c2));
    if (c->strategy == 2)
        json_object_update_new(o, json_pack("{s:i, s:i, s:s}", "stage2_particles", c->stage2_particles,
                                            "stage2_iterations", c->stage2_iterations, "stage1_objective",
                                            objective[c->stage1_objective]));
    return o;
}

/* --- machine and versions --------------------------------------------------------------------- */

static void processor(char *out, size_t size)
{
    char line[256];
    FILE *f = fopen("/proc/cpuinfo", "r");
    snprintf(out, size, "unknown");
    while (f && fgets(line, sizeof line, f)) {
        const char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) != 0 || !colon)
            continue;
        snprintf(out, size, "%.*s", (int)strcspn(colon + 2, "\n"), colon + 2);
        break;
    }
    if (f)
        fclose(f);
}

static json_t *machine_json(const slg_rt *rt)
{
    struct utsname u;
    char cpu[256];
    processor(cpu, sizeof cpu);
    if (uname(&u) != 0)
        memset(&u, 0, sizeof u);
    return json_pack("{s:s, s:s, s:s, s:i, s:i, s:s, s:f}", "host", u.nodename, "system", u.release, "processor", cpu,
                     "cores", slg_rt_cores(rt), "workers", slg_rt_workers(rt), "scheduler", slg_rt_scheduler(rt),
                     "memory_bytes", (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE));
}

static json_t *versions_json(const char *text)
{
    json_t *o = json_pack("{s:s}", "compiler",
#ifdef __clang__
                          "" __VERSION__
#else
                          "gcc " __VERSION__
#endif
    );
    while (text && *text) {
        char line[256];
        size_t n = strcspn(text, "\n");
        snprintf(line, sizeof line, "%.*s", (int)n, text);
        char *blank = strchr(line, ' ');
        if (blank) {
            *blank = '\0';
            json_object_set_new(o, line, json_string(blank + 1));
        }
        text += n + (text[n] == '\n');
    }
    return o;
}

slg_status slg_write_about(const slg_problem *p, const slg_rt *rt, const char *versions, const char *dir,
                           slg_error *err)
{
    char when[32];
    time_t now = time(NULL);
    struct tm tm;
    gmtime_r(&now, &tm);
    strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &tm);
    json_t *space = json_array();
    slg_status st = space_json(p, space, err);
    if (st != SLG_OK) {
        json_decref(space);
        return st;
    }
    return slg_write_json(json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "started", when, "search", search_json(p),
                                    "space", space, "fixed", fixed_json(p->cfg), "data", data_json(p), "machine",
                                    machine_json(rt), "versions", versions_json(versions)),
                          dir, "study.json", err);
}
