/* The options that choose runs, and the walk over those that pass: pages of the store, newest
 * first, each page beginning behind the last id of the one before. Borrows the options' texts. */
#include "cli/run_filter.h"

#include <string.h>

#include "cli/view.h"

enum { PAGE = 500 };

/* The bit of one state's name of text[0..len); 0 where there is no such state. */
static unsigned state_bit(const char *text, size_t len)
{
    for (int i = 0; i < RUN_STATE_COUNT; i++) {
        const char *name = run_state_name((enum run_state)i);
        if (strlen(name) == len && memcmp(name, text, len) == 0) {
            return 1U << i;
        }
    }
    return 0;
}

/* "dead,parked" */
static int read_states(const struct cli *c, unsigned *states)
{
    const char *text = cli_option(c, "state");
    if (text == NULL) {
        return 0;
    }
    unsigned bits = 0;
    for (const char *at = text; *at;) {
        size_t len = strcspn(at, ",");
        unsigned bit = state_bit(at, len);
        if (bit == 0) {
            (void)cli_usage(
                c,
                "--state %s: \"%.*s\" is none of queued, running, waiting, parked, done, dead, "
                "cancelled, skipped",
                text, (int)len, at);
            return -1;
        }
        bits |= bit;
        at += len;
        at += *at == ',';
    }
    *states = bits;
    return 0;
}

int run_filter_read(const struct cli *c, unsigned states, struct run_filter *f)
{
    *f = (struct run_filter){ .states = states, .limit = RUN_FILTER_USUAL };
    f->recipe = cli_option(c, "recipe");
    if (read_states(c, &f->states) == -1 || view_since(c, &f->since_us) == -1) {
        return -1;
    }
    return cli_number(c, "limit", 1, RUN_FILTER_MOST, &f->limit);
}

struct walk {
    const struct run_filter *filter;
    void (*each)(void *ud, const struct run_row *row);
    void *ud;
    struct id before; /* the last run that was looked at */
    int64_t left;     /* how many more; 0: the walk is over */
    int64_t left_out;
};

static void look_at_run(struct walk *w, const struct run_row *row)
{
    w->before = row->id;
    if ((w->filter->left_out & 1U << row->state) != 0) {
        w->left_out++;
        return;
    }
    w->each(w->ud, row);
    w->left--;
}

/* Ids sort by time, so the first run that is too old ends the walk. */
static void hand_on(struct walk *w, const struct run_list *list)
{
    bool is_last = list->count < (size_t)list->limit;
    for (size_t i = 0; i < list->count && w->left > 0; i++) {
        const struct run_row *row = &list->rows[i];
        if (row->created_us < w->filter->since_us) {
            is_last = true;
            break;
        }
        look_at_run(w, row);
    }
    if (is_last) {
        w->left = 0;
    }
}

static int walk_page(struct walk *w, struct store *s, struct err *e)
{
    struct run_list *list = run_list_new();
    list->recipe = w->filter->recipe;
    list->states = w->filter->states;
    list->before = w->before;
    list->limit = w->left < PAGE && w->filter->left_out == 0 ? (int)w->left : PAGE;
    int result = store_exec(s, &list->op, e);
    if (result == 0) {
        hand_on(w, list);
    }
    run_list_free(list);
    return result;
}

int run_filter_count(const struct run_filter *f, struct store *s,
                     void (*each)(void *ud, const struct run_row *row), void *ud, int64_t *left_out,
                     struct err *e)
{
    struct walk w = { .filter = f, .each = each, .ud = ud, .left = f->limit };
    while (w.left > 0) {
        if (walk_page(&w, s, e) == -1) {
            return -1;
        }
    }
    *left_out = w.left_out;
    return 0;
}

int run_filter_walk(const struct run_filter *f, struct store *s,
                    void (*each)(void *ud, const struct run_row *row), void *ud, struct err *e)
{
    int64_t left_out;
    return run_filter_count(f, s, each, ud, &left_out, e);
}
