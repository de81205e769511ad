/*
 * Seals secrets for the store, with libsodium, under a master key. The name of a value, the
 * format's version and the key's id are authenticated with it, so a sealed value opens only under
 * the name that it was sealed for. While the master key is changed (store/key_row.h) there are two:
 * a value opens under the one that its header names. Any thread after vault_open.
 */
#include "crypto/vault.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/clock.h"
#include "base/mem.h"

enum {
    VERSION = 1,
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    HEADER = 1 + KEY_ID,
    KEYS = 2,
};

_Static_assert(HEADER + NONCE + TAG == VAULT_OVERHEAD, "the format that vault.h describes");

struct vault {
    struct key *keys[KEYS]; /* the second may be NULL: the one of <key_path>.next */
    size_t chosen;
    enum vault_source source;
};

/* --- sources --- */

static char *environment_key; /* what LADLE_KEY said; NULL: nothing */

void vault_take_environment(void)
{
    char *text = getenv("LADLE_KEY");
    if (text == NULL) {
        return;
    }
    sodium_free(environment_key);
    size_t len = strlen(text);
    if (sodium_init() == -1) {
        abort(); /* nothing was started yet */
    }
    environment_key = sodium_malloc(len + 1);
    assert(environment_key != NULL);
    memcpy(environment_key, text, len + 1);
    secret_scrub(text, len);     /* /proc/PID/environ shows these bytes */
    (void)unsetenv("LADLE_KEY"); /* fails for a name with '=' only */
}

/* 0 with *out NULL where this source has none. */
static int from_environment(struct key **out, struct err *e)
{
    *out = environment_key != NULL ? key_parse(environment_key, strlen(environment_key)) : NULL;
    if (environment_key != NULL && *out == NULL) {
        return err_set(e, ERR_CONFIG, "LADLE_KEY is no key: it has 64 hexadecimal digits");
    }
    return 0;
}

static int optional(struct key **out, const char *path, enum key_access access, struct err *e)
{
    struct err why = ERR_INIT;
    *out = key_read(path, access, &why);
    if (*out == NULL && why.kind != ERR_NOT_FOUND) {
        return err_set(e, why.kind, "%s", why.message);
    }
    return 0;
}

static int from_credential(struct key **out, struct err *e)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    *out = NULL;
    if (folder == NULL || *folder == '\0') {
        return 0;
    }
    char *path = xasprintf("%s/ladle.key", folder);
    int rc = optional(out, path, KEY_GUARDED, e);
    free(path);
    return rc;
}

static const char *source_name(enum vault_source source)
{
    switch (source) {
    case VAULT_ENVIRONMENT:
        return "the environment (LADLE_KEY)";
    case VAULT_CREDENTIAL:
        return "the systemd credential ladle.key";
    case VAULT_FILE:
        return "the key file";
    }
    return "";
}

/* Takes one source's key into the vault; where there is one already it has to be the same. */
static int merge(struct vault *v, struct key *k, enum vault_source source, struct err *e)
{
    if (k == NULL) {
        return 0;
    }
    if (v->keys[0] == NULL) {
        v->keys[0] = k;
        v->source = source;
        return 0;
    }
    bool is_same = memcmp(key_id(k), key_id(v->keys[0]), KEY_ID) == 0;
    key_free(k);
    if (!is_same) {
        return err_set(e, ERR_CONFIG,
                       "%s and %s have different master keys; remove the one that is not the "
                       "store's (`ladle key show` with one at a time tells)",
                       source_name(v->source), source_name(source));
    }
    return 0;
}

/* What env, credential and file have; with VAULT_ENVIRONMENT first, as vault.h says. */
static int read_sources(struct vault *v, const char *path, struct err *e)
{
    struct key *k;
    if (from_environment(&k, e) == -1 || merge(v, k, VAULT_ENVIRONMENT, e) == -1 ||
        from_credential(&k, e) == -1 || merge(v, k, VAULT_CREDENTIAL, e) == -1 ||
        optional(&k, path, KEY_PRIVATE, e) == -1 || merge(v, k, VAULT_FILE, e) == -1) {
        return -1;
    }
    return 0;
}

/* Another process may make the key file at the same moment: then that one counts. */
static int make_file(struct vault *v, const char *path, bool may_create, struct err *e)
{
    struct err why = ERR_INIT;
    struct key *fresh = may_create ? key_new() : NULL;
    int rc = fresh != NULL ? key_write(fresh, path, &why) : 0;
    key_free(fresh);
    if (rc == -1 && why.kind != ERR_CONFLICT) {
        return err_set(e, why.kind, "%s", why.message);
    }
    v->source = VAULT_FILE;
    v->keys[0] = key_read(path, KEY_PRIVATE, e);
    if (v->keys[0] == NULL && e != NULL && e->kind == ERR_NOT_FOUND) {
        e->kind = ERR_CONFIG; /* a key that is not there is for a person to mend */
    }
    return v->keys[0] != NULL ? 0 : -1;
}

static int read_next(struct vault *v, const char *path, struct err *e)
{
    char *next = xasprintf("%s.next", path);
    int rc = optional(&v->keys[1], next, KEY_PRIVATE, e);
    free(next);
    return rc;
}

/* --- the vault --- */

