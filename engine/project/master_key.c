/*
 * Opens a project's vault with the master key that the store names, and changes that key. The files
 * are read before the store's row is compared with them, and may change in between: then both are
 * read again. The watch of an engine that runs reads the key file within an operation of the store,
 * so on the reader's thread: the loop never waits for a disk.
 */
#include "project/master_key.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"

enum { LOOKS_MAX = 3 };

void master_key_id_text(const uint8_t id[KEY_ID], char out[MASTER_KEY_ID_TEXT])
{
    for (size_t i = 0; i < KEY_ID; i++) {
        (void)snprintf(out + 2 * i, 3, "%02x", id[i]); /* two digits */
    }
}

static int say_other_key(const struct vault *v, const uint8_t wanted[KEY_ID], struct err *e)
{
    char store_key[MASTER_KEY_ID_TEXT], our_key[MASTER_KEY_ID_TEXT];
    master_key_id_text(wanted, store_key);
    master_key_id_text(key_id(vault_key(v)), our_key);
    return err_set(
        e, ERR_CONFIG,
        "the store's secrets are sealed under the master key %s, and this one is %s; put "
        "back the store's key, or, if it is lost, remove what it sealed: ladle key "
        "forget",
        store_key, our_key);
}

/* A key that is not there, of a store that needs it. */
static void add_key_remedy(struct err *e)
{
    char message[ERR_MESSAGE_MAX];
    (void)snprintf(message, sizeof message, "%s", e->message);
    (void)err_set(e, e->kind,
                  "%s; put back the key that the store's secrets are sealed under, or, if it is "
                  "lost, remove what it sealed: ladle key forget",
                  message);
}

/* The vault with the key of that id. */
static struct vault *open_with(const char *path, const uint8_t id[KEY_ID], struct err *e)
{
    struct vault *v = vault_open(path, false, e);
    if (v == NULL && e != NULL) {
        add_key_remedy(e);
    }
    if (v != NULL && vault_choose(v, id) == -1) {
        (void)say_other_key(v, id, e);
        vault_free(v);
        return NULL;
    }
    return v;
}

/* What the store says. */
struct row {
    bool is_there;
    uint8_t id[KEY_ID];
    int64_t sealed;
};

static int read_key_row_now(struct store *s, struct row *out, struct err *e)
{
    struct key_get *get = key_get_new();
    int rc = store_exec(s, &get->op, e);
    *out = (struct row){ .is_there = get->is_there, .sealed = get->sealed };
    memcpy(out->id, get->id, KEY_ID);
    key_get_free(get);
    return rc;
}

/* Gives the new key's file its place. Another process that does the same has the lock. */
static int finish_change(struct store *s, const struct master_key_opts *o, struct err *e)
{
    int lock = -1;
    struct row row;
    if (!o->has_lock && key_lock(o->path, &lock, NULL) == -1) {
        return 0;
    }
    int rc = read_key_row_now(s, &row, e);
    struct vault *now = rc == 0 ? open_with(o->path, row.id, e) : NULL;
    rc = now != NULL ? 0 : -1;
    if (rc == 0 && vault_is_next(now)) {
        char *next = xasprintf("%s.next", o->path);
        rc = key_rename(next, o->path, e);
        free(next);
    }
    vault_free(now);
    key_unlock(lock);
    return rc;
}

/* Names the key in a store that does not name one yet. */
static int name_key(struct store *s, const struct vault *v, struct err *e)
{
    uint8_t *sealed;
    size_t len;
    struct secret *nothing = secret_new("", 0);
    vault_seal(v, KEY_ROW, nothing, &sealed, &len);
    secret_free(nothing);
    struct key_put *put = key_put_new(sealed, len);
    struct err why = ERR_INIT;
    int rc = store_exec(s, &put->op, &why);
    key_put_free(put);
    return rc == 0 ? 0 : err_set(e, why.kind, "%s", why.message);
}

