/*
 * What the clock shows in an IANA time zone, read from the system's zone files (RFC 9636).
 *
 * Not libc's localtime: which zone that one uses is a property of the whole process (TZ), and we live in processes that
 * belong to others.  A zone file is a list of moments at which the offset from UTC changes, and behind it the rule for
 * all times after the last of them, written as in POSIX TZ.  Both are needed: newer files end their list in 2037 or
 * much earlier.
 */
#include "base/zone.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "context/settings.h"

enum { FILE_MOST = 256 * 1024, HEADER = 44, HOUR_S = 3600, DAY_S = 86400 };

/* "M3.5.0/2", "J60" or "59": a day of each year, and a time of that day in seconds, which may be negative. */
typedef struct change {
    char    kind; /* M, J or n */
    int     month, week, day;
    int64_t time;
} change;

struct cc_zone {
    int64_t *at;     /* count moments, rising */
    int32_t *offset; /* from each on */
    size_t   count;
    int32_t  first; /* before all of them */
    bool     rule;  /* there is one for later times */
    int64_t  standard, summer;
    bool     has_summer;
    change   begins, ends;
};

/* ---- days ------------------------------------------------------------------------------------------ */

/* Days from 1970-01-01 to a date (proleptic Gregorian; Hinnant's method: the year begins in March). */
int64_t
cc_days_of(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t in_era = year - era * 400;
    int64_t in_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
}

int
cc_month_days(int64_t year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : days[month - 1];
}

static int64_t
floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* ---- the rule behind the list ---------------------------------------------------------------------- */

static bool
number(const char **p, int64_t *out)
{
    if (**p < '0' || **p > '9')
        return false;
    for (*out = 0; **p >= '0' && **p <= '9' && *out < 100000; ++*p)
        *out = *out * 10 + (**p - '0');
    return true;
}

/* [+-]hh[:mm[:ss]] */
static bool
clock_time(const char **p, int64_t *out)
{
    int64_t sign = **p == '-' ? -1 : 1, part, unit = HOUR_S;

    if (**p == '-' || **p == '+')
        ++*p;
    if (!number(p, &part))
        return false;
    *out = part * unit;
    while (**p == ':' && unit > 1) {
        ++*p;
        unit /= 60;
        if (!number(p, &part))
            return false;
        *out += part * unit;
    }
    *out *= sign;
    return true;
}

/* "CET" or "<+03>" */
static bool
abbreviation(const char **p)
{
    const char *start = *p;

    if (**p == '<') {
        *p += strcspn(*p, ">");
        return *(*p)++ == '>';
    }
    while ((**p | 32) >= 'a' && (**p | 32) <= 'z')
        ++*p;
    return *p - start >= 3;
}

static bool
change_read(const char **p, change *c)
{
    int64_t a = 0, b = 0, d = 0;

    *c = (change){.kind = 'n', .time = 2 * HOUR_S};
    if (*(*p)++ != ',')
        return false;
    if (**p == 'M' || **p == 'J')
        c->kind = *(*p)++;
    if (!number(p, &a))
        return false;
    if (c->kind == 'M') {
        if (*(*p)++ != '.' || !number(p, &b) || *(*p)++ != '.' || !number(p, &d) || a < 1 || a > 12 || b < 1 || b > 5 ||
            d > 6)
            return false;
        c->month = (int)a;
        c->week = (int)b;
        c->day = (int)d;
    } else {
        c->day = (int)a;
    }
    if (**p == '/') {
        ++*p;
        return clock_time(p, &c->time);
    }
    return true;
}

/* "CET-1CEST,M3.5.0,M10.5.0/3" */
static bool
rule_read(const char *p, cc_zone *z)
{
    int64_t west;

    if (!abbreviation(&p) || !clock_time(&p, &west))
        return false;
    z->standard = z->summer = -west;
    z->rule = true;
    if (!*p)
        return true;
    if (!abbreviation(&p))
        return false;
    z->summer = z->standard + HOUR_S;
    if (*p != ',') {
        if (!clock_time(&p, &west))
            return false;
        z->summer = -west;
    }
    z->has_summer = change_read(&p, &z->begins) && change_read(&p, &z->ends) && !*p;
    return z->has_summer;
}

