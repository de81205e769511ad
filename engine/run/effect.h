#pragma once

#include "call/call.h"
#include "run/active.h"
#include "script/strand.h"

/* One effect of a run: an API call, or a change of the workspace, under a path of its own in the
 * journal. It lives in a box on the strand's stack, so that closing the strand cancels it. */
struct effect {
    struct run *run;
    struct branch *branch; /* that waits for it */
    struct wake wake;
    char *path;
    char *unit; /* the step (or item) that it is part of; NULL: it is the step itself */
    int attempt;
    const struct operation *operation;
    struct connection *connection; /* held from effect_begin on (account.h) */
    json_t *input;
    int64_t timeout_us;
    int64_t started_us;         /* of the attempt whose outcome is unknown */
    struct service_call *call;  /* in flight, or NULL */
    struct record_write *write; /* in flight, or NULL */
    struct record_look *look;   /* in flight, or NULL */
    struct look_read *reads;    /* in flight, or NULL */
    struct save_waiter waiter;  /* for the "started" record */
    struct list open_link;      /* made.h: sent and not answered */
    char *mark;                 /* that it is sent with, or was; or NULL */
    struct retry_look settle;   /* what came of looking for it */
    int64_t looked_us;          /* when it was looked for last; wall time */
    json_t *output;
    struct err err;
    struct turns *turns; /* the runner's: it outlives the run, as a box may */
    char *entered;       /* the connection at whose calls it is counted (turns.h), or NULL */
    bool is_put_off;     /* its run waits for its turn */
    bool is_begun;       /* this attempt has journalled that it is sent */
    bool is_probing;     /* looks for what an earlier attempt did */
    bool
        may_repeat; /* the step says `on_unknown: again`: what cannot be looked for is sent again */
    bool is_look;   /* reads only, and nothing of it is journalled */
    bool is_fresh;  /* its answer is not to come from the cache */
    bool has_failed;
};

struct effect *effect_new(struct branch *b, const char *path, const char *unit);
void effect_close(void *fx); /* cancels and frees; the box's close */
void effect_begin(
    struct effect *fx); /* ends in effect_succeed or effect_fail, never from within this call */
void effect_succeed(struct effect *fx, json_t *output); /* takes the reference; journals, wakes */
void effect_fail(struct effect *fx, const struct err *e, const char *answer);
/* Its call has to wait for its turn (ERR_TURN): nothing was sent, and nothing is journalled. The run
 * waits, and the step is walked again. */
void effect_put_off(struct effect *fx, const struct err *e);
/* What its call is made with; the reference of the input is the caller's. */
struct call_opts effect_call_opts(struct effect *fx);
void effect_send(struct effect *fx); /* makes the call */
/* The number of the try that a step (or item) is in. */
int effect_attempt_of(struct run *run, const char *unit);
/* What the journal keeps beside an error; what is not known is NULL or 0. */
struct error_notes {
    const char *answer;                /* the body of the answer that was the failure */
    const struct journal_row *earlier; /* tells of the tries before it */
    const char *file;                  /* the place in the recipe */
    int line;
};
/* JSON text of an error for the journal; yours. */
char *effect_error_text(const struct err *e, const struct error_notes *notes);
/* The failed tries before, for the row of a step that is done now: yours; NULL: there were none. */
char *effect_tries_text(struct run *run, const char *path);
/* JSON text with every known secret replaced; yours. */
char *effect_text(const json_t *v);

/* record_effect.c: the same for the workspace's local sink. */
bool record_effect_is_local(const struct effect *fx);
void record_effect_begin(struct effect *fx);
void record_effect_cancel(struct effect *fx);
