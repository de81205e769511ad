/* Reads the words of the command line for every command. Options may stand anywhere ("ladle runs -C
 * shop --limit 5"), as "--name value" or "--name=value"; "--" ends them. Every word is checked: an
 * unknown option, one that is given twice and a missing value are errors that name the word.
 * Borrows argv; reads nothing else. */
#include "cli/args.h"

#include <string.h>

#include "base/log.h"
#include "format/diag.h"

struct parser {
    int argc;
    char **argv;
    int at;        /* the word to read next */
    int kept;      /* where the next argument is moved to */
    bool is_ended; /* options are over */
    bool has_help, has_version, has_log_level;
    const struct command_group *groups;
    struct cli *c;
};

/* "--limit=5" split: name and its length, and the value behind "=" or NULL. */
struct word {
    const char *name;
    size_t len;
    const char *value;
};

static struct word split_word(const char *text)
{
    const char *name = text + 2;
    const char *equals = strchr(name, '=');
    if (equals == NULL) {
        return (struct word){ .name = name, .len = strlen(name) };
    }
    return (struct word){ .name = name, .len = (size_t)(equals - name), .value = equals + 1 };
}

static bool word_is(const struct word *w, const char *name)
{
    return w->len == strlen(name) && memcmp(w->name, name, w->len) == 0;
}

/* The value of an option: behind its "=", or the next word. */
static const char *take_value(struct parser *p, const struct word *w, struct err *e)
{
    if (w->value != NULL) {
        return w->value;
    }
    if (p->at >= p->argc || strncmp(p->argv[p->at], "--", 2) == 0) {
        (void)err_set(e, ERR_CONFIG, "--%.*s needs a value", (int)w->len,
                      w->name); /* told by NULL */
        return NULL;
    }
    return p->argv[p->at++];
}

static bool may_repeat(const struct option *o)
{
    static const char ellipsis[] = "…";
    size_t len = o->value != NULL ? strlen(o->value) : 0;
    size_t tail = sizeof ellipsis - 1;
    return len >= tail && memcmp(o->value + len - tail, ellipsis, tail) == 0;
}

static int keep_repeat(struct cli *c, int option, const char *value, struct err *e)
{
    if (c->repeat_count == CLI_REPEATS_MAX) {
        return err_set(e, ERR_CONFIG, "--%s is given more than %d times",
                       c->command->options[option].name, CLI_REPEATS_MAX);
    }
    c->repeats[c->repeat_count++] = (struct cli_repeat){ .option = option, .value = value };
    c->values[option] = value;
    return 0;
}

static int keep_option(struct parser *p, int index, const struct word *w, struct err *e)
{
    const struct option *o = &p->c->command->options[index];
    if (o->value == NULL && w->value != NULL) {
        return err_set(e, ERR_CONFIG, "--%s takes no value", o->name);
    }
    const char *value = o->value != NULL ? take_value(p, w, e) : "";
    if (value == NULL) {
        return -1;
    }
    if (may_repeat(o)) {
        return keep_repeat(p->c, index, value, e);
    }
    if (p->c->values[index] != NULL) {
        return err_set(e, ERR_CONFIG, "--%s is given twice", o->name);
    }
    p->c->values[index] = value;
    return 0;
}

static int refuse_option(const struct parser *p, const struct word *w, struct err *e)
{
    const struct command *cmd = p->c->command;
    const char *names[CLI_OPTIONS_MAX + 4] = { "json", "help", "log" };
    size_t count = 3;
    for (const struct option *o = cmd != NULL ? cmd->options : NULL; o != NULL && o->name != NULL;
         o++) {
        names[count++] = o->name;
    }
    char typed[64] = "";
    memcpy(typed, w->name, w->len < sizeof typed ? w->len : sizeof typed - 1);
    const char *close = diag_closest(typed, names);
    if (close != NULL) {
        return err_set(e, ERR_CONFIG, "there is no option --%s; is --%s meant?", typed, close);
    }
    return err_set(e, ERR_CONFIG, "there is no option --%s%s", typed,
                   cmd != NULL ? "" : " before a command");
}

static int parse_log(struct parser *p, const struct word *w, struct err *e)
{
    const char *name = take_value(p, w, e);
    if (name == NULL) {
        return -1;
    }
    enum log_level level;
    if (log_parse_level(name, &level) == -1) {
        return err_set(e, ERR_CONFIG, "--log %s: the levels are debug, info, warn, error and off",
                       name);
    }
    log_set_level(level);
    p->has_log_level = true;
    return 0;
}

