/*
 * THE table: every route there is.  Dispatch, checks, OpenAPI, the reference, the clients and the tests are read off
 * it; there is no second list of paths anywhere.
 *
 * A new feature starts as a new row.  A plain resource has none here: its declaration in resources/ says CC_PLAIN.
 */
#include "routes.h"

#include <stdio.h>
#include <stdlib.h>

#include "context/settings.h"
#include "engine/dry.h"
#include "gate/gate.h"
#include "gate/openapi.h"
#include "resources/candidates.h"
#include "resources/gathered.h"
#include "resources/resources.h"
#include "resources/gathered.h"
#include "resources/sandboxes.h"

#define X(res, ...) extern const cc_resource res;
CC_PLAIN_RESOURCES(X)
#undef X

/* Named initialisers, so that a row says only what it has. */
#define ROW(method_, path_, scope_, handler_, ...)                                                                     \
    {                                                                                                                  \
        .method = CC_##method_, .path = path_, .scope = CC_SCOPE_##scope_, .handler = handler_, __VA_ARGS__            \
    }

#define E(name) CC_ERROR_BIT(name)

/* The six routes of a plain resource, each but the one for several with its older name. */
#define PLAIN(res, path, op, one, many, SCOPE)                                                                         \
    ROW(GET, path, SCOPE##_READ, cc_resource_list, .resource = &res, .flags = CC_ROUTE_LISTED | CC_ROUTE_CURSOR,       \
        .operation = op ".list", .summary = "List " many ", newest first.", .alias = {"GET " path "/list"}),           \
        ROW(POST, path, SCOPE##_WRITE, cc_resource_create, .resource = &res, .flags = CC_ROUTE_CREATED,                \
            .operation = op ".create", .summary = "Make " one ".", .alias = {"POST " path "/create"}),                 \
        ROW(POST, path "/bulk-delete", SCOPE##_WRITE, cc_resource_bulk_delete, .resource = &res,                       \
            .body = cc_bulk_ids, .answer = cc_bulk_answer, .flags = CC_ROUTE_LISTED, .operation = op ".bulkDelete",    \
            .summary = "Delete several " many "; the answer says how each one fared."),                                \
        ROW(GET, path "/{id}", SCOPE##_READ, cc_resource_get, .resource = &res, .errors = E(NOT_FOUND),                \
            .operation = op ".get", .summary = "Read " one ".", .alias = {"GET " path "/get"}),                        \
        ROW(PATCH, path "/{id}", SCOPE##_WRITE, cc_resource_update, .resource = &res,                                  \
            .errors = E(NOT_FOUND) | E(PRECONDITION_FAILED), .operation = op ".update",                                \
            .summary = "Change " one "; members left out stay as they are.", .alias = {"POST " path "/update"}),       \
        ROW(DELETE, path "/{id}", SCOPE##_WRITE, cc_resource_delete, .resource = &res, .answer = cc_deleted_fields,    \
            .errors = E(NOT_FOUND) | E(PRECONDITION_FAILED), .operation = op ".delete",                                \
            .summary = "Delete " one ".", .alias = {"POST " path "/delete"})

#define DUPLICATE(res, path, op, one, SCOPE)                                                                           \
    ROW(POST, path "/{id}/duplicate", SCOPE##_WRITE, cc_resource_duplicate, .resource = &res,                          \
        .body = cc_duplicate_fields, .flags = CC_ROUTE_CREATED, .errors = E(NOT_FOUND), .operation = op ".duplicate",  \
        .summary = "Copy " one ".", .alias = {"POST " path "/duplicate"})

/* What a kind of versioned document has beside the routes of a plain resource. */
#define VERSIONED(res, path, op, one, SCOPE, shape)                                                                    \
    ROW(POST, path "/{id}/publish", SCOPE##_WRITE, cc_document_publish, .resource = &res, .body = cc_publish_fields,   \
        .operation = op ".publish", .errors = E(NOT_FOUND) | E(CONFLICT),                                              \
        .summary = "Make the draft of " one " its next version, and that the active one."),                            \
        ROW(POST, path "/{id}/deactivate", SCOPE##_WRITE, cc_document_deactivate, .resource = &res,                    \
            .body = cc_no_fields, .operation = op ".deactivate", .errors = E(NOT_FOUND),                               \
            .summary = "Leave " one " without an active version; its versions stay."),                                 \
        ROW(GET, path "/{id}/versions", SCOPE##_READ, cc_document_versions, .resource = &res,                          \
            .answer = shape, .pages_by = CC_VERSION_CURSOR, .flags = CC_ROUTE_LISTED | CC_ROUTE_CURSOR,                \
            .operation = op ".versions", .errors = E(NOT_FOUND),                                                       \
            .summary = "List the versions of " one ", newest first."),                                                 \
        ROW(GET, path "/{id}/versions/{version}", SCOPE##_READ, cc_document_version, .resource = &res,                 \
            .part = &cc_version_number, .answer = shape, .operation = op ".version",                                   \
            .errors = E(NOT_FOUND), .summary = "Read one version of " one "."),                                        \
        ROW(POST, path "/{id}/versions/{version}/activate", SCOPE##_WRITE, cc_document_activate, .resource = &res,     \
            .part = &cc_version_number, .body = cc_no_fields, .operation = op ".activate",                             \
            .errors = E(NOT_FOUND) | E(CONFLICT), .summary = "Make one of its versions the active one of " one ".")

