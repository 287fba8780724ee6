/* The summary as a table and as JSON. */
#include "runtime/trace/summary.h"

static double part(double x, double of)
{
    return of > 0 ? 100 * x / of : 0;
}

static double gflops(const slg_kind_figures *k)
{
    return k->time > 0 ? 1e-3 * k->flops / k->time : 0;
}

static void print_kinds(const slg_trace_summary *s, FILE *out)
{
    fprintf(out, "\n%-18s %8s %7s %10s %7s %10s %10s %9s %7s\n", "task kind", "tasks", "failed", "time s", "share",
            "mean ms", "longest ms", "GFlop/s", "dgemm");
    for (size_t i = 0; i < s->n_kind; i++) {
        const slg_kind_figures *k = &s->kind[i];
        fprintf(out, "%-18s %8zu %7zu %10.3f %6.1f%% %10.3f %10.3f ", k->name, k->n, k->failed, 1e-6 * k->time,
                part(k->time, s->busy), k->n > 0 ? 1e-3 * k->time / (double)k->n : 0, 1e-3 * k->longest);
        if (k->flops > 0)
            fprintf(out, "%9.2f %6.1f%%\n", gflops(k), part(1e9 * gflops(k), s->dgemm));
        else
            fprintf(out, "%9s %7s\n", "-", "-");
    }
}

static void print_workers(const slg_trace_summary *s, FILE *out)
{
    fprintf(out, "\n%-10s %8s %8s %8s %9s %8s %8s\n", "worker", "tasks", "busy", "data", "overhead", "blocked",
            "no task");
    for (size_t i = 0; i < s->n_worker; i++) {
        const slg_worker_figures *w = &s->worker[i];
        fprintf(out, "%-10s %8zu %7.1f%% %7.1f%% %8.1f%% %7.1f%% %7.1f%%\n", w->name, w->n, part(w->busy, s->wall),
                part(w->data_wait, s->wall), part(w->overhead, s->wall), part(w->blocked, s->wall),
                part(w->unfed, s->wall));
    }
}

static void print_place(FILE *out, int32_t stage, int32_t iteration)
{
    if (iteration < 0)
        fprintf(out, "stage %d base", stage);
    else
        fprintf(out, "stage %d iteration %d", stage, iteration);
}

void slg_trace_summary_print(const slg_trace_summary *s, FILE *out)
{
    fprintf(out, "%-16s ", "trace");
    print_place(out, s->stage[0], s->iteration[0]);
    fputs(" to ", out);
    print_place(out, s->stage[1], s->iteration[1]);
    fprintf(out, ": %zu iterations, %zu stopped parts, %zu tasks, up to %zu particles\n", s->n_iteration, s->n_part,
            s->n_task, s->n_particle);
    fprintf(out, "%-16s %s, scheduler %s, %zu workers, dgemm %.2f GFlop/s each\n", "machine", s->version, s->scheduler,
            s->n_worker, 1e-9 * s->dgemm);
    fprintf(out, "%-16s %.3f s in iterations, %.3f s between them\n", "wall time", 1e-6 * s->wall, 1e-6 * s->between);
    fprintf(out, "%-16s %.1f %% (task time %.3f s / %zu workers x %.3f s)\n", "efficiency", 100 * s->efficiency,
            1e-6 * s->busy, s->n_worker, 1e-6 * s->wall);
    print_kinds(s, out);
    print_workers(s, out);
    fprintf(out, "\n%-16s ", "slowest");
    print_place(out, s->slow_stage, s->slow_iteration);
    fprintf(out, ": %.3f s, critical path %.3f s in %zu tasks", 1e-6 * s->slow_wall, 1e-6 * s->slow_path,
            s->slow_path_tasks);
    if (s->n_kind > 0)
        fprintf(out, ", %.0f %% of it %s", part(s->kind[s->slow_kind].critical, s->slow_path),
                s->kind[s->slow_kind].name);
    fprintf(out, "\n%-16s %.1f MB at most, %.1f MB predicted\n", "memory", 1e-6 * s->peak_bytes,
            1e-6 * s->predicted_bytes);
    fprintf(out, "%-16s %s\n", "advice", s->advice);
}

static json_t *kinds_json(const slg_trace_summary *s)
{
    json_t *list = json_array();
    for (size_t i = 0; i < s->n_kind; i++) {
        const slg_kind_figures *k = &s->kind[i];
        (void)json_array_append_new(
            list, json_pack("{s:s, s:I, s:I, s:f, s:f, s:f, s:f, s:f, s:f}", "name", k->name, "tasks", (json_int_t)k->n,
                            "failed", (json_int_t)k->failed, "seconds", 1e-6 * k->time, "longest_s", 1e-6 * k->longest,
                            "share", 0.01 * part(k->time, s->busy), "gflops", gflops(k), "of_dgemm",
                            0.01 * part(1e9 * gflops(k), s->dgemm), "critical_seconds", 1e-6 * k->critical));
    }
    return list;
}

static json_t *workers_json(const slg_trace_summary *s)
{
    json_t *list = json_array();
    for (size_t i = 0; i < s->n_worker; i++) {
        const slg_worker_figures *w = &s->worker[i];
        (void)json_array_append_new(list, json_pack("{s:s, s:I, s:f, s:f, s:f, s:f, s:f, s:f}", "name", w->name,
                                                    "tasks", (json_int_t)w->n, "busy_s", 1e-6 * w->busy, "data_wait_s",
                                                    1e-6 * w->data_wait, "overhead_s", 1e-6 * w->overhead, "blocked_s",
                                                    1e-6 * w->blocked, "no_task_s", 1e-6 * w->unfed, "tail_s",
                                                    1e-6 * w->tail));
    }
    return list;
}

json_t *slg_trace_summary_json(const slg_trace_summary *s)
{
    json_t *slow =
        json_pack("{s:i, s:i, s:f, s:f, s:I, s:s}", "stage", (int)s->slow_stage, "iteration", (int)s->slow_iteration,
                  "wall_s", 1e-6 * s->slow_wall, "critical_path_s", 1e-6 * s->slow_path, "critical_path_tasks",
                  (json_int_t)s->slow_path_tasks, "hangs_on", s->n_kind > 0 ? s->kind[s->slow_kind].name : "");
    return json_pack("{s:I, s:I, s:I, s:I, s:f, s:f, s:f, s:f, s:s, s:s, s:o, s:o, s:o, s:f, s:f, s:s}", "iterations",
                     (json_int_t)s->n_iteration, "stopped_parts", (json_int_t)s->n_part, "tasks", (json_int_t)s->n_task,
                     "particles", (json_int_t)s->n_particle, "wall_s", 1e-6 * s->wall, "between_s", 1e-6 * s->between,
                     "efficiency", s->efficiency, "dgemm_gflops", 1e-9 * s->dgemm, "engine", s->version, "scheduler",
                     s->scheduler, "kinds", kinds_json(s), "workers", workers_json(s), "slowest", slow,
                     "peak_memory_bytes", s->peak_bytes, "predicted_memory_bytes", s->predicted_bytes, "advice",
                     s->advice);
}
