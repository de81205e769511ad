/*
 * Events of the engine itself, connection "ladle": a run died or was parked, a connection broke.
 * They are stored like events from outside and not routed yet, so the recipes that want them start
 * exactly when what they tell of is in the store. A run that was started by such an event tells
 * nothing in turn: a recipe that fails cannot start itself for ever. The occurrence of a schedule is
 * such an event too, and a start by hand, but they tell of nothing, so what becomes of their runs is
 * told.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "format/json.h"
#include "store/db.h"
#include "store/ops.h"

static const char own_connection[] = "ladle";

/* Nothing where it has been told already. */
static const char select_origin[] =
    "select run.recipe, event.id, event.connection, event.type"
    " from run"
    " join event on event.id = run.event_id"
    " where run.id = $1"
    " and (event.connection <> 'ladle' or event.type in ('schedule', 'start'))"
    " and not exists ("
    "   select 1"
    "   from event told"
    "   where told.connection = 'ladle'"
    "   and told.dedupe_key = $2"
    "   and told.duplicate_of is null)";

static void fill_event(struct event_row *event, const char *type, const json_t *payload,
                       int64_t now_us)
{
    event->connection = xstrdup(own_connection);
    event->type = xstrdup(type);
    event->received_us = now_us;
    event->payload = json_text(payload, &event->payload_len);
}

/* The id of the event that tells of a run: the run's own bits at this moment. Nothing here takes
 * random numbers: on the writer's thread they would come in another order each time, and a
 * simulation could not be repeated from its seed. */
static struct id id_of(const struct run_news *news, int64_t now_us)
{
    struct id id = *news->run;
    int64_t at_us = now_us + id_ahead_us();
    uint64_t ms = at_us > 0 ? (uint64_t)at_us / 1000 : 0;
    for (int i = 0; i < 6; i++) {
        id.bytes[i] = (uint8_t)(ms >> 8 * (5 - i));
    }
    unsigned count = (unsigned)news->attempts << 1 | (news->state == RUN_PARKED);
    id.bytes[6] = (uint8_t)(0x70 | (count >> 8 & 0x0f));
    id.bytes[7] = (uint8_t)count;
    for (int i = 9; i < ID_BYTES; i++) {
        id.bytes[i] ^= 0xff; /* people name an id by its end: the run's must stay the only one */
    }
    return id;
}

static json_t *text_of_id(const struct id *id)
{
    char text[ID_TEXT + 1];
    id_format(id, text);
    return json_string(text);
}

static json_t *describe_error(const struct err *err)
{
    json_t *v = json_object();
    json_object_set_new(v, "kind", json_string(err_kind_name(err->kind)));
    json_object_set_new(v, "message", json_text_or_null(err->message));
    json_object_set_new(v, "status", json_integer(err->status));
    return v;
}

static json_t *describe_run(const struct run_news *news, const char *recipe)
{
    json_t *v = json_object();
    json_object_set_new(v, "id", text_of_id(news->run));
    json_object_set_new(v, "recipe", json_text_or_null(recipe));
    json_object_set_new(v, "step", json_text_or_null(news->step));
    json_object_set_new(v, "state", json_string(run_state_name(news->state)));
    json_object_set_new(v, "error", describe_error(news->err));
    return v;
}

/* From the row of select_origin. */
static json_t *describe_news(struct query *q, const struct run_news *news)
{
    json_t *event = json_object();
    struct id id = query_id(q, 1);
    json_object_set_new(event, "id", text_of_id(&id));
    json_object_set_new(event, "connection", json_text_or_null(query_peek_text(q, 2)));
    json_object_set_new(event, "type", json_text_or_null(query_peek_text(q, 3)));
    json_t *v = json_object();
    json_object_set_new(v, "run", describe_run(news, query_peek_text(q, 0)));
    json_object_set_new(v, "event", event);
    return v;
}

/* A run is claimed before it can end again, and each claim counts. */
static char *news_key(const struct run_news *news)
{
    char text[ID_TEXT + 1];
    id_format(news->run, text);
    return xasprintf("%s:%d", text, news->attempts);
}

static int add_engine_event(struct db *db, const struct run_news *news, char *key_taken,
                            const json_t *payload, int64_t now_us, struct err *e)
{
    struct event_row event = { .id = id_of(news, now_us), .key = key_taken };
    struct id original;
    fill_event(&event, news->state == RUN_PARKED ? "run_parked" : "run_dead", payload, now_us);
    int result = event_add(db, &event, &original, e);
    event_row_fini(&event);
    return result;
}

int engine_event_add(struct db *db, const struct run_news *news, int64_t now_us, bool *has_emitted,
                     struct err *e)
{
    char *key = news_key(news);
    struct query *q = db_query(db, select_origin);
    query_bind_id(q, 1, news->run);
    query_bind_text(q, 2, key);
    int rc = query_next(q, e);
    json_t *payload = rc == 1 ? describe_news(q, news) : NULL;
    query_end(q);
    *has_emitted = rc == 1;
    if (rc != 1) {
        free(key);
        return rc;
    }
    int result = add_engine_event(db, news, key, payload, now_us, e);
    json_decref(payload);
    return result;
}

int engine_event_put(struct db *db, const struct id *id, const char *type, const json_t *payload,
                     int64_t now_us, struct err *e)
{
    struct event_row event = { .id = *id };
    struct id original;
    fill_event(&event, type, payload, now_us);
    int result = event_add(db, &event, &original, e);
    event_row_fini(&event);
    return result;
}

struct event_put *event_emit_new(const char *type, const char *key, const json_t *payload)
{
    struct event_put *put = event_put_new();
    put->event.key = xstrdup(key);
    fill_event(&put->event, type, payload, clock_wall_us());
    return put;
}
