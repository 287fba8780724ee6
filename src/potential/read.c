#include "src/potential/quip.h"
#include "src/potential/node.h"
#include "runtime/base/alloc.h"
#include "runtime/base/file.h"

#include <libxml/xmlreader.h>
#include <string.h>
#include <strings.h>

enum { MAX_Z = 118, MAX_COORDINATE = 64 };

typedef struct reader {
    const char *path;
    xmlTextReaderPtr xml;
    slg_error *err;
    slg_potential *p;
    size_t n_seen; /* gpCoordinates so far */
    bool root, gap;
    char label[sizeof((slg_potential *)0)->label];
    double e0[MAX_Z + 1];
    char *command_line;
    char problem[256]; /* libxml2's first complaint */
} reader;

/* Of the current node; the parser itself is up to a buffer ahead. */
static int line_of(const reader *r)
{
    return (int)xmlGetLineNo(xmlTextReaderCurrentNode(r->xml));
}

static void on_xml_error(void *arg, xmlErrorPtr e)
{
    reader *r = arg;
    if (r->problem[0])
        return;
    snprintf(r->problem, sizeof r->problem, "line %d: %s", e->line, e->message ? e->message : "unknown error");
    r->problem[strcspn(r->problem, "\r\n")] = '\0';
}

/* The current element's attribute; "" when absent, cut when too long. */
static bool attribute(const reader *r, const char *name, char *out, size_t room)
{
    xmlChar *value = xmlTextReaderGetAttribute(r->xml, BAD_CAST name);
    snprintf(out, room, "%s", value ? (const char *)value : "");
    xmlFree(value);
    return out[0] != '\0';
}

static slg_status on_root(reader *r, const char *name)
{
    r->root = true;
    if (strlen(name) >= sizeof r->label)
        return slg_fail(r->err, SLG_ERR_DATA, "%s: label '%.80s' is longer than %zu characters", r->path, name,
                        sizeof r->label - 1);
    strcpy(r->label, name);
    return SLG_OK;
}

static slg_status on_potential(reader *r)
{
    char args[256];
    attribute(r, "init_args", args, sizeof args);
    if (!strstr(args, "IP GAP") || strstr(args, "Sum"))
        return slg_fail(r->err, SLG_ERR_DATA,
                        "%s:%d: Potential init_args=\"%.80s\": expected \"IP GAP label=...\", a GAP "
                        "without a core potential",
                        r->path, line_of(r), args);
    return SLG_OK;
}

static slg_status on_gap_params(reader *r)
{
    if (r->gap)
        return slg_fail(r->err, SLG_ERR_DATA, "%s:%d: a second GAP_params; expected one potential per file", r->path,
                        line_of(r));
    r->gap = true;
    return SLG_OK;
}

static slg_status on_gap_data(reader *r)
{
    char core[8];
    attribute(r, "do_core", core, sizeof core);
    if (core[0] == 'T' || core[0] == 't')
        return slg_fail(r->err, SLG_ERR_DATA, "%s:%d: GAP_data do_core=\"%s\": core potentials are not supported",
                        r->path, line_of(r), core);
    return SLG_OK;
}

static slg_status on_e0(reader *r)
{
    char z[64], value[64];
    double number = 0, x = 0;
    const char *zs = z, *vs = value;
    attribute(r, "Z", z, sizeof z);
    attribute(r, "value", value, sizeof value);
    if (!slg_real_parse(&zs, &number) || *zs || !slg_real_parse(&vs, &x) || *vs || !(number >= 1 && number <= MAX_Z))
        return slg_fail(r->err, SLG_ERR_DATA, "%s:%d: e0 Z=\"%s\" value=\"%s\": expected an atomic number and a real",
                        r->path, line_of(r), z, value);
    r->e0[(int)number] = x;
    return SLG_OK;
}

static slg_status on_sparse(reader *r)
{
    char fitted[8], n[32];
    attribute(r, "fitted", fitted, sizeof fitted);
    if (fitted[0] == 'F' || fitted[0] == 'f')
        return slg_fail(r->err, SLG_ERR_DATA, "%s:%d: gpSparse fitted=\"%s\": the model was sparsified but not fitted",
                        r->path, line_of(r), fitted);
    double count = 0;
    const char *s = n;
    if (!attribute(r, "n_coordinate", n, sizeof n) || !slg_real_parse(&s, &count) || *s || r->p ||
        !(count >= 1 && count <= MAX_COORDINATE && (double)(size_t)count == count))
        return slg_fail(r->err, SLG_ERR_DATA,
                        "%s:%d: gpSparse n_coordinate=\"%s\": expected one gpSparse with 1 to %d "
                        "coordinates",
                        r->path, line_of(r), n, MAX_COORDINATE);
    return slg_potential_create((size_t)count, &r->p, r->err);
}

