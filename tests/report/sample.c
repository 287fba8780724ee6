#include "tests/report/sample.h"
#include "runtime/base/file.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *slg_sample_path(const char *dir, const char *name)
{
    static char path[16][SLG_PATH];
    static int next;
    next = (next + 1) % 16;
    snprintf(path[next], sizeof path[next], "%s/%s", dir, name);
    return path[next];
}

static FILE *create(const char *dir, const char *name)
{
    FILE *f = fopen(slg_sample_path(dir, name), "w");
    ck_assert_ptr_nonnull(f);
    return f;
}

char *slg_sample_text(const char *path)
{
    FILE *f = fopen(path, "rb");
    ck_assert_msg(f != NULL, "%s is missing", path);
    fseek(f, 0, SEEK_END);
    long n = ftell(f);
    rewind(f);
    char *text = calloc((size_t)n + 1, 1);
    ck_assert_ptr_nonnull(text);
    ck_assert_uint_eq(fread(text, 1, (size_t)n, f), (size_t)n);
    fclose(f);
    return text;
}

/* A point of a low-discrepancy sequence: the same on every machine. */
static double place(int k, double step)
{
    return fmod(0.5 + k * step, 1);
}

static void write_trials(const char *dir, const slg_sample *s)
{
    FILE *f = create(dir, "trials.csv");
    fputs("trial,stage,iteration,particle,status,reason,cached_from,objective,energy_rmse,energy_"
          "mae,force_rmse,force_mae,"
          "virial_rmse,virial_mae,kernel_mean,kernel_std,kernel_skew,a,b,c\n",
          f);
    for (int k = 0; k < s->stages * s->trials_a_stage; k++) {
        int stage = 1 + k / s->trials_a_stage, i = k % s->trials_a_stage;
        double a = place(k, 0.6180339887), b = 0.01 * pow(100, place(k, 0.7548776662)), c = k % 3;
        bool bad = s->fail_every > 0 && k % s->fail_every == s->fail_every - 1;
        fprintf(f, "%d,%d,%d,%d,%s,%s,,", k, stage, i / s->particles, i % s->particles, bad ? "ERR_NOT_SPD" : "ok",
                bad ? "\"fit: the matrix is not positive definite, <b>raise</b> jitter\"" : "");
        if (bad)
            fputs(",,,,,,,,,", f);
        else
            fprintf(f, "%.17g,0.001,0.0008,0.05,0.04,,,,,", 1 + (s->valley ? fabs(a - 0.5) : a) + c / 10000);
        fprintf(f, ",%.17g,%.17g,%g\n", a, b, c);
    }
    fclose(f);
}

static json_t *space(const char *name, const char *kind, double lo, double hi)
{
    return json_pack("{s:s, s:s, s:f, s:f, s:s, s:i}", "name", name, "kind", kind, "lo", lo, "hi", hi, "unit",
                     strcmp(name, "a") == 0 ? "Angstrom" : "", "stage", 0);
}

static json_t *space_c(const slg_sample *s)
{
    json_t *c = space("c", s->choice ? "choice" : "int", 0, s->choice ? 0 : 2);
    if (s->choice)
        json_object_set_new(c, "choices", json_pack("[f, f, f]", 2.0, 0.0, 1.0));
    return c;
}

static void write_about(const char *dir, const slg_sample *s)
{
    json_t *type = json_string(s->config_type), *phases = json_array();
    for (int i = 0; i < s->stages; i++)
        json_array_append_new(phases,
                              json_pack("{s:i, s:s, s:s, s:s, s:i, s:i}", "stage", i + 1, "name", "search <all>",
                                        "objective", "rmse", "title", "weighted sum", "particles", s->particles,
                                        "iterations", s->trials_a_stage / s->particles));
    json_t *o = json_pack("{s:s, s:{s:i, s:s, s:{s:f, s:s}, s:s, s:s, s:{s:f}, s:o}, s:[o, o, o], s:{}, s:{s:s, s:s, "
                          "s:[{s:o, s:{s:i}, s:{s:i}}]}, s:{s:s}, s:{s:s}}",
                          "started", "2026-01-01T00:00:00Z", "search", "strategy", s->stages, "optimiser", "swarm",
                          "optimiser_settings", "inertia", 0.7, "bounds", "clamp", "seed", "18446744073709551615",
                          "objective", "rmse", "objective_settings", "energy_weight", 1.0, "phases", phases, "space",
                          space("a", "range", 0, 1), space("b", "log", 0.01, 1), space_c(s), "fixed", "data", "train",
                          "a&b <x>.xyz", "validation_mode", "same", "types", "config_type",
                          type ? type : json_string("?"), "train", "structures", 3, "validation", "structures", 3,
                          "machine", "host", "<host>", "versions", "StarPU", "1.3");
    ck_assert_ptr_nonnull(o);
    ck_assert_int_eq(json_dump_file(o, slg_sample_path(dir, "study.json"), 0), 0);
    json_decref(o);
}

