/*
 * The schema's steps in order.  A database's PRAGMA user_version is the number of the last step it has been through.
 * A step that has been released never changes; the next change is the next step.
 */
#ifndef CC_MIGRATIONS_ALL_H
#define CC_MIGRATIONS_ALL_H

/* Turns SQL written as plain text in a macro argument into a string. */
#define CC_SQL_TEXT(...) #__VA_ARGS__

#include "gathered.h" /* CC_MIGRATIONS(X): X(number, what it is about, text) */

#endif
