/* The term of a configuration: definitions of its parts, and its file. */
#include "runtime/base/alloc.h"
#include "src/config/config.h"
#include "tasks/fit/params.h"

#include <string.h>

void slg_config_define(const slg_config *cfg, const slg_hp_set *hp, int32_t n_species, int32_t part, const void *file,
                       slg_term_def *out)
{
    const slg_term_input in = {
        .n_channel = n_species, .part = part, .value = (const double(*)[SLG_MAX_SPECIES])hp->v, .file = file};
    cfg->term->define(&in, out);
}

/* Name of the file that a parameter of the term refers to, NULL without one. */
static const char *file_name(const slg_config *cfg)
{
    for (size_t i = 0; i < cfg->fit; i++)
        if (cfg->slot[i].file)
            return cfg->slot[i].file;
    return NULL;
}

slg_status slg_config_term_file(const slg_config *cfg, const slg_hp_set *hp, int32_t n_species, void **file,
                                slg_error *err)
{
    const char *name = file_name(cfg);
    char path[SLG_PATH], *text = NULL;
    size_t n;
    *file = NULL;
    if (!name)
        return SLG_OK;
    slg_term_def *def = slg_calloc(1, sizeof *def);
    slg_status st = def ? slg_path_join(path, cfg->folder, name, err) : slg_fail_nomem(err, "definition");
    if (st == SLG_OK)
        st = slg_text_read(path, &text, &n, err);
    if (st == SLG_OK) {
        slg_config_define(cfg, hp, n_species, 0, NULL, def);
        st = cfg->term->read_file(text, path, def, file, err);
    }
    slg_free(text);
    slg_free(def);
    return st;
}

static const slg_param *find(const slg_param *table, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    return NULL;
}

const char *slg_param_unit(const char *name)
{
    const slg_param *p = find(slg_fit_param, SLG_FIT_N_PARAM, name);
    for (const slg_term *const *t = slg_terms; !p && *t; t++)
        p = find((*t)->param, (*t)->n_param, name);
    return p && p->unit ? p->unit : "";
}
