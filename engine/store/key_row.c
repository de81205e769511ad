/*
 * The master key's row, and what changes all that is sealed: each an operation of one transaction,
 * so that a crash leaves all values under the old key or all under the new one. Values are read one
 * after the other, in the order of their names. What opens them for a moment is crypto/vault.h; no
 * plain value leaves it but in a struct secret. Writer thread, or the caller's (store_exec).
 */
#include "store/key_row.h"

#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/mem.h"
#include "store/db.h"
#include "store/ops.h"

static const char select_key[] =
    "select sealed, updated_us"
    " from secret"
    " where name = '" KEY_ROW "'";

static const char insert_key[] =
    "insert into secret (name, updated_us, sealed)"
    " values ('" KEY_ROW
    "', $1, $2)"
    " on conflict (name) do update"
    " set updated_us = excluded.updated_us, sealed = excluded.sealed";

static const char count_sealed[] =
    "select count(*)"
    " from secret"
    " where name <> '" KEY_ROW "'";

static const char select_next[] =
    "select name, sealed"
    " from secret"
    " where name > $1"
    " order by name"
    " limit 1";

static const char update_sealed[] =
    "update secret"
    " set sealed = $1"
    " where name = $2";

static const char delete_sealed[] =
    "delete from secret"
    " where name = $1";

/* --- the row --- */

/* 1: the id of the row's key is in id; 0: there is no row; -1. */
static int read_key_row(struct db *db, uint8_t id[KEY_ID], int64_t *since_us, struct err *e)
{
    struct query *q = db_query(db, select_key);
    int rc = query_next(q, e);
    if (rc == 1) {
        size_t len;
        uint8_t *sealed = query_bytes(q, 0, &len);
        const uint8_t *in_use = vault_sealed_id(sealed, len);
        if (in_use != NULL) {
            memcpy(id, in_use, KEY_ID);
            *since_us = query_int(q, 1);
        } else {
            rc = err_set(e, ERR_CONFIG, "what the store says of its master key is damaged");
        }
        free(sealed);
    }
    query_end(q);
    return rc;
}

int key_check(struct db *db, const uint8_t *sealed, size_t len, struct err *e)
{
    uint8_t in_use[KEY_ID];
    int64_t since_us;
    int rc = read_key_row(db, in_use, &since_us, e);
    if (rc != 1) {
        return rc;
    }
    const uint8_t *id = vault_sealed_id(sealed, len);
    if (id == NULL || memcmp(id, in_use, KEY_ID) != 0) {
        return err_set(e, ERR_CONFLICT, "the master key was changed meanwhile; try again");
    }
    return 0;
}

static int write_key(struct db *db, const uint8_t *sealed, size_t len, int64_t now_us,
                     struct err *e)
{
    struct query *q = db_query(db, insert_key);
    query_bind_int(q, 1, now_us);
    query_bind_bytes(q, 2, sealed, len);
    return query_run(q, e);
}

/* The row for the key that this vault seals with. */
static int write_key_of(struct db *db, const struct vault *v, int64_t now_us, struct err *e)
{
    uint8_t *sealed;
    size_t len;
    struct secret *nothing = secret_new("", 0);
    vault_seal(v, KEY_ROW, nothing, &sealed, &len);
    secret_free(nothing);
    int rc = write_key(db, sealed, len, now_us, e);
    free(sealed);
    return rc;
}

static int count_values(struct db *db, int64_t *n, struct err *e)
{
    struct query *q = db_query(db, count_sealed);
    int rc = query_next(q, e);
    *n = rc == 1 ? query_int(q, 0) : 0;
    query_end(q);
    return rc == -1 ? -1 : 0;
}

static int key_get_exec(struct store_op *op, struct db *db, struct err *e)
{
    struct key_get *g = list_entry(op, struct key_get, op);
    g->is_there = false;
    g->since_us = 0;
    int rc = read_key_row(db, g->id, &g->since_us, e);
    if (rc == -1 || count_values(db, &g->sealed, e) == -1) {
        return -1;
    }
    g->is_there = rc == 1;
    return g->is_there && g->found != NULL ? g->found(g->found_ud, g->id, e) : 0;
}

struct key_get *key_get_new(void)
{
    struct key_get *g = xcalloc(1, sizeof(*g));
    g->op.exec = key_get_exec;
    return g;
}

void key_get_free(struct key_get *g)
{
    free(g);
}

/* --- one value after the other --- */

struct value {
    char *name; /* "" before the first */
    uint8_t *sealed;
    size_t len;
};

static void value_fini(struct value *v)
{
    free(v->name);
    free(v->sealed);
    *v = (struct value){ .name = NULL };
}

/* Goes on to the value behind v by name, without the key's row. 1, 0: there is none left, -1. */
static int next_value(struct db *db, struct value *v, struct err *e)
{
    int rc;
    do {
        struct query *q = db_query(db, select_next);
        query_bind_text(q, 1, v->name);
        rc = query_next(q, e);
        struct value next = { .name = NULL };
        if (rc == 1) {
            next.name = query_text(q, 0);
            next.sealed = query_bytes(q, 1, &next.len);
        }
        query_end(q);
        value_fini(v);
        *v = next;
    } while (rc == 1 && strcmp(v->name, KEY_ROW) == 0);
    return rc;
}

