/*
 * The directory belongs to the agent's account and its contents are the agent's: names are read once, each is opened
 * below the directory's own descriptor without following anything, and only a regular file is read, up to what may be
 * kept.  Between two parts the worker does other things.
 */
#include "engine/artifacts.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "context/ids.h"
#include "context/settings.h"
#include "engine/sandbox.h"
#include "engine/slot.h"
#include "storage/db.h"

enum {
    NAMES_MAX = 4096,    /* that are looked at; who makes more has none of the rest kept */
    ENTRIES_MAX = 65536, /* that are read: nothing in a worker's loop may wait */
    TRANSCRIPT_MAX =
        4 * 1024 * 1024, /* compressed, of one step: some hundred MB of text; longer ones are files alone */
};

enum { THEIRS, TRANSCRIPTS, PLACES };

static const char *const places[PLACES] = {[THEIRS] = CC_ARTIFACTS_DIRECTORY, [TRANSCRIPTS] = "transcript"};

/* ---- what there is -------------------------------------------------------------------------------- */

static int
by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Takes the descriptor. */
static void
names_read(cc_slot *s, int fd)
{
    cc_collection *c = &s->collection;
    DIR           *d = fdopendir(fd);
    struct dirent *e;

    if (!d) {
        close(fd);
        return;
    }
    c->names = cc_alloc(s->step, NAMES_MAX * sizeof(*c->names));
    for (int n = 0; c->names && n < ENTRIES_MAX && (e = readdir(d)); n++) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        if (!cc_artifact_name_fits(e->d_name))
            c->unkept[CC_UNKEPT_NAME]++;
        else if (c->count == NAMES_MAX)
            c->unkept[CC_UNKEPT_COUNT]++;
        else if ((c->names[c->count] = cc_strndup(s->step, e->d_name, strlen(e->d_name))))
            c->count++;
    }
    closedir(d);
    if (c->count)
        qsort(c->names, c->count, sizeof(*c->names), by_name);
}

/* The next directory that is there; false: that was the last. */
static bool
place_open(cc_slot *s)
{
    cc_collection *c = &s->collection;
    const int      flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

    if (c->directory >= 0)
        close(c->directory);
    c->directory = -1;
    c->count = c->at = 0;
    while (c->directory < 0 && ++c->place < PLACES) {
        const char *path = cc_printf(s->step, "%s/%s", s->root, places[c->place]);
        c->directory = path ? open(path, flags) : -1;
    }
    if (c->directory >= 0)
        names_read(s, openat(c->directory, ".", flags));
    return c->directory >= 0;
}

void
cc_artifacts_begin(cc_slot *s)
{
    cc_artifacts_forget(s);
    if (s->agent->rehearsal || !s->root)
        return;
    s->collection.busy = true;
    s->collection.place = -1;
}

bool
cc_artifacts_done(const cc_slot *s)
{
    return !s->collection.busy;
}

void
cc_artifacts_forget(cc_slot *s)
{
    if (s->collection.busy && s->collection.fd >= 0)
        close(s->collection.fd);
    if (s->collection.busy && s->collection.directory >= 0)
        close(s->collection.directory);
    s->collection = (cc_collection){.directory = -1, .fd = -1};
    if (s->restoring.busy && s->restoring.fd >= 0)
        close(s->restoring.fd);
    if (s->restoring.busy && s->restoring.directory >= 0)
        close(s->restoring.directory);
    s->restoring = (cc_restoring){.directory = -1, .fd = -1};
}

/* ---- one after the other -------------------------------------------------------------------------- */

