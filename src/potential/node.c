#include "src/potential/node.h"
#include "src/potential/quip.h"
#include "runtime/base/alloc.h"
#include "runtime/base/file.h"

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the functions below share: where we are, and the element's attributes. */
typedef struct coord {
    const char *path;
    const xmlNode *node;
    slg_error *err;
    char place[SLG_PATH + 160]; /* "<path>:<line>: gpCoordinates <label>" */
    size_t m, d;
    double delta;
    char file[SLG_FILE_NAME], md5[64];
} coord;

static bool attribute(const xmlNode *node, const char *name, char *out, size_t room)
{
    xmlChar *value = xmlGetNoNsProp(node, BAD_CAST name);
    const bool fits = value && strlen((const char *)value) < room;
    snprintf(out, room, "%s", fits ? (const char *)value : "");
    xmlFree(value);
    return fits;
}

static slg_status real_attribute(const coord *c, const xmlNode *node, const char *name, double *x)
{
    char text[64];
    const char *s = text;
    if (!attribute(node, name, text, sizeof text))
        return slg_fail(c->err, SLG_ERR_DATA, "%s: attribute '%s' of %s is missing", c->place, name,
                        (const char *)node->name);
    if (!slg_real_parse(&s, x) || s[strspn(s, " \t\r\n")])
        return slg_fail(c->err, SLG_ERR_DATA, "%s: %s=\"%s\": expected a real", c->place, name, text);
    return SLG_OK;
}

static slg_status size_attribute(const coord *c, const char *name, size_t *n)
{
    double x = 0;
    slg_status st = real_attribute(c, c->node, name, &x);
    if (st == SLG_OK && !(x >= 1 && x <= 1e8 && (double)(size_t)x == x))
        st = slg_fail(c->err, SLG_ERR_DATA, "%s: %s: expected a whole number above 0", c->place, name);
    if (st == SLG_OK)
        *n = (size_t)x;
    return st;
}

/* An attribute that must have one value. */
static slg_status fixed_attribute(const coord *c, const char *name, double want)
{
    double x = 0;
    slg_status st = real_attribute(c, c->node, name, &x);
    return st != SLG_OK || x == want
               ? st
               : slg_fail(c->err, SLG_ERR_DATA, "%s: %s=\"%g\": expected %g, the only one that is read", c->place, name,
                          x, want);
}

static slg_status attributes(coord *c)
{
    char sparsified[8];
    slg_status st = size_attribute(c, "dimensions", &c->d);
    if (st == SLG_OK)
        st = size_attribute(c, "n_sparseX", &c->m);
    if (st == SLG_OK)
        st = real_attribute(c, c->node, "signal_variance", &c->delta);
    if (st == SLG_OK)
        st = fixed_attribute(c, "n_permutations", 1);
    if (st != SLG_OK)
        return st;
    if (!attribute(c->node, "sparsified", sparsified, sizeof sparsified) || sparsified[0] != 'T')
        return slg_fail(c->err, SLG_ERR_DATA, "%s: sparsified=\"%s\": expected T", c->place, sparsified);
    if (!(c->delta > 0))
        return slg_fail(c->err, SLG_ERR_DATA, "%s: signal_variance: expected a value above 0", c->place);
    attribute(c->node, "sparseX_filename", c->file, sizeof c->file);
    attribute(c->node, "sparseX_md5sum", c->md5, sizeof c->md5);
    return SLG_OK;
}

