/* Digests, HMACs and signatures against published vectors, and against keys and signatures gone
 * bad. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/sign.h"

/* The keys that HighLevel publishes for its webhooks. */
static const char highlevel_ed25519[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAi2HR1srL4o18O8BRa7gVJY7G7bupbN3H9AwJrHCDiOg=\n"
    "-----END PUBLIC KEY-----\n";
static const char highlevel_rsa[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIICIjANBgkqhkiG9w0BAQEFAAOCAg8AMIICCgKCAgEAokvo/r9tVgcfZ5DysOSC\n"
    "Frm602qYV0MaAiNnX9O8KxMbiyRKWeL9JpCpVpt4XHIcBOK4u3cLSqJGOLaPuXw6\n"
    "dO0t6Q/ZVdAV5Phz+ZtzPL16iCGeK9po6D6JHBpbi989mmzMryUnQJezlYJ3DVfB\n"
    "csedpinheNnyYeFXolrJvcsjDtfAeRx5ByHQmTnSdFUzuAnC9/GepgLT9SM4nCpv\n"
    "uxmZMxrJt5Rw+VUaQ9B8JSvbMPpez4peKaJPZHBbU3OdeCVx5klVXXZQGNHOs8gF\n"
    "3kvoV5rTnXV0IknLBXlcKKAQLZcY/Q9rG6Ifi9c+5vqlvHPCUJFT5XUGG5RKgOKU\n"
    "J062fRtN+rLYZUV+BjafxQauvC8wSWeYja63VSUruvmNj8xkx2zE/Juc+yjLjTXp\n"
    "IocmaiFeAO6fUtNjDeFVkhf5LNb59vECyrHD2SQIrhgXpO4Q3dVNA5rw576PwTzN\n"
    "h/AMfHKIjE4xQA1SZuYJmNnmVZLIZBlQAF9Ntd03rfadZ+yDiOXCCs9FkHibELhC\n"
    "HULgCsnuDJHcrGNd5/Ddm5hxGQ0ASitgHeMZ0kcIOwKDOzOU53lDza6/Y09T7sYJ\n"
    "PQe7z0cvj7aE4B+Ax1ZoZGPzpJlZtGXCsu9aTEGEnKzmsFqwcSsnw3JB31IGKAyk\n"
    "T1hhTiaCeIY/OwwwNUY2yvcCAwEAAQ==\n"
    "-----END PUBLIC KEY-----\n";

/* Made for this test: an RSA key with 2048 bits and what it signed, a key that is too short, a key
 * of a kind that is not used, and a private one under a passphrase. */
static const char rsa_public[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAmAQwFV1tf0i3nqNscf9y\n"
    "z8GSKz4wfyKaJd0QbvntBEC64Wqw5B9YjmYZZE1r5EPESDjJehzh+jDWmtswbCGX\n"
    "K22qbbkN/Oj8nwSgeFjTtK4LDVoBAo8EYxwJ7DthcIb/VYeMfgrbMoCBpA4m+kki\n"
    "KvIbVvzrBsssvl9ugcXI+K+g5PRqXfNle/ltyk15KMosCJnsb8mvQh8dylICHvSR\n"
    "ObBQQPFlCyUnDptvaWInwwkFGOOZVPMGAB8vDzLsf0ZmC5OTly/FG18FwGSs5sPd\n"
    "wYCJ4b7IB6xyc9z+EMJaRw5XuwuDzO6lxNxdeCd/3AjXZXjOTEgDBSov6MlCUnsR\n"
    "JwIDAQAB\n"
    "-----END PUBLIC KEY-----\n";
static const char rsa_small[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCuEoTx3SCxFJLS8sB8CIOrRkzI\n"
    "kVOBAlAKDRXe8vVTSf5uqz2kJg8P7jZDEz9XL8aRrzNofer5m70TjLR4ELkwUIPu\n"
    "xFJ61evVXQJLm32B//8rCzznKVf3H8WsbMd6xRWHcTPgUoWUof7Ze9zEeQva1HU0\n"
    "t/zZ2bYsVYEZ/BnJlwIDAQAB\n"
    "-----END PUBLIC KEY-----\n";
static const char ec_public[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEKgqwF1qoDsUcxYWMNj12D2e2pXCC\n"
    "zDi1UCMXXKPd44qt5mcJH6utcqoH52P2Yh9TD4I+nt+f9ZtxNE5yHpjPSA==\n"
    "-----END PUBLIC KEY-----\n";
static const char encrypted_private[] =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgPkS8vZJ5UIAICCAAw\n"
    "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEAPzyf/jLIY7oqIJ7HFTLjgEgZC2\n"
    "dBRzOlxHZUDXKbOXX0S0n6SdE9HxrtzVo3fzMsVHjAWXw1h0r2Tsobb+ns7x29Mo\n"
    "UDh4QmUluxfQuIEzWuaZN788eEflCf+Sta177loLwZ9hUlxjWyTVz15sEmH2d8E2\n"
    "IlEFpvimNcuPK5fZ5+XN1b571pR61x1m9kuKtVM7GpXvZua/aJXwJ/m2wgS7PDw=\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";
static const char rsa_signature[] = /* RSASSA-PKCS1-v1_5, SHA-256, of "signed body" */
    "Qg1H7PCYK0Hdx6ozcnVOwCUNM/2ZAeyyAEtd7gQnjHoQm6eZxg0oP8rJ90a8HoFyHt6TxZ6zbwsC"
    "bhATnP903b0KDmIsdjYryL2T5P1rmTElDT7zgcgRPL9tNaQ5PEIpIFbSoIvxH+EiEl44HsoZ7Dcf"
    "2ada6gOQdr9Ih7Rl1ZtfeccBjIbVyn2HPDJuVgwrkFMv9b6EuoGUXfumkFBsMbn4PjGb5iuH7EmK"
    "2Dd9BSwlW+Y8fJvl3cTp2xXgjOkJwKbSVKUxgcWVDUjSky69UcNsGx0fyaOvyxwSF4Fq6GzcEsy8"
    "m2p68cKyu+hZ7hY111GKSdPO7uezjk8szj8JJw==";
static const char rsa_pss_signature[] = /* the same with RSASSA-PSS */
    "W5pBZwcbmxQesXPDYf4WZNIH71K9mAv5HF+AxputrugRAWp5WASJC7yEb2f00qXm98YP/J3tOUIB"
    "4FmXJYobSwY7FabYrHGbCNaDgfnrMFtSuW0fP4xwF8jStXNj5FaDMhvs2S2zDmM987GFVPAPq9cz"
    "zZx6p8hZLxnYsiLdzFzPEU3JDB8SyhAU4qkRe0RHZ4Z7w5Cl975WrWdjk2F5dMNeK84ewr8+Kxh5"
    "uAFKOPwsfRW/TAOxdylSonQkouQAf2bicVb+QKYxcp5AllOMRwfegd1u12ibqXh3ZvzlW8xlqh6O"
    "KQFtmTozyNqhaBl4z3UdMRpUIKMIN+rV5LOC1g==";
static const char rsa_sha1_signature[] = /* the same with SHA-1 */
    "Zh7m5fUJQjraPqDNF1kgNivVIoITQ+3cuto4uo13tgFScA4dtszqCwd4R6iVnhrL8fqi1oEwpKQY"
    "P/jX6h4+eBL1DP7jMveggEgSDGOe3Xs1q30zahf8rd051FBdS51Z3EL1pVpvHEp31kO/cG/4Pofz"
    "pXsfNiYDU+CULAUdoflLRhmjORqHPAexVMwPHYQyEp38+ZQYEvUw5xdslDT795YQAshcxSS3ss8E"
    "6nA8VscZvi1eMdy7ie6TIMR1j1Lu6XfKHirheilyb5t5jqQQakvLCgVrcM/o6/Adr1OPoq4jBtES"
    "AxBp9uVp/Fuf/MRMGYx77eIlE1Gr+ScS5ixFRQ==";

static struct buf unhex(const char *text)
{
    struct buf out;
    buf_init(&out, 4096);
    assert_int_equal(hex_decode(&out, text, strlen(text), NULL), 0);
    return out;
}

static struct buf unbase64(const char *text)
{
    struct buf out;
    buf_init(&out, 4096);
    assert_int_equal(base64_decode(&out, text, strlen(text), NULL), 0);
    return out;
}

static void assert_hex(const void *data, size_t len, const char *expected)
{
    struct buf out;
    buf_init(&out, 4096);
    assert_int_equal(hex_encode(&out, data, len), 0);
    assert_string_equal(buf_text(&out), expected);
    buf_fini(&out);
}

static void hashes_are_known_by_name(void **state)
{
    enum sign_hash h = SIGN_SHA1;
    assert_int_equal(sign_hash_parse("sha512", &h), 0);
    assert_int_equal(h, SIGN_SHA512);
    assert_int_equal(sign_hash_parse("sha256", &h), 0);
    assert_int_equal(h, SIGN_SHA256);
    assert_int_equal(sign_hash_parse("sha1", &h), 0);
    assert_int_equal(h, SIGN_SHA1);
    assert_int_equal(sign_hash_parse("SHA256", &h), -1);
    assert_int_equal(sign_hash_parse("md5", &h), -1);
}

/* FIPS 180-4, the examples of NIST. */
static void digests_agree_with_fips_180(void **state)
{
    uint8_t out[SIGN_DIGEST_MAX];
    size_t n = sign_digest(SIGN_SHA1, "abc", 3, out);
    assert_hex(out, n, "a9993e364706816aba3e25717850c26c9cd0d89d");
    n = sign_digest(SIGN_SHA256, "abc", 3, out);
    assert_hex(out, n, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    n = sign_digest(SIGN_SHA512, "abc", 3, out);
    assert_hex(out, n,
               "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
               "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
    char hex[SIGN_SHA256_HEX + 1];
    sign_sha256_hex(NULL, 0, hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void assert_hmac(enum sign_hash h, const char *key_hex, const char *data,
                        const char *expected)
{
    struct buf key = unhex(key_hex);
    uint8_t out[SIGN_DIGEST_MAX];
    size_t n = sign_hmac(h, key.data, key.len, data, strlen(data), out);
    assert_hex(out, n, expected);
    buf_fini(&key);
}

/* RFC 4231, cases 1, 2, 6 and 7; RFC 2202, case 1 of SHA-1. */
static void hmacs_agree_with_rfc_4231(void **state)
{
    static const char key_1[] = "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b";
    char key_6[2 * 131 + 1];
    for (size_t i = 0; i < sizeof key_6 - 1; i++) {
        key_6[i] = 'a';
    }
    key_6[sizeof key_6 - 1] = '\0';
    assert_hmac(SIGN_SHA1, key_1, "Hi There", "b617318655057264e28bc0b6fb378c8ef146be00");
    assert_hmac(SIGN_SHA256, key_1, "Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    assert_hmac(SIGN_SHA512, key_1, "Hi There",
                "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
                "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854");
    assert_hmac(SIGN_SHA256, "4a656665", "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    assert_hmac(SIGN_SHA256, key_6, "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    assert_hmac(
        SIGN_SHA256, key_6,
        "This is a test using a larger than block-size key and a larger than block-size data. "
        "The key needs to be hashed before being used by the HMAC algorithm.",
        "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

static void an_hmac_of_nothing_with_an_empty_key_does_not_use_the_key_before(void **state)
{
    uint8_t out[SIGN_DIGEST_MAX];
    sign_hmac(SIGN_SHA256, "another", 7, "x", 1, out);
    size_t n = sign_hmac(SIGN_SHA256, NULL, 0, NULL, 0, out);
    assert_hex(out, n, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

static void bytes_are_equal_only_with_the_same_length(void **state)
{
    assert_true(sign_equal("abc", 3, "abc", 3));
    assert_true(sign_equal(NULL, 0, "", 0));
    assert_false(sign_equal("abc", 3, "abd", 3));
    assert_false(sign_equal("abc", 3, "ab", 2));
    assert_false(sign_equal("", 0, "a", 1));
}

struct ed_vector {
    const char *seed;
    const char *message;
    const char *signature;
    const char *public_key;
};

/* RFC 8032, 7.1, tests 1 to 3. */
static const struct ed_vector ed_vectors[] = {
    { "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "",
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9"
      "b"
      "46b"
      "d25bf5f0595bbe24655141438e7a100b",
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a" },
    { "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "72",
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f1"
      "1"
      "d8c"
      "387b2eaeb4302aeeb00d291612bb0c00",
      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c" },
    { "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "af82",
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984d"
      "c"
      "659"
      "4a7c15e9716ed28dc027beceea1ec40a",
      "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025" },
};

static struct sign_key *key_of_seed(const char *seed_hex)
{
    struct buf seed = unhex(seed_hex);
    assert_int_equal(seed.len, 32);
    struct sign_key *k = sign_key_new_ed25519((const uint8_t *)seed.data);
    buf_fini(&seed);
    return k;
}

/* The public half as a key of its own, through its PEM form. */
static struct sign_key *public_half(const struct sign_key *k)
{
    char *pem = sign_key_public_pem(k);
    struct sign_key *half = sign_key_parse(pem, strlen(pem), NULL);
    assert_non_null(half);
    free(pem);
    return half;
}

static void ed25519_agrees_with_rfc_8032(void **state)
{
    for (size_t i = 0; i < sizeof ed_vectors / sizeof ed_vectors[0]; i++) {
        const struct ed_vector *v = &ed_vectors[i];
        struct sign_key *k = key_of_seed(v->seed);
        struct buf message = unhex(v->message);
        uint8_t sig[SIGN_ED25519];
        assert_int_equal(sign_make(k, message.data, message.len, sig, NULL), 0);
        assert_hex(sig, sizeof sig, v->signature);
        struct sign_key *half = public_half(k);
        assert_true(sign_verify(half, message.data, message.len, sig, sizeof sig));
        assert_true(sign_verify(k, message.data, message.len, sig, sizeof sig));
        /* The PEM form ends in the 32 bytes of the key (RFC 8410). */
        char *pem = sign_key_public_pem(k);
        char *body = strchr(pem, '\n') + 1;
        *strchr(body, '\n') = '\0';
        struct buf der = unbase64(body);
        assert_hex(der.data + der.len - 32, 32, v->public_key);
        free(pem);
        buf_fini(&der);
        buf_fini(&message);
        sign_key_free(half);
        sign_key_free(k);
    }
}

static void any_changed_bit_spoils_a_signature(void **state)
{
    struct sign_key *k = key_of_seed(ed_vectors[0].seed);
    struct sign_key *other = key_of_seed(ed_vectors[1].seed);
    uint8_t sig[SIGN_ED25519 + 1] = { 0 };
    char body[] = "{\"type\":\"ContactCreate\"}";
    const size_t len = sizeof body - 1;
    assert_int_equal(sign_make(k, body, len, sig, NULL), 0);
    for (size_t i = 0; i < SIGN_ED25519 * 8; i++) {
        sig[i / 8] ^= (uint8_t)(1 << i % 8);
        assert_false(sign_verify(k, body, len, sig, SIGN_ED25519));
        sig[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    for (size_t i = 0; i < len; i++) {
        body[i] ^= 1;
        assert_false(sign_verify(k, body, len, sig, SIGN_ED25519));
        body[i] ^= 1;
    }
    assert_false(sign_verify(k, body, len - 1, sig, SIGN_ED25519));
    assert_false(sign_verify(k, body, len, sig, SIGN_ED25519 - 1));
    assert_false(sign_verify(k, body, len, sig, SIGN_ED25519 + 1));
    assert_false(sign_verify(k, body, len, sig, 0));
    assert_false(sign_verify(k, body, len, NULL, 0));
    assert_false(sign_verify(other, body, len, sig, SIGN_ED25519));
    assert_true(sign_verify(k, body, len, sig, SIGN_ED25519));
    sign_key_free(k);
    sign_key_free(other);
}

static void rsa_signatures_are_pkcs1_with_sha256_and_nothing_else(void **state)
{
    struct sign_key *k = sign_key_parse(rsa_public, sizeof rsa_public - 1, NULL);
    assert_non_null(k);
    struct buf good = unbase64(rsa_signature);
    struct buf pss = unbase64(rsa_pss_signature);
    struct buf sha1 = unbase64(rsa_sha1_signature);
    assert_true(sign_verify(k, "signed body", 11, (const uint8_t *)good.data, good.len));
    assert_false(sign_verify(k, "signed bodY", 11, (const uint8_t *)good.data, good.len));
    assert_false(sign_verify(k, "signed body", 11, (const uint8_t *)good.data, good.len - 1));
    assert_false(sign_verify(k, "signed body", 11, (const uint8_t *)pss.data, pss.len));
    assert_false(sign_verify(k, "signed body", 11, (const uint8_t *)sha1.data, sha1.len));
    good.data[100] ^= 1;
    assert_false(sign_verify(k, "signed body", 11, (const uint8_t *)good.data, good.len));
    buf_fini(&good);
    buf_fini(&pss);
    buf_fini(&sha1);
    sign_key_free(k);
}

static void the_keys_of_highlevel_are_accepted_and_come_back(void **state)
{
    static const char *const pems[] = { highlevel_ed25519, highlevel_rsa };
    for (size_t i = 0; i < 2; i++) {
        struct err e = ERR_INIT;
        struct sign_key *k = sign_key_parse(pems[i], strlen(pems[i]), &e);
        if (k == NULL) {
            fail_msg("%s", e.message);
        }
        char *pem = sign_key_public_pem(k);
        assert_string_equal(pem, pems[i]);
        uint8_t sig[512] = { 0 };
        assert_false(sign_verify(k, "x", 1, sig, sizeof sig));
        free(pem);
        sign_key_free(k);
    }
}

static void only_a_private_ed25519_key_signs(void **state)
{
    struct err e = ERR_INIT;
    uint8_t sig[SIGN_ED25519];
    struct sign_key *k = sign_key_parse(highlevel_ed25519, sizeof highlevel_ed25519 - 1, NULL);
    assert_int_equal(sign_make(k, "x", 1, sig, &e), -1);
    assert_int_equal(e.kind, ERR_INVALID);
    sign_key_free(k);
    k = sign_key_parse(rsa_public, sizeof rsa_public - 1, NULL);
    assert_int_equal(sign_make(k, "x", 1, sig, NULL), -1);
    sign_key_free(k);
}

/* RFC 8410, 10.3: the private key of the example, and the public one of 10.1 that belongs to it. */
static void a_private_key_in_pem_form_signs(void **state)
{
    static const char private_pem[] =
        "-----BEGIN PRIVATE KEY-----\n"
        "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
        "-----END PRIVATE KEY-----\n";
    static const char public_pem[] =
        "-----BEGIN PUBLIC KEY-----\n"
        "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
        "-----END PUBLIC KEY-----\n";
    struct sign_key *k = sign_key_parse_private(private_pem, sizeof private_pem - 1, NULL);
    struct sign_key *half = sign_key_parse(public_pem, sizeof public_pem - 1, NULL);
    assert_non_null(k);
    assert_non_null(half);
    uint8_t sig[SIGN_ED25519];
    assert_int_equal(sign_make(k, "x", 1, sig, NULL), 0);
    assert_true(sign_verify(half, "x", 1, sig, sizeof sig));
    char *pem = sign_key_public_pem(k);
    assert_string_equal(pem, public_pem);
    free(pem);
    sign_key_free(k);
    sign_key_free(half);
    sign_key_free(NULL);
}

static void keys_that_are_none_or_too_weak_are_refused(void **state)
{
    static const char *const wrong[] = {
        "",
        "hello",
        "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        rsa_small,
        ec_public,
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct err e = ERR_INIT;
        assert_null(sign_key_parse(wrong[i], strlen(wrong[i]), &e));
        assert_int_equal(e.kind, ERR_INVALID);
    }
    struct err e = ERR_INIT;
    assert_null(sign_key_parse_private(rsa_public, sizeof rsa_public - 1, &e));
    assert_null(sign_key_parse(rsa_public, sizeof rsa_public / 2, &e));
    char *huge = calloc(1, 20000);
    memset(huge, 'A', 20000);
    assert_null(sign_key_parse(huge, 20000, &e));
    free(huge);
}

/* OpenSSL would ask the terminal for the passphrase, and a server would stand still. */
static void a_key_under_a_passphrase_is_refused_without_a_question(void **state)
{
    struct err e = ERR_INIT;
    assert_null(sign_key_parse_private(encrypted_private, sizeof encrypted_private - 1, &e));
    assert_int_equal(e.kind, ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_are_known_by_name),
        cmocka_unit_test(digests_agree_with_fips_180),
        cmocka_unit_test(hmacs_agree_with_rfc_4231),
        cmocka_unit_test(an_hmac_of_nothing_with_an_empty_key_does_not_use_the_key_before),
        cmocka_unit_test(bytes_are_equal_only_with_the_same_length),
        cmocka_unit_test(ed25519_agrees_with_rfc_8032),
        cmocka_unit_test(any_changed_bit_spoils_a_signature),
        cmocka_unit_test(rsa_signatures_are_pkcs1_with_sha256_and_nothing_else),
        cmocka_unit_test(the_keys_of_highlevel_are_accepted_and_come_back),
        cmocka_unit_test(only_a_private_ed25519_key_signs),
        cmocka_unit_test(a_private_key_in_pem_form_signs),
        cmocka_unit_test(keys_that_are_none_or_too_weak_are_refused),
        cmocka_unit_test(a_key_under_a_passphrase_is_refused_without_a_question),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
