/*
 * Stores sealed secrets and the state of connections. The store only sees bytes that crypto/vault.h
 * has sealed. A new token and the state that it leads to are one transaction: a refresh token works
 * once, so the pair that it brought must not be lost between two writes. Writes on the writer
 * thread, reads on either.
 */
#include "store/secret_row.h"

#include <stdlib.h>

#include "base/mem.h"
#include "store/db.h"
#include "store/ops.h"
#include "store/rows.h"

static const char upsert_secret[] =
    "insert into secret (name, updated_us, sealed)"
    " values ($1, $2, $3)"
    " on conflict (name) do update"
    " set updated_us = excluded.updated_us, sealed = excluded.sealed";

static const char delete_secret[] =
    "delete from secret"
    " where name = $1";

static const char select_secret[] =
    "select sealed, updated_us"
    " from secret"
    " where name = $1";

static const char list_secrets[] =
    "select name, updated_us"
    " from secret"
    " where substr(name, 1, length($1)) = $1"
    " order by name";

static const char upsert_connection[] =
    "insert into connection (name, state, reason, scopes, account, since_us, expires_us)"
    " values ($1, $2, $3, $4, $5, $6, $7)"
    " on conflict (name) do update"
    " set state = excluded.state, reason = excluded.reason, scopes = excluded.scopes,"
    " account = excluded.account, since_us = excluded.since_us, expires_us = excluded.expires_us";

static const char upsert_health[] =
    "insert into connection (name, state, since_us, expires_us, health)"
    " values ($1, 'connected', 0, 0, $2)"
    " on conflict (name) do update"
    " set health = excluded.health";

#define SELECT_CONNECTIONS                                                                         \
    "select name, state, reason, scopes, account, since_us, expires_us, health"                    \
    " from connection"
#define OF_PARENT                                                                                  \
    " where substr(name, 1, length($1) + 1) = $1 || '/'"                                           \
    " and ($2 is null or state = $2)"

static const char list_own[] = SELECT_CONNECTIONS
    " where name not like '%/%'"
    " order by name";
static const char list_accounts[] = SELECT_CONNECTIONS OF_PARENT
    " order by state = 'connected', name"
    " limit $3";
static const char count_accounts[] = "select count(*) from connection" OF_PARENT;

static const char select_state[] =
    "select state, reason"
    " from connection"
    " where name = $1";

/* --- secrets --- */

static int write_secret(struct db *db, const char *name, const uint8_t *sealed, size_t len,
                        int64_t stored_us, struct err *e)
{
    if (key_check(db, sealed, len, e) == -1) {
        return -1;
    }
    struct query *q = db_query(db, upsert_secret);
    query_bind_text(q, 1, name);
    query_bind_int(q, 2, stored_us);
    query_bind_bytes(q, 3, sealed, len);
    return query_run(q, e);
}

static int remove_secret(struct db *db, const char *name, struct err *e)
{
    struct query *q = db_query(db, delete_secret);
    query_bind_text(q, 1, name);
    int64_t removed = query_change(q, e);
    if (removed == 0) {
        return err_set(e, ERR_NOT_FOUND, "there is no secret %s", name);
    }
    return removed == -1 ? -1 : 0;
}

static int secret_put_exec(struct store_op *op, struct db *db, struct err *e)
{
    const struct secret_put *p = list_entry(op, struct secret_put, op);
    if (p->sealed == NULL) {
        return remove_secret(db, p->name, e);
    }
    return write_secret(db, p->name, p->sealed, p->len, op->now_us, e);
}

struct secret_put *secret_put_new(const char *name, uint8_t *sealed_taken, size_t len)
{
    struct secret_put *p = xcalloc(1, sizeof(*p));
    p->op.exec = secret_put_exec;
    p->name = xstrdup(name);
    p->sealed = sealed_taken;
    p->len = len;
    return p;
}

void secret_put_free(struct secret_put *p)
{
    if (p == NULL) {
        return;
    }
    free(p->name);
    free(p->sealed);
    free(p);
}

static void clear_get(struct secret_get *g)
{
    free(g->sealed);
    free(g->state);
    free(g->reason);
    g->sealed = NULL;
    g->len = 0;
    g->state = g->reason = NULL;
}