static bool is(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

/* A file that the XML names by a bare name, in the XML's folder. */
static slg_status read_beside(const coord *c, const char *file, char **text, size_t *n)
{
    char dir[SLG_PATH], path[SLG_PATH];
    if (strchr(file, '/'))
        return slg_fail(c->err, SLG_ERR_DATA, "%s: file '%s': expected a name without folders", c->place, file);
    snprintf(dir, sizeof dir, "%s", c->path);
    slg_status st = slg_path_join(path, dirname(dir), file, c->err);
    return st == SLG_OK ? slg_text_read(path, text, n, c->err) : st;
}

static slg_status same_species(const coord *c, const slg_parsed_term *d, size_t b, slg_potential *p)
{
    if (b == 0) {
        p->n_species = d->n_channel;
        memcpy(p->z, d->z, sizeof p->z);
    } else if (p->n_species != d->n_channel || memcmp(p->z, d->z, sizeof p->z) != 0) {
        return slg_fail(c->err, SLG_ERR_DATA,
                        "%s: species_Z differs from that of the first descriptor; expected the same "
                        "species in the same order",
                        c->place);
    }
    return SLG_OK;
}

/* Starling's own names of such files end in a digest of the contents; the XML has none. */
static slg_status check_digest(const coord *c, const char *file, const slg_term_def *def)
{
    char digest[16];
    if (!strstr(file, ".xml.compress."))
        return SLG_OK;
    char *text = def->term->file_text(def, digest);
    const bool made = text != NULL;
    slg_free(text);
    if (!made)
        return slg_fail_nomem(c->err, c->place);
    if (strcmp(strrchr(file, '.') + 1, digest) == 0)
        return SLG_OK;
    return slg_fail(c->err, SLG_ERR_DATA,
                    "%s: %s: expected contents with the digest that its name ends in, found %s; the file belongs to "
                    "another potential or is damaged",
                    c->place, file, digest);
}

/* The file that a descriptor names becomes part of the potential. */
static slg_status attach_file(const coord *c, const char *file, slg_pot_part *part)
{
    char *text = NULL;
    size_t n = 0;
    const slg_term *term = part->def.term;
    slg_status st = read_beside(c, file, &text, &n);
    if (st == SLG_OK)
        st = term->read_file(text, file, &part->def, &part->own_file, c->err);
    slg_free(text);
    if (st != SLG_OK)
        return st;
    term->attach(&part->def, part->own_file);
    return check_digest(c, file, &part->def);
}

/*
 * All attributes of the element as "key=value"; the term takes those that it knows. Freed with free; NULL when memory
 * ran out.
 */
static char *join_attributes(const xmlNode *node)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    for (const xmlAttr *a = node->properties; out && a; a = a->next) {
        char value[64];
        if (attribute(node, (const char *)a->name, value, sizeof value) && !value[strcspn(value, " \t\r\n{}")])
            fprintf(out, " %s=%s", (const char *)a->name, value);
    }
    return out && fclose(out) == 0 ? text : NULL;
}

static slg_status parse_descriptor(const coord *c, const char *text, slg_parsed_term *d)
{
    char *attributes = join_attributes(c->node);
    if (!attributes)
        return slg_fail_nomem(c->err, "attributes of a potential");
    slg_status st = slg_descriptor_parse(text, attributes, c->place, d, c->err);
    free(attributes);
    return st;
}

static slg_status read_descriptor(const coord *c, size_t b, slg_potential *p)
{
    const xmlNode *node = c->node->children;
    while (node && !is(node, "descriptor"))
        node = node->next;
    xmlChar *text = node ? xmlNodeGetContent(node) : NULL;
    if (!text)
        return slg_fail(c->err, SLG_ERR_DATA, "%s: no descriptor element", c->place);
    slg_parsed_term d;
    slg_status st = parse_descriptor(c, (const char *)text, &d);
    xmlFree(text);
    if (st == SLG_OK)
        st = same_species(c, &d, b, p);
    if (st != SLG_OK)
        return st;
    p->part[b].def = d.def;
    return d.file[0] ? attach_file(c, d.file, &p->part[b]) : SLG_OK;
}

static slg_status parse_sparse(const coord *c, const char *name, const char *text, double *q, size_t count)
{
    size_t i = 0;
    for (; i < count && slg_real_parse(&text, &q[i]); i++)
        ;
    if (i < count && text[strspn(text, " \t\r\n")])
        return slg_fail(c->err, SLG_ERR_DATA, "%s: %s: number %zu: expected a real, found '%.20s'", c->place, name,
                        i + 1, text + strspn(text, " \t\r\n"));
    if (i < count)
        return slg_fail(c->err, SLG_ERR_DATA, "%s: %s: expected %zu numbers, found %zu; the file is cut off", c->place,
                        name, count, i);
    if (text[strspn(text, " \t\r\n")])
        return slg_fail(c->err, SLG_ERR_DATA, "%s: %s: more than the expected %zu numbers", c->place, name, count);
    return SLG_OK;
}

static slg_status check_md5(const coord *c, const char *text, size_t n)
{
    if (!c->md5[0])
        return SLG_OK;
    slg_md5 md5;
    slg_status st = slg_md5_open(&md5, c->err);
    if (st != SLG_OK)
        return st;
    char hex[33];
    slg_md5_add(&md5, text, n);
    slg_md5_close(&md5, hex);
    if (strcmp(hex, c->md5) == 0)
        return SLG_OK;
    return slg_fail(c->err, SLG_ERR_DATA,
                    "%s: %s: expected MD5 %s, found %s; the file belongs to another potential or is "
                    "damaged",
                    c->place, c->file, c->md5, hex);
}

