/* soap_turbo in words: the descriptions of QUIP, gap_fit and TurboGAP, and the text of a compression. */
#include "runtime/base/alloc.h"
#include "runtime/base/hash.h"
#include "runtime/base/number.h"
#include "tasks/terms/soap/internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Arrays with one number for each channel. */
typedef struct named_array {
    const char *name;
    size_t at; /* offset in slg_soap_hp */
} named_array;
#define ARRAY(member) #member, offsetof(slg_soap_hp, member)

static void put_arrays(const slg_soap_hp *hp, const named_array *array, size_t n, slg_pairs *out)
{
    for (size_t i = 0; i < n; i++) {
        double x[SLG_MAX_SPECIES];
        memcpy(x, (const char *)hp + array[i].at, sizeof x);
        slg_pairs_reals(out, array[i].name, hp->n_species, x);
    }
}

static const char *basis_name(const slg_soap_hp *hp)
{
    return hp->basis == SLG_POLY3 ? "poly3" : "poly3gauss";
}

static bool has_mode(const slg_soap_hp *hp)
{
    return hp->compress_mode[0] && strcmp(hp->compress_mode, "None") != 0;
}

static void put_cutoffs(const slg_soap_hp *hp, slg_pairs *out)
{
    slg_pairs_reals(out, "rcut_hard", 1, hp->rcut_hard);
    slg_pairs_reals(out, "rcut_soft", 1, hp->rcut_soft);
    slg_pairs_reals(out, "nf", 1, hp->nf);
    slg_pairs_ints(out, "radial_enhancement", 1, &hp->radial_enhancement);
}

static void put_kernel(const slg_soap_hp *hp, slg_pairs *out)
{
    slg_pairs_text(out, "covariance_type", "dot_product");
    slg_pairs_reals(out, "zeta", 1, &hp->zeta);
}

static slg_status expressible(const slg_soap_hp *hp, slg_error *err)
{
    for (int32_t s = 0; s < hp->n_species; s++)
        if (hp->rcut_hard[s] != hp->rcut_hard[0] || hp->rcut_soft[s] != hp->rcut_soft[0] || hp->nf[s] != hp->nf[0] ||
            hp->global_scaling[s] != 1)
            return slg_fail(err, SLG_ERR_HP,
                            "potential: rcut_hard, rcut_soft and nf differ between species or "
                            "global_scaling is not 1, which QUIP's format cannot hold; use one value");
    return SLG_OK;
}

/* Spec gap_fit 11.2: every parameter explicit. */
static slg_status describe_quip(const slg_soap_hp *hp, const int32_t *z, const char *file, slg_pairs *out,
                                slg_error *err)
{
    static const named_array array[] = {{ARRAY(atom_sigma_r)},         {ARRAY(atom_sigma_t)},
                                        {ARRAY(atom_sigma_r_scaling)}, {ARRAY(atom_sigma_t_scaling)},
                                        {ARRAY(amplitude_scaling)},    {ARRAY(central_weight)}};
    const int32_t central = hp->central + 1;
    slg_pairs_ints(out, "l_max", 1, &hp->l_max);
    slg_pairs_ints(out, "alpha_max", hp->n_species, hp->alpha_max);
    put_arrays(hp, array, sizeof array / sizeof *array, out);
    put_cutoffs(hp, out);
    slg_pairs_text(out, "basis", basis_name(hp));
    slg_pairs_text(out, "scaling_mode", "polynomial");
    if (file[0])
        slg_pairs_text(out, "compress_file", file);
    else if (has_mode(hp))
        slg_pairs_text(out, "compress_mode", hp->compress_mode);
    if (hp->clean_filter)
        slg_pairs_text(out, "clean_filter", "T");
    slg_pairs_ints(out, "n_species", 1, &hp->n_species);
    slg_pairs_ints(out, "species_Z", hp->n_species, z);
    slg_pairs_ints(out, "central_index", 1, &central);
    put_kernel(hp, out);
    return expressible(hp, err);
}

