/* Checks the code that a person brings by hand (`ladle connect --code`) against what `ladle
 * connect` wrote down when it showed the link. With a whole address the state is checked like that
 * of a callback. A code alone carries none; then it is the person at this terminal who vouches for
 * it, and the newest link that was shown for the connection lends its redirect URI and PKCE
 * verifier. */
#include "cli/connect_code.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "format/url.h"
#include "store/secret_row.h"
#include "token/token_grant.h"

/* --- what was pasted --- */

static int read_pasted_url(const char *text, struct pasted *out, struct err *e)
{
    struct url u;
    if (url_parse(text, strlen(text), &u, e) == -1) {
        return err_prefix(e, "the address");
    }
    json_t *query = u.query != NULL ? url_decode_form(u.query, strlen(u.query), e) : json_object();
    const char *code = json_get_text(query, "code"), *state = json_get_text(query, "state");
    const char *refusal = json_get_text(query, "error");
    const char *more = json_get_text(query, "error_description");
    int rc = query != NULL ? 0 : -1;
    if (rc == 0 && refusal != NULL) {
        rc = err_set(e, ERR_AUTH, "the service answered: %.100s%s%.200s", refusal,
                     more != NULL ? ": " : "", more != NULL ? more : "");
    } else if (rc == 0 && (code == NULL || *code == '\0')) {
        rc = err_set(e, ERR_INVALID, "the address holds no `code`");
    } else if (rc == 0) {
        out->code = secret_new(code, strlen(code));
        const char *issuer = json_get_text(query, "iss");
        out->state = state != NULL ? xstrdup(state) : NULL;
        out->issuer = issuer != NULL ? xstrdup(issuer) : NULL;
    }
    json_forget(query);
    url_fini(&u);
    return rc;
}

int pasted_read(const struct secret *text, struct pasted *out, struct err *e)
{
    const char *bytes = secret_bytes(text);
    *out = (struct pasted){ .code = NULL };
    if (strncmp(bytes, "http://", 7) == 0 || strncmp(bytes, "https://", 8) == 0) {
        return read_pasted_url(bytes, out, e);
    }
    out->code = secret_new(bytes, secret_len(text));
    return 0;
}

void pasted_fini(struct pasted *p)
{
    secret_free(p->code);
    free(p->state);
    free(p->issuer);
    *p = (struct pasted){ .code = NULL };
}

/* --- the flow --- */

/* Opens the row; 0, and flow->name NULL where there is none or it cannot be opened. */
static int open_flow_row(struct one_connection *o, const char *name, struct token_flow *flow,
                         struct err *e)
{
    *flow = (struct token_flow){ .name = NULL };
    struct secret_get *get = secret_get_new(name);
    int rc = store_exec(o->base->store, &get->op, e);
    if (rc == 0 && get->sealed != NULL) {
        (void)token_flow_open(flow, o->vault, name, get->sealed, get->len, NULL);
    }
    secret_get_free(get);
    return rc;
}

static bool is_usable(const struct one_connection *o, const struct token_flow *flow)
{
    return flow->name != NULL && strcmp(flow->connection, connection_name(o->connection)) == 0 &&
           flow->state == FLOW_PENDING && !token_flow_is_expired(flow);
}

static int find_by_state(struct one_connection *o, const char *state, struct token_flow *flow,
                         struct err *e)
{
    char *name = token_flow_name(state);
    int rc = name != NULL ? open_flow_row(o, name, flow, e) : 0;
    free(name);
    if (rc == 0 && !is_usable(o, flow)) {
        token_flow_fini(flow);
        rc = err_set(e, ERR_AUTH,
                     "this address belongs to no link of %s that is still good; run `ladle connect "
                     "%s` for a new one",
                     connection_name(o->connection), connection_name(o->connection));
    }
    return rc;
}

/* The one that expires last among those of this connection that are pending. */
static int find_newest(struct one_connection *o, struct token_flow *flow, struct err *e)
{
    struct secret_list *list = secret_list_new(FLOW_PREFIX);
    int rc = store_exec(o->base->store, &list->op, e);
    for (size_t i = 0; rc == 0 && i < list->count; i++) {
        struct token_flow one;
        rc = open_flow_row(o, list->names[i], &one, e);
        if (rc == 0 && is_usable(o, &one) &&
            (flow->name == NULL || one.expires_us > flow->expires_us)) {
            token_flow_fini(flow);
            *flow = one;
        } else {
            token_flow_fini(&one);
        }
    }
    secret_list_free(list);
    bool needs_one = token_setting_is(o->connection, "pkce", "S256");
    if (rc == 0 && flow->name == NULL && needs_one) {
        rc = err_set(e, ERR_AUTH,
                     "no link of %s is still good, and its codes work with their link only (PKCE); "
                     "run `ladle connect %s`",
                     connection_name(o->connection), connection_name(o->connection));
    }
    return rc;
}

int connect_code_take(struct one_connection *o, const struct pasted *p, struct token_flow *flow,
                      struct err *e)
{
    *flow = (struct token_flow){ .name = NULL };
    if (p->state != NULL && !token_issuer_fits(o->connection, p->issuer)) {
        return err_set(e, ERR_AUTH,
                       "this address is from another service than that of %s (see `issuer`)",
                       connection_name(o->connection));
    }
    int rc = p->state != NULL ? find_by_state(o, p->state, flow, e) : find_newest(o, flow, e);
    if (rc == -1 || flow->name == NULL) {
        return rc;
    }
    token_flow_set(flow, FLOW_TAKEN, NULL);
    struct flow_put *put = token_flow_put(flow, o->vault);
    rc = store_exec(o->base->store, &put->op, e);
    if (rc == 0) {
        token_flow_written(flow, put);
    } else {
        token_flow_fini(flow);
    }
    flow_put_free(put);
    return rc;
}

static void on_told(struct store_op *op, const struct err *e)
{
    bool *is_done = op->ud;
    *is_done = true; /* what could not be told, nobody waits for after ten minutes */
    (void)e;
    flow_put_free(list_entry(op, struct flow_put, op));
}

void connect_code_tell(struct one_connection *o, struct token_flow *flow, const struct err *e)
{
    if (flow->name == NULL) {
        return;
    }
    bool was_not_sent = e != NULL && token_was_not_sent(e);
    token_flow_set(flow,
                   was_not_sent ? FLOW_PENDING
                   : e != NULL  ? FLOW_FAILED
                                : FLOW_DONE,
                   e != NULL && !was_not_sent ? e->message : NULL);
    bool is_done = false;
    struct flow_put *put = token_flow_put(flow, o->vault);
    put->op.done = on_told;
    put->op.ud = &is_done;
    store_submit(o->base->store, &put->op);
    one_connection_wait(o, &is_done);
}
