/* A map of the last MADE_MAX things; the oldest makes room. Loop thread. */
#include "run/made.h"

#include <assert.h>
#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"

struct thing {
    struct list link; /* in `things` */
    char *name;
    char *owner;
};

struct made {
    struct map *by_name;
    struct list things; /* the newest last */
    struct list open;
};

struct made *made_new(void)
{
    struct made *m = xcalloc(1, sizeof *m);
    m->by_name = map_new();
    list_init(&m->things);
    list_init(&m->open);
    return m;
}

static void drop(struct made *m, struct thing *t)
{
    (void)map_remove(m->by_name, t->name);
    list_remove(&t->link);
    free(t->name);
    free(t->owner);
    free(t);
}

void made_free(struct made *m)
{
    assert(list_is_empty(&m->open));
    while (!list_is_empty(&m->things)) {
        drop(m, list_entry(m->things.next, struct thing, link));
    }
    map_free(m->by_name, NULL);
    free(m);
}

void made_put(struct made *m, const char *name, const char *owner)
{
    if (map_get(m->by_name, name) != NULL) {
        return;
    }
    if (map_len(m->by_name) >= MADE_MAX) {
        drop(m, list_entry(m->things.next, struct thing, link));
    }
    struct thing *t = xcalloc(1, sizeof *t);
    t->name = xstrdup(name);
    t->owner = xstrdup(owner);
    list_push_back(&m->things, &t->link);
    (void)map_put(m->by_name, t->name, t);
}

const char *made_owner(const struct made *m, const char *name)
{
    const struct thing *t = map_get(m->by_name, name);
    return t != NULL ? t->owner : NULL;
}

struct list *made_open(struct made *m)
{
    return &m->open;
}
