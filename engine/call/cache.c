/* Keeps answers of services for a while, for calls that ask the same again. They are kept as text,
 * which is a fifth of their size as a tree, and counts their bytes. The list is in the order of
 * use: what was not asked for longest goes first when there is no room. Of calls that ask the same
 * at the same time one goes, and the others follow it (call_follow). Loop thread. */
#include "call/cache.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "call/call_state.h"
#include "connection/account.h"
#include "crypto/sign.h"

struct entry {
    struct list link; /* in cache.used: most recently used first */
    char *key;
    char *text;
    size_t len;
    int64_t kept_us;    /* monotonic */
    int64_t expires_us; /* monotonic */
};

struct cache {
    struct map *by_key; /* struct entry */
    struct list used;
    size_t bytes;
};

struct cache *cache_new(void)
{
    struct cache *k = xcalloc(1, sizeof *k);
    k->by_key = map_new();
    list_init(&k->used);
    return k;
}

static void drop_answer(struct cache *k, struct entry *n)
{
    (void)map_remove(k->by_key, n->key);
    list_remove(&n->link);
    k->bytes -= n->len;
    free(n->key);
    free(n->text);
    free(n);
}

void cache_free(struct cache *k)
{
    if (k == NULL) {
        return;
    }
    while (!list_is_empty(&k->used)) {
        drop_answer(k, list_entry(k->used.next, struct entry, link));
    }
    map_free(k->by_key, NULL);
    free(k);
}

/* Whoever asks the same with the same token (another may be another person's, who may see other
 * things); as a digest, since inputs may be long. Yours. */
static char *answer_key(const struct service_call *call, uint64_t generation)
{
    size_t len;
    char *input = json_text(call->input, &len);
    char *text =
        xasprintf("%s\n%" PRIu64 "\n%s\n%s", call->c->name, generation, call->op->name, input);
    char *key = xmalloc(SIGN_SHA256_HEX + 1);
    sign_sha256_hex(text, strlen(text), key);
    free(text);
    free(input);
    return key;
}

/* What is kept and may still be used; NULL: nothing. */
static struct entry *find_kept(struct cache *k, const char *key, bool is_fresh)
{
    struct entry *n = map_get(k->by_key, key);
    int64_t now_us = clock_mono_us();
    if (n != NULL && n->expires_us <= now_us) {
        drop_answer(k, n);
        return NULL;
    }
    return n != NULL && is_fresh && n->kept_us + CACHE_FRESH_US < now_us ? NULL : n;
}

static struct service_call *find_leader(const struct service_call *call)
{
    struct list *calls = &call->set->calls;
    for (struct list *at = calls->next; at != calls; at = at->next) {
        struct service_call *other = list_entry(at, struct service_call, link);
        bool may_lead = other != call && other->stage != STAGE_FOLLOWING &&
                        other->cache_key != NULL && (other->is_fresh || !call->is_fresh);
        if (may_lead && strcmp(other->cache_key, call->cache_key) == 0) {
            return other;
        }
    }
    return NULL;
}

bool cache_take(struct cache *k, struct service_call *call)
{
    if (call->op->cache_us <= 0 || call->probe != NULL) {
        return false;
    }
    free(call->cache_key);
    call->cache_key = answer_key(call, token_generation(call->c->token));
    struct entry *n = find_kept(k, call->cache_key, call->is_fresh);
    if (n != NULL) {
        list_remove(&n->link);
        list_push_front(&k->used, &n->link);
        metric_add(metrics_counter("ladle_answers_kept_total",
                                   "Calls that were answered from memory.", "connection",
                                   connection_root(call->c)->name),
                   1);
        json_t *output = json_parse_own(n->text, n->len, NULL);
        call_finish(call, output, NULL, NULL);
        json_decref(output);
        return true;
    }
    struct service_call *leader = find_leader(call);
    if (leader != NULL) {
        call_follow(call, leader);
    }
    return leader != NULL;
}

void cache_keep(struct cache *k, const struct service_call *call, const json_t *output)
{
    size_t len;
    char *text = json_text(output, &len);
    char *key = answer_key(call, call->generation); /* a refresh may have come between */
    struct entry *old = map_get(k->by_key, key);
    if (old != NULL) {
        drop_answer(k, old);
    }
    if (len > CACHE_ENTRY_MAX) {
        free(key);
        free(text);
        return;
    }
    while (!list_is_empty(&k->used) &&
           (map_len(k->by_key) >= CACHE_ENTRIES_MAX || k->bytes + len > CACHE_BYTES_MAX)) {
        drop_answer(k, list_entry(k->used.prev, struct entry, link));
    }
    struct entry *n = xcalloc(1, sizeof *n);
    int64_t now_us = clock_mono_us();
    *n = (struct entry){
        .key = key,
        .text = text,
        .len = len,
        .kept_us = now_us,
        .expires_us = now_us + call->op->cache_us,
    };
    list_push_front(&k->used, &n->link);
    k->bytes += len;
    (void)map_put(k->by_key, n->key, n);
}
