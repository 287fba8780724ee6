/* Which tasks a new task waits for, by the rules that StarPU follows; kept for the recorder and for traces. */
#include "runtime/engine/internal.h"

#include "runtime/base/alloc.h"
#include <stdlib.h>
#include <string.h>

static bool reserve(slg_index_list *list, size_t more)
{
    if (list->room - list->n >= more)
        return true;
    size_t room = 2 * list->room > list->n + more ? 2 * list->room : list->n + more;
    size_t *at = slg_realloc(list->at, room, sizeof *at);
    if (!at)
        return false;
    list->at = at;
    list->room = room;
    return true;
}

/* A reader waits for the last writer; a writer for the readers since, or for the last writer when there are none. */
static bool note_deps(slg_index_list *dep, const slg_history *h, slg_access mode)
{
    const bool by_readers = mode != SLG_R && h->readers.n > 0;
    const size_t n = by_readers ? h->readers.n : h->n_writer;
    if (!reserve(dep, n))
        return false;
    if (n)
        memcpy(dep->at + dep->n, by_readers ? h->readers.at : &h->writer, n * sizeof *dep->at);
    dep->n += n;
    return true;
}

static int by_index(const void *pa, const void *pb)
{
    const size_t a = *(const size_t *)pa, b = *(const size_t *)pb;
    return a < b ? -1 : a > b;
}

static void sort_unique(slg_index_list *dep, size_t first)
{
    size_t n = first;
    if (dep->n == first)
        return;
    qsort(dep->at + first, dep->n - first, sizeof *dep->at, by_index);
    for (size_t i = first; i < dep->n; i++)
        if (i == first || dep->at[i] != dep->at[i - 1])
            dep->at[n++] = dep->at[i];
    dep->n = n;
}

bool slg_deps_gather(slg_deps *d, const slg_insertion *in)
{
    const size_t n = d->first.n > 0 ? d->first.n - 1 : 0, begin = n > 0 ? d->first.at[n] : 0;
    bool ok = reserve(&d->first, 2);
    d->dep.n = begin; /* also forgets a task that was gathered but not accepted */
    for (size_t i = 0; ok && i < in->n_use; i++) {
        slg_history *h = &in->use[i].block->history;
        ok = note_deps(&d->dep, h, in->use[i].mode) && (in->use[i].mode != SLG_R || reserve(&h->readers, 1));
    }
    if (!ok)
        return false;
    sort_unique(&d->dep, begin);
    d->first.at[n] = begin;
    d->first.at[n + 1] = d->dep.n;
    return true;
}

void slg_deps_accept(slg_deps *d, const slg_insertion *in)
{
    const size_t n = slg_deps_count(d), id = d->base + n;
    d->first.n = n + 2;
    for (size_t i = 0; i < in->n_use; i++) {
        slg_history *h = &in->use[i].block->history;
        if (in->use[i].mode == SLG_R) {
            h->readers.at[h->readers.n++] = id;
        } else {
            h->writer = id;
            h->n_writer = 1;
            h->readers.n = 0;
        }
    }
}

void slg_deps_restart(slg_deps *d, slg_block *blocks)
{
    d->base += slg_deps_count(d);
    d->first.n = d->dep.n = 0;
    for (slg_block *b = blocks; b; b = b->next)
        b->history.n_writer = b->history.readers.n = 0;
}

void slg_deps_free(slg_deps *d)
{
    slg_free(d->first.at);
    slg_free(d->dep.at);
}
