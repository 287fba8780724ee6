/* The parameters of soap_turbo, their meaning for a definition, and what is known about their combinations. */
#include "tasks/terms/soap/internal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define MODES "None trivial 0_0 0_1 0_2 1_0 1_1 1_2 2_0 2_1 2_2"
#define HP SLG_PARAM_SEARCHABLE
#define EACH (SLG_PARAM_SEARCHABLE | SLG_PARAM_PER_ELEMENT)

/*
 * Names are those of soap_turbo and gap_fit; the examples are the ranges of Natarajan & Caro for small molecules. A
 * parameter that may differ between elements belongs to the neighbour's channel, central_weight and zeta to the central
 * species.
 */
const slg_param slg_soap_param[SLG_SOAP_N_PARAM] = {
    [SLG_SOAP_BASIS] = {.name = "basis",
                        .kind = SLG_PARAM_WORD,
                        .flags = SLG_PARAM_RESULT,
                        .words = "poly3 poly3gauss",
                        .standard = "poly3gauss",
                        .text = "Radial basis; poly3gauss has a Gaussian at the centre in addition."},
    [SLG_SOAP_COMPRESS_MODE] = {.name = "compress_mode",
                                .kind = SLG_PARAM_WORD,
                                .flags = SLG_PARAM_RESULT,
                                .words = MODES,
                                .standard = "None",
                                .text = "Linear compression of the descriptor."},
    [SLG_SOAP_COMPRESS_FILE] = {.name = "compress_file",
                                .kind = SLG_PARAM_FILE,
                                .standard = "none",
                                .text = "File with a compression of its own, relative to the study file; overrides "
                                        "compress_mode."},
    [SLG_SOAP_CLEAN_FILTER] = {.name = "clean_filter",
                               .kind = SLG_PARAM_FLAG,
                               .standard = "false",
                               .text = "Use the complete filter integral, which QUIP and TurboGAP truncate. Potentials "
                                       "made with `true` are inaccurate there."},
    [SLG_SOAP_ALPHA_MAX] = {"alpha_max", "n_max", SLG_PARAM_INT, EACH, SLG_PHASE_DESCRIPTOR, 1, 12, "", NULL, "6", "",
                            "Radial basis functions per species channel."},
    [SLG_SOAP_L_MAX] = {"l_max", "", SLG_PARAM_INT, HP, SLG_PHASE_DESCRIPTOR, 0, 12, "", NULL, "6", "",
                        "Largest angular momentum."},
    [SLG_SOAP_RCUT_HARD] = {"rcut_hard", "cutoff", SLG_PARAM_REAL, HP, SLG_PHASE_DESCRIPTOR, 0.5, 20, "", NULL, "5.0",
                            "Angstrom", "Radius of the environment."},
    [SLG_SOAP_RCUT_SOFT] = {"rcut_soft", "", SLG_PARAM_REAL, HP, SLG_PHASE_DESCRIPTOR, 0, 20, "", "0",
                            "{range: [4.0, 4.9]}", "Angstrom",
                            "Radius beyond which the density fades out, below rcut_hard; 0: rcut_soft_share of it."},
    [SLG_SOAP_RCUT_SOFT_SHARE] = {"rcut_soft_share", "", SLG_PARAM_REAL, HP, SLG_PHASE_DESCRIPTOR, 0.05, 0.99, "",
                                  "0.9", NULL, "",
                                  "rcut_soft as a share of rcut_hard, where rcut_soft is 0: for studies that "
                                  "search rcut_hard."},
    [SLG_SOAP_NF] = {"nf", "", SLG_PARAM_REAL, HP, SLG_PHASE_DESCRIPTOR, 0.1, 100, "", "4", NULL, "",
                     "Steepness of the fading between rcut_soft and rcut_hard."},
    [SLG_SOAP_ATOM_SIGMA_R] = {"atom_sigma_r", "atom_sigma", SLG_PARAM_REAL, EACH, SLG_PHASE_DESCRIPTOR, 0.01, 10, "",
                               NULL, "{range: [0.1, 0.6]}", "Angstrom",
                               "Radial width of an atom's density at distance 0."},
    [SLG_SOAP_ATOM_SIGMA_R_SCALING] = {"atom_sigma_r_scaling", "", SLG_PARAM_REAL, EACH, SLG_PHASE_DESCRIPTOR, 0, 5, "",
                                       "0", "{range: [0.0, 0.5]}", "", "Growth of the radial width with distance."},
    [SLG_SOAP_ATOM_SIGMA_T] = {"atom_sigma_t", "", SLG_PARAM_REAL, EACH, SLG_PHASE_DESCRIPTOR, 0.01, 10, "", NULL,
                               "{range: [0.1, 1.0]}", "Angstrom",
                               "Tangential width of an atom's density at distance 0."},
    [SLG_SOAP_ATOM_SIGMA_T_SCALING] = {"atom_sigma_t_scaling", "", SLG_PARAM_REAL, EACH, SLG_PHASE_DESCRIPTOR, 0, 5, "",
                                       "0", "{range: [0.0, 0.5]}", "", "Growth of the tangential width with distance."},
    [SLG_SOAP_AMPLITUDE_SCALING] = {"amplitude_scaling", "", SLG_PARAM_REAL, EACH, SLG_PHASE_DESCRIPTOR, 0, 10, "", "1",
                                    "{range: [0.0, 2.0]}", "",
                                    "Exponent of the decay of an atom's weight with distance."},
    [SLG_SOAP_CENTRAL_WEIGHT] =
        {"central_weight", "", SLG_PARAM_REAL, EACH, SLG_PHASE_DESCRIPTOR, 0, 10, "", "1", NULL, "",
         "Weight of the central atom's own density. With one species only 1 is understood by QUIP."},
    [SLG_SOAP_RADIAL_ENHANCEMENT] = {"radial_enhancement", "", SLG_PARAM_INT, HP, SLG_PHASE_DESCRIPTOR, 0, 2, "", "0",
                                     "{int: [0, 2]}", "", "Extra weight of distant atoms, 0 to 2."},
    [SLG_SOAP_ZETA] = {"zeta", "soap_exponent", SLG_PARAM_REAL, EACH | SLG_PARAM_KERNEL, SLG_PHASE_DESCRIPTOR, 0.5, 50,
                       "", NULL, "{range: [2.0, 10.0]}", "", "Exponent of the kernel."},
};

