#pragma once

#include <stdbool.h>

#include "crypto/vault.h"
#include "net/loop.h"
#include "project/project.h"
#include "store/key_row.h"

/* The master key of a project, held against what the store says of it.
 *
 * A change of a key file (`ladle key rotate`) has three steps: the new key is written as
 * <key>.next; all values are sealed again, and the store names the new key, in one transaction; the
 * file takes its place. Whatever is cut off in between, the store says which of the two files
 * counts, and who opens the vault next finishes the last step. */

struct master_key_opts {
    const char *path; /* of the key file */
    bool may_write;   /* a missing key file, and the store's row for it, may be made */
    bool has_lock;    /* key_lock is held by the caller */
};
/* ERR_CONFIG where there is no key, or it is not the one that the store's secrets are sealed under.
 * Before store_start. Yours. */
struct vault *master_key_open(struct store *s, const struct master_key_opts *o, struct err *e);

/* The same for a look: nothing is written, and 0 with *out NULL where the first start would make
 * the key. -1 and ERR_CONFIG. Yours. */
int master_key_look(struct store *s, const char *path, struct vault **out, struct err *e);

/* The id as 16 hex digits. */
enum { MASTER_KEY_ID_TEXT = 2 * KEY_ID + 1 };
void master_key_id_text(const uint8_t id[KEY_ID], char out[MASTER_KEY_ID_TEXT]);

/* For an engine that runs: takes over a key file that was changed meanwhile. Loop thread. */
struct key_watch;
/* `path` is copied; the vault is borrowed and gets the new keys. */
struct key_watch *key_watch_new(struct store *s, struct vault *v, const char *path);
/* The store was changed by another process: looks, in the background; then(ud) is called from the
 * loop when the vault has the store's key, or why not was logged. */
void key_watch_look(struct key_watch *w, void (*then)(void *ud), void *ud);
void key_watch_stop(struct key_watch *w);          /* nothing is called any more */
bool key_watch_is_idle(const struct key_watch *w); /* it does not look just now */
void key_watch_free(struct key_watch *w);          /* it is idle; NULL is allowed */
