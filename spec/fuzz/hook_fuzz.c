/* The body of a delivery, from bytes to an event: decoded as each connector wants it, or by its
 * `receive` in Lua; then the event's name, the derived events, the account, the dedupe key. The
 * first line is the content type. */
#include "fuzz.h"

#include "built_in.h"
#include "http/receive.h"
#include "service/accounts.h"

static struct connection highlevel, webhook;
static struct receiver *receiver;

static void open_all(void)
{
    struct err e = ERR_INIT;
    if (receiver == NULL) {
        highlevel = built_in("highlevel",
                             "{\"location\":\"L1\",\"new_lead\":{\"tags\":[\"lead\"],"
                             "\"sources\":[\"web\"]}}");
        webhook = built_in("webhook", "{\"verify\":\"none\",\"dedupe\":[\"id\",\"a.b.0\"]}");
        receiver = receiver_new(".", "convertcalculator", &e);
        FUZZ_CHECK(receiver != NULL);
    }
}

static void check_account(struct connection *c, const json_t *payload)
{
    struct account_note change = { .change = ACCOUNT_UNCHANGED };
    char *note = accounts_judge(NULL, c, payload, &change);
    FUZZ_CHECK(note == NULL || change.change == ACCOUNT_UNCHANGED);
    FUZZ_CHECK(change.change == ACCOUNT_UNCHANGED || change.name != NULL);
    account_note_fini(&change);
    free(note);
}

static void check_event(struct connection *c, const json_t *payload, const char *body, size_t len)
{
    const char *event = connector_event_of(c->connector, payload);
    FUZZ_CHECK(event == NULL || connector_event(c->connector, event) != NULL);
    for (const char *const *n = connector_event_names(c->connector); *n != NULL; n++) {
        (void)connector_event_matches(c->connector, *n, payload, c->config); /* either is fine */
    }
    check_account(c, payload);
    char *key = connector_dedupe_key(c->connector, payload, c->config, body, len);
    FUZZ_CHECK(key != NULL && key[0] != '\0' && strlen(key) <= 200);
    free(key);
}

static void check_decoded(struct connection *c, const char *body, size_t len,
                          const char *content_type)
{
    struct err e = ERR_INIT;
    bool was_mended;
    json_t *payload = connector_decode(c->connector, body, len, content_type, &was_mended, &e);
    if (payload == NULL) {
        FUZZ_CHECK(e.kind == ERR_INVALID && e.message[0] != '\0');
        return;
    }
    check_event(c, payload, body, len);
    json_decref(payload);
}

/* What `receive` gives back has the shape that http/hooks.c stores; what it cannot read is the
 * sender's fault, never ours. */
static void check_received(const char *body, size_t len, const char *content_type)
{
    struct err e = ERR_INIT;
    size_t i;
    json_t *event;
    json_t *out = receiver_call(receiver, body, len, content_type, &e);
    if (out == NULL) {
        if (e.kind != ERR_INVALID && e.kind != ERR_BUDGET && e.kind != ERR_MEMORY &&
            e.kind != ERR_TOO_LARGE) {
            (void)fprintf(stderr, "%s: %s\n", err_kind_name(e.kind), e.message);
            abort();
        }
        return;
    }
    FUZZ_CHECK(json_is_array(json_object_get(out, "events")));
    json_array_foreach (json_object_get(out, "events"), i, event) {
        const char *key = json_get_text(event, "key");
        FUZZ_CHECK(json_get_text(event, "type") != NULL);
        FUZZ_CHECK(json_is_object(json_object_get(event, "payload")));
        FUZZ_CHECK(json_object_get(event, "key") == NULL || (key != NULL && strlen(key) <= 200));
    }
    json_decref(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = fuzz_input(data, size);
    char *type = fuzz_line(&in);
    char *body = fuzz_rest(&in);
    open_all();
    check_decoded(&highlevel, body, in.len, type);
    check_decoded(&webhook, body, in.len, type);
    check_decoded(&webhook, body, in.len, NULL);
    check_received(body, in.len, type);
    free(type);
    free(body);
    return 0;
}
