/* Makes of a recipe's version a Lua state that can run it. The bundle (plan, inputs, scripts, maps)
 * is all that it needs, so a run goes on with the recipe that it began with, whatever the files say
 * now. The state's registry holds the two functions that scripts/lib/walk.lua makes of a bundle:
 * one decides, one runs. Loop thread. */
#include "run/program.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "script/catalog.h"

/* The cap of one version's state. All of its runs in memory share it, so it is several times what
 * one may need. Further runs begin in it as long as half of it is free; one that does not fit beside
 * the others all the same gets a state of its own (active.c). */
enum {
    MEMORY_MAX = 128 << 20,
    COLLECT_EVERY_US = 200 * 1000, /* a collection of so much takes a while */
};

static const char DECIDE = 'd'; /* registry keys: their addresses */
static const char RUN = 'r';

struct program {
    int refs;
    char *hash;
    json_t *bundle;
    struct rights *rights;
    struct vm *vm;
    const luaL_Reg *act;
    int runs;
    int64_t collected_us; /* monotonic */
    bool has_conditions;
};

static const json_t *bundled_text(const struct program *p, const char *name)
{
    const json_t *text = json_object_get(json_object_get(p->bundle, "scripts"), name);
    return json_is_string(text) ? text : NULL;
}

/* Modules: the project's scripts come from the bundle, the engine's own from the program. */
static bool is_engine_module(void *ud, const char *name)
{
    const struct program *p = ud;
    return source_is_reserved(name) || (bundled_text(p, name) == NULL && source_is_built_in(name));
}

static char *find_bundled(void *ud, const char *name, size_t *len)
{
    const struct program *p = ud;
    const json_t *text = !source_is_reserved(name) ? bundled_text(p, name) : NULL;
    if (text != NULL) {
        *len = json_string_length(text);
        return xmemdup(json_string_value(text), *len + 1);
    }
    return source_find_module(NULL, name, len);
}

struct build {
    struct program *program;
    const luaL_Reg *act;
};

/* build_walk(struct build *)   [-0, +0, raises]: require 'lib.walk'.new(bundle, act) */
static int build_walk(lua_State *L)
{
    const struct build *b = lua_touserdata(L, 1);
    lua_getglobal(L, "require");
    lua_pushliteral(L, "lib.walk");
    lua_call(L, 1, 1);                          // walk
    lua_getfield(L, -1, "new");                 // walk new
    vm_push_json(L, b->program->bundle, false); // walk new bundle
    lua_newtable(L);                            // walk new bundle act
    luaL_setfuncs(L, b->act, 0);
    lua_call(L, 2, 2); // walk decide run
    lua_rawsetp(L, LUA_REGISTRYINDEX, &RUN);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &DECIDE);
    lua_gc(L, LUA_GCCOLLECT); // what compiling left
    return 0;
}

/* Takes the reference of the bundle. */
static struct program *make_program_of(const char *hash, json_t *bundle, const luaL_Reg *act,
                                       struct err *e)
{
    struct program *p = xcalloc(1, sizeof *p);
    *p = (struct program){ .refs = 1, .hash = xstrdup(hash), .bundle = bundle, .act = act };
    p->rights = rights_new(bundle);
    const json_t *plan = program_plan(p);
    p->has_conditions = json_object_get(plan, "if") != NULL || json_object_get(plan, "key") != NULL;
    p->vm = vm_new(&(struct vm_opts){ .find_module = find_bundled,
                                      .is_ours = is_engine_module,
                                      .ud = p,
                                      .memory_max = MEMORY_MAX },
                   e);
    struct build b = { .program = p, .act = act };
    if (p->vm == NULL || vm_enter(p->vm, build_walk, &b, e) == -1) {
        err_prefix(e, "recipe %s", program_name(p));
        program_unref(p);
        return NULL;
    }
    return p;
}

struct program *program_new(const struct program_opts *o, struct err *e)
{
    json_t *bundle = json_parse_own(o->bundle, o->bundle_len, e);
    return bundle != NULL ? make_program_of(o->hash, bundle, o->act, e) : NULL;
}

struct program *program_new_alone(const struct program *p, struct err *e)
{
    return make_program_of(p->hash, json_incref(p->bundle), p->act, e);
}

void program_add_run(struct program *p, int by)
{
    p->runs += by;
}

int program_runs(const struct program *p)
{
    return p->runs;
}

static bool is_half_free(const struct program *p)
{
    return vm_memory(p->vm) < vm_memory_max(p->vm) / 2;
}

