/* Reads the description of a soap_turbo term as QUIP writes it. */
#include "tasks/terms/soap/internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/** What the keys of a description fill. */
typedef struct reading {
    slg_soap_hp hp;
    int32_t z[SLG_MAX_SPECIES];
    char compress_file[256];
} reading;

typedef enum kind { INT_ONE, INT_EACH, REAL_ALL, REAL_EACH, TEXT, FLAG, IGNORED } kind;

typedef struct key {
    const char *name, *alias;
    kind kind;
    size_t at; /* offset in reading, or the size limit of a text */
    bool needed;
} key;

#define AT(member) offsetof(reading, member)
enum { BASIS = 1, MODE, SCALING_MODE, COMPRESS_FILE }; /* texts, stored by set_text() */

/* REAL_ALL: QUIP has one value, our channels one each. */
static const key keys[] = {
    {"n_species", "", INT_ONE, AT(hp.n_species), false},
    {"species_Z", "", INT_EACH, AT(z), true},
    {"central_index", "", INT_ONE, AT(hp.central), false},
    {"l_max", "", INT_ONE, AT(hp.l_max), true},
    {"alpha_max", "n_max", INT_EACH, AT(hp.alpha_max), true},
    {"radial_enhancement", "", INT_ONE, AT(hp.radial_enhancement), false},
    {"rcut_hard", "cutoff", REAL_ALL, AT(hp.rcut_hard), true},
    {"rcut_soft", "", REAL_ALL, AT(hp.rcut_soft), true},
    {"nf", "", REAL_ALL, AT(hp.nf), false},
    {"atom_sigma_r", "", REAL_EACH, AT(hp.atom_sigma_r), true},
    {"atom_sigma_t", "", REAL_EACH, AT(hp.atom_sigma_t), true},
    {"atom_sigma_r_scaling", "", REAL_EACH, AT(hp.atom_sigma_r_scaling), false},
    {"atom_sigma_t_scaling", "", REAL_EACH, AT(hp.atom_sigma_t_scaling), false},
    {"amplitude_scaling", "", REAL_EACH, AT(hp.amplitude_scaling), false},
    {"central_weight", "", REAL_EACH, AT(hp.central_weight), false},
    {"basis", "", TEXT, BASIS, false},
    {"scaling_mode", "", TEXT, SCALING_MODE, false},
    {"compress_mode", "", TEXT, MODE, false},
    {"compress_file", "", TEXT, COMPRESS_FILE, false},
    {"clean_filter", "", FLAG, AT(hp.clean_filter), false},
    /* gap_fit's own, without effect on the evaluation */
    {"covariance_type", "", IGNORED, 0, false},
    {"zeta", "soap_exponent", IGNORED, 0, false}, /* the attribute of the XML element counts */
    {"delta", "energy_scale", IGNORED, 0, false},
    {"f0", "", IGNORED, 0, false},
    {"add_species", "", IGNORED, 0, false},
    {"sparse_method", "", IGNORED, 0, false},
    {"sparse_file", "", IGNORED, 0, false},
    {"n_sparse", "", IGNORED, 0, false},
    {"config_type_n_sparse", "", IGNORED, 0, false},
    {"print_sparse_index", "", IGNORED, 0, false},
    {"unique_hash_tolerance", "", IGNORED, 0, false},
    {"unique_descriptor_tolerance", "", IGNORED, 0, false},
    {"mark_sparse_atoms", "", IGNORED, 0, false},
};
enum { N_KEY = sizeof keys / sizeof *keys };

static int find_key(const char *name)
{
    for (int k = 0; k < N_KEY; k++)
        if (strcasecmp(name, keys[k].name) == 0 || strcasecmp(name, keys[k].alias) == 0)
            return k;
    return -1;
}

static slg_status bad(slg_error *err, const char *place, const slg_text_pair *p, const char *expected)
{
    return slg_fail(err, SLG_ERR_DATA, "%s: %s=%.80s: expected %s", place, p->name, p->value, expected);
}

