#pragma once

#include "project/project.h"
#include "recipe/recipe.h"

/* What a recipe may do, for people and programs: a list of {connection, operation, kind, hosts},
 * sorted by connection and operation. kind is "read", "create", "change", "delete", "send" (to an
 * address that the recipe computes), "any" (operation "*": a script computes which) or "wait"
 * (operation is an event). hosts are those that what it gives may go to; "*" is any. p may be NULL.
 * Yours. */
json_t *rights_list(const struct recipe *r, const struct project *p, const struct project_hooks *h);
/* The same as a sentence, "reads crm, deletes crm.delete_contact, sends to api.example.com"; yours. */
char *rights_sentence(const json_t *list);
