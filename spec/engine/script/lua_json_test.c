/* JSON to Lua and back: exact integers, arrays kept apart from objects, and limits on what leaves
 * Lua. */
#include "snippet.h"

#include <stdlib.h>

static const char PRELUDE[] = "local json = require 'json' ";

static void check(struct vm *vm, const char *code, const char *result)
{
    char full[2048];
    snprintf(full, sizeof full, "%s%s", PRELUDE, code);
    expect(vm, full, result);
}

static void check_error(struct vm *vm, const char *code, enum err_kind kind, const char *part)
{
    char full[2048];
    snprintf(full, sizeof full, "%s%s", PRELUDE, code);
    expect_error(vm, full, kind, part);
}

static void integers_stay_exact(void **state)
{
    check(*state,
          "return json.encode(json.decode('[9007199254740993, -9223372036854775808, "
          "9223372036854775807]'))",
          "[9007199254740993,-9223372036854775808,9223372036854775807]");
    check(*state, "return math.type(json.decode('1')) .. math.type(json.decode('1.0'))",
          "integerfloat");
    check(*state, "return json.encode({ 1, 0.1, 1e300 })", "[1,0.1,1e+300]");
    check(*state, "return json.encode(1 // 1) .. json.encode(2 / 1)", "12.0");
}

static void arrays_and_objects_stay_apart(void **state)
{
    check(*state, "return json.encode(json.decode('{\"a\":[],\"b\":{}}'))", "{\"a\":[],\"b\":{}}");
    check(*state,
          "return json.encode({}) .. json.encode(json.array()) .. json.encode(json.array({}))",
          "{}[][]");
    check(*state, "return json.encode({ 1, 2, 3 })", "[1,2,3]");
    check(*state, "return json.encode({ [1] = 'a', [2] = 'b' })", "[\"a\",\"b\"]");
    check(*state,
          "return tostring(json.is_array(json.decode('[]'))) .. tostring(json.is_array({ 1 }))",
          "truefalse");
    check(*state, "local a = json.array({ 1 }) a[3] = 3 return json.encode(a)", "[1,null,3]");
    check_error(*state, "local a = json.array({ 1 }) a.x = 3 return json.encode(a)", ERR_INVALID,
                "no position");
}

static void mixed_and_sparse_tables_become_objects(void **state)
{
    check(*state, "return json.encode({ 'string', optional = true })",
          "{\"1\":\"string\",\"optional\":true}");
    check(*state, "return json.encode({ [1000000000] = 1 })", "{\"1000000000\":1}");
    check(*state, "return json.encode({ [0] = 'a', 'b' })", "{\"0\":\"a\",\"1\":\"b\"}");
    check_error(*state, "return json.encode({ 'a', ['1'] = 'b' })", ERR_INVALID, "same key");
    check_error(*state, "return json.encode({ [1.5] = 1 })", ERR_INVALID,
                "neither a text nor a whole number");
    check_error(*state, "return json.encode({ [true] = 1 })", ERR_INVALID,
                "neither a text nor a whole number");
}

static void keys_come_sorted(void **state)
{
    check(*state, "return json.encode({ b = 1, a = 2, c = { z = 1, y = 2 } })",
          "{\"a\":2,\"b\":1,\"c\":{\"y\":2,\"z\":1}}");
}

static void null_is_a_value(void **state)
{
    check(*state, "return json.encode({ a = json.null })", "{\"a\":null}");
    check(*state, "return tostring(json.decode('[null]')[1] == json.null)", "true");
    check(*state, "return tostring(json.null)", "null");
    check(*state, "return tostring(json.null == require('cjson').null)", "true");
    check(*state, "return json.encode(nil)", "null");
}

static void texts_are_utf8(void **state)
{
    check(*state, "return json.encode('ä\\n\\0\"') .. #json.decode('\"\\\\u0000\\\\u00e4\"')",
          "\"ä\\n\\u0000\\\"\"3");
    check_error(*state, "return json.encode('\\xff')", ERR_INVALID, "not UTF-8");
    check_error(*state, "return json.encode({ ['\\xff'] = 1 })", ERR_INVALID, "not UTF-8");
}

