"""The methods of AsyncClient, written by pyext/generate.py from the table of routes.  Do not edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from ._actions import AsyncRunActions, AsyncSandboxActions
from ._call import UNSET, AsyncCaller, Unset, named, query_text, segment
from ._generated import (
    AgentSession,
    AnalyticsGroup,
    AnalyticsSummary,
    ApiKey,
    Artifact,
    AuditEntry,
    Branch,
    Budget,
    BulkDeleted,
    CandidateGroup,
    Chain,
    Change,
    Command,
    Context,
    CostRate,
    CredentialsReceived,
    Deleted,
    DocumentVersion,
    DryRun,
    Health,
    Invitation,
    InvitationShown,
    Issue,
    Learning,
    Member,
    Notification,
    NotificationsRead,
    Persona,
    Project,
    ProviderKey,
    ProviderKeyDeleted,
    PullRequest,
    Question,
    RunChanges,
    RunComparison,
    RunEvent,
    RunMembers,
    RunStep,
    SandboxMembers,
    SandboxMessage,
    Schedule,
    Scope,
    Script,
    Session,
    SessionsEnded,
    Settings,
    Skill,
    SkillVersion,
    TrashEmptied,
    TrashEntry,
    UnreadCount,
    UsageLine,
    WebhookDelivery,
    WebhookEndpoint,
    Whoami,
    Workflow,
    WorkflowVersion,
)
from ._model import Model
from ._page import AsyncPage, AsyncPages


class AsyncRun(AsyncRunActions, RunMembers):
    """A run and what can be done with it, with `await`."""

    __slots__ = ()


class AsyncSandbox(AsyncSandboxActions, SandboxMembers):
    """A sandbox and what can be done with it, with `await`."""

    __slots__ = ()


class AsyncProjectSettingsRoutes:
    """How a project's runs behave."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    async def get(self) -> Settings:
        """Read the project's settings; secrets show their last four.

        GET /project/settings, scope projects:read.
        """
        return await self._client._one(Settings, "GET", "/project/settings")

    async def update(
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
        return await self._client._one(
            Settings,
            "PATCH",
            "/project/settings",
            {"systemPrompt": system_prompt, "defaultAgent": default_agent, "defaultModel": default_model, "gitCommitName": git_commit_name, "gitCommitEmail": git_commit_email, "pullRequestTemplate": pull_request_template, "envVars": env_vars},
            if_match=if_match,
            idempotency_key=idempotency_key,
        )


class AsyncProjectBudgetRoutes:
    """What a project may spend in a day, in a month, and in one run."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    async def get(self) -> Budget:
        """Read the project's budget, and what of it is spent.

        GET /project/budget, scope projects:read.
        """
        return await self._client._one(Budget, "GET", "/project/budget")

    async def update(
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
        return await self._client._one(
            Budget,
            "PATCH",
            "/project/budget",
            {"perDayUsd": per_day_usd, "perMonthUsd": per_month_usd, "perRunUsd": per_run_usd, "warnAtPercent": warn_at_percent, "isHard": is_hard},
            if_match=if_match,
            idempotency_key=idempotency_key,
        )


class AsyncProjectProviderKeysRoutes:
    """The project's keys for models' services and forges."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    def list(self) -> AsyncPages[ProviderKey]:
        """List the project's keys for the services of others; they show their last four.

        GET /project/provider-keys, scope projects:read.
        """
        return self._client._page(ProviderKey, "/project/provider-keys", None)

    async def get(
        self,
        provider: Literal["anthropic", "anthropic_token", "openai", "openrouter", "gemini", "github", "gitlab", "gitea"],
        /,
    ) -> ProviderKey:
        """Read about a provider's key.

        GET /project/provider-keys/{provider}, scope projects:read.
        """
        return await self._client._one(ProviderKey, "GET", f"/project/provider-keys/{segment(provider)}")

    async def set(
        self,
        provider: Literal["anthropic", "anthropic_token", "openai", "openrouter", "gemini", "github", "gitlab", "gitea"],
        /,
        *,
        key: str,
    ) -> ProviderKey:
        """Set a provider's key, in place of the one there is.

        PUT /project/provider-keys/{provider}, scope projects:write.
        """
        return await self._client._one(
            ProviderKey,
            "PUT",
            f"/project/provider-keys/{segment(provider)}",
            {"key": key},
            idempotency_key="",
        )

    async def delete(
        self,
        provider: Literal["anthropic", "anthropic_token", "openai", "openrouter", "gemini", "github", "gitlab", "gitea"],
        /,
    ) -> ProviderKeyDeleted:
        """Delete a provider's key.

        DELETE /project/provider-keys/{provider}, scope projects:write.
        """
        return await self._client._one(ProviderKeyDeleted, "DELETE", f"/project/provider-keys/{segment(provider)}")

    async def test(
        self,
        provider: Literal["anthropic", "anthropic_token", "openai", "openrouter", "gemini", "github", "gitlab", "gitea"],
        /,
        *,
        idempotency_key: str | None = None,
    ) -> ProviderKey:
        """Have a worker ask the provider whether it takes the key; what it finds stands in `status`.

        POST /project/provider-keys/{provider}/test, scope projects:write.
        """
        return await self._client._one(
            ProviderKey,
            "POST",
            f"/project/provider-keys/{segment(provider)}/test",
            {},
            idempotency_key=idempotency_key,
        )


class AsyncScopesRoutes:
    """The catalogue of scopes."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    def list(self) -> AsyncPages[Scope]:
        """The catalogue of scopes, with what each includes.

        GET /scopes.
        """
        return self._client._page(Scope, "/scopes", None)


class AsyncCredentialsRoutes:
    """Keys that have leaked."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    async def revoke(self, *, credentials: Sequence[str]) -> CredentialsReceived:
        """Revoke keys that were found where they should not be: whoever has a key may end it, without signing in.

        POST /credentials/revoke.
        """
        return await self._client._one(
            CredentialsReceived,
            "POST",
            "/credentials/revoke",
            {"credentials": credentials},
            idempotency_key="",
        )


class AsyncSessionRoutes:
    """The session of a signed-in person; made for the dashboard, which keeps its cookie."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    async def create(self, *, email: str, password: str) -> Session:
        """Sign in with e-mail address and password; sets the session's cookie.

        POST /session.
        """
        return await self._client._one(
            Session,
            "POST",
            "/session",
            {"email": email, "password": password},
            idempotency_key="",
        )

    async def get(self) -> Session:
        """Who is signed in, where, and what may they do?

        GET /session.
        """
        return await self._client._one(Session, "GET", "/session")

    async def update(
        self,
        *,
        name: str | None | Unset = UNSET,
        email_notifications: Literal["none", "important", "all"] | Unset = UNSET,
    ) -> Session:
        """Change the own name, or what is told by e-mail.

        PATCH /session.
        """
        return await self._client._one(
            Session,
            "PATCH",
            "/session",
            {"name": name, "emailNotifications": email_notifications},
            idempotency_key="",
        )

    async def delete(self) -> Deleted:
        """Sign out: end this session.

        DELETE /session.
        """
        return await self._client._one(Deleted, "DELETE", "/session")

    async def delete_all(self) -> SessionsEnded:
        """Sign out everywhere: end all sessions of this person.

        DELETE /session/all.
        """
        return await self._client._one(SessionsEnded, "DELETE", "/session/all")

    async def leave(self) -> Deleted:
        """Leave the project that X-Project names.

        DELETE /session/membership.
        """
        return await self._client._one(Deleted, "DELETE", "/session/membership")

    async def password(self, *, current_password: str, new_password: str) -> Session:
        """Change the own password; ends all other sessions of this person.

        POST /session/password.
        """
        return await self._client._one(
            Session,
            "POST",
            "/session/password",
            {"currentPassword": current_password, "newPassword": new_password},
            idempotency_key="",
        )

    async def invitation(self, *, token: str) -> InvitationShown:
        """What does this invitation say?

        POST /session/invitation.
        """
        return await self._client._one(
            InvitationShown,
            "POST",
            "/session/invitation",
            {"token": token},
            idempotency_key="",
        )

    async def accept(self, *, token: str, password: str, name: str | None | Unset = UNSET) -> Session:
        """Take up an invitation: become a member, with a new account if need be, and sign in.

        POST /session/accept-invitation.
        """
        return await self._client._one(
            Session,
            "POST",
            "/session/accept-invitation",
            {"token": token, "password": password, "name": name},
            idempotency_key="",
        )


class AsyncProjectsRoutes:
    """More projects."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    async def create(self, *, name: str, slug: str | Unset = UNSET, examples: bool | Unset = UNSET) -> Project:
        """Make another project and become its owner.

        POST /projects.
        """
        return await self._client._one(
            Project,
            "POST",
            "/projects",
            {"name": name, "slug": slug, "examples": examples},
            idempotency_key="",
        )


class AsyncProjectRoutes:
    """What everything else belongs to."""

    __slots__ = ("_client", "settings", "budget", "provider_keys",)

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client
        self.settings = AsyncProjectSettingsRoutes(client)
        self.budget = AsyncProjectBudgetRoutes(client)
        self.provider_keys = AsyncProjectProviderKeysRoutes(client)

    async def get(self) -> Project:
        """Read the key's project.

        GET /project, scope projects:read.
        """
        return await self._client._one(Project, "GET", "/project")

    async def update(
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
        return await self._client._one(
            Project,
            "PATCH",
            "/project",
            {"name": name, "slug": slug, "githubRepoUrl": github_repo_url},
            if_match=if_match,
            idempotency_key=idempotency_key,
        )

    async def delete(self) -> Deleted:
        """Delete the project and everything in it, this key included.

        DELETE /project, scope projects:write.
        """
        return await self._client._one(Deleted, "DELETE", "/project")


class AsyncCostRatesRoutes:
    """What a service asks for a million tokens, or for an hour of a sandbox."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        service: str | None = None,
        model: str | None = None,
        metric: Literal["input-tokens", "output-tokens", "cache-read-tokens", "cache-write-tokens", "sandbox-seconds"] | None = None,
    ) -> AsyncPages[CostRate]:
        """List cost rates: the project's own, newest first, then those that are shipped.

        GET /cost-rates, scope projects:read.
        """
        return self._client._page(
            CostRate,
            "/cost-rates",
            {"limit": limit, "cursor": cursor, "service": service, "model": model, "metric": metric},
        )

    async def set(
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
        return await self._client._one(
            CostRate,
            "POST",
            "/cost-rates",
            {"service": service, "metric": metric, "usdPerUnit": usd_per_unit, "model": model, "effectiveFrom": effective_from},
            idempotency_key=idempotency_key,
        )

    async def get(self, id: str, /) -> CostRate:
        """Read a cost rate.

        GET /cost-rates/{id}, scope projects:read.
        """
        return await self._client._one(CostRate, "GET", f"/cost-rates/{segment(id)}")

    async def update(
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
        return await self._client._one(
            CostRate,
            "PATCH",
            f"/cost-rates/{segment(id)}",
            {"service": service, "model": model, "metric": metric, "usdPerUnit": usd_per_unit, "effectiveFrom": effective_from},
            if_match=if_match,
            idempotency_key=idempotency_key,
        )

    async def delete(self, id: str, /) -> Deleted:
        """Delete a cost rate.

        DELETE /cost-rates/{id}, scope projects:write.
        """
        return await self._client._one(Deleted, "DELETE", f"/cost-rates/{segment(id)}")


class AsyncKeysRoutes:
    """What a program shows to be let in."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        mode: Literal["live", "test"] | None = None,
        owner_id: str | None = None,
        q: str | None = None,
    ) -> AsyncPages[ApiKey]:
        """List keys, newest first.

        GET /project/api-keys, scope keys:read.
        """
        return self._client._page(
            ApiKey,
            "/project/api-keys",
            {"limit": limit, "cursor": cursor, "mode": mode, "ownerId": owner_id, "q": q},
        )

    async def create(
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
        return await self._client._one(
            ApiKey,
            "POST",
            "/project/api-keys",
            {"name": name, "scopes": scopes, "mode": mode, "allowedNetworks": allowed_networks, "rateLimit": rate_limit, "expiresAt": expires_at},
            idempotency_key=idempotency_key,
        )

    async def get(self, id: str, /) -> ApiKey:
        """Read a key, without its secret.

        GET /project/api-keys/{id}, scope keys:read.
        """
        return await self._client._one(ApiKey, "GET", f"/project/api-keys/{segment(id)}")

    async def update(
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
        return await self._client._one(
            ApiKey,
            "PATCH",
            f"/project/api-keys/{segment(id)}",
            {"name": name, "scopes": scopes, "allowedNetworks": allowed_networks, "rateLimit": rate_limit, "expiresAt": expires_at},
            if_match=if_match,
            idempotency_key=idempotency_key,
        )

    async def revoke(self, id: str, /) -> ApiKey:
        """Revoke a key at once.

        DELETE /project/api-keys/{id}, scope keys:write.
        """
        return await self._client._one(ApiKey, "DELETE", f"/project/api-keys/{segment(id)}")

    async def rotate(
        self,
        id: str,
        /,
        *,
        overlap_seconds: int | Unset = UNSET,
        idempotency_key: str | None = None,
    ) -> ApiKey:
        """Make a new key with the same settings; the old one lives on for an overlap.

        POST /project/api-keys/{id}/rotate, scope keys:write.
        """
        return await self._client._one(
            ApiKey,
            "POST",
            f"/project/api-keys/{segment(id)}/rotate",
            {"overlapSeconds": overlap_seconds},
            idempotency_key=idempotency_key,
        )


class AsyncWorkflowsRoutes:
    """Steps that a run goes through."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        status: Literal["active", "draft", "archived"] | None = None,
        q: str | None = None,
    ) -> AsyncPages[Workflow]:
        """List workflows, newest first.

        GET /workflows, scope workflows:read.
        """
        return self._client._page(Workflow, "/workflows", {"limit": limit, "cursor": cursor, "status": status, "q": q})

    async def create(
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
        return await self._client._one(
            Workflow,
            "POST",
            "/workflows",
            {"name": name, "steps": named(steps), "description": description, "status": status, "githubRepoUrl": github_repo_url},
            idempotency_key=idempotency_key,
        )

    async def bulk_delete(self, *, ids: Sequence[str], idempotency_key: str | None = None) -> AsyncPage[BulkDeleted]:
        """Delete several workflows; the answer says how each one fared.

        POST /workflows/bulk-delete, scope workflows:write.
        """
        return await self._client._rows(
            BulkDeleted,
            "POST",
            "/workflows/bulk-delete",
            {"ids": ids},
            idempotency_key=idempotency_key,
        )

    async def get(self, id: str, /) -> Workflow:
        """Read a workflow.

        GET /workflows/{id}, scope workflows:read.
        """
        return await self._client._one(Workflow, "GET", f"/workflows/{segment(id)}")

    async def update(
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
        return await self._client._one(
            Workflow,
            "PATCH",
            f"/workflows/{segment(id)}",
            {"name": name, "description": description, "status": status, "githubRepoUrl": github_repo_url, "steps": named(steps)},
            if_match=if_match,
            idempotency_key=idempotency_key,
        )

    async def delete(self, id: str, /) -> Deleted:
        """Delete a workflow.

        DELETE /workflows/{id}, scope workflows:write.
        """
        return await self._client._one(Deleted, "DELETE", f"/workflows/{segment(id)}")

    async def duplicate(self, id: str, /, *, name: str | Unset = UNSET, idempotency_key: str | None = None) -> Workflow:
        """Copy a workflow.

        POST /workflows/{id}/duplicate, scope workflows:write.
        """
        return await self._client._one(
            Workflow,
            "POST",
            f"/workflows/{segment(id)}/duplicate",
            {"name": name},
            idempotency_key=idempotency_key,
        )

    def versions(
        self,
        id: str,
        /,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> AsyncPages[WorkflowVersion]:
        """List the versions of a workflow, newest first.

        GET /workflows/{id}/versions, scope workflows:read.
        """
        return self._client._page(
            WorkflowVersion,
            f"/workflows/{segment(id)}/versions",
            {"limit": limit, "cursor": cursor},
        )

    async def version(self, id: str, version: int, /) -> WorkflowVersion:
        """Read one version of a workflow.

        GET /workflows/{id}/versions/{version}, scope workflows:read.
        """
        return await self._client._one(WorkflowVersion, "GET", f"/workflows/{segment(id)}/versions/{segment(version)}")

    async def activate(self, id: str, version: int, /, *, idempotency_key: str | None = None) -> Workflow:
        """Go back to an earlier version of a workflow, or forward again.

        POST /workflows/{id}/versions/{version}/activate, scope workflows:write.
        """
        return await self._client._one(
            Workflow,
            "POST",
            f"/workflows/{segment(id)}/versions/{segment(version)}/activate",
            {},
            idempotency_key=idempotency_key,
        )

    async def run_dry(
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
        return await self._client._one(
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
    ) -> AsyncPages[AsyncRun]:
        """List a workflow's runs, newest first.

        GET /workflows/{id}/runs, scope runs:read.
        """
        return self._client._page(
            AsyncRun,
            f"/workflows/{segment(id)}/runs",
            {"limit": limit, "cursor": cursor, "status": status, "source": source, "chainId": chain_id, "candidateGroupId": candidate_group_id, "q": q, "from": from_, "to": to},
        )

    async def analytics(self, id: str, /, *, days: int | None = None) -> AnalyticsSummary:
        """Sum up a workflow's runs of the last days.

        GET /workflows/{id}/analytics, scope analytics:read.
        """
        return await self._client._one(
            AnalyticsSummary,
            "GET",
            f"/workflows/{segment(id)}/analytics" + query_text({"days": days}),
        )


class AsyncRunsRoutes:
    """One execution of a workflow."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncCaller) -> None:
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
    ) -> AsyncPages[AsyncRun]:
        """List runs, newest first.

        GET /runs, scope runs:read.
        """
        return self._client._page(
            AsyncRun,
            "/runs",
            {"limit": limit, "cursor": cursor, "status": status, "source": source, "workflowId": workflow_id, "chainId": chain_id, "candidateGroupId": candidate_group_id, "q": q, "from": from_, "to": to},
        )

    async def start(
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
    ) -> AsyncRun:
        """Start a run of a workflow.

        POST /runs, scope runs:write.
        """
        return await self._client._one(
            AsyncRun,
            "POST",
            "/runs",
            {"workflowId": workflow_id, "name": name, "prompt": prompt, "issueId": issue_id, "candidates": candidates, "githubRepoUrl": github_repo_url, "branchName": branch_name, "baseBranch": base_branch, "draft": draft, "maxIterations": max_iterations},
            idempotency_key=idempotency_key,
        )

    async def bulk_delete(self, *, ids: Sequence[str], idempotency_key: str | None = None) -> AsyncPage[BulkDeleted]:
        """Delete several finished runs.

        POST /runs/bulk-delete, scope runs:write.
        """
        return await self._client._rows(
            BulkDeleted,
            "POST",
            "/runs/bulk-delete",
            {"ids": ids},
            idempotency_key=idempotency_key,
        )

    async def get(self, id: str, /) -> AsyncRun:
        """Read a run.

        GET /runs/{id}, scope runs:read.
        """
        return await self._client._one(AsyncRun, "GET", f"/runs/{segment(id)}")

    async def update(
        self,
        id: str,
        /,
        *,
        name: str | Unset = UNSET,
        if_match: str | None = None,
        idempotency_key: str | None = None,
    ) -> AsyncRun:
        """Rename a run.

        PATCH /runs/{id}, scope runs:write.
        """
        return await self._client._one(
            AsyncRun,
            "PATCH",
            f"/runs/{segment(id)}",
            {"name": name},
            if_match=if_match,
            idempotency_key=idempotency_key,
        )

    async def delete(self, id: str, /) -> Deleted:
        """Delete a finished run, its steps and events.

        DELETE /runs/{id}, scope runs:write.
        """
        return await self._client._one(Deleted, "DELETE", f"/runs/{segment(id)}")

    async def cancel(self, id: str, /, *, idempotency_key: str | None = None) -> AsyncRun:
        """Cancel a run.

        POST /runs/{id}/cancel, scope runs:cancel.
        """
        return await self._client._one(
            AsyncRun,
            "POST",
            f"/runs/{segment(id)}/cancel",
            {},
            idempotency_key=idempotency_key,
        )

    async def pause(self, id: str, /, *, idempotency_key: str | None = None) -> AsyncRun:
        """Pause a running run.

        POST /runs/{id}/pause, scope runs:write.
        """
        return await self._client._one(
            AsyncRun,
            "POST",
            f"/runs/{segment(id)}/pause",
            {},
            idempotency_key=idempotency_key,
        )

    async def resume(self, id: str, /, *, idempotency_key: str | None = None) -> AsyncRun:
        """Resume a paused run.

        POST /runs/{id}/resume, scope runs:write.
        """
        return await self._client._one(
            AsyncRun,
            "POST",
            f"/runs/{segment(id)}/resume",
            {},
            idempotency_key=idempotency_key,
        )

    async def restart(self, id: str, /, *, idempotency_key: str | None = None) -> AsyncRun:
        """Start a finished run again, as a new run.

        POST /runs/{id}/restart, scope runs:write.
        """
        return await self._client._one(
            AsyncRun,
            "POST",
            f"/runs/{segment(id)}/restart",
            {},
            idempotency_key=idempotency_key,
        )

    async def retry(
        self,
        id: str,
        /,
        *,
        from_step: int | None | Unset = UNSET,
        idempotency_key: str | None = None,
    ) -> AsyncRun:
        """Go on with a finished run from one of its steps, as a new run.

        POST /runs/{id}/retry, scope runs:write.
        """
        return await self._client._one(
            AsyncRun,
            "POST",
            f"/runs/{segment(id)}/retry",
            {"fromStep": from_step},
            idempotency_key=idempotency_key,
        )

    async def stop(self, id: str, /, *, idempotency_key: str | None = None) -> AsyncRun:
        """Stop a run after its current step.

        POST /runs/{id}/stop, scope runs:write.
        """
        return await self._client._one(
            AsyncRun,
            "POST",
            f"/runs/{segment(id)}/stop",
            {},
            idempotency_key=idempotency_key,
        )

    async def choose(self, id: str, /, *, idempotency_key: str | None = None) -> AsyncRun:
        """Choose one of several candidates: it gets the pull request.

        POST /runs/{id}/choose, scope runs:write.
        """
        return await self._client._one(
            AsyncRun,
            "POST",
            f"/runs/{segment(id)}/choose",
            {},
            idempotency_key=idempotency_key,
        )

    def steps(self, id: str, /) -> AsyncPages[RunStep]:
        """List a run's steps, in order.

        GET /runs/{id}/steps, scope runs:read.
        """
        return self._client._page(RunStep, f"/runs/{segment(id)}/steps", None)

    async def changes(
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
        return await self._client._one(
            RunChanges,
            "GET",
            f"/runs/{segment(id)}/changes" + query_text({"step": step, "iteration": iteration, "after": after, "limit": limit}),
        )

    async def compare(self, id: str, other: str, /) -> RunComparison:
        """Compare two runs: how each went, what it cost, and which files both changed, and alike.

        GET /runs/{id}/comparison/{other}, scope runs:read.
        """
        return await self._client._one(RunComparison, "GET", f"/runs/{segment(id)}/comparison/{segment(other)}")

    def artifacts(self, id: str, /, *, limit: int | None = None, cursor: str | None = None) -> AsyncPages[Artifact]:
        """List the files that a run's agents have put into $CC_ARTIFACTS, newest first.

        GET /runs/{id}/artifacts, scope runs:read.
        """
        return self._client._page(Artifact, f"/runs/{segment(id)}/artifacts", {"limit": limit, "cursor": cursor})

    async def artifact(self, id: str, name: str, /) -> bytes:
        """Fetch one of these files, as it is.

        GET /runs/{id}/artifacts/{name}, scope runs:read.
        """
        return await self._client._file(f"/runs/{segment(id)}/artifacts/{segment(name)}")

    def events(
        self,
        id: str,
        /,
        *,
        after: int | None = None,
        limit: int | None = None,
        wait: int | None = None,
    ) -> AsyncPages[RunEvent]:
        """List a run's events, oldest first.

        GET /runs/{id}/events, scope runs:read.
        """
        return self._client._page(
            RunEvent,
            f"/runs/{segment(id)}/events",
            {"after": after, "limit": limit, "wait": wait},
        )


class AsyncCandidatesRoutes:
    """Several runs of one task, of which one gets the pull request."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        status: Literal["running", "judging", "decided", "undecided", "failed", "cancelled"] | None = None,
        from_: datetime | str | None = None,
        to: datetime | str | None = None,
    ) -> AsyncPages[CandidateGroup]:
        """List groups of candidates, newest first.

        GET /candidates, scope runs:read.
        """
        return self._client._page(
            CandidateGroup,
            "/candidates",
            {"limit": limit, "cursor": cursor, "status": status, "from": from_, "to": to},
        )

    async def get(self, id: str, /) -> CandidateGroup:
        """Read a group of candidates: where it stands, and which one was chosen.

        GET /candidates/{id}, scope runs:read.
        """
        return await self._client._one(CandidateGroup, "GET", f"/candidates/{segment(id)}")

    async def cancel(self, id: str, /, *, idempotency_key: str | None = None) -> CandidateGroup:
        """Cancel all runs of a group, and its judge; none of them gets a pull request.

        POST /candidates/{id}/cancel, scope runs:cancel.
        """
        return await self._client._one(
            CandidateGroup,
            "POST",
            f"/candidates/{segment(id)}/cancel",
            {},
            idempotency_key=idempotency_key,
        )


class AsyncSessionsRoutes:
    """A run whose agent looks at something and answers as data."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncCaller) -> None:
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
    ) -> AsyncPages[AgentSession]:
        """List sessions, newest first.

        GET /sessions, scope runs:read.
        """
        return self._client._page(
            AgentSession,
            "/sessions",
            {"limit": limit, "cursor": cursor, "kind": kind, "status": status, "from": from_, "to": to},
        )

    async def create(
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
        return await self._client._one(
            AgentSession,
            "POST",
            "/sessions",
            {"kind": kind, "name": name, "prompt": prompt, "runIds": run_ids, "questionIds": question_ids, "threshold": threshold, "githubRepoUrl": github_repo_url, "baseBranch": base_branch, "agent": agent, "model": model, "personaId": persona_id},
            idempotency_key=idempotency_key,
        )

    async def get(self, id: str, /) -> AgentSession:
        """Read a session, with what came of it.

        GET /sessions/{id}, scope runs:read.
        """
        return await self._client._one(AgentSession, "GET", f"/sessions/{segment(id)}")

    async def cancel(self, id: str, /, *, idempotency_key: str | None = None) -> AgentSession:
        """Cancel a session; done again, it answers the same.

        POST /sessions/{id}/cancel, scope runs:cancel.
        """
        return await self._client._one(
            AgentSession,
            "POST",
            f"/sessions/{segment(id)}/cancel",
            {},
            idempotency_key=idempotency_key,
        )


class AsyncSandboxesRoutes:
    """A workspace with an agent in it, with which one talks."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        status: Literal["opening", "idle", "working", "paused", "killing", "killed", "failed", "expired"] | None = None,
        from_: datetime | str | None = None,
        to: datetime | str | None = None,
    ) -> AsyncPages[AsyncSandbox]:
        """List sandboxes, newest first.

        GET /sandboxes, scope runs:read.
        """
        return self._client._page(
            AsyncSandbox,
            "/sandboxes",
            {"limit": limit, "cursor": cursor, "status": status, "from": from_, "to": to},
        )

    async def create(
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
    ) -> AsyncSandbox:
        """Open a sandbox: a workspace with an agent in it, with which one talks.

        POST /sandboxes, scope runs:write.
        """
        return await self._client._one(
            AsyncSandbox,
            "POST",
            "/sandboxes",
            {"name": name, "agent": agent, "model": model, "personaId": persona_id, "contextIds": context_ids, "githubRepoUrl": github_repo_url, "branchName": branch_name, "baseBranch": base_branch, "message": message},
            idempotency_key=idempotency_key,
        )

    async def get(self, id: str, /) -> AsyncSandbox:
        """Read a sandbox.

        GET /sandboxes/{id}, scope runs:read.
        """
        return await self._client._one(AsyncSandbox, "GET", f"/sandboxes/{segment(id)}")

    async def update(
        self,
        id: str,
        /,
        *,
        name: str | Unset = UNSET,
        if_match: str | None = None,
        idempotency_key: str | None = None,
    ) -> AsyncSandbox:
        """Rename a sandbox.

        PATCH /sandboxes/{id}, scope runs:write.
        """
        return await self._client._one(
            AsyncSandbox,
            "PATCH",
            f"/sandboxes/{segment(id)}",
            {"name": name},
            if_match=if_match,
            idempotency_key=idempotency_key,
        )

    async def commit(
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
        return await self._client._one(
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
    ) -> AsyncPages[RunEvent]:
        """List a sandbox's events, oldest first, as those of a run.

        GET /sandboxes/{id}/events, scope runs:read.
        """
        return self._client._page(
            RunEvent,
            f"/sandboxes/{segment(id)}/events",
            {"after": after, "limit": limit, "wait": wait},
        )

    async def kill(self, id: str, /, *, idempotency_key: str | None = None) -> AsyncSandbox:
        """End a sandbox and remove its files; done again, it answers the same.

        POST /sandboxes/{id}/kill, scope runs:cancel.
        """
        return await self._client._one(
            AsyncSandbox,
            "POST",
            f"/sandboxes/{segment(id)}/kill",
            {},
            idempotency_key=idempotency_key,
        )

    def messages(
        self,
        id: str,
        /,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> AsyncPages[SandboxMessage]:
        """List what was said to a sandbox and what it answered, newest first.

        GET /sandboxes/{id}/messages, scope runs:read.
        """
        return self._client._page(
            SandboxMessage,
            f"/sandboxes/{segment(id)}/messages",
            {"limit": limit, "cursor": cursor},
        )

    async def say(self, id: str, /, *, text: str, idempotency_key: str | None = None) -> SandboxMessage:
        """Say something to a sandbox; its answer comes as events, and stands in the message in the end.

        POST /sandboxes/{id}/messages, scope runs:write.
        """
        return await self._client._one(
            SandboxMessage,
            "POST",
            f"/sandboxes/{segment(id)}/messages",
            {"text": text},
            idempotency_key=idempotency_key,
        )

    async def pause(self, id: str, /, *, idempotency_key: str | None = None) -> AsyncSandbox:
        """Let messages wait, after the one that is being answered.

        POST /sandboxes/{id}/pause, scope runs:write.
        """
        return await self._client._one(
            AsyncSandbox,
            "POST",
            f"/sandboxes/{segment(id)}/pause",
            {},
            idempotency_key=idempotency_key,
        )

    async def restart(self, id: str, /, *, idempotency_key: str | None = None) -> AsyncSandbox:
        """Begin anew: the files are those of the branch again, and the conversation is forgotten.

        POST /sandboxes/{id}/restart, scope runs:write.
        """
        return await self._client._one(
            AsyncSandbox,
            "POST",
            f"/sandboxes/{segment(id)}/restart",
            {},
            idempotency_key=idempotency_key,
        )

    async def resume(self, id: str, /, *, idempotency_key: str | None = None) -> AsyncSandbox:
        """Have the messages answered that wait.

        POST /sandboxes/{id}/resume, scope runs:write.
        """
        return await self._client._one(
            AsyncSandbox,
            "POST",
            f"/sandboxes/{segment(id)}/resume",
            {},
            idempotency_key=idempotency_key,
        )


class AsyncQuestionsRoutes:
    """What a session could not find out."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        status: Literal["open", "answered", "approved", "dismissed"] | None = None,
        session_id: str | None = None,
    ) -> AsyncPages[Question]:
        """List questions, newest first.

        GET /questions, scope issues:read.
        """
        return self._client._page(
            Question,
            "/questions",
            {"limit": limit, "cursor": cursor, "status": status, "sessionId": session_id},
        )

    async def get(self, id: str, /) -> Question:
        """Read a question.

        GET /questions/{id}, scope issues:read.
        """
        return await self._client._one(Question, "GET", f"/questions/{segment(id)}")

    async def update(
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
        return await self._client._one(
            Question,
            "PATCH",
            f"/questions/{segment(id)}",
            {"answer": answer},
            if_match=if_match,
            idempotency_key=idempotency_key,
        )

    async def approve(self, id: str, /, *, idempotency_key: str | None = None) -> Question:
        """Approve the answer of a question: sessions that come later are told it.

        POST /questions/{id}/approve, scope issues:write.
        """
        return await self._client._one(
            Question,
            "POST",
            f"/questions/{segment(id)}/approve",
            {},
            idempotency_key=idempotency_key,
        )

    async def dismiss(self, id: str, /, *, idempotency_key: str | None = None) -> Question:
        """Dismiss a question: nobody is to answer it.

        POST /questions/{id}/dismiss, scope issues:write.
        """
        return await self._client._one(
            Question,
            "POST",
            f"/questions/{segment(id)}/dismiss",
            {},
            idempotency_key=idempotency_key,
        )


class AsyncPullsRoutes:
    """What a run proposes to merge, as its forge says it is."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        state: Literal["open", "merged", "closed"] | None = None,
        run_id: str | None = None,
    ) -> AsyncPages[PullRequest]:
        """List pull requests, newest first.

        GET /pull-requests, scope runs:read.
        """
        return self._client._page(
            PullRequest,
            "/pull-requests",
            {"limit": limit, "cursor": cursor, "state": state, "runId": run_id},
        )

    async def get(self, id: str, /) -> PullRequest:
        """Read a pull request, as it was when it was last looked at.

        GET /pull-requests/{id}, scope runs:read.
        """
        return await self._client._one(PullRequest, "GET", f"/pull-requests/{segment(id)}")

    async def refresh(self, id: str, /, *, idempotency_key: str | None = None) -> PullRequest:
        """Have a worker look at a pull request now.

        POST /pull-requests/{id}/refresh, scope runs:write.
        """
        return await self._client._one(
            PullRequest,
            "POST",
            f"/pull-requests/{segment(id)}/refresh",
            {},
            idempotency_key=idempotency_key,
        )

    async def merge(
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
        return await self._client._one(
            PullRequest,
            "POST",
            f"/pull-requests/{segment(id)}/merge",
            {"method": method, "force": force},
            idempotency_key=idempotency_key,
        )

    async def close(self, id: str, /, *, idempotency_key: str | None = None) -> PullRequest:
        """Have a worker close a pull request without merging it.

        POST /pull-requests/{id}/close, scope runs:write.
        """
        return await self._client._one(
            PullRequest,
            "POST",
            f"/pull-requests/{segment(id)}/close",
            {},
            idempotency_key=idempotency_key,
        )

    async def fix(
        self,
        id: str,
        /,
        *,
        about: Literal["checks", "comments"] | None | Unset = UNSET,
        workflow_id: str | None | Unset = UNSET,
        prompt: str | None | Unset = UNSET,
        idempotency_key: str | None = None,
    ) -> AsyncRun:
        """Start a run on a pull request's branch that deals with its failing checks and its reviews.

        POST /pull-requests/{id}/fix, scope runs:write.
        """
        return await self._client._one(
            AsyncRun,
            "POST",
            f"/pull-requests/{segment(id)}/fix",
            {"about": about, "workflowId": workflow_id, "prompt": prompt},
            idempotency_key=idempotency_key,
        )


class AsyncBranchesRoutes:
    """A branch that a run has pushed, as its forge says it is."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        name: str | None = None,
        run_id: str | None = None,
        state: Literal["present", "deleted"] | None = None,
    ) -> AsyncPages[Branch]:
        """List the branches that runs have pushed, newest first.

        GET /branches, scope runs:read.
        """
        return self._client._page(
            Branch,
            "/branches",
            {"limit": limit, "cursor": cursor, "name": name, "runId": run_id, "state": state},
        )

    async def get(self, id: str, /) -> Branch:
        """Read a branch, as it was when it was last looked at.

        GET /branches/{id}, scope runs:read.
        """
        return await self._client._one(Branch, "GET", f"/branches/{segment(id)}")

    async def delete(self, id: str, /) -> Branch:
        """Have a worker delete a branch that a run has made.

        DELETE /branches/{id}, scope runs:write.
        """
        return await self._client._one(Branch, "DELETE", f"/branches/{segment(id)}")

    async def refresh(self, id: str, /, *, idempotency_key: str | None = None) -> Branch:
        """Have a worker look at a branch now.

        POST /branches/{id}/refresh, scope runs:write.
        """
        return await self._client._one(
            Branch,
            "POST",
            f"/branches/{segment(id)}/refresh",
            {},
            idempotency_key=idempotency_key,
        )


class AsyncIssuesRoutes:
    """Work that waits for a run."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    async def import_from(
        self,
        *,
        url: str,
        comment_on_issue: bool | None | Unset = UNSET,
        idempotency_key: str | None = None,
    ) -> Issue:
        """Have a worker take over an issue of a forge; one that is there already is answered as it is.

        POST /issues/import, scope issues:write.
        """
        return await self._client._one(
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
    ) -> AsyncPages[Issue]:
        """List issues, newest first.

        GET /issues, scope issues:read.
        """
        return self._client._page(
            Issue,
            "/issues",
            {"limit": limit, "cursor": cursor, "priority": priority, "status": status, "origin": origin, "q": q},
        )

    async def create(
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
        return await self._client._one(
            Issue,
            "POST",
            "/issues",
            {"title": title, "description": description, "sourceUrl": source_url, "priority": priority, "status": status, "suggestedPrompt": suggested_prompt, "commentOnIssue": comment_on_issue},
            idempotency_key=idempotency_key,
        )

    async def bulk_delete(self, *, ids: Sequence[str], idempotency_key: str | None = None) -> AsyncPage[BulkDeleted]:
        """Delete several issues; the answer says how each one fared.

        POST /issues/bulk-delete, scope issues:write.
        """
        return await self._client._rows(
            BulkDeleted,
            "POST",
            "/issues/bulk-delete",
            {"ids": ids},
            idempotency_key=idempotency_key,
        )

    async def get(self, id: str, /) -> Issue:
        """Read an issue.

        GET /issues/{id}, scope issues:read.
        """
        return await self._client._one(Issue, "GET", f"/issues/{segment(id)}")

    async def update(
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
        return await self._client._one(
            Issue,
            "PATCH",
            f"/issues/{segment(id)}",
            {"title": title, "description": description, "sourceUrl": source_url, "priority": priority, "status": status, "suggestedPrompt": suggested_prompt, "commentOnIssue": comment_on_issue},
            if_match=if_match,
            idempotency_key=idempotency_key,
        )

    async def delete(self, id: str, /) -> Deleted:
        """Delete an issue.

        DELETE /issues/{id}, scope issues:write.
        """
        return await self._client._one(Deleted, "DELETE", f"/issues/{segment(id)}")


class AsyncWebhooksRoutes:
    """Where the messages of a project are posted to."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        is_enabled: bool | None = None,
    ) -> AsyncPages[WebhookEndpoint]:
        """List the endpoints that webhooks go to, newest first.

        GET /webhooks/endpoints, scope webhooks:read.
        """
        return self._client._page(
            WebhookEndpoint,
            "/webhooks/endpoints",
            {"limit": limit, "cursor": cursor, "isEnabled": is_enabled},
        )

    async def create(
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
        return await self._client._one(
            WebhookEndpoint,
            "POST",
            "/webhooks/endpoints",
            {"url": url, "description": description, "events": events, "isEnabled": is_enabled},
            idempotency_key=idempotency_key,
        )

    async def get(self, id: str, /) -> WebhookEndpoint:
        """Read an endpoint, without its secret.

        GET /webhooks/endpoints/{id}, scope webhooks:read.
        """
        return await self._client._one(WebhookEndpoint, "GET", f"/webhooks/endpoints/{segment(id)}")

    async def update(
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
        return await self._client._one(
            WebhookEndpoint,
            "PATCH",
            f"/webhooks/endpoints/{segment(id)}",
            {"url": url, "description": description, "events": events, "isEnabled": is_enabled},
            if_match=if_match,
            idempotency_key=idempotency_key,
        )

    async def delete(self, id: str, /) -> Deleted:
        """Delete an endpoint and all that is to be delivered to it.

        DELETE /webhooks/endpoints/{id}, scope webhooks:write.
        """
        return await self._client._one(Deleted, "DELETE", f"/webhooks/endpoints/{segment(id)}")

    async def rotate(self, id: str, /, *, idempotency_key: str | None = None) -> WebhookEndpoint:
        """Give an endpoint a new secret, shown this once; the old one signs as well for a day.

        POST /webhooks/endpoints/{id}/rotate, scope webhooks:write.
        """
        return await self._client._one(
            WebhookEndpoint,
            "POST",
            f"/webhooks/endpoints/{segment(id)}/rotate",
            {},
            idempotency_key=idempotency_key,
        )

    async def test(self, id: str, /, *, idempotency_key: str | None = None) -> WebhookDelivery:
        """Send an endpoint a message of the type webhook.test.

        POST /webhooks/endpoints/{id}/test, scope webhooks:write.
        """
        return await self._client._one(
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
    ) -> AsyncPages[WebhookDelivery]:
        """List what was or is to be delivered to an endpoint, newest first.

        GET /webhooks/endpoints/{id}/deliveries, scope webhooks:read.
        """
        return self._client._page(
            WebhookDelivery,
            f"/webhooks/endpoints/{segment(id)}/deliveries",
            {"limit": limit, "cursor": cursor, "status": status},
        )

    async def replay(self, id: str, deliveryId: str, /, *, idempotency_key: str | None = None) -> WebhookDelivery:
        """Deliver a message once more, whatever has become of it.

        POST /webhooks/endpoints/{id}/deliveries/{deliveryId}/replay, scope webhooks:write.
        """
        return await self._client._one(
            WebhookDelivery,
            "POST",
            f"/webhooks/endpoints/{segment(id)}/deliveries/{segment(deliveryId)}/replay",
            {},
            idempotency_key=idempotency_key,
        )


class AsyncChangesRoutes:
    """What has changed in the project."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    def list(
        self,
        *,
        after: int | None = None,
        limit: int | None = None,
        wait: int | None = None,
    ) -> AsyncPages[Change]:
        """List what has changed in the project, oldest first: as far as the caller may read it.

        GET /events.
        """
        return self._client._page(Change, "/events", {"after": after, "limit": limit, "wait": wait})


class AsyncNotificationsRoutes:
    """What people are notified of."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        filter: Literal["all", "unread"] | None = None,
    ) -> AsyncPages[Notification]:
        """List what the caller is notified of and has not dismissed, newest first: as far as it may be read.

        GET /notifications.
        """
        return self._client._page(Notification, "/notifications", {"limit": limit, "cursor": cursor, "filter": filter})

    async def unread_count(self) -> UnreadCount:
        """Count what the caller has not read.

        GET /notifications/unread-count.
        """
        return await self._client._one(UnreadCount, "GET", "/notifications/unread-count")

    async def read_all(self, *, idempotency_key: str | None = None) -> NotificationsRead:
        """Mark all as read, for the caller.

        POST /notifications/read-all.
        """
        return await self._client._one(
            NotificationsRead,
            "POST",
            "/notifications/read-all",
            {},
            idempotency_key=idempotency_key,
        )

    async def read(self, id: str, /, *, idempotency_key: str | None = None) -> Notification:
        """Mark one as read, for the caller.

        POST /notifications/{id}/read.
        """
        return await self._client._one(
            Notification,
            "POST",
            f"/notifications/{segment(id)}/read",
            {},
            idempotency_key=idempotency_key,
        )

    async def dismiss(self, id: str, /, *, idempotency_key: str | None = None) -> Notification:
        """Take one out of the caller's list, for good.

        POST /notifications/{id}/dismiss.
        """
        return await self._client._one(
            Notification,
            "POST",
            f"/notifications/{segment(id)}/dismiss",
            {},
            idempotency_key=idempotency_key,
        )


class AsyncTrashRoutes:
    """What was deleted and can come back."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        kind: str | None = None,
    ) -> AsyncPages[TrashEntry]:
        """List what was deleted and can come back, last deleted first: of the kinds that the caller may read.

        GET /trash.
        """
        return self._client._page(TrashEntry, "/trash", {"limit": limit, "cursor": cursor, "kind": kind})

    async def empty(self, *, kind: str | Unset = UNSET, idempotency_key: str | None = None) -> TrashEmptied:
        """Delete for good all that is in the trash, or all of one kind, as far as the caller may delete it.

        POST /trash/empty.
        """
        return await self._client._one(
            TrashEmptied,
            "POST",
            "/trash/empty",
            {"kind": kind},
            idempotency_key=idempotency_key,
        )

    async def restore(self, id: str, /, *, idempotency_key: str | None = None) -> TrashEntry:
        """Bring back what was deleted, under its id; needs what making one needs.

        POST /trash/{id}/restore.
        """
        return await self._client._one(
            TrashEntry,
            "POST",
            f"/trash/{segment(id)}/restore",
            {},
            idempotency_key=idempotency_key,
        )

    async def delete(self, id: str, /) -> Deleted:
        """Delete for good what is in the trash; needs what deleting one needs.

        DELETE /trash/{id}.
        """
        return await self._client._one(Deleted, "DELETE", f"/trash/{segment(id)}")


class AsyncChainsRoutes:
    """Runs that follow one another."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncCaller) -> None:
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
    ) -> AsyncPages[Chain]:
        """List chains, newest first.

        GET /chains, scope runs:read.
        """
        return self._client._page(
            Chain,
            "/chains",
            {"limit": limit, "cursor": cursor, "source": source, "status": status, "workflowId": workflow_id, "q": q},
        )

    async def create(
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
        return await self._client._one(
            Chain,
            "POST",
            "/chains",
            {"name": name, "source": source, "workflowId": workflow_id, "prompt": prompt, "issueIds": issue_ids, "runCount": run_count},
            idempotency_key=idempotency_key,
        )

    async def get(self, id: str, /) -> Chain:
        """Read a chain.

        GET /chains/{id}, scope runs:read.
        """
        return await self._client._one(Chain, "GET", f"/chains/{segment(id)}")

    async def delete(self, id: str, /) -> Deleted:
        """Delete a chain that is over; its runs stay.

        DELETE /chains/{id}, scope runs:write.
        """
        return await self._client._one(Deleted, "DELETE", f"/chains/{segment(id)}")

    async def cancel(self, id: str, /, *, idempotency_key: str | None = None) -> Chain:
        """Cancel a chain and the run it is at.

        POST /chains/{id}/cancel, scope runs:cancel.
        """
        return await self._client._one(
            Chain,
            "POST",
            f"/chains/{segment(id)}/cancel",
            {},
            idempotency_key=idempotency_key,
        )

    async def resume(self, id: str, /, *, idempotency_key: str | None = None) -> Chain:
        """Go on with a failed chain at the run that failed.

        POST /chains/{id}/resume, scope runs:write.
        """
        return await self._client._one(
            Chain,
            "POST",
            f"/chains/{segment(id)}/resume",
            {},
            idempotency_key=idempotency_key,
        )


class AsyncSchedulesRoutes:
    """A workflow that runs by the clock."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        workflow_id: str | None = None,
        is_enabled: bool | None = None,
        q: str | None = None,
    ) -> AsyncPages[Schedule]:
        """List schedules, newest first.

        GET /schedules, scope schedules:read.
        """
        return self._client._page(
            Schedule,
            "/schedules",
            {"limit": limit, "cursor": cursor, "workflowId": workflow_id, "isEnabled": is_enabled, "q": q},
        )

    async def create(
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
        return await self._client._one(
            Schedule,
            "POST",
            "/schedules",
            {"name": name, "workflowId": workflow_id, "frequency": frequency, "hour": hour, "prompt": prompt, "weekdays": weekdays, "dayOfMonth": day_of_month, "timeZone": time_zone, "minute": minute, "isEnabled": is_enabled},
            idempotency_key=idempotency_key,
        )

    async def bulk_delete(self, *, ids: Sequence[str], idempotency_key: str | None = None) -> AsyncPage[BulkDeleted]:
        """Delete several schedules; the answer says how each one fared.

        POST /schedules/bulk-delete, scope schedules:write.
        """
        return await self._client._rows(
            BulkDeleted,
            "POST",
            "/schedules/bulk-delete",
            {"ids": ids},
            idempotency_key=idempotency_key,
        )

    async def get(self, id: str, /) -> Schedule:
        """Read a schedule.

        GET /schedules/{id}, scope schedules:read.
        """
        return await self._client._one(Schedule, "GET", f"/schedules/{segment(id)}")

    async def update(
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
        return await self._client._one(
            Schedule,
            "PATCH",
            f"/schedules/{segment(id)}",
            {"name": name, "workflowId": workflow_id, "prompt": prompt, "frequency": frequency, "weekdays": weekdays, "dayOfMonth": day_of_month, "timeZone": time_zone, "hour": hour, "minute": minute, "isEnabled": is_enabled},
            if_match=if_match,
            idempotency_key=idempotency_key,
        )

    async def delete(self, id: str, /) -> Deleted:
        """Delete a schedule.

        DELETE /schedules/{id}, scope schedules:write.
        """
        return await self._client._one(Deleted, "DELETE", f"/schedules/{segment(id)}")


class AsyncCommandsRoutes:
    """What agents do for a word behind a slash, as a draft and its published versions."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        is_enabled: bool | None = None,
    ) -> AsyncPages[Command]:
        """List commands, newest first.

        GET /commands, scope assets:read.
        """
        return self._client._page(Command, "/commands", {"limit": limit, "cursor": cursor, "isEnabled": is_enabled})

    async def create(
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
        return await self._client._one(
            Command,
            "POST",
            "/commands",
            {"name": name, "content": content, "description": description, "isEnabled": is_enabled},
            idempotency_key=idempotency_key,
        )

    async def bulk_delete(self, *, ids: Sequence[str], idempotency_key: str | None = None) -> AsyncPage[BulkDeleted]:
        """Delete several commands; the answer says how each one fared.

        POST /commands/bulk-delete, scope assets:write.
        """
        return await self._client._rows(
            BulkDeleted,
            "POST",
            "/commands/bulk-delete",
            {"ids": ids},
            idempotency_key=idempotency_key,
        )

    async def get(self, id: str, /) -> Command:
        """Read a command.

        GET /commands/{id}, scope assets:read.
        """
        return await self._client._one(Command, "GET", f"/commands/{segment(id)}")

    async def update(
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
        return await self._client._one(
            Command,
            "PATCH",
            f"/commands/{segment(id)}",
            {"name": name, "description": description, "isEnabled": is_enabled, "content": content},
            if_match=if_match,
            idempotency_key=idempotency_key,
        )

    async def delete(self, id: str, /) -> Deleted:
        """Delete a command.

        DELETE /commands/{id}, scope assets:write.
        """
        return await self._client._one(Deleted, "DELETE", f"/commands/{segment(id)}")

    async def publish(
        self,
        id: str,
        /,
        *,
        note: str | None | Unset = UNSET,
        idempotency_key: str | None = None,
    ) -> Command:
        """Make the draft of a command its next version, and that the active one.

        POST /commands/{id}/publish, scope assets:write.
        """
        return await self._client._one(
            Command,
            "POST",
            f"/commands/{segment(id)}/publish",
            {"note": note},
            idempotency_key=idempotency_key,
        )

    async def deactivate(self, id: str, /, *, idempotency_key: str | None = None) -> Command:
        """Leave a command without an active version; its versions stay.

        POST /commands/{id}/deactivate, scope assets:write.
        """
        return await self._client._one(
            Command,
            "POST",
            f"/commands/{segment(id)}/deactivate",
            {},
            idempotency_key=idempotency_key,
        )

    def versions(
        self,
        id: str,
        /,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> AsyncPages[DocumentVersion]:
        """List the versions of a command, newest first.

        GET /commands/{id}/versions, scope assets:read.
        """
        return self._client._page(
            DocumentVersion,
            f"/commands/{segment(id)}/versions",
            {"limit": limit, "cursor": cursor},
        )

    async def version(self, id: str, version: int, /) -> DocumentVersion:
        """Read one version of a command.

        GET /commands/{id}/versions/{version}, scope assets:read.
        """
        return await self._client._one(DocumentVersion, "GET", f"/commands/{segment(id)}/versions/{segment(version)}")

    async def activate(self, id: str, version: int, /, *, idempotency_key: str | None = None) -> Command:
        """Make one of its versions the active one of a command.

        POST /commands/{id}/versions/{version}/activate, scope assets:write.
        """
        return await self._client._one(
            Command,
            "POST",
            f"/commands/{segment(id)}/versions/{segment(version)}/activate",
            {},
            idempotency_key=idempotency_key,
        )


class AsyncContextsRoutes:
    """What every agent of the project should know, as a draft and its published versions."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        is_enabled: bool | None = None,
        q: str | None = None,
    ) -> AsyncPages[Context]:
        """List contexts, newest first.

        GET /contexts, scope contexts:read.
        """
        return self._client._page(
            Context,
            "/contexts",
            {"limit": limit, "cursor": cursor, "isEnabled": is_enabled, "q": q},
        )

    async def create(
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
        return await self._client._one(
            Context,
            "POST",
            "/contexts",
            {"name": name, "content": content, "description": description, "isEnabled": is_enabled},
            idempotency_key=idempotency_key,
        )

    async def bulk_delete(self, *, ids: Sequence[str], idempotency_key: str | None = None) -> AsyncPage[BulkDeleted]:
        """Delete several contexts; the answer says how each one fared.

        POST /contexts/bulk-delete, scope contexts:write.
        """
        return await self._client._rows(
            BulkDeleted,
            "POST",
            "/contexts/bulk-delete",
            {"ids": ids},
            idempotency_key=idempotency_key,
        )

    async def get(self, id: str, /) -> Context:
        """Read a context.

        GET /contexts/{id}, scope contexts:read.
        """
        return await self._client._one(Context, "GET", f"/contexts/{segment(id)}")

    async def update(
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
        return await self._client._one(
            Context,
            "PATCH",
            f"/contexts/{segment(id)}",
            {"name": name, "description": description, "isEnabled": is_enabled, "content": content},
            if_match=if_match,
            idempotency_key=idempotency_key,
        )

    async def delete(self, id: str, /) -> Deleted:
        """Delete a context.

        DELETE /contexts/{id}, scope contexts:write.
        """
        return await self._client._one(Deleted, "DELETE", f"/contexts/{segment(id)}")

    async def publish(
        self,
        id: str,
        /,
        *,
        note: str | None | Unset = UNSET,
        idempotency_key: str | None = None,
    ) -> Context:
        """Make the draft of a context its next version, and that the active one.

        POST /contexts/{id}/publish, scope contexts:write.
        """
        return await self._client._one(
            Context,
            "POST",
            f"/contexts/{segment(id)}/publish",
            {"note": note},
            idempotency_key=idempotency_key,
        )

    async def deactivate(self, id: str, /, *, idempotency_key: str | None = None) -> Context:
        """Leave a context without an active version; its versions stay.

        POST /contexts/{id}/deactivate, scope contexts:write.
        """
        return await self._client._one(
            Context,
            "POST",
            f"/contexts/{segment(id)}/deactivate",
            {},
            idempotency_key=idempotency_key,
        )

    def versions(
        self,
        id: str,
        /,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> AsyncPages[DocumentVersion]:
        """List the versions of a context, newest first.

        GET /contexts/{id}/versions, scope contexts:read.
        """
        return self._client._page(
            DocumentVersion,
            f"/contexts/{segment(id)}/versions",
            {"limit": limit, "cursor": cursor},
        )

    async def version(self, id: str, version: int, /) -> DocumentVersion:
        """Read one version of a context.

        GET /contexts/{id}/versions/{version}, scope contexts:read.
        """
        return await self._client._one(DocumentVersion, "GET", f"/contexts/{segment(id)}/versions/{segment(version)}")

    async def activate(self, id: str, version: int, /, *, idempotency_key: str | None = None) -> Context:
        """Make one of its versions the active one of a context.

        POST /contexts/{id}/versions/{version}/activate, scope contexts:write.
        """
        return await self._client._one(
            Context,
            "POST",
            f"/contexts/{segment(id)}/versions/{segment(version)}/activate",
            {},
            idempotency_key=idempotency_key,
        )


class AsyncLearningsRoutes:
    """What a run has taught, for all agents of the project once somebody has approved it."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        status: Literal["proposed", "approved", "rejected"] | None = None,
        run_id: str | None = None,
        q: str | None = None,
    ) -> AsyncPages[Learning]:
        """List learnings, newest first.

        GET /learnings, scope learnings:read.
        """
        return self._client._page(
            Learning,
            "/learnings",
            {"limit": limit, "cursor": cursor, "status": status, "runId": run_id, "q": q},
        )

    async def create(
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
        return await self._client._one(
            Learning,
            "POST",
            "/learnings",
            {"title": title, "content": content, "runId": run_id},
            idempotency_key=idempotency_key,
        )

    async def bulk_delete(self, *, ids: Sequence[str], idempotency_key: str | None = None) -> AsyncPage[BulkDeleted]:
        """Delete several learnings; the answer says how each one fared.

        POST /learnings/bulk-delete, scope learnings:write.
        """
        return await self._client._rows(
            BulkDeleted,
            "POST",
            "/learnings/bulk-delete",
            {"ids": ids},
            idempotency_key=idempotency_key,
        )

    async def get(self, id: str, /) -> Learning:
        """Read a learning.

        GET /learnings/{id}, scope learnings:read.
        """
        return await self._client._one(Learning, "GET", f"/learnings/{segment(id)}")

    async def update(
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
        return await self._client._one(
            Learning,
            "PATCH",
            f"/learnings/{segment(id)}",
            {"title": title, "content": content},
            if_match=if_match,
            idempotency_key=idempotency_key,
        )

    async def delete(self, id: str, /) -> Deleted:
        """Delete a learning.

        DELETE /learnings/{id}, scope learnings:write.
        """
        return await self._client._one(Deleted, "DELETE", f"/learnings/{segment(id)}")

    async def approve(self, id: str, /, *, idempotency_key: str | None = None) -> Learning:
        """Approve a learning: from now on runs are given it.

        POST /learnings/{id}/approve, scope learnings:write.
        """
        return await self._client._one(
            Learning,
            "POST",
            f"/learnings/{segment(id)}/approve",
            {},
            idempotency_key=idempotency_key,
        )

    async def reject(self, id: str, /, *, idempotency_key: str | None = None) -> Learning:
        """Reject a learning: from now on runs are not given it.

        POST /learnings/{id}/reject, scope learnings:write.
        """
        return await self._client._one(
            Learning,
            "POST",
            f"/learnings/{segment(id)}/reject",
            {},
            idempotency_key=idempotency_key,
        )


class AsyncPersonasRoutes:
    """How an agent should behave in a step: role, agent, model and instructions."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        type: Literal["designer", "checker", "optimizer", "prompter", "investigator", "deep-dive", "planner", "reviewer", "evaluator", "judge", "answerer", "custom"] | None = None,
        is_enabled: bool | None = None,
        q: str | None = None,
    ) -> AsyncPages[Persona]:
        """List personas, newest first.

        GET /personas, scope personas:read.
        """
        return self._client._page(
            Persona,
            "/personas",
            {"limit": limit, "cursor": cursor, "type": type, "isEnabled": is_enabled, "q": q},
        )

    async def create(
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
        return await self._client._one(
            Persona,
            "POST",
            "/personas",
            {"name": name, "type": type, "agent": agent, "model": model, "thinkingEffort": thinking_effort, "instructions": instructions, "contextId": context_id, "skillIds": skill_ids, "commandIds": command_ids, "scriptIds": script_ids, "isEnabled": is_enabled},
            idempotency_key=idempotency_key,
        )

    async def bulk_delete(self, *, ids: Sequence[str], idempotency_key: str | None = None) -> AsyncPage[BulkDeleted]:
        """Delete several personas; the answer says how each one fared.

        POST /personas/bulk-delete, scope personas:write.
        """
        return await self._client._rows(
            BulkDeleted,
            "POST",
            "/personas/bulk-delete",
            {"ids": ids},
            idempotency_key=idempotency_key,
        )

    async def get(self, id: str, /) -> Persona:
        """Read a persona.

        GET /personas/{id}, scope personas:read.
        """
        return await self._client._one(Persona, "GET", f"/personas/{segment(id)}")

    async def update(
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
        return await self._client._one(
            Persona,
            "PATCH",
            f"/personas/{segment(id)}",
            {"name": name, "type": type, "agent": agent, "model": model, "thinkingEffort": thinking_effort, "instructions": instructions, "contextId": context_id, "skillIds": skill_ids, "commandIds": command_ids, "scriptIds": script_ids, "isEnabled": is_enabled},
            if_match=if_match,
            idempotency_key=idempotency_key,
        )

    async def delete(self, id: str, /) -> Deleted:
        """Delete a persona.

        DELETE /personas/{id}, scope personas:write.
        """
        return await self._client._one(Deleted, "DELETE", f"/personas/{segment(id)}")

    async def duplicate(self, id: str, /, *, name: str | Unset = UNSET, idempotency_key: str | None = None) -> Persona:
        """Copy a persona.

        POST /personas/{id}/duplicate, scope personas:write.
        """
        return await self._client._one(
            Persona,
            "POST",
            f"/personas/{segment(id)}/duplicate",
            {"name": name},
            idempotency_key=idempotency_key,
        )

    async def analytics(self, id: str, /, *, days: int | None = None) -> AnalyticsSummary:
        """Sum up the runs of the last days in which a persona took steps.

        GET /personas/{id}/analytics, scope analytics:read.
        """
        return await self._client._one(
            AnalyticsSummary,
            "GET",
            f"/personas/{segment(id)}/analytics" + query_text({"days": days}),
        )


class AsyncScriptsRoutes:
    """A program that agents find in their home, as a draft and its published versions."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        is_enabled: bool | None = None,
    ) -> AsyncPages[Script]:
        """List scripts, newest first.

        GET /scripts, scope assets:read.
        """
        return self._client._page(Script, "/scripts", {"limit": limit, "cursor": cursor, "isEnabled": is_enabled})

    async def create(
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
        return await self._client._one(
            Script,
            "POST",
            "/scripts",
            {"name": name, "content": content, "description": description, "isEnabled": is_enabled},
            idempotency_key=idempotency_key,
        )

    async def bulk_delete(self, *, ids: Sequence[str], idempotency_key: str | None = None) -> AsyncPage[BulkDeleted]:
        """Delete several scripts; the answer says how each one fared.

        POST /scripts/bulk-delete, scope assets:write.
        """
        return await self._client._rows(
            BulkDeleted,
            "POST",
            "/scripts/bulk-delete",
            {"ids": ids},
            idempotency_key=idempotency_key,
        )

    async def get(self, id: str, /) -> Script:
        """Read a script.

        GET /scripts/{id}, scope assets:read.
        """
        return await self._client._one(Script, "GET", f"/scripts/{segment(id)}")

    async def update(
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
        return await self._client._one(
            Script,
            "PATCH",
            f"/scripts/{segment(id)}",
            {"name": name, "description": description, "isEnabled": is_enabled, "content": content},
            if_match=if_match,
            idempotency_key=idempotency_key,
        )

    async def delete(self, id: str, /) -> Deleted:
        """Delete a script.

        DELETE /scripts/{id}, scope assets:write.
        """
        return await self._client._one(Deleted, "DELETE", f"/scripts/{segment(id)}")

    async def publish(
        self,
        id: str,
        /,
        *,
        note: str | None | Unset = UNSET,
        idempotency_key: str | None = None,
    ) -> Script:
        """Make the draft of a script its next version, and that the active one.

        POST /scripts/{id}/publish, scope assets:write.
        """
        return await self._client._one(
            Script,
            "POST",
            f"/scripts/{segment(id)}/publish",
            {"note": note},
            idempotency_key=idempotency_key,
        )

    async def deactivate(self, id: str, /, *, idempotency_key: str | None = None) -> Script:
        """Leave a script without an active version; its versions stay.

        POST /scripts/{id}/deactivate, scope assets:write.
        """
        return await self._client._one(
            Script,
            "POST",
            f"/scripts/{segment(id)}/deactivate",
            {},
            idempotency_key=idempotency_key,
        )

    def versions(
        self,
        id: str,
        /,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> AsyncPages[DocumentVersion]:
        """List the versions of a script, newest first.

        GET /scripts/{id}/versions, scope assets:read.
        """
        return self._client._page(
            DocumentVersion,
            f"/scripts/{segment(id)}/versions",
            {"limit": limit, "cursor": cursor},
        )

    async def version(self, id: str, version: int, /) -> DocumentVersion:
        """Read one version of a script.

        GET /scripts/{id}/versions/{version}, scope assets:read.
        """
        return await self._client._one(DocumentVersion, "GET", f"/scripts/{segment(id)}/versions/{segment(version)}")

    async def activate(self, id: str, version: int, /, *, idempotency_key: str | None = None) -> Script:
        """Make one of its versions the active one of a script.

        POST /scripts/{id}/versions/{version}/activate, scope assets:write.
        """
        return await self._client._one(
            Script,
            "POST",
            f"/scripts/{segment(id)}/versions/{segment(version)}/activate",
            {},
            idempotency_key=idempotency_key,
        )


class AsyncSkillsRoutes:
    """A folder of files that agents find in their home, as a draft and its published versions."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        is_enabled: bool | None = None,
    ) -> AsyncPages[Skill]:
        """List skills, newest first.

        GET /skills, scope assets:read.
        """
        return self._client._page(Skill, "/skills", {"limit": limit, "cursor": cursor, "isEnabled": is_enabled})

    async def create(
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
        return await self._client._one(
            Skill,
            "POST",
            "/skills",
            {"name": name, "files": named(files), "description": description, "isEnabled": is_enabled},
            idempotency_key=idempotency_key,
        )

    async def bulk_delete(self, *, ids: Sequence[str], idempotency_key: str | None = None) -> AsyncPage[BulkDeleted]:
        """Delete several skills; the answer says how each one fared.

        POST /skills/bulk-delete, scope assets:write.
        """
        return await self._client._rows(
            BulkDeleted,
            "POST",
            "/skills/bulk-delete",
            {"ids": ids},
            idempotency_key=idempotency_key,
        )

    async def get(self, id: str, /) -> Skill:
        """Read a skill.

        GET /skills/{id}, scope assets:read.
        """
        return await self._client._one(Skill, "GET", f"/skills/{segment(id)}")

    async def update(
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
        return await self._client._one(
            Skill,
            "PATCH",
            f"/skills/{segment(id)}",
            {"name": name, "description": description, "isEnabled": is_enabled, "files": named(files)},
            if_match=if_match,
            idempotency_key=idempotency_key,
        )

    async def delete(self, id: str, /) -> Deleted:
        """Delete a skill.

        DELETE /skills/{id}, scope assets:write.
        """
        return await self._client._one(Deleted, "DELETE", f"/skills/{segment(id)}")

    async def publish(
        self,
        id: str,
        /,
        *,
        note: str | None | Unset = UNSET,
        idempotency_key: str | None = None,
    ) -> Skill:
        """Make the draft of a skill its next version, and that the active one.

        POST /skills/{id}/publish, scope assets:write.
        """
        return await self._client._one(
            Skill,
            "POST",
            f"/skills/{segment(id)}/publish",
            {"note": note},
            idempotency_key=idempotency_key,
        )

    async def deactivate(self, id: str, /, *, idempotency_key: str | None = None) -> Skill:
        """Leave a skill without an active version; its versions stay.

        POST /skills/{id}/deactivate, scope assets:write.
        """
        return await self._client._one(
            Skill,
            "POST",
            f"/skills/{segment(id)}/deactivate",
            {},
            idempotency_key=idempotency_key,
        )

    def versions(self, id: str, /, *, limit: int | None = None, cursor: str | None = None) -> AsyncPages[SkillVersion]:
        """List the versions of a skill, newest first.

        GET /skills/{id}/versions, scope assets:read.
        """
        return self._client._page(SkillVersion, f"/skills/{segment(id)}/versions", {"limit": limit, "cursor": cursor})

    async def version(self, id: str, version: int, /) -> SkillVersion:
        """Read one version of a skill.

        GET /skills/{id}/versions/{version}, scope assets:read.
        """
        return await self._client._one(SkillVersion, "GET", f"/skills/{segment(id)}/versions/{segment(version)}")

    async def activate(self, id: str, version: int, /, *, idempotency_key: str | None = None) -> Skill:
        """Make one of its versions the active one of a skill.

        POST /skills/{id}/versions/{version}/activate, scope assets:write.
        """
        return await self._client._one(
            Skill,
            "POST",
            f"/skills/{segment(id)}/versions/{segment(version)}/activate",
            {},
            idempotency_key=idempotency_key,
        )


class AsyncMembersRoutes:
    """A person in a project."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        role: Literal["member", "admin", "owner"] | None = None,
        q: str | None = None,
    ) -> AsyncPages[Member]:
        """List the project's members, newest account first.

        GET /members, scope members:read.
        """
        return self._client._page(Member, "/members", {"limit": limit, "cursor": cursor, "role": role, "q": q})

    async def get(self, id: str, /) -> Member:
        """Read a member.

        GET /members/{id}, scope members:read.
        """
        return await self._client._one(Member, "GET", f"/members/{segment(id)}")

    async def update(
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
        return await self._client._one(
            Member,
            "PATCH",
            f"/members/{segment(id)}" + query_text({"keys": keys}),
            {"role": role},
            if_match=if_match,
            idempotency_key=idempotency_key,
        )

    async def delete(self, id: str, /, *, keys: Literal["revoke", "keep"] | None = None) -> Deleted:
        """Remove a member from the project.

        DELETE /members/{id}, scope members:write.
        """
        return await self._client._one(Deleted, "DELETE", f"/members/{segment(id)}" + query_text({"keys": keys}))


class AsyncInvitationsRoutes:
    """A link that lets one person into a project, once."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    def list(self, *, limit: int | None = None, cursor: str | None = None) -> AsyncPages[Invitation]:
        """List invitations that were not taken up yet.

        GET /members/invitations, scope members:read.
        """
        return self._client._page(Invitation, "/members/invitations", {"limit": limit, "cursor": cursor})

    async def create(
        self,
        *,
        email: str,
        role: Literal["member", "admin", "owner"] | Unset = UNSET,
        idempotency_key: str | None = None,
    ) -> Invitation:
        """Invite somebody; the link's token is shown this once.

        POST /members/invitations, scope members:write.
        """
        return await self._client._one(
            Invitation,
            "POST",
            "/members/invitations",
            {"email": email, "role": role},
            idempotency_key=idempotency_key,
        )

    async def delete(self, id: str, /) -> Deleted:
        """Withdraw an invitation.

        DELETE /members/invitations/{id}, scope members:write.
        """
        return await self._client._one(Deleted, "DELETE", f"/members/invitations/{segment(id)}")


class AsyncAuditRoutes:
    """One change: who made it, when and from where."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncCaller) -> None:
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
    ) -> AsyncPages[AuditEntry]:
        """List changes, newest first: who, what, when, from where.

        GET /audit, scope audit:read.
        """
        return self._client._page(
            AuditEntry,
            "/audit",
            {"limit": limit, "cursor": cursor, "actorId": actor_id, "action": action, "resourceId": resource_id, "from": from_, "to": to},
        )


class AsyncAnalyticsRoutes:
    """Figures about runs and costs."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    async def summary(
        self,
        *,
        from_: datetime | str | None = None,
        to: datetime | str | None = None,
    ) -> AnalyticsSummary:
        """Sum up the runs of a time.

        GET /analytics/summary, scope analytics:read.
        """
        return await self._client._one(
            AnalyticsSummary,
            "GET",
            "/analytics/summary" + query_text({"from": from_, "to": to}),
        )

    def runs(
        self,
        *,
        group_by: Literal["day", "workflow", "persona"] | None = None,
        from_: datetime | str | None = None,
        to: datetime | str | None = None,
    ) -> AsyncPages[AnalyticsGroup]:
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
    ) -> AsyncPages[UsageLine]:
        """Sum up what was used and paid in a time, by day, service, model, workflow, persona, member or run.

        GET /usage, scope analytics:read.
        """
        return self._client._page(UsageLine, "/usage", {"groupBy": group_by, "from": from_, "to": to})


class AsyncRoutes(AsyncCaller):
    """Every route there is, by name."""

    __slots__ = ("scopes", "credentials", "session", "projects", "project", "cost_rates", "keys", "workflows", "runs", "candidates", "sessions", "sandboxes", "questions", "pulls", "branches", "issues", "webhooks", "changes", "notifications", "trash", "chains", "schedules", "commands", "contexts", "learnings", "personas", "scripts", "skills", "members", "invitations", "audit", "analytics",)

    def __init__(self) -> None:
        self.scopes = AsyncScopesRoutes(self)
        self.credentials = AsyncCredentialsRoutes(self)
        self.session = AsyncSessionRoutes(self)
        self.projects = AsyncProjectsRoutes(self)
        self.project = AsyncProjectRoutes(self)
        self.cost_rates = AsyncCostRatesRoutes(self)
        self.keys = AsyncKeysRoutes(self)
        self.workflows = AsyncWorkflowsRoutes(self)
        self.runs = AsyncRunsRoutes(self)
        self.candidates = AsyncCandidatesRoutes(self)
        self.sessions = AsyncSessionsRoutes(self)
        self.sandboxes = AsyncSandboxesRoutes(self)
        self.questions = AsyncQuestionsRoutes(self)
        self.pulls = AsyncPullsRoutes(self)
        self.branches = AsyncBranchesRoutes(self)
        self.issues = AsyncIssuesRoutes(self)
        self.webhooks = AsyncWebhooksRoutes(self)
        self.changes = AsyncChangesRoutes(self)
        self.notifications = AsyncNotificationsRoutes(self)
        self.trash = AsyncTrashRoutes(self)
        self.chains = AsyncChainsRoutes(self)
        self.schedules = AsyncSchedulesRoutes(self)
        self.commands = AsyncCommandsRoutes(self)
        self.contexts = AsyncContextsRoutes(self)
        self.learnings = AsyncLearningsRoutes(self)
        self.personas = AsyncPersonasRoutes(self)
        self.scripts = AsyncScriptsRoutes(self)
        self.skills = AsyncSkillsRoutes(self)
        self.members = AsyncMembersRoutes(self)
        self.invitations = AsyncInvitationsRoutes(self)
        self.audit = AsyncAuditRoutes(self)
        self.analytics = AsyncAnalyticsRoutes(self)

    async def health(self) -> Health:
        """Is the service up, and can it reach its storage?

        GET /health.
        """
        return await self._one(Health, "GET", "/health")

    async def openapi(self) -> dict[str, Any]:
        """This description of the API, as OpenAPI 3.1.

        GET /openapi.json.
        """
        return await self._document("/openapi.json")

    async def whoami(self) -> Whoami:
        """Which key is this, and what may it do?

        GET /whoami.
        """
        return await self._one(Whoami, "GET", "/whoami")
