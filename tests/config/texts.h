/** Study files as texts, shared by the test programs of this folder. */
#ifndef SLG_TESTS_CONFIG_TEXTS_H
#define SLG_TESTS_CONFIG_TEXTS_H

#include "src/config/keys.h"
#include "tests/config/wrong.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The shortest study. */
#define STUDY                                                                                                          \
    "data: {train: a.xyz}\ndescriptor: {alpha_max: 4, l_max: 4, rcut_hard: 5, rcut_soft: 4, atom_sigma_r: 0.5, "       \
    "atom_sigma_t: 0.5, zeta: 4}\nfit: {n_sparse: 60}\n"

/* Every key but compress_file, which wants a fixed l_max; none with its default where there are other values. */
static const char full[] =
    "data:\n"
    "  train: \"tr \\\"a\\\\in: #1.xyz\"\n"
    "  validation: {fraction: 0.2}\n"
    "  energy_key: E\n"
    "  force_key: null\n"
    "  stress_key: s\n"
    "  config_type_key: none\n"
    "  e0: {C: -1027.25, H: -13.6}\n"
    "fit:\n"
    "  use: [virial, energy]\n"
    "  sparse_method: fps\n"
    "  jitter: 1e-11\n"
    "  config_type_sigma: {dimer: {energy: 0.001, virial: 0.02}, 'a b': {force: 0.1}}\n"
    "  n_sparse: {C: {int: [10, 60]}, H: {choice: [5, 7, 3]}}\n"
    "  energy_scale: {range: [0.1, 5.0]}\n"
    "  sigma_E: {log: [0.001, 0.1]}\n"
    "  sigma_V: 0.3\n"
    "descriptor:\n"
    "  type: soap_turbo\n"
    "  basis: poly3\n"
    "  compress_mode: trivial\n"
    "  clean_filter: true\n"
    "  n_max: {C: 4, H: 3}\n"
    "  l_max: {int: [3, 5]}\n"
    "  cutoff: 5\n"
    "  nf: 3.3333333333333335\n"
    "  rcut_soft: {range: [4.0, 5.0]}\n"
    "  atom_sigma: {C: 0.4, H: {range: [0.1, 0.5]}}\n"
    "  atom_sigma_t: {log: [0.1, 0.7]}\n"
    "  radial_enhancement: {int: [0, 2]}\n"
    "  soap_exponent: {choice: [2, 4.5, 6]}\n"
    "objective: {kind: mae, virial_weight: 0.1, stage1: std, n_reference: 100}\n"
    "search:\n"
    "  strategy: 2\n"
    "  swarm: random\n"
    "  gbest: iteration\n"
    "  bounds: reflect\n"
    "  dt: 0.3\n"
    "  start: [{rcut_soft: 4.5, zeta: 4.5}, {}, {atom_sigma_r: {H: 0.2}, n_sparse: {C: 20, H: 7}}]\n"
    "run: {directory: d, workers: 3, memory_gb: 1.5, checkpoint_minutes: 0.1, max_time: 1h}\n";

static const int32_t ch[2] = {1, 6}; /* H, C */

static slg_error err;

/* A contributed parameter by its name. */
static inline slg_slot *slot_of(const slg_config *cfg, const char *name)
{
    size_t i = 0;
    while (i < cfg->n_slot && strcmp(cfg->slot[i].param->name, name) != 0)
        i++;
    ck_assert_msg(i < cfg->n_slot, "no parameter %s", name);
    return &cfg->slot[i];
}

static inline slg_hp_entry *entry_of(const slg_config *cfg, const char *name)
{
    return &slot_of(cfg, name)->entry;
}

static inline double value_of(const slg_config *cfg, const char *name)
{
    const slg_hp_entry *e = entry_of(cfg, name);
    ck_assert_int_eq(e->n_species, 0);
    ck_assert_int_eq(e->tied.kind, SLG_HP_FIXED);
    return e->tied.value;
}

/* Valid until the next call. */
static inline const char *word_of(const slg_config *cfg, const char *name)
{
    static char word[32];
    ck_assert_int_eq(slot_of(cfg, name)->param->kind, SLG_PARAM_WORD);
    ck_assert(slg_word_at(slot_of(cfg, name)->param->words, (int)value_of(cfg, name), word, sizeof word));
    return word;
}

/* Row of a hyper-parameter in a set of values. */
static inline size_t row_of(const slg_config *cfg, const char *name)
{
    const size_t row = slg_hp_find(cfg, name);
    ck_assert_msg(row < cfg->n_hp, "no hyper-parameter %s", name);
    return row;
}

static inline double weight_of(const slg_config *cfg, int quantity)
{
    return slg_config_weight(cfg, quantity)->entry.tied.value;
}

static inline slg_config *parse_named(const char *name, const char *text)
{
    slg_config *cfg;
    slg_error_clear(&err);
    slg_status st = slg_config_parse(name, text, strlen(text), "folder", &cfg, &err);
    ck_assert_msg(st == SLG_OK, "%s", err.text);
    ck_assert_ptr_nonnull(cfg);
    return cfg;
}

static inline slg_config *parse(const char *text)
{
    return parse_named("study.yaml", text);
}

/* A text with one piece replaced; free with free(). */
static inline char *replaced(const char *text, const char *old, const char *new)
{
    const char *at = strstr(text, old);
    ck_assert_msg(at != NULL, "not in the text: %s", old);
    char *out = calloc(strlen(text) + strlen(new) + 1, 1);
    ck_assert_ptr_nonnull(out);
    sprintf(out, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
    return out;
}

/* The same of the valid text. */
static inline char *changed(const char *old, const char *new)
{
    return replaced(valid, old, new);
}

static inline slg_config *parse_changed(const char *old, const char *new)
{
    char *text = changed(old, new);
    slg_config *cfg = parse(text);
    free(text);
    return cfg;
}

static inline char *written(const slg_config *cfg)
{
    char *text;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    ck_assert_int_eq(slg_config_write(cfg, out, &err), SLG_OK);
    fclose(out);
    return text;
}

#endif
