/* Study files: messages, defaults, forms of values, round trip, generated documents. */
#include "runtime/base/alloc.h"
#include "tasks/fit/params.h"
#include "tests/config/texts.h"

#include <stdlib.h>
#include <string.h>

START_TEST(messages)
{
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        slg_config *cfg;
        char *text = changed(wrong[i].old, wrong[i].new);
        slg_error_clear(&err);
        slg_status st = slg_config_parse("study.yaml", text, strlen(text), "", &cfg, &err);
        ck_assert_msg(strcmp(err.text, wrong[i].message) == 0, "%s: expected\n%s\nfound\n%s", wrong[i].what,
                      wrong[i].message, err.text);
        ck_assert_int_eq(st, SLG_ERR_CONFIG);
        ck_assert_ptr_null(cfg);
        ck_assert_int_eq(slg_config_parse("study.yaml", text, strlen(text), "", &cfg, NULL), SLG_ERR_CONFIG);
        free(text);
    }
}
END_TEST

START_TEST(limits_of_files)
{
    slg_config *cfg;
    const char nul[] = "data:\n  train: a.xyz #\0\nbogus: 1\n";
    slg_error_clear(&err); /* without forks an earlier test left its message */
    ck_assert_int_eq(slg_config_parse("nul.yaml", nul, sizeof nul - 1, "", &cfg, &err), SLG_ERR_CONFIG);
    ck_assert_str_eq(err.text,
                     "nul.yaml:2:17: expected UTF-8 text, found the byte 0x00; this is not a text file, or its "
                     "letters are in another encoding");
    slg_error_clear(&err);
    size_t n = (1 << 20) + 1;
    char *big = malloc(n + 1);
    memset(big, '#', n);
    big[n] = '\0';
    slg_error_clear(&err);
    ck_assert_int_eq(slg_config_parse("s.yaml", big, n, "", &cfg, &err), SLG_ERR_CONFIG);
    ck_assert_str_eq(err.text, "s.yaml:1:1: the file is larger than 1 MiB; this is not a study file");
    char *end = big;
    for (int i = 0; i < 20000; i++)
        end += sprintf(end, "k%d: 1\n", i);
    slg_error_clear(&err);
    ck_assert_int_eq(slg_config_parse("s.yaml", big, (size_t)(end - big), "", &cfg, &err), SLG_ERR_CONFIG);
    ck_assert_str_eq(err.text, "s.yaml:12000:9: the file is nested too deeply or has too many values for a study");
    free(big);
    slg_error_clear(&err);
    ck_assert_int_eq(slg_config_load("/nonexistent/s.yaml", &cfg, &err), SLG_ERR_IO);
    ck_assert_str_eq(err.text, "/nonexistent/s.yaml: cannot be opened: No such file or directory");
}
END_TEST

START_TEST(defaults)
{
    slg_config *c = parse(valid);
    ck_assert_str_eq(c->file, "study.yaml");
    ck_assert_str_eq(c->folder, "folder");
    ck_assert_uint_eq(c->train.n, 1);
    ck_assert_str_eq(c->train.name[0], "a.xyz");
    ck_assert_uint_eq(c->test.n, 0);
    ck_assert_int_eq(c->validation_mode, SLG_VAL_FOLDS);
    ck_assert_int_eq(c->n_fold, 5);
    ck_assert(!c->has_split_seed && c->key_group[0] == '\0');
    ck_assert_str_eq(c->key_energy, "energy");
    ck_assert_str_eq(c->key_force, "forces");
    ck_assert_str_eq(c->key_virial, "");
    ck_assert_str_eq(c->key_stress, "");
    ck_assert_str_eq(c->key_config_type, "config_type");
    ck_assert(c->use_energy && c->use_force && !c->use_virial);
    ck_assert_int_eq(c->e0_mode, SLG_E0_ISOLATED);
    ck_assert_str_eq(c->objective->name, "rmse");
    ck_assert_str_eq(c->first_objective->name, "std_skew");
    ck_assert_double_eq(weight_of(c, SLG_ENERGY), 1);
    ck_assert_double_eq(weight_of(c, SLG_FORCE), 1.0 / 30.0);
    ck_assert_double_eq(weight_of(c, SLG_VIRIAL), 0);
    ck_assert_int_eq(c->n_reference, 3000);
    ck_assert_int_eq(c->strategy, 3);
    ck_assert_int_eq(c->particles, 16);
    ck_assert_int_eq(c->iterations, 30);
    ck_assert_int_eq(c->stage2_particles, 20);
    ck_assert_int_eq(c->stage2_iterations, 30);
    ck_assert_uint_eq(c->seed, 1);
    ck_assert_int_eq(c->n_start, 0);
    ck_assert_str_eq(c->directory, "study");
    ck_assert_int_eq(c->workers, 2);
    ck_assert_double_eq(c->checkpoint_minutes, 10);
    ck_assert_double_eq(c->max_time, 0);
    ck_assert_str_eq(slg_config_warnings(c), "");
    slg_config_free(&c);
    ck_assert_ptr_null(c);
}
END_TEST

