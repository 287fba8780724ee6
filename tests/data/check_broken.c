/* Each way a file can be wrong, and the message for it. */
#include "data_support.h"

#define PROP "Properties=species:S:1:pos:R:3:forces:R:3"
#define CELL "Lattice=\"2 0 0 0 3 0 0 0 4\" "
#define ATOM "\nH 0 0 0\n"
#define LONG "0123456789012345678901234567890123456789012345678901234567890123"

static const struct {
    const char *text, *message;
} broken[] = {
    {"", "t.xyz: holds no structure; give an extended XYZ file"},
    {"\n\n", "t.xyz: holds no structure; give an extended XYZ file"},
    {"abc\n", "t.xyz:1: frame 1: expected the number of atoms, found 'abc'; check the count of the "
              "frame before"},
    {"1\n" ATOM "H 0 0 0\n", "t.xyz:4: frame 2: expected the number of atoms, found 'H 0 0 0'; "
                             "check the count of the frame before"},
    {"0\n\n", "t.xyz:1: frame 1: has 0 atoms; remove the frame"},
    {"4000000000\n" ATOM, "t.xyz:1: frame 1: promises 4000000000 atoms, the file has only 9 more "
                          "bytes; it is cut off or the count is wrong"},
    {"2\n" ATOM, "t.xyz:3: frame 1: promises 2 atoms, the file ends after 1; it is cut off or the "
                 "count is wrong"},
    {"1", "t.xyz:1: frame 1: the file ends before the comment line; it is cut off"},
    {"1\na=\"b c" ATOM, "t.xyz:2: frame 1: a quote or bracket never closes in the comment line at "
                        "'a=\"b c'; close it"},
    {"1\nenergy=1 energy=2" ATOM, "t.xyz:2: frame 1: the comment line has 'energy' twice; remove one"},
    {"1\nPbc=\"F F F\" PBC=\"F F F\"" ATOM, "t.xyz:2: frame 1: the comment line has 'pbc' twice; remove one"},
    {"1\nenergy=x1" ATOM, "t.xyz:2: frame 1: 'energy' should be a decimal number, found 'x1'; check the file"},
    {"1\nenergy=nan" ATOM, "t.xyz:2: frame 1: 'energy' should be a finite number, found 'nan'; check the file"},
    {"1\nenergy=\"\"" ATOM, "t.xyz:2: frame 1: 'energy' needs one number, found none; check the file"},
    {"1\nenergy=\"1 2\"" ATOM, "t.xyz:2: frame 1: 'energy' needs one number, found more; check the file"},
    {"1\nLattice=\"1 2 3\"" ATOM, "t.xyz:2: frame 1: 'Lattice' needs 9 numbers, found 3; check the file"},
    {"1\nLattice=\"1 2 3 4 5 6 7 8 9 0\"" ATOM,
     "t.xyz:2: frame 1: 'Lattice' needs 9 numbers, found at least 10; check the file"},
    {"1\nLattice=\"1 2 3 4 5 6 7 8 1e7\"" ATOM,
     "t.xyz:2: frame 1: 'Lattice' has 1e+07 Angstrom; at most 1e+06 is possible, check the file"},
    {"1\npbc=\"T T T\"" ATOM, "t.xyz:2: frame 1: pbc is true but there is no Lattice; add it or set pbc=\"F F F\""},
    {"1\nLattice=\"1 0 0 0 1 0 1 1 0\"" ATOM, "t.xyz:2: frame 1: pbc is true but the Lattice has "
                                              "no volume; correct it or set pbc=\"F F F\""},
    {"1\npbc=\"F F\"" ATOM, "t.xyz:2: frame 1: 'pbc' needs three of T and F, found 'F F'; check the file"},
    {"1\npbc=\"F F maybe\"" ATOM, "t.xyz:2: frame 1: 'pbc' needs three of T and F, found 'F F maybe'; check the file"},
    {"1\npbc=\"F F F F\"" ATOM, "t.xyz:2: frame 1: 'pbc' needs three of T and F, found 'F F F F'; check the file"},
    {"1\nvirial=\"1 2\"" ATOM, "t.xyz:2: frame 1: 'virial' needs 9 numbers (or 6: xx yy zz yz xz "
                               "xy), found 2; check the file"},
    {"1\nvirial=\"1 2 0 3 1 0 0 0 1\"" ATOM, "t.xyz:2: frame 1: 'virial' is not symmetric (xy and "
                                             "yx differ by more than 1e-3); check the file"},
    {"1\nstress=\"1 1 1 0 0 0\"" ATOM,
     "t.xyz:2: frame 1: 'stress' needs a Lattice with a volume; add it or use the virial"},
    {"1\n" CELL "stress=\"1e307 1 1 0 0 0\"" ATOM, "t.xyz:2: frame 1: 'stress' is too large; check the file"},
    {"1\n" CELL "stress=\"1 1 1 0 0 0\" virial=\"-24.1 -24 -24 0 0 0\"" ATOM,
     "t.xyz:2: frame 1: 'virial' and -volume*'stress' differ by more than 1e-3 (-24.1 and -24 eV); "
     "correct one or name only one of them"},
    {"1\nconfig_type=" LONG ATOM, "t.xyz:2: frame 1: 'config_type' is longer than 63 characters; shorten it"},
    {"1\nconfig_type=\"a\tb\"" ATOM, "t.xyz:2: frame 1: 'config_type' has a control character; remove it"},
    {"1\nconfig_type=r\xE9gle" ATOM, "t.xyz:2: frame 1: 'config_type' is not UTF-8 text; write it in ASCII or UTF-8"},
    {"1\nProperties=:S:1" ATOM,
     "t.xyz:2: frame 1: Properties has an empty name; write name:type:count, separated by ':'"},
    {"1\nProperties=species:X:1" ATOM, "t.xyz:2: frame 1: Properties needs a type S, R, I or L "
                                       "after 'species'; write name:type:count"},
    {"1\nProperties=species:S:1:pos:R:-3" ATOM,
     "t.xyz:2: frame 1: Properties needs a number of columns (1 to 4096) after 'pos:R'; write "
     "name:type:count"},
    {"1\nProperties=a:R:4000:b:R:100" ATOM, "t.xyz:2: frame 1: Properties has too many columns (at "
                                            "most 4096 in 63 properties); remove some"},
    {"1\nProperties=species:S:1:pos:R:3:pos:R:3" ATOM, "t.xyz:2: frame 1: Properties has 'pos' twice; remove one"},
    {"1\nProperties=species:S:1:pos:R:2" ATOM,
     "t.xyz:2: frame 1: Properties should have pos:R:3, found pos:R:2; correct it"},
    {"1\nProperties=species:S:1:pos:R:3:forces:I:3" ATOM,
     "t.xyz:2: frame 1: Properties should have forces:R:3, found forces:I:3; correct it"},
    {"1\nProperties=species:S:1" ATOM, "t.xyz:2: frame 1: Properties has no 'pos:R:3'; add the positions"},
    {"1\nProperties=pos:R:3" ATOM, "t.xyz:2: frame 1: Properties has neither 'species:S:1' nor 'Z:I:1'; add one"},
    {"1\n" PROP "\nH 0 0 0 1 2\n", "t.xyz:3: frame 1: Properties promises 3 columns 'forces', line "
                                   "has 2 numbers; check the file"},
    {"1\n" PROP "\nH 0 0 0 1\n",
     "t.xyz:3: frame 1: Properties promises 3 columns 'forces', line has 1 number; check the file"},
    {"1\n" PROP "\n                 \n",
     "t.xyz:3: frame 1: Properties promises 1 column 'species', line has 0 words; check the file"},
    {"1\n" PROP "\nH 0 0 0 1 2 3 4\n",
     "t.xyz:3: frame 1: Properties promises 7 columns, line has more; check the file"},
    {"1\n" PROP "\nH 0 0 0 1 2 F\n",
     "t.xyz:3: frame 1: 'forces' should be a decimal number, found 'F'; check the file"},
    {"1\n" PROP "\nH 0 0 0 1 2 inf\n",
     "t.xyz:3: frame 1: 'forces' should be a finite number, found 'inf'; check the file"},
    {"1\n\nH 0 zero 0\n", "t.xyz:3: frame 1: 'pos' should be a decimal number, found 'zero'; check the file"},
    {"1\n\nH 0 -2e6 0\n", "t.xyz:3: frame 1: a position is -2e+06 Angstrom; at most 1e+06 is possible, check the file"},
    {"1\n\nSi1 0 0 0\n", "t.xyz:3: frame 1: 'species' should be a chemical symbol, found 'Si1'; check the file"},
    {"1\nProperties=Z:I:1:pos:R:3\n119 0 0 0\n",
     "t.xyz:3: frame 1: 'Z' should be an atomic number, found '119'; check the file"},
    {"1\nProperties=species:S:1:Z:I:1:pos:R:3\nH 2 0 0 0\n",
     "t.xyz:3: frame 1: 'species' and 'Z' disagree (H and He); correct one"},
    {"1\nconfig_type=x" ATOM "1\n" PROP "\nH\x01 0 0 0 0 0 0\n",
     "t.xyz:6: frame 2: 'species' should be a chemical symbol, found 'H?'; check the file"},
};