static void describe_gap_fit(const slg_soap_hp *hp, const int32_t *z, slg_pairs *out)
{
    static const named_array array[] = {{ARRAY(atom_sigma_r)},      {ARRAY(atom_sigma_r_scaling)},
                                        {ARRAY(atom_sigma_t)},      {ARRAY(atom_sigma_t_scaling)},
                                        {ARRAY(amplitude_scaling)}, {ARRAY(central_weight)}};
    const int32_t central = hp->central + 1;
    slg_pairs_ints(out, "n_species", 1, &hp->n_species);
    slg_pairs_ints(out, "central_index", 1, &central);
    slg_pairs_ints(out, "species_Z", hp->n_species, z);
    slg_pairs_ints(out, "l_max", 1, &hp->l_max);
    put_cutoffs(hp, out);
    slg_pairs_ints(out, "alpha_max", hp->n_species, hp->alpha_max);
    put_arrays(hp, array, sizeof array / sizeof *array, out);
    slg_pairs_text(out, "basis", basis_name(hp));
    slg_pairs_text(out, "scaling_mode", "polynomial");
    if (has_mode(hp))
        slg_pairs_text(out, "compress_mode", hp->compress_mode);
    put_kernel(hp, out);
}

static void put_turbogap_compression(const slg_soap_hp *hp, const char *file, slg_pairs *out)
{
    char text[SLG_PAIR_WORD];
    if (!file[0] && !has_mode(hp))
        return;
    snprintf(text, sizeof text, "\"%.260s\"", file[0] ? file : hp->compress_mode);
    slg_pairs_text(out, "compress_soap", ".true.");
    slg_pairs_text(out, file[0] ? "file_compress_soap" : "compress_mode", text);
}

/* Spec gap_fit section 12. */
static void describe_turbogap(const slg_soap_hp *hp, const int32_t *z, const char *file, slg_pairs *out)
{
    static const named_array array[] = {{ARRAY(atom_sigma_r)},         {ARRAY(atom_sigma_t)},
                                        {ARRAY(atom_sigma_r_scaling)}, {ARRAY(atom_sigma_t_scaling)},
                                        {ARRAY(amplitude_scaling)},    {ARRAY(central_weight)},
                                        {ARRAY(global_scaling)},       {ARRAY(nf)}};
    const int32_t n = hp->n_species, central = hp->central + 1;
    double buffer[SLG_MAX_SPECIES];
    for (int32_t s = 0; s < n; s++)
        buffer[s] = hp->rcut_hard[s] - hp->rcut_soft[s];
    slg_pairs_ints(out, "n_species", 1, &n);
    slg_pairs_elements(out, "species", n, z);
    slg_pairs_ints(out, "central_species", 1, &central);
    slg_pairs_reals(out, "rcut", n, hp->rcut_hard);
    slg_pairs_reals(out, "buffer", n, buffer);
    put_arrays(hp, array, sizeof array / sizeof *array, out);
    slg_pairs_ints(out, "n_max", n, hp->alpha_max);
    slg_pairs_ints(out, "l_max", 1, &hp->l_max);
    slg_pairs_ints(out, "radial_enhancement", 1, &hp->radial_enhancement);
    slg_pairs_text(out, "basis", basis_name(hp));
    slg_pairs_text(out, "scaling_mode", "polynomial");
    put_turbogap_compression(hp, file, out);
    slg_pairs_reals(out, "zeta", 1, &hp->zeta);
}

slg_status slg_soap_describe(const slg_term_def *def, slg_dialect dialect, const int32_t *z, const char *file,
                             slg_pairs *out, slg_error *err)
{
    const slg_soap_hp *hp = slg_soap_hp_of(def);
    static const int32_t dot_product = 2;
    out->n = 0;
    switch (dialect) {
    case SLG_DIALECT_QUIP: return describe_quip(hp, z, file, out, err);
    case SLG_DIALECT_GAP_FIT: describe_gap_fit(hp, z, out); break;
    case SLG_DIALECT_TURBOGAP: describe_turbogap(hp, z, file, out); break;
    case SLG_DIALECT_ATTRIBUTES:
        slg_pairs_ints(out, "covariance_type", 1, &dot_product);
        slg_pairs_reals(out, "zeta", 1, &hp->zeta);
    }
    return SLG_OK;
}

