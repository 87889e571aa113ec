"""`codecourier run`: start, list, watch and cancel by hand, in a terminal and in a pipe."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios

from house import BUILD, House, stop
from test_git import Place

HOSTILE = r"print('\033]0;title\007\033[2J\033[31mred\033[0m \u009b31mand\r\x08 gone\nsecond', flush=True)"


def rehearsed(house: House, **more: object) -> str:
    return house.workflow({"label": "Plan", "role": "planner", "agent": "rehearsal"}, {"label": "Build", "role": "designer", "agent": "rehearsal"}, **more)


def run(house: House, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    return house.command("run", *words, "--data", str(house.data), check=check)


def in_terminal(house: House, *words: str, columns: int, language: str = "C.UTF-8") -> str:
    """What the program writes on a terminal so wide."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = os.environ | {"TERM": "xterm", "LC_ALL": language}
    child = subprocess.Popen([BUILD / "codecourier", *words, "--data", str(house.data)], stdin=its, stdout=its, stderr=its, env=environment)
    os.close(its)
    written = b""
    try:
        while chunk := os.read(ours, 65536):
            written += chunk
    except OSError:
        pass  # the other end is closed
    os.close(ours)
    assert child.wait(30) == 0, written
    return written.decode()


def test_a_pipe_gets_whole_lines_and_the_exit_code_says_how_it_ended(house: House) -> None:
    house.agent("bad", "import sys\nsys.exit(3)\n")
    worker = house.worker()
    done = run(house, "start", "--workflow", rehearsed(house), "--prompt", "rehearse: lines=2", "--watch")
    assert "\033" not in done.stdout and "\r" not in done.stdout
    lines = done.stdout.splitlines()
    assert lines[1:4] == ["== pending", "== running", "-> Plan (rehearsal)"]
    assert "   rehearsal: planner, line 2 of 2" in lines and re.fullmatch(r"<- Build: completed, \d:\d\d", lines[-3])
    assert lines[-2] == "== completed" and re.fullmatch(r"Run run_\w{22}: completed\.", lines[-1])
    bad = run(house, "start", "--workflow", house.workflow({"role": "custom", "agent": "bad"}), "--watch", check=False)
    assert bad.returncode == 1 and "code 3" in bad.stdout
    stop(worker)


def test_as_json_it_prints_the_events_as_they_are(house: House) -> None:
    made = run(house, "start", "--workflow", rehearsed(house), "--quiet").stdout.strip()
    house.drain()
    events = [json.loads(line) for line in run(house, "watch", made, "--json").stdout.splitlines()]
    assert events == list(house.follow(made, "live"))


def test_a_terminal_shows_where_the_run_stands(house: House) -> None:
    worker = house.worker()
    flow = rehearsed(house)
    written = in_terminal(house, "run", "start", "--workflow", flow, "--prompt", "rehearse: lines=4 wait=400", "--watch", columns=30, language="de_DE.UTF-8")
    stop(worker)
    assert "läuft: Plan" in written and re.search(r"läuft: Build, \d+ %", written)
    assert written.rstrip().endswith(": abgeschlossen.") and "\033[K" in written
    for line in re.findall(r"\033\[1m(läuft[^\033]*)\033", written):
        assert len(line) < 30, "it would be broken into two and could not be wiped"


def test_what_an_agent_says_cannot_steer_the_terminal(house: House) -> None:
    house.agent("hostile", HOSTILE + "\n")
    made = house.start(house.workflow({"role": "custom", "agent": "hostile"}), "live")
    house.drain()
    for text in (run(house, "watch", made).stdout, in_terminal(house, "run", "watch", made, columns=80)):
        assert "red 31mand gone" in text and "   second" in text
        left = re.sub(r"\r\033\[K|\033\[1m|\033\[0m|\r\n", "", text)
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", left), repr(left)


def test_runs_are_listed_and_cancelled(house: House) -> None:
    first, second = (run(house, "start", "--workflow", rehearsed(house), "--name", name, "--quiet").stdout.strip() for name in ("one", "two"))
    listed = run(house, "list").stdout
    assert listed.index(second) < listed.index(first) and "pending" in listed
    assert "cancelled" in run(house, "cancel", first).stdout
    assert first in run(house, "list", "--status", "cancelled").stdout and second not in run(house, "list", "--status", "cancelled").stdout
    some = run(house, "cancel", "run_0000000000000000000000", second, check=False)
    assert some.returncode == 1 and "NOT_FOUND" in some.stderr and second in some.stdout, "the others are cancelled all the same"
    wrong = run(house, "list", "--status", "odd", check=False)
    assert wrong.returncode == 1 and "completed" in wrong.stderr


def test_what_a_run_changed_is_shown_and_it_is_retried_from_a_step(house: House) -> None:
    place = Place(house)
    ended, _ = place.go("open('a.txt', 'a').write('two\\n')\nopen('b', 'wb').write(bytes(9))")
    patch = run(house, "diff", ended["id"]).stdout
    assert patch.startswith("diff --git a/a.txt b/a.txt\n") and "\n+two\n" in patch and patch.endswith("# added b\n")
    made = run(house, "retry", ended["id"], "--from-step", "1").stdout.strip()
    assert house.run(made, "live")["restartedFrom"] == ended["id"]
    for words, said in ((("retry", ended["id"]), "Every step was completed"), (("retry", ended["id"], "--from-step", "x"), "fromStep"), (("diff", "run_none"), "no such")):
        refused = run(house, *words, check=False)
        assert refused.returncode == 1 and said in refused.stderr, refused
