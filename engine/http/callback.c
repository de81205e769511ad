/*
 * Answers the browser of a person who comes back from authorising a connection. A visit is one
 * request of a browser, in four steps: the row of its state is read; the flow is taken, which one
 * visit wins, and that is committed before the code is sent; the code is exchanged; what came of it
 * is written, and then the page is shown. The browser may go away at any step, and the steps go on.
 * A visit belongs to the list of the callback; an operation of the store that is still on its way
 * when the visit goes finds none, and frees itself. That a code was taken may fail, as the browser
 * can be told; how its exchange ended must land, as others wait for it.
 *
 * Pages say what was connected and what to do, never a code, a state or a token. What the service
 * or the address says is text of others, cut short and escaped.
 */
#include "http/callback.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "base/utf8.h"
#include "http/page.h"
#include "store/secret_row.h"
#include "token/token.h"
#include "token/token_flow.h"

#define PATH "/oauth/callback"

enum {
    CODE_MAX = 4096, /* bytes; codes are opaque, and some are JWTs */
    SAID_MAX = 300,  /* of what the service says */
};

struct callback {
    struct callback_opts o;
    char *base_url; /* or NULL */
    struct list visits;
};

struct visit {
    struct list link;
    struct callback *cb;
    struct exchange *x;     /* NULL: the browser went away */
    struct connection *c;   /* whose authorisation it is; NULL: not known yet */
    struct token_flow flow; /* name NULL: it began at the service */
    struct secret *code;    /* or NULL */
    char *issuer;           /* `iss`; or NULL */
    char *refusal;          /* what the service says instead of a code; or NULL */
    bool is_exchanging;
    struct secret_get *reading;
    struct flow_put *writing;
};

/* --- the end of a visit --- */

static void visit_free(struct visit *v)
{
    list_remove(&v->link);
    if (v->x != NULL) {
        exchange_set_data(v->x, NULL, NULL);
    }
    if (v->reading != NULL) {
        v->reading->op.ud = NULL;
    }
    if (v->writing != NULL) {
        v->writing->op.ud = NULL;
    }
    if (v->is_exchanging) {
        token_disown(v->c);
    }
    token_flow_fini(&v->flow);
    secret_free(v->code);
    free(v->refusal);
    free(v->issuer);
    free(v);
}

static void count_visit(const char *outcome)
{
    metric_add(metrics_counter("ladle_oauth_callbacks_total",
                               "Returns from an authorisation: `connected`, or why not.", "outcome",
                               outcome),
               1);
}

/* Shows the page, where the browser is still there, and ends the visit. */
static void finish_visit(struct visit *v, int status, const char *outcome, const char *heading,
                         const char *const *paragraphs)
{
    struct exchange *x = v->x;
    count_visit(outcome);
    v->x = NULL;
    if (x != NULL) {
        exchange_set_data(x, NULL, NULL);
        page_answer(x, status, heading, paragraphs);
    }
    visit_free(v);
}

#define FINISH(v, status, outcome, heading, ...)                                                   \
    finish_visit(v, status, outcome, heading, (const char *const[]){ __VA_ARGS__, NULL })

static const char *visit_name(const struct visit *v)
{
    return v->c != NULL ? connection_name(v->c) : v->flow.connection;
}

/* What to do next; within the visit's memory it is not kept, so the caller gives the room. */
static const char *begin_again(const struct visit *v, char out[160])
{
    const char *name = visit_name(v);
    (void)snprintf(out, 160, "To begin again, run: ladle connect %.100s",
                   name != NULL ? name : "NAME"); /* cut */
    return out;
}

static void refuse_state(struct visit *v)
{
    char again[160];
    FINISH(v, 400, "unknown", "This link is not valid",
           "It is unknown here, or older than ten minutes, so nothing was changed.",
           begin_again(v, again));
}

static void fail_visit(struct visit *v, int status, const char *why)
{
    char again[160];
    FINISH(v, status, "failed", "Not connected", why, begin_again(v, again));
}

/* --- writing the flow --- */

typedef void (*written_fn)(struct visit *v, const struct err *e);

static void flow_written(struct store_op *op, const struct err *e, written_fn next)
{
    struct flow_put *put = list_entry(op, struct flow_put, op);
    struct visit *v = op->ud;
    if (v != NULL) {
        v->writing = NULL;
        if (e == NULL) {
            token_flow_written(&v->flow, put);
        }
        next(v, e);
    }
    flow_put_free(put);
}

