#pragma once

#include <stdbool.h>

#include "base/list.h"
#include "base/map.h"

/* A queue that serves groups in turn: one entry of each group that waits, and in a group the one
 * that came first. So a group with a thousand entries delays another's first by one place. Loop
 * thread. */
struct fair_group;

/* Embedded by its owner; zeroed: in no queue. */
struct fair_entry {
    struct list link; /* private, as is the group */
    struct fair_group *group;
};

struct fair_queue {
    struct map *by_name;
    struct list groups; /* the one whose turn it is first */
};

void fair_queue_init(struct fair_queue *q);
void fair_queue_fini(struct fair_queue *q); /* must be empty */
/* group is copied; NULL is a group like any other. */
void fair_queue_push(struct fair_queue *q, struct fair_entry *entry, const char *group);
void fair_queue_remove(struct fair_queue *q, struct fair_entry *entry); /* may be called twice */
struct fair_entry *fair_queue_pop(struct fair_queue *q);                /* or NULL */
bool fair_queue_is_empty(const struct fair_queue *q);