static const char *mode_word(int number)
{
    static const char *const word[] = {"None", "trivial", "0_0", "0_1", "0_2", "1_0",
                                       "1_1",  "1_2",     "2_0", "2_1", "2_2"};
    return word[number];
}

static void channel_of(const slg_term_input *in, int32_t s, slg_soap_hp *hp)
{
    const double(*v)[SLG_MAX_SPECIES] = in->value;
    hp->alpha_max[s] = (int32_t)lround(v[SLG_SOAP_ALPHA_MAX][s]);
    hp->rcut_hard[s] = v[SLG_SOAP_RCUT_HARD][s];
    hp->rcut_soft[s] = v[SLG_SOAP_RCUT_SOFT][s];
    hp->nf[s] = v[SLG_SOAP_NF][s];
    hp->global_scaling[s] = 1.0; /* cancels in the normalisation */
    hp->atom_sigma_r[s] = v[SLG_SOAP_ATOM_SIGMA_R][s];
    hp->atom_sigma_r_scaling[s] = v[SLG_SOAP_ATOM_SIGMA_R_SCALING][s];
    hp->atom_sigma_t[s] = v[SLG_SOAP_ATOM_SIGMA_T][s];
    hp->atom_sigma_t_scaling[s] = v[SLG_SOAP_ATOM_SIGMA_T_SCALING][s];
    hp->amplitude_scaling[s] = v[SLG_SOAP_AMPLITUDE_SCALING][s];
    hp->central_weight[s] = v[SLG_SOAP_CENTRAL_WEIGHT][s];
}

void slg_soap_complete(int32_t n_channel, double (*v)[SLG_MAX_SPECIES])
{
    for (int32_t s = 0; s < n_channel; s++) {
        double *soft = &v[SLG_SOAP_RCUT_SOFT][s], *share = &v[SLG_SOAP_RCUT_SOFT_SHARE][s];
        const double hard = v[SLG_SOAP_RCUT_HARD][s];
        if (*soft == 0)
            *soft = *share * hard;
        else
            *share = *soft / hard; /* results say both */
    }
}

void slg_soap_hp_make(const slg_term_input *in, slg_soap_hp *hp)
{
    const double(*v)[SLG_MAX_SPECIES] = in->value;
    SLG_ASSERT(in->n_channel >= 1 && in->n_channel <= SLG_MAX_SPECIES);
    memset(hp, 0, sizeof *hp);
    hp->n_species = in->n_channel;
    hp->central = in->part;
    hp->l_max = (int32_t)lround(v[SLG_SOAP_L_MAX][0]);
    hp->radial_enhancement = (int32_t)lround(v[SLG_SOAP_RADIAL_ENHANCEMENT][0]);
    for (int32_t s = 0; s < in->n_channel; s++)
        channel_of(in, s, hp);
    hp->zeta = v[SLG_SOAP_ZETA][in->part];
    hp->basis = v[SLG_SOAP_BASIS][0] > 0 ? SLG_POLY3GAUSS : SLG_POLY3;
    hp->clean_filter = v[SLG_SOAP_CLEAN_FILTER][0] > 0;
    snprintf(hp->compress_mode, sizeof hp->compress_mode, "%s", mode_word((int)v[SLG_SOAP_COMPRESS_MODE][0]));
    hp->compress = in->file;
}

/* --- combinations --------------------------------------------------------------------------------------------- */

