/*
 * What the table needs of each resource: its declaration, and the handlers that are more than rows.
 */
#ifndef CC_RESOURCES_H
#define CC_RESOURCES_H

#include "gate/resource.h"
#include "gate/request.h"
#include "storage/query.h"

/* Characters: an issue from a forge may hold a log of 200,000, and instructions a style guide. */
enum { CC_PROMPT_MAX = 1024 * 1024, CC_INSTRUCTIONS_MAX = 256 * 1024 };

/* Members that every plain row begins and ends with. */
#define CC_ROW_HEAD(prefix)                                                                                            \
    CC_F("id", CC_TYPE_ID, CC_FIELD_READ_ONLY, 0, 0, "Made by the service; sorts by age.", .ref = prefix,              \
         .example = "\"" prefix "0NqT3yKc8ZVbW5aXeRm1Lp\"")
#define CC_ROW_TAIL                                                                                                    \
    CC_F("createdAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY, 0, 0, "When it was made.",                                     \
         .example = "\"2025-01-15T10:04:00Z\""),                                                                       \
        CC_F("updatedAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY, 0, 0, "When it last changed.",                             \
             .example = "\"2025-01-15T10:05:12Z\"")

/* Which of the reasons (context/reasons.h) it is, behind the field `error` with its sentence. */
#define CC_REASON_FIELDS(error)                                                                                        \
    CC_F(error "Code", CC_TYPE_LINE, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 1, 40,                                    \
         "Which of the reasons that is, for programs.", .example = "null"),                                            \
        CC_F(error "Params", CC_TYPE_ANY, CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY, 0, 0,                                \
             "The values in the reason's sentence; one may be a reason itself.", .example = "null")

/* Its three columns in an UPDATE, the parameters for them, and their values; NULL: there is none. */
#define CC_REASON_SET(column) column " = :error, " column "_code = :error_code, " column "_params = :error_params"
#define CC_REASON_PARAMS TEXT(error), TEXT(error_code), TEXT(error_params)
#define CC_THE_REASON(why)                                                                                             \
    .error = (why) ? (why)->text : NULL, .error_code = cc_reason_code_name(why),                                       \
    .error_params = (why) ? (why)->params : NULL

/*
 * What is at a forge has two: why a worker has not done what was asked for, and why it could not look.  Something else
 * may have been asked for meanwhile: then it is not known so far whether that can be done.
 */
#define CC_IF_ASKED(column, value)                                                                                     \
    column " = CASE WHEN pending_action IS NOT NULL AND due_at = :was THEN " value " ELSE " column " END, "
#define CC_FORGE_REASONS_SET                                                                                           \
    CC_IF_ASKED("action_error", ":error")                                                                              \
    CC_IF_ASKED("action_error_code", ":error_code")                                                                    \
    CC_IF_ASKED("action_error_params", ":error_params")                                                                \
    "refresh_error = :refresh_error, refresh_error_code = :refresh_code, refresh_error_params = :refresh_params"
#define CC_FORGE_REASONS_PARAMS CC_REASON_PARAMS, TEXT(refresh_error), TEXT(refresh_code), TEXT(refresh_params)
#define CC_THE_FORGE_REASONS(why, refresh)                                                                             \
    CC_THE_REASON(why), .refresh_error = (refresh) ? (refresh)->text : NULL,                                           \
                        .refresh_code = cc_reason_code_name(refresh),                                                  \
                        .refresh_params = (refresh) ? (refresh)->params : NULL
#define CC_ACTION_REASON_NONE "action_error = NULL, action_error_code = NULL, action_error_params = NULL"

/* service.c */
extern const cc_field cc_health_fields[], cc_whoami_fields[], cc_scope_fields[];
cc_err                cc_health(cc_req *r);
cc_err                cc_openapi_get(cc_req *r);
cc_err                cc_whoami(cc_req *r);
cc_err                cc_scopes_list(cc_req *r);

