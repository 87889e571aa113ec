/*
 * codecourier._core: the C core as a CPython extension.
 *
 * Three things live here.  App is one open instance: Python values become a cc_request, the cc_response becomes Python
 * values, and nothing in between knows what a request means.  Stream is the rest of an answer that goes on.  Record is
 * what every typed result is made of: a frozen wrapper around the wire form, in C only because a list makes a hundred
 * of them at a time.
 *
 * Multi-phase initialisation, state in the module, heap types, the limited API of 3.11: one binary serves every later
 * Python.  Built for one version alone (see setup.py) it also declares that sub-interpreters and free threading are
 * fine, which holds because nothing here is mutable and global.
 *
 * The GIL is released around the core calls and nothing else.  While one thread is inside, others wait for the App's
 * lock without the GIL: closing an App under a running request must not be possible.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "_parse.h"
#include "codecourier.h"

/* In the limited API since 3.12, by another name since 3.2. */
#ifndef Py_T_OBJECT_EX
#include <structmember.h>
#define Py_T_OBJECT_EX T_OBJECT_EX
#define Py_T_OBJECT T_OBJECT
#define Py_READONLY READONLY
#define Py_T_PYSSIZET T_PYSSIZET
#elif !defined(Py_T_OBJECT)
#define Py_T_OBJECT _Py_T_OBJECT
#endif

typedef struct module_state {
    PyTypeObject *app_type;
    PyTypeObject *record_type;
    PyTypeObject *stream_type;
    PyObject     *core_error; /* CoreError(code, message) */
    PyObject     *fork_error;
} module_state;

/* ---- Record ---------------------------------------------------------------------------------------------------------- */

typedef struct record {
    PyObject_HEAD PyObject *data;   /* the wire form, a dict; never NULL once made */
    PyObject               *client; /* who fetched it, for methods such as run.watch(); None when unpickled */
    PyObject               *etag;   /* its version, for if_match; None when the answer had none */
} record;

/* The one way to make a Record: `data` must be a dict already. */
static PyObject *
record_make(PyTypeObject *type, PyObject *data, PyObject *client, PyObject *etag)
{
    allocfunc alloc = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    record   *self = (record *)alloc(type, 0);

    if (self == NULL)
        return NULL;
    self->data = Py_NewRef(data);
    self->client = Py_NewRef(client);
    self->etag = Py_NewRef(etag);
    return (PyObject *)self;
}

static PyObject *
Record_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"data", "client", "etag", NULL};
    PyObject    *data, *client = Py_None, *etag = Py_None;

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O!|OO", names, &PyDict_Type, &data, &client, &etag))
        return NULL;
    return record_make(type, data, client, etag);
}

static int
Record_traverse(PyObject *object, visitproc visit, void *arg)
{
    record *self = (record *)object;

    Py_VISIT(Py_TYPE(object));
    Py_VISIT(self->data);
    Py_VISIT(self->client);
    Py_VISIT(self->etag);
    return 0;
}

static int
Record_clear(PyObject *object)
{
    record *self = (record *)object;

    Py_CLEAR(self->data);
    Py_CLEAR(self->client);
    Py_CLEAR(self->etag);
    return 0;
}

static void
Record_dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    freefunc      release = (freefunc)PyType_GetSlot(type, Py_tp_free);

    PyObject_GC_UnTrack(object);
    (void)Record_clear(object);
    release(object);
    Py_DECREF(type);
}

