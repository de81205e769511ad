/* Takes the webhooks of connections: makes an event of an HTTP request and stores it. The order is
 * fixed: whose hook → address and signature over the raw bytes → only then parse → type and dedupe
 * key → store → answer. What cannot be told apart by a key of its own is told apart by the hash of
 * its body.
 *
 * A connector whose deliveries data cannot describe has a function `receive(body, content_type)` in
 * its file; it runs in a sandboxed state of the connector's own, made at first use, and may give
 * several events for one delivery: it is answered once all are stored. */
#include "http/hooks.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fault.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "base/utf8.h"
#include "crypto/sign.h"
#include "format/forwarded.h"
#include "format/url.h"
#include "http/receive.h"
#include "webhook/hook_watch.h"
#include "webhook/verify.h"

enum { KEY_MAX = 255, EVENTS_PER_DELIVERY_MAX = 100, HEADERS_TEXT_MAX = 256 << 10 };

/* What became of a delivery. */
enum outcome {
    DELIVERY_STORED,
    DELIVERY_DUPLICATE,
    DELIVERY_CHALLENGE, /* a question of the service, answered */
    DELIVERY_REFUSED,   /* by the store */
    DELIVERY_UNREADABLE,
    DELIVERY_UNVERIFIED,
    DELIVERY_UNKNOWN_HOOK,
    DELIVERY_WRONG_METHOD,
    OUTCOME_COUNT
};

static const char *const outcome_names[OUTCOME_COUNT] = {
    [DELIVERY_STORED] = "stored",
    [DELIVERY_DUPLICATE] = "duplicate",
    [DELIVERY_CHALLENGE] = "challenge",
    [DELIVERY_REFUSED] = "refused",
    [DELIVERY_UNREADABLE] = "unreadable",
    [DELIVERY_UNVERIFIED] = "unverified",
    [DELIVERY_UNKNOWN_HOOK] = "unknown_hook",
    [DELIVERY_WRONG_METHOD] = "wrong_method",
};

struct hooks {
    struct hooks_opts o;
    struct map *receivers;                    /* connector -> struct receiver */
    struct metric *deliveries[OUTCOME_COUNT]; /* NULL: none yet */
};

