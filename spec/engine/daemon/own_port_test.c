/* The engine's own port, as browsers call it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "daemon/own_port.h"

static void says(struct project p, const char *expected)
{
    char *url = own_port_base_url(&p);
    assert_true((url == NULL) == (expected == NULL));
    if (url != NULL) {
        assert_string_equal(url, expected);
    }
    free(url);
}

static void the_address_is_the_public_one_or_that_of_this_machine(void **state)
{
    static char public[] = "https://hooks.test", some[] = "192.0.2.7:80", any[] = "0.0.0.0:8420",
                star[] = "*:8420", six[] = "[::]:8420", none[] = "127.0.0.1:0", file[] = "x.pem";
    says((struct project){ .listen = some, .public_url = public }, "https://hooks.test");
    says((struct project){ .listen = some }, "http://192.0.2.7:80");
    says((struct project){ .listen = some, .tls_certificate = file }, "https://192.0.2.7:80");
    says((struct project){ .listen = any }, "http://127.0.0.1:8420");
    says((struct project){ .listen = star }, "http://127.0.0.1:8420");
    says((struct project){ .listen = six }, "http://[::1]:8420");
    says((struct project){ .listen = none }, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_address_is_the_public_one_or_that_of_this_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
