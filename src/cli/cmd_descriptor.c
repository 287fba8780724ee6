/** `starling descriptor`: descriptors of all environments of a file, and their gradients. */
#include "runtime/base/alloc.h"
#include "src/cli/cli.h"

#include <stdio.h>

/** One environment with its descriptor; g is NULL without gradients. */
typedef struct view {
    const cli_scene *s;
    size_t env, frame, first, d; /* first: environment number of the frame's first atom */
    const double *v, *g;
} view;

static json_t *numbers(size_t n, const double *x)
{
    json_t *a = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(a, json_real(x[i]));
    return a;
}

static json_t *gradients_json(const view *w)
{
    const slg_geom *geom = w->s->geom;
    json_t *list = json_array();
    size_t p0 = geom->pair_first[w->env];
    for (size_t p = p0; p < geom->pair_first[w->env + 1]; p++) {
        const double *g = w->g + 3 * (p - p0) * w->d;
        json_array_append_new(list, json_pack("{s:I, s:[f,f,f], s:[o,o,o]}", "atom",
                                              (json_int_t)((size_t)geom->pair_env[p] - w->first), "displacement",
                                              geom->pair_x[p], geom->pair_y[p], geom->pair_z[p], "gradient",
                                              numbers(w->d, g), numbers(w->d, g + w->d), numbers(w->d, g + 2 * w->d)));
    }
    return list;
}

static const char *symbol(const view *w)
{
    return slg_element_symbol(w->s->z[w->s->geom->species[w->env]]);
}

static json_t *view_json(const view *w)
{
    json_t *j = json_pack("{s:I, s:I, s:s, s:o}", "frame", (json_int_t)w->frame, "atom",
                          (json_int_t)(w->env - w->first), "species", symbol(w), "vector", numbers(w->d, w->v));
    if (w->g)
        json_object_set_new(j, "gradients", gradients_json(w));
    return j;
}

static void print_row(size_t n, const double *x)
{
    for (size_t i = 0; i < n; i++)
        printf(" %.17g", x[i]);
    putchar('\n');
}

static void view_print(const view *w)
{
    const slg_geom *geom = w->s->geom;
    printf("%zu %zu %s", w->frame, w->env - w->first, symbol(w));
    print_row(w->d, w->v);
    size_t p0 = geom->pair_first[w->env];
    for (size_t p = p0; w->g && p < geom->pair_first[w->env + 1]; p++) {
        printf("pair %zu %.17g %.17g %.17g\n", (size_t)geom->pair_env[p] - w->first, geom->pair_x[p], geom->pair_y[p],
               geom->pair_z[p]);
        for (size_t c = 0; c < 3; c++) {
            printf("d/d%c", (int)('x' + c));
            print_row(w->d, w->g + (3 * (p - p0) + c) * w->d);
        }
    }
}

static slg_status compute(const cli_scene *s, int32_t part, size_t env, double *v, double *g, slg_error *err)
{
    const slg_term *term = s->cfg->term;
    size_t where;
    slg_status st = g ? term->gradient(s->plan[part], s->geom, env, v, g, s->work)
                      : term->descriptor(s->plan[part], s->geom, env, env + 1, v, &where, s->work);
    return st == SLG_OK ? st : cli_scene_fail(s, st, env, err);
}

/* The instances of one part in an environment. */
static slg_status show_part(const cli_args *a, const cli_scene *s, int32_t part, size_t env, json_t *list,
                            slg_error *err)
{
    const size_t n = cli_scene_instances(s, part, env), d = slg_term_length(&s->def[part]);
    const size_t n_pair = s->geom->pair_first[env + 1] - s->geom->pair_first[env], frame = cli_scene_frame(s, env);
    if (n == 0)
        return SLG_OK;
    double *v = slg_alloc_aligned(n * d, sizeof *v);
    double *g = a->gradients ? slg_alloc_aligned(3 * n * n_pair * d + 1, sizeof *g) : NULL;
    slg_status st = v && (g || !a->gradients) ? SLG_OK : slg_fail_nomem(err, "descriptors");
    if (st == SLG_OK)
        st = compute(s, part, env, v, g, err);
    for (size_t i = 0; st == SLG_OK && i < n; i++) {
        const view w = {s, env, frame, s->geom->frame_first[frame], d, v + i * d, g ? g + 3 * i * n_pair * d : NULL};
        if (list)
            json_array_append_new(list, view_json(&w));
        else
            view_print(&w);
    }
    slg_free(v);
    slg_free(g);
    return st;
}

static slg_status show_all(const cli_args *a, const cli_scene *s, slg_error *err)
{
    json_t *list = a->json ? json_array() : NULL;
    slg_status st = SLG_OK;
    for (size_t env = 0; env < s->geom->n_env && st == SLG_OK; env++)
        for (int32_t k = 0; k < s->n_part && st == SLG_OK; k++)
            st = show_part(a, s, k, env, list, err);
    if (st == SLG_OK && a->json)
        return cli_print_json(json_pack("{s:o}", "environments", list), err);
    json_decref(list);
    return st;
}

static slg_status run(const cli_args *a, slg_error *err)
{
    cli_scene s;
    slg_status st = cli_scene_open(a, a->gradients ? CLI_GRADIENTS_TOO : CLI_DESCRIPTORS, &s, err);
    if (st == SLG_OK && a->gradients && !s.cfg->term->gradient)
        st = slg_fail(err, SLG_ERR_USAGE, "--gradients: expected a descriptor whose gradients can be shown, found %s",
                      s.cfg->term->name);
    if (st == SLG_OK)
        st = show_all(a, &s, err);
    cli_scene_free(&s);
    return st;
}

static const struct argp_option options[] = {
    CLI_OPT_HP,
    CLI_OPT_JSON,
    {"gradients", CLI_GRADIENTS, NULL, 0, "also the derivatives with respect to each neighbour's position", 0},
    CLI_OPT_END};
const cli_command slg_cmd_descriptor = {
    "descriptor",
    "DATA.xyz",
    "Descriptors of all atomic environments of a file.",
    "One line for each environment: frame and atom (from 0), species, components. With --gradients each neighbour "
    "(periodic images apart) follows with its atom number, displacement in Angstrom and three rows d/dx, d/dy, d/dz.",
    options,
    run};
