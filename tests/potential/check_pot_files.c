/* Writing potentials: what is written, read back, and left after an interruption. */
#include "tests/potential/pot_cases.h"
#include "runtime/base/alloc.h"
#include "runtime/base/file.h"
#include "runtime/base/temporary.h"
#include "src/potential/quip.h"

#include <dirent.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *in(const char *folder, const char *name)
{
    static char ring[4][SLG_PATH];
    static int turn;
    char *path = ring[turn = (turn + 1) % 4];
    snprintf(path, SLG_PATH, "%s/%s", folder, name);
    return path;
}

static void write_ok(const slg_potential *p, const char *folder, const char *stem)
{
    slg_error err = {0};
    slg_status st = slg_potential_write(p, folder, stem, &err);
    ck_assert_msg(st == SLG_OK, "%s", err.text);
}

static slg_potential *read_ok(const char *path)
{
    slg_error err = {0};
    slg_potential *p = NULL;
    slg_status st = slg_potential_read(path, &p, &err);
    ck_assert_msg(st == SLG_OK, "%s", err.text);
    return p;
}

static char *text_of(const char *path)
{
    char *text = NULL;
    size_t n;
    slg_error err = {0};
    ck_assert_msg(slg_file_read(path, &text, &n, &err) == SLG_OK, "%s", err.text);
    return text;
}

/* Sorted names of a folder, one a line. */
static char *listing(const char *folder)
{
    struct dirent **e;
    int n = scandir(folder, &e, NULL, alphasort);
    char *text = calloc(1, 1 << 14);
    for (int i = 0; i < n; i++) {
        if (e[i]->d_name[0] != '.')
            strcat(strcat(text, e[i]->d_name), "\n");
        free(e[i]);
    }
    free(e);
    return text;
}

static void same_hp(const slg_soap_hp *a, const slg_soap_hp *b)
{
    ck_assert_int_eq(a->n_species, b->n_species);
    ck_assert_int_eq(a->central, b->central);
    ck_assert_int_eq(a->l_max, b->l_max);
    ck_assert_int_eq(a->radial_enhancement, b->radial_enhancement);
    ck_assert_int_eq(a->basis, b->basis);
    ck_assert_int_eq(a->clean_filter, b->clean_filter);
    ck_assert_str_eq(a->compress_mode, b->compress_mode);
    const size_t n = (size_t)a->n_species * sizeof(double);
    ck_assert_mem_eq(a->alpha_max, b->alpha_max, (size_t)a->n_species * sizeof(int32_t));
    ck_assert_mem_eq(a->rcut_hard, b->rcut_hard, n);
    ck_assert_mem_eq(a->rcut_soft, b->rcut_soft, n);
    ck_assert_mem_eq(a->nf, b->nf, n);
    ck_assert_mem_eq(a->global_scaling, b->global_scaling, n);
    ck_assert_mem_eq(a->atom_sigma_r, b->atom_sigma_r, n);
    ck_assert_mem_eq(a->atom_sigma_t, b->atom_sigma_t, n);
    ck_assert_mem_eq(a->atom_sigma_r_scaling, b->atom_sigma_r_scaling, n);
    ck_assert_mem_eq(a->atom_sigma_t_scaling, b->atom_sigma_t_scaling, n);
    ck_assert_mem_eq(a->amplitude_scaling, b->amplitude_scaling, n);
    ck_assert_mem_eq(a->central_weight, b->central_weight, n);
    ck_assert_double_eq(a->zeta, b->zeta);
}

static void same_potential(const slg_potential *a, const slg_potential *b)
{
    ck_assert_str_eq(a->label, b->label);
    ck_assert_int_eq(a->n_species, b->n_species);
    ck_assert_uint_eq(a->n_part, b->n_part);
    ck_assert_mem_eq(a->z, b->z, sizeof a->z);
    ck_assert_mem_eq(a->e0, b->e0, sizeof a->e0);
    for (size_t k = 0; k < a->n_part; k++) {
        const slg_pot_part *x = &a->part[k], *y = &b->part[k];
        ck_assert_ptr_eq(x->def.term, y->def.term);
        same_hp(slg_soap_hp_of(&x->def), slg_soap_hp_of(&y->def));
        ck_assert(x->m == y->m && x->d == y->d && x->delta == y->delta);
        ck_assert_mem_eq(x->q, y->q, x->m * x->d * sizeof *x->q);
        ck_assert_mem_eq(x->alpha, y->alpha, x->m * sizeof *x->alpha);
    }
}

