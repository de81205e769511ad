#pragma once

#include "format/json.h"
#include "store/account_row.h"
#include "store/occurrence_row.h"
#include "store/run.h"
#include "store/store.h"

/* What came in. A second delivery with the same (connection, dedupe key) is kept as a row without
 * payload that names the first, and starts nothing. */
struct event_row {
    struct id id;
    char *connection;
    char *type; /* the trigger's name: "contact_created" */
    char *key;  /* the dedupe key, or NULL for internal events without one */
    int64_t received_us;
    char *headers; /* JSON object, or NULL */
    char *payload; /* JSON text as received, or as normalised by the connector */
    size_t payload_len;
    struct id duplicate_of; /* zero: not a duplicate */
    bool is_routed; /* its runs were made; false: the engine still has to match it with recipes */
    int replay;     /* how many times it was replayed */
    char *note;     /* why it started nothing, although recipes wait for its kind, or which runs'
                     * waits it ended; or NULL */
    int64_t run_count; /* read only */
};
void event_row_fini(struct event_row *row);

/* Writes an event and, only if it is new, its runs; one transaction. Rows and seeds are owned by
 * the op; the event has an id already, which may be replaced. ERR_CONFLICT where that id is taken.
 *
 * A new event that is routed also ends the waits that it matches (wait.h), where `json` and `names`
 * are given: their runs, where they are WAITING, become QUEUED and due. One that is not routed yet
 * does so when it is. What it says of an account is written with it, once. */
struct event_put {
    struct store_op op;
    struct event_row event;
    struct run_seed *runs; /* array, owned */
    size_t run_count;
    struct account_note account; /* owned */
    /* The occurrence of a schedule that this event is, with one run; or NULL. Where it must not
     * start, neither event nor run is written, and is_duplicate says so. Borrowed. */
    struct occurrence_note *occurrence;
    const json_t *json; /* the payload; borrowed and not changed until done. NULL: wakes nothing */
    const char *const *names; /* its type and the triggers that it also is, then NULL; borrowed */
    bool is_duplicate;        /* out */
    struct id original;       /* out: the first event, if is_duplicate */
    struct woken *woken;      /* out */
    size_t woken_count;       /* out */
};
struct event_put *event_put_new(void);
void event_put_free(struct event_put *put);

/* Makes the runs of an event that is stored already, once: does nothing where it is routed. Same
 * struct: event.id and the seeds are read, and for the waits connection, payload, json and names;
 * is_duplicate says that it was routed before. */
struct event_put *event_route_new(void);

/* An event of the engine itself, to be routed like one from outside: connection "ladle", this type
 * ("breaker_open"), `payload` as its text. A key that is taken is no error: it says is_duplicate.
 * Texts are copied. */
struct event_put *event_emit_new(const char *type, const char *key, const json_t *payload);

/* Events, duplicates among them; or those that no engine has matched yet. */
struct event_list {
    struct store_op op;
    /* in */
    bool only_unrouted;
    const char *connection, *type; /* NULL: all; borrowed */
    struct id before;              /* zero: from the newest */
    int64_t since_us;              /* 0: all */
    int limit;                     /* 1 … 1000 */
    bool with_payload;
    struct id only; /* not zero: just this one */
    /* out */
    struct event_row *rows; /* newest first; oldest first with only_unrouted */
    size_t count;
};
struct event_list *event_list_new(void);
void event_list_free(struct event_list *list);

/* Runs an event again: it becomes unrouted and its replay number rises; one that is unrouted stays
 * as it is. ERR_NOT_FOUND; ERR_CONFLICT for a duplicate, naming the first event. */
struct event_replay {
    struct store_op op;
    struct id id;
};
void event_replay_init(struct event_replay *r, struct id id);
