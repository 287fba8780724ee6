#include "runtime/base/status.h"

static const struct {
    const char *name, *text;
    int exit_code;
} table[SLG_N_STATUS] = {
#define X(name, exit_code, text) {#name, text, exit_code},
    SLG_STATUS_LIST(X)
#undef X
};

static int known(slg_status st)
{
    return (int)st >= 0 && st < SLG_N_STATUS;
}

const char *slg_status_name(slg_status st)
{
    return known(st) ? table[st].name : "?";
}

const char *slg_status_text(slg_status st)
{
    return known(st) ? table[st].text : "unknown status";
}

int slg_status_exit(slg_status st)
{
    return known(st) ? table[st].exit_code : 70;
}
