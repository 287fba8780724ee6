/** The directory of a study: whose it is, and the lock on it. Private to this folder. */
#ifndef SLG_WORKFLOWS_DIRECTORY_H
#define SLG_WORKFLOWS_DIRECTORY_H

#include "runtime/base/error.h"

/**
 * Makes the folder a study directory, or takes the one that is there: `.starling` marks it and is locked while a
 * process works on it (*fd, closed by the caller). ERR_MATCH, nothing touched: it holds files under the names of a
 * study that no study made, or results whose checkpoint is gone. ERR_IO: another process works on it.
 */
SLG_CHECKED slg_status slg_directory_take(const char *dir, int *fd, slg_error *err);

#endif
