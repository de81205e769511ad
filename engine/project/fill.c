/* Puts secrets into their holes (`${secret.x}`) in the settings of a connection. The walk goes
 * through the settings and, beside them, through the nodes of ladle.yaml that they were read from:
 * the two have the same members, so a secret that is missing is told where its hole stands. It goes
 * on after that, so that all of them are told at once. What it made is scrubbed by its user
 * (json_forget). */
#include "project/fill.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/secret.h"
#include "project/hole.h"

enum { FILL_DEPTH_MAX = JSON_DEPTH_MAX };

struct walk {
    const struct fill *f;
    struct err *err; /* the first error, or none yet */
};

static json_t *fill_value(struct walk *w, const json_t *v, const struct yaml *y, int depth);

/* --- errors --- */

static void fail_at(struct walk *w, const struct yaml *y, const struct err *why)
{
    if (w->err->kind == ERR_NONE) {
        *w->err = *why;
    }
    if (w->f->diags != NULL) {
        diags_add(w->f->diags, y != NULL ? y->line : 0, y != NULL ? y->column : 0, NULL, "%s",
                  why->message);
    }
}

/* --- one hole --- */

static void free_secret(char *text)
{
    if (text != NULL) {
        secret_scrub(text, strlen(text));
        free(text);
    }
}

static json_t *fill_secret(struct walk *w, const char *name, const struct yaml *y)
{
    char *text = w->f->find(w->f->ud, name);
    json_t *v = text != NULL ? json_string(text) : NULL;
    struct err e = ERR_INIT;
    if (text == NULL) {
        (void)err_set(&e, ERR_CONFIG, "the secret `%s` is not set: run `ladle secret set %s`", name,
                      name);
        fail_at(w, y, &e);
    } else if (v == NULL) {
        (void)err_set(&e, ERR_CONFIG, "the secret `%s` is not UTF-8", name);
        fail_at(w, y, &e);
    }
    free_secret(text);
    return v;
}

static size_t text_length(const json_t *parts)
{
    size_t len = 0;
    size_t i;
    json_t *part;
    json_array_foreach ((json_t *)parts, i, part) {
        len += json_string_length(part);
    }
    return len;
}

/* The parts, all texts by now, as one. */
static json_t *join(const json_t *parts)
{
    size_t max = text_length(parts);
    struct buf out;
    buf_init(&out, max + 1);
    size_t i;
    json_t *part;
    json_array_foreach ((json_t *)parts, i, part) {
        (void)buf_append(&out, json_string_value(part), json_string_length(part)); /* it fits */
    }
    json_t *v = json_stringn(buf_text(&out), out.len);
    if (out.data != NULL) {
        secret_scrub(out.data, out.len);
    }
    buf_fini(&out);
    return v;
}

/* --- lists and maps --- */

/* A list, or the parts of one text, which stand at one place. */
static json_t *fill_list(struct walk *w, const json_t *list, const struct yaml *y, int depth)
{
    json_t *out = json_array();
    bool is_list = y != NULL && y->kind == YAML_LIST;
    bool is_whole = true;
    size_t i;
    json_t *item;
    json_array_foreach ((json_t *)list, i, item) {
        const struct yaml *at = is_list && i < y->count ? y->items[i] : y;
        is_whole = json_array_append_new(out, fill_value(w, item, at, depth + 1)) == 0 && is_whole;
    }
    if (!is_whole) {
        json_forget(out);
    }
    return is_whole ? out : NULL;
}

static json_t *fill_map(struct walk *w, const json_t *map, const struct yaml *y, int depth)
{
    json_t *out = json_object();
    bool is_map = y != NULL && y->kind == YAML_MAP;
    bool is_whole = true;
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)map, key, value) {
        const struct yaml *own = is_map ? yaml_get(y, key) : NULL;
        json_t *v = fill_value(w, value, own != NULL ? own : y, depth + 1);
        is_whole = json_object_set_new(out, key, v) == 0 && is_whole;
    }
    if (!is_whole) {
        json_forget(out);
    }
    return is_whole ? out : NULL;
}

static json_t *fill_hole(struct walk *w, const json_t *hole, const struct yaml *y, int depth)
{
    const char *name = json_get_text(hole, "secret");
    if (name != NULL) {
        return fill_secret(w, name, y);
    }
    json_t *texts = fill_list(w, json_object_get(hole, "join"), y, depth);
    json_t *v = texts != NULL ? join(texts) : NULL;
    json_forget(texts);
    return v;
}

static json_t *fill_value(struct walk *w, const json_t *v, const struct yaml *y, int depth)
{
    if (depth > FILL_DEPTH_MAX) {
        struct err e = ERR_INIT;
        (void)err_set(&e, ERR_CONFIG, "a connection is nested too deeply");
        fail_at(w, y, &e);
        return NULL;
    }
    if (hole_is_open(v)) {
        return fill_hole(w, v, y, depth);
    }
    if (json_is_array(v)) {
        return fill_list(w, v, y, depth);
    }
    return json_is_object(v) ? fill_map(w, v, y, depth) : json_incref((json_t *)v);
}

json_t *fill_secrets(const json_t *config, const struct fill *f, struct err *e)
{
    struct err first = ERR_INIT;
    struct walk w = { .f = f, .err = &first };
    json_t *v = fill_value(&w, config, f->at, 0);
    if (v == NULL && e != NULL) {
        *e = first;
    }
    return v;
}
