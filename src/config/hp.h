/** Hyper-parameters of a study: values of them, and how each one is given. */
#ifndef SLG_CONFIG_HP_H
#define SLG_CONFIG_HP_H

#include "runtime/base/error.h"
#include "src/data/element.h"
#include "tasks/common/geom.h"
#include "tasks/common/param.h"
#include <stdbool.h>

enum { SLG_MAX_HP = 64, SLG_MAX_CHOICES = 16 };

/**
 * Values of the parameters of a study's model: first those of its term, then those of the fit, each table in its own
 * order, for the species channels 0..n_species-1 (what is not per element: the same everywhere).
 */
typedef struct slg_hp_set {
    double v[SLG_MAX_HP][SLG_MAX_SPECIES];
} slg_hp_set;

typedef enum slg_hp_kind {
    SLG_HP_UNSET,
    SLG_HP_FIXED,
    SLG_HP_RANGE,
    SLG_HP_LOG,
    SLG_HP_INT,
    SLG_HP_CHOICE
} slg_hp_kind;

/** How one parameter of one species (or of all, tied) is given. */
typedef struct slg_hp_spec {
    slg_hp_kind kind;
    bool automatic; /* given as `auto` */
    double value, lo, hi;
    int32_t n_choice;
    double choice[SLG_MAX_CHOICES];
} slg_hp_spec;

static inline bool slg_hp_searched(const slg_hp_spec *s)
{
    return s->kind != SLG_HP_UNSET && s->kind != SLG_HP_FIXED;
}

/** Tied over species, or one spec per element symbol. */
typedef struct slg_hp_entry {
    slg_hp_spec tied;
    int32_t n_species; /* > 0: per-species form */
    char symbol[SLG_MAX_SPECIES][3];
    slg_hp_spec each[SLG_MAX_SPECIES];
} slg_hp_entry;

/** Spec of an element: the tied one, or its own; NULL when the entry has none for it. */
const slg_hp_spec *slg_hp_spec_of(const slg_hp_entry *e, int32_t z);

#endif
