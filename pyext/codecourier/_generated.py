"""Errors, models and the methods of Client, written by pyext/generate.py from the table of routes.  Do not edit."""
# mypy: disable-error-code="no-any-return"

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from ._actions import RunActions, RunState, SandboxActions, SandboxState
from ._call import UNSET, Caller, Unset, named, query_text, segment
from ._errors import ApiError
from ._model import Model, copied, model, models, moment, texts
from ._page import Page

__all__ = [
    "AgentSession", "AnalyticsGroup", "AnalyticsSummary", "ApiKey", "Artifact", "AuditEntry", "AuthInvalid",
    "AuthMissing", "Branch", "Budget", "BulkDeleted", "CandidateGroup", "Chain", "Change", "ChangedFile", "Check",
    "CheckFailure", "Command", "ComparedFile", "ComparedRun", "Conflict", "Context", "CostRate",
    "CredentialsReceived", "Deleted", "DocumentVersion", "DryRun", "DryRunStep", "Finding", "Forbidden",
    "HeadersTooLarge", "Health", "HealthProblemsItem", "IdempotencyInProgress", "IdempotencyMismatch", "Internal",
    "Invitation", "InvitationShown", "Issue", "Learning", "Member", "MethodNotAllowed", "NotFound", "Notification",
    "NotificationsRead", "PayloadTooLarge", "Persona", "PreconditionFailed", "Project", "ProviderKey",
    "ProviderKeyDeleted", "PullRequest", "Question", "RateLimited", "ReviewComment", "Run", "RunChanges",
    "RunCommit", "RunComparison", "RunDocument", "RunEvent", "RunMembers", "RunStep", "RunWorkflow", "Sandbox",
    "SandboxMembers", "SandboxMessage", "Schedule", "ScheduleNextRunsItem", "Scope", "ScopeDenied", "Script",
    "Session", "SessionProject", "SessionUser", "SessionsEnded", "Settings", "Skill", "SkillFile", "SkillVersion",
    "TrashEmptied", "TrashEntry", "Unavailable", "UnreadCount", "UnsupportedMediaType", "UriTooLong", "UsageLine",
    "Validation", "WebhookDelivery", "WebhookEndpoint", "Whoami", "Workflow", "WorkflowStep", "WorkflowVersion",
]


class Validation(ApiError):
    """400 VALIDATION: The request does not fit its schema.

    Correct the member, parameter or header named by 'field' and send the request again.
    """

    __slots__ = ()


class AuthMissing(ApiError):
    """401 AUTH_MISSING: This route needs an API key: send 'Authorization: Bearer <key>'.

    Send the key as a bearer token.  If you did, the web server withholds the header: see deployment.
    """

    __slots__ = ()


class AuthInvalid(ApiError):
    """401 AUTH_INVALID: The API key is malformed, unknown, expired or revoked.

    Check that the whole secret was copied, or make a new key.
    """

    __slots__ = ()


class ScopeDenied(ApiError):
    """403 SCOPE_DENIED: This key does not have the required scope.

    Grant the scope named in the message to the key, or use a key that has it.
    """

    __slots__ = ()


class Forbidden(ApiError):
    """403 FORBIDDEN: This is not allowed for this key.

    Use a key or an address that is allowed to do this.
    """

    __slots__ = ()


class NotFound(ApiError):
    """404 NOT_FOUND: There is no such route or resource.

    Check the path and the id; ids of other projects look the same as missing ones.
    """

    __slots__ = ()


class MethodNotAllowed(ApiError):
    """405 METHOD_NOT_ALLOWED: This route does not know that method.

    Use one of the methods in 'Allow'.
    """

    __slots__ = ()


class Conflict(ApiError):
    """409 CONFLICT: The resource's state does not allow this.

    Read the resource again, then decide.
    """

    __slots__ = ()


class IdempotencyMismatch(ApiError):
    """409 IDEMPOTENCY_MISMATCH: This Idempotency-Key was already used for a different request.

    Use a new key for a new request.
    """

    __slots__ = ()


class IdempotencyInProgress(ApiError):
    """409 IDEMPOTENCY_IN_PROGRESS: The first request with this Idempotency-Key is still running.

    Wait for the time in 'Retry-After', then send the same request again.
    """

    __slots__ = ()


class PreconditionFailed(ApiError):
    """412 PRECONDITION_FAILED: The resource has changed since the version in If-Match.

    Read it again, apply the change to what you get, and send its new ETag.
    """

    __slots__ = ()


class PayloadTooLarge(ApiError):
    """413 PAYLOAD_TOO_LARGE: The request body is too large.

    Send a smaller body.
    """

    __slots__ = ()


class UriTooLong(ApiError):
    """414 URI_TOO_LONG: The path and query are too long.

    Send a shorter query.
    """

    __slots__ = ()


class UnsupportedMediaType(ApiError):
    """415 UNSUPPORTED_MEDIA_TYPE: The request body must be JSON.

    Send 'Content-Type: application/json', and the body as it is: not compressed.
    """

    __slots__ = ()


class HeadersTooLarge(ApiError):
    """431 HEADERS_TOO_LARGE: The request's headers are too large.

    Send fewer and shorter headers; cookies of other programs on the same host count as well.
    """

    __slots__ = ()


class RateLimited(ApiError):
    """429 RATE_LIMITED: Too many requests.

    Wait for the time in 'Retry-After'.
    """

    __slots__ = ()


class Internal(ApiError):
    """500 INTERNAL: Something went wrong on our side.

    Report the request id to the operator; the server's log has the cause beside it.
    """

    __slots__ = ()


class Unavailable(ApiError):
    """503 UNAVAILABLE: Storage is busy or not reachable; nothing was changed.

    Wait for the time in 'Retry-After', then send the request again.
    """

    __slots__ = ()


ERRORS: dict[str, type[ApiError]] = {
    "VALIDATION": Validation,
    "AUTH_MISSING": AuthMissing,
    "AUTH_INVALID": AuthInvalid,
    "SCOPE_DENIED": ScopeDenied,
    "FORBIDDEN": Forbidden,
    "NOT_FOUND": NotFound,
    "METHOD_NOT_ALLOWED": MethodNotAllowed,
    "CONFLICT": Conflict,
    "IDEMPOTENCY_MISMATCH": IdempotencyMismatch,
    "IDEMPOTENCY_IN_PROGRESS": IdempotencyInProgress,
    "PRECONDITION_FAILED": PreconditionFailed,
    "PAYLOAD_TOO_LARGE": PayloadTooLarge,
    "URI_TOO_LONG": UriTooLong,
    "UNSUPPORTED_MEDIA_TYPE": UnsupportedMediaType,
    "HEADERS_TOO_LARGE": HeadersTooLarge,
    "RATE_LIMITED": RateLimited,
    "INTERNAL": Internal,
    "UNAVAILABLE": Unavailable,
}


class Project(Model):
    """What everything else belongs to."""

    __slots__ = ()
    _members = ("id", "name", "slug", "githubRepoUrl", "createdAt", "updatedAt")

    @property
    def id(self) -> str:
        """Made by the service; sorts by age."""
        return self._data.get("id")

    @property
    def name(self) -> str:
        """What people call it."""
        return self._data.get("name")

    @property
    def slug(self) -> str:
        """Its name in commands: lower-case letters, digits and hyphens."""
        return self._data.get("slug")

    @property
    def github_repo_url(self) -> str | None:
        """The repository its runs work on."""
        return self._data.get("githubRepoUrl")

    @property
    def created_at(self) -> datetime:
        """When it was made."""
        return moment(self._data.get("createdAt"))

    @property
    def updated_at(self) -> datetime:
        """When it last changed."""
        return moment(self._data.get("updatedAt"))


class Settings(Model):
    """How a project's runs behave."""

    __slots__ = ()
    _members = ("systemPrompt", "defaultAgent", "defaultModel", "gitCommitName", "gitCommitEmail", "pullRequestTemplate", "envVars", "createdAt", "updatedAt")

    @property
    def system_prompt(self) -> str | None:
        """What every agent of the project is told first."""
        return self._data.get("systemPrompt")

    @property
    def default_agent(self) -> str | None:
        """The agent of steps that name none."""
        return self._data.get("defaultAgent")

    @property
    def default_model(self) -> str | None:
        """The model of steps that name none."""
        return self._data.get("defaultModel")

    @property
    def git_commit_name(self) -> str | None:
        """Author name of the commits runs make."""
        return self._data.get("gitCommitName")

    @property
    def git_commit_email(self) -> str | None:
        """Author address of the commits runs make."""
        return self._data.get("gitCommitEmail")

    @property
    def pull_request_template(self) -> str | None:
        """The text of its pull requests, with {{title}}, {{issue}}, {{prompt}}, {{steps}}, {{verdict}}, {{cost}} and
        {{run}} where those stand; null: what was asked.
        """
        return self._data.get("pullRequestTemplate")

    @property
    def env_vars(self) -> dict[str, str]:
        """Environment of the agents.  Sent: names to texts, null removes one, names left out stay.  Answered: names to
        the last four characters of each value.
        """
        return copied(self._data.get("envVars"))

    @property
    def created_at(self) -> datetime:
        """When it was made."""
        return moment(self._data.get("createdAt"))

    @property
    def updated_at(self) -> datetime:
        """When it last changed."""
        return moment(self._data.get("updatedAt"))


class ApiKey(Model):
    """What a program shows to be let in."""

    __slots__ = ()
    _members = ("id", "key", "name", "prefix", "scopes", "mode", "allowedNetworks", "rateLimit", "createdBy", "ownerId", "rotatedFrom", "lastUsedAt", "expiresAt", "revokedAt", "createdAt", "updatedAt")

    @property
    def id(self) -> str:
        """Made by the service; sorts by age."""
        return self._data.get("id")

    @property
    def key(self) -> str | None:
        """The secret.  Answered once, by the call that makes the key, and never again.  None also where the answer
        left it out.
        """
        return self._data.get("key")

    @property
    def name(self) -> str:
        """What people call it."""
        return self._data.get("name")

    @property
    def prefix(self) -> str:
        """The secret's beginning, to tell keys apart."""
        return self._data.get("prefix")

    @property
    def scopes(self) -> tuple[str, ...]:
        """What it may do."""
        return texts(self._data.get("scopes"))

    @property
    def mode(self) -> str:
        """live, or test: its runs are rehearsals."""
        return self._data.get("mode")

    @property
    def allowed_networks(self) -> tuple[str, ...] | None:
        """From where it may be used; null: from anywhere, which answers say as an empty list."""
        return texts(self._data.get("allowedNetworks"))

    @property
    def rate_limit(self) -> int | None:
        """Requests a minute; null: the instance's default."""
        return self._data.get("rateLimit")

    @property
    def created_by(self) -> str | None:
        """The key or person who made it; null: the operator."""
        return self._data.get("createdBy")

    @property
    def owner_id(self) -> str | None:
        """The person who made it, if by another key: it ends with their membership.  null: nobody's."""
        return self._data.get("ownerId")

    @property
    def rotated_from(self) -> str | None:
        """The key it replaces."""
        return self._data.get("rotatedFrom")

    @property
    def last_used_at(self) -> datetime | None:
        """When it was last used, to the minute."""
        return moment(self._data.get("lastUsedAt"))

    @property
    def expires_at(self) -> datetime | None:
        """When it stops working; null: never."""
        return moment(self._data.get("expiresAt"))

    @property
    def revoked_at(self) -> datetime | None:
        """When it was revoked."""
        return moment(self._data.get("revokedAt"))

    @property
    def created_at(self) -> datetime:
        """When it was made."""
        return moment(self._data.get("createdAt"))

    @property
    def updated_at(self) -> datetime:
        """When it last changed."""
        return moment(self._data.get("updatedAt"))


class Workflow(Model):
    """Steps that a run goes through."""

    __slots__ = ()
    _members = ("id", "name", "description", "status", "githubRepoUrl", "activeVersion", "latestVersion", "stepCount", "steps", "createdAt", "updatedAt")

    @property
    def id(self) -> str:
        """Made by the service; sorts by age."""
        return self._data.get("id")

    @property
    def name(self) -> str:
        """What people call it."""
        return self._data.get("name")

    @property
    def description(self) -> str | None:
        """What it is for."""
        return self._data.get("description")

    @property
    def status(self) -> str:
        """Archived workflows cannot be started."""
        return self._data.get("status")

    @property
    def github_repo_url(self) -> str | None:
        """The repository its runs work on; null: the project's."""
        return self._data.get("githubRepoUrl")

    @property
    def active_version(self) -> int:
        """Which of its versions it is now."""
        return self._data.get("activeVersion")

    @property
    def latest_version(self) -> int:
        """The newest version."""
        return self._data.get("latestVersion")

    @property
    def step_count(self) -> int:
        """How many steps it has."""
        return self._data.get("stepCount")

    @property
    def steps(self) -> tuple[WorkflowStep, ...] | None:
        """What is done, in order; each step's output feeds the next.  None also where the answer left it out."""
        return models(WorkflowStep, self._data.get("steps"), self._client)

    @property
    def created_at(self) -> datetime:
        """When it was made."""
        return moment(self._data.get("createdAt"))

    @property
    def updated_at(self) -> datetime:
        """When it last changed."""
        return moment(self._data.get("updatedAt"))


class RunMembers(RunState):
    """One execution of a workflow."""

    __slots__ = ()
    _members = ("id", "runNumber", "name", "status", "mode", "source", "prompt", "workflowId", "workflow", "issueId", "chainId", "candidateGroupId", "restartedFrom", "githubRepoUrl", "branchName", "baseBranch", "draft", "currentStepLabel", "currentStepProgress", "currentIteration", "maxIterations", "costUsd", "prStatus", "prUrl", "prNumber", "verdict", "quality", "pushStatus", "pushError", "pushErrorCode", "pushErrorParams", "stopRequested", "createdAt", "updatedAt", "startedAt", "finishedAt", "lastProgressAt", "error", "errorCode", "errorParams", "eventsThinnedAt", "queuePosition", "documents")

    @property
    def id(self) -> str:
        """Made by the service; sorts by age."""
        return self._data.get("id")

    @property
    def run_number(self) -> int:
        """Counts the project's runs."""
        return self._data.get("runNumber")

    @property
    def name(self) -> str:
        """What people call it; left out: the workflow's name."""
        return self._data.get("name")

    @property
    def status(self) -> str:
        """Where it stands."""
        return self._data.get("status")

    @property
    def mode(self) -> str:
        """live, or test: a rehearsal that calls nothing and costs nothing."""
        return self._data.get("mode")

    @property
    def source(self) -> str:
        """What started it."""
        return self._data.get("source")

    @property
    def prompt(self) -> str | None:
        """What the first step is asked.  None also where the answer left it out."""
        return self._data.get("prompt")

    @property
    def workflow_id(self) -> str | None:
        """The workflow to run; null: sessions and sandboxes have none."""
        return self._data.get("workflowId")

    @property
    def workflow(self) -> RunWorkflow:
        """The workflow, as it was when the run began."""
        return model(RunWorkflow, self._data.get("workflow"), self._client)

    @property
    def issue_id(self) -> str | None:
        """The issue it works on."""
        return self._data.get("issueId")

    @property
    def chain_id(self) -> str | None:
        """The chain it is part of."""
        return self._data.get("chainId")

    @property
    def candidate_group_id(self) -> str | None:
        """The group of candidates that it is one of."""
        return self._data.get("candidateGroupId")

    @property
    def restarted_from(self) -> str | None:
        """The run it repeats."""
        return self._data.get("restartedFrom")

    @property
    def github_repo_url(self) -> str | None:
        """The repository; null: the workflow's or the project's."""
        return self._data.get("githubRepoUrl")

    @property
    def branch_name(self) -> str | None:
        """The branch to work on; null: one of its own, cc/run-N with a piece of its id."""
        return self._data.get("branchName")

    @property
    def base_branch(self) -> str | None:
        """The branch that a new one begins at, and that its pull request would be merged into; null: the repository's
        main branch.
        """
        return self._data.get("baseBranch")

    @property
    def draft(self) -> bool:
        """Its pull request is opened as a draft."""
        return self._data.get("draft")

    @property
    def current_step_label(self) -> str | None:
        """The step it is in."""
        return self._data.get("currentStepLabel")

    @property
    def current_step_progress(self) -> float | None:
        """How far that step is."""
        return self._data.get("currentStepProgress")

    @property
    def current_iteration(self) -> int:
        """Which round of a loop it is in."""
        return self._data.get("currentIteration")

    @property
    def max_iterations(self) -> int:
        """How many rounds a loop may take that names no limit of its own."""
        return self._data.get("maxIterations")

    @property
    def cost_usd(self) -> float | None:
        """What it has cost so far, in US dollars; null: not known, for no agent named a price and no rate fits."""
        return self._data.get("costUsd")

    @property
    def pr_status(self) -> str | None:
        """State of its pull request: open, merged, closed.  Of a candidate without one: waiting for the choice;
        opening, for it was chosen; notOpened, for its forge did not, and its group says why; notChosen.
        """
        return self._data.get("prStatus")

    @property
    def pr_url(self) -> str | None:
        """Its pull request."""
        return self._data.get("prUrl")

    @property
    def pr_number(self) -> int | None:
        """The pull request's number."""
        return self._data.get("prNumber")

    @property
    def verdict(self) -> str | None:
        """What its checkers said in their last round, once it has completed: fail if one did; null: none said
        anything.
        """
        return self._data.get("verdict")

    @property
    def quality(self) -> dict[str, Any] | None:
        """What the last session that evaluated it says: correctness, completeness, maintainability, security, tests
        and their composite, each 0 to 100, and whether that passed its threshold; null: none has.
        """
        return copied(self._data.get("quality"))

    @property
    def push_status(self) -> str | None:
        """What became of its branch: pushed; none, for nothing was changed; failed; null: it has not come so far."""
        return self._data.get("pushStatus")

    @property
    def push_error(self) -> str | None:
        """Why its branch could not be pushed; what it changed is kept all the same."""
        return self._data.get("pushError")

    @property
    def push_error_code(self) -> str | None:
        """Which of the reasons that is, for programs."""
        return self._data.get("pushErrorCode")

    @property
    def push_error_params(self) -> dict[str, Any] | None:
        """The values in the reason's sentence; one may be a reason itself."""
        return copied(self._data.get("pushErrorParams"))

    @property
    def stop_requested(self) -> bool:
        """It will end after its current step."""
        return self._data.get("stopRequested")

    @property
    def created_at(self) -> datetime:
        """When it was asked for."""
        return moment(self._data.get("createdAt"))

    @property
    def updated_at(self) -> datetime:
        """When it last changed."""
        return moment(self._data.get("updatedAt"))

    @property
    def started_at(self) -> datetime | None:
        """When a worker took it up."""
        return moment(self._data.get("startedAt"))

    @property
    def finished_at(self) -> datetime | None:
        """When it ended."""
        return moment(self._data.get("finishedAt"))

    @property
    def last_progress_at(self) -> datetime | None:
        """When it last did something."""
        return moment(self._data.get("lastProgressAt"))

    @property
    def error(self) -> str | None:
        """Why it failed."""
        return self._data.get("error")

    @property
    def error_code(self) -> str | None:
        """Which of the reasons that is, for programs."""
        return self._data.get("errorCode")

    @property
    def error_params(self) -> dict[str, Any] | None:
        """The values in the reason's sentence; one may be a reason itself."""
        return copied(self._data.get("errorParams"))

    @property
    def events_thinned_at(self) -> datetime | None:
        """When what its agents wrote was taken out of its events, long after its end; null: all of them are there.
        None also where the answer left it out.
        """
        return moment(self._data.get("eventsThinnedAt"))

    @property
    def queue_position(self) -> int | None:
        """While it is pending: its place among the project's runs that wait, from 1; 100: there or later.  None also
        where the answer left it out.
        """
        return self._data.get("queuePosition")

    @property
    def documents(self) -> tuple[RunDocument, ...] | None:
        """The versions of contexts, skills, commands, scripts and learnings that were active when it was asked for:
        its agents are given these, whatever is published or approved meanwhile.  None also where the answer left it
        out.
        """
        return models(RunDocument, self._data.get("documents"), self._client)


class Run(RunActions, RunMembers):
    """A run and what can be done with it."""

    __slots__ = ()


class CandidateGroup(Model):
    """Several runs of one task, of which one gets the pull request."""

    __slots__ = ()
    _members = ("id", "name", "status", "mode", "actsFor", "runIds", "judgeSessionId", "chosenRunId", "chosenBy", "reason", "error", "errorCode", "errorParams", "createdAt", "updatedAt")

    @property
    def id(self) -> str:
        """Made by the service; sorts by age."""
        return self._data.get("id")

    @property
    def name(self) -> str:
        """What its runs are called."""
        return self._data.get("name")

    @property
    def status(self) -> str:
        """running: its runs are under way; judging: a judge compares them; decided: one is chosen; undecided: a person
        is to choose; failed: none of them has completed.
        """
        return self._data.get("status")

    @property
    def mode(self) -> str:
        """live, or test: its runs and its judge are rehearsals."""
        return self._data.get("mode")

    @property
    def acts_for(self) -> str | None:
        """The key or person who started it or has chosen, with whose rights it goes on; null: the operator."""
        return self._data.get("actsFor")

    @property
    def run_ids(self) -> tuple[str, ...]:
        """The runs that were started, deleted ones among them."""
        return texts(self._data.get("runIds"))

    @property
    def judge_session_id(self) -> str | None:
        """The session that judges them; null: none was needed, or it is not time."""
        return self._data.get("judgeSessionId")

    @property
    def chosen_run_id(self) -> str | None:
        """The run that gets the pull request."""
        return self._data.get("chosenRunId")

    @property
    def chosen_by(self) -> str | None:
        """The judge, a person, or nobody: it is the only one that has completed."""
        return self._data.get("chosenBy")

    @property
    def reason(self) -> str | None:
        """Why, in the judge's words."""
        return self._data.get("reason")

    @property
    def error(self) -> str | None:
        """Why none was chosen, or the chosen one has no pull request so far."""
        return self._data.get("error")

    @property
    def error_code(self) -> str | None:
        """Which of the reasons that is, for programs."""
        return self._data.get("errorCode")

    @property
    def error_params(self) -> dict[str, Any] | None:
        """The values in the reason's sentence; one may be a reason itself."""
        return copied(self._data.get("errorParams"))

    @property
    def created_at(self) -> datetime:
        """When it was made."""
        return moment(self._data.get("createdAt"))

    @property
    def updated_at(self) -> datetime:
        """When it last changed."""
        return moment(self._data.get("updatedAt"))


class AgentSession(Model):
    """A run whose agent looks at something and answers as data."""

    __slots__ = ()
    _members = ("id", "kind", "name", "status", "prompt", "runIds", "questionIds", "threshold", "githubRepoUrl", "baseBranch", "costUsd", "createdAt", "updatedAt", "startedAt", "finishedAt", "error", "errorCode", "errorParams", "result")

    @property
    def id(self) -> str:
        """Made by the service; sorts by age."""
        return self._data.get("id")

    @property
    def kind(self) -> str:
        """discovery finds issues and questions, answering answers open questions, evaluation scores a run, judge names
        the best of several, learning proposes what a run has taught.
        """
        return self._data.get("kind")

    @property
    def name(self) -> str:
        """What people call it; left out: what its kind is called."""
        return self._data.get("name")

    @property
    def status(self) -> str:
        """Where it stands, as a run."""
        return self._data.get("status")

    @property
    def prompt(self) -> str | None:
        """What to look at in particular.  None also where the answer left it out."""
        return self._data.get("prompt")

    @property
    def run_ids(self) -> tuple[str, ...] | None:
        """The finished runs that it is about: one for evaluation and learning, two or more of the same task for judge.
        """
        return texts(self._data.get("runIds"))

    @property
    def question_ids(self) -> tuple[str, ...] | None:
        """The open questions that it answers; left out: the oldest."""
        return texts(self._data.get("questionIds"))

    @property
    def threshold(self) -> int | None:
        """What an evaluation's composite figure must reach to pass; left out: 70."""
        return self._data.get("threshold")

    @property
    def github_repo_url(self) -> str | None:
        """The repository; null: that of its runs, or the project's."""
        return self._data.get("githubRepoUrl")

    @property
    def base_branch(self) -> str | None:
        """The branch that it reads; null: that of its runs, or the repository's main branch."""
        return self._data.get("baseBranch")

    @property
    def cost_usd(self) -> float | None:
        """What it has cost so far, in US dollars; null: not known."""
        return self._data.get("costUsd")

    @property
    def created_at(self) -> datetime:
        """When it was made."""
        return moment(self._data.get("createdAt"))

    @property
    def updated_at(self) -> datetime:
        """When it last changed."""
        return moment(self._data.get("updatedAt"))

    @property
    def started_at(self) -> datetime | None:
        """When a worker took it up."""
        return moment(self._data.get("startedAt"))

    @property
    def finished_at(self) -> datetime | None:
        """When it ended."""
        return moment(self._data.get("finishedAt"))

    @property
    def error(self) -> str | None:
        """Why it failed."""
        return self._data.get("error")

    @property
    def error_code(self) -> str | None:
        """Which of the reasons that is, for programs."""
        return self._data.get("errorCode")

    @property
    def error_params(self) -> dict[str, Any] | None:
        """The values in the reason's sentence; one may be a reason itself."""
        return copied(self._data.get("errorParams"))

    @property
    def result(self) -> dict[str, Any] | None:
        """What came of it, once it has completed: ids of the rows that it made, and what its agent says.  None also
        where the answer left it out.
        """
        return copied(self._data.get("result"))


