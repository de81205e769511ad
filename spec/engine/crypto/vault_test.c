/* The vault: its key file, and sealed values that open only as they were sealed. */
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "crypto/vault.h"

static char folder[] = "/tmp/vault_test_XXXXXX";
static char key_path[64];
static char other_path[64];
static char next_path[64];
static char credential_path[64];

static int remove_keys(void **state)
{
    unlink(key_path);
    unlink(other_path);
    unlink(next_path);
    unlink(credential_path);
    unsetenv("CREDENTIALS_DIRECTORY");
    return 0;
}

static struct vault *open_good(const char *path)
{
    struct err e = ERR_INIT;
    struct vault *v = vault_open(path, true, &e);
    if (v == NULL) {
        fail_msg("%s", e.message);
    }
    return v;
}

static void write_file(const char *path, const char *text, mode_t mode)
{
    unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_int_not_equal(fd, -1);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

static int count_files(void)
{
    DIR *d = opendir(folder);
    assert_non_null(d);
    int count = 0;
    for (const struct dirent *it = readdir(d); it != NULL; it = readdir(d)) {
        count += it->d_name[0] != '.';
    }
    closedir(d);
    return count;
}

struct sealed {
    uint8_t *bytes;
    size_t len;
};

static struct sealed seal(const struct vault *v, const char *name, const char *value)
{
    struct sealed s;
    struct secret *plain = secret_new(value, strlen(value));
    vault_seal(v, name, plain, &s.bytes, &s.len);
    secret_free(plain);
    return s;
}

static void a_missing_key_file_is_made_for_its_owner_only(void **state)
{
    vault_free(open_good(key_path));
    struct stat st;
    assert_int_equal(stat(key_path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(st.st_size, 65);
    assert_int_equal(count_files(), 1);
    char text[66] = "";
    int fd = open(key_path, O_RDONLY);
    assert_int_equal(read(fd, text, sizeof text), 65);
    close(fd);
    assert_int_equal(strspn(text, "0123456789abcdef"), 64);
    assert_int_equal(text[64], '\n');
    vault_free(NULL);
}

static void a_missing_key_file_is_an_error_where_none_may_be_made(void **state)
{
    struct err e = ERR_INIT;
    assert_null(vault_open(key_path, false, &e));
    assert_int_equal(e.kind, ERR_CONFIG);
    assert_non_null(strstr(e.message, key_path));
    assert_int_equal(count_files(), 0);
    assert_null(vault_open("/nowhere/at/all/key", true, &e));
    assert_int_equal(e.kind, ERR_CONFIG);
}

static void each_key_file_is_another_key(void **state)
{
    struct vault *a = open_good(key_path);
    struct vault *b = open_good(other_path);
    struct sealed s = seal(a, "name", "value");
    struct err e = ERR_INIT;
    assert_null(vault_open_value(b, "name", s.bytes, s.len, &e));
    assert_int_equal(e.kind, ERR_CONFIG);
    assert_non_null(strstr(e.message, "another key"));
    free(s.bytes);
    vault_free(a);
    vault_free(b);
}

static void a_value_opens_again_also_after_a_restart(void **state)
{
    struct vault *v = open_good(key_path);
    struct sealed s = seal(v, "highlevel_client_secret", "open sesame, please");
    assert_int_equal(s.len, strlen("open sesame, please") + VAULT_OVERHEAD);
    vault_free(v);
    v = open_good(key_path);
    struct err e = ERR_INIT;
    struct secret *plain = vault_open_value(v, "highlevel_client_secret", s.bytes, s.len, &e);
    assert_non_null(plain);
    assert_string_equal(secret_bytes(plain), "open sesame, please");
    secret_free(plain);
    free(s.bytes);
    vault_free(v);
}

static void the_empty_value_is_a_value(void **state)
{
    struct vault *v = open_good(key_path);
    struct sealed s = seal(v, "", "");
    struct secret *plain = vault_open_value(v, "", s.bytes, s.len, NULL);
    assert_non_null(plain);
    assert_int_equal(secret_len(plain), 0);
    secret_free(plain);
    free(s.bytes);
    vault_free(v);
}

static void sealing_twice_looks_different_and_shows_nothing(void **state)
{
    struct vault *v = open_good(key_path);
    struct sealed a = seal(v, "name", "a value that is easy to see");
    struct sealed b = seal(v, "name", "a value that is easy to see");
    assert_int_equal(a.len, b.len);
    assert_int_equal(a.bytes[0], 1);
    assert_memory_equal(a.bytes, b.bytes, 9); /* version and key */
    assert_memory_not_equal(a.bytes + 9, b.bytes + 9, 24);
    assert_memory_not_equal(a.bytes + 33, b.bytes + 33, a.len - 33);
    assert_null(memmem(a.bytes, a.len, "value", 5));
    free(a.bytes);
    free(b.bytes);
    vault_free(v);
}

static void a_value_cannot_be_moved_to_another_name(void **state)
{
    struct vault *v = open_good(key_path);
    struct sealed s = seal(v, "connection/crm", "a token");
    struct err e = ERR_INIT;
    assert_null(vault_open_value(v, "connection/shop", s.bytes, s.len, &e));
    assert_int_equal(e.kind, ERR_CONFIG);
    assert_null(vault_open_value(v, "connection/cr", s.bytes, s.len, NULL));
    assert_null(vault_open_value(v, "", s.bytes, s.len, NULL));
    free(s.bytes);
    vault_free(v);
}

static void any_changed_bit_and_any_cut_is_noticed(void **state)
{
    struct vault *v = open_good(key_path);
    struct sealed s = seal(v, "name", "some value");
    for (size_t i = 0; i < s.len * 8; i++) {
        struct err e = ERR_INIT;
        s.bytes[i / 8] ^= (uint8_t)(1 << i % 8);
        assert_null(vault_open_value(v, "name", s.bytes, s.len, &e));
        assert_int_equal(e.kind, ERR_CONFIG);
        s.bytes[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    for (size_t len = 0; len < s.len; len++) {
        assert_null(vault_open_value(v, "name", s.bytes, len, NULL));
    }
    struct secret *plain = vault_open_value(v, "name", s.bytes, s.len, NULL);
    assert_non_null(plain);
    secret_free(plain);
    free(s.bytes);
    vault_free(v);
}

static void a_key_file_that_others_may_read_is_refused_with_the_remedy(void **state)
{
    vault_free(open_good(key_path));
    static const mode_t open_modes[] = { 0640, 0604, 0620, 0602, 0610, 0601, 0644, 0777 };
    for (size_t i = 0; i < sizeof open_modes / sizeof open_modes[0]; i++) {
        struct err e = ERR_INIT;
        assert_int_equal(chmod(key_path, open_modes[i]), 0);
        assert_null(vault_open(key_path, true, &e));
        assert_int_equal(e.kind, ERR_CONFIG);
        assert_non_null(strstr(e.message, "chmod 600"));
    }
    assert_int_equal(chmod(key_path, 0400), 0);
    vault_free(open_good(key_path));
}

static void a_damaged_key_file_is_refused_and_kept(void **state)
{
    static const char good[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    char longer[100];
    char wrong[100];
    snprintf(longer, sizeof longer, "%s\n\n", good);
    snprintf(wrong, sizeof wrong, "%.63sg\n", good);
    const char *const damaged[] = { "", "\n", "0011", longer, wrong, good + 1, "x" };
    for (size_t i = 0; i < sizeof damaged / sizeof damaged[0]; i++) {
        struct err e = ERR_INIT;
        write_file(key_path, damaged[i], 0600);
        assert_null(vault_open(key_path, true, &e));
        assert_int_equal(e.kind, ERR_CONFIG);
        assert_non_null(strstr(e.message, "damaged"));
        struct stat st;
        assert_int_equal(stat(key_path, &st), 0);
        assert_int_equal(st.st_size, strlen(damaged[i]));
    }
    write_file(key_path, good, 0600); /* the newline may be missing */
    vault_free(open_good(key_path));
}

static void what_is_no_file_is_refused_without_waiting(void **state)
{
    struct err e = ERR_INIT;
    assert_null(vault_open(folder, true, &e));
    assert_int_equal(e.kind, ERR_CONFIG);
    assert_int_equal(mkfifo(key_path, 0600), 0);
    assert_null(vault_open(key_path, true, &e));
    assert_int_equal(e.kind, ERR_CONFIG);
}

static const char hex_1[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
static const char hex_2[] = "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/* Hands in LADLE_KEY as a process gets it; with "" it is as if it had never been there. */
static void take(const char *text)
{
    static char entry[100]; /* belongs to the environment while it is in it */
    snprintf(entry, sizeof entry, "LADLE_KEY=%s", text);
    assert_int_equal(putenv(entry), 0);
    vault_take_environment();
    assert_null(getenv("LADLE_KEY"));
    assert_null(strstr(entry, *text != '\0' ? text : "?"));
}

static bool has_key(const struct vault *v, const char *hex)
{
    struct key *k = key_parse(hex, strlen(hex));
    bool is = memcmp(key_id(k), key_id(vault_key(v)), KEY_ID) == 0;
    key_free(k);
    return is;
}

static void a_credential_takes_the_place_of_a_key_file(void **state)
{
    write_file(credential_path, hex_1, 0440); /* systemd guards the folder */
    assert_int_equal(setenv("CREDENTIALS_DIRECTORY", folder, 1), 0);
    struct vault *v = open_good(key_path);
    assert_int_equal(vault_source(v), VAULT_CREDENTIAL);
    assert_true(has_key(v, hex_1));
    assert_int_equal(access(key_path, F_OK), -1);
    vault_free(v);
}

static void sources_that_disagree_are_an_error_that_names_them(void **state)
{
    struct err e = ERR_INIT;
    write_file(credential_path, hex_1, 0400);
    write_file(key_path, hex_2, 0600);
    assert_int_equal(setenv("CREDENTIALS_DIRECTORY", folder, 1), 0);
    assert_null(vault_open(key_path, true, &e));
    assert_int_equal(e.kind, ERR_CONFIG);
    assert_non_null(strstr(e.message, "credential"));
    assert_non_null(strstr(e.message, "key file"));
    assert_null(strstr(e.message, "00112233"));
    write_file(key_path, hex_1, 0600);
    vault_free(open_good(key_path));
}

static void of_two_keys_a_value_opens_under_its_own(void **state)
{
    struct err e = ERR_INIT;
    write_file(key_path, hex_1, 0600);
    struct vault *old = open_good(key_path);
    write_file(next_path, hex_2, 0600);
    struct vault *both = open_good(key_path);
    assert_true(has_key(both, hex_1));
    struct key *k = key_parse(hex_2, strlen(hex_2));
    assert_int_equal(vault_choose(both, key_id(k)), 0);
    assert_true(vault_is_next(both) && has_key(both, hex_2));
    assert_int_equal(vault_choose(old, key_id(k)), -1);
    struct sealed before = seal(old, "name", "value"), after = seal(both, "name", "value");
    struct secret *plain = vault_open_value(both, "name", before.bytes, before.len, &e);
    assert_non_null(plain);
    secret_free(plain);
    assert_null(vault_open_value(old, "name", after.bytes, after.len, &e));
    vault_replace(old, both);
    plain = vault_open_value(old, "name", after.bytes, after.len, &e);
    assert_non_null(plain);
    secret_free(plain);
    free(before.bytes);
    free(after.bytes);
    key_free(k);
    vault_free(old);
}

static void one_at_a_time_changes_a_key(void **state)
{
    struct err e = ERR_INIT;
    int first, second;
    assert_int_equal(key_lock(key_path, &first, &e), 0);
    assert_int_equal(key_lock(other_path, &second, &e), -1); /* in the same folder */
    assert_int_equal(e.kind, ERR_CONFLICT);
    key_unlock(first);
    assert_int_equal(key_lock(key_path, &second, &e), 0);
    key_unlock(second);
}

/* Last: what the environment said stays for the life of the process. */
static void the_key_of_the_environment_is_taken_out_of_it(void **state)
{
    struct err e = ERR_INIT;
    take(hex_1);
    struct vault *v = open_good(key_path);
    assert_int_equal(vault_source(v), VAULT_ENVIRONMENT);
    assert_true(has_key(v, hex_1));
    assert_int_equal(access(key_path, F_OK), -1);
    vault_free(v);
    write_file(key_path, hex_2, 0600);
    assert_null(vault_open(key_path, true, &e));
    assert_non_null(strstr(e.message, "LADLE_KEY"));
    take("tell nobody");
    assert_null(vault_open(key_path, true, &e));
    assert_int_equal(e.kind, ERR_CONFIG);
    assert_null(strstr(e.message, "tell nobody"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_missing_key_file_is_made_for_its_owner_only, remove_keys),
        cmocka_unit_test_teardown(a_missing_key_file_is_an_error_where_none_may_be_made,
                                  remove_keys),
        cmocka_unit_test_teardown(each_key_file_is_another_key, remove_keys),
        cmocka_unit_test_teardown(a_value_opens_again_also_after_a_restart, remove_keys),
        cmocka_unit_test_teardown(the_empty_value_is_a_value, remove_keys),
        cmocka_unit_test_teardown(sealing_twice_looks_different_and_shows_nothing, remove_keys),
        cmocka_unit_test_teardown(a_value_cannot_be_moved_to_another_name, remove_keys),
        cmocka_unit_test_teardown(any_changed_bit_and_any_cut_is_noticed, remove_keys),
        cmocka_unit_test_teardown(a_key_file_that_others_may_read_is_refused_with_the_remedy,
                                  remove_keys),
        cmocka_unit_test_teardown(a_damaged_key_file_is_refused_and_kept, remove_keys),
        cmocka_unit_test_teardown(what_is_no_file_is_refused_without_waiting, remove_keys),
        cmocka_unit_test_teardown(a_credential_takes_the_place_of_a_key_file, remove_keys),
        cmocka_unit_test_teardown(sources_that_disagree_are_an_error_that_names_them, remove_keys),
        cmocka_unit_test_teardown(of_two_keys_a_value_opens_under_its_own, remove_keys),
        cmocka_unit_test_teardown(one_at_a_time_changes_a_key, remove_keys),
        cmocka_unit_test_teardown(the_key_of_the_environment_is_taken_out_of_it, remove_keys),
    };
    if (mkdtemp(folder) == NULL) {
        return 1;
    }
    snprintf(key_path, sizeof key_path, "%s/vault.key", folder);
    snprintf(other_path, sizeof other_path, "%s/other.key", folder);
    snprintf(next_path, sizeof next_path, "%s/vault.key.next", folder);
    snprintf(credential_path, sizeof credential_path, "%s/ladle.key", folder);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    rmdir(folder);
    return failed;
}
