/* A call that is cut off before its answer leaves open whether it took effect, and costs a try of a call
 * that went well. Nothing is kept. */
#include "recipe/patience.h"

#include <string.h>

#include "format/duration.h"

/* In milliseconds; 0: nothing says it. */
static int64_t usual_ms(const struct check *c, const struct reference *r)
{
    int64_t own = json_get_int(r->table, "usual_ms", 0);
    bool may_ask =
        own == 0 && r->connector != NULL && c->hooks != NULL && c->hooks->find_connector != NULL;
    return may_ask
               ? json_get_int(c->hooks->find_connector(c->hooks->ud, r->connector), "usual_ms", 0)
               : own;
}

void patience_check(struct check *c, const struct reference *r, const struct yaml *step)
{
    const struct yaml *timeout = yaml_get(step, "timeout");
    int64_t given_us = 0, usual_us = usual_ms(c, r) * 1000;
    if (timeout == NULL || timeout->kind != YAML_SCALAR ||
        duration_parse(timeout->text, strlen(timeout->text), &given_us, NULL) == -1 ||
        given_us >= usual_us) {
        return;
    }
    char usual[64];
    duration_format(usual_us, usual, sizeof usual);
    check_warn(
        c->diags, timeout, "give it more, or leave `timeout` out",
        "an answer of %s.%s usually takes up to %s: a call that is cut off before it may have "
        "taken effect",
        r->owner, r->name, usual);
}
