/* The name that the store keeps with what a person asked for. */
#include "cli/user_name.h"

#include <pwd.h>
#include <stddef.h>
#include <unistd.h>

#include "base/mem.h"

char *user_name(void)
{
    struct passwd entry, *found = NULL;
    char text[4096];
    if (getpwuid_r(geteuid(), &entry, text, sizeof text, &found) == 0 && found != NULL) {
        return xstrdup(found->pw_name);
    }
    return xasprintf("user %d", (int)geteuid());
}
