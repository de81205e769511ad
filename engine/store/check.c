/*
 * One thread, which nobody joins: a stop must not wait for a disk to be read. What it works on it
 * owns together with the one who started it; the last of the two frees it.
 */
#include "store/check.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "store/db.h"

struct check {
    char *path;
    atomic_int owners;
    atomic_bool is_unwanted;
    atomic_int result; /* enum check_result */
};

static void check_unref(struct check *c)
{
    if (atomic_fetch_sub(&c->owners, 1) == 1) {
        free(c->path);
        free(c);
    }
}

static bool is_wanted(void *ud)
{
    return !atomic_load(&((struct check *)ud)->is_unwanted);
}

static enum check_result look_at_pages(struct check *c)
{
    char *damage;
    struct err e = ERR_INIT;
    int rc = db_check(c->path, &(struct db_watch){ is_wanted, c }, &damage, &e);
    if (rc == 1 && is_wanted(c)) {
        log_error("store", "the store %s is damaged (%s): %s", c->path, damage, DB_DAMAGED_REMEDY);
    } else if (rc == -1 && is_wanted(c)) {
        log_warn("store", "%s", e.message);
    }
    free(damage);
    return rc == 1 ? CHECK_DAMAGED : rc == 0 ? CHECK_WHOLE : CHECK_FAILED;
}

int check_now(const char *path, char **damage, struct err *e)
{
    return db_check(path, &(struct db_watch){ NULL, NULL }, damage, e);
}

static void *run_check(void *ud)
{
    struct check *c = ud;
    atomic_store(&c->result, look_at_pages(c));
    check_unref(c);
    return NULL;
}

struct check *check_start(const char *path)
{
    struct check *c = xcalloc(1, sizeof *c);
    c->path = xstrdup(path);
    atomic_init(&c->owners, 2);
    sigset_t all, old;
    pthread_t thread;
    (void)sigfillset(&all); /* cannot fail; signals are the loop's */
    (void)pthread_sigmask(SIG_SETMASK, &all, &old);
    int failed = pthread_create(&thread, NULL, run_check, c);
    (void)pthread_sigmask(SIG_SETMASK, &old, NULL); /* it was set before */
    if (failed != 0) {
        atomic_store(&c->result, CHECK_FAILED);
        check_unref(c);
        return c;
    }
    (void)pthread_setname_np(thread, "store-check"); /* for people with a debugger */
    (void)pthread_detach(thread);                    /* it was made joinable */
    return c;
}

enum check_result check_result(const struct check *c)
{
    return (enum check_result)atomic_load(&c->result);
}

void check_let_go(struct check *c)
{
    if (c != NULL) {
        atomic_store(&c->is_unwanted, true);
        check_unref(c);
    }
}