static PyMemberDef Record_members[] = {
    {"_data", Py_T_OBJECT_EX, offsetof(record, data), Py_READONLY, "The wire form."},
    {"_client", Py_T_OBJECT_EX, offsetof(record, client), Py_READONLY, "The client that fetched it, or None."},
    {"_etag", Py_T_OBJECT_EX, offsetof(record, etag), Py_READONLY, "Its version, for if_match, or None."},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot Record_slots[] = {
    {Py_tp_doc, "Record(data, client=None, etag=None)\n--\n\nA frozen wrapper around one JSON object."},
    {Py_tp_new, Record_new},
    {Py_tp_dealloc, Record_dealloc},
    {Py_tp_traverse, Record_traverse},
    {Py_tp_clear, Record_clear},
    {Py_tp_members, Record_members},
    {0, NULL},
};

static PyType_Spec Record_spec = {
    .name = "codecourier._core.Record",
    .basicsize = sizeof(record),
    .slots = Record_slots,
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
};

/* A row as a reference of our own: without the GIL, or in a collection while a Record is made, the list may change. */
static PyObject *
row_at(PyObject *rows, Py_ssize_t i)
{
#if !defined(Py_LIMITED_API) && PY_VERSION_HEX >= 0x030D0000
    return PyList_GetItemRef(rows, i);
#else
    return Py_XNewRef(PyList_GetItem(rows, i));
#endif
}

/* Is this a class made of Record?  Its memory is written to as one. */
static int
check_record_class(PyObject *module, PyObject *type)
{
    module_state *state = PyModule_GetState(module);

    if (PyType_Check(type) && PyType_IsSubtype((PyTypeObject *)type, state->record_type))
        return 1;
    PyErr_SetString(PyExc_TypeError, "expected a class that derives from Record");
    return 0;
}

static PyObject *
records(PyObject *module, PyObject *args)
{
    PyObject *type, *rows, *client;

    if (!PyArg_ParseTuple(args, "OO!O", &type, &PyList_Type, &rows, &client) || !check_record_class(module, type))
        return NULL;
    Py_ssize_t size = PyList_Size(rows);
    PyObject  *made = PyTuple_New(size);
    if (made == NULL)
        return NULL;
    for (Py_ssize_t i = 0; i < size; i++) {
        PyObject *row = row_at(rows, i); /* NULL if another thread shortened the list */
        PyObject *one = NULL;
        if (row != NULL && PyDict_Check(row))
            one = record_make((PyTypeObject *)type, row, client, Py_None);
        else if (row != NULL)
            PyErr_SetString(PyExc_ValueError, "a row is not an object");
        Py_XDECREF(row);
        if (one == NULL) {
            Py_DECREF(made);
            return NULL;
        }
        (void)PyTuple_SetItem(made, i, one);
    }
    return made;
}

/* ---- App ------------------------------------------------------------------------------------------------------------- */

/* The rest of an answer.  All but the owner is under the owner's lock. */
typedef struct stream {
    PyObject_HEAD struct app_object *owner;
    cc_response                     *out;  /* NULL: at its end, or the App was closed.  Else the App is open */
    struct stream                   *next; /* of the owner's streams; those at their end are not among them */
    bool                             busy; /* a thread waits for a piece */
} stream;

typedef struct app_object {
    PyObject_HEAD cc_app *app;    /* NULL: closed */
    PyThread_type_lock    lock;   /* of what follows; taken for moments only, and never while waiting for the GIL */
    int                   inside; /* callers in the core */
    bool                  closing;
    stream               *streams; /* answers that go on */
    pid_t                 pid;     /* who opened it */
    char                 *path;
    PyObject             *log;         /* told of each line, with the GIL and without the lock; NULL: nobody */
    char                  lines[4096]; /* what the core has said during the calls, a NUL behind each line */
    size_t                lines_size;
} app_object;

static module_state *
state_of(PyObject *app)
{
    return PyType_GetModuleState(Py_TYPE(app));
}

static void
set_core_error(module_state *state, cc_err err, const char *message)
{
    PyObject *value = Py_BuildValue("(ss)", cc_err_code(err), message[0] ? message : cc_err_message(err));

    if (value != NULL) {
        PyErr_SetObject(state->core_error, value);
        Py_DECREF(value);
    }
}

/*
 * The core speaks while no Python may run, so its lines wait here until the call is over.  What does not fit is lost: a
 * call says a line or two.
 */
static void
log_keep(void *ctx, const char *line)
{
    app_object *self = ctx;
    size_t      size = strlen(line) + 1;

    PyThread_acquire_lock(self->lock, WAIT_LOCK);
    if (size <= sizeof(self->lines) - self->lines_size) {
        memcpy(self->lines + self->lines_size, line, size);
        self->lines_size += size;
    }
    PyThread_release_lock(self->lock);
}

/* Take the lines out.  NULL: there are none (or no memory for them, which is not worth an error). */
static PyObject *
log_take(app_object *self)
{
    char   lines[sizeof(self->lines)];
    size_t size = 0;

    PyThread_acquire_lock(self->lock, WAIT_LOCK);
    if (self->lines_size != 0)
        memcpy(lines, self->lines, size = self->lines_size);
    self->lines_size = 0;
    PyThread_release_lock(self->lock);
    if (size == 0 || self->log == NULL || PyErr_Occurred())
        return NULL;
    PyObject *made = PyBytes_FromStringAndSize(lines, (Py_ssize_t)size);
    if (made == NULL)
        PyErr_Clear();
    return made;
}

/* Hand them on: the listener is Python and may do anything.  false: it raised an exception. */
static bool
log_tell(app_object *self, PyObject *lines)
{
    bool fine = true;

    if (lines == NULL)
        return true;
    const char *text = PyBytes_AsString(lines);
    for (Py_ssize_t at = 0; fine && at < PyBytes_Size(lines); at += (Py_ssize_t)strlen(text + at) + 1) {
        PyObject *done = PyObject_CallFunction(self->log, "s", text + at);
        fine = done != NULL;
        Py_XDECREF(done);
    }
    Py_DECREF(lines);
    return fine;
}

/* Go in; false, with an exception set, if the App is closed or was opened by another process. */
static bool
app_enter(app_object *self)
{
    if (self->pid != getpid()) {
        /* Before the lock: a thread of the parent may hold it, and will never give it back here. */
        PyErr_SetString(state_of((PyObject *)self)->fork_error,
                        "this instance was opened before fork(); a database connection must not cross it. "
                        "Call codecourier.open() again in the child process.");
        return false;
    }
    PyThread_acquire_lock(self->lock, WAIT_LOCK);
    bool open = self->app != NULL && !self->closing;
    if (open)
        self->inside++;
    PyThread_release_lock(self->lock);
    if (!open)
        PyErr_SetString(PyExc_ValueError, "this instance is closed");
    return open;
}

static void
app_leave(app_object *self)
{
    PyThread_acquire_lock(self->lock, WAIT_LOCK);
    self->inside--;
    PyThread_release_lock(self->lock);
}

static PyObject *
App_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"path", "create", "log", "database", NULL};
    allocfunc    alloc = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    PyObject    *path, *log = Py_None;
    int          create = 1;
    const char  *database = NULL;
    char         why[1024] = "";
    cc_err       err;

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O&|pOz", names, PyUnicode_FSConverter, &path, &create, &log,
                                     &database))
        return NULL;
    app_object *self = (app_object *)alloc(type, 0);
    if (self == NULL)
        goto fail;
    self->pid = getpid();
    self->lock = PyThread_allocate_lock();
    self->path = strdup(PyBytes_AsString(path));
    if (self->lock == NULL || self->path == NULL) {
        PyErr_NoMemory();
        goto fail;
    }
    self->log = log != Py_None ? Py_NewRef(log) : NULL;
    cc_options options = {.data = self->path,
                          .database = database != NULL ? database : getenv("CC_DATABASE"),
                          .flags = create ? CC_OPEN_CREATE : 0,
                          .log = log_keep,
                          .ctx = self};
    Py_BEGIN_ALLOW_THREADS;
    err = cc_app_open(&options, &self->app, why, sizeof(why));
    Py_END_ALLOW_THREADS;
    if (err != CC_OK) {
        set_core_error(state_of((PyObject *)self), err, why);
        goto fail;
    }
    if (!log_tell(self, log_take(self)))
        goto fail;
    Py_DECREF(path);
    return (PyObject *)self;

