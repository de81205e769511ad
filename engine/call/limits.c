/*
 * Gives each connection the limiter that counts its calls, and keeps its state in the store: who
 * has the same account at a service shares one. The key is a digest: connector, app (client_id, or
 * the token itself where no client is named) and account (the account or parent of the settings,
 * else the one that the token says). Limiters of the connections of ladle.yaml live until the end,
 * as the calls of a token that was replaced still count; that of a parent's account goes with the
 * last connection that uses it, and leaves what it has counted as the text of its row.
 *
 * A row is written when the limiter asks for it, one at a time, and once more at the end. It must
 * land: until then no call goes that it does not foresee. The write belongs to the store until it is
 * done; the limiter's end leaves it alone. Loop thread.
 */
#include "call/limits.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "connection/account.h"
#include "connection/connection_state.h"
#include "crypto/sign.h"
#include "store/limit_row.h"
#include "token/token.h"

struct shared {
    struct limits *owner;
    char *key;
    struct limiter *limiter;
    struct limit_put *writing;
    bool is_used; /* since the last state that was written */
    int users;    /* connections; one of ladle.yaml never lets go */
};

struct limits {
    const struct connection_env *env;
    struct map *by_key; /* struct shared */
    struct map *rows;   /* key -> struct limit_row: of limiters that are not in memory */
};

/* --- who shares --- */

static const char *app_of(const struct connection *c)
{
    const char *client = connection_text(c, "client_id");
    const struct secret *access = token_access(c->token);
    return client != NULL        ? client
           : access != NULL      ? secret_bytes(access)
           : c->base_url != NULL ? c->base_url
                                 : "";
}

static const char *limit_account(const struct connection *c)
{
    const char *bound = connection_bound_account(c);
    const char *told = token_account(c->token);
    return bound != NULL ? bound : told != NULL ? told : "";
}

/* "highlevel:5f0c…"; yours. */
static char *limit_key(const struct connection *c)
{
    const char *connector = connector_name(c->connector);
    if (json_array_size(json_object_get(connector_table(c->connector), "limits")) == 0) {
        return xasprintf("%s:connection:%s", connector, c->name);
    }
    char digest[SIGN_SHA256_HEX + 1];
    char *text = xasprintf("ladle limiter\n%s\n%s\n%s", connector, app_of(c), limit_account(c));
    sign_sha256_hex(text, strlen(text), digest);
    secret_scrub(text, strlen(text)); /* it may hold the token */
    free(text);
    return xasprintf("%s:%.32s", connector, digest);
}

/* --- rows --- */

static void limit_written(struct store_op *op, const struct err *e)
{
    struct limit_put *put = list_entry(op, struct limit_put, op);
    struct shared *s = op->ud;
    if (e != NULL) {
        log_warn("limiter", "%s: what it has counted was not stored: %s", put->row.key, e->message);
    }
    limit_put_free(put);
    if (s != NULL) {
        s->writing = NULL;
        if (e == NULL) {
            limiter_kept(s->limiter);
        }
    }
}

static struct limit_row make_row(struct shared *s, bool is_last)
{
    json_t *state = limiter_state(s->limiter, is_last);
    size_t len;
    struct limit_row row = { .key = xstrdup(s->key),
                             .state = json_text(state, &len),
                             .kept_us = clock_wall_us() };
    json_decref(state);
    return row;
}

static struct limit_put *write_limit(struct shared *s, bool is_last)
{
    struct limit_put *put = limit_put_new();
    put->row = make_row(s, is_last);
    put->op.must_land = true;
    put->op.done = limit_written;
    put->op.ud = is_last ? NULL : s;
    store_submit(s->owner->env->store, &put->op);
    return put;
}

static void keep_limiter(void *ud, struct limiter *l)
{
    struct shared *s = ud;
    s->is_used = true;
    s->writing = write_limit(s, false);
}

static void free_row(void *ud)
{
    struct limit_row *row = ud;
    if (row != NULL) {
        free(row->key);
        free(row->state);
        free(row);
    }
}

static void restore(struct shared *s)
{
    struct limit_row *row = map_remove(s->owner->rows, s->key);
    if (row != NULL) {
        json_t *state = json_parse_own(row->state, strlen(row->state), NULL);
        limiter_restore(s->limiter, state, row->kept_us);
        json_decref(state);
        free_row(row);
    }
}

/* Takes what is in the row. */
static void keep_row(struct limits *l, struct limit_row *row)
{
    struct limit_row *kept = xmalloc(sizeof *kept);
    *kept = *row;
    *row = (struct limit_row){ .key = NULL };
    free_row(map_put(l->rows, kept->key, kept));
}

/* --- the set --- */

static struct shared *shared_new(struct limits *l, const struct connection *c, const char *key)
{
    const json_t *table = connector_table(c->connector);
    struct shared *s = xcalloc(1, sizeof *s);
    s->owner = l;
    s->key = xstrdup(key);
    s->limiter = limiter_new(&(struct limiter_opts){
        .loop = l->env->loop,
        .name = connector_name(c->connector),
        .limits = json_object_get(table, "limits"),
        .headers = json_object_get(table, "rate_headers"),
        .keep = keep_limiter,
        .ud = s,
    });
    restore(s);
    (void)map_put(l->by_key, key, s); /* was absent */
    return s;
}

static void shared_free(void *ud)
{
    struct shared *s = ud;
    if (s->writing != NULL) {
        s->writing->op.ud = NULL; /* the store hands it back when nobody is there any more */
    }
    if (s->is_used) {
        (void)write_limit(s, true);
    }
    limiter_free(s->limiter);
    free(s->key);
    free(s);
}

static struct limiter *find_limiter(struct limits *l, const struct connection *c)
{
    char *key = limit_key(c);
    struct shared *s = map_get(l->by_key, key);
    if (s == NULL) {
        s = shared_new(l, c, key);
    }
    free(key);
    s->users++;
    return s->limiter;
}

struct limiter *limits_limiter(struct limits *l, struct connection *c)
{
    bool is_other = c->limiter_generation != token_generation(c->token) && c->parent == NULL;
    if (c->limiter == NULL || is_other) { /* that of an account is the same with each token */
        c->limiter = find_limiter(l, c);
        c->limiter_generation = token_generation(c->token);
    }
    return c->limiter;
}

void limits_let_go(struct limits *l, const struct connection *c)
{
    char *key = limit_key(c);
    struct shared *s = map_get(l->by_key, key);
    if (s != NULL && --s->users == 0) {
        struct limit_row row = make_row(s, true);
        keep_row(l, &row);
        (void)map_remove(l->by_key, key);
        shared_free(s);
    }
    free(key);
}

struct limits *limits_new(const struct connection_env *env)
{
    struct limits *l = xcalloc(1, sizeof *l);
    l->env = env;
    l->by_key = map_new();
    l->rows = map_new();
    return l;
}

void limits_free(struct limits *l)
{
    if (l != NULL) {
        map_free(l->by_key, shared_free);
        map_free(l->rows, free_row);
        free(l);
    }
}

int limits_load(struct limits *l, struct err *e)
{
    struct limit_list *list = limit_list_new();
    int rc = store_exec(l->env->store, &list->op, e);
    for (size_t i = 0; rc == 0 && i < list->count; i++) {
        keep_row(l, &list->rows[i]);
    }
    limit_list_free(list);
    return rc;
}
