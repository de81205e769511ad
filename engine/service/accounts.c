/*
 * Keeps the connections of a parent's accounts. A connection of an account is like any other, but
 * that it shares its parent's settings, its client and its breaker, and gets its first token from
 * the parent's (token/token_account.c). Those in memory stand in one map by their name; a timer
 * drops what nobody has held for a while. What is known of the others are their rows. Loop thread.
 */
#include "service/accounts.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "service/service_state.h"
#include "token/token_state.h"

enum {
    ACCOUNT_ID_MAX = 128,
    SWEEP_US = 60 * 1000 * 1000,
    IDLE_US = 5 * 60 * 1000 * 1000, /* longer than a burst of events pauses */
    LOAD_MAX = 1000                 /* suspended accounts that are tried again by themselves */
};

/* --- those in memory --- */

static bool is_id(const char *text)
{
    size_t len = text != NULL ? strlen(text) : 0;
    return len > 0 && len <= ACCOUNT_ID_MAX &&
           strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") == len;
}

static void show_count(const struct service *s)
{
    metric_set(
        metrics_gauge("ladle_accounts_in_memory",
                      "Accounts under a parent connection that are in use, or were a while ago.",
                      NULL, NULL),
        (int64_t)map_len(s->accounts));
}

struct connection *accounts_hold(struct service *s, struct connection *parent, const char *account)
{
    if (!is_id(account)) {
        return NULL;
    }
    char *name = xasprintf("%s/%s", parent->name, account);
    struct connection *c = map_get(s->accounts, name);
    if (c == NULL) {
        c = service_make_account(s, parent, account);
        (void)map_put(s->accounts, name, c); /* was absent */
        show_count(s);
    }
    free(name);
    if (!timer_is_armed(&s->account_timer)) {
        timer_start(&s->account_timer, SWEEP_US);
    }
    c->uses++;
    return c;
}

/* Drops what nobody has held for a while. */
static void sweep_accounts(struct timer *t)
{
    struct service *s = list_entry(t, struct service, account_timer);
    int64_t before = clock_mono_us() - IDLE_US;
    size_t pos = 0;
    const char *name;
    void *value;
    while (map_next(s->accounts, &pos, &name, &value)) {
        struct connection *c = value;
        if (c->uses == 0 && c->idle_us <= before && token_is_quiet(c->token)) {
            (void)map_remove(s->accounts, name);
            service_drop(s, c);
        }
    }
    show_count(s);
    if (map_len(s->accounts) > 0) {
        timer_start(&s->account_timer, SWEEP_US);
    }
}

void accounts_init(struct service *s)
{
    s->accounts = map_new();
    timer_init(&s->account_timer, s->env.loop, sweep_accounts);
}

void accounts_fini(struct service *s)
{
    timer_stop(&s->account_timer);
    size_t pos = 0;
    const char *name;
    void *c;
    while (map_next(s->accounts, &pos, &name, &c)) {
        service_drop(s, c);
    }
    map_free(s->accounts, NULL);
}

static int load_of(struct service *s, struct connection *parent, struct err *e)
{
    struct connection_list *list = connection_list_new();
    list->parent = parent->name;
    list->state = "suspended";
    list->limit = LOAD_MAX;
    int rc = store_exec(s->env.store, &list->op, e);
    for (size_t i = 0; rc == 0 && i < list->count; i++) {
        const struct connection_row *row = &list->rows[i];
        struct connection *c = accounts_hold(s, parent, row->name + strlen(parent->name) + 1);
        if (c != NULL) {
            rc = token_load(c->token, row, e);
            account_let_go(c);
        }
    }
    connection_list_free(list);
    return rc;
}

int accounts_load(struct service *s, struct err *e)
{
    for (size_t i = 0; i < s->count; i++) {
        if (!connection_is_parent(s->connections[i])) {
            continue;
        }
        if (load_of(s, s->connections[i], e) == -1) {
            return -1;
        }
        show_count(s);
    }
    return 0;
}

/* --- a parent that works again --- */

static void revived(struct store_op *op, const struct err *e)
{
    struct account_revive *r = list_entry(op, struct account_revive, op);
    if (e != NULL) {
        log_warn("account", "the accounts of %s were not revived: %s", r->parent, e->message);
    }
    account_revive_free(r);
}

void accounts_revive(struct service *s, struct connection *parent)
{
    size_t pos = 0;
    const char *name;
    void *value;
    while (map_next(s->accounts, &pos, &name, &value)) {
        struct connection *c = value;
        if (c->parent == parent) {
            token_revive(c->token);
        }
    }
    struct account_revive *r = account_revive_new(parent->name);
    r->op.must_land = true;
    r->op.done = revived;
    store_submit(s->env.store, &r->op);
}

/* --- calls --- */

struct connection *accounts_choose(struct service *s, struct connection *c,
                                   const struct operation *op, const json_t *input,
                                   const char *account)
{
    if (!connection_is_parent(c) || account_is_for_parent(op)) {
        return c;
    }
    const char *named = account_named(c, op, input);
    struct connection *chosen = accounts_hold(s, c, named != NULL ? named : account);
    return chosen != NULL ? chosen : c;
}
