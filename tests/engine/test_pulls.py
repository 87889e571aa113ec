"""Pull requests: a real push over HTTP and real requests, to a stand-in for GitHub that keeps what it was sent."""

from __future__ import annotations

import http.server
import json
import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from instance import Instance

TOKEN = "ghp_standin0123456789abcdefABCDEF"


def git(*words: str, cwd: Path) -> str:
    return subprocess.run(["git", *words], cwd=cwd, check=True, capture_output=True, text=True).stdout


class GitHub(http.server.ThreadingHTTPServer):
    """OWNER/NAME.git by git's own web program, and the part of the API that is asked."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.folder = folder
        self.here = f"http://127.0.0.1:{self.server_address[1]}"
        self.silence = threading.Event()  # while it is not set, the API does not answer
        self.silence.set()
        self.asked: list[tuple[str, str, dict[str, str], Any]] = []
        self.answers: dict[str, tuple[int, Any]] = {
            "GET /repos/acme/shop": (200, {"default_branch": "main"}),
            "POST /repos/acme/shop/pulls": (201, {"html_url": "https://github.example/acme/shop/pull/7", "number": 7, "state": "open"}),
        }
        bare, source = folder / "acme" / "shop.git", folder / "source"
        bare.parent.mkdir()
        git("init", "--quiet", "--bare", "-b", "main", str(bare), cwd=folder)
        git("init", "--quiet", "-b", "main", str(source), cwd=folder)
        (source / "a.txt").write_text("one\n")
        git("add", ".", cwd=source)
        git("-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-qm", "first", cwd=source)
        git("push", "--quiet", str(bare), "main", cwd=source)

    def api(self) -> list[tuple[str, str, dict[str, str], Any]]:
        return [asked for asked in self.asked if asked[1].startswith("/repos/")]


class Answer(http.server.BaseHTTPRequestHandler):
    server: GitHub

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        is_api = self.path.startswith("/repos/")
        self.server.asked.append((self.command, self.path, dict(self.headers), json.loads(body) if is_api and body else None))
        if is_api:
            self.server.silence.wait()
            status, answer = self.server.answers.get(f"{self.command} {self.path}", (404, {"message": "Not Found"}))
            data = json.dumps(answer).encode()
            self.send_response(status)
            if status == 301:
                self.send_header("Location", self.server.here + "/repos/elsewhere")
        else:
            data = self.backend(body)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_POST = do_GET

    def backend(self, body: bytes) -> bytes:
        path, _, query = self.path.partition("?")
        environment = {
            "PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": str(self.server.folder), "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": path,
            "QUERY_STRING": query, "REQUEST_METHOD": self.command, "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)), "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
        }  # fmt: skip
        if "Authorization" in self.headers:
            environment["REMOTE_USER"] = "x-access-token"  # without one it takes no push
        done = subprocess.run(["git", "http-backend"], env=environment, input=body, capture_output=True)
        head, _, data = done.stdout.partition(b"\r\n\r\n")
        fields = [line.split(": ", 1) for line in head.decode().split("\r\n")]
        self.send_response(next((int(value.split()[0]) for name, value in fields if name == "Status"), 200))
        for name, value in fields:
            if name != "Status":
                self.send_header(name, value)
        return data

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def github(instance: Instance) -> Iterator[GitHub]:
    folder = instance.folder / "github"
    folder.mkdir()
    made = GitHub(folder)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    instance.conf |= {"githubApi": made.here, "privateHosts": f"127.0.0.1:{made.server_address[1]}"}
    instance.agent("edit", "open('a.txt', 'a').write('two\\n')\n")
    yield made
    made.shutdown()
    made.server_close()


def go(instance: Instance, github: GitHub, own: bool = True, **more: object) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Run once; the run, and what its events say about a pull request."""
    if own:
        instance.ask("PATCH", "/project/settings", {"envVars": {"GITHUB_TOKEN": TOKEN}})
    flow = instance.workflow({"role": "custom", "agent": "edit"})
    run = instance.start(flow, "live", **({"githubRepoUrl": f"{github.here}/acme/shop.git", "name": "Add two"} | more))
    instance.drain()
    ended = instance.finish(run, "live")
    events = list(instance.follow(run, "live"))
    assert TOKEN not in str(events) + str(ended) + instance.said()
    return ended, [event["data"] for event in events if event["type"] == "pullRequest"]


