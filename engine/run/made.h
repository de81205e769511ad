#pragma once

#include <stdbool.h>

#include "base/list.h"

/* What effects of this process made, by name, before the store has it, and effects that are under
 * way: by both, an effect that is looked for is not taken for another's. What a process before this
 * one made the store knows (made_find). Loop thread. */
struct made;

/* More than can be on their way to the store: each run in memory has a few. */
enum { MADE_MAX = 8192 };

struct made *made_new(void);
void made_free(struct made *m);
/* `owner` names the effect. The first one keeps a thing. */
void made_put(struct made *m, const char *thing, const char *owner);
/* Who made it, as far as this process knows; NULL: not known. Borrowed. */
const char *made_owner(const struct made *m, const char *thing);
/* Effects that are sent and not answered, for who looks through them. */
struct list *made_open(struct made *m);
