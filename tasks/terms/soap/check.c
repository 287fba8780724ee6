#include "tasks/terms/soap/internal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { WHY = 104 };

/* name[s]: text */
static slg_status refuse(char why[WHY], const char *name, size_t s, const char *expected, double found)
{
    snprintf(why, WHY, "%s[%zu]: expected %s, found %g", name, s, expected, found);
    return SLG_ERR_HP;
}

static slg_status check_channel(const slg_soap_hp *hp, size_t s, char why[WHY])
{
    double rh = hp->rcut_hard[s], floor = 2e-4 * rh;
    if (!(hp->alpha_max[s] >= 1 && hp->alpha_max[s] <= SLG_SOAP_ALPHA))
        return refuse(why, "alpha_max", s, "1 to 12", hp->alpha_max[s]);
    if (!(rh > 0 && rh <= 1000))
        return refuse(why, "rcut_hard", s, "above 0, at most 1000", rh);
    if (!(hp->rcut_soft[s] >= 0 && hp->rcut_soft[s] <= rh))
        return refuse(why, "rcut_soft", s, "0 to rcut_hard", hp->rcut_soft[s]);
    if (!(hp->nf[s] > 0 && isfinite(hp->nf[s])))
        return refuse(why, "nf", s, "above 0", hp->nf[s]);
    /* Narrower Gaussians would only make enormous tables. */
    if (!(hp->atom_sigma_r[s] >= floor && hp->atom_sigma_r[s] <= 1e3 * rh))
        return refuse(why, "atom_sigma_r", s, "0.0002 to 1000 times rcut_hard", hp->atom_sigma_r[s]);
    if (!(hp->atom_sigma_t[s] >= floor && hp->atom_sigma_t[s] <= 1e3 * rh))
        return refuse(why, "atom_sigma_t", s, "0.0002 to 1000 times rcut_hard", hp->atom_sigma_t[s]);
    if (!(hp->atom_sigma_r_scaling[s] >= 0 && hp->atom_sigma_r_scaling[s] <= 100))
        return refuse(why, "atom_sigma_r_scaling", s, "0 to 100", hp->atom_sigma_r_scaling[s]);
    if (!(hp->atom_sigma_t_scaling[s] >= 0 && hp->atom_sigma_t_scaling[s] <= 100))
        return refuse(why, "atom_sigma_t_scaling", s, "0 to 100", hp->atom_sigma_t_scaling[s]);
    if (!(hp->amplitude_scaling[s] >= 0 && hp->amplitude_scaling[s] <= 100))
        return refuse(why, "amplitude_scaling", s, "0 to 100", hp->amplitude_scaling[s]);
    if (!isfinite(hp->central_weight[s]))
        return refuse(why, "central_weight", s, "a finite number", hp->central_weight[s]);
    if (!isfinite(hp->global_scaling[s]))
        return refuse(why, "global_scaling", s, "a finite number", hp->global_scaling[s]);
    return SLG_OK;
}

static size_t full_length(const slg_soap_hp *hp)
{
    size_t n = 0;
    for (int32_t s = 0; s < hp->n_species; s++)
        n += (size_t)hp->alpha_max[s];
    return slg_power_row(n, n, (size_t)hp->l_max);
}

static slg_status check_map(const slg_soap_hp *hp, char why[WHY])
{
    const slg_compress *c = hp->compress;
    if (c->n_in != full_length(hp))
        return refuse(why, "compress", 0, "as many inputs as the power spectrum has", (double)c->n_in);
    if (c->n_out < 1 || c->n_out > INT32_MAX || c->n_entry < 1)
        return refuse(why, "compress", 0, "at least one component", (double)c->n_out);
    for (size_t i = 0; i < c->n_entry; i++) {
        if (c->in[i] < 0 || (size_t)c->in[i] >= c->n_in)
            return refuse(why, "compress in", i, "a component of the power spectrum", c->in[i]);
        if (c->out[i] < 0 || (size_t)c->out[i] >= c->n_out)
            return refuse(why, "compress out", i, "a component of the result", c->out[i]);
        if (!isfinite(c->weight[i]))
            return refuse(why, "compress weight", i, "a finite number", c->weight[i]);
    }
    return SLG_OK;
}

static slg_status check_mode(const slg_soap_hp *hp, char why[WHY])
{
    const char *mode = hp->compress_mode;
    if (memchr(mode, 0, sizeof hp->compress_mode) == NULL) {
        snprintf(why, WHY, "compress_mode: expected at most 15 characters");
        return SLG_ERR_HP;
    }
    if (mode[0] == 0 || strcmp(mode, "None") == 0 || strcmp(mode, "trivial") == 0)
        return SLG_OK;
    bool digits =
        strlen(mode) == 3 && mode[0] >= '0' && mode[0] <= '2' && mode[1] == '_' && mode[2] >= '0' && mode[2] <= '2';
    if (!digits) {
        snprintf(why, WHY, "compress_mode: expected None, trivial or 0_0 to 2_2, found \"%s\"", mode);
        return SLG_ERR_HP;
    }
    for (int32_t s = 1; s < hp->n_species; s++)
        if (hp->alpha_max[s] != hp->alpha_max[0])
            return refuse(why, "alpha_max", (size_t)s, "the same in all channels for this compress_mode",
                          hp->alpha_max[s]);
    return SLG_OK;
}

slg_status slg_soap_check(const slg_soap_hp *hp, char why[WHY])
{
    why[0] = 0;
    if (hp->n_species < 1 || hp->n_species > SLG_MAX_SPECIES)
        return refuse(why, "n_species", 0, "1 to 8", hp->n_species);
    if (hp->central < 0 || hp->central >= hp->n_species)
        return refuse(why, "central", 0, "a channel", hp->central);
    if (hp->l_max < 0 || hp->l_max > SLG_SOAP_L)
        return refuse(why, "l_max", 0, "0 to 12", hp->l_max);
    if (hp->radial_enhancement < 0 || hp->radial_enhancement > 2)
        return refuse(why, "radial_enhancement", 0, "0, 1 or 2", hp->radial_enhancement);
    if (hp->basis != SLG_POLY3 && hp->basis != SLG_POLY3GAUSS)
        return refuse(why, "basis", 0, "poly3 or poly3gauss", hp->basis);
    slg_status st = SLG_OK;
    for (size_t s = 0; st == SLG_OK && s < (size_t)hp->n_species; s++)
        st = check_channel(hp, s, why);
    if (st != SLG_OK)
        return st;
    return hp->compress ? check_map(hp, why) : check_mode(hp, why);
}