class SandboxMembers(SandboxState):
    """A workspace with an agent in it, with which one talks."""

    __slots__ = ()
    _members = ("id", "name", "status", "agent", "model", "personaId", "contextIds", "githubRepoUrl", "branchName", "baseBranch", "messageCount", "costUsd", "pushStatus", "pushError", "pushErrorCode", "pushErrorParams", "prStatus", "prUrl", "prNumber", "createdAt", "updatedAt", "usedAt", "finishedAt", "filesRemovedAt", "error", "errorCode", "errorParams")

    @property
    def id(self) -> str:
        """Made by the service; sorts by age."""
        return self._data.get("id")

    @property
    def name(self) -> str:
        """What people call it; left out: Sandbox."""
        return self._data.get("name")

    @property
    def status(self) -> str:
        """Where it stands.  idle: it has answered everything, and holds no worker until somebody says something."""
        return self._data.get("status")

    @property
    def agent(self) -> str | None:
        """Which agent is in it; null: its persona's, or the project's default."""
        return self._data.get("agent")

    @property
    def model(self) -> str | None:
        """Which model it uses; null: its persona's, or the agent's own choice."""
        return self._data.get("model")

    @property
    def persona_id(self) -> str | None:
        """The persona that answers."""
        return self._data.get("personaId")

    @property
    def context_ids(self) -> tuple[str, ...] | None:
        """The contexts that its agent is given, of those that are active; null: all of them."""
        return texts(self._data.get("contextIds"))

    @property
    def github_repo_url(self) -> str | None:
        """The repository; null: the project's."""
        return self._data.get("githubRepoUrl")

    @property
    def branch_name(self) -> str | None:
        """The branch to work on and to push to; null: one of its own."""
        return self._data.get("branchName")

    @property
    def base_branch(self) -> str | None:
        """The branch that a new one begins at, and that its pull request would be merged into; null: the repository's
        main branch.
        """
        return self._data.get("baseBranch")

    @property
    def message_count(self) -> int:
        """How many messages and commits there were."""
        return self._data.get("messageCount")

    @property
    def cost_usd(self) -> float | None:
        """What it has cost so far, in US dollars; null: not known."""
        return self._data.get("costUsd")

    @property
    def push_status(self) -> str | None:
        """What became of its last commit's branch: pushed; none, for nothing was changed; failed; null: there was
        none.
        """
        return self._data.get("pushStatus")

    @property
    def push_error(self) -> str | None:
        """Why it could not be pushed; what it changed is kept all the same."""
        return self._data.get("pushError")

    @property
    def push_error_code(self) -> str | None:
        """Which of the reasons that is, for programs."""
        return self._data.get("pushErrorCode")

    @property
    def push_error_params(self) -> dict[str, Any] | None:
        """The values in the reason's sentence; one may be a reason itself."""
        return copied(self._data.get("pushErrorParams"))

    @property
    def pr_status(self) -> str | None:
        """State of its pull request."""
        return self._data.get("prStatus")

    @property
    def pr_url(self) -> str | None:
        """Its pull request."""
        return self._data.get("prUrl")

    @property
    def pr_number(self) -> int | None:
        """The pull request's number."""
        return self._data.get("prNumber")

    @property
    def created_at(self) -> datetime:
        """When it was made."""
        return moment(self._data.get("createdAt"))

    @property
    def updated_at(self) -> datetime:
        """When it last changed."""
        return moment(self._data.get("updatedAt"))

    @property
    def used_at(self) -> datetime:
        """When somebody last said something to it, or it last answered; from then on its days are counted."""
        return moment(self._data.get("usedAt"))

    @property
    def finished_at(self) -> datetime | None:
        """When it ended."""
        return moment(self._data.get("finishedAt"))

    @property
    def files_removed_at(self) -> datetime | None:
        """When its files were removed; null: they are kept."""
        return moment(self._data.get("filesRemovedAt"))

    @property
    def error(self) -> str | None:
        """Why it failed."""
        return self._data.get("error")

    @property
    def error_code(self) -> str | None:
        """Which of the reasons that is, for programs."""
        return self._data.get("errorCode")

    @property
    def error_params(self) -> dict[str, Any] | None:
        """The values in the reason's sentence; one may be a reason itself."""
        return copied(self._data.get("errorParams"))


class Sandbox(SandboxActions, SandboxMembers):
    """A sandbox and what can be done with it."""

    __slots__ = ()


class SandboxMessage(Model):
    """What was said to a sandbox, and what became of it."""

    __slots__ = ()
    _members = ("id", "sandboxId", "position", "kind", "text", "status", "answer", "error", "errorCode", "errorParams", "askedBy", "after", "agent", "model", "attempt", "costUsd", "createdAt", "startedAt", "finishedAt")

    @property
    def id(self) -> str:
        """Made by the service; sorts by age."""
        return self._data.get("id")

    @property
    def sandbox_id(self) -> str:
        """The sandbox that it was said to."""
        return self._data.get("sandboxId")

    @property
    def position(self) -> int:
        """Its place in the conversation, from 0; the sandbox's events name it so."""
        return self._data.get("position")

    @property
    def kind(self) -> str:
        """message, which the agent answers; or commit, which pushes what it has changed."""
        return self._data.get("kind")

    @property
    def text(self) -> str:
        """What is said."""
        return self._data.get("text")

    @property
    def status(self) -> str:
        """Where it stands: pending while those before it are answered, running, then completed or failed."""
        return self._data.get("status")

    @property
    def answer(self) -> str | None:
        """What the agent says to it."""
        return self._data.get("answer")

    @property
    def error(self) -> str | None:
        """Why it was not answered."""
        return self._data.get("error")

    @property
    def error_code(self) -> str | None:
        """Which of the reasons that is, for programs."""
        return self._data.get("errorCode")

    @property
    def error_params(self) -> dict[str, Any] | None:
        """The values in the reason's sentence; one may be a reason itself."""
        return copied(self._data.get("errorParams"))

    @property
    def asked_by(self) -> str | None:
        """The key or person who said it; null: the operator."""
        return self._data.get("askedBy")

    @property
    def after(self) -> int:
        """The number of the sandbox's last event before it was said: what comes behind that leads to the answer."""
        return self._data.get("after")

    @property
    def agent(self) -> str | None:
        """Who answers."""
        return self._data.get("agent")

    @property
    def model(self) -> str | None:
        """The model that answers."""
        return self._data.get("model")

    @property
    def attempt(self) -> int:
        """How often its answer has begun; beyond 1 the worker of the one before was lost or stopped."""
        return self._data.get("attempt")

    @property
    def cost_usd(self) -> float | None:
        """What the answer cost, in US dollars; null: not known."""
        return self._data.get("costUsd")

    @property
    def created_at(self) -> datetime:
        """When it was said."""
        return moment(self._data.get("createdAt"))

    @property
    def started_at(self) -> datetime | None:
        """When its answer began."""
        return moment(self._data.get("startedAt"))

    @property
    def finished_at(self) -> datetime | None:
        """When it was answered."""
        return moment(self._data.get("finishedAt"))


class Question(Model):
    """What a session could not find out."""

    __slots__ = ()
    _members = ("id", "text", "status", "answer", "confidence", "sessionId", "answeredIn", "createdAt", "updatedAt")

    @property
    def id(self) -> str:
        """Made by the service; sorts by age."""
        return self._data.get("id")

    @property
    def text(self) -> str:
        """What is asked."""
        return self._data.get("text")

    @property
    def status(self) -> str:
        """Where it stands."""
        return self._data.get("status")

    @property
    def answer(self) -> str | None:
        """The answer; null: there is none so far."""
        return self._data.get("answer")

    @property
    def confidence(self) -> int | None:
        """How sure the session is that has answered it, in percent; null: a person has, or nobody."""
        return self._data.get("confidence")

    @property
    def session_id(self) -> str:
        """The session that has asked it."""
        return self._data.get("sessionId")

    @property
    def answered_in(self) -> str | None:
        """The session that has answered it."""
        return self._data.get("answeredIn")

    @property
    def created_at(self) -> datetime:
        """When it was made."""
        return moment(self._data.get("createdAt"))

    @property
    def updated_at(self) -> datetime:
        """When it last changed."""
        return moment(self._data.get("updatedAt"))


class PullRequest(Model):
    """What a run proposes to merge, as its forge says it is."""

    __slots__ = ()
    _members = ("id", "number", "title", "url", "state", "isDraft", "mergeable", "checksStatus", "checks", "runId", "forge", "repository", "branch", "base", "headCommit", "failures", "comments", "pendingAction", "actionError", "actionErrorCode", "actionErrorParams", "refreshError", "refreshErrorCode", "refreshErrorParams", "refreshedAt", "createdAt", "updatedAt")

    @property
    def id(self) -> str:
        """Made by the service; sorts by age."""
        return self._data.get("id")

    @property
    def number(self) -> int:
        """Its number at its forge."""
        return self._data.get("number")

    @property
    def title(self) -> str:
        """What it is called there."""
        return self._data.get("title")

    @property
    def url(self) -> str:
        """Where it stands."""
        return self._data.get("url")

    @property
    def state(self) -> str:
        """What has become of it."""
        return self._data.get("state")

    @property
    def is_draft(self) -> bool:
        """It is not meant to be merged as it is."""
        return self._data.get("isDraft")

    @property
    def mergeable(self) -> bool | None:
        """Whether it can be merged without conflicts; null: its forge has not said so far."""
        return self._data.get("mergeable")

    @property
    def checks_status(self) -> str:
        """What came of all checks together."""
        return self._data.get("checksStatus")

    @property
    def checks(self) -> tuple[Check, ...]:
        """The checks of its last commit."""
        return models(Check, self._data.get("checks"), self._client)

    @property
    def run_id(self) -> str:
        """The run that opened it."""
        return self._data.get("runId")

    @property
    def forge(self) -> str:
        """Which kind of forge it is at."""
        return self._data.get("forge")

    @property
    def repository(self) -> str:
        """The repository."""
        return self._data.get("repository")

    @property
    def branch(self) -> str:
        """The branch that it would merge."""
        return self._data.get("branch")

    @property
    def base(self) -> str:
        """The branch that it would be merged into."""
        return self._data.get("base")

    @property
    def head_commit(self) -> str | None:
        """The last commit of the branch."""
        return self._data.get("headCommit")

    @property
    def failures(self) -> tuple[CheckFailure, ...] | None:
        """What the checks that failed say.  None also where the answer left it out."""
        return models(CheckFailure, self._data.get("failures"), self._client)

    @property
    def comments(self) -> tuple[ReviewComment, ...] | None:
        """What reviews ask for that is not resolved.  None also where the answer left it out."""
        return models(ReviewComment, self._data.get("comments"), self._client)

    @property
    def pending_action(self) -> str | None:
        """What was asked for and a worker has not done so far; null: nothing."""
        return self._data.get("pendingAction")

    @property
    def action_error(self) -> str | None:
        """Why what was asked for last was not done."""
        return self._data.get("actionError")

    @property
    def action_error_code(self) -> str | None:
        """Which of the reasons that is, for programs."""
        return self._data.get("actionErrorCode")

    @property
    def action_error_params(self) -> dict[str, Any] | None:
        """The values in the reason's sentence; one may be a reason itself."""
        return copied(self._data.get("actionErrorParams"))

    @property
    def refresh_error(self) -> str | None:
        """Why it could not be looked at the last time."""
        return self._data.get("refreshError")

    @property
    def refresh_error_code(self) -> str | None:
        """Which of the reasons that is, for programs."""
        return self._data.get("refreshErrorCode")

    @property
    def refresh_error_params(self) -> dict[str, Any] | None:
        """The values in the reason's sentence; one may be a reason itself."""
        return copied(self._data.get("refreshErrorParams"))

    @property
    def refreshed_at(self) -> datetime | None:
        """When it was last looked at; null: not since it was opened."""
        return moment(self._data.get("refreshedAt"))

    @property
    def created_at(self) -> datetime:
        """When it was made."""
        return moment(self._data.get("createdAt"))

    @property
    def updated_at(self) -> datetime:
        """When it last changed."""
        return moment(self._data.get("updatedAt"))


class Branch(Model):
    """A branch that a run has pushed, as its forge says it is."""

    __slots__ = ()
    _members = ("id", "name", "repository", "runId", "isOwn", "base", "state", "headCommit", "seenCommit", "ahead", "behind", "merged", "isProtected", "pendingAction", "actionError", "actionErrorCode", "actionErrorParams", "refreshError", "refreshErrorCode", "refreshErrorParams", "refreshedAt", "createdAt", "updatedAt")

    @property
    def id(self) -> str:
        """Made by the service; sorts by age."""
        return self._data.get("id")

    @property
    def name(self) -> str:
        """The branch."""
        return self._data.get("name")

    @property
    def repository(self) -> str:
        """The repository that it is in."""
        return self._data.get("repository")

    @property
    def run_id(self) -> str:
        """The run that pushed it first."""
        return self._data.get("runId")

    @property
    def is_own(self) -> bool:
        """That run has made it; others were there before."""
        return self._data.get("isOwn")

    @property
    def base(self) -> str | None:
        """What it is compared with; null: the repository's main branch."""
        return self._data.get("base")

    @property
    def state(self) -> str:
        """Whether it is there."""
        return self._data.get("state")

    @property
    def head_commit(self) -> str | None:
        """The commit that a run has pushed last."""
        return self._data.get("headCommit")

    @property
    def seen_commit(self) -> str | None:
        """Where it was when it was last looked at."""
        return self._data.get("seenCommit")

    @property
    def ahead(self) -> int | None:
        """How many commits it has that its base does not; null: its forge has not said so far."""
        return self._data.get("ahead")

    @property
    def behind(self) -> int | None:
        """How many commits its base has that it does not."""
        return self._data.get("behind")

    @property
    def merged(self) -> bool | None:
        """Whether all of it is in its base, or its pull request was merged."""
        return self._data.get("merged")

    @property
    def is_protected(self) -> bool | None:
        """Whether its forge protects it."""
        return self._data.get("isProtected")

    @property
    def pending_action(self) -> str | None:
        """What was asked for and a worker has not done so far; null: nothing."""
        return self._data.get("pendingAction")

    @property
    def action_error(self) -> str | None:
        """Why what was asked for last was not done."""
        return self._data.get("actionError")

    @property
    def action_error_code(self) -> str | None:
        """Which of the reasons that is, for programs."""
        return self._data.get("actionErrorCode")

    @property
    def action_error_params(self) -> dict[str, Any] | None:
        """The values in the reason's sentence; one may be a reason itself."""
        return copied(self._data.get("actionErrorParams"))

    @property
    def refresh_error(self) -> str | None:
        """Why it could not be looked at the last time."""
        return self._data.get("refreshError")

    @property
    def refresh_error_code(self) -> str | None:
        """Which of the reasons that is, for programs."""
        return self._data.get("refreshErrorCode")

    @property
    def refresh_error_params(self) -> dict[str, Any] | None:
        """The values in the reason's sentence; one may be a reason itself."""
        return copied(self._data.get("refreshErrorParams"))

    @property
    def refreshed_at(self) -> datetime | None:
        """When it was last looked at; null: not since it was pushed."""
        return moment(self._data.get("refreshedAt"))

    @property
    def created_at(self) -> datetime:
        """When it was made."""
        return moment(self._data.get("createdAt"))

    @property
    def updated_at(self) -> datetime:
        """When it last changed."""
        return moment(self._data.get("updatedAt"))


class WebhookEndpoint(Model):
    """Where the messages of a project are posted to."""

    __slots__ = ()
    _members = ("id", "secret", "url", "description", "events", "isEnabled", "disabledReason", "mode", "actsFor", "lastDeliveryAt", "previousSecretUntil", "createdAt", "updatedAt")

    @property
    def id(self) -> str:
        """Made by the service; sorts by age."""
        return self._data.get("id")

    @property
    def secret(self) -> str | None:
        """What its messages are signed with.  Answered once, by the call that makes it, and never again.  None also
        where the answer left it out.
        """
        return self._data.get("secret")

    @property
    def url(self) -> str:
        """Where messages are posted to: an https or http address."""
        return self._data.get("url")

    @property
    def description(self) -> str | None:
        """What it is for, for people."""
        return self._data.get("description")

    @property
    def events(self) -> tuple[str, ...]:
        """What it is told of; empty: everything."""
        return texts(self._data.get("events"))

    @property
    def is_enabled(self) -> bool:
        """Whether messages are written for it and delivered."""
        return self._data.get("isEnabled")

    @property
    def disabled_reason(self) -> str | None:
        """Why the service has switched it off.  gone: it answered 410; forbidden: whoever it acts for may not know any
        more.
        """
        return self._data.get("disabledReason")

    @property
    def mode(self) -> str:
        """live, or test: of which runs it is told.  That of the key that made it."""
        return self._data.get("mode")

    @property
    def acts_for(self) -> str | None:
        """The key or person who made or last changed it, and what they may read it is told of; null: the operator."""
        return self._data.get("actsFor")

    @property
    def last_delivery_at(self) -> datetime | None:
        """When it last took a message; null: never."""
        return moment(self._data.get("lastDeliveryAt"))

    @property
    def previous_secret_until(self) -> datetime | None:
        """Until when the secret before the last rotation signs as well."""
        return moment(self._data.get("previousSecretUntil"))

    @property
    def created_at(self) -> datetime:
        """When it was made."""
        return moment(self._data.get("createdAt"))

    @property
    def updated_at(self) -> datetime:
        """When it last changed."""
        return moment(self._data.get("updatedAt"))


class Chain(Model):
    """Runs that follow one another."""

    __slots__ = ()
    _members = ("id", "name", "source", "status", "mode", "actsFor", "workflowId", "prompt", "issueIds", "runCount", "completedCount", "currentRunId", "error", "errorCode", "errorParams", "createdAt", "updatedAt")

    @property
    def id(self) -> str:
        """Made by the service; sorts by age."""
        return self._data.get("id")

    @property
    def name(self) -> str:
        """What people call it; its runs bear it too."""
        return self._data.get("name")

    @property
    def source(self) -> str:
        """sprint: the workflow several times; issue: once for each issue."""
        return self._data.get("source")

    @property
    def status(self) -> str:
        """Where it stands."""
        return self._data.get("status")

    @property
    def mode(self) -> str:
        """live, or test: its runs are rehearsals."""
        return self._data.get("mode")

    @property
    def acts_for(self) -> str | None:
        """The key or person who made or last resumed it, with whose rights it starts runs; null: the operator."""
        return self._data.get("actsFor")

    @property
    def workflow_id(self) -> str:
        """The workflow to run."""
        return self._data.get("workflowId")

    @property
    def prompt(self) -> str | None:
        """What its runs are asked; null: what the issue suggests.  None also where the answer left it out."""
        return self._data.get("prompt")

    @property
    def issue_ids(self) -> tuple[str, ...] | None:
        """The issues, in their order.  None also where the answer left it out."""
        return texts(self._data.get("issueIds"))

    @property
    def run_count(self) -> int | None:
        """How many runs in all; needed for a sprint, told by issueIds for issues."""
        return self._data.get("runCount")

    @property
    def completed_count(self) -> int:
        """How many of them have completed."""
        return self._data.get("completedCount")

    @property
    def current_run_id(self) -> str | None:
        """The run it is at, or was last at; null: the next one is about to start."""
        return self._data.get("currentRunId")

    @property
    def error(self) -> str | None:
        """Why it failed."""
        return self._data.get("error")

    @property
    def error_code(self) -> str | None:
        """Which of the reasons that is, for programs."""
        return self._data.get("errorCode")

    @property
    def error_params(self) -> dict[str, Any] | None:
        """The values in the reason's sentence; one may be a reason itself."""
        return copied(self._data.get("errorParams"))

    @property
    def created_at(self) -> datetime:
        """When it was made."""
        return moment(self._data.get("createdAt"))

    @property
    def updated_at(self) -> datetime:
        """When it last changed."""
        return moment(self._data.get("updatedAt"))


class Schedule(Model):
    """A workflow that runs by the clock."""

    __slots__ = ()
    _members = ("id", "name", "workflowId", "mode", "actsFor", "prompt", "frequency", "weekdays", "dayOfMonth", "timeZone", "hour", "minute", "isEnabled", "nextRunAt", "nextRuns", "lastRunAt", "lastRunId", "lastError", "lastErrorCode", "lastErrorParams", "createdAt", "updatedAt")

    @property
    def id(self) -> str:
        """Made by the service; sorts by age."""
        return self._data.get("id")

    @property
    def name(self) -> str:
        """What people call it; its runs bear it too."""
        return self._data.get("name")

    @property
    def workflow_id(self) -> str:
        """The workflow to run."""
        return self._data.get("workflowId")

    @property
    def mode(self) -> str:
        """live, or test: its runs are rehearsals.  That of the key that made it."""
        return self._data.get("mode")

    @property
    def acts_for(self) -> str | None:
        """The key or person who made or last changed it, with whose rights it starts runs; null: the operator."""
        return self._data.get("actsFor")

    @property
    def prompt(self) -> str | None:
        """What its runs are asked.  None also where the answer left it out."""
        return self._data.get("prompt")

    @property
    def frequency(self) -> str:
        """How often.  Days and weeks count from its first run; a month that is too short has its last day."""
        return self._data.get("frequency")

    @property
    def weekdays(self) -> tuple[str, ...]:
        """On which days of the week; with weekly and biweekly alone.  Empty: on that of its first run."""
        return texts(self._data.get("weekdays"))

    @property
    def day_of_month(self) -> int | None:
        """On which day of the month; with monthly alone.  A shorter month has its last day, so 31 is the last day of
        each.  null: on that of its first run.
        """
        return self._data.get("dayOfMonth")

    @property
    def time_zone(self) -> str:
        """The IANA time zone of hour and minute."""
        return self._data.get("timeZone")

    @property
    def hour(self) -> int:
        """At which hour."""
        return self._data.get("hour")

    @property
    def minute(self) -> int:
        """At which minute of it."""
        return self._data.get("minute")

    @property
    def is_enabled(self) -> bool:
        """Whether it starts runs."""
        return self._data.get("isEnabled")

    @property
    def next_run_at(self) -> datetime | None:
        """When it starts the next one; null: it is disabled."""
        return moment(self._data.get("nextRunAt"))

    @property
    def next_runs(self) -> tuple[ScheduleNextRunsItem, ...] | None:
        """The next times it starts one, the next first; empty: it is disabled.  None also where the answer left it
        out.
        """
        return models(ScheduleNextRunsItem, self._data.get("nextRuns"), self._client)

    @property
    def last_run_at(self) -> datetime | None:
        """When it last started one."""
        return moment(self._data.get("lastRunAt"))

    @property
    def last_run_id(self) -> str | None:
        """The run it last started."""
        return self._data.get("lastRunId")

    @property
    def last_error(self) -> str | None:
        """Why the last one could not be started, or why it was switched off."""
        return self._data.get("lastError")

    @property
    def last_error_code(self) -> str | None:
        """Which of the reasons that is, for programs."""
        return self._data.get("lastErrorCode")

    @property
    def last_error_params(self) -> dict[str, Any] | None:
        """The values in the reason's sentence; one may be a reason itself."""
        return copied(self._data.get("lastErrorParams"))

    @property
    def created_at(self) -> datetime:
        """When it was made."""
        return moment(self._data.get("createdAt"))

    @property
    def updated_at(self) -> datetime:
        """When it last changed."""
        return moment(self._data.get("updatedAt"))


class Command(Model):
    """What agents do for a word behind a slash, as a draft and its published versions."""

    __slots__ = ()
    _members = ("id", "name", "description", "activeVersion", "latestVersion", "isEnabled", "content", "createdAt", "updatedAt")

    @property
    def id(self) -> str:
        """Made by the service; sorts by age."""
        return self._data.get("id")

    @property
    def name(self) -> str:
        """The word behind the slash: small letters, digits, '-', '_' and '.'."""
        return self._data.get("name")

    @property
    def description(self) -> str | None:
        """What it is for; for people, never in a prompt."""
        return self._data.get("description")

    @property
    def active_version(self) -> int | None:
        """The version that runs are given; null: none."""
        return self._data.get("activeVersion")

    @property
    def latest_version(self) -> int:
        """The newest version; 0: it was never published."""
        return self._data.get("latestVersion")

    @property
    def is_enabled(self) -> bool:
        """Whether runs are given its active version; a switch that leaves the versions alone."""
        return self._data.get("isEnabled")

    @property
    def content(self) -> str | None:
        """The draft, in Markdown: what the agent is told for that word, once it is published.  None also where the
        answer left it out.
        """
        return self._data.get("content")

    @property
    def created_at(self) -> datetime:
        """When it was made."""
        return moment(self._data.get("createdAt"))

    @property
    def updated_at(self) -> datetime:
        """When it last changed."""
        return moment(self._data.get("updatedAt"))


class Context(Model):
    """What every agent of the project should know, as a draft and its published versions."""

    __slots__ = ()
    _members = ("id", "name", "description", "activeVersion", "latestVersion", "isEnabled", "content", "createdAt", "updatedAt")

    @property
    def id(self) -> str:
        """Made by the service; sorts by age."""
        return self._data.get("id")

    @property
    def name(self) -> str:
        """What people call it."""
        return self._data.get("name")

    @property
    def description(self) -> str | None:
        """What it is for; for people, never in a prompt."""
        return self._data.get("description")

    @property
    def active_version(self) -> int | None:
        """The version that runs are given; null: none."""
        return self._data.get("activeVersion")

    @property
    def latest_version(self) -> int:
        """The newest version; 0: it was never published."""
        return self._data.get("latestVersion")

    @property
    def is_enabled(self) -> bool:
        """Whether runs are given its active version; a switch that leaves the versions alone."""
        return self._data.get("isEnabled")

    @property
    def content(self) -> str | None:
        """The draft, in Markdown: what agents are told once it is published.  None also where the answer left it out.
        """
        return self._data.get("content")

    @property
    def created_at(self) -> datetime:
        """When it was made."""
        return moment(self._data.get("createdAt"))

    @property
    def updated_at(self) -> datetime:
        """When it last changed."""
        return moment(self._data.get("updatedAt"))


class Issue(Model):
    """Work that waits for a run."""

    __slots__ = ()
    _members = ("id", "title", "description", "sourceUrl", "priority", "status", "suggestedPrompt", "commentOnIssue", "pendingAction", "actionError", "actionErrorCode", "actionErrorParams", "importedAt", "origin", "kind", "file", "sessionId", "createdAt", "updatedAt")

    @property
    def id(self) -> str:
        """Made by the service; sorts by age."""
        return self._data.get("id")

    @property
    def title(self) -> str:
        """What is to be done, in a line."""
        return self._data.get("title")

    @property
    def description(self) -> str | None:
        """What is to be done, in full.  None also where the answer left it out."""
        return self._data.get("description")

    @property
    def source_url(self) -> str | None:
        """Where it stands elsewhere; its runs' prompts and pull requests name it."""
        return self._data.get("sourceUrl")

    @property
    def priority(self) -> str:
        """How much it matters."""
        return self._data.get("priority")

    @property
    def status(self) -> str:
        """Where it stands; runs started from it move it on."""
        return self._data.get("status")

    @property
    def suggested_prompt(self) -> str | None:
        """The prompt of a run started from it.  None also where the answer left it out."""
        return self._data.get("suggestedPrompt")

    @property
    def comment_on_issue(self) -> bool:
        """Whether a run of it that ends is told where it stands, as a comment that links the run; for issues at a
        forge.
        """
        return self._data.get("commentOnIssue")

    @property
    def pending_action(self) -> str | None:
        """What was asked for and a worker has not done so far; null: nothing."""
        return self._data.get("pendingAction")

    @property
    def action_error(self) -> str | None:
        """Why what a worker was to do for it last was not done."""
        return self._data.get("actionError")

    @property
    def action_error_code(self) -> str | None:
        """Which of the reasons that is, for programs."""
        return self._data.get("actionErrorCode")

    @property
    def action_error_params(self) -> dict[str, Any] | None:
        """The values in the reason's sentence; one may be a reason itself."""
        return copied(self._data.get("actionErrorParams"))

    @property
    def imported_at(self) -> datetime | None:
        """When it was taken over from its forge; null: it was not."""
        return moment(self._data.get("importedAt"))

    @property
    def origin(self) -> str:
        """Where it comes from: somebody made it, it was taken over from a forge, or a session has found it."""
        return self._data.get("origin")

    @property
    def kind(self) -> str | None:
        """What it is about, as the session says that has found it."""
        return self._data.get("kind")

    @property
    def file(self) -> str | None:
        """The file that it is in, as that session says."""
        return self._data.get("file")

    @property
    def session_id(self) -> str | None:
        """The session that has found it."""
        return self._data.get("sessionId")

    @property
    def created_at(self) -> datetime:
        """When it was made."""
        return moment(self._data.get("createdAt"))

    @property
    def updated_at(self) -> datetime:
        """When it last changed."""
        return moment(self._data.get("updatedAt"))


