/** Names of trace files and their form. Private to this folder. */
#ifndef SLG_TRACE_FILES_H
#define SLG_TRACE_FILES_H

#include "runtime/trace/trace.h"

/* Columns of /record/int, /record/real and /iteration; new ones only at the end. */
enum { INT_ID, INT_KIND, INT_SPAN, INT_ITERATION, INT_PARTICLE, INT_CHUNK, INT_WORKER, INT_STATUS, N_INT };
enum { REAL_SUBMITTED, REAL_READY, REAL_START, REAL_END, REAL_DATA_WAIT, REAL_FLOPS, REAL_BYTES, N_REAL };
enum { SPAN_ITERATION, SPAN_FIRST, SPAN_LAST, SPAN_COMPLETE, SPAN_BEGIN, SPAN_END, SPAN_PEAK, SPAN_PREDICTED, N_SPAN };

/** <dir>/trace/<name>. */
SLG_CHECKED slg_status slg_trace_path(char *out, const char *dir, const char *name, slg_error *err);
/** Name of a file; part 0 = whole iterations. */
void slg_trace_name_make(slg_trace_name *out, int32_t stage, int32_t first, int32_t last, int32_t part);
/** Removes one file; it need not exist. */
SLG_CHECKED slg_status slg_trace_remove(const char *dir, const char *name, slg_error *err);
/** Removes files of iterations that `now`, just written, or a later one replaces. */
SLG_CHECKED slg_status slg_trace_remove_replaced(const char *dir, const slg_trace_name *now, slg_error *err);
/** Removes the files beyond the last n iterations. */
SLG_CHECKED slg_status slg_trace_keep_last(const char *dir, int32_t n, slg_error *err);

#endif
