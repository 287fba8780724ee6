/** Options of all commands: one parser; argp rejects options that a command does not list. */
#include "src/cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct parse_state {
    const cli_command *command;
    cli_args *a;
    int n_expected;
} parse_state;

static uint64_t whole_number(struct argp_state *state, const char *option, const char *text, uint64_t most)
{
    char *end;
    errno = 0;
    unsigned long long v = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || errno || v > most)
        argp_error(state, "--%s: expected a whole number from 0 to %llu, found `%s'", option, (unsigned long long)most,
                   text);
    return v;
}

static error_t parse_positional(parse_state *p, char *arg, struct argp_state *state)
{
    if (p->a->n_arg == p->n_expected)
        argp_error(state, "too many arguments: `%s'", arg);
    p->a->arg[p->a->n_arg++] = arg;
    return 0;
}

static error_t parse_flag(int key, cli_args *a)
{
    switch (key) {
    case 'q': a->quiet = true; return 0;
    case CLI_JSON: a->json = true; return 0;
    case CLI_WATCH: a->watch = true; return 0;
    case CLI_TIME: a->time = true; return 0;
    case CLI_STRICT: a->strict = true; return 0;
    case CLI_SUMMARY: a->summary = true; return 0;
    case CLI_GRADIENTS: a->gradients = true; return 0;
    case CLI_TEMPLATE: a->template = true; return 0;
    case CLI_DOCUMENT: a->document = true; return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse_name(int key, const char *arg, cli_args *a)
{
    switch (key) {
    case 'd': a->dir = arg; return 0;
    case 'o': a->output = arg; return 0;
    case CLI_HP: a->hp = arg; return 0;
    case CLI_MAX_TIME: a->max_time = arg; return 0;
    case CLI_BASELINE: a->baseline = arg; return 0;
    case CLI_FORMAT: a->format = arg; return 0;
    case CLI_ITERATIONS: a->iterations = arg; return 0;
    case CLI_ENERGY_KEY: a->energy_key = arg; return 0;
    case CLI_FORCE_KEY: a->force_key = arg; return 0;
    case CLI_VIRIAL_KEY: a->virial_key = arg; return 0;
    case CLI_STRESS_KEY: a->stress_key = arg; return 0;
    case CLI_CONFIG_TYPE_KEY: a->config_type_key = arg; return 0;
    default: return parse_flag(key, a);
    }
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    parse_state *p = state->input;
    switch (key) {
    case ARGP_KEY_ARG: return parse_positional(p, arg, state);
    case ARGP_KEY_END:
        if (p->a->n_arg < p->n_expected)
            argp_error(state, "missing argument: expected %s", p->command->args);
        return 0;
    case CLI_SEED:
        p->a->seed = whole_number(state, "seed", arg, UINT64_MAX);
        p->a->has_seed = true;
        return 0;
    case CLI_WORKERS:
        p->a->workers = (int32_t)whole_number(state, "workers", arg, 4096);
        p->a->has_workers = true;
        return 0;
    case CLI_MORE: p->a->more = (int64_t)whole_number(state, "more", arg, INT32_MAX); return 0;
    case CLI_SET:
        if (p->a->n_set == CLI_MAX_SET)
            argp_error(state, "--set: expected at most %d of them", CLI_MAX_SET);
        if (!strchr(arg, '=') || !strchr(arg, '.') || strchr(arg, '.') > strchr(arg, '='))
            argp_error(state, "--set: expected section.key=value, such as search.seed=2, found `%s'", arg);
        p->a->set[p->a->n_set++] = arg;
        return 0;
    case CLI_STAGE:
        p->a->stage = (int32_t)whole_number(state, "stage", arg, INT32_MAX);
        p->a->has_stage = true;
        return 0;
    case CLI_REFERENCE: p->a->reference = (size_t)whole_number(state, "reference", arg, INT32_MAX); return 0;
    default: return parse_name(key, arg, p->a);
    }
}

static int count_words(const char *text)
{
    int n = 0;
    for (const char *s = text; *s; s++)
        n += *s != ' ' && (s[1] == ' ' || s[1] == '\0');
    return n;
}

void cli_parse(const cli_command *c, int argc, char **argv, cli_args *a)
{
    static char name[64], doc[4096];
    snprintf(name, sizeof name, "starling %s", c->name);
    snprintf(doc, sizeof doc, "%s%s%s", c->summary, c->details ? "\v" : "", c->details ? c->details : "");
    struct argp argp = {c->options, parse, c->args, doc, NULL, NULL, NULL};
    parse_state p = {c, a, count_words(c->args)};
    memset(a, 0, sizeof *a);
    argv[0] = name;
    if (argp_parse(&argp, argc, argv, 0, NULL, &p))
        exit(2);
}
