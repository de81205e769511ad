/* From an HTTP request to an event. The order is fixed: whose hook → address and signature over the
 * raw bytes → only then parse → type and dedupe key → store → answer. What cannot be told apart by
 * a key of its own is told apart by the hash of its body.
 *
 * A connector whose deliveries data cannot describe has a function `receive(body, content_type)` in
 * its file; it runs in a sandboxed state of the connector's own, made at first use, and may give
 * several events for one delivery: it is answered once all are stored. */
#include "trigger/hooks.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fault.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "crypto/sign.h"
#include "format/url.h"
#include "service/verify.h"
#include "trigger/receive.h"

enum { KEY_MAX = 255, EVENTS_PER_DELIVERY_MAX = 100 };

struct hooks {
    struct hooks_opts o;
    struct map *receivers; /* connector -> struct receiver */
};

/* One delivery, from its first byte to its answer. */
struct intake {
    struct hooks *hooks;
    struct exchange *x;
    struct connection *connection;
    json_t *headers; /* for meta */
    size_t pending;  /* events on their way into the store */
    size_t stored, duplicates, runs;
    struct id first;
    struct err err;
};

struct hooks *hooks_new(const struct hooks_opts *o)
{
    struct hooks *h = xcalloc(1, sizeof *h);
    h->o = *o;
    h->receivers = map_new();
    return h;
}

static void free_receiver(void *r)
{
    receiver_free(r);
}

void hooks_free(struct hooks *h)
{
    if (h != NULL) {
        map_free(h->receivers, free_receiver);
        free(h);
    }
}

/* --- answers
 * ------------------------------------------------------------------------------------------ */

static void count(const char *outcome)
{
    metric_add(metrics_counter("ladle_deliveries_total", "Webhook deliveries, by outcome.",
                               "outcome", outcome),
               1);
}

static void refuse(struct exchange *x, int status, const struct err *e, const char *outcome)
{
    count(outcome);
    exchange_answer_error(x, status, e);
}

static void answer(struct intake *d)
{
    if (d->err.kind != ERR_NONE) {
        exchange_add_header(d->x, "Retry-After", "5");
        refuse(d->x, 503, &d->err, "refused");
        return;
    }
    char id[ID_TEXT + 1];
    id_format(&d->first, id);
    bool is_duplicate = d->stored == 0;
    char body[160];
    int len = snprintf(body, sizeof body, "{\"id\":\"%s\",\"duplicate\":%s,\"runs\":%zu}", id,
                       is_duplicate ? "true" : "false", d->runs);
    count(is_duplicate ? "duplicate" : "stored");
    exchange_answer(d->x, is_duplicate ? 200 : 202, "application/json", body, (size_t)len);
}

static void finish_one(struct intake *d)
{
    if (--d->pending > 0) {
        return;
    }
    FAULT("hooks.before_answer");
    answer(d);
    FAULT("hooks.after_answer");
    json_decref(d->headers);
    free(d);
}

static void accepted(void *ud, const struct id *id, bool is_duplicate, size_t run_count,
                     const struct err *e)
{
    struct intake *d = ud;
    if (e != NULL) {
        d->err = *e;
    } else {
        d->first = id_is_zero(&d->first) ? *id : d->first;
        d->stored += !is_duplicate;
        d->duplicates += is_duplicate;
        d->runs += run_count;
    }
    finish_one(d);
}

/* --- events
 * ------------------------------------------------------------------------------------------- */

/* The header in which the sender shows the connection's token, or NULL. Borrowed. */
static const char *token_header(const struct connection *c)
{
    const json_t *rule = verify_rule(c);
    const char *kind = json_get_text(rule, "kind");
    return kind != NULL && strcmp(kind, "token") == 0 ? json_get_text(rule, "header") : NULL;
}

static void hide_header(json_t *headers, const char *hidden)
{
    const char *name;
    json_t *value;
    void *next;
    json_object_foreach_safe(headers, next, name, value)
    {
        if (strcasecmp(name, hidden) == 0) {
            json_object_del(headers, name);
        }
    }
}

