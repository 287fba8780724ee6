#include "src/config/keys.h"
#include "runtime/base/alloc.h"
#include "tasks/fit/params.h"

#include <string.h>

/* The members of contributed keys stay empty. */
#define OWN(...)                                                                                                       \
    {                                                                                                                  \
        __VA_ARGS__, 0, NULL, NULL                                                                                     \
    }
#define AT(member) offsetof(slg_config, member), sizeof(((slg_config *)0)->member)

/* Keys of the program itself. A row without a name stands for what is contributed to its section. */
static const slg_key own[] = {
    OWN(SLG_SEC_DATA, "train", SLG_KEY_FILES, AT(train), 1, 0, "", NULL, "train.xyz", "",
        "Extended XYZ file with the training structures, or a list of files; names may be patterns (`md-*.xyz`) and "
        "are "
        "relative to the study file."),
    OWN(SLG_SEC_DATA, "validation", SLG_KEY_VALIDATION, AT(validation), 0, 1, "", "{folds: 5}", NULL, "",
        "Structures on which errors are measured: `{folds: k}` (cross-validation: each of k parts by a fit that has "
        "not "
        "seen it), `{fraction: f}` (this share of each config_type is kept out of the training), other files, or "
        "`same` (the training structures). Parts are drawn at random, by `search.seed` or `{folds: k, seed: s}`."),
    OWN(SLG_SEC_DATA, "test", SLG_KEY_FILES, AT(test), 0, 0, "", "none", NULL, "",
        "Files with structures that choose nothing: errors on them are reported when the search has ended; `none`: "
        "there are none."),
    OWN(SLG_SEC_DATA, "energy_key", SLG_KEY_OPTION, AT(key_energy), 0, 0, "", "energy", NULL, "",
        "Name of the total energy in the comment lines; `none`: not read."),
    OWN(SLG_SEC_DATA, "force_key", SLG_KEY_OPTION, AT(key_force), 0, 0, "", "forces", NULL, "",
        "Name of the force columns; `none`: not read."),
    OWN(SLG_SEC_DATA, "virial_key", SLG_KEY_OPTION, AT(key_virial), 0, 0, "", "none", NULL, "",
        "Name of the virial; `none`: not read."),
    OWN(SLG_SEC_DATA, "stress_key", SLG_KEY_OPTION, AT(key_stress), 0, 0, "", "none", NULL, "",
        "Name of the stress, from which the virial follows; `none`: not read."),
    OWN(SLG_SEC_DATA, "config_type_key", SLG_KEY_OPTION, AT(key_config_type), 0, 0, "", "config_type", NULL, "",
        "Name of the label that groups structures."),
    OWN(SLG_SEC_DATA, "group_key", SLG_KEY_OPTION, AT(key_group), 0, 0, "", "none", NULL, "",
        "Name of a label whose equal values folds keep together, such as the trajectory that structures are from; "
        "`none`: each structure is drawn alone."),
    OWN(SLG_SEC_DATA, "e0", SLG_KEY_E0, AT(e0_mode), -1e9, 1e9, "isolated average", "isolated", NULL, "eV",
        "Energies of single atoms: `isolated` (structures with one atom in the training file), `average` (one mean "
        "energy "
        "per atom), or given for each element."),

    OWN(SLG_SEC_DESCRIPTOR, "type", SLG_KEY_TERM, AT(term), 0, 0, "", NULL, NULL, "", "Kind of the descriptor."),
    {.section = SLG_SEC_DESCRIPTOR},

    {.section = SLG_SEC_FIT},
    OWN(SLG_SEC_FIT, "use", SLG_KEY_USE, AT(use_energy), 0, 0, "energy forces virial", "[energy, forces]", NULL, "",
        "Quantities the fit is trained on."),
    OWN(SLG_SEC_FIT, "final_n_sparse", SLG_KEY_INT, AT(final_n_sparse), 0, 1000000, "", "0", NULL, "",
        "Sparse points per central species of the final fit on all structures (training and validation) at the end of "
        "a search; 0: as in the search. May change when a study resumes."),
    OWN(SLG_SEC_FIT, "config_type_sigma", SLG_KEY_GROUP_SIGMA, AT(group_sigma), 0, 1e6, "energy force virial", "{}",
        NULL, "",
        "Expected errors of single config_types instead of sigma_energy, sigma_force, sigma_virial, in their units."),

    OWN(SLG_SEC_OBJECTIVE, "kind", SLG_KEY_OBJECTIVE, AT(objective), 0, 0, "", NULL, NULL, "",
        "Error measure of fits, in all strategies but the first stage of strategy 2."),
    {.section = SLG_SEC_OBJECTIVE},
    OWN(SLG_SEC_OBJECTIVE, "stage1", SLG_KEY_FIRST_OBJECTIVE, AT(first_objective), 0, 0, "", NULL, NULL, "",
        "What the first stage of strategy 2 makes small, from the standard deviation s and the skewness g of the "
        "kernel's "
        "values: |g|/(1+|g|) - s/0.5, |g| - s, or -s."),
    OWN(SLG_SEC_OBJECTIVE, "n_reference", SLG_KEY_INT, AT(n_reference), 2, 10000000, "", "3000", NULL, "",
        "Reference environments of the kernel's statistics (at most)."),

    OWN(SLG_SEC_SEARCH, "strategy", SLG_KEY_INT, AT(strategy), 1, 3, "", "3", NULL, "",
        "3: by the error of fits, delta and the sigmas solved inside each trial, the others searched (as positions in "
        "`start` give them); 1: all are searched, the default where all of delta and the sigmas, or all others, are "
        "fixed; 2: first the descriptor by the kernel's statistics, then the rest by the error of fits."),
    OWN(SLG_SEC_SEARCH, "optimiser", SLG_KEY_OPTIMISER, AT(optimiser), 0, 0, "", NULL, NULL, "",
        "What proposes the trials."),
    {.section = SLG_SEC_SEARCH},
    OWN(SLG_SEC_SEARCH, "particles", SLG_KEY_INT, AT(particles), 1, 100000, "", "16", NULL, "",
        "Particles (trials of an iteration); of strategy 2 in the first stage."),
    OWN(SLG_SEC_SEARCH, "iterations", SLG_KEY_INT, AT(iterations), 1, SLG_MAX_ITERATIONS, "", "30", NULL, "",
        "Iterations; of strategy 2 in the first stage."),
    OWN(SLG_SEC_SEARCH, "stage2_particles", SLG_KEY_INT, AT(stage2_particles), 1, 100000, "", "20", NULL, "",
        "Particles of the second stage."),
    OWN(SLG_SEC_SEARCH, "stage2_iterations", SLG_KEY_INT, AT(stage2_iterations), 1, SLG_MAX_ITERATIONS, "", "30", NULL,
        "", "Iterations of the second stage."),
    OWN(SLG_SEC_SEARCH, "seed", SLG_KEY_SEED, AT(seed), 0, 0, "", "1", NULL, "",
        "Seed of all random numbers; same seed, same results."),
    OWN(SLG_SEC_SEARCH, "start", SLG_KEY_START, AT(start), 0, 0, "", "[]", NULL, "",
        "Given start positions, one for each of the first particles (the rest for those of the next iterations): a "
        "list of "
        "maps from hyper-parameters to values; what is not given is drawn."),

    OWN(SLG_SEC_RUN, "directory", SLG_KEY_TEXT, AT(directory), 0, 0, "", "study", NULL, "",
        "Folder of checkpoints and results, relative to the study file."),
    OWN(SLG_SEC_RUN, "workers", SLG_KEY_INT, AT(workers), 0, 4096, "", "0", NULL, "", "Worker threads; 0: all cores."),
    OWN(SLG_SEC_RUN, "memory_gb", SLG_KEY_REAL, AT(memory_gb), 0, 1e6, "", "0", NULL, "GB",
        "Memory to use; 0: 80 % of what the machine, the cgroup, the batch job (Slurm) and `ulimit -v` leave."),
    OWN(SLG_SEC_RUN, "checkpoint_minutes", SLG_KEY_REAL, AT(checkpoint_minutes), 0, 1e6, "", "10", NULL, "min",
        "Longest time without a checkpoint inside an iteration; ends of iterations are saved as often as saving costs "
        "at most "
        "a twentieth of the time."),
    OWN(SLG_SEC_RUN, "max_time", SLG_KEY_TIME, AT(max_time), 0, 1e9, "", "none", NULL, "s",
        "Ends the run in good order after this time: `none`, seconds, or like `23h30m`, `90s`."),

    OWN(SLG_SEC_TRACE, "keep", SLG_KEY_KEEP, AT(trace_keep), 1, 1000000000, "all none last sample", "last 100", NULL,
        "",
        "What `starling trace` can show: a record of every task is kept of `all` iterations, of the `last N`, of a "
        "`sample N` (every N-th), or of `none`."),
    OWN(SLG_SEC_TRACE, "fxt", SLG_KEY_BOOL, AT(trace_fxt), 0, 0, "", "false", NULL, "",
        "Also write StarPU's own FxT trace (large; only with a StarPU that was built with FxT)."),
};
enum { N_OWN = sizeof own / sizeof own[0], MAX_SLOT = 160 };

