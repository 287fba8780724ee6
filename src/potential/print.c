#include "src/potential/quip.h"

#include <stdarg.h>
#include <string.h>

typedef struct buffer {
    char *text;
    size_t used;
} buffer;

__attribute__((format(printf, 2, 3))) static void put(buffer *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    const size_t room = SLG_DESCRIPTOR_TEXT - b->used;
    const int n = vsnprintf(b->text + b->used, room, fmt, ap);
    va_end(ap);
    SLG_ASSERT(n >= 0 && (size_t)n < room); /* 8 species times 8 arrays times 25 characters fit three times */
    b->used += (size_t)n;
}

static void put_real(buffer *b, const char *name, double x)
{
    char text[32];
    slg_real_print(text, x);
    put(b, " %s=%s", name, text);
}

/* One species: a plain scalar, as the older readers want it. */
static void put_reals(buffer *b, const char *name, int32_t n, const double *x)
{
    char text[32];
    if (n == 1) {
        put_real(b, name, x[0]);
        return;
    }
    put(b, " %s={", name);
    for (int32_t i = 0; i < n; i++) {
        slg_real_print(text, x[i]);
        put(b, i == 0 ? "%s" : " %s", text);
    }
    put(b, "}");
}

static void put_integers(buffer *b, const char *name, int32_t n, const int32_t *x)
{
    put(b, " %s=%s%d", name, n == 1 ? "" : "{", (int)x[0]);
    for (int32_t i = 1; i < n; i++)
        put(b, " %d", (int)x[i]);
    put(b, "%s", n == 1 ? "" : "}");
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

slg_status slg_descriptor_print(const slg_potential *p, size_t b, const char *compress_file,
                                char text[SLG_DESCRIPTOR_TEXT], slg_error *err)
{
    const slg_pot_block *block = &p->block[b];
    const slg_soap_hp *hp = &block->hp;
    const int32_t n = hp->n_species;
    slg_status st = expressible(hp, err);
    if (st != SLG_OK)
        return st;
    buffer out = {text, 0};
    put(&out, "soap_turbo l_max=%d", (int)hp->l_max);
    put_integers(&out, "alpha_max", n, hp->alpha_max);
    put_reals(&out, "atom_sigma_r", n, hp->atom_sigma_r);
    put_reals(&out, "atom_sigma_t", n, hp->atom_sigma_t);
    put_reals(&out, "atom_sigma_r_scaling", n, hp->atom_sigma_r_scaling);
    put_reals(&out, "atom_sigma_t_scaling", n, hp->atom_sigma_t_scaling);
    put_reals(&out, "amplitude_scaling", n, hp->amplitude_scaling);
    put_reals(&out, "central_weight", n, hp->central_weight);
    put_real(&out, "rcut_hard", hp->rcut_hard[0]);
    put_real(&out, "rcut_soft", hp->rcut_soft[0]);
    put_real(&out, "nf", hp->nf[0]);
    put(&out, " radial_enhancement=%d", (int)hp->radial_enhancement);
    put(&out, " basis=%s scaling_mode=polynomial", hp->basis == SLG_POLY3 ? "poly3" : "poly3gauss");
    if (compress_file[0])
        put(&out, " compress_file=%s", compress_file);
    else if (hp->compress_mode[0] && strcmp(hp->compress_mode, "None") != 0)
        put(&out, " compress_mode=%s", hp->compress_mode);
    if (hp->clean_filter)
        put(&out, " clean_filter=T");
    put(&out, " n_species=%d", (int)n);
    put_integers(&out, "species_Z", n, p->z);
    put(&out, " central_index=%d covariance_type=dot_product", (int)hp->central + 1);
    put_real(&out, "zeta", block->zeta);
    put_real(&out, "delta", block->delta);
    put(&out, " f0=0.0 n_sparse=%zu add_species=F", block->m);
    return SLG_OK;
}
