/* Operations of the workspace with the local sink: one store operation each instead of an HTTP
 * call. What to do stands in the operation's `store` table (scripts/connectors/records.lua): the
 * action, the kind, which field is the id.
 *
 * An upsert is safe to repeat: the same content changes nothing, and an event is emitted in the
 * transaction that creates the record or not at all. A store operation in flight cannot be called
 * back: a cancelled effect lets go of it, and its completion only frees, and tells of the event
 * that it wrote; the runner counts it, so that it is there until then. While the store cannot take
 * it the step waits, which is no try that failed. Loop thread. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "connector/schema.h"
#include "format/date.h"
#include "run/effect.h"
#include "store/record.h"

/* A change of the store; it may outlive its effect, and the effect's run. */
struct record_write {
    struct record_put *put;
    struct effect *fx; /* NULL: cancelled */
    struct runner *runner;
};

/* A look at the store; it owns the texts that the operation borrows, and may outlive its effect. */
struct record_look {
    struct record_list *list;
    struct effect *fx; /* NULL: cancelled */
    struct runner *runner;
    json_t *input;
};

static const char *const not_content[] = { "source", "origin" };

bool record_effect_is_local(const struct effect *fx)
{
    return connection_is_local(fx->connection, fx->operation);
}

/* --- answers --- */

static void set_time(json_t *v, const char *key, int64_t us)
{
    char text[DATE_TEXT];
    if (us != 0) {
        date_format(us, text);
        json_object_set_new(v, key, json_string(text));
    }
}

static json_t *record_json(const struct record_row *row)
{
    json_t *v = row->fields != NULL ? json_parse_own(row->fields, strlen(row->fields), NULL) : NULL;
    v = v != NULL ? v : json_object();
    json_object_set_new(v, "source", json_string(row->source));
    json_object_set_new(v, "source_id", json_string(row->source_id));
    json_object_set_new(v, "version", json_integer(row->version));
    if (row->origin != NULL) {
        json_object_set_new(v, "origin", json_string(row->origin));
    }
    set_time(v, "deleted_at", row->deleted_us);
    return v;
}

static void put_done(struct store_op *op, const struct err *e)
{
    struct record_write *write = op->ud;
    struct record_put *put = write->put;
    struct effect *fx = write->fx;
    runner_add_in_flight(write->runner, -1);
    if (e == NULL && put->emit != NULL && put->change == RECORD_CREATED) {
        runner_tell_event(write->runner);
    }
    if (fx != NULL) {
        fx->write = NULL;
        if (e != NULL) {
            effect_fail(fx, e, NULL);
        } else {
            effect_succeed(fx, json_pack("{s:s, s:o, s:s}", "change",
                                         record_change_name(put->change), "record",
                                         record_json(&put->row), "saved", "in the workspace"));
        }
    }
    record_put_free(put);
    free(write);
}

static json_t *records_json(const struct record_list *list)
{
    json_t *records = json_array();
    for (size_t i = 0; i < list->count; i++) {
        json_array_append_new(records, record_json(&list->rows[i]));
    }
    return records;
}

static void list_done(struct store_op *op, const struct err *e)
{
    struct record_look *look = op->ud;
    struct record_list *list = look->list;
    struct effect *fx = look->fx;
    runner_add_in_flight(look->runner, -1);
    if (fx != NULL) {
        fx->look = NULL;
        const char *action = json_path_text(fx->operation->table, "store.action");
        bool is_get = action != NULL && strcmp(action, "get") == 0;
        if (e != NULL) {
            effect_fail(fx, e, NULL);
        } else if (is_get) {
            effect_succeed(fx, list->count > 0
                                   ? json_pack("{s:o}", "record", record_json(&list->rows[0]))
                                   : json_object());
        } else {
            effect_succeed(fx, json_pack("{s:o}", "records", records_json(list)));
        }
    }
    record_list_free(list);
    json_decref(look->input);
    free(look);
}