static const struct {
    int32_t n_species;
    slg_basis basis;
    double zeta;
    const char *mode;
    bool clean;
} pot_case[] = {{1, SLG_POLY3, 4, "None", false},
                {1, SLG_POLY3GAUSS, 2.5, "trivial", false},
                {3, SLG_POLY3, 3, "None", false},
                {3, SLG_POLY3GAUSS, 6, "trivial", true},
                {2, SLG_POLY3, 2, "1_2", false}};

static slg_potential *make_case(int i, const slg_dataset *d)
{
    slg_soap_hp hp[3];
    for (int32_t s = 0; s < pot_case[i].n_species; s++) {
        hp[s] = pot_hp(pot_case[i].n_species, s, pot_case[i].basis);
        strcpy(hp[s].compress_mode, pot_case[i].mode);
        hp[s].clean_filter = pot_case[i].clean;
    }
    return pot_make_from(d, pot_case[i].n_species, hp, pot_case[i].zeta, 6);
}

/* Every number of the model comes back with its bits, and so do predictions. */
START_TEST(round_trip)
{
    const char *folder = slg_test_folder();
    slg_dataset *d = pot_frame(20, 7, pot_case[_i].n_species, 8);
    slg_potential *p = make_case(_i, d);
    p->command_line = strdup("gap_fit gap={soap_turbo ... } ]]> & <x> \"q\" ]]>");
    p->part[0].alpha[0] = -4.9406564584124654e-310;
    p->part[0].alpha[1] = 12345.678901234567;
    write_ok(p, folder, "gp");
    slg_potential *q = read_ok(in(folder, "gp.xml"));
    same_potential(p, q);
    ck_assert_str_eq(q->command_line, p->command_line);
    ck_assert_double_eq(pot_energy(p, d), pot_energy(q, d));
    char *first = text_of(in(folder, "gp.xml"));
    write_ok(q, folder, "gp"); /* the same bytes again */
    char *second = text_of(in(folder, "gp.xml"));
    ck_assert_str_eq(first, second);
    ck_assert_int_eq(slg_file_exists(in(folder, "gp.gap")), !pot_case[_i].clean);
    free(first);
    free(second);
    slg_potential_free(&p);
    slg_potential_free(&q);
    slg_dataset_free(&d);
    slg_test_remove(folder);
}
END_TEST

/* The rules of QUIP's reader, spec gap_fit 11.2. */
START_TEST(xml_form)
{
    const char *folder = slg_test_folder();
    slg_dataset *d = pot_frame(12, 6, 2, 8);
    slg_potential *p = pot_make(d, 2, SLG_POLY3, 4, 3);
    write_ok(p, folder, "gp");
    char *xml = text_of(in(folder, "gp.xml"));
    ck_assert(strncmp(xml, "<GAP_test>\n", 11) == 0);
    ck_assert_ptr_nonnull(strstr(xml, "<Potential label=\"GAP_test\" init_args=\"IP GAP label=GAP_test\"/>"));
    ck_assert_ptr_nonnull(strstr(xml, "<GAP_params label=\"GAP_test\" gap_version=\"1596837814\">"));
    ck_assert_ptr_nonnull(strstr(xml, "<e0 Z=\"14\" value=\"-1.5\"/>"));
    ck_assert_ptr_nonnull(strstr(xml, "<gpSparse label=\"GAP_test\" n_coordinate=\"2\" fitted=\"T\">"));
    ck_assert_ptr_nonnull(strstr(xml, "<gpCoordinates label=\"GAP_test2\" dimensions=\"144\" "
                                      "signal_variance=\"0.79999999999999993\" signal_mean=\"0.0\" sparsified=\"T\" "
                                      "n_permutations=\"1\" covariance_type=\"2\" zeta=\"4.0\" n_sparseX=\"3\" "
                                      "sparseX_filename=\"gp.xml.sparseX.GAP_test2."));
    ck_assert_ptr_nonnull(strstr(xml, "<permutation i=\"1\">1</permutation>"));
    ck_assert_ptr_nonnull(strstr(xml, "species_Z={14 8} central_index=2 covariance_type=dot_product zeta=4.0"));
    ck_assert_ptr_nonnull(strstr(xml, "alpha_max={4 4} atom_sigma_r={0.41999999999999998 0.41999999999999998}"));
    ck_assert_ptr_nonnull(strstr(xml, "rcut_hard=3.7000000000000002 rcut_soft=3.1000000000000001 nf=4.0"));
    free(xml);
    slg_potential_free(&p);
    slg_dataset_free(&d);
    slg_test_remove(folder);
}
END_TEST

