/*
 * Versioned documents, beyond their routes: the versions that a run begins with, and what they say.
 */
#ifndef CC_DOCUMENTS_H
#define CC_DOCUMENTS_H

#include "gate/request.h"

/* Of their ids; by them a run's documents are told apart. */
#define CC_CONTEXT_PREFIX "ctx_"
#define CC_COMMAND_PREFIX "cmd_"
#define CC_SCRIPT_PREFIX "scr_"
#define CC_SKILL_PREFIX "skl_"
#define CC_LEARNING_PREFIX "lrn_"

/* Of documents that become files of that name. */
#define CC_DOCUMENT_NAME(meaning_, example_)                                                                           \
    CC_F("name", CC_TYPE_LINE, CC_FIELD_REQUIRED, 1, 64, meaning_, .example = example_)
cc_err cc_document_name_check(cc_context *c, const cc_value *name); /* VALIDATION */

/* What a version has beside what its draft was. */
#define CC_VERSION_HEAD                                                                                                \
    CC_F("version", CC_TYPE_INT, CC_FIELD_READ_ONLY, 1, INT32_MAX, "Its number: 1, 2, 3 …", .example = "2"),           \
        CC_F("note", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, CC_NOTE_MAX,                             \
             "What had changed, for people.", .example = "\"British spelling\""),                                      \
        CC_F("publishedAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY, 0, 0, "When it was published.",                          \
             .example = "\"2025-01-15T10:05:12Z\""),                                                                   \
        CC_F("publishedBy", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 0, 200,                                                  \
             "Who published it: the name of the person or key.", .example = "\"Ada\"")
enum { CC_NOTE_MAX = 500 };

/* A document and one of its versions: cc_run's member `documents` is a list of these. */
extern const cc_field cc_document_version_fields[];

/* Inside a transaction: what it says is its version of that number from now on.  note: or NULL. */
cc_err cc_document_keep(cc_context *c, const char *id, int64_t version, const char *note, const char *content);

/* Inside a transaction: what is active in the caller's project now, as that list.  Lives in the arena. */
cc_err cc_documents_active(cc_context *c, const char **json);

/* What that version says; *found false: the document was deleted.  Lives in the arena. */
cc_err cc_document_content(cc_app *app, cc_arena *a, const char *project_id, const char *id, int64_t version,
                           const char **content, bool *found);

/* Of a cc_resource's `prepare`: may it be switched on?  VALIDATION: as much is active as may be. */
cc_err cc_document_prepare(cc_context *c, const char *id, const cc_value *is_enabled);

/* Of its `from_trash`: is there room for it among what is active?  Else CONFLICT. */
cc_err cc_document_from_trash(cc_context *c, cc_value *values, bool back);

/* A cc_resource's `deleted`: what names it does so no more.  And its `purged`: its versions go with it. */
cc_err cc_document_deleted(cc_context *c, const char *id);
cc_err cc_document_purged(cc_context *c, const char *id);

#endif
