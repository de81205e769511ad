#pragma once

#include <stddef.h>

/* Which operations the text of an action names: ctx.crm:get_contact { … }, ctx.crm.get_contact,
 * ctx.crm["get_contact"] and ctx.crm:pages('search_contacts', …). `ctx` is what the action's own
 * function calls its first parameter. Where a name is computed, or ctx or a connection is handed
 * on, what is called is not known from the text.
 *
 * tell(ud, connection, operation) is called for each; operation NULL: any of that connection;
 * connection NULL: any of all. The texts live as long as the call. */
typedef void (*script_calls_fn)(void *ud, const char *connection, const char *operation);
void script_calls(const char *text, size_t len, script_calls_fn tell, void *ud);