fail:
    Py_DECREF(path);
    Py_XDECREF((PyObject *)self);
    return NULL;
}

static void
App_dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    freefunc      release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    app_object   *self = (app_object *)object;

    PyObject_GC_UnTrack(object);
    cc_app_close(self->app); /* leaves the files alone in a forked child */
    if (self->lock != NULL)
        PyThread_free_lock(self->lock);
    free(self->path);
    Py_CLEAR(self->log);
    release(object);
    Py_DECREF(type);
}

static int
App_traverse(PyObject *object, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(((app_object *)object)->log);
    return 0;
}

static int
App_clear(PyObject *object)
{
    Py_CLEAR(((app_object *)object)->log);
    return 0;
}

/* Nobody comes in any more; wait for those inside, then it is ours.  NULL: somebody else closes it. */
static cc_app *
app_take(app_object *self)
{
    static const struct timespec moment = {.tv_nsec = 1000000};

    PyThread_acquire_lock(self->lock, WAIT_LOCK);
    bool    first = !self->closing;
    cc_app *app = first ? self->app : NULL;
    self->closing = true;
    while (first && self->inside != 0) {
        PyThread_release_lock(self->lock);
        nanosleep(&moment, NULL);
        PyThread_acquire_lock(self->lock, WAIT_LOCK);
    }
    if (first) {
        /* Nobody is inside: what goes on ends here, because an answer must not outlive its app. */
        for (stream *one = self->streams; one != NULL; one = one->next) {
            cc_response_free(app, one->out);
            one->out = NULL;
        }
        self->streams = NULL;
        self->app = NULL;
    }
    PyThread_release_lock(self->lock);
    return app;
}

static PyObject *
App_close(PyObject *object, PyObject *unused)
{
    app_object *self = (app_object *)object;

    (void)unused;
    if (self->pid == getpid()) { /* a child has nothing to close: dealloc frees the memory */
        Py_BEGIN_ALLOW_THREADS;
        cc_app_close(app_take(self));
        Py_END_ALLOW_THREADS;
    }
    Py_RETURN_NONE;
}

/* ---- a request's way in and out -------------------------------------------------------------------------------------- */

typedef struct body_source {
    const char *bytes;
    size_t      left;
} body_source;

static int64_t
body_read(void *ctx, void *into, size_t size)
{
    body_source *body = ctx;
    size_t       n = size < body->left ? size : body->left;

    memcpy(into, body->bytes, n);
    body->bytes += n;
    body->left -= n;
    return (int64_t)n;
}

/* Any sequence of (name, value): what the service reads of it goes into `in`; other headers are nobody's business here.
 */
static bool
headers_read(PyObject *headers, cc_request *in)
{
    if (headers == Py_None)
        return true;
    if (!PyTuple_Check(headers)) {
        PyErr_SetString(PyExc_TypeError, "headers must be a tuple of (name, value) pairs, or None");
        return false;
    }
    for (Py_ssize_t i = 0; i < PyTuple_Size(headers); i++) {
        const char *name, *value;
        PyObject   *pair = PyTuple_GetItem(headers, i);
        if (!PyTuple_Check(pair) || !PyArg_ParseTuple(pair, "ss", &name, &value)) {
            if (!PyErr_Occurred())
                PyErr_SetString(PyExc_TypeError, "a header must be a (name, value) pair");
            return false;
        }
        for (int h = 0; h < CC_H__MAX; h++)
            if (PyOS_mystricmp(name, cc_header_name((cc_header)h)) == 0)
                in->header[h] = value;
    }
    return true;
}