static void write_flow(struct visit *v, void (*done)(struct store_op *op, const struct err *e))
{
    v->writing = token_flow_put(&v->flow, v->cb->o.vault);
    v->writing->op.must_land = v->flow.state != FLOW_TAKEN;
    v->writing->op.done = done;
    v->writing->op.ud = v;
    store_submit(v->cb->o.store, &v->writing->op);
}

/* --- after the exchange --- */

static void show_connected(struct visit *v)
{
    json_t *about = connection_json(v->c);
    const char *account = json_get_text(about, "account"), *scopes = json_get_text(about, "scopes");
    char *missing = token_scopes_missing(v->c);
    char heading[160], where[SAID_MAX], what[2 * SAID_MAX], lacks[2 * SAID_MAX];
    (void)snprintf(heading, sizeof heading, "%.100s is connected", connection_name(v->c));
    (void)snprintf(where, sizeof where, "%s%.200s", account != NULL ? "Account: " : "",
                   account != NULL ? account : "The token is stored, encrypted.");
    (void)snprintf(what, sizeof what, "%s%.500s", scopes != NULL ? "Granted: " : "",
                   scopes != NULL ? scopes : "");
    (void)snprintf(lacks, sizeof lacks, "%s%.500s", *missing != '\0' ? "Not granted: " : "",
                   missing); /* all four: cut */
    log_info("oauth", "%s was authorised", connection_name(v->c));
    FINISH(v, 200, "connected", heading, where, what, lacks, "You can close this page.");
    free(missing);
    json_decref(about);
}

static void outcome_written(struct visit *v, const struct err *e)
{
    if (e != NULL) {
        log_warn("oauth", "%s: the end of its authorisation was not stored: %s", visit_name(v),
                 e->message);
    }
    if (v->flow.state == FLOW_DONE) {
        show_connected(v);
    } else if (v->flow.state == FLOW_PENDING) {
        FINISH(v, 502, "unreachable", "Not connected yet",
               "The service could not be asked for the token just now, so the code is not used up.",
               "Reload this page to try again.");
    } else {
        char why[SAID_MAX + 200];
        (void)snprintf(why, sizeof why, "%s", v->flow.message); /* it is bounded */
        fail_visit(v, v->refusal != NULL ? 403 : 502, why);
    }
}

static void on_outcome_written(struct store_op *op, const struct err *e)
{
    flow_written(op, e, outcome_written);
}

/* One that began at the service has no row: only the page tells what came of it. */
static void conclude_flow(struct visit *v, enum token_flow_state state, const char *message)
{
    token_flow_set(&v->flow, state, message);
    if (v->flow.name != NULL) {
        write_flow(v, on_outcome_written);
    } else {
        outcome_written(v, NULL);
    }
}

static void code_exchanged(void *ud, const struct err *e)
{
    struct visit *v = ud;
    v->is_exchanging = false;
    if (e == NULL) {
        conclude_flow(v, FLOW_DONE, NULL);
        return;
    }
    log_warn("oauth", "%s was not authorised: %s", visit_name(v), e->message);
    conclude_flow(v, token_was_not_sent(e) ? FLOW_PENDING : FLOW_FAILED, e->message);
}

/* --- the exchange --- */

static bool is_busy(const struct visit *v)
{
    for (struct list *at = v->cb->visits.next; at != &v->cb->visits; at = at->next) {
        struct visit *other = list_entry(at, struct visit, link);
        if (other != v && other->c == v->c && (other->is_exchanging || other->writing != NULL)) {
            return true;
        }
    }
    return token_is_asked(v->c);
}

static void exchange_visit_code(struct visit *v)
{
    if (is_busy(v)) {
        fail_visit(v, 409, "Another authorisation of this connection is being finished just now.");
        return;
    }
    v->is_exchanging = true;
    token_exchange_code(v->c,
                        &(struct token_code){ .code = v->code,
                                              .redirect_uri = v->flow.redirect_uri,
                                              .verifier = v->flow.verifier,
                                              .is_install = v->flow.name == NULL },
                        code_exchanged, v);
}

