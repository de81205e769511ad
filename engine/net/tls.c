/*
 * Loads the certificate of the HTTP server, and takes a new one over while it runs. An identity is
 * a chain of certificates and its private key. The library asks for it in each handshake, through a
 * callback without a place for data of ours: hence `current`. What was handed out is kept until the
 * end, since a handshake may still be using it: some ten kilobytes for each renewal.
 *
 * Files are read on a thread of the pool by a job, which owns copies of what it needs; the result
 * is taken over on the loop. Nothing is read where the files' stamps are the ones of the last
 * attempt.
 */
#include "net/tls.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "net/work.h"

enum { CHAIN_MAX = 16, FILE_MAX = 256 << 10, KEY_ID_MAX = 64 };

#define LOOK_EVERY_US (5 * INT64_C(1000000))

struct identity {
    struct identity *older;
    gnutls_pcert_st chain[CHAIN_MAX];
    unsigned chain_len;
    gnutls_privkey_t key;
    int64_t expires_s;
};

/* What tells a file from another version of it. */
struct stamp {
    dev_t dev;
    ino_t ino;
    off_t size;
    struct timespec changed;
};

struct pair {
    char *certificate, *key; /* paths */
};

struct job {
    struct tls *tls; /* NULL: it is gone */
    struct pair files;
    struct stamp seen[2]; /* in and out */
    struct identity *made;
    struct err err; /* kind ERR_NONE: nothing to tell */
};

struct tls {
    struct loop *loop;
    struct pair files;
    struct stamp seen[2];
    struct identity *now; /* and all before it */
    struct timer look;
    struct job *job; /* under way, or NULL */
};

static struct tls *current;

/* --- files --- */

static int read_pem(int fd, struct buf *out)
{
    char part[8192];
    ssize_t n;
    do {
        n = read(fd, part, sizeof part);
    } while ((n == -1 && errno == EINTR) || (n > 0 && buf_append(out, part, (size_t)n) == 0));
    secret_scrub(part, sizeof part);
    return n == 0 ? 0 : -1;
}

/* All of a file. The key's must not be open to others. */
static int read_pem_file(const char *path, bool is_key, struct buf *out, struct err *e)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd == -1 || fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)) {
        const char *why = fd == -1 ? strerror(errno) : "it is not a file";
        if (fd != -1) {
            (void)close(fd); /* was not even read */
        }
        return err_set(e, ERR_CONFIG, "tls: cannot open %s: %s", path, why);
    }
    int rc = 0;
    if (is_key && (st.st_mode & (S_IRWXO | S_IWGRP)) != 0) {
        rc = err_set(e, ERR_CONFIG, "tls: others may read or write the key %s: chmod 600 it", path);
    } else if (read_pem(fd, out) == -1) {
        rc = err_set(e, ERR_CONFIG, "tls: cannot read %s, or it has more than %d bytes", path,
                     FILE_MAX);
    }
    (void)close(fd); /* was only read */
    return rc;
}

static void stamp_file(const char *path, struct stamp *out)
{
    struct stat st;
    *out = (struct stamp){ 0 };
    if (stat(path, &st) == 0) {
        *out = (struct stamp){
            .dev = st.st_dev, .ino = st.st_ino, .size = st.st_size, .changed = st.st_mtim
        };
    }
}

static bool is_unchanged(const struct stamp *a, const struct stamp *b)
{
    return a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
           a->changed.tv_sec == b->changed.tv_sec && a->changed.tv_nsec == b->changed.tv_nsec;
}

/* --- identities --- */

static void identity_free(struct identity *id)
{
    while (id != NULL) {
        struct identity *older = id->older;
        for (unsigned i = 0; i < id->chain_len; i++) {
            gnutls_pcert_deinit(&id->chain[i]);
        }
        if (id->key != NULL) {
            gnutls_privkey_deinit(id->key);
        }
        free(id);
        id = older;
    }
}

static gnutls_datum_t datum(const struct buf *b)
{
    return (gnutls_datum_t){ .data = (unsigned char *)(uintptr_t)buf_text(b),
                             .size = (unsigned)b->len };
}

