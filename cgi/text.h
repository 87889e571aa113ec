/*
 * Every text the command shows to a person, in English and German, and the one way to say it.
 *
 * Data (--json), secrets and what the API itself says are not here: those stay as they are.  {1} {2} … stand for
 * values, so that a language can put them where its grammar wants them, and no text is ever a printf format.
 *
 *   X(name, English, German)
 */
#ifndef CODECOURIER_TEXT_H
#define CODECOURIER_TEXT_H

#include <stdio.h>

#define TEXTS(X)                                                                                                           \
    X(NONE, "", "")                                                                                                        \
    /* ---- help: the frame ---- */                                                                                        \
    X(ABOUT, "CodeCourier {1}: a REST API for coding agents' workflows and runs.",                                         \
      "CodeCourier {1}: eine REST-Schnittstelle für Workflows und Läufe von Programmier-Agenten.")                         \
    X(USAGE, "Usage:", "Aufruf:")                                                                                          \
    X(COMMANDS, "Commands:", "Befehle:")                                                                                   \
    X(W_COMMAND, "COMMAND", "BEFEHL")                                                                                      \
    X(W_OPTIONS, "OPTIONS", "OPTIONEN")                                                                                    \
    X(OPTIONS, "Options:", "Optionen:")                                                                                    \
    X(EXAMPLES, "Examples:", "Beispiele:")                                                                                 \
    X(ENVIRONMENT, "Environment:", "Umgebungsvariablen:")                                                                  \
    X(EXIT_CODES, "Exit codes:", "Rückgabewerte:")                                                                         \
    X(SETTINGS, "Settings:", "Einstellungen:")                                                                             \
    X(REQUIRED, "(required)", "(erforderlich)")                                                                            \
    X(MORE_HELP, "'{1} help COMMAND' explains one command, '{1} help settings' what codecourier.conf can say.",            \
      "'{1} help BEFEHL' erklärt einen Befehl, '{1} help settings' was in codecourier.conf stehen kann.")                  \
    X(EXIT_0, "it worked", "es hat geklappt")                                                                              \
    X(EXIT_1, "it was refused, or it failed", "es wurde abgelehnt oder ging schief")                                       \
    X(EXIT_2, "the command line was not understood", "die Befehlszeile war nicht zu verstehen")                            \
    X(EXIT_3, "the data directory cannot be used: missing, locked, full or not permitted",                                 \
      "das Datenverzeichnis ist nicht benutzbar: es fehlt, ist gesperrt, voll oder nicht erlaubt")                         \
    X(ENV_DATA, "the data directory, when --data is not given", "das Datenverzeichnis, wenn --data fehlt")                 \
    X(ENV_NO_COLOR, "when set, no colours", "wenn gesetzt: keine Farben")                                                  \
    X(ENV_LANG, "de_DE or the like for German texts (LC_ALL and LC_MESSAGES come first)",                                  \
      "de_DE oder ähnlich für deutsche Texte (LC_ALL und LC_MESSAGES gehen vor)")                                          \
    /* ---- help: the commands ---- */                                                                                     \
    X(C_INIT, "Make a data directory, with a first project and its owner.",                                                \
      "Ein Datenverzeichnis anlegen, mit einem ersten Projekt und dessen Inhaber.")                                        \
    X(D_INIT,                                                                                                              \
      "Shows the owner's one-time password once.  On a directory that has a project already it changes nothing.  The "     \
      "file codecourier.conf in it lists all settings.",                                                                   \
      "Zeigt das Einmal-Passwort des Inhabers ein einziges Mal.  Gibt es schon ein Projekt, ändert sich nichts.  Die "     \
      "Datei codecourier.conf darin nennt alle Einstellungen.")                                                            \
    X(C_SERVE, "Run the service: lighttpd and its workers.", "Den Dienst betreiben: lighttpd und seine Worker.")           \
    X(D_SERVE,                                                                                                             \
      "Makes the data directory when it is not there.  Ctrl-C or SIGTERM ends everything: requests in hand are "           \
      "finished, at most ten seconds long; a second Ctrl-C ends it at once.  With --socket no lighttpd is started, only "  \
      "the workers, for a web server of your own.",                                                                        \
      "Legt das Datenverzeichnis an, wenn es fehlt.  Strg-C oder SIGTERM beendet alles: laufende Anfragen werden noch "    \
      "beantwortet, höchstens zehn Sekunden lang; ein zweites Strg-C beendet sofort.  Mit --socket startet kein "          \
      "lighttpd, nur die Worker, für einen eigenen Webserver.")                                                            \
    X(C_KEY_CREATE, "Make an API key and show its secret once.",                                                           \
      "Einen API-Key anlegen und sein Secret einmal zeigen.")                                                              \
    X(D_KEY_CREATE, "'{1} scopes' lists the scopes.  With --quiet the secret alone is printed, for scripts.",              \
      "'{1} scopes' nennt alle Scopes.  Mit --quiet kommt nur das Secret, für Skripte.")                                   \
    X(C_KEY_LIST, "List the keys of a project, newest first.", "Die Keys eines Projekts zeigen, neueste zuerst.")          \
    X(C_KEY_REVOKE, "Revoke keys; they stop working at once.", "Keys widerrufen; sie gelten sofort nicht mehr.")           \
    X(C_KEY_ROTATE, "Give a key a new secret; the old one lives on for a while.",                                          \
      "Einem Key ein neues Secret geben; das alte gilt noch eine Weile.")                                                  \
    X(C_KEY_CHECK, "Tell whether a key works, and whose it is.", "Sagen, ob ein Key gilt und wem er gehört.")              \
    X(D_KEY_CHECK,                                                                                                         \
      "The key is read from standard input, where other users of the machine and the shell's history do not see it.",      \
      "Der Key wird von der Standardeingabe gelesen; dort sehen ihn weder andere Benutzer noch der Verlauf der "           \
      "Shell.")                                                                                                            \
    X(C_PROJECT_CREATE, "Make a project.", "Ein Projekt anlegen.")                                                         \
    X(C_PROJECT_LIST, "List the projects, oldest first.", "Die Projekte zeigen, älteste zuerst.")                          \
    X(C_USER_ADD, "Add a person, with a one-time password.", "Eine Person aufnehmen, mit Einmal-Passwort.")                \
    X(C_USER_PASSWORD, "Give a person a new one-time password.", "Einer Person ein neues Einmal-Passwort geben.")          \
    X(C_WORK, "Execute runs: take what is waiting, until told to stop.",                                                   \
      "Läufe ausführen: nehmen, was wartet, bis zum Ende durch Strg-C.")                                                   \
    X(D_WORK,                                                                                                              \
      "Several workers may run at once, on several machines.  With --drain it ends when nothing is waiting, for cron.  "   \
      "Ctrl-C or SIGTERM tells the agents to end and puts their runs back; another worker goes on with them.",             \
      "Mehrere dürfen zugleich laufen, auch auf mehreren Rechnern.  Mit --drain endet es, wenn nichts mehr wartet, für "   \
      "cron.  Strg-C oder SIGTERM beendet die Agenten und legt ihre Läufe zurück; ein anderer macht damit weiter.")        \
    X(C_RUN_START, "Start a run of a workflow.", "Einen Lauf eines Workflows starten.")                                    \
    X(C_RUN_LIST, "List runs, newest first.", "Läufe zeigen, neueste zuerst.")                                             \
    X(C_RUN_WATCH, "Follow a run until it ends.", "Einem Lauf folgen, bis er endet.")                                      \
    X(D_RUN_WATCH, "Ends with 0 when the run completes, with 1 when it fails or is cancelled.",                            \
      "Endet mit 0, wenn der Lauf gelingt, mit 1, wenn er scheitert oder abgebrochen wird.")                               \
    X(C_RUN_CANCEL, "Cancel runs.", "Läufe abbrechen.")                                                                    \
    X(C_DOCTOR, "Look whether everything is in order, and say what to do.",                                                \
      "Nachsehen, ob alles in Ordnung ist, und sagen, was zu tun ist.")                                                    \
    X(D_DOCTOR, "Looks at storage, files and their rights, isolation, git and the agents, and with --url at what the web server hands out.  Ends " \
      "with 1 when something does not work.",                                                                              \
      "Sieht nach Speicher, Dateien und ihren Rechten, Abschottung, git und Agenten, mit --url auch danach, was der Webserver herausgibt.  Endet mit "\
      "1, wenn etwas nicht geht.")                                                                                         \
    X(C_ROUTES, "List the routes of the API and the scopes they ask for.",                                                 \
      "Die Routen der API zeigen, mit den nötigen Scopes.")                                                                \
    X(C_SCOPES, "List the scopes a key can have.", "Die Scopes zeigen, die ein Key haben kann.")                           \
    X(C_OPENAPI, "Print the OpenAPI 3.1 description.", "Die OpenAPI-3.1-Beschreibung ausgeben.")                           \
    X(C_SETTINGS, "Print a codecourier.conf with every setting at its default.",                                           \
      "Eine codecourier.conf ausgeben, mit allen Einstellungen und ihren Vorgaben.")                                       \
    X(C_VERSION, "Print the version.", "Die Version ausgeben.")                                                            \
    X(C_HELP, "Explain a command.", "Einen Befehl erklären.")                                                              \
    /* ---- help: the options ---- */                                                                                      \
    X(O_DATA, "Data directory.  Default: $CODECOURIER_DATA, else ./var.",                                                  \
      "Datenverzeichnis.  Vorgabe: $CODECOURIER_DATA, sonst ./var.")                                                       \
    X(O_PORT, "Port to listen on; 0 takes a free one.  Default: 8080.",                                                    \
      "Port, auf dem der Dienst antwortet; 0 nimmt einen freien.  Vorgabe: 8080.")                                         \
    X(O_BIND, "Address to listen on.  Default: 127.0.0.1, this machine alone.",                                            \
      "Adresse, auf der der Dienst antwortet.  Vorgabe: 127.0.0.1, nur dieser Rechner.")                                   \
    X(O_WORKERS, "How many processes answer requests, 1 to 64.  Default: 4.",                                              \
      "Wie viele Prozesse Anfragen beantworten, 1 bis 64.  Vorgabe: 4.")                                                   \
    X(O_URL, "Where clients find the service, to ask the web server there what it hands out.",                             \
      "Wo Clients den Dienst finden: der Webserver dort wird gefragt, was er herausgibt.")                                 \
    X(O_WWW, "Directory of the dashboard's files.  Default: looked for beside the program.",                               \
      "Verzeichnis der Oberfläche.  Vorgabe: wird neben dem Programm gesucht.")                                            \
    X(O_DOCS, "Directory of the documentation's files.  Default: looked for beside the program.",                          \
      "Verzeichnis der Dokumentation.  Vorgabe: wird neben dem Programm gesucht.")                                         \
    X(O_SOCKET, "Only run workers on this Unix socket; '-' takes the listening socket on standard input.",                 \
      "Nur Worker betreiben, auf diesem Unix-Socket; '-' nimmt den wartenden Socket der Standardeingabe.")                 \
    X(O_EMAIL, "E-mail address the person signs in with.", "E-Mail-Adresse, mit der sich die Person anmeldet.")            \
    X(O_OWNER, "E-mail address of the owner on a first start.  Default: {1}.",                                             \
      "E-Mail-Adresse des Inhabers beim ersten Start.  Vorgabe: {1}.")                                                     \
    X(O_NAME, "A name to know it by.", "Ein Name, unter dem man es wiederfindet.")                                         \
    X(O_SLUG, "Short name for addresses.  Default: made from the name.",                                                   \
      "Kurzname für Adressen.  Vorgabe: aus dem Namen gebildet.")                                                          \
    X(O_EXAMPLES, "Put two example workflows into it.", "Zwei Beispiel-Workflows hineinlegen.")                            \
    X(O_ROLE, "member, admin or owner.  Default: member.", "member, admin oder owner.  Vorgabe: member.")                  \
    X(O_SCOPES, "What the key may do: scopes separated by commas.",                                                        \
      "Was der Key darf: Scopes, durch Kommas getrennt.")                                                                  \
    X(O_PROJECT, "Id or slug of the project.  Default: the only one there is.",                                            \
      "Id oder Kurzname des Projekts.  Vorgabe: das einzige.")                                                             \
    X(O_MODE, "live, or test: its runs are rehearsals that cost nothing.  Default: live.",                                 \
      "live, oder test: seine Läufe sind Proben und kosten nichts.  Vorgabe: live.")                                       \
    X(O_EXPIRES, "When it stops working: 12h, 30d, 8w, or a time such as 2030-01-31T12:00:00Z.  Default: never.",          \
      "Wann er endet: 12h, 30d, 8w oder eine Zeit wie 2030-01-31T12:00:00Z.  Vorgabe: nie.")                               \
    X(O_NETWORKS, "Addresses it may be used from, separated by commas: 192.0.2.0/24,2001:db8::/32.",                       \
      "Adressen, von denen er gilt, durch Kommas getrennt: 192.0.2.0/24,2001:db8::/32.")                                   \
    X(O_RATE_LIMIT, "Requests a minute.  Default: the setting rateLimit.",                                                 \
      "Anfragen je Minute.  Vorgabe: die Einstellung rateLimit.")                                                          \
    X(O_OVERLAP, "How long the old secret still works: 0, 90m, 24h, 7d.  Default: 24h.",                                   \
      "Wie lange das alte Secret noch gilt: 0, 90m, 24h, 7d.  Vorgabe: 24h.")                                              \
    X(O_SLOTS, "How many runs are executed at once; 0 with serve: none.  Default: the setting slots.",                     \
      "Wie viele Läufe zugleich; 0 bei serve: keine.  Vorgabe: die Einstellung slots.")                                    \
    X(O_DRAIN, "End when nothing is waiting.", "Enden, wenn nichts mehr wartet.")                                          \
    X(O_WORKFLOW, "Id of the workflow.", "Id des Workflows.")                                                              \
    X(O_PROMPT, "What is to be done.", "Was zu tun ist.")                                                                  \
    X(O_STATUS, "Only those: pending, running, paused, cancelling, completed, failed or cancelled.",                       \
      "Nur diese: pending, running, paused, cancelling, completed, failed oder cancelled.")                                \
    X(O_WATCH, "Follow it until it ends.", "Ihm folgen, bis er endet.")                                                    \
    X(O_QUIET, "Print the secret alone; of a run its id.", "Nur das Secret ausgeben; von einem Lauf seine Id.")            \
    X(O_JSON, "Print JSON.", "JSON ausgeben.")                                                                             \
    X(O_HELP, "Print this help.", "Diese Hilfe zeigen.")                                                                   \
    /* ---- the command line was not understood ---- */                                                                    \
    X(ERROR, "error:", "Fehler:")                                                                                          \
    X(TRY_HELP, "'{1} --help' explains it.", "'{1} --help' erklärt es.")                                                   \
    X(NO_COMMAND, "There is no command '{1}'.", "Einen Befehl '{1}' gibt es nicht.")                                       \
    X(NO_OPTION, "There is no option '{1}'.", "Eine Option '{1}' gibt es nicht.")                                          \
    X(DID_YOU_MEAN, "Did you mean '{1}'?", "War '{1}' gemeint?")                                                           \
    X(OPTION_NOT_HERE, "'{1}' does not take {2}.", "'{1}' nimmt {2} nicht.")                                               \
    X(NEEDS_VALUE, "{1} needs a value: {1} {2}", "{1} braucht einen Wert: {1} {2}")                                        \
    X(TAKES_NO_VALUE, "{1} takes no value.", "{1} nimmt keinen Wert.")                                                     \
    X(TWICE, "{1} was given twice.", "{1} wurde zweimal angegeben.")                                                       \
    X(MISSING_OPTION, "{1} is missing.", "{1} fehlt.")                                                                     \
    X(MISSING_OPERAND, "{1} is missing.", "{1} fehlt.")                                                                    \
    X(TOO_MANY, "'{1}' is one word too many.", "'{1}' ist ein Wort zu viel.")                                              \
    X(BAD_NUMBER, "{1} must be a whole number from {2} to {3}, not '{4}'.",                                                \
      "{1} muss eine ganze Zahl von {2} bis {3} sein, nicht '{4}'.")                                                       \
    X(BAD_TIME, "{1} must be a time span such as 90m, 12h or 30d, or a time such as 2030-01-31T12:00:00Z, not '{2}'.",     \
      "{1} muss eine Dauer wie 90m, 12h oder 30d sein oder eine Zeit wie 2030-01-31T12:00:00Z, nicht '{2}'.")              \
    X(BAD_SPAN, "{1} must be a time span such as 0, 90m, 12h or 7d, not '{2}'.",                                           \
      "{1} muss eine Dauer wie 0, 90m, 12h oder 7d sein, nicht '{2}'.")                                                    \
    /* ---- the instance ---- */                                                                                           \
    X(CANNOT_OPEN, "{1} cannot be used: {2}", "{1} ist nicht benutzbar: {2}")                                              \
    X(CANNOT, "{1}: {2}", "{1}: {2}")                                                                                      \
    X(NO_MEMORY, "There is not enough memory.", "Der Speicher reicht nicht.")                                              \
    X(NO_PROJECTS, "There is no project yet; make one: {1}", "Es gibt noch kein Projekt; so entsteht eines: {1}")          \
    X(WHICH_PROJECT, "There is more than one project; choose one with --project:",                                         \
      "Es gibt mehrere Projekte; --project wählt eines:")                                                                  \
    X(NO_SUCH_PROJECT, "There is no project '{1}'.  There are:", "Ein Projekt '{1}' gibt es nicht.  Es gibt:")             \
    X(REFUSED, "{1} ({2})", "{1} ({2})")                                                                                   \
    X(REFUSED_OPTION, "{1}: {2} ({3})", "{1}: {2} ({3})")                                                                  \
    X(ODD_ANSWER, "The answer could not be read.", "Die Antwort war nicht zu lesen.")                                      \
    X(MADE_DATA, "Made {1}.", "{1} ist angelegt.")                                                                         \
    X(DATA_WAS_THERE, "{1} has a project already; nothing was changed.",                                                   \
      "In {1} gibt es schon ein Projekt; nichts wurde geändert.")                                                          \
    X(NEW_PASSWORD_HOW, "For a new one-time password: {1}", "Ein neues Einmal-Passwort gibt: {1}")                         \
    X(OWNER_IS, "Owner: {1}", "Inhaber: {1}")                                                                              \
    X(PASSWORD_IS, "One-time password: {1}", "Einmal-Passwort: {1}")                                                       \
    X(PASSWORD_ONCE, "It is shown this once, and must be changed at the first sign-in.",                                   \
      "Es wird nur dieses eine Mal gezeigt und ist bei der ersten Anmeldung zu ändern.")                                   \
    X(START_IT, "Start the service: {1}", "Den Dienst starten: {1}")                                                       \
    X(MADE_PROJECT, "Made the project {1}.", "Das Projekt {1} ist angelegt.")                                              \
    X(SLUG_TAKEN, "There is a project '{1}' already; choose another --slug.",                                              \
      "Ein Projekt '{1}' gibt es schon; --slug wählt einen anderen Kurznamen.")                                            \
    X(BAD_NAME, "--name must have 1 to 100 characters, --slug small letters, digits and '-'.",                             \
      "--name muss 1 bis 100 Zeichen haben, --slug kleine Buchstaben, Ziffern und '-'.")                                   \
    X(BAD_PERSON, "--email must be an address such as ada@example.org, --role member, admin or owner.",                    \
      "--email muss eine Adresse wie ada@example.org sein, --role member, admin oder owner.")                              \
    X(PERSON_THERE, "{1} is there already.", "{1} gibt es schon.")                                                         \
    X(NO_PERSON, "There is nobody with the address {1}.", "Niemand hat die Adresse {1}.")                                  \
    X(ADDED_PERSON, "{1} can sign in now.", "{1} kann sich jetzt anmelden.")                                               \
    X(NO_CONF, "{1} could not be written: {2}", "{1} ließ sich nicht schreiben: {2}")                                      \
    /* ---- keys ---- */                                                                                                   \
    X(KEY_MADE, "Key \"{1}\" ({2}) for the project {3}.  This is its secret, shown this once:",                            \
      "Key \"{1}\" ({2}) für das Projekt {3}.  Das ist sein Secret, nur dieses eine Mal:")                                 \
    X(KEY_MAY, "It may:", "Er darf:")                                                                                      \
    X(KEY_ENDS, "It works until {1}.", "Er gilt bis {1}.")                                                                 \
    X(KEY_FOREVER, "It works until it is revoked: {1}", "Er gilt, bis er widerrufen wird: {1}")                            \
    X(KEY_FROM, "It works from {1} only.", "Er gilt nur von {1} aus.")                                                     \
    X(KEY_TEST, "It is a test key: the runs it starts are rehearsals, call nothing and cost nothing.",                     \
      "Er ist ein Test-Key: seine Läufe sind Proben, rufen nichts auf und kosten nichts.")                                 \
    X(KEY_OLD_UNTIL, "The old secret works for another {1}.", "Das alte Secret gilt noch {1}.")                            \
    X(KEY_OLD_GONE, "The old secret does not work any more.", "Das alte Secret gilt nicht mehr.")                          \
    X(KEY_REVOKED, "Revoked {1}.", "{1} ist widerrufen.")                                                                  \
    X(KEY_NONE, "The project {1} has no keys yet.", "Das Projekt {1} hat noch keine Keys.")                                \
    X(TRY_IT, "Try it:", "Ausprobieren:")                                                                                  \
    X(PASTE_KEY, "Paste the key (it is not shown): ", "Key einfügen (er wird nicht gezeigt): ")                            \
    X(NO_KEY_GIVEN, "No key came on standard input.  Try: {1}",                                                            \
      "Auf der Standardeingabe kam kein Key.  So: {1}")                                                                    \
    X(KEY_MALFORMED, "This is not a whole key: a key is cc_live_ or cc_test_ and 38 letters and digits.",                  \
      "Das ist kein ganzer Key: cc_live_ oder cc_test_ und 38 Buchstaben und Ziffern.")                                    \
    X(KEY_WELL_FORMED_ONLY,                                                                                                \
      "The key is well-formed, but it does not work here:", "Der Key ist wohlgeformt, gilt hier aber nicht:")              \
    X(KEY_WORKS, "The key works.", "Der Key gilt.")                                                                        \
    X(NEVER, "never", "nie")                                                                                               \
    X(ANY_KEY, "any key", "jeder Key")                                                                                     \
    X(NO_KEY, "no key", "ohne Key")                                                                                        \
    /* ---- headings of tables ---- */                                                                                     \
    X(H_ID, "Id", "Id")                                                                                                    \
    X(H_NAME, "Name", "Name")                                                                                              \
    X(H_SLUG, "Slug", "Kurzname")                                                                                          \
    X(H_PREFIX, "Begins", "Beginnt")                                                                                       \
    X(H_SCOPES, "Scopes", "Scopes")                                                                                        \
    X(H_SCOPE, "Scope", "Scope")                                                                                           \
    X(H_INCLUDES, "Includes", "Enthält")                                                                                   \
    X(H_MEANING, "Meaning", "Bedeutung")                                                                                   \
    X(H_MODE, "Mode", "Art")                                                                                               \
    X(H_USED, "Last used", "Zuletzt")                                                                                      \
    X(H_EXPIRES, "Expires", "Endet")                                                                                       \
    X(H_CREATED, "Made", "Angelegt")                                                                                       \
    X(H_METHOD, "Method", "Methode")                                                                                       \
    X(H_PATH, "Path", "Pfad")                                                                                              \
    X(H_SUMMARY, "What it does", "Was sie tut")                                                                            \
    X(H_PROJECT, "Project", "Projekt")                                                                                     \
    X(H_STATUS, "Status", "Zustand")                                                                                       \
    X(H_NUMBER, "No.", "Nr.")                                                                                              \
    X(H_STEP, "Step", "Schritt")                                                                                           \
    X(RUN_STARTED, "Started run {1} ({2}).", "Lauf {1} ({2}) ist gestartet.")                                              \
    X(RUN_NOW, "Run {1}: {2}.", "Lauf {1}: {2}.")                                                                          \
    X(RUN_ENDED, "Run {1}: {2}.", "Lauf {1}: {2}.")                                                                        \
    X(RUN_WHY, "Why:", "Grund:")                                                                                           \
    X(RUN_ROUND, "round {1}", "Runde {1}")                                                                                 \
    X(S_PENDING, "pending", "wartet")                                                                                      \
    X(S_RUNNING, "running", "läuft")                                                                                       \
    X(S_PAUSED, "paused", "angehalten")                                                                                    \
    X(S_CANCELLING, "cancelling", "wird abgebrochen")                                                                      \
    X(S_CANCELLED, "cancelled", "abgebrochen")                                                                             \
    X(S_COMPLETED, "completed", "fertig")                                                                                  \
    X(S_FAILED, "failed", "gescheitert")                                                                                   \
    X(S_SKIPPED, "skipped", "übersprungen")                                                                                \
    X(WORK_SLOTS, "--slots must be a whole number from 1 to 256.", "--slots muss eine ganze Zahl von 1 bis 256 sein.")     \
    X(WORK_FAILED, "The worker cannot go on: {1}", "Der Worker kann nicht weitermachen: {1}")                              \
    X(DOCTOR_FINE, "Everything is in order.", "Alles in Ordnung.")                                                         \
    X(DOCTOR_MIND, "{1} of {2} need attention.", "{1} von {2} brauchen Aufmerksamkeit.")                                   \
    X(OUTSIDE_PROGRAM, "{1} hands out the program itself instead of running it: see cgi/conf for a configuration that does.", \
      "{1} gibt das Programm selbst heraus, statt es auszuführen: eine Konfiguration, die es tut, liegt in cgi/conf.")     \
    X(OUTSIDE_SOURCE, "{1} hands out the text of a program instead of running it: see cgi/conf for a configuration that does.", \
      "{1} gibt den Text eines Programms heraus, statt es auszuführen: eine Konfiguration, die es tut, liegt in cgi/conf.") \
    X(OUTSIDE_DATA, "{1} hands out a file that nobody may see: move the data directory out of the web space.",             \
      "{1} gibt eine Datei heraus, die niemand sehen darf: das Datenverzeichnis gehört nicht in den Webspace.")            \
    X(OUTSIDE_HIDDEN, "answers, and hands out neither the program nor data ({1} addresses tried)",                         \
      "antwortet und gibt weder Programm noch Daten heraus ({1} Adressen probiert)")                                       \
    X(OUTSIDE_SILENT, "{1} does not answer.", "{1} antwortet nicht.")                                                      \
    X(OUTSIDE_OTHER, "{1}/api/v1/health answers {2} and not as CodeCourier does.",                                         \
      "{1}/api/v1/health antwortet mit {2} und nicht wie CodeCourier.")                                                    \
    X(OUTSIDE_DATA_PLACE, "{1} lies in the web space {2}, where anybody may fetch it: move it out.",                       \
      "{1} liegt im Webspace {2}, wo es sich jeder holen kann: das gehört woandershin.")                                   \
    X(OUTSIDE_PROGRAM_PLACE, "{1} lies in the web space {2}, and the web server may read it: chmod 711 lets it be run only.", \
      "{1} liegt im Webspace {2} und ist für den Webserver lesbar: nach chmod 711 ist es nur noch ausführbar.")            \
    X(H_KEY, "Key", "Key")                                                                                                 \
    /* ---- serve ---- */                                                                                                  \
    X(SERVE_FIRST, "First start: made {1} with the project {2} and its owner.",                                            \
      "Erster Start: {1} ist angelegt, mit dem Projekt {2} und seinem Inhaber.")                                           \
    X(SERVE_SIGN_IN, "Sign in as {1}, one-time password {2}", "Anmelden als {1}, Einmal-Passwort {2}")                     \
    X(SERVE_READY, "Ready: {1}", "Bereit: {1}")                                                                            \
    X(SERVE_READY_SOCKET, "Ready: {1} workers on {2}", "Bereit: {1} Worker auf {2}")                                       \
    X(SERVE_DASHBOARD, "Dashboard: {1}", "Oberfläche: {1}")                                                                \
    X(SERVE_NEXT, "Type next, in another terminal:", "Als Nächstes, in einem anderen Terminal:")                           \
    X(SERVE_STOP, "Ctrl-C ends it.", "Strg-C beendet.")                                                                    \
    X(SERVE_STOPPING, "Ending; Ctrl-C again ends at once.", "Wird beendet; noch einmal Strg-C beendet sofort.")            \
    X(SERVE_STOPPED, "Ended.", "Beendet.")                                                                                 \
    X(SERVE_OPEN_WORLD,                                                                                                    \
      "{1} is not this machine alone: others can reach the service, without encryption.  Put a web "                       \
      "server with TLS in front.",                                                                                         \
      "{1} ist nicht nur dieser Rechner: andere erreichen den Dienst, unverschlüsselt.  Davor gehört ein Webserver "       \
      "mit TLS.")                                                                                                          \
    X(SERVE_BAD_BIND, "--bind must be an IPv4 or IPv6 address, not '{1}'.",                                                \
      "--bind muss eine IPv4- oder IPv6-Adresse sein, nicht '{1}'.")                                                       \
    X(SERVE_BIND_NOT_OURS, "{1} is not an address of this machine; try --bind 127.0.0.1.",                                 \
      "{1} ist keine Adresse dieses Rechners; etwa --bind 127.0.0.1.")                                                     \
    X(SERVE_PORT_USED, "Port {1} is in use by another program; choose another one, such as --port {2}.",                   \
      "Port {1} ist von einem anderen Programm belegt; etwa --port {2} ist ein anderer.")                                  \
    X(SERVE_PORT_LOW, "Ports below 1024 need special rights; choose another one, such as --port 8080.",                    \
      "Ports unter 1024 brauchen besondere Rechte; etwa --port 8080 geht ohne.")                                           \
    X(SERVE_NO_LIGHTTPD, "lighttpd is not installed.  On Debian and Ubuntu: sudo apt install lighttpd",                    \
      "lighttpd ist nicht installiert.  Unter Debian und Ubuntu: sudo apt install lighttpd")                               \
    X(SERVE_NO_PROGRAM, "codecourier.cgi is not there, neither at {1} nor at {2}; build it with 'make'.",                  \
      "codecourier.cgi fehlt, sowohl {1} als auch {2}; 'make' erzeugt es.")                                                \
    X(SERVE_RUNS_ALREADY, "The service runs already on {1} (process {2}).  Stop that one first.",                          \
      "Der Dienst läuft schon mit {1} (Prozess {2}).  Erst jenen beenden.")                                                \
    X(SERVE_BAD_STDIN, "--socket - needs a listening Unix socket as standard input.",                                      \
      "--socket - braucht einen wartenden Unix-Socket als Standardeingabe.")                                               \
    X(SERVE_LONG_SOCKET, "The path of a Unix socket can have 107 characters: {1} is longer.",                              \
      "Der Pfad eines Unix-Sockets darf 107 Zeichen haben: {1} ist länger.")                                               \
    X(SERVE_BAD_PATH, "lighttpd cannot be told of a path with {2} in it: {1}",                                             \
      "lighttpd kann keinen Pfad mit {2} darin nehmen: {1}")                                                               \
    X(SERVE_NO_FILES, "{1} is not a directory.", "{1} ist kein Verzeichnis.")                                              \
    X(SERVE_WEB_WORKER, "a web worker", "ein Web-Worker")                                                                  \
    X(SERVE_RUN_WORKER, "the worker that executes runs", "der Worker, der Läufe ausführt,")                                \
    X(SERVE_CHILD_ENDED, "{1} ended ({2}); started again after {3} s",                                                     \
      "{1} ist beendet ({2}); neuer Start nach {3} s")                                                                     \
    X(SERVE_WEB_ENDED, "lighttpd ended ({1}); what it wrote stands above.",                                                \
      "lighttpd endete ({1}); seine Meldung steht darüber.")                                                               \
    X(SERVE_NO_ANSWER, "The service does not answer on {1} after {2} seconds; what it wrote stands above.",                \
      "Der Dienst antwortet nach {2} Sekunden nicht auf {1}; seine Meldungen stehen darüber.")                             \
    X(SERVE_EXIT, "exit code {1}", "Rückgabewert {1}")                                                                     \
    X(SERVE_SIGNAL, "signal {1}", "Signal {1}")

typedef enum text_id {
#define X(name, english, german) T_##name,
    TEXTS(X)
#undef X
        T__MAX
} text_id;

/* The values for {1}, {2} …: say(stdout, T_MADE_DATA, WITH(path)).  NULL when there are none. */
#define WITH(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Choose the language from LC_ALL, LC_MESSAGES and LANG.  Before it is called, all is English. */
void text_start(void);

/* The text as it stands, with its {1}. */
const char *text(text_id id);

/* Fill the values in; malloc'ed, never NULL (ends the program when memory is out). */
char *text_with(text_id id, const char *const *values);

/* Print it, without a line's end; a line's end as well. */
void say(FILE *to, text_id id, const char *const *values);
void say_line(FILE *to, text_id id, const char *const *values);

#endif
