/*
 * Every statement that is written by hand; resource.c makes the plain ones from declarations.
 *
 * Parameters are numbered in the order in which they first appear, so that `$1` means the same to every engine.  Times are ms.
 * tests/unit/db_test.c prepares each of these against the schema and looks at the plan.
 */
#ifndef CC_SQL_H
#define CC_SQL_H

/* clang-format off */
#define CC_SQL(X)                                                                                                      \
    /* The gate. */                                                                                                    \
    X(IDEMPOTENCY_GET,                                                                                                 \
      "SELECT digest, answer FROM idempotency "                                                                        \
      "WHERE day IN ($1, $2) AND project_id = $3 AND tag = $4 AND created_at >= $5")                                   \
    X(IDEMPOTENCY_PUT,                                                                                                 \
      "INSERT INTO idempotency (day, project_id, tag, digest, answer, created_at) VALUES ($1, $2, $3, $4, $5, $6)")    \
    X(IDEMPOTENCY_PURGE, "DELETE FROM idempotency WHERE day < $1")                                                      \
    X(PING, "SELECT 1 FROM projects LIMIT 1")                                                                          \
    /* Projects and people. */                                                                                         \
    X(PROJECT_BY_ID, "SELECT project_id, name, slug, created_at FROM projects WHERE project_id = $1")                  \
    X(ENVIRONMENT_GET, "SELECT env_vars FROM project_settings WHERE project_id = $1")                                  \
    /* Keys. */                                                                                                        \
    X(KEY_GET,                                                                                                         \
      "SELECT name, scopes, mode, allowed_networks, rate_limit, expires_at, revoked_at, rate_root FROM api_keys "      \
      "WHERE project_id = $1 AND id = $2")                                                                             \
    X(KEY_REVOKE,                                                                                                      \
      "UPDATE api_keys SET revoked_at = $1, updated_at = $1, version = version + 1 "                                   \
      "WHERE project_id = $2 AND id = $3 AND revoked_at IS NULL")                                                      \
    X(KEY_EXPIRE,                                                                                                      \
      "UPDATE api_keys SET expires_at = $1, updated_at = $2, version = version + 1 "                                   \
      "WHERE project_id = $3 AND id = $4 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $1)")          \
    /* What replaced it; of several the one that still works. */                                                       \
    X(KEYS_OF,                                                                                                         \
      "SELECT id, scopes, mode, allowed_networks, rate_limit, expires_at FROM api_keys "                               \
      "WHERE project_id = $1 AND owner_id = $2 AND id > $3 AND revoked_at IS NULL ORDER BY id")                        \
    X(KEY_HAND_OVER,                                                                                                   \
      "UPDATE api_keys SET owner_id = $1, updated_at = $2, version = version + 1 WHERE project_id = $3 AND id = $4")   \
    /* Figures.  A range of ids is a range of time: the primary key serves all of them. */                             \
    X(RUNS_SUMMARY,                                                                                                    \
      "SELECT "                                                                                                        \
      "count(*), sum(CASE WHEN status = 'completed' THEN 1 ELSE 0 END), "                                              \
      "sum(CASE WHEN status = 'failed' THEN 1 ELSE 0 END), sum(CASE WHEN status = 'cancelled' THEN 1 ELSE 0 END), "    \
      "sum(finished_at - started_at), count(finished_at - started_at), sum(cost_usd) "                                 \
      "FROM runs WHERE project_id = $1 AND mode = $2 AND id >= $3 AND id < $4")                                        \
    X(RUNS_BY_DAY,                                                                                                     \
      "SELECT created_at / 86400000 AS day, "                                                                          \
      "count(*), sum(CASE WHEN status = 'completed' THEN 1 ELSE 0 END), "                                              \
      "sum(CASE WHEN status = 'failed' THEN 1 ELSE 0 END), sum(CASE WHEN status = 'cancelled' THEN 1 ELSE 0 END), "    \
      "sum(finished_at - started_at), count(finished_at - started_at), sum(cost_usd) "                                 \
      "FROM runs WHERE project_id = $1 AND mode = $2 AND id >= $3 AND id < $4 GROUP BY day ORDER BY day")              \
    X(RUNS_BY_WORKFLOW,                                                                                                \
      "SELECT workflow_id, max(workflow_name), "                                                                       \
      "count(*), sum(CASE WHEN status = 'completed' THEN 1 ELSE 0 END), "                                              \
      "sum(CASE WHEN status = 'failed' THEN 1 ELSE 0 END), sum(CASE WHEN status = 'cancelled' THEN 1 ELSE 0 END), "    \
      "sum(finished_at - started_at), count(finished_at - started_at), sum(cost_usd) "                                 \
      "FROM runs WHERE project_id = $1 AND mode = $2 AND id >= $3 AND id < $4 "                                        \
      "GROUP BY workflow_id ORDER BY count(*) DESC, workflow_id LIMIT 100")                                            \
    /* By persona: first what each did in each run, then over the runs; the cost is that of its own steps. */          \
    X(RUNS_BY_PERSONA,                                                                                                 \
      "SELECT d.persona_id, coalesce(max(p.name), d.persona_id), "                                                     \
      "count(*), sum(CASE WHEN d.status = 'completed' THEN 1 ELSE 0 END), "                                            \
      "sum(CASE WHEN d.status = 'failed' THEN 1 ELSE 0 END), sum(CASE WHEN d.status = 'cancelled' THEN 1 ELSE 0 END), "\
      "sum(d.ms), count(d.ms), sum(d.cost_usd) "                                                                       \
      "FROM (SELECT s.persona_id, r.status, sum(s.finished_at - s.started_at) AS ms, sum(s.cost_usd) AS cost_usd "     \
      "FROM runs r JOIN run_steps s ON s.project_id = r.project_id AND s.run_id = r.id "                               \
      "WHERE r.project_id = $1 AND r.mode = $2 AND r.id >= $3 AND r.id < $4 AND s.persona_id IS NOT NULL "             \
      "GROUP BY s.persona_id, r.id, r.status) d LEFT JOIN personas p ON p.project_id = $1 AND p.id = d.persona_id "    \
      "GROUP BY d.persona_id ORDER BY count(*) DESC, d.persona_id LIMIT 100")                                          \
    /* Workflows and runs.  Every transition is one conditional UPDATE; no row: the state did not allow it. */         \
    X(WORKFLOW_FOR_RUN,                                                                                                \
      "SELECT name, status, github_repo_url, steps FROM workflows WHERE project_id = $1 AND id = $2")                  \
    X(WORKFLOW_COPY,                                                                                                   \
      "SELECT name, description, status, github_repo_url, step_count, steps FROM workflows "                           \
      "WHERE project_id = $1 AND id = $2")                                                                             \
    X(ISSUE_FOR_RUN, "SELECT title, suggested_prompt, description FROM issues WHERE project_id = $1 AND id = $2")      \
    X(RUN_NUMBER, "UPDATE projects SET run_count = run_count + 1 WHERE project_id = $1 RETURNING run_count")           \
    X(RUN_FOR_RESTART,                                                                                                 \
      "SELECT status, name, workflow_id, workflow_name, issue_id, source, github_repo_url, branch_name, "              \
      "max_iterations, prompt, steps FROM runs WHERE project_id = $1 AND mode = $2 AND id = $3")                       \
    X(RUN_STATUS, "SELECT status FROM runs WHERE project_id = $1 AND mode = $2 AND id = $3")                           \
    X(RUN_CANCEL,                                                                                                      \
      "UPDATE runs SET "                                                                                               \
      "cancel_by = CASE WHEN status = 'pending' THEN NULL ELSE $1 END, "                                               \
      "finished_at = CASE WHEN status = 'pending' THEN $2 ELSE NULL END, "                                             \
      "status = CASE WHEN status = 'pending' THEN 'cancelled' ELSE 'cancelling' END, "                                 \
      "updated_at = $2, last_seq = last_seq + 1, version = version + 1 "                                               \
      "WHERE project_id = $3 AND mode = $4 AND id = $5 AND status IN ('pending', 'running', 'paused') "                \
      "RETURNING status, last_seq")                                                                                    \
    X(RUN_PAUSE,                                                                                                       \
      "UPDATE runs SET status = 'paused', updated_at = $1, last_seq = last_seq + 1, version = version + 1 "            \
      "WHERE project_id = $2 AND mode = $3 AND id = $4 AND status = 'running' AND stop_requested = 0 "                 \
      "RETURNING status, last_seq")                                                                                    \
    X(RUN_RESUME,                                                                                                      \
      "UPDATE runs SET status = 'running', updated_at = $1, last_seq = last_seq + 1, version = version + 1 "           \
      "WHERE project_id = $2 AND mode = $3 AND id = $4 AND status = 'paused' RETURNING status, last_seq")              \
    X(RUN_STOP,                                                                                                        \
      "UPDATE runs SET stop_requested = 1, "                                                                           \
      "finished_at = CASE WHEN status = 'pending' THEN $1 ELSE finished_at END, "                                      \
      "status = CASE WHEN status = 'pending' THEN 'cancelled' ELSE status END, "                                       \
      "updated_at = $1, last_seq = last_seq + 1, version = version + 1 "                                               \
      "WHERE project_id = $2 AND mode = $3 AND id = $4 AND status IN ('pending', 'running', 'paused') "                \
      "RETURNING status, last_seq")                                                                                    \
    X(RUN_OVERDUE,                                                                                                     \
      "SELECT id FROM runs WHERE project_id = $1 AND mode = $2 AND status = 'cancelling' "        \
      "AND (cancel_by <= $3 OR cancel_by > $4) LIMIT 1")                                                               \
    X(RUN_SETTLE,                                                                                                      \
      "UPDATE runs SET status = 'cancelled', finished_at = $1, cancel_by = NULL, updated_at = $1, "                    \
      "last_seq = last_seq + 1, version = version + 1 "                                                                \
      "WHERE project_id = $2 AND mode = $3 AND id = $4 AND status = 'cancelling' "                                     \
      "AND (cancel_by <= $1 OR cancel_by > $5) "                                                                       \
      "RETURNING status, last_seq")                                                                                    \
    X(RUN_DELETE,                                                                                                      \
      "DELETE FROM runs WHERE project_id = $1 AND mode = $2 AND id = $3 "                                              \
      "AND status IN ('completed', 'failed', 'cancelled')")                                                            \
    X(RUN_STEPS_DELETE, "DELETE FROM run_steps WHERE project_id = $1 AND run_id = $2")                                 \
    X(RUN_EVENTS_DELETE, "DELETE FROM run_events WHERE project_id = $1 AND run_id = $2")                               \
    X(STEP_INSERT,                                                                                                     \
      "INSERT INTO run_steps (project_id, run_id, position, iteration, label, role, status, agent, model, persona_id) " \
      "VALUES ($1, $2, $3, 1, $4, $5, 'pending', $6, $7, $8)")                                                         \
    X(STEPS_END,                                                                                                       \
      "UPDATE run_steps SET status = 'cancelled', finished_at = $1 "                                                   \
      "WHERE project_id = $2 AND run_id = $3 AND status IN ('pending', 'running')")                                    \
    X(STEPS_OF,                                                                                                        \
      "SELECT position, iteration, label, role, status, agent, model, started_at, finished_at, exit_code, "            \
      "input_tokens, output_tokens, cost_usd, verdict, output, isolation FROM run_steps "                              \
      "WHERE project_id = $1 AND run_id = $2 ORDER BY iteration, position")                                            \
    X(EVENT_INSERT,                                                                                                    \
      "INSERT INTO run_events (project_id, run_id, seq, type, at, data) VALUES ($1, $2, $3, $4, $5, $6)")              \
    X(EVENTS_OF,                                                                                                       \
      "SELECT seq, type, at, data FROM run_events WHERE project_id = $1 AND run_id = $2 AND seq > $3 "                 \
      "ORDER BY seq LIMIT $4")                                                                                         \
    /* The engine.  Whoever writes to a run it holds says so in the same statement; no row: it is lost, or it ended. */ \
    X(RUN_ANY_PENDING, "SELECT 1 FROM runs WHERE status = 'pending' AND finished_at IS NULL LIMIT 1")                  \
    /* Each starter of each project has a line.  Next is the project with the fewest runs under way, and in it the     \
       starter with the fewest; $6: this is the last free place, which a project that has none under way gets. */      \
    X(RUN_TAKE,                                                                                                        \
      "WITH RECURSIVE waiting (project, starter) AS ("                                                                 \
      "SELECT (SELECT project_id FROM runs WHERE status = 'pending' AND finished_at IS NULL "                          \
      "ORDER BY project_id, started_by LIMIT 1), (SELECT started_by FROM runs WHERE status = 'pending' "               \
      "AND finished_at IS NULL ORDER BY project_id, started_by LIMIT 1) "                                              \
      "UNION ALL SELECT (SELECT project_id FROM runs WHERE status = 'pending' AND finished_at IS NULL "                \
      "AND (project_id, started_by) > (waiting.project, waiting.starter) ORDER BY project_id, started_by LIMIT 1), "   \
      "(SELECT started_by FROM runs WHERE status = 'pending' AND finished_at IS NULL "                                 \
      "AND (project_id, started_by) > (waiting.project, waiting.starter) ORDER BY project_id, started_by LIMIT 1) "    \
      "FROM waiting WHERE waiting.project IS NOT NULL), "                                                              \
      "line (project, first, active, own) AS (SELECT project, "                                                        \
      "(SELECT min(id) FROM runs WHERE status = 'pending' AND finished_at IS NULL AND project_id = waiting.project "   \
      "AND started_by = waiting.starter), "                                                                            \
      "(SELECT count(*) FROM runs WHERE status = 'running' AND finished_at IS NULL AND project_id = waiting.project) + "\
      "(SELECT count(*) FROM runs WHERE status = 'cancelling' AND finished_at IS NULL AND project_id = waiting.project), "\
      "(SELECT count(*) FROM runs WHERE status = 'running' AND finished_at IS NULL AND project_id = waiting.project "  \
      "AND started_by = waiting.starter) FROM waiting WHERE project IS NOT NULL) "                                     \
      "UPDATE runs SET status = 'running', worker = $1, lease_until = $2, started_at = $3, updated_at = $3, "          \
      "last_progress_at = $3, last_seq = last_seq + 1, version = version + 1 "                                         \
      "WHERE (project_id, id) = (SELECT project, first FROM line WHERE active < $4 AND (active = 0 OR $6 = 0) "        \
      "AND (SELECT count(*) FROM runs WHERE status = 'running' AND finished_at IS NULL) + "                            \
      "(SELECT count(*) FROM runs WHERE status = 'cancelling' AND finished_at IS NULL) < $5 "                          \
      "ORDER BY active, own, first LIMIT 1) AND mode IN ('live', 'test') AND status = 'pending' "                      \
      "RETURNING project_id, mode, id, last_seq")                                                                      \
    X(RUNS_UNDER_WAY,                                                                                                  \
      "SELECT (SELECT count(*) FROM runs WHERE status = 'running' AND finished_at IS NULL) + "                         \
      "(SELECT count(*) FROM runs WHERE status = 'cancelling' AND finished_at IS NULL)")                               \
    X(RUN_STRAY,                                                                                                       \
      "SELECT project_id, mode, id, attempts, lease_until, cancel_by <= $2 OR cancel_by > $3 FROM runs "               \
      "WHERE status = $1 AND finished_at IS NULL AND (status <> 'paused' OR stop_requested = 1)")                      \
    X(RUN_RETAKE,                                                                                                      \
      "UPDATE runs SET status = 'running', worker = $1, lease_until = $2, attempts = $3, updated_at = $4, "            \
      "last_progress_at = $4, last_seq = last_seq + 1, version = version + 1 "                                         \
      "WHERE project_id = $5 AND mode = $6 AND id = $7 AND (status = 'running' OR (status = 'paused' AND stop_requested = 1)) " \
      "AND coalesce(lease_until, 0) = $8 RETURNING last_seq")                                                          \
    X(RUN_ASK,                                                                                                         \
      "UPDATE runs SET lease_until = lease_until + 1 "                                                                 \
      "WHERE project_id = $1 AND mode = $2 AND id = $3 AND finished_at IS NULL AND lease_until = $4")                  \
    X(RUN_ABANDON,                                                                                                     \
      "UPDATE runs SET status = $1, error = $2, finished_at = $3, updated_at = $3, worker = NULL, lease_until = NULL, " \
      "cancel_by = NULL, last_seq = last_seq + 1, version = version + 1 "                                              \
      "WHERE project_id = $4 AND mode = $5 AND id = $6 AND status = $7 "                                               \
      "AND coalesce(lease_until, 0) = $8 RETURNING last_seq")                                                          \
    X(RUN_WATCH, "SELECT status, stop_requested, worker, cancel_by FROM runs WHERE project_id = $1 AND mode = $2 AND id = $3") \
    X(RUN_RENEW,                                                                                                       \
      "UPDATE runs SET lease_until = $1 WHERE project_id = $2 AND mode = $3 AND id = $4 AND worker = $5 "              \
      "AND status IN ('running', 'paused', 'cancelling') RETURNING last_seq, status, stop_requested, cancel_by")       \
    X(RUN_NOTE,                                                                                                        \
      "UPDATE runs SET lease_until = $1, last_progress_at = $2, updated_at = $2, last_seq = last_seq + $3, "           \
      "cost_usd = cost_usd + $4, current_step_label = $5, current_step_progress = $6, current_iteration = $7, "        \
      "branch_name = coalesce($8, branch_name), worked_ms = worked_ms + $13, version = version + 1 "                                                \
      "WHERE project_id = $9 AND mode = $10 AND id = $11 AND worker = $12 "                                            \
      "AND status IN ('running', 'paused', 'cancelling') RETURNING last_seq, status, stop_requested, cancel_by")       \
    X(RUN_PULL,                                                                                                        \
      "UPDATE runs SET pr_status = $1, pr_url = $2, pr_number = $3, version = version + 1 "                            \
      "WHERE project_id = $4 AND mode = $5 AND id = $6 AND worker = $7")                                               \
    X(RUN_END,                                                                                                         \
      "UPDATE runs SET status = $1, error = $2, finished_at = $3, updated_at = $3, last_progress_at = $3, worker = NULL, " \
      "lease_until = NULL, cancel_by = NULL, last_seq = last_seq + 1, version = version + 1 "                          \
      "WHERE project_id = $4 AND mode = $5 AND id = $6 AND worker = $7 AND status = $8 RETURNING last_seq")            \
    X(RUN_RELEASE,                                                                                                     \
      "UPDATE runs SET worker = NULL, lease_until = NULL WHERE project_id = $1 AND mode = $2 AND id = $3 AND worker = $4 " \
      "AND status IN ('running', 'paused')")                                                                           \
    X(RUN_LOAD,                                                                                                        \
      "SELECT run_number, name, prompt, steps, issue_id, github_repo_url, branch_name, max_iterations, worked_ms, "    \
      "workflow_name, source FROM runs WHERE project_id = $1 AND mode = $2 AND id = $3")                               \
    X(RUN_AHEAD,                                                                                                       \
      "SELECT count(*) FROM (SELECT 1 FROM runs "                                                                      \
      "WHERE status = 'pending' AND project_id = $1 AND id <= $2 AND finished_at IS NULL LIMIT 100)")                  \
    X(PROJECT_LOAD,                                                                                                    \
      "SELECT p.name, p.github_repo_url, s.system_prompt, s.default_agent, s.default_model, s.git_commit_name, "       \
      "s.git_commit_email, s.env_vars FROM projects p JOIN project_settings s ON s.project_id = p.project_id "         \
      "WHERE p.project_id = $1")                                                                                       \
    X(PERSONA_LOAD, "SELECT name, agent, model, thinking_effort, instructions FROM personas WHERE project_id = $1 AND id = $2") \
    X(STEP_BEGIN,                                                                                                      \
      "INSERT INTO run_steps (project_id, run_id, position, iteration, label, role, status, agent, model, started_at, " \
      "isolation, persona_id) VALUES ($1, $2, $3, $4, $5, $6, 'running', $7, $8, $9, $10, (SELECT f.persona_id FROM run_steps f "      \
      "WHERE f.project_id = $1 AND f.run_id = $2 AND f.iteration = 1 AND f.position = $3)) "                           \
      "ON CONFLICT (project_id, run_id, iteration, position) "                                                         \
      "DO UPDATE SET status = 'running', agent = excluded.agent, model = excluded.model, started_at = excluded.started_at, " \
      "isolation = excluded.isolation, finished_at = NULL, exit_code = NULL, verdict = NULL, output = NULL")           \
    X(STEP_FINISH,                                                                                                     \
      "UPDATE run_steps SET status = $1, finished_at = $2, exit_code = $3, input_tokens = $4, output_tokens = $5, "    \
      "cost_usd = cost_usd + $6, verdict = $7, output = $8 "                                                           \
      "WHERE project_id = $9 AND run_id = $10 AND iteration = $11 AND position = $12")                                 \
    X(STEPS_SKIP,                                                                                                      \
      "UPDATE run_steps SET status = CASE WHEN status = 'pending' THEN 'skipped' ELSE 'failed' END, finished_at = $1 " \
      "WHERE project_id = $2 AND run_id = $3 AND status IN ('pending', 'running')")                                    \
    X(ISSUE_MOVE,                                                                                                      \
      "UPDATE issues SET status = $1, updated_at = $2, version = version + 1 WHERE project_id = $3 AND id = $4")\
    X(SCHEDULE_GET,                                                                                                    \
      "SELECT workflow_id, frequency, time_zone, hour, minute, is_enabled, anchor_day, mode FROM schedules "           \
      "WHERE project_id = $1 AND id = $2")                                                                             \
    X(SCHEDULE_DUE,                                                                                                    \
      "SELECT project_id, id, next_run_at, name, workflow_id, prompt, acts_for, frequency, time_zone, hour, minute, "  \
      "anchor_day, mode FROM schedules WHERE next_run_at IS NOT NULL AND next_run_at <= $1 ORDER BY next_run_at LIMIT 1")               \
    /* The next one behind ($2, $3) that is still to come. */                                                          \
    X(SCHEDULE_AHEAD,                                                                                                  \
      "SELECT project_id, id, next_run_at, name, workflow_id, prompt, acts_for, frequency, time_zone, hour, minute, "  \
      "anchor_day, mode, last_run_at FROM schedules WHERE next_run_at > $1 AND (project_id, id) > ($2, $3) "                             \
      "ORDER BY project_id, id LIMIT 1")                                                                               \
    X(SCHEDULE_MEND,                                                                                                   \
      "UPDATE schedules SET next_run_at = $1, updated_at = $2, version = version + 1 "                                 \
      "WHERE project_id = $3 AND id = $4 AND next_run_at = $5")                                                        \
    X(SCHEDULE_MOVE,                                                                                                   \
      "UPDATE schedules SET next_run_at = $1, last_run_at = $2, updated_at = $2, version = version + 1 "               \
      "WHERE project_id = $3 AND id = $4 AND next_run_at = $5")                                                        \
    X(SCHEDULE_NOTE,                                                                                                   \
      "UPDATE schedules SET last_run_id = coalesce($1, last_run_id), last_error = $2, acts_for = $3 "                  \
      "WHERE project_id = $4 AND id = $5")                                                                             \
    /* Its maker may not start runs any more. */                                                                       \
    X(SCHEDULE_STOP,                                                                                                   \
      "UPDATE schedules SET is_enabled = 0, next_run_at = NULL, last_error = $1, updated_at = $2, version = version + 1 "\
      "WHERE project_id = $3 AND id = $4")                                                                             \
    X(SCHEDULES_OF, "SELECT id FROM schedules WHERE project_id = $1 AND acts_for = $2 AND is_enabled = 1")             \
    X(RUN_SCHEDULE, "UPDATE runs SET schedule_id = $1 WHERE project_id = $2 AND mode = $3 AND id = $4")                \
    X(CHAIN_STATUS,                                                                                                    \
      "SELECT status, current_run_id FROM chains WHERE project_id = $1 AND mode = $2 AND id = $3")                     \
    X(CHAIN_CANCEL,                                                                                                    \
      "UPDATE chains SET status = 'cancelled', updated_at = $1, version = version + 1 "                                \
      "WHERE project_id = $2 AND mode = $3 AND id = $4 AND status IN ('running', 'failed')")                           \
    X(CHAIN_RESUME,                                                                                                    \
      "UPDATE chains SET status = 'running', error = NULL, current_run_id = NULL, acts_for = $5, updated_at = $1, "    \
      "version = version + 1 WHERE project_id = $2 AND mode = $3 AND id = $4 AND status = 'failed'")                                         \
    /* A chain whose run has ended, was deleted, or is still to be started. */                                         \
    X(CHAIN_DUE,                                                                                                       \
      "SELECT c.project_id, c.mode, c.id, c.name, c.source, c.workflow_id, c.prompt, c.issue_ids, c.run_count, "       \
      "c.completed_count, c.current_run_id, r.status, r.run_number, c.acts_for FROM chains c LEFT JOIN runs r "        \
      "ON r.project_id = c.project_id AND r.mode = c.mode AND r.id = c.current_run_id "                                \
      "WHERE c.status = 'running' AND (r.id IS NULL OR r.finished_at IS NOT NULL) LIMIT 1")                            \
    /* Says what it found, so that of two workers one moves it. */                                                     \
    X(CHAIN_MOVE,                                                                                                      \
      "UPDATE chains SET status = $1, completed_count = $2, current_run_id = $3, error = $4, updated_at = $5, "        \
      "version = version + 1 WHERE project_id = $6 AND mode = $7 AND id = $8 AND status = 'running' "                  \
      "AND completed_count = $9 AND coalesce(current_run_id, '') = $10")
/* clang-format on */

#endif
