/*
 * Stores the accounts of parents, as they come and go. Written in the transaction of the event
 * that says so: an event that is stored once changes its account once, whatever happens between.
 * Writer thread.
 */
#include "store/account_row.h"

#include <stdlib.h>

#include "base/mem.h"
#include "store/db.h"
#include "store/ops.h"

static const char add_account[] =
    "insert into connection (name, state, account, since_us, expires_us)"
    " values ($1, 'new', $2, $3, 0)"
    " on conflict (name) do update"
    " set state = $4, reason = null, since_us = excluded.since_us"
    " where connection.state = 'suspended'"
    " or connection.state = $5";

static const char remove_account[] =
    "insert into connection (name, state, reason, account, since_us, expires_us)"
    " values ($1, 'suspended', $2, $3, $4, 0)"
    " on conflict (name) do update"
    " set state = 'suspended', reason = excluded.reason, since_us = excluded.since_us,"
    " expires_us = 0";

static const char delete_token[] =
    "delete from secret"
    " where name = 'token:' || $1";

static const char revive_accounts[] =
    "update connection"
    " set state = 'new', reason = null, since_us = $1"
    " where substr(name, 1, length($2) + 1) = $2 || '/'"
    " and state = 'broken'";

void account_note_fini(struct account_note *a)
{
    free(a->name);
    free(a->account);
    *a = (struct account_note){ .change = ACCOUNT_UNCHANGED };
}

static int note_account(struct db *db, const struct account_note *a, int64_t now_us, struct err *e)
{
    struct query *q = db_query(db, add_account);
    query_bind_text(q, 1, a->name);
    query_bind_text(q, 2, a->account);
    query_bind_int(q, 3, now_us);
    query_bind_text(q, 4, a->keeps_token ? "connected" : "new");
    query_bind_text(q, 5, a->keeps_token ? NULL : "broken");
    return query_run(q, e);
}

static int forget_token(struct db *db, const char *name, struct err *e)
{
    struct query *q = db_query(db, delete_token);
    query_bind_text(q, 1, name);
    return query_run(q, e) == -1 ? -1 : lease_forget(db, name, e);
}

static int take_away(struct db *db, const struct account_note *a, int64_t now_us, struct err *e)
{
    struct query *q = db_query(db, remove_account);
    query_bind_text(q, 1, a->name);
    query_bind_text(q, 2, ACCOUNT_REMOVED_REASON);
    query_bind_text(q, 3, a->account);
    query_bind_int(q, 4, now_us);
    if (query_run(q, e) == -1) {
        return -1;
    }
    return a->keeps_token ? 0 : forget_token(db, a->name, e);
}

int account_apply(struct db *db, const struct account_note *a, int64_t now_us, struct err *e)
{
    switch (a->change) {
    case ACCOUNT_UNCHANGED:
        return 0;
    case ACCOUNT_ADDED:
        return note_account(db, a, now_us, e);
    case ACCOUNT_REMOVED:
        return take_away(db, a, now_us, e);
    }
    return 0;
}

static int revive_exec(struct store_op *op, struct db *db, struct err *e)
{
    const struct account_revive *r = list_entry(op, struct account_revive, op);
    struct query *q = db_query(db, revive_accounts);
    query_bind_int(q, 1, op->now_us);
    query_bind_text(q, 2, r->parent);
    return query_run(q, e);
}

struct account_revive *account_revive_new(const char *parent)
{
    struct account_revive *r = xcalloc(1, sizeof *r);
    r->op.exec = revive_exec;
    r->parent = xstrdup(parent);
    return r;
}

void account_revive_free(struct account_revive *r)
{
    if (r != NULL) {
        free(r->parent);
        free(r);
    }
}
