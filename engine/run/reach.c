/* The border of a run. A refusal is a verdict on the run, and an error that no pcall keeps (vm_doom).
 * Where something of the run goes on all the same, a branch beside it or what is to be closed, it finds
 * the run concluded and cannot act (act_branch). Loop thread. */
#include "run/reach.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/metrics.h"
#include "base/utf8.h"
#include "run/effect.h"

enum { SHOWN_MAX = 80 /* bytes of a name that a script made up */ };

/* --- the tables of the connections that there are --- */

static const struct connector *connector_of(void *ud, const char *connection)
{
    const struct connection *c = service_find(ud, connection);
    return c != NULL ? connection_connector(c) : NULL;
}

static const json_t *connector_in_place(void *ud, const char *connection)
{
    const struct connector *c = connector_of(ud, connection);
    return c != NULL ? connector_table(c) : NULL;
}

static const json_t *operation_in_place(void *ud, const char *connection, const char *name)
{
    const struct connector *c = connector_of(ud, connection);
    const struct operation *op = c != NULL ? connector_operation(c, name) : NULL;
    return op != NULL ? op->table : NULL;
}

static const json_t *event_in_place(void *ud, const char *connection, const char *name)
{
    const struct connector *c = connector_of(ud, connection);
    return c != NULL ? connector_event(c, name) : NULL;
}

/* --- asking --- */

bool reach_may_call(struct run *run, const char *connection, const char *operation)
{
    struct rights *r = program_rights(run->program);
    if (rights_may_call(r, connection, operation)) {
        return true;
    }
    if (rights_is_closed(r)) {
        return false;
    }
    rights_close(r, &(struct rights_tables){ .connector = connector_in_place,
                                             .operation = operation_in_place,
                                             .event = event_in_place,
                                             .ud = runner_service(run->runner) });
    return rights_may_call(r, connection, operation);
}

bool reach_may_wait(const struct run *run, const char *connection, const char *event)
{
    return rights_may_wait(program_rights(run->program), connection, event);
}

bool reach_has(const struct run *run, const char *connection)
{
    const char *from = meta_connection(run->meta);
    return (from != NULL && strcmp(from, connection) == 0) ||
           rights_have(program_rights(run->program), connection);
}

/* --- refusing --- */

static void count_denial(const struct run *run)
{
    metric_add(metrics_counter("ladle_denied_total",
                               "Runs that were ended as they reached for what their recipe does "
                               "not ask for.",
                               "recipe", program_name(run->program)),
               1);
}

/* Where the run stands; NULL: it has not come to a step. */
static const char *step_of(const struct branch *b)
{
    const struct branch *walk = b->run->walk;
    return b->step != NULL ? b->step : walk != NULL ? walk->step : NULL;
}

/* The row of the step where the run stands, as the one that failed it. */
static void record_denial(const struct branch *b, const struct err *e)
{
    const char *step = step_of(b);
    if (step == NULL) {
        return;
    }
    struct journal_row *row = run_record(b->run, step, JOURNAL_FAILED);
    row->attempts = effect_attempt_of(b->run, step);
    row->fails_run = true;
    free(row->error);
    row->error = effect_error_text(e, &(struct error_notes){ .line = 0 });
}

static int shown(const char *name)
{
    return (int)utf8_cut(name, strlen(name), SHOWN_MAX);
}

int reach_deny(lua_State *L, struct branch *b, const struct denial *d)
{
    struct err e = ERR_INIT;
    (void)err_set(&e, ERR_FORBIDDEN, "recipe %s: step %s: %.*s.%.*s is not granted: %s",
                  program_name(b->run->program), step_of(b) != NULL ? step_of(b) : "(none)",
                  shown(d->connection), d->connection, shown(d->name), d->name, d->remedy);
    count_denial(b->run);
    record_denial(b, &e);
    run_conclude(b->run, RUN_DEAD, 0, &e);
    return vm_doom(L, &e);
}

int reach_deny_call(lua_State *L, struct branch *b, const char *connection, const char *operation)
{
    bool is_need = json_object_get(json_object_get(program_plan(b->run->program), "needs"),
                                   connection) != NULL;
    return reach_deny(
        L, b,
        &(struct denial){ .connection = connection,
                          .name = operation,
                          .remedy = is_need ? "name it in a step's `use`, or in the script that "
                                              "calls it as ctx.CONNECTION:operation"
                                            : "add the connection to the recipe's `needs`, and "
                                              "name the operation where it is called" });
}