def test_a_pushed_branch_becomes_a_pull_request(instance: Instance, github: GitHub) -> None:
    ended, said = go(instance, github, prompt="Please add two.")
    assert ended["status"] == "completed", ended
    assert (ended["prUrl"], ended["prNumber"], ended["prStatus"]) == ("https://github.example/acme/shop/pull/7", 7, "open")
    assert said == [{"url": "https://github.example/acme/shop/pull/7", "number": 7, "status": "open"}]
    assert git("show", f"{ended['branchName']}:a.txt", cwd=github.folder / "acme" / "shop.git") == "one\ntwo\n"
    first, second = github.api()
    assert first[:2] == ("GET", "/repos/acme/shop") and second[:2] == ("POST", "/repos/acme/shop/pulls")
    assert second[3] == {"title": "Add two", "head": ended["branchName"], "base": "main", "body": "Please add two."}
    assert all(headers["Authorization"] == f"Bearer {TOKEN}" for _, _, headers, _ in (first, second))
    assert second[2]["Accept"] == "application/vnd.github+json" and second[2]["User-Agent"].startswith("codecourier/")


def test_an_issue_gives_title_link_and_words_to_commit_and_pull_request(instance: Instance, github: GitHub) -> None:
    link = "https://example.org/issues/7"
    issue = instance.ask("POST", "/issues", {"title": "Fix login bug", "description": "The page is blank.", "sourceUrl": link}, mode="live")
    ended, _ = go(instance, github, name="Sprint 7 (1/2)", issueId=issue["data"]["id"])
    pull = github.api()[-1][3]
    assert (pull["title"], pull["body"]) == ("Fix login bug", f"{link}\n\nThe page is blank.")
    message = git("log", "-1", "--format=%B", ended["branchName"], cwd=github.folder / "acme" / "shop.git")
    assert message.strip() == f"Fix login bug\n\n{link}\n\nRun 1 of Flow."


def judged(instance: Instance, github: GitHub) -> dict[str, Any]:
    instance.ask("PATCH", "/project/settings", {"envVars": {"GITHUB_TOKEN": TOKEN}})
    instance.agent("doubter", "print('Not yet.\\nVERDICT: FAIL')\n")
    flow = instance.workflow({"role": "designer", "agent": "edit", "loopId": "l", "loopMaxIterations": 2}, {"role": "checker", "agent": "doubter", "loopId": "l"})
    issue = instance.ask("POST", "/issues", {"title": "Two is missing"}, mode="live")["data"]["id"]
    run = instance.start(flow, "live", githubRepoUrl=f"{github.here}/acme/shop.git", prompt="Add two.", issueId=issue)
    instance.drain()
    return instance.finish(run, "live")


def test_what_its_checker_never_let_pass_becomes_a_draft_that_says_so(instance: Instance, github: GitHub) -> None:
    ended = judged(instance, github)
    assert (ended["status"], ended["verdict"], ended["pushStatus"], ended["prNumber"]) == ("completed", "fail", "pushed", 7), ended
    sent = github.api()[-1][3]
    assert sent["draft"] is True and sent["body"].startswith("**The verdict of the last check is: fail.**") and "Add two." in sent["body"]
    assert [issue["status"] for issue in instance.ask("GET", "/issues", mode="live")["data"]] == ["failed"]


