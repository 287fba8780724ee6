#include "src/config/keys.h"

#include <string.h>

#define AT(member) offsetof(slg_config, member), sizeof(((slg_config *)0)->member)
#define MODES "None trivial 0_0 0_1 0_2 1_0 1_1 1_2 2_0 2_1 2_2"

/* Values of the template for HPs: the ranges of Natarajan & Caro for small molecules. */
#define EXAMPLE_ALPHA_MAX "6"
#define EXAMPLE_L_MAX "6"
#define EXAMPLE_RCUT_HARD "5.0"
#define EXAMPLE_RCUT_SOFT "{range: [4.0, 4.9]}"
#define EXAMPLE_NF NULL
#define EXAMPLE_ATOM_SIGMA_R "{range: [0.1, 0.6]}"
#define EXAMPLE_ATOM_SIGMA_R_SCALING "{range: [0.0, 0.5]}"
#define EXAMPLE_ATOM_SIGMA_T "{range: [0.1, 1.0]}"
#define EXAMPLE_ATOM_SIGMA_T_SCALING "{range: [0.0, 0.5]}"
#define EXAMPLE_AMPLITUDE_SCALING "{range: [0.0, 2.0]}"
#define EXAMPLE_CENTRAL_WEIGHT "{range: [0.0, 2.0]}"
#define EXAMPLE_RADIAL_ENHANCEMENT "{int: [0, 2]}"
#define EXAMPLE_ZETA "{range: [2.0, 10.0]}"
#define EXAMPLE_N_SPARSE "200"
#define EXAMPLE_DELTA "{range: [0.1, 5.0]}"
#define EXAMPLE_SIGMA_ENERGY "{log: [0.001, 0.1]}"
#define EXAMPLE_SIGMA_FORCE "{log: [0.001, 0.1]}"
#define EXAMPLE_SIGMA_VIRIAL NULL

/* HPs up to zeta describe environments and the kernel (stage 1 of strategy 2), the others the fit. */
#define HP_ROW(id, name, alias, per, whole, low, high, dflt, unit, text)                                               \
    {SLG_HP_##id <= SLG_HP_ZETA ? SLG_SEC_DESCRIPTOR : SLG_SEC_FIT,                                                    \
     name,                                                                                                             \
     SLG_KEY_HP,                                                                                                       \
     offsetof(slg_config, hp) + SLG_HP_##id * sizeof(slg_hp_entry),                                                    \
     sizeof(slg_hp_entry),                                                                                             \
     low,                                                                                                              \
     high,                                                                                                             \
     alias,                                                                                                            \
     NULL,                                                                                                             \
     EXAMPLE_##id,                                                                                                     \
     unit,                                                                                                             \
     text},

