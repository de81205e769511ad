/* How schedules are shown: the sentence and the times to come, computed from the recipe alone, so no
 * engine needs to run. Local times are those of the schedule's zone, JSON has UTC. */
#include "cli/schedule_view.h"

#include <stdlib.h>

#include "base/mem.h"
#include "cli/view.h"
#include "format/calendar.h"
#include "recipe/schedule.h"

enum { TEXT_MAX = 4000 };

void schedule_view_each(const struct recipe *r,
                        void (*fn)(void *ud, const struct shown_schedule *s), void *ud)
{
    size_t i;
    json_t *trigger;
    json_array_foreach (json_object_get(r->plan, "when"), i, trigger) {
        struct err e = ERR_INIT;
        bool is_schedule = json_object_get(trigger, "schedule") != NULL;
        struct timetable *t = is_schedule ? schedule_timetable(trigger, r->name, &e) : NULL;
        if (t != NULL) {
            fn(ud, &(struct shown_schedule){ .recipe = r,
                                             .label = json_get_text(trigger, "schedule"),
                                             .line = (int)json_get_int(trigger, "line", 0),
                                             .times = t });
            timetable_free(t);
        }
    }
}

bool schedule_view_next(const struct timetable *t, int64_t after_us, struct occurrence *o)
{
    o->planned_us = after_us;
    do {
        if (!timetable_next(t, o->planned_us, o)) {
            return false;
        }
    } while (o->kind == OCCURRENCE_SKIPPED);
    return true;
}

void schedule_view_wall(const struct occurrence *o, char out[SCHEDULE_WALL_TEXT])
{
    const struct civil *c = &o->wall;
    int len = snprintf(out, SCHEDULE_WALL_TEXT, "%.3s %04d-%02d-%02d %02d:%02d",
                       calendar_weekday_name(civil_weekday(c)), c->year, c->month, c->day, c->hour,
                       c->minute); /* fits */
    if (c->second != 0) {
        (void)snprintf(out + len, SCHEDULE_WALL_TEXT - (size_t)len, ":%02d", c->second); /* fits */
    }
}

json_t *schedule_view_json(const struct shown_schedule *s, int64_t after_us, int count)
{
    char *sentence = timetable_sentence(s->times);
    json_t *next = json_array();
    struct occurrence o = { .planned_us = after_us };
    for (int i = 0; i < count && schedule_view_next(s->times, o.planned_us, &o); i++) {
        json_array_append_new(next, view_time(o.planned_us));
    }
    json_t *v = json_pack("{s:s, s:i, s:s, s:s, s:s, s:o}", "file", s->recipe->file, "line",
                          s->line, "recipe", s->recipe->name, "schedule", s->label, "sentence",
                          sentence, "next", next);
    free(sentence);
    return v;
}

char *schedule_view_text(const struct shown_schedule *s, int64_t after_us, int count)
{
    struct buf b;
    buf_init(&b, TEXT_MAX);
    char *sentence = timetable_sentence(s->times);
    struct occurrence o = { .planned_us = after_us };
    int i = 0;
    (void)buf_printf(&b, "%s:%d: %s\n      = ", s->recipe->file, s->line, sentence); /* full: cut */
    for (; i < count && schedule_view_next(s->times, o.planned_us, &o); i++) {
        char wall[SCHEDULE_WALL_TEXT];
        schedule_view_wall(&o, wall);
        (void)buf_printf(&b, "%s%s", i == 0 ? "next " : ", ", wall);
    }
    (void)buf_puts(&b, i == 0 ? "it does not come any more\n" : "\n");
    free(sentence);
    char *text = xstrdup(buf_text(&b));
    buf_fini(&b);
    return text;
}
