/* What the reader makes of right files. */
#include "data_support.h"
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define CELL "Lattice=\"2 0 0 0 3 0 0 0 4\" "

START_TEST(one_frame)
{
    slg_dataset *d = parse("2\n" CELL "Properties=species:S:1:pos:R:3:forces:R:3 energy=-3 "
                           "virial=\"1 2 3 2 4 5 3 5 6\" config_type=\"bulk a\" pbc=\"T F T\"\n"
                           "Si 0 0.5 1 .1 .2 .3\nO 1 1 1 -1 -2 -3\n");
    const slg_frame *f = d->frame;
    ck_assert_uint_eq(d->n_frame, 1);
    ck_assert_uint_eq(d->n_atom, 2);
    ck_assert_uint_eq(f->n_atom, 2);
    ck_assert(f->has_cell && f->has_energy && f->has_force && f->has_virial);
    ck_assert(f->pbc[0] && !f->pbc[1] && f->pbc[2]);
    ck_assert(f->cell[0][0] == 2 && f->cell[1][1] == 3 && f->cell[2][2] == 4 && f->cell[0][1] == 0);
    ck_assert_double_eq(f->energy, -3);
    for (int k = 0; k < 6; k++)
        ck_assert_double_eq(f->virial[k], k + 1);
    ck_assert_str_eq(f->config_type, "bulk a");
    ck_assert_str_eq(d->group[0], "bulk a");
    ck_assert_int_eq(d->z[0], 14);
    ck_assert_int_eq(d->z[1], 8);
    ck_assert_double_eq(d->pos[1], 0.5);
    ck_assert_double_eq(d->force[5], -3);
    ck_assert_str_eq(d->path, "t.xyz");
    ck_assert(strncmp(f->comment, "Lattice=", 8) == 0);
    slg_dataset_free(&d);
    ck_assert_ptr_null(d);
}
END_TEST

START_TEST(missing_is_missing)
{
    slg_dataset *d = parse("1\n\nH 0 0 0 99 extra\n1\n" CELL "Properties=Z:I:1:tag:S:2:pos:R:3\n8 a b 1 2 3\n\n \n");
    ck_assert_uint_eq(d->n_frame, 2);
    for (int i = 0; i < 2; i++) {
        ck_assert(!d->frame[i].has_energy && !d->frame[i].has_force && !d->frame[i].has_virial);
        ck_assert_str_eq(d->frame[i].config_type, "default");
        ck_assert_int_eq(d->frame[i].group, 0);
    }
    ck_assert(!d->frame[0].has_cell && !d->frame[0].pbc[0] && !d->frame[0].pbc[1] && !d->frame[0].pbc[2]);
    ck_assert(d->frame[1].has_cell && d->frame[1].pbc[0] && d->frame[1].pbc[1] && d->frame[1].pbc[2]);
    ck_assert_int_eq(d->z[1], 8);
    ck_assert_double_eq(d->pos[5], 3);
    ck_assert_uint_eq(d->frame[1].line, 4);
    ck_assert_uint_eq(d->frame[1].first, 1);
    slg_dataset_free(&d);
}
END_TEST

START_TEST(spellings)
{
    slg_xyz_keys keys = {"dft_energy", "DFT_forces", "", "", "Config_Type"};
    slg_dataset *d = parse_with("1\r\nlattice=[[2,0,0],[0,2,0],[0,0,2]] PROPERTIES=SPECIES:S:1:Pos:R:3:DFT_forces:R:3 "
                                "dft_energy = \"1.5d0\" DFT_ENERGY=7 Config_Type='x' PBC=[true, false, 1]\r\n"
                                "fe 0 0 0 1 2 3\r\n",
                                &keys);
    ck_assert_double_eq(d->frame->energy, 1.5);
    ck_assert_double_eq(d->force[2], 3);
    ck_assert_int_eq(d->z[0], 26);
    ck_assert_str_eq(d->frame->config_type, "x");
    ck_assert(d->frame->pbc[0] && !d->frame->pbc[1] && d->frame->pbc[2]);
    slg_dataset_free(&d);
    d = parse("1\nEnergy=1 energy=2 ENERGY=3\nH 0 0 0");
    ck_assert_double_eq(d->frame->energy, 2);
    slg_dataset_free(&d);
    /* What is called nearly the same may be another quantity. */
    d = parse("1\nProperties=species:S:1:pos:R:3:Forces:R:3 Energy=1 Virial=\"1 0 0 0 1 0 0 0 1\" Config_type=x\n"
              "H 0 0 0 1 2 3");
    ck_assert(!d->frame->has_energy && !d->frame->has_force && !d->frame->has_virial);
    ck_assert_str_eq(d->frame->config_type, "default");
    slg_dataset_free(&d);
    d = parse_with("1\nenergy=oops\nH 0 0 0\n", &(slg_xyz_keys){"", "", "", "", ""});
    ck_assert(!d->frame->has_energy);
    slg_dataset_free(&d);
}
END_TEST

