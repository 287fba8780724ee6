/* Linear maps applied to the power spectrum (spec 7.3). */
#include "runtime/base/alloc.h"
#include "tasks/terms/soap/internal.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct writer {
    int32_t *in, *out;
    double *weight;
    size_t n;
} writer;

static void put(writer *w, size_t in, size_t out, double weight)
{
    w->in[w->n] = (int32_t)in;
    w->out[w->n] = (int32_t)out;
    w->weight[w->n++] = weight;
}

static size_t n_max_of(const slg_soap_hp *hp)
{
    size_t n = 0;
    for (int32_t s = 0; s < hp->n_species; s++)
        n += (size_t)hp->alpha_max[s];
    return n;
}

size_t slg_compress_entries(const slg_soap_hp *hp)
{
    size_t n = n_max_of(hp);
    /* At most two targets for each component (rectangular modes). */
    return 2 * slg_power_row(n, n, (size_t)hp->l_max);
}

static bool first_of_channel(const slg_soap_hp *hp, size_t n)
{
    size_t off = 0;
    for (int32_t s = 0; s < hp->n_species && off <= n; s++) {
        if (n == off)
            return true;
        off += (size_t)hp->alpha_max[s];
    }
    return false;
}

static size_t trivial_map(const slg_soap_hp *hp, writer *w)
{
    size_t n_max = n_max_of(hp), n_l = (size_t)hp->l_max + 1, in = 0, out = 0;
    for (size_t n = 0; n < n_max; n++)
        for (size_t k = n; k < n_max; k++)
            for (size_t l = 0; l < n_l; l++, in++)
                if (first_of_channel(hp, n) || first_of_channel(hp, k))
                    put(w, in, out++, 1);
    return out;
}

/* Mode x_y: each radial index (z,n) is seen through A (linear factor) and B (its partner), ranges m and m2. */
typedef struct folding {
    size_t n, n1, s1, n2, s2;
} folding;

static size_t fold_a(const folding *f, size_t i)
{
    return i / f->n % f->s1 * f->n1 + i % f->n % f->n1;
}

static size_t fold_b(const folding *f, size_t i)
{
    return i / f->n % f->s2 * f->n2 + i % f->n % f->n2;
}

/* even modes: a pair adds to one component of the symmetric result */
static void fold_symmetric(const folding *f, size_t a, size_t b, size_t n_l, size_t in, writer *w)
{
    size_t m = f->n1 * f->s1, i = fold_a(f, a), j = fold_a(f, b), lo = i < j ? i : j, hi = i < j ? j : i;
    double weight = a != b && i == j ? sqrt(2) : 1;
    for (size_t l = 0; l < n_l; l++)
        put(w, in + l, (lo * (2 * m + 1 - lo) / 2 + hi - lo) * n_l + l, weight);
}

/* other modes: a pair adds to two components of the rectangle, unless they coincide */
static void fold_rectangle(const folding *f, size_t a, size_t b, size_t n_l, size_t in, writer *w)
{
    size_t m2 = f->n2 * f->s2, p = fold_a(f, a) * m2 + fold_b(f, b), q = fold_a(f, b) * m2 + fold_b(f, a);
    bool twice = a != b && p != q;
    for (size_t l = 0; l < n_l; l++) {
        put(w, in + l, p * n_l + l, a == b ? 1 : twice ? sqrt(0.5) : sqrt(2));
        if (twice)
            put(w, in + l, q * n_l + l, sqrt(0.5));
    }
}

static size_t folded_map(const slg_soap_hp *hp, int x, int y, writer *w)
{
    size_t n = (size_t)hp->alpha_max[0], z = (size_t)hp->n_species, n_l = (size_t)hp->l_max + 1, in = 0;
    folding f = {n, x > 0 ? n : 1, y > 0 ? z : 1, x == 2 ? n : 1, y == 2 ? z : 1};
    bool even = x % 2 == 0 && y % 2 == 0;
    for (size_t a = 0; a < n * z; a++)
        for (size_t b = a; b < n * z; b++, in += n_l) {
            if (even)
                fold_symmetric(&f, a, b, n_l, in, w);
            else
                fold_rectangle(&f, a, b, n_l, in, w);
        }
    size_t m = f.n1 * f.s1;
    return even ? m * (m + 1) / 2 * n_l : m * f.n2 * f.s2 * n_l;
}

slg_status slg_compress_mode(const slg_soap_hp *hp, int32_t *in, int32_t *out, double *weight, slg_compress *c,
                             char why[104])
{
    slg_soap_hp plain = *hp;
    plain.compress = NULL;
    slg_status st = slg_soap_check(&plain, why);
    if (st != SLG_OK)
        return st;
    writer w = {in, out, weight, 0};
    const char *mode = hp->compress_mode;
    size_t n = n_max_of(hp), n_full = slg_power_row(n, n, (size_t)hp->l_max), n_out = n_full;
    if (strcmp(mode, "trivial") == 0)
        n_out = trivial_map(hp, &w);
    else if (mode[0] != 0 && mode[0] != 'N')
        n_out = folded_map(hp, mode[0] - '0', mode[2] - '0', &w);
    else
        for (size_t i = 0; i < n_full; i++)
            put(&w, i, i, 1);
    *c = (slg_compress){n_full, n_out, w.n, in, out, weight};
    return SLG_OK;
}

