/* The module `host`: digests, signatures and encodings, over crypto/sign.h, so that a test or the
 * sandbox signs as the services do. Loop thread. */
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/mem.h"
#include "crypto/sign.h"
#include "host/host_impl.h"
#include "script/strand.h"

enum { SEED_LEN = 32, ENCODED_MAX = 64 << 20 };

static const char KEY_TYPE[] = "host.key";

static void buf_close(void *ptr)
{
    buf_fini(ptr);
    free(ptr);
}

/* A buffer that goes with the binding.   [-0, +1, raises] */
static struct buf *push_buf(lua_State *L)
{
    void **box = box_push(L, buf_close);
    struct buf *b = xcalloc(1, sizeof *b);
    buf_init(b, ENCODED_MAX);
    *box = b;
    return b;
}

/* The bytes as "raw", "hex" or "base64", as the text at `index` says.   [-0, +2, raises] */
static int push_encoded(lua_State *L, int index, const char *otherwise, const void *data,
                        size_t len)
{
    static const char *const names[] = { "raw", "hex", "base64", NULL };
    int form = luaL_checkoption(L, index, otherwise, names);
    if (form == 0) {
        lua_pushlstring(L, data, len);
        return 1;
    }
    struct buf *out = push_buf(L);
    int rc = form == 1 ? hex_encode(out, data, len) : base64_encode(out, data, len);
    if (rc == -1) {
        return luaL_error(L, "more than %d MiB", ENCODED_MAX >> 20);
    }
    lua_pushlstring(L, buf_text(out), out->len);
    return 1;
}

/* host.sha256(data[, form]) -> digest, "hex" where no form is named   [-2, +1, raises] */
static int host_sha256(lua_State *L)
{
    size_t len;
    const char *data = luaL_checklstring(L, 1, &len);
    uint8_t digest[SIGN_DIGEST_MAX];
    size_t digest_len = sign_digest(SIGN_SHA256, data, len, digest);
    return push_encoded(L, 2, "hex", digest, digest_len);
}

/* host.hmac(hash, key, data[, form]) -> code; hash is "sha1", "sha256" or "sha512"
 *   [-4, +1, raises] */
static int host_hmac(lua_State *L)
{
    enum sign_hash hash;
    size_t key_len, len;
    luaL_argcheck(L, sign_hash_parse(luaL_checkstring(L, 1), &hash) == 0, 1, "a hash expected");
    const char *key = luaL_checklstring(L, 2, &key_len);
    const char *data = luaL_checklstring(L, 3, &len);
    uint8_t code[SIGN_DIGEST_MAX];
    size_t code_len = sign_hmac(hash, key, key_len, data, len, code);
    return push_encoded(L, 4, "hex", code, code_len);
}

/* host.base64(data) -> text   [-1, +1, raises] */
static int host_base64(lua_State *L)
{
    size_t len;
    const char *data = luaL_checklstring(L, 1, &len);
    lua_settop(L, 1);
    lua_pushnil(L);
    return push_encoded(L, 2, "base64", data, len);
}

/* host.base64_decode(text) -> data | nil, error   [-1, +1|2, raises] */
static int host_base64_decode(lua_State *L)
{
    size_t len;
    const char *text = luaL_checklstring(L, 1, &len);
    struct err e = ERR_INIT;
    struct buf *out = push_buf(L);
    if (base64_decode(out, text, len, &e) == -1) {
        return host_push_failure(L, &e);
    }
    lua_pushlstring(L, buf_text(out), out->len);
    return 1;
}

/* host.uuid() -> a new UUID of version 7   [-0, +1, raises] */
static int host_uuid(lua_State *L)
{
    char text[ID_TEXT + 1];
    struct id id = id_new();
    id_format(&id, text);
    lua_pushstring(L, text);
    return 1;
}

/* --- Ed25519 --- */

static struct sign_key *check_key(lua_State *L)
{
    struct sign_key **key = luaL_checkudata(L, 1, KEY_TYPE);
    luaL_argcheck(L, *key != NULL, 1, "the key is gone");
    return *key;
}