static int get_state(struct db *db, struct secret_get *g, struct err *e)
{
    struct query *q = db_query(db, select_state);
    query_bind_text(q, 1, g->connection);
    int rc = query_next(q, e);
    if (rc == 1) {
        g->state = query_text(q, 0);
        g->reason = query_text(q, 1);
    }
    query_end(q);
    return rc == -1 ? -1 : 0;
}

/* Whether there is a secret of the name `beside`. */
static int get_beside(struct db *db, struct secret_get *g, struct err *e)
{
    struct query *q = db_query(db, select_secret);
    query_bind_text(q, 1, g->beside);
    int rc = query_next(q, e);
    query_end(q);
    g->has_beside = rc == 1;
    return rc == -1 ? -1 : 0;
}

static int secret_get_exec(struct store_op *op, struct db *db, struct err *e)
{
    struct secret_get *g = list_entry(op, struct secret_get, op);
    clear_get(g);
    struct query *q = db_query(db, select_secret);
    query_bind_text(q, 1, g->name);
    int rc = query_next(q, e);
    if (rc == 1) {
        g->sealed = query_bytes(q, 0, &g->len);
        g->stored_us = query_int(q, 1);
    }
    query_end(q);
    if (rc == -1 || (g->beside != NULL && get_beside(db, g, e) == -1)) {
        return -1;
    }
    return g->connection != NULL ? get_state(db, g, e) : 0;
}

struct secret_get *secret_get_new(const char *name)
{
    struct secret_get *g = xcalloc(1, sizeof(*g));
    g->op.exec = secret_get_exec;
    g->name = xstrdup(name);
    return g;
}

void secret_get_free(struct secret_get *g)
{
    if (g == NULL) {
        return;
    }
    clear_get(g);
    free(g->name);
    free(g->connection);
    free(g->beside);
    free(g);
}

static void clear_secret_list(struct secret_list *l)
{
    for (size_t i = 0; i < l->count; i++) {
        free(l->names[i]);
    }
    free(l->names);
    free(l->updated_us);
    l->names = NULL;
    l->updated_us = NULL;
    l->count = 0;
}

static int secret_list_exec(struct store_op *op, struct db *db, struct err *e)
{
    struct secret_list *l = list_entry(op, struct secret_list, op);
    clear_secret_list(l);
    struct query *q = db_query(db, list_secrets);
    query_bind_text(q, 1, l->prefix != NULL ? l->prefix : "");
    int rc;
    while ((rc = query_next(q, e)) == 1) {
        l->names = rows_grow(l->names, l->count, sizeof(*l->names));
        l->updated_us = rows_grow(l->updated_us, l->count, sizeof(*l->updated_us));
        l->names[l->count] = query_text(q, 0);
        l->updated_us[l->count] = query_int(q, 1);
        l->count++;
    }
    return rc;
}

struct secret_list *secret_list_new(const char *prefix)
{
    struct secret_list *l = xcalloc(1, sizeof(*l));
    l->op.exec = secret_list_exec;
    l->prefix = prefix;
    return l;
}

void secret_list_free(struct secret_list *l)
{
    if (l != NULL) {
        clear_secret_list(l);
        free(l);
    }
}

/* --- connections --- */

void connection_row_fini(struct connection_row *row)
{
    free(row->name);
    free(row->state);
    free(row->reason);
    free(row->scopes);
    free(row->account);
    free(row->health);
    *row = (struct connection_row){ 0 };
}

/* Removes a secret that may not be there. */
static int forget_secret(struct db *db, const char *name, struct err *e)
{
    struct query *q = db_query(db, delete_secret);
    query_bind_text(q, 1, name);
    return query_run(q, e);
}

/* Without a sealed token the one that is there goes: the connection is given up. */
static int write_token(struct db *db, const struct connection_put *p, struct err *e)
{
    if (p->token_name == NULL) {
        return 0;
    }
    if (p->sealed != NULL) {
        int64_t stored_us = p->stored_us > 0 ? p->stored_us : p->op.now_us;
        return write_secret(db, p->token_name, p->sealed, p->len, stored_us, e);
    }
    return forget_secret(db, p->token_name, e);
}