/* --- requests --- */

static json_t *content_of(const json_t *input)
{
    json_t *content = json_copy((json_t *)input);
    for (size_t i = 0; i < sizeof not_content / sizeof not_content[0]; i++) {
        json_object_del(content, not_content[i]);
    }
    return content;
}

/* What is written in the workspace itself starts recipes; what is mirrored from elsewhere never
 * does. */
static struct event_row *event_of(const struct record_row *row)
{
    if (row->kind != RECORD_ACTIVITY || row->origin == NULL ||
        strcmp(row->origin, "workspace") != 0) {
        return NULL;
    }
    return record_activity_event(row);
}

static void begin_put(struct effect *fx, enum record_kind kind, const json_t *store, bool is_delete)
{
    struct record_put *put = record_put_new();
    const char *id = json_get_text(store, "id");
    json_t *content = is_delete ? json_object() : content_of(fx->input);
    put->is_delete = is_delete;
    put->row.kind = kind;
    put->row.source = json_copy_text(fx->input, "source");
    put->row.source_id = json_copy_text(fx->input, id);
    put->row.contact_id = json_copy_text(fx->input, json_get_text(store, "contact"));
    put->row.origin = json_copy_text(fx->input, "origin");
    put->row.fields = effect_text(content);
    put->emit = is_delete ? NULL : event_of(&put->row);
    put->op.must_land = true;
    put->op.done = put_done;
    put->op.ud = fx->write = xcalloc(1, sizeof *fx->write);
    *fx->write = (struct record_write){ .put = put, .fx = fx, .runner = fx->run->runner };
    json_decref(content);
    runner_add_in_flight(fx->run->runner, 1);
    store_submit(runner_store(fx->run->runner), &put->op);
}

static void begin_record_list(struct effect *fx, enum record_kind kind, const json_t *store)
{
    struct record_list *list = record_list_new();
    const char *id = json_get_text(store, "id");
    const char *contact = json_get_text(store, "contact");
    list->kind = (int)kind;
    list->source = json_get_text(fx->input, "source");
    list->source_id = id != NULL ? json_get_text(fx->input, id) : NULL;
    list->contact_id = contact != NULL ? json_get_text(fx->input, contact) : NULL;
    int64_t limit = json_get_int(fx->input, "limit", 1);
    list->limit = limit < 1 ? 1 : limit > 1000 ? 1000 : (int)limit;
    list->op.must_land = true;
    list->op.done = list_done;
    list->op.ud = fx->look = xcalloc(1, sizeof *fx->look);
    *fx->look = (struct record_look){
        .list = list, .fx = fx, .runner = fx->run->runner, .input = json_incref(fx->input)
    };
    runner_add_in_flight(fx->run->runner, 1);
    store_submit_read(runner_store(fx->run->runner), &list->op);
}

void record_effect_begin(struct effect *fx)
{
    const json_t *store = json_object_get(fx->operation->table, "store");
    const char *action = json_get_text(store, "action");
    enum record_kind kind = RECORD_CONTACT;
    struct err e = ERR_INIT;
    int rc = record_kind_parse(json_get_text(store, "kind"), &kind);
    assert(rc == 0); /* the table has its shape (connector/connector_shape.h) */
    if (schema_check(fx->operation->input, fx->input, &e) == -1) {
        effect_fail(fx, &e, NULL);
    } else if (strcmp(action, "get") == 0 || strcmp(action, "list") == 0) {
        begin_record_list(fx, kind, store);
    } else {
        begin_put(fx, kind, store, strcmp(action, "delete") == 0);
    }
}

void record_effect_cancel(struct effect *fx)
{
    if (fx->write != NULL) {
        fx->write->fx = NULL;
        fx->write = NULL;
    }
    if (fx->look != NULL) {
        fx->look->fx = NULL;
        fx->look = NULL;
    }
}