/* The core call itself.  NULL: an exception is set.  The answer is given back with answer_free. */
static cc_response *
handle(app_object *self, const cc_request *in)
{
    cc_response *out = NULL;

    if (!app_enter(self))
        return NULL;
    Py_BEGIN_ALLOW_THREADS;
    cc_app_handle(self->app, in, &out);
    Py_END_ALLOW_THREADS;
    return out; /* stays inside until the answer was copied: answer_free */
}

static void
answer_free(app_object *self, cc_response *out)
{
    cc_response_free(self->app, out);
    app_leave(self);
}

/* The answer's body as bytes, or read as JSON (None when it is empty). */
static PyObject *
body_value(const cc_response *out, bool parse)
{
    if (!parse)
        return PyBytes_FromStringAndSize(out->body_size ? out->body : "", (Py_ssize_t)out->body_size);
    return out->body_size ? json_parse(out->body, (Py_ssize_t)out->body_size) : Py_NewRef(Py_None);
}

/* rest: a Stream or None behind the body; NULL: neither.  The reference is taken over. */
static PyObject *
answer_value(const cc_response *out, bool parse, PyObject *rest)
{
    PyObject *body = body_value(out, parse), *answer = NULL;

    if (body != NULL && rest == NULL)
        answer = Py_BuildValue("(iy#N)", out->status, out->head, (Py_ssize_t)out->head_size, body);
    else if (body != NULL)
        answer = Py_BuildValue("(iy#NO)", out->status, out->head, (Py_ssize_t)out->head_size, body, rest);
    Py_XDECREF(rest);
    return answer;
}

/* ---- an answer that goes on ------------------------------------------------------------------------------------------ */

/* Take the answer out of the stream; the caller holds the lock. */
static cc_response *
stream_detach(stream *self)
{
    cc_response *out = self->out;

    for (stream **at = &self->owner->streams; *at != NULL; at = &(*at)->next)
        if (*at == self) {
            *at = self->next;
            break;
        }
    self->out = NULL;
    return out;
}

/* A Stream of this answer, which is then its property.  NULL: there is no memory, and the answer is still the caller's.
 */
static PyObject *
stream_make(app_object *owner, cc_response *out)
{
    PyTypeObject *type = state_of((PyObject *)owner)->stream_type;
    allocfunc     alloc = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    stream       *self = (stream *)alloc(type, 0);

    if (self == NULL)
        return NULL;
    self->owner = (app_object *)Py_NewRef((PyObject *)owner);
    self->out = out;
    PyThread_acquire_lock(owner->lock, WAIT_LOCK);
    self->next = owner->streams;
    owner->streams = self;
    PyThread_release_lock(owner->lock);
    return (PyObject *)self;
}

/* Go in and take the stream for this thread.  false: it is at its end, or an exception is set. */
static bool
stream_enter(stream *self)
{
    app_object *owner = self->owner;

    if (!app_enter(owner)) {
        if (PyErr_ExceptionMatches(PyExc_ValueError)) /* closed, and the stream with it */
            PyErr_Clear();
        return false;
    }
    PyThread_acquire_lock(owner->lock, WAIT_LOCK);
    bool busy = self->busy, fine = !busy && self->out != NULL;
    if (fine)
        self->busy = true;
    PyThread_release_lock(owner->lock);
    if (busy)
        PyErr_SetString(PyExc_ValueError, "another thread waits for this stream");
    if (!fine)
        app_leave(owner);
    return fine;
}

static void
stream_leave(stream *self, bool more)
{
    app_object *owner = self->owner;

    PyThread_acquire_lock(owner->lock, WAIT_LOCK);
    cc_response *ended = more ? NULL : stream_detach(self);
    self->busy = false;
    PyThread_release_lock(owner->lock);
    cc_response_free(owner->app, ended);
    app_leave(owner);
}

/* The next piece; waits up to a second, and is empty when nothing came. */
static PyObject *
Stream_next(PyObject *object)
{
    stream     *self = (stream *)object;
    const char *piece;
    size_t      size;
    bool        more;

    if (!stream_enter(self))
        return NULL;
    Py_BEGIN_ALLOW_THREADS;
    more = cc_response_more(self->owner->app, self->out, &piece, &size);
    Py_END_ALLOW_THREADS;
    PyObject *made = more || size != 0 ? PyBytes_FromStringAndSize(piece, (Py_ssize_t)size) : NULL;
    stream_leave(self, more);
    if (!log_tell(self->owner, log_take(self->owner)))
        Py_CLEAR(made);
    return made;
}

static PyObject *
Stream_close(PyObject *object, PyObject *unused)
{
    (void)unused;
    if (stream_enter((stream *)object))
        stream_leave((stream *)object, false);
    if (PyErr_Occurred())
        return NULL;
    Py_RETURN_NONE;
}

