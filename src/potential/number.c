#include "src/potential/quip.h"

#include <ctype.h>
#include <math.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

void slg_real_print(char text[32], double x)
{
    int n = snprintf(text, 32, "%.17g", x);
    if (!strpbrk(text, ".en"))
        snprintf(text + n, 32 - (size_t)n, ".0");
}

bool slg_real_parse(const char **s, double *x)
{
    const char *at = *s + strspn(*s, " \t\r\n");
    const size_t n = strspn(at, "0123456789+-.eEdD");
    char token[64];
    if (n == 0 || n >= sizeof token)
        return false;
    for (size_t i = 0; i < n; i++)
        token[i] = at[i] == 'd' || at[i] == 'D' ? 'e' : at[i];
    token[n] = '\0';
    char *end;
    *x = strtod(token, &end);
    *s = at + n;
    return *end == '\0' && isfinite(*x);
}

slg_status slg_md5_open(slg_md5 *m, slg_error *err)
{
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    if (!c || EVP_DigestInit_ex(c, EVP_md5(), NULL) != 1) {
        EVP_MD_CTX_free(c);
        return slg_fail(err, SLG_ERR_INTERNAL,
                        "libcrypto: MD5 is not available (FIPS mode?); QUIP's file format needs it");
    }
    m->context = c;
    return SLG_OK;
}

void slg_md5_add(slg_md5 *m, const void *bytes, size_t n)
{
    EVP_DigestUpdate(m->context, bytes, n);
}

void slg_md5_close(slg_md5 *m, char hex[33])
{
    unsigned char digest[EVP_MAX_MD_SIZE] = {0};
    unsigned int n = 0;
    EVP_DigestFinal_ex(m->context, digest, &n);
    EVP_MD_CTX_free(m->context);
    m->context = NULL;
    for (unsigned int i = 0; hex && i < 16; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}