static const char *const sections[SLG_N_SECTION][2] = {
    [SLG_SEC_DATA] = {"data", "Reference structures."},
    [SLG_SEC_DESCRIPTOR] = {"descriptor", "The descriptor and the kernel."},
    [SLG_SEC_FIT] = {"fit", "The sparse Gaussian-process fit."},
    [SLG_SEC_OBJECTIVE] = {"objective", "What is made small."},
    [SLG_SEC_SEARCH] = {"search", "How the search goes on."},
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

/* --- making the list ------------------------------------------------------------------------------------------ */

static bool has_table(const slg_config *cfg, const slg_param *table)
{
    for (size_t i = 0; i < cfg->n_slot; i++)
        if (cfg->slot[i].param == table)
            return true;
    return false;
}

/* Objectives share tables: each table counts once. */
static void add_slots(slg_config *cfg, const slg_param *table, size_t n)
{
    if (n == 0 || has_table(cfg, table))
        return;
    SLG_ASSERT(cfg->n_slot + n <= MAX_SLOT);
    for (size_t i = 0; i < n; i++)
        cfg->slot[cfg->n_slot++].param = &table[i];
}

static void add_key(slg_config *cfg, slg_section section, size_t slot, const char *owner)
{
    const slg_param *p = cfg->slot[slot].param;
    cfg->key[cfg->n_key++] = (slg_key){.section = section,
                                       .name = p->name,
                                       .type = SLG_KEY_PARAM,
                                       .lo = p->lowest,
                                       .hi = p->highest,
                                       .words = p->words ? p->words : "",
                                       .standard = p->standard,
                                       .example = p->example,
                                       .unit = p->unit ? p->unit : "",
                                       .text = p->text,
                                       .slot = slot,
                                       .param = p,
                                       .owner = owner};
}

static void add_table(slg_config *cfg, slg_section section, const slg_param *table, size_t n, const char *owner)
{
    for (size_t i = 0; n > 0 && i < cfg->n_slot; i++)
        if (cfg->slot[i].param >= table && cfg->slot[i].param < table + n)
            add_key(cfg, section, i, owner);
}

/* Is the objective the first one with its table? */
static bool leads(const slg_objective *const *o)
{
    for (const slg_objective *const *before = slg_objectives; before < o; before++)
        if ((*before)->param == (*o)->param)
            return false;
    return (*o)->n_param > 0;
}

static void add_contributed(slg_config *cfg, slg_section section)
{
    if (section == SLG_SEC_DESCRIPTOR)
        add_table(cfg, section, cfg->term->param, cfg->term->n_param, NULL);
    if (section == SLG_SEC_FIT)
        add_table(cfg, section, slg_fit_param, SLG_FIT_N_PARAM, NULL);
    for (const slg_objective *const *o = slg_objectives; section == SLG_SEC_OBJECTIVE && *o; o++)
        if (leads(o))
            add_table(cfg, section, (*o)->param, (*o)->n_param, (*o)->name);
    for (const slg_optimiser_kind *const *o = slg_optimisers; section == SLG_SEC_SEARCH && *o; o++)
        add_table(cfg, section, (*o)->param, (*o)->n_param, (*o)->name);
}

static void append_word(char *words, const char *name)
{
    const size_t used = strlen(words), n = strlen(name);
    SLG_ASSERT(used + n + 2 <= SLG_WORDS);
    if (used > 0)
        words[used] = ' ';
    memcpy(words + used + (used > 0), name, n + 1);
}

static void list_words(slg_config *cfg)
{
    for (const slg_term *const *t = slg_terms; *t; t++)
        append_word(cfg->words[0], (*t)->name);
    for (const slg_objective *const *o = slg_objectives; *o; o++)
        append_word(cfg->words[slg_objective_of_descriptor(*o) ? 2 : 1], (*o)->name);
    for (const slg_optimiser_kind *const *o = slg_optimisers; *o; o++)
        append_word(cfg->words[3], (*o)->name);
}

static const char *first_objective(int of_descriptor)
{
    const slg_objective *const *o = slg_objectives;
    while (*o && slg_objective_of_descriptor(*o) != of_descriptor)
        o++;
    SLG_ASSERT(*o);
    return (*o)->name;
}

/* The first of each list is its default. */
static void complete_choice(slg_config *cfg, slg_key *key)
{
    switch (key->type) {
    case SLG_KEY_TERM: key->standard = slg_terms[0]->name; break;
    case SLG_KEY_OBJECTIVE: key->standard = first_objective(0); break;
    case SLG_KEY_FIRST_OBJECTIVE: key->standard = first_objective(1); break;
    case SLG_KEY_OPTIMISER: key->standard = slg_optimisers[0]->name; break;
    default: return;
    }
    key->words = cfg->words[key->type - SLG_KEY_TERM];
}

/* A key of a section has one owner, under all its names: a table that breaks this is a mistake in the program. */
static void assert_unique(const slg_config *cfg)
{
    for (const slg_key *k = cfg->key; k < cfg->key + cfg->n_key; k++)
        SLG_ASSERT(slg_key_find(cfg, k->section, k->name) == k);
}

slg_status slg_keys_make(slg_config *cfg, const slg_term *term, slg_error *err)
{
    cfg->term = term;
    cfg->slot = slg_calloc(MAX_SLOT, sizeof *cfg->slot);
    cfg->key = slg_calloc(N_OWN + MAX_SLOT, sizeof *cfg->key);
    if (!cfg->slot || !cfg->key)
        return slg_fail_nomem(err, "configuration");
    list_words(cfg);
    add_slots(cfg, term->param, term->n_param);
    cfg->fit = cfg->n_slot;
    add_slots(cfg, slg_fit_param, SLG_FIT_N_PARAM);
    cfg->n_hp = cfg->n_slot;
    SLG_ASSERT(cfg->n_hp <= SLG_MAX_HP);
    for (const slg_objective *const *o = slg_objectives; *o; o++)
        add_slots(cfg, (*o)->param, (*o)->n_param);
    for (const slg_optimiser_kind *const *o = slg_optimisers; *o; o++)
        add_slots(cfg, (*o)->param, (*o)->n_param);
    for (size_t i = 0; i < N_OWN; i++) {
        if (!own[i].name) {
            add_contributed(cfg, own[i].section);
            continue;
        }
        cfg->key[cfg->n_key] = own[i];
        complete_choice(cfg, &cfg->key[cfg->n_key++]);
    }
    assert_unique(cfg);
    return SLG_OK;
}

void slg_keys_free(slg_config *cfg)
{
    for (size_t i = 0; cfg->slot && i < cfg->n_slot; i++)
        slg_free(cfg->slot[i].file);
    slg_free(cfg->slot);
    slg_free(cfg->key);
}

/* --- looking up ----------------------------------------------------------------------------------------------- */

static bool is_named(const slg_param *p, const char *name)
{
    return strcmp(p->name, name) == 0 || (p->aliases && slg_word_index(p->aliases, name) >= 0);
}

bool slg_key_is_hp(const slg_key *key)
{
    return key->param && (key->param->flags & SLG_PARAM_SEARCHABLE);
}

const slg_key *slg_key_find(const slg_config *cfg, slg_section s, const char *name)
{
    for (const slg_key *k = cfg->key; k < cfg->key + cfg->n_key; k++)
        if (k->section == s && (k->param ? is_named(k->param, name) : strcmp(k->name, name) == 0))
            return k;
    return NULL;
}

size_t slg_hp_find(const slg_config *cfg, const char *name)
{
    size_t i = 0;
    while (i < cfg->n_hp && !((cfg->slot[i].param->flags & SLG_PARAM_SEARCHABLE) && is_named(cfg->slot[i].param, name)))
        i++;
    return i;
}

static bool in_table(const slg_param *p, const slg_param *table, size_t n)
{
    return n > 0 && p >= table && p < table + n;
}

bool slg_key_chosen(const slg_config *cfg, const slg_key *key)
{
    if (!key->owner)
        return true;
    return in_table(key->param, cfg->objective->param, cfg->objective->n_param) ||
           in_table(key->param, cfg->first_objective->param, cfg->first_objective->n_param) ||
           in_table(key->param, cfg->optimiser->param, cfg->optimiser->n_param);
}

void slg_config_settings(const slg_config *cfg, const slg_param *table, size_t n, double *out)
{
    for (size_t i = 0; n > 0 && i < cfg->n_slot; i++)
        if (in_table(cfg->slot[i].param, table, n))
            out[cfg->slot[i].param - table] = cfg->slot[i].entry.tied.value;
}

slg_slot *slg_config_weight(const slg_config *cfg, int quantity)
{
    for (size_t i = 0; i < cfg->n_slot; i++)
        if (in_table(cfg->slot[i].param, cfg->objective->param, cfg->objective->n_param) &&
            cfg->slot[i].param->flags & (unsigned)SLG_PARAM_WEIGHT << quantity)
            return &cfg->slot[i];
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
