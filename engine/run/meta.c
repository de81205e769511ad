/* Meta: one block of memory with its texts, made when an event is matched with recipes, and again
 * when a run of it is claimed. */
#include "run/meta.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "format/date.h"
#include "service/accounts.h"

enum text { CONNECTION, TYPE, ACCOUNT, ACCOUNT_WORD, HEADERS, TEXT_COUNT };

struct meta {
    int refs;
    struct id event;
    int64_t received_us;
    const char *texts[TEXT_COUNT]; /* behind this struct, or NULL */
    json_t *json;                  /* NULL: nobody asked for it yet */
};

struct meta *meta_new(const struct meta_source *m)
{
    const char *account = m->c != NULL ? accounts_of_event(m->c, m->payload) : NULL;
    const char *const texts[TEXT_COUNT] = {
        [CONNECTION] = m->connection,
        [TYPE] = m->type,
        [ACCOUNT] = account,
        [ACCOUNT_WORD] = account != NULL ? connection_account_words(m->c).one : NULL,
        [HEADERS] = m->headers,
    };
    size_t sizes[TEXT_COUNT], room = sizeof(struct meta);
    for (int i = 0; i < TEXT_COUNT; i++) {
        sizes[i] = texts[i] != NULL ? strlen(texts[i]) + 1 : 0;
        room += sizes[i];
    }
    struct meta *meta = xmalloc(room);
    *meta = (struct meta){ .refs = 1, .event = m->event, .received_us = m->received_us };
    char *at = (char *)(meta + 1);
    for (int i = 0; i < TEXT_COUNT; i++) {
        if (texts[i] != NULL) {
            meta->texts[i] = memcpy(at, texts[i], sizes[i]);
            at += sizes[i];
        }
    }
    return meta;
}

struct meta *meta_ref(struct meta *m)
{
    m->refs++;
    return m;
}

void meta_unref(struct meta *m)
{
    if (m != NULL && --m->refs == 0) {
        json_decref(m->json);
        free(m);
    }
}

const char *meta_connection(const struct meta *m)
{
    return m->texts[CONNECTION];
}

const char *meta_type(const struct meta *m)
{
    return m->texts[TYPE];
}

const char *meta_account(const struct meta *m)
{
    return m->texts[ACCOUNT];
}

/* A start by hand (cli/cmd_start.c), which brings inputs of its own. */
static bool is_start(const struct meta *m)
{
    const char *connection = m->texts[CONNECTION], *type = m->texts[TYPE];
    return connection != NULL && type != NULL && strcmp(connection, "ladle") == 0 &&
           strcmp(type, "start") == 0;
}

static json_t *make_json(const struct meta *m)
{
    const char *text = m->texts[HEADERS];
    json_t *headers = text != NULL ? json_parse_own(text, strlen(text), NULL) : NULL;
    char id[ID_TEXT + 1];
    char at[DATE_TEXT];
    id_format(&m->event, id);
    date_format(m->received_us, at);
    json_t *json = json_object();
    json_set_text(json, "id", id);
    json_set_text(json, "type", m->texts[TYPE]);
    json_set_text(json, "connection", m->texts[CONNECTION]);
    json_set_text(json, "received_at", at);
    if (m->texts[ACCOUNT] != NULL) {
        json_set_text(json, m->texts[ACCOUNT_WORD], m->texts[ACCOUNT]);
    }
    json_set_text(json, "event_type", json_get_text(headers, ":type"));
    json_set_text(json, "found_by", json_get_text(headers, ":found_by"));
    if (is_start(m)) {
        json_object_set(json, "inputs", json_object_get(headers, ":inputs"));
    }
    if (headers != NULL) {
        json_object_set_new(json, "headers", headers);
    }
    return json;
}

const json_t *meta_json(struct meta *m)
{
    if (m->json == NULL) {
        m->json = make_json(m);
    }
    return m->json;
}