/* ---- the text form ---- */

typedef struct reader {
    const char *at, *name;
    size_t line;
    slg_error *err;
} reader;

static slg_status refuse(const reader *r, const char *expected)
{
    const size_t rest = strcspn(r->at, "\r\n");
    return slg_fail(r->err, SLG_ERR_CONFIG, "%s:%zu: expected %s, found \"%.*s\"", r->name, r->line, expected,
                    (int)(rest < 20 ? rest : 20), r->at);
}

static void skip_blanks(reader *r)
{
    for (; *r->at == ' ' || *r->at == '\t' || *r->at == '\r' || *r->at == '\n'; r->at++)
        r->line += *r->at == '\n';
}

static bool read_word(reader *r, const char *word)
{
    skip_blanks(r);
    if (strncmp(r->at, word, strlen(word)) != 0)
        return false;
    r->at += strlen(word);
    return true;
}

static slg_status read_count(reader *r, size_t most, const char *expected, size_t *value)
{
    char *end;
    skip_blanks(r);
    errno = 0;
    long long v = strtoll(r->at, &end, 10);
    if (end == r->at || errno != 0 || v < 1 || (unsigned long long)v > most)
        return refuse(r, expected);
    r->at = end;
    *value = (size_t)v;
    return SLG_OK;
}

static slg_status read_header(reader *r, const slg_soap_hp *hp, size_t *dimension)
{
    size_t v;
    for (int32_t s = 0; s < hp->n_species; s++) {
        slg_status st = read_count(r, (size_t)hp->alpha_max[s], "the alpha_max of each channel", &v);
        if (st != SLG_OK || v != (size_t)hp->alpha_max[s])
            return refuse(r, "the alpha_max of each channel as in the configuration");
    }
    skip_blanks(r);
    char *end;
    if (strtol(r->at, &end, 10) != hp->l_max || end == r->at)
        return refuse(r, "the l_max of the configuration");
    r->at = end;
    return read_count(r, INT32_MAX, "the dimension", dimension);
}

/* One entry of either form; *more = false at the end of the list. */
static slg_status read_entry(reader *r, bool matrix, size_t n_in, size_t dimension, writer *w, bool *more)
{
    size_t i = w->n + 1, j;
    double weight = 1;
    skip_blanks(r);
    *more = matrix ? !read_word(r, "end_transformation") : *r->at != 0;
    if (!*more)
        return matrix || w->n == dimension ? SLG_OK : refuse(r, "as many components as the dimension");
    slg_status st = SLG_OK;
    if (matrix)
        st = read_count(r, dimension, "a row number up to the dimension, or end_transformation", &i);
    else if (i > dimension)
        return refuse(r, "no more components than the dimension");
    if (st == SLG_OK)
        st = read_count(r, n_in, "the number of a component of the power spectrum", &j);
    if (st != SLG_OK)
        return st;
    if (matrix) {
        char *end;
        skip_blanks(r);
        weight = strtod(r->at, &end);
        if (end == r->at || !isfinite(weight))
            return refuse(r, "a weight");
        r->at = end;
    }
    put(w, j - 1, i - 1, weight);
    return SLG_OK;
}

/* Number of entries a text can hold at most: one for each blank or line end, and one more. */
static size_t most_entries(const char *text)
{
    size_t n = 1;
    for (; *text; text++)
        n += *text == '\n' || *text == ' ' || *text == '\t';
    return n;
}

slg_status slg_compress_parse(const char *text, const char *name, const slg_soap_hp *hp, slg_compress *c,
                              slg_error *err)
{
    reader r = {text, name, 1, err};
    size_t n = n_max_of(hp), n_in = slg_power_row(n, n, (size_t)hp->l_max), room = most_entries(text), dimension;
    writer w = {slg_calloc(room, sizeof(int32_t)), slg_calloc(room, sizeof(int32_t)), slg_calloc(room, sizeof(double)),
                0};
    *c = (slg_compress){n_in, 0, 0, w.in, w.out, w.weight};
    slg_status st = w.in && w.out && w.weight ? SLG_OK : slg_fail_nomem(err, "compression map");
    if (st == SLG_OK)
        st = read_header(&r, hp, &dimension);
    bool more = st == SLG_OK, matrix = more && read_word(&r, "P_transformation");
    while (st == SLG_OK && more)
        st = read_entry(&r, matrix, n_in, dimension, &w, &more);
    for (size_t i = 0; i < w.n; i++)
        if ((size_t)w.out[i] >= c->n_out)
            c->n_out = (size_t)w.out[i] + 1;
    c->n_entry = w.n;
    if (st == SLG_OK && w.n == 0)
        st = refuse(&r, "at least one component");
    if (st != SLG_OK)
        slg_compress_free(c);
    return st;
}

void slg_compress_free(slg_compress *c)
{
    slg_free((void *)(uintptr_t)c->in);
    slg_free((void *)(uintptr_t)c->out);
    slg_free((void *)(uintptr_t)c->weight);
    *c = (slg_compress){0};
}