static void taken(struct visit *v, const struct err *e)
{
    if (e != NULL && e->kind != ERR_CONFLICT) {
        FINISH(v, 503, "store", "Not connected yet", "The store cannot take it just now.",
               "Reload this page in a moment.");
    } else if (e != NULL) {
        FINISH(v, 409, "used", "This link was used already",
               "It works once. If another page says that the connection is there, all is well.");
    } else {
        FAULT("callback.taken");
        exchange_visit_code(v);
    }
}

static void on_taken(struct store_op *op, const struct err *e)
{
    flow_written(op, e, taken);
}

/* --- the flow --- */

static void refuse_used(struct visit *v)
{
    char again[160];
    if (v->flow.state == FLOW_DONE) {
        FINISH(v, 409, "used", "This link was used already",
               "It worked: the connection is there, and nothing is left to do.");
    } else if (v->flow.state == FLOW_TAKEN) {
        FINISH(v, 409, "used", "This link was used already",
               "Its code is being exchanged, or was when Ladle stopped. `ladle connections` tells "
               "whether the connection is there.",
               begin_again(v, again));
    } else {
        FINISH(v, 409, "used", "This link was used already", "It did not work that time.",
               begin_again(v, again));
    }
}

static void refuse_issuer(struct visit *v)
{
    fail_visit(v, 400,
               "It came from another service than the one that was asked, so nothing was changed.");
}

/* What the service said instead of a code, as the flow's end. */
static void tell_denial(struct visit *v)
{
    char message[SAID_MAX + 100];
    (void)snprintf(message, sizeof message, "the service answered: %s", v->refusal); /* bounded */
    log_warn("oauth", "%s was not authorised: %s", visit_name(v), message);
    conclude_flow(v, FLOW_FAILED, message);
}

/* The name in /oauth/callback/<name>, "" without one. */
static const char *name_in_path(const struct visit *v)
{
    const char *rest = exchange_path(v->x) + strlen(PATH);
    return *rest == '/' ? rest + 1 : "";
}

static void use_flow(struct visit *v)
{
    const char *named = v->x != NULL ? name_in_path(v) : "";
    v->c = service_find(v->cb->o.service, v->flow.connection);
    if (v->c == NULL) {
        FINISH(
            v, 409, "unknown", "Not connected yet",
            "The engine that runs does not know this connection: ladle.yaml was changed since it "
            "started.",
            "Start it again, then reload this page.");
    } else if (*named != '\0' && strcmp(named, v->flow.connection) != 0) {
        fail_visit(v, 400, "The address names another connection than the link was for.");
    } else if (v->flow.state != FLOW_PENDING) {
        refuse_used(v);
    } else if (token_flow_is_expired(&v->flow)) {
        refuse_state(v);
    } else if (!token_issuer_fits(v->c, v->issuer)) {
        refuse_issuer(v);
    } else if (v->refusal != NULL) {
        tell_denial(v);
    } else if (v->code == NULL) {
        fail_visit(v, 400, "The address holds no code.");
    } else if (is_busy(v)) {
        fail_visit(v, 409, "Another authorisation of this connection is being finished just now.");
    } else {
        token_flow_set(&v->flow, FLOW_TAKEN, NULL);
        write_flow(v, on_taken);
    }
}

static void flow_read(struct store_op *op, const struct err *e)
{
    struct secret_get *get = list_entry(op, struct secret_get, op);
    struct visit *v = op->ud;
    if (v == NULL) {
        secret_get_free(get);
        return;
    }
    struct err unread = ERR_INIT;
    v->reading = NULL;
    bool is_there = e == NULL && get->sealed != NULL;
    int rc = is_there ? token_flow_open(&v->flow, v->cb->o.vault, get->name, get->sealed, get->len,
                                        &unread)
                      : -1;
    secret_get_free(get);
    if (e != NULL) {
        FINISH(v, 503, "store", "Not connected yet", "The store cannot be read just now.",
               "Reload this page in a moment.");
    } else if (rc == -1) {
        refuse_state(v);
    } else {
        use_flow(v);
    }
}

static void find_flow(struct visit *v, const char *state)
{
    char *name = token_flow_name(state);
    if (name == NULL) {
        refuse_state(v);
        return;
    }
    v->reading = secret_get_new(name);
    free(name);
    v->reading->op.done = flow_read;
    v->reading->op.ud = v;
    store_submit_read(v->cb->o.store, &v->reading->op);
}

