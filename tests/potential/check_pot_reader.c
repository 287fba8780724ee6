/* The reader: what it accepts, every message, and what happens without memory. */
#include "tests/potential/pot_cases.h"
#include "runtime/base/alloc.h"
#include "src/potential/quip.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A whole potential with inline vectors: l_max=0, alpha_max=1, so one component. */
#define DESCRIPTOR                                                                                                     \
    "soap_turbo l_max=0 alpha_max=1 rcut_hard=4.0 rcut_soft=3.5 atom_sigma_r=.5E+00 atom_sigma_t=0.5 "                 \
    "species_Z=14 n_species=1 zeta=2 delta=1.0 add_species=F"
#define ROOT "<GAP_x>\n<Potential label=\"GAP_x\" init_args=\"IP GAP label=GAP_x\"/>\n"
#define PARAMS                                                                                                         \
    "<GAP_params label=\"GAP_x\" gap_version=\"1\">\n<GAP_data do_core=\"F\"><e0 Z=\"14\" "                            \
    "value=\"-2.5\"/></GAP_data>\n"
#define SPARSE "<gpSparse label=\"GAP_x\" n_coordinate=\"1\" fitted=\"T\">\n"
#define COORD                                                                                                          \
    "<gpCoordinates label=\"GAP_x1\" dimensions=\"1\" signal_variance=\"1.0\" signal_mean=\"0.0\" sparsified=\"T\" "   \
    "n_permutations=\"1\" covariance_type=\"2\" zeta=\"2.0\" n_sparseX=\"2\">\n<descriptor>" DESCRIPTOR                \
    "</descriptor>\n<permutation i=\"1\">1</permutation>\n"
#define POINTS                                                                                                         \
    "<sparseX i=\"1\" alpha=\"-3.5\" sparseCutoff=\"1.0\">1.0\n</sparseX>\n"                                           \
    "<sparseX i=\"2\" alpha=\"4.0D1\" sparseCutoff=\"0.5\"><sparseX_slice start=\"1\" end=\"1\">.25\n"                 \
    "</sparseX_slice></sparseX>\n"
#define TAIL "</gpCoordinates>\n</gpSparse>\n<command_line><![CDATA[ a=b ]]></command_line>\n</GAP_params>\n</GAP_x>\n"
#define GOOD ROOT PARAMS SPARSE COORD POINTS TAIL

static slg_status parse(const char *text, slg_potential **p, slg_error *err)
{
    slg_error_clear(err);
    return slg_potential_parse("dir/p.xml", text, strlen(text), p, err);
}

/* GOOD with the first `from` replaced. */
static char *changed(const char *from, const char *to)
{
    const char *at = strstr(GOOD, from);
    ck_assert_msg(at != NULL, "%s", from);
    char *text = calloc(1, sizeof GOOD + strlen(to) + 1);
    memcpy(text, GOOD, (size_t)(at - GOOD));
    strcat(strcat(text, to), at + strlen(from));
    return text;
}

START_TEST(whole)
{
    slg_potential *p = NULL;
    slg_error err;
    ck_assert_msg(parse(GOOD, &p, &err) == SLG_OK, "%s", err.text);
    ck_assert_str_eq(p->label, "GAP_x");
    ck_assert(p->n_species == 1 && p->z[0] == 14 && p->e0[0] == -2.5 && p->n_part == 1);
    const slg_pot_part *b = &p->part[0];
    const slg_soap_hp *hp = slg_soap_hp_of(&b->def);
    ck_assert(b->m == 2 && b->d == 1 && hp->zeta == 2 && b->delta == 1);
    ck_assert(b->alpha[0] == -3.5 && b->alpha[1] == 20 && b->q[0] == 1 && b->q[1] == 0.25);
    ck_assert(hp->nf[0] == 4 && hp->central_weight[0] == 1 && hp->atom_sigma_r[0] == 0.5 && hp->central == 0);
    ck_assert_str_eq(p->command_line, " a=b ");
    slg_potential_free(&p);
}
END_TEST

