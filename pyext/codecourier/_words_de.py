"""Deutsch.  Made by www/words/words.py from the catalogues beside it; `make generate` renews it."""

WORDS: dict[str, str] = {
    "what": "was",
    "options": "Optionen",
    "Type next, in another terminal:": "Als Nächstes, in einem anderen Terminal:",
    "Ctrl-C ends it.": "Strg-C beendet.",
    "print the answer as JSON": "die Antwort als JSON ausgeben",
    "address of the service (CC_BASE)": "Adresse des Dienstes (CC_BASE)",
    "work in this process on a data directory or database file": "in diesem Prozess auf einem Datenverzeichnis oder einer Datenbankdatei arbeiten",
    "with --data: which project, by id, slug or name": "mit --data: welches Projekt (Kennung, Kurzname oder Name)",
    "data directory (CODECOURIER_DATA, else ./var)": "Datenverzeichnis (CODECOURIER_DATA, sonst ./var)",
    "usage:": "Aufruf:",
    "Workflows and runs of CodeCourier: over HTTP (CC_BASE, CC_KEY), or on a data directory (--data).": "Workflows und Läufe von CodeCourier: über HTTP (CC_BASE, CC_KEY) oder auf einem Datenverzeichnis (--data).",
    "exit codes: 0 it worked; 1 it was refused, or it failed; 2 the command line was not understood; 3 the data directory cannot be used": (
        "Rückgabewerte: 0 es hat geklappt; 1 es wurde abgelehnt oder ist fehlgeschlagen; 2 die Befehlszeile war"
        " nicht zu verstehen; 3 das Datenverzeichnis ist nicht benutzbar"
    ),
    "show the version and exit": "die Version anzeigen",
    "Make a data directory, with a first project and its owner.": "Ein Datenverzeichnis anlegen, mit einem ersten Projekt und dessen Inhaber.",
    "e-mail address of the owner (owner@example.com)": "E-Mail-Adresse des Inhabers (owner@example.com)",
    "Run a local instance over HTTP, for development.": "Eine lokale Instanz über HTTP betreiben, zum Entwickeln.",
    "port to listen on; 0 takes a free one (8080)": "Port, auf dem der Dienst antwortet; 0 nimmt einen freien (8080)",
    "address to listen on (127.0.0.1, this machine alone)": "Adresse, auf der der Dienst antwortet (127.0.0.1, nur dieser Rechner)",
    "how many runs are executed at once; 0: none (1)": "wie viele Läufe zugleich ausgeführt werden; 0: keine (1)",
    "Execute the runs of a data directory.": "Die Läufe eines Datenverzeichnisses ausführen.",
    "end when nothing is left to do": "enden, wenn nichts mehr zu tun ist",
    "Follow what changes in a project, until it is interrupted.": "Verfolgen, was sich in einem Projekt ändert, bis zur Unterbrechung.",
    "begin behind the change of this number; else with what changes from now on": "hinter der Änderung dieser Nummer beginnen; sonst mit dem, was sich ab jetzt ändert",
    "seconds after which to stop following": "nach wie vielen Sekunden man aufhört zu folgen",
    "There is nothing.": "Es gibt nichts.",
    "More rows: --all, or --cursor {}": "Weitere Zeilen: --all oder --cursor {0}",
    "Made {}.": "{0} ist angelegt.",
    "Owner: {}": "Inhaber: {0}",
    "One-time password: {}": "Einmalpasswort: {0}",
    "Type next:": "Als Nächstes:",
    "{} has a project already; nothing was changed.": "In {0} gibt es schon ein Projekt; nichts wurde geändert.",
    "'{}' is not JSON: {}": "'{0}' ist kein JSON: {1}",
    "several are separated by commas": "mehrere durch Kommas getrennt",
    "every page, not only the first": "alle Seiten, nicht nur die erste",
    "wait until it ends; 0 if it completes and no checker fails it": "warten, bis er endet; 0, wenn er abgeschlossen wird und kein Prüfer ihn durchfallen lässt",
    "print the secret alone": "nur das Secret ausgeben",
    "Follow a run until it is finished.": "Einem Lauf bis zu seinem Ende folgen.",
    "which one": "welches",
    "show this help and exit": "diese Hilfe anzeigen",
    "COMMAND is one of: {}": "COMMAND ist eines von: {0}",
    "Ready: {}": "Bereit: {0}",
    "This server is for development; for more, put the FastCGI program behind a web server.": "Dieser Server ist zum Entwickeln da; für mehr gehört das FastCGI-Programm hinter einen Webserver.",
    "error": "Fehler",
    "JSON, or @FILE that holds it": "JSON, oder @DATEI, in der es steht",
    "This is the secret, shown this once:": "Das ist das Secret; es wird nur dieses eine Mal gezeigt:",
    "'{}' is not an e-mail address.": "'{0}' ist keine E-Mail-Adresse.",
    "It is shown this once, and must be changed at the first sign-in.": "Es wird nur dieses eine Mal gezeigt und ist bei der ersten Anmeldung zu ändern.",
    "Port {} is in use; choose another one with --port.": "Port {0} ist belegt; wählen Sie mit --port einen anderen.",
    "It cannot listen on {}: {}": "Der Dienst kann auf {0} nicht lauschen: {1}",
    "hint": "Hinweis",
    "request": "Anfrage",
    "this run was unpickled or copied and has no client; use client.runs.get(run.id)": "dieser Lauf ist eine Kopie ohne Client; client.runs.get(run.id) holt ihn neu",
    "this sandbox was unpickled or copied and has no client; use client.sandboxes.get(sandbox.id)": (
        "diese Sandbox kommt aus pickle oder ist eine Kopie und hat keinen Client; nehmen Sie "
        "client.sandboxes.get(sandbox.id)"
    ),
    "run {} is still {} after {} s; it goes on": "Lauf {0} ist noch {1}, nach {2} s; er geht weiter",
    "{}: the answer is not an object": "{0}: die Antwort ist kein Objekt",
    "{}: the answer has no object called 'data'": "{0}: die Antwort hat kein Objekt namens 'data'",
    "{}: the answer has no list called 'data'": "{0}: die Antwort hat keine Liste namens 'data'",
    "no base: set CC_BASE (for example http://127.0.0.1:8080) or pass base=; codecourier.open() needs no server": (
        "keine Adresse: Setzen Sie CC_BASE (etwa http://127.0.0.1:8080), oder geben Sie base= an; "
        "codecourier.open() braucht keinen Server"
    ),
    "no key: set CC_KEY or pass key=; keys are made under Project Settings, API Keys": "kein Key: Setzen Sie CC_KEY, oder geben Sie key= an; Keys legen Sie unter Projekteinstellungen, API-Keys an",
    "seconds since the first step began": "Sekunden seit Beginn des ersten Schritts",
    "yes": "ja",
    "no": "nein",
    ", more behind them": ", weitere dahinter",
    "{} is not installed: pip install 'codecourier[{}]'": "{0} ist nicht installiert: pip install 'codecourier[{1}]'",
    "the server answered {}, but not with the API's error envelope; is this the right base?": "der Server hat mit {0} geantwortet, aber nicht mit der Fehlerhülle der API; ist es die richtige Adresse?",
    "the base must be an address such as http://127.0.0.1:8080, not {}": "die Adresse muss eine wie http://127.0.0.1:8080 sein, nicht {0}",
    "the base must not hold a user name or password; the key goes into key= or CC_KEY": "in der Adresse dürfen weder Benutzername noch Passwort stehen; der Key gehört in key= oder CC_KEY",
    "the base must end before any '?' or '#': {}": "die Adresse muss vor '?' oder '#' enden: {0}",
    "the HTTP API of a deployment is at .convex.site, not .convex.cloud: use {}": "die HTTP-API einer solchen Instanz liegt unter .convex.site, nicht .convex.cloud: Verwenden Sie {0}",
    "the key is empty or holds characters that no key has; copy it again": "der Key ist leer oder hat Zeichen, die kein Key hat; kopieren Sie ihn noch einmal",
    "timeout and connections must be positive, retries not negative": "timeout und connections müssen positiv sein, retries nicht negativ",
    "{}: the server redirects ({}); give the address it redirects to as the base": "{0}: der Server leitet um ({1}); geben Sie die Adresse an, auf die er umleitet",
    "{}: the answer is {}, not JSON; is this the right base?": "{0}: die Antwort ist {1}, nicht JSON; ist es die richtige Adresse?",
    "{}: the answer is null and has no 'data'": "{0}: die Antwort ist null und hat kein 'data'",
    "{} cannot be reached: {}": "{0} ist nicht erreichbar: {1}",
    "{}: no answer within {} s": "{0}: keine Antwort binnen {1} s",
    "{} is not trusted: {}; ca_bundle= or SSL_CERT_FILE names a file of certificates": "{0} wird nicht vertraut: {1}; ca_bundle= oder SSL_CERT_FILE nennt eine Datei mit Zertifikaten",
    "{}: not all of the answer came within {} s": "{0}: binnen {1} s kam nicht die ganze Antwort",
    "{} broke off in the middle of its answer: {}": "{0} hat mitten in der Antwort abgebrochen: {1}",
    "{}: the answer is not valid JSON: {}": "{0}: die Antwort ist kein gültiges JSON: {1}",
    "of no stated type": "ohne Angabe der Art",
    "This process has two SQLite libraries, and both on one file would corrupt it.  Close the sqlite3 connection before codecourier.open(), read the file in another process, or install codecourier from source (pip install --no-binary codecourier codecourier), which then shares Python's library.": (
        "Dieser Prozess hat zwei SQLite-Bibliotheken, und beide zugleich würden eine Datei zerstören.  "
        "Schließen Sie die sqlite3-Verbindung vor codecourier.open(), lesen Sie die Datei in einem anderen "
        "Prozess, oder installieren Sie codecourier aus den Quellen (pip install --no-binary codecourier "
        "codecourier), das dann die Bibliothek von Python mitbenutzt."
    ),
    "data= goes with the address of a server; a path says it itself": "data= gehört zur Adresse eines Servers; ein Pfad sagt es selbst",
    "there is more than one project here: say which with project=, one of {}": "hier gibt es mehrere Projekte: Nennen Sie mit project= eines von {0}",
    "there is no project {} here, and create=False": "hier gibt es kein Projekt {0}, und create=False",
    "there is no project here, and create=False": "hier gibt es kein Projekt, und create=False",
    "the project {} cannot be made: {}": "das Projekt {0} kann nicht angelegt werden: {1}",
    "{} is open as a codecourier instance.": "{0} ist als Instanz von codecourier offen.",
    "{} is open in this process already.": "{0} ist in diesem Prozess schon offen.",
    "this page was unpickled and has no client; call list(cursor=page.next_cursor) on one": "diese Seite ist eine Kopie ohne Client; list(cursor=page.next_cursor) eines Clients holt die nächste",
    "the following arguments are required: %s": "es fehlt: %s",
    "unrecognized arguments: %s": "unbekannte Angaben: %s",
    "expected one argument": "es fehlt ein Wert",
    "expected at most one argument": "höchstens ein Wert",
    "expected at least one argument": "mindestens ein Wert",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s: %(message)s",
    "invalid choice: %(value)r (choose from %(choices)s)": "%(value)r gibt es nicht (eines von %(choices)s)",
    "invalid %(type)s value: %(value)r": "%(value)r ist kein Wert der Art %(type)s",
    "ambiguous option: %(option)s could match %(matches)s": "%(option)s ist mehrdeutig: %(matches)s",
    "ignored explicit argument %r": "überflüssiger Wert %r",
    "The service itself.": "Der Dienst selbst.",
    "The catalogue of scopes.": "Der Katalog der Scopes.",
    "Keys that have leaked.": "Keys, die bekannt geworden sind.",
    "The session of a signed-in person; made for the dashboard, which keeps its cookie.": "Die Sitzung einer angemeldeten Person; für das Dashboard gemacht, das ihr Cookie behält.",
    "More projects.": "Weitere Projekte.",
    "What everything else belongs to.": "Wozu alles andere gehört.",
    "How a project's runs behave.": "Wie sich die Läufe eines Projekts verhalten.",
    "What a project may spend in a day, in a month, and in one run.": "Was ein Projekt an einem Tag, in einem Monat und in einem Lauf ausgeben darf.",
    "The project's keys for models' services and forges.": "Die Keys des Projekts für Modelldienste und Forges.",
    "What a service asks for a million tokens, or for an hour of a sandbox.": "Was ein Dienst für eine Million Tokens verlangt, oder für eine Stunde einer Sandbox.",
    "What a program shows to be let in.": "Was ein Programm vorzeigt, um eingelassen zu werden.",
    "Steps that a run goes through.": "Schritte, durch die ein Lauf geht.",
    "One execution of a workflow.": "Eine Ausführung eines Workflows.",
    "Several runs of one task, of which one gets the pull request.": "Mehrere Läufe zu einer Aufgabe, von denen einer den Pull-Request bekommt.",
    "A run whose agent looks at something and answers as data.": "Ein Lauf, dessen Agent sich etwas ansieht und mit Daten antwortet.",
    "A workspace with an agent in it, with which one talks.": "Ein Arbeitsbereich mit einem Agenten darin, mit dem man spricht.",
    "What a session could not find out.": "Was eine Sitzung nicht herausfinden konnte.",
    "What a run proposes to merge, as its forge says it is.": "Was ein Lauf zum Mergen vorschlägt, so wie seine Forge es angibt.",
    "A branch that a run has pushed, as its forge says it is.": "Ein Branch, den ein Lauf gepusht hat, so wie seine Forge ihn angibt.",
    "Work that waits for a run.": "Arbeit, die auf einen Lauf wartet.",
    "Messages of other services.": "Nachrichten anderer Dienste.",
    "Where the messages of a project are posted to.": "Wohin die Nachrichten eines Projekts gehen.",
    "What has changed in the project.": "Was sich im Projekt geändert hat.",
    "What people are notified of.": "Wovon Menschen benachrichtigt werden.",
    "What was deleted and can come back.": "Was gelöscht wurde und zurückkommen kann.",
    "Runs that follow one another.": "Läufe, die aufeinander folgen.",
    "A workflow that runs by the clock.": "Ein Workflow, der nach der Uhr läuft.",
    "What agents do for a word behind a slash, as a draft and its published versions.": "Was Agenten auf ein Wort hinter einem Schrägstrich hin tun, als Entwurf und in veröffentlichten Versionen.",
    "What every agent of the project should know, as a draft and its published versions.": "Was jeder Agent des Projekts wissen soll, als Entwurf und in veröffentlichten Versionen.",
    "What a run has taught, for all agents of the project once somebody has approved it.": "Was ein Lauf gelehrt hat, für alle Agenten des Projekts, sobald jemand es freigegeben hat.",
    "How an agent should behave in a step: role, agent, model and instructions.": "Wie sich ein Agent in einem Schritt verhalten soll: Rolle, Agent, Modell und Anweisungen.",
    "A program that agents find in their home, as a draft and its published versions.": "Ein Programm, das Agenten in ihrem Home finden, als Entwurf und in veröffentlichten Versionen.",
    "A folder of files that agents find in their home, as a draft and its published versions.": "Ein Ordner mit Dateien, die Agenten in ihrem Home finden, als Entwurf und seine veröffentlichten Versionen.",
    "A person in a project.": "Eine Person in einem Projekt.",
    "A link that lets one person into a project, once.": "Ein Link, der eine Person einmal in ein Projekt einlässt.",
    "One change: who made it, when and from where.": "Eine Änderung: wer sie machte, wann und von wo.",
    "Figures about runs and costs.": "Zahlen zu Läufen und Kosten.",
    "Correct the member, parameter or header named by 'field' and send the request again.": (
        "Berichtigen Sie das Feld, den Parameter oder den Header, den 'field' nennt, und senden Sie die Anfrage"
        " noch einmal."
    ),
    "Send the key as a bearer token. If you did, the web server withholds the header: see deployment.": (
        "Senden Sie den Key als Bearer-Token.  Haben Sie das getan, hält der Webserver den Header zurück: siehe"
        " Betrieb."
    ),
    "Check that the whole secret was copied, or make a new key.": "Prüfen Sie, ob das ganze Secret kopiert wurde, oder legen Sie einen neuen Key an.",
    "Grant the scope named in the message to the key, or use a key that has it.": "Geben Sie dem Key den Scope, den die Meldung nennt, oder verwenden Sie einen Key, der ihn hat.",
    "Use a key or an address that is allowed to do this.": "Verwenden Sie einen Key oder eine Adresse, denen das erlaubt ist.",
    "Check the path and the id; ids of other projects look the same as missing ones.": "Prüfen Sie Pfad und Kennung; Kennungen anderer Projekte sehen aus wie fehlende.",
    "Use one of the methods in 'Allow'.": "Verwenden Sie eine der Methoden unter 'Allow'.",
    "Read the resource again, then decide.": "Lesen Sie die Ressource noch einmal, und entscheiden Sie dann.",
    "Use a new key for a new request.": "Verwenden Sie für eine neue Anfrage einen neuen Idempotency-Key.",
    "Wait for the time in 'Retry-After', then send the same request again.": "Warten Sie die Zeit in 'Retry-After' ab, und senden Sie dieselbe Anfrage dann noch einmal.",
    "Read it again, apply the change to what you get, and send its new ETag.": "Lesen Sie sie noch einmal, wenden Sie die Änderung auf das Gelesene an, und senden Sie den neuen ETag mit.",
    "Send a smaller body.": "Senden Sie einen kleineren Body.",
    "Send a shorter query.": "Senden Sie eine kürzere Query.",
    "Send 'Content-Type: application/json', and the body as it is: not compressed.": "Senden Sie 'Content-Type: application/json' und den Body, wie er ist: nicht komprimiert.",
    "Send fewer and shorter headers; cookies of other programs on the same host count as well.": "Senden Sie weniger und kürzere Header; auch Cookies anderer Programme auf demselben Host zählen.",
    "Wait for the time in 'Retry-After'.": "Warten Sie die Zeit in 'Retry-After' ab.",
    "Report the request id to the operator; the server's log has the cause beside it.": "Nennen Sie dem Betreiber die Kennung der Anfrage; daneben steht im Protokoll des Servers die Ursache.",
    "Wait for the time in 'Retry-After', then send the request again.": "Warten Sie die Zeit in 'Retry-After' ab, und senden Sie die Anfrage dann noch einmal.",
    "Is the service up, and can it reach its storage?": "Läuft der Dienst, und erreicht er seinen Speicher?",
    "What a monitoring system asks for, in the text form of Prometheus; opened by the setting metricsToken.": (
        "Wonach ein Überwachungssystem fragt, in der Textform von Prometheus; geöffnet durch die Einstellung "
        "metricsToken."
    ),
    "This description of the API, as OpenAPI 3.1.": "Diese Beschreibung der API, als OpenAPI 3.1.",
    "Which key is this, and what may it do?": "Welcher Key ist das, und was darf er?",
    "The catalogue of scopes, with what each includes.": "Der Katalog der Scopes, und was jeder umfasst.",
    "The Model Context Protocol over Streamable HTTP: every operation that the key may call, as a tool.": "Das Model Context Protocol über Streamable HTTP: jede Operation, die der Key aufrufen darf, als Werkzeug.",
    "Revoke keys that were found where they should not be: whoever has a key may end it, without signing in.": (
        "Keys widerrufen, die gefunden wurden, wo sie nicht sein sollten: Wer einen Key hat, darf ihn beenden, "
        "ohne angemeldet zu sein."
    ),
    "Sign in with e-mail address and password; sets the session's cookie.": "Mit E-Mail-Adresse und Passwort anmelden; setzt das Cookie der Sitzung.",
    "Who is signed in, where, and what may they do?": "Wer ist angemeldet, wo, und was darf die Person?",
    "Change the own name, or what is told by e-mail.": "Den eigenen Namen ändern, oder was per E-Mail gesagt wird.",
    "Sign out: end this session.": "Abmelden: diese Sitzung beenden.",
    "Sign out everywhere: end all sessions of this person.": "Überall abmelden: alle Sitzungen dieser Person beenden.",
    "Leave the project that X-Project names.": "Das Projekt verlassen, das X-Project nennt.",
    "Change the own password; ends all other sessions of this person.": "Das eigene Passwort ändern; beendet alle anderen Sitzungen dieser Person.",
    "What does this invitation say?": "Was sagt diese Einladung?",
    "Take up an invitation: become a member, with a new account if need be, and sign in.": "Eine Einladung annehmen: Mitglied werden, wenn nötig mit neuem Konto, und sich anmelden.",
    "Make another project and become its owner.": "Ein weiteres Projekt anlegen und sein Inhaber werden.",
    "Read the key's project.": "Das Projekt des Keys lesen.",
    "Change the project; members left out stay as they are.": "Das Projekt ändern; was weggelassen wird, bleibt.",
    "Delete the project and everything in it, this key included.": "Das Projekt löschen und alles darin, auch diesen Key.",
    "Read the project's settings; secrets show their last four.": "Die Einstellungen des Projekts lesen; Secrets zeigen ihre letzten vier Zeichen.",
    "Change settings; members left out stay as they are.": "Einstellungen ändern; was weggelassen wird, bleibt.",
    "Read the project's budget, and what of it is spent.": "Das Budget des Projekts lesen, und was davon ausgegeben ist.",
    "Change the budget; members left out stay as they are.": "Das Budget ändern; was weggelassen wird, bleibt.",
    "List the project's keys for the services of others; they show their last four.": "Die Keys des Projekts für die Dienste anderer auflisten; sie zeigen ihre letzten vier Zeichen.",
    "Read about a provider's key.": "Über den Key eines Anbieters lesen.",
    "Set a provider's key, in place of the one there is.": "Den Key eines Anbieters festlegen, anstelle des vorhandenen.",
    "Delete a provider's key.": "Den Key eines Anbieters löschen.",
    "Have a worker ask the provider whether it takes the key; what it finds stands in `status`.": "Einen Worker den Anbieter fragen lassen, ob er den Key annimmt; was er findet, steht in `status`.",
    "List cost rates: the project's own, newest first, then those that are shipped.": "Preise auflisten: die des Projekts, neueste zuerst, dann die mitgelieferten.",
    "Set a cost rate; one of the same service, model, metric and time is replaced.": "Einen Preis setzen; einer für denselben Dienst, dasselbe Modell, dieselbe Messgröße und Zeit wird ersetzt.",
    "Read a cost rate.": "Einen Preis lesen.",
    "Change a cost rate; members left out stay as they are.": "Einen Preis ändern; was weggelassen wird, bleibt.",
    "Delete a cost rate.": "Einen Preis löschen.",
    "List keys, newest first.": "Keys auflisten, neueste zuerst.",
    "Make a key; its secret is shown this once.": "Einen Key anlegen; sein Secret wird nur dieses eine Mal gezeigt.",
    "Read a key, without its secret.": "Einen Key lesen, ohne sein Secret.",
    "Change a key's name, scopes, expiry, networks or limit; its secret stays.": "Name, Scopes, Ablauf, Netze oder Grenze eines Keys ändern; sein Secret bleibt.",
    "Revoke a key at once.": "Einen Key sofort widerrufen.",
    "Make a new key with the same settings; the old one lives on for an overlap.": "Einen neuen Key mit denselben Einstellungen anlegen; der alte gilt noch eine Weile.",
    "List workflows, newest first.": "Workflows auflisten, neueste zuerst.",
    "Make a workflow.": "Einen Workflow anlegen.",
    "Delete several workflows; the answer says how each one fared.": "Mehrere Workflows löschen; die Antwort sagt, wie es jedem erging.",
    "Read a workflow.": "Einen Workflow lesen.",
    "Change a workflow; members left out stay as they are.": "Einen Workflow ändern; was weggelassen wird, bleibt.",
    "Delete a workflow.": "Einen Workflow löschen.",
    "Copy a workflow.": "Einen Workflow kopieren.",
    "List the versions of a workflow, newest first.": "Die Versionen eines Workflows auflisten, neueste zuerst.",
    "Read one version of a workflow.": "Eine Version eines Workflows lesen.",
    "Go back to an earlier version of a workflow, or forward again.": "Zu einer früheren Version eines Workflows zurückgehen, oder wieder vor.",
    "Say what a run of a workflow would do, and what stands in its way; nothing is started.": "Sagen, was ein Lauf eines Workflows täte und was ihm im Weg steht; gestartet wird nichts.",
    "List a workflow's runs, newest first.": "Die Läufe eines Workflows auflisten, neueste zuerst.",
    "List runs, newest first.": "Läufe auflisten, neueste zuerst.",
    "Start a run of a workflow.": "Einen Lauf eines Workflows starten.",
    "Delete several finished runs.": "Mehrere beendete Läufe löschen.",
    "Read a run.": "Einen Lauf lesen.",
    "Rename a run.": "Einen Lauf umbenennen.",
    "Delete a finished run, its steps and events.": "Einen beendeten Lauf löschen, mit seinen Schritten und Ereignissen.",
    "Cancel a run.": "Einen Lauf abbrechen.",
    "Pause a running run.": "Einen laufenden Lauf pausieren.",
    "Resume a paused run.": "Einen pausierten Lauf fortsetzen.",
    "Start a finished run again, as a new run.": "Einen beendeten Lauf noch einmal starten, als neuen Lauf.",
    "Go on with a finished run from one of its steps, as a new run.": "Einen beendeten Lauf ab einem seiner Schritte fortsetzen, als neuen Lauf.",
    "Stop a run after its current step.": "Einen Lauf nach seinem jetzigen Schritt beenden.",
    "Choose one of several candidates: it gets the pull request.": "Einen von mehreren Kandidaten wählen: Er bekommt den Pull-Request.",
    "List a run's steps, in order.": "Die Schritte eines Laufs auflisten, der Reihe nach.",
    "Show what a run has changed so far, file by file.": "Zeigen, was ein Lauf bisher geändert hat, Datei für Datei.",
    "Compare two runs: how each went, what it cost, and which files both changed, and alike.": (
        "Zwei Läufe vergleichen: wie jeder verlief, was er gekostet hat und welche Dateien beide geändert "
        "haben, und welche gleich."
    ),
    "List the files that a run's agents have put into $CC_ARTIFACTS, newest first.": "Die Dateien auflisten, die die Agenten eines Laufs in $CC_ARTIFACTS gelegt haben, neueste zuerst.",
    "Fetch one of these files, as it is.": "Eine dieser Dateien holen, wie sie ist.",
    "List a run's events, oldest first.": "Die Ereignisse eines Laufs auflisten, die ältesten zuerst.",
    "List groups of candidates, newest first.": "Gruppen von Kandidaten auflisten, die neuesten zuerst.",
    "Read a group of candidates: where it stands, and which one was chosen.": "Eine Gruppe von Kandidaten lesen: wo sie steht, und welcher gewählt wurde.",
    "Cancel all runs of a group, and its judge; none of them gets a pull request.": "Alle Läufe einer Gruppe und ihren Richter abbrechen; keiner von ihnen bekommt einen Pull-Request.",
    "List sessions, newest first.": "Sitzungen auflisten, neueste zuerst.",
    "Have an agent look at something and answer as data.": "Einen Agenten sich etwas ansehen und mit Daten antworten lassen.",
    "Read a session, with what came of it.": "Eine Sitzung lesen, mit dem, was aus ihr wurde.",
    "Cancel a session; done again, it answers the same.": "Eine Sitzung abbrechen; noch einmal getan, ist die Antwort dieselbe.",
    "List sandboxes, newest first.": "Sandboxen auflisten, die neuesten zuerst.",
    "Open a sandbox: a workspace with an agent in it, with which one talks.": "Eine Sandbox öffnen: einen Arbeitsbereich mit einem Agenten darin, mit dem man spricht.",
    "Read a sandbox.": "Eine Sandbox lesen.",
    "Rename a sandbox.": "Eine Sandbox umbenennen.",
    "Have what a sandbox has changed committed, pushed and proposed, once what was said before is answered.": (
        "Was eine Sandbox geändert hat, als Commit festhalten, pushen und vorschlagen lassen, sobald das zuvor "
        "Gesagte beantwortet ist."
    ),
    "List a sandbox's events, oldest first, as those of a run.": "Die Ereignisse einer Sandbox auflisten, die ältesten zuerst, wie die eines Laufs.",
    "End a sandbox and remove its files; done again, it answers the same.": "Eine Sandbox beenden und ihre Dateien entfernen; wiederholt antwortet es dasselbe.",
    "List what was said to a sandbox and what it answered, newest first.": "Auflisten, was einer Sandbox gesagt wurde und was sie geantwortet hat, das Neueste zuerst.",
    "Say something to a sandbox; its answer comes as events, and stands in the message in the end.": "Einer Sandbox etwas sagen; ihre Antwort kommt als Ereignisse und steht am Ende in der Nachricht.",
    "Let messages wait, after the one that is being answered.": "Nachrichten warten lassen, nach der, die gerade beantwortet wird.",
    "Begin anew: the files are those of the branch again, and the conversation is forgotten.": "Neu beginnen: Die Dateien sind wieder die des Branches, und das Gespräch ist vergessen.",
    "Have the messages answered that wait.": "Die wartenden Nachrichten beantworten lassen.",
    "List questions, newest first.": "Fragen auflisten, neueste zuerst.",
    "Read a question.": "Eine Frage lesen.",
    "Answer a question, in place of what a session has said.": "Eine Frage beantworten, anstelle dessen, was eine Sitzung gesagt hat.",
    "Approve the answer of a question: sessions that come later are told it.": "Die Antwort auf eine Frage freigeben: Spätere Sitzungen erfahren sie.",
    "Dismiss a question: nobody is to answer it.": "Eine Frage verwerfen: Niemand soll sie beantworten.",
    "List pull requests, newest first.": "Pull-Requests auflisten, neueste zuerst.",
    "Read a pull request, as it was when it was last looked at.": "Einen Pull-Request lesen, wie er war, als er zuletzt angesehen wurde.",
    "Have a worker look at a pull request now.": "Einen Worker einen Pull-Request jetzt ansehen lassen.",
    "Have a worker merge a pull request, if nothing stands in its way.": "Einen Worker einen Pull-Request mergen lassen, wenn nichts im Weg steht.",
    "Have a worker close a pull request without merging it.": "Einen Worker einen Pull-Request schließen lassen, ohne ihn zu mergen.",
    "Start a run on a pull request's branch that deals with its failing checks and its reviews.": (
        "Auf dem Branch eines Pull-Requests einen Lauf starten, der auf seine fehlschlagenden Prüfungen und "
        "seine Reviews eingeht."
    ),
    "List the branches that runs have pushed, newest first.": "Die Branches auflisten, die Läufe gepusht haben, neueste zuerst.",
    "Read a branch, as it was when it was last looked at.": "Einen Branch lesen, wie er war, als er zuletzt angesehen wurde.",
    "Have a worker delete a branch that a run has made.": "Einen Worker einen Branch löschen lassen, den ein Lauf angelegt hat.",
    "Have a worker look at a branch now.": "Einen Worker einen Branch jetzt ansehen lassen.",
    "Have a worker take over an issue of a forge; one that is there already is answered as it is.": "Einen Worker ein Issue einer Forge übernehmen lassen; eines, das schon da ist, wird geantwortet, wie es ist.",
    "Take what the project's forge says by itself; signed with its FORGE_WEBHOOK_SECRET.": "Entgegennehmen, was die Forge des Projekts von sich aus sagt; unterschrieben mit seinem FORGE_WEBHOOK_SECRET.",
    "List the endpoints that webhooks go to, newest first.": "Die Endpunkte auflisten, an die Webhooks gehen, neueste zuerst.",
    "Make an endpoint; its secret is shown this once.": "Einen Endpunkt anlegen; sein Secret wird nur dieses eine Mal gezeigt.",
    "Read an endpoint, without its secret.": "Einen Endpunkt lesen, ohne sein Secret.",
    "Change an endpoint; members left out stay as they are.": "Einen Endpunkt ändern; was weggelassen wird, bleibt.",
    "Delete an endpoint and all that is to be delivered to it.": "Einen Endpunkt löschen, samt allem, was ihm zugestellt werden soll.",
    "Give an endpoint a new secret, shown this once; the old one signs as well for a day.": (
        "Einem Endpunkt ein neues Secret geben, das nur dieses eine Mal gezeigt wird; das alte unterschreibt "
        "noch einen Tag mit."
    ),
    "Send an endpoint a message of the type webhook.test.": "Einem Endpunkt eine Nachricht der Art webhook.test senden.",
    "List what was or is to be delivered to an endpoint, newest first.": "Auflisten, was einem Endpunkt zugestellt wurde oder werden soll, neueste zuerst.",
    "Deliver a message once more, whatever has become of it.": "Eine Nachricht noch einmal zustellen, was auch aus ihr geworden ist.",
    "List what has changed in the project, oldest first: as far as the caller may read it.": "Auflisten, was sich im Projekt geändert hat, das Älteste zuerst: soweit der Aufrufer es lesen darf.",
    "List what the caller is notified of and has not dismissed, newest first: as far as it may be read.": (
        "Auflisten, wovon der Aufrufer benachrichtigt wurde und was er nicht verworfen hat, neueste zuerst: "
        "soweit es gelesen werden darf."
    ),
    "Count what the caller has not read.": "Zählen, was der Aufrufer nicht gelesen hat.",
    "Mark all as read, for the caller.": "Alle für den Aufrufer als gelesen markieren.",
    "Mark one as read, for the caller.": "Eine für den Aufrufer als gelesen markieren.",
    "Take one out of the caller's list, for good.": "Eine endgültig aus der Liste des Aufrufers nehmen.",
    "List what was deleted and can come back, last deleted first: of the kinds that the caller may read.": (
        "Auflisten, was gelöscht wurde und zurückkommen kann, zuletzt Gelöschtes zuerst: von den Arten, die der"
        " Aufrufer lesen darf."
    ),
    "Delete for good all that is in the trash, or all of one kind, as far as the caller may delete it.": (
        "Alles endgültig löschen, was im Papierkorb liegt, oder alles von einer Art, soweit der Aufrufer es "
        "löschen darf."
    ),
    "Bring back what was deleted, under its id; needs what making one needs.": "Gelöschtes unter seiner Kennung zurückholen; braucht, was das Anlegen braucht.",
    "Delete for good what is in the trash; needs what deleting one needs.": "Endgültig löschen, was im Papierkorb liegt; braucht, was das Löschen braucht.",
    "List chains, newest first.": "Ketten auflisten, neueste zuerst.",
    "Start a chain: a workflow several times, or issue after issue.": "Eine Kette starten: einen Workflow mehrmals, oder ein Issue nach dem anderen.",
    "Read a chain.": "Eine Kette lesen.",
    "Delete a chain that is over; its runs stay.": "Eine beendete Kette löschen; ihre Läufe bleiben.",
    "Cancel a chain and the run it is at.": "Eine Kette abbrechen, samt dem Lauf, bei dem sie ist.",
    "Go on with a failed chain at the run that failed.": "Eine fehlgeschlagene Kette bei dem fehlgeschlagenen Lauf fortsetzen.",
    "List schedules, newest first.": "Zeitpläne auflisten, neueste zuerst.",
    "Make a schedule.": "Einen Zeitplan anlegen.",
    "Delete several schedules; the answer says how each one fared.": "Mehrere Zeitpläne löschen; die Antwort sagt, wie es jedem erging.",
    "Read a schedule.": "Einen Zeitplan lesen.",
    "Change a schedule; members left out stay as they are.": "Einen Zeitplan ändern; was weggelassen wird, bleibt.",
    "Delete a schedule.": "Einen Zeitplan löschen.",
    "List commands, newest first.": "Befehle auflisten, neueste zuerst.",
    "Make a command.": "Einen Befehl anlegen.",
    "Delete several commands; the answer says how each one fared.": "Mehrere Befehle löschen; die Antwort sagt, wie es jedem erging.",
    "Read a command.": "Einen Befehl lesen.",
    "Change a command; members left out stay as they are.": "Einen Befehl ändern; was weggelassen wird, bleibt.",
    "Delete a command.": "Einen Befehl löschen.",
    "List contexts, newest first.": "Kontexte auflisten, neueste zuerst.",
    "Make a context.": "Einen Kontext anlegen.",
    "Delete several contexts; the answer says how each one fared.": "Mehrere Kontexte löschen; die Antwort sagt, wie es jedem erging.",
    "Read a context.": "Einen Kontext lesen.",
    "Change a context; members left out stay as they are.": "Einen Kontext ändern; was weggelassen wird, bleibt.",
    "Delete a context.": "Einen Kontext löschen.",
    "List issues, newest first.": "Issues auflisten, neueste zuerst.",
    "Make an issue.": "Ein Issue anlegen.",
    "Delete several issues; the answer says how each one fared.": "Mehrere Issues löschen; die Antwort sagt, wie es jedem erging.",
    "Read an issue.": "Ein Issue lesen.",
    "Change an issue; members left out stay as they are.": "Ein Issue ändern; was weggelassen wird, bleibt.",
    "Delete an issue.": "Ein Issue löschen.",
    "List learnings, newest first.": "Erkenntnisse auflisten, neueste zuerst.",
    "Make a learning.": "Eine Erkenntnis anlegen.",
    "Delete several learnings; the answer says how each one fared.": "Mehrere Erkenntnisse löschen; die Antwort sagt, wie es jeder erging.",
    "Read a learning.": "Eine Erkenntnis lesen.",
    "Change a learning; members left out stay as they are.": "Eine Erkenntnis ändern; weggelassene Felder bleiben, wie sie sind.",
    "Delete a learning.": "Eine Erkenntnis löschen.",
    "List personas, newest first.": "Personas auflisten, neueste zuerst.",
    "Make a persona.": "Eine Persona anlegen.",
    "Delete several personas; the answer says how each one fared.": "Mehrere Personas löschen; die Antwort sagt, wie es jeder erging.",
    "Read a persona.": "Eine Persona lesen.",
    "Change a persona; members left out stay as they are.": "Eine Persona ändern; was weggelassen wird, bleibt.",
    "Delete a persona.": "Eine Persona löschen.",
    "List scripts, newest first.": "Skripte auflisten, neueste zuerst.",
    "Make a script.": "Ein Skript anlegen.",
    "Delete several scripts; the answer says how each one fared.": "Mehrere Skripte löschen; die Antwort sagt, wie es jedem erging.",
    "Read a script.": "Ein Skript lesen.",
    "Change a script; members left out stay as they are.": "Ein Skript ändern; was weggelassen wird, bleibt.",
    "Delete a script.": "Ein Skript löschen.",
    "List skills, newest first.": "Skills auflisten, neueste zuerst.",
    "Make a skill.": "Einen Skill anlegen.",
    "Delete several skills; the answer says how each one fared.": "Mehrere Skills löschen; die Antwort sagt, wie es jedem erging.",
    "Read a skill.": "Einen Skill lesen.",
    "Change a skill; members left out stay as they are.": "Einen Skill ändern; weggelassene Felder bleiben, wie sie sind.",
    "Delete a skill.": "Einen Skill löschen.",
    "Copy a persona.": "Eine Persona kopieren.",
    "Make the draft of a context its next version, and that the active one.": "Den Entwurf eines Kontexts zur nächsten Version machen und diese zur aktiven.",
    "Leave a context without an active version; its versions stay.": "Einen Kontext ohne aktive Version lassen; die Versionen bleiben.",
    "List the versions of a context, newest first.": "Die Versionen eines Kontexts auflisten, neueste zuerst.",
    "Read one version of a context.": "Eine Version eines Kontexts lesen.",
    "Make one of its versions the active one of a context.": "Eine der Versionen eines Kontexts zur aktiven machen.",
    "Make the draft of a skill its next version, and that the active one.": "Den Entwurf eines Skills zur nächsten Version machen und diese zur aktiven.",
    "Leave a skill without an active version; its versions stay.": "Einen Skill ohne aktive Version lassen; die Versionen bleiben.",
    "List the versions of a skill, newest first.": "Die Versionen eines Skills auflisten, neueste zuerst.",
    "Read one version of a skill.": "Eine Version eines Skills lesen.",
    "Make one of its versions the active one of a skill.": "Eine der Versionen eines Skills zur aktiven machen.",
    "Make the draft of a command its next version, and that the active one.": "Den Entwurf eines Befehls zur nächsten Version machen und diese zur aktiven.",
    "Leave a command without an active version; its versions stay.": "Einen Befehl ohne aktive Version lassen; die Versionen bleiben.",
    "List the versions of a command, newest first.": "Die Versionen eines Befehls auflisten, neueste zuerst.",
    "Read one version of a command.": "Eine Version eines Befehls lesen.",
    "Make one of its versions the active one of a command.": "Eine der Versionen eines Befehls zur aktiven machen.",
    "Make the draft of a script its next version, and that the active one.": "Den Entwurf eines Skripts zur nächsten Version machen und diese zur aktiven.",
    "Leave a script without an active version; its versions stay.": "Ein Skript ohne aktive Version lassen; die Versionen bleiben.",
    "List the versions of a script, newest first.": "Die Versionen eines Skripts auflisten, neueste zuerst.",
    "Read one version of a script.": "Eine Version eines Skripts lesen.",
    "Make one of its versions the active one of a script.": "Eine der Versionen eines Skripts zur aktiven machen.",
    "Approve a learning: from now on runs are given it.": "Eine Erkenntnis freigeben: von nun an bekommen Läufe sie.",
    "Reject a learning: from now on runs are not given it.": "Eine Erkenntnis ablehnen: von nun an bekommen Läufe sie nicht.",
    "List the project's members, newest account first.": "Die Mitglieder des Projekts auflisten, neuestes Konto zuerst.",
    "List invitations that were not taken up yet.": "Einladungen auflisten, die noch nicht angenommen wurden.",
    "Invite somebody; the link's token is shown this once.": "Jemanden einladen; das Token des Links wird nur dieses eine Mal gezeigt.",
    "Withdraw an invitation.": "Eine Einladung zurückziehen.",
    "Read a member.": "Ein Mitglied lesen.",
    "Change a member's role.": "Die Rolle eines Mitglieds ändern.",
    "Remove a member from the project.": "Ein Mitglied aus dem Projekt entfernen.",
    "List changes, newest first: who, what, when, from where.": "Änderungen auflisten, neueste zuerst: wer, was, wann, von wo.",
    "Sum up the runs of a time.": "Die Läufe eines Zeitraums zusammenfassen.",
    "Sum up the runs of a time by day, workflow or persona.": "Die Läufe eines Zeitraums nach Tag, Workflow oder Persona zusammenfassen.",
    "Sum up what was used and paid in a time, by day, service, model, workflow, persona, member or run.": (
        "Zusammenfassen, was in einer Zeit verbraucht und bezahlt wurde, nach Tag, Dienst, Modell, Workflow, "
        "Persona, Mitglied oder Lauf."
    ),
    "Sum up a workflow's runs of the last days.": "Die Läufe eines Workflows aus den letzten Tagen zusammenfassen.",
    "Sum up the runs of the last days in which a persona took steps.": "Die Läufe der letzten Tage zusammenfassen, in denen eine Persona Schritte übernommen hat.",
}