START_TEST(gap_form)
{
    const char *folder = slg_test_folder();
    slg_dataset *d = pot_frame(12, 6, 2, 8);
    slg_potential *p = pot_make(d, 2, SLG_POLY3, 4, 3);
    for (int s = 0; s < 2; s++) {
        slg_soap_hp hp = *slg_soap_hp_of(&p->part[s].def);
        hp.rcut_hard[0] = hp.rcut_hard[1] = 4.5;
        hp.rcut_soft[0] = hp.rcut_soft[1] = 4.0;
        p->part[s].def = slg_soap_define(&hp);
    }
    write_ok(p, folder, "gp");
    char *gap = text_of(in(folder, "gp.gap")), *name = strstr(gap, "alphas_sparse = \"");
    ck_assert_ptr_nonnull(strstr(gap, "gap_beg soap_turbo\nn_species = 2\nspecies = Si O\ncentral_species = 1\n"
                                      "rcut = 4.5 4.5\nbuffer = 0.5 0.5\n"));
    ck_assert_ptr_nonnull(strstr(gap, "n_max = 4 4\nl_max = 3\nradial_enhancement = 1\nbasis = poly3\n"));
    ck_assert_ptr_nonnull(strstr(gap, "# e0 = -1.5 -2.5\n"));
    ck_assert_ptr_nonnull(strstr(gap, "central_species = 2\n"));
    ck_assert_ptr_nonnull(strstr(gap, "desc_sparse = \"gp.xml.sparseX.GAP_test1."));
    ck_assert_ptr_nonnull(name);
    name += strlen("alphas_sparse = \"");
    name[strcspn(name, "\"")] = '\0';
    char *alphas = text_of(in(folder, name));
    size_t lines = 0;
    for (const char *c = alphas; *c; c++)
        lines += *c == '\n';
    ck_assert_uint_eq(lines, 3);
    ck_assert(alphas[strlen(alphas) - 1] == '\n' && alphas[strlen(alphas) - 2] != '\n');
    double a = 0, one = 0;
    ck_assert_int_eq(sscanf(alphas, "%lf %lf", &a, &one), 2);
    ck_assert(a == p->part[0].alpha[0] && one == 1);
    free(gap);
    free(alphas);
    slg_potential_free(&p);
    slg_dataset_free(&d);
    slg_test_remove(folder);
}
END_TEST

static void read_fails(const char *path, const char *what)
{
    slg_error err = {0};
    slg_potential *p = NULL;
    ck_assert_int_eq(slg_potential_read(path, &p, &err), SLG_ERR_DATA);
    ck_assert_msg(strstr(err.text, what) != NULL, "%s", err.text);
}

/* The file of a map has no MD5 in the XML, but a digest in its name. */
static void damage_of_maps_is_seen(const char *folder)
{
    char *names = listing(folder), *name = strstr(names, "gp.xml.compress.");
    ck_assert_ptr_nonnull(name);
    name[strcspn(name, "\n")] = '\0';
    char *text;
    size_t n, digit = 0;
    ck_assert_int_eq(slg_file_read(in(folder, name), &text, &n, NULL), SLG_OK);
    while (digit < n && strncmp(text + digit, "0.5", 3) != 0)
        digit++;
    ck_assert_uint_lt(digit, n);
    for (int k = 0; k < 2; k++) {
        text[digit + 2] = "6"[k];
        FILE *f = fopen(in(folder, name), "wb");
        ck_assert(f && fwrite(text, 1, n, f) == n && fclose(f) == 0);
        read_fails(in(folder, "gp.xml"), k == 0 ? "expected contents with the digest" : "found a zero byte");
    }
    slg_free(text);
    free(names);
}

