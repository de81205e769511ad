/*
 * Finds the real sender of a request that came through proxies. A chain of proxies is read from its
 * right end: each trusted proxy vouches for the hop before it and for nothing else. Pure; nothing
 * is allocated.
 */
#include "format/forwarded.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

struct span {
    const char *at;
    size_t len;
};

struct hops {
    struct span items[FORWARDED_HOPS_MAX]; /* from the sender to us */
    size_t count;
    bool is_too_long;
};

static void add_hop(struct hops *h, struct span s)
{
    if (h->count == FORWARDED_HOPS_MAX) {
        h->is_too_long = true;
        return;
    }
    h->items[h->count++] = s;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct span trim(struct span s)
{
    while (s.len > 0 && is_blank(s.at[0])) {
        s.at++;
        s.len--;
    }
    while (s.len > 0 && is_blank(s.at[s.len - 1])) {
        s.len--;
    }
    return s;
}

/* Up to one of the two characters, or the end; what stands in quotes is passed over. */
static struct span take_span(const char **at, char stop, char other)
{
    const char *start = *at;
    bool is_quoted = false;
    for (; **at != '\0'; (*at)++) {
        if (is_quoted && **at == '\\' && (*at)[1] != '\0') {
            (*at)++;
        } else if (**at == '"') {
            is_quoted = !is_quoted;
        } else if (!is_quoted && (**at == stop || **at == other)) {
            break;
        }
    }
    return trim((struct span){ start, (size_t)(*at - start) });
}

/* --- the two headers --- */

static void read_hop_list(const char *text, struct hops *h)
{
    while (*text != '\0') {
        const char *end = strchrnul(text, ',');
        struct span s = trim((struct span){ text, (size_t)(end - text) });
        if (s.len > 0) { /* a list may have empty members (RFC 9110, 5.6.1) */
            add_hop(h, s);
        }
        text = *end != '\0' ? end + 1 : end;
    }
}

static struct span unquote(struct span s)
{
    bool is_quoted = s.len >= 2 && s.at[0] == '"' && s.at[s.len - 1] == '"';
    return is_quoted ? (struct span){ s.at + 1, s.len - 2 } : s;
}

/* One member, such as `for="[2001:db8::1]:4711";proto=https`; without `for` the hop is unknown. */
static void read_hop(const char **at, struct hops *h)
{
    struct span hop = { "", 0 };
    bool is_there = false;
    for (;;) {
        struct span pair = take_span(at, ';', ',');
        is_there |= pair.len > 0;
        if (pair.len > 4 && strncasecmp(pair.at, "for=", 4) == 0) {
            hop = unquote((struct span){ pair.at + 4, pair.len - 4 });
        }
        if (**at != ';') {
            break;
        }
        (*at)++;
    }
    if (is_there) {
        add_hop(h, hop);
    }
}

static void read_forwarded(const char *text, struct hops *h)
{
    while (*text != '\0') {
        read_hop(&text, h);
        text += *text == ',';
    }
}

/* --- addresses --- */

/* Without a port and the brackets of IPv6. */
static struct span bare(struct span s)
{
    if (s.len > 0 && s.at[0] == '[') {
        const char *end = memchr(s.at, ']', s.len);
        return end != NULL ? (struct span){ s.at + 1, (size_t)(end - s.at - 1) } : s;
    }
    const char *colon = memchr(s.at, ':', s.len);
    bool is_port =
        colon != NULL && memchr(colon + 1, ':', s.len - (size_t)(colon + 1 - s.at)) == NULL;
    return is_port ? (struct span){ s.at, (size_t)(colon - s.at) } : s;
}

/* The address in its one spelling; false where it is none. */
static bool read_hop_address(struct span hop, char out[FORWARDED_TEXT])
{
    struct span s = bare(hop);
    char text[FORWARDED_TEXT];
    unsigned char bytes[16];
    if (s.len == 0 || s.len >= sizeof text || memchr(s.at, '\0', s.len) != NULL) {
        return false;
    }
    memcpy(text, s.at, s.len);
    text[s.len] = '\0';
    int family = inet_pton(AF_INET, text, bytes) == 1    ? AF_INET
                 : inet_pton(AF_INET6, text, bytes) == 1 ? AF_INET6
                                                         : 0;
    return family != 0 && inet_ntop(family, bytes, out, FORWARDED_TEXT) != NULL;
}

static bool is_trusted(const struct cidr *trusted, size_t count, const char *ip)
{
    for (size_t i = 0; i < count; i++) {
        if (cidr_contains(&trusted[i], ip)) {
            return true;
        }
    }
    return false;
}

/* From the right; where all are proxies of ours, the leftmost has sent it itself. */
static bool find_client(const struct cidr *trusted, size_t count, const struct hops *h,
                        char out[FORWARDED_TEXT])
{
    for (size_t i = h->count; i-- > 0;) {
        if (!read_hop_address(h->items[i], out)) {
            return false;
        }
        if (!is_trusted(trusted, count, out)) {
            return true;
        }
    }
    return h->count > 0 && !h->is_too_long;
}

static bool read_header(const struct cidr *trusted, size_t count, const char *text,
                        void (*read)(const char *, struct hops *), char out[FORWARDED_TEXT])
{
    struct hops h = { .count = 0 };
    read(text, &h);
    return !h.is_too_long && find_client(trusted, count, &h, out);
}

bool forwarded_client(const struct cidr *trusted, size_t count, const struct forwarded *f,
                      char out[FORWARDED_TEXT])
{
    char other[FORWARDED_TEXT];
    if (f->peer == NULL || strlen(f->peer) >= FORWARDED_TEXT) {
        return false;
    }
    memcpy(out, f->peer, strlen(f->peer) + 1);
    if (!is_trusted(trusted, count, f->peer)) {
        return true;
    }
    if (f->x_forwarded_for != NULL &&
        !read_header(trusted, count, f->x_forwarded_for, read_hop_list, out)) {
        return false;
    }
    if (f->forwarded == NULL) {
        return true;
    }
    if (!read_header(trusted, count, f->forwarded, read_forwarded, other)) {
        return false;
    }
    bool agrees = f->x_forwarded_for == NULL || strcmp(out, other) == 0;
    memcpy(out, other, sizeof other);
    return agrees;
}