/* Radius or share: not a range that begins with what means the other. */
static bool both_soft(const slg_limits *l, slg_remark *out)
{
    const slg_limits soft = l[SLG_SOAP_RCUT_SOFT], share = l[SLG_SOAP_RCUT_SOFT_SHARE], hard = l[SLG_SOAP_RCUT_HARD];
    const bool part = soft.lo == 0 && soft.hi > 0, both = soft.lo > 0 && l[SLG_SOAP_RCUT_SOFT_SHARE].searched;
    if (soft.lo > 0 && !share.searched && share.lo != 0.9 && !(fabs(share.lo * hard.lo - soft.lo) < 1e-6)) {
        *out = (slg_remark){.warning = true, .param = SLG_SOAP_RCUT_SOFT_SHARE};
        snprintf(out->text, sizeof out->text, "has no effect: rcut_soft is given; leave one of them out");
        return true;
    }
    if (!part && !both)
        return false;
    *out = (slg_remark){.param = SLG_SOAP_RCUT_SOFT};
    snprintf(out->text, sizeof out->text, "%s",
             part ? "expected a range above 0, found one that begins with 0"
                  : "makes rcut_soft_share, which is searched, have no effect; "
                    "leave one of them out");
    return true;
}

static bool cutoffs(const slg_limits *l, slg_remark *out)
{
    const slg_limits soft = l[SLG_SOAP_RCUT_SOFT], hard = l[SLG_SOAP_RCUT_HARD];
    if (!(soft.lo <= soft.hi && hard.lo <= hard.hi && soft.lo > hard.hi - 0.01 + 1e-9))
        return false;
    *out = (slg_remark){.param = SLG_SOAP_RCUT_SOFT};
    snprintf(out->text, sizeof out->text,
             "must stay 0.01 Angstrom below rcut_hard, found at least %.10g with rcut_hard at most %.10g", soft.lo,
             hard.hi);
    return true;
}

/* A part of the ranges only: those trials fail, which costs the search its members. */
static bool crossing_cutoffs(const slg_limits *l, slg_remark *out)
{
    const slg_limits soft = l[SLG_SOAP_RCUT_SOFT], hard = l[SLG_SOAP_RCUT_HARD];
    if (!(soft.lo <= soft.hi && hard.lo <= hard.hi && soft.lo <= hard.hi - 0.01 + 1e-9 &&
          soft.hi > hard.lo - 0.01 + 1e-9))
        return false;
    *out = (slg_remark){.warning = true, .param = SLG_SOAP_RCUT_SOFT};
    snprintf(
        out->text, sizeof out->text,
        "can reach %.10g, where rcut_hard can be %.10g: trials with less than 0.01 Angstrom between them fail; let "
        "rcut_soft end at %.10g, or give rcut_soft_share instead",
        soft.hi, hard.lo, hard.lo - 0.01);
    return true;
}

static bool widths(const slg_limits *l, slg_remark *out)
{
    const double sigma = l[SLG_SOAP_ATOM_SIGMA_R].hi, limit = 0.12 * l[SLG_SOAP_RCUT_HARD].lo;
    if (!(l[SLG_SOAP_BASIS].hi > 0 && sigma > limit + 1e-9))
        return false;
    *out = (slg_remark){.warning = true, .param = SLG_SOAP_ATOM_SIGMA_R};
    snprintf(out->text, sizeof out->text,
             "can reach %.10g, above 0.12 rcut_hard = %.10g, where the basis poly3gauss of QUIP and TurboGAP itself is "
             "inaccurate: potentials made there do not transfer to them; lower atom_sigma_r or use basis: poly3",
             sigma, limit);
    return true;
}

/* The first line of the file names one basis. */
static bool fixed_basis(const slg_limits *l, slg_remark *out)
{
    static const int basis[] = {SLG_SOAP_ALPHA_MAX, SLG_SOAP_L_MAX};
    for (int i = 0; i < 2; i++)
        if (l[SLG_SOAP_COMPRESS_FILE].hi > 0 && l[basis[i]].searched) {
            *out = (slg_remark){.param = SLG_SOAP_COMPRESS_FILE};
            snprintf(out->text, sizeof out->text,
                     "expected fixed alpha_max and l_max, found %s searched; fix it or use compress_mode",
                     slg_soap_param[basis[i]].name);
            return true;
        }
    return false;
}

/* See slg_soap_transferable. */
static bool central_weight(const slg_limits *l, slg_remark *out)
{
    const slg_limits *w = &l[SLG_SOAP_CENTRAL_WEIGHT];
    if (w->lo == 1 && w->hi == 1)
        return false;
    *out = (slg_remark){.warning = true, .param = SLG_SOAP_CENTRAL_WEIGHT};
    snprintf(out->text, sizeof out->text,
             "can differ from 1: with a single species, as here, builds of QUIP since October 2023 ignore it and give "
             "wrong energies; use central_weight: 1 for potentials that QUIP or LAMMPS shall read");
    return true;
}

size_t slg_soap_review(const slg_limits *limits, int32_t n_channel, slg_remark *out, size_t room)
{
    static bool (*const rule[])(const slg_limits *, slg_remark *) = {both_soft, cutoffs, crossing_cutoffs, widths,
                                                                     fixed_basis};
    size_t n = 0;
    if (n_channel > 0)
        return n_channel == 1 && room > 0 && central_weight(limits, out);
    for (size_t i = 0; i < sizeof rule / sizeof *rule && n < room; i++)
        n += rule[i](limits, &out[n]);
    return n;
}
