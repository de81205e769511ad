/* The small checks that the readers of ladle.yaml and of recipes are made of. Each takes a node,
 * and where it is wrong records one error at the node's own line and column; none stops the others.
 * Nothing is owned here. Loop thread, or the main thread of a command. */

#include "project/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "format/json.h"

enum { MESSAGE_MAX = 400, SHOW_MAX = 60 };

static void add_with_suggestion(struct diags *d, const struct yaml *at, const char *word,
                                const char *const *words, const char *message)
{
    char hint[128];
    const char *close = word != NULL ? diag_closest(word, words) : NULL;
    if (close != NULL) {
        (void)snprintf(hint, sizeof hint, "did you mean `%s`?",
                       close); /* a cut hint is still one */
    }
    check_error(d, at, close != NULL ? hint : NULL, "%s", message);
}

void check_unknown(struct diags *d, const struct yaml *at, const char *word,
                   const char *const *words, const char *fmt, ...)
{
    char message[MESSAGE_MAX];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(message, sizeof message, fmt, args); /* a cut message is still one */
    va_end(args);
    add_with_suggestion(d, at, word, words, message);
}

void check_unknown_member(struct diags *d, const struct yaml *at, const char *word,
                          const json_t *object, const char *fmt, ...)
{
    char message[MESSAGE_MAX];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    const char **names = json_names(object);
    add_with_suggestion(d, at, word, names, message);
    free(names);
}

/* Whether the catalogue has a file of that name, be it good or not. */
static bool has_source(const struct project_hooks *h, const char *name)
{
    size_t len;
    char *text = h && h->find_source ? h->find_source(h->ud, name, &len) : NULL;
    free(text);
    return text != NULL;
}

void check_no_connector(struct diags *d, const struct project_hooks *h, const struct yaml *at,
                        const char *name)
{
    char *path = xasprintf("connectors/%s", name);
    if (has_source(h, path)) {
        check_error(d, at, NULL,
                    "the connector `%.60s` does not load: scripts/%.60s.lua has errors", name,
                    path);
    } else {
        json_t *names = h != NULL && h->connector_names != NULL ? h->connector_names(h->ud) : NULL;
        const char **known = json_texts(names);
        check_unknown(d, at, name, known, "there is no connector `%.60s`", name);
        free(known);
        json_decref(names);
    }
    free(path);
}

const char *check_show(struct shown *out, const struct yaml *y)
{
    if (y->kind != YAML_SCALAR) {
        return y->kind == YAML_LIST ? "a list" : "a map";
    }
    size_t len = y->len <= SHOW_MAX ? y->len : SHOW_MAX;
    while (len > 0 && len < y->len && ((unsigned char)y->text[len] & 0xc0) == 0x80) {
        len--;
    }
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)y->text[i];
        out->text[i] = c < 0x20 || c == 0x7f ? ' ' : (char)c;
    }
    (void)snprintf(out->text + len, sizeof out->text - len, "%s", len < y->len ? "…" : "");
    return out->text;
}

static const char *kind_name(enum yaml_kind kind)
{
    switch (kind) {
    case YAML_SCALAR:
        return "one value";
    case YAML_LIST:
        return "a list";
    case YAML_MAP:
        return "a map";
    }
    return "a value";
}

static const char *kind_hint(enum yaml_kind kind)
{
    switch (kind) {
    case YAML_SCALAR:
        return NULL;
    case YAML_LIST:
        return "a list has one line per item, each beginning with `- `";
    case YAML_MAP:
        return "a map has one line `name: value` per entry, indented";
    }
    return NULL;
}

bool check_kind(struct diags *d, const struct yaml *y, enum yaml_kind kind, const char *what)
{
    if (y->kind == kind) {
        return true;
    }
    if (yaml_is_empty(y)) {
        check_error(d, y, kind_hint(kind), "%s is empty: it takes %s", what, kind_name(kind));
    } else {
        check_error(d, y, kind_hint(kind), "%s takes %s, not %s", what, kind_name(kind),
                    kind_name(y->kind));
    }
    return false;
}

bool check_text(struct diags *d, const struct yaml *y, const char *what)
{
    if (!check_kind(d, y, YAML_SCALAR, what)) {
        return false;
    }
    if (!yaml_is_empty(y)) {
        return true;
    }
    check_error(d, y, "write \"\" for an empty text", "%s has no value", what);
    return false;
}

bool word_is_in(const char *const *words, const char *word)
{
    for (size_t i = 0; words[i] != NULL; i++) {
        if (strcmp(words[i], word) == 0) {
            return true;
        }
    }
    return false;
}

void check_words(struct diags *d, const struct yaml *map, const char *const *words,
                 const char *what)
{
    for (size_t i = 0; i < map->count; i++) {
        const struct yaml *key = map->keys[i];
        if (!word_is_in(words, key->text)) {
            check_unknown(d, key, key->text, words, "unknown word `%s` in %s", SHOW(key), what);
        }
    }
}

bool name_is_valid(const char *text, size_t len)
{
    if (len == 0 || len > NAME_MAX_LEN || text[0] < 'a' || text[0] > 'z') {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-')) {
            return false;
        }
    }
    return true;
}

bool check_name(struct diags *d, const struct yaml *y, const char *what)
{
    if (!check_text(d, y, what)) {
        return false;
    }
    if (name_is_valid(y->text, y->len)) {
        return true;
    }
    check_error(d, y,
                "a name has lower-case letters, digits, `_` and `-`, and begins with a letter",
                "`%s` is no valid name for %s", SHOW(y), what);
    return false;
}

bool yaml_is_empty(const struct yaml *y)
{
    return y == NULL || (y->kind == YAML_SCALAR && y->is_plain && y->len == 0);
}

bool yaml_is(const struct yaml *y, const char *text)
{
    return y != NULL && y->kind == YAML_SCALAR && strcmp(y->text, text) == 0;
}

bool yaml_is_expr(const struct yaml *y)
{
    return y->kind == YAML_SCALAR && y->len >= 2 && y->text[0] == '=' && y->text[1] == ' ';
}

size_t check_count(const struct diags *d)
{
    return d->count + d->dropped;
}
