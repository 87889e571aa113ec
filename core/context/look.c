/*
 * Is everything as it should be?  What can go wrong while an instance is open, and with the files that it lies in.
 *
 * Nothing here mends a mode.  A key that others could read may have been read; taking the right away in silence would
 * hide that.  It is said instead, wherever the operator looks (trouble.c), until he has decided.
 */
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/zone.h"
#include "context/instance.h"
#include "storage/db.h"
#include "storage/files.h"

enum { LOOK_MS = 1000 }; /* between two looks at the files */

/* ---- who else gets at the files ---------------------------------------------------------------- */

/* May nobody but us, root and the database's owner have made it? */
static bool
ours(const struct stat *st, const struct stat *database)
{
    return st->st_uid == geteuid() || st->st_uid == 0 || st->st_uid == database->st_uid;
}

/*
 * Nobody may read the key who may not open the database: rights of the group are right where the operator has given
 * them on the database, too.
 */
static void
key_check(cc_app *app, const char *path, const struct stat *database)
{
    const mode_t spare = 0077 & ~(database->st_mode & 0060);
    char         owner[96];
    struct stat  st;

    if (lstat(path, &st) != 0) {
        cc_trouble_over(app, CC_TROUBLE_KEY_EXPOSED); /* there is none, or it cannot be had: reading it says so */
        return;
    }
    if (!S_ISREG(st.st_mode))
        cc_trouble(app, CC_TROUBLE_KEY_EXPOSED,
                   CC_WORDS("the key file %s is a link or no file: put the file itself there"), path);
    else if (!ours(&st, database))
        cc_trouble(app, CC_TROUBLE_KEY_EXPOSED,
                   CC_WORDS("the key file %s belongs to %s, who can read and replace it: make it anew from a backup"),
                   path, cc_files_account(st.st_uid, owner));
    else if (st.st_mode & spare)
        cc_trouble(
            app, CC_TROUBLE_KEY_EXPOSED,
            CC_WORDS(
                "the key file %s has mode %04o, so that others may read it: chmod 600 it, and change the secrets in "
                "the settings if somebody could have"),
            path, (unsigned)st.st_mode & 07777);
    else
        cc_trouble_over(app, CC_TROUBLE_KEY_EXPOSED);
}

/* What others may do with the data themselves; NULL: nothing. */
static const char *
exposure(const char *database_path, const struct stat *database, const char *conf, bool conf_is_secret,
         char path[PATH_MAX])
{
    struct stat st;

    cc_files_directory(database_path, path);
    if (stat(path, &st) == 0 && st.st_mode & S_IWOTH && !(st.st_mode & S_ISVTX))
        return CC_WORDS("everybody may replace what lies in it");
    snprintf(path, PATH_MAX, "%s", database_path);
    if (database->st_mode & S_IRWXO)
        return CC_WORDS("everybody may read it");
    snprintf(path, PATH_MAX, "%s", conf);
    if (stat(conf, &st) != 0)
        return NULL;
    if (st.st_mode & S_IWOTH)
        return CC_WORDS("everybody may change the settings");
    if (!ours(&st, database))
        return CC_WORDS("its owner is neither the database's nor root");
    return conf_is_secret && st.st_mode & S_IROTH ? CC_WORDS("everybody may read the token in it") : NULL;
}

static void
files_check(cc_app *app, const char *database_path, const char *key, const char *conf, bool conf_is_secret)
{
    char        path[PATH_MAX];
    const char *what;
    struct stat database;

    cc_files_directory(database_path, path);
    if (cc_setting_text(app, CC_SETTING_database)[0]) { /* on a server; then the directory's owner counts */
        if (stat(path, &database) != 0)
            return;
        database.st_mode &= ~(mode_t)S_IRWXO; /* its names are no secret */
    } else if (stat(database_path, &database) != 0) {
        return; /* storage says so */
    }
    key_check(app, key, &database);
    if ((what = exposure(database_path, &database, conf, conf_is_secret, path)))
        cc_trouble(app, CC_TROUBLE_DATA_EXPOSED, CC_WORDS("%s: %s; take the right away with chmod"), path, what);
    else
        cc_trouble_over(app, CC_TROUBLE_DATA_EXPOSED);
}