/* project.c */
extern const cc_resource cc_project, cc_settings;
cc_err                   cc_project_delete(cc_req *r);
bool                     cc_slug_valid(const char *slug);
/* Inside a transaction: others who say so for the same project wait until it has ended, whatever the engine. */
cc_err cc_project_lock(cc_context *c);

/* keys.c */
extern const cc_resource cc_keys;
extern const cc_field    cc_rotate_fields[];
cc_err                   cc_keys_create(cc_req *r);
cc_err                   cc_keys_update(cc_req *r);
cc_err                   cc_keys_revoke(cc_req *r);
cc_err                   cc_keys_rotate(cc_req *r);
/* Inside a transaction: the person's role is now this one, or CC_ROLE_NONE.  End or take over the keys beyond it. */
cc_err cc_keys_leave(cc_req *r, const char *user_id, cc_role role, bool keep);

/* versions.c */
#define CC_VERSION_CURSOR "ver_" /* versions have no ids; cursors of their lists have something like them */
extern const cc_field cc_version_number;

/* workflows.c */
extern const cc_resource cc_workflows;
extern const char *const cc_step_roles[];
extern const cc_field    cc_workflow_version_fields[];
cc_err                   cc_workflow_versions(cc_req *r);
cc_err                   cc_workflow_version(cc_req *r);
cc_err                   cc_workflow_activate(cc_req *r);

/* runs.c */
extern const cc_resource cc_runs;
extern const cc_field    cc_bulk_fields[], cc_step_fields[], cc_event_fields[], cc_event_query[];
/* What names a run in a statement's parameters, and for a call by a context or a request. */
#define CC_RUN_PARAMS TEXT(project_id), TEXT(mode), TEXT(id)
#define CC_RUN_OF(c, run_id)                                                                                           \
    .project_id = (c)->who.project_id, .mode = cc_context_mode(CC_CONTEXT_OF(c)), .id = (run_id)
cc_err cc_event_insert(cc_context *c, const char *run_id, int64_t seq, const char *type, int64_t at, cc_span data);
/* A run is in that state now, as its row says already: the event of it; and if it is over, so are its steps. */
cc_err cc_run_moved(cc_context *c, const char *id, int64_t seq, const char *status);
cc_err cc_runs_list(cc_req *r);
cc_err cc_runs_of_workflow(cc_req *r);
cc_err cc_runs_get(cc_req *r);
cc_err cc_runs_delete(cc_req *r);
cc_err cc_runs_bulk_delete(cc_req *r);
cc_err cc_runs_cancel(cc_req *r);
cc_err cc_runs_pause(cc_req *r);
cc_err cc_runs_resume(cc_req *r);
cc_err cc_runs_stop(cc_req *r);
cc_err cc_runs_steps(cc_req *r);
/*
 * Inside a transaction: what must hold of every new run, whoever starts it, and what it takes from its issue and its
 * workflow.  CONFLICT, VALIDATION: c->message says why it cannot be started; the values are taken all the same.
 */
cc_err cc_run_prepare(cc_context *c, cc_value *values);
/* VALIDATION: one of the branches that it names is none to git. */
cc_err cc_run_branches_check(cc_context *c, cc_value *values);
/* Inside a transaction: number, row, first event and steps of a run whose other values are there.  answer: or NULL. */
cc_err cc_run_insert(cc_context *c, const char *source, cc_value *values, cc_req *answer);
cc_err cc_run_look(cc_req *r, const char *id, char status[16]); /* settles a cancel that is overdue */

/* retry.c */
extern const cc_field cc_retry_fields[];
cc_err                cc_runs_restart(cc_req *r);
cc_err                cc_runs_retry(cc_req *r);
/* The branch of its own that a run works on; '/' or, where nothing may be below cc/, '-' between. */
const char *cc_run_branch(cc_arena *a, const char *id, int64_t number, char between);

/* pulls.c */
extern const cc_resource cc_pulls;
extern const cc_field    cc_pull_merge_fields[], cc_pull_fix_fields[];
cc_err                   cc_pulls_refresh(cc_req *r);
cc_err                   cc_pulls_merge(cc_req *r);
cc_err                   cc_pulls_close(cc_req *r);
cc_err                   cc_pulls_fix(cc_req *r);

