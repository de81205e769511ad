/* Finds out how the answers of an operation come in pages. The styles of pagination are few, and
 * their fields have the same names in most services: so tables that were generated from a service's
 * description need not say what their fields say already. A guess that cannot be made for certain
 * is not made. Pure; any thread. */
#include "connector/paging.h"

#include <stdbool.h>
#include <string.h>

#include "connector/schema.h"

static bool has_field(const json_t *input, const char *field)
{
    return json_object_get(input, field) != NULL;
}

/* The first of the names that the input has, or NULL. */
static const char *first_of(const json_t *input, const char *const *names)
{
    for (; *names != NULL; names++) {
        if (has_field(input, *names)) {
            return *names;
        }
    }
    return NULL;
}

/* The only list of the answer; NULL where there is none, or more than one. */
static const char *only_list(const json_t *output)
{
    const char *found = NULL;
    const char *name;
    json_t *d;
    json_object_foreach ((json_t *)output, name, d) {
        const char *type = schema_type(d);
        if (type != NULL && strcmp(type, "list") == 0) {
            if (found != NULL) {
                return NULL;
            }
            found = name;
        }
    }
    return found;
}

static bool has_text(const json_t *input, const char *field)
{
    const char *type = schema_type(json_object_get(input, field));
    return type != NULL && strcmp(type, "string") == 0;
}

/* Pages that are counted: by items or by pages. */
static json_t *counted(const json_t *input, const char *size)
{
    static const char *const offsets[] = { "skip", "offset", NULL };
    const char *offset = first_of(input, offsets);
    const char *field = offset != NULL ? offset : has_field(input, "page") ? "page" : NULL;
    if (field == NULL || (offset != NULL && size == NULL)) {
        return NULL;
    }
    json_t *out = json_pack("{s:s, s:s}", "style", offset != NULL ? "offset" : "page",
                            offset != NULL ? "offset" : "page", field);
    if (has_text(input, field)) {
        json_object_set_new(out, "as_text", json_true());
    }
    return out;
}

/* The answer names what the next call sends: `nextCursor` for `cursor`, or a `lastMessageId` that
 * the input has too. NULL where it does not. */
static json_t *handed_on(const json_t *input, const json_t *output)
{
    if (has_field(input, "cursor") && has_field(output, "nextCursor")) {
        return json_pack("{s:s, s:{s:s}}", "style", "token", "next", "cursor", "nextCursor");
    }
    if (has_field(input, "lastMessageId") && has_field(output, "lastMessageId")) {
        return json_pack("{s:s, s:{s:s}}", "style", "token", "next", "lastMessageId",
                         "lastMessageId");
    }
    return NULL;
}

static json_t *by_fields(const json_t *input, const json_t *output)
{
    static const char *const sizes[] = { "limit",   "pageSize", "pageLimit", "page_size",
                                         "perPage", "size",     NULL };
    const char *size = first_of(input, sizes);
    if (has_field(input, "pageToken")) {
        return json_pack("{s:s, s:{s:s}}", "style", "token", "next", "pageToken",
                         "pagination.nextPageToken");
    }
    if (has_field(input, "startAfterId") && has_field(input, "startAfter")) {
        return json_pack("{s:s, s:{s:s, s:s}}", "style", "start_after", "next", "startAfter",
                         "meta.startAfter", "startAfterId", "meta.startAfterId");
    }
    json_t *handed = handed_on(input, output);
    return handed != NULL ? handed : counted(input, size);
}

json_t *paging_of(const json_t *operation)
{
    json_t *said = json_object_get(operation, "pages");
    if (json_is_object(said)) {
        return json_incref(said);
    }
    const json_t *output = json_object_get(operation, "output");
    const char *items = only_list(output);
    json_t *out = items != NULL ? by_fields(json_object_get(operation, "input"), output) : NULL;
    if (out != NULL) {
        json_object_set_new(out, "items", json_string(items));
    }
    return out;
}