#define AT_COORD "dir/p.xml:6: gpCoordinates GAP_x1: "
static const struct {
    const char *from, *to, *message;
} wrong[] = {
    {"IP GAP label=GAP_x", "Sum init_args_pot1={IP Glue} init_args_pot2={IP GAP label=L}",
     "dir/p.xml:2: Potential init_args=\"Sum init_args_pot1={IP Glue} init_args_pot2={IP GAP label=L}\": expected \"IP "
     "GAP "
     "label=...\", a GAP without a core potential"},
    {"IP GAP", "IP SW",
     "dir/p.xml:2: Potential init_args=\"IP SW label=GAP_x\": expected \"IP GAP label=...\", a GAP "
     "without a core potential"},
    {"do_core=\"F\"", "do_core=\"T\"", "dir/p.xml:4: GAP_data do_core=\"T\": core potentials are not supported"},
    {"Z=\"14\"", "Z=\"140\"", "dir/p.xml:4: e0 Z=\"140\" value=\"-2.5\": expected an atomic number and a real"},
    {"value=\"-2.5\"", "value=\"x\"", "dir/p.xml:4: e0 Z=\"14\" value=\"x\": expected an atomic number and a real"},
    {"fitted=\"T\"", "fitted=\"F\"", "dir/p.xml:5: gpSparse fitted=\"F\": the model was sparsified but not fitted"},
    {"n_coordinate=\"1\"", "n_coordinate=\"2\"",
     "dir/p.xml: n_coordinate=\"2\", but 1 gpCoordinates found; the file is damaged"},
    {"n_coordinate=\"1\"", "",
     "dir/p.xml:5: gpSparse n_coordinate=\"\": expected one gpSparse with 1 to 64 coordinates"},
    {"n_coordinate=\"1\"", "n_coordinate=\"1e9\"",
     "dir/p.xml:5: gpSparse n_coordinate=\"1e9\": expected one gpSparse with 1 to 64 coordinates"},
    {SPARSE, "\n", "dir/p.xml:6: gpCoordinates number 1, but n_coordinate=\"0\""},
    {PARAMS, PARAMS PARAMS, "dir/p.xml:5: a second GAP_params; expected one potential per file"},
    {"dimensions=\"1\" ", "", AT_COORD "attribute 'dimensions' of gpCoordinates is missing"},
    {"signal_variance=\"1.0\" ", "", AT_COORD "attribute 'signal_variance' of gpCoordinates is missing"},
    {"zeta=\"2.0\" ", "", AT_COORD "attribute 'zeta' of gpCoordinates is missing"},
    {"covariance_type=\"2\" ", "", AT_COORD "attribute 'covariance_type' of gpCoordinates is missing"},
    {"n_permutations=\"1\" ", "", AT_COORD "attribute 'n_permutations' of gpCoordinates is missing"},
    {"n_sparseX=\"2\"", "", AT_COORD "attribute 'n_sparseX' of gpCoordinates is missing"},
    {"sparsified=\"T\"", "", AT_COORD "sparsified=\"\": expected T"},
    {"zeta=\"2.0\" ", "zeta=\"two\" ", AT_COORD "zeta=\"two\": expected a real"},
    {"zeta=\"2.0\" ", "zeta=\"-2.0\" ", AT_COORD "zeta: expected a value above 0"},
    {"zeta=\"2.0\" ", "zeta=\"0\" ", AT_COORD "zeta: expected a value above 0"},
    {"signal_variance=\"1.0\" ", "signal_variance=\"-1.0\" ", AT_COORD "signal_variance: expected a value above 0"},
    {"signal_variance=\"1.0\" ", "signal_variance=\"0\" ", AT_COORD "signal_variance: expected a value above 0"},
    {"covariance_type=\"2\"", "covariance_type=\"two\"", AT_COORD "covariance_type=\"two\": expected a real"},
    {"n_permutations=\"1\"", "n_permutations=\"2\"",
     AT_COORD "n_permutations=\"2\": expected 1, the only one that is read"},
    {"covariance_type=\"2\"", "covariance_type=\"1\"",
     AT_COORD "covariance_type=\"1\": expected 2, the only one of soap_turbo"},
    {"dimensions=\"1\"", "dimensions=\"1.5\"", AT_COORD "dimensions: expected a whole number above 0"},
    {"dimensions=\"1\"", "dimensions=\"2\"", AT_COORD "dimensions=\"2\", but the descriptor has 1 components"},
    {"n_sparseX=\"2\"", "n_sparseX=\"3\"", AT_COORD "n_sparseX=\"3\", but 2 sparseX elements found"},
    {"i=\"2\"", "i=\"3\"", AT_COORD "sparseX i=\"3\": expected 2"},
    {" alpha=\"-3.5\"", "", AT_COORD "attribute 'alpha' of sparseX is missing"},
    {" sparseCutoff=\"1.0\"", "", AT_COORD "attribute 'sparseCutoff' of sparseX is missing"},
    {">1.0\n<", "><", AT_COORD "sparseX 1: expected 1 numbers, found 0; the file is cut off"},
    {">1.0\n<", ">1.0 2.0<", AT_COORD "sparseX 1: more than the expected 1 numbers"},
    {">1.0\n<", ">one<", AT_COORD "sparseX 1: number 1: expected a real, found 'one'"},
    {"<descriptor>" DESCRIPTOR "</descriptor>", "", AT_COORD "no descriptor element"},
    {"soap_turbo", "distance_2b", AT_COORD "descriptor 'distance_2b' is not supported, only soap_turbo is"},
    {"l_max=0", "l_maxx=0",
     AT_COORD "unknown key 'l_maxx' of soap_turbo; only potentials whose every key is understood are "
              "read"},
    {"l_max=0", "l_max=0 L_MAX=1", AT_COORD "key 'l_max' is given twice"},
    {"l_max=0 ", "", AT_COORD "key 'l_max' is missing in the descriptor"},
    {"rcut_soft=3.5 ", "", AT_COORD "key 'rcut_soft' is missing in the descriptor"},
    {"l_max=0", "l_max=0.5", AT_COORD "l_max=0.5: expected whole numbers"},
    {"l_max=0", "l_max",
     AT_COORD "expected key=value or key={values}, found ' alpha_max=1 rcut_hard=4.0 rcut_soft=3.5'"},
    {"alpha_max=1", "alpha_max={1 1}", AT_COORD "alpha_max={1 1}: expected 1 number (one per species)"},
    {"species_Z=14 n_species=1", "n_species=2 species_Z={14 8}",
     AT_COORD "alpha_max={1}: expected 2 numbers (one per species)"},
    {"rcut_hard=4.0", "rcut_hard={4.0 5.0}", AT_COORD "rcut_hard={4.0 5.0}: expected 1 number"},
    {"alpha_max=1", "alpha_max={1", AT_COORD "expected key=value or key={values}, found ''"},
    {"n_species=1", "n_species=9", AT_COORD "n_species=9: expected 1 to 8"},
    {"species_Z=14", "species_Z=0", AT_COORD "species_Z: expected 1 to 118, found 0"},
    {"add_species=F", "central_index=2", AT_COORD "central_index=2: expected 1 to 1"},
    {"add_species=F", "basis=poly4", AT_COORD "basis=poly4: expected poly3 or poly3gauss"},
    {"add_species=F", "scaling_mode=linear", AT_COORD "scaling_mode=linear: expected polynomial"},
    {"add_species=F", "clean_filter=maybe", AT_COORD "clean_filter=maybe: expected T or F"},
    {"add_species=F", "compress_file=a/b", AT_COORD "file 'a/b': expected a name without folders"},
    {"add_species=F", "compress_file=none-such", "dir/none-such: cannot be opened: No such file or directory"},
    {"n_sparseX=\"2\"", "n_sparseX=\"2\" sparseX_filename=\"none-such\"",
     "dir/none-such: cannot be opened: No such file or directory"},
};

