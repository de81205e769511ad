/*
 * Time zones from the system's zone files (TZif, RFC 8536), read whole and checked, because setting
 * TZ is unsafe beside other threads. A zone is a sorted list of moments with the offset that begins
 * at each, and a POSIX TZ rule for the time after the last. Leap seconds are not counted, as in all
 * civil time here, so the "right/" zones are refused. Zones are kept until zone_forget_all. A zone
 * whose file changed is read again into the same struct, so that whoever holds one holds the new
 * data; nobody else may keep a pointer into it. Loop thread only.
 */
#include "format/date.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/map.h"
#include "base/mem.h"
#include "format/zone_rule.h"

enum {
    NAME_MAX_BYTES = 64,
    FILE_MAX = 256 * 1024, /* the largest of tzdata has 4 KiB */
    HEADER = 44,
    TYPE_BYTES = 6,
    ZONES_MAX = 1000,         /* tzdata has 600; a caller cannot fill the memory with names */
    OFFSET_MAX_S = 26 * 3600, /* RFC 8536, 3.2 */
    US = 1000000,
};

static const char default_folder[] = "/usr/share/zoneinfo";

/* What tells one version of a file from another; all zero where there is none. */
struct stamp {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified, changed;
};

struct zone {
    char name[NAME_MAX_BYTES + 1];
    struct stamp stamp; /* of the file as it was last looked at */
    size_t count;
    int64_t *at;          /* transitions in seconds since 1970, rising */
    int32_t *offset;      /* seconds east of UTC from at[i] on */
    int32_t first_offset; /* before at[0] */
    struct zone_rule rule;
};

static struct map *zones; /* name -> struct zone */

/* --- the file --- */

struct counts {
    size_t isut, isstd, leap, time, type, character;
};

static uint32_t read_u32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static int32_t read_i32(const uint8_t *at)
{
    return (int32_t)read_u32(at);
}

static int64_t read_i64(const uint8_t *at)
{
    return (int64_t)((uint64_t)read_u32(at) << 32 | read_u32(at + 4));
}

/* The header's counts, each no larger than a file can be; -1 where it is none. */
static int read_header(const uint8_t *at, size_t len, struct counts *out)
{
    if (len < HEADER || memcmp(at, "TZif", 4) != 0 || at[4] < '2') {
        return -1;
    }
    size_t *fields[] = { &out->isut, &out->isstd, &out->leap,
                         &out->time, &out->type,  &out->character };
    for (size_t i = 0; i < 6; i++) {
        *fields[i] = read_u32(at + 20 + 4 * i);
        if (*fields[i] > FILE_MAX) {
            return -1;
        }
    }
    return 0;
}

/* The bytes of a data block whose times have `time_size` bytes. */
static size_t block_size(const struct counts *c, size_t time_size)
{
    return c->time * time_size + c->time + c->type * TYPE_BYTES + c->character +
           c->leap * (time_size + 4) + c->isstd + c->isut;
}

static int read_transitions(struct zone *z, const struct counts *c, const uint8_t *data)
{
    const uint8_t *index = data + c->time * 8;
    const uint8_t *types = index + c->time;
    z->count = c->time;
    z->at = xcalloc(c->time, sizeof(*z->at));
    z->offset = xcalloc(c->time, sizeof(*z->offset));
    z->first_offset = read_i32(types);
    for (size_t i = 0; i < c->type; i++) {
        int32_t offset = read_i32(types + i * TYPE_BYTES);
        if (offset < -OFFSET_MAX_S || offset > OFFSET_MAX_S) {
            return -1;
        }
    }
    for (size_t i = 0; i < c->time; i++) {
        z->at[i] = read_i64(data + i * 8);
        if (index[i] >= c->type || (i > 0 && z->at[i] <= z->at[i - 1])) {
            return -1;
        }
        z->offset[i] = read_i32(types + index[i] * TYPE_BYTES);
    }
    return 0;
}

/* "\n<TZ string>\n"; an empty string says nothing of the future. */
static int read_footer(struct zone *z, const uint8_t *at, size_t len)
{
    if (len < 2 || at[0] != '\n') {
        return -1;
    }
    const uint8_t *stop = memchr(at + 1, '\n', len - 1);
    if (stop == NULL) {
        return -1;
    }
    size_t rule_len = (size_t)(stop - at) - 1;
    return rule_len == 0 ? 0 : zone_rule_parse((const char *)at + 1, rule_len, &z->rule);
}

