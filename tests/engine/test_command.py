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

from instance import BUILD, Instance, stop
from test_git import Place

HOSTILE = r"print('\033]0;title\007\033[2J\033[31mred\033[0m \u009b31mand\r\x08 gone\nsecond', flush=True)"


def rehearsed(instance: Instance, **more: object) -> str:
    return instance.workflow({"label": "Plan", "role": "planner", "agent": "rehearsal"}, {"label": "Build", "role": "designer", "agent": "rehearsal"}, **more)


def run(instance: Instance, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    return instance.command("run", *words, "--data", str(instance.data), check=check)


def in_terminal(instance: Instance, *words: str, columns: int, language: str = "C.UTF-8") -> str:
    """What the program writes on a terminal so wide."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = os.environ | {"TERM": "xterm", "LC_ALL": language}
    child = subprocess.Popen([BUILD / "codecourier", *words, "--data", str(instance.data)], stdin=its, stdout=its, stderr=its, env=environment)
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


def test_a_pipe_gets_whole_lines_and_the_exit_code_says_how_it_ended(instance: Instance) -> None:
    instance.agent("bad", "import sys\nsys.exit(3)\n")
    worker = instance.worker()
    done = run(instance, "start", "--workflow", rehearsed(instance), "--prompt", "rehearse: lines=2", "--watch")
    assert "\033" not in done.stdout and "\r" not in done.stdout
    lines = done.stdout.splitlines()
    assert lines[1:4] == ["== pending", "== running", "-> Plan (rehearsal)"]
    assert "   rehearsal: planner, line 2 of 2" in lines and re.fullmatch(r"<- Build: completed, \d:\d\d", lines[-3])
    assert lines[-2] == "== completed" and re.fullmatch(r"Run run_\w{22}: completed\.", lines[-1])
    bad = run(instance, "start", "--workflow", instance.workflow({"role": "custom", "agent": "bad"}), "--watch", check=False)
    assert bad.returncode == 1 and "code 3" in bad.stdout
    stop(worker)


def test_as_json_it_prints_the_events_as_they_are(instance: Instance) -> None:
    made = run(instance, "start", "--workflow", rehearsed(instance), "--quiet").stdout.strip()
    instance.drain()
    events = [json.loads(line) for line in run(instance, "watch", made, "--json").stdout.splitlines()]
    assert events == list(instance.follow(made, "live"))


def test_the_log_ends_where_the_run_is_and_goes_on_when_it_is_followed(instance: Instance) -> None:
    made = run(instance, "start", "--workflow", rehearsed(instance), "--quiet").stdout.strip()
    assert run(instance, "logs", made).stdout == "== pending\n", "it does not wait for a worker"
    worker = instance.worker()
    followed = run(instance, "logs", made, "--follow").stdout
    stop(worker)
    assert followed == run(instance, "watch", made).stdout
    assert followed.startswith(run(instance, "logs", made).stdout)


def test_the_log_of_one_step_is_that_step_s_alone(instance: Instance) -> None:
    made = run(instance, "start", "--workflow", rehearsed(instance), "--quiet").stdout.strip()
    instance.drain()
    first, second = (run(instance, "logs", made, "--step", step).stdout for step in ("1", "2"))
    assert first.startswith("-> Plan (rehearsal)\n") and "planner" in first and "Build" not in first
    assert second.startswith("-> Build (rehearsal)\n") and "Plan" not in second and "==" not in second, "a status is the run's"
    assert {json.loads(line)["seq"] for line in run(instance, "logs", made, "--step", "1", "--json").stdout.splitlines()} < {e["seq"] for e in instance.follow(made, "live")}
    assert run(instance, "logs", made, "--step", "50").stdout == ""
    assert run(instance, "logs", made, "--step", "0", check=False).returncode == 2


def test_why_a_run_ended_is_said_in_the_persons_language(instance: Instance) -> None:
    """A reason with another one in it; what the agent itself said stays as it is, and so does what no catalogue knows."""
    instance.agent("bad", "import sys\nsys.exit('no [good] {exit}')\n")
    made = instance.start(instance.workflow({"role": "custom", "agent": "bad"}), "live")
    instance.drain()
    asked = {"C.UTF-8": "Step 1 (custom) failed: the agent ended with code 1: no [good] {exit}",
             "de_DE.UTF-8": "Schritt 1 (custom) ist fehlgeschlagen: Der Agent endete mit Code 1: no [good] {exit}"}  # fmt: skip
    for language, words in asked.items():
        instance.environment["LC_ALL"] = language
        done = run(instance, "watch", made, check=False)
        assert done.returncode == 1 and words in done.stdout, done.stdout
        checked = run(instance, "check", instance.workflow({"role": "custom", "agent": "nobody"}), check=False).stdout
        assert ("Es gibt keinen Agenten 'nobody'" in checked) == (language != "C.UTF-8") and "nobody" in checked, checked
    instance.sql("UPDATE runs SET error = 'As it was said.', error_code = 'OF_A_LATER_VERSION' WHERE id = ?", made)
    assert "As it was said." in run(instance, "watch", made, check=False).stdout


def test_a_terminal_shows_where_the_run_stands(instance: Instance) -> None:
    worker = instance.worker()
    flow = rehearsed(instance)
    written = in_terminal(instance, "run", "start", "--workflow", flow, "--prompt", "rehearse: lines=4 wait=400", "--watch", columns=30, language="de_DE.UTF-8")
    stop(worker)
    assert "läuft: Plan" in written and re.search(r"läuft: Build, \d+ %", written)
    assert written.rstrip().endswith(": abgeschlossen.") and "\033[K" in written
    for line in re.findall(r"\033\[1m(läuft[^\033]*)\033", written):
        assert len(line) < 30, "it would be broken into two and could not be wiped"


def test_what_an_agent_says_cannot_steer_the_terminal(instance: Instance) -> None:
    instance.agent("hostile", HOSTILE + "\n")
    made = instance.start(instance.workflow({"role": "custom", "agent": "hostile"}), "live")
    instance.drain()
    for text in (run(instance, "watch", made).stdout, in_terminal(instance, "run", "watch", made, columns=80)):
        assert "red 31mand gone" in text and "   second" in text
        left = re.sub(r"\r\033\[K|\033\[1m|\033\[0m|\r\n", "", text)
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", left), repr(left)


def test_runs_are_listed_and_cancelled(instance: Instance) -> None:
    first, second = (run(instance, "start", "--workflow", rehearsed(instance), "--name", name, "--quiet").stdout.strip() for name in ("one", "two"))
    listed = run(instance, "list").stdout
    assert listed.index(second) < listed.index(first) and "pending" in listed
    assert "cancelled" in run(instance, "cancel", first).stdout
    assert first in run(instance, "list", "--status", "cancelled").stdout and second not in run(instance, "list", "--status", "cancelled").stdout
    some = run(instance, "cancel", "run_0000000000000000000000", second, check=False)
    assert some.returncode == 1 and "NOT_FOUND" in some.stderr and second in some.stdout, "the others are cancelled all the same"
    wrong = run(instance, "list", "--status", "odd", check=False)
    assert wrong.returncode == 1 and "completed" in wrong.stderr


def test_what_a_run_changed_is_shown_and_it_is_retried_from_a_step(instance: Instance) -> None:
    place = Place(instance)
    ended, _ = place.go("open('a.txt', 'a').write('two\\n')\nopen('b', 'wb').write(bytes(9))")
    patch = run(instance, "diff", ended["id"]).stdout
    assert patch.startswith("diff --git a/a.txt b/a.txt\n") and "\n+two\n" in patch and patch.endswith("# added b\n")
    made = run(instance, "retry", ended["id"], "--from-step", "1").stdout.strip()
    assert instance.run(made, "live")["restartedFrom"] == ended["id"]
    for words, said in ((("retry", ended["id"]), "Every step was completed"), (("retry", ended["id"], "--from-step", "x"), "fromStep"), (("diff", "run_none"), "no such")):
        refused = run(instance, *words, check=False)
        assert refused.returncode == 1 and said in refused.stderr, refused


def test_who_waits_for_a_run_is_told_how_it_ended_and_by_what_a_checker_said(instance: Instance) -> None:
    flow = instance.workflow({"role": "designer", "agent": "rehearsal"}, {"role": "checker", "agent": "rehearsal"})
    instance.worker()
    for prompt, code, status, verdict in (("", 0, "completed", "pass"), ("rehearse: verdict=fail", 1, "completed", "fail"), ("rehearse: exit=3", 1, "failed", None)):
        done = run(instance, "start", "--workflow", flow, "--prompt", prompt or "Mend it", "--wait", "--json", check=False)
        ended = json.loads(done.stdout)["data"]
        assert (done.returncode, ended["status"], ended["verdict"]) == (code, status, verdict), done.stdout + done.stderr
