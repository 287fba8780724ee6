/** Messages for people: to standard error and, once a study is open, to its log file. */
#ifndef SLG_BASE_LOG_H
#define SLG_BASE_LOG_H

typedef enum slg_level { SLG_DEBUG, SLG_INFO, SLG_WARNING, SLG_ERROR } slg_level;

/** Lowest level shown on standard error (the file takes everything from SLG_INFO). Default SLG_INFO. */
void slg_log_level(slg_level lowest);

/** Opens `path` for appending; NULL closes. Returns 0, or -1 when the file cannot be opened. */
int slg_log_file(const char *path);

/** Writes one line with local time and level to the log file, the bare text to standard error. */
void slg_log(slg_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