static int key_gc(lua_State *L)
{
    struct sign_key **key = luaL_checkudata(L, 1, KEY_TYPE);
    sign_key_free(*key);
    *key = NULL;
    return 0;
}

/* host.sign.ed25519_new([seed]) -> key; the seed is 32 bytes, without one it is random
 *   [-1, +1, raises] */
static int ed25519_new(lua_State *L)
{
    size_t len = 0;
    const char *given = luaL_optlstring(L, 1, NULL, &len);
    luaL_argcheck(L, given == NULL || len == SEED_LEN, 1, "a seed of 32 bytes expected");
    uint8_t seed[SEED_LEN];
    if (given != NULL) {
        memcpy(seed, given, sizeof seed);
    } else {
        clock_random(seed, sizeof seed);
    }
    struct sign_key **key = lua_newuserdatauv(L, sizeof *key, 0);
    *key = NULL;
    luaL_setmetatable(L, KEY_TYPE);
    *key = sign_key_new_ed25519(seed);
    return 1;
}

/* key:sign(data[, form]) -> signature, "base64" where no form is named   [-3, +1, raises] */
static int key_sign(lua_State *L)
{
    struct sign_key *key = check_key(L);
    size_t len;
    const char *data = luaL_checklstring(L, 2, &len);
    uint8_t signature[SIGN_ED25519];
    struct err e = ERR_INIT;
    if (sign_make(key, data, len, signature, &e) == -1) {
        return vm_raise(L, &e);
    }
    return push_encoded(L, 3, "base64", signature, sizeof signature);
}

static void text_close(void *ptr)
{
    free(ptr);
}

/* key:public_pem() -> text   [-1, +1, raises] */
static int key_public_pem(lua_State *L)
{
    struct sign_key *key = check_key(L);
    void **box = box_push(L, text_close);
    *box = sign_key_public_pem(key);
    lua_pushstring(L, *box);
    return 1;
}

static void key_close(void *ptr)
{
    sign_key_free(ptr);
}

/* host.sign.verify(public_pem, data, signature in base64) -> boolean   [-3, +1, raises] */
static int sign_lua_verify(lua_State *L)
{
    size_t pem_len, len, text_len;
    const char *pem = luaL_checklstring(L, 1, &pem_len);
    const char *data = luaL_checklstring(L, 2, &len);
    const char *text = luaL_checklstring(L, 3, &text_len);
    struct err e = ERR_INIT;
    struct buf *signature = push_buf(L);
    void **box = box_push(L, key_close);
    *box = sign_key_parse(pem, pem_len, &e);
    if (*box == NULL) {
        return vm_raise(L, &e);
    }
    bool is_good =
        base64_decode(signature, text, text_len, &e) == 0 &&
        sign_verify(*box, data, len, (const uint8_t *)buf_text(signature), signature->len);
    lua_pushboolean(L, is_good);
    return 1;
}

static const luaL_Reg key_methods[] = {
    { "public_pem", key_public_pem },
    { "sign", key_sign },
    { NULL, NULL },
};

static const luaL_Reg sign_functions[] = {
    { "ed25519_new", ed25519_new },
    { "verify", sign_lua_verify },
    { NULL, NULL },
};

static const luaL_Reg crypto_functions[] = {
    { "base64", host_base64 }, { "base64_decode", host_base64_decode },
    { "hmac", host_hmac },     { "sha256", host_sha256 },
    { "uuid", host_uuid },     { NULL, NULL },
};

void host_crypto_open(lua_State *L, struct host *h)
{
    host_set_functions(L, h, crypto_functions);
    if (luaL_newmetatable(L, KEY_TYPE)) { // mt
        lua_pushcfunction(L, key_gc);
        lua_setfield(L, -2, "__gc");
        luaL_newlib(L, key_methods);
        lua_setfield(L, -2, "__index");
    }
    lua_pop(L, 1);
    luaL_newlib(L, sign_functions); // sign
    lua_setfield(L, -2, "sign");
}