START_TEST(messages)
{
    char *text = changed(wrong[_i].from, wrong[_i].to);
    slg_potential *p = NULL;
    slg_error err;
    const slg_status st = parse(text, &p, &err);
    ck_assert_str_eq(err.text, wrong[_i].message);
    ck_assert_int_eq(st, strncmp(err.text, "dir/none", 8) == 0 ? SLG_ERR_IO : SLG_ERR_DATA);
    ck_assert_ptr_null(p);
    free(text);
}
END_TEST

START_TEST(not_a_potential)
{
    slg_potential *p = NULL;
    slg_error err;
    ck_assert_int_eq(parse("<a><b/></a>", &p, &err), SLG_ERR_DATA);
    ck_assert_str_eq(err.text,
                     "dir/p.xml: no GAP_params element; expected a potential file of gap_fit or of this program");
    ck_assert_int_eq(parse("<a><GAP_params/></a>", &p, &err), SLG_ERR_DATA);
    ck_assert_str_eq(err.text,
                     "dir/p.xml: no gpSparse element; expected a potential file of gap_fit or of this program");
    ck_assert_int_eq(parse("", &p, &err), SLG_ERR_DATA);
    ck_assert_ptr_nonnull(strstr(err.text, "dir/p.xml: not well-formed XML: "));
    ck_assert_int_eq(parse("GAP_params", &p, &err), SLG_ERR_DATA);
    char *cut = changed("</GAP_x>\n", "");
    ck_assert_int_eq(parse(cut, &p, &err), SLG_ERR_DATA);
    ck_assert_ptr_nonnull(strstr(err.text, "dir/p.xml: not well-formed XML: line "));
    free(cut);
    char label[200] = "<";
    memset(label + 1, 'x', 80);
    strcat(label, "/>");
    ck_assert_int_eq(parse(label, &p, &err), SLG_ERR_DATA);
    ck_assert_ptr_nonnull(strstr(err.text, "is longer than 63 characters"));
    slg_error_clear(&err);
    ck_assert_int_eq(slg_potential_read("/nonexistent/p.xml", &p, &err), SLG_ERR_IO);
}
END_TEST

