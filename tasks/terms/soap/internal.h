/** What the files of this folder (and its tests) share: limits, the plan's layout, the view of one environment. */
#ifndef SLG_TASKS_SOAP_INTERNAL_H
#define SLG_TASKS_SOAP_INTERNAL_H

#include "tasks/terms/soap/soap.h"

enum {
    SLG_SOAP_ALPHA = 12, /* largest alpha_max: the range over which the exact W was validated */
    SLG_SOAP_L = 12,     /* largest l_max: likewise for the Bessel functions */
    SLG_SOAP_TERMS = 12, /* coefficients per table interval and function */
    SLG_SOAP_LANES = 4   /* neighbours and radial functions are padded to this */
};
#define SLG_PI 3.14159265358979323846

/* Four doubles: the compiler splits them on machines with narrower registers. */
typedef double slg_v4 __attribute__((vector_size(32), may_alias));

/** One species channel inside a plan. `off` members are byte offsets from the plan's start. */
typedef struct slg_channel {
    size_t alpha, alpha_pad; /* radial functions; rounded up to SLG_SOAP_LANES */
    size_t first, first_pad; /* first radial index, plain and padded */
    size_t n_fun;            /* functions in a table row: alpha d_n, then L+1 B_l, padded */
    size_t n_interval, n_cell;
    size_t off_cell, off_edge, off_mid, off_coef;
    double rcut, cell_per_r;
    double sigma, sigma_slope, exponent; /* reduced units, spec section 2 */
    double scale_c, scale_dc;            /* 4 pi g sqrt(r_h), 4 pi g / sqrt(r_h) */
} slg_channel;

struct slg_soap_plan {
    size_t bytes, length, n_full; /* n_full: components before compression */
    size_t n_species, central, l_max, n_lm, n_max, n_pad;
    size_t n_entry; /* compression entries; 0 = identity */
    int32_t enhancement;
    double zeta;
    size_t off_central, off_pad, off_ylm, off_in, off_out, off_weight;
    slg_channel channel[SLG_MAX_SPECIES];
};

static inline const void *slg_plan_at(const slg_soap_plan *plan, size_t off)
{
    return (const char *)plan + off;
}

static inline size_t slg_round_up(size_t n, size_t to)
{
    return (n + to - 1) / to * to;
}

/** Number of components n_max(n_max+1)/2 (L+1) and the first one of row n (spec 7.1). */
static inline size_t slg_power_row(size_t n, size_t n_max, size_t l_max)
{
    return (n * n_max - (n * n - n) / 2) * (l_max + 1);
}

/**
 * One environment in structure-of-arrays form, at the head of the workspace. Columns are the
 * neighbours inside their cutoff, channel after channel, each channel padded with columns whose c
 * and dc are 0. [row][stride] unless said.
 */
typedef struct slg_soap_env {
    size_t n_pair, stride, first[SLG_MAX_SPECIES + 1]; /* first column of each channel */
    size_t *pair;                                      /* [stride] pair of a column, SIZE_MAX = padding */
    double *r, *r_inv, *ux, *uy, *uz;
    double *c, *dc;            /* rows n of the column's channel; 4 pi included; dc = dc/dr */
    double *b, *db;            /* rows l: B_l and dB_l/dr */
    double *y;                 /* rows l(l+1)/2+m: normalised Q_l^m(u_z) */
    double *cm, *sm;           /* rows m: Re, Im (u_x+i u_y)^m */
    double *x, *u;             /* [n_lm][n_pad] expansion, its cotangent; lm = l^2, then (cos,sin) for m=1.. */
    double *power, *power_bar; /* [n_full] */
    double *scratch;           /* slg_soap_scratch() doubles */
    double norm;
} slg_soap_env;

/** The plan of valid hp without its tables: sizes, offsets, constants. Sizes and costs follow from it. */
void slg_soap_plan_head(const slg_soap_hp *hp, slg_soap_plan *head);
/** Builds the plan of valid hp. ERR_NOT_FINITE with the failing channel in *where. */
SLG_CHECKED slg_status slg_soap_plan_fill(const slg_soap_hp *hp, slg_soap_plan *mem, size_t *where);
size_t slg_soap_scratch(const slg_soap_plan *plan);
/** Lays an environment of n_pair pairs out in `work` (NULL: only counts); returns the bytes used. */
size_t slg_soap_layout(const slg_soap_plan *plan, size_t n_pair, void *work);
/** Fills columns, c, b, y, cm, sm of environment env (and dc, db when `derivatives`). */
void slg_soap_gather(const slg_soap_plan *plan, const slg_geom *geom, size_t env, bool derivatives, slg_soap_env *e);
/** X of e from its columns and the central atom. */
void slg_soap_expand(const slg_soap_plan *plan, slg_soap_env *e);
/** out = Pm in (rows of length n_full, length). */
void slg_soap_compress(const slg_soap_plan *plan, const double *in, double *out);

/* ---- parts with their own tests ---- */

/** iota_l(x) = exp(-x^2) i_l(x^2), l = 0..l_max (spec 5.1). */
void slg_bessel_scaled(size_t l_max, double x, double *iota);
/** B_l(r) = (R/sigma')^2 iota_l(r/sigma') and dB_l/dr, sigma' = sigma_t + a_t r (spec section 5). */
void slg_angular_width(size_t l_max, double r, double r_max, double sigma_t, double a_t, double *b, double *db);

