#include "tasks/terms/soap/internal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* True when the power spectrum itself is the result, so that no map is needed. */
static bool identity(const slg_soap_hp *hp)
{
    const char *m = hp->compress_mode;
    return !hp->compress && (m[0] == 0 || strcmp(m, "None") == 0 || strcmp(m, "2_2") == 0);
}

static size_t claim(size_t *at, size_t bytes)
{
    size_t off = *at;
    *at += slg_round_up(bytes, 64);
    return off;
}

static void lay_channel(const slg_soap_hp *hp, size_t s, slg_soap_plan *p)
{
    slg_channel *ch = &p->channel[s];
    double rh = hp->rcut_hard[s], g = 4 * SLG_PI * hp->global_scaling[s];
    ch->alpha = (size_t)hp->alpha_max[s];
    ch->alpha_pad = slg_round_up(ch->alpha, SLG_SOAP_LANES);
    ch->first = p->n_max;
    ch->first_pad = p->n_pad;
    p->n_max += ch->alpha;
    p->n_pad += ch->alpha_pad;
    ch->n_fun = slg_round_up(ch->alpha + p->l_max + 1, SLG_SOAP_LANES);
    ch->rcut = rh;
    ch->sigma = hp->atom_sigma_r[s] / rh;
    ch->sigma_slope = hp->atom_sigma_r_scaling[s];
    ch->exponent = hp->amplitude_scaling[s];
    ch->scale_c = g * sqrt(rh);
    ch->scale_dc = g / sqrt(rh);
    ch->n_interval = slg_table_grid(hp, s, NULL);
    ch->n_cell = slg_table_cells(ch->n_interval);
    ch->off_cell = claim(&p->bytes, ch->n_cell * sizeof(int32_t));
    ch->off_edge = claim(&p->bytes, (ch->n_interval + 1) * sizeof(double));
    ch->off_mid = claim(&p->bytes, 2 * ch->n_interval * sizeof(double));
    ch->off_coef = claim(&p->bytes, ch->n_interval * 2 * SLG_SOAP_TERMS * ch->n_fun * sizeof(double));
}

/* Upper bound of the entries of the map. */
static size_t map_room(const slg_soap_hp *hp)
{
    if (identity(hp))
        return 0;
    return hp->compress ? hp->compress->n_entry : slg_compress_entries(hp);
}

void slg_soap_plan_head(const slg_soap_hp *hp, slg_soap_plan *p)
{
    memset(p, 0, sizeof *p);
    p->n_species = (size_t)hp->n_species;
    p->central = (size_t)hp->central;
    p->l_max = (size_t)hp->l_max;
    p->n_lm = (p->l_max + 1) * (p->l_max + 1);
    p->enhancement = hp->radial_enhancement;
    p->zeta = hp->zeta;
    claim(&p->bytes, sizeof *p);
    for (size_t s = 0; s < p->n_species; s++)
        lay_channel(hp, s, p);
    p->n_full = slg_power_row(p->n_max, p->n_max, p->l_max);
    p->length = slg_soap_length(hp);
    size_t room = p->n_entry = map_room(hp);
    p->off_central = claim(&p->bytes, p->n_pad * sizeof(double));
    p->off_pad = claim(&p->bytes, p->n_max * sizeof(size_t));
    p->off_ylm = claim(&p->bytes, slg_ylm_coefficients(p->l_max, NULL) * sizeof(double));
    p->off_in = claim(&p->bytes, room * sizeof(int32_t));
    p->off_out = claim(&p->bytes, room * sizeof(int32_t));
    p->off_weight = claim(&p->bytes, room * sizeof(double));
}

size_t slg_soap_plan_bytes(const slg_soap_hp *hp)
{
    slg_soap_plan p;
    char why[104];
    if (slg_soap_check(hp, why) != SLG_OK)
        return 0;
    slg_soap_plan_head(hp, &p);
    return p.bytes;
}

/* The central atom's X_n00 (spec section 6), in the padded radial index. */
static void central_term(const slg_soap_hp *hp, const slg_radial *ra, slg_soap_plan *p)
{
    size_t s = p->central;
    const slg_channel *ch = &p->channel[s];
    double *x = (double *)((char *)p + p->off_central) + ch->first_pad;
    double d[SLG_SOAP_ALPHA], dd[SLG_SOAP_ALPHA], big = 0, sigma_t = hp->atom_sigma_t[s];
    slg_channel plain = *ch;
    plain.exponent = 0; /* H(0) = 1 */
    double scale = hp->central_weight[s] * slg_amplitude(&plain, p->enhancement, 0, NULL) / sqrt(4 * SLG_PI);
    if (hp->basis == SLG_POLY3) {
        for (size_t k = 0; k < p->n_species; k++)
            big = fmax(big, hp->rcut_hard[k]);
        slg_radial_eval(ra, 0, d, dd);
        scale *= ch->scale_c;
    } else { /* the last column of S^(1/2) = Q C^T, without filter and global scaling */
        big = ch->rcut;
        scale *= 4 * SLG_PI * sqrt(ch->rcut) / (sqrt(2 / ra->sigma) * pow(SLG_PI, -0.25));
        for (size_t n = 0; n < ch->alpha; n++) {
            d[n] = 0;
            for (size_t k = 0; k < ch->alpha; k++)
                d[n] += ra->basis.q[n][k] * ra->basis.c[ch->alpha - 1][k];
        }
    }
    for (size_t n = 0; n < ch->alpha; n++)
        x[n] = hp->central_weight[s] != 0 ? scale * d[n] * (big / sigma_t) * (big / sigma_t) : 0;
}