START_TEST(stress_and_virial)
{
    slg_xyz_keys stress = {"energy", "forces", "", "stress", "config_type"}, both = usual_keys;
    both.stress = "stress";
    const char *nine = "1\n" CELL "stress=\".1 .2 .3 .2 .4 .5 .3 .5 .6\"\nH 0 0 0\n";
    const char *voigt = "1\n" CELL "stress=\".1 .4 .6 .5 .3 .2\"\nH 0 0 0\n";
    const char *texts[] = {nine, voigt};
    for (int i = 0; i < 2; i++) {
        slg_dataset *d = parse_with(texts[i], &stress);
        ck_assert(d->frame->has_virial);
        for (int k = 0; k < 6; k++)
            ck_assert_double_eq_tol(d->frame->virial[k], -24 * 0.1 * (k + 1), 1e-14);
        slg_dataset_free(&d);
        d = parse(texts[i]); /* named "" : never used */
        ck_assert(!d->frame->has_virial);
        slg_dataset_free(&d);
    }
    slg_dataset *d =
        parse_with("1\n" CELL "stress=\"1 1 1 0 0 0\" virial=\"-24.02 0 0 0 -24 0 0 0 -24\"\nH 0 0 0\n", &both);
    ck_assert_double_eq(d->frame->virial[0], -24.02);
    slg_dataset_free(&d);
    d = parse("1\n" CELL "virial=\"10 1.004 0 0.996 10 0 0 0 10\"\nH 0 0 0\n"); /* made symmetric */
    ck_assert_double_eq_tol(d->frame->virial[1], 1.0, 1e-15);
    slg_dataset_free(&d);
}
END_TEST

START_TEST(groups_in_order)
{
    slg_dataset *d = parse("1\nconfig_type=b\nH 0 0 0\n1\nconfig_type=a\nH 0 0 "
                           "0\n1\nconfig_type=b\nH 0 0 0\n1\nx\nH 0 0 0\n");
    ck_assert_uint_eq(d->n_group, 3);
    ck_assert_str_eq(d->group[0], "b");
    ck_assert_str_eq(d->group[1], "a");
    ck_assert_str_eq(d->group[2], "default");
    ck_assert_int_eq(d->frame[2].group, 0);
    ck_assert_int_eq(d->frame[3].group, 2);
    slg_dataset_free(&d);
}
END_TEST

static void require_says(const char *text, const slg_xyz_keys *keys, bool e, bool f, bool v, const char *message)
{
    slg_error err;
    slg_error_clear(&err);
    slg_dataset *d = parse_with(text, keys);
    slg_status st = slg_dataset_require(d, e, f, v, keys, &err);
    ck_assert_int_eq(st, message ? SLG_ERR_DATA : SLG_OK);
    ck_assert_str_eq(err.text, message ? message : "");
    slg_dataset_free(&d);
}

