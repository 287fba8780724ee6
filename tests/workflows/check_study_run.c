/* Stopping, saving and resuming: nothing of it may change a result. */
#include "runtime/base/alloc.h"
#include "runtime/base/clock.h"
#include "src/search/store.h"
#include "tests/support/study_support.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static slg_error err;

static const char *join(const char *folder, const char *name)
{
    static char ring[4][SLG_PATH];
    static int turn;
    char *path = ring[turn = (turn + 1) % 4];
    ck_ok(slg_path_join(path, folder, name, &err), &err);
    return path;
}

/*
 * --- whole runs with signals ----------------------------------------------------------------------------------------
 */

static bool armed(void)
{
    struct sigaction now;
    return sigaction(SIGUSR1, NULL, &now) == 0 && now.sa_handler != SIG_IGN;
}

/* Waits for the run to listen, then for the delay. */
static void *send_signal(void *arg)
{
    for (int i = 0; i < 100000 && !armed(); i++)
        usleep(100);
    usleep(*(useconds_t *)arg);
    kill(getpid(), SIGUSR1);
    return NULL;
}

static slg_status run_until(const char *text, const char *folder, useconds_t delay)
{
    pthread_t thread;
    slg_error e = {0};
    ck_assert_int_eq(pthread_create(&thread, NULL, send_signal, &delay), 0);
    slg_status st = study_run("c2-dimer", text, folder, 0, &e);
    ck_assert_msg(st == SLG_OK || (st == SLG_STOPPED && strstr(e.text, "stopped after")), "%s", e.text);
    ck_assert_uint_eq(e.n_message, st == SLG_STOPPED);
    pthread_join(thread, NULL);
    return st;
}

START_TEST(signals)
{
    const char *text = _i ? study_search2 : study_search1;
    char whole[64], parts[64];
    signal(SIGUSR1, SIG_IGN); /* those that come too early or too late */
    snprintf(whole, sizeof whole, "%s", slg_test_folder());
    snprintf(parts, sizeof parts, "%s", slg_test_folder());
    ck_assert_int_eq(study_run("c2-dimer", text, whole, 0, &err), SLG_OK);
    int stops = 0;
    useconds_t delay = 1000;
    while (run_until(text, parts, delay) == SLG_STOPPED) {
        stops++;
        delay += 1000 + delay;
    }
    fprintf(stderr, "stopped %d times\n", stops);
    ck_assert_int_ge(stops, 2);
    study_same_file(whole, parts, "trials.csv");
    study_same_file(whole, parts, "best/potential.xml");
    study_same_file(whole, parts, "best/result.json");
    slg_test_remove(whole);
    slg_test_remove(parts);
}
END_TEST

START_TEST(time_limit)
{
    const char *folder = slg_test_folder();
    char *text = study_replace(study_search1, "iterations: 8", "iterations: 100000");
    double begin = slg_now();
    ck_assert_int_eq(study_run("c2-dimer", text, folder, 0.3, &err), SLG_STOPPED);
    ck_assert_double_lt(slg_now() - begin, 20);
    slg_error_clear(&err);
    ck_assert_int_eq(study_run("c2-dimer", text, folder, 0.01, &err), SLG_STOPPED);
    free(text);
    slg_test_remove(folder);
}
END_TEST

START_TEST(finished_stays)
{
    char folder[64];
    snprintf(folder, sizeof folder, "%s", slg_test_folder());
    ck_assert_int_eq(study_run("c2-dimer", study_search2, folder, 0, &err), SLG_OK);
    char *before = study_slurp(folder, "best/result.json", NULL), *trials = study_slurp(folder, "trials.csv", NULL);
    ck_assert_int_eq(study_run("c2-dimer", study_search2, folder, 0, &err), SLG_OK);
    char *after = study_slurp(folder, "best/result.json", NULL), *again = study_slurp(folder, "trials.csv", NULL);
    ck_assert_str_eq(before, after);
    ck_assert_str_eq(trials, again);
    slg_free(before);
    slg_free(after);
    slg_free(trials);
    slg_free(again);
    slg_test_remove(folder);
}
END_TEST