static void
Stream_dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    freefunc      release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    stream       *self = (stream *)object;
    app_object   *owner = self->owner;

    PyObject_GC_UnTrack(object);
    if (owner != NULL && owner->pid == getpid()) { /* in a forked child the lock may be held for ever */
        PyThread_acquire_lock(owner->lock, WAIT_LOCK);
        cc_response *out = self->out != NULL ? stream_detach(self) : NULL;
        if (out != NULL)
            owner->inside++; /* open, since there was an answer; who closes it waits for us */
        PyThread_release_lock(owner->lock);
        if (out != NULL) {
            cc_response_free(owner->app, out);
            app_leave(owner);
        }
    }
    Py_XDECREF((PyObject *)owner);
    release(object);
    Py_DECREF(type);
}

static int
Stream_traverse(PyObject *object, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(object));
    Py_VISIT((PyObject *)((stream *)object)->owner);
    return 0;
}

static PyMethodDef Stream_methods[] = {
    {"close", Stream_close, METH_NOARGS, "close($self, /)\n--\n\nNobody listens any more: end it."},
    {NULL, NULL, 0, NULL},
};

/* No tp_clear: the one cycle there can be goes through the App's listener, and App_clear breaks it. */
static PyType_Slot Stream_slots[] = {
    {Py_tp_doc, "The rest of an answer: an iterator over pieces, some of them empty.  Closing the App ends it."},
    {Py_tp_dealloc, Stream_dealloc},
    {Py_tp_traverse, Stream_traverse},
    {Py_tp_iter, PyObject_SelfIter},
    {Py_tp_iternext, Stream_next},
    {Py_tp_methods, Stream_methods},
    {0, NULL},
};

static PyType_Spec Stream_spec = {
    .name = "codecourier._core.Stream",
    .basicsize = sizeof(stream),
    .slots = Stream_slots,
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
};

/* ---- asking ---------------------------------------------------------------------------------------------------------- */

typedef enum way { AS_BYTES, AS_JSON, IN_PIECES } way;

static bool
text_or_none(PyObject *value, const char **text)
{
    return value == Py_None || (*text = PyUnicode_AsUTF8AndSize(value, NULL)) != NULL;
}

static PyObject *
ask(PyObject *object, PyObject *const *args, Py_ssize_t count, way how)
{
    app_object *self = (app_object *)object;
    cc_request  in = {0};
    body_source source = {0};
    Py_buffer   body = {0};
    PyObject   *answer = NULL;

    if (count < 6 || count > 9)
        return PyErr_Format(PyExc_TypeError, "expected 6 to 9 arguments, got %zd", count);
    in.secure = count > 7 && args[7] == Py_True;
    if (count > 8 && (in.header_bytes = PyLong_AsSize_t(args[8])) == (size_t)-1 && PyErr_Occurred())
        return NULL;
    if (!text_or_none(args[0], &in.method) || !text_or_none(args[1], &in.uri) || !headers_read(args[2], &in) ||
        !text_or_none(args[4], &in.local_project) || !text_or_none(args[5], &in.remote_addr))
        return NULL;
    if (args[3] != Py_None) {
        if (PyObject_GetBuffer(args[3], &body, PyBUF_SIMPLE) < 0)
            return NULL;
        source = (body_source){body.buf, (size_t)body.len};
        in.content_length = body.len;
        if (count > 6 && args[6] != Py_None)
            in.content_length = PyLong_AsLongLong(args[6]);
        in.read = body_read;
        in.read_ctx = &source;
    }
    cc_response *out = PyErr_Occurred() ? NULL : handle(self, &in);
    if (out != NULL) {
        PyObject *rest = how != IN_PIECES ? NULL : out->more ? stream_make(self, out) : Py_NewRef(Py_None);
        bool      owned = rest != NULL && rest != Py_None;
        if (how != IN_PIECES || rest != NULL)
            answer = answer_value(out, how == AS_JSON, owned ? Py_NewRef(rest) : rest);
        if (owned) {
            app_leave(self);
            Py_DECREF(rest); /* gives the answer back if nobody got it */
        } else {
            answer_free(self, out);
        }
    }
    if (args[3] != Py_None)
        PyBuffer_Release(&body);
    if (!log_tell(self, log_take(self)))
        Py_CLEAR(answer);
    return answer;
}

static PyObject *
App_request(PyObject *object, PyObject *const *args, Py_ssize_t count)
{
    return ask(object, args, count, AS_BYTES);
}

static PyObject *
App_fetch(PyObject *object, PyObject *const *args, Py_ssize_t count)
{
    return ask(object, args, count, AS_JSON);
}

static PyObject *
App_begin(PyObject *object, PyObject *const *args, Py_ssize_t count)
{
    return ask(object, args, count, IN_PIECES);
}

/* ---- what else the owner may do -------------------------------------------------------------------------------------- */

static PyObject *
project_value(const cc_project_info *project)
{
    return Py_BuildValue("(sssL)", project->id, project->name, project->slug, (long long)project->created_at);
}

typedef struct project_list {
    cc_project_info *rows;
    size_t           count, room;
    bool             failed;
} project_list;

/* Called without the GIL: plain memory only. */
static bool
project_keep(void *ctx, const cc_project_info *project)
{
    project_list *list = ctx;

    if (list->count == list->room) {
        size_t           room = list->room ? 2 * list->room : 16;
        cc_project_info *rows = realloc(list->rows, room * sizeof(*rows));
        if (rows == NULL) {
            list->failed = true;
            return false;
        }
        list->rows = rows;
        list->room = room;
    }
    list->rows[list->count++] = *project;
    return true;
}

