#include "tasks/common/submit.h"

#include "runtime/base/alloc.h"

slg_insertion slg_insertion_at(const slg_kind *kind, const slg_place *at, const slg_use *use, size_t n_use,
                               const void *arg, size_t arg_bytes)
{
    return (slg_insertion){.kind = kind,
                           .use = use,
                           .n_use = n_use,
                           .arg = arg,
                           .arg_bytes = arg_bytes,
                           .priority = at->priority,
                           .iteration = at->iteration,
                           .particle = at->particle,
                           .chunk = at->chunk,
                           .done = at->done,
                           .done_arg = at->done_arg};
}

slg_status slg_submit_gather(slg_rt *rt, const slg_place *at, const slg_kind *kind, const void *arg, size_t arg_bytes,
                             size_t n, slg_block *const *part, slg_block *out, slg_error *err)
{
    slg_use *use = slg_calloc(n + 1, sizeof *use);
    if (!use)
        return slg_fail_nomem(err, kind->name);
    for (size_t i = 0; i < n; i++)
        use[i] = (slg_use){part[i], SLG_R};
    use[n] = (slg_use){out, SLG_W};
    slg_insertion in = slg_insertion_at(kind, at, use, n + 1, arg, arg_bytes);
    slg_status st = slg_rt_insert(rt, &in, err);
    slg_free(use);
    return st;
}