/* branches.c */
extern const cc_resource cc_branches;
cc_err                   cc_branches_refresh(cc_req *r);
cc_err                   cc_branches_delete(cc_req *r);

/* issues.c, forge_issues.c */
#define CC_ISSUE_CREATED "created"
#define CC_ISSUE_IMPORTED "imported"
#define CC_ISSUE_DISCOVERED "discovered"
extern const cc_resource cc_issues;
extern const char *const cc_issue_priorities[], *const cc_issue_kinds[];
extern const cc_field cc_issue_import_fields[];
cc_err                cc_issues_import(cc_req *r);

/* webhooks.c */
extern const cc_resource cc_webhooks;
extern const cc_field    cc_delivery_fields[], cc_delivery_query[], cc_delivery_id;
cc_err                   cc_webhooks_create(cc_req *r);
cc_err                   cc_webhooks_delete(cc_req *r);
cc_err                   cc_webhooks_rotate(cc_req *r);
cc_err                   cc_webhooks_test(cc_req *r);
cc_err                   cc_webhooks_deliveries(cc_req *r);
cc_err                   cc_webhooks_replay(cc_req *r);

/* trash.c */
extern const cc_field cc_trash_fields[], cc_trash_query[], cc_trash_empty_fields[], cc_trash_emptied_fields[];
cc_err                cc_trash_list(cc_req *r);
cc_err                cc_trash_restore(cc_req *r);
cc_err                cc_trash_delete(cc_req *r);
cc_err                cc_trash_empty(cc_req *r);
/* For a worker, whose lock is held: what has been there for longer than trashDays goes.  true: there is more of it. */
bool cc_trash_thin(cc_app *app);

/* notifications.c */
extern const cc_field cc_notification_query[], cc_notification_fields[], cc_unread_fields[], cc_marked_fields[];
cc_err                cc_notifications_list(cc_req *r);
cc_err                cc_notifications_unread(cc_req *r);
cc_err                cc_notifications_read(cc_req *r);
cc_err                cc_notifications_read_all(cc_req *r);
cc_err                cc_notifications_dismiss(cc_req *r);
/* One that this person, as whom `c` acts, sees under /notifications and has not read. */
typedef struct cc_noticed {
    const char *type, *about_id, *run_id, *name, *project; /* run_id, name: NULL as there */
    int64_t     created_at;
} cc_noticed;

cc_err cc_notification_unread(cc_context *c, const char *id, cc_noticed *out, bool *found);
/* For a worker, whose lock is held: those older than notificationDays go.  true: there are more of them. */
bool cc_notifications_thin(cc_app *app);

/* provider_keys.c */
extern const cc_field cc_provider_key_fields[], cc_provider_key_body[], cc_provider_key_gone[], cc_provider_name;
cc_err                cc_provider_keys_list(cc_req *r);
cc_err                cc_provider_keys_get(cc_req *r);
cc_err                cc_provider_keys_set(cc_req *r);
cc_err                cc_provider_keys_delete(cc_req *r);
cc_err                cc_provider_keys_test(cc_req *r);

/* forge_hook.c */
extern const cc_field cc_credentials_body[], cc_credentials_answer[];
cc_err                cc_credentials_before_tx(cc_req *r);
cc_err                cc_credentials_revoke(cc_req *r);
cc_err                cc_key_revoke(cc_req *r, const char *id); /* of the caller's project; twice is once */
extern const cc_field cc_mcp_query[];
cc_err                cc_mcp(cc_req *r);
extern const cc_field cc_hook_answer[];
cc_err                cc_forge_hook(cc_req *r);

/* artifact_files.c */
extern const cc_field cc_artifact_fields[], cc_artifact_name;
cc_err                cc_runs_artifacts(cc_req *r);
cc_err                cc_runs_artifact(cc_req *r);

