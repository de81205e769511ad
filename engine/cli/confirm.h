#pragma once

#include "cli/cli.h"

/* Whether somebody is there to be asked: input and output are a terminal, and no program reads. */
bool confirm_can_ask(const struct cli *c);
/* Shows the question with "[y/N]" behind it, and reads a line: true for y or yes, in any case. */
bool confirm(const char *question);
