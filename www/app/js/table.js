/* The table of the service, made by www/generate.py, which says what is in it; `make generate` renews it. */
export { resources, states } from "./table-early.js";

export const bodies = {
  "credentials.revoke": {
    credentials: {
      type: "texts", required: true, min: 1, max: 100, help: "The keys, whole.  What is none is passed over.",
    },
  },
  "session.create": {
    email: { type: "line", required: true, min: 1, max: 254, help: "The account's e-mail address." },
    password: { type: "line", required: true, min: 1, max: 200, help: "Its password." },
  },
  "session.update": {
    name: {
      type: "line", nullable: true, min: 1, max: 100, help: "What people call them; null: their address will do.",
    },
    emailNotifications: {
      type: "choice", choices: ["none", "important", "all"],
      help:
        "What they are notified of by e-mail, where sendsEmail says that the operator has set that up: all that the" +
        " projects' notifications tell them; important: of it what somebody should see soon, such as failed runs; " +
        "none.",
    },
  },
  "session.password": {
    currentPassword: { type: "line", required: true, min: 1, max: 200, help: "The password until now." },
    newPassword: { type: "line", required: true, min: 12, max: 200, help: "The password from now on." },
  },
  "session.invitation": {
    token: { type: "line", required: true, min: 1, max: 100, help: "From the invitation's link." },
  },
  "session.accept": {
    token: { type: "line", required: true, min: 1, max: 100, help: "From the invitation's link." },
    name: {
      type: "line", nullable: true, min: 1, max: 100, help: "What people call them; null: their address will do.",
    },
    password: {
      type: "line", required: true, min: 1, max: 200,
      help: "Of a new account: at least 12 characters.  Where the address has an account: that one's password.",
    },
  },
  "projects.create": {
    name: { type: "line", required: true, min: 1, max: 100, help: "What people call it." },
    slug: { type: "line", min: 1, max: 100, help: "Its name in commands; left out: made from the name." },
    examples: { type: "boolean", help: "Put two example workflows into it." },
  },
  "project.update": {
    name: { type: "line", min: 1, max: 100, help: "What people call it." },
    slug: { type: "line", min: 1, max: 100, help: "Its name in commands: lower-case letters, digits and hyphens." },
    githubRepoUrl: { type: "url", nullable: true, min: 1, max: 500, help: "The repository its runs work on." },
  },
  "project.settings.update": {
    systemPrompt: {
      type: "text", nullable: true, min: 0, max: 262144, help: "What every agent of the project is told first.",
    },
    defaultAgent: { type: "line", nullable: true, min: 1, max: 40, help: "The agent of steps that name none." },
    defaultModel: { type: "line", nullable: true, min: 1, max: 100, help: "The model of steps that name none." },
    gitCommitName: { type: "line", nullable: true, min: 1, max: 100, help: "Author name of the commits runs make." },
    gitCommitEmail: {
      type: "line", nullable: true, min: 3, max: 254, help: "Author address of the commits runs make.",
    },
    pullRequestTemplate: {
      type: "text", nullable: true, min: 1, max: 20000,
      help:
        "The text of its pull requests, with {{title}}, {{issue}}, {{prompt}}, {{steps}}, {{verdict}}, {{cost}} and" +
        " {{run}} where those stand; null: what was asked.",
    },
    envVars: {
      type: "map", max: 100,
      help:
        "Environment of the agents.  Sent: names to texts, null removes one, names left out stay.  Answered: names " +
        "to the last four characters of each value.",
      names: "^[A-Za-z_][0-9A-Za-z_]{0,63}$", value: 8192,
    },
  },
  "project.budget.update": {
    perDayUsd: {
      type: "number", nullable: true, min: 0, max: 1000000,
      help: "What all runs of a day (UTC) may cost, in US dollars; 0: nothing may be started; null: no limit.",
    },
    perMonthUsd: { type: "number", nullable: true, min: 0, max: 1000000, help: "The same of a month (UTC)." },
    perRunUsd: { type: "number", nullable: true, min: 0, max: 1000000, help: "What one run may cost." },
    warnAtPercent: { type: "integer", min: 1, max: 100, help: "From how much of it on it is told that it runs out." },
    isHard: {
      type: "boolean",
      help: "When it is spent, no run is started, and those that are under way are stopped; false: it is only told.",
    },
  },
  "project.providerKeys.set": {
    key: {
      type: "line", required: true, min: 12, max: 4096,
      help: "The key, as the service gave it: printable ASCII without blanks.",
    },
  },
  "costRates.set": {
    service: {
      type: "line", required: true, min: 1, max: 40,
      help: "Who asks for it: anthropic, openai, google, what stands before the first / of a model's name, or sandbox.",
    },
    model: {
      type: "line", nullable: true, min: 1, max: 100,
      help: "For which model, without a date at the end of its name; null: for any that has none of its own.",
    },
    metric: {
      type: "choice", required: true,
      choices: ["input-tokens", "output-tokens", "cache-read-tokens", "cache-write-tokens", "sandbox-seconds"],
      help: "For what.",
    },
    usdPerUnit: { type: "number", required: true, min: 0, max: 1000, help: "US dollars for one `unit`." },
    effectiveFrom: { type: "time", help: "From when on it holds, until a later one does; left out: now." },
  },
  "costRates.update": {
    service: {
      type: "line", min: 1, max: 40,
      help: "Who asks for it: anthropic, openai, google, what stands before the first / of a model's name, or sandbox.",
    },
    model: {
      type: "line", nullable: true, min: 1, max: 100,
      help: "For which model, without a date at the end of its name; null: for any that has none of its own.",
    },
    metric: {
      type: "choice",
      choices: ["input-tokens", "output-tokens", "cache-read-tokens", "cache-write-tokens", "sandbox-seconds"],
      help: "For what.",
    },
    usdPerUnit: { type: "number", min: 0, max: 1000, help: "US dollars for one `unit`." },
    effectiveFrom: { type: "time", help: "From when on it holds, until a later one does; left out: now." },
  },
  "keys.create": {
    name: { type: "line", required: true, min: 1, max: 80, help: "What people call it." },
    scopes: { type: "scopes", required: true, min: 1, max: 27, help: "What it may do." },
    mode: {
      type: "choice", choices: ["live", "test"], default: "live", help: "live, or test: its runs are rehearsals.",
    },
    allowedNetworks: {
      type: "networks", nullable: true, min: 1, max: 50,
      help: "From where it may be used; null: from anywhere, which answers say as an empty list.",
    },
    rateLimit: {
      type: "integer", nullable: true, min: 1, max: 1000000, help: "Requests a minute; null: the instance's default.",
    },
    expiresAt: { type: "time", nullable: true, help: "When it stops working; null: never." },
  },
  "keys.update": {
    name: { type: "line", min: 1, max: 80, help: "What people call it." },
    scopes: { type: "scopes", min: 1, max: 27, help: "What it may do." },
    allowedNetworks: {
      type: "networks", nullable: true, min: 1, max: 50,
      help: "From where it may be used; null: from anywhere, which answers say as an empty list.",
    },
    rateLimit: {
      type: "integer", nullable: true, min: 1, max: 1000000, help: "Requests a minute; null: the instance's default.",
    },
    expiresAt: { type: "time", nullable: true, help: "When it stops working; null: never." },
  },
  "keys.rotate": {
    overlapSeconds: {
      type: "integer", min: 0, max: 2592000, default: 86400,
      help: "How long the old key still works; 0: it stops at once.",
    },
  },
  "workflows.duplicate": {
    name: { type: "line", min: 1, max: 200, help: "The copy's name; left out: the original's, with \"(copy)\"." },
  },
  "workflows.runDry": {
    name: { type: "line", min: 1, max: 200, help: "What people call it; left out: the workflow's name." },
    prompt: { type: "text", nullable: true, min: 0, max: 1048576, help: "What the first step is asked." },
    issueId: { type: "id", nullable: true, refers: "issue", help: "The issue it works on." },
    candidates: {
      type: "integer", nullable: true, min: 2, max: 8,
      help: "How many runs to start of this, each on its own branch; a judge names the one that gets the pull request.",
    },
    githubRepoUrl: {
      type: "url", nullable: true, min: 1, max: 500, help: "The repository; null: the workflow's or the project's.",
    },
    branchName: {
      type: "line", nullable: true, min: 1, max: 200,
      help: "The branch to work on; null: one of its own, cc/run-N with a piece of its id.",
    },
    baseBranch: {
      type: "line", nullable: true, min: 1, max: 200,
      help:
        "The branch that a new one begins at, and that its pull request would be merged into; null: the " +
        "repository's main branch.",
    },
    draft: { type: "boolean", help: "Its pull request is opened as a draft." },
    maxIterations: {
      type: "integer", min: 1, max: 100, default: 3,
      help: "How many rounds a loop may take that names no limit of its own.",
    },
  },
  "runs.start": {
    name: { type: "line", min: 1, max: 200, help: "What people call it; left out: the workflow's name." },
    prompt: { type: "text", nullable: true, min: 0, max: 1048576, help: "What the first step is asked." },
    workflowId: {
      type: "id", required: true, refers: "workflow",
      help: "The workflow to run; null: sessions and sandboxes have none.",
    },
    issueId: { type: "id", nullable: true, refers: "issue", help: "The issue it works on." },
    candidates: {
      type: "integer", nullable: true, min: 2, max: 8,
      help: "How many runs to start of this, each on its own branch; a judge names the one that gets the pull request.",
    },
    githubRepoUrl: {
      type: "url", nullable: true, min: 1, max: 500, help: "The repository; null: the workflow's or the project's.",
    },
    branchName: {
      type: "line", nullable: true, min: 1, max: 200,
      help: "The branch to work on; null: one of its own, cc/run-N with a piece of its id.",
    },
    baseBranch: {
      type: "line", nullable: true, min: 1, max: 200,
      help:
        "The branch that a new one begins at, and that its pull request would be merged into; null: the " +
        "repository's main branch.",
    },
    draft: { type: "boolean", help: "Its pull request is opened as a draft." },
    maxIterations: {
      type: "integer", min: 1, max: 100, default: 3,
      help: "How many rounds a loop may take that names no limit of its own.",
    },
  },
  "runs.update": {
    name: { type: "line", min: 1, max: 200, help: "What people call it; left out: the workflow's name." },
  },
  "runs.retry": {
    fromStep: {
      type: "integer", nullable: true, min: 1, max: 50,
      help: "The step to begin with, counted from 1; left out: the first that was not completed.",
    },
  },
  "sessions.create": {
    kind: {
      type: "choice", required: true, choices: ["discovery", "answering", "evaluation", "judge", "learning"],
      help:
        "discovery finds issues and questions, answering answers open questions, evaluation scores a run, judge " +
        "names the best of several, learning proposes what a run has taught.",
    },
    name: { type: "line", min: 1, max: 200, help: "What people call it; left out: what its kind is called." },
    prompt: { type: "text", nullable: true, min: 0, max: 262144, help: "What to look at in particular." },
    runIds: {
      type: "ids", nullable: true, min: 1, max: 8, refers: "run",
      help:
        "The finished runs that it is about: one for evaluation and learning, two or more of the same task for " +
        "judge.",
    },
    questionIds: {
      type: "ids", nullable: true, min: 1, max: 20, refers: "question",
      help: "The open questions that it answers; left out: the oldest.",
    },
    threshold: {
      type: "integer", nullable: true, min: 0, max: 100,
      help: "What an evaluation's composite figure must reach to pass; left out: 70.",
    },
    githubRepoUrl: {
      type: "url", nullable: true, min: 1, max: 500, help: "The repository; null: that of its runs, or the project's.",
    },
    baseBranch: {
      type: "line", nullable: true, min: 1, max: 200,
      help: "The branch that it reads; null: that of its runs, or the repository's main branch.",
    },
    agent: {
      type: "line", nullable: true, min: 1, max: 40, help: "Which agent answers; left out: the project's default.",
    },
    model: {
      type: "line", nullable: true, min: 1, max: 100, help: "Which model it uses; left out: the agent's own choice.",
    },
    personaId: { type: "id", nullable: true, refers: "persona", help: "The persona that answers." },
  },
  "sandboxes.create": {
    name: { type: "line", min: 1, max: 200, help: "What people call it; left out: Sandbox." },
    agent: {
      type: "line", nullable: true, min: 1, max: 40,
      help: "Which agent is in it; null: its persona's, or the project's default.",
    },
    model: {
      type: "line", nullable: true, min: 1, max: 100,
      help: "Which model it uses; null: its persona's, or the agent's own choice.",
    },
    personaId: { type: "id", nullable: true, refers: "persona", help: "The persona that answers." },
    contextIds: {
      type: "ids", nullable: true, min: 1, max: 50, refers: "context",
      help: "The contexts that its agent is given, of those that are active; null: all of them.",
    },
    githubRepoUrl: { type: "url", nullable: true, min: 1, max: 500, help: "The repository; null: the project's." },
    branchName: {
      type: "line", nullable: true, min: 1, max: 200,
      help: "The branch to work on and to push to; null: one of its own.",
    },
    baseBranch: {
      type: "line", nullable: true, min: 1, max: 200,
      help:
        "The branch that a new one begins at, and that its pull request would be merged into; null: the " +
        "repository's main branch.",
    },
    message: {
      type: "text", nullable: true, min: 1, max: 65536, help: "The first message, if it shall begin at once.",
    },
  },
  "sandboxes.update": { name: { type: "line", min: 1, max: 200, help: "What people call it; left out: Sandbox." } },
  "sandboxes.commit": {
    message: {
      type: "text", required: true, min: 1, max: 8000, help: "The commit's message; its first line is the subject.",
    },
    title: { type: "line", nullable: true, min: 1, max: 200, help: "Of the pull request; left out: the subject." },
    description: { type: "text", nullable: true, min: 0, max: 65536, help: "Of the pull request." },
    branchName: {
      type: "line", nullable: true, min: 1, max: 200,
      help: "What the branch shall be called, if none of it was pushed so far; left out: the sandbox's.",
    },
    draft: { type: "boolean", help: "The pull request is opened as a draft." },
  },
  "sandboxes.say": { text: { type: "text", required: true, min: 1, max: 65536, help: "What is said." } },
  "questions.update": { answer: { type: "text", min: 1, max: 8000, help: "The answer; null: there is none so far." } },
  "pulls.merge": {
    method: { type: "choice", choices: ["merge", "squash", "rebase"], default: "merge", help: "How." },
    force: { type: "boolean", help: "Whether checks that fail or are not done are no hindrance." },
  },
  "pulls.fix": {
    about: {
      type: "choice", nullable: true, choices: ["checks", "comments"],
      help: "Only what its checks say, or only what its reviews say; left out: both.",
    },
    workflowId: {
      type: "id", nullable: true, refers: "workflow",
      help: "The workflow to run; left out: that of the run which opened it.",
    },
    prompt: { type: "text", nullable: true, min: 0, max: 1048576, help: "What else the run is told, in front." },
  },
  "issues.importFrom": {
    url: {
      type: "line", required: true, min: 1, max: 1000, help: "Its address at the forge, as the browser shows it.",
    },
    commentOnIssue: {
      type: "boolean", nullable: true,
      help: "Whether runs of it that end are told there; left out: as it is, and of a new one not.",
    },
  },
  "webhooks.create": {
    url: {
      type: "line", required: true, min: 1, max: 2000, help: "Where messages are posted to: an https or http address.",
    },
    description: { type: "line", nullable: true, min: 0, max: 200, help: "What it is for, for people." },
    events: {
      type: "choices", min: 0, max: 14,
      choices: [
        "run.started", "run.completed", "run.failed", "run.cancelled", "step.completed", "pr.created", "pr.merged",
        "issue.created", "chain.completed", "chain.failed", "member.joined", "key.created", "key.revoked",
        "learning.proposed",
      ],
      help: "What it is told of; empty: everything.",
    },
    isEnabled: { type: "boolean", default: true, help: "Whether messages are written for it and delivered." },
  },
  "webhooks.update": {
    url: { type: "line", min: 1, max: 2000, help: "Where messages are posted to: an https or http address." },
    description: { type: "line", nullable: true, min: 0, max: 200, help: "What it is for, for people." },
    events: {
      type: "choices", min: 0, max: 14,
      choices: [
        "run.started", "run.completed", "run.failed", "run.cancelled", "step.completed", "pr.created", "pr.merged",
        "issue.created", "chain.completed", "chain.failed", "member.joined", "key.created", "key.revoked",
        "learning.proposed",
      ],
      help: "What it is told of; empty: everything.",
    },
    isEnabled: { type: "boolean", help: "Whether messages are written for it and delivered." },
  },
  "trash.empty": { kind: { type: "line", min: 1, max: 40, help: "Only what is of that kind; left out: of all." } },
  "chains.create": {
    name: { type: "line", required: true, min: 1, max: 180, help: "What people call it; its runs bear it too." },
    source: {
      type: "choice", required: true, choices: ["sprint", "issue"],
      help: "sprint: the workflow several times; issue: once for each issue.",
    },
    workflowId: { type: "id", required: true, refers: "workflow", help: "The workflow to run." },
    prompt: {
      type: "text", nullable: true, min: 0, max: 1048576,
      help: "What its runs are asked; null: what the issue suggests.",
    },
    issueIds: { type: "ids", nullable: true, min: 1, max: 100, refers: "issue", help: "The issues, in their order." },
    runCount: {
      type: "integer", nullable: true, min: 1, max: 100,
      help: "How many runs in all; needed for a sprint, told by issueIds for issues.",
    },
  },
  "personas.duplicate": {
    name: { type: "line", min: 1, max: 200, help: "The copy's name; left out: the original's, with \"(copy)\"." },
  },
  "contexts.publish": {
    note: { type: "line", nullable: true, min: 1, max: 500, help: "What has changed, for people." },
  },
  "skills.publish": { note: { type: "line", nullable: true, min: 1, max: 500, help: "What has changed, for people." } },
  "commands.publish": {
    note: { type: "line", nullable: true, min: 1, max: 500, help: "What has changed, for people." },
  },
  "scripts.publish": {
    note: { type: "line", nullable: true, min: 1, max: 500, help: "What has changed, for people." },
  },
  "invitations.create": {
    email: { type: "line", required: true, min: 3, max: 254, help: "Whom it is for." },
    role: { type: "choice", choices: ["member", "admin", "owner"], default: "member", help: "What they will be." },
  },
  "members.update": { role: { type: "choice", choices: ["member", "admin", "owner"], help: "What they may do." } },
};

