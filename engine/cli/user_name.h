#pragma once

/* Who gives this command: the name of the user, or "user 1000" where it has none. Yours. */
char *user_name(void);