static slg_status sparse_file(const coord *c, const char *text, size_t n, size_t b, slg_potential *p)
{
    slg_status st = check_md5(c, text, n);
    if (st != SLG_OK)
        return st;
    if (n / 2 + 1 < c->m * c->d) /* a digit and a blank each: before memory is taken for so many */
        return slg_fail(c->err, SLG_ERR_DATA,
                        "%s: %s: expected %zu numbers, found fewer in %zu bytes; the file is cut off", c->place,
                        c->file, c->m * c->d, n);
    st = slg_potential_part(p, b, c->m, c->d, c->err);
    return st == SLG_OK ? parse_sparse(c, c->file, text, p->part[b].q, c->m * c->d) : st;
}

/* Inline vectors (sparse_separate_file=F): the text of a sparseX with that of its slices. */
static slg_status inline_vector(const coord *c, const xmlNode *node, size_t s, slg_pot_part *part)
{
    xmlChar *text = xmlNodeGetContent(node);
    if (!text)
        return slg_fail_nomem(c->err, "sparse points of a potential");
    char name[64];
    snprintf(name, sizeof name, "sparseX %zu", s + 1);
    slg_status st = parse_sparse(c, name, (const char *)text, part->q + s * c->d, c->d);
    xmlFree(text);
    return st;
}

static slg_status sparse_point(const coord *c, const xmlNode *node, size_t s, slg_pot_part *part)
{
    double number = 0, cutoff = 1;
    slg_status st = real_attribute(c, node, "i", &number);
    if (st == SLG_OK && number != (double)(s + 1))
        st = slg_fail(c->err, SLG_ERR_DATA, "%s: sparseX i=\"%g\": expected %zu", c->place, number, s + 1);
    if (st == SLG_OK)
        st = real_attribute(c, node, "alpha", &part->alpha[s]);
    if (st == SLG_OK)
        st = real_attribute(c, node, "sparseCutoff", &cutoff);
    part->alpha[s] *= cutoff;
    return st == SLG_OK && !c->file[0] ? inline_vector(c, node, s, part) : st;
}

static slg_status sparse_points(const coord *c, slg_pot_part *part)
{
    slg_status st = SLG_OK;
    size_t s = 0;
    for (const xmlNode *node = c->node->children; node && st == SLG_OK; node = node->next)
        if (is(node, "sparseX"))
            st = sparse_point(c, node, s++, part);
    return st;
}

static slg_status check_counts(const coord *c, const slg_term_def *def)
{
    size_t n = 0;
    const size_t length = slg_term_length(def);
    for (const xmlNode *node = c->node->children; node; node = node->next)
        n += is(node, "sparseX");
    if (n != c->m)
        return slg_fail(c->err, SLG_ERR_DATA, "%s: n_sparseX=\"%zu\", but %zu sparseX elements found", c->place, c->m,
                        n);
    if (length != c->d)
        return slg_fail(c->err, SLG_ERR_DATA, "%s: dimensions=\"%zu\", but the descriptor has %zu components", c->place,
                        c->d, length);
    return SLG_OK;
}

static slg_status sparse_set(const coord *c, size_t b, slg_potential *p)
{
    slg_status st = SLG_OK;
    if (c->file[0]) {
        char *text = NULL;
        size_t n = 0;
        st = read_beside(c, c->file, &text, &n);
        if (st == SLG_OK)
            st = sparse_file(c, text, n, b, p);
        slg_free(text);
    } else {
        st = slg_potential_part(p, b, c->m, c->d, c->err);
    }
    return st == SLG_OK ? sparse_points(c, &p->part[b]) : st;
}

slg_status slg_coordinates_read(const char *path, int line, const xmlNode *node, size_t b, slg_potential *p,
                                slg_error *err)
{
    coord c = {.path = path, .node = node, .err = err};
    char label[128];
    attribute(node, "label", label, sizeof label);
    snprintf(c.place, sizeof c.place, "%s:%d: gpCoordinates %s", path, line, label);
    slg_status st = read_descriptor(&c, b, p);
    if (st == SLG_OK)
        st = attributes(&c);
    if (st == SLG_OK)
        st = check_counts(&c, &p->part[b].def);
    if (st != SLG_OK)
        return st;
    p->part[b].delta = c.delta;
    return sparse_set(&c, b, p);
}
