/* `ladle doctor`: what is wrong with this set-up, and the remedy. Each look is a function that adds
 * a finding; all are printed, the exit code says whether one is bad. Nothing is changed. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/plural.h"
#include "cli/commands.h"
#include "format/duration.h"
#include "store/check.h"
#include "store/file.h"
#include "store/health_read.h"

enum { FEW_BYTES = 256 << 20, SLACK_US = 2 * 1000 * 1000 };

struct doctor {
    struct cli *cli;
    const struct project *project;
    char *path; /* of the store */
    json_t *findings;
    bool is_bad;
};

/* remedy: NULL where all is well. Takes what. */
static void add_finding(struct doctor *d, const char *name, char *what_taken, const char *remedy)
{
    json_t *one =
        json_pack("{s:s, s:b, s:s}", "check", name, "ok", remedy == NULL, "found", what_taken);
    if (remedy != NULL) {
        json_object_set_new(one, "remedy", json_string(remedy));
    }
    json_array_append_new(d->findings, one);
    d->is_bad |= remedy != NULL;
    free(what_taken);
}

/* --- the looks --- */

static void look_at_lock(struct doctor *d)
{
    struct err e = ERR_INIT;
    if (file_check_name(d->path, &e) == -1) {
        add_finding(d, "lock", xstrdup(e.message), "leave the store one name");
        return;
    }
    long holder = file_holder(d->path);
    add_finding(d, "lock",
                holder > 0 ? xasprintf("an engine has the store, process %ld", holder)
                           : xstrdup("no engine has the store"),
                NULL);
}

static void look_at_disk(struct doctor *d)
{
    struct statvfs fs;
    if (statvfs(d->path, &fs) == -1) {
        add_finding(d, "disk", xasprintf("%s cannot be looked at", d->path),
                    "see that the folder is there");
        return;
    }
    uint64_t left = (uint64_t)fs.f_bavail * fs.f_frsize;
    add_finding(d, "disk", xasprintf("%" PRIu64 " MB are left beside the store", left >> 20),
                left < FEW_BYTES ? "make room: at the end of it the engine answers 503" : NULL);
}

static void look_at_pages(struct doctor *d)
{
    struct err e = ERR_INIT;
    char *damage;
    int rc = check_now(d->path, &damage, &e);
    if (rc == 1) {
        add_finding(
            d, "pages", xasprintf("the store is damaged: %s", damage),
            "`ladle backup FILE` saves what can be read: stop the engine and put that in its "
            "place");
    } else {
        add_finding(d, "pages", rc == 0 ? xstrdup("the store is whole") : xstrdup(e.message),
                    rc == 0 ? NULL : "see that the store can be read");
    }
    free(damage);
}

static void look_at_commits(struct doctor *d, const struct health_read *h)
{
    if (h->lost == 0) {
        add_finding(d, "commits", xstrdup("no commit is missing"), NULL);
        return;
    }
    char when[64];
    cli_when(d->cli, h->lost_at_us, when, sizeof when);
    add_finding(
        d, "commits",
        xasprintf("%" PRId64 " %s missing at the start of %s", h->lost,
                  plural(h->lost, "commit was", "commits were"), when),
        "look in the services for what came in before that; a disk that loses what it has synced "
        "has to go, an older copy that was put back explains it, too");
}

static void look_at_clock(struct doctor *d, const struct health_read *h)
{
    int64_t behind_us = h->highest_us - clock_wall_us();
    char length[64], when[64];
    if (behind_us > SLACK_US) {
        duration_format(behind_us, length, sizeof length);
        add_finding(d, "clock", xasprintf("the clock is %s behind the last commit", length),
                    "set the clock by NTP; the engine goes by it when it starts");
        return;
    }
    if (h->jump_us == 0) {
        add_finding(d, "clock", xstrdup("the clock was not set while the engine ran"), NULL);
        return;
    }
    duration_format(h->jump_us < 0 ? -h->jump_us : h->jump_us, length, sizeof length);
    cli_when(d->cli, h->jump_at_us, when, sizeof when);
    add_finding(d, "clock",
                xasprintf("the clock was last set %s by %s, %s",
                          h->jump_us < 0 ? "back" : "forward", length, when),
                NULL);
}

static void look_into_store(struct doctor *d)
{
    struct err e = ERR_INIT;
    struct health_read h;
    struct store *s = store_open(&(struct store_opts){ .url = d->project->store,
                                                       .folder = d->project->folder,
                                                       .is_read_only = true },
                                 &e);
    health_read_init(&h);
    if (s == NULL || store_exec(s, &h.op, &e) == -1) {
        add_finding(d, "store", xstrdup(e.message), "see above, or go back to a backup");
    } else {
        look_at_commits(d, &h);
        look_at_clock(d, &h);
    }
    if (s != NULL) {
        store_close(s);
    }
}

/* --- telling --- */

static void print_findings(const struct doctor *d)
{
    if (d->cli->is_json) {
        json_t *v = json_pack("{s:b, s:O}", "ok", !d->is_bad, "checks", d->findings);
        cli_print_json(v);
        json_decref(v);
        return;
    }
    size_t i;
    json_t *one;
    json_array_foreach (d->findings, i, one) {
        const char *remedy = json_get_text(one, "remedy");
        cli_print("%-8s %-4s %s\n", json_get_text(one, "check"), remedy == NULL ? "ok" : "BAD",
                  json_get_text(one, "found"));
        if (remedy != NULL) {
            cli_print("%-13s %s\n", "", remedy);
        }
    }
}

static int examine(struct cli *c, const struct project *p)
{
    struct err e = ERR_INIT;
    struct doctor d = { .cli = c, .project = p, .findings = json_array() };
    d.path = store_path(&(struct store_opts){ .url = p->store, .folder = p->folder }, &e);
    if (d.path == NULL) {
        json_decref(d.findings);
        return cli_fail(c, &e);
    }
    if (access(d.path, F_OK) == -1 && errno == ENOENT) {
        add_finding(&d, "store", xstrdup("there is no store yet; `ladle run` makes it"), NULL);
    } else {
        look_at_lock(&d);
        look_at_disk(&d);
        look_at_pages(&d);
        look_into_store(&d);
    }
    print_findings(&d);
    json_decref(d.findings);
    free(d.path);
    return d.is_bad ? CLI_NO : CLI_OK;
}

static int run_doctor(struct cli *c)
{
    int code = CLI_OK;
    struct project *p = cli_project(c, &code);
    if (p == NULL) {
        return code;
    }
    code = examine(c, p);
    project_free(p);
    return code;
}

const struct command cmd_doctor = {
    .name = "doctor",
    .args = "",
    .summary = "Say what is wrong with this set-up, and the remedy",
    .help =
        "Looks who has the store, what room its disk has left, whether the file is whole, whether "
        "commits are\nmissing that were made, and what the clock did. Changes nothing; the engine "
        "may run meanwhile.\nThe exit code is 1 where something is wrong.",
    .run = run_doctor,
    .is_quiet = true,
    .examples =
        "  ladle doctor\n"
        "  ladle doctor -C /srv/shop --json",
};
