/*
 * Blots secrets out of every text that is logged, stored or shown. Each text has a count of owners
 * and several forms. A form is found by the first eight bytes of what it looks like, in a hash
 * table, so that a search costs the length of what is searched, not the number of secrets. Nearly
 * every place is passed over sooner, as no form begins with its two bytes: a bit for each pair of
 * bytes says so. Forms of which every character follows from the text by arithmetic (base64, hex)
 * are not kept, but compared as they are made; of base64 there are three, as the text may begin at
 * any byte of a group of three, and characters that share bits with a neighbour are left out.
 * Percent and JSON forms are kept where they differ from the text. What is encoded in another way,
 * or in two ways, is not recognised.
 *
 * The table has a mutex, the one exception to "no mutex outside the store's queue": any thread may
 * log, and a secret must not pass while another thread adds it.
 */
#include "base/forbidden.h"

#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/secret_memory.h"

enum { BUCKET_BITS = 12, KEPT_GROWTH = 6 };

enum form {
    FORM_PLAIN,
    FORM_BASE64,   /* the text at the beginning of a group */
    FORM_BASE64_4, /* at its second byte: the first 4 bits share a character */
    FORM_BASE64_2, /* at its third byte: the first 2 */
    FORM_URL64,    /* the same with - and _ */
    FORM_URL64_4,
    FORM_URL64_2,
    FORM_HEX,
    FORM_HEX_UPPER,
    FORM_PERCENT, /* kept from here on */
    FORM_PERCENT_LOWER,
    FORM_PLUS, /* percent-encoded with + for a space */
    FORM_JSON,
    FORM_JSON_SLASH, /* as PHP and lua-cjson write it, with \/ */
    FORM_JSON_TWICE, /* JSON within a text of JSON */
    FORM_COUNT,
};

struct text;

struct entry {
    struct entry *next; /* of its bucket */
    uint64_t head;      /* the first eight bytes of the form */
    struct text *text;
    char *kept; /* the form itself, of secret_memory.h, or NULL */
    size_t len; /* of the form; 0: there is none to look for */
    enum form form;
};

struct text {
    char *bytes; /* of secret_memory.h, as the struct itself */
    size_t len;
    size_t owners;
    struct entry forms[FORM_COUNT];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct entry *buckets[1 << BUCKET_BITS]; /* under lock, by the hash of the head */
static uint64_t
    pairs[(1 << 16) / 64]; /* under lock; a bit: some form begins with these two bytes */

void forbidden_lock(void)
{
    int rc = pthread_mutex_lock(&lock);
    assert(rc == 0);
}

void forbidden_unlock(void)
{
    int rc = pthread_mutex_unlock(&lock);
    assert(rc == 0);
}

/* --- forms --- */

static bool is_url64(enum form form)
{
    return form >= FORM_URL64 && form <= FORM_URL64_2;
}

/* The bits of the text that stand in characters of somebody else's. */
static size_t skipped_bits(enum form form)
{
    return form == FORM_BASE64_4 || form == FORM_URL64_4   ? 4
           : form == FORM_BASE64_2 || form == FORM_URL64_2 ? 2
                                                           : 0;
}

static char base64_char(const struct text *t, enum form form, size_t i)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t bit = skipped_bits(form) + 6 * i;
    unsigned pair = (unsigned)(unsigned char)t->bytes[bit / 8] << 8;
    if (bit / 8 + 1 < t->len) {
        pair |= (unsigned char)t->bytes[bit / 8 + 1];
    }
    char c = letters[pair >> (10 - bit % 8) & 63];
    return !is_url64(form) ? c : c == '+' ? '-' : c == '/' ? '_' : c;
}

static char hex_char(const struct text *t, enum form form, size_t i)
{
    unsigned byte = (unsigned char)t->bytes[i / 2];
    unsigned digit = i % 2 == 0 ? byte >> 4 : byte & 15;
    return (form == FORM_HEX ? "0123456789abcdef" : "0123456789ABCDEF")[digit];
}

