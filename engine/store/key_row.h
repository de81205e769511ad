#pragma once

#include <stdbool.h>

#include "crypto/vault.h"
#include "store/store.h"

/* Which master key the secrets are sealed under. It is kept as a sealed value of its own, of no
 * content, under the name KEY_ROW: its bytes name the key, and it opens with the right one. While
 * it is there, a secret that is sealed under another key is not written (ERR_CONFLICT), so that a
 * process that has not noticed a change of the key cannot leave anything that nobody can open. */
#define KEY_ROW "vault:key"

struct key_get {
    struct store_op op;
    /* Called by exec, so on its thread, where the store has a row; what it returns is the op's
     * result. NULL: nothing is called. */
    int (*found)(void *ud, const uint8_t id[KEY_ID], struct err *e);
    void *found_ud;
    bool is_there; /* out */
    uint8_t id[KEY_ID];
    int64_t since_us;
    int64_t sealed; /* values, the row itself not counted */
};
struct key_get *key_get_new(void);
void key_get_free(struct key_get *g);

/* Writes the row of a store that has none. `sealed` is taken: KEY_ROW, sealed. ERR_CONFLICT where
 * there is a row; ERR_CONFIG where a value is sealed under another key. */
struct key_put {
    struct store_op op;
    uint8_t *sealed;
    size_t len;
};
struct key_put *key_put_new(uint8_t *sealed_taken, size_t len);
void key_put_free(struct key_put *p);

/* Seals every value again, under the key of another vault, in this one transaction. The vaults are
 * borrowed. ERR_CONFIG, naming it, where a value does not open. */
struct key_change {
    struct store_op op;
    const struct vault *from;
    const struct vault *to;
    void (*progress)(void *ud, int64_t done, int64_t all); /* or NULL */
    void *progress_ud;
    int64_t sealed; /* out: how many values */
};
struct key_change *key_change_new(const struct vault *from, const struct vault *to);
void key_change_free(struct key_change *c);

/* Removes every value that this vault's key does not open, and writes the row for it: for a store
 * whose key is lost. */
struct key_forget {
    struct store_op op;
    const struct vault *vault; /* borrowed */
    int64_t removed;           /* out */
};
struct key_forget *key_forget_new(const struct vault *v);
void key_forget_free(struct key_forget *f);