/* The options that every command has: 1 where this was one of them. */
static int parse_common(struct parser *p, const struct word *w, struct err *e)
{
    if (word_is(w, "log")) {
        return parse_log(p, w, e) == -1 ? -1 : 1;
    }
    bool *flag = word_is(w, "json")      ? &p->c->is_json
                 : word_is(w, "help")    ? &p->has_help
                 : word_is(w, "version") ? &p->has_version
                                         : NULL;
    if (flag == NULL) {
        return 0;
    }
    if (w->value != NULL) {
        return err_set(e, ERR_CONFIG, "--%.*s takes no value", (int)w->len, w->name);
    }
    *flag = true;
    return 1;
}

static int parse_long(struct parser *p, const char *text, struct err *e)
{
    struct word w = split_word(text);
    const struct option *options = p->c->command != NULL ? p->c->command->options : NULL;
    for (int i = 0; options != NULL && options[i].name != NULL; i++) {
        if (word_is(&w, options[i].name)) {
            return keep_option(p, i, &w, e);
        }
    }
    int common = parse_common(p, &w, e);
    if (common != 0) {
        return common == 1 ? 0 : -1;
    }
    return refuse_option(p, &w, e);
}

static int parse_short(struct parser *p, const char *text, struct err *e)
{
    if (strcmp(text, "-h") == 0) {
        p->has_help = true;
        return 0;
    }
    if (text[1] != 'C') {
        return err_set(e, ERR_CONFIG, "there is no option %.8s", text);
    }
    if (text[2] != '\0') {
        p->c->folder = text + 2;
        return 0;
    }
    if (p->at >= p->argc) {
        return err_set(e, ERR_CONFIG, "-C needs a folder");
    }
    p->c->folder = p->argv[p->at++];
    return 0;
}

static int parse_command(struct parser *p, const char *name, struct err *e)
{
    p->c->command = commands_find(p->groups, name);
    if (p->c->command != NULL) {
        return 0;
    }
    if (strcmp(name, "help") == 0) {
        p->has_help = true;
        return 0;
    }
    const char *close = commands_suggest(p->groups, name);
    if (close != NULL) {
        return err_set(e, ERR_CONFIG, "there is no command \"%.40s\"; is \"%s\" meant?", name,
                       close);
    }
    return err_set(e, ERR_CONFIG, "there is no command \"%.40s\"; `ladle --help` lists them", name);
}

static int parse_word(struct parser *p, char *text, struct err *e)
{
    if (!p->is_ended && strcmp(text, "--") == 0) {
        p->is_ended = true;
        return 0;
    }
    if (!p->is_ended && text[0] == '-' && text[1] != '\0') {
        return text[1] == '-' ? parse_long(p, text, e) : parse_short(p, text, e);
    }
    if (p->c->command == NULL) {
        return parse_command(p, text, e);
    }
    p->argv[p->kept++] = text;
    p->is_ended = p->is_ended || p->c->command->is_args_raw;
    return 0;
}

static int check_count(const struct cli *c, struct err *e)
{
    const struct command *cmd = c->command;
    if (c->arg_count < cmd->args_min) {
        return err_set(e, ERR_CONFIG, "something is missing: ladle %s %s", cmd->name, cmd->args);
    }
    if (cmd->args_max >= 0 && c->arg_count > cmd->args_max) {
        return err_set(e, ERR_CONFIG, "\"%.40s\" is one word too many: ladle %s %s",
                       c->args[cmd->args_max], cmd->name, cmd->args);
    }
    return 0;
}

int args_parse(int argc, char **argv, const struct command_group *groups, struct cli *c,
               enum args_what *what, struct err *e)
{
    struct parser p = { .argc = argc, .argv = argv, .at = 1, .kept = 1, .groups = groups, .c = c };
    int bad = 0;
    struct err ignored;
    while (p.at < argc) {
        /* Goes on after an error, so that --help and --json are found wherever they stand. */
        if (parse_word(&p, argv[p.at++], bad ? &ignored : e) == -1) {
            bad = -1;
        }
    }
    c->args = argv + 1;
    c->arg_count = p.kept - 1;
    if (p.has_help || p.has_version) {
        *what = !p.has_help ? ARGS_VERSION : c->command != NULL ? ARGS_HELP : ARGS_LIST;
        return 0;
    }
    *what = c->command != NULL ? ARGS_RUN : ARGS_LIST;
    if (c->command != NULL && c->command->is_quiet && !p.has_log_level) {
        log_set_level(LOG_WARN);
    }
    return bad || c->command == NULL ? bad : check_count(c, e);
}
