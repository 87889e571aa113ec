"""python -m codecourier: tables, JSON, exit codes, both languages."""

from __future__ import annotations

import asyncio
import json
import os
import pickle
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import places
import pytest

import codecourier
from codecourier import __main__ as command
from codecourier import _generated, _texts
from codecourier._model import snake


def run(*arguments: object, code: int = 0, **env: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([sys.executable, "-m", "codecourier", *map(str, arguments)], capture_output=True, text=True, env=os.environ | env, timeout=60)
    assert done.returncode == code, f"{arguments}: {done.returncode}\n{done.stdout}{done.stderr}"
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("command") / "my.db"
    codecourier.open(path, "quickstart").close()
    return path


def test_every_route_is_a_command() -> None:
    parser = command.parser()
    for operation, _, path in _generated.OPERATIONS:
        way = [snake(part).replace("_", "-") for part in operation.split(".")]
        if way[0] == "project" and way[1:2] == ["settings"]:
            way = ["project", "settings", *way[2:]]
        with pytest.raises(SystemExit) as ended:
            parser.parse_args([*way, "--help"])
        assert ended.value.code == 0, operation


def test_tables_and_json(data: Path) -> None:
    table = run("workflows", "list", "--data", data).stdout.splitlines()
    assert table[0].split() == ["id", "name", "status", "step_count", "created_at"] and len(table) == 3
    assert len({line.index("active") for line in table[1:]}) == 1, "columns stand under each other"
    listed = json.loads(run("workflows", "list", "--data", data, "--limit", 1, "--json").stdout)
    assert len(listed["data"]) == 1 and listed["hasMore"] and listed["nextCursor"]
    first = run("workflows", "list", "--data", data, "--limit", 1)
    assert f"--cursor {listed['nextCursor']}" in first.stderr
    every = json.loads(run("workflows", "list", "--data", data, "--limit", 1, "--all", "--json").stdout)
    assert len(every["data"]) == 2 and not every["hasMore"]
    assert json.loads(run("whoami", "--data", data, "--json").stdout)["data"]["name"] == "local owner"
    assert re.search(r"^name +local owner$", run("whoami", "--data", data).stdout, re.MULTILINE)
    assert run("personas", "list", "--data", data).stdout == "There is nothing.\n"
    assert json.loads(run("openapi", "--data", data).stdout)["openapi"]


def test_a_table_fits_the_terminal_and_keeps_ids_whole() -> None:
    natural = {"id": 26, "run_number": 10, "name": 60, "status": 9, "mode": 4, "source": 8, "cost_usd": 8, "created_at": 19}
    for room in range(40, 200):
        widths = command.fitted(natural, room)
        assert sum(widths.values()) + 2 * (len(widths) - 1) <= room
        assert widths["id"] == 26 and widths.get("created_at", 19) == 19 and widths["name"] >= 12
    assert command.fitted(natural, 80) == {"id": 26, "name": 31, "status": 9, "cost_usd": 8}
    assert command.fitted(natural, 10_000) == natural
    assert command.fitted({"id": 26, "name": 60}, 30) == {"id": 26}, "too narrow for anything"


def test_making_and_changing(data: Path, tmp_path: Path) -> None:
    steps = tmp_path / "steps.json"
    steps.write_text('[{"role": "reviewer", "timeout_seconds": 60}]')
    made = json.loads(run("workflows", "create", "--data", data, "--name", "Mine", "--steps", f"@{steps}", "--json").stdout)["data"]
    assert made["steps"][0]["timeoutSeconds"] == 60
    started = json.loads(run("runs", "start", "--data", data, "--workflow-id", made["id"], "--prompt", "Go.", "--json").stdout)["data"]
    assert run("runs", "cancel", started["id"], "--data", data).stdout.count("cancelled") == 1
    watched = run("runs", "watch", started["id"], "--data", data, code=1)
    assert "status: cancelled" in watched.stderr
    assert [line.split()[0] for line in run("runs", "events", started["id"], "--data", data).stdout.splitlines()] == ["seq", "1", "2"]
    assert run("runs", "list", "--data", data, "--status", "cancelled").stdout.count("\nrun_") == 1
    assert run("personas", "create", "--data", data, "--name", "P", "--is-enabled", "no").stdout
    assert run("personas", "list", "--data", data, "--is-enabled", "false").stdout.count("per_") == 1
    assert run("runs", "bulk-delete", "--data", data, "--ids", f"{started['id']},run_0000000000000000000000").stdout.count("\nrun_") == 2


def test_a_key_is_shown_once_and_alone_with_quiet(data: Path) -> None:
    shown = run("keys", "create", "--data", data, "--name", "ci", "--scopes", "runs:read, workflows:read").stdout
    assert len(re.findall(r"cc_live_[0-9A-Za-z]{38}", shown)) == 1 and 'export CC_KEY="cc_live_' in shown
    assert re.fullmatch(r"cc_live_[0-9A-Za-z]{38}\n", run("keys", "create", "--data", data, "--name", "ci", "--scopes", "runs:read", "--quiet").stdout)
    assert "cc_live_" in run("keys", "list", "--data", data, "--json").stdout and not re.search(r"cc_live_[0-9A-Za-z]{38}", run("keys", "list", "--data", data, "--json").stdout)


def test_exit_codes(data: Path, web: places.Service, tmp_path: Path) -> None:
    refused = run("runs", "get", "run_abc", "--data", data, code=1)
    assert refused.stderr.startswith("error: ") and "(NOT_FOUND, request " in refused.stderr and "\nhint: " in refused.stderr and refused.stdout == ""
    run("keys", "create", "--data", data, "--name", "x", "--scopes", "no:such", code=1)
    for wrong in (["nope"], ["runs"], ["runs", "get"], ["workflows", "list", "--status", "sleeping"], ["workflows", "list", "--limit", "x"], ["workflows", "create", "--name", "x", "--steps", "no json"]):
        run(*wrong, *(["--data", data] if len(wrong) > 2 else []), code=2)
    assert "CC_BASE" in run("whoami", code=2).stderr
    assert "convex.site" in run("whoami", "--base", "https://x.convex.cloud", code=2, CC_KEY="cc_live_x").stderr
    assert "no database" in run("whoami", "--data", tmp_path / "none", code=3).stderr
    assert "cannot be reached" in run("health", "--base", f"http://127.0.0.1:{places.free_port()}", code=1, CC_KEY="cc_live_x").stderr
    assert "tests" in run("whoami", CC_BASE=web.base, CC_KEY=web.key).stdout


def test_a_closed_pipe_is_no_error(data: Path) -> None:
    line = f"{shlex.quote(sys.executable)} -m codecourier scopes list --data {data} | head -1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", line], capture_output=True, text=True)
    assert done.stdout.startswith("scope") and done.stderr == "" and done.returncode == 0


