/*
 * Lets the recipes that wait for one limit take turns. Groups in a ring, each with its own queue; a
 * group is there as long as somebody waits in it. The queue owns the groups, the entries belong to
 * those who wait. Loop thread.
 */
#include "limit/fair_queue.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"

struct fair_group {
    struct list link; /* fair_queue.groups */
    struct list entries;
    char *name;
};

void fair_queue_init(struct fair_queue *q)
{
    q->by_name = map_new();
    list_init(&q->groups);
}

void fair_queue_fini(struct fair_queue *q)
{
    assert(list_is_empty(&q->groups));
    map_free(q->by_name, NULL);
    q->by_name = NULL;
}

static struct fair_group *group_of(struct fair_queue *q, const char *name)
{
    struct fair_group *g = map_get(q->by_name, name);
    if (g == NULL) {
        g = xcalloc(1, sizeof *g);
        g->name = xstrdup(name);
        list_init(&g->entries);
        list_push_back(&q->groups, &g->link);
        (void)map_put(q->by_name, name, g); /* was absent */
    }
    return g;
}

void fair_queue_push(struct fair_queue *q, struct fair_entry *entry, const char *group)
{
    assert(entry->group == NULL);
    entry->group = group_of(q, group != NULL ? group : "");
    list_push_back(&entry->group->entries, &entry->link);
}

static void group_free(struct fair_queue *q, struct fair_group *g)
{
    list_remove(&g->link);
    (void)map_remove(q->by_name, g->name);
    free(g->name);
    free(g);
}

void fair_queue_remove(struct fair_queue *q, struct fair_entry *entry)
{
    struct fair_group *g = entry->group;
    if (g == NULL) {
        return;
    }
    list_remove(&entry->link);
    entry->group = NULL;
    if (list_is_empty(&g->entries)) {
        group_free(q, g);
    }
}

struct fair_entry *fair_queue_pop(struct fair_queue *q)
{
    if (fair_queue_is_empty(q)) {
        return NULL;
    }
    struct fair_group *g = list_entry(q->groups.next, struct fair_group, link);
    struct fair_entry *entry = list_entry(g->entries.next, struct fair_entry, link);
    list_remove(&g->link); /* to the end of the ring */
    list_push_back(&q->groups, &g->link);
    fair_queue_remove(q, entry);
    return entry;
}

bool fair_queue_is_empty(const struct fair_queue *q)
{
    return list_is_empty(&q->groups);
}
