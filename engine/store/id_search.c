/*
 * Finds events and runs by a part of their id, for the commands that take one. Ids are stored as 16
 * bytes, so a beginning is a range of them, and the index answers; an end is compared in C, id by
 * id, which keeps the SQL plain. A text that is both, of one id, is found once. Reads only;
 * whatever thread store_exec or the reader has.
 */
#include "store/id_search.h"

#include <string.h>

#include "base/ascii.h"
#include "store/db.h"

enum { DIGITS = ID_BYTES * 2 };

static const char select_runs[] =
    "select id"
    " from run"
    " where id >= $1"
    " and id <= $2"
    " order by id desc";

static const char select_events[] =
    "select id"
    " from event"
    " where id >= $1"
    " and id <= $2"
    " order by id desc";

/* What is looked for: the values of its digits. */
struct pattern {
    uint8_t digits[DIGITS];
    size_t count;
};

static int read_pattern(const char *text, struct pattern *p, struct err *e)
{
    *p = (struct pattern){ .count = 0 };
    for (const char *at = text; *at != '\0'; at++) {
        int value = ascii_hex_value(*at);
        if (*at == '-') {
            continue;
        }
        if (value == -1 || p->count == DIGITS) {
            p->count = 0;
            break;
        }
        p->digits[p->count++] = (uint8_t)value;
    }
    return p->count >= ID_SEARCH_LEAST
               ? 0
               : err_set(e, ERR_INVALID,
                         "\"%.60s\" is no id: give all of it, or %d or more characters of its "
                         "beginning or end",
                         text, ID_SEARCH_LEAST);
}

static unsigned digit_of(const struct id *id, size_t at)
{
    uint8_t byte = id->bytes[at / 2];
    return at % 2 == 0 ? byte >> 4 : byte & 0x0f;
}

static bool has_end(const struct id *id, const struct pattern *p)
{
    for (size_t i = 0; i < p->count; i++) {
        if (digit_of(id, DIGITS - p->count + i) != p->digits[i]) {
            return false;
        }
    }
    return true;
}

/* The lowest or highest id that begins with the pattern. */
static struct id bound_of(const struct pattern *p, uint8_t filler)
{
    struct id id = { { 0 } };
    for (size_t i = 0; i < DIGITS; i++) {
        uint8_t digit = i < p->count ? p->digits[i] : filler;
        id.bytes[i / 2] = (uint8_t)(id.bytes[i / 2] << 4 | digit);
    }
    return id;
}

static bool is_known_id(const struct id_search *s, const struct id *id)
{
    for (size_t i = 0; i < s->count; i++) {
        if (id_cmp(&s->matches[i].id, id) == 0) {
            return true;
        }
    }
    return false;
}

static void add_match(struct id_search *s, const struct id *id, bool is_event)
{
    if (is_known_id(s, id)) {
        return;
    }
    if (s->count == ID_SEARCH_MOST) {
        s->is_more = true;
        return;
    }
    s->matches[s->count++] = (struct id_match){ .id = *id, .is_event = is_event };
}

/* One walk over the ids between two; `end`: only those that end like that, or NULL. */
static int walk_ids(struct db *db, struct id_search *s, bool is_event, const struct id bounds[2],
                    const struct pattern *end, struct err *e)
{
    struct query *q = db_query(db, is_event ? select_events : select_runs);
    /* Not as an id: the lowest one would be null. */
    query_bind_bytes(q, 1, bounds[0].bytes, ID_BYTES);
    query_bind_bytes(q, 2, bounds[1].bytes, ID_BYTES);
    int rc;
    while ((rc = query_next(q, e)) == 1 && !s->is_more) {
        struct id id = query_id(q, 0);
        if (end == NULL || has_end(&id, end)) {
            add_match(s, &id, is_event);
        }
    }
    query_end(q);
    return rc == -1 ? -1 : 0;
}

static int look_at_ids(struct db *db, struct id_search *s, bool is_event, const struct pattern *p,
                       struct err *e)
{
    const struct pattern any = { .count = 0 };
    const struct id range[2] = { bound_of(p, 0), bound_of(p, 0x0f) };
    const struct id all[2] = { bound_of(&any, 0), bound_of(&any, 0x0f) };
    if (walk_ids(db, s, is_event, range, NULL, e) == -1) {
        return -1;
    }
    return p->count < DIGITS ? walk_ids(db, s, is_event, all, p, e) : 0;
}

static int search_exec(struct store_op *op, struct db *db, struct err *e)
{
    struct id_search *s = list_entry(op, struct id_search, op);
    struct pattern p;
    s->count = 0;
    s->is_more = false;
    if (read_pattern(s->text, &p, e) == -1 ||
        (s->in_runs && look_at_ids(db, s, false, &p, e) == -1)) {
        return -1;
    }
    return s->in_events ? look_at_ids(db, s, true, &p, e) : 0;
}

void id_search_init(struct id_search *s, const char *text)
{
    *s = (struct id_search){ .op.exec = search_exec, .text = text };
}
