/**
 * soap_turbo descriptors of atomic environments, their gradients and reverse-mode gradients.
 * Formulas: M. A. Caro, Phys. Rev. B 100, 024112 (2019), and the notes in docs/THEORY.md.
 */
#ifndef SLG_TASKS_SOAP_SOAP_H
#define SLG_TASKS_SOAP_SOAP_H

#include "tasks/terms/term.h"
#include <stdbool.h>

typedef enum slg_basis { SLG_POLY3, SLG_POLY3GAUSS } slg_basis;

/**
 * Sparse linear map applied to the power spectrum before normalisation; borrowed by the plan during its construction.
 */
typedef struct slg_compress {
    size_t n_in, n_out, n_entry;
    const int32_t *in, *out; /* [n_entry] 0-based component of the power spectrum, of the result */
    const double *weight;    /* [n_entry] */
} slg_compress;

/** One descriptor definition. Arrays are per species channel; units Angstrom. */
typedef struct slg_soap_hp {
    int32_t n_species, central; /* number of channels; the channel that is a centre */
    int32_t l_max, radial_enhancement;
    int32_t alpha_max[SLG_MAX_SPECIES];
    double rcut_hard[SLG_MAX_SPECIES], rcut_soft[SLG_MAX_SPECIES], nf[SLG_MAX_SPECIES];
    double global_scaling[SLG_MAX_SPECIES];
    double atom_sigma_r[SLG_MAX_SPECIES], atom_sigma_r_scaling[SLG_MAX_SPECIES];
    double atom_sigma_t[SLG_MAX_SPECIES], atom_sigma_t_scaling[SLG_MAX_SPECIES];
    double amplitude_scaling[SLG_MAX_SPECIES], central_weight[SLG_MAX_SPECIES];
    double zeta; /* exponent of the kernel; 0 where only descriptors are wanted */
    slg_basis basis;
    bool clean_filter;            /* false: the filter recursion of QUIP and TurboGAP (deviation D1), the default */
    char compress_mode[16];       /* "None", "trivial", "0_0" .. "2_2"; ignored when `compress` is set */
    const slg_compress *compress; /* explicit map (compress_file) or NULL */
} slg_soap_hp;

/**
 * Checks domains (spec section 9). Returns OK, or ERR_HP with the reason in why[104].
 */
slg_status slg_soap_check(const slg_soap_hp *hp, char why[104]);

/** Length of the descriptor (after compression); 0 when hp is out of its domain. */
size_t slg_soap_length(const slg_soap_hp *hp);

/**
 * Everything that depends on the HPs alone (tables of the radial functions, central term, compression), as one
 * relocatable block of plain memory (no pointers inside), so that it can travel between memories.
 */
typedef struct slg_soap_plan slg_soap_plan;

size_t slg_soap_plan_bytes(const slg_soap_hp *hp);
/** Builds into mem[slg_soap_plan_bytes(hp)], 64-byte aligned. ERR_HP or ERR_NOT_FINITE with the reason in why. */
slg_status slg_soap_plan_build(const slg_soap_hp *hp, slg_soap_plan *mem, char why[104]);
size_t slg_soap_plan_length(const slg_soap_plan *plan);

/** Workspace for environments of at most max_pair pairs: bytes, 64-byte aligned, no initialisation needed. */
size_t slg_soap_work_bytes(const slg_soap_plan *plan, size_t max_pair);

/**
 * Descriptor of environment `env` of `geom`: v [length], normalised (spec 7.4). Pairs beyond their channel's cutoff are
 * skipped. `work` keeps what the next two functions need. ERR_NOT_FINITE when v is not finite.
 */
slg_status slg_soap_descriptor(const slg_soap_plan *plan, const slg_geom *geom, size_t env, double *v, void *work);

/**
 * As slg_soap_descriptor, and prepares the derivatives in `work` for the two functions below.
 */
slg_status slg_soap_prepare(const slg_soap_plan *plan, const slg_geom *geom, size_t env, double *v, void *work);

/**
 * Explicit gradients after slg_soap_prepare for the same environment and v: g [3*n_pair][length], row 3*j+c is
 * d v / d(r_j)_c of pair j (all pairs of the environment in order; zero rows beyond the cutoff). The centre's
 * gradient is minus the sum over j.
 */
void slg_soap_gradient(const slg_soap_plan *plan, const slg_geom *geom, size_t env, const double *v, double *g,
                       void *work);

/**
 * Reverse mode after slg_soap_prepare: for a cotangent y [length] writes f [3*n_pair], f[3*j+c] = d(y.v)/d(r_j)_c.
 */
void slg_soap_reverse(const slg_soap_plan *plan, const slg_geom *geom, size_t env, const double *v, const double *y,
                      double *f, void *work);

/**
 * t[i] <- t[i]^zeta, dt (may be NULL) <- zeta t^(zeta-1), zeta > 0. An integer zeta (to 1e-14) multiplies, so negative
 * dot products (possible after compression) keep their sign rule, the kernel matrix stays positive semidefinite and
 * QUIP evaluates the same; for a real zeta negative dot products count as 0 (spec soap_turbo section 9).
 */
void slg_kernel_power(size_t n, double zeta, double *t, double *dt);

/**
 * Predicted floating-point operations for one environment with n_pair pairs: descriptor; descriptor + reverse; +
 * gradient.
 */
double slg_soap_flops(const slg_soap_plan *plan, size_t n_pair);
double slg_soap_flops_reverse(const slg_soap_plan *plan, size_t n_pair);
double slg_soap_flops_gradient(const slg_soap_plan *plan, size_t n_pair);

/**
 * Compression map of a mode for the given channels. Fills caller's arrays of capacity slg_compress_entries(hp).
 * Exposed for tests and for compress_file, whose text form is read by slg_compress_parse.
 */
size_t slg_compress_entries(const slg_soap_hp *hp);
slg_status slg_compress_mode(const slg_soap_hp *hp, int32_t *in, int32_t *out, double *weight, slg_compress *c,
                             char why[104]);
/** Text of a compress_file (spec 7.3). Allocates the arrays of c; free with slg_compress_free. */
slg_status slg_compress_parse(const char *text, const char *name, const slg_soap_hp *hp, slg_compress *c,
                              slg_error *err);
void slg_compress_free(slg_compress *c);
/**
 * The map of hp->compress as such a text (caller frees with slg_free) with a digest of it. NULL without a map, the
 * digest is then "", and when memory ran out.
 */
char *slg_compress_text(const slg_soap_hp *hp, char digest[16]);

/** The term: this descriptor and its kernel, a part for each central species. */
extern const slg_term slg_term_soap;
/** A definition from hyper-parameters, and back (borrowed). */
slg_term_def slg_soap_define(const slg_soap_hp *hp);
const slg_soap_hp *slg_soap_hp_of(const slg_term_def *def);

#endif