class Learning(Model):
    """What a run has taught, for all agents of the project once somebody has approved it."""

    __slots__ = ()
    _members = ("id", "title", "status", "runId", "activeVersion", "latestVersion", "content", "createdAt", "updatedAt")

    @property
    def id(self) -> str:
        """Made by the service; sorts by age."""
        return self._data.get("id")

    @property
    def title(self) -> str:
        """What is to be known, in a line."""
        return self._data.get("title")

    @property
    def status(self) -> str:
        """Where it stands; agents are told what is approved."""
        return self._data.get("status")

    @property
    def run_id(self) -> str | None:
        """The run that has taught it."""
        return self._data.get("runId")

    @property
    def active_version(self) -> int | None:
        """The version that runs are given; null: none."""
        return self._data.get("activeVersion")

    @property
    def latest_version(self) -> int:
        """How many versions have been approved so far."""
        return self._data.get("latestVersion")

    @property
    def content(self) -> str | None:
        """What agents are told once it is approved, in Markdown.  None also where the answer left it out."""
        return self._data.get("content")

    @property
    def created_at(self) -> datetime:
        """When it was made."""
        return moment(self._data.get("createdAt"))

    @property
    def updated_at(self) -> datetime:
        """When it last changed."""
        return moment(self._data.get("updatedAt"))


class Persona(Model):
    """How an agent should behave in a step: role, agent, model and instructions."""

    __slots__ = ()
    _members = ("id", "name", "type", "agent", "model", "thinkingEffort", "instructions", "contextId", "skillIds", "commandIds", "scriptIds", "isEnabled", "createdAt", "updatedAt")

    @property
    def id(self) -> str:
        """Made by the service; sorts by age."""
        return self._data.get("id")

    @property
    def name(self) -> str:
        """What people call it."""
        return self._data.get("name")

    @property
    def type(self) -> str:
        """The role it is made for."""
        return self._data.get("type")

    @property
    def agent(self) -> str | None:
        """Which agent answers; null: the project's default."""
        return self._data.get("agent")

    @property
    def model(self) -> str | None:
        """Which model the agent uses; null: the agent's own choice."""
        return self._data.get("model")

    @property
    def thinking_effort(self) -> str | None:
        """How long the model may think."""
        return self._data.get("thinkingEffort")

    @property
    def instructions(self) -> str | None:
        """What it is told before every step.  None also where the answer left it out."""
        return self._data.get("instructions")

    @property
    def context_id(self) -> str | None:
        """The context that its steps are given in place of all that are active; null: all."""
        return self._data.get("contextId")

    @property
    def skill_ids(self) -> tuple[str, ...] | None:
        """The skills that its steps are given in place of all that are active; null: all."""
        return texts(self._data.get("skillIds"))

    @property
    def command_ids(self) -> tuple[str, ...] | None:
        """The commands that its steps are given in place of all that are active; null: all."""
        return texts(self._data.get("commandIds"))

    @property
    def script_ids(self) -> tuple[str, ...] | None:
        """The scripts that its steps are given in place of all that are active; null: all."""
        return texts(self._data.get("scriptIds"))

    @property
    def is_enabled(self) -> bool:
        """Whether steps may use it."""
        return self._data.get("isEnabled")

    @property
    def created_at(self) -> datetime:
        """When it was made."""
        return moment(self._data.get("createdAt"))

    @property
    def updated_at(self) -> datetime:
        """When it last changed."""
        return moment(self._data.get("updatedAt"))


class Script(Model):
    """A program that agents find in their home, as a draft and its published versions."""

    __slots__ = ()
    _members = ("id", "name", "description", "activeVersion", "latestVersion", "isEnabled", "content", "createdAt", "updatedAt")

    @property
    def id(self) -> str:
        """Made by the service; sorts by age."""
        return self._data.get("id")

    @property
    def name(self) -> str:
        """The name of its file: small letters, digits, '-', '_' and '.'."""
        return self._data.get("name")

    @property
    def description(self) -> str | None:
        """What it is for; for people, never in a prompt."""
        return self._data.get("description")

    @property
    def active_version(self) -> int | None:
        """The version that runs are given; null: none."""
        return self._data.get("activeVersion")

    @property
    def latest_version(self) -> int:
        """The newest version; 0: it was never published."""
        return self._data.get("latestVersion")

    @property
    def is_enabled(self) -> bool:
        """Whether runs are given its active version; a switch that leaves the versions alone."""
        return self._data.get("isEnabled")

    @property
    def content(self) -> str | None:
        """The draft; its first line names what reads it: #!/bin/sh or #!/usr/bin/env python3.  None also where the
        answer left it out.
        """
        return self._data.get("content")

    @property
    def created_at(self) -> datetime:
        """When it was made."""
        return moment(self._data.get("createdAt"))

    @property
    def updated_at(self) -> datetime:
        """When it last changed."""
        return moment(self._data.get("updatedAt"))


class Skill(Model):
    """A folder of files that agents find in their home, as a draft and its published versions."""

    __slots__ = ()
    _members = ("id", "name", "description", "activeVersion", "latestVersion", "isEnabled", "files", "createdAt", "updatedAt")

    @property
    def id(self) -> str:
        """Made by the service; sorts by age."""
        return self._data.get("id")

    @property
    def name(self) -> str:
        """The name of its folder: small letters, digits, '-', '_' and '.'."""
        return self._data.get("name")

    @property
    def description(self) -> str | None:
        """What it is for; for people, never in a prompt."""
        return self._data.get("description")

    @property
    def active_version(self) -> int | None:
        """The version that runs are given; null: none."""
        return self._data.get("activeVersion")

    @property
    def latest_version(self) -> int:
        """The newest version; 0: it was never published."""
        return self._data.get("latestVersion")

    @property
    def is_enabled(self) -> bool:
        """Whether runs are given its active version; a switch that leaves the versions alone."""
        return self._data.get("isEnabled")

    @property
    def files(self) -> tuple[SkillFile, ...] | None:
        """The draft: its files, one of which is SKILL.md; of at most 512 KiB together.  None also where the answer
        left it out.
        """
        return models(SkillFile, self._data.get("files"), self._client)

    @property
    def created_at(self) -> datetime:
        """When it was made."""
        return moment(self._data.get("createdAt"))

    @property
    def updated_at(self) -> datetime:
        """When it last changed."""
        return moment(self._data.get("updatedAt"))


class CostRate(Model):
    """What a service asks for a million tokens, or for an hour of a sandbox."""

    __slots__ = ()
    _members = ("id", "service", "model", "metric", "usdPerUnit", "effectiveFrom", "unit", "isPreset", "createdAt", "updatedAt")

    @property
    def id(self) -> str:
        """Made by the service; sorts by age."""
        return self._data.get("id")

    @property
    def service(self) -> str:
        """Who asks for it: anthropic, openai, google, what stands before the first / of a model's name, or sandbox."""
        return self._data.get("service")

    @property
    def model(self) -> str | None:
        """For which model, without a date at the end of its name; null: for any that has none of its own."""
        return self._data.get("model")

    @property
    def metric(self) -> str:
        """For what."""
        return self._data.get("metric")

    @property
    def usd_per_unit(self) -> float:
        """US dollars for one `unit`."""
        return self._data.get("usdPerUnit")

    @property
    def effective_from(self) -> datetime:
        """From when on it holds, until a later one does; left out: now."""
        return moment(self._data.get("effectiveFrom"))

    @property
    def unit(self) -> str | None:
        """How much that is for: a million tokens, or an hour of sandbox-seconds.  None also where the answer left it
        out.
        """
        return self._data.get("unit")

    @property
    def is_preset(self) -> bool | None:
        """It is shipped with the service: as of `effectiveFrom`, not to be changed, and behind the project's own.
        None also where the answer left it out.
        """
        return self._data.get("isPreset")

    @property
    def created_at(self) -> datetime:
        """When it was made."""
        return moment(self._data.get("createdAt"))

    @property
    def updated_at(self) -> datetime:
        """When it last changed."""
        return moment(self._data.get("updatedAt"))


class Budget(Model):
    """What a project may spend in a day, in a month, and in one run."""

    __slots__ = ()
    _members = ("perDayUsd", "perMonthUsd", "perRunUsd", "warnAtPercent", "isHard", "spentTodayUsd", "spentThisMonthUsd", "isWarning", "updatedAt")

    @property
    def per_day_usd(self) -> float | None:
        """What all runs of a day (UTC) may cost, in US dollars; 0: nothing may be started; null: no limit."""
        return self._data.get("perDayUsd")

    @property
    def per_month_usd(self) -> float | None:
        """The same of a month (UTC)."""
        return self._data.get("perMonthUsd")

    @property
    def per_run_usd(self) -> float | None:
        """What one run may cost."""
        return self._data.get("perRunUsd")

    @property
    def warn_at_percent(self) -> int:
        """From how much of it on it is told that it runs out."""
        return self._data.get("warnAtPercent")

    @property
    def is_hard(self) -> bool:
        """When it is spent, no run is started, and those that are under way are stopped; false: it is only told."""
        return self._data.get("isHard")

    @property
    def spent_today_usd(self) -> float | None:
        """What is known that was spent today (UTC).  None also where the answer left it out."""
        return self._data.get("spentTodayUsd")

    @property
    def spent_this_month_usd(self) -> float | None:
        """What is known that was spent this month (UTC).  None also where the answer left it out."""
        return self._data.get("spentThisMonthUsd")

    @property
    def is_warning(self) -> bool | None:
        """The day's or the month's is spent as far as `warnAtPercent` says.  None also where the answer left it out."""
        return self._data.get("isWarning")

    @property
    def updated_at(self) -> datetime:
        """When it, or another setting of the project, changed."""
        return moment(self._data.get("updatedAt"))


class Member(Model):
    """A person in a project."""

    __slots__ = ()
    _members = ("id", "email", "name", "role", "createdAt", "updatedAt")

    @property
    def id(self) -> str:
        """Made by the service; sorts by age."""
        return self._data.get("id")

    @property
    def email(self) -> str:
        """Their address."""
        return self._data.get("email")

    @property
    def name(self) -> str | None:
        """What they call themselves."""
        return self._data.get("name")

    @property
    def role(self) -> str:
        """What they may do."""
        return self._data.get("role")

    @property
    def created_at(self) -> datetime:
        """When they joined."""
        return moment(self._data.get("createdAt"))

    @property
    def updated_at(self) -> datetime:
        """When their role last changed."""
        return moment(self._data.get("updatedAt"))


class Invitation(Model):
    """A link that lets one person into a project, once."""

    __slots__ = ()
    _members = ("id", "token", "email", "role", "invitedBy", "expiresAt", "createdAt", "updatedAt")

    @property
    def id(self) -> str:
        """Made by the service; sorts by age."""
        return self._data.get("id")

    @property
    def token(self) -> str | None:
        """For the link.  Answered once, by the call that makes the invitation, and never again.  None also where the
        answer left it out.
        """
        return self._data.get("token")

    @property
    def email(self) -> str:
        """Whom it is for."""
        return self._data.get("email")

    @property
    def role(self) -> str:
        """What they will be."""
        return self._data.get("role")

    @property
    def invited_by(self) -> str:
        """Who made it: a person's address or a key's name."""
        return self._data.get("invitedBy")

    @property
    def expires_at(self) -> datetime:
        """Until when it can be taken up."""
        return moment(self._data.get("expiresAt"))

    @property
    def created_at(self) -> datetime:
        """When it was made."""
        return moment(self._data.get("createdAt"))

    @property
    def updated_at(self) -> datetime:
        """When it last changed."""
        return moment(self._data.get("updatedAt"))


class AuditEntry(Model):
    """One change: who made it, when and from where."""

    __slots__ = ()
    _members = ("id", "actorType", "actorId", "actorName", "action", "resourceId", "address", "requestId", "createdAt")

    @property
    def id(self) -> str:
        """Made by the service; sorts by age."""
        return self._data.get("id")

    @property
    def actor_type(self) -> str:
        """Who did it: a key, somebody signed in, or the operator."""
        return self._data.get("actorType")

    @property
    def actor_id(self) -> str | None:
        """The key's or person's id."""
        return self._data.get("actorId")

    @property
    def actor_name(self) -> str:
        """The key's name or the person's address, as it was."""
        return self._data.get("actorName")

    @property
    def action(self) -> str:
        """What was done: the operation's name."""
        return self._data.get("action")

    @property
    def resource_id(self) -> str | None:
        """To what."""
        return self._data.get("resourceId")

    @property
    def address(self) -> str | None:
        """From where; null: in-process."""
        return self._data.get("address")

    @property
    def request_id(self) -> str:
        """The X-Request-ID of that request."""
        return self._data.get("requestId")

    @property
    def created_at(self) -> datetime:
        """When."""
        return moment(self._data.get("createdAt"))


class ProviderKey(Model):
    """What project.providerKeys.list answers."""

    __slots__ = ()
    _members = ("provider", "lastFour", "status", "responseStatus", "testedAt", "createdAt", "updatedAt")

    @property
    def provider(self) -> str:
        """Whose service."""
        return self._data.get("provider")

    @property
    def last_four(self) -> str:
        """How the key ends; more of it is never shown."""
        return self._data.get("lastFour")

    @property
    def status(self) -> str:
        """What the last test has shown: valid, refused by the service, or unreachable; testing: a worker is to test
        it.
        """
        return self._data.get("status")

    @property
    def response_status(self) -> int | None:
        """The status of the service's answer to it; null: there was none."""
        return self._data.get("responseStatus")

    @property
    def tested_at(self) -> datetime | None:
        """When it was last tested; null: never."""
        return moment(self._data.get("testedAt"))

    @property
    def created_at(self) -> datetime:
        """When it was made."""
        return moment(self._data.get("createdAt"))

    @property
    def updated_at(self) -> datetime:
        """When it last changed."""
        return moment(self._data.get("updatedAt"))


class ProviderKeyDeleted(Model):
    """What project.providerKeys.delete answers."""

    __slots__ = ()
    _members = ("provider", "deleted")

    @property
    def provider(self) -> str:
        """Whose key was deleted."""
        return self._data.get("provider")

    @property
    def deleted(self) -> bool:
        """Always true."""
        return self._data.get("deleted")


class Scope(Model):
    """What scopes.list answers."""

    __slots__ = ()
    _members = ("scope", "includes", "meaning")

    @property
    def scope(self) -> str:
        """Its name."""
        return self._data.get("scope")

    @property
    def includes(self) -> tuple[str, ...]:
        """What a key with it may do as well."""
        return texts(self._data.get("includes"))

    @property
    def meaning(self) -> str:
        """What it allows."""
        return self._data.get("meaning")


class CredentialsReceived(Model):
    """What credentials.revoke answers."""

    __slots__ = ()
    _members = ("received",)

    @property
    def received(self) -> int:
        """How many texts have come; not how many of them were keys."""
        return self._data.get("received")


class Session(Model):
    """What session.create answers."""

    __slots__ = ()
    _members = ("id", "csrfToken", "user", "mustChangePassword", "sendsEmail", "projectId", "role", "scopes", "projects", "createdAt", "expiresAt", "idleSeconds")

    @property
    def id(self) -> str:
        """The session."""
        return self._data.get("id")

    @property
    def csrf_token(self) -> str:
        """For the header X-CSRF-Token of every request but GET and HEAD."""
        return self._data.get("csrfToken")

    @property
    def user(self) -> SessionUser:
        """Who is signed in."""
        return model(SessionUser, self._data.get("user"), self._client)

    @property
    def must_change_password(self) -> bool:
        """The password was given out by the operator: until it is changed, nothing else is allowed."""
        return self._data.get("mustChangePassword")

    @property
    def sends_email(self) -> bool:
        """The operator has said how e-mails are sent."""
        return self._data.get("sendsEmail")

    @property
    def project_id(self) -> str | None:
        """The project this request is about: that of X-Project, or else the oldest membership."""
        return self._data.get("projectId")

    @property
    def role(self) -> str | None:
        """The person's role in it."""
        return self._data.get("role")

    @property
    def scopes(self) -> tuple[str, ...]:
        """All that this role may do."""
        return texts(self._data.get("scopes"))

    @property
    def projects(self) -> tuple[SessionProject, ...]:
        """Everywhere the person is a member, oldest project first."""
        return models(SessionProject, self._data.get("projects"), self._client)

    @property
    def created_at(self) -> datetime:
        """When it began."""
        return moment(self._data.get("createdAt"))

    @property
    def expires_at(self) -> datetime:
        """When it ends in any case."""
        return moment(self._data.get("expiresAt"))

    @property
    def idle_seconds(self) -> int:
        """After so long without a request it ends earlier."""
        return self._data.get("idleSeconds")


class Deleted(Model):
    """What was deleted."""

    __slots__ = ()
    _members = ("id", "deleted")

    @property
    def id(self) -> str:
        """What was deleted."""
        return self._data.get("id")

    @property
    def deleted(self) -> bool:
        """Always true."""
        return self._data.get("deleted")


class SessionsEnded(Model):
    """What session.deleteAll answers."""

    __slots__ = ()
    _members = ("ended",)

    @property
    def ended(self) -> int:
        """How many sessions there were, this one included."""
        return self._data.get("ended")


class InvitationShown(Model):
    """What session.invitation answers."""

    __slots__ = ()
    _members = ("email", "role", "projectName", "hasAccount", "expiresAt")

    @property
    def email(self) -> str:
        """Whom it is for."""
        return self._data.get("email")

    @property
    def role(self) -> str:
        """What they will be."""
        return self._data.get("role")

    @property
    def project_name(self) -> str:
        """Where."""
        return self._data.get("projectName")

    @property
    def has_account(self) -> bool:
        """The address has an account: its password is asked for."""
        return self._data.get("hasAccount")

    @property
    def expires_at(self) -> datetime:
        """Until when."""
        return moment(self._data.get("expiresAt"))


class BulkDeleted(Model):
    """What workflows.bulkDelete answers."""

    __slots__ = ()
    _members = ("id", "deleted", "code")

    @property
    def id(self) -> str:
        """Which one."""
        return self._data.get("id")

    @property
    def deleted(self) -> bool:
        """Whether it is gone."""
        return self._data.get("deleted")

    @property
    def code(self) -> str | None:
        """Why not: NOT_FOUND, or CONFLICT if its state does not allow it."""
        return self._data.get("code")


class WorkflowVersion(Model):
    """What workflows.versions answers."""

    __slots__ = ()
    _members = ("version", "savedAt", "savedBy", "name", "description", "githubRepoUrl", "stepCount", "steps")

    @property
    def version(self) -> int:
        """Its number: 1, 2, 3 …"""
        return self._data.get("version")

    @property
    def saved_at(self) -> datetime:
        """When it was saved."""
        return moment(self._data.get("savedAt"))

    @property
    def saved_by(self) -> str | None:
        """Who saved it: the name of the person or key; null: that was not noted then."""
        return self._data.get("savedBy")

    @property
    def name(self) -> str:
        """What people called it."""
        return self._data.get("name")

    @property
    def description(self) -> str | None:
        """What it was for."""
        return self._data.get("description")

    @property
    def github_repo_url(self) -> str | None:
        """The repository its runs worked on; null: the project's."""
        return self._data.get("githubRepoUrl")

    @property
    def step_count(self) -> int:
        """How many steps it had."""
        return self._data.get("stepCount")

    @property
    def steps(self) -> tuple[WorkflowStep, ...] | None:
        """What was done, in order.  None also where the answer left it out."""
        return models(WorkflowStep, self._data.get("steps"), self._client)


class DryRun(Model):
    """What workflows.runDry answers."""

    __slots__ = ()
    _members = ("ok", "name", "githubRepoUrl", "steps", "candidates", "judge", "findings")

    @property
    def ok(self) -> bool:
        """No finding is an error: it can be started."""
        return self._data.get("ok")

    @property
    def name(self) -> str:
        """What the run would be called."""
        return self._data.get("name")

    @property
    def github_repo_url(self) -> str | None:
        """The repository that it would work on; null: none."""
        return self._data.get("githubRepoUrl")

    @property
    def steps(self) -> tuple[DryRunStep, ...]:
        """What would be done, in order."""
        return models(DryRunStep, self._data.get("steps"), self._client)

    @property
    def candidates(self) -> int:
        """How many runs would be started of this, each of which does and costs all of it."""
        return self._data.get("candidates")

    @property
    def judge(self) -> tuple[DryRunStep, ...]:
        """The one step of the session that would name the best of several candidates; what they have done stands in
        its instructions, too.
        """
        return models(DryRunStep, self._data.get("judge"), self._client)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What stands in its way, or would be otherwise."""
        return models(Finding, self._data.get("findings"), self._client)


class AnalyticsSummary(Model):
    """What workflows.analytics answers."""

    __slots__ = ()
    _members = ("from", "to", "runs", "completed", "failed", "cancelled", "active", "successRate", "averageDurationSeconds", "costUsd")

    @property
    def from_(self) -> datetime:
        """Counted from this time on."""
        return moment(self._data.get("from"))

    @property
    def to(self) -> datetime:
        """Counted before this time."""
        return moment(self._data.get("to"))

    @property
    def runs(self) -> int:
        """All of them."""
        return self._data.get("runs")

    @property
    def completed(self) -> int:
        """Those that ended well."""
        return self._data.get("completed")

    @property
    def failed(self) -> int:
        """Those that failed."""
        return self._data.get("failed")

    @property
    def cancelled(self) -> int:
        """Those that were cancelled."""
        return self._data.get("cancelled")

    @property
    def active(self) -> int:
        """Those that have not ended."""
        return self._data.get("active")

    @property
    def success_rate(self) -> float | None:
        """Completed over completed and failed; null: neither."""
        return self._data.get("successRate")

    @property
    def average_duration_seconds(self) -> float | None:
        """From start to end, over those that have both; null: none."""
        return self._data.get("averageDurationSeconds")

    @property
    def cost_usd(self) -> float:
        """What they cost, in US dollars."""
        return self._data.get("costUsd")


class RunStep(Model):
    """What runs.steps answers."""

    __slots__ = ()
    _members = ("position", "iteration", "label", "role", "status", "agent", "model", "startedAt", "finishedAt", "exitCode", "inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens", "costUsd", "costSource", "verdict", "output", "attempt", "baseCommit", "headCommit", "isolation", "errorCode", "errorParams")

    @property
    def position(self) -> int:
        """Its place in the workflow, or in the conversation of a sandbox, from 0."""
        return self._data.get("position")

    @property
    def iteration(self) -> int:
        """Which round of its loop; 1 outside loops."""
        return self._data.get("iteration")

    @property
    def label(self) -> str:
        """What people call it."""
        return self._data.get("label")

    @property
    def role(self) -> str:
        """What it is there for."""
        return self._data.get("role")

    @property
    def status(self) -> str:
        """Where it stands."""
        return self._data.get("status")

    @property
    def agent(self) -> str | None:
        """Who took it."""
        return self._data.get("agent")

    @property
    def model(self) -> str | None:
        """The model that answered, where the agent tells it; else the one it was told to ask."""
        return self._data.get("model")

    @property
    def started_at(self) -> datetime | None:
        """When it began."""
        return moment(self._data.get("startedAt"))

    @property
    def finished_at(self) -> datetime | None:
        """When it ended."""
        return moment(self._data.get("finishedAt"))

    @property
    def exit_code(self) -> int | None:
        """How the agent ended."""
        return self._data.get("exitCode")

    @property
    def input_tokens(self) -> int | None:
        """Tokens read, those of a cache among them."""
        return self._data.get("inputTokens")

    @property
    def output_tokens(self) -> int | None:
        """Tokens written."""
        return self._data.get("outputTokens")

    @property
    def cache_read_tokens(self) -> int | None:
        """Of the tokens read, those that came from a cache; 0 where the agent does not tell them apart."""
        return self._data.get("cacheReadTokens")

    @property
    def cache_write_tokens(self) -> int | None:
        """Of the tokens read, those that went into a cache."""
        return self._data.get("cacheWriteTokens")

    @property
    def cost_usd(self) -> float | None:
        """What it cost, in US dollars; null: not known, for it is not over, or its agent names no price and no rate
        fits.
        """
        return self._data.get("costUsd")

    @property
    def cost_source(self) -> str | None:
        """Whose word that is: agent, for it named the price; rate, for it was computed from its tokens by a cost rate;
        null: there is none.
        """
        return self._data.get("costSource")

    @property
    def verdict(self) -> str | None:
        """A checker's word: pass or fail."""
        return self._data.get("verdict")

    @property
    def output(self) -> str | None:
        """What it handed to the next step."""
        return self._data.get("output")

    @property
    def attempt(self) -> int:
        """How often it has begun; beyond 1 the worker of the one before was lost or stopped."""
        return self._data.get("attempt")

    @property
    def base_commit(self) -> str | None:
        """The commit that the run's changes are made upon; null: nothing has changed, or there is no commit."""
        return self._data.get("baseCommit")

    @property
    def head_commit(self) -> str | None:
        """The commit that holds the tree as it was when the step ended; null: nothing has changed."""
        return self._data.get("headCommit")

    @property
    def isolation(self) -> str | None:
        """How its agent was kept apart: sandbox, or off (with the worker's own rights); null: it was a rehearsal, or
        has not begun.
        """
        return self._data.get("isolation")

    @property
    def error_code(self) -> str | None:
        """Which of the reasons that is, for programs."""
        return self._data.get("errorCode")

    @property
    def error_params(self) -> dict[str, Any] | None:
        """The values in the reason's sentence; one may be a reason itself."""
        return copied(self._data.get("errorParams"))


class RunChanges(Model):
    """What runs.changes answers."""

    __slots__ = ()
    _members = ("baseCommit", "headCommit", "isKept", "commits", "fileCount", "additions", "deletions", "files", "next", "truncated")

    @property
    def base_commit(self) -> str | None:
        """The commit that the changes are made upon; null: nothing has changed, or there is no commit."""
        return self._data.get("baseCommit")

    @property
    def head_commit(self) -> str | None:
        """The commit that holds them; null: nothing has changed."""
        return self._data.get("headCommit")

    @property
    def is_kept(self) -> bool:
        """false: the changes were larger than the setting checkpointMb, so no files are shown."""
        return self._data.get("isKept")

    @property
    def commits(self) -> tuple[RunCommit, ...]:
        """One for each step that has changed something."""
        return models(RunCommit, self._data.get("commits"), self._client)

    @property
    def file_count(self) -> int:
        """How many files have changed in all."""
        return self._data.get("fileCount")

    @property
    def additions(self) -> int:
        """Lines added in all."""
        return self._data.get("additions")

    @property
    def deletions(self) -> int:
        """Lines removed in all."""
        return self._data.get("deletions")

    @property
    def files(self) -> tuple[ChangedFile, ...]:
        """The files behind `after`, by path."""
        return models(ChangedFile, self._data.get("files"), self._client)

    @property
    def next(self) -> int | None:
        """What to give as `after` for the next files; null: there are none."""
        return self._data.get("next")

    @property
    def truncated(self) -> bool:
        """There are more files than could be counted."""
        return self._data.get("truncated")


class RunComparison(Model):
    """What runs.compare answers."""

    __slots__ = ()
    _members = ("first", "second", "isSameBase", "files", "truncated")

    @property
    def first(self) -> ComparedRun:
        """The run of the path's first id."""
        return model(ComparedRun, self._data.get("first"), self._client)

    @property
    def second(self) -> ComparedRun:
        """The run of its second id."""
        return model(ComparedRun, self._data.get("second"), self._client)

    @property
    def is_same_base(self) -> bool:
        """Both began with the same commit."""
        return self._data.get("isSameBase")

    @property
    def files(self) -> tuple[ComparedFile, ...]:
        """The files that either has changed, by path."""
        return models(ComparedFile, self._data.get("files"), self._client)

    @property
    def truncated(self) -> bool:
        """There are more files."""
        return self._data.get("truncated")


