#pragma once

#include <stdbool.h>
#include <stddef.h>

/* A hash map from text to pointer. Keys are copied; values are borrowed unless map_free is given a
 * function. The hash is seeded per map, so that a peer cannot choose colliding keys. */
struct map;

struct map *map_new(void);
void map_free(struct map *m, void (*free_value)(void *)); /* free_value may be NULL */
void *map_get(const struct map *m, const char *key);      /* NULL if absent */
void *map_get_n(const struct map *m, const char *key, size_t len);
void *map_put(struct map *m, const char *key, void *value); /* the value replaced, or NULL */
void *map_remove(struct map *m, const char *key);           /* the value removed, or NULL */
size_t map_len(const struct map *m);
/* Walks in no order. *pos starts at 0; false at the end. The map may not change meanwhile, but the
 * current key may be removed. */
bool map_next(const struct map *m, size_t *pos, const char **key, void **value);