/* changes.c */
extern const cc_field cc_changes_query[], cc_changes_fields[];
cc_err                cc_runs_changes(cc_req *r);

/* comparison.c */
extern const cc_field cc_comparison_fields[], cc_comparison_other;
cc_err                cc_runs_compare(cc_req *r);

/* metrics.c */
cc_err cc_metrics_get(cc_req *r);

/* events.c */
cc_err cc_runs_events(cc_req *r);

/* project_events.c */
extern const cc_field cc_change_query[], cc_change_fields[];
cc_err                cc_project_events(cc_req *r);

/* follow.c */
/* As cc_response_more and its like in codecourier.h, which hold the lock; `holds`: it may not wait. */
bool cc_events_more(cc_req *r, bool holds);
bool cc_events_due(const cc_req *r);
void cc_events_conclude(cc_req *r);
void cc_events_end(cc_req *r); /* nobody listens any more */

/* session.c */
extern const cc_field cc_sign_in_fields[], cc_rename_fields[], cc_password_fields[], cc_invited_fields[];
extern const cc_field cc_accept_fields[], cc_invited_answer[], cc_ended_fields[], cc_session_fields[];
cc_err                cc_sign_in_before_tx(cc_req *r);
cc_err                cc_sign_in(cc_req *r);
cc_err                cc_session_get(cc_req *r);
cc_err                cc_session_rename(cc_req *r);
cc_err                cc_sign_out(cc_req *r);
cc_err                cc_sign_out_everywhere(cc_req *r);
cc_err                cc_password_before_tx(cc_req *r);
cc_err                cc_password_change(cc_req *r);
cc_err                cc_invited_before_tx(cc_req *r);
cc_err                cc_invited(cc_req *r);
cc_err                cc_accept_before_tx(cc_req *r);
cc_err                cc_accept(cc_req *r);

/* members.c */
extern const cc_resource cc_members, cc_invitations;
extern const cc_field    cc_leaving_query[];
cc_err                   cc_member_insert(cc_app *app, const char *project_id, const char *user_id, cc_role role);
cc_err                   cc_members_update(cc_req *r);
cc_err                   cc_members_delete(cc_req *r);
cc_err                   cc_members_leave(cc_req *r);
cc_err                   cc_invitations_create(cc_req *r);

/* projects.c */
extern const cc_field cc_project_new_fields[];
cc_err                cc_projects_create(cc_req *r);
cc_err                cc_project_make(cc_app *app, const char *name, const char *slug, bool examples,
                                      cc_project_info *out); /* admin.c */

/* analytics.c */
extern const cc_field cc_analytics_query[], cc_analytics_runs_query[], cc_analytics_days_query[];
extern const cc_field cc_analytics_fields[], cc_analytics_runs_fields[];
cc_err                cc_analytics_summary(cc_req *r);
cc_err                cc_analytics_of_workflow(cc_req *r);
cc_err                cc_analytics_of_persona(cc_req *r);
cc_err                cc_analytics_runs(cc_req *r);

/* What is asked of a run that no request starts.  NULL: not said; what its issue or its workflow says holds then. */
typedef struct cc_run_wish {
    const char *source; /* "scheduled", "sprint" or "issue" */
    const char *workflow_id, *issue_id, *chain_id, *name, *prompt;
} cc_run_wish;

/*
 * Inside a transaction: start it, as POST /runs does, for whoever the context acts as.  *id lies in its arena.
 * NOT_FOUND, CONFLICT: c->message says what is not there, or cannot be started.
 */
cc_err cc_run_start(cc_context *c, const cc_run_wish *wish, const char **id);
/* Inside a transaction: cancel a run, if there is one to cancel. */
cc_err cc_run_cancel(cc_context *c, const char *id);
/* How long after a cancel its run counts as cancelled, worker or not. */
int64_t cc_cancel_grace_ms(cc_app *app);

/*
 * A deadline of a cancel that lies further ahead was set before the clock was set back, and counts as past.  It is
 * later than a cancel of just now can be over, because who asks may have looked at the clock before the other one did.
 */
