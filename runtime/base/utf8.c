#include "runtime/base/utf8.h"

size_t slg_utf8_length(const char *text, size_t n)
{
    const unsigned char *s = (const unsigned char *)text;
    static const unsigned lowest[] = {0, 1, 0x80, 0x800, 0x10000};
    const size_t length = s[0] < 0x80 ? 1 : s[0] < 0xC0 ? 0 : s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : s[0] < 0xF8 ? 4 : 0;
    if (length == 0 || length > n)
        return 0;
    unsigned code = length == 1 ? s[0] : s[0] & (0x7FU >> length);
    for (size_t i = 1; i < length; i++) {
        if ((s[i] & 0xC0) != 0x80)
            return 0;
        code = code << 6 | (s[i] & 0x3FU);
    }
    return code < lowest[length] || code > 0x10FFFF || (code & 0xFFFFF800) == 0xD800 ? 0 : length;
}
