/* Task kinds as codelets with performance models. */
#include "runtime/engine/starpu/inside.h"

#include "runtime/base/alloc.h"
#include <math.h>
#include <stdio.h>

static void codelet_body(void *interface[], void *arg)
{
    slg_job *job = arg;
    for (size_t i = 0; i < job->n_use; i++)
        job->payload[i] = slg_starpu_payload(interface[i]);
    slg_job_run(job);
}

/* Cost classes in steps of 2^(1/4) of the predicted work: times in one class then differ far less than the
 * 50 % at which StarPU throws a model entry away. The default, the sizes of the data, says little here. */
static uint32_t footprint(struct starpu_task *task)
{
    const slg_job *job = task->cl_arg;
    double flops = job->cost.flops >= 1 ? job->cost.flops : 1; /* also for NaN */
    int32_t step = (int32_t)lround(4.0 * log2(fmin(flops, 1e300)));
    return starpu_hash_crc32c_be_n(&step, sizeof step, 0);
}

slg_starpu_kind *slg_starpu_kind_of(slg_starpu *state, const slg_kind *kind)
{
    for (slg_starpu_kind *k = state->kinds; k; k = k->next)
        if (k->kind == kind)
            return k;
    slg_starpu_kind *k = slg_calloc(1, sizeof *k);
    if (!k)
        return NULL;
    snprintf(k->symbol, sizeof k->symbol, "starling_%s", kind->name);
    for (char *c = k->symbol; *c; c++) /* StarPU makes a file name of it */
        if (*c == '/' || *c == ' ')
            *c = '_';
    k->kind = kind;
    k->model.type = STARPU_HISTORY_BASED;
    k->model.symbol = k->symbol;
    k->model.footprint = footprint;
    k->codelet.cpu_funcs[0] = codelet_body;
    k->codelet.nbuffers = STARPU_VARIABLE_NBUFFERS;
    k->codelet.model = &k->model;
    k->codelet.name = kind->name;
    k->next = state->kinds;
    state->kinds = k;
    return k;
}
