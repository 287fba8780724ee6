/* Study files: messages, defaults, forms of values, round trip, hyper-parameter files, generated documents. */
#include "runtime/base/alloc.h"
#include "tests/config/texts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static char *written(const slg_config *cfg)
{
    char *text;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    ck_assert_int_eq(slg_config_write(cfg, out, &err), SLG_OK);
    fclose(out);
    return text;
}

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
    ck_assert_str_eq(c->train, "a.xyz");
    ck_assert_int_eq(c->validation_mode, SLG_VAL_SAME);
    ck_assert_str_eq(c->key_energy, "energy");
    ck_assert_str_eq(c->key_force, "forces");
    ck_assert_str_eq(c->key_virial, "");
    ck_assert_str_eq(c->key_stress, "");
    ck_assert_str_eq(c->key_config_type, "config_type");
    ck_assert(c->use_energy && c->use_force && !c->use_virial);
    ck_assert_int_eq(c->e0_mode, SLG_E0_ISOLATED);
    ck_assert_int_eq(c->basis, SLG_POLY3GAUSS);
    ck_assert_str_eq(c->compress_mode, "None");
    ck_assert_str_eq(c->compress_file, "");
    ck_assert(!c->clean_filter);
    ck_assert_str_eq(c->sparse_method, "cur");
    ck_assert_double_eq(c->jitter, 1e-9);
    ck_assert_int_eq(c->objective, SLG_OBJ_RMSE);
    ck_assert_int_eq(c->stage1_objective, SLG_OBJ_STD_SKEW);
    ck_assert_double_eq(c->weight_energy, 1);
    ck_assert_double_eq(c->weight_force, 1.0 / 30.0);
    ck_assert_double_eq(c->weight_virial, 0);
    ck_assert_int_eq(c->n_reference, 3000);
    ck_assert_int_eq(c->strategy, 1);
    ck_assert_int_eq(c->particles, 16);
    ck_assert_int_eq(c->iterations, 30);
    ck_assert_int_eq(c->stage2_particles, 20);
    ck_assert_int_eq(c->stage2_iterations, 30);
    slg_swarm_rule rule;
    ck_assert(slg_swarm_preset("inertia", &rule));
    ck_assert_double_eq(c->rule.inertia, rule.inertia);
    ck_assert_double_eq(c->rule.c2, rule.c2);
    ck_assert_int_eq(c->rule.bounds, rule.bounds);
    ck_assert_uint_eq(c->seed, 1);
    ck_assert_int_eq(c->n_start, 0);
    ck_assert_str_eq(c->directory, "study");
    ck_assert_int_eq(c->workers, 2);
    ck_assert_double_eq(c->checkpoint_minutes, 10);
    ck_assert_double_eq(c->max_time, 0);
    ck_assert_double_eq(c->hp[SLG_HP_NF].tied.value, 4);
    ck_assert_int_eq(c->hp[SLG_HP_SIGMA_ENERGY].tied.kind, SLG_HP_LOG);
    ck_assert_double_eq(c->hp[SLG_HP_SIGMA_ENERGY].tied.hi, 0.1);
    ck_assert_str_eq(slg_config_warnings(c), "");
    slg_config_free(&c);
    ck_assert_ptr_null(c);
}
END_TEST

