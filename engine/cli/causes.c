/* Groups the runs that wait for a person by their cause, for `ladle dead` and `ladle retry`. One
 * walk over all dead and parked runs, newest first; memory grows with the causes, not with the
 * runs. */
#include "cli/causes.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"

struct entry {
    struct cause cause;
    struct id oldest;
};

struct causes {
    struct map *by_text;
    struct entry **list; /* by number - 1, once all are read */
    size_t count, cap;
    const struct run_filter *filter;
    int64_t left; /* of the filter's limit */
};

/* What makes two runs one cause. Yours. */
static char *cause_text(const struct run_row *row)
{
    return xasprintf("%s\n%d\n%d\n%s", row->recipe != NULL ? row->recipe : "", (int)row->state,
                     (int)row->err.kind, row->err.message);
}

static struct entry *add_cause(struct causes *all, const char *text, const struct run_row *row)
{
    struct entry *entry = xcalloc(1, sizeof *entry);
    struct run_row *example = &entry->cause.example;
    example->id = row->id;
    example->recipe = xstrdup(row->recipe != NULL ? row->recipe : "");
    example->step = row->step != NULL ? xstrdup(row->step) : NULL;
    example->state = row->state;
    example->err = row->err;
    if (all->count == all->cap) {
        all->cap = all->cap ? all->cap * 2 : 16;
        all->list = xrealloc(all->list, all->cap * sizeof(struct entry *));
    }
    all->list[all->count++] = entry;
    (void)map_put(all->by_text, text, entry); /* there was none */
    return entry;
}

static bool passes(struct causes *all, const struct run_row *row)
{
    const struct run_filter *f = all->filter;
    bool is_meant =
        (f->recipe == NULL || (row->recipe != NULL && strcmp(f->recipe, row->recipe) == 0)) &&
        (f->states == 0 || (f->states & 1U << row->state) != 0) && row->created_us >= f->since_us &&
        all->left > 0;
    all->left -= is_meant;
    return is_meant;
}

static void add_run(void *ud, const struct run_row *row)
{
    struct causes *all = ud;
    char *text = cause_text(row);
    struct entry *entry = map_get(all->by_text, text);
    if (entry == NULL) {
        entry = add_cause(all, text, row);
    }
    struct cause *cause = &entry->cause;
    entry->oldest = row->id;
    cause->last_us = row->updated_us > cause->last_us ? row->updated_us : cause->last_us;
    cause->total++;
    cause->count += passes(all, row);
    free(text);
}

static int by_oldest(const void *a, const void *b)
{
    const struct entry *const *left = a, *const *right = b;
    return memcmp(&(*left)->oldest, &(*right)->oldest, sizeof(struct id));
}

static void number(struct causes *all)
{
    if (all->count > 0) {
        qsort(all->list, all->count, sizeof(struct entry *), by_oldest);
    }
    for (size_t i = 0; i < all->count; i++) {
        all->list[i]->cause.number = (int)i + 1;
    }
}

struct causes *causes_read(struct store *s, const struct run_filter *f, struct err *e)
{
    struct causes *all = xcalloc(1, sizeof *all);
    *all = (struct causes){ .by_text = map_new(), .filter = f, .left = f->limit };
    struct run_filter every = { .states = 1U << RUN_DEAD | 1U << RUN_PARKED, .limit = INT64_MAX };
    if (run_filter_walk(&every, s, add_run, all, e) == -1) {
        causes_free(all);
        return NULL;
    }
    number(all);
    return all;
}

void causes_free(struct causes *all)
{
    for (size_t i = 0; i < all->count; i++) {
        run_row_fini(&all->list[i]->cause.example);
        free(all->list[i]);
    }
    free(all->list);
    map_free(all->by_text, NULL);
    free(all);
}

int causes_count(const struct causes *all)
{
    return (int)all->count;
}

const struct cause *causes_get(const struct causes *all, int number)
{
    bool is_there = number >= 1 && (size_t)number <= all->count;
    return is_there ? &all->list[number - 1]->cause : NULL;
}

const struct cause *causes_find(const struct causes *all, const struct run_row *row)
{
    char *text = cause_text(row);
    const struct entry *entry = map_get(all->by_text, text);
    free(text);
    return entry != NULL ? &entry->cause : NULL;
}
