#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "script/vm.h"

/* Runs a piece of Lua in a vm and compares its first result, as text, or the error that it ends
 * with. */
struct snippet {
    const char *code;
    const char *chunk;
    char result[2048];
};

static inline int snippet_call(lua_State *L)
{
    struct snippet *s = lua_touserdata(L, 1);
    vm_load(L, s->code, strlen(s->code), s->chunk);
    lua_call(L, 0, 1);
    snprintf(s->result, sizeof s->result, "%s", luaL_tolstring(L, -1, NULL));
    return 0;
}

static inline int snippet_run(struct vm *vm, struct snippet *s, struct err *e)
{
    return vm_enter(vm, snippet_call, s, e);
}

static inline void expect(struct vm *vm, const char *code, const char *result)
{
    struct err e = ERR_INIT;
    struct snippet s = { .code = code, .chunk = "=test" };
    if (snippet_run(vm, &s, &e) == -1) {
        fail_msg("%s\n  gave the error: %s", code, e.message);
    }
    if (strcmp(s.result, result) != 0) {
        fail_msg("%s\n  gave %s and not %s", code, s.result, result);
    }
}

static inline void expect_error(struct vm *vm, const char *code, enum err_kind kind,
                                const char *part)
{
    struct err e = ERR_INIT;
    struct snippet s = { .code = code, .chunk = "=test" };
    if (snippet_run(vm, &s, &e) == 0) {
        fail_msg("%s\n  gave %s and no error", code, s.result);
    }
    if (e.kind != kind || strstr(e.message, part) == NULL) {
        fail_msg("%s\n  failed with %s: %s", code, err_kind_name(e.kind), e.message);
    }
}

static inline struct vm *new_vm(struct vm_opts opts)
{
    struct err e = ERR_INIT;
    struct vm *vm = vm_new(&opts, &e);
    if (vm == NULL) {
        fail_msg("no vm: %s", e.message);
    }
    return vm;
}

static inline int setup_sandbox(void **state)
{
    *state = new_vm((struct vm_opts){ 0 });
    return 0;
}

static inline int teardown_sandbox(void **state)
{
    vm_free(*state);
    return 0;
}

#define sandbox_test(fn) cmocka_unit_test_setup_teardown(fn, setup_sandbox, teardown_sandbox)
