/*
 * Runs that wait for their turn at a connection: its limit is used up, its service is down, or
 * enough runs are at it. They are rows like any other, found through an index of their own
 * (run_turn), which has them by connection, recipe and age. So taking the next few costs the same
 * whether ten wait or ten thousand. Writer thread, and the reader's for run_turns.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "store/db.h"
#include "store/ops.h"
#include "store/rows.h"

/* A recipe of which some wait, behind that one. */
static const char select_recipe[] =
    "select recipe"
    " from run"
    " where state = 2"
    " and turn_of = $1"
    " and is_backfill = $2"
    " and recipe > $3"
    " order by recipe"
    " limit 1";

static const char select_turns[] = "select " RUN_LOAD_COLUMNS
                                   " from run"
                                   " join event on event.id = run.event_id"
                                   " where run.state = 2"
                                   " and run.turn_of = $1"
                                   " and run.is_backfill = $2"
                                   " and run.recipe = $3"
                                   " order by run.id"
                                   " limit $4";

static const char select_connection[] =
    "select turn_of"
    " from run"
    " where state = 2"
    " and turn_of > $1"
    " order by turn_of"
    " limit 1";

/* *out: the next recipe behind `after`, yours; NULL: none. */
static int next_recipe(struct db *db, const struct run_claim *claim, bool is_backfill,
                       const char *after, char **out, struct err *e)
{
    struct query *q = db_query(db, select_recipe);
    query_bind_text(q, 1, claim->turn_of);
    query_bind_int(q, 2, is_backfill);
    query_bind_text(q, 3, after);
    int rc = query_next(q, e);
    *out = rc == 1 ? query_text(q, 0) : NULL;
    query_end(q);
    return rc == -1 ? -1 : 0;
}

static int hold_from(struct db *db, struct run_claim *claim, size_t first, int64_t now_us,
                     struct err *e)
{
    for (size_t i = first; i < claim->count; i++) {
        claim->runs[i].turn_of = xstrdup(claim->turn_of);
        if (run_load_hold(db, &claim->runs[i], now_us, e) == -1) {
            return -1;
        }
    }
    return 0;
}

/* The oldest of one recipe, `most` at most. */
static int take_of_recipe(struct db *db, struct run_claim *claim, bool is_backfill,
                          const char *recipe, int most, struct err *e)
{
    struct query *q = db_query(db, select_turns);
    query_bind_text(q, 1, claim->turn_of);
    query_bind_int(q, 2, is_backfill);
    query_bind_text(q, 3, recipe);
    query_bind_int(q, 4, most);
    int rc;
    while ((rc = query_next(q, e)) == 1) {
        if (!run_claim_has_room(claim)) {
            query_end(q);
            return 0;
        }
        claim->runs = rows_grow(claim->runs, claim->count, sizeof *claim->runs);
        run_load_read(q, &claim->runs[claim->count]);
        claim->count++;
    }
    return rc;
}

/* How many recipes wait: each gets an equal part of what is taken. -1 on error. */
static int count_recipes(struct db *db, const struct run_claim *claim, bool is_backfill,
                         struct err *e)
{
    int count = 0;
    char *recipe = xstrdup("");
    while (recipe != NULL) {
        char *next;
        int rc = next_recipe(db, claim, is_backfill, recipe, &next, e);
        free(recipe);
        recipe = next;
        if (rc == -1) {
            return -1;
        }
        count += next != NULL;
    }
    return count;
}

/* One round over the recipes, from behind the one that had the last turn on. */
static int take_round(struct db *db, struct run_claim *claim, bool is_backfill, size_t until,
                      int64_t now_us, struct err *e)
{
    int recipes = count_recipes(db, claim, is_backfill, e);
    if (recipes <= 0) {
        return recipes;
    }
    int part = ((int)(until - claim->count) + recipes - 1) / recipes;
    for (int i = 0; i < recipes && claim->count < until; i++) {
        char *recipe;
        const char *after = claim->after_recipe != NULL ? claim->after_recipe : "";
        int rc = next_recipe(db, claim, is_backfill, after, &recipe, e);
        if (rc == 0 && recipe == NULL) {
            rc = next_recipe(db, claim, is_backfill, "", &recipe, e);
        }
        if (rc == -1 || recipe == NULL) {
            return rc;
        }
        free(claim->after_recipe);
        claim->after_recipe = recipe;
        size_t first = claim->count;
        int left = (int)(until - claim->count);
        if (take_of_recipe(db, claim, is_backfill, recipe, part < left ? part : left, e) == -1 ||
            hold_from(db, claim, first, now_us, e) == -1) {
            return -1;
        }
    }
    return 0;
}

/* Up to `most` more, in rounds until there are no others. */
static int take_class(struct db *db, struct run_claim *claim, bool is_backfill, int most,
                      int64_t now_us, struct err *e)
{
    size_t until = claim->count + (size_t)(most > 0 ? most : 0);
    while (claim->count < until) {
        size_t before = claim->count;
        if (take_round(db, claim, is_backfill, until, now_us, e) == -1) {
            return -1;
        }
        if (claim->count == before) {
            break;
        }
    }
    return 0;
}

static int find_more(struct db *db, struct run_claim *claim, struct err *e)
{
    char *recipe = NULL;
    int rc = next_recipe(db, claim, false, "", &recipe, e);
    if (rc == 0 && recipe == NULL) {
        rc = next_recipe(db, claim, true, "", &recipe, e);
    }
    claim->has_more = recipe != NULL;
    free(recipe);
    return rc;
}

int run_take_turns(struct db *db, struct run_claim *claim, int64_t now_us, struct err *e)
{
    int limit = rows_limit(claim->limit);
    int most = claim->backfill_max < limit ? claim->backfill_max : limit;
    int first = claim->backfill_first < most ? claim->backfill_first : most;
    if (take_class(db, claim, true, first, now_us, e) == -1) {
        return -1;
    }
    int backfills = (int)claim->count;
    if (take_class(db, claim, false, limit - backfills, now_us, e) == -1) {
        return -1;
    }
    int left = limit - (int)claim->count;
    int more = most - backfills < left ? most - backfills : left;
    return take_class(db, claim, true, more, now_us, e) == -1 ? -1 : find_more(db, claim, e);
}

/* --- where --- */

static void clear_turns(struct run_turns *t)
{
    for (size_t i = 0; i < t->count; i++) {
        free(t->names[i]);
    }
    free(t->names);
    t->names = NULL;
    t->count = 0;
}

static int turns_exec(struct store_op *op, struct db *db, struct err *e)
{
    struct run_turns *t = list_entry(op, struct run_turns, op);
    clear_turns(t);
    for (;;) {
        struct query *q = db_query(db, select_connection);
        query_bind_text(q, 1, t->count > 0 ? t->names[t->count - 1] : "");
        int rc = query_next(q, e);
        if (rc == 1) {
            t->names = rows_grow(t->names, t->count, sizeof *t->names);
            t->names[t->count++] = query_text(q, 0);
        }
        query_end(q);
        if (rc != 1) {
            return rc;
        }
    }
}

struct run_turns *run_turns_new(void)
{
    struct run_turns *t = xcalloc(1, sizeof *t);
    t->op.exec = turns_exec;
    return t;
}

void run_turns_free(struct run_turns *t)
{
    if (t != NULL) {
        clear_turns(t);
        free(t);
    }
}
