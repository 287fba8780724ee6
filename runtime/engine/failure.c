/* Failures in words. */
#include "runtime/engine/internal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Whole numbers in full, others with six digits. */
static int put_number(char *out, size_t room, double x)
{
    return snprintf(out, room, x == floor(x) && fabs(x) < 1e15 ? "%.0f" : "%g", x);
}

/* Length of the placeholder at text, which is written to out; 0 when it is none. */
static size_t put_placeholder(const char *text, const slg_block_status *s, char *out, size_t room)
{
    static const char status[] = "{status}", note[] = "{note}";
    if (strncmp(text, status, sizeof status - 1) == 0) {
        snprintf(out, room, "%s", slg_status_text((slg_status)s->status));
        return sizeof status - 1;
    }
    if (strncmp(text, note, sizeof note - 1) == 0) {
        snprintf(out, room, "%s", s->note ? s->note : "");
        return sizeof note - 1;
    }
    if (text[0] != '{' || text[1] < '0' || text[1] >= '0' + SLG_N_WHERE || text[2] != '}')
        return 0;
    put_number(out, room, s->where[text[1] - '0']);
    return 3;
}

static void expand(const char *text, const slg_block_status *s, char *out, size_t room)
{
    size_t used = 0;
    while (*text && used + 1 < room) {
        size_t n = put_placeholder(text, s, out + used, room - used);
        if (n > 0) {
            used += strlen(out + used);
        } else {
            out[used++] = *text;
            n = 1;
        }
        text += n;
    }
    out[used] = '\0';
}

static const char *text_of(const slg_block_status *s)
{
    switch (s->reason) {
    case SLG_REASON_STOPPED: return "stopped before it began";
    case SLG_REASON_MEMORY: return "no memory for {0} bytes of workspace";
    case SLG_REASON_RECORDED: return "recorded, not run";
    default:
        return s->kind && s->reason >= 0 && s->reason < s->kind->n_reason ? s->kind->reason[s->reason] : "{status}";
    }
}

void slg_failure_text(const slg_block_status *s, slg_failure *out)
{
    *out = (slg_failure){"", ""};
    if (s->status == SLG_OK)
        return;
    snprintf(out->kind, sizeof out->kind, "%s", s->kind ? s->kind->name : "recorder");
    expand(text_of(s), s, out->why, sizeof out->why);
}