/* --- what began at the service --- */

static bool accepts_installs(const struct connection *c)
{
    return json_get_bool(connection_config(c), "accept_installs", false);
}

/* The connection that takes an install: the one in the path, else the only one that takes any. */
static struct connection *install_target(const struct visit *v)
{
    const char *named = name_in_path(v);
    struct connection *found = NULL, *c;
    size_t pos = 0;
    while (service_next(v->cb->o.service, &pos, &c)) {
        bool is_meant = *named == '\0' || strcmp(named, connection_name(c)) == 0;
        if (!accepts_installs(c) || !is_meant) {
            continue;
        }
        if (found != NULL) {
            return NULL;
        }
        found = c;
    }
    return found;
}

static void install_app(struct visit *v)
{
    v->c = install_target(v);
    if (v->c == NULL) {
        char again[160];
        FINISH(v, 400, "stateless", "This did not begin here",
               "An installation that begins at the service is taken only by a connection that says "
               "`accept_installs: true` in ladle.yaml.",
               begin_again(v, again));
    } else if (!token_issuer_fits(v->c, v->issuer)) {
        refuse_issuer(v);
    } else if (v->refusal != NULL) {
        tell_denial(v);
    } else if (v->code == NULL) {
        fail_visit(v, 400, "The address holds no code.");
    } else {
        v->flow.redirect_uri = token_redirect_uri(v->c, v->cb->base_url);
        exchange_visit_code(v);
    }
}

/* --- a request --- */

static char *said(const struct exchange *x)
{
    const char *error = exchange_query(x, "error");
    const char *more = exchange_query(x, "error_description");
    if (error == NULL) {
        return NULL;
    }
    char *text = xasprintf("%s%s%s", error, more != NULL ? ": " : "", more != NULL ? more : "");
    text[utf8_cut(text, strlen(text), SAID_MAX)] = '\0';
    (void)log_redact(text, strlen(text));
    return text;
}

static void browser_gone(void *ud)
{
    ((struct visit *)ud)->x = NULL;
}

bool callback_handles(const char *path)
{
    size_t len = strlen(PATH);
    return strncmp(path, PATH, len) == 0 && (path[len] == '\0' || path[len] == '/');
}

void callback_handle(struct callback *cb, struct exchange *x)
{
    if (strcmp(exchange_method(x), "GET") != 0) {
        exchange_answer(x, 405, NULL, "", 0);
        return;
    }
    const char *code = exchange_query(x, "code"), *state = exchange_query(x, "state");
    size_t len = code != NULL ? strlen(code) : 0;
    struct visit *v = xcalloc(1, sizeof *v);
    v->cb = cb;
    v->x = x;
    v->code = len > 0 && len <= CODE_MAX ? secret_new(code, len) : NULL;
    v->refusal = said(x);
    const char *issuer = exchange_query(x, "iss");
    v->issuer = issuer != NULL ? xstrndup(issuer, strnlen(issuer, CODE_MAX)) : NULL;
    list_push_back(&cb->visits, &v->link);
    exchange_set_data(x, v, browser_gone);
    if (state != NULL) {
        find_flow(v, state);
    } else {
        install_app(v);
    }
}

struct callback *callback_new(const struct callback_opts *o)
{
    struct callback *cb = xcalloc(1, sizeof *cb);
    cb->o = *o;
    cb->base_url = o->base_url != NULL ? xstrdup(o->base_url) : NULL;
    list_init(&cb->visits);
    return cb;
}

bool callback_is_idle(const struct callback *cb)
{
    return list_is_empty(&cb->visits);
}

void callback_cut(struct callback *cb)
{
    while (!list_is_empty(&cb->visits)) {
        FINISH(list_entry(cb->visits.next, struct visit, link), 503, "stopping",
               "Not connected yet", "The engine is being stopped.",
               "When it runs again, `ladle connections` tells whether the connection is there.");
    }
}

void callback_free(struct callback *cb)
{
    if (cb == NULL) {
        return;
    }
    while (!list_is_empty(&cb->visits)) {
        visit_free(list_entry(cb->visits.next, struct visit, link));
    }
    free(cb->base_url);
    free(cb);
}
