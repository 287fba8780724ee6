/** Status codes: one table makes the enum, the names, the texts and the exit codes. */
#ifndef SLG_BASE_STATUS_H
#define SLG_BASE_STATUS_H

/* X(name, exit code of the program, text). Grouped by who must act. */
#define SLG_STATUS_LIST(X)                                                                                             \
    X(OK, 0, "success")                                                                                                \
    X(ERR_USAGE, 2, "the command line is wrong")                                                                       \
    X(ERR_CONFIG, 2, "the configuration is wrong")                                                                     \
    X(ERR_DATA, 2, "an input data file is wrong")                                                                      \
    X(ERR_MATCH, 2, "the study belongs to another configuration or to other data")                                     \
    X(ERR_IO, 4, "a file could not be read or written")                                                                \
    X(ERR_NOMEM, 4, "out of memory")                                                                                   \
    X(ERR_DEVICE, 4, "no usable worker for a task")                                                                    \
    X(ERR_DAMAGE, 4, "a checkpoint is damaged or of an unknown format")                                                \
    X(ERR_NOT_SPD, 2, "a matrix is not positive definite")                                                             \
    X(ERR_NOT_FINITE, 2, "a result is not finite")                                                                     \
    X(ERR_EMPTY, 2, "no environment, neighbour or observation to work on")                                             \
    X(ERR_HP, 2, "hyper-parameters outside their domain")                                                              \
    X(STOPPED, 75, "stopped before the end; the same command resumes")                                                 \
    X(ERR_INTERNAL, 70, "internal error, please report it")

typedef enum slg_status {
#define X(name, exit_code, text) SLG_##name,
    SLG_STATUS_LIST(X)
#undef X
        SLG_N_STATUS
} slg_status;

/** "OK", "ERR_CONFIG", ...; "?" outside the table. */
const char *slg_status_name(slg_status st);
/** One clause of text for people. */
const char *slg_status_text(slg_status st);
/** Failures of the mathematics at given hyper-parameters, which are results of a trial. */
static inline int slg_is_numerical(slg_status st)
{
    return st == SLG_ERR_NOT_SPD || st == SLG_ERR_NOT_FINITE || st == SLG_ERR_EMPTY || st == SLG_ERR_HP;
}
/** Exit code of the program that ends with this status. */
int slg_status_exit(slg_status st);

#define SLG_CHECKED __attribute__((warn_unused_result))

#endif
