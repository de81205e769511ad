/*
 * Makes the ids of events and runs: UUIDv7 (RFC 9562, 5.7). The 48 bits of milliseconds and the 12
 * bits of rand_a are one number that only grows: a new id takes the clock's millisecond with a
 * counter that starts at random in the lower half (RFC 9562, 6.2, method 1), or the number after
 * the last id's, whichever is larger. So ids sort in the order they were made even where the clock
 * stands still or steps back, and an overflow of the counter borrows from the next millisecond. One
 * atomic number; any thread.
 */
#include "base/id.h"

#include <stdatomic.h>
#include <string.h>

#include "base/ascii.h"
#include "base/clock.h"

enum { COUNTER_BITS = 12, COUNTER_START_MASK = 0x7ff };

static const char hex_digits[] = "0123456789abcdef";

static _Atomic uint64_t last_stamp;

static uint64_t next_stamp(uint64_t fresh)
{
    uint64_t last = atomic_load(&last_stamp);
    uint64_t next;
    do {
        next = fresh > last ? fresh : last + 1;
    } while (!atomic_compare_exchange_weak(&last_stamp, &last, next));
    return next;
}

struct id id_new(void)
{
    uint8_t noise[10];
    clock_random(noise, sizeof noise);
    uint64_t start = ((uint64_t)noise[0] << 8 | noise[1]) & COUNTER_START_MASK;
    int64_t wall_us = clock_wall_us();
    uint64_t ms = wall_us > 0 ? (uint64_t)wall_us / 1000 : 0;
    uint64_t stamp = next_stamp(ms << COUNTER_BITS | start);

    struct id id;
    for (int i = 0; i < 6; i++) {
        id.bytes[i] = (uint8_t)(stamp >> (COUNTER_BITS + 8 * (5 - i)));
    }
    id.bytes[6] = (uint8_t)(0x70 | (stamp >> 8 & 0x0f));
    id.bytes[7] = (uint8_t)stamp;
    memcpy(id.bytes + 8, noise + 2, 8);
    id.bytes[8] = (uint8_t)(0x80 | (id.bytes[8] & 0x3f));
    return id;
}

bool id_is_zero(const struct id *id)
{
    static const struct id zero;
    return id_cmp(id, &zero) == 0;
}

int id_cmp(const struct id *a, const struct id *b)
{
    return memcmp(a->bytes, b->bytes, ID_BYTES);
}

static bool is_dash_place(size_t at)
{
    return at == 8 || at == 13 || at == 18 || at == 23;
}

void id_format(const struct id *id, char out[ID_TEXT + 1])
{
    size_t nibble = 0;
    for (size_t i = 0; i < ID_TEXT; i++) {
        if (is_dash_place(i)) {
            out[i] = '-';
            continue;
        }
        uint8_t byte = id->bytes[nibble / 2];
        out[i] = hex_digits[nibble % 2 == 0 ? byte >> 4 : byte & 0x0f];
        nibble++;
    }
    out[ID_TEXT] = '\0';
}

void id_format_short(const struct id *id, char out[ID_SHORT + 1])
{
    char text[ID_TEXT + 1];
    id_format(id, text);
    memcpy(out, text + ID_TEXT - ID_SHORT, ID_SHORT + 1);
}

int id_parse(const char *text, size_t len, struct id *out)
{
    if (len != ID_TEXT) {
        return -1;
    }
    struct id id = { { 0 } };
    size_t nibble = 0;
    for (size_t i = 0; i < ID_TEXT; i++) {
        if (is_dash_place(i)) {
            if (text[i] != '-') {
                return -1;
            }
            continue;
        }
        int value = ascii_hex_value(text[i]);
        if (value == -1) {
            return -1;
        }
        id.bytes[nibble / 2] = (uint8_t)(id.bytes[nibble / 2] << 4 | value);
        nibble++;
    }
    *out = id;
    return 0;
}

int64_t id_time_ms(const struct id *id)
{
    int64_t ms = 0;
    for (int i = 0; i < 6; i++) {
        ms = ms << 8 | id->bytes[i];
    }
    return ms;
}
