/* Deutsch. Made by www/words/words.py from the catalogues beside it; `make generate` renews it. */
export default {
  "check.fine": "Dieser Lauf kann gestartet werden.",
  "check.not": "Dieser Lauf würde fehlschlagen.",
  "check.error": "Fehler",
  "check.warning": "Warnung",
  "check.step": "Schritt {n}",
  "check.steps": "Was getan würde",
  "check.installed": "der erste Agent, der installiert ist",
  "finding.START_REFUSED": "So würde er nicht gestartet",
  "finding.KEY_MISSING": "Der Key für das Modell fehlt",
  "finding.EFFORT_NOT_HONOURED": "Der Agent kann nicht so gründlich nachdenken wie gewünscht",
  "finding.PERSONA_DELETED": "Die Persona des Schritts wurde gelöscht",
  "finding.CONTEXT_LEFT_OUT": "A context would be left out",
  "finding.SANDBOX_OFF": "Die Sandbox ist ausgeschaltet",
  "finding.NO_WORKER": "Es ist kein Worker da",
  "finding.LIMIT_REACHED": "Der Lauf müsste warten",
  "personas.title": "Personas",
  "personas.about": "Wie sich ein Agent in einem Schritt verhalten soll.",
  "personas.new": "Neue Persona",
  "personas.edit": "Persona bearbeiten",
  "personas.none": "Noch keine Personas",
  "personas.noneText": "Eine Persona hält Rolle, Agent, Modell und Anweisungen für viele Schritte zusammen.",
  "field.personas.type": "Gedacht für",
  "hint.personas.instructions": "Wird vor jedem ihrer Schritte gesagt.",
  "field.personas.isEnabled": "Schritte dürfen sie verwenden",
  "field.contextId": "Context",
  "null.contextId": "All that are active",
  "personas.off": "Aus",
  "personas.deleteTitle": "„{name}“ löschen?",
  "personas.deleteText": "Schritte, die sie verwenden, fallen auf die Vorgaben zurück.",
  "contexts.title": "Kontexte",
  "contexts.about": "What every agent should know. What you edit is a draft; runs are given the active version.",
  "contexts.new": "New context",
  "contexts.edit": "Edit draft",
  "contexts.none": "No contexts yet",
  "contexts.noneText": "A context says what every agent should know: how you write, what nobody touches.",
  "contexts.off": "Aus",
  "contexts.deleteTitle": "„{name}“ löschen?",
  "contexts.deleteText": "Its versions go with it, also for runs that are under way.",
  "contexts.publish": "Publish",
  "contexts.publishNamed": "Publish {name}",
  "contexts.publishTitle": "Publish “{name}”?",
  "contexts.publishText": "The draft becomes version {n}, and that the active one. Runs under way keep theirs.",
  "contexts.published": "Version {n} is active.",
  "contexts.deactivate": "Deactivate",
  "contexts.deactivated": "“{name}” has no active version any more.",
  "contexts.versions": "Versions",
  "contexts.versionsOf": "Versions of {name}",
  "contexts.version": "Version {n}",
  "contexts.versionOf": "{n} von {of}",
  "contexts.active": "Active version",
  "contexts.inactive": "None is active",
  "contexts.unpublished": "Never published",
  "contexts.activate": "Make it the active one",
  "contexts.activateNamed": "Make version {n} the active one",
  "contexts.activated": "Version {n} is active.",
  "field.contexts.content": "Content",
  "hint.contexts.content": "In Markdown. Agents are told this once it is published.",
  "hint.contexts.description": "For people; agents are not told.",
  "field.contexts.isEnabled": "Runs are given it",
  "field.contexts.note": "What has changed",
  "changes.files": { one: "{n} Datei", other: "{n} Dateien" },
  "changes.patch": "Patch",
  "changes.bundle": "Bundle",
  "changes.more": { one: "{n} weitere Datei", other: "{n} weitere Dateien" },
  "artifacts.about":
    "Dateien, die seine Agenten für Menschen hinterlassen haben, und was jeder von ihnen gesagt hat. Öffnen Sie" +
    " sie mit Vorsicht.",
  "artifacts.bytes": "{n} Byte, Schritt {step}",
  "changes.binary": "Eine Binärdatei: Sie hat keine Zeilen, die sich zeigen ließen.",
  "changes.noRoom": "Zu lang, um hier gezeigt zu werden; der Patch enthält es.",
  "changes.cut": "Nur der Anfang wird gezeigt; der Patch enthält alles.",
  "changes.notKept":
    "Die Änderungen waren zu groß, um aufbewahrt zu werden.  Sie liegen im Verzeichnis des Laufs auf dem " +
    "Rechner des Workers.",
  "pulls.title": "Pull-Requests",
  "pulls.about": "Was Läufe zum Mergen vorschlagen, wie es war, als ein Worker zuletzt nachsah.",
  "pulls.none": "Noch keine Pull-Requests",
  "pulls.noneText": "Ein Lauf öffnet einen, wenn er seinen Branch zu GitHub, GitLab oder Gitea gepusht hat.",
  "pulls.one": "Pull-Request",
  "field.pulls.state": "Zustand",
  "pulls.draft": "Entwurf",
  "pulls.conflicts": "Konflikte",
  "pulls.pending.refresh": "Wird angesehen",
  "pulls.pending.merge": "Wird gemergt",
  "pulls.pending.close": "Wird geschlossen",
  "pulls.checks": "Prüfungen",
  "pulls.checks.none": "Keine",
  "pulls.checks.success": "Bestanden",
  "pulls.checks.failure": "Fehlgeschlagen",
  "pulls.checks.pending": "Läuft",
  "pulls.checks.neutral": "Zählt nicht",
  "pulls.seen": "Zuletzt angesehen",
  "pulls.where": "Adresse",
  "pulls.branches": "Branch",
  "pulls.run": "Der Lauf, der ihn geöffnet hat",
  "pulls.refresh": "Jetzt nachsehen",
  "pulls.asked": "Ein Worker wird es tun.",
  "pulls.notDone": "Es wurde nicht getan",
  "pulls.notSeen": "Er konnte zuletzt nicht angesehen werden",
  "pulls.failures": "Was die fehlgeschlagenen Prüfungen sagen",
  "pulls.comments": "Was Reviews verlangen",
  "pulls.merge": "Mergen",
  "pulls.mergeTitle": "#{n} mergen",
  "pulls.mergeText": "Ein Worker sieht ihn noch einmal an und mergt {branch} in {base}.",
  "field.pulls.method": "Wie",
  "method.merge": "Merge-Commit",
  "method.squash": "Zu einem Commit zusammenfassen (squash)",
  "method.rebase": "Rebase",
  "field.pulls.force": "Mergen, obwohl Prüfungen fehlschlagen oder nicht fertig sind",
  "pulls.close": "Schließen",
  "pulls.closeTitle": "#{n} schließen?",
  "pulls.closeText": "Er wird geschlossen, ohne gemergt zu werden. Sein Branch bleibt.",
  "pulls.fix": "Nachbessern",
  "pulls.fixTitle": "#{n} nachbessern",
  "pulls.fixText":
    "Ein Lauf arbeitet auf demselben Branch. Sein Auftrag ist, was die fehlgeschlagenen Prüfungen sagen und was" +
    " Reviews verlangen.",
  "field.pulls.about": "Worum es geht",
  "null.pulls.about": "Beides",
  "about.checks": "Nur Prüfungen",
  "about.comments": "Nur Reviews",
  "field.pulls.prompt": "Was ihm noch gesagt wird",
  "compare.title": "Läufe vergleichen",
  "compare.about": "{name} und ein anderer Lauf.",
  "compare.other": "Mit einem anderen Lauf vergleichen",
  "compare.with": "Vergleichen mit",
  "compare.choose": "Wählen Sie den anderen Lauf.",
  "compare.fact": "Was",
  "compare.tokens": "Tokens",
  "compare.steps": "Gegangene Schritte",
  "compare.changes": "Änderungen",
  "compare.files": { one: "{n} Datei", other: "{n} Dateien" },
  "compare.notKept": "Zu groß, um behalten zu werden",
  "compare.filesTitle": "Geänderte Dateien",
  "compare.file": "Datei",
  "compare.same": "Gleich?",
  "compare.alike": "Gleich",
  "compare.differs": "Verschieden",
  "compare.one": "Nur einer",
  "compare.truncated": "Es gibt mehr Dateien, als hier gezeigt werden.",
  "compare.none": "Keine Datei wurde geändert",
  "compare.noneText": "Keiner der beiden hat etwas geändert, das behalten wurde.",
  "env.title": "Umgebung",
  "env.about":
    "Namen und Werte, die die Agenten sehen. Werte werden verschlüsselt gespeichert; gezeigt werden nur noch " +
    "ihre letzten vier Zeichen.",
  "env.add": "Variable hinzufügen",
  "env.name": "Name",
  "env.nameHint": "Buchstaben, Ziffern und Unterstriche, etwa API_TOKEN.",
  "env.nameWrong": "Nur Buchstaben, Ziffern und Unterstriche, und keine Ziffer am Anfang.",
  "env.nameTaken": "Diesen Namen gibt es schon; ersetzen Sie stattdessen den Wert.",
  "env.value": "Wert",
  "env.valueHint": "Sie können ihn hier nicht wieder lesen.",
  "env.replace": "Wert von {name} ersetzen",
  "env.replaceShort": "Ersetzen",
  "env.none": "Noch keine Variablen",
  "env.noneText": "Hier lassen sich Tokens und Einstellungen ablegen, die Agenten brauchen.",
  "env.removeTitle": "{name} entfernen?",
  "env.removeText": "Läufe, die ab jetzt starten, sehen die Variable nicht mehr.",
  "usage.title": "Nutzung",
  "usage.about": "Wie viel läuft, wie gut, wie lange und zu welchen Kosten.",
  "usage.range": "Zeitraum",
  "usage.days": { one: "Letzter Tag", other: "Letzte {n} Tage" },
  "usage.group": "Gruppiert nach",
  "usage.by.day": "Tag",
  "usage.by.workflow": "Workflow",
  "usage.by.persona": "Persona",
  "usage.runs": "Läufe",
  "usage.active": { one: "{n} noch aktiv", other: "{n} noch aktiv" },
  "usage.activeShort": "Aktiv",
  "usage.completed": "Abgeschlossen",
  "usage.failed": "Fehlgeschlagen",
  "usage.cancelled": "Abgebrochen",
  "usage.success": "Erfolgsquote",
  "usage.successNote": "{good} abgeschlossen, {bad} fehlgeschlagen",
  "usage.duration": "Mittlere Dauer",
  "usage.chartRuns": "Läufe nach Ausgang",
  "usage.table": "Die Zahlen als Tabelle",
  "usage.sentence":
    "{label}, von {from} bis {to}; höchster Wert: {most} ({at}). Die Zahlen stehen in der Tabelle darunter.",
  "usage.none": "Keine Läufe in diesem Zeitraum",
  "usage.noneText": "Wählen Sie einen längeren Zeitraum oder starten Sie einen Lauf.",
  "select.title": "Ausgewählte Zeilen",
  "select.all": "Alle gezeigten auswählen",
  "select.one": "{name} auswählen",
  "select.count": { one: "{n} ausgewählt", other: "{n} ausgewählt" },
  "select.none": "Auswahl aufheben",
  "select.delete": "Löschen",
  "select.deleteTitle": { one: "{n} Zeile löschen?", other: "{n} Zeilen löschen?" },
  "select.deleteText": "Das lässt sich nicht rückgängig machen.",
  "select.deleted": { one: "{n} wurde gelöscht.", other: "{n} wurden gelöscht." },
  "select.kept": "Diese konnten nicht gelöscht werden: {names}.",
  "reason.RUN_UNREADABLE":
    "Der Lauf, oder was er braucht, kann nicht gelesen werden; das Protokoll des Workers sagt mehr.",
  "reason.NO_SUCH_AGENT": "Es gibt keinen Agenten '{agent}' (Schritt \"{label}\").",
  "reason.NO_AGENT":
    "Auf dem Rechner des Workers ist kein Agent installiert, und weder Schritt noch Persona noch Projekt nennt " +
    "einen.  So installieren Sie einen: {install}",
  "reason.AGENT_NOT_INSTALLED":
    "Der Agent '{agent}' ist auf dem Rechner des Workers nicht installiert.  So installieren Sie ihn: {install}",
  "reason.AGENT_PROGRAM_MISSING": "Das Programm des Agenten '{agent}' fehlt; siehe codecourier.conf.",
  "reason.SANDBOX_BROKEN":
    "Die Sandbox des Workers arbeitet nicht: {detail}  Beheben Sie das, und starten Sie den Worker neu; oder, " +
    "falls Agenten die Rechte des Workers haben dürfen, schreiben Sie sandbox = off in codecourier.conf.",
  "reason.SANDBOX_PATH_REFUSED":
    "Die Einstellung sandboxPaths nennt {path}, das Agenten nicht gezeigt werden kann: Es ist nicht da oder " +
    "enthält die Daten oder das Home eines Kontos.",
  "reason.AGENT_HOME_REFUSED":
    "Die Einstellung agentHome nennt {path}, das Agenten nicht gezeigt werden kann: Es ist nicht da, oder es " +
    "ist das eigene Home des Kontos oder enthält die Daten.  Nennen Sie ein eigenes Verzeichnis mit den " +
    "Anmeldungen der Agenten.",
  "reason.AGENT_HOME_NOT_COPIED":
    "Das Verzeichnis der Einstellung agentHome konnte nicht für das Projekt kopiert werden: " +
    "[{reason}|{detail}].",
  "reason.DIRECTORY_NOT_MADE": "Das Verzeichnis des Laufs konnte nicht angelegt werden: {detail}.",
  "reason.REPOSITORY_REFUSED": "Die Adresse des Repositorys [{reason}|{detail}].",
  "reason.REPOSITORY_NOT_THERE":
    "Das Repository konnte nicht geholt werden: Der Rechner des Workers hat kein solches Verzeichnis.",
  "reason.SSH_KEY_MISSING":
    "Ein Repository, das über ssh erreicht wird, braucht einen eigenen Key des Projekts: Legen Sie einen " +
    "privaten Key als GIT_SSH_KEY in dessen Umgebung.",
  "reason.TUNNEL_MISSING":
    "Repositorys, die über ssh oder git:// erreicht werden, brauchen den Worker 'codecourier work'.",
  "reason.GIT_MISSING": "Git ist auf dem Rechner des Workers nicht installiert.",
  "reason.MIRROR_NOT_MADE": "Der Spiegel des Repositorys konnte nicht angelegt werden: {detail}.",
  "reason.FETCH_FAILED":
    "Das Repository konnte nicht geholt werden[: nicht innerhalb von {seconds} s (Einstellung " +
    "gitTimeoutSeconds).|: {reason}|: {detail}|.][ ({hint})][ ({credential})]",
  "reason.CLONE_FAILED":
    "Das Repository konnte nicht geklont werden[: nicht innerhalb von {seconds} s (Einstellung " +
    "gitTimeoutSeconds).|: {reason}|: {detail}|.][ ({hint})][ ({credential})]",
  "reason.PUSH_FORBIDDEN":
    "Der Lauf dürfte seinen Branch nicht pushen[: nicht innerhalb von {seconds} s (Einstellung " +
    "gitTimeoutSeconds).|: {reason}|: {detail}|.][ ({hint})][ ({credential})]",
  "reason.TREE_NOT_RESTORED":
    "Die Dateien konnten nicht so zurückgesetzt werden, wie sie zu Beginn des Schritts waren[: nicht innerhalb " +
    "von {seconds} s (Einstellung gitTimeoutSeconds).|: {reason}|: {detail}|.][ ({hint})][ ({credential})]",
  "reason.CHECKPOINT_TOO_LARGE":
    "Das Verzeichnis des Laufs ist nicht mehr da, und was seine Schritte geändert haben, war zu groß, um " +
    "anderswo aufbewahrt zu werden (Einstellung checkpointMb).",
  "reason.STEP_FAILED": "Schritt {step} ({label}) ist fehlgeschlagen: {reason}",
  "reason.RUN_TOO_LONG": "Der Lauf dauerte länger als {seconds} s, das ist die Einstellung runTimeoutSeconds.",
  "reason.WORKER_LOST": "Der Worker, der den Lauf ausführte, ging verloren[, {times}-mal insgesamt].",
  "reason.PROMPT_TOO_LONG":
    "Der Prompt hat {bytes} Bytes, und eine Befehlszeile nimmt 128 KiB in einem Wort.  Lassen Sie {word} in " +
    "agent.{agent} in codecourier.conf weg: Dann kommt er über die Standardeingabe.",
  "reason.COMMIT_FAILED":
    "Die Änderungen konnten nicht committet werden[: nicht innerhalb von {seconds} s (Einstellung " +
    "gitTimeoutSeconds).|: {reason}|: {detail}|.][ ({hint})][ ({credential})]",
  "reason.CHANGES_REFUSED":
    "Die Änderungen sind nicht das, was Git annimmt[: nicht innerhalb von {seconds} s (Einstellung " +
    "gitTimeoutSeconds).|: {reason}|: {detail}|.][ ({hint})][ ({credential})]",
  "reason.CHANGES_NOT_KEPT": "Die Änderungen konnten nicht aufbewahrt werden.",
  "reason.CHANGES_UNREADABLE": "Die Änderungen konnten nicht gelesen werden.",
  "reason.CHANGES_NO_FILE": "Die Änderungen sind kein Bundle: keine Datei.",
  "reason.CHANGES_INVALID": "Die Änderungen sind kein Bundle des Branches dieses Laufs.",
  "reason.CHANGES_TOO_LARGE":
    "Die Änderungen sind größer, als das Verzeichnis eines Laufs sein darf (Einstellung workspaceMb).",
  "reason.CHANGES_GONE": "Was die Schritte des Laufs geändert haben, ist nicht mehr da.",
  "reason.PUSH_FAILED":
    "Der Branch konnte nicht gepusht werden[: nicht innerhalb von {seconds} s (Einstellung " +
    "gitTimeoutSeconds).|: {reason}|: {detail}|.][ ({hint})][ ({credential})]",
  "reason.PUSH_NO_TOKEN":
    "Die Umgebung des Projekts hat kein Token für seinen Host, weder GITHUB_TOKEN noch GIT_TOKEN.  Was geändert" +
    " wurde, bleibt beim Lauf erhalten, als Patch und als Bundle.",
  "reason.PULL_UNANSWERED":
    "Es kam keine Antwort[: nicht innerhalb von {seconds} s (Einstellung gitTimeoutSeconds).|: {reason}|: " +
    "{detail}|.][ ({hint})][ ({credential})]",
  "reason.PULL_NOT_OPENED": "[{detail}|die Antwort ist nicht zu verstehen]",
  "reason.NO_MEMORY": "Der Arbeitsspeicher reicht nicht.",
  "reason.STEP_TOO_LONG": "Er dauerte länger als {seconds} s.",
  "reason.CPU_EXCEEDED": "Er brauchte mehr als {value} s Prozessorzeit, das ist die Einstellung agentCpuSeconds.",
  "reason.FILE_EXCEEDED": "Er schrieb eine Datei von mehr als {value} MB, das ist die Einstellung agentFileMb.",
  "reason.PROCESSES_EXCEEDED":
    "Er startete mehr als {value} Prozesse und Threads, das ist die Einstellung agentProcesses[: {detail}|.]",
  "reason.MEMORY_EXCEEDED":
    "Seine Prozesse brauchten mehr als {value} MB Arbeitsspeicher, das ist die Einstellung agentMemoryMb.",
  "reason.OUTPUT_EXCEEDED": "Der Lauf schrieb mehr als {value} MB Ausgabe, das ist die Einstellung runOutputMb.",
  "reason.SIZE_EXCEEDED": "Seine Verzeichnisse wuchsen über {value} MB, das ist die Einstellung workspaceMb.",
  "reason.FILES_EXCEEDED":
    "Seine Verzeichnisse enthalten mehr als {value} Dateien, das ist die Einstellung workspaceFiles.",
  "reason.DEPTH_EXCEEDED":
    "Seine Verzeichnisse sind zu tief geschachtelt, um an {value} MB gemessen zu werden, das ist die " +
    "Einstellung workspaceMb.",
  "reason.KEY_INVALID":
    "Sein Modelldienst bekommt keinen gültigen Key: Setzen Sie {variable} in den Projekteinstellungen, unter " +
    "den Umgebungsvariablen.  Er sagte: {detail}",
  "reason.AGENT_TURNS": "Der Agent erreichte seine Grenze an Zügen, bevor er fertig war.",
  "reason.AGENT_BUDGET": "Der Agent erreichte seine Kostengrenze, bevor er fertig war.",
  "reason.AGENT_ERROR": "Der Agent ist bei der Arbeit fehlgeschlagen und sagt nicht mehr dazu.",
  "reason.AGENT_CUT": "Die Antwort des Modells wurde bei ihrer größten Länge abgeschnitten.",
  "reason.AGENT_FILTERED": "Die Antwort des Modells hielt dessen Inhaltsfilter zurück.",
  "reason.AGENT_REFUSES": "Der Agent lehnt es ab, das zu tun.",
  "reason.AGENT_INTERRUPTED": "Der Agent wurde unterbrochen.",
  "reason.AGENT_UNFINISHED": "Der Agent endete mitten in der Arbeit.",
  "reason.AGENT_SAYS": "[{detail}|Der Agent sagt es.]",
  "reason.AGENT_EXITED": "Der Agent endete mit Code {exit}[: {detail}|.][ ({hint})]",
  "reason.AGENT_EXITED_SILENT": "Der Agent endete mit Code {exit} und ohne Ergebnis[: {detail}|.][ ({hint})]",
  "reason.AGENT_EXITED_LATE":
    "Der Agent endete mit Code {exit}, nachdem er gesagt hatte, dass er fertig sei[: {detail}|.][ ({hint})]",
  "reason.AGENT_KILLED": "Der Agent wurde durch Signal {signal} beendet[: {detail}|.][ ({hint})]",
  "reason.AGENT_KILLED_SILENT":
    "Der Agent wurde durch Signal {signal} beendet, ohne Ergebnis[: {detail}|.][ ({hint})]",
  "reason.AGENT_KILLED_LATE":
    "Der Agent wurde durch Signal {signal} beendet, nachdem er gesagt hatte, dass er fertig sei[: {detail}|.][ " +
    "({hint})]",
  "reason.CHAIN_RUN_FAILED": "Lauf {run} ist fehlgeschlagen.",
  "reason.CHAIN_RUN_CANCELLED": "Lauf {run} wurde abgebrochen.",
  "reason.CHAIN_RUN_DELETED": "Ihr Lauf wurde gelöscht.",
  "reason.WORKFLOW_GONE": "Es gibt keinen Workflow mit dieser Kennung.",
  "reason.WORKFLOW_ARCHIVED": "Ein archivierter Workflow kann nicht gestartet werden.",
  "reason.ISSUE_NOT_TAKEN_OVER": "Das Issue wird noch von seiner Forge übernommen.",
  "reason.ISSUE_GONE": "Es gibt kein Issue mit dieser Kennung.",
  "reason.MEMBER_GONE": "Wer das eingerichtet hat, ist kein Mitglied des Projekts mehr.",
  "reason.KEY_ENDED": "Der Key '{key}' hat das eingerichtet und ist widerrufen oder abgelaufen.",
  "reason.KEY_OF_TESTS": "Der Key '{key}' hat das eingerichtet und ist ein Test-Key.",
  "reason.SCOPE_LOST": "[Der Key '{key}'|{person}] hat das eingerichtet und hat '{scope}' nicht mehr.",
  "reason.FORGE_NOT_ASKED": "Seine Forge konnte nicht gefragt werden; das Protokoll des Workers sagt mehr.",
  "reason.FORGE_UNKNOWN": "Sein Host ist keine der Forges, die der Betreiber kennt (Einstellung forges).",
  "reason.FORGE_NO_TOKEN": "Die Umgebung des Projekts hat kein Token für seine Forge.",
  "reason.FORGE_REFUSED": "[{detail}|Die Antwort seiner Forge wird nicht verstanden.]",
  "reason.PULL_CLOSED": "Er wurde inzwischen geschlossen oder gemergt.",
  "reason.PULL_DRAFT": "Er ist ein Entwurf: Geben Sie bei seiner Forge an, dass er zur Durchsicht bereit ist.",
  "reason.PULL_CONFLICTS": "Er hat Konflikte mit „{branch}“, die zuerst gelöst werden müssen.",
  "reason.PULL_CHECKS_FAILED": "Prüfungen schlagen fehl[ ({checks})]: Mit „force“ gleich true wird trotzdem gemergt.",
  "reason.PULL_CHECKS_PENDING":
    "Prüfungen sind noch nicht fertig[ ({checks})]: Warten Sie auf sie; mit „force“ gleich true wird trotzdem " +
    "gemergt.",
  "reason.PULL_HEAD_UNKNOWN": "Seine Forge gibt nicht an, was sein letzter Commit ist.",
  "reason.ISSUE_ADDRESS": "Seine Adresse ist nicht die eines Issues bei einer Forge.",
  "reason.BRANCH_PROTECTED": "Seine Forge schützt ihn: Nehmen Sie dort zuerst den Schutz weg.",
  "reason.BRANCH_MOVED":
    "Er steht bei {commit}, was kein Lauf des Projekts gepusht und kein Merge aufgenommen hat: Löschen Sie ihn " +
    "bei seiner Forge.",
  "reason.LIMIT_PERHAPS": "vielleicht die Grenze der Einstellung {setting}: {value}",
  "reason.CREDENTIAL_REFUSED": "{host} antwortete {status} auf {reason}",
  "reason.CREDENTIAL_NONE": "keine Zugangsdaten: Die Umgebung des Projekts hat weder GITHUB_TOKEN noch GIT_TOKEN",
  "reason.CREDENTIAL_OF_PROJECT": "{variable} aus der Umgebung des Projekts",
  "reason.CREDENTIAL_OF_OPERATOR": "die Einstellung githubToken aus codecourier.conf",
  "reason.HOME_TOO_LARGE": "Es enthält mehr als 64 MB",
  "reason.LOCAL_REFUSED":
    "darf kein Verzeichnis dieses Rechners sein, außer unter einem, das der Betreiber aufgeführt hat " +
    "(Einstellung localRepositories)",
  "reason.PROTOCOL_REFUSED":
    "darf nicht mit {protocol}:// beginnen, das der Betreiber nicht erlaubt hat (Einstellung gitProtocols)",
  "reason.HOST_REFUSED":
    "muss einen Host nennen, der öffentlich ist oder den der Betreiber aufgeführt hat (Einstellung " +
    "privateHosts)",
};