def test_german(data: Path) -> None:
    shown = run("runs", "--help", LANG="de_DE.UTF-8").stdout
    assert "Einen Lauf abbrechen." in shown and shown.startswith("Aufruf: ")
    assert run("whoami", code=2, LC_ALL="de_DE.UTF-8").stderr.startswith("Fehler: keine Adresse: ")
    wrong = run("runs", "get", code=2, LC_ALL="de").stderr
    assert wrong.startswith("Aufruf: ") and "Fehler: es fehlt: ID" in wrong
    assert "'sleeping' gibt es nicht" in run("runs", "list", "--status", "sleeping", code=2, LC_ALL="de").stderr
    refused = run("runs", "get", "run_abc", "--data", data, code=1, LANG="de_AT.UTF-8").stderr
    assert refused.startswith("Fehler: There is no") and "\nHinweis: Prüfen Sie Pfad und Kennung" in refused, "messages of the API stay as they are"
    assert run("whoami", code=2, LC_ALL="den", LANG="de").stderr.startswith("error: no base"), "not every word that begins with de"
    said = {" ".join(line.split()) for kind in vars(_generated).values() if isinstance(kind, type) and kind.__name__.endswith("Routes")
            for one in [kind, *vars(kind).values()] if callable(one) and one.__doc__ and (line := one.__doc__.partition("\n")[0]) and one.__name__ not in ("__init__", "Routes")}  # fmt: skip
    said |= {" ".join(one.__doc__.partition("\n\n")[2].split()) for one in _generated.ERRORS.values() if one.__doc__}
    german = _texts.words_for("de_DE.UTF-8")
    assert not said - set(german)


def test_languages_by_locale() -> None:
    german = _texts.words_for("de")
    assert german["error"] == "Fehler"
    assert all(_texts.words_for(one) is german for one in ("de_DE.UTF-8", "de_AT", "de@euro", "de.UTF-8"))
    assert not any(_texts.words_for(one) for one in ("", "C", "POSIX", "en_GB.UTF-8", "den", "../de", "tlh_XX"))


def test_serve_prints_what_to_type_and_it_works(tmp_path: Path) -> None:
    """Nothing but the package: the printed lines, typed as they stand."""
    with places.started([places.PYTHON, "-m", "codecourier", "serve", "--data", tmp_path / "var", "--port", "0"], "Ctrl-C ends it") as (process, printed):
        assert "for development" in printed
        exports = [line.strip() for line in printed.splitlines() if line.strip().startswith("export ")]
        assert [line.split("=")[0] for line in exports] == ["export CC_BASE", "export CC_KEY"]
        script = "\n".join([*exports, next(line.strip() for line in printed.splitlines() if line.strip().startswith("curl"))])
        path = f"{Path(places.PYTHON).parent}:{os.environ['PATH']}"
        done = subprocess.run(["sh", "-ec", script], capture_output=True, text=True, env=os.environ | {"PATH": path})
        assert json.loads(done.stdout)["data"]["scopes"] == places.QUICKSTART, done.stderr
        taken = re.search(r":(\d+)", printed)
        assert taken and "in use" in run("serve", "--data", tmp_path / "var", "--port", taken[1], code=1).stderr
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0


