#pragma once

#include "recorder.h"

/* What a power cut could leave of a store's files. The model: what was synced is there. Of what was
 * written to a file since its last sync any part may be there, in any order, the last write in any
 * of its sectors of 512 bytes; making, cutting and deleting files reaches the disk in its order. A
 * write damages nothing outside of itself (SQLite's "powersafe overwrite", which it assumes of
 * disks, too). */
struct image;

struct image *image_new(void);
void image_free(struct image *im);

/* Goes on by one entry of the record, borrowed. The store's own file is there from the start, empty
 * (the engine makes and syncs it before SQLite sees it). */
void image_advance(struct image *im, const struct recorded *entry);
/* How many entries are not synced yet. */
size_t image_pending(const struct image *im);

/* Which of the entries that are not synced reach the disk. */
enum image_choice {
    IMAGE_SYNCED, /* none */
    IMAGE_ALL,
    IMAGE_PREFIX, /* the first ones, the last of them torn */
    IMAGE_SUBSET  /* any, the last of them torn */
};
/* Writes the files as they are after the cut to `path`, `path`-wal and `path`-journal; what is
 * there already is replaced. `seed` decides where the choice leaves something open; it is moved on.
 */
void image_write(const struct image *im, enum image_choice choice, uint64_t *seed,
                 const char *path);