int64_t cc_cancel_latest(cc_app *app, int64_t now);

/* chains.c */
extern const cc_resource cc_chains;
cc_err                   cc_chains_cancel(cc_req *r);
cc_err                   cc_chains_resume(cc_req *r);
bool cc_chains_continue(cc_app *app); /* start what comes next; for a worker, whose lock is held.  Was there any? */

/*
 * documents.c: the handlers of every kind of versioned document, and what such a document has beside its name and its
 * draft.
 */
#define CC_DOCUMENT_FIELDS                                                                                             \
    CC_F("description", CC_TYPE_TEXT, CC_FIELD_NULLABLE, 0, 2000, "What it is for; for people, never in a prompt.",    \
         .example = "\"How we write and what nobody touches.\""),                                                      \
        CC_F("activeVersion", CC_TYPE_INT, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, INT32_MAX,                       \
             "The version that runs are given; null: none.", .example = "null"),                                       \
        CC_F("latestVersion", CC_TYPE_INT, CC_FIELD_READ_ONLY, 0, INT32_MAX,                                           \
             "The newest version; 0: it was never published.", .preset = "0", .example = "0"),                         \
        CC_F("isEnabled", CC_TYPE_BOOL, CC_FIELD_FILTER, 0, 0,                                                         \
             "Whether runs are given its active version; a switch that leaves the versions alone.", .preset = "true",  \
             .example = "true")
extern const cc_field cc_publish_fields[], cc_version_fields[], cc_skill_version_fields[];
cc_err                cc_document_publish(cc_req *r);
cc_err                cc_document_versions(cc_req *r);
cc_err                cc_document_version(cc_req *r);
cc_err                cc_document_activate(cc_req *r);
cc_err                cc_document_deactivate(cc_req *r);

/* sessions.c, questions.c */
enum { CC_SESSION_RUNS = 8, CC_SESSION_SUBJECTS = 20 /* runs that one compares; questions that it answers; at most */ };
enum { CC_CANDIDATES_LEAST = 2 };
extern const cc_resource cc_sessions, cc_questions;
cc_err                   cc_sessions_create(cc_req *r);
cc_err                   cc_sessions_cancel(cc_req *r);
cc_err                   cc_questions_approve(cc_req *r);
cc_err                   cc_questions_dismiss(cc_req *r);

/* learnings.c */
extern const cc_resource cc_learnings;
cc_err                   cc_learnings_approve(cc_req *r);
cc_err                   cc_learnings_reject(cc_req *r);

/* schedules.c */
extern const cc_resource cc_schedules;
/* Inside a transaction that took rights from that actor: stop his schedules, if they cannot go on without them. */
cc_err cc_schedules_review(cc_context *c, const char *actor);
/* For a worker, whose lock is held. */
void cc_schedules_start(cc_app *app); /* start what is due */
void cc_schedules_mend(cc_app *app);  /* after the clock was set back: count anew when they are due */

/* budget.c */
extern const cc_resource cc_budget;
cc_err                   cc_budget_get(cc_req *r);

/* usage.c */
extern const cc_field cc_usage_query[], cc_usage_fields[];
cc_err                cc_usage(cc_req *r);

/* rates.c */
extern const cc_resource cc_rates;
cc_err                   cc_rates_list(cc_req *r);
cc_err                   cc_rates_get(cc_req *r);
cc_err                   cc_rates_set(cc_req *r);
cc_err                   cc_rates_update(cc_req *r);
cc_err                   cc_rates_delete(cc_req *r);

/* history.c */
extern const cc_resource cc_history;

/*
 * A plain resource: its declaration and this line, from which routes.c makes its five routes (core/gather.sh hands it
 * on).
 *
 *   CC_PLAIN(cc_personas, "/personas", "personas", "a persona", "personas", PERSONAS);
 *            its cc_resource, its path, the group of its operations, one and many of them in words, its scopes
 */
#define CC_PLAIN(res, path, group, one, many, SCOPE) extern const cc_resource res

#endif
