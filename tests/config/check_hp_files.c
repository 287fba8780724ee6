/* Files of hyper-parameters: into a study's configuration, and into one of their own; files that they refer to. */
#include "runtime/base/alloc.h"
#include "tasks/terms/soap/soap.h"
#include "tests/config/texts.h"

#include <unistd.h>

static const char *path_in(const char *folder, const char *name)
{
    static char path[2][SLG_PATH];
    static int turn;
    turn = !turn;
    snprintf(path[turn], sizeof path[0], "%s/%s", folder, name);
    return path[turn];
}

static const char *put_file(const char *folder, const char *name, const char *text)
{
    const char *path = path_in(folder, name);
    FILE *out = fopen(path, "w");
    ck_assert_ptr_nonnull(out);
    fputs(text, out);
    fclose(out);
    return path;
}

static slg_status load_hp_text(slg_config *cfg, const char *name, const char *text)
{
    const char *folder = slg_test_folder();
    slg_error_clear(&err);
    slg_status st = slg_config_load_hp(put_file(folder, name, text), cfg, &err);
    slg_test_remove(folder);
    return st;
}

static slg_status read_hp_text(const char *name, const char *text, slg_config **cfg)
{
    const char *folder = slg_test_folder();
    slg_error_clear(&err);
    slg_status st = slg_config_read_hp(put_file(folder, name, text), cfg, &err);
    ck_assert((st == SLG_OK) == (*cfg != NULL));
    slg_test_remove(folder);
    return st;
}

static slg_config *read_hp_ok(const char *name, const char *text)
{
    slg_config *cfg = NULL;
    ck_assert_msg(read_hp_text(name, text, &cfg) == SLG_OK, "%s", err.text);
    return cfg;
}

/* The part of the messages behind the folder. */
static const char *hp_message(void)
{
    const char *slash = strrchr(err.text, '/');
    return slash ? slash + 1 : err.text;
}

/* --- into a study's configuration ------------------------------------------------------------------------------ */

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
    ck_assert_str_eq(word_of(c, "basis"), "poly3");
    ck_assert_double_eq(value_of(c, "jitter"), 1e-10);
    ck_assert_double_eq(value_of(c, "clean_filter"), 1);
    ck_assert_int_eq(load_hp_text(c, "hp.json",
                                  "{\n\t\"zeta\": {\"H\": 2, \"C\": 6.0},\n\t\"alpha_max\": 5.0,\n"
                                  "\t\"sparse_method\": \"fps\", \"compress_mode\": \"0_1\"}\n"),
                     SLG_OK);
    ck_assert_int_eq(slg_config_values(c, NULL, NULL, NULL, 2, ch, &hp, &err), SLG_OK);
    ck_assert_double_eq(hp.v[row_of(c, "zeta")][1], 6);
    ck_assert_double_eq(hp.v[row_of(c, "alpha_max")][0], 5);
    ck_assert_double_eq(hp.v[row_of(c, "delta")][0], 1);
    ck_assert_str_eq(word_of(c, "sparse_method"), "fps");
    ck_assert_str_eq(word_of(c, "compress_mode"), "0_1");
    slg_config_free(&c);
}
END_TEST

/* Sections of a study file, and the result of a study. */
START_TEST(nested_hp_files)
{
    slg_config *c;
    ck_assert_int_eq(slg_config_default(&c, &err), SLG_OK);
    ck_assert_int_eq(load_hp_text(c, "hp.yaml", "descriptor: {l_max: 7}\nfit: {n_sparse: 9}\nzeta: 3\n"), SLG_OK);
    ck_assert_double_eq(value_of(c, "l_max"), 7);
    ck_assert_double_eq(value_of(c, "n_sparse"), 9);
    ck_assert_double_eq(value_of(c, "zeta"), 3);
    ck_assert_int_eq(load_hp_text(c, "hp.json", "{\"objective\": 1, \"hp\": {\"l_max\": 2.0}}"), SLG_OK);
    ck_assert_double_eq(value_of(c, "l_max"), 2);
    slg_config_free(&c);
}
END_TEST