/* Skips the first block, which has 32-bit times, and reads the second (RFC 8536, 3). */
static int parse_file(struct zone *z, const uint8_t *data, size_t len)
{
    struct counts c;
    if (read_header(data, len, &c) == -1) {
        return -1;
    }
    size_t second = HEADER + block_size(&c, 4);
    if (second > len || read_header(data + second, len - second, &c) == -1) {
        return -1;
    }
    size_t block = second + HEADER;
    size_t end = block + block_size(&c, 8);
    if (c.type == 0 || c.leap != 0 || end > len) {
        return -1;
    }
    if (read_transitions(z, &c, data + block) == -1) {
        return -1;
    }
    return read_footer(z, data + end, len - end);
}

static struct stamp stamp_of(const struct stat *st)
{
    return (struct stamp){ .device = st->st_dev,
                           .inode = st->st_ino,
                           .size = st->st_size,
                           .modified = st->st_mtim,
                           .changed = st->st_ctim };
}

static bool is_same_time(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static bool is_same_stamp(const struct stamp *a, const struct stamp *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           is_same_time(a->modified, b->modified) && is_same_time(a->changed, b->changed);
}

/* The whole file, or -1 with errno; more than FILE_MAX is EFBIG. The stamp is taken first, so that
 * a file that changes while it is read is read again at the next look. */
static ssize_t read_zone_file(const char *path, uint8_t *out, struct stamp *stamp)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd == -1) {
        return -1;
    }
    struct stat st;
    size_t len = 0;
    ssize_t n = fstat(fd, &st);
    if (n == 0) {
        *stamp = stamp_of(&st);
        n = 1;
    }
    while (n > 0 && len < FILE_MAX) {
        n = read(fd, out + len, FILE_MAX - len);
        if (n == -1 && errno == EINTR) {
            n = 1;
            continue;
        }
        len += n > 0 ? (size_t)n : 0;
    }
    int saved = n == -1 ? errno : EFBIG;
    (void)close(fd); /* only read from */
    errno = saved;
    return n == 0 ? (ssize_t)len : -1;
}

/* Letters, digits, "_", "-", "+" and single slashes inside: no way out of the folder. */
static bool is_zone_name(const char *name)
{
    size_t len = strnlen(name, NAME_MAX_BYTES + 1);
    if (len == 0 || len > NAME_MAX_BYTES || name[0] == '/' || name[len - 1] == '/') {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        bool is_word = ascii_is_alpha(name[i]) || ascii_is_digit(name[i]);
        bool is_mark = strchr("_-+/", name[i]) != NULL;
        if ((!is_word && !is_mark) || (name[i] == '/' && name[i + 1] == '/')) {
            return false;
        }
    }
    return true;
}

static void zone_free(void *p)
{
    struct zone *z = p;
    free(z->at);
    free(z->offset);
    free(z);
}

static char *path_of(const char *name)
{
    const char *folder = getenv("LADLE_ZONEINFO");
    return xasprintf("%s/%s", folder != NULL ? folder : default_folder, name);
}

/* Reads the file of that zone into z, which is empty but for its name. Of UTC there need be none:
 * without transitions its offset is 0. */
static int load_zone(struct zone *z, struct err *e)
{
    char *path = path_of(z->name);
    uint8_t *data = xmalloc(FILE_MAX);
    ssize_t len = read_zone_file(path, data, &z->stamp);
    int rc = 0;
    if (len == -1 && strcmp(z->name, "UTC") != 0) {
        rc = err_set(e, ERR_CONFIG,
                     "there is no time zone \"%s\"; names are as in Europe/Amsterdam or UTC",
                     z->name);
    } else if (len != -1 && parse_file(z, data, (size_t)len) == -1) {
        rc = err_set(e, ERR_CONFIG, "the zone file of \"%s\" is damaged or of an unknown kind",
                     z->name);
    }
    free(data);
    free(path);
    return rc;
}

/* An empty one of that name, which has at most NAME_MAX_BYTES. */
static struct zone *zone_new(const char *name)
{
    struct zone *z = xcalloc(1, sizeof *z);
    memcpy(z->name, name, strlen(name) + 1);
    return z;
}