const slg_key slg_keys[] = {
    {SLG_SEC_DATA, "train", SLG_KEY_TEXT, AT(train), 0, 0, "", NULL, "train.xyz", "",
     "Extended XYZ file with the training structures, relative to the study file."},
    {SLG_SEC_DATA, "validation", SLG_KEY_VALIDATION, AT(validation), 0, 1, "", "same", "{fraction: 0.2}", "",
     "Structures on which errors are measured: `same` (the training structures), another file, or `{fraction: f}` "
     "(this share of each config_type, drawn at random, is kept out of the training)."},
    {SLG_SEC_DATA, "energy_key", SLG_KEY_OPTION, AT(key_energy), 0, 0, "", "energy", NULL, "",
     "Name of the total energy in the comment lines; `none`: not read."},
    {SLG_SEC_DATA, "force_key", SLG_KEY_OPTION, AT(key_force), 0, 0, "", "forces", NULL, "",
     "Name of the force columns; `none`: not read."},
    {SLG_SEC_DATA, "virial_key", SLG_KEY_OPTION, AT(key_virial), 0, 0, "", "none", NULL, "",
     "Name of the virial; `none`: not read."},
    {SLG_SEC_DATA, "stress_key", SLG_KEY_OPTION, AT(key_stress), 0, 0, "", "none", NULL, "",
     "Name of the stress, from which the virial follows; `none`: not read."},
    {SLG_SEC_DATA, "config_type_key", SLG_KEY_OPTION, AT(key_config_type), 0, 0, "", "config_type", NULL, "",
     "Name of the label that groups structures."},
    {SLG_SEC_DATA, "e0", SLG_KEY_E0, AT(e0_mode), -1e9, 1e9, "isolated average", "isolated", NULL, "eV",
     "Energies of single atoms: `isolated` (structures with one atom in the training file), `average` (one mean energy "
     "per atom), or given for each element."},

    {SLG_SEC_DESCRIPTOR, "basis", SLG_KEY_ENUM, AT(basis), SLG_POLY3, 0, "poly3 poly3gauss", "poly3gauss", NULL, "",
     "Radial basis; poly3gauss has a Gaussian at the centre in addition."},
    {SLG_SEC_DESCRIPTOR, "compress_mode", SLG_KEY_WORD, AT(compress_mode), 0, 0, MODES, "None", NULL, "",
     "Linear compression of the descriptor."},
    {SLG_SEC_DESCRIPTOR, "compress_file", SLG_KEY_OPTION, AT(compress_file), 0, 0, "", "none", NULL, "",
     "File with a compression of its own, relative to the study file; overrides compress_mode."},
    {SLG_SEC_DESCRIPTOR, "clean_filter", SLG_KEY_BOOL, AT(clean_filter), 0, 0, "", "false", NULL, "",
     "Use the complete filter integral, which QUIP and TurboGAP truncate. Potentials made with `true` are inaccurate "
     "there."},

    SLG_HP_LIST(HP_ROW)

        {SLG_SEC_FIT, "use", SLG_KEY_USE, AT(use_energy), 0, 0, "energy forces virial", "[energy, forces]", NULL, "",
         "Quantities the fit is trained on."},
    {SLG_SEC_FIT, "sparse_method", SLG_KEY_WORD, AT(sparse_method), 0, 0, "cur fps random", "cur", NULL, "",
     "Choice of the sparse points: leverage scores (CUR), farthest points, or at random."},
    {SLG_SEC_FIT, "jitter", SLG_KEY_REAL, AT(jitter), 0, 1, "", "1e-9", NULL, "",
     "Added to the diagonal of the sparse covariance, relative to delta^2."},
    {SLG_SEC_FIT, "config_type_sigma", SLG_KEY_GROUP_SIGMA, AT(group_sigma), 0, 1e6, "energy force virial", "{}", NULL,
     "", "Expected errors of single config_types instead of sigma_energy, sigma_force, sigma_virial, in their units."},

    {SLG_SEC_OBJECTIVE, "kind", SLG_KEY_ENUM, AT(objective), SLG_OBJ_RMSE, 0, "rmse mae", "rmse", NULL, "",
     "Error measure of strategy 1 and of the second stage of strategy 2."},
    {SLG_SEC_OBJECTIVE, "energy_weight", SLG_KEY_REAL, AT(weight_energy), 0, 1e9, "", "1", NULL, "atom/eV",
     "Weight of the error of energies per atom."},
    {SLG_SEC_OBJECTIVE, "force_weight", SLG_KEY_REAL, AT(weight_force), 0, 1e9, "", "0.033333333333333333", NULL,
     "Angstrom/eV", "Weight of the error of force components."},
    {SLG_SEC_OBJECTIVE, "virial_weight", SLG_KEY_REAL, AT(weight_virial), 0, 1e9, "", "0", NULL, "atom/eV",
     "Weight of the error of virials per atom."},
    {SLG_SEC_OBJECTIVE, "stage1", SLG_KEY_ENUM, AT(stage1_objective), SLG_OBJ_STD_SKEW, 0,
     "std_skew std_skew_plain std", "std_skew", NULL, "",
     "What the first stage of strategy 2 makes small, from the standard deviation s and the skewness g of the kernel's "
     "values: |g|/(1+|g|) - s/0.5, |g| - s, or -s."},
    {SLG_SEC_OBJECTIVE, "n_reference", SLG_KEY_INT, AT(n_reference), 2, 10000000, "", "3000", NULL, "",
     "Reference environments of the kernel's statistics (at most)."},

    {SLG_SEC_SEARCH, "strategy", SLG_KEY_INT, AT(strategy), 1, 2, "", "1", NULL, "",
     "1: all hyper-parameters by the error of fits; 2: first descriptor and zeta by the kernel's statistics, then the "
     "rest by the error of fits."},
    {SLG_SEC_SEARCH, "swarm", SLG_KEY_SWARM, AT(rule), 0, 0, "inertia paper random", "inertia", NULL, "",
     "Preset of the keys from inertia to gbest below: `inertia`, `paper` (Natarajan & Caro), or `random` draws."},
    {SLG_SEC_SEARCH, "inertia", SLG_KEY_REAL, AT(rule.inertia), 0, 10, "", "preset", NULL, "",
     "Share of the velocity that is kept."},
    {SLG_SEC_SEARCH, "c1", SLG_KEY_REAL, AT(rule.c1), 0, 100, "", "preset", NULL, "",
     "Pull towards the best position of the particle."},
    {SLG_SEC_SEARCH, "c2", SLG_KEY_REAL, AT(rule.c2), 0, 100, "", "preset", NULL, "",
     "Pull towards the best position of the swarm."},
    {SLG_SEC_SEARCH, "dt", SLG_KEY_REAL, AT(rule.dt), 1e-3, 1000, "", "preset", NULL, "", "Time step of the swarm."},
    {SLG_SEC_SEARCH, "bounds", SLG_KEY_ENUM, AT(rule.bounds), SLG_BOUNDS_REDRAW, 0, "redraw clamp reflect", "preset",
     NULL, "", "What happens to a coordinate that leaves its range."},
    {SLG_SEC_SEARCH, "gbest", SLG_KEY_ENUM, AT(rule.gbest), SLG_GBEST_HISTORY, 0, "history iteration", "preset", NULL,
     "", "Best position of the swarm: since the start, or of the last iteration."},
    {SLG_SEC_SEARCH, "particles", SLG_KEY_INT, AT(particles), 1, 100000, "", "16", NULL, "",
     "Particles of strategy 1, and of the first stage of strategy 2."},
    {SLG_SEC_SEARCH, "iterations", SLG_KEY_INT, AT(iterations), 1, 1000000, "", "30", NULL, "",
     "Iterations of strategy 1, and of the first stage of strategy 2."},
    {SLG_SEC_SEARCH, "stage2_particles", SLG_KEY_INT, AT(stage2_particles), 1, 100000, "", "20", NULL, "",
     "Particles of the second stage."},
    {SLG_SEC_SEARCH, "stage2_iterations", SLG_KEY_INT, AT(stage2_iterations), 1, 1000000, "", "30", NULL, "",
     "Iterations of the second stage."},
    {SLG_SEC_SEARCH, "seed", SLG_KEY_SEED, AT(seed), 0, 0, "", "1", NULL, "",
     "Seed of all random numbers; same seed, same results."},
    {SLG_SEC_SEARCH, "start", SLG_KEY_START, AT(start), 0, 0, "", "[]", NULL, "",
     "Given start positions, one for each of the first particles: a list of maps from hyper-parameters to values; what "
     "is not given is drawn."},

    {SLG_SEC_RUN, "directory", SLG_KEY_TEXT, AT(directory), 0, 0, "", "study", NULL, "",
     "Folder of checkpoints and results, relative to the study file."},
    {SLG_SEC_RUN, "workers", SLG_KEY_INT, AT(workers), 0, 4096, "", "0", NULL, "", "Worker threads; 0: all cores."},
    {SLG_SEC_RUN, "memory_gb", SLG_KEY_REAL, AT(memory_gb), 0, 1e6, "", "0", NULL, "GB",
     "Memory to use; 0: 80 % of the machine."},
    {SLG_SEC_RUN, "checkpoint_minutes", SLG_KEY_REAL, AT(checkpoint_minutes), 0, 1e6, "", "10", NULL, "min",
     "Longest time without a checkpoint inside an iteration; ends of iterations are saved as often as saving costs at "
     "most "
     "a twentieth of the time."},
    {SLG_SEC_RUN, "max_time", SLG_KEY_TIME, AT(max_time), 0, 1e9, "", "none", NULL, "s",
     "Ends the run in good order after this time: `none`, seconds, or like `23h30m`, `90s`."},

    {SLG_SEC_TRACE, "keep", SLG_KEY_KEEP, AT(trace_keep), 1, 1000000000, "all none last sample", "last 100", NULL, "",
     "What `starling trace` can show: a record of every task is kept of `all` iterations, of the `last N`, of a "
     "`sample N` (every N-th), or of `none`."},
    {SLG_SEC_TRACE, "fxt", SLG_KEY_BOOL, AT(trace_fxt), 0, 0, "", "false", NULL, "",
     "Also write StarPU's own FxT trace (large; only with a StarPU that was built with FxT)."},
};
const size_t slg_n_keys = sizeof slg_keys / sizeof slg_keys[0];

