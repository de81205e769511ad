/*
 * Stores the leases of token refreshes, so that one process refreshes a token at a time. A row is
 * taken by compare-and-set in one transaction of the writer: it is free where there is none, where
 * its time is over, or where its time makes no sense (a clock was put back). What it guards is the
 * stored token, so the expected token is compared in the same transaction: who comes late finds it
 * changed and asks for nothing. Writer thread.
 */
#include "store/lease_row.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "crypto/sign.h"
#include "store/db.h"
#include "store/ops.h"

static const char select_lease[] =
    "select owner, until_us"
    " from lease"
    " where name = $1";

static const char upsert_lease[] =
    "insert into lease (name, owner, until_us, is_unclear)"
    " values ($1, $2, $3, $4)"
    " on conflict (name) do update"
    " set owner = excluded.owner, until_us = excluded.until_us, is_unclear = excluded.is_unclear";

static const char end_lease[] =
    "update lease"
    " set until_us = 0, is_unclear = 1"
    " where name = $1"
    " and owner = $2";

static const char delete_lease[] =
    "delete from lease"
    " where name = $1"
    " and owner = $2";

static const char forget_lease[] =
    "delete from lease"
    " where name = $1";

static const char abandon_leases[] =
    "update lease"
    " set until_us = 0"
    " where substr(owner, 1, 6) = 'engine'";

static const char select_sealed[] =
    "select sealed"
    " from secret"
    " where name = 'token:' || $1";

/* 1: the stored token is the expected one, 0: another, or -1. */
static int is_expected(struct db *db, const char *name, const char *expected, struct err *e)
{
    char digest[SIGN_SHA256_HEX + 1] = "";
    struct query *q = db_query(db, select_sealed);
    query_bind_text(q, 1, name);
    int rc = query_next(q, e);
    if (rc == 1) {
        size_t len;
        void *sealed = query_bytes(q, 0, &len);
        sign_sha256_hex(sealed, len, digest);
        free(sealed);
    }
    query_end(q);
    return rc == -1 ? -1 : strcmp(digest, expected) == 0;
}

static bool is_held(int64_t until_us, int64_t now_us)
{
    return until_us > now_us - LEASE_SLACK_US && until_us != 0 &&
           until_us <= now_us + LEASE_LENGTH_US + LEASE_SLACK_US;
}

/* Reads the row that is there; *is_there false: none. */
static int read_lease(struct db *db, struct lease_take *l, bool *is_there, struct err *e)
{
    struct query *q = db_query(db, select_lease);
    query_bind_text(q, 1, l->name);
    int rc = query_next(q, e);
    *is_there = rc == 1;
    l->until_us = 0;
    if (rc == 1) {
        bool is_own = strcmp(query_peek_text(q, 0), l->owner) == 0;
        l->until_us = query_int(q, 1);
        l->verdict = !is_own && is_held(l->until_us, l->op.now_us) ? LEASE_HELD : LEASE_TAKEN;
    }
    query_end(q);
    return rc == -1 ? -1 : 0;
}

static int take_exec(struct store_op *op, struct db *db, struct err *e)
{
    struct lease_take *l = list_entry(op, struct lease_take, op);
    l->verdict = LEASE_TAKEN;
    l->is_unclear = false;
    int rc = is_expected(db, l->name, l->expected, e);
    if (rc != 1) {
        l->verdict = LEASE_STALE;
        return rc;
    }
    bool is_there;
    if (read_lease(db, l, &is_there, e) == -1 || l->verdict == LEASE_HELD) {
        return l->verdict == LEASE_HELD ? 0 : -1;
    }
    l->is_unclear = is_there; /* nobody ended it: a new token would have */
    l->until_us = l->op.now_us + LEASE_LENGTH_US;
    struct query *q = db_query(db, upsert_lease);
    query_bind_text(q, 1, l->name);
    query_bind_text(q, 2, l->owner);
    query_bind_int(q, 3, l->until_us);
    query_bind_int(q, 4, l->is_unclear);
    return query_run(q, e);
}

struct lease_take *lease_take_new(const char *name, const char *owner)
{
    struct lease_take *l = xcalloc(1, sizeof *l);
    l->op.exec = take_exec;
    l->name = xstrdup(name);
    (void)snprintf(l->owner, sizeof l->owner, "%s", owner); /* owners fit */
    return l;
}

void lease_take_free(struct lease_take *l)
{
    if (l != NULL) {
        free(l->name);
        free(l);
    }
}

static int end_exec(struct store_op *op, struct db *db, struct err *e)
{
    const struct lease_end *l = list_entry(op, struct lease_end, op);
    struct query *q = db_query(db, l->is_unclear ? end_lease : delete_lease);
    query_bind_text(q, 1, l->name);
    query_bind_text(q, 2, l->owner);
    return query_run(q, e);
}

struct lease_end *lease_end_new(const char *name, const char *owner, bool is_unclear)
{
    struct lease_end *l = xcalloc(1, sizeof *l);
    l->op.exec = end_exec;
    l->name = xstrdup(name);
    l->is_unclear = is_unclear;
    (void)snprintf(l->owner, sizeof l->owner, "%s", owner); /* owners fit */
    return l;
}

void lease_end_free(struct lease_end *l)
{
    if (l != NULL) {
        free(l->name);
        free(l);
    }
}

static int abandon_exec(struct store_op *op, struct db *db, struct err *e)
{
    return query_run(db_query(db, abandon_leases), e);
}

void lease_abandon_init(struct lease_abandon *l)
{
    *l = (struct lease_abandon){ .op.exec = abandon_exec };
}

int lease_settle(struct db *db, const char *name, const char *owner, const char *expected,
                 struct err *e)
{
    struct query *q = db_query(db, select_lease);
    query_bind_text(q, 1, name);
    int rc = query_next(q, e);
    bool is_ours = rc == 1 && strcmp(query_peek_text(q, 0), owner) == 0;
    query_end(q);
    if (rc == -1) {
        return -1;
    }
    int is_same = is_ours ? 1 : is_expected(db, name, expected, e);
    if (is_same == 0) {
        return err_set(e, ERR_CONFLICT, "another process has stored a newer token of %s", name);
    }
    return is_same == 1 ? lease_forget(db, name, e) : -1;
}

int lease_forget(struct db *db, const char *name, struct err *e)
{
    struct query *q = db_query(db, forget_lease);
    query_bind_text(q, 1, name);
    return query_run(q, e);
}