const cc_route cc_routes[] = {
    ROW(GET, "/health", NONE, cc_health, .answer = cc_health_fields, .flags = CC_ROUTE_WAITS, .operation = "health",
        .summary = "Is the service up, and can it reach its storage?"),
    ROW(GET, "/metrics", NONE, cc_metrics_get, .flags = CC_ROUTE_OWN_BODY | CC_ROUTE_NO_DB | CC_ROUTE_FILE,
        .operation = "metrics", .errors = E(NOT_FOUND) | E(AUTH_MISSING) | E(AUTH_INVALID),
        .summary = "What a monitoring system asks for, in the text form of Prometheus; opened by the setting metricsToken."),
    ROW(GET, "/openapi.json", NONE, cc_openapi_get, .flags = CC_ROUTE_OWN_BODY | CC_ROUTE_NO_DB, .operation = "openapi",
        .summary = "This description of the API, as OpenAPI 3.1."),
    ROW(GET, "/whoami", ANY, cc_whoami, .answer = cc_whoami_fields, .operation = "whoami",
        .summary = "Which key is this, and what may it do?"),
    ROW(GET, "/scopes", ANY, cc_scopes_list, .answer = cc_scope_fields, .flags = CC_ROUTE_LISTED,
        .operation = "scopes.list",
        .summary = "The catalogue of scopes, with what each includes."),

    ROW(POST, "/mcp", ANY, cc_mcp, .query = cc_mcp_query, .body = cc_no_fields,
        .flags = CC_ROUTE_RELAYS | CC_ROUTE_ANY_BODY | CC_ROUTE_OWN_BODY | CC_ROUTE_SILENT | CC_ROUTE_WAITS,
        .operation = "mcp",
        .summary = "The Model Context Protocol over Streamable HTTP: every operation that the key may call, as a tool."),

    ROW(POST, "/credentials/revoke", NONE, cc_credentials_revoke, .before_tx = cc_credentials_before_tx,
        .body = cc_credentials_body, .answer = cc_credentials_answer, .flags = CC_ROUTE_TAKEN | CC_ROUTE_SILENT,
        .operation = "credentials.revoke", .errors = E(RATE_LIMITED),
        .summary = "Revoke keys that were found where they should not be: whoever has a key may end it, without "
                   "signing in."),

    ROW(POST, "/session", NONE, cc_sign_in, .before_tx = cc_sign_in_before_tx, .body = cc_sign_in_fields,
        .answer = cc_session_fields, .flags = CC_ROUTE_CREATED, .operation = "session.create",
        .errors = E(AUTH_INVALID) | E(FORBIDDEN) | E(RATE_LIMITED),
        .summary = "Sign in with e-mail address and password; sets the session's cookie."),
    ROW(GET, "/session", ANY, cc_session_get, .answer = cc_session_fields, .flags = CC_ROUTE_PERSON,
        .operation = "session.get", .summary = "Who is signed in, where, and what may they do?"),
    ROW(PATCH, "/session", ANY, cc_session_rename, .body = cc_rename_fields, .answer = cc_session_fields,
        .flags = CC_ROUTE_PERSON, .operation = "session.update", .summary = "Change the own name, or what is told by e-mail."),
    ROW(DELETE, "/session", ANY, cc_sign_out, .answer = cc_deleted_fields, .flags = CC_ROUTE_PERSON,
        .operation = "session.delete", .summary = "Sign out: end this session."),
    ROW(DELETE, "/session/all", ANY, cc_sign_out_everywhere, .answer = cc_ended_fields, .flags = CC_ROUTE_PERSON,
        .operation = "session.deleteAll", .summary = "Sign out everywhere: end all sessions of this person."),
    ROW(DELETE, "/session/membership", ANY, cc_members_leave, .answer = cc_deleted_fields, .flags = CC_ROUTE_PERSON,
        .operation = "session.leave",
        .errors = E(NOT_FOUND) | E(CONFLICT),
        .summary = "Leave the project that X-Project names."),
    ROW(POST, "/session/password", ANY, cc_password_change, .before_tx = cc_password_before_tx, .body = cc_password_fields,
        .answer = cc_session_fields, .flags = CC_ROUTE_PERSON, .operation = "session.password",
        .errors = E(CONFLICT),
        .summary = "Change the own password; ends all other sessions of this person."),
    ROW(POST, "/session/invitation", NONE, cc_invited, .before_tx = cc_invited_before_tx, .body = cc_invited_fields,
        .answer = cc_invited_answer, .flags = CC_ROUTE_SILENT, .operation = "session.invitation",
        .errors = E(NOT_FOUND) | E(FORBIDDEN) | E(RATE_LIMITED),
        .summary = "What does this invitation say?"),
    ROW(POST, "/session/accept-invitation", NONE, cc_accept, .before_tx = cc_accept_before_tx, .body = cc_accept_fields,
        .answer = cc_session_fields, .flags = CC_ROUTE_CREATED, .operation = "session.accept",
        .errors = E(NOT_FOUND) | E(CONFLICT) | E(AUTH_INVALID) | E(FORBIDDEN) | E(RATE_LIMITED),
        .summary = "Take up an invitation: become a member, with a new account if need be, and sign in."),

    ROW(POST, "/projects", ANY, cc_projects_create, .resource = &cc_project, .body = cc_project_new_fields,
        .flags = CC_ROUTE_CREATED | CC_ROUTE_PERSON, .operation = "projects.create",
        .errors = E(CONFLICT),
        .summary = "Make another project and become its owner."),
    ROW(GET, "/project", PROJECTS_READ, cc_resource_get, .resource = &cc_project, .operation = "project.get",
        .summary = "Read the key's project."),
    ROW(PATCH, "/project", PROJECTS_WRITE, cc_resource_update, .resource = &cc_project, .operation = "project.update",
        .errors = E(CONFLICT) | E(PRECONDITION_FAILED),
        .summary = "Change the project; members left out stay as they are.", .alias = {"POST /project/update"}),
    ROW(DELETE, "/project", PROJECTS_WRITE, cc_project_delete, .answer = cc_deleted_fields,
        .flags = CC_ROUTE_OWNER | CC_ROUTE_LAST, .operation = "project.delete",
        .errors = E(PRECONDITION_FAILED),
        .summary = "Delete the project and everything in it, this key included.",
        .alias = {"POST /project/delete"}),
    ROW(GET, "/project/settings", PROJECTS_READ, cc_resource_get, .resource = &cc_settings,
        .operation = "project.settings.get", .summary = "Read the project's settings; secrets show their last four."),
    ROW(PATCH, "/project/settings", PROJECTS_WRITE, cc_resource_update, .resource = &cc_settings,
        .operation = "project.settings.update",
        .errors = E(PRECONDITION_FAILED),
        .summary = "Change settings; members left out stay as they are.",
        .alias = {"POST /project/settings/update"}),

    ROW(GET, "/project/budget", PROJECTS_READ, cc_budget_get, .resource = &cc_budget, .operation = "project.budget.get",
        .summary = "Read the project's budget, and what of it is spent."),
    ROW(PATCH, "/project/budget", PROJECTS_WRITE, cc_resource_update, .resource = &cc_budget,
        .operation = "project.budget.update", .errors = E(PRECONDITION_FAILED),
        .summary = "Change the budget; members left out stay as they are."),

    ROW(GET, "/project/provider-keys", PROJECTS_READ, cc_provider_keys_list, .answer = cc_provider_key_fields,
        .flags = CC_ROUTE_LISTED, .operation = "project.providerKeys.list",
        .summary = "List the project's keys for the services of others; they show their last four."),
    ROW(GET, "/project/provider-keys/{provider}", PROJECTS_READ, cc_provider_keys_get, .part = &cc_provider_name,
        .answer = cc_provider_key_fields, .operation = "project.providerKeys.get", .errors = E(NOT_FOUND),
        .summary = "Read about a provider's key."),
    ROW(PUT, "/project/provider-keys/{provider}", PROJECTS_WRITE, cc_provider_keys_set, .part = &cc_provider_name,
        .body = cc_provider_key_body, .answer = cc_provider_key_fields, .operation = "project.providerKeys.set",
        .errors = E(NOT_FOUND),
        .summary = "Set a provider's key, in place of the one there is."),
    ROW(DELETE, "/project/provider-keys/{provider}", PROJECTS_WRITE, cc_provider_keys_delete,
        .part = &cc_provider_name, .answer = cc_provider_key_gone, .operation = "project.providerKeys.delete",
        .errors = E(NOT_FOUND),
        .summary = "Delete a provider's key."),
    ROW(POST, "/project/provider-keys/{provider}/test", PROJECTS_WRITE, cc_provider_keys_test,
        .part = &cc_provider_name, .body = cc_no_fields, .answer = cc_provider_key_fields,
        .operation = "project.providerKeys.test", .errors = E(NOT_FOUND),
        .summary = "Have a worker ask the provider whether it takes the key; what it finds stands in `status`."),

    ROW(GET, "/cost-rates", PROJECTS_READ, cc_rates_list, .resource = &cc_rates,
        .flags = CC_ROUTE_LISTED | CC_ROUTE_CURSOR, .operation = "costRates.list",
        .summary = "List cost rates: the project's own, newest first, then those that are shipped."),
    ROW(POST, "/cost-rates", PROJECTS_WRITE, cc_rates_set, .resource = &cc_rates, .flags = CC_ROUTE_CREATED,
        .operation = "costRates.set",
        .summary = "Set a cost rate; one of the same service, model, metric and time is replaced.",
        .alias = {"POST /cost-rates/upsert"}),
    ROW(GET, "/cost-rates/{id}", PROJECTS_READ, cc_rates_get, .resource = &cc_rates, .operation = "costRates.get",
        .errors = E(NOT_FOUND),
        .summary = "Read a cost rate."),
    ROW(PATCH, "/cost-rates/{id}", PROJECTS_WRITE, cc_rates_update, .resource = &cc_rates,
        .operation = "costRates.update", .errors = E(NOT_FOUND) | E(CONFLICT) | E(PRECONDITION_FAILED),
        .summary = "Change a cost rate; members left out stay as they are."),
    ROW(DELETE, "/cost-rates/{id}", PROJECTS_WRITE, cc_rates_delete, .resource = &cc_rates,
        .answer = cc_deleted_fields, .operation = "costRates.delete",
        .errors = E(NOT_FOUND) | E(CONFLICT) | E(PRECONDITION_FAILED),
        .summary = "Delete a cost rate."),

    ROW(GET, "/project/api-keys", KEYS_READ, cc_resource_list, .resource = &cc_keys,
        .flags = CC_ROUTE_LISTED | CC_ROUTE_CURSOR,
        .operation = "keys.list", .summary = "List keys, newest first."),
    ROW(POST, "/project/api-keys", KEYS_WRITE, cc_keys_create, .resource = &cc_keys, .flags = CC_ROUTE_CREATED,
        .operation = "keys.create", .summary = "Make a key; its secret is shown this once.",
        .alias = {"POST /project/api-keys/generate"}),
    ROW(GET, "/project/api-keys/{id}", KEYS_READ, cc_resource_get, .resource = &cc_keys, .operation = "keys.get",
        .errors = E(NOT_FOUND),
        .summary = "Read a key, without its secret."),
    ROW(PATCH, "/project/api-keys/{id}", KEYS_WRITE, cc_keys_update, .resource = &cc_keys, .operation = "keys.update",
        .errors = E(NOT_FOUND) | E(CONFLICT) | E(PRECONDITION_FAILED),
        .summary = "Change a key's name, scopes, expiry, networks or limit; its secret stays."),
    ROW(DELETE, "/project/api-keys/{id}", KEYS_WRITE, cc_keys_revoke, .resource = &cc_keys, .operation = "keys.revoke",
        .errors = E(NOT_FOUND) | E(PRECONDITION_FAILED),
        .summary = "Revoke a key at once."),
    ROW(POST, "/project/api-keys/{id}/rotate", KEYS_WRITE, cc_keys_rotate, .resource = &cc_keys,
        .body = cc_rotate_fields, .flags = CC_ROUTE_ENDS | CC_ROUTE_CREATED, .operation = "keys.rotate",
        .errors = E(NOT_FOUND) | E(CONFLICT) | E(PRECONDITION_FAILED),
        .summary = "Make a new key with the same settings; the old one lives on for an overlap."),

    PLAIN(cc_workflows, "/workflows", "workflows", "a workflow", "workflows", WORKFLOWS),
    DUPLICATE(cc_workflows, "/workflows", "workflows", "a workflow", WORKFLOWS),
    ROW(GET, "/workflows/{id}/versions", WORKFLOWS_READ, cc_workflow_versions, .resource = &cc_workflows,
        .answer = cc_workflow_version_fields, .pages_by = CC_VERSION_CURSOR,
        .flags = CC_ROUTE_LISTED | CC_ROUTE_CURSOR, .operation = "workflows.versions", .errors = E(NOT_FOUND),
        .summary = "List the versions of a workflow, newest first."),
    ROW(GET, "/workflows/{id}/versions/{version}", WORKFLOWS_READ, cc_workflow_version, .resource = &cc_workflows,
        .part = &cc_version_number, .answer = cc_workflow_version_fields, .operation = "workflows.version",
        .errors = E(NOT_FOUND), .summary = "Read one version of a workflow."),
    ROW(POST, "/workflows/{id}/versions/{version}/activate", WORKFLOWS_WRITE, cc_workflow_activate,
        .resource = &cc_workflows, .part = &cc_version_number, .body = cc_no_fields,
        .operation = "workflows.activate", .errors = E(NOT_FOUND),
        .summary = "Go back to an earlier version of a workflow, or forward again."),
    ROW(POST, "/workflows/{id}/run-dry", WORKFLOWS_READ, cc_workflows_run_dry, .also = CC_BIT(RUNS_WRITE),
        .resource = &cc_runs, .path_gives = "workflowId", .answer = cc_dry_fields, .flags = CC_ROUTE_SILENT,
        .operation = "workflows.runDry",
        .errors = E(NOT_FOUND),
        .summary = "Say what a run of a workflow would do, and what stands in its way; nothing is started."),
    ROW(GET, "/workflows/{id}/runs", RUNS_READ, cc_runs_of_workflow, .resource = &cc_runs, .path_gives = "workflowId",
        .flags = CC_ROUTE_LISTED | CC_ROUTE_CURSOR, .operation = "workflows.runs",
        .errors = E(NOT_FOUND),
        .summary = "List a workflow's runs, newest first.", .alias = {"GET /workflows/runs"}),

    ROW(GET, "/runs", RUNS_READ, cc_runs_list, .resource = &cc_runs, .flags = CC_ROUTE_LISTED | CC_ROUTE_CURSOR,
        .operation = "runs.list", .summary = "List runs, newest first.", .alias = {"GET /runs/list"}),
    ROW(POST, "/runs", RUNS_WRITE, cc_runs_start, .resource = &cc_runs, .flags = CC_ROUTE_CREATED,
        .operation = "runs.start",
        .hint = "Answers at once, with the run still pending: follow it with runs_events.",
        .errors = E(CONFLICT),
        .summary = "Start a run of a workflow.", .alias = {"POST /runs/start"}),
    ROW(POST, "/runs/bulk-delete", RUNS_WRITE, cc_runs_bulk_delete, .body = cc_bulk_fields, .answer = cc_bulk_answer,
        .flags = CC_ROUTE_LISTED, .operation = "runs.bulkDelete", .summary = "Delete several finished runs."),
    ROW(GET, "/runs/{id}", RUNS_READ, cc_runs_get, .resource = &cc_runs, .operation = "runs.get",
        .hint = "status, currentStepLabel, error and prUrl say how it stands.",
        .errors = E(NOT_FOUND),
        .summary = "Read a run.", .alias = {"GET /runs/get"}),
    ROW(PATCH, "/runs/{id}", RUNS_WRITE, cc_resource_update, .resource = &cc_runs, .operation = "runs.update",
        .errors = E(NOT_FOUND) | E(PRECONDITION_FAILED),
        .summary = "Rename a run."),
    ROW(DELETE, "/runs/{id}", RUNS_WRITE, cc_runs_delete, .answer = cc_deleted_fields, .operation = "runs.delete",
        .errors = E(NOT_FOUND) | E(CONFLICT) | E(PRECONDITION_FAILED),
        .summary = "Delete a finished run, its steps and events."),
    ROW(POST, "/runs/{id}/cancel", RUNS_CANCEL, cc_runs_cancel, .resource = &cc_runs, .body = cc_no_fields,
        .flags = CC_ROUTE_ENDS, .operation = "runs.cancel",
        .errors = E(NOT_FOUND) | E(CONFLICT),
        .summary = "Cancel a run."),
    ROW(POST, "/runs/{id}/pause", RUNS_WRITE, cc_runs_pause, .resource = &cc_runs, .body = cc_no_fields,
        .operation = "runs.pause",
        .errors = E(NOT_FOUND) | E(CONFLICT),
        .summary = "Pause a running run."),
    ROW(POST, "/runs/{id}/resume", RUNS_WRITE, cc_runs_resume, .resource = &cc_runs, .body = cc_no_fields,
        .operation = "runs.resume",
        .errors = E(NOT_FOUND) | E(CONFLICT),
        .summary = "Resume a paused run."),
    ROW(POST, "/runs/{id}/restart", RUNS_WRITE, cc_runs_restart, .resource = &cc_runs, .body = cc_no_fields,
        .flags = CC_ROUTE_CREATED, .operation = "runs.restart",
        .errors = E(NOT_FOUND) | E(CONFLICT),
        .summary = "Start a finished run again, as a new run."),
    ROW(POST, "/runs/{id}/retry", RUNS_WRITE, cc_runs_retry, .resource = &cc_runs, .body = cc_retry_fields,
        .flags = CC_ROUTE_CREATED, .operation = "runs.retry",
        .errors = E(NOT_FOUND) | E(CONFLICT),
        .summary = "Go on with a finished run from one of its steps, as a new run."),
    ROW(POST, "/runs/{id}/stop", RUNS_WRITE, cc_runs_stop, .resource = &cc_runs, .body = cc_no_fields,
        .flags = CC_ROUTE_ENDS, .operation = "runs.stop",
        .errors = E(NOT_FOUND) | E(CONFLICT),
        .summary = "Stop a run after its current step."),
    ROW(POST, "/runs/{id}/choose", RUNS_WRITE, cc_runs_choose, .resource = &cc_runs, .body = cc_no_fields,
        .operation = "runs.choose",
        .errors = E(NOT_FOUND) | E(CONFLICT),
        .summary = "Choose one of several candidates: it gets the pull request."),
    ROW(GET, "/runs/{id}/steps", RUNS_READ, cc_runs_steps, .answer = cc_step_fields, .flags = CC_ROUTE_LISTED,
        .operation = "runs.steps",
        .errors = E(NOT_FOUND),
        .summary = "List a run's steps, in order."),
    ROW(GET, "/runs/{id}/changes", RUNS_READ, cc_runs_changes, .query = cc_changes_query, .answer = cc_changes_fields,
        .operation = "runs.changes",
        .hint = "Shows what a run has done, while it runs and after.",
        .errors = E(NOT_FOUND) | E(CONFLICT),
        .summary = "Show what a run has changed so far, file by file."),
    ROW(GET, "/runs/{id}/comparison/{other}", RUNS_READ, cc_runs_compare, .part = &cc_comparison_other,
        .answer = cc_comparison_fields, .operation = "runs.compare", .errors = E(NOT_FOUND),
        .summary = "Compare two runs: how each went, what it cost, and which files both changed, and alike."),
    ROW(GET, "/runs/{id}/artifacts", RUNS_READ, cc_runs_artifacts, .answer = cc_artifact_fields, .pages_by = "art_",
        .flags = CC_ROUTE_LISTED | CC_ROUTE_CURSOR, .operation = "runs.artifacts",
        .errors = E(NOT_FOUND),
        .summary = "List the files that a run's agents have put into $CC_ARTIFACTS, newest first."),
    ROW(GET, "/runs/{id}/artifacts/{name}", RUNS_READ, cc_runs_artifact, .part = &cc_artifact_name,
        .flags = CC_ROUTE_FILE, .operation = "runs.artifact",
        .errors = E(NOT_FOUND),
        .summary = "Fetch one of these files, as it is."),
    ROW(GET, "/runs/{id}/events", RUNS_READ, cc_runs_events, .query = cc_event_query, .answer = cc_event_fields,
        .flags = CC_ROUTE_LISTED | CC_ROUTE_WAITS, .operation = "runs.events",
        .hint = "To follow a run pass the last seq as after, and wait up to 20.",
        .errors = E(NOT_FOUND),
        .summary = "List a run's events, oldest first."),

    ROW(GET, "/candidates", RUNS_READ, cc_resource_list, .resource = &cc_candidates,
        .flags = CC_ROUTE_LISTED | CC_ROUTE_CURSOR, .operation = "candidates.list",
        .summary = "List groups of candidates, newest first."),
    ROW(GET, "/candidates/{id}", RUNS_READ, cc_resource_get, .resource = &cc_candidates, .operation = "candidates.get",
        .errors = E(NOT_FOUND),
        .summary = "Read a group of candidates: where it stands, and which one was chosen."),
    ROW(POST, "/candidates/{id}/cancel", RUNS_CANCEL, cc_candidates_cancel, .resource = &cc_candidates,
        .body = cc_no_fields, .operation = "candidates.cancel", .errors = E(NOT_FOUND) | E(CONFLICT),
        .summary = "Cancel all runs of a group, and its judge; none of them gets a pull request."),

    ROW(GET, "/sessions", RUNS_READ, cc_runs_list, .resource = &cc_sessions, .flags = CC_ROUTE_LISTED | CC_ROUTE_CURSOR,
        .operation = "sessions.list", .summary = "List sessions, newest first."),
    ROW(POST, "/sessions", RUNS_WRITE, cc_sessions_create, .resource = &cc_sessions, .flags = CC_ROUTE_CREATED,
        .operation = "sessions.create", .errors = E(CONFLICT),
        .summary = "Have an agent look at something and answer as data."),
    ROW(GET, "/sessions/{id}", RUNS_READ, cc_runs_get, .resource = &cc_sessions, .operation = "sessions.get",
        .errors = E(NOT_FOUND),
        .summary = "Read a session, with what came of it."),
    ROW(POST, "/sessions/{id}/cancel", RUNS_CANCEL, cc_sessions_cancel, .resource = &cc_sessions, .body = cc_no_fields,
        .flags = CC_ROUTE_ENDS, .operation = "sessions.cancel", .errors = E(NOT_FOUND) | E(CONFLICT),
        .summary = "Cancel a session; done again, it answers the same."),

    ROW(GET, "/sandboxes", RUNS_READ, cc_runs_list, .resource = &cc_sandboxes,
        .flags = CC_ROUTE_LISTED | CC_ROUTE_CURSOR, .operation = "sandboxes.list",
        .summary = "List sandboxes, newest first."),
    ROW(POST, "/sandboxes", RUNS_WRITE, cc_sandboxes_create, .resource = &cc_sandboxes, .flags = CC_ROUTE_CREATED,
        .operation = "sandboxes.create", .errors = E(CONFLICT),
        .summary = "Open a sandbox: a workspace with an agent in it, with which one talks."),
    ROW(GET, "/sandboxes/{id}", RUNS_READ, cc_runs_get, .resource = &cc_sandboxes, .operation = "sandboxes.get",
        .errors = E(NOT_FOUND), .summary = "Read a sandbox."),
    ROW(PATCH, "/sandboxes/{id}", RUNS_WRITE, cc_sandboxes_update, .resource = &cc_sandboxes,
        .operation = "sandboxes.update", .errors = E(NOT_FOUND) | E(PRECONDITION_FAILED),
        .summary = "Rename a sandbox."),
    ROW(POST, "/sandboxes/{id}/commit", RUNS_WRITE, cc_sandboxes_commit, .resource = &cc_sandbox_messages,
        .body = cc_sandbox_commit_fields, .flags = CC_ROUTE_CREATED, .operation = "sandboxes.commit",
        .errors = E(NOT_FOUND) | E(CONFLICT),
        .summary = "Have what a sandbox has changed committed, pushed and proposed, once what was said before is "
                   "answered."),
    ROW(GET, "/sandboxes/{id}/events", RUNS_READ, cc_sandboxes_events, .query = cc_event_query,
        .answer = cc_event_fields, .flags = CC_ROUTE_LISTED | CC_ROUTE_WAITS, .operation = "sandboxes.events",
        .errors = E(NOT_FOUND), .summary = "List a sandbox's events, oldest first, as those of a run."),
    ROW(POST, "/sandboxes/{id}/kill", RUNS_CANCEL, cc_sandboxes_kill, .resource = &cc_sandboxes, .body = cc_no_fields,
        .operation = "sandboxes.kill", .errors = E(NOT_FOUND) | E(CONFLICT),
        .summary = "End a sandbox and remove its files; done again, it answers the same."),
    ROW(GET, "/sandboxes/{id}/messages", RUNS_READ, cc_sandboxes_messages, .resource = &cc_sandbox_messages,
        .path_gives = "sandboxId", .flags = CC_ROUTE_LISTED | CC_ROUTE_CURSOR, .operation = "sandboxes.messages",
        .errors = E(NOT_FOUND), .summary = "List what was said to a sandbox and what it answered, newest first."),
    ROW(POST, "/sandboxes/{id}/messages", RUNS_WRITE, cc_sandboxes_say, .resource = &cc_sandbox_messages,
        .flags = CC_ROUTE_CREATED, .operation = "sandboxes.say", .errors = E(NOT_FOUND) | E(CONFLICT),
        .summary = "Say something to a sandbox; its answer comes as events, and stands in the message in the end."),
    ROW(POST, "/sandboxes/{id}/pause", RUNS_WRITE, cc_sandboxes_pause, .resource = &cc_sandboxes, .body = cc_no_fields,
        .operation = "sandboxes.pause", .errors = E(NOT_FOUND) | E(CONFLICT),
        .summary = "Let messages wait, after the one that is being answered."),
    ROW(POST, "/sandboxes/{id}/restart", RUNS_WRITE, cc_sandboxes_restart, .resource = &cc_sandboxes,
        .body = cc_no_fields, .operation = "sandboxes.restart", .errors = E(NOT_FOUND) | E(CONFLICT),
        .summary = "Begin anew: the files are those of the branch again, and the conversation is forgotten."),
    ROW(POST, "/sandboxes/{id}/resume", RUNS_WRITE, cc_sandboxes_resume, .resource = &cc_sandboxes,
        .body = cc_no_fields, .operation = "sandboxes.resume", .errors = E(NOT_FOUND) | E(CONFLICT),
        .summary = "Have the messages answered that wait."),

    ROW(GET, "/questions", ISSUES_READ, cc_resource_list, .resource = &cc_questions,
        .flags = CC_ROUTE_LISTED | CC_ROUTE_CURSOR, .operation = "questions.list",
        .summary = "List questions, newest first."),
    ROW(GET, "/questions/{id}", ISSUES_READ, cc_resource_get, .resource = &cc_questions, .operation = "questions.get",
        .errors = E(NOT_FOUND),
        .summary = "Read a question."),
    ROW(PATCH, "/questions/{id}", ISSUES_WRITE, cc_resource_update, .resource = &cc_questions,
        .operation = "questions.update", .errors = E(NOT_FOUND) | E(PRECONDITION_FAILED),
        .summary = "Answer a question, in place of what a session has said."),
    ROW(POST, "/questions/{id}/approve", ISSUES_WRITE, cc_questions_approve, .resource = &cc_questions,
        .body = cc_no_fields, .operation = "questions.approve", .errors = E(NOT_FOUND) | E(CONFLICT),
        .summary = "Approve the answer of a question: sessions that come later are told it."),
    ROW(POST, "/questions/{id}/dismiss", ISSUES_WRITE, cc_questions_dismiss, .resource = &cc_questions,
        .body = cc_no_fields, .operation = "questions.dismiss", .errors = E(NOT_FOUND),
        .summary = "Dismiss a question: nobody is to answer it."),

    ROW(GET, "/pull-requests", RUNS_READ, cc_resource_list, .resource = &cc_pulls,
        .flags = CC_ROUTE_LISTED | CC_ROUTE_CURSOR, .operation = "pulls.list",
        .summary = "List pull requests, newest first."),
    ROW(GET, "/pull-requests/{id}", RUNS_READ, cc_resource_get, .resource = &cc_pulls, .operation = "pulls.get",
        .errors = E(NOT_FOUND),
        .summary = "Read a pull request, as it was when it was last looked at."),
    ROW(POST, "/pull-requests/{id}/refresh", RUNS_WRITE, cc_pulls_refresh, .resource = &cc_pulls, .body = cc_no_fields,
        .operation = "pulls.refresh",
        .errors = E(NOT_FOUND),
        .summary = "Have a worker look at a pull request now."),
    ROW(POST, "/pull-requests/{id}/merge", RUNS_WRITE, cc_pulls_merge, .resource = &cc_pulls,
        .body = cc_pull_merge_fields, .flags = CC_ROUTE_ENDS, .operation = "pulls.merge",
        .errors = E(NOT_FOUND) | E(CONFLICT),
        .summary = "Have a worker merge a pull request, if nothing stands in its way."),
    ROW(POST, "/pull-requests/{id}/close", RUNS_WRITE, cc_pulls_close, .resource = &cc_pulls, .body = cc_no_fields,
        .flags = CC_ROUTE_ENDS, .operation = "pulls.close",
        .errors = E(NOT_FOUND) | E(CONFLICT),
        .summary = "Have a worker close a pull request without merging it."),
    ROW(POST, "/pull-requests/{id}/fix", RUNS_WRITE, cc_pulls_fix, .resource = &cc_runs, .body = cc_pull_fix_fields,
        .flags = CC_ROUTE_CREATED, .operation = "pulls.fix",
        .errors = E(NOT_FOUND) | E(CONFLICT),
        .summary = "Start a run on a pull request's branch that deals with its failing checks and its reviews."),

    ROW(GET, "/branches", RUNS_READ, cc_resource_list, .resource = &cc_branches,
        .flags = CC_ROUTE_LISTED | CC_ROUTE_CURSOR, .operation = "branches.list",
        .summary = "List the branches that runs have pushed, newest first."),
    ROW(GET, "/branches/{id}", RUNS_READ, cc_resource_get, .resource = &cc_branches, .operation = "branches.get",
        .errors = E(NOT_FOUND),
        .summary = "Read a branch, as it was when it was last looked at."),
    ROW(POST, "/branches/{id}/refresh", RUNS_WRITE, cc_branches_refresh, .resource = &cc_branches,
        .body = cc_no_fields, .operation = "branches.refresh",
        .errors = E(NOT_FOUND) | E(CONFLICT),
        .summary = "Have a worker look at a branch now."),
    ROW(DELETE, "/branches/{id}", RUNS_WRITE, cc_branches_delete, .resource = &cc_branches,
        .operation = "branches.delete",
        .errors = E(NOT_FOUND) | E(CONFLICT) | E(PRECONDITION_FAILED),
        .summary = "Have a worker delete a branch that a run has made."),

    ROW(POST, "/issues/import", ISSUES_WRITE, cc_issues_import, .resource = &cc_issues, .body = cc_issue_import_fields,
        .operation = "issues.importFrom",
        .summary = "Have a worker take over an issue of a forge; one that is there already is answered as it is."),

    ROW(POST, "/hooks/forge/{id}", NONE, cc_forge_hook, .body = cc_no_fields, .answer = cc_hook_answer,
        .flags = CC_ROUTE_ANY_BODY | CC_ROUTE_SILENT, .operation = "hooks.forge", .errors = E(AUTH_INVALID),
        .summary = "Take what the project's forge says by itself; signed with its FORGE_WEBHOOK_SECRET."),

    ROW(GET, "/webhooks/endpoints", WEBHOOKS_READ, cc_resource_list, .resource = &cc_webhooks,
        .flags = CC_ROUTE_LISTED | CC_ROUTE_CURSOR, .operation = "webhooks.list",
        .summary = "List the endpoints that webhooks go to, newest first.",
        .alias = {"GET /webhooks/endpoints/list"}),
    ROW(POST, "/webhooks/endpoints", WEBHOOKS_WRITE, cc_webhooks_create, .resource = &cc_webhooks,
        .flags = CC_ROUTE_CREATED, .operation = "webhooks.create", .errors = E(CONFLICT),
        .summary = "Make an endpoint; its secret is shown this once.", .alias = {"POST /webhooks/endpoints/create"}),
    ROW(GET, "/webhooks/endpoints/{id}", WEBHOOKS_READ, cc_resource_get, .resource = &cc_webhooks,
        .operation = "webhooks.get", .errors = E(NOT_FOUND), .summary = "Read an endpoint, without its secret.",
        .alias = {"GET /webhooks/endpoints/get"}),
    ROW(PATCH, "/webhooks/endpoints/{id}", WEBHOOKS_WRITE, cc_resource_update, .resource = &cc_webhooks,
        .operation = "webhooks.update", .errors = E(NOT_FOUND) | E(PRECONDITION_FAILED),
        .summary = "Change an endpoint; members left out stay as they are.",
        .alias = {"POST /webhooks/endpoints/update"}),
    ROW(DELETE, "/webhooks/endpoints/{id}", WEBHOOKS_WRITE, cc_webhooks_delete, .resource = &cc_webhooks,
        .answer = cc_deleted_fields, .operation = "webhooks.delete", .errors = E(NOT_FOUND) | E(PRECONDITION_FAILED),
        .summary = "Delete an endpoint and all that is to be delivered to it.",
        .alias = {"POST /webhooks/endpoints/delete"}),
    ROW(POST, "/webhooks/endpoints/{id}/rotate", WEBHOOKS_WRITE, cc_webhooks_rotate, .resource = &cc_webhooks,
        .body = cc_no_fields, .operation = "webhooks.rotate", .errors = E(NOT_FOUND),
        .summary = "Give an endpoint a new secret, shown this once; the old one signs as well for a day."),
    ROW(POST, "/webhooks/endpoints/{id}/test", WEBHOOKS_WRITE, cc_webhooks_test, .body = cc_no_fields,
        .answer = cc_delivery_fields, .flags = CC_ROUTE_CREATED, .operation = "webhooks.test",
        .errors = E(NOT_FOUND) | E(CONFLICT), .summary = "Send an endpoint a message of the type webhook.test."),
    ROW(GET, "/webhooks/endpoints/{id}/deliveries", WEBHOOKS_READ, cc_webhooks_deliveries,
        .query = cc_delivery_query, .answer = cc_delivery_fields, .pages_by = CC_MESSAGE_PREFIX,
        .flags = CC_ROUTE_LISTED | CC_ROUTE_CURSOR, .operation = "webhooks.deliveries", .errors = E(NOT_FOUND),
        .summary = "List what was or is to be delivered to an endpoint, newest first."),
    ROW(POST, "/webhooks/endpoints/{id}/deliveries/{deliveryId}/replay", WEBHOOKS_WRITE, cc_webhooks_replay,
        .part = &cc_delivery_id, .body = cc_no_fields, .answer = cc_delivery_fields, .operation = "webhooks.replay",
        .errors = E(NOT_FOUND) | E(CONFLICT),
        .summary = "Deliver a message once more, whatever has become of it."),

    ROW(GET, "/events", ANY, cc_project_events, .query = cc_change_query, .answer = cc_change_fields,
        .flags = CC_ROUTE_LISTED | CC_ROUTE_WAITS, .operation = "changes.list", .errors = E(CONFLICT),
        .summary = "List what has changed in the project, oldest first: as far as the caller may read it."),

    ROW(GET, "/notifications", ANY, cc_notifications_list, .query = cc_notification_query,
        .answer = cc_notification_fields, .pages_by = CC_NOTIFICATION_PREFIX,
        .flags = CC_ROUTE_LISTED | CC_ROUTE_CURSOR, .operation = "notifications.list",
        .summary = "List what the caller is notified of and has not dismissed, newest first: as far as it may be read.",
        .alias = {"GET /notifications/list"}),
    ROW(GET, "/notifications/unread-count", ANY, cc_notifications_unread, .answer = cc_unread_fields,
        .operation = "notifications.unreadCount", .summary = "Count what the caller has not read."),
    ROW(POST, "/notifications/read-all", ANY, cc_notifications_read_all, .body = cc_no_fields,
        .answer = cc_marked_fields, .flags = CC_ROUTE_SILENT, .operation = "notifications.readAll",
        .summary = "Mark all as read, for the caller.", .alias = {"POST /notifications/mark-all-read"}),
    ROW(POST, "/notifications/{id}/read", ANY, cc_notifications_read, .body = cc_no_fields,
        .answer = cc_notification_fields, .flags = CC_ROUTE_SILENT, .operation = "notifications.read",
        .errors = E(NOT_FOUND),
        .summary = "Mark one as read, for the caller.", .alias = {"POST /notifications/mark-read"}),
    ROW(POST, "/notifications/{id}/dismiss", ANY, cc_notifications_dismiss, .body = cc_no_fields,
        .answer = cc_notification_fields, .flags = CC_ROUTE_SILENT, .operation = "notifications.dismiss",
        .errors = E(NOT_FOUND),
        .summary = "Take one out of the caller's list, for good.", .alias = {"POST /notifications/dismiss"}),

    ROW(GET, "/trash", ANY, cc_trash_list, .query = cc_trash_query, .answer = cc_trash_fields, .pages_by = "trs_",
        .flags = CC_ROUTE_LISTED | CC_ROUTE_CURSOR, .operation = "trash.list",
        .summary = "List what was deleted and can come back, last deleted first: of the kinds that the caller may read."),
    ROW(POST, "/trash/empty", ANY, cc_trash_empty, .body = cc_trash_empty_fields, .answer = cc_trash_emptied_fields,
        .flags = CC_ROUTE_ENDS, .operation = "trash.empty",
        .summary = "Delete for good all that is in the trash, or all of one kind, as far as the caller may delete it."),
    ROW(POST, "/trash/{id}/restore", ANY, cc_trash_restore, .body = cc_no_fields, .answer = cc_trash_fields,
        .operation = "trash.restore", .errors = E(NOT_FOUND) | E(CONFLICT) | E(SCOPE_DENIED) | E(FORBIDDEN),
        .summary = "Bring back what was deleted, under its id; needs what making one needs."),
    ROW(DELETE, "/trash/{id}", ANY, cc_trash_delete, .answer = cc_deleted_fields, .operation = "trash.delete",
        .errors = E(NOT_FOUND) | E(SCOPE_DENIED) | E(FORBIDDEN),
        .summary = "Delete for good what is in the trash; needs what deleting one needs."),

    ROW(GET, "/chains", RUNS_READ, cc_resource_list, .resource = &cc_chains, .flags = CC_ROUTE_LISTED | CC_ROUTE_CURSOR,
        .operation = "chains.list", .summary = "List chains, newest first.", .alias = {"GET /chains/list"}),
    ROW(POST, "/chains", RUNS_WRITE, cc_resource_create, .resource = &cc_chains, .flags = CC_ROUTE_CREATED,
        .operation = "chains.create", .summary = "Start a chain: a workflow several times, or issue after issue.",
        .alias = {"POST /chains/create"}),
    ROW(GET, "/chains/{id}", RUNS_READ, cc_resource_get, .resource = &cc_chains, .operation = "chains.get",
        .errors = E(NOT_FOUND),
        .summary = "Read a chain.", .alias = {"GET /chains/get"}),
    ROW(DELETE, "/chains/{id}", RUNS_WRITE, cc_resource_delete, .resource = &cc_chains, .answer = cc_deleted_fields,
        .operation = "chains.delete",
        .errors = E(NOT_FOUND) | E(CONFLICT) | E(PRECONDITION_FAILED),
        .summary = "Delete a chain that is over; its runs stay."),
    ROW(POST, "/chains/{id}/cancel", RUNS_CANCEL, cc_chains_cancel, .resource = &cc_chains, .body = cc_no_fields,
        .operation = "chains.cancel",
        .errors = E(NOT_FOUND) | E(CONFLICT),
        .summary = "Cancel a chain and the run it is at."),
    ROW(POST, "/chains/{id}/resume", RUNS_WRITE, cc_chains_resume, .resource = &cc_chains, .body = cc_no_fields,
        .operation = "chains.resume",
        .errors = E(NOT_FOUND) | E(CONFLICT),
        .summary = "Go on with a failed chain at the run that failed."),

    ROW(GET, "/schedules", SCHEDULES_READ, cc_resource_list, .resource = &cc_schedules,
        .flags = CC_ROUTE_LISTED | CC_ROUTE_CURSOR,
        .operation = "schedules.list", .summary = "List schedules, newest first.",
        .alias = {"GET /schedules/list"}),
    ROW(POST, "/schedules", SCHEDULES_WRITE, cc_resource_create, .resource = &cc_schedules, .flags = CC_ROUTE_CREATED,
        .also = CC_BIT(RUNS_WRITE), .operation = "schedules.create", .summary = "Make a schedule.",
        .alias = {"POST /schedules/create"}),
    ROW(POST, "/schedules/bulk-delete", SCHEDULES_WRITE, cc_resource_bulk_delete, .resource = &cc_schedules,
        .body = cc_bulk_ids, .answer = cc_bulk_answer, .flags = CC_ROUTE_LISTED, .operation = "schedules.bulkDelete",
        .summary = "Delete several schedules; the answer says how each one fared."),
    ROW(GET, "/schedules/{id}", SCHEDULES_READ, cc_resource_get, .resource = &cc_schedules,
        .operation = "schedules.get",
        .errors = E(NOT_FOUND),
        .summary = "Read a schedule.",
        .alias = {"GET /schedules/get"}),
    ROW(PATCH, "/schedules/{id}", SCHEDULES_WRITE, cc_resource_update, .resource = &cc_schedules,
        .also = CC_BIT(RUNS_WRITE), .operation = "schedules.update",
        .errors = E(NOT_FOUND) | E(PRECONDITION_FAILED),
        .summary = "Change a schedule; members left out stay as they are.",
        .alias = {"POST /schedules/update"}),
    ROW(DELETE, "/schedules/{id}", SCHEDULES_WRITE, cc_resource_delete, .resource = &cc_schedules,
        .answer = cc_deleted_fields, .operation = "schedules.delete",
        .errors = E(NOT_FOUND) | E(PRECONDITION_FAILED),
        .summary = "Delete a schedule.",
        .alias = {"POST /schedules/delete"}),

#define X(...) PLAIN(__VA_ARGS__),
    CC_PLAIN_RESOURCES(X)
#undef X

    DUPLICATE(cc_personas, "/personas", "personas", "a persona", PERSONAS),
    VERSIONED(cc_contexts, "/contexts", "contexts", "a context", CONTEXTS, cc_version_fields),
    VERSIONED(cc_skills, "/skills", "skills", "a skill", ASSETS, cc_skill_version_fields),
    VERSIONED(cc_commands, "/commands", "commands", "a command", ASSETS, cc_version_fields),
    VERSIONED(cc_scripts, "/scripts", "scripts", "a script", ASSETS, cc_version_fields),
    ROW(POST, "/learnings/{id}/approve", LEARNINGS_WRITE, cc_learnings_approve, .resource = &cc_learnings,
        .body = cc_no_fields, .operation = "learnings.approve", .errors = E(NOT_FOUND),
        .summary = "Approve a learning: from now on runs are given it."),
    ROW(POST, "/learnings/{id}/reject", LEARNINGS_WRITE, cc_learnings_reject, .resource = &cc_learnings,
        .body = cc_no_fields, .operation = "learnings.reject", .errors = E(NOT_FOUND),
        .summary = "Reject a learning: from now on runs are not given it."),

    ROW(GET, "/members", MEMBERS_READ, cc_resource_list, .resource = &cc_members,
        .flags = CC_ROUTE_LISTED | CC_ROUTE_CURSOR,
        .operation = "members.list", .summary = "List the project's members, newest account first."),
    ROW(GET, "/members/invitations", MEMBERS_READ, cc_resource_list, .resource = &cc_invitations,
        .flags = CC_ROUTE_LISTED | CC_ROUTE_CURSOR, .operation = "invitations.list",
        .summary = "List invitations that were not taken up yet."),
    ROW(POST, "/members/invitations", MEMBERS_WRITE, cc_invitations_create, .resource = &cc_invitations,
        .flags = CC_ROUTE_CREATED, .operation = "invitations.create",
        .errors = E(CONFLICT),
        .summary = "Invite somebody; the link's token is shown this once."),
    ROW(DELETE, "/members/invitations/{id}", MEMBERS_WRITE, cc_resource_delete, .resource = &cc_invitations,
        .answer = cc_deleted_fields, .operation = "invitations.delete",
        .errors = E(NOT_FOUND) | E(PRECONDITION_FAILED),
        .summary = "Withdraw an invitation."),
    ROW(GET, "/members/{id}", MEMBERS_READ, cc_resource_get, .resource = &cc_members, .operation = "members.get",
        .errors = E(NOT_FOUND),
        .summary = "Read a member."),
    ROW(PATCH, "/members/{id}", MEMBERS_WRITE, cc_members_update, .resource = &cc_members, .query = cc_leaving_query,
        .operation = "members.update",
        .errors = E(NOT_FOUND) | E(CONFLICT) | E(PRECONDITION_FAILED),
        .summary = "Change a member's role."),
    ROW(DELETE, "/members/{id}", MEMBERS_WRITE, cc_members_delete, .query = cc_leaving_query,
        .answer = cc_deleted_fields,
        .operation = "members.delete",
        .errors = E(NOT_FOUND) | E(CONFLICT) | E(PRECONDITION_FAILED),
        .summary = "Remove a member from the project."),

    ROW(GET, "/audit", AUDIT_READ, cc_resource_list, .resource = &cc_history,
        .flags = CC_ROUTE_LISTED | CC_ROUTE_CURSOR,
        .operation = "audit.list", .summary = "List changes, newest first: who, what, when, from where."),
    ROW(GET, "/analytics/summary", ANALYTICS_READ, cc_analytics_summary, .query = cc_analytics_query,
        .answer = cc_analytics_fields, .operation = "analytics.summary", .summary = "Sum up the runs of a time."),
    ROW(GET, "/analytics/runs", ANALYTICS_READ, cc_analytics_runs, .query = cc_analytics_runs_query,
        .answer = cc_analytics_runs_fields, .flags = CC_ROUTE_LISTED, .operation = "analytics.runs",
        .summary = "Sum up the runs of a time by day, workflow or persona."),
    ROW(GET, "/usage", ANALYTICS_READ, cc_usage, .query = cc_usage_query, .answer = cc_usage_fields,
        .flags = CC_ROUTE_LISTED, .operation = "analytics.usage",
        .summary = "Sum up what was used and paid in a time, by day, service, model, workflow, persona, member or run."),
    ROW(GET, "/workflows/{id}/analytics", ANALYTICS_READ, cc_analytics_of_workflow, .resource = &cc_workflows,
        .query = cc_analytics_days_query, .answer = cc_analytics_fields, .operation = "workflows.analytics",
        .errors = E(NOT_FOUND), .summary = "Sum up a workflow's runs of the last days."),
    ROW(GET, "/personas/{id}/analytics", ANALYTICS_READ, cc_analytics_of_persona, .resource = &cc_personas,
        .query = cc_analytics_days_query, .answer = cc_analytics_fields, .operation = "personas.analytics",
        .errors = E(NOT_FOUND), .summary = "Sum up the runs of the last days in which a persona took steps."),
};