class Artifact(Model):
    """What runs.artifacts answers."""

    __slots__ = ()
    _members = ("name", "contentType", "sha256", "size", "position", "iteration", "createdAt")

    @property
    def name(self) -> str:
        """What it is called."""
        return self._data.get("name")

    @property
    def content_type(self) -> str:
        """What its name says that it is; it is handed out as bytes to be saved all the same."""
        return self._data.get("contentType")

    @property
    def sha256(self) -> str | None:
        """SHA-256 of its bytes, in hexadecimal; null: it was kept before this was noted."""
        return self._data.get("sha256")

    @property
    def size(self) -> int:
        """In bytes."""
        return self._data.get("size")

    @property
    def position(self) -> int:
        """The step behind which it was found, from 0."""
        return self._data.get("position")

    @property
    def iteration(self) -> int:
        """In which round of that step's loop."""
        return self._data.get("iteration")

    @property
    def created_at(self) -> datetime:
        """When it was found."""
        return moment(self._data.get("createdAt"))


class RunEvent(Model):
    """What runs.events answers."""

    __slots__ = ()
    _members = ("seq", "type", "at", "data")

    @property
    def seq(self) -> int:
        """1, 2, 3 … without holes, until the run's events are thinned."""
        return self._data.get("seq")

    @property
    def type(self) -> str:
        """What kind of event: status, worker, step.started, step.finished, log, message, tool, cost or pullRequest."""
        return self._data.get("type")

    @property
    def at(self) -> datetime:
        """When it happened."""
        return moment(self._data.get("at"))

    @property
    def data(self) -> dict[str, Any]:
        """What happened; its members depend on the type."""
        return copied(self._data.get("data"))


class WebhookDelivery(Model):
    """What webhooks.test answers."""

    __slots__ = ()
    _members = ("id", "event", "status", "attempts", "responseStatus", "nextAttemptAt", "lastError", "lastErrorCode", "createdAt", "updatedAt")

    @property
    def id(self) -> str:
        """The message's, sent as `webhook-id`: the same for each endpoint and in each attempt."""
        return self._data.get("id")

    @property
    def event(self) -> str:
        """What it tells of: one of the endpoint's `events`, or webhook.test."""
        return self._data.get("event")

    @property
    def status(self) -> str:
        """What has become of it so far."""
        return self._data.get("status")

    @property
    def attempts(self) -> int:
        """How often it was tried."""
        return self._data.get("attempts")

    @property
    def response_status(self) -> int | None:
        """The status of the last answer; null: there was none."""
        return self._data.get("responseStatus")

    @property
    def next_attempt_at(self) -> datetime | None:
        """When it is tried next; null: it is not."""
        return moment(self._data.get("nextAttemptAt"))

    @property
    def last_error(self) -> str | None:
        """Why the last attempt failed."""
        return self._data.get("lastError")

    @property
    def last_error_code(self) -> str | None:
        """The same for programs; null too where it is older than these codes."""
        return self._data.get("lastErrorCode")

    @property
    def created_at(self) -> datetime:
        """When it happened."""
        return moment(self._data.get("createdAt"))

    @property
    def updated_at(self) -> datetime:
        """When it was last tried, or changed otherwise."""
        return moment(self._data.get("updatedAt"))


class Change(Model):
    """What changes.list answers."""

    __slots__ = ()
    _members = ("seq", "kind", "action", "id", "at")

    @property
    def seq(self) -> int:
        """Counts the changes of the project, in the order in which they became visible; those that the caller may not
        see leave holes.
        """
        return self._data.get("seq")

    @property
    def kind(self) -> str:
        """What kind of thing has changed: runs, workflows, issues …, the first part of the operations that read it."""
        return self._data.get("kind")

    @property
    def action(self) -> str:
        """How: the last part of the operation, as create, update or delete, or what the service itself has done, as
        move, beginStep and endStep of runs.
        """
        return self._data.get("action")

    @property
    def id(self) -> str | None:
        """Which one; null: there is one in each project."""
        return self._data.get("id")

    @property
    def at(self) -> datetime:
        """When."""
        return moment(self._data.get("at"))


class Notification(Model):
    """What notifications.list answers."""

    __slots__ = ()
    _members = ("id", "type", "resourceId", "name", "runId", "createdAt", "readAt")

    @property
    def id(self) -> str:
        """Made by the service; sorts by age."""
        return self._data.get("id")

    @property
    def type(self) -> str:
        """What happened: run.failed, pr.created …."""
        return self._data.get("type")

    @property
    def resource_id(self) -> str | None:
        """To what."""
        return self._data.get("resourceId")

    @property
    def name(self) -> str | None:
        """What people call that now; null: it is gone."""
        return self._data.get("name")

    @property
    def run_id(self) -> str | None:
        """The run that it came of, if it is another."""
        return self._data.get("runId")

    @property
    def created_at(self) -> datetime:
        """When it happened."""
        return moment(self._data.get("createdAt"))

    @property
    def read_at(self) -> datetime | None:
        """When the caller marked it as read; null: it is unread."""
        return moment(self._data.get("readAt"))


class UnreadCount(Model):
    """What notifications.unreadCount answers."""

    __slots__ = ()
    _members = ("count",)

    @property
    def count(self) -> int:
        """How many."""
        return self._data.get("count")


class NotificationsRead(Model):
    """What notifications.readAll answers."""

    __slots__ = ()
    _members = ("read",)

    @property
    def read(self) -> int:
        """How many were unread until now."""
        return self._data.get("read")


class TrashEntry(Model):
    """What trash.list answers."""

    __slots__ = ()
    _members = ("id", "kind", "name", "deletedBy", "deletedAt", "expiresAt")

    @property
    def id(self) -> str:
        """The id that it had, and has again when it is brought back."""
        return self._data.get("id")

    @property
    def kind(self) -> str:
        """What it is: workflow, persona, issue …."""
        return self._data.get("kind")

    @property
    def name(self) -> str:
        """What people call it: its name or title."""
        return self._data.get("name")

    @property
    def deleted_by(self) -> str:
        """Who deleted it: the name of the person or key."""
        return self._data.get("deletedBy")

    @property
    def deleted_at(self) -> datetime:
        """When it was deleted."""
        return moment(self._data.get("deletedAt"))

    @property
    def expires_at(self) -> datetime | None:
        """When it goes for good; null: only when somebody says so."""
        return moment(self._data.get("expiresAt"))


class TrashEmptied(Model):
    """What trash.empty answers."""

    __slots__ = ()
    _members = ("deleted",)

    @property
    def deleted(self) -> int:
        """How many are gone for good."""
        return self._data.get("deleted")


class DocumentVersion(Model):
    """What commands.versions answers."""

    __slots__ = ()
    _members = ("version", "note", "publishedAt", "publishedBy", "content")

    @property
    def version(self) -> int:
        """Its number: 1, 2, 3 …"""
        return self._data.get("version")

    @property
    def note(self) -> str | None:
        """What had changed, for people."""
        return self._data.get("note")

    @property
    def published_at(self) -> datetime:
        """When it was published."""
        return moment(self._data.get("publishedAt"))

    @property
    def published_by(self) -> str:
        """Who published it: the name of the person or key."""
        return self._data.get("publishedBy")

    @property
    def content(self) -> str | None:
        """What the draft was then; it never changes.  None also where the answer left it out."""
        return self._data.get("content")


class SkillVersion(Model):
    """What skills.versions answers."""

    __slots__ = ()
    _members = ("version", "note", "publishedAt", "publishedBy", "files")

    @property
    def version(self) -> int:
        """Its number: 1, 2, 3 …"""
        return self._data.get("version")

    @property
    def note(self) -> str | None:
        """What had changed, for people."""
        return self._data.get("note")

    @property
    def published_at(self) -> datetime:
        """When it was published."""
        return moment(self._data.get("publishedAt"))

    @property
    def published_by(self) -> str:
        """Who published it: the name of the person or key."""
        return self._data.get("publishedBy")

    @property
    def files(self) -> tuple[SkillFile, ...] | None:
        """What the draft was then; it never changes.  None also where the answer left it out."""
        return models(SkillFile, self._data.get("files"), self._client)


class AnalyticsGroup(Model):
    """What analytics.runs answers."""

    __slots__ = ()
    _members = ("key", "label", "runs", "completed", "failed", "cancelled", "active", "successRate", "averageDurationSeconds", "costUsd")

    @property
    def key(self) -> str:
        """The day, or the workflow's or persona's id; session: all sessions, which have no workflow."""
        return self._data.get("key")

    @property
    def label(self) -> str:
        """For people: the day again, or the name."""
        return self._data.get("label")

    @property
    def runs(self) -> int:
        """All of them."""
        return self._data.get("runs")

    @property
    def completed(self) -> int:
        """Those that ended well."""
        return self._data.get("completed")

    @property
    def failed(self) -> int:
        """Those that failed."""
        return self._data.get("failed")

    @property
    def cancelled(self) -> int:
        """Those that were cancelled."""
        return self._data.get("cancelled")

    @property
    def active(self) -> int:
        """Those that have not ended."""
        return self._data.get("active")

    @property
    def success_rate(self) -> float | None:
        """Completed over completed and failed; null: neither."""
        return self._data.get("successRate")

    @property
    def average_duration_seconds(self) -> float | None:
        """From start to end, over those that have both; null: none."""
        return self._data.get("averageDurationSeconds")

    @property
    def cost_usd(self) -> float:
        """What they cost, in US dollars."""
        return self._data.get("costUsd")


class UsageLine(Model):
    """What analytics.usage answers."""

    __slots__ = ()
    _members = ("key", "label", "runs", "steps", "inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens", "costUsd", "unpricedSteps", "seconds")

    @property
    def key(self) -> str | None:
        """The day (UTC), service or model, or the id of the workflow, persona, person, key or run; null: none, or not
        known.
        """
        return self._data.get("key")

    @property
    def label(self) -> str | None:
        """For people: the key again, or the name of what has that id."""
        return self._data.get("label")

    @property
    def runs(self) -> int:
        """In how many runs."""
        return self._data.get("runs")

    @property
    def steps(self) -> int:
        """How many steps, each attempt at one."""
        return self._data.get("steps")

    @property
    def input_tokens(self) -> int:
        """Tokens read, without those of a cache."""
        return self._data.get("inputTokens")

    @property
    def output_tokens(self) -> int:
        """Tokens written."""
        return self._data.get("outputTokens")

    @property
    def cache_read_tokens(self) -> int:
        """Tokens read from a cache."""
        return self._data.get("cacheReadTokens")

    @property
    def cache_write_tokens(self) -> int:
        """Tokens that went into a cache."""
        return self._data.get("cacheWriteTokens")

    @property
    def cost_usd(self) -> float:
        """What is known that it cost, in US dollars."""
        return self._data.get("costUsd")

    @property
    def unpriced_steps(self) -> int:
        """How many of the steps have no known cost, and are not in `costUsd`."""
        return self._data.get("unpricedSteps")

    @property
    def seconds(self) -> float:
        """How long agents worked."""
        return self._data.get("seconds")


class Health(Model):
    """What health answers."""

    __slots__ = ()
    _members = ("status", "version", "problems")

    @property
    def status(self) -> str:
        """degraded: it works without something that protects it.  unavailable: nothing can be written.  A service that
        cannot answer at all answers 503.
        """
        return self._data.get("status")

    @property
    def version(self) -> str:
        """The program's version."""
        return self._data.get("version")

    @property
    def problems(self) -> tuple[HealthProblemsItem, ...]:
        """What is wrong; empty when all is well."""
        return models(HealthProblemsItem, self._data.get("problems"), self._client)


class Whoami(Model):
    """What whoami answers."""

    __slots__ = ()
    _members = ("keyId", "projectId", "name", "scopes", "createdAt", "lastUsedAt", "mode", "expiresAt")

    @property
    def key_id(self) -> str | None:
        """The key; null for somebody signed in and for the owner in-process."""
        return self._data.get("keyId")

    @property
    def project_id(self) -> str:
        """The project it belongs to."""
        return self._data.get("projectId")

    @property
    def name(self) -> str:
        """The key's name."""
        return self._data.get("name")

    @property
    def scopes(self) -> tuple[str, ...]:
        """What it may do, as granted."""
        return texts(self._data.get("scopes"))

    @property
    def created_at(self) -> datetime:
        """When it was made."""
        return moment(self._data.get("createdAt"))

    @property
    def last_used_at(self) -> datetime | None:
        """When it was last used, to the minute."""
        return moment(self._data.get("lastUsedAt"))

    @property
    def mode(self) -> str:
        """live, or test: a key whose runs are rehearsals."""
        return self._data.get("mode")

    @property
    def expires_at(self) -> datetime | None:
        """When it stops working; null: never."""
        return moment(self._data.get("expiresAt"))


class WorkflowStep(Model):
    """What is done, in order; each step's output feeds the next."""

    __slots__ = ()
    _members = ("label", "role", "personaId", "agent", "model", "instructions", "timeoutSeconds", "loopId", "loopMaxIterations")

    @property
    def label(self) -> str | None:
        """What people call the step; left out: its role.  None also where the answer left it out."""
        return self._data.get("label")

    @property
    def role(self) -> str:
        """What the step is there for."""
        return self._data.get("role")

    @property
    def persona_id(self) -> str | None:
        """Who takes the step.  None also where the answer left it out."""
        return self._data.get("personaId")

    @property
    def agent(self) -> str | None:
        """Which agent; null: the persona's or the project's.  None also where the answer left it out."""
        return self._data.get("agent")

    @property
    def model(self) -> str | None:
        """Which model; null: the persona's or the agent's own.  None also where the answer left it out."""
        return self._data.get("model")

    @property
    def instructions(self) -> str:
        """What to do."""
        return self._data.get("instructions")

    @property
    def timeout_seconds(self) -> int:
        """After how long the step has failed."""
        return self._data.get("timeoutSeconds")

    @property
    def loop_id(self) -> str | None:
        """Steps that share one repeat together until the checker's verdict is pass.  None also where the answer left
        it out.
        """
        return self._data.get("loopId")

    @property
    def loop_max_iterations(self) -> int | None:
        """How often the loop may go round.  None also where the answer left it out."""
        return self._data.get("loopMaxIterations")


class RunWorkflow(Model):
    """The workflow, as it was when the run began."""

    __slots__ = ()
    _members = ("id", "name")

    @property
    def id(self) -> str | None:
        """Which workflow; null: of a session or a sandbox, none."""
        return self._data.get("id")

    @property
    def name(self) -> str:
        """Its name when the run began."""
        return self._data.get("name")


class RunDocument(Model):
    """The versions of contexts, skills, commands, scripts and learnings that were active when it was asked for: its
    agents are given these, whatever is published or approved meanwhile.
    """

    __slots__ = ()
    _members = ("id", "name", "version")

    @property
    def id(self) -> str:
        """Which document."""
        return self._data.get("id")

    @property
    def name(self) -> str:
        """Its name when the run was asked for."""
        return self._data.get("name")

    @property
    def version(self) -> int:
        """Which version of it."""
        return self._data.get("version")


class Check(Model):
    """The checks of its last commit."""

    __slots__ = ()
    _members = ("name", "status", "url")

    @property
    def name(self) -> str | None:
        """What it is called there.  None also where the answer left it out."""
        return self._data.get("name")

    @property
    def status(self) -> str | None:
        """What came of it; neutral: it does not count.  None also where the answer left it out."""
        return self._data.get("status")

    @property
    def url(self) -> str | None:
        """Where it can be seen.  None also where the answer left it out."""
        return self._data.get("url")


class CheckFailure(Model):
    """What the checks that failed say."""

    __slots__ = ()
    _members = ("name", "text")

    @property
    def name(self) -> str | None:
        """Which check.  None also where the answer left it out."""
        return self._data.get("name")

    @property
    def text(self) -> str | None:
        """What it says: the end of its log, where there is one.  None also where the answer left it out."""
        return self._data.get("text")


class ReviewComment(Model):
    """What reviews ask for that is not resolved."""

    __slots__ = ()
    _members = ("author", "path", "line", "text", "url")

    @property
    def author(self) -> str | None:
        """Who wrote it.  None also where the answer left it out."""
        return self._data.get("author")

    @property
    def path(self) -> str | None:
        """About which file; null: about all.  None also where the answer left it out."""
        return self._data.get("path")

    @property
    def line(self) -> int | None:
        """About which line of it.  None also where the answer left it out."""
        return self._data.get("line")

    @property
    def text(self) -> str | None:
        """What it says.  None also where the answer left it out."""
        return self._data.get("text")

    @property
    def url(self) -> str | None:
        """Where it stands.  None also where the answer left it out."""
        return self._data.get("url")


class ScheduleNextRunsItem(Model):
    """The next times it starts one, the next first; empty: it is disabled."""

    __slots__ = ()
    _members = ("at",)

    @property
    def at(self) -> datetime | None:
        """When it starts one.  None also where the answer left it out."""
        return moment(self._data.get("at"))


class SkillFile(Model):
    """The draft: its files, one of which is SKILL.md; of at most 512 KiB together."""

    __slots__ = ()
    _members = ("path", "content")

    @property
    def path(self) -> str:
        """Where it lies in the skill's folder: letters, digits, '-', '_' and '.', with '/' between."""
        return self._data.get("path")

    @property
    def content(self) -> str:
        """What it says; one that begins with #!/ can be started."""
        return self._data.get("content")


class SessionUser(Model):
    """Who is signed in."""

    __slots__ = ()
    _members = ("id", "email", "name", "createdAt", "emailNotifications")

    @property
    def id(self) -> str:
        """The person."""
        return self._data.get("id")

    @property
    def email(self) -> str:
        """Their address."""
        return self._data.get("email")

    @property
    def name(self) -> str | None:
        """What people call them; null: their address will do."""
        return self._data.get("name")

    @property
    def created_at(self) -> datetime:
        """When the account was made."""
        return moment(self._data.get("createdAt"))

    @property
    def email_notifications(self) -> str:
        """What they are notified of by e-mail, where sendsEmail says that the operator has set that up: all that the
        projects' notifications tell them; important: of it what somebody should see soon, such as failed runs;
        none.
        """
        return self._data.get("emailNotifications")


class SessionProject(Model):
    """Everywhere the person is a member, oldest project first."""

    __slots__ = ()
    _members = ("id", "name", "slug", "role")

    @property
    def id(self) -> str | None:
        """The project.  None also where the answer left it out."""
        return self._data.get("id")

    @property
    def name(self) -> str | None:
        """Its name.  None also where the answer left it out."""
        return self._data.get("name")

    @property
    def slug(self) -> str | None:
        """Its name in commands.  None also where the answer left it out."""
        return self._data.get("slug")

    @property
    def role(self) -> str | None:
        """The person's role in it.  None also where the answer left it out."""
        return self._data.get("role")


class DryRunStep(Model):
    """What would be done, in order."""

    __slots__ = ()
    _members = ("position", "label", "role", "persona", "agent", "model", "thinkingEffort", "instructions", "instructionsBytes", "argv", "documents", "timeoutSeconds", "loopId")

    @property
    def position(self) -> int | None:
        """Its place in the workflow, from 0.  None also where the answer left it out."""
        return self._data.get("position")

    @property
    def label(self) -> str | None:
        """What people call it.  None also where the answer left it out."""
        return self._data.get("label")

    @property
    def role(self) -> str | None:
        """What it is there for.  None also where the answer left it out."""
        return self._data.get("role")

    @property
    def persona(self) -> str | None:
        """Who would take it.  None also where the answer left it out."""
        return self._data.get("persona")

    @property
    def agent(self) -> str | None:
        """Which agent would take it; null: the first that its worker finds.  None also where the answer left it out."""
        return self._data.get("agent")

    @property
    def model(self) -> str | None:
        """Which model it would be told to ask; null: the agent's own choice.  None also where the answer left it out.
        """
        return self._data.get("model")

    @property
    def thinking_effort(self) -> str | None:
        """How hard it would be told to think; null: it would not be told.  None also where the answer left it out."""
        return self._data.get("thinkingEffort")

    @property
    def instructions(self) -> str | None:
        """What it would be told in its first round, up to 64 KiB of it, without what the step before hands on; null:
        it holds what this key may not read, or is told to nobody.  None also where the answer left it out.
        """
        return self._data.get("instructions")

    @property
    def instructions_bytes(self) -> int | None:
        """How long all of that is.  None also where the answer left it out."""
        return self._data.get("instructionsBytes")

    @property
    def argv(self) -> tuple[str, ...] | None:
        """The command line, with the program's name for its path; the instructions come on standard input.  null: it
        is a rehearsal, or the operator's own.  None also where the answer left it out.
        """
        return texts(self._data.get("argv"))

    @property
    def documents(self) -> tuple[RunDocument, ...] | None:
        """The contexts, skills, commands, scripts and learnings that it would be given, in the versions that are
        active now; without those that this key may not read.  None also where the answer left it out.
        """
        return models(RunDocument, self._data.get("documents"), self._client)

    @property
    def timeout_seconds(self) -> int | None:
        """After how long it would have failed.  None also where the answer left it out."""
        return self._data.get("timeoutSeconds")

    @property
    def loop_id(self) -> str | None:
        """The loop that it is in.  None also where the answer left it out."""
        return self._data.get("loopId")


class Finding(Model):
    """What stands in its way, or would be otherwise."""

    __slots__ = ()
    _members = ("severity", "code", "message", "params", "step", "field")

    @property
    def severity(self) -> str | None:
        """An error: the run would fail, or not be started; a warning: it may, or would go on otherwise than was
        wished.  None also where the answer left it out.
        """
        return self._data.get("severity")

    @property
    def code(self) -> str | None:
        """What it is about; where a run would end for it, the code of that reason.  None also where the answer left it
        out.
        """
        return self._data.get("code")

    @property
    def message(self) -> str | None:
        """What it is, and what to do; the run would say so too.  None also where the answer left it out."""
        return self._data.get("message")

    @property
    def params(self) -> dict[str, Any] | None:
        """The values in the sentence, where the code is a reason's.  None also where the answer left it out."""
        return copied(self._data.get("params"))

    @property
    def step(self) -> int | None:
        """The position of the step that it is about; null: the run as a whole.  None also where the answer left it
        out.
        """
        return self._data.get("step")

    @property
    def field(self) -> str | None:
        """What of the request, the step, its persona or the project's settings would change it; null: none does.  None
        also where the answer left it out.
        """
        return self._data.get("field")


class RunCommit(Model):
    """One for each step that has changed something."""

    __slots__ = ()
    _members = ("id", "position", "iteration", "label", "finishedAt")

    @property
    def id(self) -> str | None:
        """Its name in git.  None also where the answer left it out."""
        return self._data.get("id")

    @property
    def position(self) -> int | None:
        """The step that it ends, from 0.  None also where the answer left it out."""
        return self._data.get("position")

    @property
    def iteration(self) -> int | None:
        """Which round of that step's loop.  None also where the answer left it out."""
        return self._data.get("iteration")

    @property
    def label(self) -> str | None:
        """What people call that step.  None also where the answer left it out."""
        return self._data.get("label")

    @property
    def finished_at(self) -> datetime | None:
        """When that step ended.  None also where the answer left it out."""
        return moment(self._data.get("finishedAt"))


class ChangedFile(Model):
    """The files behind `after`, by path."""

    __slots__ = ()
    _members = ("number", "path", "change", "additions", "deletions", "isBinary", "patch", "truncated")

    @property
    def number(self) -> int | None:
        """Counts the files, from 1.  None also where the answer left it out."""
        return self._data.get("number")

    @property
    def path(self) -> str | None:
        """Where it lies in the repository.  None also where the answer left it out."""
        return self._data.get("path")

    @property
    def change(self) -> str | None:
        """What was done to it.  None also where the answer left it out."""
        return self._data.get("change")

    @property
    def additions(self) -> int | None:
        """Lines added; 0 of a binary file.  None also where the answer left it out."""
        return self._data.get("additions")

    @property
    def deletions(self) -> int | None:
        """Lines removed; 0 of a binary file.  None also where the answer left it out."""
        return self._data.get("deletions")

    @property
    def is_binary(self) -> bool | None:
        """It has no lines, and its patch is not shown.  None also where the answer left it out."""
        return self._data.get("isBinary")

    @property
    def patch(self) -> str | None:
        """What has changed in it, as git writes it; null: it is binary, or there was no room.  None also where the
        answer left it out.
        """
        return self._data.get("patch")

    @property
    def truncated(self) -> bool | None:
        """The patch is not there as a whole.  None also where the answer left it out."""
        return self._data.get("truncated")


class ComparedRun(Model):
    """The run of the path's first id."""

    __slots__ = ()
    _members = ("id", "number", "name", "status", "verdict", "costUsd", "durationSeconds", "steps", "rounds", "inputTokens", "outputTokens", "agents", "branchName", "prUrl", "isKept", "fileCount", "additions", "deletions")

    @property
    def id(self) -> str:
        """Which run."""
        return self._data.get("id")

    @property
    def number(self) -> int:
        """Its number in the project."""
        return self._data.get("number")

    @property
    def name(self) -> str | None:
        """What people call it."""
        return self._data.get("name")

    @property
    def status(self) -> str:
        """Where it stands."""
        return self._data.get("status")

    @property
    def verdict(self) -> str | None:
        """What its checkers said."""
        return self._data.get("verdict")

    @property
    def cost_usd(self) -> float | None:
        """What it has cost, in US dollars; null: nobody named a price."""
        return self._data.get("costUsd")

    @property
    def duration_seconds(self) -> float | None:
        """From its start to its end; null: it has not come so far."""
        return self._data.get("durationSeconds")

    @property
    def steps(self) -> int:
        """How many steps it took, those of each round."""
        return self._data.get("steps")

    @property
    def rounds(self) -> int:
        """How often its loop went round."""
        return self._data.get("rounds")

    @property
    def input_tokens(self) -> int:
        """What its models read."""
        return self._data.get("inputTokens")

    @property
    def output_tokens(self) -> int:
        """What they wrote."""
        return self._data.get("outputTokens")

    @property
    def agents(self) -> tuple[str, ...]:
        """Who took its steps: agents, each with its model."""
        return texts(self._data.get("agents"))

    @property
    def branch_name(self) -> str | None:
        """Its branch."""
        return self._data.get("branchName")

    @property
    def pr_url(self) -> str | None:
        """Its pull request."""
        return self._data.get("prUrl")

    @property
    def is_kept(self) -> bool:
        """false: its changes were larger than the setting checkpointMb, so its files are not compared."""
        return self._data.get("isKept")

    @property
    def file_count(self) -> int:
        """How many files it has changed."""
        return self._data.get("fileCount")

    @property
    def additions(self) -> int:
        """Lines it added."""
        return self._data.get("additions")

    @property
    def deletions(self) -> int:
        """Lines it removed."""
        return self._data.get("deletions")


