/* The data that a sandbox begins with (`ladle sandbox --seed-data`): any text, read as YAML, held
 * against the form, and filled in. What is refused has a place and a reason; what is taken can be
 * shown, and taken again after a reset. */
#include "fuzz.h"

#include "base/log.h"
#include "host/host_impl.h"

static const char CHECK[] =
    "local host, json = require 'host', require 'json'\n"
    "local form, server = require 'sandbox.seed_form', require 'sandbox.server'\n"
    "local PAGES = { '/', '/_sandbox/state', '/_sandbox/contacts', '/_sandbox/holdings' }\n"
    "local function ask(sandbox, method, path)\n"
    "  local answer = sandbox:handle { method = method, path = path, query = {}, headers = {} }\n"
    "  assert(answer.status == 200, path)\n"
    "end\n"
    "return function(text)\n"
    "  local tree, problems = host.parse_yaml('data', text)\n"
    "  local data\n"
    "  if tree then data, problems = form.read(tree) end\n"
    "  if not data then\n"
    "    assert(#problems > 0 and problems[1].line >= 1 and problems[1].message ~= '')\n"
    "    return host.show_problems('data', text, problems)\n"
    "  end\n"
    "  local sandbox = server.new { seed = 1, data = data, now = function() return 1795425327000 "
    "end }\n"
    "  sandbox.base_url = 'http://127.0.0.1:1'\n"
    "  ask(sandbox, 'POST', '/_sandbox/reset')\n"
    "  for _, path in ipairs(PAGES) do ask(sandbox, 'GET', path) end\n"
    "end\n";

struct input {
    const char *text;
    size_t len;
};

static int load_check(lua_State *L)
{
    vm_load(L, CHECK, sizeof CHECK - 1, "=check");
    lua_call(L, 0, 1);
    lua_setglobal(L, "check");
    return 0;
}

static int check(lua_State *L)
{
    struct input *in = lua_touserdata(L, 1);
    lua_getglobal(L, "check");
    lua_pushlstring(L, in->text, in->len);
    lua_call(L, 1, 0);
    return 0;
}

static void enter(struct host *h, lua_CFunction fn, struct input *in)
{
    struct err e = ERR_INIT;
    if (vm_enter(h->vm, fn, in, &e) == -1) {
        (void)fprintf(stderr, "%s: %s\n", err_kind_name(e.kind), e.message);
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct host *host;
    struct err e = ERR_INIT;
    struct fuzz_input in = fuzz_input(data, size);
    char *text = fuzz_rest(&in);
    if (host == NULL) {
        log_set_level(LOG_OFF);
        host = host_new(NULL, &e);
        FUZZ_CHECK(host != NULL);
        enter(host, load_check, NULL);
    }
    enter(host, check, &(struct input){ text, in.len });
    free(text);
    return 0;
}