START_TEST(defaults_of_parameters)
{
    slg_config *c = parse(valid);
    ck_assert_str_eq(c->term->name, "soap_turbo");
    ck_assert_str_eq(word_of(c, "basis"), "poly3gauss");
    ck_assert_str_eq(word_of(c, "compress_mode"), "None");
    ck_assert_ptr_null(slot_of(c, "compress_file")->file);
    ck_assert_double_eq(value_of(c, "compress_file"), 0);
    ck_assert_double_eq(value_of(c, "clean_filter"), 0);
    ck_assert_str_eq(word_of(c, "sparse_method"), "cur");
    ck_assert_double_eq(value_of(c, "jitter"), 1e-9);
    ck_assert_double_eq(value_of(c, "nf"), 4);
    ck_assert_int_eq(entry_of(c, "sigma_energy")->tied.kind, SLG_HP_LOG);
    ck_assert_double_eq(entry_of(c, "sigma_energy")->tied.hi, 0.1);
    ck_assert_str_eq(c->optimiser->name, "swarm");
    ck_assert_str_eq(word_of(c, "swarm"), "inertia");
    ck_assert_double_eq(value_of(c, "inertia"), 0.729);
    ck_assert_double_eq(value_of(c, "c1"), 1.494);
    ck_assert_double_eq(value_of(c, "c2"), 1.494);
    ck_assert_double_eq(value_of(c, "dt"), 1);
    ck_assert_str_eq(word_of(c, "bounds"), "clamp");
    ck_assert_str_eq(word_of(c, "gbest"), "history");
    slg_config_free(&c);
}
END_TEST

/* Defaults follow what the data have; what is written must agree with it. */
START_TEST(dependent_defaults)
{
    slg_config *c = parse_changed("train: a.xyz\n", "train: a.xyz\n  force_key: none\n");
    ck_assert(c->use_energy && !c->use_force);
    ck_assert_double_eq(weight_of(c, SLG_FORCE), 0);
    slg_config_free(&c);
    c = parse_changed("seed: 1\n", "inertia: 0.5\n  swarm: paper\n  seed: 18446744073709551615\n");
    ck_assert_double_eq(value_of(c, "inertia"), 0.5); /* the preset comes first whatever the order */
    ck_assert_double_eq(value_of(c, "c2"), 2);
    ck_assert_str_eq(word_of(c, "bounds"), "redraw");
    ck_assert(c->seed == UINT64_MAX);
    slg_config_free(&c);
}
END_TEST

START_TEST(times)
{
    static const struct {
        const char *text;
        double seconds;
    } t[] = {{"none", 0}, {"90", 90}, {"90s", 90}, {"23h30m", 84600}, {"1d", 86400}, {"1h1s", 3601}, {"1.5e3", 1500}};
    for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
        char new[64];
        sprintf(new, "max_time: %s\n", t[i].text);
        slg_config *c = parse_changed("workers: 2\n", new);
        ck_assert_double_eq(c->max_time, t[i].seconds);
        slg_config_free(&c);
    }
}
END_TEST

START_TEST(fraction_alone)
{
    slg_config *c = parse_changed("train: a.xyz\n", "train: a.xyz\n  validation: 0.25\n");
    ck_assert_int_eq(c->validation_mode, SLG_VAL_FRACTION);
    ck_assert_double_eq(c->validation_fraction, 0.25);
    slg_config_free(&c);
}
END_TEST