static void write_status(const char *dir, const slg_sample *s)
{
    FILE *f = create(dir, "status.json");
    int n = s->stages * s->trials_a_stage;
    fprintf(f,
            "{\"state\":\"%s\",\"strategy\":1,\"stage\":1,\"iteration\":1,\"iterations\":2,"
            "\"particles\":%d,\"in_flight\":2,"
            "\"evaluated\":1,\"trials\":%d,\"failed\":0,\"cached\":0,\"best\":%s,\"elapsed_s\":1.5,"
            "\"eta_s\":3.0,"
            "\"seconds_per_trial\":0.1,\"peak_memory_bytes\":1e8,\"predicted_memory_bytes\":1e8,"
            "\"workers\":2,"
            "\"scheduler\":\"lws\",\"pid\":1,\"updated\":\"2026-01-01T00:00:00Z\",\"history\":[3,2,"
            "1]}\n",
            s->state, s->particles, n, n > 0 && s->fail_every != 1 ? "{\"trial\":0,\"objective\":1.0}" : "null");
    fclose(f);
}

static void put_name(FILE *f, const char *name)
{
    fputc('"', f);
    for (; *name; name++)
        fprintf(f, *name == '"' ? "\"\"" : "%c", *name);
    fputc('"', f);
}

/* Predicted = reference + 0.01 (energies), + 0.1 (forces, alternating sign). */
static void write_parity(const char *dir, const slg_sample *s)
{
    FILE *f = create(dir, "best/parity.csv");
    fputs("# trial 0; made up\nquantity,config_type,structure,line,reference,predicted\n", f);
    for (size_t k = 0; k < s->forces; k++) {
        double x = place((int)k, 0.6180339887);
        fputs(k % 10 == 0 ? "energy," : "force,", f);
        put_name(f, k % 2 == 0 ? s->config_type : "bulk");
        fprintf(f, ",%zu,%zu,%.10g,%.10g\n", k / 10, 1 + k, x, k % 10 == 0 ? x + 0.01 : x + (k % 4 < 2 ? 0.1 : -0.1));
    }
    fclose(f);
    f = create(dir, "best/structures.csv");
    fputs("structure,line,config_type,atoms,energy_error,force_rmse,virial_rmse\n", f);
    for (size_t k = 0; k < s->forces / 10; k++) {
        fprintf(f, "%zu,%zu,", k, 1 + 10 * k);
        put_name(f, s->config_type);
        fprintf(f, ",4,%g,0.1,\n", 0.001 * (double)k);
    }
    fclose(f);
}

static void write_kernel(const char *dir)
{
    FILE *f = create(dir, "best/kernel.json");
    fputs("{\"trial\":0,\"mean\":0.5,\"std\":0.4,\"skewness\":0.1,\"min\":0.0,\"max\":1.0,\"n\":60,"
          "\"histogram\":[10,20,30],"
          "\"dimers\":[{\"pair\":\"C-C\",\"r\":[1,2,3],\"curves\":[{\"r\":1.0,\"k\":[1,0.5,0.2]},{"
          "\"r\":3.0,\"k\":[0.2,0.5,1]}],"
          "\"states\":[{\"r\":1.0,\"energy\":1.0,\"force\":2.0,\"predicted_energy\":1.1,"
          "\"predicted_force\":2.1},"
          "{\"r\":2.0,\"energy\":-1.0,\"force\":null,\"predicted_energy\":-1.1,\"predicted_force\":"
          "-0.1}]}]}\n",
          f);
    fclose(f);
}

static void write_result(const char *dir, const char *config_type)
{
    json_t *errors = json_pack("{s:{s:f, s:f, s:f, s:f}}", "all", "energy_rmse", 0.01, "energy_mae", 0.01, "force_rmse",
                               0.1, "force_mae", 0.1);
    json_object_set_new(errors, config_type, json_pack("{s:f}", "energy_rmse", 0.01));
    json_t *o = json_pack("{s:f, s:i, s:{}, s:o, s:s}", "objective", 1.0, "trial", 0, "hp", "errors", errors, "gap_fit",
                          "gap_fit a=<b>");
    ck_assert_int_eq(json_dump_file(o, slg_sample_path(dir, "best/result.json"), 0), 0);
    json_decref(o);
}

void slg_sample_write(const char *dir, const slg_sample *s)
{
    slg_error err = {0};
    ck_assert_int_eq(slg_make_folder(slg_sample_path(dir, "best"), &err), SLG_OK);
    write_about(dir, s);
    if (s->state)
        write_status(dir, s);
    if (s->trials_a_stage > 0)
        write_trials(dir, s);
    if (s->forces == 0)
        return;
    write_parity(dir, s);
    write_kernel(dir);
    write_result(dir, s->config_type);
}
