/*
 * For each file what is synced, as bytes, and the entries since then, in their order. An image is
 * made from a copy of that. One thread.
 */
#include "image.h"

#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SECTOR = 512 };

struct content {
    bool is_there;
    unsigned char *data;
    size_t len;
    size_t room;
};

struct pending {
    const struct recorded **entries;
    size_t count;
    size_t room;
};

struct image {
    struct content synced[FILE_COUNT];
    struct pending pending[FILE_COUNT];
};

/* xorshift64 */
static uint64_t random_below(uint64_t *seed, uint64_t n)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return (*seed >> 11) % n;
}

/* --- contents --- */

static void set_len(struct content *c, size_t len)
{
    if (len > c->room) {
        c->room = len * 2;
        c->data = realloc(c->data, c->room);
        assert(c->data != NULL);
    }
    if (len > c->len) {
        memset(c->data + c->len, 0, len - c->len);
    }
    c->len = len;
}

static void put_bytes(struct content *c, size_t offset, const unsigned char *data, size_t len)
{
    if (offset + len > c->len) {
        set_len(c, offset + len);
    }
    memcpy(c->data + offset, data, len);
}

static void apply(struct content *c, const struct recorded *r)
{
    switch (r->kind) {
    case DISK_CREATED:
        c->is_there = true;
        c->len = 0;
        break;
    case DISK_DELETED:
        c->is_there = false;
        c->len = 0;
        break;
    case DISK_TRUNCATED:
        set_len(c, (size_t)r->offset);
        break;
    case DISK_WRITTEN:
        put_bytes(c, (size_t)r->offset, r->data, r->len);
        break;
    case DISK_SYNCED:
    case DISK_ACKED:
        break;
    }
}

/* Some of the sectors of a write; at least one is missing where there are several. */
static void apply_torn(struct content *c, const struct recorded *r, uint64_t *seed)
{
    if (r->kind != DISK_WRITTEN || r->len <= SECTOR) {
        apply(c, r);
        return;
    }
    size_t sectors = (r->len + SECTOR - 1) / SECTOR;
    size_t lost = random_below(seed, sectors);
    for (size_t i = 0; i < sectors; i++) {
        size_t at = i * SECTOR, len = r->len - at < SECTOR ? r->len - at : SECTOR;
        if (i != lost && random_below(seed, 2) == 0) {
            put_bytes(c, (size_t)r->offset + at, r->data + at, len);
        }
    }
}

/* --- going on --- */

struct image *image_new(void)
{
    struct image *im = calloc(1, sizeof(*im));
    assert(im != NULL);
    im->synced[FILE_MAIN].is_there = true;
    return im;
}

void image_free(struct image *im)
{
    for (int i = 0; i < FILE_COUNT; i++) {
        free(im->synced[i].data);
        free((void *)im->pending[i].entries);
    }
    free(im);
}

static void add_pending(struct pending *p, const struct recorded *entry)
{
    if (p->count == p->room) {
        p->room = p->room == 0 ? 64 : p->room * 2;
        p->entries = realloc((void *)p->entries, p->room * sizeof(*p->entries));
        assert(p->entries != NULL);
    }
    p->entries[p->count++] = entry;
}

void image_advance(struct image *im, const struct recorded *entry)
{
    struct pending *p = &im->pending[entry->file];
    if (entry->kind == DISK_ACKED) {
        return;
    }
    if (entry->kind != DISK_SYNCED) {
        add_pending(p, entry);
        return;
    }
    for (size_t i = 0; i < p->count; i++) {
        apply(&im->synced[entry->file], p->entries[i]);
    }
    p->count = 0;
}

size_t image_pending(const struct image *im)
{
    size_t count = 0;
    for (int i = 0; i < FILE_COUNT; i++) {
        count += im->pending[i].count;
    }
    return count;
}

/* --- an image --- */

static bool is_metadata(const struct recorded *r)
{
    return r->kind == DISK_CREATED || r->kind == DISK_DELETED || r->kind == DISK_TRUNCATED;
}

/* The first `limit` entries at most, and of them those that are drawn; the last one torn. What
 * comes after a file was made or deleted cannot be there without that. */
static void apply_some(struct content *c, const struct pending *p, size_t limit, bool is_drawn,
                       uint64_t *seed)
{
    const struct recorded *last = NULL;
    for (size_t i = 0; i < limit; i++) {
        if (is_drawn && random_below(seed, 2) == 0) {
            if (is_metadata(p->entries[i])) {
                break;
            }
            continue;
        }
        if (last != NULL) {
            apply(c, last);
        }
        last = p->entries[i];
    }
    if (last != NULL) {
        apply_torn(c, last, seed);
    }
}

static void apply_choice(struct content *c, const struct pending *p, enum image_choice choice,
                         uint64_t *seed)
{
    switch (choice) {
    case IMAGE_SYNCED:
        break;
    case IMAGE_ALL:
        for (size_t i = 0; i < p->count; i++) {
            apply(c, p->entries[i]);
        }
        break;
    case IMAGE_PREFIX:
        apply_some(c, p, random_below(seed, p->count + 1), false, seed);
        break;
    case IMAGE_SUBSET:
        apply_some(c, p, p->count, true, seed);
        break;
    }
}

static void write_file(const struct content *c, const char *path)
{
    (void)unlink(path); /* it may not be there */
    if (!c->is_there) {
        return;
    }
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    assert(fd != -1);
    for (size_t done = 0; done < c->len;) {
        ssize_t n = write(fd, c->data + done, c->len - done);
        assert(n > 0);
        done += (size_t)n;
    }
    (void)close(fd);
}

void image_write(const struct image *im, enum image_choice choice, uint64_t *seed, const char *path)
{
    char name[400];
    for (int i = 0; i < FILE_COUNT; i++) {
        const struct content *synced = &im->synced[i];
        struct content c = { .is_there = synced->is_there };
        if (synced->len > 0) {
            put_bytes(&c, 0, synced->data, synced->len);
        }
        apply_choice(&c, &im->pending[i], choice, seed);
        (void)snprintf(name, sizeof name, "%s%s", path, recorded_suffix[i]);
        write_file(&c, name);
        free(c.data);
    }
    (void)snprintf(name, sizeof name, "%s-shm", path);
    (void)unlink(name); /* shared memory does not outlive the machine */
}