START_TEST(several_files)
{
    slg_config *c = parse_changed("train: a.xyz\n", "train: [a.xyz, 'md-*.xyz']\n  validation: [v.xyz, w.xyz]\n"
                                                    "  test: t.xyz\n");
    ck_assert_uint_eq(c->train.n, 2);
    ck_assert_str_eq(c->train.name[1], "md-*.xyz");
    ck_assert_int_eq(c->validation_mode, SLG_VAL_FILE);
    ck_assert_str_eq(c->validation.name[1], "w.xyz");
    ck_assert_uint_eq(c->test.n, 1);
    char *text = NULL;
    ck_assert_int_eq(slg_config_text(c, &text, &err), SLG_OK);
    ck_assert_ptr_nonnull(strstr(text, "  train: [\"a.xyz\", \"md-*.xyz\"]\n"));
    ck_assert_ptr_nonnull(strstr(text, "  test: \"t.xyz\"\n"));
    slg_free(text);
    slg_config_free(&c);
}
END_TEST

START_TEST(all_keys)
{
    slg_config *c = parse(full);
    ck_assert_str_eq(c->train.name[0], "tr \"a\\in: #1.xyz");
    ck_assert_int_eq(c->validation_mode, SLG_VAL_FRACTION);
    ck_assert_double_eq(c->validation_fraction, 0.2);
    ck_assert_str_eq(c->key_force, "");
    ck_assert_str_eq(c->key_config_type, "");
    ck_assert_int_eq(c->e0_mode, SLG_E0_GIVEN);
    ck_assert_int_eq(c->n_e0, 2);
    ck_assert_str_eq(c->e0_symbol[1], "H");
    ck_assert_double_eq(c->e0[1], -13.6);
    ck_assert(c->use_energy && !c->use_force && c->use_virial);
    ck_assert_int_eq(c->n_group_sigma, 2);
    ck_assert_str_eq(c->group_sigma[1].config_type, "a b");
    ck_assert_double_eq(c->group_sigma[1].energy, 0);
    ck_assert_double_eq(c->group_sigma[0].virial, 0.02);
    ck_assert_int_eq(entry_of(c, "n_sparse")->n_species, 2);
    ck_assert_int_eq(entry_of(c, "n_sparse")->each[1].n_choice, 3);
    ck_assert_int_eq(entry_of(c, "atom_sigma_r")->each[1].kind, SLG_HP_RANGE);
    ck_assert_double_eq(entry_of(c, "zeta")->tied.choice[1], 4.5);
    ck_assert_double_eq(value_of(c, "rcut_hard"), 5);
    ck_assert_str_eq(word_of(c, "basis"), "poly3");
    ck_assert_str_eq(word_of(c, "compress_mode"), "trivial");
    ck_assert_str_eq(word_of(c, "sparse_method"), "fps");
    ck_assert_double_eq(value_of(c, "clean_filter"), 1);
    ck_assert_str_eq(c->objective->name, "mae");
    ck_assert_str_eq(c->first_objective->name, "std");
    ck_assert_str_eq(c->optimiser->name, "random");
    ck_assert_str_eq(word_of(c, "gbest"), "iteration");
    ck_assert_str_eq(word_of(c, "bounds"), "reflect");
    ck_assert_double_eq(value_of(c, "dt"), 0.3);
    ck_assert_int_eq(c->n_start, 3);
    ck_assert_double_eq(c->max_time, 3600);
    slg_config_free(&c);
}
END_TEST

/* Parameters without effect are not written; where they come from differs. */
static void same_slots(const slg_config *a, const slg_config *b)
{
    ck_assert_uint_eq(a->n_key, b->n_key);
    for (const slg_key *k = a->key; k < a->key + a->n_key; k++) {
        if (!k->param || !slg_key_chosen(a, k))
            continue;
        const slg_slot *x = &a->slot[k->slot], *y = &b->slot[k->slot];
        ck_assert_ptr_eq(x->param, y->param);
        ck_assert_msg(memcmp(&x->entry, &y->entry, sizeof x->entry) == 0, "%s", k->name);
        ck_assert_pstr_eq(x->file, y->file);
    }
}

