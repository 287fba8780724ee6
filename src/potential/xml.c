#include "src/potential/quip.h"
#include "runtime/base/alloc.h"
#include "runtime/base/file.h"

#include <libxml/xmlwriter.h>
#include <string.h>

/*
 * xmlTextWriter without xmlTextWriterStartDocument: QUIP takes the first tag of the file as the label, so there must be
 * no XML declaration before it. Return codes are added up: each is a byte count or -1, and errors of the stream are
 * found by slg_new_file_commit.
 */
typedef struct xml {
    xmlTextWriterPtr w;
    bool bad;
} xml;

static void start(xml *x, const char *name)
{
    x->bad |= xmlTextWriterStartElement(x->w, BAD_CAST name) < 0;
}

static void end(xml *x)
{
    x->bad |= xmlTextWriterEndElement(x->w) < 0;
}

static void attr(xml *x, const char *name, const char *value)
{
    x->bad |= xmlTextWriterWriteAttribute(x->w, BAD_CAST name, BAD_CAST value) < 0;
}

static void attr_real(xml *x, const char *name, double value)
{
    char text[32];
    slg_real_print(text, value);
    attr(x, name, text);
}

static void attr_size(xml *x, const char *name, size_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%zu", value);
    attr(x, name, text);
}

static void sparse_points(xml *x, const slg_pot_part *part)
{
    for (size_t s = 0; s < part->m; s++) {
        start(x, "sparseX");
        attr_size(x, "i", s + 1);
        attr_real(x, "alpha", part->alpha[s]);
        attr(x, "sparseCutoff", "1.0");
        end(x);
    }
}

/* What QUIP wants to know of the kernel besides the descriptor. */
static void attributes(xml *x, const slg_pairs *pairs)
{
    for (const slg_pair *p = pairs->pair; p < pairs->pair + pairs->n; p++) {
        if (p->kind == SLG_PAIR_INT)
            attr_size(x, p->key, (size_t)p->x[0]);
        else
            attr_real(x, p->key, p->x[0]);
    }
}

static slg_status coordinates(xml *x, const slg_potential *p, size_t b, const slg_pot_names *names, slg_error *err)
{
    const slg_pot_part *part = &p->part[b];
    char text[SLG_DESCRIPTOR_TEXT], label[96];
    slg_pairs attribute;
    slg_status st = slg_descriptor_print(p, b, names->file, text, err);
    if (st == SLG_OK)
        st = part->def.term->describe(&part->def, SLG_DIALECT_ATTRIBUTES, p->z, "", &attribute, err);
    if (st != SLG_OK)
        return st;
    snprintf(label, sizeof label, "%s%zu", p->label, b + 1);
    start(x, "gpCoordinates");
    attr(x, "label", label);
    attr_size(x, "dimensions", part->d);
    attr_real(x, "signal_variance", part->delta);
    attr(x, "signal_mean", "0.0");
    attr(x, "sparsified", "T");
    attr(x, "n_permutations", "1");
    attributes(x, &attribute);
    attr_size(x, "n_sparseX", part->m);
    attr(x, "sparseX_filename", names->sparse);
    attr(x, "sparseX_md5sum", names->md5);
    x->bad |= xmlTextWriterWriteElement(x->w, BAD_CAST "descriptor", BAD_CAST text) < 0;
    start(x, "permutation");
    attr(x, "i", "1");
    x->bad |= xmlTextWriterWriteString(x->w, BAD_CAST "1") < 0;
    end(x);
    sparse_points(x, part);
    end(x);
    return SLG_OK;
}

