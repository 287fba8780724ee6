#include "src/config/hp.h"
#include "src/config/config.h"

#include <string.h>

static const slg_hp_info table[SLG_N_HP] = {
#define X(id, name_, alias, per, whole, low, high, dflt, unit_, text_)                                                 \
    [SLG_HP_##id] = {name_, alias, (per) != 0, (whole) != 0, low, high, (double)(dflt), unit_, text_},
    SLG_HP_LIST(X)
#undef X
};

const slg_hp_info *slg_hp_info_of(slg_hp_id id)
{
    SLG_ASSERT((unsigned)id < SLG_N_HP);
    return &table[id];
}

static bool listed(const char *words, const char *name)
{
    size_t n = strlen(name);
    while (*words) {
        size_t k = strcspn(words, " ");
        if (k == n && strncmp(words, name, n) == 0)
            return true;
        words += k;
        words += strspn(words, " ");
    }
    return false;
}

slg_hp_id slg_hp_find(const char *name)
{
    for (int id = 0; id < SLG_N_HP; id++)
        if (strcmp(table[id].name, name) == 0 || listed(table[id].aliases, name))
            return (slg_hp_id)id;
    return SLG_N_HP;
}

void slg_hp_to_soap(const slg_config *cfg, const slg_hp_set *hp, int32_t n_species, int32_t central, slg_soap_hp *out)
{
    SLG_ASSERT(n_species >= 1 && n_species <= SLG_MAX_SPECIES);
    memset(out, 0, sizeof *out);
    out->n_species = n_species;
    out->central = central;
    out->l_max = (int32_t)lround(hp->v[SLG_HP_L_MAX][0]);
    out->radial_enhancement = (int32_t)lround(hp->v[SLG_HP_RADIAL_ENHANCEMENT][0]);
    for (int32_t s = 0; s < n_species; s++) {
        out->alpha_max[s] = (int32_t)lround(hp->v[SLG_HP_ALPHA_MAX][s]);
        out->rcut_hard[s] = hp->v[SLG_HP_RCUT_HARD][s];
        out->rcut_soft[s] = hp->v[SLG_HP_RCUT_SOFT][s];
        out->nf[s] = hp->v[SLG_HP_NF][s];
        out->global_scaling[s] = 1.0; /* cancels in the normalisation */
        out->atom_sigma_r[s] = hp->v[SLG_HP_ATOM_SIGMA_R][s];
        out->atom_sigma_r_scaling[s] = hp->v[SLG_HP_ATOM_SIGMA_R_SCALING][s];
        out->atom_sigma_t[s] = hp->v[SLG_HP_ATOM_SIGMA_T][s];
        out->atom_sigma_t_scaling[s] = hp->v[SLG_HP_ATOM_SIGMA_T_SCALING][s];
        out->amplitude_scaling[s] = hp->v[SLG_HP_AMPLITUDE_SCALING][s];
        out->central_weight[s] = hp->v[SLG_HP_CENTRAL_WEIGHT][s];
    }
    out->basis = cfg->basis;
    out->clean_filter = cfg->clean_filter;
    memcpy(out->compress_mode, cfg->compress_mode, sizeof out->compress_mode);
}
