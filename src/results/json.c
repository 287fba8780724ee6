/* JSON files of a study. */
#include "runtime/base/file.h"
#include "src/config/keys.h"
#include "src/results/results.h"

#include <math.h>
#include <time.h>

slg_status slg_write_json(json_t *o, int digits, const char *dir, const char *name, slg_error *err)
{
    char path[SLG_PATH];
    slg_new_file f;
    slg_status st = o ? slg_path_join(path, dir, name, err) : slg_fail_nomem(err, name);
    if (st == SLG_OK)
        st = slg_new_file_open(&f, path, err);
    if (st != SLG_OK) {
        json_decref(o);
        return st;
    }
    const bool good = json_dumpf(o, f.stream, JSON_INDENT(1) | JSON_REAL_PRECISION((size_t)digits)) == 0;
    json_decref(o);
    if (good && fputc('\n', f.stream) == '\n')
        return slg_new_file_commit(&f, err);
    slg_new_file_abort(&f);
    return slg_fail(err, SLG_ERR_IO, "%s: could not be written (is the disk full?)", path);
}

json_t *slg_json_number_or_null(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

json_t *slg_utf8_json(const char *text)
{
    char copy[SLG_PATH];
    json_t *o = json_string(text);
    if (o)
        return o;
    snprintf(copy, sizeof copy, "%s", text);
    for (char *c = copy; *c; c++)
        *c = (unsigned char)*c < 0x80 ? *c : '?';
    return json_string(copy);
}

json_t *slg_setting_json(const slg_param *param, double value)
{
    char word[32];
    if (param->kind == SLG_PARAM_WORD && slg_word_at(param->words, (int)value, word, sizeof word))
        return json_string(word);
    return param->kind == SLG_PARAM_FLAG ? json_boolean(value > 0) : json_real(value);
}

slg_moment slg_moment_now(void)
{
    slg_moment m;
    time_t now = time(NULL);
    struct tm tm;
    gmtime_r(&now, &tm);
    strftime(m.text, sizeof m.text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    return m;
}