/* An explicit map goes through a compress_file and gives the same energies. */
START_TEST(compress_file)
{
    const char *folder = slg_test_folder();
    slg_dataset *d = pot_frame(12, 6, 1, 8);
    int32_t in_[3] = {0, 5, 7}, out_[3] = {0, 1, 1};
    double weight[3] = {1, 0.5, 1.0 / 3};
    const slg_compress map = {.n_in = 40, .n_out = 2, .n_entry = 3, .in = in_, .out = out_, .weight = weight};
    slg_soap_hp hp = pot_hp(1, 0, SLG_POLY3);
    hp.compress = &map;
    slg_potential *p = pot_make_from(d, 1, &hp, 2, 4);
    write_ok(p, folder, "gp");
    slg_potential *q = read_ok(in(folder, "gp.xml"));
    ck_assert_ptr_nonnull(slg_soap_hp_of(&q->part[0].def)->compress);
    ck_assert_ptr_eq(slg_soap_hp_of(&q->part[0].def)->compress, q->part[0].own_file);
    ck_assert_double_eq(pot_energy(p, d), pot_energy(q, d));
    damage_of_maps_is_seen(folder);
    slg_potential_free(&p);
    slg_potential_free(&q);
    slg_dataset_free(&d);
    slg_test_remove(folder);
}
END_TEST

static bool is_one_of(const char *folder, const slg_potential *a, const slg_potential *b)
{
    slg_potential *p = read_ok(in(folder, "gp.xml"));
    const double x = p->part[0].alpha[0];
    const bool is_a = x == a->part[0].alpha[0];
    ck_assert(is_a || x == b->part[0].alpha[0]);
    same_potential(p, is_a ? a : b);
    slg_potential_free(&p);
    return is_a;
}

static void two_versions(slg_dataset **d, slg_potential **a, slg_potential **b)
{
    *d = pot_frame(24, 7, 2, 8);
    *a = pot_make(*d, 2, SLG_POLY3, 4, 5);
    *b = pot_make(*d, 2, SLG_POLY3GAUSS, 3, 7); /* the same label */
    (*b)->part[0].alpha[0] += 1;
}

/* Each file in turn cannot be written: the XML is the old potential, or the new one once it has been replaced. */
START_TEST(interrupted)
{
    slg_dataset *d;
    slg_potential *a, *b;
    two_versions(&d, &a, &b);
    char first[64], *names, *rest;
    strcpy(first, slg_test_folder());
    write_ok(b, first, "gp");
    names = rest = listing(first);
    slg_test_remove(first);
    int n_old = 0, n_new = 0;
    for (char *name; (name = strsep(&rest, "\n")) && *name;) {
        char folder[64];
        strcpy(folder, slg_test_folder());
        write_ok(a, folder, "gp");
        slg_error err = {0};
        slg_temporary_fail(n_old + n_new);
        ck_assert_int_eq(slg_potential_write(b, folder, "gp", &err), SLG_ERR_IO);
        slg_temporary_fail(-1);
        const bool old = is_one_of(folder, a, b);
        n_old += old, n_new += !old;
        write_ok(b, folder, "gp"); /* and it can be repeated, leaving nothing but the new files */
        char *now = listing(folder);
        size_t lines = 0;
        for (const char *c = now; *c; c++)
            lines += *c == '\n';
        ck_assert_uint_eq(lines, 6);
        ck_assert(!is_one_of(folder, a, b));
        free(now);
        slg_test_remove(folder);
    }
    ck_assert(n_old == 5 && n_new == 1);
    free(names);
    slg_potential_free(&a);
    slg_potential_free(&b);
    slg_dataset_free(&d);
}
END_TEST

/* A writer that is killed at any moment leaves a whole potential. */
START_TEST(killed)
{
    slg_dataset *d;
    slg_potential *a, *b;
    two_versions(&d, &a, &b);
    const char *folder = slg_test_folder();
    write_ok(a, folder, "gp");
    for (uint32_t round = 0; round < 25; round++) {
        const pid_t child = fork();
        ck_assert(child >= 0);
        if (child == 0) {
            for (;;)
                if (slg_potential_write(b, folder, "gp", NULL) != SLG_OK ||
                    slg_potential_write(a, folder, "gp", NULL) != SLG_OK)
                    _exit(1);
        }
        usleep((useconds_t)pot_random(round, 500, 25000));
        kill(child, SIGKILL);
        int status;
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        ck_assert(WIFSIGNALED(status));
        is_one_of(folder, a, b);
    }
    slg_test_remove(folder);
    slg_potential_free(&a);
    slg_potential_free(&b);
    slg_dataset_free(&d);
}
END_TEST