static const char *const sections[SLG_N_SECTION][2] = {
    [SLG_SEC_DATA] = {"data", "Reference structures."},
    [SLG_SEC_DESCRIPTOR] = {"descriptor", "The soap_turbo descriptor and the kernel."},
    [SLG_SEC_FIT] = {"fit", "The sparse Gaussian-process fit."},
    [SLG_SEC_OBJECTIVE] = {"objective", "What is made small."},
    [SLG_SEC_SEARCH] = {"search", "How the swarm moves."},
    [SLG_SEC_RUN] = {"run", "Resources; no effect on results. These keys may change when a study resumes."},
    [SLG_SEC_TRACE] = {"trace", "Record of what the worker threads did; no effect on results, may change as well."},
};

const char *slg_section_name(slg_section s)
{
    return sections[s][0];
}

bool slg_section_free(const char *name, size_t n)
{
    return (n == 3 && memcmp(name, "run", n) == 0) || (n == 5 && memcmp(name, "trace", n) == 0);
}

const char *slg_section_text(slg_section s)
{
    return sections[s][1];
}

slg_hp_id slg_key_hp(const slg_key *key)
{
    return (slg_hp_id)((key->offset - offsetof(slg_config, hp)) / sizeof(slg_hp_entry));
}

const slg_key *slg_key_find(slg_section s, const char *name)
{
    for (const slg_key *k = slg_keys; k < slg_keys + slg_n_keys; k++)
        if (k->section == s &&
            (strcmp(k->name, name) == 0 || (k->type == SLG_KEY_HP && slg_word_index(k->words, name) >= 0)))
            return k;
    return NULL;
}

bool slg_word_at(const char *words, int k, char *out, size_t size)
{
    while (k-- > 0) {
        words += strcspn(words, " ");
        words += strspn(words, " ");
    }
    size_t n = strcspn(words, " ");
    if (n == 0 || n >= size)
        return false;
    memcpy(out, words, n);
    out[n] = '\0';
    return true;
}

int slg_word_index(const char *words, const char *name)
{
    char word[32];
    for (int k = 0; slg_word_at(words, k, word, sizeof word); k++)
        if (strcmp(word, name) == 0)
            return k;
    return -1;
}