/* One look at row and files. NULL with *again where they changed meanwhile. */
static struct vault *look_at_keys(struct store *s, const struct master_key_opts *o, bool *again,
                                  struct err *e)
{
    struct row row;
    *again = false;
    if (read_key_row_now(s, &row, e) == -1) {
        return NULL;
    }
    bool is_new = !row.is_there && row.sealed == 0;
    struct vault *v = row.is_there ? open_with(o->path, row.id, e)
                                   : vault_open(o->path, o->may_write && is_new, e);
    if (v == NULL) {
        *again = row.is_there;
        return NULL;
    }
    int rc = 0;
    struct err why = ERR_INIT;
    if (o->may_write && !row.is_there) {
        rc = name_key(s, v, &why);
    } else if (o->may_write && vault_is_next(v)) {
        rc = finish_change(s, o, &why);
    }
    if (rc == -1) {
        *again = why.kind == ERR_CONFLICT;
        (void)err_set(e, why.kind, "%s", why.message);
        vault_free(v);
        return NULL;
    }
    return v;
}

struct vault *master_key_open(struct store *s, const struct master_key_opts *o, struct err *e)
{
    struct vault *v = NULL;
    bool again = true;
    for (int i = 0; i < LOOKS_MAX && v == NULL && again; i++) {
        v = look_at_keys(s, o, &again, e);
    }
    return v;
}

int master_key_look(struct store *s, const char *path, struct vault **out, struct err *e)
{
    struct row row;
    if (read_key_row_now(s, &row, e) == -1) {
        return -1;
    }
    *out = master_key_open(s, &(struct master_key_opts){ .path = path }, e);
    bool is_new = !row.is_there && row.sealed == 0 && access(path, F_OK) == -1;
    return *out != NULL || is_new ? 0 : -1;
}

/* --- the watch --- */

struct key_watch {
    struct store *store;
    struct vault *vault; /* borrowed */
    char *path;
    void (*then)(void *ud);
    void *then_ud;
    bool is_looking;
    bool wants_another; /* asked for while it looked */
    /* --- reader thread, while it looks --- */
    uint8_t known[KEY_ID];
    struct vault *fresh;
};

/* Reader thread. */
static int found_key(void *ud, const uint8_t id[KEY_ID], struct err *e)
{
    struct key_watch *w = ud;
    if (memcmp(id, w->known, KEY_ID) == 0) {
        return 0;
    }
    w->fresh = open_with(w->path, id, e);
    return w->fresh != NULL ? 0 : -1;
}

static void begin_look(struct key_watch *w);

static void key_row_read(struct store_op *op, const struct err *e)
{
    struct key_get *get = list_entry(op, struct key_get, op);
    struct key_watch *w = op->ud;
    key_get_free(get);
    w->is_looking = false;
    if (w->fresh != NULL) {
        vault_replace(w->vault, w->fresh);
        w->fresh = NULL;
        char id[MASTER_KEY_ID_TEXT];
        master_key_id_text(key_id(vault_key(w->vault)), id);
        log_info("vault", "the master key was changed to %s", id);
    }
    if (e != NULL && e->kind != ERR_CANCELLED) {
        log_error("vault", "%s", e->message);
    }
    if (w->then == NULL) {
        return; /* stopped */
    }
    if (w->wants_another) {
        begin_look(w);
    } else {
        w->then(w->then_ud);
    }
}

static void begin_look(struct key_watch *w)
{
    w->is_looking = true;
    w->wants_another = false;
    memcpy(w->known, key_id(vault_key(w->vault)), KEY_ID);
    struct key_get *get = key_get_new();
    get->found = found_key;
    get->found_ud = w;
    get->op.must_land = true;
    get->op.done = key_row_read;
    get->op.ud = w;
    store_submit_read(w->store, &get->op);
}

struct key_watch *key_watch_new(struct store *s, struct vault *v, const char *path)
{
    struct key_watch *w = xcalloc(1, sizeof(*w));
    w->store = s;
    w->vault = v;
    w->path = xstrdup(path);
    return w;
}

void key_watch_look(struct key_watch *w, void (*then)(void *ud), void *ud)
{
    w->then = then;
    w->then_ud = ud;
    if (w->is_looking) {
        w->wants_another = true;
    } else {
        begin_look(w);
    }
}

void key_watch_stop(struct key_watch *w)
{
    if (w != NULL) {
        w->then = NULL;
    }
}

bool key_watch_is_idle(const struct key_watch *w)
{
    return !w->is_looking;
}

void key_watch_free(struct key_watch *w)
{
    if (w != NULL) {
        assert(!w->is_looking);
        vault_free(w->fresh);
        free(w->path);
        free(w);
    }
}