/* What was kept, and what was not and why: one line. */
static void
report(cc_slot *s)
{
    static const char *const why[CC_UNKEPT__MAX] = {
        [CC_UNKEPT_NAME] = "whose names are not of letters, digits, '.', '_' and '-', at most 100",
        [CC_UNKEPT_NO_FILE] = "that are no regular files",
        [CC_UNKEPT_READ] = "that could not be read",
        [CC_UNKEPT_LARGE] = "larger than one may be (setting artifactFileMb)",
        [CC_UNKEPT_SIZE] = "for which there was no room (setting artifactsMb)",
        [CC_UNKEPT_COUNT] = "beyond the number that is kept (setting artifacts)",
    };
    const cc_collection *c = &s->collection;
    const char          *sep = "";
    cc_buf               b;

    cc_buf_init(&b, s->step);
    if (c->kept)
        cc_putf(&b, "Kept %lld artifact%s.", (long long)c->kept, c->kept == 1 ? "" : "s");
    for (int i = 0; i < CC_UNKEPT__MAX; i++) {
        if (!c->unkept[i])
            continue;
        cc_putf(&b, "%s%lld %s",
                *sep     ? sep
                : b.size ? "  Not kept: "
                         : "Not kept of $CC_ARTIFACTS: ",
                (long long)c->unkept[i], why[i]);
        if (c->such_as[i])
            cc_putf(&b, c->unkept[i] == 1 ? ": %s" : ", such as %s", c->such_as[i]);
        sep = "; ";
    }
    if (*sep)
        cc_putc(&b, '.');
    if (b.size)
        cc_slot_say(s, cc_buf_text(&b));
}

static int
kept_by_name(const void *a, const void *b)
{
    return strcmp(((const cc_artifact_kept *)a)->name, ((const cc_artifact_kept *)b)->name);
}

/* What of the name was kept when this began; NULL: nothing. */
static cc_artifact_kept *
before_of(const cc_collection *c, const char *name)
{
    const cc_artifact_kept key = {.name = name};

    return c->before_count ? bsearch(&key, c->before, c->before_count, sizeof(key), kept_by_name) : NULL;
}

static cc_err
before_load(cc_slot *s)
{
    cc_collection *c = &s->collection;
    cc_err err = cc_artifacts_load(s->w->app, s->step, s->lease.project_id, s->lease.id, &c->before, &c->before_count);

    if (err != CC_OK)
        return err;
    c->loaded = true;
    for (size_t i = 0; i < c->before_count; i++) {
        c->files += !c->before[i].transcript;
        c->bytes += c->before[i].transcript ? 0 : c->before[i].bytes;
    }
    return CC_OK;
}

/* Why there is no place for it; CC_UNKEPT__MAX: there is. */
static cc_unkept
room_lacking(cc_slot *s)
{
    const cc_collection    *c = &s->collection;
    const cc_artifact_kept *old = before_of(c, c->file.name);
    const bool              counted = old && !old->transcript;
    cc_app                 *app = s->w->app;

    if (c->file.transcript)
        return c->file.bytes > TRANSCRIPT_MAX ? CC_UNKEPT_SIZE : CC_UNKEPT__MAX;
    if (c->file.bytes > cc_setting_int(app, CC_SETTING_artifactFileMb) << 20)
        return CC_UNKEPT_LARGE;
    if (c->bytes - (counted ? old->bytes : 0) + c->file.bytes > cc_setting_int(app, CC_SETTING_artifactsMb) << 20)
        return CC_UNKEPT_SIZE;
    return c->files - counted >= cc_setting_int(app, CC_SETTING_artifacts) ? CC_UNKEPT_COUNT : CC_UNKEPT__MAX;
}

static void
unkept_note(cc_slot *s, cc_unkept why)
{
    cc_collection *c = &s->collection;

    if (c->place != THEIRS)
        return;
    c->unkept[why]++;
    if (!c->such_as[why])
        c->such_as[why] = c->names[c->at];
}

