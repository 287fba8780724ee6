#include "tasks/fit/params.h"

#define HP SLG_PARAM_SEARCHABLE
#define EACH (SLG_PARAM_SEARCHABLE | SLG_PARAM_PER_ELEMENT)

const slg_param slg_fit_param[SLG_FIT_N_PARAM] = {
    [SLG_FIT_N_SPARSE] = {"n_sparse", "", SLG_PARAM_INT, EACH | SLG_PARAM_NESTED, SLG_PHASE_TRAINING, 1, 1000000, "",
                          NULL, "200", "", "Sparse points per central species (at most)."},
    [SLG_FIT_DELTA] = {"delta", "energy_scale", SLG_PARAM_REAL, EACH, SLG_PHASE_RATIOS, 1e-6, 1e6, "", "auto", NULL,
                       "eV", "Prior standard deviation of an atom's energy; only its ratio to the sigmas matters.", 1,
                       1, 1},
    [SLG_FIT_SIGMA_ENERGY] = {"sigma_energy", "sigma_E", SLG_PARAM_REAL, HP, SLG_PHASE_RATIOS, 1e-9, 1e6, "", "auto",
                              NULL, "eV", "Expected error of energies per sqrt(atom).", 1e-8, 1, 0.001},
    [SLG_FIT_SIGMA_FORCE] = {"sigma_force", "sigma_F", SLG_PARAM_REAL, HP, SLG_PHASE_RATIOS, 1e-9, 1e6, "", "auto",
                             NULL, "eV/Angstrom", "Expected error of force components.", 1e-6, 1, 0.05},
    [SLG_FIT_SIGMA_VIRIAL] = {"sigma_virial", "sigma_V", SLG_PARAM_REAL, HP, SLG_PHASE_RATIOS, 1e-9, 1e6, "", "auto",
                              NULL, "eV", "Expected error of virials per sqrt(atom).", 1e-6, 1, 0.05},
    [SLG_FIT_SPARSE_METHOD] = {.name = "sparse_method",
                               .kind = SLG_PARAM_WORD,
                               .flags = SLG_PARAM_RESULT,
                               .words = "cur fps random",
                               .standard = "cur",
                               .text = "Choice of the sparse points: leverage scores (CUR), farthest points, or at "
                                       "random."},
    [SLG_FIT_JITTER] = {.name = "jitter",
                        .kind = SLG_PARAM_REAL,
                        .flags = SLG_PARAM_RESULT,
                        .highest = 1,
                        .standard = "1e-9",
                        .text = "Added to the diagonal of the sparse covariance, relative to delta^2."},
};