/* ---- the rest ----------------------------------------------------------------------------------- */

void
cc_files_look(cc_app *app)
{
    const char *trouble = app->shared ? cc_shared_trouble(app->shared) : "";

    files_check(app, app->path, app->secrets.key_path, app->conf,
                app->text[CC_SETTING_githubToken][0] || strchr(app->text[CC_SETTING_database], '@') ||
                    strchr(app->text[CC_SETTING_listenDatabase], '@'));
    if (trouble[0])
        cc_trouble(app, CC_TROUBLE_LIMITS_APART, "%s", trouble);
    else
        cc_trouble_over(app, CC_TROUBLE_LIMITS_APART);
}

static void
zones_look(cc_app *app)
{
    cc_arena *a = cc_arena_new();

    if (a && !cc_zone_load(a, "Europe/London"))
        cc_trouble(app, CC_TROUBLE_ZONES_MISSING,
                   CC_WORDS("there is no IANA time zone data: install the package tzdata"));
    else
        cc_trouble_over(app, CC_TROUBLE_ZONES_MISSING);
    cc_arena_free(a);
}

/* The files are not those that were opened: take what is there now, with the key that belongs to it. */
static void
renew(cc_app *app)
{
    char   why[sizeof(app->last_words)] = "";
    cc_err err = cc_db_renew(app->db, why, sizeof(why));

    if (err != CC_OK && strcmp(why, app->last_words) != 0)
        cc_log(app, "storage: %s", why);
    snprintf(app->last_words, sizeof(app->last_words), "%s", err == CC_OK ? "" : why);
    cc_wipe(app->secrets.instance_key, sizeof(app->secrets.instance_key));
    app->secrets.instance_loaded = false;
}

/* Once a second is enough for what no write depends on, and costs a request nothing that can be measured. */
void
cc_app_look(cc_app *app, bool closely)
{
    int64_t now = cc_app_monotonic(app);

    if (!closely && now - app->looked_ms < LOOK_MS)
        return;
    if (now - app->looked_ms >= LOOK_MS) {
        app->looked_ms = now;
        if (cc_db_moved(app->db))
            renew(app);
        cc_shared_look(app->shared);
    }
    if (closely) {
        cc_files_look(app);
        zones_look(app);
        cc_db_trial(app->db);
    }
}

static const char *
part_words(cc_app *app, const char *part)
{
    if (strcmp(part, "storage") == 0)
        return cc_setting_text(app, CC_SETTING_database)[0] ? CC_WORDS("a PostgreSQL server (setting database)")
                                                            : app->path;
    if (strcmp(part, "limits") == 0)
        return CC_WORDS("counted together by all processes");
    if (strcmp(part, "key") == 0)
        return CC_WORDS("the key file is its owner's alone");
    if (strcmp(part, "clock") == 0)
        return cc_setting_text(app, CC_SETTING_database)[0] ? CC_WORDS("it agrees with the server's, which decides")
                                                            : CC_WORDS("this machine's decides");
    return strcmp(part, "data") == 0 ? CC_WORDS("nobody else may read or change them")
                                     : CC_WORDS("IANA time zones are there");
}

void
cc_app_check(cc_app *app, void (*each)(void *ctx, bool ok, const char *what, const char *words), void *ctx)
{
    bool logged = false;

    if (cc_app_enter(app) != CC_OK)
        return;
    cc_app_look(app, true);
    for (size_t i = 0; i < CC_TROUBLE__MAX; i++) { /* the list has each part's rows side by side */
        if (cc_trouble_at(app, (cc_trouble_id)i)) {
            each(ctx, false, cc_trouble_part((cc_trouble_id)i), cc_trouble_words(app, (cc_trouble_id)i));
            logged = true;
        }
        if (i + 1 == CC_TROUBLE__MAX ||
            strcmp(cc_trouble_part((cc_trouble_id)i), cc_trouble_part((cc_trouble_id)(i + 1))) != 0) {
            if (!logged)
                each(ctx, true, cc_trouble_part((cc_trouble_id)i), part_words(app, cc_trouble_part((cc_trouble_id)i)));
            logged = false;
        }
    }
    cc_app_unlock(app);
}
