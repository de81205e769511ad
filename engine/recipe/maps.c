/* Reads the field maps that recipes use. A map is a list of lines "from -> to | converter"; each
 * becomes a small object that scripts/lib/maps.lua applies. Everything that can be wrong is found
 * here, so the Lua side trusts what it is given. The results are JSON values owned by the caller.
 * Loop thread or a command. */

#include "recipe/maps.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "project/check.h"
#include "project/folder.h"

static const char *const CONVERTERS[] = { "bool",   "date",  "day",  "email", "lower",
                                          "number", "phone", "text", NULL };
static const char *const MAP_WORDS[] = { "map", "summary", "fields", NULL };

const char *const *map_converters(void)
{
    return CONVERTERS;
}

/* A piece of a line, without the blanks around it. */
struct piece {
    const char *text;
    size_t len;
};

static struct piece trim(const char *text, size_t len)
{
    while (len > 0 && isspace((unsigned char)text[0])) {
        text++;
        len--;
    }
    while (len > 0 && isspace((unsigned char)text[len - 1])) {
        len--;
    }
    return (struct piece){ text, len };
}

static bool is_field_name(struct piece p)
{
    for (size_t i = 0; i < p.len; i++) {
        if (!isalnum((unsigned char)p.text[i]) && strchr("_-", p.text[i]) == NULL) {
            return false;
        }
    }
    return p.len > 0 && p.len <= NAME_MAX_LEN;
}

/* "a.b.c" as a list of names; NULL where it is no path. */
static json_t *read_path(struct piece p)
{
    json_t *path = json_array();
    const char *at = p.text;
    const char *end = p.text + p.len;
    while (path != NULL) {
        const char *dot = memchr(at, '.', (size_t)(end - at));
        struct piece name = { at, (size_t)((dot != NULL ? dot : end) - at) };
        if (!is_field_name(name)) {
            json_decref(path);
            return NULL;
        }
        (void)json_array_append_new(path, json_stringn(name.text, name.len));
        if (dot == NULL) {
            return path;
        }
        at = dot + 1;
    }
    return NULL;
}

/* Cuts "from -> to | converter"; convert.len is 0 where there is none. */
static bool cut_line(const struct yaml *y, struct piece *from, struct piece *to,
                     struct piece *convert)
{
    const char *arrow = strstr(y->text, "->");
    if (arrow == NULL) {
        return false;
    }
    *from = trim(y->text, (size_t)(arrow - y->text));
    const char *rest = arrow + 2;
    const char *bar = strchr(rest, '|');
    *to = trim(rest, bar != NULL ? (size_t)(bar - rest) : strlen(rest));
    *convert = bar != NULL ? trim(bar + 1, strlen(bar + 1)) : (struct piece){ "", 0 };
    return bar == NULL || convert->len > 0;
}

static bool check_converter(struct diags *d, const struct yaml *y, const char *name)
{
    for (size_t i = 0; CONVERTERS[i] != NULL; i++) {
        if (strcmp(CONVERTERS[i], name) == 0) {
            return true;
        }
    }
    check_unknown(d, y, name, CONVERTERS, "there is no converter `%.60s`", name);
    return false;
}

/* Adds convert to a field, where the line names one. */
static void set_converter(struct diags *d, const struct yaml *y, json_t *field,
                          struct piece convert)
{
    if (convert.len == 0) {
        return;
    }
    char *name = xstrndup(convert.text, convert.len);
    if (check_converter(d, y, name)) {
        (void)json_object_set_new(field, "convert", json_string(name));
    }
    free(name);
}