/* The next name: opened and to be read, or passed over. */
static void
next_open(cc_slot *s)
{
    cc_collection *c = &s->collection;
    const int   fd = openat(c->directory, c->names[c->at], O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    cc_unkept   lacking = CC_UNKEPT_NO_FILE;
    bool        known = false;
    struct stat st;

    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        const cc_artifact_kept *old = before_of(c, c->names[c->at]);
        c->file = (cc_artifact){.project_id = s->lease.project_id,
                                .run_id = s->lease.id,
                                .name = c->names[c->at],
                                .bytes = st.st_size,
                                .changed_ns = st.st_mtim.tv_sec * INT64_C(1000000000) + st.st_mtim.tv_nsec,
                                .position = s->position,
                                .iteration = s->iteration,
                                .transcript = c->place == TRANSCRIPTS};
        known = old && old->bytes == c->file.bytes && old->changed_ns == c->file.changed_ns;
        lacking = room_lacking(s);
    }
    if (!known && lacking == CC_UNKEPT__MAX) {
        cc_id_new(s->w->app, "art_", c->file.file_id);
        cc_hash_begin(&c->hashing);
        c->fd = fd;
        c->part = 0;
        return;
    }
    if (fd >= 0)
        close(fd);
    if (!known)
        unkept_note(s, lacking);
    c->at++;
}

/* It is an artifact now, or has come to nothing. */
static void
part_last(cc_slot *s, bool fine)
{
    cc_collection    *c = &s->collection;
    cc_artifact_kept *old = before_of(c, c->file.name);

    if (fine && !c->file.transcript) {
        c->kept++;
        c->files += !old || old->transcript;
        c->bytes += c->file.bytes - (old && !old->transcript ? old->bytes : 0);
    } else if (!fine) {
        unkept_note(s, CC_UNKEPT_READ);
    }
    close(c->fd);
    c->fd = -1;
    c->at++;
}

/* The sum of all its parts, of which this is the last. */
static void
sum_put(cc_collection *c, const char *data, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    cc_hashing        all = c->hashing; /* a copy: storage may be busy, and this be done again */
    uint8_t           sum[CC_HASH_SIZE];

    cc_hash_add(&all, data, size);
    cc_hash_end(&all, sum);
    for (size_t i = 0; i < sizeof(sum); i++) {
        c->file.sha256[2 * i] = digits[sum[i] >> 4];
        c->file.sha256[2 * i + 1] = digits[sum[i] & 15];
    }
    c->file.sha256[2 * sizeof(sum)] = '\0';
}

/* One part of the open one, or its end: what has grown since is cut where it was, what has shrunk ends there. */
static cc_err
part_store(cc_slot *s)
{
    cc_collection *c = &s->collection;
    cc_db         *db = cc_app_db(s->w->app);
    const int64_t  from = c->part * CC_ARTIFACT_PART, left = c->file.bytes - from;
    char          *data = cc_alloc(s->scratch, CC_ARTIFACT_PART);
    ssize_t        n = 0;
    cc_err         err;

    if (!data)
        return CC_E_UNAVAILABLE;
    if (left > 0)
        n = pread(c->fd, data, left < CC_ARTIFACT_PART ? (size_t)left : CC_ARTIFACT_PART, (off_t)from);
    if (n < left && n < CC_ARTIFACT_PART && n >= 0)
        c->file.bytes = from + n;
    if ((err = cc_tx_begin(db)) != CC_OK)
        return err;
    if (n > 0)
        err = cc_artifact_write(s->w->app, &c->file, c->part, (cc_bytes){data, (size_t)n});
    const bool last = n <= 0 || from + n >= c->file.bytes;
    if (last && n >= 0)
        sum_put(c, data, (size_t)n);
    if (err == CC_OK && last)
        err = n < 0 ? cc_artifact_give_up(s->w->app, &c->file) : cc_artifact_finish(s->w->app, &c->file);
    if ((err = cc_tx_end(db, err)) != CC_OK)
        return err;
    c->part++;
    if (last)
        part_last(s, n >= 0);
    else
        cc_hash_add(&c->hashing, data, (size_t)n);
    return CC_OK;
}