static slg_status set_numbers(reading *d, const key *k, const slg_text_pair *p, const char *place, slg_error *err)
{
    const bool integer = k->kind == INT_ONE || k->kind == INT_EACH;
    const bool each = k->kind == INT_EACH || k->kind == REAL_EACH;
    const int want = each ? d->hp.n_species : 1;
    double x[SLG_MAX_SPECIES] = {0};
    const int n = slg_text_pair_reals(p, x, SLG_MAX_SPECIES);
    if (n != want)
        return slg_fail(err, SLG_ERR_DATA, "%s: %s={%.80s}: expected %d number%s%s", place, p->name, p->value, want,
                        want == 1 ? "" : "s", each ? " (one per species)" : "");
    for (int i = 0; i < n; i++) {
        if (integer && (floor(x[i]) != x[i] || fabs(x[i]) > 1e6))
            return bad(err, place, p, "whole numbers");
        if (integer)
            memcpy((char *)d + k->at + (size_t)i * sizeof(int32_t), &(int32_t){(int32_t)x[i]}, sizeof(int32_t));
        else
            memcpy((char *)d + k->at + (size_t)i * sizeof(double), &x[i], sizeof(double));
    }
    for (int i = 1; k->kind == REAL_ALL && i < d->hp.n_species; i++)
        memcpy((char *)d + k->at + (size_t)i * sizeof(double), &x[0], sizeof(double));
    return SLG_OK;
}

static slg_status set_text(reading *d, const key *k, const slg_text_pair *p, const char *place, slg_error *err)
{
    if (k->at == SCALING_MODE)
        return strcasecmp(p->value, "polynomial") == 0 ? SLG_OK : bad(err, place, p, "polynomial");
    if (k->at == BASIS) {
        const bool gauss = strcmp(p->value, "poly3gauss") == 0;
        d->hp.basis = gauss ? SLG_POLY3GAUSS : SLG_POLY3;
        return gauss || strcmp(p->value, "poly3") == 0 ? SLG_OK : bad(err, place, p, "poly3 or poly3gauss");
    }
    char *to = k->at == MODE ? d->hp.compress_mode : d->compress_file;
    const size_t room = k->at == MODE ? sizeof d->hp.compress_mode : sizeof d->compress_file;
    if (strlen(p->value) >= room)
        return bad(err, place, p, "a shorter text");
    const bool none = strcasecmp(p->value, "none") == 0;
    strcpy(to, !none ? p->value : k->at == MODE ? "None" : "");
    return SLG_OK;
}

static slg_status set(reading *d, const key *k, const slg_text_pair *p, const char *place, slg_error *err)
{
    switch (k->kind) {
    case IGNORED: return SLG_OK;
    case FLAG:
        d->hp.clean_filter = p->value[0] == 'T';
        return p->value[0] == 'T' || p->value[0] == 'F' ? SLG_OK : bad(err, place, p, "T or F");
    case TEXT: return set_text(d, k, p, place, err);
    default: return set_numbers(d, k, p, place, err);
    }
}

static void defaults(reading *d)
{
    memset(d, 0, sizeof *d);
    d->hp.n_species = 1;
    d->hp.central = 1;
    strcpy(d->hp.compress_mode, "None");
    for (int s = 0; s < SLG_MAX_SPECIES; s++) {
        d->hp.nf[s] = 4;
        d->hp.amplitude_scaling[s] = d->hp.central_weight[s] = d->hp.global_scaling[s] = 1;
    }
}

