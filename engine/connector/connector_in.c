/*
 * Reads what comes in from a service by the table of its connector: which trigger a payload is an
 * event of, which derived triggers it fits as well, the key that tells a delivery from a repeat.
 * Pure; the loop thread.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "connector/connector.h"
#include "crypto/sign.h"
#include "format/url.h"

enum { KEY_MAX = 200 }; /* a longer id of the sender is replaced by the body's digest */

static json_t *webhook_part(const struct connector *c)
{
    return json_object_get(connector_table(c), "webhook");
}

const char *connector_event_of(const struct connector *c, const json_t *payload)
{
    const char *only = json_get_text(webhook_part(c), "event");
    const char *path = json_get_text(webhook_part(c), "type");
    const char *type = path != NULL ? json_path_text(payload, path) : NULL;
    if (only != NULL || type == NULL) {
        return only;
    }
    return connector_event_called(c, type);
}

/* --- derived events --- */

/* The value at `path` of the connection's config, or, where the config does not have the first
 * part of the path at all, of the event's defaults. So a rule that a person gives replaces the
 * default whole. */
static json_t *setting_at(const json_t *event, const json_t *config, const char *path)
{
    const char *dot = strchr(path, '.');
    char *first = dot != NULL ? xstrndup(path, (size_t)(dot - path)) : xstrdup(path);
    bool is_given = json_object_get(config, first) != NULL;
    free(first);
    return json_path(is_given ? config : json_object_get(event, "defaults"), path);
}

static bool holds_text(const json_t *list, const char *text)
{
    size_t i;
    json_t *one;
    json_array_foreach (list, i, one) {
        if (json_is_string(one) && strcasecmp(json_string_value(one), text) == 0) {
            return true;
        }
    }
    return false;
}

static bool shares_text(const json_t *list, const json_t *values)
{
    size_t i;
    json_t *one;
    json_array_foreach (values, i, one) {
        if (json_is_string(one) && holds_text(list, json_string_value(one))) {
            return true;
        }
    }
    return json_is_string(values) && holds_text(list, json_string_value(values));
}

static bool is_empty_value(const json_t *v)
{
    return v == NULL || json_is_null(v) || (json_is_string(v) && json_string_length(v) == 0);
}

static bool condition_holds(const json_t *condition, const json_t *event, const json_t *payload,
                            const json_t *config)
{
    const char *field = json_get_text(condition, "field");
    const char *has = json_get_text(condition, "has");
    const char *is = json_get_text(condition, "is");
    const char *missing = json_get_text(condition, "missing");
    json_t *value = field != NULL ? json_path(payload, field) : NULL;
    if (has != NULL) {
        return shares_text(setting_at(event, config, has), value);
    } else if (is != NULL) {
        return json_is_string(value) &&
               holds_text(setting_at(event, config, is), json_string_value(value));
    }
    return missing != NULL && json_is_true(setting_at(event, config, missing)) &&
           is_empty_value(value);
}

bool connector_event_matches(const struct connector *c, const char *event, const json_t *payload,
                             const json_t *config)
{
    json_t *descriptor = connector_event(c, event);
    size_t i;
    json_t *condition;
    json_array_foreach (json_object_get(descriptor, "any"), i, condition) {
        if (condition_holds(condition, descriptor, payload, config)) {
            return true;
        }
    }
    return false;
}

/* Whether the setting that a condition is held against lets it hold. */
static bool can_hold(const json_t *condition, const json_t *event, const json_t *config,
                     const char **key)
{
    const char *missing = json_get_text(condition, "missing");
    const char *list = json_get_text(condition, "has");
    list = list != NULL ? list : json_get_text(condition, "is");
    *key = list != NULL ? list : missing;
    return list != NULL ? json_array_size(setting_at(event, config, list)) > 0
                        : missing != NULL && json_is_true(setting_at(event, config, missing));
}

bool connector_event_can_match(const json_t *event, const json_t *config, const char **key)
{
    const json_t *any = json_object_get(event, "any");
    const char *at = NULL;
    size_t i;
    json_t *condition;
    *key = NULL;
    json_array_foreach (any, i, condition) {
        if (can_hold(condition, event, config, &at)) {
            return true;
        }
        *key = *key != NULL ? *key : at;
    }
    return any == NULL;
}

/* --- keys --- */

/* The text of an id: a text, or an integer in decimal. NULL for anything else, and for what is
 * empty or too long. Yours. */
static char *id_text(const json_t *v)
{
    if (json_is_integer(v)) {
        return xasprintf("%lld", (long long)json_integer_value(v));
    }
    size_t len = json_string_length(v);
    return len > 0 && len <= KEY_MAX ? xstrdup(json_string_value(v)) : NULL;
}

static char *first_id(const json_t *paths, const json_t *payload)
{
    size_t i;
    json_t *path;
    json_array_foreach (paths, i, path) {
        char *id = id_text(json_path(payload, json_string_value(path)));
        if (id != NULL) {
            return id;
        }
    }
    return NULL;
}

char *connector_dedupe_key(const struct connector *c, const json_t *payload, const json_t *config,
                           const char *body, size_t len)
{
    const char *key = json_get_text(webhook_part(c), "dedupe_config");
    json_t *paths =
        key != NULL ? json_object_get(config, key) : json_object_get(webhook_part(c), "dedupe");
    char *id = first_id(paths, payload);
    if (id != NULL) {
        return id;
    }
    static const char prefix[] = "sha256:";
    char *key_text = xmalloc(sizeof prefix + SIGN_SHA256_HEX);
    memcpy(key_text, prefix, sizeof prefix);
    sign_sha256_hex(body, len, key_text + sizeof prefix - 1);
    return key_text;
}

/* --- bodies --- */

static bool is_form(const struct connector *c, const char *content_type)
{
    const char *content = json_get_text(webhook_part(c), "content");
    if (content == NULL || strcmp(content, "json") == 0) {
        return false;
    }
    return strcmp(content, "form") == 0 ||
           (content_type != NULL && strcasestr(content_type, "x-www-form-urlencoded") != NULL);
}

json_t *connector_decode(const struct connector *c, const char *body, size_t len,
                         const char *content_type, bool *was_mended, struct err *e)
{
    *was_mended = false;
    json_t *v = is_form(c, content_type) ? url_decode_form(body, len, e)
                                         : json_parse_event(body, len, was_mended, e);
    if (v == NULL) {
        (void)err_prefix(e, "the body");
        return NULL;
    }
    return v;
}

bool connector_has_receive(const struct connector *c)
{
    return json_object_get(connector_table(c), "receive") != NULL;
}