/* Headers that are stored and that recipes may see: none that could hold a credential. */
static json_t *public_headers(const struct exchange *x, const struct connection *c)
{
    const char *const hidden[] = { "authorization", "proxy-authorization", "cookie",
                                   token_header(c), NULL };
    json_t *headers = exchange_headers(x);
    for (size_t i = 0; hidden[i] != NULL; i++) {
        hide_header(headers, hidden[i]);
    }
    return headers;
}

static void store_event(struct intake *d, const char *type, const char *key, json_t *event,
                        const char *payload, size_t len)
{
    d->pending++;
    router_accept(d->hooks->o.router,
                  &(struct incoming){ .connection = connection_name(d->connection),
                                      .type = type,
                                      .key = key,
                                      .headers = d->headers,
                                      .event = event,
                                      .payload = payload,
                                      .payload_len = len },
                  accepted, d);
}

/* The trigger's name of this event; the service's own word where the connector does not know it. */
static const char *event_type(const struct connector *c, const json_t *event)
{
    const char *name = connector_event_of(c, event);
    const char *path = json_path_text(connector_table(c), "webhook.type");
    const char *raw = name == NULL && path != NULL ? json_path_text(event, path) : NULL;
    return name != NULL                                              ? name
           : raw != NULL && raw[0] != '\0' && strlen(raw) <= KEY_MAX ? raw
                                                                     : "unknown";
}

/* --- the two ways to read a body
 * ------------------------------------------------------------------------ */

static bool is_json(const struct exchange *x)
{
    const char *type = exchange_header(x, "content-type");
    return type == NULL || strncasecmp(type, "application/x-www-form-urlencoded", 33) != 0;
}

/* It is stored and starts runs like any other; but somebody should know. */
static void warn_of_other_account(const struct intake *d, const json_t *event)
{
    const struct connector *c = connection_connector(d->connection);
    const char *account = NULL;
    if (!connector_account_fits(c, event, connection_config(d->connection), &account)) {
        log_warn("hooks", "an event for %s is of another account than the connection's: %.64s",
                 connection_name(d->connection), account);
    }
}

static int read_plain(struct intake *d, const char *body, size_t len, struct err *e)
{
    const struct connector *c = connection_connector(d->connection);
    json_t *event = connector_decode(c, body, len, exchange_header(d->x, "content-type"), e);
    if (event == NULL) {
        return -1;
    }
    warn_of_other_account(d, event);
    char *key = connector_dedupe_key(c, event, connection_config(d->connection), body, len);
    size_t text_len = len;
    char *text = is_json(d->x) ? NULL : json_text(event, &text_len);
    store_event(d, event_type(c, event), key, event, text != NULL ? text : body, text_len);
    free(text);
    free(key);
    json_decref(event);
    return 0;
}

static struct receiver *receiver_of(struct intake *d, struct err *e)
{
    struct hooks *h = d->hooks;
    const char *name = connector_name(connection_connector(d->connection));
    struct receiver *r = map_get(h->receivers, name);
    if (r == NULL) {
        r = receiver_new(h->o.project_folder, name, e);
        if (r != NULL) {
            map_put(h->receivers, name, r);
        }
    }
    return r;
}

/* The submission's own key, or the hash of the body; numbered where one body holds several without
 * a key. Yours. */
static char *received_key(const char *own, size_t index, const char *body, size_t len)
{
    if (own != NULL && own[0] != '\0' && strlen(own) <= KEY_MAX) {
        return xstrdup(own);
    }
    char hex[SIGN_SHA256_HEX + 1];
    sign_sha256_hex(body, len, hex);
    return index == 0 ? xasprintf("sha256:%s", hex) : xasprintf("sha256:%s:%zu", hex, index);
}

/* All of them before the first is stored: a delivery is refused whole, or its events are on their
 * way. */
static int check_received(const json_t *events, struct err *e)
{
    size_t count = json_array_size(events);
    if (count == 0 || count > EVENTS_PER_DELIVERY_MAX) {
        return err_set(e, ERR_INVALID, "a delivery holds 1 to %d events, this one %zu",
                       EVENTS_PER_DELIVERY_MAX, count);
    }
    for (size_t i = 0; i < count; i++) {
        if (!json_is_object(json_object_get(json_array_get(events, i), "payload"))) {
            return err_set(e, ERR_INVALID, "event %zu of the delivery has no payload", i + 1);
        }
    }
    return 0;
}