START_TEST(required_quantities)
{
    const char *text = "1\nREF_energy=-1 nothing=2 Properties=species:S:1:pos:R:3:dft_forces:R:3\nH 0 0 0 1 2 3\n";
    slg_xyz_keys odd = {"enrgy", "", "", "stres", "config_type"};
    require_says(text, &usual_keys, false, false, false, NULL);
    require_says(text, &usual_keys, true, false, false,
                 "t.xyz: no frame has energies under the key 'energy'; the file has the keys "
                 "REF_energy, nothing, Properties, "
                 "pos, dft_forces; did you mean 'REF_energy'?");
    require_says(text, &usual_keys, false, true, false,
                 "t.xyz: no frame has forces under the key 'forces'; the file has the keys "
                 "REF_energy, nothing, Properties, "
                 "pos, dft_forces; did you mean 'dft_forces'?");
    require_says(text, &usual_keys, false, false, true,
                 "t.xyz: no frame has virials under the key 'virial'; the file has the keys "
                 "REF_energy, nothing, Properties, "
                 "pos, dft_forces; name the right one");
    require_says("1\nenergy=1 stress=\"1 0 0 0 1 0 0 0 1\"\nH 0 0 0\n", &odd, true, true, true,
                 "t.xyz: no frame has energies under the key 'enrgy'; the file has the keys "
                 "energy, stress, pos; did you mean "
                 "'energy'?\nt.xyz: forces are needed but no key is named for them; the file has "
                 "the keys energy, stress, pos; "
                 "name one\nt.xyz: no frame has virials under the key 'stres'; the file has the "
                 "keys energy, stress, pos; did you "
                 "mean 'stress'?");
    require_says("1\nenergy=1\nH 0 0 0\n1\n\nH 0 0 0\n", &usual_keys, true, false, false, NULL);
}
END_TEST

START_TEST(gzip_is_the_same)
{
    const char *folder = slg_test_folder(), *text = "1\nenergy=-1.25\nH 0 0 0\n";
    char path[128];
    snprintf(path, sizeof path, "%s/a.xyz.gz", folder);
    gzFile out = gzopen(path, "wb");
    for (int i = 0; i < 3000; i++)
        gzputs(out, text);
    gzclose(out);
    slg_dataset *d = read_set(path);
    ck_assert_uint_eq(d->n_frame, 3000);
    ck_assert_double_eq(d->frame[2999].energy, -1.25);
    slg_dataset_free(&d);
    slg_error err;
    slg_error_clear(&err);
    ck_assert_int_eq(truncate(path, 60), 0);
    ck_assert_int_eq(slg_dataset_read(path, &usual_keys, &d, &err), SLG_ERR_DATA);
    ck_assert_msg(strstr(err.text, "a.xyz.gz: byte 60: the compressed data end too early; is the file complete?"), "%s",
                  err.text);
    slg_error_clear(&err);
    ck_assert_int_eq(slg_dataset_read("/nowhere/x.xyz", &usual_keys, &d, &err), SLG_ERR_IO);
    ck_assert_str_eq(err.text, "/nowhere/x.xyz: cannot be opened: No such file or directory");
    slg_error_clear(&err);
    ck_assert_int_eq(slg_dataset_read(folder, &usual_keys, &d, &err), SLG_ERR_DATA);
    slg_test_remove(folder);
}
END_TEST

/* --- damaged and hostile files -------------------------------------------------------------------------------- */

/* Two gzip members of 30 structures each; returns the bytes of the first. */
static size_t two_members(const char *path)
{
    size_t first = 0;
    for (int k = 0; k < 2; k++) {
        gzFile out = gzopen(path, k ? "ab" : "wb");
        for (int i = 0; i < 30; i++)
            gzputs(out, "1\nenergy=-1.25\nH 0 0 0\n");
        gzclose(out);
        struct stat info;
        ck_assert_int_eq(stat(path, &info), 0);
        first = k ? first : (size_t)info.st_size;
    }
    return first;
}

static void put_byte(const char *path, long at, int byte)
{
    FILE *f = fopen(path, at < 0 ? "ab" : "r+b");
    if (at >= 0)
        fseek(f, at, SEEK_SET);
    fputc(byte, f);
    ck_assert_int_eq(fclose(f), 0);
}

static void read_fails(const char *path, const char *message)
{
    slg_dataset *d = NULL;
    slg_error err;
    slg_error_clear(&err);
    ck_assert_int_eq(slg_dataset_read(path, &usual_keys, &d, &err), SLG_ERR_DATA);
    ck_assert_ptr_null(d);
    ck_assert_msg(strstr(err.text, message) != NULL, "%s", err.text);
}