START_TEST(other_stems_stay)
{
    const char *folder = slg_test_folder();
    slg_dataset *d = pot_frame(12, 6, 1, 8);
    slg_potential *p = pot_make(d, 1, SLG_POLY3, 4, 3);
    write_ok(p, folder, "gp");
    write_ok(p, folder, "gp2");
    strcpy(p->label, "later");
    write_ok(p, folder, "gp");
    slg_potential *later = read_ok(in(folder, "gp.xml"));
    same_potential(p, later);
    strcpy(p->label, "GAP_test");
    slg_potential *second = read_ok(in(folder, "gp2.xml"));
    same_potential(p, second);
    slg_potential_free(&later);
    slg_potential_free(&second);
    char *names = listing(folder);
    ck_assert_ptr_null(strstr(names, "gp.xml.sparseX.GAP_test"));
    free(names);
    slg_potential_free(&p);
    slg_dataset_free(&d);
    slg_test_remove(folder);
}
END_TEST

START_TEST(refused)
{
    slg_dataset *d = pot_frame(12, 6, 2, 8);
    slg_potential *p = pot_make(d, 2, SLG_POLY3, 4, 3);
    slg_error err = {0};
    strcpy(p->label, "1gap");
    ck_assert_int_eq(slg_potential_write(p, "/tmp", "gp", &err), SLG_ERR_CONFIG);
    ck_assert_str_eq(err.text, "potential: label '1gap': expected a letter or _ first");
    slg_error_clear(&err);
    strcpy(p->label, "a b");
    ck_assert_int_eq(slg_potential_write(p, "/tmp", "gp", &err), SLG_ERR_CONFIG);
    ck_assert_str_eq(err.text, "potential: label 'a b': expected letters, digits, _ and -");
    slg_error_clear(&err);
    strcpy(p->label, "gap");
    ck_assert_int_eq(slg_potential_write(p, "/tmp", "a/b", &err), SLG_ERR_CONFIG);
    ck_assert_str_eq(err.text, "potential: name 'a/b': expected 1 to 100 characters, none of blank / < > & or quotes");
    slg_error_clear(&err);
    ck_assert_int_eq(slg_potential_write(p, "/nonexistent", "gp", &err), SLG_ERR_IO);
    slg_error_clear(&err);
    const char *folder = slg_test_folder();
    slg_soap_hp hp = *slg_soap_hp_of(&p->part[1].def);
    hp.rcut_hard[1] = 4;
    p->part[1].def = slg_soap_define(&hp);
    ck_assert_int_eq(slg_potential_write(p, folder, "gp", &err), SLG_ERR_HP);
    ck_assert_str_eq(err.text,
                     "potential: rcut_hard, rcut_soft and nf differ between species or global_scaling is not 1, "
                     "which QUIP's format cannot hold; use one value");
    ck_assert(!slg_file_exists(in(folder, "gp.xml")));
    slg_test_remove(folder);
    slg_potential_free(&p);
    slg_dataset_free(&d);
}
END_TEST

START_TEST(numbers)
{
    char text[32];
    slg_real_print(text, 5);
    ck_assert_str_eq(text, "5.0");
    slg_real_print(text, -0.1);
    ck_assert_str_eq(text, "-0.10000000000000001");
    slg_real_print(text, 1e300);
    ck_assert_str_eq(text, "1.0000000000000001e+300");
    static const struct {
        const char *text;
        double x;
        bool ok;
    } c[] = {{".50000E+000", 0.5, true}, {" 1.5D-02 ", 0.015, true}, {"-5.", -5, true}, {"7", 7, true}, {"", 0, false},
             {"nan", 0, false},          {"1e999", 0, false},        {"1-2", 0, false}};
    for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
        const char *s = c[i].text;
        double x = 0;
        ck_assert_int_eq(slg_real_parse(&s, &x), c[i].ok);
        if (c[i].ok)
            ck_assert_double_eq(x, c[i].x);
    }
    for (uint32_t i = 0; i < 2000; i++) {
        const double x = pot_random(i, -1, 1) * pow(10, pot_random(i + 5000, -300, 300));
        double y = 0;
        slg_real_print(text, x);
        const char *s = text;
        ck_assert(slg_real_parse(&s, &y) && x == y);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("potential files");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, round_trip, 0, (int)(sizeof pot_case / sizeof *pot_case));
    tcase_add_test(t, xml_form);
    tcase_add_test(t, gap_form);
    tcase_add_test(t, compress_file);
    tcase_add_test(t, interrupted);
    tcase_add_test(t, killed);
    tcase_add_test(t, other_stems_stay);
    tcase_add_test(t, refused);
    tcase_add_test(t, numbers);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