export const queries = {
  "project.providerKeys.get": {
    provider: {
      type: "choice",
      choices: ["anthropic", "anthropic_token", "openai", "openrouter", "gemini", "github", "gitlab", "gitea"],
      help: "Whose service.",
    },
  },
  "project.providerKeys.set": {
    provider: {
      type: "choice",
      choices: ["anthropic", "anthropic_token", "openai", "openrouter", "gemini", "github", "gitlab", "gitea"],
      help: "Whose service.",
    },
  },
  "project.providerKeys.delete": {
    provider: {
      type: "choice",
      choices: ["anthropic", "anthropic_token", "openai", "openrouter", "gemini", "github", "gitlab", "gitea"],
      help: "Whose service.",
    },
  },
  "project.providerKeys.test": {
    provider: {
      type: "choice",
      choices: ["anthropic", "anthropic_token", "openai", "openrouter", "gemini", "github", "gitlab", "gitea"],
      help: "Whose service.",
    },
  },
  "webhooks.deliveries": {
    status: { type: "choice", choices: ["pending", "delivered", "failed"], help: "Only those." },
  },
  "notifications.list": { filter: { type: "choice", choices: ["all", "unread"], help: "Left out: all." } },
  "members.update": {
    keys: {
      type: "choice", choices: ["revoke", "keep"], default: "revoke",
      help:
        "What becomes of the person's API keys and schedules that they may not have any more: revoke ends them, " +
        "keep makes them the caller's, who must be an owner.",
    },
  },
  "members.delete": {
    keys: {
      type: "choice", choices: ["revoke", "keep"], default: "revoke",
      help:
        "What becomes of the person's API keys and schedules that they may not have any more: revoke ends them, " +
        "keep makes them the caller's, who must be an owner.",
    },
  },
  "analytics.runs": {
    groupBy: {
      type: "choice", choices: ["day", "workflow", "persona"], default: "day", help: "What a line stands for.",
    },
  },
  "analytics.usage": {
    groupBy: {
      type: "choice", choices: ["day", "service", "model", "workflow", "persona", "member", "run"], default: "day",
      help: "What a line stands for; a member is whoever has started the run: a person, or a key.",
    },
  },
};