/* Sparse files that are not what the XML says. */
static void with_sparse(const char *sparse, const char *md5, slg_status want, const char *tail)
{
    const char *folder = slg_test_folder();
    char path[128], attributes[256];
    snprintf(path, sizeof path, "%s/q", folder);
    FILE *out = fopen(path, "w");
    fputs(sparse, out);
    fclose(out);
    snprintf(attributes, sizeof attributes, "n_sparseX=\"2\" sparseX_filename=\"q\" sparseX_md5sum=\"%s\"", md5);
    char *text = changed("n_sparseX=\"2\"", attributes);
    snprintf(path, sizeof path, "%s/p.xml", folder);
    slg_potential *p = NULL;
    slg_error err = {0};
    ck_assert_msg(slg_potential_parse(path, text, strlen(text), &p, &err) == want, "%s", err.text);
    const char *from = strstr(err.text, "GAP_x1: ");
    ck_assert_str_eq(want == SLG_OK ? err.text : from ? from + 8 : err.text, tail);
    if (want == SLG_OK)
        ck_assert(p->part[0].q[0] == 0.5 && p->part[0].q[1] == 0.25);
    slg_potential_free(&p);
    free(text);
    slg_test_remove(folder);
}

START_TEST(sparse_files)
{
    with_sparse("5.0e-1\n2.5D-1\n", "", SLG_OK, "");
    with_sparse("5.0e-1\n2.5e-1\n", "916fbfa00418187a1fb43b439e8a6973", SLG_OK, "");
    with_sparse(
        "5.0e-1\n2.6e-1\n", "916fbfa00418187a1fb43b439e8a6973", SLG_ERR_DATA,
        "q: expected MD5 916fbfa00418187a1fb43b439e8a6973, found 4f26d99451772d0ec92b2af032dd7a51; the file belongs to "
        "another potential or is damaged");
    with_sparse("5.0e-1\n", "", SLG_ERR_DATA, "q: expected 2 numbers, found 1; the file is cut off");
    with_sparse("", "", SLG_ERR_DATA, "q: expected 2 numbers, found fewer in 0 bytes; the file is cut off");
    with_sparse("5.0e-1\nx\n", "", SLG_ERR_DATA, "q: number 2: expected a real, found 'x\n'");
    with_sparse("1\n2\n3\n", "", SLG_ERR_DATA, "q: more than the expected 2 numbers");
}
END_TEST

START_TEST(two_parts)
{
    char *part = strdup(COORD POINTS "</gpCoordinates>\n"), both[8000];
    slg_potential *p = NULL;
    slg_error err;
    snprintf(both, sizeof both, "%s%s%s%s%s%s", ROOT PARAMS "<gpSparse n_coordinate=\"2\">\n", part, part, "", "",
             "</gpSparse></GAP_params></GAP_x>");
    ck_assert_msg(parse(both, &p, &err) == SLG_OK, "%s", err.text);
    slg_potential_free(&p);
    memcpy(strstr(strstr(both, "species_Z=14") + 1, "species_Z=14"), "species_Z=13", 12);
    ck_assert_int_eq(parse(both, &p, &err), SLG_ERR_DATA);
    ck_assert_str_eq(err.text,
                     "dir/p.xml:14: gpCoordinates GAP_x1: species_Z differs from that of the first descriptor; "
                     "expected the same species in the same order");
    free(part);
}
END_TEST

