/* Replays the corpus of one fuzz target without a fuzzer, as a test program: every file of the
 * folder FUZZ_CORPUS, in order of names, and the empty input; one line of TAP for each. What breaks
 * a target ends the program, and the last "#" line names the file. */
#include "fuzz.h"

#include "project/folder.h"

enum { FILES_MAX = 1000, FILE_BYTES_MAX = 4 << 20 };

static void replay(const char *name)
{
    struct err e = ERR_INIT;
    size_t len;
    char *path = xasprintf("%s/%s", FUZZ_CORPUS, name);
    char *text = folder_read(path, FILE_BYTES_MAX, &len, &e);
    free(path);
    if (text == NULL) {
        (void)fprintf(stderr, "%s\n", e.message);
        exit(1);
    }
    uint8_t *exact = xmalloc(len > 0 ? len : 1); /* without the NUL behind it */
    memcpy(exact, text, len);
    free(text);
    (void)LLVMFuzzerTestOneInput(exact, len);
    free(exact);
}

int main(void)
{
    struct err e = ERR_INIT;
    size_t count;
    char **names = folder_names(FUZZ_CORPUS, FILES_MAX, &count, &e);
    if (names == NULL || count == 0) {
        (void)fprintf(stderr, "%s: %s\n", FUZZ_CORPUS, names ? "no files" : e.message);
        return 1;
    }
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    (void)printf("1..%zu\n", count + 1);
    (void)LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    (void)printf("ok 1 - nothing\n");
    for (size_t i = 0; i < count; i++) {
        (void)printf("# %s\n", names[i]);
        replay(names[i]);
        (void)printf("ok %zu - %s\n", i + 2, names[i]);
    }
    folder_free_names(names);
    return 0;
}
