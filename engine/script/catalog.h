#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "format/json.h"

/* Finds a Lua source: "lib/walk", "connectors/highlevel", "score_lead". The project's scripts/
 * folder goes first (but for the engine's own lib and connectors), then what is built into the
 * program. At most 1 MiB. Yours, or NULL. */
char *source_find(const char *project_folder, const char *name, size_t *len);

/* As find_module of struct vm_opts: `project_folder` (text, may be NULL) is its ud; "lib.walk",
 * "score_lead", "scripts.score_lead". */
char *source_find_module(void *project_folder, const char *name, size_t *len);
/* Whether the program has this module, and whether no file of a project can stand for it: lib, and
 * the connectors that are built in. */
bool source_is_built_in(const char *name);
bool source_is_reserved(const char *name);
/* Whether the folder has another text for the path of a file that is built in. */
bool source_is_shadow(const char *project_folder, const char *name);
/* As is_ours of struct vm_opts. */
bool source_is_ours(void *ud, const char *name);
/* Letters, digits, _ and -, in parts with a / between them: cannot leave its folder. */
bool source_is_name(const char *name);

/* What stands for a function in the tables below: an object with this one member. */
#define CATALOG_FUNCTION "function"
bool catalog_is_function(const json_t *v);

/* The data of a connector or an action: runs the file in a fresh sandboxed state, and returns its
 * table, in which each function is {"function": true}. Beside its name nothing of it is checked
 * (connector/connector_shape.h). ERR_NOT_FOUND, ERR_SCRIPT. Yours. */
json_t *catalog_connector(const char *project_folder, const char *name, struct err *e);
/* The same of a file that belongs to a connector, "highlevel/calendars": it has no name in it. */
json_t *catalog_part(const char *project_folder, const char *path, struct err *e);
json_t *catalog_action(const char *project_folder, const char *name, struct err *e);
/* Whether scripts/PATH.lua is Lua, without running it. ERR_NOT_FOUND, ERR_SCRIPT. */
int catalog_compile(const char *project_folder, const char *path, struct err *e);

/* Checks one expression: its syntax, and that every free name is known (a helper or event meta
 * inputs steps item now error). ERR_SCRIPT with the message only; *hint (yours, may be NULL)
 * suggests a name. `extra` (NULL-terminated, may be NULL) are further names (`as:`). */
int expr_check(const char *text, size_t len, const char *const *extra, char **hint, struct err *e);
void expr_forget(void); /* frees what expr_check keeps; at exit */