def test_where_there_are_no_drafts_it_is_opened_all_the_same(instance: Instance, github: GitHub) -> None:
    github.answers["POST /repos/acme/shop/pulls"] = (422, {"message": "Draft pull requests are not supported in this repository."})
    judged(instance, github)
    assert ["draft" in asked[3] for asked in github.api() if asked[0] == "POST"] == [True, False]


def test_the_operators_token_serves_a_project_without_one(instance: Instance, github: GitHub) -> None:
    instance.conf["githubToken"] = TOKEN
    instance.write_conf()
    ended, _ = go(instance, github, own=False)
    assert ended["status"] == "completed" and ended["prNumber"] == 7


def test_the_operators_token_goes_to_no_other_host(instance: Instance, github: GitHub) -> None:
    instance.conf |= {"githubToken": TOKEN, "githubApi": "https://api.github.com"}
    instance.write_conf()
    ended, said = go(instance, github, own=False)
    assert ended["status"] == "completed" and ended["prUrl"] is None and said == []
    assert github.asked and not any("Authorization" in headers for _, _, headers, _ in github.asked)


def test_one_that_is_open_already_is_found(instance: Instance, github: GitHub) -> None:
    errors = [{"message": "A pull request already exists for acme:topic."}]
    github.answers["POST /repos/acme/shop/pulls"] = (422, {"message": "Validation Failed", "errors": errors})
    github.answers["GET /repos/acme/shop/pulls?state=open&head=acme:topic&base=main"] = (
        200, [{"html_url": "https://github.example/acme/shop/pull/3", "number": 3, "state": "open"}],
    )  # fmt: skip
    ended, _ = go(instance, github, branchName="topic")
    assert ended["prNumber"] == 3 and ended["status"] == "completed"


@pytest.mark.parametrize(
    ("at", "answer", "words"),
    [
        ("GET /repos/acme/shop", (401, {"message": "Bad credentials"}), "401: Bad credentials"),
        ("GET /repos/acme/shop", (301, {"message": "Moved Permanently"}), "has moved"),
        ("POST /repos/acme/shop/pulls", (403, {"message": f"No: {TOKEN}"}), "GitHub refused it"),
        ("POST /repos/acme/shop/pulls", (422, {"message": "Validation Failed", "errors": [{"message": "No commits"}]}), "No commits"),
        ("POST /repos/acme/shop/pulls", (201, {"html_url": "javascript:alert(1)", "number": 1, "state": "open"}), "not understood"),
    ],
)
def test_a_failed_pull_request_fails_no_run(instance: Instance, github: GitHub, at: str, answer: tuple[int, Any], words: str) -> None:
    github.answers[at] = answer
    ended, said = go(instance, github)
    assert ended["status"] == "completed" and ended["prUrl"] is None
    assert len(said) == 1 and words in said[0]["error"], said
    assert not any("elsewhere" in path for _, path, _, _ in github.asked), "a redirect was followed"


def test_an_api_that_falls_silent_holds_a_slot_for_a_set_time(instance: Instance, github: GitHub) -> None:
    instance.conf["gitTimeoutSeconds"] = 5
    instance.write_conf()
    github.silence.clear()
    try:
        ended, said = go(instance, github)
    finally:
        github.silence.set()
    assert ended["status"] == "completed" and ended["prUrl"] is None
    assert said == [{"error": "there was no answer within 5 s (setting gitTimeoutSeconds)."}], said


def test_a_repository_that_the_token_does_not_reach_fails_no_run(instance: Instance, github: GitHub) -> None:
    github.answers.clear()
    ended, said = go(instance, github)
    assert ended["status"] == "completed" and "404" in said[0]["error"]


def test_only_the_command_brings_a_client_for_the_web() -> None:
    from instance import BUILD

    for name, has in (("codecourier", True), ("codecourier.cgi", False)):
        assert ("libcurl" in subprocess.run(["ldd", BUILD / name], capture_output=True, text=True).stdout) is has
