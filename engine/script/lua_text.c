/* string.find, match, gmatch and gsub for the sandbox, over the metered matcher of pattern.c; what
 * they take and give is what Lua 5.4's do (a spec runs both on the same patterns). */
#include <string.h>

#include "script/pattern.h"
#include "script/state.h"

struct subject {
    const char *text;
    size_t len;
    const char *pattern;
    size_t pattern_len;
};

static struct subject check_subject(lua_State *L)
{
    struct subject s;
    s.text = luaL_checklstring(L, 1, &s.len);
    s.pattern = luaL_checklstring(L, 2, &s.pattern_len);
    return s;
}

/* The argument as a start from 0; past the end: len + 1. */
static size_t start_of(lua_State *L, int arg, size_t len)
{
    lua_Integer init = luaL_optinteger(L, arg, 1);
    if (init > 0) {
        return (uint64_t)init - 1 > len ? len + 1 : (size_t)init - 1;
    }
    if (init == 0 || init < -(lua_Integer)len) {
        return 0;
    }
    return len - (size_t)-init;
}

static bool is_plain_subject(const struct subject *s)
{
    for (size_t i = 0; i < s->pattern_len; i++) {
        if (memchr("^$*+?.([%-", s->pattern[i], 10) != NULL) {
            return false;
        }
    }
    return true;
}

/* [-0, +2 or +1, raises] */
static int find_plain(lua_State *L, const struct subject *s, size_t start)
{
    vm_charge_bytes(L, s->len - start + s->pattern_len);
    const char *at = memmem(s->text + start, s->len - start, s->pattern, s->pattern_len);
    if (at == NULL) {
        lua_pushnil(L);
        return 1;
    }
    lua_pushinteger(L, at - s->text + 1);
    lua_pushinteger(L, at - s->text + (lua_Integer)s->pattern_len);
    return 2;
}

/* Looks for the first match from start on; its end, and its begin in *begin, or NULL.   [-0, +0,
 * raises] */
static const char *search_subject(struct pattern *m, const char *p, size_t start,
                                  const char **begin)
{
    bool is_anchored = p < m->end && *p == '^';
    p += is_anchored;
    for (const char *s = m->text + start; s <= m->text_end; s++) {
        const char *end = pattern_match(m, s, p);
        if (end != NULL) {
            *begin = s;
            return end;
        }
        if (is_anchored) {
            break;
        }
    }
    return NULL;
}

static int find_pattern(lua_State *L, const struct subject *s, size_t start, bool wants_place)
{
    struct pattern m;
    const char *begin;
    pattern_init(&m, L, s->text, s->len, s->pattern + s->pattern_len);
    const char *end = search_subject(&m, s->pattern, start, &begin);
    pattern_settle(&m);
    if (end == NULL) {
        lua_pushnil(L);
        return 1;
    }
    if (!wants_place) {
        return pattern_push_captures(&m, begin, end);
    }
    lua_pushinteger(L, begin - s->text + 1);
    lua_pushinteger(L, end - s->text);
    return 2 + pattern_push_captures(&m, NULL, NULL);
}

/* find(text, pattern [, init [, plain]]) -> first, last, captures… | nil   [-4, +n, raises] */
static int text_find(lua_State *L)
{
    struct subject s = check_subject(L);
    size_t start = start_of(L, 3, s.len);
    if (start > s.len) {
        lua_pushnil(L);
        return 1;
    }
    if (lua_toboolean(L, 4) || is_plain_subject(&s)) {
        return find_plain(L, &s, start);
    }
    return find_pattern(L, &s, start, true);
}

/* match(text, pattern [, init]) -> captures… | nil   [-3, +n, raises] */
static int text_match(lua_State *L)
{
    struct subject s = check_subject(L);
    size_t start = start_of(L, 3, s.len);
    if (start > s.len) {
        lua_pushnil(L);
        return 1;
    }
    return find_pattern(L, &s, start, false);
}

/* --- gmatch --- */

/* The next match: upvalues are the text, the pattern, where to go on (from 0), and the end of the
 * last match (from 0, or -1), where no empty match may begin again.   [-n, +n, raises] */
static int next_match(lua_State *L)
{
    size_t len;
    size_t pattern_len;
    struct pattern m;
    const char *text = lua_tolstring(L, lua_upvalueindex(1), &len);
    const char *p = lua_tolstring(L, lua_upvalueindex(2), &pattern_len);
    lua_Integer last = lua_tointeger(L, lua_upvalueindex(4));
    pattern_init(&m, L, text, len, p + pattern_len);
    for (const char *s = text + lua_tointeger(L, lua_upvalueindex(3)); s <= m.text_end; s++) {
        const char *end = pattern_match(&m, s, p);
        if (end != NULL && end - text != last) {
            pattern_settle(&m);
            lua_pushinteger(L, end - text);
            lua_copy(L, -1, lua_upvalueindex(3));
            lua_replace(L, lua_upvalueindex(4));
            return pattern_push_captures(&m, s, end);
        }
    }
    pattern_settle(&m);
    return 0;
}

