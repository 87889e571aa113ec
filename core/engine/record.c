/*
 * What an agent did, on its way out: a commit and a bundle are made in the sandbox, the bundle is looked at here, as
 * data, its pack is taken into a clean repository, and that is pushed.
 *
 * The file comes from where hostile bytes were read, so nothing of it is believed: not that it is a file, nor its size,
 * nor what its header says (index-pack --strict and the connectivity check in `take` do the rest).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "context/settings.h"
#include "engine/git.h"

enum {
    HEADER_MAX = 1024 * 1024, /* each base stands there with its subject */
    BASES_MAX = 256,
    OID_MAX = 64,
};

cc_err
cc_record_start(cc_slot *s, const char *message)
{
    const char *const variables[] = {
        cc_printf(s->arena, "MESSAGE=%s", message),
        cc_printf(s->arena, "TIP=%s", s->head ? s->head : ""),
    };
    const int         secrets = cc_secrets_open(s);
    const cc_git_task task = {
        .stage = "record",
        .writes = 1u << CC_GIT_KEPT | 1u << CC_GIT_OUT,
        .variables = variables,
        .variable_count = CC_COUNT(variables),
        .input = secrets,
    };
    cc_err err = secrets >= 0 ? cc_git_start(s, &task) : CC_E_UNAVAILABLE;

    if (secrets >= 0)
        close(secrets);
    return err;
}

/* ---- the header --------------------------------------------------------------------------------- */

/* An object's name and a space; the size of the name, or 0. */
static size_t
oid_size(const char *text)
{
    size_t n = strspn(text, "0123456789abcdef");

    return (n == 40 || n == OID_MAX) && text[n] == ' ' ? n : 0;
}

typedef struct header {
    cc_arena *arena;
    cc_buf    bases;
    size_t    base_count;
    char     *tip; /* NULL: not yet */
} header;

/* "-OID subject" names what it builds upon, "OID name" a branch, "@capability=value" the kind of hash. */
static bool
header_line(header *h, const char *line, const char *ref)
{
    size_t n = oid_size(line + (line[0] == '-'));

    if (line[0] == '@')
        return strncmp(line, "@object-format=", 15) == 0;
    if (line[0] == '-') {
        cc_put(&h->bases, line + 1, n);
        cc_putc(&h->bases, ' ');
        return n && ++h->base_count <= BASES_MAX;
    }
    if (!n || h->tip || strcmp(line + n + 1, ref) != 0)
        return false;
    return (h->tip = cc_strndup(h->arena, line, n)) != NULL;
}

/* Where the pack begins; 0: that is no header of ours. */
static size_t
header_read(header *h, char *text, size_t size, const char *ref)
{
    char *at = text, *end;

    for (int n = 0; (end = memchr(at, '\n', (size_t)(text + size - at))); n++, at = end + 1) {
        *end = '\0';
        if (strlen(at) != (size_t)(end - at))
            return 0;
        if (end == at)
            return h->tip ? (size_t)(end + 1 - text) : 0;
        if (n == 0 ? strcmp(at, "# v2 git bundle") != 0 && strcmp(at, "# v3 git bundle") != 0
                   : !header_line(h, at, ref))
            return 0;
    }
    return 0;
}

/* ---- the file ----------------------------------------------------------------------------------- */

/* Behind the header, which is as it must be. */
static cc_reason_code
bundle_read(cc_arena *a, const char *ref, int64_t most, cc_bundle *bundle)
{
    char       *text = cc_alloc(a, HEADER_MAX);
    header      h = {.arena = a};
    struct stat st;

    cc_buf_init(&h.bases, a);
    if (!text || fstat(bundle->fd, &st) != 0)
        return CC_REASON_CHANGES_UNREADABLE;
    if (!S_ISREG(st.st_mode))
        return CC_REASON_CHANGES_NO_FILE;
    if (st.st_size == 0)
        return CC_REASON_CHANGES_GONE;
    bundle->size = (int64_t)st.st_size;
    if (bundle->size > most)
        return CC_REASON_CHANGES_TOO_LARGE;
    ssize_t n = pread(bundle->fd, text, HEADER_MAX, 0);
    size_t  at = n > 0 ? header_read(&h, text, (size_t)n, ref) : 0;
    if (!at || lseek(bundle->fd, (off_t)at, SEEK_SET) < 0 || (h.bases.size && !cc_buf_text(&h.bases)))
        return CC_REASON_CHANGES_INVALID;
    bundle->tip = h.tip;
    bundle->bases = h.bases.size ? cc_buf_text(&h.bases) : "";
    return CC_REASON_NONE;
}

cc_reason_code
cc_bundle_open(cc_arena *a, const char *path, const char *ref, int64_t most, cc_bundle *bundle)
{
    *bundle = (cc_bundle){.fd = path ? open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) : -1};
    if (bundle->fd < 0)
        return path && errno == ENOENT ? CC_REASON_NONE : CC_REASON_CHANGES_UNREADABLE;
    cc_reason_code why = bundle_read(a, ref, most, bundle);
    if (why != CC_REASON_NONE) {
        close(bundle->fd);
        bundle->fd = -1;
    }
    return why;
}

bool
cc_record_read(cc_slot *s, cc_bundle *bundle)
{
    const int64_t  most = cc_setting_int(s->w->app, CC_SETTING_workspaceMb) << 20;
    const char    *out = cc_git_place_path(s, CC_GIT_OUT), *path = out ? cc_printf(s->arena, "%s/bundle", out) : NULL;
    const char    *ref = cc_printf(s->arena, "refs/heads/%s", s->git_branch);
    cc_reason_code why = CC_REASON_CHANGES_UNREADABLE;

    *bundle = (cc_bundle){.fd = -1};
    if (path && ref)
        why = cc_bundle_open(s->arena, path, ref, most, bundle);
    if (why != CC_REASON_NONE)
        cc_slot_fail(s, cc_reason_plain(s->arena, why));
    return why == CC_REASON_NONE;
}

/* ---- the clean repository ----------------------------------------------------------------------- */

cc_err
cc_record_take(cc_slot *s, cc_bundle *bundle)
{
    const char *const variables[] = {
        cc_printf(s->arena, "TIP=%s", bundle->tip),
        cc_printf(s->arena, "BASES=%s", bundle->bases),
        cc_printf(s->arena, "BRANCH=%s", s->git_branch),
        cc_printf(s->arena, "START=%s", s->git_start),
        cc_printf(s->arena, "MOST=%lld", (long long)cc_setting_int(s->w->app, CC_SETTING_workspaceMb) << 20),
    };
    const cc_git_task task = {
        .stage = "take",
        .reads = 1u << CC_GIT_MIRROR,
        .writes = 1u << CC_GIT_CLEAN,
        .variables = variables,
        .variable_count = CC_COUNT(variables),
        .input = bundle->fd,
    };
    cc_err err = cc_git_start(s, &task);

    close(bundle->fd);
    bundle->fd = -1;
    return err;
}

cc_err
cc_record_push(cc_slot *s, const char *tip)
{
    const char *const variables[] = {
        cc_printf(s->arena, "TIP=%s", tip),
        cc_printf(s->arena, "BRANCH=%s", s->git_branch),
        cc_printf(s->arena, "START=%s", s->git_start),
    };
    const cc_git_task task = {
        .stage = "push",
        .reads = 1u << CC_GIT_MIRROR | 1u << CC_GIT_CLEAN,
        .remote = true,
        .variables = variables,
        .variable_count = CC_COUNT(variables),
        .input = -1,
    };

    return cc_git_start(s, &task);
}