class ComparedFile(Model):
    """The files that either has changed, by path."""

    __slots__ = ()
    _members = ("path", "changedBy", "isSame", "firstAdditions", "firstDeletions", "secondAdditions", "secondDeletions")

    @property
    def path(self) -> str | None:
        """Where it lies in the repository.  None also where the answer left it out."""
        return self._data.get("path")

    @property
    def changed_by(self) -> str | None:
        """Which of the runs has changed it.  None also where the answer left it out."""
        return self._data.get("changedBy")

    @property
    def is_same(self) -> bool | None:
        """Both have changed it, and alike.  None also where the answer left it out."""
        return self._data.get("isSame")

    @property
    def first_additions(self) -> int | None:
        """Lines the first run added.  None also where the answer left it out."""
        return self._data.get("firstAdditions")

    @property
    def first_deletions(self) -> int | None:
        """Lines the first run removed.  None also where the answer left it out."""
        return self._data.get("firstDeletions")

    @property
    def second_additions(self) -> int | None:
        """Lines the second run added.  None also where the answer left it out."""
        return self._data.get("secondAdditions")

    @property
    def second_deletions(self) -> int | None:
        """Lines the second run removed.  None also where the answer left it out."""
        return self._data.get("secondDeletions")


class HealthProblemsItem(Model):
    """What is wrong; empty when all is well."""

    __slots__ = ()
    _members = ("code", "part", "message")

    @property
    def code(self) -> str | None:
        """What it is.  None also where the answer left it out."""
        return self._data.get("code")

    @property
    def part(self) -> str | None:
        """Which part of the service has it.  None also where the answer left it out."""
        return self._data.get("part")

    @property
    def message(self) -> str | None:
        """The same in a sentence; the server's log says more.  None also where the answer left it out."""
        return self._data.get("message")


class ProjectSettingsRoutes:
    """How a project's runs behave."""

    __slots__ = ("_client",)

    def __init__(self, client: Caller) -> None:
        self._client = client

    def get(self) -> Settings:
        """Read the project's settings; secrets show their last four.

        GET /project/settings, scope projects:read.
        """
        return self._client._one(Settings, "GET", "/project/settings")

    def update(
        self,
        *,
        system_prompt: str | None | Unset = UNSET,
        default_agent: str | None | Unset = UNSET,
        default_model: str | None | Unset = UNSET,
        git_commit_name: str | None | Unset = UNSET,
        git_commit_email: str | None | Unset = UNSET,
        pull_request_template: str | None | Unset = UNSET,
        env_vars: Mapping[str, str | None] | Unset = UNSET,
        if_match: str | None = None,
        idempotency_key: str | None = None,
    ) -> Settings:
        """Change settings; members left out stay as they are.

        PATCH /project/settings, scope projects:write.
        """
        return self._client._one(
            Settings,
            "PATCH",
            "/project/settings",
            {"systemPrompt": system_prompt, "defaultAgent": default_agent, "defaultModel": default_model, "gitCommitName": git_commit_name, "gitCommitEmail": git_commit_email, "pullRequestTemplate": pull_request_template, "envVars": env_vars},
            if_match=if_match,
            idempotency_key=idempotency_key,
        )


class ProjectBudgetRoutes:
    """What a project may spend in a day, in a month, and in one run."""

    __slots__ = ("_client",)

    def __init__(self, client: Caller) -> None:
        self._client = client

    def get(self) -> Budget:
        """Read the project's budget, and what of it is spent.

        GET /project/budget, scope projects:read.
        """
        return self._client._one(Budget, "GET", "/project/budget")

    def update(
        self,
        *,
        per_day_usd: float | None | Unset = UNSET,
        per_month_usd: float | None | Unset = UNSET,
        per_run_usd: float | None | Unset = UNSET,
        warn_at_percent: int | Unset = UNSET,
        is_hard: bool | Unset = UNSET,
        if_match: str | None = None,
        idempotency_key: str | None = None,
    ) -> Budget:
        """Change the budget; members left out stay as they are.

        PATCH /project/budget, scope projects:write.
        """
        return self._client._one(
            Budget,
            "PATCH",
            "/project/budget",
            {"perDayUsd": per_day_usd, "perMonthUsd": per_month_usd, "perRunUsd": per_run_usd, "warnAtPercent": warn_at_percent, "isHard": is_hard},
            if_match=if_match,
            idempotency_key=idempotency_key,
        )


class ProjectProviderKeysRoutes:
    """The project's keys for models' services and forges."""

    __slots__ = ("_client",)

    def __init__(self, client: Caller) -> None:
        self._client = client

    def list(self) -> Page[ProviderKey]:
        """List the project's keys for the services of others; they show their last four.

        GET /project/provider-keys, scope projects:read.
        """
        return self._client._page(ProviderKey, "/project/provider-keys", None)

    def get(
        self,
        provider: Literal["anthropic", "anthropic_token", "openai", "openrouter", "gemini", "github", "gitlab", "gitea"],
        /,
    ) -> ProviderKey:
        """Read about a provider's key.

        GET /project/provider-keys/{provider}, scope projects:read.
        """
        return self._client._one(ProviderKey, "GET", f"/project/provider-keys/{segment(provider)}")

    def set(
        self,
        provider: Literal["anthropic", "anthropic_token", "openai", "openrouter", "gemini", "github", "gitlab", "gitea"],
        /,
        *,
        key: str,
    ) -> ProviderKey:
        """Set a provider's key, in place of the one there is.

        PUT /project/provider-keys/{provider}, scope projects:write.
        """
        return self._client._one(
            ProviderKey,
            "PUT",
            f"/project/provider-keys/{segment(provider)}",
            {"key": key},
            idempotency_key="",
        )

    def delete(
        self,
        provider: Literal["anthropic", "anthropic_token", "openai", "openrouter", "gemini", "github", "gitlab", "gitea"],
        /,
    ) -> ProviderKeyDeleted:
        """Delete a provider's key.

        DELETE /project/provider-keys/{provider}, scope projects:write.
        """
        return self._client._one(ProviderKeyDeleted, "DELETE", f"/project/provider-keys/{segment(provider)}")

    def test(
        self,
        provider: Literal["anthropic", "anthropic_token", "openai", "openrouter", "gemini", "github", "gitlab", "gitea"],
        /,
        *,
        idempotency_key: str | None = None,
    ) -> ProviderKey:
        """Have a worker ask the provider whether it takes the key; what it finds stands in `status`.

        POST /project/provider-keys/{provider}/test, scope projects:write.
        """
        return self._client._one(
            ProviderKey,
            "POST",
            f"/project/provider-keys/{segment(provider)}/test",
            {},
            idempotency_key=idempotency_key,
        )


class ScopesRoutes:
    """The catalogue of scopes."""

    __slots__ = ("_client",)

    def __init__(self, client: Caller) -> None:
        self._client = client

    def list(self) -> Page[Scope]:
        """The catalogue of scopes, with what each includes.

        GET /scopes.
        """
        return self._client._page(Scope, "/scopes", None)


class CredentialsRoutes:
    """Keys that have leaked."""

    __slots__ = ("_client",)

    def __init__(self, client: Caller) -> None:
        self._client = client

    def revoke(self, *, credentials: Sequence[str]) -> CredentialsReceived:
        """Revoke keys that were found where they should not be: whoever has a key may end it, without signing in.

        POST /credentials/revoke.
        """
        return self._client._one(
            CredentialsReceived,
            "POST",
            "/credentials/revoke",
            {"credentials": credentials},
            idempotency_key="",
        )


class SessionRoutes:
    """The session of a signed-in person; made for the dashboard, which keeps its cookie."""

    __slots__ = ("_client",)

    def __init__(self, client: Caller) -> None:
        self._client = client

    def create(self, *, email: str, password: str) -> Session:
        """Sign in with e-mail address and password; sets the session's cookie.

        POST /session.
        """
        return self._client._one(
            Session,
            "POST",
            "/session",
            {"email": email, "password": password},
            idempotency_key="",
        )

    def get(self) -> Session:
        """Who is signed in, where, and what may they do?

        GET /session.
        """
        return self._client._one(Session, "GET", "/session")

    def update(
        self,
        *,
        name: str | None | Unset = UNSET,
        email_notifications: Literal["none", "important", "all"] | Unset = UNSET,
    ) -> Session:
        """Change the own name, or what is told by e-mail.

        PATCH /session.
        """
        return self._client._one(
            Session,
            "PATCH",
            "/session",
            {"name": name, "emailNotifications": email_notifications},
            idempotency_key="",
        )

    def delete(self) -> Deleted:
        """Sign out: end this session.

        DELETE /session.
        """
        return self._client._one(Deleted, "DELETE", "/session")

    def delete_all(self) -> SessionsEnded:
        """Sign out everywhere: end all sessions of this person.

        DELETE /session/all.
        """
        return self._client._one(SessionsEnded, "DELETE", "/session/all")

    def leave(self) -> Deleted:
        """Leave the project that X-Project names.

        DELETE /session/membership.
        """
        return self._client._one(Deleted, "DELETE", "/session/membership")

    def password(self, *, current_password: str, new_password: str) -> Session:
        """Change the own password; ends all other sessions of this person.

        POST /session/password.
        """
        return self._client._one(
            Session,
            "POST",
            "/session/password",
            {"currentPassword": current_password, "newPassword": new_password},
            idempotency_key="",
        )

    def invitation(self, *, token: str) -> InvitationShown:
        """What does this invitation say?

        POST /session/invitation.
        """
        return self._client._one(InvitationShown, "POST", "/session/invitation", {"token": token}, idempotency_key="")

    def accept(self, *, token: str, password: str, name: str | None | Unset = UNSET) -> Session:
        """Take up an invitation: become a member, with a new account if need be, and sign in.

        POST /session/accept-invitation.
        """
        return self._client._one(
            Session,
            "POST",
            "/session/accept-invitation",
            {"token": token, "password": password, "name": name},
            idempotency_key="",
        )


class ProjectsRoutes:
    """More projects."""

    __slots__ = ("_client",)

    def __init__(self, client: Caller) -> None:
        self._client = client

    def create(self, *, name: str, slug: str | Unset = UNSET, examples: bool | Unset = UNSET) -> Project:
        """Make another project and become its owner.

        POST /projects.
        """
        return self._client._one(
            Project,
            "POST",
            "/projects",
            {"name": name, "slug": slug, "examples": examples},
            idempotency_key="",
        )


class ProjectRoutes:
    """What everything else belongs to."""

    __slots__ = ("_client", "settings", "budget", "provider_keys",)

    def __init__(self, client: Caller) -> None:
        self._client = client
        self.settings = ProjectSettingsRoutes(client)
        self.budget = ProjectBudgetRoutes(client)
        self.provider_keys = ProjectProviderKeysRoutes(client)

    def get(self) -> Project:
        """Read the key's project.

        GET /project, scope projects:read.
        """
        return self._client._one(Project, "GET", "/project")

    def update(
        self,
        *,
        name: str | Unset = UNSET,
        slug: str | Unset = UNSET,
        github_repo_url: str | None | Unset = UNSET,
        if_match: str | None = None,
        idempotency_key: str | None = None,
    ) -> Project:
        """Change the project; members left out stay as they are.

        PATCH /project, scope projects:write.
        """
        return self._client._one(
            Project,
            "PATCH",
            "/project",
            {"name": name, "slug": slug, "githubRepoUrl": github_repo_url},
            if_match=if_match,
            idempotency_key=idempotency_key,
        )

    def delete(self) -> Deleted:
        """Delete the project and everything in it, this key included.

        DELETE /project, scope projects:write.
        """
        return self._client._one(Deleted, "DELETE", "/project")


class CostRatesRoutes:
    """What a service asks for a million tokens, or for an hour of a sandbox."""

    __slots__ = ("_client",)

    def __init__(self, client: Caller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        service: str | None = None,
        model: str | None = None,
        metric: Literal["input-tokens", "output-tokens", "cache-read-tokens", "cache-write-tokens", "sandbox-seconds"] | None = None,
    ) -> Page[CostRate]:
        """List cost rates: the project's own, newest first, then those that are shipped.

        GET /cost-rates, scope projects:read.
        """
        return self._client._page(
            CostRate,
            "/cost-rates",
            {"limit": limit, "cursor": cursor, "service": service, "model": model, "metric": metric},
        )

    def set(
        self,
        *,
        service: str,
        metric: Literal["input-tokens", "output-tokens", "cache-read-tokens", "cache-write-tokens", "sandbox-seconds"],
        usd_per_unit: float,
        model: str | None | Unset = UNSET,
        effective_from: datetime | str | Unset = UNSET,
        idempotency_key: str | None = None,
    ) -> CostRate:
        """Set a cost rate; one of the same service, model, metric and time is replaced.

        POST /cost-rates, scope projects:write.
        """
        return self._client._one(
            CostRate,
            "POST",
            "/cost-rates",
            {"service": service, "metric": metric, "usdPerUnit": usd_per_unit, "model": model, "effectiveFrom": effective_from},
            idempotency_key=idempotency_key,
        )

    def get(self, id: str, /) -> CostRate:
        """Read a cost rate.

        GET /cost-rates/{id}, scope projects:read.
        """
        return self._client._one(CostRate, "GET", f"/cost-rates/{segment(id)}")

    def update(
        self,
        id: str,
        /,
        *,
        service: str | Unset = UNSET,
        model: str | None | Unset = UNSET,
        metric: Literal["input-tokens", "output-tokens", "cache-read-tokens", "cache-write-tokens", "sandbox-seconds"] | Unset = UNSET,
        usd_per_unit: float | Unset = UNSET,
        effective_from: datetime | str | Unset = UNSET,
        if_match: str | None = None,
        idempotency_key: str | None = None,
    ) -> CostRate:
        """Change a cost rate; members left out stay as they are.

        PATCH /cost-rates/{id}, scope projects:write.
        """
        return self._client._one(
            CostRate,
            "PATCH",
            f"/cost-rates/{segment(id)}",
            {"service": service, "model": model, "metric": metric, "usdPerUnit": usd_per_unit, "effectiveFrom": effective_from},
            if_match=if_match,
            idempotency_key=idempotency_key,
        )

    def delete(self, id: str, /) -> Deleted:
        """Delete a cost rate.

        DELETE /cost-rates/{id}, scope projects:write.
        """
        return self._client._one(Deleted, "DELETE", f"/cost-rates/{segment(id)}")


class KeysRoutes:
    """What a program shows to be let in."""

    __slots__ = ("_client",)

    def __init__(self, client: Caller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        mode: Literal["live", "test"] | None = None,
        owner_id: str | None = None,
        q: str | None = None,
    ) -> Page[ApiKey]:
        """List keys, newest first.

        GET /project/api-keys, scope keys:read.
        """
        return self._client._page(
            ApiKey,
            "/project/api-keys",
            {"limit": limit, "cursor": cursor, "mode": mode, "ownerId": owner_id, "q": q},
        )

    def create(
        self,
        *,
        name: str,
        scopes: Sequence[str],
        mode: Literal["live", "test"] | Unset = UNSET,
        allowed_networks: Sequence[str] | None | Unset = UNSET,
        rate_limit: int | None | Unset = UNSET,
        expires_at: datetime | str | None | Unset = UNSET,
        idempotency_key: str | None = None,
    ) -> ApiKey:
        """Make a key; its secret is shown this once.

        POST /project/api-keys, scope keys:write.
        """
        return self._client._one(
            ApiKey,
            "POST",
            "/project/api-keys",
            {"name": name, "scopes": scopes, "mode": mode, "allowedNetworks": allowed_networks, "rateLimit": rate_limit, "expiresAt": expires_at},
            idempotency_key=idempotency_key,
        )

    def get(self, id: str, /) -> ApiKey:
        """Read a key, without its secret.

        GET /project/api-keys/{id}, scope keys:read.
        """
        return self._client._one(ApiKey, "GET", f"/project/api-keys/{segment(id)}")

    def update(
        self,
        id: str,
        /,
        *,
        name: str | Unset = UNSET,
        scopes: Sequence[str] | Unset = UNSET,
        allowed_networks: Sequence[str] | None | Unset = UNSET,
        rate_limit: int | None | Unset = UNSET,
        expires_at: datetime | str | None | Unset = UNSET,
        if_match: str | None = None,
        idempotency_key: str | None = None,
    ) -> ApiKey:
        """Change a key's name, scopes, expiry, networks or limit; its secret stays.

        PATCH /project/api-keys/{id}, scope keys:write.
        """
        return self._client._one(
            ApiKey,
            "PATCH",
            f"/project/api-keys/{segment(id)}",
            {"name": name, "scopes": scopes, "allowedNetworks": allowed_networks, "rateLimit": rate_limit, "expiresAt": expires_at},
            if_match=if_match,
            idempotency_key=idempotency_key,
        )

    def revoke(self, id: str, /) -> ApiKey:
        """Revoke a key at once.

        DELETE /project/api-keys/{id}, scope keys:write.
        """
        return self._client._one(ApiKey, "DELETE", f"/project/api-keys/{segment(id)}")

    def rotate(self, id: str, /, *, overlap_seconds: int | Unset = UNSET, idempotency_key: str | None = None) -> ApiKey:
        """Make a new key with the same settings; the old one lives on for an overlap.

        POST /project/api-keys/{id}/rotate, scope keys:write.
        """
        return self._client._one(
            ApiKey,
            "POST",
            f"/project/api-keys/{segment(id)}/rotate",
            {"overlapSeconds": overlap_seconds},
            idempotency_key=idempotency_key,
        )


class WorkflowsRoutes:
    """Steps that a run goes through."""

    __slots__ = ("_client",)

    def __init__(self, client: Caller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        status: Literal["active", "draft", "archived"] | None = None,
        q: str | None = None,
    ) -> Page[Workflow]:
        """List workflows, newest first.

        GET /workflows, scope workflows:read.
        """
        return self._client._page(Workflow, "/workflows", {"limit": limit, "cursor": cursor, "status": status, "q": q})

    def create(
        self,
        *,
        name: str,
        steps: Sequence[Mapping[str, Any] | Model],
        description: str | None | Unset = UNSET,
        status: Literal["active", "draft", "archived"] | Unset = UNSET,
        github_repo_url: str | None | Unset = UNSET,
        idempotency_key: str | None = None,
    ) -> Workflow:
        """Make a workflow.

        POST /workflows, scope workflows:write.
        """
        return self._client._one(
            Workflow,
            "POST",
            "/workflows",
            {"name": name, "steps": named(steps), "description": description, "status": status, "githubRepoUrl": github_repo_url},
            idempotency_key=idempotency_key,
        )

    def bulk_delete(self, *, ids: Sequence[str], idempotency_key: str | None = None) -> Page[BulkDeleted]:
        """Delete several workflows; the answer says how each one fared.

        POST /workflows/bulk-delete, scope workflows:write.
        """
        return self._client._rows(
            BulkDeleted,
            "POST",
            "/workflows/bulk-delete",
            {"ids": ids},
            idempotency_key=idempotency_key,
        )

    def get(self, id: str, /) -> Workflow:
        """Read a workflow.

        GET /workflows/{id}, scope workflows:read.
        """
        return self._client._one(Workflow, "GET", f"/workflows/{segment(id)}")

    def update(
        self,
        id: str,
        /,
        *,
        name: str | Unset = UNSET,
        description: str | None | Unset = UNSET,
        status: Literal["active", "draft", "archived"] | Unset = UNSET,
        github_repo_url: str | None | Unset = UNSET,
        steps: Sequence[Mapping[str, Any] | Model] | Unset = UNSET,
        if_match: str | None = None,
        idempotency_key: str | None = None,
    ) -> Workflow:
        """Change a workflow; members left out stay as they are.

        PATCH /workflows/{id}, scope workflows:write.
        """
        return self._client._one(
            Workflow,
            "PATCH",
            f"/workflows/{segment(id)}",
            {"name": name, "description": description, "status": status, "githubRepoUrl": github_repo_url, "steps": named(steps)},
            if_match=if_match,
            idempotency_key=idempotency_key,
        )

    def delete(self, id: str, /) -> Deleted:
        """Delete a workflow.

        DELETE /workflows/{id}, scope workflows:write.
        """
        return self._client._one(Deleted, "DELETE", f"/workflows/{segment(id)}")

    def duplicate(self, id: str, /, *, name: str | Unset = UNSET, idempotency_key: str | None = None) -> Workflow:
        """Copy a workflow.

        POST /workflows/{id}/duplicate, scope workflows:write.
        """
        return self._client._one(
            Workflow,
            "POST",
            f"/workflows/{segment(id)}/duplicate",
            {"name": name},
            idempotency_key=idempotency_key,
        )

    def versions(self, id: str, /, *, limit: int | None = None, cursor: str | None = None) -> Page[WorkflowVersion]:
        """List the versions of a workflow, newest first.

        GET /workflows/{id}/versions, scope workflows:read.
        """
        return self._client._page(
            WorkflowVersion,
            f"/workflows/{segment(id)}/versions",
            {"limit": limit, "cursor": cursor},
        )

    def version(self, id: str, version: int, /) -> WorkflowVersion:
        """Read one version of a workflow.

        GET /workflows/{id}/versions/{version}, scope workflows:read.
        """
        return self._client._one(WorkflowVersion, "GET", f"/workflows/{segment(id)}/versions/{segment(version)}")

    def activate(self, id: str, version: int, /, *, idempotency_key: str | None = None) -> Workflow:
        """Go back to an earlier version of a workflow, or forward again.

        POST /workflows/{id}/versions/{version}/activate, scope workflows:write.
        """
        return self._client._one(
            Workflow,
            "POST",
            f"/workflows/{segment(id)}/versions/{segment(version)}/activate",
            {},
            idempotency_key=idempotency_key,
        )

    def run_dry(
        self,
        id: str,
        /,
        *,
        name: str | Unset = UNSET,
        prompt: str | None | Unset = UNSET,
        issue_id: str | None | Unset = UNSET,
        candidates: int | None | Unset = UNSET,
        github_repo_url: str | None | Unset = UNSET,
        branch_name: str | None | Unset = UNSET,
        base_branch: str | None | Unset = UNSET,
        draft: bool | Unset = UNSET,
        max_iterations: int | Unset = UNSET,
        idempotency_key: str | None = None,
    ) -> DryRun:
        """Say what a run of a workflow would do, and what stands in its way; nothing is started.

        POST /workflows/{id}/run-dry, scope workflows:read and runs:write.
        """
        return self._client._one(
            DryRun,
            "POST",
            f"/workflows/{segment(id)}/run-dry",
            {"name": name, "prompt": prompt, "issueId": issue_id, "candidates": candidates, "githubRepoUrl": github_repo_url, "branchName": branch_name, "baseBranch": base_branch, "draft": draft, "maxIterations": max_iterations},
            idempotency_key=idempotency_key,
        )

    def runs(
        self,
        id: str,
        /,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        status: Literal["pending", "running", "paused", "cancelling", "completed", "failed", "cancelled"] | None = None,
        source: Literal["workflow", "scheduled", "sprint", "issue", "fix", "session", "sandbox"] | None = None,
        chain_id: str | None = None,
        candidate_group_id: str | None = None,
        q: str | None = None,
        from_: datetime | str | None = None,
        to: datetime | str | None = None,
    ) -> Page[Run]:
        """List a workflow's runs, newest first.

        GET /workflows/{id}/runs, scope runs:read.
        """
        return self._client._page(
            Run,
            f"/workflows/{segment(id)}/runs",
            {"limit": limit, "cursor": cursor, "status": status, "source": source, "chainId": chain_id, "candidateGroupId": candidate_group_id, "q": q, "from": from_, "to": to},
        )

    def analytics(self, id: str, /, *, days: int | None = None) -> AnalyticsSummary:
        """Sum up a workflow's runs of the last days.

        GET /workflows/{id}/analytics, scope analytics:read.
        """
        return self._client._one(
            AnalyticsSummary,
            "GET",
            f"/workflows/{segment(id)}/analytics" + query_text({"days": days}),
        )