struct vault *vault_open(const char *key_path, bool may_create, struct err *e)
{
    if (sodium_init() == -1) {
        (void)err_set(e, ERR_INTERNAL, "libsodium does not start");
        return NULL;
    }
    struct vault *v = xcalloc(1, sizeof(*v));
    if (read_sources(v, key_path, e) == -1 ||
        (v->keys[0] == NULL && make_file(v, key_path, may_create, e) == -1) ||
        read_next(v, key_path, e) == -1) {
        vault_free(v);
        return NULL;
    }
    return v;
}

struct vault *vault_of(struct key *taken)
{
    struct vault *v = xcalloc(1, sizeof(*v));
    v->keys[0] = taken;
    v->source = VAULT_FILE;
    return v;
}

void vault_free(struct vault *v)
{
    if (v == NULL) {
        return;
    }
    for (size_t i = 0; i < KEYS; i++) {
        key_free(v->keys[i]);
    }
    free(v);
}

/* The key of that id, or NULL. */
static const struct key *find_key(const struct vault *v, const uint8_t id[KEY_ID])
{
    for (size_t i = 0; i < KEYS; i++) {
        if (v->keys[i] != NULL && memcmp(key_id(v->keys[i]), id, KEY_ID) == 0) {
            return v->keys[i];
        }
    }
    return NULL;
}

int vault_choose(struct vault *v, const uint8_t id[KEY_ID])
{
    const struct key *k = find_key(v, id);
    if (k == NULL) {
        return -1;
    }
    v->chosen = k == v->keys[0] ? 0 : 1;
    return 0;
}

bool vault_is_next(const struct vault *v)
{
    return v->chosen == 1;
}

void vault_replace(struct vault *v, struct vault *other)
{
    struct vault old = *v;
    *v = *other;
    *other = old;
    vault_free(other);
}

const struct key *vault_key(const struct vault *v)
{
    return v->keys[v->chosen];
}

enum vault_source vault_source(const struct vault *v)
{
    return v->source;
}

const uint8_t *vault_sealed_id(const uint8_t *sealed, size_t len)
{
    return len >= VAULT_OVERHEAD && sealed[0] == VERSION ? sealed + 1 : NULL;
}

/* What is authenticated beside the value: the header, then the name. Yours. */
static uint8_t *bound_data(const uint8_t header[HEADER], const char *name, size_t *len)
{
    size_t name_len = strlen(name);
    uint8_t *bound = xmalloc(HEADER + name_len);
    memcpy(bound, header, HEADER);
    memcpy(bound + HEADER, name, name_len);
    *len = HEADER + name_len;
    return bound;
}

void vault_seal(const struct vault *v, const char *name, const struct secret *value,
                uint8_t **sealed, size_t *len)
{
    uint8_t *out = xmalloc(VAULT_OVERHEAD + secret_len(value));
    out[0] = VERSION;
    memcpy(out + 1, key_id(vault_key(v)), KEY_ID);
    clock_random(out + HEADER, NONCE);
    size_t bound_len;
    uint8_t *bound = bound_data(out, name, &bound_len);
    unsigned long long cipher_len = 0;
    int rc = crypto_aead_xchacha20poly1305_ietf_encrypt(
        out + HEADER + NONCE, &cipher_len, (const uint8_t *)secret_bytes(value), secret_len(value),
        bound, bound_len, NULL, out + HEADER, key_bytes(vault_key(v)));
    assert(rc == 0 && cipher_len == secret_len(value) + TAG);
    free(bound);
    *sealed = out;
    *len = VAULT_OVERHEAD + secret_len(value);
}

/* The key that a value was sealed under, or NULL. */
static const struct key *key_of(const struct vault *v, const char *name, const uint8_t *sealed,
                                size_t len, struct err *e)
{
    const uint8_t *id = vault_sealed_id(sealed, len);
    if (id == NULL) {
        (void)err_set(e, ERR_CONFIG, "the sealed secret %.80s is damaged or from a newer version",
                      name);
        return NULL;
    }
    const struct key *k = find_key(v, id);
    if (k == NULL) {
        (void)err_set(e, ERR_CONFIG,
                      "the secret %.80s was sealed under another key; put back the key file that "
                      "belongs to this store, or set the secret again",
                      name);
    }
    return k;
}

struct secret *vault_open_value(const struct vault *v, const char *name, const uint8_t *sealed,
                                size_t len, struct err *e)
{
    const struct key *k = key_of(v, name, sealed, len, e);
    if (k == NULL) {
        return NULL;
    }
    size_t plain_len = len - VAULT_OVERHEAD;
    char *plain = xmalloc(plain_len + 1);
    size_t bound_len;
    uint8_t *bound = bound_data(sealed, name, &bound_len);
    int rc = crypto_aead_xchacha20poly1305_ietf_decrypt(
        (uint8_t *)plain, NULL, NULL, sealed + HEADER + NONCE, plain_len + TAG, bound, bound_len,
        sealed + HEADER, key_bytes(k));
    free(bound);
    if (rc != 0) {
        free(plain);
        (void)err_set(e, ERR_CONFIG,
                      "the sealed secret %.80s was changed, or belongs to another name", name);
        return NULL;
    }
    return secret_take(plain, plain_len);
}