static char char_at(const struct entry *e, size_t i)
{
    if (e->kept != NULL) {
        return e->kept[i];
    }
    if (e->form == FORM_PLAIN) {
        return e->text->bytes[i];
    }
    return e->form >= FORM_HEX ? hex_char(e->text, e->form, i) : base64_char(e->text, e->form, i);
}

static bool has_form(const struct entry *e, const char *at)
{
    for (size_t i = 0; i < e->len; i++) {
        if (char_at(e, i) != at[i]) {
            return false;
        }
    }
    return true;
}

/* Without one of its own letters the form looks like the usual base64. */
static bool has_url64_letters(const struct entry *e)
{
    for (size_t i = 0; i < e->len; i++) {
        char c = char_at(e, i);
        if (c == '-' || c == '_') {
            return true;
        }
    }
    return false;
}

static size_t put_percent(char *out, char c, enum form form)
{
    const char *digits = form == FORM_PERCENT_LOWER ? "0123456789abcdef" : "0123456789ABCDEF";
    unsigned byte = (unsigned char)c;
    bool is_open =
        ascii_is_alpha(c) || ascii_is_digit(c) || (c != '\0' && strchr("-._~", c) != NULL);
    if (is_open || (form == FORM_PLUS && c == ' ')) {
        out[0] = c == ' ' ? '+' : c;
        return 1;
    }
    out[0] = '%';
    out[1] = digits[byte >> 4];
    out[2] = digits[byte & 15];
    return 3;
}

static size_t put_json(char *out, char c, enum form form)
{
    static const char named[] = "\"\\\b\f\n\r\t/", letters[] = "\"\\bfnrt/";
    const char *at = c != '\0' ? strchr(named, c) : NULL;
    if (at != NULL && (c != '/' || form == FORM_JSON_SLASH)) {
        out[0] = '\\';
        out[1] = letters[at - named];
        return 2;
    }
    if ((unsigned char)c >= 0x20) {
        out[0] = c;
        return 1;
    }
    memcpy(out, "\\u00", 4);
    out[4] = "01"[(unsigned char)c >> 4];
    out[5] = "0123456789abcdef"[c & 15];
    return 6;
}

/* Writes the form of some bytes; `out` has KEPT_GROWTH times their length. */
static size_t put_all(char *out, const char *bytes, size_t len, enum form form)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        n += form >= FORM_JSON ? put_json(out + n, bytes[i], form)
                               : put_percent(out + n, bytes[i], form);
    }
    return n;
}

/* A form that is kept, where it differs from the text. */
static void keep_form(struct entry *e)
{
    size_t room = KEPT_GROWTH * e->text->len;
    char *once = secret_memory_take(room);
    size_t len = put_all(once, e->text->bytes, e->text->len, e->form);
    if (e->form == FORM_JSON_TWICE) {
        char *twice = secret_memory_take(KEPT_GROWTH * len);
        size_t twice_len = put_all(twice, once, len, e->form);
        secret_memory_give(once, room);
        once = twice;
        room = KEPT_GROWTH * len;
        len = twice_len;
    }
    e->len = len != e->text->len || memcmp(once, e->text->bytes, len) != 0 ? len : 0;
    if (e->len > 0) {
        e->kept = secret_memory_take(len);
        memcpy(e->kept, once, len);
    }
    secret_memory_give(once, room);
}

/* Makes the entry of this form; its length is 0 where there is none to look for. */
static struct entry make_form(struct text *t, enum form form)
{
    struct entry e = { .text = t, .form = form };
    if (form >= FORM_PERCENT) {
        keep_form(&e);
    } else {
        e.len = form == FORM_PLAIN ? t->len
                : form >= FORM_HEX ? 2 * t->len
                                   : (8 * t->len - skipped_bits(form)) / 6;
        if (is_url64(form) && !has_url64_letters(&e)) {
            e.len = 0;
        }
    }
    for (size_t i = 0; i < FORBIDDEN_MIN && e.len > 0; i++) {
        ((char *)&e.head)[i] = char_at(&e, i);
    }
    return e;
}

/* --- the table --- */

static uint64_t head_of(const char *text)
{
    uint64_t head;
    memcpy(&head, text, sizeof head);
    return head;
}

static struct entry **bucket_of(uint64_t head)
{
    return &buckets[head * UINT64_C(0x9e3779b97f4a7c15) >> (64 - BUCKET_BITS)];
}