/* The checkpoint of a search in its last phase whose files of the best are of an earlier trial. */
static void unfinish(const char *text, const char *folder, bool partial)
{
    slg_config *cfg = study_parse("c2-dimer", text);
    slg_problem *p = study_problem(cfg);
    slg_search s;
    ck_ok(slg_search_start(&s, p, &err), &err);
    ck_ok(slg_search_load(&s, folder, &err), &err);
    s.phase = s.phases.n - 1;
    ck_ok(slg_search_open_iteration(&s, &err), &err);
    s.best.partial = partial; /* errors by config_type are still to be computed */
    if (partial)
        memset(s.best.by_group, 0, p->validation.data->n_group * sizeof *s.best.by_group);
    ck_ok(slg_search_save(&s, folder, &err), &err);
    slg_search_free(&s);
    slg_problem_free(&p);
    slg_config_free(&cfg);
    study_spill(folder, "best/result.json", "old", 3);
    study_spill(folder, "best/potential.xml", "old", 3);
    study_spill(folder, "best/kernel.json", "old", 3);
}

/* Killed between the last checkpoint and the end: the same command leaves the files of the best trial. */
START_TEST(after_the_last_checkpoint)
{
    static const char *const name[] = {"trials.csv", "best/result.json", "best/potential.xml", "best/kernel.json",
                                       "best/parity.csv"};
    char whole[64], parts[64];
    snprintf(whole, sizeof whole, "%s", slg_test_folder());
    snprintf(parts, sizeof parts, "%s", slg_test_folder());
    ck_assert_int_eq(study_run("c2-dimer", study_search2, whole, 0, &err), SLG_OK);
    ck_assert_int_eq(study_run("c2-dimer", study_search2, parts, 0, &err), SLG_OK);
    unfinish(study_search2, parts, _i == 1);
    ck_assert_int_eq(study_run("c2-dimer", study_search2, parts, 0, &err), SLG_OK);
    for (size_t k = 0; k < sizeof name / sizeof *name; k++)
        study_same_file(whole, parts, name[k]);
    slg_test_remove(whole);
    slg_test_remove(parts);
}
END_TEST

/* Looking for places visited before must not grow with the number of trials: a stop would take minutes. */
START_TEST(many_particles)
{
    const char *folder = slg_test_folder();
    char *text = study_replace(study_search1, "particles: 5, iterations: 8", "particles: 100000, iterations: 1");
    ck_assert_int_eq(study_run("c2-dimer", text, folder, 0.5, &err), SLG_STOPPED);
    slg_error_clear(&err);
    json_t *o = slg_test_json(join(folder, "status.json")), *best = json_object_get(o, "best");
    const json_int_t trials = json_integer_value(json_object_get(o, "trials"));
    ck_assert_int_eq(trials, json_integer_value(json_object_get(o, "evaluated"))); /* of the first iteration */
    ck_assert(json_is_null(best) || json_integer_value(json_object_get(best, "trial")) < trials + 8);
    ck_assert(json_is_null(best) || trials > 0);
    json_decref(o);
    free(text);
    slg_test_remove(folder);
}
END_TEST

/*
 * --- what is refused
 * --------------------------------------------------------------------------------------------------
 */

static void refused(const char *dataset, const char *text, const char *folder, slg_status st, const char *message,
                    size_t lines)
{
    slg_error_clear(&err);
    ck_assert_int_eq(study_run(dataset, text, folder, 0, &err), st);
    ck_assert_msg(strstr(err.text, message) != NULL, "'%s' is not in: %s", message, err.text);
    ck_assert_msg(err.n_message == lines, "%zu lines: %s", err.n_message, err.text);
    slg_error_clear(&err);
}

START_TEST(other_study)
{
    static const struct {
        const char *from, *to, *message;
    } change[] = {{"seed: 5", "seed: 6", "search/seed: was 5, is 6"},
                  {"alpha_max: 3", "alpha_max: 4", "descriptor/alpha_max: was 3, is 4"},
                  {"rcut_hard: 5.0", "rcut_hard: 5.5", "descriptor/rcut_hard: was "}};
    char folder[64];
    snprintf(folder, sizeof folder, "%s", slg_test_folder());
    char *data = study_slurp(slg_test_example("c2-dimer"), "C2_dimer.xyz", NULL);
    study_spill(folder, "C2_dimer.xyz", data, strlen(data));
    const char *dir = join(folder, "study");
    ck_assert_int_eq(study_run(folder, study_search1, dir, 0, &err), SLG_OK);
    for (size_t k = 0; k < sizeof change / sizeof *change; k++) {
        char *text = study_replace(study_search1, change[k].from, change[k].to);
        refused(folder, text, dir, SLG_ERR_MATCH, change[k].message, 2);
        free(text);
    }
    char *run = study_replace(study_search1, "workers: 2, checkpoint_minutes: 0", "workers: 1, checkpoint_minutes: 1");
    ck_assert_int_eq(study_run(folder, run, dir, 0, &err), SLG_OK);
    free(run);
    char *digit = strstr(data, "C ") + 3;
    while (*digit < '1' || *digit > '8')
        digit++;
    ++*digit;
    study_spill(folder, "C2_dimer.xyz", data, strlen(data));
    refused(folder, study_search1, dir, SLG_ERR_MATCH, "data.train: the file changed", 2);
    slg_free(data);
    slg_test_remove(folder);
}
END_TEST