const struct zone *zone_get(const char *name, struct err *e)
{
    if (!is_zone_name(name)) {
        err_set(e, ERR_CONFIG, "\"%.64s\" is not the name of a time zone", name);
        return NULL;
    }
    if (zones == NULL) {
        zones = map_new();
    }
    struct zone *z = map_get(zones, name);
    if (z != NULL) {
        return z;
    }
    if (map_len(zones) >= ZONES_MAX) {
        err_set(e, ERR_CONFIG, "more than %d time zones are in use", ZONES_MAX);
        return NULL;
    }
    z = zone_new(name);
    if (load_zone(z, e) == -1) {
        zone_free(z);
        return NULL;
    }
    (void)map_put(zones, name, z); /* was absent */
    return z;
}

void zone_forget_all(void)
{
    map_free(zones, zone_free);
    zones = NULL;
}

/* --- files that change --- */

/* Whether both tell the same of every moment, as far as their files say it the same way. */
static bool is_same_data(const struct zone *a, const struct zone *b)
{
    for (size_t i = 0; i < a->count && a->count == b->count; i++) {
        if (a->at[i] != b->at[i] || a->offset[i] != b->offset[i]) {
            return false;
        }
    }
    return a->count == b->count && a->first_offset == b->first_offset &&
           zone_rule_is_same(&a->rule, &b->rule);
}

/* Whether the file is another one than at the last look; from then on this is the last look. */
static bool has_new_file(struct zone *z)
{
    char *path = path_of(z->name);
    struct stat st;
    struct stamp now = { .size = 0 };
    if (stat(path, &st) == 0) {
        now = stamp_of(&st);
    }
    free(path);
    bool is_new = !is_same_stamp(&now, &z->stamp);
    z->stamp = now;
    return is_new;
}

/* Reads z again: 1 where it tells something else now, 0 where it does not, -1 where the file is not
 * usable, and then z is as it was. */
static int reload(struct zone *z, struct err *e)
{
    struct zone *fresh = zone_new(z->name);
    int rc;
    if (load_zone(fresh, NULL) == -1) {
        rc = err_set(e, ERR_CONFIG,
                     "the file of the time zone \"%s\" is gone or damaged; what was read before "
                     "stays in force",
                     z->name);
    } else {
        rc = !is_same_data(z, fresh);
        struct zone old = *z;
        *z = *fresh;
        *fresh = old;
    }
    zone_free(fresh);
    return rc;
}

int zone_reload_if_changed(size_t *changed, struct err *e)
{
    size_t pos = 0;
    const char *name;
    void *value;
    int rc = 0;
    *changed = 0;
    while (zones != NULL && map_next(zones, &pos, &name, &value)) {
        struct zone *z = value;
        int told = has_new_file(z) ? reload(z, e) : 0;
        *changed += told == 1;
        rc = told == -1 ? -1 : rc;
    }
    return rc;
}

/* --- offsets --- */

/* Where the list of transitions ends, the rule holds from the last of them on. */
static bool is_by_rule(const struct zone *z, int64_t t)
{
    return z->rule.is_set && (z->count == 0 || t >= z->at[z->count - 1]);
}

/* How many transitions there are up to t. */
static size_t count_until(const struct zone *z, int64_t t)
{
    size_t low = 0;
    size_t high = z->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (z->at[middle] <= t) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static int offset_at(const struct zone *z, int64_t t)
{
    if (is_by_rule(z, t)) {
        return zone_rule_offset_s(&z->rule, t);
    }
    size_t past = count_until(z, t);
    return past == 0 ? z->first_offset : z->offset[past - 1];
}

static int64_t second_of(int64_t wall_us)
{
    return wall_us / US - (wall_us % US < 0);
}

int zone_offset_s(const struct zone *z, int64_t wall_us)
{
    return z == NULL ? 0 : offset_at(z, second_of(wall_us));
}

/* A transition may change no more than a name. */
static int64_t next_change_s(const struct zone *z, int64_t t)
{
    for (size_t i = count_until(z, t); i < z->count; i++) {
        if (z->at[i] > INT64_MIN && offset_at(z, z->at[i]) != offset_at(z, z->at[i] - 1)) {
            return z->at[i];
        }
        t = z->at[i];
    }
    return z->rule.is_set ? zone_rule_next_change_s(&z->rule, t) : INT64_MAX;
}

int64_t zone_next_change_us(const struct zone *z, int64_t after_us)
{
    int64_t at = z == NULL ? INT64_MAX : next_change_s(z, second_of(after_us));
    return at > INT64_MAX / US ? INT64_MAX : at * US;
}