static bool is_under(const struct value *v, const struct vault *vault)
{
    const uint8_t *id = vault_sealed_id(v->sealed, v->len);
    return id != NULL && memcmp(id, key_id(vault_key(vault)), KEY_ID) == 0;
}

/* --- putting --- */

/* A store of before this row was known may hold values under another key. */
static int check_sealed_rows(struct db *db, const struct key_put *p, struct err *e)
{
    struct value v = { .name = xstrdup("") };
    const uint8_t *id = vault_sealed_id(p->sealed, p->len);
    int rc;
    while ((rc = next_value(db, &v, e)) == 1) {
        const uint8_t *found = vault_sealed_id(v.sealed, v.len);
        if (found != NULL && memcmp(found, id, KEY_ID) != 0) {
            rc = err_set(e, ERR_CONFIG,
                         "%.80s was sealed under another master key; put back the key that belongs "
                         "to this store, or remove what it does not open: ladle key forget",
                         v.name);
            break;
        }
    }
    value_fini(&v);
    return rc;
}

static int key_put_exec(struct store_op *op, struct db *db, struct err *e)
{
    const struct key_put *p = list_entry(op, struct key_put, op);
    uint8_t id[KEY_ID];
    int64_t since_us;
    int rc = read_key_row(db, id, &since_us, e);
    if (rc != 0) {
        return rc == -1 ? -1 : err_set(e, ERR_CONFLICT, "the store has its master key already");
    }
    return check_sealed_rows(db, p, e) == -1 ? -1 : write_key(db, p->sealed, p->len, op->now_us, e);
}

struct key_put *key_put_new(uint8_t *sealed_taken, size_t len)
{
    struct key_put *p = xcalloc(1, sizeof(*p));
    p->op.exec = key_put_exec;
    p->sealed = sealed_taken;
    p->len = len;
    return p;
}

void key_put_free(struct key_put *p)
{
    if (p != NULL) {
        free(p->sealed);
        free(p);
    }
}

/* --- changing --- */

static int reseal_value(struct db *db, const struct key_change *c, const struct value *v,
                        struct err *e)
{
    struct secret *plain = vault_open_value(c->from, v->name, v->sealed, v->len, e);
    if (plain == NULL) {
        return -1;
    }
    uint8_t *sealed;
    size_t len;
    vault_seal(c->to, v->name, plain, &sealed, &len);
    secret_free(plain);
    struct query *q = db_query(db, update_sealed);
    query_bind_bytes(q, 1, sealed, len);
    query_bind_text(q, 2, v->name);
    int rc = query_run(q, e);
    free(sealed);
    return rc;
}

static int reseal_all(struct db *db, struct key_change *c, struct err *e)
{
    struct value v = { .name = xstrdup("") };
    int64_t all = 0;
    int rc = count_values(db, &all, e) == -1 ? -1 : 1;
    while (rc == 1 && (rc = next_value(db, &v, e)) == 1) {
        rc = reseal_value(db, c, &v, e) == -1 ? -1 : 1;
        c->sealed++;
        if (c->progress != NULL) {
            c->progress(c->progress_ud, c->sealed, all);
        }
        FAULT("key.resealing");
    }
    value_fini(&v);
    return rc;
}

static int change_exec(struct store_op *op, struct db *db, struct err *e)
{
    struct key_change *c = list_entry(op, struct key_change, op);
    c->sealed = 0;
    return reseal_all(db, c, e) == -1 ? -1 : write_key_of(db, c->to, op->now_us, e);
}

struct key_change *key_change_new(const struct vault *from, const struct vault *to)
{
    struct key_change *c = xcalloc(1, sizeof(*c));
    c->op.exec = change_exec;
    c->from = from;
    c->to = to;
    return c;
}

void key_change_free(struct key_change *c)
{
    free(c);
}

/* --- forgetting --- */

static int forget_exec(struct store_op *op, struct db *db, struct err *e)
{
    struct key_forget *f = list_entry(op, struct key_forget, op);
    struct value v = { .name = xstrdup("") };
    f->removed = 0;
    int rc;
    while ((rc = next_value(db, &v, e)) == 1) {
        if (is_under(&v, f->vault)) {
            continue;
        }
        struct query *q = db_query(db, delete_sealed);
        query_bind_text(q, 1, v.name);
        if (query_run(q, e) == -1) {
            rc = -1;
            break;
        }
        f->removed++;
    }
    value_fini(&v);
    return rc == -1 ? -1 : write_key_of(db, f->vault, op->now_us, e);
}

struct key_forget *key_forget_new(const struct vault *v)
{
    struct key_forget *f = xcalloc(1, sizeof(*f));
    f->op.exec = forget_exec;
    f->vault = v;
    return f;
}

void key_forget_free(struct key_forget *f)
{
    free(f);
}