bool program_has_room(struct program *p)
{
    int64_t now = clock_mono_us();
    if (p->runs == 0 || is_half_free(p)) {
        return true;
    }
    if (now - p->collected_us >= COLLECT_EVERY_US) {
        p->collected_us = now;
        vm_collect(p->vm);
    }
    return is_half_free(p);
}

void program_ref(struct program *p)
{
    p->refs++;
}

void program_unref(struct program *p)
{
    if (p == NULL || --p->refs > 0) {
        return;
    }
    if (p->vm != NULL) {
        vm_free(p->vm);
    }
    rights_free(p->rights);
    json_decref(p->bundle);
    free(p->hash);
    free(p);
}

const json_t *program_plan(const struct program *p)
{
    return json_object_get(p->bundle, "plan");
}

struct rights *program_rights(const struct program *p)
{
    return p->rights;
}

struct vm *program_vm(const struct program *p)
{
    return p->vm;
}

const char *program_name(const struct program *p)
{
    const char *name = json_get_text(program_plan(p), "recipe");
    return name != NULL ? name : "(unnamed)";
}

const char *program_hash(const struct program *p)
{
    return p->hash;
}

bool program_has_conditions(const struct program *p)
{
    return p->has_conditions;
}

struct entry {
    struct program *program;
    struct strands *strands;
    const json_t *event;
    const json_t *meta;            /* of decide */
    const char *connection, *type; /* of start; or NULL */
    int64_t now_us;
    strand_end_fn end;
    void *ud;
    struct strand *strand; /* out of start */
    bool is_wanted;        /* out of decide */
    char *key;
    struct err why_not;
};

static int decide_conditions(lua_State *L)
{
    struct entry *n = lua_touserdata(L, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &DECIDE);
    vm_push_json(L, n->event, true);
    vm_push_json(L, n->meta, true);
    lua_pushinteger(L, n->now_us); // decide event meta now
    lua_call(L, 3, 2);             // wanted key; or false why
    n->is_wanted = lua_toboolean(L, -2);
    if (!n->is_wanted) {
        (void)err_set(&n->why_not, ERR_CANCELLED, "%s", luaL_tolstring(L, -1, NULL));
    } else if (!lua_isnil(L, -1)) {
        size_t len;
        const char *key = luaL_tolstring(L, -1, &len);
        if (len > 255) {
            return luaL_error(L, "`key` is %d bytes long; 255 is the most", (int)len);
        }
        n->key = xstrndup(key, len);
    }
    return 0;
}

/* Where the runs that share the state have the memory, the event is looked at in another. */
static int decide_alone(const struct program *p, struct entry *n, struct err *e)
{
    struct program *own = program_new_alone(p, e);
    int rc = own != NULL ? vm_enter(own->vm, decide_conditions, n, e) : -1;
    program_unref(own);
    return rc;
}

int program_decide(struct program *p, const json_t *event, const json_t *meta, int64_t now_us,
                   bool *is_wanted, char **key, struct err *e)
{
    struct entry n = { .program = p, .event = event, .meta = meta, .now_us = now_us };
    int rc = vm_enter(p->vm, decide_conditions, &n, e);
    if (rc == -1 && e != NULL && e->kind == ERR_MEMORY && p->runs > 0) {
        rc = decide_alone(p, &n, e);
    }
    *is_wanted = n.is_wanted;
    *key = n.key;
    if (rc == 0 && !n.is_wanted) {
        *e = n.why_not;
    }
    return rc;
}

/* All of the meta is asked for with act.meta, where a recipe wants it: most do not. */
static int start(lua_State *L)
{
    struct entry *n = lua_touserdata(L, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &RUN);
    vm_push_json(L, n->event, true);
    lua_pushstring(L, n->connection);
    lua_pushstring(L, n->type);    /* nil where there is none */
    lua_pushinteger(L, n->now_us); // run event connection type now
    n->strand = strand_start(n->strands, L, 4, n->end, n->ud);
    return 0;
}

struct strand *program_start(struct program *p, struct strands *q, const struct program_input *in,
                             strand_end_fn end, void *ud, struct err *e)
{
    struct entry n = { .program = p,
                       .strands = q,
                       .event = in->event,
                       .connection = in->connection,
                       .type = in->type,
                       .now_us = in->now_us,
                       .end = end,
                       .ud = ud };
    return vm_enter(p->vm, start, &n, e) == 0 ? n.strand : NULL;
}