static PyObject *
App_projects(PyObject *object, PyObject *unused)
{
    app_object  *self = (app_object *)object;
    project_list list = {0};
    PyObject    *made = NULL;
    cc_err       err;

    (void)unused;
    if (!app_enter(self))
        return NULL;
    Py_BEGIN_ALLOW_THREADS;
    err = cc_project_each(self->app, project_keep, &list);
    Py_END_ALLOW_THREADS;
    app_leave(self);
    if (list.failed)
        PyErr_NoMemory();
    else if (err != CC_OK)
        set_core_error(state_of(object), err, "");
    else
        made = PyList_New(0);
    for (size_t i = 0; made != NULL && i < list.count; i++) {
        PyObject *one = project_value(&list.rows[i]);
        if (one == NULL || PyList_Append(made, one) < 0)
            Py_CLEAR(made);
        Py_XDECREF(one);
    }
    free(list.rows);
    return made;
}

static PyObject *
App_project_create(PyObject *object, PyObject *args, PyObject *kwargs)
{
    static char    *names[] = {"name", "slug", "examples", NULL};
    app_object     *self = (app_object *)object;
    const char     *name, *slug = NULL;
    int             examples = 0;
    cc_project_info made;
    cc_err          err;

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "s|zp", names, &name, &slug, &examples) || !app_enter(self))
        return NULL;
    Py_BEGIN_ALLOW_THREADS;
    err = cc_project_create(self->app, name, slug, examples != 0, &made);
    Py_END_ALLOW_THREADS;
    app_leave(self);
    if (err != CC_OK) {
        set_core_error(state_of(object), err, "");
        return NULL;
    }
    return project_value(&made);
}

static PyObject *
App_user_add(PyObject *object, PyObject *args)
{
    app_object *self = (app_object *)object;
    const char *email, *role, *project;
    char        password[CC_PASSWORD_SIZE] = "";
    cc_err      err;

    if (!PyArg_ParseTuple(args, "ssz", &email, &role, &project) || !app_enter(self))
        return NULL;
    Py_BEGIN_ALLOW_THREADS;
    err = cc_user_add(self->app, email, role, project, password);
    Py_END_ALLOW_THREADS;
    app_leave(self);
    if (err != CC_OK) {
        set_core_error(state_of(object), err, "");
        return NULL;
    }
    return PyUnicode_FromString(password);
}

static PyObject *
App_first_start(PyObject *object, PyObject *args)
{
    app_object     *self = (app_object *)object;
    const char     *email;
    char            password[CC_PASSWORD_SIZE] = "";
    bool            fresh = false;
    cc_project_info project;
    cc_err          err;

    if (!PyArg_ParseTuple(args, "s", &email) || !app_enter(self))
        return NULL;
    Py_BEGIN_ALLOW_THREADS;
    err = cc_first_start(self->app, email, &fresh, &project, password);
    Py_END_ALLOW_THREADS;
    app_leave(self);
    if (err != CC_OK) {
        set_core_error(state_of(object), err, "");
        return NULL;
    }
    return fresh ? PyUnicode_FromString(password) : Py_NewRef(Py_None);
}

