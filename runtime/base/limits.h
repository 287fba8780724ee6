/** How much memory this process may use. */
#ifndef SLG_BASE_LIMITS_H
#define SLG_BASE_LIMITS_H

#include "runtime/base/error.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct slg_memory_limit {
    double bytes;
    char of[64]; /* what sets it: "the machine", "the cgroup (memory.max)", "SLURM_MEM_PER_NODE", ... */
} slg_memory_limit;

/**
 * The smallest of: physical memory, limits of the cgroup (v1 and v2, with its parents), SLURM_MEM_PER_NODE,
 * SLURM_MEM_PER_CPU times the cores of the job on this node, and what RLIMIT_AS leaves for resident memory.
 */
slg_memory_limit slg_memory_limit_now(void);
/**
 * What is wrong with the i-th variable of the batch system that counts for this limit, "" when nothing is; false behind
 * the last one.
 */
bool slg_memory_ignored(int i, char *text, size_t room);

/**
 * Can `bytes` more addresses be had? ERR_NOMEM where ulimit -v forbids it; the message says what would do. (OpenBLAS
 * asks again and again for ever, StarPU aborts.) `what` takes them.
 */
SLG_CHECKED slg_status slg_addresses_check(double bytes, const char *what, slg_error *err);

/**
 * Limit of a cgroup and its parents, INFINITY without one. membership: text of /proc/self/cgroup; root: where the
 * hierarchies are mounted (/sys/fs/cgroup).
 */
double slg_cgroup_limit(const char *membership, const char *root);

#endif
