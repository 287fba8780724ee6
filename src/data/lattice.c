#include "src/data/lattice.h"

#include <math.h>

static void cross(const double *a, const double *b, double *out)
{
    out[0] = a[1] * b[2] - a[2] * b[1];
    out[1] = a[2] * b[0] - a[0] * b[2];
    out[2] = a[0] * b[1] - a[1] * b[0];
}

static double dot(const double *a, const double *b)
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static double determinant(const double *cell)
{
    double n[3];
    cross(cell + 3, cell + 6, n);
    return dot(cell, n);
}

double slg_lattice_volume(const double *cell)
{
    return fabs(determinant(cell));
}

bool slg_lattice_is_flat(const double *cell)
{
    double box = 1;
    for (int k = 0; k < 3; k++)
        box *= sqrt(dot(cell + 3 * k, cell + 3 * k));
    return !(slg_lattice_volume(cell) > fmax(1e-9 * box, 1e-30));
}

void slg_lattice_heights(const double *cell, double height[3])
{
    double volume = slg_lattice_volume(cell);
    for (int k = 0; k < 3; k++) {
        double n[3];
        cross(cell + 3 * ((k + 1) % 3), cell + 3 * ((k + 2) % 3), n);
        height[k] = volume / sqrt(dot(n, n));
    }
}

void slg_lattice_inverse(const double *cell, double inverse[3][3])
{
    double det = determinant(cell);
    for (int k = 0; k < 3; k++) {
        double n[3];
        cross(cell + 3 * ((k + 1) % 3), cell + 3 * ((k + 2) % 3), n);
        for (int c = 0; c < 3; c++)
            inverse[c][k] = n[c] / det;
    }
}
