/* Feeds every file of the folders named on the command line to a fuzz target: the corpus as an ordinary test. */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

/* A buffer of the file's exact size, so that a sanitizer sees every read beyond it. */
static int feed(const char *path, size_t size)
{
    FILE *in = fopen(path, "rb");
    uint8_t *data = malloc(size ? size : 1);
    int good = in && data && fread(data, 1, size, in) == size;
    if (good)
        LLVMFuzzerTestOneInput(data, size);
    else
        fprintf(stderr, "%s: cannot be read\n", path);
    if (in)
        fclose(in);
    free(data);
    return good;
}

static int feed_folder(const char *folder)
{
    struct dirent **entry = NULL;
    int n = scandir(folder, &entry, NULL, alphasort), n_fed = 0;
    for (int i = 0; i < n; i++) {
        char path[4096];
        struct stat st;
        snprintf(path, sizeof path, "%s/%s", folder, entry[i]->d_name);
        if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
            n_fed += feed(path, (size_t)st.st_size);
        free(entry[i]);
    }
    free(entry);
    printf("%s: %d inputs\n", folder, n_fed);
    return n_fed;
}

int main(int argc, char **argv)
{
    int poor = argc < 2;
    for (int i = 1; i < argc; i++)
        poor |= feed_folder(argv[i]) == 0;
    return poor ? EXIT_FAILURE : EXIT_SUCCESS;
}
