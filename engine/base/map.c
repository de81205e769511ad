/*
 * A hash map from text to pointer: open addressing with linear probing over a table of entry
 * pointers that doubles when it is three quarters full. The hash is SipHash-1-3 (Aumasson and
 * Bernstein, 2012) under a key drawn for each map, so that a peer who chooses keys cannot choose
 * collisions. A removed entry leaves a tombstone, so that a walk may remove the key it stands on.
 * The map owns its copies of the keys and borrows the values. One thread at a time.
 */
#include "base/map.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

enum { MAP_FIRST = 8 };

struct entry {
    uint64_t hash;
    void *value;
    size_t len;
    char key[]; /* and a NUL */
};

struct map {
    struct entry **slots; /* NULL: free; &tombstone: removed */
    size_t cap;           /* a power of two */
    size_t count;
    size_t used; /* slots that are not free, tombstones included */
    uint64_t seed[2];
};

static struct entry tombstone;

static uint64_t rotate_bits(uint64_t x, int bits)
{
    return x << bits | x >> (64 - bits);
}

static void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[1] = rotate_bits(v[1], 13) ^ v[0];
    v[0] = rotate_bits(v[0], 32);
    v[2] += v[3];
    v[3] = rotate_bits(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = rotate_bits(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = rotate_bits(v[1], 17) ^ v[2];
    v[2] = rotate_bits(v[2], 32);
}

static uint64_t hash_of(const struct map *m, const char *key, size_t len)
{
    uint64_t v[4] = { m->seed[0] ^ 0x736f6d6570736575, m->seed[1] ^ 0x646f72616e646f6d,
                      m->seed[0] ^ 0x6c7967656e657261, m->seed[1] ^ 0x7465646279746573 };
    size_t whole = len - len % 8;
    for (size_t at = 0; at < whole; at += 8) {
        uint64_t word;
        memcpy(&word, key + at, sizeof word);
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
    }
    uint64_t tail = (uint64_t)len << 56;
    for (size_t i = whole; i < len; i++) {
        tail |= (uint64_t)(unsigned char)key[i] << (8 * (i - whole));
    }
    v[3] ^= tail;
    sip_round(v);
    v[0] ^= tail;
    v[2] ^= 0xff;
    for (int i = 0; i < 3; i++) {
        sip_round(v);
    }
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static struct entry *entry_new(uint64_t hash, const char *key, size_t len, void *value)
{
    struct entry *it = xmalloc(sizeof(*it) + len + 1);
    it->hash = hash;
    it->value = value;
    it->len = len;
    memcpy(it->key, key, len);
    it->key[len] = '\0';
    return it;
}

/* The slot that holds the key, or NULL. Ends because a quarter of the slots is always free. */
static struct entry **find_slot(const struct map *m, uint64_t hash, const char *key, size_t len)
{
    for (size_t i = hash & (m->cap - 1); m->slots[i] != NULL; i = (i + 1) & (m->cap - 1)) {
        struct entry *it = m->slots[i];
        if (it != &tombstone && it->hash == hash && it->len == len &&
            memcmp(it->key, key, len) == 0) {
            return &m->slots[i];
        }
    }
    return NULL;
}

static void place_entry(struct map *m, struct entry *it)
{
    size_t i = it->hash & (m->cap - 1);
    while (m->slots[i] != NULL) {
        i = (i + 1) & (m->cap - 1);
    }
    m->slots[i] = it;
    m->used++;
}

/* Makes room for one more; a table full of tombstones is rebuilt at its size. */
static void make_room(struct map *m)
{
    if ((m->used + 1) * 4 <= m->cap * 3) {
        return;
    }
    struct entry **old = m->slots;
    size_t old_cap = m->cap;
    if ((m->count + 1) * 2 > m->cap) {
        m->cap *= 2;
    }
    m->slots = xcalloc(m->cap, sizeof(*m->slots));
    m->used = 0;
    for (size_t i = 0; i < old_cap; i++) {
        if (old[i] != NULL && old[i] != &tombstone) {
            place_entry(m, old[i]);
        }
    }
    free(old);
}

struct map *map_new(void)
{
    struct map *m = xcalloc(1, sizeof(*m));
    m->cap = MAP_FIRST;
    m->slots = xcalloc(m->cap, sizeof(*m->slots));
    clock_random(m->seed, sizeof m->seed);
    return m;
}

void map_free(struct map *m, void (*free_value)(void *))
{
    if (m == NULL) {
        return;
    }
    for (size_t i = 0; i < m->cap; i++) {
        struct entry *it = m->slots[i];
        if (it == NULL || it == &tombstone) {
            continue;
        }
        if (free_value != NULL) {
            free_value(it->value);
        }
        free(it);
    }
    free(m->slots);
    free(m);
}

void *map_get(const struct map *m, const char *key)
{
    return map_get_n(m, key, strlen(key));
}

void *map_get_n(const struct map *m, const char *key, size_t len)
{
    struct entry **slot = find_slot(m, hash_of(m, key, len), key, len);
    return slot != NULL ? (*slot)->value : NULL;
}

void *map_put(struct map *m, const char *key, void *value)
{
    size_t len = strlen(key);
    uint64_t hash = hash_of(m, key, len);
    struct entry **slot = find_slot(m, hash, key, len);
    if (slot != NULL) {
        void *old = (*slot)->value;
        (*slot)->value = value;
        return old;
    }
    make_room(m);
    place_entry(m, entry_new(hash, key, len, value));
    m->count++;
    return NULL;
}

void *map_remove(struct map *m, const char *key)
{
    size_t len = strlen(key);
    struct entry **slot = find_slot(m, hash_of(m, key, len), key, len);
    if (slot == NULL) {
        return NULL;
    }
    void *value = (*slot)->value;
    free(*slot);
    *slot = &tombstone;
    m->count--;
    return value;
}

size_t map_len(const struct map *m)
{
    return m->count;
}

bool map_next(const struct map *m, size_t *pos, const char **key, void **value)
{
    for (; *pos < m->cap; (*pos)++) {
        struct entry *it = m->slots[*pos];
        if (it == NULL || it == &tombstone) {
            continue;
        }
        if (key != NULL) {
            *key = it->key;
        }
        if (value != NULL) {
            *value = it->value;
        }
        (*pos)++;
        return true;
    }
    return false;
}