/* Compares, and takes the lists out. */
static void same_names(slg_names *a, slg_names *b)
{
    ck_assert_uint_eq(a->n, b->n);
    for (size_t i = 0; i < a->n; i++)
        ck_assert_str_eq(a->name[i], b->name[i]);
    *a = *b = (slg_names){0};
}

/* The same bytes of the struct, and of what it points to. */
static void same_config(const slg_config *a, const slg_config *b)
{
    const size_t n = (size_t)a->n_start * a->n_hp * sizeof *a->start;
    ck_assert(n == 0 || memcmp(a->start, b->start, n) == 0);
    same_slots(a, b);
    slg_config x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    x.start = y.start = NULL;
    x.slot = y.slot = NULL;
    x.key = y.key = NULL;
    same_names(&x.train, &y.train);
    same_names(&x.validation, &y.validation);
    same_names(&x.test, &y.test);
    memset(x.warnings, 0, sizeof x.warnings); /* of settings without effect, which are not written */
    memset(y.warnings, 0, sizeof y.warnings);
    ck_assert_mem_eq(&x, &y, sizeof x);
}

/* Written, read and written again: same text and same configuration. */
static void round_trip(const char *text)
{
    slg_config *a = parse(text);
    char *first = written(a);
    slg_config *b = parse(first);
    char *second = written(b);
    ck_assert_str_eq(first, second);
    same_config(a, b);
    ck_assert_uint_eq(slg_config_compare(first, second, NULL, NULL, NULL), 0);
    free(first);
    free(second);
    slg_config_free(&a);
    slg_config_free(&b);
}

START_TEST(round_trips)
{
    round_trip(valid);
    round_trip(full);
    char *text = changed("train: a.xyz\n", "train: a.xyz\n  validation: v.xyz\n  e0: average\n  energy_key: none\n");
    char *sigma = strstr(text, "  sigma_energy");
    memmove(sigma, strchr(sigma, '\n') + 1, strlen(strchr(sigma, '\n') + 1) + 1);
    round_trip(text);
    free(text);
    text = replaced(full, "swarm: random", "swarm: paper"); /* now the settings of the swarm count */
    round_trip(text);
    free(text);
    text = replaced(full, "l_max: {int: [3, 5]}", "l_max: 3\n  compress_file: \"a \\\"b\\\".txt\"");
    round_trip(text);
    free(text);
}
END_TEST

/* What was not chosen has no effect and is no part of the identity. */
START_TEST(unchosen_settings_are_not_written)
{
    slg_config *c = parse(full);
    char *text = written(c);
    ck_assert_ptr_nonnull(strstr(text, "\n  optimiser: random\n"));
    ck_assert_ptr_null(strstr(text, "\n  swarm:"));
    ck_assert_ptr_null(strstr(text, "\n  dt:"));
    ck_assert_ptr_nonnull(strstr(text, "\n  virial_weight: 0.1"));
    free(text);
    slg_config_free(&c);
    c = parse(valid);
    text = written(c);
    ck_assert_ptr_nonnull(strstr(text, "descriptor:\n  type: soap_turbo\n  basis: poly3gauss\n"));
    ck_assert_ptr_nonnull(strstr(text, "\n  optimiser: swarm\n  swarm: inertia\n  inertia: 0.728999"));
    ck_assert_ptr_nonnull(strstr(text, "\n  dt: 1\n  bounds: clamp\n  gbest: history\n"));
    free(text);
    slg_config_free(&c);
}
END_TEST

START_TEST(differences)
{
    slg_config *a = parse(full), *b = parse(full);
    b->workers = 77; /* run: has no say */
    strcpy(b->directory, "elsewhere");
    b->seed = 9;
    entry_of(b, "zeta")->tied.choice[1] = 5;
    char *was = written(a), *is = written(b);
    slg_error_clear(&err);
    ck_assert_uint_eq(slg_config_compare(was, is, NULL, NULL, &err), 2);
    ck_assert_str_eq(err.text, "descriptor/zeta: was {choice: [2, 4.5, 6]}, is {choice: [2, 5, 6]}\n"
                               "search/seed: was 1, is 9");
    ck_assert_int_eq(err.status, SLG_ERR_MATCH);
    slg_error_clear(&err);
    ck_assert_uint_eq(slg_config_compare("a:\n  b: 1\n", "a:\n  c: 1\n", NULL, NULL, &err), 2);
    ck_assert_str_eq(err.text, "a/b: was 1, is not given\na/c: was not given, is 1");
    free(was);
    free(is);
    slg_config_free(&a);
    slg_config_free(&b);
}
END_TEST

