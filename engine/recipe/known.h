#pragma once

#include "project/check.h"
#include "recipe/use.h"

/* What is known of the values that the places of a recipe see, as descriptors (connector/schema.h)
 * with three members more:
 *   closed  (bool) for certain: an object has its `fields` and no others, types are as they say
 *   who     whose it is, for messages: "crm.create_task"
 *   none    (text) there never is a value: why, as a sentence
 * A value of which nothing is known is NULL or of the type any. All results are yours. */

/* What an action gives, by its `output`. What a service answers may have more than its table says;
 * what the engine itself makes is closed. */
json_t *known_output(const struct reference *r);
json_t *known_list(json_t *of_taken);
json_t *known_pages(void); /* of `each: = pages(…)` */
/* The results of steps by their names; takes `fields`. */
json_t *known_results(json_t *fields_taken);
json_t *known_none(const char *why);
/* The declared inputs of a recipe. */
json_t *known_inputs(const json_t *declared);
/* The payload of an event, by the fields and the sample that its connector has; NULL where it can
 * be anything. */
json_t *known_event(const struct check *c, const struct reference *r);
json_t *known_schedule(void); /* the event of an occurrence */
/* Either of two events; takes both. */
json_t *known_either(json_t *a_taken, json_t *b_taken);

/* Holds a path (names, and integers for items of lists) against what is known at this place; an
 * error or a warning at the node says what is not there. */
void known_check_path(struct check *c, const struct yaml *y, const json_t *path);
/* The same for a path within the event of a `wait_for`, which may be NULL. */
void known_check_awaited(struct check *c, const struct yaml *y, const json_t *event,
                         const json_t *path);
