/*
 * Tells what the signature scheme of a connection says of a delivery beside its signature: where
 * its id and its type stand, how a sender tries out an address, what it wants to read as an answer.
 * Read from the preset's table at each delivery; a connector that says its own rules has none of
 * this. Loop thread.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "connection/connection_state.h"
#include "webhook/verifier.h"

enum { ID_MAX = 200, CHALLENGE_MAX = 1024 }; /* a longer id is no id */

static const json_t *scheme_part(const struct connection *c, const char *key)
{
    return json_object_get(c->verifier->scheme, key);
}

/* The text at a place of the delivery, or NULL: there is none, or it is none to keep. Yours. */
static char *delivery_text(const json_t *place, const struct delivery *d, const json_t *event)
{
    const char *header = json_get_text(place, "header");
    const char *field = json_get_text(place, "field");
    json_t *v = field != NULL && event != NULL ? json_path(event, field) : NULL;
    if (json_is_integer(v)) {
        return xasprintf("%lld", (long long)json_integer_value(v));
    }
    const char *text = header != NULL ? d->header(d->ud, header) : json_string_value(v);
    size_t len = text != NULL ? strlen(text) : 0;
    return len > 0 && len <= ID_MAX && utf8_is_valid(text, len) ? xstrdup(text) : NULL;
}

char *scheme_id(const struct connection *c, const struct delivery *d, const json_t *event)
{
    size_t i;
    json_t *place;
    json_array_foreach ((json_t *)scheme_part(c, "dedupe"), i, place) {
        char *id = delivery_text(place, d, event);
        if (id != NULL) {
            return id;
        }
    }
    return NULL;
}

char *scheme_type(const struct connection *c, const struct delivery *d, const json_t *event)
{
    const json_t *place = scheme_part(c, "type");
    return place != NULL ? delivery_text(place, d, event) : NULL;
}

const char *scheme_challenge(const struct connection *c, const json_t *event)
{
    const json_t *challenge = scheme_part(c, "challenge");
    const char *field = json_get_text(challenge, "field"), *is = json_get_text(challenge, "is");
    const char *said = field != NULL ? json_path_text(event, field) : NULL;
    if (said == NULL || is == NULL || strcmp(said, is) != 0) {
        return NULL;
    }
    const char *path = json_get_text(challenge, "answer");
    const char *answer = path != NULL ? json_path_text(event, path) : NULL;
    return answer != NULL && strlen(answer) <= CHALLENGE_MAX ? answer : NULL;
}

const json_t *scheme_answer(const struct connection *c)
{
    return scheme_part(c, "answer");
}
