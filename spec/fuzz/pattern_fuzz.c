/* Our patterns against Lua's own: find, match, gmatch and gsub of the sandbox give the same
 * results, errors included, or end with the budget. The first line is the pattern, the second the
 * replacement of gsub, the rest the text. */
#include "fuzz.h"

#include "script/vm.h"

enum { TEXT_MAX = 200, PATTERN_MAX = 60, BUDGET = 100 * 1000 };

static const char CODE[] =
    "return function(text, pattern, new)\n"
    "  local function show(...)\n"
    "    local out = { ... }\n"
    "    for i = 1, select('#', ...) do out[i] = type(out[i]) .. ':' .. tostring(out[i]) end\n"
    "    return table.concat(out, '|')\n"
    "  end\n"
    "  local function each()\n"
    "    local out = {}\n"
    "    for a, b, c in string.gmatch(text, pattern) do out[#out + 1] = show(a, b, c) end\n"
    "    return table.concat(out, ';')\n"
    "  end\n"
    "  local f, m, g, a = string.find, string.match, string.gsub, show(pcall(each))\n"
    "  return show(a, pcall(f, text, pattern)) .. '/' .. show(pcall(m, text, pattern, 2)) ..\n"
    "    '/' .. show(pcall(g, text, pattern, new)) .. '/' .. show(pcall(f, text, pattern, -3, "
    "true))\n"
    "end";

struct question {
    const char *pattern, *new, *text;
    size_t text_len;
    struct buf answer;
};

static int ask(lua_State *L)
{
    struct question *q = lua_touserdata(L, 1);
    size_t len;
    vm_load(L, CODE, sizeof CODE - 1, "=ask");
    lua_call(L, 0, 1);
    lua_pushlstring(L, q->text, q->text_len);
    lua_pushstring(L, q->pattern);
    lua_pushstring(L, q->new);
    lua_call(L, 3, 1);
    const char *answer = lua_tolstring(L, -1, &len);
    FUZZ_CHECK(buf_append(&q->answer, answer, len) == 0);
    return 0;
}

/* False where the budget or the memory did not suffice. */
static bool answer_of(const struct vm_opts *opts, struct question *q)
{
    struct err e = ERR_INIT;
    struct vm *vm = vm_new(opts, &e);
    FUZZ_CHECK(vm != NULL);
    buf_init(&q->answer, 64 << 20);
    bool is_there = vm_enter(vm, ask, q, &e) == 0;
    FUZZ_CHECK(is_there || e.kind == ERR_BUDGET || e.kind == ERR_MEMORY);
    vm_free(vm);
    return is_there;
}

/* Ours goes first: what passes under the budget takes Lua no time either. */
static void compare(struct question ours)
{
    struct question theirs = ours;
    if (answer_of(&(struct vm_opts){ .budget = BUDGET }, &ours)) {
        FUZZ_CHECK(answer_of(&(struct vm_opts){ .is_open = true }, &theirs));
        if (ours.answer.len != theirs.answer.len ||
            memcmp(buf_text(&ours.answer), buf_text(&theirs.answer), ours.answer.len) != 0) {
            (void)fprintf(stderr, "ours   %s\ntheirs %s\n", buf_text(&ours.answer),
                          buf_text(&theirs.answer));
            abort();
        }
        buf_fini(&theirs.answer);
    }
    buf_fini(&ours.answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = fuzz_input(data, size);
    char *pattern = fuzz_line(&in);
    char *new = fuzz_line(&in);
    char *text = fuzz_rest(&in);
    if (strlen(pattern) <= PATTERN_MAX && in.len <= TEXT_MAX) {
        compare(
            (struct question){ .pattern = pattern, .new = new, .text = text, .text_len = in.len });
    }
    free(pattern);
    free(new);
    free(text);
    return 0;
}