/* When it happens in a year, on the clock that shows `offset`. */
static int64_t
change_at(const change *c, int64_t year, int64_t offset)
{
    int64_t day = cc_days_of(year, 1, 1);

    if (c->kind == 'M') {
        int64_t first = cc_days_of(year, c->month, 1);
        int64_t weekday = ((first + 4) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
        int64_t n = (c->day - weekday + 7) % 7 + 7 * (c->week - 1);
        while (n >= cc_month_days(year, c->month)) /* the fifth means the last */
            n -= 7;
        day = first + n;
    } else if (c->kind == 'J') { /* 1..365, and 29 February is never counted */
        day += c->day - 1 + (cc_month_days(year, 2) == 29 && c->day >= 60);
    } else {
        day += c->day;
    }
    return day * DAY_S + c->time - offset;
}

static int64_t
rule_offset(const cc_zone *z, int64_t t)
{
    int year, month, day, hour, minute, second;

    if (!z->has_summer)
        return z->standard;
    cc_civil(t + z->standard, &year, &month, &day, &hour, &minute, &second);
    int64_t begins = change_at(&z->begins, year, z->standard), ends = change_at(&z->ends, year, z->summer);
    bool    summer = begins < ends ? t >= begins && t < ends : t >= begins || t < ends;
    return summer ? z->summer : z->standard;
}

/* ---- the file -------------------------------------------------------------------------------------- */

static uint64_t
big_endian(const uint8_t *p, size_t size)
{
    uint64_t v = 0;

    for (size_t i = 0; i < size; i++)
        v = v << 8 | p[i];
    return v;
}

/* Counts of a block: UT, standard, leap, times, types, letters. */
static size_t
block_size(const uint8_t *h, size_t time_size)
{
    size_t ut = big_endian(h + 20, 4), std = big_endian(h + 24, 4), leap = big_endian(h + 28, 4);
    size_t times = big_endian(h + 32, 4), types = big_endian(h + 36, 4), letters = big_endian(h + 40, 4);

    return times * time_size + times + types * 6 + letters + leap * (time_size + 4) + std + ut;
}

static bool
header_fine(const uint8_t *p, size_t left)
{
    if (left < HEADER || memcmp(p, "TZif", 4) != 0)
        return false;
    for (size_t i = 20; i < HEADER; i += 4)
        if (big_endian(p + i, 4) > FILE_MOST)
            return false;
    return true;
}

static bool
file_understand(cc_arena *a, const uint8_t *p, size_t size, cc_zone *z)
{
    const uint8_t *end = p + size;

    if (!header_fine(p, size) || p[4] < '2') /* version 1 has 32-bit times alone; nobody ships it any more */
        return false;
    size_t old = HEADER + block_size(p, 4);
    if (old > size || !header_fine(p += old, size - old))
        return false;
    size_t count = big_endian(p + 32, 4), types = big_endian(p + 36, 4), block = HEADER + block_size(p, 8);
    if (block > (size_t)(end - p) || types == 0)
        return false;
    const uint8_t *times = p + HEADER, *index = times + 8 * count, *type = index + count;
    z->at = cc_alloc(a, (count + 1) * sizeof(*z->at));
    z->offset = cc_alloc(a, (count + 1) * sizeof(*z->offset));
    if (!z->at || !z->offset)
        return false;
    z->count = count;
    z->first = (int32_t)(uint32_t)big_endian(type, 4);
    for (size_t i = 0; i < count; i++) {
        if (index[i] >= types)
            return false;
        z->at[i] = (int64_t)big_endian(times + 8 * i, 8);
        z->offset[i] = (int32_t)(uint32_t)big_endian(type + 6 * (size_t)index[i], 4);
        if (i > 0 && z->at[i] <= z->at[i - 1])
            return false;
    }
    p += block;
    if (p < end && *p == '\n') {
        const uint8_t *stop = memchr(p + 1, '\n', (size_t)(end - p - 1));
        char          *rule = stop && stop > p + 1 ? cc_strndup(a, (const char *)p + 1, (size_t)(stop - p - 1)) : NULL;
        if (rule && !rule_read(rule, z))
            z->rule = false;
    }
    return true;
}

/*
 * "Europe/Berlin", and nothing that leaves the directory.  Names of the tz database begin with a capital letter; what
 * distributions put beside them does not (posix/ and right/, which counts leap seconds; localtime and posixrules, which
 * are whatever the machine was set to).  "Factory" is in the database, and says that no zone was chosen.
 */
static bool
name_fine(const char *name)
{
    size_t n = strlen(name);

    return n > 0 && n <= 64 && name[0] >= 'A' && name[0] <= 'Z' && !strstr(name, "//") && name[n - 1] != '/' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-/") == n &&
           strcmp(name, "Factory") != 0;
}

static bool
file_read(cc_arena *a, const char *name, uint8_t **out, size_t *size)
{
    static const char *const places[] = {"/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/etc/zoneinfo"};
    struct stat              st;
    int                      fd = -1;
    bool                     fine = false;

    for (size_t i = 0; i < CC_COUNT(places) && fd < 0; i++) {
        const char *path = cc_printf(a, "%s/%s", places[i], name);
        fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
    }
    if (fd < 0)
        return false;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 && st.st_size <= FILE_MOST &&
        (*out = cc_alloc(a, (size_t)st.st_size))) {
        *size = (size_t)st.st_size;
        fine = read(fd, *out, *size) == st.st_size;
    }
    close(fd);
    return fine;
}

const cc_zone *
cc_zone_load(cc_arena *a, const char *name)
{
    cc_zone *z = cc_alloc(a, sizeof(*z));
    uint8_t *bytes;
    size_t   size;

    if (!z)
        return NULL;
    if (strcmp(name, "UTC") == 0) /* needs no file */
        return z;
    return name_fine(name) && file_read(a, name, &bytes, &size) && file_understand(a, bytes, size, z) ? z : NULL;
}

/* ---- questions ------------------------------------------------------------------------------------- */

int64_t
cc_zone_offset(const cc_zone *z, int64_t t)
{
    size_t low = 0, high = z->count;

    if (z->rule && (!z->count || t >= z->at[z->count - 1]))
        return rule_offset(z, t);
    while (low < high) { /* the first change behind t */
        size_t middle = low + (high - low) / 2;
        if (z->at[middle] <= t)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? z->offset[low - 1] : z->first;
}

int64_t
cc_zone_day(const cc_zone *z, int64_t t)
{
    return floor_div(t + cc_zone_offset(z, t), DAY_S);
}

int64_t
cc_zone_time(const cc_zone *z, int64_t day, int hour, int minute)
{
    int64_t local = day * DAY_S + hour * HOUR_S + minute * 60;
    int64_t before = cc_zone_offset(z, local - 2 * DAY_S), after = cc_zone_offset(z, local + 2 * DAY_S);
    int64_t first = local - before, second = local - after;

    if (cc_zone_offset(z, first) == before) /* usual, and of an hour that comes twice the first */
        return first;
    if (cc_zone_offset(z, second) == after)
        return second;
    return first; /* the clock jumps over it: as much later as it jumps */
}
