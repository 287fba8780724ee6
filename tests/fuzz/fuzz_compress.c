/* Any text as a compress_file: what is accepted is a map within its bounds, and prints and reads back the same. */
#include "runtime/base/alloc.h"
#include "tasks/terms/soap/soap.h"
#include "tests/fuzz/fuzz.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void must(bool true_claim)
{
    if (!true_claim)
        abort();
}

static slg_soap_hp definition(void)
{
    slg_soap_hp hp = {.n_species = 2, .l_max = 2, .radial_enhancement = 1, .zeta = 4, .basis = SLG_POLY3GAUSS};
    for (int s = 0; s < 2; s++) {
        hp.alpha_max[s] = 3;
        hp.rcut_hard[s] = 5;
        hp.rcut_soft[s] = 4.5;
        hp.nf[s] = 4;
        hp.global_scaling[s] = hp.amplitude_scaling[s] = hp.central_weight[s] = 1;
        hp.atom_sigma_r[s] = hp.atom_sigma_t[s] = 0.5;
    }
    return hp;
}

static void inside(const slg_compress *c)
{
    must(c->n_entry > 0 && c->n_out > 0);
    for (size_t i = 0; i < c->n_entry; i++)
        must(c->in[i] >= 0 && (size_t)c->in[i] < c->n_in && c->out[i] >= 0 && (size_t)c->out[i] < c->n_out &&
             isfinite(c->weight[i]));
}

static void round_trip(slg_soap_hp *hp, const slg_compress *c)
{
    char digest[16];
    slg_compress again;
    hp->compress = c;
    must(slg_soap_length(hp) == c->n_out);
    char *text = slg_compress_text(hp, digest);
    must(text && slg_compress_parse(text, "printed", hp, &again, NULL) == SLG_OK);
    must(again.n_entry == c->n_entry && again.n_out == c->n_out);
    must(memcmp(again.in, c->in, c->n_entry * sizeof *c->in) == 0);
    must(memcmp(again.out, c->out, c->n_entry * sizeof *c->out) == 0);
    must(memcmp(again.weight, c->weight, c->n_entry * sizeof *c->weight) == 0);
    slg_compress_free(&again);
    slg_free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    slg_soap_hp hp = definition();
    slg_compress c;
    slg_error err;
    slg_error_clear(&err);
    char *text = slg_calloc(n + 1, 1);
    must(text != NULL);
    memcpy(text, data, n);
    const slg_status st = slg_compress_parse(text, "fuzz", &hp, &c, &err);
    must(st == SLG_OK ? err.n_message == 0 : st == SLG_ERR_CONFIG && err.n_message == 1 && c.in == NULL);
    if (st == SLG_OK) {
        inside(&c);
        round_trip(&hp, &c);
    }
    slg_compress_free(&c);
    slg_free(text);
    return 0;
}
