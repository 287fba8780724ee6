#include "src/potential/quip.h"
#include "runtime/base/alloc.h"
#include "runtime/base/file.h"
#include "runtime/base/hash.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";

static slg_status check(const slg_potential *p, const char *stem, slg_error *err)
{
    if (!p->label[0] || !strchr(letters, p->label[0]))
        return slg_fail(err, SLG_ERR_CONFIG, "potential: label '%.60s': expected a letter or _ first", p->label);
    for (const char *c = p->label; *c; c++)
        if (!strchr(letters, *c) && !strchr("0123456789-", *c))
            return slg_fail(err, SLG_ERR_CONFIG, "potential: label '%.60s': expected letters, digits, _ and -",
                            p->label);
    if (!stem[0] || strlen(stem) > 100 || strpbrk(stem, "/ \t\"'<>&"))
        return slg_fail(err, SLG_ERR_CONFIG,
                        "potential: name '%.110s': expected 1 to 100 characters, none of blank / < > & "
                        "or quotes",
                        stem);
    return SLG_OK;
}

/*
 * The digest of the contents is part of the names: a later potential never overwrites a file that the present XML
 * refers to, even when the caller gives both the same label.
 */
static void name_files(const slg_potential *p, size_t b, const char *stem, slg_pot_names *n)
{
    const slg_pot_part *part = &p->part[b];
    const slg_digest q = slg_digest_bytes(part->q, part->m * part->d * sizeof *part->q);
    const slg_digest a = slg_digest_bytes(part->alpha, part->m * sizeof *part->alpha);
    snprintf(n->sparse, sizeof n->sparse, "%s.xml.sparseX.%s%zu.%.8s", stem, p->label, b + 1, q.hex);
    snprintf(n->alphas, sizeof n->alphas, "%s.gap.alphas.%s%zu.%.8s", stem, p->label, b + 1, a.hex);
}

static slg_status open_in(slg_new_file *f, const char *dir, const char *name, slg_error *err)
{
    char path[SLG_PATH];
    slg_status st = slg_path_join(path, dir, name, err);
    return st == SLG_OK ? slg_new_file_open(f, path, err) : st;
}

static slg_status write_sparse(const slg_pot_part *part, const char *dir, slg_pot_names *names, slg_error *err)
{
    slg_new_file f;
    slg_md5 md5;
    slg_status st = slg_md5_open(&md5, err);
    if (st != SLG_OK)
        return st;
    st = open_in(&f, dir, names->sparse, err);
    if (st != SLG_OK) {
        slg_md5_close(&md5, NULL);
        return st;
    }
    for (size_t i = 0; i < part->m * part->d; i++) {
        char line[40];
        const int n = snprintf(line, sizeof line, "%.20e\n", part->q[i]);
        slg_md5_add(&md5, line, (size_t)n);
        fwrite(line, 1, (size_t)n, f.stream);
    }
    slg_md5_close(&md5, names->md5);
    return slg_new_file_commit(&f, err);
}

/* TurboGAP counts the lines, so there is no empty one at the end. */
static slg_status write_alphas(const slg_pot_part *part, const char *dir, const char *name, slg_error *err)
{
    slg_new_file f;
    slg_status st = open_in(&f, dir, name, err);
    if (st != SLG_OK)
        return st;
    for (size_t s = 0; s < part->m; s++) {
        char text[32];
        slg_real_print(text, part->alpha[s]);
        fprintf(f.stream, "%s 1.0\n", text);
    }
    return slg_new_file_commit(&f, err);
}

/* The file that a definition refers to, and its name; "" without one. */
static slg_status write_file(const slg_potential *p, size_t b, const char *dir, const char *stem, slg_pot_names *names,
                             slg_error *err)
{
    const slg_term_def *def = &p->part[b].def;
    char digest[16] = "";
    char *text = def->term->file_text ? def->term->file_text(def, digest) : NULL;
    names->file[0] = '\0';
    if (!text)
        return digest[0] ? slg_fail_nomem(err, "file of a potential") : SLG_OK;
    snprintf(names->file, sizeof names->file, "%s.xml.compress.%s%zu.%s", stem, p->label, b + 1, digest);
    slg_new_file f;
    slg_status st = open_in(&f, dir, names->file, err);
    if (st == SLG_OK) {
        fputs(text, f.stream);
        st = slg_new_file_commit(&f, err);
    }
    slg_free(text);
    return st;
}

