/* The page: valid JSON, nothing from elsewhere, hostile names, any state of a study, size, lack of memory. */
#include "runtime/base/alloc.h"
#include "runtime/base/file.h"
#include "src/report/report.h"
#include "tests/report/sample.h"
#include "tests/support/support.h"

#include <libxml/HTMLparser.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const slg_sample usual = {.stages = 1,
                                 .trials_a_stage = 60,
                                 .particles = 10,
                                 .fail_every = 7,
                                 .forces = 200,
                                 .config_type = "dimer",
                                 .state = "running"};

static char *page_of(const char *dir, const slg_sample *s)
{
    slg_error err = {0};
    const char *path = slg_sample_path(dir, "report.html");
    slg_sample_write(dir, s);
    ck_assert_msg(slg_report_write(dir, NULL, path, &err) == SLG_OK, "%s", err.text);
    return slg_sample_text(path);
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;
    for (; (text = strstr(text, what)) != NULL; text += strlen(what))
        n++;
    return n;
}

/* Every JSON block parses; every chart's table is a block of the page. Returns the number of charts. */
static size_t check_blocks(const char *page)
{
    static const char open[] = "<script type=\"application/json\" id=\"";
    size_t charts = 0;
    for (const char *p = page; (p = strstr(p, open)) != NULL;) {
        const char *id = p + strlen(open), *text = strchr(id, '>') + 1, *end = strstr(text, "</script>");
        json_error_t e;
        json_t *o = json_loadb(text, (size_t)(end - text), 0, &e), *data;
        size_t i;
        ck_assert_msg(o != NULL, "%.30s: %s", id, e.text);
        json_array_foreach(json_object_get(o, "data"), i, data)
        {
            char block[96];
            const char *from = json_string_value(json_object_get(data, "from"));
            snprintf(block, sizeof block, "id=\"data-%s\"", from);
            ck_assert_msg(!from || strstr(page, block), "a chart wants %s", block);
        }
        if (strncmp(id, "chart-", 6) == 0)
            charts++;
        else
            ck_assert(json_is_array(json_object_get(o, "rows")));
        json_decref(o);
        p = end;
    }
    return charts;
}

static void check_self_contained(const char *page)
{
    static const char *const forbidden[] = {" src=", "@import", "url(http", "<iframe", "<object", "srcset"};
    for (const char *p = page; (p = strstr(p, "://")) != NULL; p += 3) {
        bool name_of_a_format = p - page > 4 && strncmp(p - 4, "http://www.w3.org/", 18) == 0;
        bool own_code = strncmp(p, "://\"", 4) == 0 || strncmp(p, "://'", 4) == 0 || p[3] == ')';
        ck_assert_msg(name_of_a_format || own_code, "an address: %.60s", p - 20);
    }
    for (size_t i = 0; i < sizeof forbidden / sizeof forbidden[0]; i++)
        ck_assert_msg(!strstr(page, forbidden[i]), "%s in the page", forbidden[i]);
    ck_assert_uint_eq(count(page, "<link "), 1); /* the empty icon */
    ck_assert(strstr(page, "default-src 'none'"));
}

START_TEST(test_page)
{
    const char *dir = slg_test_folder();
    char *page = page_of(dir, &usual);
    ck_assert_uint_eq(check_blocks(page), 3 + 1 + 3 + 4); /* search, kernel, dimer, parity and errors of 2 quantities */
    check_self_contained(page);
    ck_assert(strstr(page, "not positive definite, &lt;b&gt;raise&lt;/b&gt; jitter"));
    ck_assert_uint_eq(count(page, "<tr id=\"trial-"), 60);
    ck_assert(strstr(page, "<th>rank correlation</th>") && strstr(page, "do not add up"));
    ck_assert_uint_eq(count(page, "<td>+1.00</td></tr>"), 1); /* of a */
    ck_assert(strstr(page, "\"a (best at bound)\"") && strstr(page, "\"b (flat)\""));
    free(page);
    slg_test_remove(dir);
}
END_TEST

static const char *const hostile[] = {"</script><script>alert(1)</script>",
                                      "\"><img/onerror=alert(1)>",
                                      "a,b\"c\"\"d",
                                      "&lt;b&gt; <!-- ]]>",
                                      "\xff\xfe not UTF-8",
                                      "\xc3\x9cmlaut '`${1}",
                                      "__proto__"};

START_TEST(test_hostile_names)
{
    const char *dir = slg_test_folder();
    slg_sample s = usual;
    s.config_type = hostile[_i];
    char *plain = page_of(dir, &usual), *page = page_of(dir, &s);
    ck_assert_uint_eq(check_blocks(page), check_blocks(plain));
    ck_assert_uint_eq(count(page, "<script"), count(plain, "<script"));
    ck_assert_uint_eq(count(page, "<img"), count(plain, "<img"));
    ck_assert_uint_eq(count(page, "<!--"), count(plain, "<!--"));
    htmlDocPtr doc = htmlReadMemory(page, (int)strlen(page), NULL, "UTF-8",
                                    HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET);
    ck_assert_ptr_nonnull(doc);
    xmlFreeDoc(doc);
    free(plain);
    free(page);
    slg_test_remove(dir);
}
END_TEST