/* Defaults follow what the data have; what is written must agree with it. */
START_TEST(dependent_defaults)
{
    slg_config *c = parse_changed("train: a.xyz\n", "train: a.xyz\n  force_key: none\n");
    ck_assert(c->use_energy && !c->use_force);
    ck_assert_double_eq(c->weight_force, 0);
    slg_config_free(&c);
    c = parse_changed("seed: 1\n", "inertia: 0.5\n  swarm: paper\n  seed: 18446744073709551615\n");
    ck_assert_double_eq(c->rule.inertia, 0.5); /* the preset comes first whatever the order */
    ck_assert_double_eq(c->rule.c2, 2);
    ck_assert_int_eq(c->rule.bounds, SLG_BOUNDS_REDRAW);
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

START_TEST(all_keys)
{
    slg_config *c = parse(full);
    ck_assert_str_eq(c->train, "tr \"a\\in: #1.xyz");
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
    ck_assert_int_eq(c->hp[SLG_HP_N_SPARSE].n_species, 2);
    ck_assert_int_eq(c->hp[SLG_HP_N_SPARSE].each[1].n_choice, 3);
    ck_assert_int_eq(c->hp[SLG_HP_ATOM_SIGMA_R].each[1].kind, SLG_HP_RANGE);
    ck_assert_double_eq(c->hp[SLG_HP_ZETA].tied.choice[1], 4.5);
    ck_assert_double_eq(c->hp[SLG_HP_RCUT_HARD].tied.value, 5);
    ck_assert_int_eq(c->objective, SLG_OBJ_MAE);
    ck_assert_int_eq(c->stage1_objective, SLG_OBJ_STD);
    ck_assert_int_eq(c->rule.method, SLG_SWARM_RANDOM);
    ck_assert_int_eq(c->rule.gbest, SLG_GBEST_ITERATION);
    ck_assert_double_eq(c->rule.dt, 0.3);
    ck_assert_int_eq(c->n_start, 3);
    ck_assert_double_eq(c->max_time, 3600);
    slg_config_free(&c);
}
END_TEST

/* Written, read and written again: same text and same bytes of the struct. */
static void round_trip(const char *text)
{
    slg_config *a = parse(text);
    char *first = written(a);
    slg_config *b = parse(first);
    char *second = written(b);
    ck_assert_str_eq(first, second);
    size_t n = (size_t)a->n_start * SLG_N_HP * sizeof *a->start;
    ck_assert(n == 0 || memcmp(a->start, b->start, n) == 0);
    slg_free(a->start);
    slg_free(b->start);
    a->start = b->start = NULL;
    ck_assert_mem_eq(a, b, sizeof *a);
    ck_assert_uint_eq(slg_config_differences(first, second, NULL), 0);
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
}
END_TEST

START_TEST(differences)
{
    slg_config *a = parse(full), *b = parse(full);
    b->workers = 77; /* run: has no say */
    strcpy(b->directory, "elsewhere");
    b->seed = 9;
    b->hp[SLG_HP_ZETA].tied.choice[1] = 5;
    char *was = written(a), *is = written(b);
    slg_error_clear(&err);
    ck_assert_uint_eq(slg_config_differences(was, is, &err), 2);
    ck_assert_str_eq(err.text, "descriptor/zeta: was {choice: [2, 4.5, 6]}, is {choice: [2, 5, 6]}\n"
                               "search/seed: was 1, is 9");
    ck_assert_int_eq(err.status, SLG_ERR_MATCH);
    slg_error_clear(&err);
    ck_assert_uint_eq(slg_config_differences("a:\n  b: 1\n", "a:\n  c: 1\n", &err), 2);
    ck_assert_str_eq(err.text, "a/b: was 1, is not given\na/c: was not given, is 1");
    free(was);
    free(is);
    slg_config_free(&a);
    slg_config_free(&b);
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

static slg_status load_hp_text(slg_config *cfg, const char *name, const char *text)
{
    const char *folder = slg_test_folder();
    char path[SLG_PATH];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *out = fopen(path, "w");
    fputs(text, out);
    fclose(out);
    slg_error_clear(&err);
    slg_status st = slg_config_load_hp(path, cfg, &err);
    slg_test_remove(folder);
    return st;
}

/* The part of the messages behind the folder. */
static const char *hp_message(void)
{
    const char *slash = strrchr(err.text, '/');
    return slash ? slash + 1 : err.text;
}

START_TEST(hp_files)
{
    slg_config *c;
    slg_hp_set hp;
    ck_assert_int_eq(slg_config_default(&c, &err), SLG_OK);
    slg_error_clear(&err);
    ck_assert_int_eq(slg_config_values(c, NULL, NULL, NULL, 2, ch, &hp, &err), SLG_ERR_CONFIG);
    ck_assert_str_eq(err.text, "alpha_max: expected a value, found none; add it to the hyper-parameters");
    ck_assert_int_eq(load_hp_text(c, "hp.yaml",
                                  "n_max: {H: 3, C: 4}\nl_max: 4\nrcut_hard: 5\nrcut_soft: 4.5\n"
                                  "atom_sigma_r: 0.3\natom_sigma_t: 0.4\nzeta: 4\nn_sparse: 60\n"
                                  "basis: poly3\njitter: 1e-10\nclean_filter: true\n"),
                     SLG_OK);
    ck_assert_int_eq(c->basis, SLG_POLY3);
    ck_assert_double_eq(c->jitter, 1e-10);
    ck_assert_int_eq(load_hp_text(c, "hp.json",
                                  "{\n\t\"zeta\": {\"H\": 2, \"C\": 6.0},\n\t\"alpha_max\": 5.0,\n"
                                  "\t\"sparse_method\": \"fps\", \"compress_mode\": \"0_1\"}\n"),
                     SLG_OK);
    ck_assert_int_eq(slg_config_values(c, NULL, NULL, NULL, 2, ch, &hp, &err), SLG_OK);
    ck_assert_double_eq(hp.v[SLG_HP_ZETA][1], 6);
    ck_assert_double_eq(hp.v[SLG_HP_ALPHA_MAX][0], 5);
    ck_assert_double_eq(hp.v[SLG_HP_DELTA][0], 1);
    ck_assert_str_eq(c->sparse_method, "fps");
    ck_assert_str_eq(c->compress_mode, "0_1");
    /* Sections of a study file, and the result of a study. */
    ck_assert_int_eq(load_hp_text(c, "hp.yaml", "descriptor: {l_max: 7}\nfit: {n_sparse: 9}\nzeta: 3\n"), SLG_OK);
    ck_assert_double_eq(c->hp[SLG_HP_L_MAX].tied.value, 7);
    ck_assert_double_eq(c->hp[SLG_HP_N_SPARSE].tied.value, 9);
    ck_assert_int_eq(load_hp_text(c, "hp.json", "{\"objective\": 1, \"hp\": {\"l_max\": 2.0}}"), SLG_OK);
    ck_assert_double_eq(c->hp[SLG_HP_L_MAX].tied.value, 2);
    /* A wrong file changes nothing. */
    ck_assert_int_eq(load_hp_text(c, "hp.yaml", "l_max: 6\nzeta: {range: [2, 4]}\nbasi: poly3\ntrain: x\n"),
                     SLG_ERR_CONFIG);
    ck_assert_str_eq(hp_message(), "hp.yaml:4:1: unknown hyper-parameter 'train'");
    ck_assert(strstr(err.text, "hp.yaml:2:7: zeta: expected an element symbol, found 'range'") ||
              strstr(err.text, "hp.yaml:2:7: zeta: expected a number from 0.5 to 50, found a map"));
    ck_assert(strstr(err.text, "hp.yaml:3:1: unknown hyper-parameter 'basi'; did you mean 'basis'?"));
    ck_assert_double_eq(c->hp[SLG_HP_L_MAX].tied.value, 2);
    ck_assert_int_eq(load_hp_text(c, "hp.yaml", "- 3\n"), SLG_ERR_CONFIG);
    ck_assert_str_eq(hp_message(), "hp.yaml:1:1: expected a map of hyper-parameters to values, found a list");
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
    ck_assert_double_eq(c->hp[SLG_HP_RCUT_SOFT].tied.hi, 4.5);
    slg_config_free(&c);
}
END_TEST

START_TEST(names_of_hps_and_elements)
{
    ck_assert_int_eq(slg_hp_find("cutoff"), SLG_HP_RCUT_HARD);
    ck_assert_int_eq(slg_hp_find("sigma_F"), SLG_HP_SIGMA_FORCE);
    ck_assert_int_eq(slg_hp_find(""), SLG_N_HP);
    ck_assert_int_eq(slg_hp_find("sigma"), SLG_N_HP);
    for (int id = 0; id < SLG_N_HP; id++)
        ck_assert_int_eq(slg_hp_find(slg_hp_info_of((slg_hp_id)id)->name), id);
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
    for (st = SLG_ERR_NOMEM, k = 0; st == SLG_ERR_NOMEM && k < 100; k++) {
        const char *folder = slg_test_folder();
        char path[SLG_PATH];
        snprintf(path, sizeof path, "%s/hp.yaml", folder);
        FILE *out = fopen(path, "w");
        fputs("zeta: 4\nl_max: 6\n", out);
        fclose(out);
        slg_alloc_fail_after(k);
        st = slg_config_load_hp(path, c, NULL);
        slg_alloc_fail_after(-1);
        slg_test_remove(folder);
    }
    ck_assert_int_eq(st, SLG_OK);
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
    tcase_add_test(t, dependent_defaults);
    tcase_add_test(t, times);
    tcase_add_test(t, all_keys);
    tcase_add_test(t, round_trips);
    tcase_add_test(t, differences);
    tcase_add_test(t, warning_of_wide_gaussians);
    tcase_add_test(t, hp_files);
    tcase_add_test(t, json_study);
    tcase_add_test(t, names_of_hps_and_elements);
    tcase_add_test(t, allocation_failures);
    tcase_add_test(t, template_is_valid);
    tcase_add_test(t, reference_is_current);
    suite_add_tcase(suite, t);
    return slg_test_main(suite);
}
