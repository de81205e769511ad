#pragma once

#include "project/project.h"

/* Tells in d what a start of the engine would refuse of the project's settings, each thing at its
 * place in ladle.yaml: the certificate, the store and its key, secrets that are not set, settings
 * of connections that do not work. It goes the way of the start itself, but writes nothing. The
 * project may be one with errors (project_read). Before a loop runs. */
void trial_run(const struct project *p, struct diags *d);