static void what_json_has_not_is_refused(void **state)
{
    check_error(*state, "return json.encode(print)", ERR_INVALID, "a function cannot");
    check_error(*state, "return json.encode({ { x = print } })", ERR_INVALID, "a function cannot");
    check_error(*state, "return json.encode(0 / 0)", ERR_INVALID, "NaN");
    check_error(*state, "return json.encode({ math.huge })", ERR_INVALID, "infinite");
    check_error(*state, "local t = {} t.t = t return json.encode(t)", ERR_INVALID,
                "contains itself");
    check_error(*state, "local t = {} for i = 1, 64 do t = { t } end return json.encode(t)",
                ERR_INVALID, "64 levels");
    check(*state, "local t = {} for i = 1, 62 do t = { t } end return #json.encode(t)", "126");
}

/* A small table that holds itself many times over is large outside. */
static void what_leaves_lua_is_bounded(void **state)
{
    check_error(*state, "local t = { 1 } for i = 1, 40 do t = { t, t } end return json.encode(t)",
                ERR_TOO_LARGE, "too large");
    check_error(*state,
                "local s = ('x'):rep(1 << 20) local t = {} for i = 1, 30 do t[i] = s end return "
                "json.encode(t)",
                ERR_TOO_LARGE, "too large");
    check_error(
        *state,
        "local t = { 1 } for i = 1, 40 do t = { t, t } end return require('cjson').encode(t)",
        ERR_TOO_LARGE, "too large");
    check_error(*state, "local t = {} t.t = t return require('cjson').encode(t)", ERR_INVALID,
                "contains itself");
    check_error(*state, "local a = json.array() a[1 << 40] = 1 return json.encode(a)",
                ERR_TOO_LARGE, "too large");
    check_error(*state, "return json.decode('[' .. ('[],'):rep(600000) .. '1]')", ERR_TOO_LARGE,
                "500000 values");
    check(*state, "return #json.decode('[\"' .. (',[\\\\\"'):rep(300000) .. '\"]')[1]", "900000");
    check_error(*state,
                "local k = ('k'):rep(1 << 20) local t = { [k] = 1 } local u = {} "
                "for i = 1, 30 do u[i] = t end return require('cjson').encode(u)",
                ERR_TOO_LARGE, "too large");
    check_error(*state, "return json.decode(('['):rep(5 << 20))", ERR_TOO_LARGE, "4 MiB");
}

static void decoding_reports_errors(void **state)
{
    check_error(*state, "return json.decode('{')", ERR_INVALID, "line 1");
    check_error(*state, "return json.decode('{\"a\":1,\"a\":2}')", ERR_INVALID, "");
    check_error(*state, "return json.decode('')", ERR_INVALID, "");
    check_error(*state, "return json.decode('[1] x')", ERR_INVALID, "");
    check_error(*state, "return json.decode(('['):rep(1000))", ERR_INVALID, "");
    check_error(*state, "return json.decode({})", ERR_SCRIPT, "string expected");
    check(*state, "local v, e = json.try_decode('{') return tostring(v) .. e.kind", "nilinvalid");
    check(*state, "return json.try_decode('[1]')[1]", "1");
}

static void pretty_text_is_the_same_value(void **state)
{
    check(*state,
          "return json.encode({ a = { 1, 2 }, b = {}, c = json.array(), d = '[{\\\\\"' }, { pretty "
          "= true })",
          "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {},\n  \"c\": [],\n  \"d\": "
          "\"[{\\\\\\\"\"\n}");
    check(*state,
          "local t = { a = { 1, { b = 'x, y: {}' } } } return "
          "json.encode(json.decode(json.encode(t, { pretty = true })))",
          "{\"a\":[1,{\"b\":\"x, y: {}\"}]}");
    check(*state, "return json.encode('x', { pretty = true })", "\"x\"");
}

