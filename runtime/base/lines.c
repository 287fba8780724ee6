#include "runtime/base/lines.h"

#include <string.h>

bool slg_next_line(const char **text, slg_line *line)
{
    *line = (slg_line){*text, (int)strcspn(*text, "\n")};
    if (**text == '\0')
        return false;
    *text += line->n;
    *text += **text == '\n';
    return true;
}
