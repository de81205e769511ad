/*
 * Makes the text that the signature of a webhook is over: a template with the parts of the delivery
 * in it. Most schemes sign the body alone, and then nothing is copied.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "format/url.h"
#include "webhook/verify_rule.h"

enum { AROUND_MAX = URL_MAX + 4 * FACT_MAX };

bool is_form_type(const char *content_type)
{
    static const char form[] = "application/x-www-form-urlencoded";
    return content_type != NULL && strncasecmp(content_type, form, strlen(form)) == 0;
}

/* --- forms --- */

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A name and its value run together; of several values each once, in their order. */
static void append_field(struct buf *out, const char *name, const json_t *v)
{
    size_t count = json_is_array(v) ? json_array_size(v) : 1;
    const char **values = xcalloc(count, sizeof *values);
    for (size_t i = 0; i < count; i++) {
        values[i] = json_string_value(json_is_array(v) ? json_array_get(v, i) : v);
    }
    qsort(values, count, sizeof *values, by_text);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || strcmp(values[i], values[i - 1]) != 0) {
            (void)buf_puts(out, name); /* is_full tells of all of them */
            (void)buf_puts(out, values[i]);
        }
    }
    free(values);
}

/* Twilio's way: all fields sorted by name. A body that is no form adds nothing here; its digest
 * stands in the address then (body_digest). */
static int append_form(struct buf *out, const struct signed_facts *f, struct err *e)
{
    if (!is_form_type(f->content_type)) {
        return 0;
    }
    json_t *fields = url_decode_form(f->body, f->len, e);
    if (fields == NULL) {
        return -1;
    }
    size_t count = 0;
    const char **names = xcalloc(json_object_size(fields) + 1, sizeof *names);
    json_t *v;
    const char *name;
    json_object_foreach (fields, name, v) {
        names[count++] = name;
    }
    qsort(names, count, sizeof *names, by_text);
    for (size_t i = 0; i < count; i++) {
        append_field(out, names[i], json_object_get(fields, names[i]));
    }
    free(names);
    json_decref(fields);
    return 0;
}

/* --- templates --- */

struct part {
    const char *name;
    int (*append)(struct buf *out, const struct signed_facts *f, struct err *e);
};

static int append_body(struct buf *out, const struct signed_facts *f, struct err *e)
{
    return buf_append(out, f->body, f->len);
}

static int append_id(struct buf *out, const struct signed_facts *f, struct err *e)
{
    return buf_puts(out, f->id);
}

static int append_timestamp(struct buf *out, const struct signed_facts *f, struct err *e)
{
    return buf_puts(out, f->timestamp);
}

static int append_url(struct buf *out, const struct signed_facts *f, struct err *e)
{
    return f->url != NULL ? buf_puts(out, f->url)
                          : err_set(e, ERR_INVALID,
                                    "the scheme signs the address, and `public_url` is not set");
}

static const struct part parts[] = {
    { "{body}", append_body }, { "{id}", append_id },     { "{timestamp}", append_timestamp },
    { "{url}", append_url },   { "{form}", append_form }, { NULL, NULL },
};

static const struct part *part_at(const char *at)
{
    for (const struct part *p = parts; p->name != NULL; p++) {
        if (strncmp(at, p->name, strlen(p->name)) == 0) {
            return p;
        }
    }
    return NULL;
}

int rule_signed_text(const struct rule *r, const struct signed_facts *f, struct buf *out,
                     const char **text, size_t *len, struct err *e)
{
    *text = f->body;
    *len = f->len;
    if (strcmp(r->signed_text, "{body}") == 0) {
        return 0;
    }
    buf_init(out, f->len + AROUND_MAX);
    const char *at = r->signed_text;
    while (*at != '\0') {
        const struct part *p = part_at(at);
        if (p != NULL && p->append(out, f, e) == -1) {
            return out->is_full ? err_set(e, ERR_INVALID, "what is signed is too long") : -1;
        }
        if (p == NULL) {
            (void)buf_putc(out, *at); /* is_full tells */
        }
        at += p != NULL ? strlen(p->name) : 1;
    }
    *text = buf_text(out);
    *len = out->len;
    return out->is_full ? err_set(e, ERR_INVALID, "what is signed is too long") : 0;
}
