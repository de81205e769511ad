/* JSON: what is parsed is written as text that gives the same value, keys sorted or not, and comes
 * out of Lua as it went in. */
#include "fuzz.h"

#include "format/json.h"
#include "script/vm.h"

static void check_round(const json_t *v)
{
    struct err e = ERR_INIT;
    size_t len;
    char *text = json_text(v, &len);
    char *sorted = json_text_sorted(v);
    json_t *again = json_parse(text, len, &e);
    json_t *also = json_parse(sorted, strlen(sorted), &e);
    FUZZ_CHECK(again != NULL && json_equal(v, again) && json_equal(v, also));
    char *second = json_text_sorted(again);
    FUZZ_CHECK(strcmp(sorted, second) == 0);
    json_decref(again);
    json_decref(also);
    free(text);
    free(sorted);
    free(second);
}

struct passage {
    const json_t *in;
    json_t *out;
};

static int pass(lua_State *L)
{
    struct passage *p = lua_touserdata(L, 1);
    vm_push_json(L, p->in, false);
    p->out = vm_to_json(L, -1);
    return 0;
}

/* Lua's numbers hold what JSON's do, so nothing is lost on the way. */
static void check_lua(const json_t *v)
{
    struct err e = ERR_INIT;
    struct vm *vm = vm_new(&(struct vm_opts){ .memory_max = 64 << 20 }, &e);
    struct passage p = { .in = v };
    FUZZ_CHECK(vm != NULL && vm_enter(vm, pass, &p, &e) == 0);
    FUZZ_CHECK(json_equal(v, p.out));
    json_decref(p.out);
    vm_free(vm);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err e = ERR_INIT;
    struct fuzz_input in = fuzz_input(data, size);
    char *text = fuzz_rest(&in);
    json_t *v = json_parse(text, size, &e);
    FUZZ_CHECK(v != NULL || (e.kind == ERR_INVALID && e.message[0] != '\0'));
    json_t *own = json_parse_own(text, size, &e);
    FUZZ_CHECK(v == NULL || json_equal(v, own));
    if (v != NULL) {
        check_round(v);
        check_lua(v);
    }
    json_decref(own);
    json_decref(v);
    free(text);
    return 0;
}
