/*
 * Any text as a study file: no crash, no leak; what is accepted can be written, read again and gives the same text;
 * its search space and values can be made.
 */
#include "runtime/base/alloc.h"
#include "src/config/config.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

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

static void check_round_trip(const slg_config *cfg)
{
    slg_config *again;
    slg_error err;
    size_t n, m;
    char *first = written(cfg, &n);
    slg_error_clear(&err);
    if (slg_config_parse("again.yaml", first, n, "", &again, &err) != SLG_OK) {
        fprintf(stderr, "%s\n%s\n", first, err.text);
        abort();
    }
    char *second = written(again, &m);
    if (strcmp(first, second) != 0 || slg_config_differences(first, second, NULL) != 0) {
        fprintf(stderr, "%s\n%s\n", first, second);
        abort();
    }
    slg_config_free(&again);
    free(first);
    free(second);
}

static void check_space(const slg_config *cfg)
{
    static const int32_t z[2] = {1, 6};
    slg_space *space = slg_calloc(1, sizeof *space);
    slg_hp_set hp;
    double value[SLG_MAX_DIM];
    bool given[SLG_MAX_DIM];
    if (space && slg_config_space(cfg, 2, z, 0, space, NULL) == SLG_OK) {
        slg_config_start(cfg, 0, space, z, value, given);
        for (size_t d = 0; d < space->n_dim; d++)
            value[d] = slg_dim_decode(&space->dim[d], 0.5);
        if (slg_config_values(cfg, space, value, NULL, 2, z, &hp, NULL) != SLG_OK)
            abort();
    }
    slg_free(space);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* The first byte chooses between a YAML and a JSON name, so that both modes of the parser are reached. */
    const char *name = size > 0 && data[0] == '{' ? "fuzz.json" : "fuzz.yaml";
    slg_config *cfg;
    slg_error err;
    slg_error_clear(&err);
    if (slg_config_parse(name, (const char *)data, size, "", &cfg, &err) != SLG_OK) {
        if (err.n_message == 0 || cfg)
            abort();
        return 0;
    }
    check_round_trip(cfg);
    check_space(cfg);
    slg_config_free(&cfg);
    return 0;
}
