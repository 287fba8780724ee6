/*
 * What makes two studies the same: the effective configuration and the bytes of the data files, but not those of the
 * test set, which decides nothing.
 */
#include "runtime/base/alloc.h"
#include "runtime/base/hash.h"
#include "src/evaluation/problem.h"

#include <stdlib.h>
#include <string.h>

/* Of one file: the digest of its bytes; of several: that of their digests. */
static slg_status add_data(FILE *out, const char *key, const slg_dataset *d, slg_error *err)
{
    slg_status st = SLG_OK;
    slg_digest *each = slg_calloc(d->file.n, sizeof *each);
    if (!each)
        return slg_fail_nomem(err, "identity");
    for (size_t i = 0; st == SLG_OK && i < d->file.n; i++)
        st = slg_digest_file(d->file.name[i], &each[i], err);
    if (st == SLG_OK)
        fprintf(out, "%s %s\n", key,
                d->file.n == 1 ? each[0].hex : slg_digest_bytes(each, d->file.n * sizeof *each).hex);
    slg_free(each);
    return st;
}

static slg_status add_file(FILE *out, const slg_config *cfg, const char *key, const char *name, slg_error *err)
{
    char path[SLG_PATH];
    slg_digest digest;
    slg_status st = slg_path_join(path, cfg->folder, name, err);
    if (st == SLG_OK)
        st = slg_digest_file(path, &digest, err);
    if (st == SLG_OK)
        fprintf(out, "%s %s\n", key, digest.hex);
    return st;
}

slg_status slg_identity(const slg_problem *p, char **config, char **data, slg_error *err)
{
    const slg_config *cfg = p->cfg;
    char *text = NULL;
    size_t n = 0;
    *config = *data = NULL;
    slg_status st = slg_config_text(cfg, config, err);
    FILE *f = st == SLG_OK ? open_memstream(&text, &n) : NULL;
    if (!f)
        return st != SLG_OK ? st : slg_fail_nomem(err, "identity");
    st = add_data(f, "data.train", p->train_set, err);
    if (st == SLG_OK && cfg->validation_mode == SLG_VAL_FILE)
        st = add_data(f, "data.validation", p->validation_set, err);
    for (size_t i = 0; st == SLG_OK && i < cfg->fit; i++) {
        char key[96];
        snprintf(key, sizeof key, "descriptor.%s", cfg->slot[i].param->name);
        if (cfg->slot[i].file)
            st = add_file(f, cfg, key, cfg->slot[i].file, err);
    }
    if (fclose(f) == 0 && st == SLG_OK)
        *data = slg_strndup(text, n);
    free(text);
    if (st == SLG_OK && !*data)
        st = slg_fail_nomem(err, "identity");
    if (st != SLG_OK) {
        slg_free(*config);
        *config = NULL;
    }
    return st;
}
