/* The table of the service, made by www/generate.py, which says what is in it; `make generate` renews it. */
export const resources = {
  apiKey: {
    group: "keys", path: "/project/api-keys", scope: "keys", plain: false, about: "What a program shows to be let in.",
    fields: {
      name: { type: "line", min: 1, max: 80, search: true, help: "What people call it." },
      scopes: { type: "scopes", help: "What it may do." },
      mode: {
        type: "choice", choices: ["live", "test"], fixed: true, filter: true,
        help: "live, or test: its runs are rehearsals.",
      },
      allowedNetworks: {
        type: "networks", nullable: true,
        help: "From where it may be used; null: from anywhere, which answers say as an empty list.",
      },
      rateLimit: {
        type: "integer", nullable: true, min: 1, max: 1000000, help: "Requests a minute; null: the instance's default.",
      },
      expiresAt: { type: "time", nullable: true, help: "When it stops working; null: never." },
    },
  },
  workflow: {
    group: "workflows", path: "/workflows", scope: "workflows", plain: true, about: "Steps that a run goes through.",
    trash: true,
    fields: {
      id: { type: "id", readOnly: true },
      name: { type: "line", min: 1, max: 200, search: true, help: "What people call it.", required: true },
      description: { type: "text", nullable: true, min: 0, max: 2000, help: "What it is for." },
      status: {
        type: "choice", choices: ["active", "draft", "archived"], filter: true,
        help: "Archived workflows cannot be started.", default: "active",
      },
      githubRepoUrl: {
        type: "url", nullable: true, min: 1, max: 500, help: "The repository its runs work on; null: the project's.",
      },
      activeVersion: { type: "integer", readOnly: true },
      latestVersion: { type: "integer", readOnly: true },
      stepCount: { type: "integer", readOnly: true },
      steps: {
        type: "list", detail: true, help: "What is done, in order; each step's output feeds the next.",
        fields: {
          label: { type: "line", min: 1, max: 100, help: "What people call the step; left out: its role." },
          role: {
            type: "choice", required: true,
            choices: [
              "designer", "checker", "optimizer", "prompter", "investigator", "deep-dive", "planner", "reviewer",
              "evaluator", "judge", "answerer", "custom",
            ],
            help: "What the step is there for.",
          },
          personaId: { type: "id", nullable: true, refers: "persona", help: "Who takes the step." },
          agent: {
            type: "line", nullable: true, min: 1, max: 40, help: "Which agent; null: the persona's or the project's.",
          },
          model: {
            type: "line", nullable: true, min: 1, max: 100,
            help: "Which model; null: the persona's or the agent's own.",
          },
          instructions: { type: "text", min: 0, max: 262144, default: "", help: "What to do." },
          timeoutSeconds: {
            type: "integer", min: 1, max: 86400, default: 1800, help: "After how long the step has failed.",
          },
          loopId: {
            type: "line", nullable: true, min: 1, max: 40,
            help: "Steps that share one repeat together until the checker's verdict is pass.",
          },
          loopMaxIterations: {
            type: "integer", nullable: true, min: 1, max: 100, help: "How often the loop may go round.",
          },
        },
        required: true, min: 1, max: 50,
      },
      createdAt: { type: "time", readOnly: true },
      updatedAt: { type: "time", readOnly: true },
    },
  },
  run: {
    group: "runs", path: "/runs", scope: "runs", plain: false, about: "One execution of a workflow.",
    fields: {
      name: {
        type: "line", min: 1, max: 200, search: true, help: "What people call it; left out: the workflow's name.",
      },
      status: {
        type: "choice", choices: ["pending", "running", "paused", "cancelling", "completed", "failed", "cancelled"],
        readOnly: true, filter: true,
      },
      mode: { type: "choice", choices: ["live", "test"], readOnly: true },
      source: {
        type: "choice", choices: ["workflow", "scheduled", "sprint", "issue", "fix", "session", "sandbox"],
        readOnly: true, filter: true,
      },
      prompt: {
        type: "text", nullable: true, min: 0, max: 1048576, fixed: true, detail: true,
        help: "What the first step is asked.",
      },
      workflowId: {
        type: "id", nullable: true, refers: "workflow", fixed: true, filter: true,
        help: "The workflow to run; null: sessions and sandboxes have none.",
      },
      issueId: { type: "id", nullable: true, refers: "issue", fixed: true, help: "The issue it works on." },
      githubRepoUrl: {
        type: "url", nullable: true, min: 1, max: 500, fixed: true,
        help: "The repository; null: the workflow's or the project's.",
      },
      branchName: {
        type: "line", nullable: true, min: 1, max: 200, fixed: true,
        help: "The branch to work on; null: one of its own, cc/run-N with a piece of its id.",
      },
      baseBranch: {
        type: "line", nullable: true, min: 1, max: 200, fixed: true,
        help:
          "The branch that a new one begins at, and that its pull request would be merged into; null: the " +
          "repository's main branch.",
      },
      draft: { type: "boolean", fixed: true, help: "Its pull request is opened as a draft." },
      maxIterations: {
        type: "integer", min: 1, max: 100, fixed: true,
        help: "How many rounds a loop may take that names no limit of its own.",
      },
      verdict: { type: "choice", nullable: true, choices: ["pass", "fail"], readOnly: true },
      pushStatus: { type: "choice", nullable: true, choices: ["pushed", "none", "failed"], readOnly: true },
    },
  },
  candidateGroup: {
    group: "candidates", path: "/candidates", scope: "runs", plain: false,
    about: "Several runs of one task, of which one gets the pull request.",
    fields: {
      status: {
        type: "choice", choices: ["running", "judging", "decided", "undecided", "failed", "cancelled"], readOnly: true,
        filter: true,
      },
      mode: { type: "choice", choices: ["live", "test"], readOnly: true },
      chosenBy: { type: "choice", nullable: true, choices: ["judge", "only", "person"], readOnly: true },
    },
  },
  agentSession: {
    group: "sessions", path: "/sessions", scope: "runs", plain: false,
    about: "A run whose agent looks at something and answers as data.",
    fields: {
      kind: {
        type: "choice", choices: ["discovery", "answering", "evaluation", "judge", "learning"], fixed: true,
        filter: true,
        help:
          "discovery finds issues and questions, answering answers open questions, evaluation scores a run, judge " +
          "names the best of several, learning proposes what a run has taught.",
      },
      name: {
        type: "line", min: 1, max: 200, fixed: true, help: "What people call it; left out: what its kind is called.",
      },
      status: {
        type: "choice", choices: ["pending", "running", "paused", "cancelling", "completed", "failed", "cancelled"],
        readOnly: true, filter: true,
      },
      prompt: {
        type: "text", nullable: true, min: 0, max: 262144, fixed: true, detail: true,
        help: "What to look at in particular.",
      },
      runIds: {
        type: "ids", nullable: true, refers: "run", fixed: true,
        help:
          "The finished runs that it is about: one for evaluation and learning, two or more of the same task for " +
          "judge.",
      },
      questionIds: {
        type: "ids", nullable: true, refers: "question", fixed: true,
        help: "The open questions that it answers; left out: the oldest.",
      },
      threshold: {
        type: "integer", nullable: true, min: 0, max: 100, fixed: true,
        help: "What an evaluation's composite figure must reach to pass; left out: 70.",
      },
      githubRepoUrl: {
        type: "url", nullable: true, min: 1, max: 500, fixed: true,
        help: "The repository; null: that of its runs, or the project's.",
      },
      baseBranch: {
        type: "line", nullable: true, min: 1, max: 200, fixed: true,
        help: "The branch that it reads; null: that of its runs, or the repository's main branch.",
      },
    },
  },
  sandbox: {
    group: "sandboxes", path: "/sandboxes", scope: "runs", plain: false,
    about: "A workspace with an agent in it, with which one talks.",
    fields: {
      name: { type: "line", min: 1, max: 200, help: "What people call it; left out: Sandbox." },
      status: {
        type: "choice", choices: ["opening", "idle", "working", "paused", "killing", "killed", "failed", "expired"],
        readOnly: true, filter: true,
      },
      agent: {
        type: "line", nullable: true, min: 1, max: 40, fixed: true,
        help: "Which agent is in it; null: its persona's, or the project's default.",
      },
      model: {
        type: "line", nullable: true, min: 1, max: 100, fixed: true,
        help: "Which model it uses; null: its persona's, or the agent's own choice.",
      },
      personaId: { type: "id", nullable: true, refers: "persona", fixed: true, help: "The persona that answers." },
      contextIds: {
        type: "ids", nullable: true, refers: "context", fixed: true,
        help: "The contexts that its agent is given, of those that are active; null: all of them.",
      },
      githubRepoUrl: {
        type: "url", nullable: true, min: 1, max: 500, fixed: true, help: "The repository; null: the project's.",
      },
      branchName: {
        type: "line", nullable: true, min: 1, max: 200, fixed: true,
        help: "The branch to work on and to push to; null: one of its own.",
      },
      baseBranch: {
        type: "line", nullable: true, min: 1, max: 200, fixed: true,
        help:
          "The branch that a new one begins at, and that its pull request would be merged into; null: the " +
          "repository's main branch.",
      },
      pushStatus: { type: "choice", nullable: true, choices: ["pushed", "none", "failed"], readOnly: true },
    },
  },
  question: {
    group: "questions", path: "/questions", scope: "issues", plain: false, about: "What a session could not find out.",
    fields: {
      status: { type: "choice", choices: ["open", "answered", "approved", "dismissed"], readOnly: true, filter: true },
      answer: { type: "text", nullable: true, min: 1, max: 8000, help: "The answer; null: there is none so far." },
    },
  },
  pullRequest: {
    group: "pulls", path: "/pull-requests", scope: "runs", plain: false,
    about: "What a run proposes to merge, as its forge says it is.",
    fields: {
      state: { type: "choice", choices: ["open", "merged", "closed"], readOnly: true, filter: true },
      checksStatus: { type: "choice", choices: ["none", "pending", "success", "failure"], readOnly: true },
      forge: { type: "choice", choices: ["github", "gitlab", "gitea"], readOnly: true },
      pendingAction: { type: "choice", nullable: true, choices: ["refresh", "merge", "close"], readOnly: true },
    },
  },
  branch: {
    group: "branches", path: "/branches", scope: "runs", plain: false,
    about: "A branch that a run has pushed, as its forge says it is.",
    fields: {
      state: { type: "choice", choices: ["present", "deleted"], readOnly: true, filter: true },
      pendingAction: { type: "choice", nullable: true, choices: ["refresh", "delete"], readOnly: true },
    },
  },
  webhookEndpoint: {
    group: "webhooks", path: "/webhooks/endpoints", scope: "webhooks", plain: false,
    about: "Where the messages of a project are posted to.",
    fields: {
      url: { type: "line", min: 1, max: 2000, help: "Where messages are posted to: an https or http address." },
      description: { type: "line", nullable: true, min: 0, max: 200, help: "What it is for, for people." },
      events: {
        type: "choices",
        choices: [
          "run.started", "run.completed", "run.failed", "run.cancelled", "step.completed", "pr.created", "pr.merged",
          "issue.created", "chain.completed", "chain.failed", "member.joined", "key.created", "key.revoked",
          "learning.proposed",
        ],
        help: "What it is told of; empty: everything.",
      },
      isEnabled: { type: "boolean", filter: true, help: "Whether messages are written for it and delivered." },
      disabledReason: { type: "choice", nullable: true, choices: ["gone", "forbidden"], readOnly: true },
      mode: { type: "choice", choices: ["live", "test"], readOnly: true, fixed: true },
    },
  },
  chain: {
    group: "chains", path: "/chains", scope: "runs", plain: false, about: "Runs that follow one another.",
    fields: {
      name: {
        type: "line", min: 1, max: 180, fixed: true, search: true, help: "What people call it; its runs bear it too.",
      },
      source: {
        type: "choice", choices: ["sprint", "issue"], fixed: true, filter: true,
        help: "sprint: the workflow several times; issue: once for each issue.",
      },
      status: {
        type: "choice", choices: ["running", "completed", "failed", "cancelled"], readOnly: true, filter: true,
      },
      mode: { type: "choice", choices: ["live", "test"], readOnly: true },
      workflowId: { type: "id", refers: "workflow", fixed: true, filter: true, help: "The workflow to run." },
      prompt: {
        type: "text", nullable: true, min: 0, max: 1048576, fixed: true, detail: true,
        help: "What its runs are asked; null: what the issue suggests.",
      },
      issueIds: {
        type: "ids", nullable: true, refers: "issue", fixed: true, detail: true, help: "The issues, in their order.",
      },
      runCount: {
        type: "integer", nullable: true, min: 1, max: 100, fixed: true,
        help: "How many runs in all; needed for a sprint, told by issueIds for issues.",
      },
    },
  },
  schedule: {
    group: "schedules", path: "/schedules", scope: "schedules", plain: true,
    about: "A workflow that runs by the clock.", trash: true,
    fields: {
      id: { type: "id", readOnly: true },
      name: {
        type: "line", min: 1, max: 200, search: true, help: "What people call it; its runs bear it too.",
        required: true,
      },
      workflowId: { type: "id", refers: "workflow", filter: true, help: "The workflow to run.", required: true },
      mode: { type: "choice", choices: ["live", "test"], readOnly: true, fixed: true },
      actsFor: { type: "line", nullable: true, readOnly: true },
      prompt: { type: "text", nullable: true, min: 0, max: 1048576, detail: true, help: "What its runs are asked." },
      frequency: {
        type: "choice", choices: ["daily", "every_other_day", "weekly", "biweekly", "monthly"],
        help: "How often.  Days and weeks count from its first run; a month that is too short has its last day.",
        required: true,
      },
      weekdays: {
        type: "choices", choices: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
        help: "On which days of the week; with weekly and biweekly alone.  Empty: on that of its first run.", min: 0,
        max: 7,
      },
      dayOfMonth: {
        type: "integer", nullable: true, min: 1, max: 31,
        help:
          "On which day of the month; with monthly alone.  A shorter month has its last day, so 31 is the last day " +
          "of each.  null: on that of its first run.",
      },
      timeZone: { type: "line", min: 1, max: 64, help: "The IANA time zone of hour and minute.", default: "UTC" },
      hour: { type: "integer", min: 0, max: 23, help: "At which hour.", required: true },
      minute: { type: "integer", min: 0, max: 59, help: "At which minute of it.", default: 0 },
      isEnabled: { type: "boolean", filter: true, help: "Whether it starts runs.", default: true },
      nextRunAt: { type: "time", nullable: true, readOnly: true },
      nextRuns: {
        type: "list", readOnly: true, detail: true,
        fields: { at: { type: "time", help: "When it starts one." } },
      },
      lastRunAt: { type: "time", nullable: true, readOnly: true },
      lastRunId: { type: "id", nullable: true, refers: "run", readOnly: true },
      lastError: { type: "line", nullable: true, readOnly: true },
      lastErrorCode: { type: "line", nullable: true, readOnly: true },
      lastErrorParams: { type: "any", nullable: true, readOnly: true },
      createdAt: { type: "time", readOnly: true },
      updatedAt: { type: "time", readOnly: true },
    },
  },
  command: {
    group: "commands", path: "/commands", scope: "assets", plain: true,
    about: "What agents do for a word behind a slash, as a draft and its published versions.", trash: true,
    fields: {
      id: { type: "id", readOnly: true },
      name: {
        type: "line", min: 1, max: 64, help: "The word behind the slash: small letters, digits, '-', '_' and '.'.",
        required: true,
      },
      description: {
        type: "text", nullable: true, min: 0, max: 2000, help: "What it is for; for people, never in a prompt.",
      },
      activeVersion: { type: "integer", nullable: true, readOnly: true },
      latestVersion: { type: "integer", readOnly: true },
      isEnabled: {
        type: "boolean", filter: true,
        help: "Whether runs are given its active version; a switch that leaves the versions alone.", default: true,
      },
      content: {
        type: "text", min: 1, max: 262144, detail: true,
        help: "The draft, in Markdown: what the agent is told for that word, once it is published.", required: true,
      },
      createdAt: { type: "time", readOnly: true },
      updatedAt: { type: "time", readOnly: true },
    },
  },
  context: {
    group: "contexts", path: "/contexts", scope: "contexts", plain: true,
    about: "What every agent of the project should know, as a draft and its published versions.", trash: true,
    fields: {
      id: { type: "id", readOnly: true },
      name: { type: "line", min: 1, max: 200, search: true, help: "What people call it.", required: true },
      description: {
        type: "text", nullable: true, min: 0, max: 2000, help: "What it is for; for people, never in a prompt.",
      },
      activeVersion: { type: "integer", nullable: true, readOnly: true },
      latestVersion: { type: "integer", readOnly: true },
      isEnabled: {
        type: "boolean", filter: true,
        help: "Whether runs are given its active version; a switch that leaves the versions alone.", default: true,
      },
      content: {
        type: "text", min: 1, max: 262144, detail: true,
        help: "The draft, in Markdown: what agents are told once it is published.", required: true,
      },
      createdAt: { type: "time", readOnly: true },
      updatedAt: { type: "time", readOnly: true },
    },
  },
  issue: {
    group: "issues", path: "/issues", scope: "issues", plain: true, about: "Work that waits for a run.", trash: true,
    fields: {
      id: { type: "id", readOnly: true },
      title: { type: "line", min: 1, max: 200, search: true, help: "What is to be done, in a line.", required: true },
      description: {
        type: "text", nullable: true, min: 0, max: 1048576, detail: true, help: "What is to be done, in full.",
      },
      sourceUrl: {
        type: "url", nullable: true, min: 1, max: 500,
        help: "Where it stands elsewhere; its runs' prompts and pull requests name it.",
      },
      priority: {
        type: "choice", choices: ["low", "medium", "high", "critical"], filter: true, help: "How much it matters.",
        default: "medium",
      },
      status: {
        type: "choice", choices: ["new", "running", "completed", "failed"], filter: true,
        help: "Where it stands; runs started from it move it on.", default: "new",
      },
      suggestedPrompt: {
        type: "text", nullable: true, min: 0, max: 1048576, detail: true, help: "The prompt of a run started from it.",
      },
      commentOnIssue: {
        type: "boolean",
        help:
          "Whether a run of it that ends is told where it stands, as a comment that links the run; for issues at a " +
          "forge.",
      },
      pendingAction: { type: "choice", nullable: true, choices: ["import"], readOnly: true },
      actionError: { type: "line", nullable: true, readOnly: true },
      actionErrorCode: { type: "line", nullable: true, readOnly: true },
      actionErrorParams: { type: "any", nullable: true, readOnly: true },
      importedAt: { type: "time", nullable: true, readOnly: true },
      origin: { type: "choice", choices: ["created", "imported", "discovered"], readOnly: true, filter: true },
      kind: {
        type: "choice", nullable: true,
        choices: ["bug", "security", "performance", "maintainability", "test", "documentation"], readOnly: true,
      },
      file: { type: "line", nullable: true, readOnly: true },
      sessionId: { type: "id", nullable: true, refers: "run", readOnly: true },
      createdAt: { type: "time", readOnly: true },
      updatedAt: { type: "time", readOnly: true },
    },
  },
  learning: {
    group: "learnings", path: "/learnings", scope: "learnings", plain: true,
    about: "What a run has taught, for all agents of the project once somebody has approved it.", trash: true,
    fields: {
      id: { type: "id", readOnly: true },
      title: { type: "line", min: 1, max: 200, search: true, help: "What is to be known, in a line.", required: true },
      status: { type: "choice", choices: ["proposed", "approved", "rejected"], readOnly: true, filter: true },
      runId: {
        type: "id", nullable: true, refers: "run", fixed: true, filter: true, help: "The run that has taught it.",
      },
      activeVersion: { type: "integer", nullable: true, readOnly: true },
      latestVersion: { type: "integer", readOnly: true },
      content: {
        type: "text", min: 1, max: 16384, detail: true, help: "What agents are told once it is approved, in Markdown.",
        required: true,
      },
      createdAt: { type: "time", readOnly: true },
      updatedAt: { type: "time", readOnly: true },
    },
  },
  persona: {
    group: "personas", path: "/personas", scope: "personas", plain: true,
    about: "How an agent should behave in a step: role, agent, model and instructions.", trash: true,
    fields: {
      id: { type: "id", readOnly: true },
      name: { type: "line", min: 1, max: 200, search: true, help: "What people call it.", required: true },
      type: {
        type: "choice",
        choices: [
          "designer", "checker", "optimizer", "prompter", "investigator", "deep-dive", "planner", "reviewer",
          "evaluator", "judge", "answerer", "custom",
        ],
        filter: true, help: "The role it is made for.", default: "custom",
      },
      agent: {
        type: "line", nullable: true, min: 1, max: 40, help: "Which agent answers; null: the project's default.",
      },
      model: {
        type: "line", nullable: true, min: 1, max: 100,
        help: "Which model the agent uses; null: the agent's own choice.",
      },
      thinkingEffort: {
        type: "choice", nullable: true, choices: ["low", "medium", "high", "max"],
        help: "How long the model may think.",
      },
      instructions: {
        type: "text", nullable: true, min: 0, max: 262144, detail: true, help: "What it is told before every step.",
      },
      contextId: {
        type: "id", nullable: true, refers: "context",
        help: "The context that its steps are given in place of all that are active; null: all.",
      },
      skillIds: {
        type: "ids", nullable: true, refers: "skill",
        help: "The skills that its steps are given in place of all that are active; null: all.", min: 0, max: 100,
      },
      commandIds: {
        type: "ids", nullable: true, refers: "command",
        help: "The commands that its steps are given in place of all that are active; null: all.", min: 0, max: 100,
      },
      scriptIds: {
        type: "ids", nullable: true, refers: "script",
        help: "The scripts that its steps are given in place of all that are active; null: all.", min: 0, max: 100,
      },
      isEnabled: { type: "boolean", filter: true, help: "Whether steps may use it.", default: true },
      createdAt: { type: "time", readOnly: true },
      updatedAt: { type: "time", readOnly: true },
    },
  },
  script: {
    group: "scripts", path: "/scripts", scope: "assets", plain: true,
    about: "A program that agents find in their home, as a draft and its published versions.", trash: true,
    fields: {
      id: { type: "id", readOnly: true },
      name: {
        type: "line", min: 1, max: 64, help: "The name of its file: small letters, digits, '-', '_' and '.'.",
        required: true,
      },
      description: {
        type: "text", nullable: true, min: 0, max: 2000, help: "What it is for; for people, never in a prompt.",
      },
      activeVersion: { type: "integer", nullable: true, readOnly: true },
      latestVersion: { type: "integer", readOnly: true },
      isEnabled: {
        type: "boolean", filter: true,
        help: "Whether runs are given its active version; a switch that leaves the versions alone.", default: true,
      },
      content: {
        type: "text", min: 1, max: 262144, detail: true,
        help: "The draft; its first line names what reads it: #!/bin/sh or #!/usr/bin/env python3.", required: true,
      },
      createdAt: { type: "time", readOnly: true },
      updatedAt: { type: "time", readOnly: true },
    },
  },
  skill: {
    group: "skills", path: "/skills", scope: "assets", plain: true,
    about: "A folder of files that agents find in their home, as a draft and its published versions.", trash: true,
    fields: {
      id: { type: "id", readOnly: true },
      name: {
        type: "line", min: 1, max: 64, help: "The name of its folder: small letters, digits, '-', '_' and '.'.",
        required: true,
      },
      description: {
        type: "text", nullable: true, min: 0, max: 2000, help: "What it is for; for people, never in a prompt.",
      },
      activeVersion: { type: "integer", nullable: true, readOnly: true },
      latestVersion: { type: "integer", readOnly: true },
      isEnabled: {
        type: "boolean", filter: true,
        help: "Whether runs are given its active version; a switch that leaves the versions alone.", default: true,
      },
      files: {
        type: "list", detail: true,
        help: "The draft: its files, one of which is SKILL.md; of at most 512 KiB together.",
        fields: {
          path: {
            type: "line", required: true, min: 1, max: 200,
            help: "Where it lies in the skill's folder: letters, digits, '-', '_' and '.', with '/' between.",
          },
          content: {
            type: "text", required: true, min: 0, max: 262144,
            help: "What it says; one that begins with #!/ can be started.",
          },
        },
        required: true, min: 1, max: 100,
      },
      createdAt: { type: "time", readOnly: true },
      updatedAt: { type: "time", readOnly: true },
    },
  },
  costRate: {
    group: "costRates", path: "/cost-rates", scope: "projects", plain: false,
    about: "What a service asks for a million tokens, or for an hour of a sandbox.",
    fields: {
      service: {
        type: "line", min: 1, max: 40, filter: true,
        help:
          "Who asks for it: anthropic, openai, google, what stands before the first / of a model's name, or " +
          "sandbox.",
      },
      model: {
        type: "line", nullable: true, min: 1, max: 100, filter: true,
        help: "For which model, without a date at the end of its name; null: for any that has none of its own.",
      },
      metric: {
        type: "choice",
        choices: ["input-tokens", "output-tokens", "cache-read-tokens", "cache-write-tokens", "sandbox-seconds"],
        filter: true, help: "For what.",
      },
      usdPerUnit: { type: "number", min: 0, max: 1000, help: "US dollars for one `unit`." },
      effectiveFrom: { type: "time", help: "From when on it holds, until a later one does; left out: now." },
    },
  },
  member: {
    group: "members", path: "/members", scope: "members", plain: false, about: "A person in a project.",
    fields: {
      role: { type: "choice", choices: ["member", "admin", "owner"], filter: true, help: "What they may do." },
    },
  },
  invitation: {
    group: "invitations", path: "/members/invitations", scope: "members", plain: false,
    about: "A link that lets one person into a project, once.",
    fields: {
      email: { type: "line", min: 3, max: 254, fixed: true, help: "Whom it is for." },
      role: { type: "choice", choices: ["member", "admin", "owner"], fixed: true, help: "What they will be." },
    },
  },
  auditEntry: {
    group: "audit", path: "/audit", scope: "audit", plain: false,
    about: "One change: who made it, when and from where.",
    fields: { actorType: { type: "choice", choices: ["key", "user", "local"], readOnly: true } },
  },
};