/* gmatch(text, pattern [, init]) -> function   [-3, +1, raises] */
static int text_gmatch(lua_State *L)
{
    struct subject s = check_subject(L);
    size_t start = start_of(L, 3, s.len);
    lua_settop(L, 2);
    lua_pushinteger(L, (lua_Integer)(start > s.len ? s.len + 1 : start));
    lua_pushinteger(L, -1);
    lua_pushcclosure(L, next_match, 4);
    return 1;
}

/* --- gsub --- */

struct substitution {
    struct pattern m;
    luaL_Buffer out;
    int type; /* of the replacement, at index 3 */
};

/* Adds the replacement text with its %0 … %9 and %%.   [-0, +0, raises] */
static void add_expanded(struct substitution *sub, const char *s, const char *e)
{
    lua_State *L = sub->m.L;
    size_t len;
    const char *text = lua_tolstring(L, 3, &len);
    const char *escape;
    vm_charge_bytes(L, len);
    while ((escape = memchr(text, '%', len)) != NULL) {
        luaL_addlstring(&sub->out, text, (size_t)(escape - text));
        char c = escape + 1 < text + len ? escape[1] : '\0';
        if (c == '%') {
            luaL_addchar(&sub->out, c);
        } else if (c == '0') {
            luaL_addlstring(&sub->out, s, (size_t)(e - s));
        } else if (c >= '1' && c <= '9') {
            pattern_push_capture(&sub->m, c - '1', s, e);
            (void)luaL_tolstring(L, -1, NULL);
            lua_remove(L, -2);
            luaL_addvalue(&sub->out);
        } else {
            luaL_error(L, "invalid use of '%%' in replacement string");
        }
        len -= (size_t)(escape + 2 - text);
        text = escape + 2;
    }
    luaL_addlstring(&sub->out, text, len);
}

/* Pushes what the table or function gives for the match.   [-0, +1, raises] */
static void push_replacement(struct substitution *sub, const char *s, const char *e)
{
    lua_State *L = sub->m.L;
    if (sub->type == LUA_TFUNCTION) {
        lua_pushvalue(L, 3);
        lua_call(L, pattern_push_captures(&sub->m, s, e), 1);
    } else {
        pattern_push_capture(&sub->m, 0, s, e);
        lua_gettable(L, 3);
    }
}

/* Adds what replaces s … e; whether that is something else.   [-0, +0, raises] */
static bool add_replacement(struct substitution *sub, const char *s, const char *e)
{
    lua_State *L = sub->m.L;
    if (sub->type != LUA_TFUNCTION && sub->type != LUA_TTABLE) {
        add_expanded(sub, s, e);
        return true;
    }
    push_replacement(sub, s, e);
    if (!lua_toboolean(L, -1)) {
        lua_pop(L, 1);
        luaL_addlstring(&sub->out, s, (size_t)(e - s));
        return false;
    }
    if (!lua_isstring(L, -1)) {
        luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
    }
    luaL_addvalue(&sub->out);
    return true;
}

static int check_replacement(lua_State *L)
{
    int type = lua_type(L, 3);
    bool is_fine =
        type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TFUNCTION || type == LUA_TTABLE;
    luaL_argexpected(L, is_fine, 3, "string/function/table");
    return type;
}

/* Replaces up to max matches; how many, and in *rest where the unmatched end begins.   [-0, +0,
 * raises] */
static lua_Integer substitute(struct substitution *sub, const char *p, lua_Integer max,
                              bool *is_changed, const char **rest)
{
    bool is_anchored = p < sub->m.end && *p == '^';
    const char *s = sub->m.text;
    const char *last = NULL;
    lua_Integer count = 0;
    p += is_anchored;
    while (count < max) {
        const char *end = pattern_match(&sub->m, s, p);
        if (end != NULL && end != last) {
            count++;
            *is_changed = add_replacement(sub, s, end) || *is_changed;
            s = last = end;
        } else if (s < sub->m.text_end) {
            luaL_addchar(&sub->out, *s);
            s++;
        } else {
            break;
        }
        if (is_anchored) {
            break;
        }
    }
    *rest = s;
    return count;
}

/* gsub(text, pattern, replacement [, max]) -> text, count   [-4, +2, raises] */
static int text_gsub(lua_State *L)
{
    struct substitution sub;
    struct subject s = check_subject(L);
    sub.type = check_replacement(L);
    lua_Integer max = luaL_optinteger(L, 4, (lua_Integer)s.len + 1);
    bool is_changed = false;
    const char *rest;
    pattern_init(&sub.m, L, s.text, s.len, s.pattern + s.pattern_len);
    luaL_buffinit(L, &sub.out);
    lua_Integer count = substitute(&sub, s.pattern, max, &is_changed, &rest);
    pattern_settle(&sub.m);
    if (!is_changed) {
        lua_pushvalue(L, 1);
    } else {
        luaL_addlstring(&sub.out, rest, (size_t)(s.text + s.len - rest));
        luaL_pushresult(&sub.out);
    }
    lua_pushinteger(L, count);
    return 2;
}

static const luaL_Reg functions[] = {
    { "find", text_find }, { "gmatch", text_gmatch },
    { "gsub", text_gsub }, { "match", text_match },
    { NULL, NULL },
};

void text_install(lua_State *L)
{
    luaL_setfuncs(L, functions, 0);
}