static void store_received(struct intake *d, const json_t *item, size_t index, const char *body,
                           size_t len)
{
    json_t *payload = json_object_get(item, "payload");
    size_t text_len;
    char *text = json_text(payload, &text_len);
    char *key = received_key(json_get_text(item, "key"), index, body, len);
    const char *type = json_get_text(item, "type");
    store_event(d, type != NULL ? type : "unknown", key, payload, text, text_len);
    free(key);
    free(text);
}

static int read_with_function(struct intake *d, const char *body, size_t len, struct err *e)
{
    struct receiver *r = receiver_of(d, e);
    const char *type = exchange_header(d->x, "content-type");
    json_t *result = r != NULL ? receiver_call(r, body, len, type != NULL ? type : "", e) : NULL;
    const json_t *events = json_object_get(result, "events");
    int rc = result != NULL ? check_received(events, e) : -1;
    for (size_t i = 0; rc == 0 && i < json_array_size(events); i++) {
        store_received(d, json_array_get(events, i), i, body, len);
    }
    json_decref(result);
    return rc;
}

/* --- a request
 * -------------------------------------------------------------------------------------------- */

/* "/hooks/crm" or "/hooks/crm/token": copies the name, lends the token (NULL: none). */
static struct connection *find_hook(const struct hooks *h, const struct exchange *x,
                                    const char **token)
{
    const char *name = exchange_path(x) + strlen("/hooks/");
    const char *slash = strchr(name, '/');
    size_t len = slash != NULL ? (size_t)(slash - name) : strlen(name);
    *token = slash != NULL ? slash + 1 : NULL;
    char *copy = xstrndup(name, len);
    struct connection *c = service_find(h->o.service, copy);
    free(copy);
    bool has_webhook =
        c != NULL && json_object_get(connector_table(connection_connector(c)), "webhook") != NULL;
    return has_webhook ? c : NULL;
}

static void take(struct hooks *h, struct exchange *x, struct connection *c)
{
    size_t len;
    const char *body = exchange_body(x, &len);
    struct intake *d = xcalloc(1, sizeof *d);
    /* One more than there are events, so that the answer waits until all are handed over. */
    *d = (struct intake){
        .hooks = h, .x = x, .connection = c, .headers = public_headers(x, c), .pending = 1
    };
    struct err e = ERR_INIT;
    int rc = connector_has_receive(connection_connector(c)) ? read_with_function(d, body, len, &e)
                                                            : read_plain(d, body, len, &e);
    if (rc == -1) {
        log_info("hooks", "a delivery for %s could not be read: %s", connection_name(c), e.message);
        refuse(x, e.kind == ERR_INVALID || e.kind == ERR_SCRIPT ? 400 : 500, &e, "unreadable");
        json_decref(d->headers);
        free(d);
        return;
    }
    finish_one(d);
}

static const char *header_of(void *ud, const char *name)
{
    return exchange_header(ud, name);
}

void hooks_handle(struct hooks *h, struct exchange *x)
{
    struct err e = ERR_INIT;
    const char *token = NULL;
    struct connection *c = find_hook(h, x, &token);
    if (c == NULL) {
        (void)err_set(&e, ERR_NOT_FOUND, "there is no hook at this address");
        refuse(x, 404, &e, "unknown_hook");
        return;
    }
    if (strcmp(exchange_method(x), "POST") != 0) {
        (void)err_set(&e, ERR_INVALID, "a hook takes POST");
        exchange_add_header(x, "Allow", "POST");
        refuse(x, 405, &e, "wrong_method");
        return;
    }
    size_t len;
    const char *body = exchange_body(x, &len);
    struct delivery delivery = { .header = header_of,
                                 .ud = x,
                                 .peer = exchange_peer(x),
                                 .path_token = token,
                                 .body = body,
                                 .len = len };
    if (verify_webhook(c, &delivery, &e) == -1) {
        log_warn("hooks", "a delivery for %s from %s was refused: %s", connection_name(c),
                 exchange_peer(x), e.message);
        refuse(x,
               e.kind == ERR_NOT_FOUND   ? 404
               : e.kind == ERR_FORBIDDEN ? 403
                                         : 401,
               &e, "unverified");
        return;
    }
    take(h, x, c);
}
