"""What agents put into $CC_ARTIFACTS is kept: regular files below it and nothing else, whatever they try, and for as long as the run."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import signal

from instance import Instance, Json, stop


def flow(instance: Instance, *scripts: str) -> str:
    for number, script in enumerate(scripts):
        instance.agent(f"agent{number}", "import os, sys, time\nhere = os.environ['CC_ARTIFACTS']\nos.chdir(here)\n" + script)
    return instance.workflow(*({"role": "custom", "agent": f"agent{number}"} for number in range(len(scripts))))


def ended(instance: Instance, flow: str) -> str:
    run = instance.start(flow, "live")
    instance.drain()
    assert instance.finish(run, "live")["status"] == "completed", instance.log_text()
    return run


def listed(instance: Instance, run: str) -> dict[str, Json]:
    return {row["name"]: row for row in instance.ask("GET", f"/runs/{run}/artifacts", mode="live")["data"]}


def kept(instance: Instance, run: str) -> dict[str, Json]:
    """All but the transcripts."""
    return {name: row for name, row in listed(instance, run).items() if not name.endswith(".jsonl.gz")}


def told(instance: Instance, run: str) -> str:
    return "\n".join(e["data"]["text"] for e in instance.follow(run, "live") if e["type"] == "log" and e["data"]["stream"] == "worker")


def content(instance: Instance, run: str, name: str) -> bytes:
    return instance.fetch(f"/runs/{run}/artifacts/{name}", "live")


def test_what_a_step_leaves_there_is_kept_byte_by_byte(instance: Instance) -> None:
    run = ended(instance, flow(instance, "open('report.html', 'w').write('<p>fine</p>')\nopen('big.bin', 'wb').write(bytes(range(256)) * 5000)\nopen('empty', 'w')"))
    assert {name: (row["size"], row["position"], row["iteration"]) for name, row in kept(instance, run).items()} == {
        "big.bin": (1280000, 0, 1), "empty": (0, 0, 1), "report.html": (11, 0, 1),
    }  # fmt: skip
    assert content(instance, run, "report.html") == b"<p>fine</p>" and content(instance, run, "empty") == b""
    assert content(instance, run, "big.bin") == bytes(range(256)) * 5000
    assert "Kept 3 artifacts." in told(instance, run)


def test_they_stay_for_the_steps_that_follow_and_are_kept_anew_when_they_change(instance: Instance) -> None:
    run = ended(instance, flow(
        instance, "open('a', 'w').write('one')\nopen('b', 'w').write('one')",
        "assert open('a').read() == 'one'\nopen('b', 'w').write('two, longer')\nopen('c', 'w').write('two')",
    ))  # fmt: skip
    assert {name: row["position"] for name, row in kept(instance, run).items()} == {"a": 0, "b": 1, "c": 1}
    assert content(instance, run, "b") == b"two, longer"
    assert instance.sql("SELECT count(*) FROM artifact_parts WHERE file_id NOT IN (SELECT file_id FROM artifacts)") == [(0,)], "of what was replaced nothing is left"


HOSTILE = r"""
os.symlink("/etc/passwd", "passwd")
os.symlink("/proc/self/environ", "environ")
os.symlink("..", "up")
os.mkfifo("fifo")
os.mkdir("directory")
open("directory/inside", "w").write("x")
for name in ("-rf", ".hidden", "new\nline", "sp ace", "ümlaut", "x" * 101, "a;b"):
    open(name, "w").write("x")
with open("sparse", "wb") as f:
    os.truncate(f.fileno(), 900 << 20)