static int read_chain(struct identity *id, const struct buf *pem, const char *path, struct err *e)
{
    gnutls_datum_t text = datum(pem);
    unsigned count = CHAIN_MAX;
    int rc = gnutls_pcert_list_import_x509_raw(id->chain, &count, &text, GNUTLS_X509_FMT_PEM,
                                               GNUTLS_X509_CRT_LIST_IMPORT_FAIL_IF_EXCEED);
    if (rc < 0 || count == 0) {
        return err_set(e, ERR_CONFIG, "tls: %s holds no certificate in PEM form: %s", path,
                       gnutls_strerror(rc));
    }
    id->chain_len = count;
    return 0;
}

static int read_private_key(struct identity *id, const struct buf *pem, const char *path,
                            struct err *e)
{
    gnutls_datum_t text = datum(pem);
    int rc = gnutls_privkey_init(&id->key);
    assert(rc >= 0);
    rc = gnutls_privkey_import_x509_raw(id->key, &text, GNUTLS_X509_FMT_PEM, NULL, 0);
    return rc >= 0 ? 0
                   : err_set(e, ERR_CONFIG, "tls: %s holds no private key in PEM form: %s", path,
                             gnutls_strerror(rc));
}

static bool is_pair(const struct identity *id)
{
    unsigned char a[KEY_ID_MAX], b[KEY_ID_MAX];
    size_t a_len = sizeof a, b_len = sizeof b;
    gnutls_pubkey_t of_key;
    int rc = gnutls_pubkey_init(&of_key);
    assert(rc >= 0);
    bool fits = gnutls_pubkey_import_privkey(of_key, id->key, 0, 0) >= 0 &&
                gnutls_pubkey_get_key_id(of_key, 0, a, &a_len) >= 0 &&
                gnutls_pubkey_get_key_id(id->chain[0].pubkey, 0, b, &b_len) >= 0 &&
                a_len == b_len && memcmp(a, b, a_len) == 0;
    gnutls_pubkey_deinit(of_key);
    return fits;
}

static int64_t expiry_of(const struct identity *id)
{
    gnutls_x509_crt_t crt = NULL;
    if (gnutls_pcert_export_x509((gnutls_pcert_st *)(uintptr_t)&id->chain[0], &crt) < 0) {
        return 0;
    }
    int64_t expires_s = gnutls_x509_crt_get_expiration_time(crt);
    gnutls_x509_crt_deinit(crt);
    return expires_s;
}

static struct identity *identity_read(const struct pair *files, struct err *e)
{
    struct identity *id = xcalloc(1, sizeof *id);
    struct buf certificate, key;
    buf_init(&certificate, FILE_MAX);
    buf_init(&key, FILE_MAX);
    int rc = read_pem_file(files->certificate, false, &certificate, e);
    rc = rc == 0 ? read_pem_file(files->key, true, &key, e) : rc;
    rc = rc == 0 ? read_chain(id, &certificate, files->certificate, e) : rc;
    rc = rc == 0 ? read_private_key(id, &key, files->key, e) : rc;
    if (rc == 0 && !is_pair(id)) {
        rc = err_set(e, ERR_CONFIG, "tls: the key %s is not the one of the certificate %s",
                     files->key, files->certificate);
    }
    if (key.data != NULL) {
        secret_scrub(key.data, key.cap);
    }
    buf_fini(&key);
    buf_fini(&certificate);
    if (rc == -1) {
        identity_free(id);
        return NULL;
    }
    id->expires_s = expiry_of(id);
    return id;
}

/* The library's: chain and key for a handshake. They stay ours. */
static int on_handshake(gnutls_session_t session, const gnutls_datum_t *names, int name_count,
                        const gnutls_pk_algorithm_t *algorithms, int algorithm_count,
                        gnutls_pcert_st **chain, unsigned *chain_len, gnutls_privkey_t *key)
{
    if (current == NULL) {
        return -1;
    }
    *chain = current->now->chain;
    *chain_len = current->now->chain_len;
    *key = current->now->key;
    return 0;
}

