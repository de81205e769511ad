#pragma once

#include "cli/cli.h"

/* A run or an event in words. In a pipe everything is told, values up to some 400 bytes. On a
 * terminal it fits a screen: a value takes one line, and of a step that made many calls or has many
 * items those that are not done come first and the rest is counted. With is_full nothing is cut. */
void show_text_run(const struct cli *c, const json_t *v, bool is_full);
void show_text_event(const struct cli *c, const json_t *v, bool is_full);