/* A wrong file changes nothing. */
START_TEST(wrong_hp_files)
{
    slg_config *c = parse_changed("  zeta: 4\n", "  zeta: 4\n  compress_file: map.txt\n");
    char *before = written(c), *after;
    ck_assert_int_eq(load_hp_text(c, "hp.yaml",
                                  "l_max: 6\nzeta: {range: [2, 4]}\nbasi: poly3\ntrain: x\n"
                                  "compress_file: other.txt\nsparse_method: fps\nuse: [energy]\n"
                                  "config_type_sigma: {dimer: {energy: 1}}\n"),
                     SLG_ERR_CONFIG);
    ck_assert_str_eq(hp_message(), "hp.yaml:4:1: unknown hyper-parameter 'train'");
    ck_assert(strstr(err.text, "hp.yaml:2:7: zeta: expected an element symbol, found 'range'") ||
              strstr(err.text, "hp.yaml:2:7: zeta: expected a number from 0.5 to 50, found a map"));
    ck_assert(strstr(err.text, "hp.yaml:3:1: unknown hyper-parameter 'basi'; did you mean 'basis'?"));
    ck_assert_double_eq(value_of(c, "l_max"), 4);
    after = written(c);
    ck_assert_str_eq(before, after);
    free(after);
    ck_assert_int_eq(load_hp_text(c, "hp.yaml", "- 3\n"), SLG_ERR_CONFIG);
    ck_assert_str_eq(hp_message(), "hp.yaml:1:1: expected a map of hyper-parameters to values, found a list");
    slg_error_clear(&err);
    ck_assert_int_eq(slg_config_load_hp("/nonexistent/hp.yaml", c, &err), SLG_ERR_IO);
    after = written(c);
    ck_assert_str_eq(before, after);
    free(before);
    free(after);
    slg_config_free(&c);
}
END_TEST

/* Values of a file are fixed: what was searched before is searched no more. */
START_TEST(given_values_are_fixed)
{
    slg_config *c = parse(valid);
    slg_space *space = slg_calloc(1, sizeof *space);
    ck_assert_int_eq(load_hp_text(c, "hp.yaml", "rcut_soft: 4.25\ndelta: {C: 2, H: 3}\n"), SLG_OK);
    ck_assert_int_eq(slg_config_space(c, 2, ch, SLG_ALL_PHASES, space, NULL), SLG_OK);
    ck_assert_uint_eq(space->n_dim, 2); /* the second is a default */
    ck_assert_str_eq(space->dim[0].name, "sigma_energy");
    ck_assert_str_eq(space->dim[1].name, "sigma_force");
    ck_assert_double_eq(value_of(c, "rcut_soft"), 4.25);
    ck_assert_int_eq(entry_of(c, "delta")->n_species, 2);
    slg_free(space);
    slg_config_free(&c);
}
END_TEST

/* --- into a configuration of their own ------------------------------------------------------------------------- */

#define FLAT "l_max: 3\nn_max: {C: 4, H: 2}\nn_sparse: 9\nbasis: poly3\njitter: 1e-10\n"

static void expect_flat(const slg_config *c)
{
    ck_assert_str_eq(c->term->name, "soap_turbo");
    ck_assert_double_eq(value_of(c, "l_max"), 3);
    ck_assert_int_eq(entry_of(c, "alpha_max")->n_species, 2);
    ck_assert_double_eq(entry_of(c, "alpha_max")->each[1].value, 2);
    ck_assert_double_eq(value_of(c, "n_sparse"), 9);
    ck_assert_str_eq(word_of(c, "basis"), "poly3");
    ck_assert_double_eq(value_of(c, "jitter"), 1e-10);
    ck_assert_double_eq(value_of(c, "nf"), 4); /* a default */
    ck_assert_str_eq(word_of(c, "sparse_method"), "cur");
    ck_assert_int_eq(entry_of(c, "zeta")->tied.kind, SLG_HP_UNSET);
    ck_assert_int_eq(entry_of(c, "rcut_hard")->tied.kind, SLG_HP_UNSET);
    ck_assert_uint_eq(c->train.n, 0);
    ck_assert_str_eq(c->key_energy, "energy");
}