const size_t cc_routes_count = CC_COUNT(cc_routes);

static const cc_renamed renamed[] = {{"/recurring-tasks", "/schedules"}, {0}};

const cc_resource *const cc_resources[] = {
    &cc_project, &cc_settings, &cc_keys, &cc_workflows, &cc_runs, &cc_candidates, &cc_sessions, &cc_sandboxes, &cc_sandbox_messages, &cc_questions, &cc_pulls, &cc_branches, &cc_webhooks, &cc_chains, &cc_schedules,
#define X(res, ...) &res,
    CC_PLAIN_RESOURCES(X)
#undef X
    &cc_rates, &cc_budget, &cc_members, &cc_invitations, &cc_history, NULL,
};

static const cc_group groups[] = {
    {"scopes", "The catalogue of scopes."},
    {"session", "The session of a signed-in person; made for the dashboard, which keeps its cookie."},
    {"projects", "More projects."},
    {"hooks", "Messages of other services."},
    {"credentials", "Keys that have leaked."},
    {"project.providerKeys", "The project's keys for models' services and forges."},
    {"changes", "What has changed in the project."},
    {"notifications", "What people are notified of."},
    {"trash", "What was deleted and can come back."},
    {"analytics", "Figures about runs and costs."},
    {0},
};

/* ---- read off a row -------------------------------------------------------------------------- */

