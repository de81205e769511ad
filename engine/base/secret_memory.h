#pragma once

#include <stddef.h>

/* Memory for what must not be seen: left out of core dumps, kept from swap as far as the system
 * allows, overwritten when it is given back. Any thread. Aborts without memory, as xmalloc does. */
void *secret_memory_take(size_t len);
void secret_memory_give(void *data, size_t len); /* the len that was taken; NULL is allowed */
