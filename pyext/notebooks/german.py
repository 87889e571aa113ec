"""The notebooks' texts in German; pyext/generate.py writes the editions in de/ with them.  Their code is the English ones'."""

TEXTS = {
    # 1-tutorial
    """# From zero to first API call in five minutes

The tutorial, in a notebook. It needs no server: where `CC_BASE` is not set, an instance opens in this process, with two example workflows in it.""":
    """# In fünf Minuten von null zum ersten API-Aufruf

Das Tutorial als Notebook. Es braucht keinen Server: Wo `CC_BASE` nicht gesetzt ist, öffnet sich eine Instanz in diesem Prozess, mit zwei Workflows als Beispielen.""",
    """## 1. Who am I?

Which key is this, and what may it do?""":
    """## 1. Wer bin ich?

Welcher Key ist das, und was darf er?""",
    """## 2. List workflows

A list is one page. `len()`, an index, `.has_more` and `.next_cursor` speak of that page; iterating goes on over all pages and fetches each when it is needed.""":
    """## 2. Workflows auflisten

Eine Liste ist eine Seite. `len()`, ein Index, `.has_more` und `.next_cursor` sprechen von dieser Seite; eine Schleife geht über alle Seiten weiter und holt jede, wenn sie gebraucht wird.""",
    """## 3. Handle errors

Each code of the error envelope is an exception of its own, with `.code`, `.message`, `.status`, `.request_id`, `.field` and `.retryable`.""":
    """## 3. Mit Fehlern umgehen

Jeder Fehlercode ist eine eigene Ausnahme, mit `.code`, `.message`, `.status`, `.request_id`, `.field` und `.retryable`.""",
    """## 4. Start a run

Here it is cancelled again at once, so that `watch()` has an end to show.""":
    """## 4. Einen Lauf starten

Hier wird er gleich wieder abgebrochen, damit `watch()` ein Ende zu zeigen hat.""",
    # 2-runs-and-costs
    """# Exploring runs and costs

Runs as a pandas table, what they cost, how long they took, and a picture of one run's steps. Needs `pip install 'codecourier[notebook]'`.""":
    """# Läufe und Kosten erkunden

Läufe als pandas-Tabelle, was sie gekostet und wie lange sie gedauert haben, und die Schritte eines Laufs als Bild. Dazu gehört `pip install 'codecourier[notebook]'`.""",
    """Something to look at: a few runs. With a worker at hand they would be executed; here some are cancelled and some wait.""":
    """Etwas zum Ansehen: ein paar Läufe. Mit einem Worker würden sie ausgeführt; hier sind manche abgebrochen, und manche warten.""",
    """## All of them as a table

`to_pandas()` is this page; `all_pages=True` fetches the rest, too.""":
    """## Alle als Tabelle

`to_pandas()` ist diese Seite; `all_pages=True` holt auch die übrigen.""",
    "## Costs and states by workflow": "## Kosten und Zustände nach Workflow",
    "## How long did they take?": "## Wie lange haben sie gedauert?",
    """## One run

Its values, its events, and its steps over time.""":
    """## Ein Lauf

Seine Werte, seine Ereignisse und seine Schritte im Verlauf der Zeit.""",
    # 3-bulk
    """# Bulk work: pages, cursors, idempotency

A job over many rows will be interrupted one day. Three things make that harmless: a cursor to go on from, an idempotency key that makes a repeat safe, and an ETag that notices when somebody else was faster.""":
    """# Viel auf einmal: Seiten, Cursor, Idempotenz

Eine Arbeit an vielen Zeilen wird eines Tages unterbrochen. Drei Dinge machen das harmlos: ein Cursor, bei dem es weitergeht, ein Idempotency-Key, mit dem eine Wiederholung nichts verdoppelt, und ein ETag, der merkt, wenn jemand anders schneller war.""",
    """## Make many, and none twice

The key is derived from what is made. Running this cell again answers with the same issues and makes no new ones.""":
    """## Viele anlegen, und keines doppelt

Der Idempotency-Key ergibt sich aus dem, was angelegt wird. Noch einmal ausgeführt, antwortet diese Zelle mit denselben Issues und legt keine neuen an.""",
    "The same key with another request is refused instead of doing the wrong thing:": "Derselbe Idempotency-Key mit einer anderen Anfrage wird abgewiesen, statt das Falsche zu tun:",
    """## Go through all of them, and be interrupted

`page.cursor` is where to resume: the page in hand comes again, and none is lost.""":
    """## Alle durchgehen, und unterbrochen werden

Bei `page.cursor` geht es weiter: Die angefangene Seite kommt noch einmal, und keine Zeile geht verloren.""",
    "## Change only what is still as you saw it": "## Nur ändern, was noch so ist wie gesehen",
    """## Several at a time

One client serves many threads; its connections are pooled.""":
    """## Mehrere zugleich

Ein Client bedient viele Threads; sie teilen sich seine Verbindungen.""",
}  # fmt: skip