static PyObject *
App_work(PyObject *object, PyObject *args)
{
    app_object     *self = (app_object *)object;
    cc_work_options options = {.stop_fd = -1};
    int             drain;
    cc_err          err;

    if (!PyArg_ParseTuple(args, "ipi", &options.slots, &drain, &options.stop_fd) || !app_enter(self))
        return NULL;
    options.drain = drain != 0;
    Py_BEGIN_ALLOW_THREADS;
    err = cc_work(self->app, &options);
    Py_END_ALLOW_THREADS;
    app_leave(self);
    if (err != CC_OK) {
        set_core_error(state_of(object), err, "");
        return NULL;
    }
    if (!log_tell(self, log_take(self)))
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *
App_setting(PyObject *object, PyObject *name)
{
    app_object *self = (app_object *)object;
    const char *text = PyUnicode_AsUTF8AndSize(name, NULL);

    if (text == NULL || !app_enter(self))
        return NULL;
    const char *value = cc_app_setting(self->app, text);
    PyObject   *made = value != NULL ? PyUnicode_FromString(value) : Py_NewRef(Py_None);
    app_leave(self);
    return made;
}

static PyObject *
App_tick(PyObject *object, PyObject *unused)
{
    app_object *self = (app_object *)object;
    cc_err      err;

    (void)unused;
    if (!app_enter(self))
        return NULL;
    Py_BEGIN_ALLOW_THREADS;
    err = cc_app_tick(self->app);
    Py_END_ALLOW_THREADS;
    app_leave(self);
    if (err != CC_OK) {
        set_core_error(state_of(object), err, "");
        return NULL;
    }
    Py_RETURN_NONE;
}

static bool
app_is_closed(app_object *self)
{
    PyThread_acquire_lock(self->lock, WAIT_LOCK);
    bool closed = self->app == NULL;
    PyThread_release_lock(self->lock);
    return closed;
}

static PyObject *
App_repr(PyObject *object)
{
    app_object *self = (app_object *)object;

    return PyUnicode_FromFormat("<codecourier._core.App %s%s>", self->path, app_is_closed(self) ? " (closed)" : "");
}

static PyObject *
App_get_closed(PyObject *object, void *unused)
{
    (void)unused;
    return PyBool_FromLong(app_is_closed((app_object *)object));
}

static PyGetSetDef App_getset[] = {
    {"closed", App_get_closed, NULL, "Whether close() was called.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMethodDef App_methods[] = {
    {"request", (PyCFunction)(void (*)(void))App_request, METH_FASTCALL,
     "request($self, method, uri, headers, body, local_project, remote_addr, announced=None, secure=False, header_bytes=0, /)\n--\n\n"
     "Answer one request: (status, head, body).  headers is a tuple of (name, value) pairs or None;\n"
     "announced is the Content-Length when that is not the body's length; secure: it came by https;\n"
     "header_bytes: the size of all its headers, 0 if that is not known."},
    {"fetch", (PyCFunction)(void (*)(void))App_fetch, METH_FASTCALL,
     "fetch($self, method, uri, headers, body, local_project, remote_addr, announced=None, secure=False, header_bytes=0, /)\n--\n\n"
     "The same with the body read as JSON: (status, head, value); None for an empty one."},
    {"begin", (PyCFunction)(void (*)(void))App_begin, METH_FASTCALL,
     "begin($self, method, uri, headers, body, local_project, remote_addr, announced=None, secure=False, header_bytes=0, /)\n--\n\n"
     "request() for who can stream: (status, head, body, rest), where rest is a Stream of what follows, or None."},
    {"projects", App_projects, METH_NOARGS,
     "projects($self, /)\n--\n\nEvery project, oldest first: (id, name, slug, ms)."},
    {"project_create", (PyCFunction)(void (*)(void))App_project_create, METH_VARARGS | METH_KEYWORDS,
     "project_create($self, name, slug=None, examples=False)\n--\n\nMake a project: (id, name, slug, ms)."},
    {"user_add", App_user_add, METH_VARARGS,
     "user_add($self, email, role, project, /)\n--\n\nMake a person and a membership; the one-time password."},
    {"first_start", App_first_start, METH_VARARGS,
     "first_start($self, email, /)\n--\n\n"
     "Make the first project and its owner: the one-time password, or None when there is a project."},
    {"work", App_work, METH_VARARGS,
     "work($self, slots, drain, stop_fd, /)\n--\n\n"
     "Execute runs until stop_fd becomes readable, or with drain until none is left.  For a process of its own: the\n"
     "instance must have no other user, and the engine forks."},
    {"setting", App_setting, METH_O,
     "setting($self, name, /)\n--\n\nThe value in force of a setting of codecourier.conf; None: there is none of that name."},
    {"tick", App_tick, METH_NOARGS, "tick($self, /)\n--\n\nWrite hot marks to the database if a minute has passed."},
    {"close", App_close, METH_NOARGS, "close($self, /)\n--\n\nClose it; requests in hand are finished first."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot App_slots[] = {
    {Py_tp_doc, "App(path, create=True, log=None)\n--\n\nOne open instance."},
    {Py_tp_new, App_new},
    {Py_tp_dealloc, App_dealloc},
    {Py_tp_traverse, App_traverse},
    {Py_tp_clear, App_clear},
    {Py_tp_repr, App_repr},
    {Py_tp_methods, App_methods},
    {Py_tp_getset, App_getset},
    {0, NULL},
};

static PyType_Spec App_spec = {
    .name = "codecourier._core.App",
    .basicsize = sizeof(app_object),
    .slots = App_slots,
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
};

/* ---- the module ------------------------------------------------------------------------------------------------------ */

static PyObject *
openapi(PyObject *module, PyObject *inlined)
{
    const int wanted = PyObject_IsTrue(inlined);
    char     *text = wanted >= 0 ? cc_openapi(wanted > 0) : NULL;

    (void)module;
    if (wanted < 0)
        return NULL;
    PyObject *made = text != NULL ? PyUnicode_FromString(text) : PyErr_NoMemory();
    free(text);
    return made;
}

/* Which CGI variables hold what the service reads, and the headers they are. */
static PyObject *
headers(PyObject *module, PyObject *unused)
{
    PyObject *made = PyDict_New();

    (void)module;
    (void)unused;
    for (int h = 0; made != NULL && h < CC_H__MAX; h++) {
        PyObject *name = PyUnicode_FromString(cc_header_name((cc_header)h));
        if (name == NULL || PyDict_SetItemString(made, cc_header_cgi_name((cc_header)h), name) < 0)
            Py_CLEAR(made);
        Py_XDECREF(name);
    }
    return made;
}

static PyObject *
loads(PyObject *module, PyObject *text)
{
    Py_buffer view;

    (void)module;
    if (PyObject_GetBuffer(text, &view, PyBUF_SIMPLE) < 0)
        return NULL;
    PyObject *made = json_parse(view.buf, view.len);
    PyBuffer_Release(&view);
    return made;
}

static PyObject *
key_well_formed(PyObject *module, PyObject *key)
{
    const char *text = PyUnicode_AsUTF8AndSize(key, NULL);

    (void)module;
    return text != NULL ? PyBool_FromLong(cc_key_well_formed(text)) : NULL;
}

/*
 * Which SQLite would this shared object call?  The address of one of its functions names the library as no version
 * number could: two copies of one version still lose each other's locks.  0: it has one inside that nobody else can
 * see.
 */
static PyObject *
sqlite_seen_by(PyObject *module, PyObject *path)
{
    PyObject *bytes;
    void     *found = NULL;

    (void)module;
    if (!PyUnicode_FSConverter(path, &bytes))
        return NULL;
    void *handle = dlopen(PyBytes_AsString(bytes), RTLD_LAZY | RTLD_NOLOAD | RTLD_LOCAL);
    if (handle != NULL) {
        found = dlsym(handle, "sqlite3_libversion");
        dlclose(handle);
    }
    Py_DECREF(bytes);
    return PyLong_FromVoidPtr(found);
}

static PyMethodDef module_methods[] = {
    {"records", records, METH_VARARGS,
     "records(type, rows, client, /)\n--\n\nA tuple of Records of that class, one for each dict in the list."},
    {"headers", headers, METH_NOARGS,
     "headers()\n--\n\nThe request headers the service reads, by CGI variable: {'HTTP_ACCEPT': 'Accept', ...}."},
    {"loads", loads, METH_O, "loads(text, /)\n--\n\nThe value of a JSON text, given as bytes."},
    {"openapi", openapi, METH_O,
     "openapi(inlined, /)\n--\n\nThe OpenAPI document of this build, as text; inlined: without schemas of their own names."},
    {"key_well_formed", key_well_formed, METH_O,
     "key_well_formed(key, /)\n--\n\nWhether this text has the form and checksum of an API key."},
    {"sqlite_seen_by", sqlite_seen_by, METH_O,
     "sqlite_seen_by(path, /)\n--\n\nWhere the SQLite lies that a loaded shared object calls; 0: not to be seen."},
    {NULL, NULL, 0, NULL},
};

static PyTypeObject *
type_add(PyObject *module, PyType_Spec *spec)
{
    PyTypeObject *type = (PyTypeObject *)PyType_FromModuleAndSpec(module, spec, NULL);

    if (type != NULL && PyModule_AddType(module, type) < 0)
        Py_CLEAR(type);
    return type;
}

static PyObject *
exception_add(PyObject *module, const char *name, const char *doc, PyObject *base)
{
    char full[64];

    PyOS_snprintf(full, sizeof(full), "codecourier._core.%s", name);
    PyObject *made = PyErr_NewExceptionWithDoc(full, doc, base, NULL);
    if (made != NULL && PyModule_AddObjectRef(module, name, made) < 0)
        Py_CLEAR(made);
    return made;
}

static int
module_exec(PyObject *module)
{
    module_state *state = PyModule_GetState(module);

    if ((state->app_type = type_add(module, &App_spec)) == NULL ||
        (state->record_type = type_add(module, &Record_spec)) == NULL ||
        (state->stream_type = type_add(module, &Stream_spec)) == NULL ||
        (state->core_error = exception_add(module, "CoreError", "(code, message): the core could not do it.", NULL)) ==
            NULL ||
        (state->fork_error =
             exception_add(module, "ForkError", "An open instance was used on the other side of a fork().",
                           PyExc_RuntimeError)) == NULL)
        return -1;
    return PyModule_AddStringConstant(module, "VERSION", CC_VERSION);
}

static int
module_traverse(PyObject *module, visitproc visit, void *arg)
{
    module_state *state = PyModule_GetState(module);

    Py_VISIT(state->app_type);
    Py_VISIT(state->record_type);
    Py_VISIT(state->stream_type);
    Py_VISIT(state->core_error);
    Py_VISIT(state->fork_error);
    return 0;
}

static int
module_clear(PyObject *module)
{
    module_state *state = PyModule_GetState(module);

    Py_CLEAR(state->app_type);
    Py_CLEAR(state->record_type);
    Py_CLEAR(state->stream_type);
    Py_CLEAR(state->core_error);
    Py_CLEAR(state->fork_error);
    return 0;
}

static void
module_free(void *module)
{
    (void)module_clear(module);
}

static PyModuleDef_Slot module_slots[] = {
    {Py_mod_exec, module_exec},
#if !defined(Py_LIMITED_API) && PY_VERSION_HEX >= 0x030C0000
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
#endif
#if !defined(Py_LIMITED_API) && PY_VERSION_HEX >= 0x030D0000
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, NULL},
};

static struct PyModuleDef module_def = {
    PyModuleDef_HEAD_INIT,
    .m_name = "codecourier._core",
    .m_doc = "The CodeCourier core in this process.  Used by codecourier.open(); not meant to be called directly.",
    .m_size = sizeof(module_state),
    .m_methods = module_methods,
    .m_slots = module_slots,
    .m_traverse = module_traverse,
    .m_clear = module_clear,
    .m_free = module_free,
};

PyMODINIT_FUNC
PyInit__core(void)
{
    return PyModuleDef_Init(&module_def);
}
