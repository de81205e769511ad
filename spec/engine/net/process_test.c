/* Child processes: their end, their output, and what happens to them when nobody waits. */
#include "net_support.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "net/process.h"

struct ending {
    int count;
    int64_t status;
    int signum;
};

static void note_end(void *ud, int64_t status, int signum)
{
    struct ending *e = ud;
    *e = (struct ending){ e->count + 1, status, signum };
}

static char folder[64];
static char output[128];

static int start(void **state)
{
    (void)snprintf(folder, sizeof folder, "/tmp/ladle-process-XXXXXX");
    assert_non_null(mkdtemp(folder));
    (void)snprintf(output, sizeof output, "%s/output", folder);
    *state = loop_new();
    return 0;
}

static int finish(void **state)
{
    loop_free(*state);
    (void)unlink(output);
    return rmdir(folder);
}

static const char *read_output(void)
{
    static char text[4096];
    FILE *f = fopen(output, "r");
    assert_non_null(f);
    text[fread(text, 1, sizeof text - 1, f)] = '\0';
    fclose(f);
    return text;
}

/* Runs a shell line to its end. */
static struct ending run(struct loop *l, struct process_opts o, const char *line)
{
    struct ending end = { 0 };
    struct err e = ERR_INIT;
    const char *const argv[] = { "/bin/sh", "-c", line, NULL };
    o.argv = argv;
    o.on_exit = note_end;
    o.ud = &end;
    struct process *p = process_spawn(l, &o, &e);
    assert_non_null(p);
    while (end.count == 0) {
        loop_turn(l, true);
    }
    process_kill(p, SIGKILL); /* its number may be somebody else's: nothing is sent */
    process_free(p);
    return end;
}

static void a_child_s_exit_status_is_told_once(void **state)
{
    struct ending end = run(*state, (struct process_opts){ 0 }, "exit 7");
    assert_int_equal(end.count, 1);
    assert_int_equal(end.status, 7);
    assert_int_equal(end.signum, 0);
}

static void output_and_errors_are_appended_to_the_file(void **state)
{
    struct process_opts o = { .output_path = output };
    run(*state, o, "echo one");
    run(*state, o, "echo two >&2");
    assert_string_equal(read_output(), "one\ntwo\n");
    struct stat st;
    assert_int_equal(stat(output, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void environment_and_folder_are_those_given(void **state)
{
    const char *const env[] = { "COLOUR=blue", NULL };
    struct process_opts o = { .output_path = output, .env = env, .cwd = folder };
    run(*state, o, "echo $COLOUR $HOME; /bin/pwd");
    char expected[128];
    (void)snprintf(expected, sizeof expected, "blue\n%s\n", folder);
    assert_string_equal(read_output(), expected);
}

static void a_child_has_the_default_handling_of_broken_pipes(void **state)
{
    struct ending end =
        run(*state, (struct process_opts){ .output_path = output }, "kill -PIPE $$");
    assert_int_equal(end.signum, SIGPIPE);
}

static void a_signal_ends_a_child(void **state)
{
    struct loop *l = *state;
    struct ending end = { 0 };
    struct err e = ERR_INIT;
    const char *const argv[] = { "/bin/sleep", "1000", NULL };
    struct process *p = process_spawn(
        l, &(struct process_opts){ .argv = argv, .on_exit = note_end, .ud = &end }, &e);
    assert_non_null(p);
    assert_true(process_pid(p) > 0);
    process_kill(p, SIGTERM);
    while (end.count == 0) {
        loop_turn(l, true);
    }
    assert_int_equal(end.signum, SIGTERM);
    process_free(p);
}

static void a_program_that_is_not_there_is_an_error_that_names_it(void **state)
{
    struct err e = ERR_INIT;
    const char *const argv[] = { "/no/such/program", NULL };
    assert_null(process_spawn(*state, &(struct process_opts){ .argv = argv }, &e));
    assert_int_equal(e.kind, ERR_IO);
    assert_non_null(strstr(e.message, "/no/such/program"));
}

static void an_output_that_cannot_be_opened_is_an_error(void **state)
{
    struct err e = ERR_INIT;
    const char *const argv[] = { "/bin/true", NULL };
    struct process_opts o = { .argv = argv, .output_path = "/no/such/folder/file" };
    assert_null(process_spawn(*state, &o, &e));
    assert_int_equal(e.kind, ERR_IO);
}

static void freeing_a_process_neither_ends_the_child_nor_tells_of_its_end(void **state)
{
    struct loop *l = *state;
    struct ending end = { 0 };
    struct err e = ERR_INIT;
    const char *const argv[] = { "/bin/sleep", "1000", NULL };
    struct process *p = process_spawn(
        l, &(struct process_opts){ .argv = argv, .on_exit = note_end, .ud = &end }, &e);
    assert_non_null(p);
    int pid = process_pid(p);
    process_free(p);
    process_free(NULL);
    loop_turn(l, false);
    assert_int_equal(kill(pid, 0), 0);
    assert_int_equal(kill(pid, SIGKILL), 0);
    while (kill(pid, 0) == 0) { /* until the loop has collected it */
        loop_turn(l, false);
    }
    assert_int_equal(end.count, 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, start, finish)

int main(void)
{
    (void)alarm(TEST_LIMIT_S);
    const struct CMUnitTest tests[] = {
        T(a_child_s_exit_status_is_told_once),
        T(output_and_errors_are_appended_to_the_file),
        T(environment_and_folder_are_those_given),
        T(a_child_has_the_default_handling_of_broken_pipes),
        T(a_signal_ends_a_child),
        T(a_program_that_is_not_there_is_an_error_that_names_it),
        T(an_output_that_cannot_be_opened_is_an_error),
        T(freeing_a_process_neither_ends_the_child_nor_tells_of_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
