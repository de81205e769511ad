/* What the engine reads back from its own store, in case it was damaged: a recipe's bundle becomes
 * a program or an error, and its conditions are decided or fail; the journal's JSON is read; a
 * sealed value opens only if its bytes are the ones that were sealed. */
#include "fuzz.h"

#include <unistd.h>

#include "crypto/vault.h"
#include "run/lua_act.h"
#include "run/program.h"

static void check_bundle(const char *text, size_t len)
{
    struct err e = ERR_INIT;
    struct program *p = program_new(
        &(struct program_opts){
            .hash = "h", .bundle = text, .bundle_len = len, .act = act_functions },
        &e);
    if (p == NULL) {
        FUZZ_CHECK(e.kind != ERR_NONE && e.message[0] != '\0');
        return;
    }
    bool is_wanted = false;
    char *key = NULL;
    json_t *event = json_pack("{s:s, s:[s]}", "id", "c1", "tags", "lead");
    json_t *meta = json_object();
    FUZZ_CHECK(program_name(p) != NULL);
    if (program_decide(p, event, meta, 0, &is_wanted, &key, &e) == -1) {
        FUZZ_CHECK(e.kind != ERR_NONE);
    }
    free(key);
    json_decref(event);
    json_decref(meta);
    program_unref(p);
}

/* A key file of this process, gone as soon as it was read. */
static struct vault *open_vault(void)
{
    struct err e = ERR_INIT;
    char folder[] = "/tmp/ladle-fuzz-XXXXXX";
    FUZZ_CHECK(mkdtemp(folder) != NULL);
    char *path = xasprintf("%s/key", folder);
    struct vault *v = vault_open(path, true, &e);
    FUZZ_CHECK(v != NULL && unlink(path) == 0 && rmdir(folder) == 0);
    free(path);
    return v;
}

/* The input, laid over a value that was sealed. */
static void check_sealed(const uint8_t *data, size_t size)
{
    static struct vault *vault;
    static uint8_t *sealed;
    static size_t len;
    struct err e = ERR_INIT;
    if (vault == NULL) {
        vault = open_vault();
        struct secret *value = secret_new("a value that is kept", 20);
        vault_seal(vault, "name", value, &sealed, &len);
        secret_free(value);
    }
    uint8_t *bytes = xmemdup(sealed, len);
    size_t used = size < len ? size : len;
    for (size_t i = 0; i < used; i++) {
        bytes[len - used + i] ^= data[i];
    }
    struct secret *opened = vault_open_value(vault, "name", bytes, len, &e);
    FUZZ_CHECK((opened != NULL) == (memcmp(bytes, sealed, len) == 0));
    secret_free(opened);
    opened = vault_open_value(vault, "name", data, size, &e);
    FUZZ_CHECK(opened == NULL && e.kind == ERR_CONFIG);
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = fuzz_input(data, size);
    char *text = fuzz_rest(&in);
    check_bundle(text, size);
    check_sealed((const uint8_t *)text, size);
    free(text);
    return 0;
}