import socket
socket.socket(socket.AF_UNIX).bind("socket")
os.link("good", "hard") if os.path.exists("good") else None
open("good", "w").write("good")
"""


def test_nothing_but_regular_files_of_plain_names_is_kept(instance: Instance) -> None:
    run = ended(instance, flow(instance, HOSTILE))
    assert set(kept(instance, run)) == {"good"}
    text = told(instance, run)
    assert "Kept 1 artifact.  Not kept: 7 whose names" in text and "that are no regular files" in text and "1 larger than one may be (setting artifactFileMb): sparse" in text
    assert "root:" not in json.dumps(instance.ask("GET", f"/runs/{run}/artifacts", mode="live"))


def test_there_are_so_many_and_no_more(instance: Instance) -> None:
    instance.conf["artifacts"] = 5
    run = ended(instance, flow(instance, "for n in range(2000): open(f'file-{n:04}', 'w').write(str(n))"))
    assert set(kept(instance, run)) == {f"file-{n:04}" for n in range(5)}
    assert "1995 beyond the number that is kept (setting artifacts)" in told(instance, run)


def test_what_there_is_no_room_for_is_named(instance: Instance) -> None:
    instance.conf["artifactsMb"] = 1
    run = ended(instance, flow(instance, "for n in range(4): open(f'file-{n}', 'wb').write(b'x' * 400000)"))
    assert set(kept(instance, run)) == {"file-0", "file-1"}
    assert "Not kept: 2 for which there was no room (setting artifactsMb), such as file-2." in told(instance, run)


def test_its_sum_is_that_of_its_bytes_and_its_tag_says_no_more_than_that(instance: Instance) -> None:
    make = "open('big', 'wb').write(bytes(range(256)) * 5000)\nopen('empty', 'w')\nopen('a.json', 'w').write('{}')"
    first, second = (ended(instance, flow(instance, make)) for _ in range(2))
    rows = kept(instance, first)
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in (("big", bytes(range(256)) * 5000), ("empty", b""), ("a.json", b"{}"))}
    assert {name: row["sha256"] for name, row in rows.items()} == sums
    assert {name: row["contentType"] for name, row in rows.items()} == {"big": "application/octet-stream", "empty": "application/octet-stream", "a.json": "application/json"}
    again = instance.sql(f"SELECT name, sha256, changed_ns FROM artifacts WHERE is_transcript = 0 AND run_id = '{second}'")
    assert {name: sha for name, sha, _ in again} == sums, "written at another time, and the same"


def test_a_file_that_is_as_it_was_is_neither_read_nor_written_again(instance: Instance) -> None:
    run = ended(instance, flow(instance, "open('a', 'w').write('one')", "open('b', 'w').write('two')"))
    assert told(instance, run).count("Kept 1 artifact.") == 2


def test_what_was_left_before_the_step_that_is_retried_is_there_again(instance: Instance) -> None:
    run = ended(instance, flow(instance, "open('a', 'w').write('one')\nopen('big', 'w').write('x' * 1200000)", "assert open('a').read() == 'one'\nassert len(open('big').read()) == 1200000\nopen('b', 'w').write('two')"))
    shutil.rmtree(instance.data / "runs" / run)
    made = instance.ask("POST", f"/runs/{run}/retry", {"fromStep": 2}, mode="live")["data"]["id"]
    instance.drain()
    assert instance.finish(made, "live")["status"] == "completed", instance.log_text()
    assert {name: row["position"] for name, row in kept(instance, made).items()} == {"a": 0, "b": 1, "big": 0}
    assert content(instance, made, "a") == b"one" and "step-0-1-1.jsonl.gz" in listed(instance, made)
    assert told(instance, made).count("Kept 1 artifact.") == 1, "what was put back was known"
    instance.ask("DELETE", f"/runs/{run}", mode="live")
    assert content(instance, made, "a") == b"one", "it is the new run's own"


def test_another_machine_s_worker_finds_what_earlier_steps_left(instance: Instance) -> None:
    run = instance.start(flow(
        instance, "open('first', 'w').write('1')\nos.symlink('/etc/passwd', 'link')",
        "if 'again' not in os.environ:\n    print('waits', flush=True)\n    time.sleep(600)\nassert os.listdir() == ['first'] and open('first').read() == '1'\nopen('first', 'a').write('2')",
    ), "live")  # fmt: skip
    worker = instance.worker()
    instance.until(run, "waits", "live")
    stop(worker, signal.SIGKILL)
    shutil.rmtree(instance.data / "runs" / run)
    instance.ask("PATCH", "/project/settings", {"envVars": {"again": "yes"}}, mode="live")
    instance.drain()
    assert instance.finish(run, "live")["status"] == "completed", instance.log_text()
    assert content(instance, run, "first") == b"12"


def test_what_is_there_is_not_committed_and_goes_with_the_run(instance: Instance) -> None:
    run = ended(instance, flow(instance, "open('a', 'w').write('x')"))
    assert kept(instance, run)
    instance.ask("DELETE", f"/runs/{run}", mode="live")
    assert instance.sql("SELECT count(*) FROM artifacts") == [(0,)] and instance.sql("SELECT count(*) FROM artifact_parts") == [(0,)]


def test_the_transcript_of_each_step_is_among_them(instance: Instance) -> None:
    run = ended(instance, flow(instance, "print('said by one')", "print('said by two', flush=True)\nprint('aside', file=sys.stderr)"))
    assert set(listed(instance, run)) == {"step-0-1-1.jsonl.gz", "step-1-1-1.jsonl.gz"}
    lines = [json.loads(line) for line in gzip.decompress(content(instance, run, "step-1-1-1.jsonl.gz")).splitlines()]
    assert {(line["stream"], line["text"]) for line in lines} == {("stdout", "said by two"), ("stderr", "aside")}
    shutil.rmtree(instance.data / "runs" / run)
    assert content(instance, run, "step-0-1-1.jsonl.gz"), "it is there without the run's directory"


def test_a_lost_worker_loses_none(instance: Instance) -> None:
    run = instance.start(flow(instance, "open('first', 'w').write('1')", "open('second', 'w').write('2')\nif 'again' not in os.environ:\n    print('waits', flush=True)\n    time.sleep(600)"), "live")
    worker = instance.worker()
    instance.until(run, "waits", "live")
    assert set(kept(instance, run)) == {"first"}, "while it runs"
    stop(worker, signal.SIGKILL)
    instance.ask("PATCH", "/project/settings", {"envVars": {"again": "yes"}}, mode="live")
    instance.drain()
    assert instance.finish(run, "live")["status"] == "completed"
    assert set(kept(instance, run)) == {"first", "second"} and content(instance, run, "first") == b"1"
