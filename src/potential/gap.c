#include "src/potential/quip.h"
#include "runtime/base/file.h"
#include "src/data/element.h"

#include <string.h>

static void reals(FILE *out, const char *name, int32_t n, const double *x)
{
    char text[32];
    fprintf(out, "%s =", name);
    for (int32_t i = 0; i < n; i++) {
        slg_real_print(text, x[i]);
        fprintf(out, " %s", text);
    }
    fputc('\n', out);
}

static void channels(FILE *out, const slg_potential *p, const slg_soap_hp *hp)
{
    const int32_t n = hp->n_species;
    double buffer[SLG_MAX_SPECIES];
    fprintf(out, "n_species = %d\nspecies =", (int)n);
    for (int32_t i = 0; i < n; i++) {
        fprintf(out, " %s", slg_element_symbol(p->z[i]));
        buffer[i] = hp->rcut_hard[i] - hp->rcut_soft[i];
    }
    fprintf(out, "\ncentral_species = %d\n", (int)hp->central + 1);
    reals(out, "rcut", n, hp->rcut_hard);
    reals(out, "buffer", n, buffer);
    reals(out, "atom_sigma_r", n, hp->atom_sigma_r);
    reals(out, "atom_sigma_t", n, hp->atom_sigma_t);
    reals(out, "atom_sigma_r_scaling", n, hp->atom_sigma_r_scaling);
    reals(out, "atom_sigma_t_scaling", n, hp->atom_sigma_t_scaling);
    reals(out, "amplitude_scaling", n, hp->amplitude_scaling);
    reals(out, "central_weight", n, hp->central_weight);
    reals(out, "global_scaling", n, hp->global_scaling);
    reals(out, "nf", n, hp->nf);
    fprintf(out, "n_max =");
    for (int32_t i = 0; i < n; i++)
        fprintf(out, " %d", (int)hp->alpha_max[i]);
    fprintf(out, "\nl_max = %d\nradial_enhancement = %d\nbasis = %s\nscaling_mode = polynomial\n", (int)hp->l_max,
            (int)hp->radial_enhancement, hp->basis == SLG_POLY3 ? "poly3" : "poly3gauss");
}

static void block_text(FILE *out, const slg_potential *p, const slg_pot_block *block, const slg_pot_names *names)
{
    fprintf(out, "gap_beg soap_turbo\n");
    channels(out, p, &block->hp);
    if (names->compress[0])
        fprintf(out, "compress_soap = .true.\nfile_compress_soap = \"%s\"\n", names->compress);
    else if (block->hp.compress_mode[0] && strcmp(block->hp.compress_mode, "None") != 0)
        fprintf(out, "compress_soap = .true.\ncompress_mode = \"%s\"\n", block->hp.compress_mode);
    reals(out, "zeta", 1, &block->zeta);
    reals(out, "delta", 1, &block->delta);
    fprintf(out, "desc_sparse = \"%s\"\nalphas_sparse = \"%s\"\ngap_end\n", names->sparse, names->alphas);
}

slg_status slg_gap_write(const slg_potential *p, const slg_pot_names *names, const char *path, slg_error *err)
{
    slg_new_file f;
    slg_status st = slg_new_file_open(&f, path, err);
    if (st != SLG_OK)
        return st;
    fprintf(f.stream, "# the input file of TurboGAP needs, for the species in this order:\n# species =");
    for (int32_t s = 0; s < p->n_species; s++)
        fprintf(f.stream, " %s", slg_element_symbol(p->z[s]));
    fputc('\n', f.stream);
    reals(f.stream, "# e0", p->n_species, p->e0);
    for (size_t b = 0; b < p->n_block; b++)
        block_text(f.stream, p, &p->block[b], &names[b]);
    return slg_new_file_commit(&f, err);
}
