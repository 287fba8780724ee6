#include "src/potential/quip.h"

#include <openssl/evp.h>
#include <stdio.h>

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
