#pragma once

#include <lua.h>

/* act.fork(functions, at_once) -> list of {ok, value or error}: runs the functions as branches of
 * the run, at most at_once of them at the same time, and comes back when all have ended.   [-2, +1,
 * raises, yields] */
int act_fork(lua_State *L);
