#include "src/data/columns.h"
#include "src/data/element.h"

#include <math.h>
#include <string.h>

static bool next_field(slg_span *rest, slg_span *field)
{
    if (rest->n == 0)
        return false;
    size_t n = 0;
    while (n < rest->n && rest->p[n] != ':')
        n++;
    *field = (slg_span){rest->p, n};
    size_t taken = n < rest->n ? n + 1 : n;
    *rest = (slg_span){rest->p + taken, rest->n - taken};
    return n > 0;
}

static slg_status next_property(slg_xyz *r, slg_span *rest, slg_layout *l)
{
    char shown[SLG_SHOW];
    slg_property *p = &l->property[l->n_property];
    slg_span type = {0}, count = {0};
    if (!next_field(rest, &p->name))
        return slg_xyz_bad(r, "Properties has an empty name; write name:type:count, separated by ':'");
    slg_span_show(p->name, shown);
    if (!next_field(rest, &type) || type.n != 1 || !strchr("SRIL", type.p[0]))
        return slg_xyz_bad(r, "Properties needs a type S, R, I or L after '%s'; write name:type:count", shown);
    if (!next_field(rest, &count) || !slg_token_count(count, &p->count) || p->count == 0 || p->count > SLG_MAX_COLUMN)
        return slg_xyz_bad(r, "Properties needs a number of columns (1 to %d) after '%s:%c'; write name:type:count",
                           SLG_MAX_COLUMN, shown, type.p[0]);
    if (++l->n_property == SLG_MAX_PROPERTY || l->n_column + p->count > SLG_MAX_COLUMN)
        return slg_xyz_bad(r, "Properties has too many columns (at most %d in %d properties); remove some",
                           SLG_MAX_COLUMN, SLG_MAX_PROPERTY - 1);
    p->type = type.p[0];
    p->first = l->n_column;
    l->n_column += p->count;
    return SLG_OK;
}

/* First column of the property `name`, whatever its case (not with exactly) unless one matches exactly. */
static slg_status find(const slg_xyz *r, const slg_layout *l, bool exactly, const char *name, char type, size_t count,
                       size_t *column)
{
    const slg_property *found = NULL;
    bool exact = false;
    *column = slg_no_column;
    for (size_t i = 0; name[0] != '\0' && i < l->n_property; i++) {
        const slg_property *p = &l->property[i];
        bool now = slg_span_equals(p->name, name);
        if (!slg_span_folds_to(p->name, name) || ((exact || exactly) && !now))
            continue;
        if (found && exact == now)
            return slg_xyz_bad(r, "Properties has '%s' twice; remove one", name);
        found = p;
        exact = now;
    }
    if (!found)
        return SLG_OK;
    if (found->type != type || found->count != count)
        return slg_xyz_bad(r, "Properties should have %s:%c:%zu, found %s:%c:%zu; correct it", name, type, count, name,
                           found->type, found->count);
    *column = found->first;
    return SLG_OK;
}

static void note_keys(slg_xyz *r, const slg_layout *l)
{
    for (size_t i = 0; i < l->n_property; i++)
        if (l->property[i].type == 'R' && l->property[i].count == 3)
            slg_build_key(&r->build, l->property[i].name, true);
}

slg_status slg_layout_read(slg_xyz *r, slg_span properties, slg_layout *l)
{
    l->n_property = l->n_column = 0;
    l->exact = properties.n > 0;
    if (!l->exact)
        properties = (slg_span){"species:S:1:pos:R:3", 19};
    while (properties.n > 0) {
        slg_status st = next_property(r, &properties, l);
        if (st != SLG_OK)
            return st;
    }
    slg_status st = find(r, l, false, "species", 'S', 1, &l->species);
    if (st == SLG_OK)
        st = find(r, l, false, "Z", 'I', 1, &l->z);
    if (st == SLG_OK)
        st = find(r, l, false, "pos", 'R', 3, &l->pos);
    if (st == SLG_OK)
        st = find(r, l, true, r->keys->force, 'R', 3, &l->force);
    if (st != SLG_OK)
        return st;
    if (l->pos == slg_no_column)
        return slg_xyz_bad(r, "Properties has no 'pos:R:3'; add the positions");
    if (l->species == slg_no_column && l->z == slg_no_column)
        return slg_xyz_bad(r, "Properties has neither 'species:S:1' nor 'Z:I:1'; add one");
    note_keys(r, l);
    return SLG_OK;
}

static slg_status element(const slg_xyz *r, slg_span token, const char *what, int32_t *z)
{
    char shown[SLG_SHOW];
    size_t number = 0;
    int32_t now = slg_element_z(token.p, token.n);
    if (now == 0 && slg_token_count(token, &number) && number <= SLG_MAX_Z)
        now = (int32_t)number;
    if (now == 0)
        return slg_xyz_bad(r, "'%s' should be %s, found '%s'; check the file", what,
                           *what == 'Z' ? "an atomic number" : "a chemical symbol", slg_span_show(token, shown));
    if (*z != 0 && *z != now)
        return slg_xyz_bad(r, "'species' and 'Z' disagree (%s and %s); correct one", slg_element_symbol(*z),
                           slg_element_symbol(now));
    *z = now;
    return SLG_OK;
}

static const slg_property *property_at(const slg_layout *l, size_t column)
{
    const slg_property *p = l->property;
    while (column >= p->first + p->count)
        p++;
    return p;
}

static slg_status short_line(const slg_xyz *r, const slg_layout *l, size_t column)
{
    char shown[SLG_SHOW];
    const slg_property *p = property_at(l, column);
    return slg_xyz_bad(r, "Properties promises %zu column%s '%s', line has %zu %s%s; check the file", p->count,
                       p->count == 1 ? "" : "s", slg_span_show(p->name, shown), column - p->first,
                       p->type == 'S' ? "word" : "number", column - p->first == 1 ? "" : "s");
}

static slg_status take_column(slg_xyz *r, const slg_layout *l, slg_span token, size_t c, int32_t *z, double *pos,
                              double *force)
{
    if (c == l->species)
        return element(r, token, "species", z);
    if (c == l->z)
        return element(r, token, "Z", z);
    if (c - l->force < 3)
        return slg_xyz_number(r, token, r->keys->force, &force[c - l->force]);
    if (c - l->pos >= 3)
        return SLG_OK;
    double *x = &pos[c - l->pos];
    slg_status st = slg_xyz_number(r, token, "pos", x);
    if (st == SLG_OK && !(fabs(*x) <= SLG_MAX_LENGTH))
        return slg_xyz_bad(r, "a position is %g Angstrom; at most %g is possible, check the file", *x, SLG_MAX_LENGTH);
    return st;
}

slg_status slg_layout_atom(slg_xyz *r, const slg_layout *l, slg_span line, int32_t *z, double *pos, double *force)
{
    slg_span token;
    for (size_t c = 0; c < l->n_column; c++) {
        if (!slg_token_next(&line, &token))
            return short_line(r, l, c);
        slg_status st = take_column(r, l, token, c, z, pos, force);
        if (st != SLG_OK)
            return st;
    }
    if (l->exact && slg_token_next(&line, &token))
        return slg_xyz_bad(r, "Properties promises %zu columns, line has more; check the file", l->n_column);
    return SLG_OK;
}
