/* Energies of isolated atoms (spec: gap_fit section 6). */
#include "src/data/dataset.h"
#include "src/data/element.h"
#include "src/data/lattice.h"

#include <math.h>

static const double most_images = 1e6; /* a cell with more within the cutoff is certainly not isolated */

static bool has_image(const slg_frame *f, double cutoff, const int reach[3])
{
    for (int a = -reach[0]; a <= reach[0]; a++)
        for (int b = -reach[1]; b <= reach[1]; b++)
            for (int c = -reach[2]; c <= reach[2]; c++) {
                double r2 = 0;
                for (int k = 0; k < 3; k++) {
                    double x = a * f->cell[0][k] + b * f->cell[1][k] + c * f->cell[2][k];
                    r2 += x * x;
                }
                if ((a || b || c) && sqrt(r2) < cutoff)
                    return true;
            }
    return false;
}

bool slg_frame_isolated(const slg_dataset *d, size_t index, double cutoff)
{
    const slg_frame *f = &d->frame[index];
    int reach[3] = {0, 0, 0};
    double height[3], images = 1;
    if (f->n_atom != 1)
        return false;
    if (!f->pbc[0] && !f->pbc[1] && !f->pbc[2])
        return true;
    slg_lattice_heights((const double *)f->cell, height);
    for (int k = 0; k < 3; k++) {
        double n = f->pbc[k] ? ceil(cutoff / height[k]) : 0;
        images *= 2 * n + 1;
        if (!(images <= most_images))
            return false;
        reach[k] = (int)n;
    }
    return !has_image(f, cutoff, reach);
}

bool slg_frame_free_atom(const slg_dataset *d, size_t f)
{
    return slg_frame_isolated(d, f, 8);
}

static slg_status isolated_atom(const slg_dataset *d, int32_t z, double cutoff, double *e0, slg_error *err)
{
    const slg_frame *found = NULL;
    for (size_t i = 0; i < d->n_frame; i++) {
        const slg_frame *f = &d->frame[i];
        if (f->n_atom != 1 || d->z[f->first] != z || !f->has_energy || !slg_frame_isolated(d, i, cutoff))
            continue;
        if (found)
            return slg_fail(err, SLG_ERR_DATA,
                            "%s:%zu: a second isolated atom of %s with an energy, the first is %s:%zu; remove one",
                            slg_frame_file(d, i), f->line, slg_element_symbol(z), d->file.name[found->file],
                            found->line);
        found = f;
    }
    if (!found)
        return slg_fail(err, SLG_ERR_DATA,
                        "%s: no isolated atom of %s with an energy (one atom, no image within %g Angstrom); "
                        "add one, or give e0 or take the average",
                        d->path, slg_element_symbol(z), cutoff);
    *e0 = found->energy;
    return SLG_OK;
}

slg_status slg_e0_isolated(const slg_dataset *d, int32_t n_species, const int32_t *z, double cutoff, double *e0,
                           slg_error *err)
{
    for (int32_t s = 0; s < n_species; s++) {
        slg_status st = isolated_atom(d, z[s], cutoff, &e0[s], err);
        if (st != SLG_OK)
            return st;
    }
    return SLG_OK;
}

slg_status slg_e0_average(const slg_dataset *d, int32_t n_species, double *e0, slg_error *err)
{
    double sum = 0;
    size_t n = 0;
    for (size_t i = 0; i < d->n_frame; i++) {
        if (!d->frame[i].has_energy)
            continue;
        sum += d->frame[i].energy / (double)d->frame[i].n_atom;
        n++;
    }
    if (n == 0)
        return slg_fail(err, SLG_ERR_DATA, "%s: no structure has an energy to average; give e0", d->path);
    for (int32_t s = 0; s < n_species; s++)
        e0[s] = sum / (double)n;
    return SLG_OK;
}
