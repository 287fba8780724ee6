/** Program `starling`: dispatches a table of commands. */
#include "runtime/base/limits.h"
#include "runtime/base/lines.h"
#include "runtime/base/log.h"
#include "src/cli/cli.h"

#include <cblas.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static const cli_command *const commands[] = {
    &slg_cmd_check,      &slg_cmd_run,          &slg_cmd_status, &slg_cmd_best,  &slg_cmd_fit,    &slg_cmd_eval,
    &slg_cmd_descriptor, &slg_cmd_kernel_stats, &slg_cmd_config, &slg_cmd_trace, &slg_cmd_report, &slg_cmd_plot};
enum { N_COMMAND = sizeof commands / sizeof commands[0] };

typedef struct top {
    const cli_command *command;
    int first; /* index of the command's name in argv */
} top;

static char *list_commands(int key, const char *text, void *input)
{
    (void)input;
    if (key != ARGP_KEY_HELP_POST_DOC)
        return (char *)text;
    char *out = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&out, &n);
    if (!f)
        return NULL;
    fputs("Commands:\n", f);
    for (size_t i = 0; i < N_COMMAND; i++)
        fprintf(f, "  %-13s %s\n", commands[i]->name, commands[i]->summary);
    fputs("\n`starling COMMAND --help` explains a command.\n"
          "Exit codes: 0 done, 2 wrong input, 4 missing resource or unusable file,\n"
          "70 internal error, 75 stopped early (the same command resumes).",
          f);
    fclose(f);
    return out;
}

static error_t parse_top(int key, char *arg, struct argp_state *state)
{
    top *t = state->input;
    if (key == ARGP_KEY_NO_ARGS)
        argp_usage(state);
    if (key != ARGP_KEY_ARG)
        return ARGP_ERR_UNKNOWN;
    for (size_t i = 0; i < N_COMMAND; i++) {
        if (strcmp(arg, commands[i]->name) == 0)
            t->command = commands[i];
    }
    if (!t->command)
        argp_error(state, "unknown command `%s'", arg);
    t->first = state->next - 1;
    state->next = state->argc; /* the rest belongs to the command */
    return 0;
}

static void print_errors(const slg_error *err)
{
    slg_line line;
    for (const char *text = err->text; slg_next_line(&text, &line);)
        slg_log(SLG_ERROR, "starling: %.*s", line.n, line.p);
}

/* Threads that OpenBLAS started before main may ask for addresses for ever; exit() would wait for them. */
static int leave(int code)
{
    struct rlimit r;
    if (getrlimit(RLIMIT_AS, &r) == 0 && r.rlim_cur != RLIM_INFINITY)
        _exit(code); /* everything is flushed */
    return code;
}

int main(int argc, char **argv)
{
    static const struct argp argp = {NULL,
                                     parse_top,
                                     "COMMAND [ARGUMENT...]",
                                     "Optimises the hyper-parameters of machine-learned interatomic potentials.\v-",
                                     NULL,
                                     list_commands,
                                     NULL};
    static slg_error err;
    top t = {0};
    cli_args a;
    signal(SIGXFSZ, SIG_IGN); /* a limit of file sizes is an error of the write, as a full disk is */
    argp_err_exit_status = 2;
    argp_program_version_hook = cli_version;
    if (argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &t) || !t.command)
        return 2;
    cli_parse(t.command, argc - t.first, argv + t.first, &a);
    slg_status st = slg_addresses_check(5e7, "the program", &err);
    if (st == SLG_OK) {
        openblas_set_num_threads(1); /* parallelism belongs to the task engine; also the same bits on every machine */
        st = t.command->run(&a, &err);
    }
    if (fflush(stdout) || ferror(stdout))
        st = slg_fail(&err, SLG_ERR_IO, "standard output: could not be written: %s", strerror(errno));
    print_errors(&err);
    return leave(slg_status_exit(st));
}