START_TEST(forms_of_a_file)
{
    static const char *const form[][2] = {
        {"hp.yaml", FLAT},
        {"hp.yaml", "type: soap_turbo\n" FLAT},
        {"hp.yaml", FLAT "type: soap_turbo\n"},
        {"hp.yaml", "descriptor:\n  type: soap_turbo\n  l_max: 3\n  n_max: {C: 4, H: 2}\n  basis: poly3\n"
                    "fit:\n  n_sparse: 9\n  jitter: 1e-10\n"},
        {"hp.yaml",
         "l_max: 3\ndescriptor: {alpha_max: {C: 4, H: 2}, basis: poly3}\nfit: {n_sparse: 9}\njitter: 1e-10\n"},
        {"hp.json", "{\"objective\": 0.5, \"trial\": 3, \"hp\": {\"type\": \"soap_turbo\", \"l_max\": 3.0,\n"
                    "\"alpha_max\": {\"C\": 4, \"H\": 2}, \"n_sparse\": 9, \"basis\": \"poly3\", \"jitter\": 1e-10}}"},
        {"hp.json", "{\"hp\": {\"descriptor\": {\"l_max\": 3, \"alpha_max\": {\"C\": 4, \"H\": 2}, \"basis\": "
                    "\"poly3\"},\n\"fit\": {\"n_sparse\": 9, \"jitter\": 1e-10}}}"},
    };
    for (size_t i = 0; i < sizeof form / sizeof *form; i++) {
        slg_config *c = read_hp_ok(form[i][0], form[i][1]);
        expect_flat(c);
        slg_config_free(&c);
    }
}
END_TEST

/* Neither study nor values: the same as the defaults, the sigmas being values. */
START_TEST(empty_file)
{
    slg_config *a = read_hp_ok("hp.yaml", ""),
               *b = read_hp_ok("hp.yaml", "sigma_energy: 0.001\nsigma_force: 0.05\nsigma_virial: 0.05\n");
    char *first = written(a), *second = written(b);
    ck_assert_str_eq(first, second);
    ck_assert_str_ne(a->folder, "");
    free(first);
    free(second);
    slg_config_free(&a);
    slg_config_free(&b);
}
END_TEST