static slg_status on_coordinates(reader *r)
{
    if (!r->p || r->n_seen == r->p->n_part)
        return slg_fail(r->err, SLG_ERR_DATA, "%s:%d: gpCoordinates number %zu, but n_coordinate=\"%zu\"", r->path,
                        line_of(r), r->n_seen + 1, r->p ? r->p->n_part : 0);
    const int line = line_of(r);
    const xmlNode *node = xmlTextReaderExpand(r->xml);
    if (!node) /* not well-formed; the loop reports it */
        return SLG_OK;
    r->n_seen++;
    return slg_coordinates_read(r->path, line, node, r->n_seen - 1, r->p, r->err);
}

static slg_status on_command_line(reader *r)
{
    xmlChar *text = xmlTextReaderReadString(r->xml);
    if (!text || r->command_line) {
        xmlFree(text);
        return SLG_OK;
    }
    r->command_line = slg_strndup((const char *)text, strlen((const char *)text));
    xmlFree(text);
    return r->command_line ? SLG_OK : slg_fail_nomem(r->err, "command line of a potential");
}

static slg_status element(reader *r, const char *name)
{
    static const struct {
        const char *name;
        slg_status (*read)(reader *r);
    } table[] = {
        {"Potential", on_potential}, {"GAP_params", on_gap_params},     {"GAP_data", on_gap_data},        {"e0", on_e0},
        {"gpSparse", on_sparse},     {"gpCoordinates", on_coordinates}, {"command_line", on_command_line}};
    if (!r->root)
        return on_root(r, name);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(name, table[i].name) == 0)
            return table[i].read(r);
    return SLG_OK;
}

static slg_status read_all(reader *r)
{
    int rc;
    while ((rc = xmlTextReaderRead(r->xml)) == 1) {
        if (xmlTextReaderNodeType(r->xml) == XML_READER_TYPE_DOCUMENT_TYPE)
            return slg_fail(r->err, SLG_ERR_DATA,
                            "%s: expected a potential, found a document type declaration; potentials have none "
                            "(entities in it can stand for any amount of text)",
                            r->path);
        if (xmlTextReaderNodeType(r->xml) != XML_READER_TYPE_ELEMENT)
            continue;
        slg_status st = element(r, (const char *)xmlTextReaderConstName(r->xml));
        if (st != SLG_OK)
            return st;
    }
    if (rc != 0 || r->problem[0])
        return slg_fail(r->err, SLG_ERR_DATA, "%s: not well-formed XML: %s", r->path, r->problem);
    if (!r->gap || !r->p)
        return slg_fail(r->err, SLG_ERR_DATA,
                        "%s: no %s element; expected a potential file of gap_fit or of this program", r->path,
                        r->gap ? "gpSparse" : "GAP_params");
    if (r->n_seen != r->p->n_part)
        return slg_fail(r->err, SLG_ERR_DATA,
                        "%s: n_coordinate=\"%zu\", but %zu gpCoordinates found; the file is damaged", r->path,
                        r->p->n_part, r->n_seen);
    return SLG_OK;
}

static void finish(reader *r, slg_potential **out)
{
    strcpy(r->p->label, r->label);
    for (int32_t s = 0; s < r->p->n_species; s++)
        r->p->e0[s] = r->e0[r->p->z[s]];
    r->p->command_line = r->command_line;
    r->command_line = NULL;
    *out = r->p;
    r->p = NULL;
}

slg_status slg_potential_parse(const char *name, const char *text, size_t n, slg_potential **out, slg_error *err)
{
    *out = NULL;
    if (n > INT32_MAX)
        return slg_fail(err, SLG_ERR_DATA, "%s: larger than 2 GiB; fit with do_copy_at_file=F", name);
    reader r = {.path = name, .err = err};
    /* HUGE: gap_fit may have copied its training data into one text. No network. */
    r.xml = xmlReaderForMemory(text, (int)n, NULL, NULL, XML_PARSE_NONET | XML_PARSE_HUGE | XML_PARSE_BIG_LINES);
    if (!r.xml)
        return slg_fail_nomem(err, "XML reader");
    xmlTextReaderSetStructuredErrorHandler(r.xml, on_xml_error, &r);
    slg_status st = read_all(&r);
    xmlFreeTextReader(r.xml);
    if (st == SLG_OK)
        finish(&r, out);
    slg_potential_free(&r.p);
    slg_free(r.command_line);
    return st;
}

slg_status slg_potential_read(const char *xml, slg_potential **out, slg_error *err)
{
    char *text = NULL;
    size_t n = 0;
    *out = NULL;
    slg_status st = slg_file_read(xml, &text, &n, err);
    if (st == SLG_OK)
        st = slg_potential_parse(xml, text, n, out, err);
    slg_free(text);
    return st;
}
