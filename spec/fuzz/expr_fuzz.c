/* Expressions: what expr_check lets through compiles as a condition of a recipe and is evaluated on
 * an event, under a budget; it gives a value or an error of a script, and nothing else. */
#include "fuzz.h"

#include "run/lua_act.h"
#include "run/program.h"
#include "script/catalog.h"

static const char EVENT[] =
    "{\"id\":\"c1\",\"tags\":[\"lead\"],\"n\":2,\"o\":{\"a\":[1,2,{\"b\":null}]},\"t\":\"x y\"}";

static char *bundle_of(const char *text, size_t len, size_t *bundle_len)
{
    json_t *node = json_pack("{s:s, s:s%, s:i}", "t", "expr", "s", text, len, "line", 1);
    if (node == NULL) {
        return NULL; /* not UTF-8, which the loader refuses */
    }
    json_t *bundle = json_pack("{s:{s:s, s:o, s:O, s:[]}, s:{}, s:s}", "plan", "recipe", "f", "if",
                               node, "key", node, "do", "inputs", "timezone", "UTC");
    char *out = json_text(bundle, bundle_len);
    json_decref(bundle);
    return out;
}

static void decide(struct program *p)
{
    struct err e = ERR_INIT;
    json_t *event = json_parse(EVENT, strlen(EVENT), &e);
    json_t *meta = json_pack("{s:s}", "id", "m1");
    bool is_wanted = false;
    char *key = NULL;
    if (program_decide(p, event, meta, INT64_C(1795428000000000), &is_wanted, &key, &e) == -1) {
        FUZZ_CHECK(e.kind != ERR_NONE && e.kind != ERR_INTERNAL && key == NULL);
    }
    FUZZ_CHECK(key == NULL || strlen(key) <= 255);
    free(key);
    json_decref(meta);
    json_decref(event);
}

static void run(const char *text, size_t len)
{
    struct err e = ERR_INIT;
    size_t bundle_len;
    char *bundle = bundle_of(text, len, &bundle_len);
    if (bundle == NULL) {
        return;
    }
    struct program *p = program_new(
        &(struct program_opts){
            .hash = "h", .bundle = bundle, .bundle_len = bundle_len, .act = act_functions },
        &e);
    free(bundle);
    if (p == NULL) {
        (void)fprintf(stderr, "%s\n", e.message);
    }
    FUZZ_CHECK(p != NULL);
    decide(p);
    program_unref(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = fuzz_input(data, size);
    char *text = fuzz_rest(&in);
    struct err e = ERR_INIT;
    char *hint = NULL;
    if (expr_check(text, size, NULL, &hint, &e) == 0) {
        run(text, size);
    } else {
        FUZZ_CHECK(e.kind == ERR_SCRIPT && e.message[0] != '\0');
    }
    free(hint);
    free(text);
    return 0;
}