static unsigned pair_of(const char *text)
{
    uint16_t pair;
    memcpy(&pair, text, sizeof pair);
    return pair;
}

static void note_pair(const struct entry *e)
{
    unsigned pair = pair_of((const char *)&e->head);
    pairs[pair / 64] |= UINT64_C(1) << pair % 64;
}

/* Anew, as another form may begin with the pair of one that went. */
static void note_pairs(void)
{
    memset(pairs, 0, sizeof pairs);
    for (size_t i = 0; i < 1 << BUCKET_BITS; i++) {
        for (const struct entry *e = buckets[i]; e != NULL; e = e->next) {
            note_pair(e);
        }
    }
}

static struct text *find_forbidden(const char *text, size_t len)
{
    uint64_t head = head_of(text);
    for (const struct entry *e = *bucket_of(head); e != NULL; e = e->next) {
        if (e->form == FORM_PLAIN && e->len == len && memcmp(e->text->bytes, text, len) == 0) {
            return e->text;
        }
    }
    return NULL;
}

static void insert_form(struct entry *e)
{
    struct entry **bucket = bucket_of(e->head);
    e->next = *bucket;
    *bucket = e;
    note_pair(e);
}

static void take_out_form(struct entry *e)
{
    struct entry **at = bucket_of(e->head);
    while (*at != e) {
        at = &(*at)->next;
    }
    *at = e->next;
    secret_memory_give(e->kept, e->len);
}

static struct text *text_new(const char *bytes, size_t len)
{
    struct text *t = secret_memory_take(sizeof(*t)); /* heads of forms are parts of the secret */
    *t = (struct text){ .bytes = secret_memory_take(len), .len = len };
    memcpy(t->bytes, bytes, len);
    for (enum form form = FORM_PLAIN; form < FORM_COUNT; form++) {
        t->forms[form] = make_form(t, form);
        if (t->forms[form].len > 0) {
            insert_form(&t->forms[form]);
        }
    }
    return t;
}

static void text_free(struct text *t)
{
    for (enum form form = FORM_PLAIN; form < FORM_COUNT; form++) {
        if (t->forms[form].len > 0) {
            take_out_form(&t->forms[form]);
        }
    }
    note_pairs();
    secret_memory_give(t->bytes, t->len);
    secret_memory_give(t, sizeof(*t));
}

void forbidden_add(const char *text, size_t len)
{
    if (len < FORBIDDEN_MIN) {
        return;
    }
    forbidden_lock();
    struct text *t = find_forbidden(text, len);
    t = t != NULL ? t : text_new(text, len);
    t->owners++;
    forbidden_unlock();
}

void forbidden_remove(const char *text, size_t len)
{
    if (len < FORBIDDEN_MIN) {
        return;
    }
    forbidden_lock();
    struct text *t = find_forbidden(text, len);
    if (t != NULL && --t->owners == 0) {
        text_free(t);
    }
    forbidden_unlock();
}

/* The length of the longest form that begins at text, or 0. */
static size_t match_form(const char *text, size_t len)
{
    uint64_t head = head_of(text);
    size_t best = 0;
    for (const struct entry *e = *bucket_of(head); e != NULL; e = e->next) {
        if (e->head == head && e->len > best && e->len <= len && has_form(e, text)) {
            best = e->len;
        }
    }
    return best;
}

size_t forbidden_find(const char *text, size_t len, size_t *at)
{
    for (; *at + FORBIDDEN_MIN <= len; ++*at) {
        unsigned pair = pair_of(text + *at);
        bool may_begin = (pairs[pair / 64] >> pair % 64 & 1) != 0;
        size_t n = may_begin ? match_form(text + *at, len - *at) : 0;
        if (n > 0) {
            return n;
        }
    }
    return 0;
}

size_t forbidden_longest(void)
{
    size_t longest = 0;
    for (size_t i = 0; i < 1 << BUCKET_BITS; i++) {
        for (const struct entry *e = buckets[i]; e != NULL; e = e->next) {
            longest = e->len > longest ? e->len : longest;
        }
    }
    return longest;
}