START_TEST(arrays_per_species)
{
    slg_parsed_term d;
    slg_error err = {0};
    slg_status st =
        slg_descriptor_parse("SOAP_TURBO L_max=2 n_max={{3 4}} cutoff=5 rcut_soft={4.5} nf=3.0 atom_sigma_r={0.5, 0.6} "
                             "atom_sigma_t={.4 .3} species_z={8 1} n_species=2 central_index=2 basis=poly3gauss "
                             "compress_mode=trivial central_weight={1. 2.}",
                             "covariance_type=2 zeta=2.5", "here", &d, &err);
    ck_assert_msg(st == SLG_OK, "%s", err.text);
    const slg_soap_hp *hp = slg_soap_hp_of(&d.def);
    ck_assert(d.n_channel == 2 && d.z[0] == 8 && d.z[1] == 1);
    ck_assert(hp->central == 1 && hp->l_max == 2 && hp->basis == SLG_POLY3GAUSS && hp->zeta == 2.5);
    ck_assert(hp->alpha_max[0] == 3 && hp->alpha_max[1] == 4 && hp->rcut_hard[1] == 5 && hp->nf[1] == 3);
    ck_assert(hp->atom_sigma_r[1] == 0.6 && hp->atom_sigma_t[0] == 0.4 && hp->central_weight[1] == 2);
    ck_assert_str_eq(hp->compress_mode, "trivial");
    ck_assert_str_eq(d.file, "");
}
END_TEST

/* Every one of our allocations fails once: the error is clean, nothing leaks (sanitizers), the next reading works. */
START_TEST(without_memory)
{
    const char *path = slg_test_golden("potential/three_gauss.xml");
    long k = 0;
    for (slg_status st = SLG_ERR_NOMEM; st != SLG_OK; k++) {
        slg_potential *p = NULL;
        slg_error err = {0};
        slg_alloc_fail_after(k);
        st = slg_potential_read(path, &p, &err);
        slg_alloc_fail_after(-1);
        ck_assert_msg(st == SLG_OK || st == SLG_ERR_NOMEM, "%s", err.text);
        ck_assert((st == SLG_OK) == (p != NULL));
        ck_assert(st == SLG_OK || err.n_message == 1);
        slg_potential_free(&p);
        ck_assert_int_lt(k, 1000);
    }
    ck_assert_int_gt(k, 8);
}
END_TEST

START_TEST(writing_and_predicting_without_memory)
{
    slg_dataset *d = pot_frame(6, 6, 1, 8);
    slg_potential *p = pot_make(d, 1, SLG_POLY3, 4, 3);
    p->command_line = strdup("line");
    slg_geom *g = NULL;
    slg_error err = {0};
    ck_assert_int_eq(slg_geom_build(d, 3.7, 1, p->z, &g, &err), SLG_OK);
    const char *folder = slg_test_folder();
    double e, v[6], f[18];
    for (int what = 0; what < 2; what++) {
        slg_status st = SLG_ERR_NOMEM;
        for (long k = 0; st != SLG_OK; k++) {
            slg_error_clear(&err);
            slg_alloc_fail_after(k);
            st =
                what == 0 ? slg_potential_write(p, folder, "gp", &err) : slg_potential_predict(p, d, g, &e, f, v, &err);
            slg_alloc_fail_after(-1);
            ck_assert_msg(st == SLG_OK || st == SLG_ERR_NOMEM, "%s", err.text);
        }
    }
    slg_test_remove(folder);
    slg_geom_free(&g);
    slg_potential_free(&p);
    slg_dataset_free(&d);
}
END_TEST

/* However many attributes other programs write: none is cut, those behind them count. */
START_TEST(many_attributes)
{
    char text[8192] = "", *all;
    for (int i = 0; i < 29 + _i; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "a%02d=\"%060d\" ", i, i);
    snprintf(text + strlen(text), sizeof text - strlen(text), "zeta=\"2.75\"");
    all = changed("zeta=\"2.0\"", text);
    slg_potential *p = NULL;
    slg_error err;
    ck_assert_msg(parse(all, &p, &err) == SLG_OK, "%s", err.text);
    ck_assert_double_eq(slg_soap_hp_of(&p->part[0].def)->zeta, 2.75);
    slg_potential_free(&p);
    free(all);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("potential reader");
    TCase *t = tcase_create("all");
    tcase_add_test(t, whole);
    tcase_add_loop_test(t, messages, 0, (int)(sizeof wrong / sizeof *wrong));
    tcase_add_test(t, not_a_potential);
    tcase_add_test(t, sparse_files);
    tcase_add_test(t, two_parts);
    tcase_add_test(t, arrays_per_species);
    tcase_add_test(t, without_memory);
    tcase_add_test(t, writing_and_predicting_without_memory);
    tcase_add_loop_test(t, many_attributes, 0, 60);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
