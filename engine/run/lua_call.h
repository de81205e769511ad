#pragma once

#include <lua.h>

#include "run/active.h"

/* What the bindings that act share. */

/* The branch that calls; raises where there is no run (`if`, `key`), or one that is concluded.
 *   [-0, +0, raises] */
struct branch *act_branch(lua_State *L);
/* The path of a row at index: not empty, of bounded length, UTF-8. Borrowed.   [-0, +0, raises] */
const char *act_path(lua_State *L, int index);
/* Pushes the JSON text as a value; nil for NULL.   [-0, +1, raises] */
void act_push_text(lua_State *L, const char *text);
/* Raises the error that the row of a step that failed keeps.   [-0, +0, raises] */
int act_raise_stored(lua_State *L, const struct journal_row *row);

/* The bindings that call a service, and those that tell how it is to be called. Each says in
 * lua_call.c what it takes and gives. */
int act_begun(lua_State *L);
int act_call(lua_State *L);
int act_describe(lua_State *L);
int act_describe_event(lua_State *L);
int act_look(lua_State *L);
int act_setting(lua_State *L);
