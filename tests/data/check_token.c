/* Numbers, comment lines, chemical symbols. */
#include "data_support.h"
#include "runtime/base/rng.h"
#include "src/data/comment.h"
#include "src/data/element.h"

static slg_span span(const char *s)
{
    return (slg_span){s, strlen(s)};
}

START_TEST(numbers)
{
    static const struct {
        const char *text;
        double x;
    } good[] = {{"-12", -12},
                {"+.5", .5},
                {"3.", 3},
                {"1d3", 1000},
                {"1.5D-2", 0.015},
                {"1e+2", 100},
                {"0.1", 0.1},
                {"-0", -0.0},
                {"9007199254740993", 9007199254740993.0},
                {"123456789012345678901234567890", 123456789012345678901234567890.0},
                {"1e-400", 0},
                {"4.35", 4.35},
                {"2.2250738585072014e-308", 2.2250738585072014e-308}};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        double x = 7;
        ck_assert_msg(slg_token_number(span(good[i].text), &x) == SLG_NUMBER, "%s", good[i].text);
        ck_assert_msg(memcmp(&x, &good[i].x, sizeof x) == 0, "%s gave %.17g", good[i].text, x);
    }
    static const char *const bad[] = {"", "-", ".", "e5", "1e", "1e+", "1x", "0x10", "1.2.3", "1,5", "--1", "nano"};
    static const char *const endless[] = {"nan", "-NaN", "inf", "+Infinity", "1e999"};
    double x;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_msg(slg_token_number(span(bad[i]), &x) == SLG_NOT_A_NUMBER, "%s", bad[i]);
    for (size_t i = 0; i < sizeof endless / sizeof endless[0]; i++)
        ck_assert_msg(slg_token_number(span(endless[i]), &x) == SLG_NUMBER_NOT_FINITE, "%s", endless[i]);
}
END_TEST

START_TEST(numbers_as_the_library_rounds_them)
{
    for (uint32_t i = 0; i < 60000; i++) {
        static const int digits[] = {3, 8, 12, 15, 17, 20};
        char text[64];
        double scale = pow(10, 40 * slg_rng_u01(3, SLG_STREAM_TEST, i, 0, 0) - 20);
        double x = (slg_rng_u01(3, SLG_STREAM_TEST, i, 1, 0) - 0.5) * (i % 2 ? scale : 100), got = 0;
        int n = digits[i % 6];
        snprintf(text, sizeof text, i % 4 ? "%.*g" : "%.*f", n, x);
        double want = strtod(text, NULL);
        ck_assert(slg_token_number(span(text), &got) == SLG_NUMBER);
        ck_assert_msg(memcmp(&want, &got, sizeof got) == 0, "%s: %.17g, %.17g", text, want, got);
    }
}
END_TEST

START_TEST(counts)
{
    size_t n = 0;
    ck_assert(slg_token_count(span("0042"), &n) && n == 42);
    ck_assert(!slg_token_count(span(""), &n) && !slg_token_count(span("-1"), &n) && !slg_token_count(span("1.0"), &n));
    ck_assert(!slg_token_count(span("99999999999999999999"), &n));
}
END_TEST

/* Writes what the lexer finds as key|value; with w: for bare words. */
static const char *lexed(const char *comment)
{
    static char out[1024];
    size_t n = 0;
    slg_span rest = span(comment);
    slg_pair p;
    slg_lexed what;
    out[0] = '\0';
    while ((what = slg_comment_next(&rest, &p)) == SLG_LEX_PAIR || what == SLG_LEX_WORD)
        n += (size_t)snprintf(out + n, sizeof out - n, "%s%.*s|%.*s;", what == SLG_LEX_WORD ? "w:" : "", (int)p.key.n,
                              p.key.p, (int)p.value.n, p.value.p);
    snprintf(out + n, sizeof out - n, "%s", what == SLG_LEX_UNCLOSED ? "unclosed" : "");
    return out;
}

START_TEST(comments)
{
    ck_assert_str_eq(lexed(""), "");
    ck_assert_str_eq(lexed("  a=1\tb=\"x y\" c='p \"q\"' "), "a|1;b|x y;c|p \"q\";");
    ck_assert_str_eq(lexed("a = 1 \"b c\"= 2"), "a|1;b c|2;");
    ck_assert_str_eq(lexed("free text it's a=b=c"), "w:free|;w:text|;w:it's|;a|b=c;");
    ck_assert_str_eq(lexed("a=\"x \\\" y\" L=[[1, 2], [3]] v={1 2}"), "a|x \\\" y;L|[[1, 2], [3]];v|{1 2};");
    ck_assert_str_eq(lexed("a=\"x"), "unclosed");
    ck_assert_str_eq(lexed("a=[1 [2]"), "unclosed");
    ck_assert_str_eq(lexed("a=\"x\\"), "unclosed");
    ck_assert_str_eq(lexed("a="), "a|;");
    ck_assert_str_eq(lexed("=1"), "|1;");
    char out[4];
    ck_assert(slg_comment_unescape(span("a\\\"b"), out, sizeof out));
    ck_assert_str_eq(out, "a\"b");
    ck_assert(!slg_comment_unescape(span("abcd"), out, sizeof out));
}
END_TEST

START_TEST(elements)
{
    for (int32_t z = 1; z <= SLG_MAX_Z; z++)
        ck_assert_int_eq(slg_element_z(slg_element_symbol(z), strlen(slg_element_symbol(z))), z);
    ck_assert_str_eq(slg_element_symbol(14), "Si");
    ck_assert_str_eq(slg_element_symbol(74), "W");
    ck_assert_str_eq(slg_element_symbol(118), "Og");
    ck_assert_str_eq(slg_element_symbol(119), "?");
    ck_assert_int_eq(slg_element_z("SI", 2), 14);
    ck_assert_int_eq(slg_element_z("Si1", 3), 0);
    ck_assert_int_eq(slg_element_z("?", 1), 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("token");
    TCase *t = tcase_create("all");
    tcase_add_test(t, numbers);
    tcase_add_test(t, numbers_as_the_library_rounds_them);
    tcase_add_test(t, counts);
    tcase_add_test(t, comments);
    tcase_add_test(t, elements);
    suite_add_tcase(s, t);
    return slg_test_main(s);
}