static void read_map_field(struct diags *d, const struct yaml *y, json_t *fields, json_t *seen)
{
    struct piece from, to, convert;
    if (!check_text(d, y, "a field of a map")) {
        return;
    }
    if (!cut_line(y, &from, &to, &convert) || !is_field_name(to)) {
        check_error(d, y, "write `from -> to` or `from -> to | converter`",
                    "`%s` is no line of a field map", SHOW(y));
        return;
    }
    json_t *path = read_path(from);
    if (path == NULL) {
        check_error(d, y, "names joined by dots, such as appointment.startTime",
                    "`%.*s` is no path to a field", (int)from.len, from.text);
        return;
    }
    json_t *field = json_pack("{s:o, s:s%}", "from", path, "to", to.text, to.len);
    const char *name = json_string_value(json_object_get(field, "to"));
    if (json_object_get(seen, name) != NULL) {
        check_error(d, y, NULL, "`%s` is filled twice", name);
    }
    (void)json_object_set_new(seen, name, json_true());
    set_converter(d, y, field, convert);
    (void)json_array_append_new(fields, field);
}

static json_t *read_map_fields(struct diags *d, const struct yaml *y)
{
    json_t *fields = json_array();
    if (!check_kind(d, y, YAML_LIST, "`fields`")) {
        return fields;
    }
    if (y->count == 0 || y->count > MAP_FIELDS_MAX) {
        check_error(d, y, NULL, "a field map has 1 to %d fields", MAP_FIELDS_MAX);
        return fields;
    }
    json_t *seen = json_object();
    for (size_t i = 0; i < y->count; i++) {
        read_map_field(d, y->items[i], fields, seen);
    }
    json_decref(seen);
    return fields;
}

static void check_map_name(struct diags *d, const struct yaml *root, const char *name)
{
    const struct yaml *y = yaml_get(root, "map");
    if (y == NULL) {
        check_error(d, root, NULL, "a field map begins with `map: %s`", name);
    } else if (check_name(d, y, "a field map") && strcmp(y->text, name) != 0) {
        check_error(d, y, "the file's name and the map's name are the same",
                    "this file holds the map `%s`, not `%s`", name, y->text);
    }
}

json_t *map_parse(const char *name, const char *text, size_t len, struct diags *d)
{
    size_t before = check_count(d);
    struct yaml *root = yaml_parse(text, len, d);
    json_t *fields = NULL;
    if (root != NULL && check_kind(d, root, YAML_MAP, "a field map")) {
        check_words(d, root, MAP_WORDS, "a field map");
        check_map_name(d, root, name);
        const struct yaml *y = yaml_get(root, "fields");
        if (y != NULL) {
            fields = read_map_fields(d, y);
        } else {
            check_error(d, root, NULL, "a field map needs `fields`");
        }
    }
    yaml_tree_free(root);
    if (check_count(d) == before) {
        return fields;
    }
    json_decref(fields);
    return NULL;
}

/* The map's text, or NULL where there is none; yours. */
static char *find_text(const char *name, const struct project *p, const struct project_hooks *h,
                       size_t *len, struct err *e)
{
    if (p != NULL) {
        char *path = xasprintf("%s/recipes/maps/%s.yaml", p->folder, name);
        char *text = folder_read(path, MAP_BYTES_MAX, len, e);
        free(path);
        if (text != NULL || e->kind != ERR_NOT_FOUND) {
            return text;
        }
    }
    if (h == NULL || h->find_source == NULL) {
        return NULL;
    }
    char *source = xasprintf("maps/%s", name);
    char *text = h->find_source(h->ud, source, len);
    free(source);
    *e = ERR_INIT;
    return text;
}

json_t *map_load(const char *name, const struct project *p, const struct project_hooks *h,
                 struct diags **d)
{
    *d = NULL;
    size_t len = 0;
    struct err e = ERR_INIT;
    char *text = find_text(name, p, h, &len, &e);
    if (text == NULL && (e.kind == ERR_NONE || e.kind == ERR_NOT_FOUND)) {
        return NULL;
    }
    char *file = xasprintf("recipes/maps/%s.yaml", name);
    char *shown = project_shown(p, file);
    *d = diags_new(shown);
    free(shown);
    free(file);
    if (text == NULL) {
        diags_add(*d, 0, 0, NULL, "%s", e.message);
        return NULL;
    }
    diags_set_text(*d, text, len);
    json_t *map = map_parse(name, text, len, *d);
    free(text);
    return map;
}
