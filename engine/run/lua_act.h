#pragma once

#include <lauxlib.h>

/* The functions that scripts/lib/walk.lua acts through; ended by a NULL name. */
extern const luaL_Reg act_functions[];
