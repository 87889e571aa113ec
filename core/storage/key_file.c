/*
 * The instance's own key, in a file beside the database: read when first needed, made by who may make it.
 */
#include "storage/key_file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/files.h"

_Static_assert(crypto_kdf_CONTEXTBYTES == 8, "the length of a purpose");
_Static_assert(crypto_kdf_KEYBYTES == CC_SECRET_SIZE, "the size of a key");

enum key_file { KEY_READ, KEY_ABSENT, KEY_WRONG };

static enum key_file
read_key_file(const char *path, uint8_t key[CC_SECRET_SIZE], char *why, size_t why_size)
{
    uint8_t bytes[CC_SECRET_SIZE + 1]; /* one more, to notice a file that is too long */
    size_t  got = 0;
    ssize_t n = 0;

    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        int           number = errno;
        enum key_file state = number == ENOENT ? KEY_ABSENT : KEY_WRONG;
        cc_files_refusal(path, number, why, why_size);
        return state;
    }
    do {
        n = read(fd, bytes + got, sizeof(bytes) - got);
        if (n > 0)
            got += (size_t)n;
    } while ((n > 0 && got < sizeof(bytes)) || (n < 0 && errno == EINTR));
    if (n < 0)
        snprintf(why, why_size, CC_WORDS("The key file %s cannot be read: %s."), path, strerror(errno));
    else if (got != CC_SECRET_SIZE)
        snprintf(
            why, why_size,
            CC_WORDS(
                "The key file %s is damaged: it must have %d bytes.  Restore it from a backup; without it the sealed"
                " settings cannot be read."),
            path, CC_SECRET_SIZE);
    close(fd);
    bool right = n >= 0 && got == CC_SECRET_SIZE;
    if (right)
        memcpy(key, bytes, CC_SECRET_SIZE);
    sodium_memzero(bytes, sizeof(bytes));
    return right ? KEY_READ : KEY_WRONG;
}

/* Settings sealed with a key that a power cut took away would be lost, so its directory entry must reach the disk, too.
 */
static void
sync_directory_of(const char *path)
{
    char        directory[4096] = ".";
    const char *slash = strrchr(path, '/');
    size_t      size = slash != NULL ? (size_t)(slash - path) + 1 : 0;

    if (size >= sizeof(directory))
        return;
    if (size != 0)
        snprintf(directory, sizeof(directory), "%.*s", (int)size, path);
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd); /* some file systems cannot; then there is nothing to be done about it */
        close(fd);
    }
}

static bool
write_all(int fd, const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        ssize_t n = write(fd, bytes, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes += n;
        size -= (size_t)n;
    }
    return true;
}

/*
 * The key is written to a file of a name nobody knows and then linked to its own: the name appears with all its bytes
 * or not at all, and of several processes that start together one wins and the others read what it made.  Not rename:
 * that would replace the winner's key.
 */
static cc_err
make_key_file(struct cc_secrets *s, const char *path, char *why, size_t why_size)
{
    char    temporary[4096];
    uint8_t key[CC_SECRET_SIZE], name[8];
    char    hex[2 * sizeof(name) + 1];
    int     fd = -1;
    cc_err  err = CC_E_UNAVAILABLE; /* a full or read-only disk passes */

    cc_secrets_random(s, name, sizeof(name));
    cc_secrets_random(s, key, sizeof(key));
    sodium_bin2hex(hex, sizeof(hex), name, sizeof(name));
    int size = snprintf(temporary, sizeof(temporary), "%s.%s", path, hex);
    if (size < 0 || (size_t)size >= sizeof(temporary)) {
        errno = ENAMETOOLONG;
        goto done;
    }
    if ((fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR)) < 0)
        goto done;
    if (!write_all(fd, key, sizeof(key)) || fsync(fd) != 0 || !cc_files_hand_over(fd, path))
        goto done;
    if (link(temporary, path) != 0 && errno != EEXIST)
        goto done;
    sync_directory_of(path);
    err = CC_OK;

done:
    if (err != CC_OK)
        snprintf(why, why_size, CC_WORDS("The key file %s cannot be made: %s.  Its directory must be writable."), path,
                 strerror(errno));
    if (fd >= 0) {
        close(fd);
        unlink(temporary);
    }
    sodium_memzero(key, sizeof(key));
    return err;
}

static cc_err
load_instance_key(struct cc_secrets *s, char *why, size_t why_size)
{
    assert(s->key_path != NULL);

    enum key_file state = read_key_file(s->key_path, s->instance_key, why, why_size);
    if (state == KEY_ABSENT) {
        cc_err err = make_key_file(s, s->key_path, why, why_size);
        if (err != CC_OK)
            return err;
        s->instance_made = true;
        state = read_key_file(s->key_path, s->instance_key, why, why_size); /* ours, or that of who came first */
    }
    s->instance_loaded = state == KEY_READ;
    return s->instance_loaded ? CC_OK : CC_E_INTERNAL;
}

cc_err
cc_secrets_instance(struct cc_secrets *s, const char purpose[8], uint8_t out[CC_SECRET_SIZE], char *why,
                    size_t why_size)
{
    cc_err err;

    if (!s->instance_loaded && (err = load_instance_key(s, why, why_size)) != CC_OK)
        return err;
    crypto_kdf_derive_from_key(out, CC_SECRET_SIZE, 1, purpose, s->instance_key);
    return CC_OK;
}
