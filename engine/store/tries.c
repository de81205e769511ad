/* Keeps every failed try of a step, for `ladle show`, also where a later one succeeded. The list
 * lies in the error of the step's row, so a step that succeeds at once costs nothing. Any
 * thread. */
#include "store/tries.h"

#include <string.h>

#include "base/utf8.h"
#include "format/date.h"

/* The end of a try whose outcome is unknown is not known either. */
static void set_moment(json_t *v, const struct journal_row *row)
{
    int64_t at_us = row->ended_us > 0 ? row->ended_us : row->started_us;
    char at[DATE_TEXT];
    date_format(at_us, at);
    json_object_set_new(v, "at", json_string(at));
}

static void cut_message(json_t *v)
{
    const char *message = json_get_text(v, "message");
    size_t len = message != NULL ? strlen(message) : 0;
    if (len > TRIES_MESSAGE) {
        json_object_set_new(v, "message",
                            json_stringn(message, utf8_cut(message, len, TRIES_MESSAGE)));
    }
}

static bool is_no_try(const json_t *error)
{
    const char *detail = json_get_text(error, "detail");
    return detail != NULL && (strcmp(detail, TRIES_TURN) == 0 || strcmp(detail, TRIES_LOOK) == 0);
}

json_t *tries_of(const struct journal_row *row)
{
    json_t *last = row->error != NULL ? json_parse_own(row->error, strlen(row->error), NULL) : NULL;
    json_t *tries = json_object_get(last, "tries");
    tries = json_is_array(tries) ? json_incref(tries) : NULL;
    if (!json_is_object(last) || is_no_try(last)) {
        json_decref(last);
        return tries;
    }
    tries = tries != NULL ? tries : json_array();
    json_object_del(last, "tries");
    json_object_del(last, "answer");
    cut_message(last);
    set_moment(last, row);
    json_array_append_new(tries, last);
    while (json_array_size(tries) > TRIES_MAX) {
        json_array_remove(tries, 0);
    }
    return tries;
}

char *tries_of_done(const struct journal_row *row, const char *kind)
{
    json_t *tries = tries_of(row);
    if (tries == NULL && kind == NULL) {
        return NULL;
    }
    json_t *v = json_pack("{s:s*, s:o*}", "kind", kind, "tries", tries);
    size_t len;
    char *text = json_text(v, &len);
    json_decref(v);
    return text;
}
