/* Counts the runs that our own calls start, to stop a recipe that answers itself without end. Two
 * maps, each with a list of what is in it, the oldest first: what calls bring (connection, event,
 * id), and the moments of the last runs by recipe and key. Both forget after a minute, and the
 * oldest where there are too many: then a loop is seen a little later. An event belongs to a call
 * by an id that both name: people who change the same thing at the same time are counted with
 * it. */
#include "run/echoes.h"

#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "base/map.h"
#include "base/mem.h"

#define WINDOW_US INT64_C(60000000)

enum { NOTES_MAX = 4096, TALLIES_MAX = 1024, ID_MAX = 128 };

struct entry {
    struct list link; /* by at_us */
    char *key;
    int64_t at_us;
    int64_t runs[ECHOES_MAX]; /* of a tally: the moments of the last ones, a ring */
    int next;
};

struct shelf {
    struct map *entries; /* key -> struct entry */
    struct list oldest_first;
    size_t max;
};

struct echoes {
    struct shelf notes;
    struct shelf tallies;
};

/* --- shelves --- */

static void shelf_init(struct shelf *s, size_t max)
{
    s->entries = map_new();
    s->max = max;
    list_init(&s->oldest_first);
}

static void drop_echo(struct shelf *s, struct entry *n)
{
    (void)map_remove(s->entries, n->key); /* it is this one */
    list_remove(&n->link);
    free(n->key);
    free(n);
}

static void drop_old(struct shelf *s, int64_t now_us, size_t max)
{
    while (!list_is_empty(&s->oldest_first)) {
        struct entry *n = list_entry(s->oldest_first.next, struct entry, link);
        if (n->at_us > now_us - WINDOW_US && map_len(s->entries) <= max) {
            return;
        }
        drop_echo(s, n);
    }
}

static void shelf_fini(struct shelf *s)
{
    drop_old(s, 0, 0);
    map_free(s->entries, NULL);
}

/* The entry of that key, made where it is not there; it is the newest now. Takes the key. */
static struct entry *touch(struct shelf *s, char *key_taken, int64_t now_us)
{
    struct entry *n = map_get(s->entries, key_taken);
    if (n == NULL) {
        drop_old(s, now_us, s->max - 1);
        n = xcalloc(1, sizeof *n);
        n->key = xstrdup(key_taken);
        list_init(&n->link);
        (void)map_put(s->entries, key_taken, n); /* there was none */
    }
    n->at_us = now_us;
    list_remove(&n->link);
    list_push_back(&s->oldest_first, &n->link);
    free(key_taken);
    return n;
}

/* --- notes --- */

/* A parent's account notes under its parent's name, as events come for that. */
static char *note_key(const char *connection, const char *event, const char *id)
{
    return xasprintf("%.*s %s %s", (int)strcspn(connection, "/"), connection, event, id);
}

void echoes_note(struct echoes *all, const char *connection, const char *event, const char *id,
                 int64_t now_us)
{
    if (*id != '\0' && strlen(id) <= ID_MAX) {
        (void)touch(&all->notes, note_key(connection, event, id), now_us);
    }
}

static bool is_id_name(const char *name)
{
    size_t len = strlen(name);
    return strcmp(name, "id") == 0 || (len > 2 && strcmp(name + len - 2, "Id") == 0) ||
           (len > 3 && strcmp(name + len - 3, "_id") == 0);
}

static bool is_noted(const struct echoes *all, const char *connection, const char *event,
                     const char *id)
{
    char *key = note_key(connection, event, id);
    bool is_there = strlen(id) <= ID_MAX && map_get(all->notes.entries, key) != NULL;
    free(key);
    return is_there;
}

/* Ids stand in the payload itself, or in an object there (`appointment.contactId`). */
static const char *find_in(const struct echoes *all, const char *connection, const char *event,
                           const json_t *payload, bool has_inner)
{
    const char *name;
    json_t *value;
    json_object_foreach ((json_t *)payload, name, value) {
        const char *id = is_id_name(name) ? json_string_value(value) : NULL;
        if (id != NULL && is_noted(all, connection, event, id)) {
            return id;
        }
        id = has_inner ? find_in(all, connection, event, value, false) : NULL;
        if (id != NULL) {
            return id;
        }
    }
    return NULL;
}

const char *echoes_find(struct echoes *all, const char *connection, const char *event,
                        const json_t *payload, int64_t now_us)
{
    drop_old(&all->notes, now_us, all->notes.max);
    return map_len(all->notes.entries) > 0 ? find_in(all, connection, event, payload, true) : NULL;
}

/* --- runs --- */

bool echoes_admit(struct echoes *all, const char *recipe, const char *about, int64_t now_us)
{
    drop_old(&all->tallies, now_us, all->tallies.max);
    struct entry *n = touch(&all->tallies, xasprintf("%s %s", recipe, about), now_us);
    int64_t oldest_us = n->runs[n->next];
    if (oldest_us > 0 && oldest_us > now_us - WINDOW_US) {
        return false;
    }
    n->runs[n->next] = now_us;
    n->next = (n->next + 1) % ECHOES_MAX;
    return true;
}

struct echoes *echoes_new(void)
{
    struct echoes *all = xcalloc(1, sizeof *all);
    shelf_init(&all->notes, NOTES_MAX);
    shelf_init(&all->tallies, TALLIES_MAX);
    return all;
}

void echoes_free(struct echoes *all)
{
    if (all != NULL) {
        shelf_fini(&all->notes);
        shelf_fini(&all->tallies);
        free(all);
    }
}