/** Orthonormal radial basis of one channel: rows of c expand g_a in Jacobi functions, phi = W g = Q h (spec 3.3). */
typedef struct slg_radial_basis {
    size_t n, n_poly; /* functions; how many of them are polynomial */
    double c[SLG_SOAP_ALPHA][SLG_SOAP_ALPHA], q[SLG_SOAP_ALPHA][SLG_SOAP_ALPHA], w[SLG_SOAP_ALPHA][SLG_SOAP_ALPHA];
} slg_radial_basis;
/** sigma = sigma_r/r_h, used by poly3gauss only. ERR_NOT_FINITE when the decomposition fails. */
SLG_CHECKED slg_status slg_radial_basis_make(slg_basis kind, size_t alpha_max, double sigma, slg_radial_basis *b);
/** Jacobi functions h_k(u) at `count` points: h[k*count + i], k < n. */
void slg_jacobi(size_t n, size_t count, const double *u, double *h);

enum { SLG_QUAD_NODES = 48 };
/** Gauss-Legendre nodes and weights on [-1,1]. */
void slg_quad_rule(double node[SLG_QUAD_NODES], double weight[SLG_QUAD_NODES]);

/** Integrals of one neighbour's radial density with the basis, in reduced units. */
typedef struct slg_radial {
    slg_radial_basis basis;
    bool gauss, clean, filter;
    double q_soft, width, sigma, slope; /* q_s, w, s0, a_r */
    double node[SLG_QUAD_NODES], weight[SLG_QUAD_NODES];
} slg_radial;
SLG_CHECKED slg_status slg_radial_init(const slg_soap_hp *hp, size_t s, slg_radial *ra);
/** d_n(q) and its q-derivative, n < alpha_max (spec sections 4.2-4.5 evaluated as in section 11). */
void slg_radial_eval(const slg_radial *ra, double q, double *d, double *dd);
/** Amplitude A(q) and, unless da is NULL, dA/dq (spec 4.1). */
double slg_amplitude(const slg_channel *ch, int32_t enhancement, double q, double *da);

/** Interval edges of channel s's table, ascending from 0 to r_h; edge may be NULL. Returns the
 * number of intervals. */
size_t slg_table_grid(const slg_soap_hp *hp, size_t s, double *edge);
size_t slg_table_cells(size_t n_interval);
/** Fills cells, edges and coefficients of a channel whose sizes and offsets are set. */
void slg_table_fill(const slg_soap_hp *hp, size_t s, const slg_radial *ra, slg_soap_plan *plan);
/** Values (and derivatives unless dval is NULL) of all n_fun functions of the channel at r: d_n, d
 * d_n/dq, B_l, dB_l/dr. */
void slg_table_read(const slg_soap_plan *plan, const slg_channel *ch, double r, double *val, double *dval);

/** Recursion coefficients of the normalised Q_l^m: see ylm.c. */
size_t slg_ylm_coefficients(size_t l_max, double *coef);
void slg_ylm_fill(const slg_soap_plan *plan, slg_soap_env *e);

/* ---- functions of the term, see tasks/terms/term.h ---- */

/** Body of a slg_term_def. */
typedef struct slg_soap_body {
    slg_soap_hp hp;
    slg_soap_plan head; /* of hp, once it is found valid */
} slg_soap_body;
const slg_soap_body *slg_soap_body_of(const slg_term_def *def);

enum {
    SLG_SOAP_BASIS,
    SLG_SOAP_COMPRESS_MODE,
    SLG_SOAP_COMPRESS_FILE,
    SLG_SOAP_CLEAN_FILTER,
    SLG_SOAP_ALPHA_MAX,
    SLG_SOAP_L_MAX,
    SLG_SOAP_RCUT_HARD,
    SLG_SOAP_RCUT_SOFT,
    SLG_SOAP_RCUT_SOFT_SHARE,
    SLG_SOAP_NF,
    SLG_SOAP_ATOM_SIGMA_R,
    SLG_SOAP_ATOM_SIGMA_R_SCALING,
    SLG_SOAP_ATOM_SIGMA_T,
    SLG_SOAP_ATOM_SIGMA_T_SCALING,
    SLG_SOAP_AMPLITUDE_SCALING,
    SLG_SOAP_CENTRAL_WEIGHT,
    SLG_SOAP_RADIAL_ENHANCEMENT,
    SLG_SOAP_ZETA,
    SLG_SOAP_N_PARAM
};
extern const slg_param slg_soap_param[SLG_SOAP_N_PARAM];
void slg_soap_hp_make(const slg_term_input *in, slg_soap_hp *hp);
void slg_soap_complete(int32_t n_channel, double (*value)[SLG_MAX_SPECIES]);
size_t slg_soap_review(const slg_limits *limits, int32_t n_channel, slg_remark *out, size_t room);

void slg_soap_covariance(const void *plan, size_t m, size_t d, const double *q, double *u);
void slg_soap_kernel(const void *plan, size_t n, size_t m, size_t d, const double *v, const double *q, double *k);
slg_status slg_soap_rows(const slg_part *part, const slg_geom *geom, size_t env0, size_t env1, const slg_rows *rows,
                         size_t ldk, double *k, void *work);
slg_status slg_soap_predict(const slg_part *part, const slg_geom *geom, size_t env0, size_t env1, double delta,
                            const double *alpha, bool derivatives, const slg_prediction *p, void *work);
void slg_soap_cost(const slg_term_def *def, const slg_term_work *work, double *flops, size_t *scratch);
size_t slg_soap_rows_work_bytes(const slg_soap_plan *plan, size_t max_pair);
size_t slg_soap_predict_work_bytes(const slg_soap_plan *plan, size_t m, size_t max_pair);
slg_status slg_soap_describe(const slg_term_def *def, slg_dialect dialect, const int32_t *z, const char *file,
                             slg_pairs *out, slg_error *err);
slg_status slg_soap_parse(const char *text, const char *attributes, const char *place, slg_parsed_term *out,
                          slg_error *err);
bool slg_soap_transferable(const slg_term_def *def, slg_remark *out, size_t room, size_t *n_remark);

#endif