REASONS: dict[str, str] = {
    "RUN_UNREADABLE": "Der Lauf, oder was er braucht, kann nicht gelesen werden; das Protokoll des Workers sagt mehr.",
    "NO_SUCH_AGENT": "Es gibt keinen Agenten '{agent}' (Schritt \"{label}\").",
    "NO_AGENT": (
        "Auf dem Rechner des Workers ist kein Agent installiert, und weder Schritt noch Persona noch Projekt "
        "nennt einen.  So installieren Sie einen: {install}"
    ),
    "AGENT_NOT_INSTALLED": "Der Agent '{agent}' ist auf dem Rechner des Workers nicht installiert.  So installieren Sie ihn: {install}",
    "AGENT_PROGRAM_MISSING": "Das Programm des Agenten '{agent}' fehlt; siehe codecourier.conf.",
    "SANDBOX_BROKEN": (
        "Die Sandbox des Workers arbeitet nicht: {detail}  Beheben Sie das, und starten Sie den Worker neu; "
        "oder, falls Agenten die Rechte des Workers haben dürfen, schreiben Sie sandbox = off in "
        "codecourier.conf."
    ),
    "SANDBOX_PATH_REFUSED": (
        "Die Einstellung sandboxPaths nennt {path}, das Agenten nicht gezeigt werden kann: Es ist nicht da oder"
        " enthält die Daten oder das Home eines Kontos."
    ),
    "AGENT_HOME_REFUSED": (
        "Die Einstellung agentHome nennt {path}, das Agenten nicht gezeigt werden kann: Es ist nicht da, oder "
        "es ist das eigene Home des Kontos oder enthält die Daten.  Nennen Sie ein eigenes Verzeichnis mit den "
        "Anmeldungen der Agenten."
    ),
    "AGENT_HOME_NOT_COPIED": "Das Verzeichnis der Einstellung agentHome konnte nicht für das Projekt kopiert werden: [{reason}|{detail}].",
    "DIRECTORY_NOT_MADE": "Das Verzeichnis des Laufs konnte nicht angelegt werden: {detail}.",
    "REPOSITORY_REFUSED": "Die Adresse des Repositorys [{reason}|{detail}].",
    "REPOSITORY_NOT_THERE": "Das Repository konnte nicht geholt werden: Der Rechner des Workers hat kein solches Verzeichnis.",
    "SSH_KEY_MISSING": (
        "Ein Repository, das über ssh erreicht wird, braucht einen eigenen Key des Projekts: Legen Sie einen "
        "privaten Key als GIT_SSH_KEY in dessen Umgebung."
    ),
    "TUNNEL_MISSING": "Repositorys, die über ssh oder git:// erreicht werden, brauchen den Worker 'codecourier work'.",
    "GIT_MISSING": "Git ist auf dem Rechner des Workers nicht installiert.",
    "MIRROR_NOT_MADE": "Der Spiegel des Repositorys konnte nicht angelegt werden: {detail}.",
    "FETCH_FAILED": (
        "Das Repository konnte nicht geholt werden[: nicht innerhalb von {seconds} s (Einstellung "
        "gitTimeoutSeconds).|: {reason}|: {detail}|.][ ({hint})][ ({credential})]"
    ),
    "CLONE_FAILED": (
        "Das Repository konnte nicht geklont werden[: nicht innerhalb von {seconds} s (Einstellung "
        "gitTimeoutSeconds).|: {reason}|: {detail}|.][ ({hint})][ ({credential})]"
    ),
    "PUSH_FORBIDDEN": (
        "Der Lauf dürfte seinen Branch nicht pushen[: nicht innerhalb von {seconds} s (Einstellung "
        "gitTimeoutSeconds).|: {reason}|: {detail}|.][ ({hint})][ ({credential})]"
    ),
    "TREE_NOT_RESTORED": (
        "Die Dateien konnten nicht so zurückgesetzt werden, wie sie zu Beginn des Schritts waren[: nicht "
        "innerhalb von {seconds} s (Einstellung gitTimeoutSeconds).|: {reason}|: {detail}|.][ ({hint})][ "
        "({credential})]"
    ),
    "CHECKPOINT_TOO_LARGE": (
        "Das Verzeichnis des Laufs ist nicht mehr da, und was seine Schritte geändert haben, war zu groß, um "
        "anderswo aufbewahrt zu werden (Einstellung checkpointMb)."
    ),
    "STEP_FAILED": "Schritt {step} ({label}) ist fehlgeschlagen: {reason}",
    "RUN_TOO_LONG": "Der Lauf dauerte länger als {seconds} s, das ist die Einstellung runTimeoutSeconds.",
    "WORKER_LOST": "Der Worker, der den Lauf ausführte, ging verloren[, {times}-mal insgesamt].",
    "PROMPT_TOO_LONG": (
        "Der Prompt hat {bytes} Bytes, und eine Befehlszeile nimmt 128 KiB in einem Wort.  Lassen Sie {word} in"
        " agent.{agent} in codecourier.conf weg: Dann kommt er über die Standardeingabe."
    ),
    "COMMIT_FAILED": (
        "Die Änderungen konnten nicht committet werden[: nicht innerhalb von {seconds} s (Einstellung "
        "gitTimeoutSeconds).|: {reason}|: {detail}|.][ ({hint})][ ({credential})]"
    ),
    "CHANGES_REFUSED": (
        "Die Änderungen sind nicht das, was Git annimmt[: nicht innerhalb von {seconds} s (Einstellung "
        "gitTimeoutSeconds).|: {reason}|: {detail}|.][ ({hint})][ ({credential})]"
    ),
    "CHANGES_NOT_KEPT": "Die Änderungen konnten nicht aufbewahrt werden.",
    "CHANGES_UNREADABLE": "Die Änderungen konnten nicht gelesen werden.",
    "CHANGES_NO_FILE": "Die Änderungen sind kein Bundle: keine Datei.",
    "CHANGES_INVALID": "Die Änderungen sind kein Bundle des Branches dieses Laufs.",
    "CHANGES_TOO_LARGE": "Die Änderungen sind größer, als das Verzeichnis eines Laufs sein darf (Einstellung workspaceMb).",
    "CHANGES_GONE": "Was die Schritte des Laufs geändert haben, ist nicht mehr da.",
    "PUSH_FAILED": (
        "Der Branch konnte nicht gepusht werden[: nicht innerhalb von {seconds} s (Einstellung "
        "gitTimeoutSeconds).|: {reason}|: {detail}|.][ ({hint})][ ({credential})]"
    ),
    "PUSH_NO_TOKEN": (
        "Die Umgebung des Projekts hat kein Token für seinen Host, weder GITHUB_TOKEN noch GIT_TOKEN.  Was "
        "geändert wurde, bleibt beim Lauf erhalten, als Patch und als Bundle."
    ),
    "PULL_UNANSWERED": (
        "Es kam keine Antwort[: nicht innerhalb von {seconds} s (Einstellung gitTimeoutSeconds).|: {reason}|: "
        "{detail}|.][ ({hint})][ ({credential})]"
    ),
    "PULL_NOT_OPENED": "[{detail}|die Antwort ist nicht zu verstehen]",
    "BUDGET_DAY": "Das Budget des Projekts von {value} US-Dollar für heute (UTC) ist aufgebraucht.",
    "BUDGET_MONTH": "Das Budget des Projekts von {value} US-Dollar für diesen Monat (UTC) ist aufgebraucht.",
    "BUDGET_RUN": "Das Budget eines Laufs von {value} US-Dollar ist aufgebraucht.",
    "NO_MEMORY": "Der Arbeitsspeicher reicht nicht.",
    "STEP_TOO_LONG": "Er dauerte länger als {seconds} s.",
    "CPU_EXCEEDED": "Er brauchte mehr als {value} s Prozessorzeit, das ist die Einstellung agentCpuSeconds.",
    "FILE_EXCEEDED": "Er schrieb eine Datei von mehr als {value} MB, das ist die Einstellung agentFileMb.",
    "PROCESSES_EXCEEDED": "Er startete mehr als {value} Prozesse und Threads, das ist die Einstellung agentProcesses[: {detail}|.]",
    "MEMORY_EXCEEDED": "Seine Prozesse brauchten mehr als {value} MB Arbeitsspeicher, das ist die Einstellung agentMemoryMb.",
    "OUTPUT_EXCEEDED": "Der Lauf schrieb mehr als {value} MB Ausgabe, das ist die Einstellung runOutputMb.",
    "SIZE_EXCEEDED": "Seine Verzeichnisse wuchsen über {value} MB, das ist die Einstellung workspaceMb.",
    "FILES_EXCEEDED": "Seine Verzeichnisse enthalten mehr als {value} Dateien, das ist die Einstellung workspaceFiles.",
    "DEPTH_EXCEEDED": (
        "Seine Verzeichnisse sind zu tief geschachtelt, um an {value} MB gemessen zu werden, das ist die "
        "Einstellung workspaceMb."
    ),
    "KEY_INVALID": (
        "Sein Modelldienst bekommt keinen gültigen Key: Setzen Sie {variable} in den Projekteinstellungen, "
        "unter den Umgebungsvariablen.  Er sagte: {detail}"
    ),
    "AGENT_TURNS": "Der Agent erreichte seine Grenze an Zügen, bevor er fertig war.",
    "AGENT_BUDGET": "Der Agent erreichte seine Kostengrenze, bevor er fertig war.",
    "AGENT_ERROR": "Der Agent ist bei der Arbeit fehlgeschlagen und sagt nicht mehr dazu.",
    "AGENT_CUT": "Die Antwort des Modells wurde bei ihrer größten Länge abgeschnitten.",
    "AGENT_FILTERED": "Die Antwort des Modells hielt dessen Inhaltsfilter zurück.",
    "AGENT_REFUSES": "Der Agent lehnt es ab, das zu tun.",
    "AGENT_INTERRUPTED": "Der Agent wurde unterbrochen.",
    "AGENT_UNFINISHED": "Der Agent endete mitten in der Arbeit.",
    "AGENT_SAYS": "[{detail}|Der Agent sagt es.]",
    "ANSWER_UNFIT": "seine Antwort passt nicht, obwohl er zweimal gefragt wurde: {detail}[  Er sagte: {value}]",
    "AGENT_EXITED": "Der Agent endete mit Code {exit}[: {detail}|.][ ({hint})]",
    "AGENT_EXITED_SILENT": "Der Agent endete mit Code {exit} und ohne Ergebnis[: {detail}|.][ ({hint})]",
    "AGENT_EXITED_LATE": "Der Agent endete mit Code {exit}, nachdem er gesagt hatte, dass er fertig sei[: {detail}|.][ ({hint})]",
    "AGENT_KILLED": "Der Agent wurde durch Signal {signal} beendet[: {detail}|.][ ({hint})]",
    "AGENT_KILLED_SILENT": "Der Agent wurde durch Signal {signal} beendet, ohne Ergebnis[: {detail}|.][ ({hint})]",
    "AGENT_KILLED_LATE": (
        "Der Agent wurde durch Signal {signal} beendet, nachdem er gesagt hatte, dass er fertig sei[: "
        "{detail}|.][ ({hint})]"
    ),
    "CHAIN_RUN_FAILED": "Lauf {run} ist fehlgeschlagen.",
    "CHAIN_RUN_CANCELLED": "Lauf {run} wurde abgebrochen.",
    "CHAIN_RUN_DELETED": "Ihr Lauf wurde gelöscht.",
    "WORKFLOW_GONE": "Es gibt keinen Workflow mit dieser Kennung.",
    "WORKFLOW_ARCHIVED": "Ein archivierter Workflow kann nicht gestartet werden.",
    "ISSUE_NOT_TAKEN_OVER": "Das Issue wird noch von seiner Forge übernommen.",
    "ISSUE_GONE": "Es gibt kein Issue mit dieser Kennung.",
    "MEMBER_GONE": "Wer das eingerichtet hat, ist kein Mitglied des Projekts mehr.",
    "KEY_ENDED": "Der Key '{key}' hat das eingerichtet und ist widerrufen oder abgelaufen.",
    "KEY_OF_TESTS": "Der Key '{key}' hat das eingerichtet und ist ein Test-Key.",
    "SCOPE_LOST": "[Der Key '{key}'|{person}] hat das eingerichtet und hat '{scope}' nicht mehr.",
    "CANDIDATES_NONE": "Keiner der Kandidaten ist abgeschlossen.",
    "JUDGE_NAMED_NONE": (
        "Der Richter hat keinen genannt[: {detail}|, denn seine Sitzung wurde abgebrochen oder gelöscht, oder "
        "der genannte Lauf wurde es.]"
    ),
    "FORGE_NOT_ASKED": "Seine Forge konnte nicht gefragt werden; das Protokoll des Workers sagt mehr.",
    "FORGE_UNKNOWN": "Sein Host ist keine der Forges, die der Betreiber kennt (Einstellung forges).",
    "FORGE_NO_TOKEN": "Die Umgebung des Projekts hat kein Token für seine Forge.",
    "FORGE_REFUSED": "[{detail}|Die Antwort seiner Forge wird nicht verstanden.]",
    "PULL_CLOSED": "Er wurde inzwischen geschlossen oder gemergt.",
    "PULL_DRAFT": "Er ist ein Entwurf: Geben Sie bei seiner Forge an, dass er zur Durchsicht bereit ist.",
    "PULL_CONFLICTS": "Er hat Konflikte mit „{branch}“, die zuerst gelöst werden müssen.",
    "PULL_CHECKS_FAILED": "Prüfungen schlagen fehl[ ({checks})]: Mit „force“ gleich true wird trotzdem gemergt.",
    "PULL_CHECKS_PENDING": (
        "Prüfungen sind noch nicht fertig[ ({checks})]: Warten Sie auf sie; mit „force“ gleich true wird "
        "trotzdem gemergt."
    ),
    "PULL_HEAD_UNKNOWN": "Seine Forge gibt nicht an, was sein letzter Commit ist.",
    "ISSUE_ADDRESS": "Seine Adresse ist nicht die eines Issues bei einer Forge.",
    "BRANCH_PROTECTED": "Seine Forge schützt ihn: Nehmen Sie dort zuerst den Schutz weg.",
    "BRANCH_MOVED": (
        "Er steht bei {commit}, was kein Lauf des Projekts gepusht und kein Merge aufgenommen hat: Löschen Sie "
        "ihn bei seiner Forge."
    ),
    "LIMIT_PERHAPS": "vielleicht die Grenze der Einstellung {setting}: {value}",
    "CREDENTIAL_REFUSED": "{host} antwortete {status} auf {reason}",
    "CREDENTIAL_NONE": "keine Zugangsdaten: Die Umgebung des Projekts hat weder GITHUB_TOKEN noch GIT_TOKEN",
    "CREDENTIAL_OF_PROJECT": "{variable} aus der Umgebung des Projekts",
    "CREDENTIAL_OF_OPERATOR": "die Einstellung githubToken aus codecourier.conf",
    "HOME_TOO_LARGE": "Es enthält mehr als 64 MB",
    "LOCAL_REFUSED": (
        "darf kein Verzeichnis dieses Rechners sein, außer unter einem, das der Betreiber aufgeführt hat "
        "(Einstellung localRepositories)"
    ),
    "PROTOCOL_REFUSED": "darf nicht mit {protocol}:// beginnen, das der Betreiber nicht erlaubt hat (Einstellung gitProtocols)",
    "HOST_REFUSED": "muss einen Host nennen, der öffentlich ist oder den der Betreiber aufgeführt hat (Einstellung privateHosts)",
}
