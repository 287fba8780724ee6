/** The hyper-parameters: one table for names, bounds, texts; a set of values; how each one is searched. */
#ifndef SLG_CONFIG_HP_H
#define SLG_CONFIG_HP_H

#include "runtime/base/error.h"
#include "src/data/element.h"
#include "tasks/common/geom.h"
#include "tasks/soap/soap.h"
#include <math.h>
#include <stdbool.h>

/*
 * X(id, name, aliases, per species?, integer?, lowest, highest, default or NAN (required), unit, text)
 * Names are those of soap_turbo and gap_fit. A per-species HP of the descriptor belongs to the neighbour's channel,
 * central_weight, zeta, delta and n_sparse to the central species.
 */
#define SLG_HP_LIST(X)                                                                                                 \
    X(ALPHA_MAX, "alpha_max", "n_max", 1, 1, 1, 12, NAN, "", "Radial basis functions per species channel.")            \
    X(L_MAX, "l_max", "", 0, 1, 0, 12, NAN, "", "Largest angular momentum.")                                           \
    X(RCUT_HARD, "rcut_hard", "cutoff", 0, 0, 0.5, 20, NAN, "Angstrom", "Radius of the environment.")                  \
    X(RCUT_SOFT, "rcut_soft", "", 0, 0, 0.1, 20, NAN, "Angstrom",                                                      \
      "Radius beyond which the density fades out; below rcut_hard.")                                                   \
    X(NF, "nf", "", 0, 0, 0.1, 100, 4.0, "", "Steepness of the fading between rcut_soft and rcut_hard.")               \
    X(ATOM_SIGMA_R, "atom_sigma_r", "atom_sigma", 1, 0, 0.01, 10, NAN, "Angstrom",                                     \
      "Radial width of an atom's density at distance 0.")                                                              \
    X(ATOM_SIGMA_R_SCALING, "atom_sigma_r_scaling", "", 1, 0, 0, 5, 0.0, "",                                           \
      "Growth of the radial width with distance.")                                                                     \
    X(ATOM_SIGMA_T, "atom_sigma_t", "", 1, 0, 0.01, 10, NAN, "Angstrom",                                               \
      "Tangential width of an atom's density at distance 0.")                                                          \
    X(ATOM_SIGMA_T_SCALING, "atom_sigma_t_scaling", "", 1, 0, 0, 5, 0.0, "",                                           \
      "Growth of the tangential width with distance.")                                                                 \
    X(AMPLITUDE_SCALING, "amplitude_scaling", "", 1, 0, 0, 10, 1.0, "",                                                \
      "Exponent of the decay of an atom's weight with distance.")                                                      \
    X(CENTRAL_WEIGHT, "central_weight", "", 1, 0, 0, 10, 1.0, "", "Weight of the central atom's own density.")         \
    X(RADIAL_ENHANCEMENT, "radial_enhancement", "", 0, 1, 0, 2, 0.0, "", "Extra weight of distant atoms, 0 to 2.")     \
    X(ZETA, "zeta", "soap_exponent", 1, 0, 0.5, 50, NAN, "", "Exponent of the kernel.")                                \
    X(N_SPARSE, "n_sparse", "", 1, 1, 1, 1000000, NAN, "", "Sparse points per central species (at most).")             \
    X(DELTA, "delta", "energy_scale", 1, 0, 1e-6, 1e6, 1.0, "eV", "Prior standard deviation of an atom's energy.")     \
    X(SIGMA_ENERGY, "sigma_energy", "sigma_E", 0, 0, 1e-9, 1e6, 0.001, "eV",                                           \
      "Expected error of energies per sqrt(atom).")                                                                    \
    X(SIGMA_FORCE, "sigma_force", "sigma_F", 0, 0, 1e-9, 1e6, 0.05, "eV/Angstrom",                                     \
      "Expected error of force components.")                                                                           \
    X(SIGMA_VIRIAL, "sigma_virial", "sigma_V", 0, 0, 1e-9, 1e6, 0.05, "eV", "Expected error of virials per sqrt(atom).")

typedef enum slg_hp_id {
#define X(id, ...) SLG_HP_##id,
    SLG_HP_LIST(X)
#undef X
        SLG_N_HP
} slg_hp_id;

typedef struct slg_hp_info {
    const char *name, *aliases; /* aliases: blank-separated */
    bool per_species, integer;
    double lowest, highest, standard;
    const char *unit, *text;
} slg_hp_info;

const slg_hp_info *slg_hp_info_of(slg_hp_id id);
/** Looks up a name or alias; SLG_N_HP when unknown. */
slg_hp_id slg_hp_find(const char *name);

/** Values of all HPs for the species channels 0..n_species-1 (HPs that are not per species: same value everywhere). */
typedef struct slg_hp_set {
    double v[SLG_N_HP][SLG_MAX_SPECIES];
} slg_hp_set;

typedef enum slg_hp_kind {
    SLG_HP_UNSET,
    SLG_HP_FIXED,
    SLG_HP_RANGE,
    SLG_HP_LOG,
    SLG_HP_INT,
    SLG_HP_CHOICE
} slg_hp_kind;

enum { SLG_MAX_CHOICES = 16 };
/** How one HP of one species (or of all, tied) is given. */
typedef struct slg_hp_spec {
    slg_hp_kind kind;
    double value, lo, hi;
    int32_t n_choice;
    double choice[SLG_MAX_CHOICES];
} slg_hp_spec;

/** Tied over species, or one spec per element symbol. */
typedef struct slg_hp_entry {
    slg_hp_spec tied;
    int32_t n_species; /* > 0: per-species form */
    char symbol[SLG_MAX_SPECIES][3];
    slg_hp_spec each[SLG_MAX_SPECIES];
} slg_hp_entry;

/** Descriptor definition of central channel `central` from a set of values. */
struct slg_config;
void slg_hp_to_soap(const struct slg_config *cfg, const slg_hp_set *hp, int32_t n_species, int32_t central,
                    slg_soap_hp *out);

#endif