const cc_table cc_table_of_all = {
    .routes = cc_routes,
    .route_count = CC_COUNT(cc_routes),
    .resources = cc_resources,
    .groups = groups,
    .renamed = renamed,
};

static const char *
scope_info(cc_scope s)
{
    return s == CC_SCOPE_NONE ? NULL : cc_scope_text(s); /* CC_SCOPE_ANY: "" */
}

static const char *
also_info(uint64_t also)
{
    for (cc_scope s = 0; s < CC_SCOPE__MAX; s++)
        if (also >> s & 1)
            return cc_scope_text(s);
    return NULL;
}

bool
cc_route_info_at(size_t i, cc_route_info *out)
{
    if (i >= cc_routes_count)
        return false;
    const cc_route *route = &cc_routes[i];
    *out = (cc_route_info){
        .method = cc_method_text(route->method),
        .path = route->path,
        .scope = scope_info(route->scope),
        .also = also_info(route->also),
        .operation = route->operation,
        .summary = route->summary,
    };
    cc_route_older(&cc_table_of_all, route, out->aliases);
    return true;
}

char *
cc_openapi(bool inlined)
{
    cc_arena *a = cc_arena_new();
    char     *copy = NULL;
    cc_buf    b;

    if (!a)
        return NULL;
    cc_buf_init(&b, a);
    cc_openapi_write(&b, &cc_table_of_all, "", inlined);
    const char *text = cc_buf_text(&b);
    if (text && (copy = malloc(b.size + 1)))
        memcpy(copy, text, b.size + 1);
    cc_arena_free(a);
    return copy;
}

bool
cc_request_slow(const cc_request *in)
{
    return cc_gate_slow(&cc_table_of_all, in);
}
