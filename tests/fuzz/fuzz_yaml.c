/*
 * Any text as a study file, as an option on one, and as a file of hyper-parameters: no crash, no leak; what is accepted
 * can be written, read again as a file or as a record, and gives the same text; its search space, values and
 * definitions can be made. A file of hyper-parameters that is refused changes nothing.
 */
#include "runtime/base/alloc.h"
#include "src/config/config.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* libfyaml 0.7.12 itself loses a buffer in fy_token_get_text of a quoted text with many escapes. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfyaml";
}

static char *written(const slg_config *cfg, size_t *n)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, n);
    if (!out || slg_config_write(cfg, out, NULL) != SLG_OK)
        abort();
    fclose(out);
    return text;
}

/* Layers that give the text `first` again; a record leaves the sections without effect on results alone. */
static void check_again(const char *first, const slg_config_source *layer, size_t n)
{
    slg_config *again;
    slg_error err;
    size_t m;
    slg_error_clear(&err);
    if (slg_config_assemble(layer, n, "", &again, &err) != SLG_OK) {
        fprintf(stderr, "%s\n%s\n", first, err.text);
        abort();
    }
    char *second = written(again, &m);
    const bool whole = layer[0].origin == SLG_FROM_USER;
    if ((whole && strcmp(first, second) != 0) || slg_config_compare(first, second, NULL, NULL, NULL) != 0) {
        fprintf(stderr, "%s\n%s\n", first, second);
        abort();
    }
    slg_config_free(&again);
    free(second);
}

static void check_round_trip(const slg_config *cfg)
{
    size_t n;
    char *first = written(cfg, &n);
    const slg_config_source file = {.name = "again.yaml", .text = first, .n = n, .origin = SLG_FROM_USER};
    const slg_config_source recorded[] = {{.name = "record", .text = first, .n = n, .origin = SLG_FROM_RECORD},
                                          {.name = "empty.yaml", .text = "", .origin = SLG_FROM_USER}};
    check_again(first, &file, 1);
    check_again(first, recorded, 2);
    free(first);
}

/* Values in their ranges need not be a possible definition, but whether they are can be told. */
static void define_parts(const slg_config *cfg, const slg_hp_set *hp)
{
    slg_term_def def;
    char why[SLG_WHY] = "";
    for (int32_t part = 0; part < cfg->term->n_part(2); part++) {
        slg_config_define(cfg, hp, 2, part, NULL, &def);
        if (cfg->term->check(&def, why) != SLG_OK && why[0] == '\0')
            abort();
    }
}

static void check_space(const slg_config *cfg)
{
    static const int32_t z[2] = {1, 6};
    slg_space *space = slg_calloc(1, sizeof *space);
    slg_hp_set hp;
    double value[SLG_MAX_DIM];
    bool given[SLG_MAX_DIM];
    if (space && slg_config_space(cfg, 2, z, SLG_ALL_PHASES, space, NULL) == SLG_OK) {
        slg_config_start(cfg, 0, space, z, value, given);
        for (size_t d = 0; d < space->n_dim; d++)
            value[d] = slg_dim_decode(&space->dim[d], 0.5);
        if (slg_config_values(cfg, space, value, NULL, 2, z, &hp, NULL) != SLG_OK)
            abort();
        define_parts(cfg, &hp);
    }
    slg_free(space);
}

static void check(slg_status st, slg_config *cfg, const slg_error *err)
{
    if (st != SLG_OK) {
        if (err->n_message == 0 || cfg)
            abort();
        return;
    }
    check_round_trip(cfg);
    check_space(cfg);
    slg_config_free(&cfg);
}

static const char study[] = "data: {train: a.xyz}\n"
                            "descriptor: {alpha_max: 4, l_max: 4, rcut_hard: 5, rcut_soft: {range: [4, 4.5]}, "
                            "atom_sigma_r: {C: 0.5, H: 0.4}, atom_sigma_t: 0.5, zeta: 4}\n"
                            "fit: {n_sparse: 60, sigma_energy: {log: [0.001, 0.1]}}\n"
                            "search: {swarm: paper, start: [{rcut_soft: 4.25}]}\n";

static void check_hp(const char *path, slg_config *cfg)
{
    slg_config *own;
    slg_error err;
    size_t n;
    slg_error_clear(&err);
    char *before = written(cfg, &n);
    const slg_status st = slg_config_load_hp(path, cfg, &err);
    char *after = written(cfg, &n);
    if (st != SLG_OK && (err.n_message == 0 || strcmp(before, after) != 0))
        abort();
    if ((slg_config_read_hp(path, &own, NULL) == SLG_OK) != (own != NULL))
        abort();
    slg_config_free(&own);
    free(before);
    free(after);
}

static void check_hp_file(bool json, const uint8_t *data, size_t size)
{
    char path[64];
    slg_config *cfg;
    snprintf(path, sizeof path, json ? "/tmp/fuzz-hp-%ld.json" : "/tmp/fuzz-hp-%ld.yaml", (long)getpid());
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(data, 1, size, f) != size || fclose(f) != 0 ||
        slg_config_parse("s.yaml", study, sizeof study - 1, "", &cfg, NULL) != SLG_OK)
        abort();
    check_hp(path, cfg);
    slg_config_free(&cfg);
    unlink(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* The first byte chooses between a YAML and a JSON name, so that both modes of the parser are reached. */
    const bool json = size > 0 && data[0] == '{';
    const char *name = json ? "fuzz.json" : "fuzz.yaml", *text = (const char *)data;
    const slg_config_source layer[] = {
        {.name = "s.yaml", .text = study, .n = sizeof study - 1, .origin = SLG_FROM_USER},
        {.name = name, .text = text, .n = size, .origin = SLG_FROM_USER, .option = true}};
    slg_config *cfg;
    slg_error err;
    slg_error_clear(&err);
    slg_status st = slg_config_parse(name, text, size, "", &cfg, &err);
    check(st, cfg, &err);
    slg_error_clear(&err);
    st = slg_config_assemble(layer, 2, "", &cfg, &err);
    check(st, cfg, &err);
    check_hp_file(json, data, size);
    return 0;
}