/* What a caller says of single differences. */
static const char *judged(void *arg, const slg_difference *d)
{
    strcat(strcat(strcat(arg, d->section), "/"), d->key);
    sprintf((char *)arg + strlen(arg), ":%.*s>%.*s ", (int)d->n_was, d->was, (int)d->n_is, d->is);
    return strcmp(d->key, "fine") == 0 ? NULL : strcmp(d->key, "b") == 0 ? "" : "; do not";
}

START_TEST(judged_differences)
{
    char seen[256] = "";
    const char *was = "a:\n  fine: 1\n  b: 2\n  c: 3\n  same: 4\nrun:\n  b: 1\n";
    const char *is = "a:\n  fine: 5\n  c: [6, 7]\n  same: 4\n  new: 8\nrun:\n  b: 2\n";
    slg_error_clear(&err);
    ck_assert_uint_eq(slg_config_compare(was, is, judged, seen, &err), 3);
    ck_assert_str_eq(err.text, "a/b: was 2, is not given\n"
                               "a/c: was 3, is [6, 7]; do not\n"
                               "a/new: was not given, is 8; do not");
    ck_assert_str_eq(seen, "a/fine:1>5 a/b:2> a/c:3>[6, 7] a/new:>8 ");
    ck_assert_uint_eq(slg_config_compare(was, was, judged, seen, NULL), 0);
    ck_assert_uint_eq(slg_config_compare(was, is, NULL, NULL, NULL), 4);
}
END_TEST

/* Of long lists the first entry that differs is shown, and of an entry the key. */
static const struct {
    const char *was, *is, *says;
} list[] = {
#define HEAD "[{zeta: 4, delta: {C: 1.25, Si: 2}}, {rcut_soft: 4.5, atom_sigma_r: 0.5}, "
    {HEAD "{zeta: 7}]", HEAD "{zeta: 7.5}]", "entry 3: was zeta: 7, is zeta: 7.5"},
    {HEAD "{zeta: 7}]", HEAD "{zeta: 7}, {}]", "entry 4: was not given, is {}"},
    {HEAD "{zeta: 7}]", "[{zeta: 4, delta: {C: 1.25, Si: 2}}]",
     "entry 2: was {rcut_soft: 4.5, atom_sigma_r: 0.5}, is not given"},
    {HEAD "{}]", "[{zeta: 4, delta: {C: 1.25, Si: 3}}, {rcut_soft: 4.5, atom_sigma_r: 0.5}, {}]",
     "entry 1: was delta: {C: 1.25, Si: 2}, is delta: {C: 1.25, Si: 3}"},
    {HEAD "{zeta: 7, delta: 1}]", HEAD "{delta: 1}]", "entry 3: was {zeta: 7, delta: 1}, is {delta: 1}"},
    {"[]", HEAD "{}]", "entry 1: was not given, is {zeta: 4, delta: {C: 1.25, Si: 2}}"},
    {HEAD "{}]", "[", "entry 1: was {zeta: 4, delta: {C: 1.25, Si: 2}}, is not given"},
    {HEAD "{}]", "7", "was " HEAD "{}], is 7"},
    {"[{zeta: 7}]", "[{zeta: 8}]", "was [{zeta: 7}], is [{zeta: 8}]"},
    {HEAD "a2345678901234567890123456789012345678901234567890123456789012345678901234567890123]", HEAD "b]",
     "entry 3: was a2345678901234567890123456789012345678901234567890123456789012345678901234567890..., is b"},
    {"[a2345678901234567890123456789012345678901234567890123456789012345678901234567890123, c]", "[b, c]",
     "entry 1: was a2345678901234567890123456789012345678901234567890123456789012345678901234567890..., is b"},
#undef HEAD
};