def test_what_is_missing_is_named() -> None:
    assert run("workflows", code=2).stderr.endswith("required: COMMAND\nCOMMAND is one of: list, create, bulk-delete, get, update, delete, duplicate, versions, version, activate, run-dry, runs, analytics\n")
    assert "serve, work, watch, health" in run(code=2).stderr
    assert run("keys", "get", code=2).stderr.endswith("required: ID\n")


def test_init_makes_an_instance_once(tmp_path: Path) -> None:
    data = tmp_path / "var"
    made = run("init", "--data", data, "--email", "ada@example.org").stdout
    assert "Owner: ada@example.org" in made and re.search(r"One-time password: ([a-z0-9-]{20,})", made)
    assert f"export CODECOURIER_DATA={data}" in made
    command = made.splitlines()[-1].split()
    assert re.fullmatch(r"cc_live_[0-9A-Za-z]{38}\n", run(*command[3:]).stdout), "the line it prints, typed as it stands"
    assert run("init", "--data", data).stdout == f"{data} has a project already; nothing was changed.\n"
    assert run("init", "--data", tmp_path / "other", "--email", "x", code=2).stderr == "error: 'x' is not an e-mail address.\n"
    assert "gibt es schon ein Projekt" in run("init", "--data", data, LANG="de_DE.UTF-8").stdout
    with codecourier.open(data, "Another"):
        pass
    with places.started([places.PYTHON, "-m", "codecourier", "serve", "--data", data, "--port", "0", "--slots", "0"], "Ctrl-C ends it"):
        pass  # more than one project is no reason not to


def test_work_executes_runs(tmp_path: Path) -> None:
    """With the rehearsal agent, which a test key's runs go to."""
    data = tmp_path / "data"
    with codecourier.open(data, "quickstart") as owner:
        key = owner.keys.create(name="test", scopes=places.EVERYTHING, mode="test").key
    with codecourier.open(data, key=key) as cc:
        run_ = cc.runs.start(workflow_id=cc.workflows.list(q="Review")[0].id, prompt="Rehearse.")
        assert run_.mode == "test" and run_.status == "pending"
        run("work", "--data", data, "--drain")
        done = run_.watch(timeout=5, log=False)
        assert done.status == "completed" and done.started_at and done.finished_at
        assert {step.status for step in cc.runs.steps(run_.id)} == {"completed"}
        assert done.timeline().axes[0].patches
    assert "There is no database" in run("work", "--data", tmp_path / "none", "--drain", code=3).stderr


def test_serve_executes_runs_and_ends_its_worker(tmp_path: Path) -> None:
    data = tmp_path / "var"
    with codecourier.open(data, "quickstart") as owner:
        key = owner.keys.create(name="test", scopes=places.EVERYTHING, mode="test").key
    with places.started([places.PYTHON, "-m", "codecourier", "serve", "--data", data, "--port", "0"], "Ctrl-C ends it") as (process, printed):
        base = re.search(r"http://[0-9.:]+", printed)
        assert base and key
        with codecourier.Client(base[0], key) as cc:
            run_ = cc.runs.start(workflow_id=cc.workflows.list(q="Review")[0].id, prompt="Rehearse.")
            assert run_.watch(timeout=20, log=False).status == "completed"
            talk(cc)
            asyncio.run(talk_with_await(base[0], key))
        process.terminate()
        assert process.wait(15) == 0
    assert not [one for one in Path("/proc").glob("[0-9]*/cmdline") if str(data).encode() in readable(one)]


def talk(cc: codecourier.Client) -> None:
    sandbox = cc.sandboxes.create(name="Talk")
    events = list(sandbox.say("Hello", timeout=60))
    assert [event.data["position"] for event in events if event.type == "step.finished"] == [0] and events[-1].type == "step.finished"
    said = sandbox.ask("And now?", timeout=60)
    assert said.position == 1 and said.status == "completed" and "And now?" in said.answer and said.after >= events[-1].seq
    assert sandbox.commit("Say hello", draft=True, timeout=60).answer == "A rehearsal pushes nothing."
    assert [one.text for one in cc.sandboxes.messages(sandbox.id)] == ["Say hello", "And now?", "Hello"]
    assert not sandbox.finished and sandbox.kill().status in ("killing", "killed")
    with pytest.raises(RuntimeError, match="no client"):
        pickle.loads(pickle.dumps(sandbox)).refresh()


async def talk_with_await(base: str, key: str) -> None:
    async with codecourier.AsyncClient(base, key) as cc:
        sandbox = await cc.sandboxes.create()
        assert [event.type async for event in sandbox.say("Hello", timeout=60)][-1] == "step.finished"
        assert (await sandbox.ask("And now?", timeout=60)).status == "completed"
        assert (await sandbox.commit("Say hello", timeout=60)).kind == "commit"
        assert (await (await sandbox.refresh()).kill()).status in ("killing", "killed")


def readable(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