/* Any state of a study gives a page. */
static const slg_sample states[] = {
    {.stages = 1, .particles = 4, .config_type = "x", .state = NULL},      /* just started */
    {.stages = 1, .particles = 4, .config_type = "x", .state = "running"}, /* no trial yet */
    {.stages = 1, .particles = 4, .trials_a_stage = 8, .fail_every = 1, .config_type = "x", .state = "failed"},
    {.stages = 1, .particles = 4, .trials_a_stage = 1, .config_type = "x", .state = "stopped"},
    {.stages = 2, .particles = 4, .trials_a_stage = 20, .config_type = "x", .state = "running"},
    {.stages = 2,
     .particles = 4,
     .trials_a_stage = 20,
     .fail_every = 3,
     .forces = 40,
     .config_type = "x",
     .state = "finished"}};

START_TEST(test_states)
{
    const char *dir = slg_test_folder();
    char *page = page_of(dir, &states[_i]);
    check_blocks(page);
    check_self_contained(page);
    ck_assert(strstr(page, states[_i].state ? states[_i].state : "not yet saved"));
    ck_assert(strstr(page, "</html>"));
    if (states[_i].fail_every == 1)
        ck_assert(strstr(page, "No trial has succeeded yet"));
    free(page);
    slg_test_remove(dir);
}
END_TEST

START_TEST(test_size)
{
    const char *dir = slg_test_folder();
    slg_sample s = usual;
    s.trials_a_stage = 1000;
    s.forces = 30000;
    free(page_of(dir, &s));
    struct stat st;
    ck_assert_int_eq(stat(slg_sample_path(dir, "report.html"), &st), 0);
    ck_assert_msg(st.st_size < 3000000, "%ld bytes", (long)st.st_size);
    s.trials_a_stage = 30000; /* the page chooses trials then */
    char *page = page_of(dir, &s);
    ck_assert(strlen(page) < 3000000);
    ck_assert(strstr(page, "an even choice"));
    free(page);
    slg_test_remove(dir);
}
END_TEST

START_TEST(test_no_study)
{
    slg_error err = {0};
    const char *dir = slg_test_folder();
    const char *path = slg_sample_path(dir, "report.html");
    ck_assert_int_eq(slg_report_write(dir, NULL, path, &err), SLG_ERR_USAGE);
    ck_assert(strstr(err.text, "not the directory of a study"));
    ck_assert(!slg_file_exists(path));
    slg_sample_write(dir, &usual);
    FILE *f = fopen(slg_sample_path(dir, "trials.csv"), "a");
    ck_assert_ptr_nonnull(f);
    fputs("1,2\n", f);
    fclose(f);
    err = (slg_error){0};
    ck_assert_int_eq(slg_report_write(dir, NULL, path, &err), SLG_ERR_DAMAGE);
    char want[64];
    const int trials = usual.stages * usual.trials_a_stage;
    snprintf(want, sizeof want, "row %d: expected 20 cells, found 2", trials + 1);
    ck_assert_msg(strstr(err.text, want) != NULL, "%s, not %s", err.text, want);
    slg_test_remove(dir);
}
END_TEST

START_TEST(test_baseline)
{
    slg_error err = {0};
    const char *dir = slg_test_folder();
    char other[SLG_PATH];
    snprintf(other, sizeof other, "%s/other", dir);
    slg_sample s = usual;
    s.trials_a_stage = 30;
    slg_sample_write(other, &s);
    slg_sample_write(dir, &usual);
    char path[SLG_PATH];
    snprintf(path, sizeof path, "%s/report.html", dir);
    ck_assert_msg(slg_report_write(dir, other, path, &err) == SLG_OK, "%s", err.text);
    char *page = slg_sample_text(path);
    ck_assert(strstr(page, "[\"baseline\",29,"));
    ck_assert(strstr(page, "<th>baseline</th>"));
    check_blocks(page);
    free(page);
    slg_test_remove(dir);
}
END_TEST

/* Without memory: an error or a whole page, never a crash, never half a page. */
START_TEST(test_no_memory)
{
    const char *dir = slg_test_folder();
    free(page_of(dir, &usual));
    const char *path = slg_sample_path(dir, "report.html");
    size_t failed = 0;
    for (long k = 0; k < 80; k++) {
        slg_error err = {0};
        slg_alloc_fail_after(k);
        slg_status st = slg_report_write(dir, NULL, path, &err);
        slg_alloc_fail_after(-1);
        failed += st != SLG_OK;
        char *page = slg_sample_text(path);
        ck_assert(strstr(page, "</html>"));
        free(page);
    }
    ck_assert_uint_gt(failed, 5);
    slg_test_remove(dir);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("report");
    TCase *page = tcase_create("page");
    tcase_set_timeout(page, 60);
    tcase_add_test(page, test_page);
    tcase_add_loop_test(page, test_hostile_names, 0, (int)(sizeof hostile / sizeof hostile[0]));
    tcase_add_loop_test(page, test_states, 0, (int)(sizeof states / sizeof states[0]));
    tcase_add_test(page, test_size);
    tcase_add_test(page, test_no_study);
    tcase_add_test(page, test_baseline);
    tcase_add_test(page, test_no_memory);
    suite_add_tcase(suite, page);
    return slg_test_main(suite);
}