/* The number of species decides the lengths of the arrays, wherever it stands. */
static slg_status first_pass(const char *s, const char *place, reading *d, slg_error *err)
{
    slg_text_pair p;
    bool seen[N_KEY] = {false};
    int rc;
    while ((rc = slg_text_pair_next(&s, &p)) == 1) {
        const int k = find_key(p.name);
        if (k < 0)
            return slg_fail(err, SLG_ERR_DATA,
                            "%s: unknown key '%s' of soap_turbo; only potentials whose every key is "
                            "understood are read",
                            place, p.name);
        if (seen[k])
            return slg_fail(err, SLG_ERR_DATA, "%s: key '%s' is given twice", place, keys[k].name);
        seen[k] = true;
        slg_status st = k == 0 ? set(d, &keys[k], &p, place, err) : SLG_OK;
        if (st != SLG_OK)
            return st;
        if (d->hp.n_species < 1 || d->hp.n_species > SLG_MAX_SPECIES)
            return slg_fail(err, SLG_ERR_DATA, "%s: n_species=%d: expected 1 to %d", place, (int)d->hp.n_species,
                            SLG_MAX_SPECIES);
    }
    if (rc < 0)
        return slg_fail(err, SLG_ERR_DATA, "%s: expected key=value or key={values}, found '%.40s'", place, s);
    for (int k = 0; k < N_KEY; k++)
        if (keys[k].needed && !seen[k])
            return slg_fail(err, SLG_ERR_DATA, "%s: key '%s' is missing in the descriptor", place, keys[k].name);
    return SLG_OK;
}

static slg_status check(const reading *d, const char *place, slg_error *err)
{
    char why[104] = "";
    for (int32_t s = 0; s < d->hp.n_species; s++)
        if (d->z[s] < 1 || d->z[s] > 118)
            return slg_fail(err, SLG_ERR_DATA, "%s: species_Z: expected 1 to 118, found %d", place, (int)d->z[s]);
    if (d->hp.central < 0 || d->hp.central >= d->hp.n_species)
        return slg_fail(err, SLG_ERR_DATA, "%s: central_index=%d: expected 1 to %d", place, (int)d->hp.central + 1,
                        (int)d->hp.n_species);
    if (slg_soap_check(&d->hp, why) != SLG_OK)
        return slg_fail(err, SLG_ERR_DATA, "%s: %s", place, why);
    return SLG_OK;
}

/* covariance_type and zeta, which QUIP keeps as attributes of the element. */
static slg_status read_attributes(const char *text, const char *place, reading *d, slg_error *err)
{
    slg_text_pair p;
    bool zeta = false, type = false;
    while (slg_text_pair_next(&text, &p) == 1) {
        double x;
        if (strcmp(p.name, "covariance_type") != 0 && strcmp(p.name, "zeta") != 0)
            continue;
        if (slg_text_pair_reals(&p, &x, 1) != 1)
            return slg_fail(err, SLG_ERR_DATA, "%s: %s=\"%s\": expected a real", place, p.name, p.value);
        if (p.name[0] == 'c' && x != 2)
            return slg_fail(err, SLG_ERR_DATA, "%s: covariance_type=\"%g\": expected 2, the only one of soap_turbo",
                            place, x);
        if (p.name[0] == 'z')
            d->hp.zeta = x;
        zeta = zeta || p.name[0] == 'z';
        type = type || p.name[0] == 'c';
    }
    if (!type)
        return slg_fail(err, SLG_ERR_DATA, "%s: attribute 'covariance_type' of gpCoordinates is missing", place);
    if (!zeta)
        return slg_fail(err, SLG_ERR_DATA, "%s: attribute 'zeta' of gpCoordinates is missing", place);
    return d->hp.zeta > 0 ? SLG_OK : slg_fail(err, SLG_ERR_DATA, "%s: zeta: expected a value above 0", place);
}

slg_status slg_soap_parse(const char *text, const char *attributes, const char *place, slg_parsed_term *out,
                          slg_error *err)
{
    reading d;
    slg_text_pair p;
    defaults(&d);
    slg_status st = first_pass(text, place, &d, err);
    while (st == SLG_OK && slg_text_pair_next(&text, &p) == 1)
        st = set(&d, &keys[find_key(p.name)], &p, place, err);
    if (st != SLG_OK)
        return st;
    d.hp.central -= 1;
    st = check(&d, place, err);
    if (st == SLG_OK)
        st = read_attributes(attributes, place, &d, err);
    if (st != SLG_OK)
        return st;
    *out = (slg_parsed_term){.def = slg_soap_define(&d.hp), .n_channel = d.hp.n_species};
    memcpy(out->z, d.z, sizeof out->z);
    snprintf(out->file, sizeof out->file, "%s", d.compress_file);
    return SLG_OK;
}