static void a_table_with_a_metatable_cannot_be_an_array(void **state)
{
    check_error(*state, "json.array(setmetatable({}, {}))", ERR_SCRIPT, "metatable of its own");
    check(*state, "return json.encode(setmetatable({ 1 }, { __index = { x = 1 } }))", "[1]");
}

static void cjson_decodes_as_it_is_known_to(void **state)
{
    check(*state,
          "local cjson = require 'cjson' return cjson.encode(cjson.decode('{\"a\": [1, true, null, "
          "\"x\"]}'))",
          "{\"a\":[1,true,null,\"x\"]}");
    check(*state, "return math.type(require('cjson').decode('1'))", "float");
    check(*state, "local v, e = require('cjson.safe').decode('{') return type(v) .. type(e)",
          "nilstring");
    check_error(*state, "return require('cjson').decode('{')", ERR_SCRIPT, "Expected");
    check_error(*state, "return require('cjson').decode(('['):rep(5000))", ERR_SCRIPT, "nested");
}

struct round {
    json_t *in, *out;
    bool drop_nulls;
};

static int round_trip(lua_State *L)
{
    struct round *r = lua_touserdata(L, 1);
    vm_push_json(L, r->in, r->drop_nulls);
    r->out = vm_to_json(L, -1);
    assert_int_equal(lua_gettop(L), 2);
    return 0;
}

static void check_round(struct vm *vm, const char *text, bool drop_nulls, const char *expected)
{
    struct err e = ERR_INIT;
    struct round r = { .in = json_parse(text, strlen(text), &e), .drop_nulls = drop_nulls };
    assert_non_null(r.in);
    assert_int_equal(vm_enter(vm, round_trip, &r, &e), 0);
    char *out = json_text(r.out, NULL);
    assert_string_equal(out, expected);
    free(out);
    json_decref(r.in);
    json_decref(r.out);
}

static void c_values_go_through_lua_unchanged(void **state)
{
    check_round(*state, "{\"a\":[1,null,{}],\"b\":null,\"c\":1.5}", false,
                "{\"a\":[1,null,{}],\"b\":null,\"c\":1.5}");
    check_round(*state, "{\"a\":[1,null,{}],\"b\":null,\"c\":1.5}", true,
                "{\"a\":[1,null,{}],\"c\":1.5}");
    check_round(*state, "null", false, "null");
    check_round(*state, "\"x\"", true, "\"x\"");
}

/* vm_to_json raises in the middle of a tree when memory ends: the address sanitizer sees a leak. */
static void nothing_leaks_when_memory_ends_on_the_way(void **state)
{
    struct err e = ERR_INIT;
    (void)state;
    for (int64_t n = 0; n < 200; n++) {
        struct vm *vm = new_vm((struct vm_opts){ 0 });
        struct round r = { .in = json_parse("{\"a\":[1,{\"b\":[2]}],\"c\":{\"d\":{\"e\":1}}}", 37,
                                            &e) };
        assert_non_null(r.in);
        vm_fail_alloc_after(vm, n);
        if (vm_enter(vm, round_trip, &r, &e) == -1) {
            assert_int_equal(e.kind, ERR_MEMORY);
            assert_null(r.out);
        }
        json_decref(r.in);
        json_decref(r.out);
        vm_free(vm);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        sandbox_test(integers_stay_exact),
        sandbox_test(arrays_and_objects_stay_apart),
        sandbox_test(mixed_and_sparse_tables_become_objects),
        sandbox_test(keys_come_sorted),
        sandbox_test(null_is_a_value),
        sandbox_test(texts_are_utf8),
        sandbox_test(what_json_has_not_is_refused),
        sandbox_test(what_leaves_lua_is_bounded),
        sandbox_test(decoding_reports_errors),
        sandbox_test(pretty_text_is_the_same_value),
        sandbox_test(a_table_with_a_metatable_cannot_be_an_array),
        sandbox_test(cjson_decodes_as_it_is_known_to),
        sandbox_test(c_values_go_through_lua_unchanged),
        cmocka_unit_test(nothing_leaks_when_memory_ends_on_the_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