START_TEST(long_lists)
{
    char was[256], is[256], says[256];
    snprintf(was, sizeof was, "search:\n  start: %s\n", list[_i].was);
    snprintf(is, sizeof is, "search:\n  start: %s\n", list[_i].is);
    snprintf(says, sizeof says, "search/start: %s", list[_i].says);
    slg_error_clear(&err);
    ck_assert_uint_eq(slg_config_compare(was, is, NULL, NULL, &err), 1);
    ck_assert_str_eq(err.text, says);
}
END_TEST

START_TEST(texts)
{
    slg_config *c = parse(full);
    char *expected = written(c), *text = NULL;
    for (long k = 0; !text && k < 10; k++) {
        slg_error_clear(&err);
        slg_alloc_fail_after(k);
        slg_status st = slg_config_text(c, &text, &err);
        slg_alloc_fail_after(-1);
        ck_assert_int_eq(st, text ? SLG_OK : SLG_ERR_NOMEM);
        ck_assert_uint_eq(err.n_message, text ? 0 : 1);
    }
    ck_assert_str_eq(text, expected);
    slg_free(text);
    free(expected);
    slg_config_free(&c);
}
END_TEST

/* The generations take them one after the other. */
START_TEST(more_starts_than_particles)
{
    slg_config *c = parse_changed("  seed: 1\n", "  particles: 1\n  start: [{}, {delta: 2}, {}]\n");
    ck_assert_int_eq(c->particles, 1);
    ck_assert_int_eq(c->n_start, 3);
    slg_config_free(&c);
}
END_TEST

START_TEST(warning_of_wide_gaussians)
{
    slg_config *c = parse_changed("atom_sigma_r: 0.5", "atom_sigma_r: {C: 0.3, H: {range: [0.1, 0.75]}}");
    ck_assert_str_eq(slg_config_warnings(c),
                     "study.yaml: descriptor: atom_sigma_r can reach 0.75, above 0.12 rcut_hard = 0.6, where the basis "
                     "poly3gauss of QUIP and TurboGAP itself is inaccurate: potentials made there do not transfer to "
                     "them; lower atom_sigma_r or use basis: poly3");
    slg_config_free(&c);
    c = parse_changed("atom_sigma_r: 0.5", "atom_sigma_r: 0.6");
    ck_assert_str_eq(slg_config_warnings(c), "");
    slg_config_free(&c);
    c = parse_changed("atom_sigma_r: 0.5", "atom_sigma_r: 2\n  basis: poly3");
    ck_assert_str_eq(slg_config_warnings(c), "");
    slg_config_free(&c);
}
END_TEST

START_TEST(json_study)
{
    slg_config *c =
        parse_named("study.json", "{\"data\": {\"train\": \"a.xyz\"}, \"descriptor\": {\"alpha_max\": 4,\n"
                                  "\t\"l_max\": 4, \"rcut_hard\": 5, \"rcut_soft\": {\"range\": [4, 4.5]},\n"
                                  "\t\"atom_sigma_r\": 0.5, \"atom_sigma_t\": 0.5, \"zeta\": 4},\n"
                                  "\t\"fit\": {\"n_sparse\": 60}}\n");
    ck_assert_double_eq(entry_of(c, "rcut_soft")->tied.hi, 4.5);
    slg_config_free(&c);
}
END_TEST

START_TEST(names_of_hps)
{
    slg_config *c = parse(valid);
    size_t n = 0;
    ck_assert_uint_eq(slg_hp_find(c, "cutoff"), row_of(c, "rcut_hard"));
    ck_assert_uint_eq(slg_hp_find(c, "sigma_F"), c->fit + SLG_FIT_SIGMA_FORCE);
    ck_assert_uint_eq(slg_hp_find(c, ""), c->n_hp);
    ck_assert_uint_eq(slg_hp_find(c, "sigma"), c->n_hp);
    for (size_t i = 0; i < c->n_slot; i++) {
        const bool hp = i < c->n_hp && c->slot[i].param->flags & SLG_PARAM_SEARCHABLE;
        ck_assert_uint_eq(slg_hp_find(c, c->slot[i].param->name), hp ? i : c->n_hp);
        n += hp;
    }
    ck_assert_uint_eq(n, 19);
    slg_config_free(&c);
}
END_TEST