cc_err
cc_artifacts_go(cc_slot *s)
{
    cc_collection *c = &s->collection;
    cc_err         err = CC_OK;

    if (!c->loaded)
        err = before_load(s);
    else if (c->fd >= 0)
        err = part_store(s);
    else if (c->at < c->count)
        next_open(s);
    cc_arena_reset(s->scratch);
    if (err == CC_OK && c->fd < 0 && c->at >= c->count && !place_open(s)) {
        report(s);
        cc_artifacts_forget(s);
    }
    if (err == CC_OK || err == CC_E_UNAVAILABLE)
        return err;
    cc_slot_say(s, "The artifacts could not be kept.");
    cc_artifacts_forget(s);
    return CC_OK;
}

/* ---- putting them back ---------------------------------------------------------------------------- */

void
cc_artifacts_restore_begin(cc_slot *s)
{
    s->restoring = (cc_restoring){.busy = true, .directory = -1, .fd = -1};
}

bool
cc_artifacts_restored(const cc_slot *s)
{
    return !s->restoring.busy;
}

static cc_err
restore_load(cc_slot *s)
{
    cc_restoring *r = &s->restoring;
    const char   *path = cc_printf(s->arena, "%s/" CC_ARTIFACTS_DIRECTORY, s->root);
    const int     directory = path ? open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
    cc_err        err;

    if (directory < 0)
        return CC_E_INTERNAL;
    if ((err = cc_artifacts_load(s->w->app, s->arena, s->lease.project_id, s->lease.id, &r->kept, &r->count)) == CC_OK)
        r->directory = directory;
    else
        close(directory);
    return err;
}

static const char half[] = ".restored";

static cc_err
to_descriptor(void *ctx, cc_bytes data)
{
    const int *fd = ctx;

    return write(*fd, data.data, data.size) == (ssize_t)data.size ? CC_OK : CC_E_INTERNAL;
}

/* What is there already stays.  Under a name that is no artifact's until all of it is there. */
static void
restore_open(cc_slot *s)
{
    cc_restoring           *r = &s->restoring;
    const cc_artifact_kept *one = &r->kept[r->at];

    struct stat st;

    if (!one->transcript && fstatat(r->directory, one->name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
        (void)unlinkat(r->directory, half, 0);
        r->fd = openat(r->directory, half, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    }
    r->part = 0;
    r->at += r->fd < 0;
}

/* With the time that it had, by which it is known as the same when this step has ended. */
static cc_err
restore_part(cc_slot *s)
{
    cc_restoring           *r = &s->restoring;
    const cc_artifact_kept *one = &r->kept[r->at];
    const struct timespec   changed = {one->changed_ns / 1000000000, one->changed_ns % 1000000000};
    cc_artifact             of = {.project_id = s->lease.project_id, .run_id = s->lease.id};
    cc_err                  err = CC_OK;

    cc_copy_id(of.file_id, one->file_id);
    if (r->part * CC_ARTIFACT_PART < one->bytes) {
        if (lseek(r->fd, (off_t)(r->part * CC_ARTIFACT_PART), SEEK_SET) < 0)
            return CC_E_INTERNAL;
        if ((err = cc_artifact_read(s->w->app, &of, r->part, to_descriptor, &r->fd)) == CC_OK)
            r->part++;
        return err;
    }
    if (!cc_sandbox_own_file(s->w->sandbox ? s->lease.project_id : NULL, r->fd) ||
        futimens(r->fd, (struct timespec[]){changed, changed}) != 0 ||
        renameat(r->directory, half, r->directory, one->name) != 0)
        err = CC_E_INTERNAL;
    close(r->fd);
    r->fd = -1;
    r->at++;
    return err;
}

cc_err
cc_artifacts_restore_go(cc_slot *s)
{
    cc_restoring *r = &s->restoring;
    cc_err        err = CC_OK;

    if (r->directory < 0)
        err = restore_load(s);
    else if (r->fd >= 0)
        err = restore_part(s);
    else if (r->at < r->count)
        restore_open(s);
    if (err == CC_E_UNAVAILABLE || (err == CC_OK && (r->fd >= 0 || r->at < r->count)))
        return err;
    if (err != CC_OK)
        cc_slot_say(s, "What earlier steps had put into $CC_ARTIFACTS could not be put back.");
    cc_artifacts_forget(s);
    return CC_OK;
}