START_TEST(message)
{
    slg_xyz_keys keys = usual_keys;
    slg_error err;
    slg_dataset *d = NULL;
    slg_error_clear(&err);
    keys.stress = "stress";
    slg_status st = slg_dataset_parse("t.xyz", broken[_i].text, strlen(broken[_i].text), &keys, &d, &err);
    ck_assert_int_eq(st, SLG_ERR_DATA);
    ck_assert_ptr_null(d);
    ck_assert_str_eq(err.text, broken[_i].message);
    ck_assert_int_eq(slg_dataset_parse("t.xyz", broken[_i].text, strlen(broken[_i].text), &keys, &d, NULL),
                     SLG_ERR_DATA);
}
END_TEST

/* A right file cut anywhere is either right or fails, never more. */
START_TEST(cut_anywhere)
{
    const char *text = "2\n" CELL PROP " energy=1 virial=\"1 0 0 0 1 0 0 0 1\"\nH 0 0 0 1 2 3\nO 1 1 1 1 2 3\n";
    for (size_t n = 0; n < strlen(text); n++) {
        slg_dataset *d = NULL;
        char *copy = malloc(n + 1); /* exact size, so that a sanitizer sees every read beyond */
        memcpy(copy, text, n);
        slg_status st = slg_dataset_parse("t.xyz", copy, n, &usual_keys, &d, NULL);
        ck_assert(st == SLG_ERR_DATA || n + 1 >= strlen(text));
        slg_dataset_free(&d);
        free(copy);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("broken");
    TCase *t = tcase_create("all");
    tcase_add_loop_test(t, message, 0, sizeof broken / sizeof broken[0]);
    tcase_add_test(t, cut_anywhere);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
