#pragma once

#include <stdint.h>
#include <string.h>

/* The word that goes with a number: plural(runs, "run", "runs"). */
static inline const char *plural(int64_t n, const char *one, const char *many)
{
    return n == 1 ? one : many;
}

/* The article that goes before a word: "an agency", "a workspace". By its first letter. */
static inline const char *plural_article(const char *word)
{
    return word[0] != '\0' && strchr("aeio", word[0]) != NULL ? "an" : "a";
}
