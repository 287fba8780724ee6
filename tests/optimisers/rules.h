/** Optimisers by the words of a study file, and a space with dimensions of all kinds. */
#ifndef SLG_TESTS_OPTIMISERS_RULES_H
#define SLG_TESTS_OPTIMISERS_RULES_H

#include "src/optimisers/swarm.h"
#include "src/registry.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const slg_space mixed = {.n_dim = 5,
                                .dim = {{.name = "range", .kind = SLG_DIM_RANGE, .lo = -3, .hi = 0.7},
                                        {.name = "log", .kind = SLG_DIM_LOG, .lo = 1e-3, .hi = 0.1},
                                        {.name = "int", .kind = SLG_DIM_INT, .lo = -2, .hi = 9},
                                        {.name = "choice", .kind = SLG_DIM_CHOICE, .n_choice = 3, .choice = {4, 1, 8}},
                                        {.name = "point", .kind = SLG_DIM_RANGE, .lo = 2, .hi = 2}}};

static inline slg_space box(size_t n, double lo, double hi)
{
    slg_space s = {.n_dim = n};
    for (size_t d = 0; d < n && d < SLG_MAX_DIM; d++)
        s.dim[d] = (slg_dim){.name = "x", .kind = SLG_DIM_RANGE, .lo = lo, .hi = hi};
    return s;
}

/* A registered optimiser and its settings; what is not given is settled as in a study. */
typedef struct rule {
    const slg_optimiser_kind *kind;
    double setting[16];
    bool given[16];
} rule;

static inline rule rule_of_kind(const char *name)
{
    const slg_optimiser_kind *const *o = slg_optimisers;
    while (*o && strcmp((*o)->name, name) != 0)
        o++;
    ck_assert_msg(*o != NULL, "no optimiser %s", name);
    return (rule){.kind = *o};
}

static inline size_t number_of(const rule *r, const char *name)
{
    size_t i = 0;
    while (i < r->kind->n_param && strcmp(r->kind->param[i].name, name) != 0)
        i++;
    ck_assert_msg(i < r->kind->n_param && i < 16, "no setting %s", name);
    return i;
}

static inline void give(rule *r, const char *name, double value)
{
    r->setting[number_of(r, name)] = value;
    r->given[number_of(r, name)] = true;
}

/* The value of a setting that is one of some words is the number of the word. */
static inline void give_word(rule *r, const char *name, const char *word)
{
    const char *words = r->kind->param[number_of(r, name)].words;
    const char *at = strstr(words, word);
    int k = 0;
    ck_assert_msg(at != NULL, "no word %s", word);
    for (const char *c = words; c < at; c++)
        k += *c == ' ';
    give(r, name, k);
}

/* Settings as in a study that gives none. */
static inline rule standard_rule(const slg_optimiser_kind *kind)
{
    rule r = {.kind = kind};
    for (size_t i = 0; i < kind->n_param; i++) {
        const slg_param *p = &kind->param[i];
        if (p->kind == SLG_PARAM_WORD && p->standard && strstr(p->words, p->standard))
            give_word(&r, p->name, p->standard);
        else if (p->standard)
            r.setting[i] = strtod(p->standard, NULL);
        r.given[i] = false;
    }
    return r;
}

/* "paper", "inertia": presets of the swarm; "random". */
static inline rule preset(const char *name)
{
    if (strcmp(name, "random") == 0)
        return rule_of_kind(name);
    rule r = rule_of_kind("swarm");
    give_word(&r, "swarm", name);
    return r;
}

static inline double settled(rule r, const char *name)
{
    if (r.kind->settle)
        r.kind->settle(r.setting, r.given);
    return r.setting[number_of(&r, name)];
}

static inline slg_status try_make(const slg_space *space, rule r, size_t n, uint64_t seed, slg_optimiser **o,
                                  slg_error *err)
{
    slg_error_clear(err);
    if (r.kind->settle)
        r.kind->settle(r.setting, r.given);
    return slg_optimiser_create(r.kind, r.setting, space, n, seed, o, err);
}

static inline slg_optimiser *make(const slg_space *space, rule r, size_t n, uint64_t seed)
{
    slg_optimiser *o = NULL;
    slg_error err;
    ck_assert_msg(try_make(space, r, n, seed, &o, &err) == SLG_OK, "%s", err.text);
    return o;
}

static inline slg_swarm *make_swarm(const slg_space *space, rule r, size_t n, uint64_t seed)
{
    slg_optimiser *o = make(space, r, n, seed);
    ck_assert_str_eq(o->kind->name, "swarm");
    return (slg_swarm *)o;
}

static inline void free_swarm(slg_swarm *s)
{
    slg_optimiser *o = &s->head;
    slg_optimiser_free(&o);
    ck_assert_ptr_null(o);
}

/* Objective with a failure here and there and the optimum in a corner, so that the bounds work hard. */
static inline double corner(const slg_optimiser *o, size_t p)
{
    double sum = 0, u[SLG_MAX_DIM];
    o->kind->ask(o, p, u);
    for (size_t d = 0; d < o->n_dim; d++)
        sum += fabs(u[d] - (double)(d % 2));
    return fmod(sum * 1e3, 7) < 0.5 ? (double)NAN : sum;
}

/* Tells the members from `first` on, which ends the generation. */
static inline void finish_generation(slg_optimiser *o, size_t first)
{
    double f[16];
    ck_assert_uint_le(o->n_point, 16);
    for (size_t p = first; p < o->n_point; p++)
        f[p] = corner(o, p);
    for (size_t p = first; p < o->n_point; p++)
        slg_optimiser_tell(o, p, f[p]);
}

/* --- checkpoints --- */

static inline void save(slg_optimiser *o, const char *path)
{
    slg_error err = {0};
    slg_ckpt *c = NULL;
    ck_assert_msg(slg_ckpt_create(path, &c, &err) == SLG_OK, "%s", err.text);
    const slg_store to = {c, false, "/optimiser"};
    ck_assert_msg(slg_optimiser_store(o, &to, &err) == SLG_OK, "%s", err.text);
    ck_assert_msg(slg_ckpt_commit(&c, &err) == SLG_OK, "%s", err.text);
}

static inline slg_status load(slg_optimiser *o, const char *path, const char *group, slg_error *err)
{
    slg_ckpt *c = NULL;
    bool previous;
    slg_error_clear(err);
    ck_assert_msg(slg_ckpt_open(path, &c, &previous, err) == SLG_OK, "%s", err->text);
    slg_store from = {c, true, ""};
    snprintf(from.group, sizeof from.group, "%s", group);
    slg_status st = slg_optimiser_store(o, &from, err);
    slg_ckpt_close(&c);
    return st;
}

static inline void load_ok(slg_optimiser *o, const char *path)
{
    slg_error err;
    ck_assert_msg(load(o, path, "/optimiser", &err) == SLG_OK, "%s", err.text);
}

/* Loop index: method, bounds and gbest in mixed radix. */
static inline rule numbered_rule(int i)
{
    static const char *const method[] = {"paper", "inertia", "random"};
    static const char *const bounds[] = {"redraw", "clamp", "reflect"};
    rule r = preset(method[i % 3]);
    if (i % 3 == 2)
        return r;
    give_word(&r, "bounds", bounds[i / 3 % 3]);
    give_word(&r, "gbest", i / 9 % 2 ? "iteration" : "history");
    return r;
}

#endif
