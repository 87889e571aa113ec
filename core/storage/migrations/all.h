/*
 * The schema's steps in order.  A database's PRAGMA user_version is the number of the last step it has been through.
 * A step that has been released never changes; the next change is the next step.
 *
 * A step is SQL that SQLite and PostgreSQL both take, but for some words: an engine that wants another word for a type
 * defines it as a macro before it includes this file (postgres.h), and SQLite's are in the text.  CC_FOLD fills what a
 * search looks in for rows that were there before the step.  tests/web/test_portable.py lets a real PostgreSQL take all of
 * it.
 */
#ifndef CC_FOLD
#define CC_FOLD(table, column, folded)                                                                                 \
    UPDATE table SET folded = cc_folded(column) WHERE cc_folded(column) IS NOT NULL
#endif

/* Turns SQL written as plain text in a macro argument into a string; the engine's words are put in first. */
#define CC_SQL_TEXT(...) CC_SQL_TEXT_(__VA_ARGS__)
#define CC_SQL_TEXT_(...) #__VA_ARGS__

#pragma push_macro("NULL") /* SQL has one of its own */
#undef NULL
#include "gathered.h" /* CC_MIGRATIONS(X): X(number, what it is about, text) */
#pragma pop_macro("NULL")