static int connection_exec(struct store_op *op, struct db *db, struct err *e)
{
    const struct connection_put *p = list_entry(op, struct connection_put, op);
    if (p->lease_owner[0] != '\0' &&
        lease_settle(db, p->row.name, p->lease_owner, p->lease_expected, e) == -1) {
        return -1;
    }
    struct query *q = db_query(db, upsert_connection);
    query_bind_text(q, 1, p->row.name);
    query_bind_text(q, 2, p->row.state);
    query_bind_text(q, 3, p->row.reason);
    query_bind_text(q, 4, p->row.scopes);
    query_bind_text(q, 5, p->row.account);
    query_bind_int(q, 6, p->row.since_us);
    query_bind_int(q, 7, p->row.expires_us);
    if (query_run(q, e) == -1) {
        return -1;
    }
    if (p->spent_name != NULL && forget_secret(db, p->spent_name, e) == -1) {
        return -1;
    }
    return write_token(db, p, e);
}

struct connection_put *connection_put_new(void)
{
    struct connection_put *p = xcalloc(1, sizeof(*p));
    p->op.exec = connection_exec;
    return p;
}

void connection_put_free(struct connection_put *p)
{
    if (p == NULL) {
        return;
    }
    connection_row_fini(&p->row);
    free(p->token_name);
    free(p->spent_name);
    free(p->sealed);
    free(p);
}

static int health_exec(struct store_op *op, struct db *db, struct err *e)
{
    const struct connection_health *p = list_entry(op, struct connection_health, op);
    struct query *q = db_query(db, upsert_health);
    query_bind_text(q, 1, p->name);
    query_bind_text(q, 2, p->health);
    return query_run(q, e);
}

struct connection_health *connection_health_new(const char *name, char *health_taken)
{
    struct connection_health *p = xcalloc(1, sizeof(*p));
    p->op.exec = health_exec;
    p->name = xstrdup(name);
    p->health = health_taken;
    return p;
}

void connection_health_free(struct connection_health *p)
{
    if (p != NULL) {
        free(p->name);
        free(p->health);
        free(p);
    }
}

static void read_connection(struct query *q, struct connection_row *row)
{
    row->name = query_text(q, 0);
    row->state = query_text(q, 1);
    row->reason = query_text(q, 2);
    row->scopes = query_text(q, 3);
    row->account = query_text(q, 4);
    row->since_us = query_int(q, 5);
    row->expires_us = query_int(q, 6);
    row->health = query_text(q, 7);
}

static void clear_connections(struct connection_list *l)
{
    for (size_t i = 0; i < l->count; i++) {
        connection_row_fini(&l->rows[i]);
    }
    free(l->rows);
    l->rows = NULL;
    l->count = 0;
}

static int count_all(struct db *db, struct connection_list *l, struct err *e)
{
    struct query *q = db_query(db, count_accounts);
    query_bind_text(q, 1, l->parent);
    query_bind_text(q, 2, l->state);
    int rc = query_next(q, e);
    l->total = rc == 1 ? query_int(q, 0) : 0;
    query_end(q);
    return rc == -1 ? -1 : 0;
}

static struct query *start_accounts(struct db *db, const struct connection_list *l)
{
    struct query *q = db_query(db, list_accounts);
    query_bind_text(q, 1, l->parent);
    query_bind_text(q, 2, l->state);
    query_bind_int(q, 3, l->limit > 0 ? l->limit : INT64_MAX);
    return q;
}

static int connections_exec(struct store_op *op, struct db *db, struct err *e)
{
    struct connection_list *l = list_entry(op, struct connection_list, op);
    clear_connections(l);
    if (l->parent != NULL && count_all(db, l, e) == -1) {
        return -1;
    }
    struct query *q = l->parent != NULL ? start_accounts(db, l) : db_query(db, list_own);
    int rc;
    while ((rc = query_next(q, e)) == 1) {
        l->rows = rows_grow(l->rows, l->count, sizeof(*l->rows));
        read_connection(q, &l->rows[l->count]);
        l->count++;
    }
    return rc;
}

struct connection_list *connection_list_new(void)
{
    struct connection_list *l = xcalloc(1, sizeof(*l));
    l->op.exec = connections_exec;
    return l;
}

void connection_list_free(struct connection_list *l)
{
    if (l != NULL) {
        clear_connections(l);
        free(l);
    }
}
