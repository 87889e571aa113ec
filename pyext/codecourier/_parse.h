/* JSON text to Python objects.  Included by _core.c alone. */
#ifndef CODECOURIER_PARSE_H
#define CODECOURIER_PARSE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

/*
 * Read the whole of `text` as one JSON value (RFC 8259): dict, list, str, int, float, bool, None.
 *
 * A new reference, or NULL with ValueError set: trailing text, NaN, invalid UTF-8, lone surrogates and nesting deeper than
 * 200 are refused.  Of members that occur twice the last one stays.
 */
PyObject *json_parse(const char *text, Py_ssize_t size);

#endif