/* The checkpoint belongs to the data that were read, not to what lies there when it is written. */
START_TEST(data_changed_meanwhile)
{
    char folder[64];
    snprintf(folder, sizeof folder, "%s", slg_test_folder());
    char *data = study_slurp(slg_test_example("c2-dimer"), "C2_dimer.xyz", NULL);
    study_spill(folder, "C2_dimer.xyz", data, strlen(data));
    slg_config *cfg = study_parse(folder, study_search1);
    slg_problem *p = study_problem(cfg);
    slg_search search, loaded;
    ck_ok(slg_search_start(&search, p, &err), &err);
    ck_ok(slg_search_begin_phase(&search, 0, &err), &err);
    ck_ok(slg_search_open_iteration(&search, &err), &err);
    const char *dir = join(folder, "study");
    ck_ok(slg_make_folder(dir, &err), &err);
    FILE *f = fopen(join(folder, "C2_dimer.xyz"), "a");
    fputs("1\nProperties=species:S:1:pos:R:3 energy=-1027.2\nC 0 0 0\n", f);
    fclose(f);
    ck_ok(slg_search_save(&search, dir, &err), &err);
    ck_ok(slg_search_start(&loaded, p, &err), &err);
    ck_ok(slg_search_load(&loaded, dir, &err), &err);
    slg_search_free(&loaded);
    slg_search_free(&search);
    slg_problem_free(&p);
    p = study_problem(cfg);
    ck_ok(slg_search_start(&loaded, p, &err), &err);
    ck_assert_int_eq(slg_search_load(&loaded, dir, &err), SLG_ERR_MATCH);
    slg_error_clear(&err);
    slg_search_free(&loaded);
    slg_problem_free(&p);
    slg_config_free(&cfg);
    slg_free(data);
    slg_test_remove(folder);
}
END_TEST

START_TEST(two_runs)
{
    const char *folder = slg_test_folder();
    int fd = open(join(folder, ".starling"), O_RDWR | O_CREAT, 0666);
    ck_assert_int_eq(flock(fd, LOCK_EX), 0);
    refused("c2-dimer", study_search1, folder, SLG_ERR_IO, "another starling works on this study", 1);
    close(fd);
    ck_assert_int_eq(study_run("c2-dimer", study_search1, folder, 0, &err), SLG_OK);
    slg_test_remove(folder);
}
END_TEST

static void damage(const char *folder, const char *name)
{
    size_t n;
    char *x = study_slurp(folder, name, &n);
    x[n / 2] ^= 0x55;
    study_spill(folder, name, x, n);
    slg_free(x);
}

START_TEST(damaged_checkpoint)
{
    char whole[64], folder[64];
    snprintf(whole, sizeof whole, "%s", slg_test_folder());
    snprintf(folder, sizeof folder, "%s", slg_test_folder());
    signal(SIGUSR1, SIG_IGN);
    ck_assert_int_eq(study_run("c2-dimer", study_search1, whole, 0, &err), SLG_OK);
    useconds_t delay = 4000;
    for (; access(join(folder, "study.h5.prev"), F_OK) != 0; delay += 1000)
        (void)run_until(study_search1, folder, delay);
    damage(folder, "study.h5");
    slg_error_clear(&err);
    ck_assert_int_eq(study_run("c2-dimer", study_search1, folder, 0, &err), SLG_OK);
    study_same_file(whole, folder, "trials.csv");
    study_same_file(whole, folder, "best/potential.xml");
    damage(folder, "study.h5");
    damage(folder, "study.h5.prev");
    refused("c2-dimer", study_search1, folder, SLG_ERR_DAMAGE, "study.h5", 2);
    slg_test_remove(whole);
    slg_test_remove(folder);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("runs");
    TCase *t = tcase_create("runs");
    tcase_set_timeout(t, 200);
    tcase_add_loop_test(t, signals, 0, 2);
    tcase_add_test(t, time_limit);
    tcase_add_test(t, finished_stays);
    tcase_add_loop_test(t, after_the_last_checkpoint, 0, 2);
    tcase_add_test(t, many_particles);
    tcase_add_test(t, other_study);
    tcase_add_test(t, data_changed_meanwhile);
    tcase_add_test(t, two_runs);
    tcase_add_test(t, damaged_checkpoint);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