static bool named(const slg_potential *p, const slg_pot_names *names, const char *file)
{
    for (size_t b = 0; b < p->n_part; b++)
        if (strcmp(file, names[b].sparse) == 0 || strcmp(file, names[b].alphas) == 0 ||
            strcmp(file, names[b].file) == 0)
            return true;
    return false;
}

static bool begins(const char *s, const char *stem, const char *kind)
{
    const size_t n = strlen(stem);
    return strncmp(s, stem, n) == 0 && strncmp(s + n, kind, strlen(kind)) == 0;
}

static bool one_of_ours(const char *file, const char *stem)
{
    return begins(file, stem, ".xml.sparseX.") || begins(file, stem, ".gap.alphas.") ||
           begins(file, stem, ".xml.compress.");
}

/* What an earlier potential of this stem, or an interrupted writer, has left. */
static slg_status remove_old(const slg_potential *p, const slg_pot_names *names, const char *dir, const char *stem,
                             slg_error *err)
{
    DIR *folder = opendir(dir[0] ? dir : ".");
    if (!folder)
        return slg_fail(err, SLG_ERR_IO, "%s: folder cannot be opened: %s", dir, strerror(errno));
    for (const struct dirent *e; (e = readdir(folder));)
        if (one_of_ours(e->d_name, stem) && !named(p, names, e->d_name))
            unlinkat(dirfd(folder), e->d_name, 0);
    closedir(folder);
    return SLG_OK;
}

static slg_status write_parts(const slg_potential *p, slg_pot_names *names, const char *dir, const char *stem,
                              slg_error *err)
{
    slg_status st = SLG_OK;
    for (size_t b = 0; b < p->n_part && st == SLG_OK; b++) {
        name_files(p, b, stem, &names[b]);
        st = write_sparse(&p->part[b], dir, &names[b], err);
        if (st == SLG_OK)
            st = write_alphas(&p->part[b], dir, names[b].alphas, err);
        if (st == SLG_OK)
            st = write_file(p, b, dir, stem, &names[b], err);
    }
    return st;
}

/* A potential that TurboGAP cannot evaluate has no .gap file, and an old one must not stay. */
static slg_status write_gap(const slg_potential *p, const slg_pot_names *names, const char *path, slg_error *err)
{
    if (slg_potential_transferable(p))
        return slg_gap_write(p, names, path, err);
    if (unlink(path) != 0 && errno != ENOENT)
        return slg_fail(err, SLG_ERR_IO, "%s: cannot be removed: %s", path, strerror(errno));
    return SLG_OK;
}

bool slg_potential_transferable(const slg_potential *p)
{
    bool all = true;
    for (size_t b = 0; b < p->n_part; b++) {
        slg_remark remark[SLG_MAX_REMARK];
        size_t n = 0;
        all = p->part[b].def.term->transferable(&p->part[b].def, remark, SLG_MAX_REMARK, &n) && all;
    }
    return all;
}

slg_status slg_potential_write(const slg_potential *p, const char *dir, const char *stem, slg_error *err)
{
    slg_status st = check(p, stem, err);
    if (st != SLG_OK)
        return st;
    slg_pot_names *names = slg_calloc(p->n_part, sizeof *names);
    if (!names)
        return slg_fail_nomem(err, "names of a potential's files");
    char file[SLG_FILE_NAME], xml[SLG_PATH], gap[SLG_PATH];
    snprintf(file, sizeof file, "%s.xml", stem);
    st = slg_path_join(xml, dir, file, err);
    snprintf(file, sizeof file, "%s.gap", stem);
    if (st == SLG_OK)
        st = slg_path_join(gap, dir, file, err);
    if (st == SLG_OK)
        st = write_parts(p, names, dir, stem, err);
    if (st == SLG_OK)
        st = slg_xml_write(p, names, xml, err);
    if (st == SLG_OK)
        st = write_gap(p, names, gap, err);
    if (st == SLG_OK)
        st = remove_old(p, names, dir, stem, err);
    slg_free(names);
    return st;
}