class RunsRoutes:
    """One execution of a workflow."""

    __slots__ = ("_client",)

    def __init__(self, client: Caller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        status: Literal["pending", "running", "paused", "cancelling", "completed", "failed", "cancelled"] | None = None,
        source: Literal["workflow", "scheduled", "sprint", "issue", "fix", "session", "sandbox"] | None = None,
        workflow_id: str | None = None,
        chain_id: str | None = None,
        candidate_group_id: str | None = None,
        q: str | None = None,
        from_: datetime | str | None = None,
        to: datetime | str | None = None,
    ) -> Page[Run]:
        """List runs, newest first.

        GET /runs, scope runs:read.
        """
        return self._client._page(
            Run,
            "/runs",
            {"limit": limit, "cursor": cursor, "status": status, "source": source, "workflowId": workflow_id, "chainId": chain_id, "candidateGroupId": candidate_group_id, "q": q, "from": from_, "to": to},
        )

    def start(
        self,
        *,
        workflow_id: str,
        name: str | Unset = UNSET,
        prompt: str | None | Unset = UNSET,
        issue_id: str | None | Unset = UNSET,
        candidates: int | None | Unset = UNSET,
        github_repo_url: str | None | Unset = UNSET,
        branch_name: str | None | Unset = UNSET,
        base_branch: str | None | Unset = UNSET,
        draft: bool | Unset = UNSET,
        max_iterations: int | Unset = UNSET,
        idempotency_key: str | None = None,
    ) -> Run:
        """Start a run of a workflow.

        POST /runs, scope runs:write.
        """
        return self._client._one(
            Run,
            "POST",
            "/runs",
            {"workflowId": workflow_id, "name": name, "prompt": prompt, "issueId": issue_id, "candidates": candidates, "githubRepoUrl": github_repo_url, "branchName": branch_name, "baseBranch": base_branch, "draft": draft, "maxIterations": max_iterations},
            idempotency_key=idempotency_key,
        )

    def bulk_delete(self, *, ids: Sequence[str], idempotency_key: str | None = None) -> Page[BulkDeleted]:
        """Delete several finished runs.

        POST /runs/bulk-delete, scope runs:write.
        """
        return self._client._rows(
            BulkDeleted,
            "POST",
            "/runs/bulk-delete",
            {"ids": ids},
            idempotency_key=idempotency_key,
        )

    def get(self, id: str, /) -> Run:
        """Read a run.

        GET /runs/{id}, scope runs:read.
        """
        return self._client._one(Run, "GET", f"/runs/{segment(id)}")

    def update(
        self,
        id: str,
        /,
        *,
        name: str | Unset = UNSET,
        if_match: str | None = None,
        idempotency_key: str | None = None,
    ) -> Run:
        """Rename a run.

        PATCH /runs/{id}, scope runs:write.
        """
        return self._client._one(
            Run,
            "PATCH",
            f"/runs/{segment(id)}",
            {"name": name},
            if_match=if_match,
            idempotency_key=idempotency_key,
        )

    def delete(self, id: str, /) -> Deleted:
        """Delete a finished run, its steps and events.

        DELETE /runs/{id}, scope runs:write.
        """
        return self._client._one(Deleted, "DELETE", f"/runs/{segment(id)}")

    def cancel(self, id: str, /, *, idempotency_key: str | None = None) -> Run:
        """Cancel a run.

        POST /runs/{id}/cancel, scope runs:cancel.
        """
        return self._client._one(Run, "POST", f"/runs/{segment(id)}/cancel", {}, idempotency_key=idempotency_key)

    def pause(self, id: str, /, *, idempotency_key: str | None = None) -> Run:
        """Pause a running run.

        POST /runs/{id}/pause, scope runs:write.
        """
        return self._client._one(Run, "POST", f"/runs/{segment(id)}/pause", {}, idempotency_key=idempotency_key)

    def resume(self, id: str, /, *, idempotency_key: str | None = None) -> Run:
        """Resume a paused run.

        POST /runs/{id}/resume, scope runs:write.
        """
        return self._client._one(Run, "POST", f"/runs/{segment(id)}/resume", {}, idempotency_key=idempotency_key)

    def restart(self, id: str, /, *, idempotency_key: str | None = None) -> Run:
        """Start a finished run again, as a new run.

        POST /runs/{id}/restart, scope runs:write.
        """
        return self._client._one(Run, "POST", f"/runs/{segment(id)}/restart", {}, idempotency_key=idempotency_key)

    def retry(self, id: str, /, *, from_step: int | None | Unset = UNSET, idempotency_key: str | None = None) -> Run:
        """Go on with a finished run from one of its steps, as a new run.

        POST /runs/{id}/retry, scope runs:write.
        """
        return self._client._one(
            Run,
            "POST",
            f"/runs/{segment(id)}/retry",
            {"fromStep": from_step},
            idempotency_key=idempotency_key,
        )

    def stop(self, id: str, /, *, idempotency_key: str | None = None) -> Run:
        """Stop a run after its current step.

        POST /runs/{id}/stop, scope runs:write.
        """
        return self._client._one(Run, "POST", f"/runs/{segment(id)}/stop", {}, idempotency_key=idempotency_key)

    def choose(self, id: str, /, *, idempotency_key: str | None = None) -> Run:
        """Choose one of several candidates: it gets the pull request.

        POST /runs/{id}/choose, scope runs:write.
        """
        return self._client._one(Run, "POST", f"/runs/{segment(id)}/choose", {}, idempotency_key=idempotency_key)

    def steps(self, id: str, /) -> Page[RunStep]:
        """List a run's steps, in order.

        GET /runs/{id}/steps, scope runs:read.
        """
        return self._client._page(RunStep, f"/runs/{segment(id)}/steps", None)

    def changes(
        self,
        id: str,
        /,
        *,
        step: int | None = None,
        iteration: int | None = None,
        after: int | None = None,
        limit: int | None = None,
    ) -> RunChanges:
        """Show what a run has changed so far, file by file.

        GET /runs/{id}/changes, scope runs:read.
        """
        return self._client._one(
            RunChanges,
            "GET",
            f"/runs/{segment(id)}/changes" + query_text({"step": step, "iteration": iteration, "after": after, "limit": limit}),
        )

    def compare(self, id: str, other: str, /) -> RunComparison:
        """Compare two runs: how each went, what it cost, and which files both changed, and alike.

        GET /runs/{id}/comparison/{other}, scope runs:read.
        """
        return self._client._one(RunComparison, "GET", f"/runs/{segment(id)}/comparison/{segment(other)}")

    def artifacts(self, id: str, /, *, limit: int | None = None, cursor: str | None = None) -> Page[Artifact]:
        """List the files that a run's agents have put into $CC_ARTIFACTS, newest first.

        GET /runs/{id}/artifacts, scope runs:read.
        """
        return self._client._page(Artifact, f"/runs/{segment(id)}/artifacts", {"limit": limit, "cursor": cursor})

    def artifact(self, id: str, name: str, /) -> bytes:
        """Fetch one of these files, as it is.

        GET /runs/{id}/artifacts/{name}, scope runs:read.
        """
        return self._client._file(f"/runs/{segment(id)}/artifacts/{segment(name)}")

    def events(
        self,
        id: str,
        /,
        *,
        after: int | None = None,
        limit: int | None = None,
        wait: int | None = None,
    ) -> Page[RunEvent]:
        """List a run's events, oldest first.

        GET /runs/{id}/events, scope runs:read.
        """
        return self._client._page(
            RunEvent,
            f"/runs/{segment(id)}/events",
            {"after": after, "limit": limit, "wait": wait},
        )


class CandidatesRoutes:
    """Several runs of one task, of which one gets the pull request."""

    __slots__ = ("_client",)

    def __init__(self, client: Caller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        status: Literal["running", "judging", "decided", "undecided", "failed", "cancelled"] | None = None,
        from_: datetime | str | None = None,
        to: datetime | str | None = None,
    ) -> Page[CandidateGroup]:
        """List groups of candidates, newest first.

        GET /candidates, scope runs:read.
        """
        return self._client._page(
            CandidateGroup,
            "/candidates",
            {"limit": limit, "cursor": cursor, "status": status, "from": from_, "to": to},
        )

    def get(self, id: str, /) -> CandidateGroup:
        """Read a group of candidates: where it stands, and which one was chosen.

        GET /candidates/{id}, scope runs:read.
        """
        return self._client._one(CandidateGroup, "GET", f"/candidates/{segment(id)}")

    def cancel(self, id: str, /, *, idempotency_key: str | None = None) -> CandidateGroup:
        """Cancel all runs of a group, and its judge; none of them gets a pull request.

        POST /candidates/{id}/cancel, scope runs:cancel.
        """
        return self._client._one(
            CandidateGroup,
            "POST",
            f"/candidates/{segment(id)}/cancel",
            {},
            idempotency_key=idempotency_key,
        )


class SessionsRoutes:
    """A run whose agent looks at something and answers as data."""

    __slots__ = ("_client",)

    def __init__(self, client: Caller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        kind: Literal["discovery", "answering", "evaluation", "judge", "learning"] | None = None,
        status: Literal["pending", "running", "paused", "cancelling", "completed", "failed", "cancelled"] | None = None,
        from_: datetime | str | None = None,
        to: datetime | str | None = None,
    ) -> Page[AgentSession]:
        """List sessions, newest first.

        GET /sessions, scope runs:read.
        """
        return self._client._page(
            AgentSession,
            "/sessions",
            {"limit": limit, "cursor": cursor, "kind": kind, "status": status, "from": from_, "to": to},
        )

    def create(
        self,
        *,
        kind: Literal["discovery", "answering", "evaluation", "judge", "learning"],
        name: str | Unset = UNSET,
        prompt: str | None | Unset = UNSET,
        run_ids: Sequence[str] | None | Unset = UNSET,
        question_ids: Sequence[str] | None | Unset = UNSET,
        threshold: int | None | Unset = UNSET,
        github_repo_url: str | None | Unset = UNSET,
        base_branch: str | None | Unset = UNSET,
        agent: str | None | Unset = UNSET,
        model: str | None | Unset = UNSET,
        persona_id: str | None | Unset = UNSET,
        idempotency_key: str | None = None,
    ) -> AgentSession:
        """Have an agent look at something and answer as data.

        POST /sessions, scope runs:write.
        """
        return self._client._one(
            AgentSession,
            "POST",
            "/sessions",
            {"kind": kind, "name": name, "prompt": prompt, "runIds": run_ids, "questionIds": question_ids, "threshold": threshold, "githubRepoUrl": github_repo_url, "baseBranch": base_branch, "agent": agent, "model": model, "personaId": persona_id},
            idempotency_key=idempotency_key,
        )

    def get(self, id: str, /) -> AgentSession:
        """Read a session, with what came of it.

        GET /sessions/{id}, scope runs:read.
        """
        return self._client._one(AgentSession, "GET", f"/sessions/{segment(id)}")

    def cancel(self, id: str, /, *, idempotency_key: str | None = None) -> AgentSession:
        """Cancel a session; done again, it answers the same.

        POST /sessions/{id}/cancel, scope runs:cancel.
        """
        return self._client._one(
            AgentSession,
            "POST",
            f"/sessions/{segment(id)}/cancel",
            {},
            idempotency_key=idempotency_key,
        )


class SandboxesRoutes:
    """A workspace with an agent in it, with which one talks."""

    __slots__ = ("_client",)

    def __init__(self, client: Caller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        status: Literal["opening", "idle", "working", "paused", "killing", "killed", "failed", "expired"] | None = None,
        from_: datetime | str | None = None,
        to: datetime | str | None = None,
    ) -> Page[Sandbox]:
        """List sandboxes, newest first.

        GET /sandboxes, scope runs:read.
        """
        return self._client._page(
            Sandbox,
            "/sandboxes",
            {"limit": limit, "cursor": cursor, "status": status, "from": from_, "to": to},
        )

    def create(
        self,
        *,
        name: str | Unset = UNSET,
        agent: str | None | Unset = UNSET,
        model: str | None | Unset = UNSET,
        persona_id: str | None | Unset = UNSET,
        context_ids: Sequence[str] | None | Unset = UNSET,
        github_repo_url: str | None | Unset = UNSET,
        branch_name: str | None | Unset = UNSET,
        base_branch: str | None | Unset = UNSET,
        message: str | None | Unset = UNSET,
        idempotency_key: str | None = None,
    ) -> Sandbox:
        """Open a sandbox: a workspace with an agent in it, with which one talks.

        POST /sandboxes, scope runs:write.
        """
        return self._client._one(
            Sandbox,
            "POST",
            "/sandboxes",
            {"name": name, "agent": agent, "model": model, "personaId": persona_id, "contextIds": context_ids, "githubRepoUrl": github_repo_url, "branchName": branch_name, "baseBranch": base_branch, "message": message},
            idempotency_key=idempotency_key,
        )

    def get(self, id: str, /) -> Sandbox:
        """Read a sandbox.

        GET /sandboxes/{id}, scope runs:read.
        """
        return self._client._one(Sandbox, "GET", f"/sandboxes/{segment(id)}")

    def update(
        self,
        id: str,
        /,
        *,
        name: str | Unset = UNSET,
        if_match: str | None = None,
        idempotency_key: str | None = None,
    ) -> Sandbox:
        """Rename a sandbox.

        PATCH /sandboxes/{id}, scope runs:write.
        """
        return self._client._one(
            Sandbox,
            "PATCH",
            f"/sandboxes/{segment(id)}",
            {"name": name},
            if_match=if_match,
            idempotency_key=idempotency_key,
        )

    def commit(
        self,
        id: str,
        /,
        *,
        message: str,
        title: str | None | Unset = UNSET,
        description: str | None | Unset = UNSET,
        branch_name: str | None | Unset = UNSET,
        draft: bool | Unset = UNSET,
        idempotency_key: str | None = None,
    ) -> SandboxMessage:
        """Have what a sandbox has changed committed, pushed and proposed, once what was said before is answered.

        POST /sandboxes/{id}/commit, scope runs:write.
        """
        return self._client._one(
            SandboxMessage,
            "POST",
            f"/sandboxes/{segment(id)}/commit",
            {"message": message, "title": title, "description": description, "branchName": branch_name, "draft": draft},
            idempotency_key=idempotency_key,
        )

    def events(
        self,
        id: str,
        /,
        *,
        after: int | None = None,
        limit: int | None = None,
        wait: int | None = None,
    ) -> Page[RunEvent]:
        """List a sandbox's events, oldest first, as those of a run.

        GET /sandboxes/{id}/events, scope runs:read.
        """
        return self._client._page(
            RunEvent,
            f"/sandboxes/{segment(id)}/events",
            {"after": after, "limit": limit, "wait": wait},
        )

    def kill(self, id: str, /, *, idempotency_key: str | None = None) -> Sandbox:
        """End a sandbox and remove its files; done again, it answers the same.

        POST /sandboxes/{id}/kill, scope runs:cancel.
        """
        return self._client._one(Sandbox, "POST", f"/sandboxes/{segment(id)}/kill", {}, idempotency_key=idempotency_key)

    def messages(self, id: str, /, *, limit: int | None = None, cursor: str | None = None) -> Page[SandboxMessage]:
        """List what was said to a sandbox and what it answered, newest first.

        GET /sandboxes/{id}/messages, scope runs:read.
        """
        return self._client._page(
            SandboxMessage,
            f"/sandboxes/{segment(id)}/messages",
            {"limit": limit, "cursor": cursor},
        )

    def say(self, id: str, /, *, text: str, idempotency_key: str | None = None) -> SandboxMessage:
        """Say something to a sandbox; its answer comes as events, and stands in the message in the end.

        POST /sandboxes/{id}/messages, scope runs:write.
        """
        return self._client._one(
            SandboxMessage,
            "POST",
            f"/sandboxes/{segment(id)}/messages",
            {"text": text},
            idempotency_key=idempotency_key,
        )

    def pause(self, id: str, /, *, idempotency_key: str | None = None) -> Sandbox:
        """Let messages wait, after the one that is being answered.

        POST /sandboxes/{id}/pause, scope runs:write.
        """
        return self._client._one(
            Sandbox,
            "POST",
            f"/sandboxes/{segment(id)}/pause",
            {},
            idempotency_key=idempotency_key,
        )

    def restart(self, id: str, /, *, idempotency_key: str | None = None) -> Sandbox:
        """Begin anew: the files are those of the branch again, and the conversation is forgotten.

        POST /sandboxes/{id}/restart, scope runs:write.
        """
        return self._client._one(
            Sandbox,
            "POST",
            f"/sandboxes/{segment(id)}/restart",
            {},
            idempotency_key=idempotency_key,
        )

    def resume(self, id: str, /, *, idempotency_key: str | None = None) -> Sandbox:
        """Have the messages answered that wait.

        POST /sandboxes/{id}/resume, scope runs:write.
        """
        return self._client._one(
            Sandbox,
            "POST",
            f"/sandboxes/{segment(id)}/resume",
            {},
            idempotency_key=idempotency_key,
        )


class QuestionsRoutes:
    """What a session could not find out."""

    __slots__ = ("_client",)

    def __init__(self, client: Caller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        status: Literal["open", "answered", "approved", "dismissed"] | None = None,
        session_id: str | None = None,
    ) -> Page[Question]:
        """List questions, newest first.

        GET /questions, scope issues:read.
        """
        return self._client._page(
            Question,
            "/questions",
            {"limit": limit, "cursor": cursor, "status": status, "sessionId": session_id},
        )

    def get(self, id: str, /) -> Question:
        """Read a question.

        GET /questions/{id}, scope issues:read.
        """
        return self._client._one(Question, "GET", f"/questions/{segment(id)}")

    def update(
        self,
        id: str,
        /,
        *,
        answer: str | Unset = UNSET,
        if_match: str | None = None,
        idempotency_key: str | None = None,
    ) -> Question:
        """Answer a question, in place of what a session has said.

        PATCH /questions/{id}, scope issues:write.
        """
        return self._client._one(
            Question,
            "PATCH",
            f"/questions/{segment(id)}",
            {"answer": answer},
            if_match=if_match,
            idempotency_key=idempotency_key,
        )

    def approve(self, id: str, /, *, idempotency_key: str | None = None) -> Question:
        """Approve the answer of a question: sessions that come later are told it.

        POST /questions/{id}/approve, scope issues:write.
        """
        return self._client._one(
            Question,
            "POST",
            f"/questions/{segment(id)}/approve",
            {},
            idempotency_key=idempotency_key,
        )

    def dismiss(self, id: str, /, *, idempotency_key: str | None = None) -> Question:
        """Dismiss a question: nobody is to answer it.

        POST /questions/{id}/dismiss, scope issues:write.
        """
        return self._client._one(
            Question,
            "POST",
            f"/questions/{segment(id)}/dismiss",
            {},
            idempotency_key=idempotency_key,
        )


class PullsRoutes:
    """What a run proposes to merge, as its forge says it is."""

    __slots__ = ("_client",)

    def __init__(self, client: Caller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        state: Literal["open", "merged", "closed"] | None = None,
        run_id: str | None = None,
    ) -> Page[PullRequest]:
        """List pull requests, newest first.

        GET /pull-requests, scope runs:read.
        """
        return self._client._page(
            PullRequest,
            "/pull-requests",
            {"limit": limit, "cursor": cursor, "state": state, "runId": run_id},
        )

    def get(self, id: str, /) -> PullRequest:
        """Read a pull request, as it was when it was last looked at.

        GET /pull-requests/{id}, scope runs:read.
        """
        return self._client._one(PullRequest, "GET", f"/pull-requests/{segment(id)}")

    def refresh(self, id: str, /, *, idempotency_key: str | None = None) -> PullRequest:
        """Have a worker look at a pull request now.

        POST /pull-requests/{id}/refresh, scope runs:write.
        """
        return self._client._one(
            PullRequest,
            "POST",
            f"/pull-requests/{segment(id)}/refresh",
            {},
            idempotency_key=idempotency_key,
        )

    def merge(
        self,
        id: str,
        /,
        *,
        method: Literal["merge", "squash", "rebase"] | Unset = UNSET,
        force: bool | Unset = UNSET,
        idempotency_key: str | None = None,
    ) -> PullRequest:
        """Have a worker merge a pull request, if nothing stands in its way.

        POST /pull-requests/{id}/merge, scope runs:write.
        """
        return self._client._one(
            PullRequest,
            "POST",
            f"/pull-requests/{segment(id)}/merge",
            {"method": method, "force": force},
            idempotency_key=idempotency_key,
        )

    def close(self, id: str, /, *, idempotency_key: str | None = None) -> PullRequest:
        """Have a worker close a pull request without merging it.

        POST /pull-requests/{id}/close, scope runs:write.
        """
        return self._client._one(
            PullRequest,
            "POST",
            f"/pull-requests/{segment(id)}/close",
            {},
            idempotency_key=idempotency_key,
        )

    def fix(
        self,
        id: str,
        /,
        *,
        about: Literal["checks", "comments"] | None | Unset = UNSET,
        workflow_id: str | None | Unset = UNSET,
        prompt: str | None | Unset = UNSET,
        idempotency_key: str | None = None,
    ) -> Run:
        """Start a run on a pull request's branch that deals with its failing checks and its reviews.

        POST /pull-requests/{id}/fix, scope runs:write.
        """
        return self._client._one(
            Run,
            "POST",
            f"/pull-requests/{segment(id)}/fix",
            {"about": about, "workflowId": workflow_id, "prompt": prompt},
            idempotency_key=idempotency_key,
        )


class BranchesRoutes:
    """A branch that a run has pushed, as its forge says it is."""

    __slots__ = ("_client",)

    def __init__(self, client: Caller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        name: str | None = None,
        run_id: str | None = None,
        state: Literal["present", "deleted"] | None = None,
    ) -> Page[Branch]:
        """List the branches that runs have pushed, newest first.

        GET /branches, scope runs:read.
        """
        return self._client._page(
            Branch,
            "/branches",
            {"limit": limit, "cursor": cursor, "name": name, "runId": run_id, "state": state},
        )

    def get(self, id: str, /) -> Branch:
        """Read a branch, as it was when it was last looked at.

        GET /branches/{id}, scope runs:read.
        """
        return self._client._one(Branch, "GET", f"/branches/{segment(id)}")

    def delete(self, id: str, /) -> Branch:
        """Have a worker delete a branch that a run has made.

        DELETE /branches/{id}, scope runs:write.
        """
        return self._client._one(Branch, "DELETE", f"/branches/{segment(id)}")

    def refresh(self, id: str, /, *, idempotency_key: str | None = None) -> Branch:
        """Have a worker look at a branch now.

        POST /branches/{id}/refresh, scope runs:write.
        """
        return self._client._one(
            Branch,
            "POST",
            f"/branches/{segment(id)}/refresh",
            {},
            idempotency_key=idempotency_key,
        )


class IssuesRoutes:
    """Work that waits for a run."""

    __slots__ = ("_client",)

    def __init__(self, client: Caller) -> None:
        self._client = client

    def import_from(
        self,
        *,
        url: str,
        comment_on_issue: bool | None | Unset = UNSET,
        idempotency_key: str | None = None,
    ) -> Issue:
        """Have a worker take over an issue of a forge; one that is there already is answered as it is.

        POST /issues/import, scope issues:write.
        """
        return self._client._one(
            Issue,
            "POST",
            "/issues/import",
            {"url": url, "commentOnIssue": comment_on_issue},
            idempotency_key=idempotency_key,
        )

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        priority: Literal["low", "medium", "high", "critical"] | None = None,
        status: Literal["new", "running", "completed", "failed"] | None = None,
        origin: Literal["created", "imported", "discovered"] | None = None,
        q: str | None = None,
    ) -> Page[Issue]:
        """List issues, newest first.

        GET /issues, scope issues:read.
        """
        return self._client._page(
            Issue,
            "/issues",
            {"limit": limit, "cursor": cursor, "priority": priority, "status": status, "origin": origin, "q": q},
        )

    def create(
        self,
        *,
        title: str,
        description: str | None | Unset = UNSET,
        source_url: str | None | Unset = UNSET,
        priority: Literal["low", "medium", "high", "critical"] | Unset = UNSET,
        status: Literal["new", "running", "completed", "failed"] | Unset = UNSET,
        suggested_prompt: str | None | Unset = UNSET,
        comment_on_issue: bool | Unset = UNSET,
        idempotency_key: str | None = None,
    ) -> Issue:
        """Make an issue.

        POST /issues, scope issues:write.
        """
        return self._client._one(
            Issue,
            "POST",
            "/issues",
            {"title": title, "description": description, "sourceUrl": source_url, "priority": priority, "status": status, "suggestedPrompt": suggested_prompt, "commentOnIssue": comment_on_issue},
            idempotency_key=idempotency_key,
        )

    def bulk_delete(self, *, ids: Sequence[str], idempotency_key: str | None = None) -> Page[BulkDeleted]:
        """Delete several issues; the answer says how each one fared.

        POST /issues/bulk-delete, scope issues:write.
        """
        return self._client._rows(
            BulkDeleted,
            "POST",
            "/issues/bulk-delete",
            {"ids": ids},
            idempotency_key=idempotency_key,
        )

    def get(self, id: str, /) -> Issue:
        """Read an issue.

        GET /issues/{id}, scope issues:read.
        """
        return self._client._one(Issue, "GET", f"/issues/{segment(id)}")

    def update(
        self,
        id: str,
        /,
        *,
        title: str | Unset = UNSET,
        description: str | None | Unset = UNSET,
        source_url: str | None | Unset = UNSET,
        priority: Literal["low", "medium", "high", "critical"] | Unset = UNSET,
        status: Literal["new", "running", "completed", "failed"] | Unset = UNSET,
        suggested_prompt: str | None | Unset = UNSET,
        comment_on_issue: bool | Unset = UNSET,
        if_match: str | None = None,
        idempotency_key: str | None = None,
    ) -> Issue:
        """Change an issue; members left out stay as they are.

        PATCH /issues/{id}, scope issues:write.
        """
        return self._client._one(
            Issue,
            "PATCH",
            f"/issues/{segment(id)}",
            {"title": title, "description": description, "sourceUrl": source_url, "priority": priority, "status": status, "suggestedPrompt": suggested_prompt, "commentOnIssue": comment_on_issue},
            if_match=if_match,
            idempotency_key=idempotency_key,
        )

    def delete(self, id: str, /) -> Deleted:
        """Delete an issue.

        DELETE /issues/{id}, scope issues:write.
        """
        return self._client._one(Deleted, "DELETE", f"/issues/{segment(id)}")


class WebhooksRoutes:
    """Where the messages of a project are posted to."""

    __slots__ = ("_client",)

    def __init__(self, client: Caller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        is_enabled: bool | None = None,
    ) -> Page[WebhookEndpoint]:
        """List the endpoints that webhooks go to, newest first.

        GET /webhooks/endpoints, scope webhooks:read.
        """
        return self._client._page(
            WebhookEndpoint,
            "/webhooks/endpoints",
            {"limit": limit, "cursor": cursor, "isEnabled": is_enabled},
        )

    def create(
        self,
        *,
        url: str,
        description: str | None | Unset = UNSET,
        events: Sequence[str] | Unset = UNSET,
        is_enabled: bool | Unset = UNSET,
        idempotency_key: str | None = None,
    ) -> WebhookEndpoint:
        """Make an endpoint; its secret is shown this once.

        POST /webhooks/endpoints, scope webhooks:write.
        """
        return self._client._one(
            WebhookEndpoint,
            "POST",
            "/webhooks/endpoints",
            {"url": url, "description": description, "events": events, "isEnabled": is_enabled},
            idempotency_key=idempotency_key,
        )

    def get(self, id: str, /) -> WebhookEndpoint:
        """Read an endpoint, without its secret.

        GET /webhooks/endpoints/{id}, scope webhooks:read.
        """
        return self._client._one(WebhookEndpoint, "GET", f"/webhooks/endpoints/{segment(id)}")

    def update(
        self,
        id: str,
        /,
        *,
        url: str | Unset = UNSET,
        description: str | None | Unset = UNSET,
        events: Sequence[str] | Unset = UNSET,
        is_enabled: bool | Unset = UNSET,
        if_match: str | None = None,
        idempotency_key: str | None = None,
    ) -> WebhookEndpoint:
        """Change an endpoint; members left out stay as they are.

        PATCH /webhooks/endpoints/{id}, scope webhooks:write.
        """
        return self._client._one(
            WebhookEndpoint,
            "PATCH",
            f"/webhooks/endpoints/{segment(id)}",
            {"url": url, "description": description, "events": events, "isEnabled": is_enabled},
            if_match=if_match,
            idempotency_key=idempotency_key,
        )

    def delete(self, id: str, /) -> Deleted:
        """Delete an endpoint and all that is to be delivered to it.

        DELETE /webhooks/endpoints/{id}, scope webhooks:write.
        """
        return self._client._one(Deleted, "DELETE", f"/webhooks/endpoints/{segment(id)}")

    def rotate(self, id: str, /, *, idempotency_key: str | None = None) -> WebhookEndpoint:
        """Give an endpoint a new secret, shown this once; the old one signs as well for a day.

        POST /webhooks/endpoints/{id}/rotate, scope webhooks:write.
        """
        return self._client._one(
            WebhookEndpoint,
            "POST",
            f"/webhooks/endpoints/{segment(id)}/rotate",
            {},
            idempotency_key=idempotency_key,
        )

    def test(self, id: str, /, *, idempotency_key: str | None = None) -> WebhookDelivery:
        """Send an endpoint a message of the type webhook.test.

        POST /webhooks/endpoints/{id}/test, scope webhooks:write.
        """
        return self._client._one(
            WebhookDelivery,
            "POST",
            f"/webhooks/endpoints/{segment(id)}/test",
            {},
            idempotency_key=idempotency_key,
        )

    def deliveries(
        self,
        id: str,
        /,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        status: Literal["pending", "delivered", "failed"] | None = None,
    ) -> Page[WebhookDelivery]:
        """List what was or is to be delivered to an endpoint, newest first.

        GET /webhooks/endpoints/{id}/deliveries, scope webhooks:read.
        """
        return self._client._page(
            WebhookDelivery,
            f"/webhooks/endpoints/{segment(id)}/deliveries",
            {"limit": limit, "cursor": cursor, "status": status},
        )

    def replay(self, id: str, deliveryId: str, /, *, idempotency_key: str | None = None) -> WebhookDelivery:
        """Deliver a message once more, whatever has become of it.

        POST /webhooks/endpoints/{id}/deliveries/{deliveryId}/replay, scope webhooks:write.
        """
        return self._client._one(
            WebhookDelivery,
            "POST",
            f"/webhooks/endpoints/{segment(id)}/deliveries/{segment(deliveryId)}/replay",
            {},
            idempotency_key=idempotency_key,
        )


class ChangesRoutes:
    """What has changed in the project."""

    __slots__ = ("_client",)

    def __init__(self, client: Caller) -> None:
        self._client = client

    def list(self, *, after: int | None = None, limit: int | None = None, wait: int | None = None) -> Page[Change]:
        """List what has changed in the project, oldest first: as far as the caller may read it.

        GET /events.
        """
        return self._client._page(Change, "/events", {"after": after, "limit": limit, "wait": wait})


