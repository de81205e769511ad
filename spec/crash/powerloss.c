/*
 * Power cuts. The engine's store code runs a workload while a VFS notes every write and every sync;
 * then for each sync (and once more at the end) the images that a cut just before it could leave
 * are written out, opened with the same code, and held against what had been acknowledged by then.
 *
 * usage: powerloss [--seed N] [--every N] [--self-check]
 *
 * Prints `images: N of N` and every failure; exit 1 if there is one. --self-check runs it with a
 * disk that does not sync, and with synchronous=NORMAL: both must be found out, else the check is
 * worth nothing. --every N tries one cut of N.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "image.h"
#include "recorder.h"
#include "workload.h"

enum {
    CHECKPOINT_PAGES = 40,
    PREFIXES = 4, /* of each cut */
    SUBSETS = 5,
    TOLD_MAX = 10 /* failures that are printed */
};

struct trial {
    uint64_t seed;
    int every;
    int cuts;
    bool is_quiet;
    char path[300];
    char url[320];
    int images, fine;
};

static void make_folder(struct trial *t, char *folder, size_t size)
{
    const char *tmp = getenv("TMPDIR");
    (void)snprintf(folder, size, "%.200s/ladle-power-XXXXXX", tmp != NULL ? tmp : "/tmp");
    if (mkdtemp(folder) == NULL) {
        fprintf(stderr, "powerloss: cannot make %s: %s\n", folder, strerror(errno));
        exit(2);
    }
    (void)snprintf(t->path, sizeof t->path, "%s/ladle.db", folder);
    (void)snprintf(t->url, sizeof t->url, "sqlite:%s", t->path);
}

static void remove_folder(const struct trial *t, const char *folder)
{
    static const char *const files[] = { "", "-wal", "-journal", "-shm", ".lock", ".seq" };
    char name[320];
    for (size_t i = 0; i < sizeof files / sizeof(*files); i++) {
        (void)snprintf(name, sizeof name, "%s%s", t->path, files[i]);
        (void)unlink(name); /* it may not be there */
    }
    if (rmdir(folder) == -1) {
        fprintf(stderr, "powerloss: %s is left behind: %s\n", folder, strerror(errno));
    }
}

static void try_image(struct trial *t, const struct image *im, const struct known *k, size_t at,
                      enum image_choice choice)
{
    static const char *const names[] = { "what was synced", "all", "a prefix", "a subset" };
    struct err e = ERR_INIT;
    uint64_t seed = t->seed;
    image_write(im, choice, &t->seed, t->path);
    t->images++;
    if (known_audit(k, t->url, &e) == 0) {
        t->fine++;
    } else if (!t->is_quiet && t->images - t->fine <= TOLD_MAX) {
        printf("FAILED at entry %zu, %s, seed %llu: %s\n", at, names[choice],
               (unsigned long long)seed, e.message);
    }
}

/* Where nothing is pending there is one image only. */
static void cut(struct trial *t, const struct image *im, const struct known *k, size_t at)
{
    if (t->cuts++ % t->every != 0) {
        return;
    }
    try_image(t, im, k, at, IMAGE_SYNCED);
    if (image_pending(im) == 0) {
        return;
    }
    try_image(t, im, k, at, IMAGE_ALL);
    for (int i = 0; i < PREFIXES; i++) {
        try_image(t, im, k, at, IMAGE_PREFIX);
    }
    for (int i = 0; i < SUBSETS; i++) {
        try_image(t, im, k, at, IMAGE_SUBSET);
    }
}

/* A disk that never syncs has no sync to stop at: there each acknowledgement is a place for a cut.
 */
static bool is_place(const struct recorded *r, enum recorder_fault fault)
{
    return r->kind == (fault == RECORDER_HONEST ? DISK_SYNCED : DISK_ACKED);
}

static void replay(struct trial *t, const struct recorded *entries, size_t count,
                   enum recorder_fault fault)
{
    struct image *im = image_new();
    struct known *k = known_new();
    for (size_t i = 0; i < count; i++) {
        if (is_place(&entries[i], fault)) {
            cut(t, im, k, i);
        }
        image_advance(im, &entries[i]);
        if (entries[i].kind == DISK_ACKED) {
            known_add(k, entries[i].offset);
        }
    }
    cut(t, im, k, count);
    known_free(k);
    image_free(im);
}

static struct trial run(uint64_t seed, int every, enum recorder_fault fault)
{
    struct trial t = { .seed = seed, .every = every, .is_quiet = fault != RECORDER_HONEST };
    char folder[256];
    size_t count;
    make_folder(&t, folder, sizeof folder);
    recorder_start(fault, CHECKPOINT_PAGES);
    workload_run(t.url, recorder_ack);
    const struct recorded *entries = recorder_stop(&count);
    replay(&t, entries, count, fault);
    recorder_free();
    remove_folder(&t, folder);
    return t;
}

static int self_check(uint64_t seed, int every)
{
    struct trial unsynced = run(seed, every, RECORDER_NO_SYNC);
    printf("without syncs: %d of %d images fail\n", unsynced.images - unsynced.fine,
           unsynced.images);
    struct trial normal = run(seed, every, RECORDER_NORMAL_SYNC);
    printf("with synchronous=NORMAL: %d of %d images fail\n", normal.images - normal.fine,
           normal.images);
    bool is_found = unsynced.fine < unsynced.images && normal.fine < normal.images;
    puts(is_found ? "both are found out"
                  : "FAILED: a disk that loses what was acknowledged passes");
    return is_found ? 0 : 1;
}

int main(int argc, char **argv)
{
    uint64_t seed = 1;
    int every = 1;
    bool is_self_check = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--self-check") == 0) {
            is_self_check = true;
        } else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc) {
            seed = strtoull(argv[++i], NULL, 10) | 1; /* never zero */
        } else if (strcmp(argv[i], "--every") == 0 && i + 1 < argc) {
            every = (int)strtol(argv[++i], NULL, 10);
        } else {
            every = 0;
        }
        if (every < 1) {
            fputs("usage: powerloss [--seed N] [--every N] [--self-check]\n", stderr);
            return 2;
        }
    }
    log_set_level(LOG_OFF); /* what is wrong comes as an error */
    if (is_self_check) {
        return self_check(seed, every);
    }
    struct trial t = run(seed, every, RECORDER_HONEST);
    printf("images: %d of %d\n", t.fine, t.images);
    return t.fine == t.images ? 0 : 1;
}
