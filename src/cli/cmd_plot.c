/** `starling plot`: one figure of a study for a paper, or its numbers. */
#include "src/cli/cli.h"
#include "src/report/report.h"

#include <stdio.h>

static slg_status run(const cli_args *a, slg_error *err)
{
    if (!a->output)
        return slg_fail(err, SLG_ERR_USAGE, "plot: expected -o FILE.svg, .png, .pdf or .csv, found none");
    return slg_report_plot(a->arg[0], a->baseline, a->arg[1], a->output, err);
}

static const struct argp_option options[] = {
    {"output", 'o', "FILE", 0, "figure (.svg, .png, .pdf; needs gnuplot) or its numbers (.csv)", 0},
    {"baseline", CLI_BASELINE, "DIR", 0, "study to compare with in `convergence'", 0},
    CLI_OPT_END};
const cli_command slg_cmd_plot = {"plot",
                                  "DIR KIND",
                                  "Draw one figure of a study, or write its numbers.",
                                  "KIND: convergence, path, effects, kernel, similarity, dimer-energy, dimer-force, "
                                  "parity-energy, parity-force, "
                                  "parity-virial, errors-energy, errors-force, errors-virial, gantt.",
                                  options,
                                  run};