class NotificationsRoutes:
    """What people are notified of."""

    __slots__ = ("_client",)

    def __init__(self, client: Caller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        filter: Literal["all", "unread"] | None = None,
    ) -> Page[Notification]:
        """List what the caller is notified of and has not dismissed, newest first: as far as it may be read.

        GET /notifications.
        """
        return self._client._page(Notification, "/notifications", {"limit": limit, "cursor": cursor, "filter": filter})

    def unread_count(self) -> UnreadCount:
        """Count what the caller has not read.

        GET /notifications/unread-count.
        """
        return self._client._one(UnreadCount, "GET", "/notifications/unread-count")

    def read_all(self, *, idempotency_key: str | None = None) -> NotificationsRead:
        """Mark all as read, for the caller.

        POST /notifications/read-all.
        """
        return self._client._one(
            NotificationsRead,
            "POST",
            "/notifications/read-all",
            {},
            idempotency_key=idempotency_key,
        )

    def read(self, id: str, /, *, idempotency_key: str | None = None) -> Notification:
        """Mark one as read, for the caller.

        POST /notifications/{id}/read.
        """
        return self._client._one(
            Notification,
            "POST",
            f"/notifications/{segment(id)}/read",
            {},
            idempotency_key=idempotency_key,
        )

    def dismiss(self, id: str, /, *, idempotency_key: str | None = None) -> Notification:
        """Take one out of the caller's list, for good.

        POST /notifications/{id}/dismiss.
        """
        return self._client._one(
            Notification,
            "POST",
            f"/notifications/{segment(id)}/dismiss",
            {},
            idempotency_key=idempotency_key,
        )


class TrashRoutes:
    """What was deleted and can come back."""

    __slots__ = ("_client",)

    def __init__(self, client: Caller) -> None:
        self._client = client

    def list(self, *, limit: int | None = None, cursor: str | None = None, kind: str | None = None) -> Page[TrashEntry]:
        """List what was deleted and can come back, last deleted first: of the kinds that the caller may read.

        GET /trash.
        """
        return self._client._page(TrashEntry, "/trash", {"limit": limit, "cursor": cursor, "kind": kind})

    def empty(self, *, kind: str | Unset = UNSET, idempotency_key: str | None = None) -> TrashEmptied:
        """Delete for good all that is in the trash, or all of one kind, as far as the caller may delete it.

        POST /trash/empty.
        """
        return self._client._one(TrashEmptied, "POST", "/trash/empty", {"kind": kind}, idempotency_key=idempotency_key)

    def restore(self, id: str, /, *, idempotency_key: str | None = None) -> TrashEntry:
        """Bring back what was deleted, under its id; needs what making one needs.

        POST /trash/{id}/restore.
        """
        return self._client._one(
            TrashEntry,
            "POST",
            f"/trash/{segment(id)}/restore",
            {},
            idempotency_key=idempotency_key,
        )

    def delete(self, id: str, /) -> Deleted:
        """Delete for good what is in the trash; needs what deleting one needs.

        DELETE /trash/{id}.
        """
        return self._client._one(Deleted, "DELETE", f"/trash/{segment(id)}")


class ChainsRoutes:
    """Runs that follow one another."""

    __slots__ = ("_client",)

    def __init__(self, client: Caller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        source: Literal["sprint", "issue"] | None = None,
        status: Literal["running", "completed", "failed", "cancelled"] | None = None,
        workflow_id: str | None = None,
        q: str | None = None,
    ) -> Page[Chain]:
        """List chains, newest first.

        GET /chains, scope runs:read.
        """
        return self._client._page(
            Chain,
            "/chains",
            {"limit": limit, "cursor": cursor, "source": source, "status": status, "workflowId": workflow_id, "q": q},
        )

    def create(
        self,
        *,
        name: str,
        source: Literal["sprint", "issue"],
        workflow_id: str,
        prompt: str | None | Unset = UNSET,
        issue_ids: Sequence[str] | None | Unset = UNSET,
        run_count: int | None | Unset = UNSET,
        idempotency_key: str | None = None,
    ) -> Chain:
        """Start a chain: a workflow several times, or issue after issue.

        POST /chains, scope runs:write.
        """
        return self._client._one(
            Chain,
            "POST",
            "/chains",
            {"name": name, "source": source, "workflowId": workflow_id, "prompt": prompt, "issueIds": issue_ids, "runCount": run_count},
            idempotency_key=idempotency_key,
        )

    def get(self, id: str, /) -> Chain:
        """Read a chain.

        GET /chains/{id}, scope runs:read.
        """
        return self._client._one(Chain, "GET", f"/chains/{segment(id)}")

    def delete(self, id: str, /) -> Deleted:
        """Delete a chain that is over; its runs stay.

        DELETE /chains/{id}, scope runs:write.
        """
        return self._client._one(Deleted, "DELETE", f"/chains/{segment(id)}")

    def cancel(self, id: str, /, *, idempotency_key: str | None = None) -> Chain:
        """Cancel a chain and the run it is at.

        POST /chains/{id}/cancel, scope runs:cancel.
        """
        return self._client._one(Chain, "POST", f"/chains/{segment(id)}/cancel", {}, idempotency_key=idempotency_key)

    def resume(self, id: str, /, *, idempotency_key: str | None = None) -> Chain:
        """Go on with a failed chain at the run that failed.

        POST /chains/{id}/resume, scope runs:write.
        """
        return self._client._one(Chain, "POST", f"/chains/{segment(id)}/resume", {}, idempotency_key=idempotency_key)


class SchedulesRoutes:
    """A workflow that runs by the clock."""

    __slots__ = ("_client",)

    def __init__(self, client: Caller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        workflow_id: str | None = None,
        is_enabled: bool | None = None,
        q: str | None = None,
    ) -> Page[Schedule]:
        """List schedules, newest first.

        GET /schedules, scope schedules:read.
        """
        return self._client._page(
            Schedule,
            "/schedules",
            {"limit": limit, "cursor": cursor, "workflowId": workflow_id, "isEnabled": is_enabled, "q": q},
        )

    def create(
        self,
        *,
        name: str,
        workflow_id: str,
        frequency: Literal["daily", "every_other_day", "weekly", "biweekly", "monthly"],
        hour: int,
        prompt: str | None | Unset = UNSET,
        weekdays: Sequence[str] | Unset = UNSET,
        day_of_month: int | None | Unset = UNSET,
        time_zone: str | Unset = UNSET,
        minute: int | Unset = UNSET,
        is_enabled: bool | Unset = UNSET,
        idempotency_key: str | None = None,
    ) -> Schedule:
        """Make a schedule.

        POST /schedules, scope schedules:write and runs:write.
        """
        return self._client._one(
            Schedule,
            "POST",
            "/schedules",
            {"name": name, "workflowId": workflow_id, "frequency": frequency, "hour": hour, "prompt": prompt, "weekdays": weekdays, "dayOfMonth": day_of_month, "timeZone": time_zone, "minute": minute, "isEnabled": is_enabled},
            idempotency_key=idempotency_key,
        )

    def bulk_delete(self, *, ids: Sequence[str], idempotency_key: str | None = None) -> Page[BulkDeleted]:
        """Delete several schedules; the answer says how each one fared.

        POST /schedules/bulk-delete, scope schedules:write.
        """
        return self._client._rows(
            BulkDeleted,
            "POST",
            "/schedules/bulk-delete",
            {"ids": ids},
            idempotency_key=idempotency_key,
        )

    def get(self, id: str, /) -> Schedule:
        """Read a schedule.

        GET /schedules/{id}, scope schedules:read.
        """
        return self._client._one(Schedule, "GET", f"/schedules/{segment(id)}")

    def update(
        self,
        id: str,
        /,
        *,
        name: str | Unset = UNSET,
        workflow_id: str | Unset = UNSET,
        prompt: str | None | Unset = UNSET,
        frequency: Literal["daily", "every_other_day", "weekly", "biweekly", "monthly"] | Unset = UNSET,
        weekdays: Sequence[str] | Unset = UNSET,
        day_of_month: int | None | Unset = UNSET,
        time_zone: str | Unset = UNSET,
        hour: int | Unset = UNSET,
        minute: int | Unset = UNSET,
        is_enabled: bool | Unset = UNSET,
        if_match: str | None = None,
        idempotency_key: str | None = None,
    ) -> Schedule:
        """Change a schedule; members left out stay as they are.

        PATCH /schedules/{id}, scope schedules:write and runs:write.
        """
        return self._client._one(
            Schedule,
            "PATCH",
            f"/schedules/{segment(id)}",
            {"name": name, "workflowId": workflow_id, "prompt": prompt, "frequency": frequency, "weekdays": weekdays, "dayOfMonth": day_of_month, "timeZone": time_zone, "hour": hour, "minute": minute, "isEnabled": is_enabled},
            if_match=if_match,
            idempotency_key=idempotency_key,
        )

    def delete(self, id: str, /) -> Deleted:
        """Delete a schedule.

        DELETE /schedules/{id}, scope schedules:write.
        """
        return self._client._one(Deleted, "DELETE", f"/schedules/{segment(id)}")


class CommandsRoutes:
    """What agents do for a word behind a slash, as a draft and its published versions."""

    __slots__ = ("_client",)

    def __init__(self, client: Caller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        is_enabled: bool | None = None,
    ) -> Page[Command]:
        """List commands, newest first.

        GET /commands, scope assets:read.
        """
        return self._client._page(Command, "/commands", {"limit": limit, "cursor": cursor, "isEnabled": is_enabled})

    def create(
        self,
        *,
        name: str,
        content: str,
        description: str | None | Unset = UNSET,
        is_enabled: bool | Unset = UNSET,
        idempotency_key: str | None = None,
    ) -> Command:
        """Make a command.

        POST /commands, scope assets:write.
        """
        return self._client._one(
            Command,
            "POST",
            "/commands",
            {"name": name, "content": content, "description": description, "isEnabled": is_enabled},
            idempotency_key=idempotency_key,
        )

    def bulk_delete(self, *, ids: Sequence[str], idempotency_key: str | None = None) -> Page[BulkDeleted]:
        """Delete several commands; the answer says how each one fared.

        POST /commands/bulk-delete, scope assets:write.
        """
        return self._client._rows(
            BulkDeleted,
            "POST",
            "/commands/bulk-delete",
            {"ids": ids},
            idempotency_key=idempotency_key,
        )

    def get(self, id: str, /) -> Command:
        """Read a command.

        GET /commands/{id}, scope assets:read.
        """
        return self._client._one(Command, "GET", f"/commands/{segment(id)}")

    def update(
        self,
        id: str,
        /,
        *,
        name: str | Unset = UNSET,
        description: str | None | Unset = UNSET,
        is_enabled: bool | Unset = UNSET,
        content: str | Unset = UNSET,
        if_match: str | None = None,
        idempotency_key: str | None = None,
    ) -> Command:
        """Change a command; members left out stay as they are.

        PATCH /commands/{id}, scope assets:write.
        """
        return self._client._one(
            Command,
            "PATCH",
            f"/commands/{segment(id)}",
            {"name": name, "description": description, "isEnabled": is_enabled, "content": content},
            if_match=if_match,
            idempotency_key=idempotency_key,
        )

    def delete(self, id: str, /) -> Deleted:
        """Delete a command.

        DELETE /commands/{id}, scope assets:write.
        """
        return self._client._one(Deleted, "DELETE", f"/commands/{segment(id)}")

    def publish(self, id: str, /, *, note: str | None | Unset = UNSET, idempotency_key: str | None = None) -> Command:
        """Make the draft of a command its next version, and that the active one.

        POST /commands/{id}/publish, scope assets:write.
        """
        return self._client._one(
            Command,
            "POST",
            f"/commands/{segment(id)}/publish",
            {"note": note},
            idempotency_key=idempotency_key,
        )

    def deactivate(self, id: str, /, *, idempotency_key: str | None = None) -> Command:
        """Leave a command without an active version; its versions stay.

        POST /commands/{id}/deactivate, scope assets:write.
        """
        return self._client._one(
            Command,
            "POST",
            f"/commands/{segment(id)}/deactivate",
            {},
            idempotency_key=idempotency_key,
        )

    def versions(self, id: str, /, *, limit: int | None = None, cursor: str | None = None) -> Page[DocumentVersion]:
        """List the versions of a command, newest first.

        GET /commands/{id}/versions, scope assets:read.
        """
        return self._client._page(
            DocumentVersion,
            f"/commands/{segment(id)}/versions",
            {"limit": limit, "cursor": cursor},
        )

    def version(self, id: str, version: int, /) -> DocumentVersion:
        """Read one version of a command.

        GET /commands/{id}/versions/{version}, scope assets:read.
        """
        return self._client._one(DocumentVersion, "GET", f"/commands/{segment(id)}/versions/{segment(version)}")

    def activate(self, id: str, version: int, /, *, idempotency_key: str | None = None) -> Command:
        """Make one of its versions the active one of a command.

        POST /commands/{id}/versions/{version}/activate, scope assets:write.
        """
        return self._client._one(
            Command,
            "POST",
            f"/commands/{segment(id)}/versions/{segment(version)}/activate",
            {},
            idempotency_key=idempotency_key,
        )


class ContextsRoutes:
    """What every agent of the project should know, as a draft and its published versions."""

    __slots__ = ("_client",)

    def __init__(self, client: Caller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        is_enabled: bool | None = None,
        q: str | None = None,
    ) -> Page[Context]:
        """List contexts, newest first.

        GET /contexts, scope contexts:read.
        """
        return self._client._page(
            Context,
            "/contexts",
            {"limit": limit, "cursor": cursor, "isEnabled": is_enabled, "q": q},
        )

    def create(
        self,
        *,
        name: str,
        content: str,
        description: str | None | Unset = UNSET,
        is_enabled: bool | Unset = UNSET,
        idempotency_key: str | None = None,
    ) -> Context:
        """Make a context.

        POST /contexts, scope contexts:write.
        """
        return self._client._one(
            Context,
            "POST",
            "/contexts",
            {"name": name, "content": content, "description": description, "isEnabled": is_enabled},
            idempotency_key=idempotency_key,
        )

    def bulk_delete(self, *, ids: Sequence[str], idempotency_key: str | None = None) -> Page[BulkDeleted]:
        """Delete several contexts; the answer says how each one fared.

        POST /contexts/bulk-delete, scope contexts:write.
        """
        return self._client._rows(
            BulkDeleted,
            "POST",
            "/contexts/bulk-delete",
            {"ids": ids},
            idempotency_key=idempotency_key,
        )

    def get(self, id: str, /) -> Context:
        """Read a context.

        GET /contexts/{id}, scope contexts:read.
        """
        return self._client._one(Context, "GET", f"/contexts/{segment(id)}")

    def update(
        self,
        id: str,
        /,
        *,
        name: str | Unset = UNSET,
        description: str | None | Unset = UNSET,
        is_enabled: bool | Unset = UNSET,
        content: str | Unset = UNSET,
        if_match: str | None = None,
        idempotency_key: str | None = None,
    ) -> Context:
        """Change a context; members left out stay as they are.

        PATCH /contexts/{id}, scope contexts:write.
        """
        return self._client._one(
            Context,
            "PATCH",
            f"/contexts/{segment(id)}",
            {"name": name, "description": description, "isEnabled": is_enabled, "content": content},
            if_match=if_match,
            idempotency_key=idempotency_key,
        )

    def delete(self, id: str, /) -> Deleted:
        """Delete a context.

        DELETE /contexts/{id}, scope contexts:write.
        """
        return self._client._one(Deleted, "DELETE", f"/contexts/{segment(id)}")

    def publish(self, id: str, /, *, note: str | None | Unset = UNSET, idempotency_key: str | None = None) -> Context:
        """Make the draft of a context its next version, and that the active one.

        POST /contexts/{id}/publish, scope contexts:write.
        """
        return self._client._one(
            Context,
            "POST",
            f"/contexts/{segment(id)}/publish",
            {"note": note},
            idempotency_key=idempotency_key,
        )

    def deactivate(self, id: str, /, *, idempotency_key: str | None = None) -> Context:
        """Leave a context without an active version; its versions stay.

        POST /contexts/{id}/deactivate, scope contexts:write.
        """
        return self._client._one(
            Context,
            "POST",
            f"/contexts/{segment(id)}/deactivate",
            {},
            idempotency_key=idempotency_key,
        )

    def versions(self, id: str, /, *, limit: int | None = None, cursor: str | None = None) -> Page[DocumentVersion]:
        """List the versions of a context, newest first.

        GET /contexts/{id}/versions, scope contexts:read.
        """
        return self._client._page(
            DocumentVersion,
            f"/contexts/{segment(id)}/versions",
            {"limit": limit, "cursor": cursor},
        )

    def version(self, id: str, version: int, /) -> DocumentVersion:
        """Read one version of a context.

        GET /contexts/{id}/versions/{version}, scope contexts:read.
        """
        return self._client._one(DocumentVersion, "GET", f"/contexts/{segment(id)}/versions/{segment(version)}")

    def activate(self, id: str, version: int, /, *, idempotency_key: str | None = None) -> Context:
        """Make one of its versions the active one of a context.

        POST /contexts/{id}/versions/{version}/activate, scope contexts:write.
        """
        return self._client._one(
            Context,
            "POST",
            f"/contexts/{segment(id)}/versions/{segment(version)}/activate",
            {},
            idempotency_key=idempotency_key,
        )


class LearningsRoutes:
    """What a run has taught, for all agents of the project once somebody has approved it."""

    __slots__ = ("_client",)

    def __init__(self, client: Caller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        status: Literal["proposed", "approved", "rejected"] | None = None,
        run_id: str | None = None,
        q: str | None = None,
    ) -> Page[Learning]:
        """List learnings, newest first.

        GET /learnings, scope learnings:read.
        """
        return self._client._page(
            Learning,
            "/learnings",
            {"limit": limit, "cursor": cursor, "status": status, "runId": run_id, "q": q},
        )

    def create(
        self,
        *,
        title: str,
        content: str,
        run_id: str | None | Unset = UNSET,
        idempotency_key: str | None = None,
    ) -> Learning:
        """Make a learning.

        POST /learnings, scope learnings:write.
        """
        return self._client._one(
            Learning,
            "POST",
            "/learnings",
            {"title": title, "content": content, "runId": run_id},
            idempotency_key=idempotency_key,
        )

    def bulk_delete(self, *, ids: Sequence[str], idempotency_key: str | None = None) -> Page[BulkDeleted]:
        """Delete several learnings; the answer says how each one fared.

        POST /learnings/bulk-delete, scope learnings:write.
        """
        return self._client._rows(
            BulkDeleted,
            "POST",
            "/learnings/bulk-delete",
            {"ids": ids},
            idempotency_key=idempotency_key,
        )

    def get(self, id: str, /) -> Learning:
        """Read a learning.

        GET /learnings/{id}, scope learnings:read.
        """
        return self._client._one(Learning, "GET", f"/learnings/{segment(id)}")

    def update(
        self,
        id: str,
        /,
        *,
        title: str | Unset = UNSET,
        content: str | Unset = UNSET,
        if_match: str | None = None,
        idempotency_key: str | None = None,
    ) -> Learning:
        """Change a learning; members left out stay as they are.

        PATCH /learnings/{id}, scope learnings:write.
        """
        return self._client._one(
            Learning,
            "PATCH",
            f"/learnings/{segment(id)}",
            {"title": title, "content": content},
            if_match=if_match,
            idempotency_key=idempotency_key,
        )

    def delete(self, id: str, /) -> Deleted:
        """Delete a learning.

        DELETE /learnings/{id}, scope learnings:write.
        """
        return self._client._one(Deleted, "DELETE", f"/learnings/{segment(id)}")

    def approve(self, id: str, /, *, idempotency_key: str | None = None) -> Learning:
        """Approve a learning: from now on runs are given it.

        POST /learnings/{id}/approve, scope learnings:write.
        """
        return self._client._one(
            Learning,
            "POST",
            f"/learnings/{segment(id)}/approve",
            {},
            idempotency_key=idempotency_key,
        )

    def reject(self, id: str, /, *, idempotency_key: str | None = None) -> Learning:
        """Reject a learning: from now on runs are not given it.

        POST /learnings/{id}/reject, scope learnings:write.
        """
        return self._client._one(
            Learning,
            "POST",
            f"/learnings/{segment(id)}/reject",
            {},
            idempotency_key=idempotency_key,
        )


class PersonasRoutes:
    """How an agent should behave in a step: role, agent, model and instructions."""

    __slots__ = ("_client",)

    def __init__(self, client: Caller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        type: Literal["designer", "checker", "optimizer", "prompter", "investigator", "deep-dive", "planner", "reviewer", "evaluator", "judge", "answerer", "custom"] | None = None,
        is_enabled: bool | None = None,
        q: str | None = None,
    ) -> Page[Persona]:
        """List personas, newest first.

        GET /personas, scope personas:read.
        """
        return self._client._page(
            Persona,
            "/personas",
            {"limit": limit, "cursor": cursor, "type": type, "isEnabled": is_enabled, "q": q},
        )

    def create(
        self,
        *,
        name: str,
        type: Literal["designer", "checker", "optimizer", "prompter", "investigator", "deep-dive", "planner", "reviewer", "evaluator", "judge", "answerer", "custom"] | Unset = UNSET,
        agent: str | None | Unset = UNSET,
        model: str | None | Unset = UNSET,
        thinking_effort: Literal["low", "medium", "high", "max"] | None | Unset = UNSET,
        instructions: str | None | Unset = UNSET,
        context_id: str | None | Unset = UNSET,
        skill_ids: Sequence[str] | None | Unset = UNSET,
        command_ids: Sequence[str] | None | Unset = UNSET,
        script_ids: Sequence[str] | None | Unset = UNSET,
        is_enabled: bool | Unset = UNSET,
        idempotency_key: str | None = None,
    ) -> Persona:
        """Make a persona.

        POST /personas, scope personas:write.
        """
        return self._client._one(
            Persona,
            "POST",
            "/personas",
            {"name": name, "type": type, "agent": agent, "model": model, "thinkingEffort": thinking_effort, "instructions": instructions, "contextId": context_id, "skillIds": skill_ids, "commandIds": command_ids, "scriptIds": script_ids, "isEnabled": is_enabled},
            idempotency_key=idempotency_key,
        )

    def bulk_delete(self, *, ids: Sequence[str], idempotency_key: str | None = None) -> Page[BulkDeleted]:
        """Delete several personas; the answer says how each one fared.

        POST /personas/bulk-delete, scope personas:write.
        """
        return self._client._rows(
            BulkDeleted,
            "POST",
            "/personas/bulk-delete",
            {"ids": ids},
            idempotency_key=idempotency_key,
        )

    def get(self, id: str, /) -> Persona:
        """Read a persona.

        GET /personas/{id}, scope personas:read.
        """
        return self._client._one(Persona, "GET", f"/personas/{segment(id)}")

    def update(
        self,
        id: str,
        /,
        *,
        name: str | Unset = UNSET,
        type: Literal["designer", "checker", "optimizer", "prompter", "investigator", "deep-dive", "planner", "reviewer", "evaluator", "judge", "answerer", "custom"] | Unset = UNSET,
        agent: str | None | Unset = UNSET,
        model: str | None | Unset = UNSET,
        thinking_effort: Literal["low", "medium", "high", "max"] | None | Unset = UNSET,
        instructions: str | None | Unset = UNSET,
        context_id: str | None | Unset = UNSET,
        skill_ids: Sequence[str] | None | Unset = UNSET,
        command_ids: Sequence[str] | None | Unset = UNSET,
        script_ids: Sequence[str] | None | Unset = UNSET,
        is_enabled: bool | Unset = UNSET,
        if_match: str | None = None,
        idempotency_key: str | None = None,
    ) -> Persona:
        """Change a persona; members left out stay as they are.

        PATCH /personas/{id}, scope personas:write.
        """
        return self._client._one(
            Persona,
            "PATCH",
            f"/personas/{segment(id)}",
            {"name": name, "type": type, "agent": agent, "model": model, "thinkingEffort": thinking_effort, "instructions": instructions, "contextId": context_id, "skillIds": skill_ids, "commandIds": command_ids, "scriptIds": script_ids, "isEnabled": is_enabled},
            if_match=if_match,
            idempotency_key=idempotency_key,
        )

    def delete(self, id: str, /) -> Deleted:
        """Delete a persona.

        DELETE /personas/{id}, scope personas:write.
        """
        return self._client._one(Deleted, "DELETE", f"/personas/{segment(id)}")

    def duplicate(self, id: str, /, *, name: str | Unset = UNSET, idempotency_key: str | None = None) -> Persona:
        """Copy a persona.

        POST /personas/{id}/duplicate, scope personas:write.
        """
        return self._client._one(
            Persona,
            "POST",
            f"/personas/{segment(id)}/duplicate",
            {"name": name},
            idempotency_key=idempotency_key,
        )

    def analytics(self, id: str, /, *, days: int | None = None) -> AnalyticsSummary:
        """Sum up the runs of the last days in which a persona took steps.

        GET /personas/{id}/analytics, scope analytics:read.
        """
        return self._client._one(
            AnalyticsSummary,
            "GET",
            f"/personas/{segment(id)}/analytics" + query_text({"days": days}),
        )


