/** `starling status --watch`: the state of a running search, again and again until it ends. */
#include "runtime/base/file.h"
#include "src/cli/cli.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static double number(const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);
    return json_is_number(v) ? json_number_value(v) : (double)NAN;
}

static const char *text(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));
    return s ? s : "?";
}

static void put_time(double seconds)
{
    if (isfinite(seconds))
        printf("%.0f:%02.0f:%02.0f", floor(seconds / 3600), floor(fmod(seconds / 60, 60)), floor(fmod(seconds, 60)));
    else
        printf("?");
}

/* Entries of the history after the last stage began: there the best grows or a null stands first. */
static size_t stage_begin(const json_t *history)
{
    size_t begin = 0;
    for (size_t i = 1; i < json_array_size(history); i++) {
        const json_t *a = json_array_get(history, i - 1), *b = json_array_get(history, i);
        if (json_is_number(a) && (!json_is_number(b) || json_number_value(b) > json_number_value(a)))
            begin = i;
    }
    return begin;
}

/* The best objective so far over the iterations of the stage, logarithmic where it can be: height 0 to 1. */
static double height(const json_t *history, size_t i, double lo, double hi)
{
    double x = json_number_value(json_array_get(history, i));
    if (!(hi > lo))
        return 0;
    return lo > 0 ? log(x / lo) / log(hi / lo) : (x - lo) / (hi - lo);
}

/* At most `width` characters, evenly chosen iterations. */
static void put_sparkline(const json_t *history, size_t width)
{
    static const char *const block[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    size_t first = stage_begin(history), n = json_array_size(history) - first, m = n < width ? n : width;
    double lo = (double)INFINITY, hi = -(double)INFINITY;
    for (size_t i = 0; i < n; i++) {
        const json_t *v = json_array_get(history, first + i);
        lo = json_is_number(v) ? fmin(lo, json_number_value(v)) : lo;
        hi = json_is_number(v) ? fmax(hi, json_number_value(v)) : hi;
    }
    for (size_t c = 0; c < m; c++) {
        size_t i = first + (m > 1 ? c * (n - 1) / (m - 1) : 0);
        if (json_is_number(json_array_get(history, i)))
            fputs(block[(int)fmin(7, 7.999 * height(history, i, lo, hi))], stdout);
        else
            putchar(' ');
    }
}

static void put_bar(double done, int width)
{
    int full = (int)(fmin(fmax(done, 0), 1) * width);
    putchar('[');
    for (int i = 0; i < width; i++)
        putchar(i < full ? '#' : '.');
    printf("] %3.0f %%", 100 * done);
}

static double share_done(const json_t *j)
{
    double n = number(j, "iterations") * number(j, "particles");
    double done = number(j, "iteration") * number(j, "particles") + fmax(0, number(j, "evaluated"));
    return n > 0 && isfinite(done) ? fmin(done / n, 1) : 0;
}

static void put_line(const char *title)
{
    printf("\033[K\n%-10s ", title);
}

/* \033[H: cursor home; \033[K: clear the rest of the line; \033[J: clear below. */
static void show_screen(const char *dir, const json_t *j, int width)
{
    const json_t *best = json_object_get(j, "best");
    printf("\033[H%s: %s, as of %s", dir, text(j, "state"), text(j, "updated"));
    put_line("stage");
    printf("%.0f of strategy %.0f, iteration %.0f of %.0f", number(j, "stage"), number(j, "strategy"),
           number(j, "iteration"), number(j, "iterations"));
    put_line("progress");
    put_bar(share_done(j), width > 60 ? 40 : 20);
    put_line("time");
    put_time(number(j, "elapsed_s"));
    printf(" so far, about ");
    put_time(number(j, "eta_s"));
    printf(" left in this stage (%.3g s a trial)", number(j, "seconds_per_trial"));
    put_line("best");
    if (isfinite(number(best, "objective")))
        printf("%.8g in trial %.0f", number(best, "objective"), number(best, "trial"));
    else
        printf("none yet");
    put_line("");
    put_sparkline(json_object_get(j, "history"), width > 20 ? (size_t)(width - 12) : 20);
    put_line("trials");
    printf("%.0f ended, %.0f failed, %.0f repeated", number(j, "trials"), number(j, "failed"), number(j, "cached"));
    put_line("now");
    printf("%.0f of %.0f particles in flight, %.0f evaluated", number(j, "in_flight"), number(j, "particles"),
           number(j, "evaluated"));
    put_line("memory");
    printf("%.0f MB at most, %.0f MB predicted\033[K\n\033[J", number(j, "peak_memory_bytes") / 1e6,
           number(j, "predicted_memory_bytes") / 1e6);
}

static void show_line(const json_t *j)
{
    const json_t *best = json_object_get(j, "best");
    printf("%s %s stage %.0f iteration %.0f/%.0f trials %.0f failed %.0f in flight %.0f best ", text(j, "updated"),
           text(j, "state"), number(j, "stage"), number(j, "iteration"), number(j, "iterations"), number(j, "trials"),
           number(j, "failed"), number(j, "in_flight"));
    if (isfinite(number(best, "objective")))
        printf("%.8g", number(best, "objective"));
    else
        printf("none");
    printf(" left ");
    put_time(number(j, "eta_s"));
    printf(" memory %.0f MB\n", number(j, "peak_memory_bytes") / 1e6);
}

/* Only this machine's processes can be asked. */
bool cli_show_gone(const json_t *j)
{
    double pid = number(j, "pid");
    if (strcmp(text(j, "state"), "running") != 0 || pid <= 1 || kill((pid_t)pid, 0) == 0 || errno != ESRCH)
        return false;
    printf("process %.0f is not on this machine or has ended without a word; `starling run' resumes the search\n", pid);
    return true;
}

static int terminal_width(void)
{
    struct winsize w;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0 ? w.ws_col : 80;
}

/* Shows j when it is new; true when the search has ended. */
static bool show(const char *dir, const json_t *j, bool terminal, char *last, size_t size)
{
    char now[128];
    bool running = strcmp(text(j, "state"), "running") == 0;
    snprintf(now, sizeof now, "%s %s %.0f %.0f %.0f", text(j, "updated"), text(j, "state"), number(j, "trials"),
             number(j, "evaluated"), number(j, "in_flight"));
    if (terminal)
        show_screen(dir, j, terminal_width());
    else if (strcmp(now, last) != 0)
        show_line(j);
    bool gone = cli_show_gone(j);
    snprintf(last, size, "%s", now);
    fflush(stdout);
    return !running || gone;
}

slg_status cli_watch(const char *dir, slg_error *err)
{
    char path[SLG_PATH], last[128] = "";
    bool terminal = isatty(STDOUT_FILENO) && getenv("TERM") && strcmp(getenv("TERM"), "dumb") != 0, ended = false;
    slg_status st = slg_path_join(path, dir, "status.json", err);
    if (st == SLG_OK && terminal)
        printf("\033[2J");
    while (st == SLG_OK && !ended) {
        json_t *j = NULL;
        st = cli_read_json(path, "this is not the directory of a study; `starling run STUDY.yaml --dir DIR` makes one",
                           &j, err);
        if (st != SLG_OK)
            break;
        ended = show(dir, j, terminal, last, sizeof last);
        json_decref(j);
        if (!ended)
            nanosleep(&(struct timespec){1, 0}, NULL);
    }
    return st;
}