/* No structure is lost in silence: every byte of either member counts, and so does what follows. */
START_TEST(members_of_gzip)
{
    const char *folder = slg_test_folder();
    char path[128];
    snprintf(path, sizeof path, "%s/a.xyz.gz", folder);
    const size_t first = two_members(path);
    slg_dataset *d = read_set(path);
    ck_assert_uint_eq(d->n_frame, 60);
    slg_dataset_free(&d);
    put_byte(path, -1, 0);
    d = read_set(path); /* zeros fill up blocks */
    ck_assert_uint_eq(d->n_frame, 60);
    slg_dataset_free(&d);
    put_byte(path, -1, 'x');
    read_fails(path, "expected the end or another gzip member, found other bytes");
    two_members(path);
    put_byte(path, (long)first, 'x');
    read_fails(path, "expected the end or another gzip member, found other bytes");
    two_members(path);
    put_byte(path, (long)(2 * first) - 8, 0x55); /* its checksum */
    read_fails(path, "the compressed data are damaged: incorrect data check");
    two_members(path);
    ck_assert_int_eq(truncate(path, (off_t)(2 * first - 9)), 0);
    read_fails(path, "the compressed data end too early");
    slg_test_remove(folder);
}
END_TEST

/* What people have instead of extended XYZ is named, with the way to convert it. */
START_TEST(foreign_formats)
{
    static const struct {
        const char *name, *text, *message;
    } file[] = {{"OUTCAR", " vasp.6.3.2\n", "OUTCAR: expected extended XYZ, found an OUTCAR of VASP; convert it: ase "},
                {"run1.vasprun.xml", "<?xml version", "found a vasprun.xml of VASP"},
                {"a.db", "SQLite format 3", "found a database of ase"},
                {"a.traj", "- of UlmASE-Trajectory", "found a trajectory of ase"},
                {"a.xyz", "{\"1\": {}}", "found JSON"},
                {"Si.cif", "data_Si\n", "found a CIF"}};
    const char *folder = slg_test_folder();
    for (size_t i = 0; i < sizeof file / sizeof file[0]; i++) {
        char path[256];
        snprintf(path, sizeof path, "%s/%s", folder, file[i].name);
        FILE *f = fopen(path, "w");
        fputs(file[i].text, f);
        fclose(f);
        read_fails(path, file[i].message);
    }
    slg_test_remove(folder);
}
END_TEST

START_TEST(absurd_files)
{
    const char *folder = slg_test_folder();
    char path[128], *blank = malloc(1 << 20);
    memset(blank, '\n', 1 << 20);
    snprintf(path, sizeof path, "%s/bomb.xyz.gz", folder);
    gzFile out = gzopen(path, "wb9");
    for (int i = 0; i < 80; i++)
        ck_assert_int_eq(gzwrite(out, blank, 1 << 20), 1 << 20);
    gzclose(out);
    read_fails(path, "bomb.xyz.gz: unpacks to more than 200 times its size");
    snprintf(path, sizeof path, "%s/blank.xyz", folder);
    FILE *f = fopen(path, "w");
    fwrite(blank, 1, 2000, f);
    fclose(f);
    read_fails(path, "blank.xyz:1000: expected structures, found 1000 blank lines");
    snprintf(path, sizeof path, "%s/pipe.xyz", folder);
    ck_assert_int_eq(mkfifo(path, 0666), 0);
    read_fails(path, "pipe.xyz: expected a file, found a pipe");
    read_fails(folder, ": expected a file, found a folder");
    read_fails("/dev/zero", "/dev/zero: expected a file, found a device");
    free(blank);
    slg_test_remove(folder);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("read");
    TCase *t = tcase_create("all");
    tcase_add_test(t, one_frame);
    tcase_add_test(t, missing_is_missing);
    tcase_add_test(t, spellings);
    tcase_add_test(t, stress_and_virial);
    tcase_add_test(t, groups_in_order);
    tcase_add_test(t, required_quantities);
    tcase_add_test(t, gzip_is_the_same);
    tcase_add_test(t, members_of_gzip);
    tcase_add_test(t, absurd_files);
    tcase_add_test(t, foreign_formats);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