class ScriptsRoutes:
    """A program that agents find in their home, as a draft and its published versions."""

    __slots__ = ("_client",)

    def __init__(self, client: Caller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        is_enabled: bool | None = None,
    ) -> Page[Script]:
        """List scripts, newest first.

        GET /scripts, scope assets:read.
        """
        return self._client._page(Script, "/scripts", {"limit": limit, "cursor": cursor, "isEnabled": is_enabled})

    def create(
        self,
        *,
        name: str,
        content: str,
        description: str | None | Unset = UNSET,
        is_enabled: bool | Unset = UNSET,
        idempotency_key: str | None = None,
    ) -> Script:
        """Make a script.

        POST /scripts, scope assets:write.
        """
        return self._client._one(
            Script,
            "POST",
            "/scripts",
            {"name": name, "content": content, "description": description, "isEnabled": is_enabled},
            idempotency_key=idempotency_key,
        )

    def bulk_delete(self, *, ids: Sequence[str], idempotency_key: str | None = None) -> Page[BulkDeleted]:
        """Delete several scripts; the answer says how each one fared.

        POST /scripts/bulk-delete, scope assets:write.
        """
        return self._client._rows(
            BulkDeleted,
            "POST",
            "/scripts/bulk-delete",
            {"ids": ids},
            idempotency_key=idempotency_key,
        )

    def get(self, id: str, /) -> Script:
        """Read a script.

        GET /scripts/{id}, scope assets:read.
        """
        return self._client._one(Script, "GET", f"/scripts/{segment(id)}")

    def update(
        self,
        id: str,
        /,
        *,
        name: str | Unset = UNSET,
        description: str | None | Unset = UNSET,
        is_enabled: bool | Unset = UNSET,
        content: str | Unset = UNSET,
        if_match: str | None = None,
        idempotency_key: str | None = None,
    ) -> Script:
        """Change a script; members left out stay as they are.

        PATCH /scripts/{id}, scope assets:write.
        """
        return self._client._one(
            Script,
            "PATCH",
            f"/scripts/{segment(id)}",
            {"name": name, "description": description, "isEnabled": is_enabled, "content": content},
            if_match=if_match,
            idempotency_key=idempotency_key,
        )

    def delete(self, id: str, /) -> Deleted:
        """Delete a script.

        DELETE /scripts/{id}, scope assets:write.
        """
        return self._client._one(Deleted, "DELETE", f"/scripts/{segment(id)}")

    def publish(self, id: str, /, *, note: str | None | Unset = UNSET, idempotency_key: str | None = None) -> Script:
        """Make the draft of a script its next version, and that the active one.

        POST /scripts/{id}/publish, scope assets:write.
        """
        return self._client._one(
            Script,
            "POST",
            f"/scripts/{segment(id)}/publish",
            {"note": note},
            idempotency_key=idempotency_key,
        )

    def deactivate(self, id: str, /, *, idempotency_key: str | None = None) -> Script:
        """Leave a script without an active version; its versions stay.

        POST /scripts/{id}/deactivate, scope assets:write.
        """
        return self._client._one(
            Script,
            "POST",
            f"/scripts/{segment(id)}/deactivate",
            {},
            idempotency_key=idempotency_key,
        )

    def versions(self, id: str, /, *, limit: int | None = None, cursor: str | None = None) -> Page[DocumentVersion]:
        """List the versions of a script, newest first.

        GET /scripts/{id}/versions, scope assets:read.
        """
        return self._client._page(
            DocumentVersion,
            f"/scripts/{segment(id)}/versions",
            {"limit": limit, "cursor": cursor},
        )

    def version(self, id: str, version: int, /) -> DocumentVersion:
        """Read one version of a script.

        GET /scripts/{id}/versions/{version}, scope assets:read.
        """
        return self._client._one(DocumentVersion, "GET", f"/scripts/{segment(id)}/versions/{segment(version)}")

    def activate(self, id: str, version: int, /, *, idempotency_key: str | None = None) -> Script:
        """Make one of its versions the active one of a script.

        POST /scripts/{id}/versions/{version}/activate, scope assets:write.
        """
        return self._client._one(
            Script,
            "POST",
            f"/scripts/{segment(id)}/versions/{segment(version)}/activate",
            {},
            idempotency_key=idempotency_key,
        )


class SkillsRoutes:
    """A folder of files that agents find in their home, as a draft and its published versions."""

    __slots__ = ("_client",)

    def __init__(self, client: Caller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        is_enabled: bool | None = None,
    ) -> Page[Skill]:
        """List skills, newest first.

        GET /skills, scope assets:read.
        """
        return self._client._page(Skill, "/skills", {"limit": limit, "cursor": cursor, "isEnabled": is_enabled})

    def create(
        self,
        *,
        name: str,
        files: Sequence[Mapping[str, Any] | Model],
        description: str | None | Unset = UNSET,
        is_enabled: bool | Unset = UNSET,
        idempotency_key: str | None = None,
    ) -> Skill:
        """Make a skill.

        POST /skills, scope assets:write.
        """
        return self._client._one(
            Skill,
            "POST",
            "/skills",
            {"name": name, "files": named(files), "description": description, "isEnabled": is_enabled},
            idempotency_key=idempotency_key,
        )

    def bulk_delete(self, *, ids: Sequence[str], idempotency_key: str | None = None) -> Page[BulkDeleted]:
        """Delete several skills; the answer says how each one fared.

        POST /skills/bulk-delete, scope assets:write.
        """
        return self._client._rows(
            BulkDeleted,
            "POST",
            "/skills/bulk-delete",
            {"ids": ids},
            idempotency_key=idempotency_key,
        )

    def get(self, id: str, /) -> Skill:
        """Read a skill.

        GET /skills/{id}, scope assets:read.
        """
        return self._client._one(Skill, "GET", f"/skills/{segment(id)}")

    def update(
        self,
        id: str,
        /,
        *,
        name: str | Unset = UNSET,
        description: str | None | Unset = UNSET,
        is_enabled: bool | Unset = UNSET,
        files: Sequence[Mapping[str, Any] | Model] | Unset = UNSET,
        if_match: str | None = None,
        idempotency_key: str | None = None,
    ) -> Skill:
        """Change a skill; members left out stay as they are.

        PATCH /skills/{id}, scope assets:write.
        """
        return self._client._one(
            Skill,
            "PATCH",
            f"/skills/{segment(id)}",
            {"name": name, "description": description, "isEnabled": is_enabled, "files": named(files)},
            if_match=if_match,
            idempotency_key=idempotency_key,
        )

    def delete(self, id: str, /) -> Deleted:
        """Delete a skill.

        DELETE /skills/{id}, scope assets:write.
        """
        return self._client._one(Deleted, "DELETE", f"/skills/{segment(id)}")

    def publish(self, id: str, /, *, note: str | None | Unset = UNSET, idempotency_key: str | None = None) -> Skill:
        """Make the draft of a skill its next version, and that the active one.

        POST /skills/{id}/publish, scope assets:write.
        """
        return self._client._one(
            Skill,
            "POST",
            f"/skills/{segment(id)}/publish",
            {"note": note},
            idempotency_key=idempotency_key,
        )

    def deactivate(self, id: str, /, *, idempotency_key: str | None = None) -> Skill:
        """Leave a skill without an active version; its versions stay.

        POST /skills/{id}/deactivate, scope assets:write.
        """
        return self._client._one(
            Skill,
            "POST",
            f"/skills/{segment(id)}/deactivate",
            {},
            idempotency_key=idempotency_key,
        )

    def versions(self, id: str, /, *, limit: int | None = None, cursor: str | None = None) -> Page[SkillVersion]:
        """List the versions of a skill, newest first.

        GET /skills/{id}/versions, scope assets:read.
        """
        return self._client._page(SkillVersion, f"/skills/{segment(id)}/versions", {"limit": limit, "cursor": cursor})

    def version(self, id: str, version: int, /) -> SkillVersion:
        """Read one version of a skill.

        GET /skills/{id}/versions/{version}, scope assets:read.
        """
        return self._client._one(SkillVersion, "GET", f"/skills/{segment(id)}/versions/{segment(version)}")

    def activate(self, id: str, version: int, /, *, idempotency_key: str | None = None) -> Skill:
        """Make one of its versions the active one of a skill.

        POST /skills/{id}/versions/{version}/activate, scope assets:write.
        """
        return self._client._one(
            Skill,
            "POST",
            f"/skills/{segment(id)}/versions/{segment(version)}/activate",
            {},
            idempotency_key=idempotency_key,
        )


class MembersRoutes:
    """A person in a project."""

    __slots__ = ("_client",)

    def __init__(self, client: Caller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        role: Literal["member", "admin", "owner"] | None = None,
        q: str | None = None,
    ) -> Page[Member]:
        """List the project's members, newest account first.

        GET /members, scope members:read.
        """
        return self._client._page(Member, "/members", {"limit": limit, "cursor": cursor, "role": role, "q": q})

    def get(self, id: str, /) -> Member:
        """Read a member.

        GET /members/{id}, scope members:read.
        """
        return self._client._one(Member, "GET", f"/members/{segment(id)}")

    def update(
        self,
        id: str,
        /,
        *,
        keys: Literal["revoke", "keep"] | None = None,
        role: Literal["member", "admin", "owner"] | Unset = UNSET,
        if_match: str | None = None,
        idempotency_key: str | None = None,
    ) -> Member:
        """Change a member's role.

        PATCH /members/{id}, scope members:write.
        """
        return self._client._one(
            Member,
            "PATCH",
            f"/members/{segment(id)}" + query_text({"keys": keys}),
            {"role": role},
            if_match=if_match,
            idempotency_key=idempotency_key,
        )

    def delete(self, id: str, /, *, keys: Literal["revoke", "keep"] | None = None) -> Deleted:
        """Remove a member from the project.

        DELETE /members/{id}, scope members:write.
        """
        return self._client._one(Deleted, "DELETE", f"/members/{segment(id)}" + query_text({"keys": keys}))


class InvitationsRoutes:
    """A link that lets one person into a project, once."""

    __slots__ = ("_client",)

    def __init__(self, client: Caller) -> None:
        self._client = client

    def list(self, *, limit: int | None = None, cursor: str | None = None) -> Page[Invitation]:
        """List invitations that were not taken up yet.

        GET /members/invitations, scope members:read.
        """
        return self._client._page(Invitation, "/members/invitations", {"limit": limit, "cursor": cursor})

    def create(
        self,
        *,
        email: str,
        role: Literal["member", "admin", "owner"] | Unset = UNSET,
        idempotency_key: str | None = None,
    ) -> Invitation:
        """Invite somebody; the link's token is shown this once.

        POST /members/invitations, scope members:write.
        """
        return self._client._one(
            Invitation,
            "POST",
            "/members/invitations",
            {"email": email, "role": role},
            idempotency_key=idempotency_key,
        )

    def delete(self, id: str, /) -> Deleted:
        """Withdraw an invitation.

        DELETE /members/invitations/{id}, scope members:write.
        """
        return self._client._one(Deleted, "DELETE", f"/members/invitations/{segment(id)}")


class AuditRoutes:
    """One change: who made it, when and from where."""

    __slots__ = ("_client",)

    def __init__(self, client: Caller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        actor_id: str | None = None,
        action: str | None = None,
        resource_id: str | None = None,
        from_: datetime | str | None = None,
        to: datetime | str | None = None,
    ) -> Page[AuditEntry]:
        """List changes, newest first: who, what, when, from where.

        GET /audit, scope audit:read.
        """
        return self._client._page(
            AuditEntry,
            "/audit",
            {"limit": limit, "cursor": cursor, "actorId": actor_id, "action": action, "resourceId": resource_id, "from": from_, "to": to},
        )


class AnalyticsRoutes:
    """Figures about runs and costs."""

    __slots__ = ("_client",)

    def __init__(self, client: Caller) -> None:
        self._client = client

    def summary(self, *, from_: datetime | str | None = None, to: datetime | str | None = None) -> AnalyticsSummary:
        """Sum up the runs of a time.

        GET /analytics/summary, scope analytics:read.
        """
        return self._client._one(AnalyticsSummary, "GET", "/analytics/summary" + query_text({"from": from_, "to": to}))

    def runs(
        self,
        *,
        group_by: Literal["day", "workflow", "persona"] | None = None,
        from_: datetime | str | None = None,
        to: datetime | str | None = None,
    ) -> Page[AnalyticsGroup]:
        """Sum up the runs of a time by day, workflow or persona.

        GET /analytics/runs, scope analytics:read.
        """
        return self._client._page(AnalyticsGroup, "/analytics/runs", {"groupBy": group_by, "from": from_, "to": to})

    def usage(
        self,
        *,
        group_by: Literal["day", "service", "model", "workflow", "persona", "member", "run"] | None = None,
        from_: datetime | str | None = None,
        to: datetime | str | None = None,
    ) -> Page[UsageLine]:
        """Sum up what was used and paid in a time, by day, service, model, workflow, persona, member or run.

        GET /usage, scope analytics:read.
        """
        return self._client._page(UsageLine, "/usage", {"groupBy": group_by, "from": from_, "to": to})


class Routes(Caller):
    """Every route there is, by name."""

    __slots__ = ("scopes", "credentials", "session", "projects", "project", "cost_rates", "keys", "workflows", "runs", "candidates", "sessions", "sandboxes", "questions", "pulls", "branches", "issues", "webhooks", "changes", "notifications", "trash", "chains", "schedules", "commands", "contexts", "learnings", "personas", "scripts", "skills", "members", "invitations", "audit", "analytics",)

    def __init__(self) -> None:
        self.scopes = ScopesRoutes(self)
        self.credentials = CredentialsRoutes(self)
        self.session = SessionRoutes(self)
        self.projects = ProjectsRoutes(self)
        self.project = ProjectRoutes(self)
        self.cost_rates = CostRatesRoutes(self)
        self.keys = KeysRoutes(self)
        self.workflows = WorkflowsRoutes(self)
        self.runs = RunsRoutes(self)
        self.candidates = CandidatesRoutes(self)
        self.sessions = SessionsRoutes(self)
        self.sandboxes = SandboxesRoutes(self)
        self.questions = QuestionsRoutes(self)
        self.pulls = PullsRoutes(self)
        self.branches = BranchesRoutes(self)
        self.issues = IssuesRoutes(self)
        self.webhooks = WebhooksRoutes(self)
        self.changes = ChangesRoutes(self)
        self.notifications = NotificationsRoutes(self)
        self.trash = TrashRoutes(self)
        self.chains = ChainsRoutes(self)
        self.schedules = SchedulesRoutes(self)
        self.commands = CommandsRoutes(self)
        self.contexts = ContextsRoutes(self)
        self.learnings = LearningsRoutes(self)
        self.personas = PersonasRoutes(self)
        self.scripts = ScriptsRoutes(self)
        self.skills = SkillsRoutes(self)
        self.members = MembersRoutes(self)
        self.invitations = InvitationsRoutes(self)
        self.audit = AuditRoutes(self)
        self.analytics = AnalyticsRoutes(self)

    def health(self) -> Health:
        """Is the service up, and can it reach its storage?

        GET /health.
        """
        return self._one(Health, "GET", "/health")

    def openapi(self) -> dict[str, Any]:
        """This description of the API, as OpenAPI 3.1.

        GET /openapi.json.
        """
        return self._document("/openapi.json")

    def whoami(self) -> Whoami:
        """Which key is this, and what may it do?

        GET /whoami.
        """
        return self._one(Whoami, "GET", "/whoami")


# (operation, method, path) of every route, for tests that count them.
OPERATIONS = (
    ("health", "GET", "/health"),
    ("openapi", "GET", "/openapi.json"),
    ("whoami", "GET", "/whoami"),
    ("scopes.list", "GET", "/scopes"),
    ("credentials.revoke", "POST", "/credentials/revoke"),
    ("session.create", "POST", "/session"),
    ("session.get", "GET", "/session"),
    ("session.update", "PATCH", "/session"),
    ("session.delete", "DELETE", "/session"),
    ("session.deleteAll", "DELETE", "/session/all"),
    ("session.leave", "DELETE", "/session/membership"),
    ("session.password", "POST", "/session/password"),
    ("session.invitation", "POST", "/session/invitation"),
    ("session.accept", "POST", "/session/accept-invitation"),
    ("projects.create", "POST", "/projects"),
    ("project.get", "GET", "/project"),
    ("project.update", "PATCH", "/project"),
    ("project.delete", "DELETE", "/project"),
    ("project.settings.get", "GET", "/project/settings"),
    ("project.settings.update", "PATCH", "/project/settings"),
    ("project.budget.get", "GET", "/project/budget"),
    ("project.budget.update", "PATCH", "/project/budget"),
    ("project.providerKeys.list", "GET", "/project/provider-keys"),
    ("project.providerKeys.get", "GET", "/project/provider-keys/{provider}"),
    ("project.providerKeys.set", "PUT", "/project/provider-keys/{provider}"),
    ("project.providerKeys.delete", "DELETE", "/project/provider-keys/{provider}"),
    ("project.providerKeys.test", "POST", "/project/provider-keys/{provider}/test"),
    ("costRates.list", "GET", "/cost-rates"),
    ("costRates.set", "POST", "/cost-rates"),
    ("costRates.get", "GET", "/cost-rates/{id}"),
    ("costRates.update", "PATCH", "/cost-rates/{id}"),
    ("costRates.delete", "DELETE", "/cost-rates/{id}"),
    ("keys.list", "GET", "/project/api-keys"),
    ("keys.create", "POST", "/project/api-keys"),
    ("keys.get", "GET", "/project/api-keys/{id}"),
    ("keys.update", "PATCH", "/project/api-keys/{id}"),
    ("keys.revoke", "DELETE", "/project/api-keys/{id}"),
    ("keys.rotate", "POST", "/project/api-keys/{id}/rotate"),
    ("workflows.list", "GET", "/workflows"),
    ("workflows.create", "POST", "/workflows"),
    ("workflows.bulkDelete", "POST", "/workflows/bulk-delete"),
    ("workflows.get", "GET", "/workflows/{id}"),
    ("workflows.update", "PATCH", "/workflows/{id}"),
    ("workflows.delete", "DELETE", "/workflows/{id}"),
    ("workflows.duplicate", "POST", "/workflows/{id}/duplicate"),
    ("workflows.versions", "GET", "/workflows/{id}/versions"),
    ("workflows.version", "GET", "/workflows/{id}/versions/{version}"),
    ("workflows.activate", "POST", "/workflows/{id}/versions/{version}/activate"),
    ("workflows.runDry", "POST", "/workflows/{id}/run-dry"),
    ("workflows.runs", "GET", "/workflows/{id}/runs"),
    ("runs.list", "GET", "/runs"),
    ("runs.start", "POST", "/runs"),
    ("runs.bulkDelete", "POST", "/runs/bulk-delete"),
    ("runs.get", "GET", "/runs/{id}"),
    ("runs.update", "PATCH", "/runs/{id}"),
    ("runs.delete", "DELETE", "/runs/{id}"),
    ("runs.cancel", "POST", "/runs/{id}/cancel"),
    ("runs.pause", "POST", "/runs/{id}/pause"),
    ("runs.resume", "POST", "/runs/{id}/resume"),
    ("runs.restart", "POST", "/runs/{id}/restart"),
    ("runs.retry", "POST", "/runs/{id}/retry"),
    ("runs.stop", "POST", "/runs/{id}/stop"),
    ("runs.choose", "POST", "/runs/{id}/choose"),
    ("runs.steps", "GET", "/runs/{id}/steps"),
    ("runs.changes", "GET", "/runs/{id}/changes"),
    ("runs.compare", "GET", "/runs/{id}/comparison/{other}"),
    ("runs.artifacts", "GET", "/runs/{id}/artifacts"),
    ("runs.artifact", "GET", "/runs/{id}/artifacts/{name}"),
    ("runs.events", "GET", "/runs/{id}/events"),
    ("candidates.list", "GET", "/candidates"),
    ("candidates.get", "GET", "/candidates/{id}"),
    ("candidates.cancel", "POST", "/candidates/{id}/cancel"),
    ("sessions.list", "GET", "/sessions"),
    ("sessions.create", "POST", "/sessions"),
    ("sessions.get", "GET", "/sessions/{id}"),
    ("sessions.cancel", "POST", "/sessions/{id}/cancel"),
    ("sandboxes.list", "GET", "/sandboxes"),
    ("sandboxes.create", "POST", "/sandboxes"),
    ("sandboxes.get", "GET", "/sandboxes/{id}"),
    ("sandboxes.update", "PATCH", "/sandboxes/{id}"),
    ("sandboxes.commit", "POST", "/sandboxes/{id}/commit"),
    ("sandboxes.events", "GET", "/sandboxes/{id}/events"),
    ("sandboxes.kill", "POST", "/sandboxes/{id}/kill"),
    ("sandboxes.messages", "GET", "/sandboxes/{id}/messages"),
    ("sandboxes.say", "POST", "/sandboxes/{id}/messages"),
    ("sandboxes.pause", "POST", "/sandboxes/{id}/pause"),
    ("sandboxes.restart", "POST", "/sandboxes/{id}/restart"),
    ("sandboxes.resume", "POST", "/sandboxes/{id}/resume"),
    ("questions.list", "GET", "/questions"),
    ("questions.get", "GET", "/questions/{id}"),
    ("questions.update", "PATCH", "/questions/{id}"),
    ("questions.approve", "POST", "/questions/{id}/approve"),
    ("questions.dismiss", "POST", "/questions/{id}/dismiss"),
    ("pulls.list", "GET", "/pull-requests"),
    ("pulls.get", "GET", "/pull-requests/{id}"),
    ("pulls.refresh", "POST", "/pull-requests/{id}/refresh"),
    ("pulls.merge", "POST", "/pull-requests/{id}/merge"),
    ("pulls.close", "POST", "/pull-requests/{id}/close"),
    ("pulls.fix", "POST", "/pull-requests/{id}/fix"),
    ("branches.list", "GET", "/branches"),
    ("branches.get", "GET", "/branches/{id}"),
    ("branches.delete", "DELETE", "/branches/{id}"),
    ("branches.refresh", "POST", "/branches/{id}/refresh"),
    ("issues.importFrom", "POST", "/issues/import"),
    ("webhooks.list", "GET", "/webhooks/endpoints"),
    ("webhooks.create", "POST", "/webhooks/endpoints"),
    ("webhooks.get", "GET", "/webhooks/endpoints/{id}"),
    ("webhooks.update", "PATCH", "/webhooks/endpoints/{id}"),
    ("webhooks.delete", "DELETE", "/webhooks/endpoints/{id}"),
    ("webhooks.rotate", "POST", "/webhooks/endpoints/{id}/rotate"),
    ("webhooks.test", "POST", "/webhooks/endpoints/{id}/test"),
    ("webhooks.deliveries", "GET", "/webhooks/endpoints/{id}/deliveries"),
    ("webhooks.replay", "POST", "/webhooks/endpoints/{id}/deliveries/{deliveryId}/replay"),
    ("changes.list", "GET", "/events"),
    ("notifications.list", "GET", "/notifications"),
    ("notifications.unreadCount", "GET", "/notifications/unread-count"),
    ("notifications.readAll", "POST", "/notifications/read-all"),
    ("notifications.read", "POST", "/notifications/{id}/read"),
    ("notifications.dismiss", "POST", "/notifications/{id}/dismiss"),
    ("trash.list", "GET", "/trash"),
    ("trash.empty", "POST", "/trash/empty"),
    ("trash.restore", "POST", "/trash/{id}/restore"),
    ("trash.delete", "DELETE", "/trash/{id}"),
    ("chains.list", "GET", "/chains"),
    ("chains.create", "POST", "/chains"),
    ("chains.get", "GET", "/chains/{id}"),
    ("chains.delete", "DELETE", "/chains/{id}"),
    ("chains.cancel", "POST", "/chains/{id}/cancel"),
    ("chains.resume", "POST", "/chains/{id}/resume"),
    ("schedules.list", "GET", "/schedules"),
    ("schedules.create", "POST", "/schedules"),
    ("schedules.bulkDelete", "POST", "/schedules/bulk-delete"),
    ("schedules.get", "GET", "/schedules/{id}"),
    ("schedules.update", "PATCH", "/schedules/{id}"),
    ("schedules.delete", "DELETE", "/schedules/{id}"),
    ("commands.list", "GET", "/commands"),
    ("commands.create", "POST", "/commands"),
    ("commands.bulkDelete", "POST", "/commands/bulk-delete"),
    ("commands.get", "GET", "/commands/{id}"),
    ("commands.update", "PATCH", "/commands/{id}"),
    ("commands.delete", "DELETE", "/commands/{id}"),
    ("contexts.list", "GET", "/contexts"),
    ("contexts.create", "POST", "/contexts"),
    ("contexts.bulkDelete", "POST", "/contexts/bulk-delete"),
    ("contexts.get", "GET", "/contexts/{id}"),
    ("contexts.update", "PATCH", "/contexts/{id}"),
    ("contexts.delete", "DELETE", "/contexts/{id}"),
    ("issues.list", "GET", "/issues"),
    ("issues.create", "POST", "/issues"),
    ("issues.bulkDelete", "POST", "/issues/bulk-delete"),
    ("issues.get", "GET", "/issues/{id}"),
    ("issues.update", "PATCH", "/issues/{id}"),
    ("issues.delete", "DELETE", "/issues/{id}"),
    ("learnings.list", "GET", "/learnings"),
    ("learnings.create", "POST", "/learnings"),
    ("learnings.bulkDelete", "POST", "/learnings/bulk-delete"),
    ("learnings.get", "GET", "/learnings/{id}"),
    ("learnings.update", "PATCH", "/learnings/{id}"),
    ("learnings.delete", "DELETE", "/learnings/{id}"),
    ("personas.list", "GET", "/personas"),
    ("personas.create", "POST", "/personas"),
    ("personas.bulkDelete", "POST", "/personas/bulk-delete"),
    ("personas.get", "GET", "/personas/{id}"),
    ("personas.update", "PATCH", "/personas/{id}"),
    ("personas.delete", "DELETE", "/personas/{id}"),
    ("scripts.list", "GET", "/scripts"),
    ("scripts.create", "POST", "/scripts"),
    ("scripts.bulkDelete", "POST", "/scripts/bulk-delete"),
    ("scripts.get", "GET", "/scripts/{id}"),
    ("scripts.update", "PATCH", "/scripts/{id}"),
    ("scripts.delete", "DELETE", "/scripts/{id}"),
    ("skills.list", "GET", "/skills"),
    ("skills.create", "POST", "/skills"),
    ("skills.bulkDelete", "POST", "/skills/bulk-delete"),
    ("skills.get", "GET", "/skills/{id}"),
    ("skills.update", "PATCH", "/skills/{id}"),
    ("skills.delete", "DELETE", "/skills/{id}"),
    ("personas.duplicate", "POST", "/personas/{id}/duplicate"),
    ("contexts.publish", "POST", "/contexts/{id}/publish"),
    ("contexts.deactivate", "POST", "/contexts/{id}/deactivate"),
    ("contexts.versions", "GET", "/contexts/{id}/versions"),
    ("contexts.version", "GET", "/contexts/{id}/versions/{version}"),
    ("contexts.activate", "POST", "/contexts/{id}/versions/{version}/activate"),
    ("skills.publish", "POST", "/skills/{id}/publish"),
    ("skills.deactivate", "POST", "/skills/{id}/deactivate"),
    ("skills.versions", "GET", "/skills/{id}/versions"),
    ("skills.version", "GET", "/skills/{id}/versions/{version}"),
    ("skills.activate", "POST", "/skills/{id}/versions/{version}/activate"),
    ("commands.publish", "POST", "/commands/{id}/publish"),
    ("commands.deactivate", "POST", "/commands/{id}/deactivate"),
    ("commands.versions", "GET", "/commands/{id}/versions"),
    ("commands.version", "GET", "/commands/{id}/versions/{version}"),
    ("commands.activate", "POST", "/commands/{id}/versions/{version}/activate"),
    ("scripts.publish", "POST", "/scripts/{id}/publish"),
    ("scripts.deactivate", "POST", "/scripts/{id}/deactivate"),
    ("scripts.versions", "GET", "/scripts/{id}/versions"),
    ("scripts.version", "GET", "/scripts/{id}/versions/{version}"),
    ("scripts.activate", "POST", "/scripts/{id}/versions/{version}/activate"),
    ("learnings.approve", "POST", "/learnings/{id}/approve"),
    ("learnings.reject", "POST", "/learnings/{id}/reject"),
    ("members.list", "GET", "/members"),
    ("invitations.list", "GET", "/members/invitations"),
    ("invitations.create", "POST", "/members/invitations"),
    ("invitations.delete", "DELETE", "/members/invitations/{id}"),
    ("members.get", "GET", "/members/{id}"),
    ("members.update", "PATCH", "/members/{id}"),
    ("members.delete", "DELETE", "/members/{id}"),
    ("audit.list", "GET", "/audit"),
    ("analytics.summary", "GET", "/analytics/summary"),
    ("analytics.runs", "GET", "/analytics/runs"),
    ("analytics.usage", "GET", "/usage"),
    ("workflows.analytics", "GET", "/workflows/{id}/analytics"),
    ("personas.analytics", "GET", "/personas/{id}/analytics"),
)
