#pragma once

#include "crypto/sign.h"
#include "project/project.h"

/* The key pair that `ladle send` signs samples with, where a service's own private key is not
 * known: test-webhook-key.pem (PKCS #8, mode 0600) and test-webhook-key.pub.pem beside the store.
 * An engine takes it only on a connection whose `webhook: {public_keys: […]}` names the public
 * file. */

/* Reads it, or makes it at first use. NULL on error; yours. */
struct sign_key *test_key_open(const char *data_folder, struct err *e);
/* "data/test-webhook-key.pub.pem" under that folder; yours. */
char *test_key_public_path(const char *data_folder);
/* Reads an Ed25519 private key (PEM) of at most 16 KiB. NULL on error; yours. */
struct sign_key *test_key_read(const char *path, struct err *e);