export const states = {
  step: {
    pending: { tone: "quiet", over: false, by: [] },
    running: { tone: "busy", over: false, by: [] },
    completed: { tone: "good", over: true, by: [] },
    failed: { tone: "bad", over: true, by: [] },
    cancelled: { tone: "quiet", over: true, by: [] },
    skipped: { tone: "quiet", over: true, by: [] },
  },
  run: {
    pending: { tone: "quiet", over: false, by: ["runs.cancel", "runs.stop", "sandboxes.pause"] },
    running: { tone: "busy", over: false, by: ["runs.pause", "runs.cancel", "runs.stop", "sandboxes.pause"] },
    paused: { tone: "held", over: false, by: ["runs.resume", "runs.cancel", "runs.stop", "sandboxes.say"] },
    cancelling: { tone: "ending", over: false, by: [] },
    completed: { tone: "good", over: true, by: [] },
    failed: { tone: "bad", over: true, by: [] },
    cancelled: { tone: "quiet", over: true, by: [] },
  },
  candidates: {
    running: { tone: "busy", over: false, by: ["candidates.cancel"] },
    judging: { tone: "busy", over: false, by: ["runs.choose", "candidates.cancel"] },
    decided: { tone: "good", over: true, by: [] },
    undecided: { tone: "held", over: false, by: ["runs.choose", "candidates.cancel"] },
    failed: { tone: "bad", over: true, by: [] },
    cancelled: { tone: "quiet", over: true, by: [] },
  },
  sandbox: {
    opening: { tone: "busy", over: false, by: ["sandboxes.pause", "sandboxes.kill"] },
    idle: {
      tone: "good", over: false,
      by: ["sandboxes.say", "sandboxes.commit", "sandboxes.pause", "sandboxes.restart", "sandboxes.kill"],
    },
    working: { tone: "busy", over: false, by: ["sandboxes.pause", "sandboxes.kill"] },
    paused: {
      tone: "held", over: false, by: ["sandboxes.resume", "sandboxes.resume", "sandboxes.restart", "sandboxes.kill"],
    },
    killing: { tone: "ending", over: false, by: [] },
    killed: { tone: "quiet", over: true, by: [] },
    failed: { tone: "bad", over: true, by: [] },
    expired: { tone: "quiet", over: true, by: [] },
  },
  question: {
    open: { tone: "busy", over: false, by: ["questions.update", "questions.dismiss"] },
    answered: { tone: "held", over: false, by: ["questions.update", "questions.approve", "questions.dismiss"] },
    approved: { tone: "good", over: false, by: ["questions.update", "questions.dismiss"] },
    dismissed: { tone: "quiet", over: false, by: ["questions.update"] },
  },
  pull: {
    open: { tone: "busy", over: false, by: [] },
    merged: { tone: "good", over: true, by: [] },
    closed: { tone: "quiet", over: false, by: [] },
  },
  chain: {
    running: { tone: "busy", over: false, by: ["chains.cancel"] },
    completed: { tone: "good", over: true, by: [] },
    failed: { tone: "bad", over: false, by: ["chains.cancel", "chains.resume"] },
    cancelled: { tone: "quiet", over: true, by: [] },
  },
  issue: {
    new: { tone: "quiet", over: false, by: [] },
    running: { tone: "busy", over: false, by: [] },
    completed: { tone: "good", over: false, by: [] },
    failed: { tone: "bad", over: false, by: [] },
  },
  learning: {
    proposed: { tone: "held", over: false, by: ["learnings.approve", "learnings.reject"] },
    approved: { tone: "good", over: false, by: ["learnings.update", "learnings.reject"] },
    rejected: { tone: "quiet", over: false, by: ["learnings.update", "learnings.approve"] },
  },
};