static void fill_map(const slg_soap_hp *hp, slg_soap_plan *p)
{
    if (identity(hp))
        return;
    int32_t *in = (int32_t *)((char *)p + p->off_in), *out = (int32_t *)((char *)p + p->off_out);
    double *weight = (double *)((char *)p + p->off_weight);
    slg_compress own;
    char why[SLG_WHY];
    if (hp->compress) {
        own = *hp->compress;
        memcpy(in, own.in, own.n_entry * sizeof *in);
        memcpy(out, own.out, own.n_entry * sizeof *out);
        memcpy(weight, own.weight, own.n_entry * sizeof *weight);
    } else if (slg_compress_mode(hp, in, out, weight, &own, why) != SLG_OK) {
        SLG_ASSERT(!"a compression mode that slg_soap_check accepts");
    }
    p->n_entry = own.n_entry;
    p->length = own.n_out;
}

static bool all_finite(const double *a, size_t n)
{
    double sum = 0; /* 0*a is 0 or NaN */
    for (size_t i = 0; i < n; i++)
        sum += 0 * a[i];
    return sum == 0;
}

static slg_status fill_channel(const slg_soap_hp *hp, slg_soap_plan *p, size_t s)
{
    const slg_channel *ch = &p->channel[s];
    slg_radial ra;
    slg_status st = slg_radial_init(hp, s, &ra);
    if (st != SLG_OK)
        return st;
    slg_table_fill(hp, s, &ra, p);
    if (s == p->central)
        central_term(hp, &ra, p);
    bool finite = all_finite(slg_plan_at(p, ch->off_coef), ch->n_interval * 2 * SLG_SOAP_TERMS * ch->n_fun) &&
                  all_finite(slg_plan_at(p, p->off_central), p->n_pad);
    return finite ? SLG_OK : SLG_ERR_NOT_FINITE;
}

slg_status slg_soap_plan_fill(const slg_soap_hp *hp, slg_soap_plan *mem, size_t *where)
{
    slg_soap_plan head;
    slg_soap_plan_head(hp, &head);
    memset(mem, 0, head.bytes);
    *mem = head;
    size_t *pad = (size_t *)((char *)mem + mem->off_pad);
    for (size_t s = 0; s < mem->n_species; s++)
        for (size_t n = 0; n < mem->channel[s].alpha; n++)
            pad[mem->channel[s].first + n] = mem->channel[s].first_pad + n;
    slg_ylm_coefficients(mem->l_max, (double *)((char *)mem + mem->off_ylm));
    fill_map(hp, mem);
    slg_status st = SLG_OK;
    for (*where = 0; *where < mem->n_species; ++*where)
        if ((st = fill_channel(hp, mem, *where)) != SLG_OK)
            return st;
    return SLG_OK;
}

slg_status slg_soap_plan_build(const slg_soap_hp *hp, slg_soap_plan *mem, char why[104])
{
    size_t where;
    slg_status st = slg_soap_check(hp, why);
    if (st != SLG_OK)
        return st;
    st = slg_soap_plan_fill(hp, mem, &where);
    if (st != SLG_OK)
        snprintf(why, SLG_WHY, "radial functions of channel %zu: expected finite numbers, found others", where);
    return st;
}

size_t slg_soap_plan_length(const slg_soap_plan *plan)
{
    return plan->length;
}

size_t slg_soap_length(const slg_soap_hp *hp)
{
    char why[104];
    if (slg_soap_check(hp, why) != SLG_OK)
        return 0;
    if (hp->compress)
        return hp->compress->n_out;
    size_t n = 0, n_l = (size_t)hp->l_max + 1, others = 0, z = (size_t)hp->n_species;
    for (size_t s = 0; s < z; s++)
        n += (size_t)hp->alpha_max[s];
    others = n - z;
    if (identity(hp))
        return slg_power_row(n, n, (size_t)hp->l_max);
    if (strcmp(hp->compress_mode, "trivial") == 0)
        return n_l * (n * (n + 1) / 2 - others * (others + 1) / 2);
    int x = hp->compress_mode[0] - '0', y = hp->compress_mode[2] - '0';
    size_t a = (size_t)hp->alpha_max[0], m = (x > 0 ? a : 1) * (y > 0 ? z : 1),
           m2 = (x == 2 ? a : 1) * (y == 2 ? z : 1);
    return n_l * (x % 2 == 0 && y % 2 == 0 ? m * (m + 1) / 2 : m * m2);
}