/* --- looking --- */

static void warn_of_end(const struct tls *t)
{
    int64_t left_s = t->now->expires_s - clock_wall_us() / 1000000;
    if (t->now->expires_s > 0 && left_s <= 0) {
        log_warn("tls", "the certificate %s is past its time", t->files.certificate);
    }
}

/* --- a thread of the pool --- */
static void run_job(void *ud)
{
    struct job *j = ud;
    struct stamp found[2];
    stamp_file(j->files.certificate, &found[0]);
    stamp_file(j->files.key, &found[1]);
    if (is_unchanged(&found[0], &j->seen[0]) && is_unchanged(&found[1], &j->seen[1])) {
        return;
    }
    memcpy(j->seen, found, sizeof found);
    j->made = identity_read(&j->files, &j->err);
}

/* --- the loop --- */
static void job_free(struct job *j)
{
    free(j->files.certificate);
    free(j->files.key);
    identity_free(j->made);
    free(j);
}

static void take_over(struct tls *t, struct job *j)
{
    memcpy(t->seen, j->seen, sizeof t->seen);
    if (j->made != NULL) {
        j->made->older = t->now;
        t->now = j->made;
        j->made = NULL;
        log_info("tls", "new connections get the new certificate of %s", t->files.certificate);
        warn_of_end(t);
    } else if (j->err.kind != ERR_NONE) {
        log_error("tls", "the certificate stays as it was: %s", j->err.message);
    }
}

static void job_done(void *ud)
{
    struct job *j = ud;
    if (j->tls != NULL) {
        j->tls->job = NULL;
        take_over(j->tls, j);
        timer_start(&j->tls->look, LOOK_EVERY_US);
    }
    job_free(j);
}

static void on_look(struct timer *timer)
{
    struct tls *t = list_entry(timer, struct tls, look);
    struct job *j = xcalloc(1, sizeof *j);
    *j = (struct job){ .tls = t,
                       .files = { xstrdup(t->files.certificate), xstrdup(t->files.key) },
                       .err = ERR_INIT };
    memcpy(j->seen, t->seen, sizeof j->seen);
    t->job = j;
    work_start(t->loop, run_job, job_done, j);
}

/* --- beginning and end --- */

int tls_check(const struct tls_files *files, struct err *e)
{
    struct pair pair = { (char *)(uintptr_t)files->certificate, (char *)(uintptr_t)files->key };
    struct identity *id = identity_read(&pair, e);
    int rc = id != NULL ? 0 : -1;
    identity_free(id);
    return rc;
}

struct tls *tls_new(struct loop *l, const struct tls_files *files, struct err *e)
{
    assert(current == NULL);
    struct tls *t = xcalloc(1, sizeof *t);
    t->loop = l;
    t->files = (struct pair){ xstrdup(files->certificate), xstrdup(files->key) };
    timer_init(&t->look, l, on_look);
    stamp_file(t->files.certificate, &t->seen[0]);
    stamp_file(t->files.key, &t->seen[1]);
    t->now = identity_read(&t->files, e);
    if (t->now == NULL) {
        tls_free(t);
        return NULL;
    }
    warn_of_end(t);
    timer_start(&t->look, LOOK_EVERY_US);
    current = t;
    return t;
}

void tls_free(struct tls *t)
{
    if (t == NULL) {
        return;
    }
    if (current == t) {
        current = NULL;
    }
    if (t->job != NULL) {
        t->job->tls = NULL;
    }
    timer_stop(&t->look);
    identity_free(t->now);
    free(t->files.certificate);
    free(t->files.key);
    free(t);
}

bool tls_is_idle(const struct tls *t)
{
    return t->job == NULL;
}

void *tls_callback(void)
{
    gnutls_certificate_retrieve_function2 *fn = on_handshake;
    void *out;
    _Static_assert(sizeof fn == sizeof out, "the library takes it as a pointer");
    memcpy(&out, &fn, sizeof out);
    return out;
}

const char *tls_priorities(void)
{
    return "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";
}
