#pragma once

#include "base/err.h"

/* Looks at once: 0: the store is whole; 1: it is damaged, and *damage says where (yours); -1: it could
 * not be looked at. */
int check_now(const char *path, char **damage, struct err *e);

/* A look whether the store's file is whole, on a thread of its own, which may take as long as it
 * takes to read it all. It says what it found in the log. */
struct check;
enum check_result { CHECK_RUNS, CHECK_WHOLE, CHECK_DAMAGED, CHECK_FAILED };

struct check *check_start(const char *path);
enum check_result check_result(const struct check *c); /* any thread */
/* Lets it go; where it still runs it ends by itself, and says nothing more. NULL is allowed. */
void check_let_go(struct check *c);