/* Readers differ in what they make of other bytes in XML; the line is for people only. "]]>" would end the section. */
static slg_status command_line(xml *x, const char *line, slg_error *err)
{
    char *safe = slg_strndup(line, strlen(line));
    if (!safe)
        return slg_fail_nomem(err, "command line of a potential");
    for (char *c = safe; *c; c++)
        if (*c < ' ' || *c == 127)
            *c = *c == '\n' || *c == '\t' ? ' ' : '?';
    start(x, "command_line");
    const char *rest = safe;
    for (char *close; (close = strstr(rest, "]]>")); rest = close + 2) {
        x->bad |= xmlTextWriterWriteFormatCDATA(x->w, "%.*s", (int)(close + 2 - rest), rest) < 0;
    }
    x->bad |= xmlTextWriterWriteCDATA(x->w, BAD_CAST rest) < 0;
    end(x);
    slg_free(safe);
    return SLG_OK;
}

static void head(xml *x, const slg_potential *p)
{
    char text[128];
    const bool known = slg_potential_transferable(p);
    start(x, "Potential");
    attr(x, "label", p->label);
    snprintf(text, sizeof text, "IP GAP label=%s", p->label);
    attr(x, "init_args", text);
    end(x);
    start(x, "GAP_params");
    attr(x, "label", p->label);
    /* 1596837814 has the modern meaning and is read by every QUIP since 2020. What QUIP does not know it would ignore:
       a version from the future makes it refuse the file instead. */
    attr(x, "gap_version", known ? "1596837814" : "2147483647");
    start(x, "GAP_data");
    attr(x, "do_core", "F");
    for (int32_t s = 0; s < p->n_species; s++) {
        start(x, "e0");
        snprintf(text, sizeof text, "%d", (int)p->z[s]);
        attr(x, "Z", text);
        attr_real(x, "value", p->e0[s]);
        end(x);
    }
    end(x);
}

/* "--" would end a comment. */
static slg_status comment(xml *x, const char *text, slg_error *err)
{
    char *safe = slg_strndup(text, strlen(text));
    if (!safe)
        return slg_fail_nomem(err, "comment of a potential");
    for (char *c = safe; *c; c++)
        if ((*c < ' ' && *c != '\n') || *c == 127 || (*c == '-' && (c[1] == '-' || c[1] == '\0')))
            *c = '_';
    x->bad |= xmlTextWriterWriteComment(x->w, BAD_CAST safe) < 0;
    slg_free(safe);
    return SLG_OK;
}

static slg_status body(xml *x, const slg_potential *p, const slg_pot_names *names, slg_error *err)
{
    start(x, p->label);
    slg_status st = p->comment ? comment(x, p->comment, err) : SLG_OK;
    head(x, p);
    start(x, "gpSparse");
    attr(x, "label", p->label);
    attr_size(x, "n_coordinate", p->n_part);
    attr(x, "fitted", "T");
    for (size_t b = 0; b < p->n_part && st == SLG_OK; b++)
        st = coordinates(x, p, b, &names[b], err);
    if (st != SLG_OK)
        return st;
    end(x);
    if (p->command_line && p->command_line[0])
        st = command_line(x, p->command_line, err);
    end(x);
    end(x);
    return st;
}

slg_status slg_xml_write(const slg_potential *p, const slg_pot_names *names, const char *path, slg_error *err)
{
    slg_new_file f;
    slg_status st = slg_new_file_open(&f, path, err);
    if (st != SLG_OK)
        return st;
    xmlOutputBufferPtr out = xmlOutputBufferCreateFile(f.stream, NULL);
    xml x = {out ? xmlNewTextWriter(out) : NULL, false};
    if (!x.w) {
        xmlOutputBufferClose(out);
        slg_new_file_abort(&f);
        return slg_fail_nomem(err, "XML writer");
    }
    xmlTextWriterSetIndent(x.w, 1);
    st = body(&x, p, names, err);
    x.bad |= xmlTextWriterFlush(x.w) < 0;
    xmlFreeTextWriter(x.w);
    if (st == SLG_OK && x.bad)
        st = slg_fail(err, SLG_ERR_IO, "%s: cannot be written (is the disk full?)", path);
    if (st == SLG_OK)
        return slg_new_file_commit(&f, err);
    slg_new_file_abort(&f);
    return st;
}
