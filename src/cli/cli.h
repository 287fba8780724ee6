/** The command line: one table of commands, one parser of options, results on stdout, messages on stderr. */
#ifndef SLG_CLI_CLI_H
#define SLG_CLI_CLI_H

#include "runtime/base/error.h"
#include "src/config/config.h"
#include "src/data/dataset.h"

#include <argp.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/** Keys of options without a short form. */
enum {
    CLI_HP = 0x100,
    CLI_JSON,
    CLI_SEED,
    CLI_WORKERS,
    CLI_MAX_TIME,
    CLI_GRADIENTS,
    CLI_REFERENCE,
    CLI_TEMPLATE,
    CLI_DOCUMENT,
    CLI_ENERGY_KEY,
    CLI_FORCE_KEY,
    CLI_VIRIAL_KEY,
    CLI_STRESS_KEY,
    CLI_CONFIG_TYPE_KEY,
    CLI_BASELINE,
    CLI_WATCH,
    CLI_FORMAT,
    CLI_ITERATIONS,
    CLI_STAGE,
    CLI_SUMMARY,
    CLI_TIME,
    CLI_SET,
    CLI_MORE,
    CLI_STRICT
};

/** Options shared by several commands; a command lists those that it accepts. */
#define CLI_OPT_HP                                                                                                     \
    {                                                                                                                  \
        "hp", CLI_HP, "FILE", 0, "hyper-parameters (flat YAML or JSON map)", 0                                         \
    }
#define CLI_OPT_JSON                                                                                                   \
    {                                                                                                                  \
        "json", CLI_JSON, NULL, 0, "print one JSON object", 0                                                          \
    }
#define CLI_OPT_SEED                                                                                                   \
    {                                                                                                                  \
        "seed", CLI_SEED, "N", 0, "seed of all random choices", 0                                                      \
    }
#define CLI_OPT_WORKERS                                                                                                \
    {                                                                                                                  \
        "workers", CLI_WORKERS, "N", 0, "CPU workers, 0 = all", 0                                                      \
    }
#define CLI_OPT_SET                                                                                                    \
    {                                                                                                                  \
        "set", CLI_SET, "KEY=VALUE", 0, "value of a key of the study file, such as search.seed=2 (repeatable)", 0      \
    }
#define CLI_OPT_END                                                                                                    \
    {                                                                                                                  \
        0                                                                                                              \
    }

enum { CLI_MAX_SET = 32 };
/** The options as given; NULL, false or has_* = false where absent. */
typedef struct cli_args {
    int n_arg;
    const char *arg[2];
    const char *dir, *hp, *output, *baseline;
    const char *energy_key, *force_key, *virial_key, *stress_key, *config_type_key;
    const char *format, *iterations, *max_time;
    int32_t stage;
    bool summary, time, strict, json, watch, quiet, gradients, template, document;
    bool has_seed, has_workers, has_stage;
    uint64_t seed;
    int32_t workers;
    size_t reference;
    int64_t more;
    int n_set;
    const char *set[CLI_MAX_SET]; /* of --set */
} cli_args;

typedef struct cli_command {
    const char *name, *args, *summary; /* args: one blank-separated word for each positional argument */
    const char *details;               /* more help after the options; may be NULL */
    const struct argp_option *options; /* ends with CLI_OPT_END */
    slg_status (*run)(const cli_args *a, slg_error *err);
} cli_command;

extern const cli_command slg_cmd_check, slg_cmd_run, slg_cmd_status, slg_cmd_best, slg_cmd_fit, slg_cmd_eval,
    slg_cmd_descriptor, slg_cmd_kernel_stats, slg_cmd_config, slg_cmd_trace, slg_cmd_report, slg_cmd_plot;

/** Parses the arguments after the command's name; ends the program on --help and on errors (exit code 2). */
void cli_parse(const cli_command *c, int argc, char **argv, cli_args *a);
/** Prints version of the program and of its libraries; a hook of argp. */
void cli_version(FILE *out, struct argp_state *state);

/**
 * Loads a study file with --set, --seed, --workers, --max-time, --hp and --dir. Its directory is then relative to the
 * working folder. With `resume`, what the file does not say is taken from the study that the directory holds.
 */
SLG_CHECKED slg_status cli_load_study(const cli_args *a, bool resume, slg_config **cfg, slg_error *err);

/** Prints one JSON object and a newline with 17 digits; steals the reference. NULL means out of memory. */
SLG_CHECKED slg_status cli_print_json(json_t *j, slg_error *err);
/** Reads a JSON file. `hint` is the remedy named when it does not exist (ERR_USAGE); ERR_DAMAGE when unreadable. */
SLG_CHECKED slg_status cli_read_json(const char *path, const char *hint, json_t **out, slg_error *err);
/** Table of errors by config_type, from the "errors" member of a result. */
void cli_show_errors(const char *title, const json_t *errors);
/** Objective, hyper-parameters, errors, potential and gap_fit line of a result. */
void cli_show_result(const json_t *result);
/** Shows <dir>/status.json on the terminal (else one line a change) until the search has ended. */
SLG_CHECKED slg_status cli_watch(const char *dir, slg_error *err);
/** True, and says so, when the status is "running" but its process is not there: a killed one leaves that behind. */
bool cli_show_gone(const json_t *status);
/** Shows <dir>/best/result.json. */
SLG_CHECKED slg_status cli_show_best(const char *dir, bool json, slg_error *err);

/** A data set with the descriptor definitions of a file of hyper-parameters. */
typedef struct cli_scene {
    slg_config *cfg;
    slg_dataset *data;
    slg_geom *geom;
    slg_hp_set hp;
    int32_t n_species, z[SLG_MAX_SPECIES];
    void *term_file; /* NULL without one */
    int32_t n_part;
    slg_term_def *def;         /* [n_part] */
    void *plan[SLG_MAX_PARTS]; /* [n_part] */
    void *work;                /* for any environment of any part */
} cli_scene;
/** What is done with the descriptors; it decides what must be given and how much workspace there is. */
typedef enum cli_use { CLI_DESCRIPTORS, CLI_GRADIENTS_TOO, CLI_KERNEL } cli_use;
/** Opens FILE.xyz (a->arg[0]) with --hp. Free with cli_scene_free, also after a failure. */
SLG_CHECKED slg_status cli_scene_open(const cli_args *a, cli_use use, cli_scene *s, slg_error *err);
void cli_scene_free(cli_scene *s);
/** Instances of a part in an environment. */
size_t cli_scene_instances(const cli_scene *s, int32_t part, size_t env);
/** Frame of an environment. */
size_t cli_scene_frame(const cli_scene *s, size_t env);
/** An error in the descriptors of an environment, in words. */
slg_status cli_scene_fail(const cli_scene *s, slg_status st, size_t env, slg_error *err);

#endif