START_TEST(names_of_elements)
{
    for (int32_t z = 1; z <= 118; z++)
        ck_assert_int_eq(slg_element_z(slg_element_symbol(z), strlen(slg_element_symbol(z))), z);
    ck_assert_int_eq(slg_element_z("Fe", 2), 26);
    ck_assert_int_eq(slg_element_z("U", 1), 92);
    ck_assert_int_eq(slg_element_z("Og", 2), 118);
    ck_assert_int_eq(slg_element_z("X", 1), 0);
    ck_assert_int_eq(slg_element_z("fe", 2), 26);
    ck_assert_str_eq(slg_element_symbol(119), "?");
}
END_TEST

/* Each allocation of ours fails once: an error, nothing lost (the sanitizers look), success in the end. */
START_TEST(allocation_failures)
{
    slg_config *c = NULL;
    slg_status st = SLG_ERR_NOMEM;
    long k = 0;
    for (; st == SLG_ERR_NOMEM && k < 10000; k++) {
        slg_error_clear(&err);
        slg_alloc_fail_after(k);
        st = slg_config_parse("s.yaml", full, strlen(full), "", &c, &err);
        slg_alloc_fail_after(-1);
        ck_assert_msg(st == SLG_OK || (st == SLG_ERR_NOMEM && !c && err.status == SLG_ERR_NOMEM), "%ld: %s", k,
                      err.text);
    }
    ck_assert_int_eq(st, SLG_OK);
    ck_assert_int_gt(k, 100);
    slg_config_free(&c);
}
END_TEST

static char *generated(void make(FILE *))
{
    char *text;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    make(out);
    fclose(out);
    return text;
}

START_TEST(template_is_valid)
{
    char *text = generated(slg_config_template);
    slg_config *c = parse(text);
    ck_assert_str_eq(slg_config_warnings(c), "");
    slg_config_free(&c);
    round_trip(text);
    free(text);
}
END_TEST

/* SLG_UPDATE=1 in the environment writes the page anew; so does `starling config --reference`. */
START_TEST(reference_is_current)
{
    char *page = generated(slg_config_reference), path[SLG_PATH], *stored;
    size_t n;
    snprintf(path, sizeof path, "%s/../docs/CONFIG.md", slg_test_example("."));
    if (getenv("SLG_UPDATE")) {
        FILE *out = fopen(path, "w");
        fputs(page, out);
        fclose(out);
    }
    slg_error_clear(&err);
    ck_assert_msg(slg_file_read(path, &stored, &n, &err) == SLG_OK, "%s", err.text);
    ck_assert_msg(strcmp(page, stored) == 0,
                  "docs/CONFIG.md is out of date: run `starling config --reference > docs/CONFIG.md`");
    free(page);
    slg_free(stored);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("config");
    TCase *t = tcase_create("files");
    tcase_set_timeout(t, 20);
    tcase_add_test(t, messages);
    tcase_add_test(t, limits_of_files);
    tcase_add_test(t, defaults);
    tcase_add_test(t, defaults_of_parameters);
    tcase_add_test(t, dependent_defaults);
    tcase_add_test(t, times);
    tcase_add_test(t, fraction_alone);
    tcase_add_test(t, several_files);
    tcase_add_test(t, all_keys);
    tcase_add_test(t, round_trips);
    tcase_add_test(t, unchosen_settings_are_not_written);
    tcase_add_test(t, differences);
    tcase_add_test(t, judged_differences);
    tcase_add_loop_test(t, long_lists, 0, sizeof list / sizeof *list);
    tcase_add_test(t, texts);
    tcase_add_test(t, more_starts_than_particles);
    tcase_add_test(t, warning_of_wide_gaussians);
    tcase_add_test(t, json_study);
    tcase_add_test(t, names_of_hps);
    tcase_add_test(t, names_of_elements);
    tcase_add_test(t, allocation_failures);
    tcase_add_test(t, template_is_valid);
    tcase_add_test(t, reference_is_current);
    suite_add_tcase(suite, t);
    return slg_test_main(suite);
}
