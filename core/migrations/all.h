/*
 * The schema's steps in order.  A database's PRAGMA user_version is the number of the last step it has been through.
 * A step that has been released never changes; the next change is the next step.
 */
#ifndef CC_MIGRATIONS_ALL_H
#define CC_MIGRATIONS_ALL_H

/* Turns SQL written as plain text in a macro argument into a string. */
#define CC_SQL_TEXT(...) #__VA_ARGS__

#include "0001_projects.h"
#include "0002_work.h"
#include "0003_engine.h"
#include "0004_people.h"
#include "0005_chains.h"
#include "0006_clock.h"
#include "0007_chained.h"
#include "0008_authority.h"
#include "0009_isolation.h"
#include "0010_places.h"
#include "0011_search.h"

/* X(number, what it does, text) */
#define CC_MIGRATIONS(X)                                                                                               \
    X(1, "projects, keys and people", cc_migration_1)                                                                  \
    X(2, "workflows, runs, personas and issues", cc_migration_2)                                                       \
    X(3, "leases and schedules", cc_migration_3)                                                                       \
    X(4, "sessions, invitations and the audit log", cc_migration_4)                                                    \
    X(5, "chains", cc_migration_5)                                                                                     \
    X(6, "time at work", cc_migration_6)                                                                               \
    X(7, "runs of chains", cc_migration_7)                                                                             \
    X(8, "makers of keys, schedules, chains and invitations", cc_migration_8)                                          \
    X(9, "how a step's agent was kept apart", cc_migration_9)                                                          \
    X(10, "places people sign in from", cc_migration_10)                                                               \
    X(11, "what the search looks in", cc_migration_11)

#endif
