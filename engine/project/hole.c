/* Reads texts with `${env.NAME}` and `${secret.name}`. A variable is looked up at once and becomes
 * text; a secret is only named, as its value must not lie about in a tree that is printed, hashed
 * and compared. Results belong to the caller. Only at start and in commands: it reads the
 * environment. */

#include "project/hole.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { ENV_VALUE_MAX = 64 << 10 };

static bool is_env_name(const char *text)
{
    if (!isalpha((unsigned char)text[0]) && text[0] != '_') {
        return false;
    }
    for (; *text; text++) {
        if (!isalnum((unsigned char)*text) && *text != '_') {
            return false;
        }
    }
    return true;
}

static json_t *fill_env(struct diags *d, const struct yaml *y, const char *name)
{
    const char *value = is_env_name(name) ? getenv(name) : NULL;
    if (!is_env_name(name)) {
        check_error(d, y, NULL, "`%.60s` is no name of an environment variable", name);
    } else if (value == NULL) {
        check_error(d, y, "set it before ladle starts, or write the value here",
                    "the environment variable %.60s is not set", name);
    } else {
        size_t len = strnlen(value, ENV_VALUE_MAX + 1);
        json_t *text = len <= ENV_VALUE_MAX ? json_stringn(value, len) : NULL;
        if (text == NULL) {
            check_error(d, y, NULL, "the environment variable %.60s is no UTF-8 or too long", name);
        }
        return text;
    }
    return NULL;
}

static json_t *fill_secret(struct diags *d, const struct yaml *y, const char *name)
{
    if (name_is_valid(name, strlen(name))) {
        return json_pack("{s:s}", "secret", name);
    }
    check_error(d, y, "a name has lower-case letters, digits, `_` and `-`",
                "`%.60s` is no valid name for a secret", name);
    return NULL;
}

/* What stands between "${" and "}". */
static json_t *fill_one(struct diags *d, const struct yaml *y, const char *text, size_t len)
{
    char *name = xstrndup(text, len);
    json_t *v = NULL;
    if (strncmp(name, "env.", 4) == 0) {
        v = fill_env(d, y, name + 4);
    } else if (strncmp(name, "secret.", 7) == 0) {
        v = fill_secret(d, y, name + 7);
    } else {
        check_error(d, y, "write $${ for the characters ${",
                    "`${%.60s}`: only ${env.NAME} and ${secret.name} are filled in here", name);
    }
    free(name);
    return v;
}

/* Appends text, joining it with text before it. */
static void add_hole_text(json_t *parts, const char *text, size_t len)
{
    size_t count = json_array_size(parts);
    json_t *last = count > 0 ? json_array_get(parts, count - 1) : NULL;
    if (!json_is_string(last)) {
        (void)json_array_append_new(parts, json_stringn(text, len));
        return;
    }
    char *joined = xasprintf("%s%.*s", json_string_value(last), (int)len, text);
    (void)json_string_set(last, joined);
    free(joined);
}

static void add_part(json_t *parts, json_t *part)
{
    if (json_is_string(part)) {
        add_hole_text(parts, json_string_value(part), json_string_length(part));
        json_decref(part);
    } else {
        (void)json_array_append_new(parts, part); /* NULL after an error: left out */
    }
}

/* One step through the text: the place behind it, or NULL where a hole is not closed. */
static const char *take_hole_or_text(struct diags *d, const struct yaml *y, const char *at,
                                     json_t *parts)
{
    if (strncmp(at, "$${", 3) == 0) {
        add_hole_text(parts, "${", 2);
        return at + 3;
    }
    if (strncmp(at, "${", 2) != 0) {
        size_t len = 1 + strcspn(at + 1, "$");
        add_hole_text(parts, at, len);
        return at + len;
    }
    const char *close = strchr(at, '}');
    if (close == NULL) {
        check_error(d, y, "close it with }, or write $${ for the characters ${",
                    "`${` is not closed");
        return NULL;
    }
    add_part(parts, fill_one(d, y, at + 2, (size_t)(close - at - 2)));
    return close + 1;
}

json_t *hole_fill(struct diags *d, const struct yaml *y, const char *what)
{
    if (!check_text(d, y, what)) {
        return NULL;
    }
    size_t before = check_count(d);
    json_t *parts = json_array();
    const char *at = y->text;
    while (at != NULL && *at) {
        at = take_hole_or_text(d, y, at, parts);
    }
    json_t *v = NULL;
    if (check_count(d) == before) {
        size_t count = json_array_size(parts);
        v = count == 0   ? json_string("")
            : count == 1 ? json_incref(json_array_get(parts, 0))
                         : json_pack("{s:O}", "join", parts);
    }
    json_decref(parts);
    return v;
}

bool hole_is_open(const json_t *v)
{
    return json_is_object(v) && json_object_size(v) == 1 &&
           (json_is_string(json_object_get(v, "secret")) ||
            json_is_array(json_object_get(v, "join")));
}