START_TEST(wrong_files)
{
    static const struct {
        const char *name, *text, *message;
    } bad[] = {
        {"hp.yaml", "type: soap\n", "hp.yaml:1:7: type: expected one of soap_turbo, found 'soap'"},
        {"hp.yaml", "descriptor: {type: [soap_turbo]}\n",
         "hp.yaml:1:20: type: expected one of soap_turbo, found a list"},
        {"hp.yaml", "l_max: 3\nn_max: 3\nalpha_max: 3\n",
         "hp.yaml:3:1: descriptor: 'alpha_max' is another name of 'n_max' in line 2; remove one"},
        {"hp.yaml", "l_max: 3\nl_max: 4\n", "hp.yaml:2:1: key 'l_max' is given twice, first in line 1; remove one"},
        {"hp.yaml", "l_max: {int: [3, 4]}\n", "hp.yaml:1:8: l_max: expected an integer from 0 to 12, found a map"},
        {"hp.yaml", "l_max: 3\nseed: 3\n", "hp.yaml:2:1: unknown hyper-parameter 'seed'"},
        {"hp.yaml", "[3]\n", "hp.yaml:1:1: expected a map of hyper-parameters to values, found a list"},
        {"hp.yaml", "l_max: [3\n", "hp.yaml:2:1: YAML syntax: flow sequence without a closing bracket"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        slg_config *c;
        ck_assert_int_eq(read_hp_text(bad[i].name, bad[i].text, &c), SLG_ERR_CONFIG);
        ck_assert_ptr_null(c);
        ck_assert_str_eq(hp_message(), bad[i].message);
    }
    slg_config *c;
    slg_error_clear(&err);
    ck_assert_int_eq(slg_config_read_hp("/nonexistent/hp.yaml", &c, &err), SLG_ERR_IO);
    ck_assert_ptr_null(c);
    ck_assert_str_eq(err.text, "/nonexistent/hp.yaml: cannot be opened: No such file or directory");
}
END_TEST

/* --- files that are referred to -------------------------------------------------------------------------------- */

#define BASIS                                                                                                          \
    "l_max: 1\nalpha_max: 2\nrcut_hard: 4\nrcut_soft: 3\natom_sigma_r: 0.3\natom_sigma_t: 0.4\nzeta: 2\nn_sparse: 5\n"
/* Two species of two radial functions and l = 0, 1: 20 components, of which two are left. */
#define MAP "2 2 1 2\nP_transformation\n1 5 0.5\n2 7 -1\nend_transformation\n"

static slg_status term_file(const slg_config *c, slg_hp_set *hp, void **file)
{
    slg_error_clear(&err);
    ck_assert_int_eq(slg_config_values(c, NULL, NULL, NULL, 2, ch, hp, &err), SLG_OK);
    return slg_config_term_file(c, hp, 2, file, &err);
}

static void expect_map(const slg_config *c)
{
    slg_hp_set hp;
    slg_term_def def;
    void *file = NULL;
    ck_assert_msg(term_file(c, &hp, &file) == SLG_OK, "%s", err.text);
    ck_assert_ptr_nonnull(file);
    slg_config_define(c, &hp, 2, 1, file, &def);
    const slg_compress *map = slg_soap_hp_of(&def)->compress;
    ck_assert_ptr_eq(map, file);
    ck_assert(map->n_in == 20 && map->n_out == 2 && map->n_entry == 2 && map->in[1] == 6 && map->out[1] == 1);
    ck_assert_uint_eq(slg_term_length(&def), 2);
    slg_config_define(c, &hp, 2, 1, NULL, &def); /* without the file: all components */
    ck_assert_uint_eq(slg_term_length(&def), 20);
    c->term->free_file(file);
}

/* Relative to the file of hyper-parameters, wherever we are. */
START_TEST(term_file_beside_the_file)
{
    char here[SLG_PATH], folder[64];
    slg_config *c;
    strcpy(folder, slg_test_folder());
    put_file(folder, "map.txt", MAP);
    const char *path = put_file(folder, "hp.yaml", BASIS "compress_file: map.txt\n");
    ck_assert_int_eq(slg_config_read_hp(path, &c, &err), SLG_OK);
    ck_assert_str_eq(c->folder, folder);
    ck_assert_str_eq(slot_of(c, "compress_file")->file, "map.txt");
    expect_map(c);
    slg_config_free(&c);
    ck_assert_ptr_nonnull(getcwd(here, sizeof here));
    ck_assert_int_eq(chdir(folder), 0);
    ck_assert_int_eq(slg_config_read_hp("hp.yaml", &c, &err), SLG_OK);
    ck_assert_str_eq(c->folder, "");
    expect_map(c);
    ck_assert_int_eq(chdir(here), 0);
    slg_config_free(&c);
    slg_test_remove(folder);
}
END_TEST

/* In a study, relative to the study. */
START_TEST(term_file_of_a_study)
{
    char folder[64];
    slg_config *c;
    strcpy(folder, slg_test_folder());
    put_file(folder, "map.txt", MAP);
    ck_assert_int_eq(slg_config_parse("s.yaml", valid, strlen(valid), folder, &c, &err), SLG_OK);
    ck_assert_int_eq(load_hp_text(c, "hp.yaml", BASIS "compress_file: map.txt\nsigma_energy: 0.01\ndelta: 1\n"),
                     SLG_OK);
    expect_map(c);
    ck_assert_int_eq(load_hp_text(c, "hp.yaml", "compress_file: none\n"), SLG_OK);
    slg_hp_set hp;
    void *file = c;
    ck_assert_ptr_null(slot_of(c, "compress_file")->file);
    ck_assert_int_eq(term_file(c, &hp, &file), SLG_OK);
    ck_assert_ptr_null(file);
    slg_config_free(&c);
    slg_test_remove(folder);
}
END_TEST

START_TEST(term_files_that_do_not_fit)
{
    char folder[64], message[128];
    slg_config *c;
    slg_hp_set hp;
    void *file = NULL;
    strcpy(folder, slg_test_folder());
    const char *path = put_file(folder, "hp.yaml", BASIS "compress_file: map.txt\n");
    ck_assert_int_eq(slg_config_read_hp(path, &c, &err), SLG_OK);
    ck_assert_int_eq(term_file(c, &hp, &file), SLG_ERR_IO);
    snprintf(message, sizeof message, "%s/map.txt: cannot be opened: No such file or directory", folder);
    ck_assert_str_eq(err.text, message);
    ck_assert_ptr_null(file);
    put_file(folder, "map.txt", "2 2 2 2\n1\n2\n"); /* of another l_max */
    ck_assert_int_eq(term_file(c, &hp, &file), SLG_ERR_CONFIG);
    snprintf(message, sizeof message, "%s/map.txt:1: ", folder);
    ck_assert_msg(strncmp(err.text, message, strlen(message)) == 0, "%s", err.text);
    ck_assert_ptr_null(file);
    slg_config_free(&c);
    slg_test_remove(folder);
}
END_TEST

/* --- without memory -------------------------------------------------------------------------------------------- */

/* Each allocation of ours fails once: an error, nothing lost (the sanitizers look), success in the end. */
START_TEST(allocation_failures)
{
    char folder[64];
    strcpy(folder, slg_test_folder());
    const char *path = put_file(folder, "hp.yaml", "zeta: 4\nl_max: 6\ncompress_file: a.txt\n");
    slg_config *c = parse(full), *own = NULL;
    slg_status st = SLG_ERR_NOMEM;
    long k = 0;
    for (; st == SLG_ERR_NOMEM && k < 100; k++) {
        slg_alloc_fail_after(k);
        st = slg_config_load_hp(path, c, NULL);
        slg_alloc_fail_after(-1);
        ck_assert_int_eq(entry_of(c, "zeta")->tied.kind, st == SLG_OK ? SLG_HP_FIXED : SLG_HP_CHOICE);
    }
    ck_assert_int_eq(st, SLG_OK);
    ck_assert_int_gt(k, 5);
    for (st = SLG_ERR_NOMEM, k = 0; st == SLG_ERR_NOMEM && k < 10000; k++) {
        slg_error_clear(&err);
        slg_alloc_fail_after(k);
        st = slg_config_read_hp(path, &own, &err);
        slg_alloc_fail_after(-1);
        ck_assert_msg(st == SLG_OK || (st == SLG_ERR_NOMEM && !own && err.status == SLG_ERR_NOMEM), "%ld: %s", k,
                      err.text);
    }
    ck_assert_int_eq(st, SLG_OK);
    ck_assert_int_gt(k, 100);
    slg_config_free(&own);
    slg_config_free(&c);
    slg_test_remove(folder);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("files of hyper-parameters");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 20);
    tcase_add_test(t, hp_files);
    tcase_add_test(t, nested_hp_files);
    tcase_add_test(t, wrong_hp_files);
    tcase_add_test(t, given_values_are_fixed);
    tcase_add_test(t, forms_of_a_file);
    tcase_add_test(t, empty_file);
    tcase_add_test(t, wrong_files);
    tcase_add_test(t, term_file_beside_the_file);
    tcase_add_test(t, term_file_of_a_study);
    tcase_add_test(t, term_files_that_do_not_fit);
    tcase_add_test(t, allocation_failures);
    suite_add_tcase(suite, t);
    return slg_test_main(suite);
}
