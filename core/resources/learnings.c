/*
 * Learnings: what runs have taught, for all that come.  A plain resource whose rows are proposed first, by people or by
 * a session that looked at a run, and given to agents once somebody has approved them.
 *
 * What is approved is kept as a version of a document (documents.c), which never changes: so a run is given the text
 * that was approved when it was asked for.  A learning whose text changes is proposed again.
 */
#include "context/app.h"
#include "context/state.h"
#include "resources/documents.h"
#include "resources/resources.h"

enum { LEARNING_MAX = 16 * 1024 };

static const cc_field fields[] = {
    CC_ROW_HEAD(CC_LEARNING_PREFIX),
    CC_F("title", CC_TYPE_LINE, CC_FIELD_REQUIRED | CC_FIELD_SEARCH, 1, 200, "What is to be known, in a line.",
         .example = "\"The tests need a database of their own\""),
    CC_F("status", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY | CC_FIELD_FILTER, 0, 0,
         "Where it stands; agents are told what is approved.", .choices = cc_learning_statuses,
         .states = &cc_learning_states, .example = "\"" CC_LEARNING_PROPOSED "\""),
    CC_F("runId", CC_TYPE_ID, CC_FIELD_NULLABLE | CC_FIELD_FIXED | CC_FIELD_FILTER, 0, 0, "The run that has taught it.",
         .ref = "run_", .example = "null"),
    CC_F("activeVersion", CC_TYPE_INT, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, INT32_MAX,
         "The version that runs are given; null: none.", .example = "null"),
    CC_F("latestVersion", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, INT32_MAX, "How many versions have been approved so far.",
         .preset = "0", .example = "0"),
    CC_F("content", CC_TYPE_TEXT, CC_FIELD_REQUIRED | CC_FIELD_DETAIL, 1, LEARNING_MAX,
         "What agents are told once it is approved, in Markdown.",
         .example = "\"Start one with make database; tests that share it fail at random.\""),
    CC_ROW_TAIL,
    CC_END,
};

CC_PLAIN(cc_learnings, "/learnings", "learnings", "a learning", "learnings", LEARNINGS);

/* A new one is proposed, and so is one that says something else from now on. */
static cc_err
prepare(cc_context *c, const char *id, cc_value *body)
{
    (void)c;
    if (id && !cc_value_of(fields, body, "title")->present && !cc_value_of(fields, body, "content")->present)
        return CC_OK;
    cc_value_set_text(fields, body, "status", id ? CC_LEARNING_REVISE_TO_NAME : CC_LEARNING_PROPOSE_TO_NAME);
    cc_value_set_text(fields, body, "activeVersion", NULL);
    return CC_OK;
}

const cc_resource cc_learnings = {
    .singular = "learning",
    .table = "learnings",
    .stored = (const char *const[]){"document_versions", "learnings", NULL},
    .prefix = CC_LEARNING_PREFIX,
    .fields = fields,
    .trash = true,
    .meaning = "What a run has taught, for all agents of the project once somebody has approved it.",
    .made = CC_MESSAGE_LEARNING_PROPOSED,
    .prepare = prepare,
    .deleted = cc_document_deleted,
    .purged = cc_document_purged,
};

/* Set what the row is given for good: the next version of the document that it is. */
static cc_err
keep(cc_req *r, cc_value *values)
{
    const int64_t version = cc_value_of(fields, values, "latestVersion")->i + 1;

    cc_value_set_int(fields, values, "activeVersion", version);
    cc_value_set_int(fields, values, "latestVersion", version);
    return cc_document_keep(&r->context, r->id, version, NULL, cc_value_of(fields, values, "content")->s);
}

static cc_err
decide(cc_req *r, const char *action, const char *status, cc_err (*then)(cc_req *r, cc_value *values))
{
    cc_value *values = cc_alloc(r->arena, cc_fields_count(fields) * sizeof(*values));
    cc_err    err;

    if (!values)
        return CC_E_UNAVAILABLE;
    if ((err = cc_resource_read(r, &cc_learnings, r->id, values)) != CC_OK)
        return err;
    if (cc_state_done(&cc_learning_states, action, cc_value_of(fields, values, "status")->s))
        return cc_resource_show(r, &cc_learnings, r->id);
    cc_value_set_text(fields, values, "status", status);
    cc_value_set_text(fields, values, "activeVersion", NULL);
    if (then && (err = then(r, values)) != CC_OK)
        return err;
    return cc_resource_change(r, &cc_learnings, r->id, values);
}

cc_err
cc_learnings_approve(cc_req *r)
{
    return decide(r, "approve", CC_LEARNING_APPROVE_TO_NAME, keep);
}

cc_err
cc_learnings_reject(cc_req *r)
{
    return decide(r, "reject", CC_LEARNING_REJECT_TO_NAME, NULL);
}
