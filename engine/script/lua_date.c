/* Module `dates`: the pure half of time for scripts. Moments are whole microseconds since 1970 UTC,
 * zones are names
 * ("Europe/Amsterdam"; nil is UTC). There is no `now` here: what time it is comes from the run,
 * which journals it. dates.parse(text [, zone]) -> us          dates.format(us [, zone]) -> RFC
 * 3339 text dates.civil(us [, zone]) -> {year, month, day, hour, min, sec, us, weekday}
 *   dates.from_civil(table [, zone]) -> us    dates.add_days(us, days [, zone]) -> us, the same
 * time of day dates.parse_duration(text) -> us          dates.format_duration(us) -> text */
#include "base/days.h"
#include "format/date.h"
#include "format/duration.h"
#include "script/state.h"

enum { DAYS_MAX = 4 * 1000 * 1000, DURATION_TEXT = 64 };

#define YEAR_ONE_US  INT64_C(-62135596800000000) /* 0001-01-01 */
#define YEAR_LAST_US INT64_C(253402300799999999) /* the end of 9999 */

static const struct zone *check_zone(lua_State *L, int arg)
{
    struct err e = ERR_INIT;
    const char *name = luaL_optstring(L, arg, NULL);
    if (name == NULL) {
        return NULL;
    }
    const struct zone *z = zone_get(name, &e);
    if (z == NULL) {
        e.kind = ERR_INVALID;
        (void)vm_raise(L, &e);
    }
    return z;
}

/* A moment within the years 1 … 9999, which is what dates can be written in. */
static int64_t check_moment(lua_State *L, int arg)
{
    lua_Integer us = luaL_checkinteger(L, arg);
    luaL_argcheck(L, us >= YEAR_ONE_US && us <= YEAR_LAST_US, arg,
                  "a moment outside the years 1 to 9999");
    return us;
}

static int push_moment(lua_State *L, int64_t us)
{
    if (us < YEAR_ONE_US || us > YEAR_LAST_US) {
        return luaL_error(L, "a date outside the years 1 to 9999");
    }
    lua_pushinteger(L, us);
    return 1;
}

/* dates.parse(text [, zone]) -> us   [-2, +1, raises invalid] */
static int dates_parse(lua_State *L)
{
    size_t len;
    int64_t us;
    struct err e = ERR_INIT;
    const char *text = luaL_checklstring(L, 1, &len);
    if (date_parse(text, len, check_zone(L, 2), &us, &e) == -1) {
        return vm_raise(L, &e);
    }
    return push_moment(L, us);
}

/* dates.format(us [, zone]) -> text; without a zone in UTC, with "Z"   [-2, +1, raises] */
static int dates_format(lua_State *L)
{
    char text[DATE_TEXT];
    int64_t us = check_moment(L, 1);
    const struct zone *z = check_zone(L, 2);
    if (z == NULL) {
        date_format(us, text);
    } else {
        date_format_zone(us, z, text);
    }
    lua_pushstring(L, text);
    return 1;
}

static void set_int(lua_State *L, const char *name, int value)
{
    lua_pushinteger(L, value);
    lua_setfield(L, -2, name);
}

/* dates.civil(us [, zone]) -> table; weekday 1 is Monday   [-2, +1, raises] */
static int dates_civil(lua_State *L)
{
    int64_t us = check_moment(L, 1);
    struct civil c = civil_from_us(us, check_zone(L, 2));
    lua_createtable(L, 0, 8);
    set_int(L, "year", c.year);
    set_int(L, "month", c.month);
    set_int(L, "day", c.day);
    set_int(L, "hour", c.hour);
    set_int(L, "min", c.minute);
    set_int(L, "sec", c.second);
    set_int(L, "us", c.us);
    set_int(L, "weekday", civil_weekday(&c));
    return 1;
}

/* A whole number of the table at index 1 within bounds; the default where it is nil, unless that is
 * below the bounds. */
static int int_member(lua_State *L, const char *name, int otherwise, int min, int max)
{
    int is_int = 1;
    lua_Integer value = otherwise;
    if (lua_getfield(L, 1, name) != LUA_TNIL) {
        value = lua_tointegerx(L, -1, &is_int);
    }
    lua_pop(L, 1);
    if (!is_int || value < min || value > max) {
        luaL_error(L, "from_civil: '%s' must be a whole number from %d to %d", name, min, max);
    }
    return (int)value;
}

/* dates.from_civil(table [, zone]) -> us; midnight where no time is given   [-2, +1, raises] */
static int dates_from_civil(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    struct civil c = {
        .year = int_member(L, "year", 0, 1, 9999),
        .month = int_member(L, "month", 0, 1, 12),
        .hour = int_member(L, "hour", 0, 0, 23),
        .minute = int_member(L, "min", 0, 0, 59),
        .second = int_member(L, "sec", 0, 0, 59),
        .us = int_member(L, "us", 0, 0, 999999),
    };
    c.day = int_member(L, "day", 0, 1, days_in_month(c.year, c.month));
    return push_moment(L, civil_to_us(&c, check_zone(L, 2)));
}

/* dates.add_days(us, days [, zone]) -> us: the same time of day by the zone's clocks   [-3, +1,
 * raises] */
static int dates_add_days(lua_State *L)
{
    int64_t us = check_moment(L, 1);
    lua_Integer days = luaL_checkinteger(L, 2);
    luaL_argcheck(L, days >= -DAYS_MAX && days <= DAYS_MAX, 2, "too many days");
    const struct zone *z = check_zone(L, 3);
    struct civil c = civil_from_us(us, z);
    civil_add_days(&c, days);
    if (c.year < 1 || c.year > 9999) {
        return luaL_error(L, "a date outside the years 1 to 9999");
    }
    return push_moment(L, civil_to_us(&c, z));
}

/* dates.parse_duration(text) -> us   [-1, +1, raises invalid] */
static int dates_parse_duration(lua_State *L)
{
    size_t len;
    int64_t us;
    struct err e = ERR_INIT;
    const char *text = luaL_checklstring(L, 1, &len);
    if (duration_parse(text, len, &us, &e) == -1) {
        return vm_raise(L, &e);
    }
    lua_pushinteger(L, us);
    return 1;
}

/* dates.format_duration(us) -> text   [-1, +1, raises] */
static int dates_format_duration(lua_State *L)
{
    char text[DURATION_TEXT];
    duration_format(luaL_checkinteger(L, 1), text, sizeof text);
    lua_pushstring(L, text);
    return 1;
}

static const luaL_Reg functions[] = {
    { "add_days", dates_add_days },
    { "civil", dates_civil },
    { "format", dates_format },
    { "format_duration", dates_format_duration },
    { "from_civil", dates_from_civil },
    { "parse", dates_parse },
    { "parse_duration", dates_parse_duration },
    { NULL, NULL },
};

int luaopen_dates(lua_State *L)
{
    luaL_newlib(L, functions);
    return 1;
}