/* QUIP 0.10.3 (GAP of 2026-01-29) was seen to take 1 whatever the file says, as all builds since October 2023 do. */
/* Largest atom_sigma_r as a share of rcut_hard. */
static double widest(const slg_soap_hp *hp)
{
    double most = 0;
    for (int32_t s = 0; s < hp->n_species; s++)
        most = fmax(most, hp->atom_sigma_r[s] / hp->rcut_hard[s]);
    return most;
}

bool slg_soap_transferable(const slg_term_def *def, slg_remark *out, size_t room, size_t *n_remark)
{
    const slg_soap_hp *hp = slg_soap_hp_of(def);
    *n_remark = 0;
    if (hp->n_species == 1 && hp->central_weight[0] != 1 && room > 0) {
        slg_remark *to = &out[(*n_remark)++];
        *to = (slg_remark){.warning = true, .param = SLG_SOAP_CENTRAL_WEIGHT};
        snprintf(to->text, sizeof to->text,
                 "central_weight=%g with a single species: builds of QUIP since October 2023 ignore it and give wrong "
                 "energies; use central_weight: 1 for such potentials, or TurboGAP",
                 hp->central_weight[0]);
    }
    const double wide = widest(hp);
    if (hp->basis == SLG_POLY3GAUSS && wide > 0.12 + 1e-9 && *n_remark < room) {
        slg_remark *to = &out[(*n_remark)++];
        *to = (slg_remark){.warning = true, .param = SLG_SOAP_ATOM_SIGMA_R};
        snprintf(
            to->text, sizeof to->text,
            "atom_sigma_r is %.3g of rcut_hard: above 0.12 the basis poly3gauss of QUIP and TurboGAP is inaccurate, "
            "%s; use basis: poly3 or a smaller atom_sigma_r",
            wide, wide > 0.2 ? "and above 0.2 their energies are wrong" : "by 1e-5 and less up to 0.16");
    }
    return !hp->clean_filter; /* unknown to QUIP and TurboGAP */
}

/* --- the compression's file ----------------------------------------------------------------------------------- */

static void digest_of(const slg_compress *c, char digest[16])
{
    const slg_digest i = slg_digest_bytes(c->in, c->n_entry * sizeof *c->in);
    const slg_digest w = slg_digest_bytes(c->weight, c->n_entry * sizeof *c->weight);
    const slg_digest o = slg_digest_bytes(c->out, c->n_entry * sizeof *c->out);
    snprintf(digest, 16, "%.4s%.4s%.4s", i.hex, o.hex, w.hex);
}

/* Spec soap_turbo section 7.3, the form with weights. */
char *slg_compress_text(const slg_soap_hp *hp, char digest[16])
{
    const slg_compress *c = hp->compress;
    char *text = NULL, *copy;
    size_t n = 0;
    digest[0] = '\0';
    if (!c)
        return NULL;
    digest_of(c, digest);
    FILE *out = open_memstream(&text, &n);
    if (!out)
        return NULL;
    for (int32_t s = 0; s < hp->n_species; s++)
        fprintf(out, "%d ", (int)hp->alpha_max[s]);
    fprintf(out, "%d %zu\nP_transformation\n", (int)hp->l_max, c->n_out);
    for (size_t i = 0; i < c->n_entry; i++) {
        char weight[32];
        slg_real_print(weight, c->weight[i]);
        fprintf(out, "%d %d %s\n", (int)c->out[i] + 1, (int)c->in[i] + 1, weight);
    }
    fprintf(out, "end_transformation\n");
    copy = fclose(out) == 0 ? slg_strndup(text, n) : NULL;
    free(text);
    return copy;
}