/* One delivery, from its first byte to its answer. */
struct intake {
    struct hooks *hooks;
    struct exchange *x;
    struct connection *connection;
    const struct delivery *delivery; /* while it is read */
    char *headers;                   /* for meta, as JSON; NULL until the body is read */
    const char *note;                /* of its events, or NULL */
    size_t pending;                  /* events on their way into the store */
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

/* --- answers --- */

static void count_delivery(struct hooks *h, enum outcome outcome)
{
    if (h->deliveries[outcome] == NULL) {
        h->deliveries[outcome] =
            metrics_counter("ladle_deliveries_total", "Webhook deliveries by their answer.",
                            "outcome", outcome_names[outcome]);
    }
    metric_add(h->deliveries[outcome], 1);
}

static void refuse_request(struct hooks *h, struct exchange *x, int status, const struct err *e,
                           enum outcome outcome)
{
    count_delivery(h, outcome);
    exchange_answer_error(x, status, e);
}

/* What the connection's scheme wants to read, where it says so. */
static void answer_stored(struct intake *d, int status, const char *body, size_t len)
{
    const json_t *own = scheme_answer(d->connection);
    const char *text = json_get_text(own, "body");
    if (text == NULL) {
        exchange_answer(d->x, status, "application/json", body, len);
        return;
    }
    exchange_answer(d->x, (int)json_get_int(own, "status", status),
                    json_get_text(own, "content_type"), text, strlen(text));
}

static void answer(struct intake *d)
{
    if (d->err.kind != ERR_NONE) {
        exchange_add_header(d->x, "Retry-After", "5");
        refuse_request(d->hooks, d->x, 503, &d->err, DELIVERY_REFUSED);
        return;
    }
    char id[ID_TEXT + 1];
    id_format(&d->first, id);
    bool is_duplicate = d->stored == 0;
    char body[160];
    int len = snprintf(body, sizeof body, "{\"id\":\"%s\",\"duplicate\":%s,\"runs\":%zu}", id,
                       is_duplicate ? "true" : "false", d->runs);
    count_delivery(d->hooks, is_duplicate ? DELIVERY_DUPLICATE : DELIVERY_STORED);
    answer_stored(d, is_duplicate ? 200 : 202, body, (size_t)len);
}

static void finish_intake(struct intake *d)
{
    if (--d->pending > 0) {
        return;
    }
    FAULT("hooks.before_answer");
    answer(d);
    FAULT("hooks.after_answer");
    free(d->headers);
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
    finish_intake(d);
}

/* --- events --- */

/* The headers that are stored and that recipes may see: none that could hold a credential. The
 * type, where there is one, stands among them as meta.event_type; no header of a sender can have
 * its name. Yours. */
static char *public_headers(const struct intake *d, const char *type)
{
    const char *const hidden[] = { "authorization", "proxy-authorization", "cookie",
                                   verify_token_header(d->connection), NULL };
    struct buf out;
    buf_init(&out, HEADERS_TEXT_MAX);
    (void)buf_putc(&out, '{');
    (void)exchange_put_headers(d->x, hidden, &out); /* a head is far smaller */
    if (type != NULL && utf8_is_valid(type, strlen(type))) {
        (void)buf_puts(&out, out.len > 1 ? ",\":type\":" : "\":type\":");
        (void)json_append_text(&out, type, strlen(type));
    }
    (void)buf_putc(&out, '}');
    return buf_take(&out, NULL);
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
                                      .note = d->note,
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

/* --- the two ways to read a body --- */

static bool is_json(const struct exchange *x)
{
    const char *type = exchange_header(x, "content-type");
    return type == NULL || strncasecmp(type, "application/x-www-form-urlencoded", 33) != 0;
}

/* What the connection says goes first, then what its scheme knows of repeats. Yours. */
static char *dedupe_key(const struct intake *d, const json_t *event, const char *body, size_t len)
{
    const json_t *config = connection_config(d->connection);
    bool has_own = json_array_size(json_object_get(config, "dedupe")) > 0;
    char *id = has_own ? NULL : scheme_id(d->connection, d->delivery, event);
    return id != NULL ? id
                      : connector_dedupe_key(connection_connector(d->connection), event, config,
                                             body, len);
}

static void store_plain(struct intake *d, const char *body, size_t len, json_t *event)
{
    char *type = scheme_type(d->connection, d->delivery, event);
    char *key = dedupe_key(d, event, body, len);
    d->headers = public_headers(d, type);
    size_t text_len = len;
    char *text = is_json(d->x) && d->note == NULL ? NULL : json_text(event, &text_len);
    store_event(d, event_type(connection_connector(d->connection), event), key, event,
                text != NULL ? text : body, text_len);
    free(text);
    free(key);
    free(type);
}

enum reading { READ_FAILED = -1, READ_STORED, READ_ANSWERED };

static enum reading read_plain(struct intake *d, const char *body, size_t len, struct err *e)
{
    const struct connector *c = connection_connector(d->connection);
    bool was_mended;
    json_t *event =
        connector_decode(c, body, len, exchange_header(d->x, "content-type"), &was_mended, e);
    d->note = was_mended ? "a text in it was cut within a character, which is U+FFFD now" : NULL;
    if (event == NULL) {
        return READ_FAILED;
    }
    const char *challenge = scheme_challenge(d->connection, event);
    if (challenge != NULL) {
        count_delivery(d->hooks, DELIVERY_CHALLENGE);
        exchange_answer(d->x, 200, "text/plain", challenge, strlen(challenge));
    } else {
        store_plain(d, body, len, event);
    }
    enum reading result = challenge != NULL ? READ_ANSWERED : READ_STORED;
    json_decref(event);
    return result;
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

static enum reading read_with_function(struct intake *d, const char *body, size_t len,
                                       struct err *e)
{
    struct receiver *r = receiver_of(d, e);
    const char *type = exchange_header(d->x, "content-type");
    json_t *result = r != NULL ? receiver_call(r, body, len, type != NULL ? type : "", e) : NULL;
    const json_t *events = json_object_get(result, "events");
    int rc = result != NULL ? check_received(events, e) : -1;
    d->headers = rc == 0 ? public_headers(d, NULL) : NULL;
    for (size_t i = 0; rc == 0 && i < json_array_size(events); i++) {
        store_received(d, json_array_get(events, i), i, body, len);
    }
    json_decref(result);
    return rc == 0 ? READ_STORED : READ_FAILED;
}

/* --- a request --- */

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

static void drop_intake(struct intake *d)
{
    free(d->headers);
    free(d);
}

static void take_delivery(struct hooks *h, struct exchange *x, struct connection *c,
                          const struct delivery *delivery)
{
    struct intake *d = xcalloc(1, sizeof *d);
    /* One more than there are events, so that the answer waits until all are handed over. */
    *d = (struct intake){ .hooks = h, .x = x, .connection = c, .delivery = delivery, .pending = 1 };
    struct err e = ERR_INIT;
    bool has_function = connector_has_receive(connection_connector(c));
    switch (has_function ? read_with_function(d, delivery->body, delivery->len, &e)
                         : read_plain(d, delivery->body, delivery->len, &e)) {
    case READ_FAILED:
        log_info("hooks", "a delivery for %s could not be read: %s", connection_name(c), e.message);
        refuse_request(h, x, e.kind == ERR_INVALID || e.kind == ERR_SCRIPT ? 400 : 500, &e,
                       DELIVERY_UNREADABLE);
        drop_intake(d);
        break;
    case READ_ANSWERED:
        drop_intake(d);
        break;
    case READ_STORED:
        d->delivery = NULL;
        finish_intake(d);
        break;
    }
}

static const char *header_of(void *ud, const char *name)
{
    return exchange_header(ud, name);
}

static const char *query_value(void *ud, const char *name)
{
    return exchange_query(ud, name);
}

/* Strangers cannot fill the log: what is passed over is counted. */
static void log_refusal(const struct delivery *d, struct connection *c, const struct err *e)
{
    uint64_t unlogged;
    if (hook_watch_may_log(c, &unlogged)) {
        log_warn("hooks", "a delivery for %s from %s was refused: %s%s", connection_name(c),
                 d->peer != NULL ? d->peer : "an unknown address", e->message,
                 unlogged > 0 ? " (and others since the last line)" : "");
    }
}

static void refuse_delivery(struct hooks *h, struct exchange *x, const struct delivery *d,
                            struct connection *c, enum refusal why, const struct err *e)
{
    const struct metric_label labels[2] = { { "connection", connection_name(c) },
                                            { "reason", refusal_name(why) } };
    metric_add(metrics_counter_by("ladle_webhook_refused_total",
                                  "Deliveries that were not let in: `sender`, `unsigned`, "
                                  "`malformed`, `wrong` or `stale`.",
                                  labels),
               1);
    log_refusal(d, c, e);
    int status = e->kind == ERR_NOT_FOUND ? 404 : e->kind == ERR_FORBIDDEN ? 403 : 401;
    if (status == 401 && verify_is_basic(c)) {
        exchange_add_header(x, "WWW-Authenticate", "Basic realm=\"webhook\"");
    }
    refuse_request(h, x, status, e, DELIVERY_UNVERIFIED);
}

/* The address as the sender called it, behind whatever proxy, or NULL: nobody has said it. Yours.
 */
static char *public_url(const struct hooks *h, const struct exchange *x)
{
    const char *base = h->o.public_url;
    size_t len = base != NULL ? strlen(base) : 0;
    while (len > 0 && base[len - 1] == '/') {
        len--;
    }
    return len > 0 ? xasprintf("%.*s%s", (int)len, base, exchange_target(x)) : NULL;
}

/* The sender's own address, behind proxies of ours; false: nobody can tell. */
static bool find_sender(const struct hooks *h, const struct exchange *x, char out[FORWARDED_TEXT])
{
    struct forwarded f = { .peer = exchange_peer(x) };
    char *x_forwarded_for = NULL, *forwarded = NULL;
    if (h->o.trusted_count > 0) {
        x_forwarded_for = exchange_header_list(x, "X-Forwarded-For");
        forwarded = exchange_header_list(x, "Forwarded");
    }
    f.x_forwarded_for = x_forwarded_for;
    f.forwarded = forwarded;
    bool is_known = forwarded_client(h->o.trusted_proxies, h->o.trusted_count, &f, out);
    free(x_forwarded_for);
    free(forwarded);
    return is_known;
}

static void receive(struct hooks *h, struct exchange *x, struct connection *c, const char *token)
{
    struct err e = ERR_INIT;
    char *url = verify_signs_url(c) ? public_url(h, x) : NULL;
    char sender[FORWARDED_TEXT];
    bool is_known = find_sender(h, x, sender);
    struct delivery delivery = { .header = header_of,
                                 .query = query_value,
                                 .ud = x,
                                 .peer = is_known ? sender : NULL,
                                 .url = url,
                                 .path_token = token };
    delivery.body = exchange_body(x, &delivery.len);
    enum refusal why = verify_webhook(c, &delivery, &e);
    hook_watch_count(c, why);
    if (why == REFUSED_NOT) {
        take_delivery(h, x, c, &delivery);
    } else {
        refuse_delivery(h, x, &delivery, c, why, &e);
    }
    free(url);
}

static const char *no_header(void *ud, const char *name)
{
    return NULL;
}

/* Deliveries are taken from anybody: one that says nothing of itself is let in. */
static bool is_open_hook(const struct connection *c, const char *peer)
{
    const struct delivery nobody = { .header = no_header, .peer = peer, .body = "" };
    struct err e = ERR_INIT;
    return verify_webhook(c, &nobody, &e) == REFUSED_NOT;
}

/* Without its body no signature fits, but that there is one shows. */
bool hooks_seems_good(const struct hooks *h, const struct exchange *x)
{
    struct err e = ERR_INIT;
    char sender[FORWARDED_TEXT];
    const char *token = NULL;
    bool is_hook = strncmp(exchange_path(x), "/hooks/", strlen("/hooks/")) == 0;
    struct connection *c = is_hook ? find_hook(h, x, &token) : NULL;
    if (c == NULL) {
        return false;
    }
    struct delivery head = { .header = header_of,
                             .query = query_value,
                             .ud = (void *)(uintptr_t)x,
                             .peer = find_sender(h, x, sender) ? sender : NULL,
                             .path_token = token,
                             .body = "" };
    enum refusal why = is_open_hook(c, head.peer) ? REFUSED_UNSIGNED : verify_webhook(c, &head, &e);
    return why == REFUSED_NOT || why == REFUSED_WRONG;
}

void hooks_handle(struct hooks *h, struct exchange *x)
{
    struct err e = ERR_INIT;
    const char *token = NULL;
    struct connection *c = find_hook(h, x, &token);
    if (c == NULL) {
        (void)err_set(&e, ERR_NOT_FOUND, "there is no hook at this address");
        refuse_request(h, x, 404, &e, DELIVERY_UNKNOWN_HOOK);
        return;
    }
    if (strcmp(exchange_method(x), "POST") != 0) {
        (void)err_set(&e, ERR_INVALID, "a hook takes POST");
        exchange_add_header(x, "Allow", "POST");
        refuse_request(h, x, 405, &e, DELIVERY_WRONG_METHOD);
        return;
    }
    receive(h, x, c, token);
}
