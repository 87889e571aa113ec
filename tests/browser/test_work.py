"""What people do all day: workflows, runs, issues, members, settings."""

from __future__ import annotations

import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import content
import installation
import pytest
import requests
import storage
from conftest import Open, Server, sign_in
from playwright.sync_api import Locator, Page, Route, expect


def head(page: Page, name: str | re.Pattern[str]) -> None:
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def row(page: Page, text: str):  # type: ignore[no-untyped-def]
    return page.get_by_role("row").filter(has_text=text)


def test_workflow_from_making_to_deleting(server: Server, open_page: Open) -> None:
    page = open_page(server, "/workflows")
    page.get_by_role("link", name="New workflow").click()
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_text("Please fill this in.")).to_be_visible()
    page.get_by_label("Name", exact=True).first.fill("Tidy up")
    step = page.locator(".step").first
    step.get_by_label("Role").select_option("designer")
    step.get_by_label("Instructions").fill("Remove what nobody uses.")
    step.get_by_text("Agent, time limit and loop").click()
    step.get_by_label("Loop", exact=True).select_option("A")
    step.get_by_label("Rounds at most").fill("5")
    step.get_by_role("button", name="Duplicate").click()
    expect(page.locator(".step")).to_have_count(2)
    page.locator(".step").nth(1).get_by_label("Role").select_option("checker")
    page.get_by_role("button", name="Create").click()
    head(page, "Tidy up")
    steps = server.api("GET", f"/workflows/{page.url.rsplit('/', 1)[1]}").json()["data"]["steps"]
    assert [(one["role"], one["loopId"], one["loopMaxIterations"], one["instructions"]) for one in steps] == [
        ("designer", "A", 5, "Remove what nobody uses."), ("checker", "A", 5, "Remove what nobody uses.")]  # fmt: skip

    page.locator(".step").nth(1).get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#toasts")).to_contain_text("Saved.")
    page.get_by_label("Description").fill("Twice saved: the version is kept up to date.")
    with page.expect_response(lambda answer: answer.request.method == "PATCH") as saved:
        page.get_by_role("button", name="Save").click()
    assert saved.value.status == 200
    expect(page.get_by_role("button", name="Save")).not_to_have_attribute("aria-busy", "true")

    page.get_by_role("link", name="← Workflows").click()
    page.get_by_label("Search").fill("tidy")
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_role("button", name="More actions for Tidy up").click()
    page.get_by_role("menuitem", name="Duplicate").click()
    head(page, "Tidy up (copy)")
    page.get_by_role("button", name="More actions for").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    head(page, "Workflows")


def test_a_persona_is_copied(server: Server, open_page: Open) -> None:
    content.make(server, "/personas", {"name": "Careful Ada", "instructions": "Look twice."})
    page = open_page(server, "/personas")
    page.get_by_role("button", name="More actions for Careful Ada").click()
    page.get_by_role("menuitem", name="Duplicate").click()
    expect(page.get_by_text("The copy is called “Careful Ada (copy)”.")).to_be_visible()
    page.get_by_role("button", name="Edit Careful Ada (copy)").click()
    expect(page.get_by_label("Instructions")).to_have_value("Look twice.")


def test_several_are_deleted_at_once(server: Server, open_page: Open) -> None:
    for name in ("Gone one", "Gone two", "Gone three"):
        content.make(server, "/personas", {"name": name})
    page = open_page(server, "/personas?q=Gone")
    bar = page.get_by_role("region", name="Selected rows")
    page.get_by_role("checkbox", name="Select Gone one").check()
    expect(bar).to_contain_text("1 selected")
    page.get_by_role("checkbox", name="Select all shown").check()
    expect(bar).to_contain_text("3 selected")
    page.get_by_role("checkbox", name="Select Gone two").uncheck()
    bar.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog", name="Delete 2 rows?").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("2 were deleted.")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Gone")).to_have_count(1)
    expect(bar).to_be_hidden()
    assert [one["name"] for one in server.api("GET", "/personas?q=Gone").json()["data"]] == ["Gone two"]


def test_runs_that_go_on_cannot_be_selected(server: Server, open_page: Open) -> None:
    page = open_page(server, "/runs?status=running")
    expect(page.get_by_role("checkbox", name="Select #").first).to_be_disabled()


def test_somebody_else_was_faster(server: Server, open_page: Open) -> None:
    made = content.make(server, "/workflows", {"name": "Contended", "steps": [{"role": "custom"}]})
    page = open_page(server, f"/workflows/{made}", expect=("412",))
    page.get_by_label("Description").fill("Mine")
    assert server.api("PATCH", f"/workflows/{made}", {"description": "Theirs"}).status_code == 200
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Somebody else has changed this meanwhile.")).to_be_visible()
    expect(page.get_by_label("Description")).to_have_value("Mine")


def test_runs_filter_and_page(server: Server, open_page: Open) -> None:
    page = open_page(server, "/runs")
    expect(page.get_by_role("row")).to_have_count(26)
    page.get_by_role("button", name="Show more").click()
    expect(page.get_by_role("row").nth(30)).to_be_visible()
    page.get_by_label("Status").select_option("failed")
    expect(page.get_by_role("row").nth(1)).to_contain_text("Failed")
    expect(page.locator("tbody [data-status]:not([data-status=failed])")).to_have_count(0)
    assert "status=failed" in page.url
    page.reload()
    expect(page.get_by_label("Status")).to_have_value("failed")
    page.get_by_label("Started by").select_option("sprint")
    expect(page.get_by_text("Nothing fits")).to_be_visible()


def test_run_live(server: Server, open_page: Open) -> None:
    run = server.ids["run running"]
    page = open_page(server, f"/runs/{run}")
    expect(page.get_by_text("Found the pattern in line 41.")).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("Timeline of 3 steps"))).to_be_visible()
    page.locator(".log").scroll_into_view_if_needed()
    with storage.connect(server.folder / "data", timeout=30) as db:
        for n in range(60):
            content.event(db, run, "log", {"stream": "stdout", "text": f"line {n}"})
    db.close()
    expect(page.get_by_text("line 59", exact=True)).to_be_in_viewport(timeout=20000)  # it follows
    page.locator(".log").evaluate("log => { log.scrollTop = 0; }")
    expect(page.get_by_label("Follow")).not_to_be_checked()
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("dl [data-status=paused]")).to_be_visible()
    expect(page.get_by_role("button", name="Resume")).to_be_focused()
    page.get_by_role("button", name="Resume").click()
    expect(page.locator("dl [data-status=running]")).to_be_visible()
    page.get_by_role("button", name="Stop after this step").click()
    expect(page.get_by_text("Stops after this step")).to_be_visible()
    page.get_by_role("button", name="Cancel run").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel run").click()
    expect(page.locator("dl :is([data-status=cancelling], [data-status=cancelled])")).to_be_visible()
    page.get_by_role("button", name="More actions for").click()
    page.get_by_role("menuitem", name="Rename").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Called off")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    head(page, re.compile("Called off"))


AGENT = """#!/bin/sh
cat > /dev/null
printf 'one\\ntwo\\n' > notes.txt
printf '\\0\\1' > picture.bin
mkdir -p made && for n in $(seq 1 30); do echo "$n" > "made/$n.txt"; done
echo '<script>alert(1)</script>' > "$CC_ARTIFACTS/report.html"
echo done
"""


def test_what_a_run_has_changed(fresh_server, open_page: Open) -> None:  # type: ignore[no-untyped-def]
    """File by file, and to take away; there is no token to push with, so nothing of it lies anywhere else."""
    server = fresh_server(conf="sandbox = off\nlocalRepositories = {folder}\nagent.edit = {folder}/edit.sh\n")
    sign_in(server)
    script, source = server.folder / "edit.sh", server.folder / "source"
    script.write_text(AGENT)
    script.chmod(0o755)
    source.mkdir()
    (source / "notes.txt").write_text("one\n")
    for words in ("init --quiet -b main", "add .", "-c user.name=A -c user.email=a@example.org commit --quiet -m first"):
        subprocess.run(["git", *words.split()], cwd=source, check=True)
    installation.hand_over(source)
    server.key = server.command("key", "create", "--name", "changes", "--scopes", "workflows:write,runs:write", "--quiet").strip()
    flow = server.api("POST", "/workflows", {"name": "Edit", "steps": [{"role": "custom", "agent": "edit"}]}).json()["data"]["id"]
    run = server.api("POST", "/runs", {"workflowId": flow, "githubRepoUrl": str(source)}).json()["data"]["id"]
    page = open_page(server, f"/runs/{run}")
    changes = page.get_by_role("region", name="Changes")
    expect(changes.get_by_text("32 files")).to_be_visible(timeout=60000)
    expect(changes.locator("details")).to_have_count(25)
    changes.get_by_role("button", name="7 more files").click()
    expect(changes.locator("details")).to_have_count(32)
    changes.get_by_text("notes.txt").click()
    expect(changes.locator("[data-kind=added]")).to_have_text("+two")
    changes.get_by_text("picture.bin").click()
    expect(changes.get_by_text("A binary file")).to_be_visible()
    with page.expect_download() as taken:
        changes.get_by_role("button", name="Patch").click()
    assert taken.value.suggested_filename == "run-1.patch" and "+two" in taken.value.path().read_text(errors="replace")
    with page.expect_download() as taken:
        changes.get_by_role("button", name="Bundle").click()
    assert taken.value.suggested_filename == "run-1.bundle" and taken.value.path().read_bytes().startswith(b"# v2 git bundle")
    artifacts = page.get_by_role("region", name="Artifacts")
    expect(artifacts.get_by_role("listitem")).to_have_count(2)  # and the transcript
    with page.expect_download() as taken:
        artifacts.get_by_role("button", name="report.html").click()
    assert taken.value.suggested_filename == "report.html" and "alert" in taken.value.path().read_text()
    other = server.api("POST", "/runs", {"workflowId": flow, "githubRepoUrl": str(source)}).json()["data"]["id"]
    end = time.monotonic() + 60
    while server.api("GET", f"/runs/{other}").json()["data"]["status"] != "completed":
        assert time.monotonic() < end
        time.sleep(0.2)
    page.get_by_role("button", name=re.compile("More actions for")).click()
    page.get_by_role("menuitem", name="Compare with another run").click()
    page.get_by_label("Compare with").select_option(index=1)
    expect(page.get_by_role("row").filter(has_text="Changes")).to_contain_text("32 files", timeout=60000)
    expect(page.get_by_role("row").filter(has_text="notes.txt")).to_contain_text("Same")
    assert "with=run_" in page.url


def test_issue_to_run(server: Server, open_page: Open) -> None:
    page = open_page(server, "/issues")
    page.get_by_role("button", name="New issue").click()
    page.get_by_label("Title").fill("Umlauts in file names")
    page.get_by_role("dialog").get_by_label("Priority").select_option("critical")
    page.get_by_label("Suggested prompt").fill("Find out where the encoding is lost.")
    page.get_by_role("button", name="Save").click()
    card = page.locator(".issue").filter(has_text="Umlauts in file names")
    expect(page.get_by_role("region", name="New").locator(card)).to_be_visible()
    card.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Move to “Failed”").click()
    expect(page.get_by_role("region", name="Failed").locator(card)).to_be_visible()
    expect(page.get_by_role("region", name="New").locator(card)).to_have_count(0)
    card.get_by_role("button", name="Start run").click()
    expect(page.get_by_label("Prompt")).to_have_value("Find out where the encoding is lost.")
    page.get_by_role("dialog").get_by_label("Workflow").select_option(label="Nightly review")
    page.get_by_role("dialog").get_by_role("button", name="Start run").click()
    head(page, re.compile("Umlauts in file names"))
    run = server.api("GET", f"/runs/{page.url.rsplit('/', 1)[1]}").json()["data"]
    assert run["source"] == "issue" and run["prompt"] == "Find out where the encoding is lost."


def drop(page: Page, card: Locator, column: str) -> None:
    start, end = card.bounding_box(), page.get_by_role("region", name=column).bounding_box()
    assert start and end
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + 20)
    page.mouse.down()
    page.mouse.move(end["x"] + 60, end["y"] + 40, steps=12)
    expect(page.locator(".column.target")).to_have_count(1)
    page.mouse.up()


def test_issues_by_dragging_and_by_arrow_keys(server: Server, open_page: Open) -> None:
    made = content.make(server, "/issues", {"title": "Carried about"})
    page = open_page(server, "/issues", expect=("409",))
    card = page.locator(".issue").filter(has_text="Carried about")
    drop(page, card, "Completed")
    expect(page.get_by_role("region", name="Completed").locator(card)).to_be_visible()
    assert server.api("GET", f"/issues/{made}").json()["data"]["status"] == "completed"
    page.get_by_role("button", name="Move “Carried about”, now under Completed").press("ArrowRight")
    expect(page.get_by_role("region", name="Failed").locator(card)).to_be_visible()
    expect(page.get_by_role("button", name="Move “Carried about”, now under Failed")).to_be_focused()
    expect(page.locator("#announcer")).to_have_text("“Carried about” is now under Failed.")
    card.hover()
    page.mouse.down()
    page.mouse.move(40, 300, steps=5)
    page.keyboard.press("Escape")
    page.mouse.up()
    assert server.api("GET", f"/issues/{made}").json()["data"]["status"] == "failed"
    page.route("**/api/v1/issues/*", lambda route: route.fulfill(status=409, content_type="application/json", body='{"error":{"code":"CONFLICT","message":"No.","requestId":"abc"}}'))
    page.get_by_role("button", name="Move “Carried about”, now under Failed").press("ArrowLeft")
    expect(page.get_by_role("dialog", name="This did not work")).to_contain_text("abc")  # what fails without a place of its own


def test_schedule_from_making_to_deleting(server: Server, open_page: Open) -> None:
    page = open_page(server, "/schedules")
    expect(row(page, "Dependencies")).to_contain_text("America/New_York")
    page.get_by_role("button", name="New schedule").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Time zone")).to_have_value("Europe/Berlin")
    dialog.get_by_label("Name", exact=True).fill("Every Tuesday")
    dialog.get_by_label("Workflow").select_option(label="Nightly review")
    dialog.get_by_label("How often").select_option("weekly")
    dialog.get_by_label("At", exact=True).fill("16:05")
    dialog.get_by_label("Time zone").fill("Europe/Atlantis")
    dialog.get_by_role("button", name="Create").click()
    expect(dialog.get_by_text("This is not a time zone")).to_be_visible()
    dialog.get_by_label("Time zone").fill("Asia/Tokyo")
    dialog.get_by_role("button", name="Create").click()
    line = row(page, "Every Tuesday")
    expect(line).to_contain_text(re.compile(r"Weekly on \w+day at 16:05"))
    (made,) = server.api("GET", "/schedules?q=Every").json()["data"]
    assert (made["hour"], made["minute"], made["timeZone"], made["frequency"]) == (16, 5, "Asia/Tokyo", "weekly")
    expect(line.locator(f"time[datetime='{made['nextRunAt']}']")).to_be_visible()
    page.get_by_role("button", name="Pause Every Tuesday").click()
    expect(line).to_contain_text("Paused")
    expect(page.get_by_role("button", name="Resume Every Tuesday")).to_be_focused()
    page.get_by_label("Status").select_option("Paused")
    expect(row(page, "Nightly review").filter(has_text="03:30")).to_have_count(0)
    page.get_by_role("button", name="Resume Every Tuesday").click()
    page.get_by_role("button", name="Edit Every Tuesday").click()
    expect(dialog.get_by_label("At", exact=True)).to_have_value("16:05")
    dialog.get_by_role("group", name="On these days").get_by_label("Sunday").check()
    dialog.get_by_label("Tuesday").check()
    dialog.get_by_role("button", name="Save").click()
    expect(line).to_contain_text("Weekly on Tuesday and Sunday at 16:05")
    page.get_by_role("button", name="Edit Every Tuesday").click()
    expect(dialog.get_by_label("Sunday")).to_be_checked()
    dialog.get_by_label("How often").select_option("monthly")
    expect(dialog.get_by_role("group", name="On these days")).to_have_count(0)  # days of the week go with weeks
    dialog.get_by_label("On this day of the month").select_option("31: the last day")
    dialog.get_by_role("button", name="Save").click()
    expect(line).to_contain_text("Monthly on the last day at 16:05")
    now = server.api("GET", f"/schedules/{made['id']}").json()["data"]
    assert (now["weekdays"], now["dayOfMonth"]) == ([], 31)
    button = line.get_by_role("button", name="The next five times of Every Tuesday")
    button.press("Enter")
    times = dialog.get_by_role("listitem").locator("time")
    expect(times).to_have_count(5)
    assert [one.get_attribute("datetime") for one in times.all()] == [one["at"] for one in now["nextRuns"]]
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    page.get_by_role("button", name="Edit Every Tuesday").click()
    dialog.get_by_label("On this day of the month").select_option("The day of the first run")
    dialog.get_by_role("button", name="Save").click()
    expect(line).to_contain_text("Monthly at 16:05")
    page.get_by_role("button", name="More actions for Every Tuesday").click()
    page.get_by_role("menuitem", name="Delete").click()
    dialog.get_by_role("button", name="Delete").click()
    expect(line).to_have_count(0)


def test_a_run_is_checked_before_it_is_started(server: Server, open_page: Open) -> None:
    flow = server.api("POST", "/workflows", {"name": "Checked", "steps": [{"role": "custom", "label": "Do", "agent": "nobody"}]}).json()["data"]
    page = open_page(server, f"/runs?workflowId={flow['id']}")
    page.get_by_role("button", name="Start run").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Prompt").fill("Do it.")
    status = dialog.get_by_role("status")
    dialog.get_by_role("button", name="Check").focus()
    page.keyboard.press("Enter")
    expect(status).to_contain_text("This run would fail.")
    expect(status.get_by_role("listitem").filter(has_text="There is no agent 'nobody' (step \"Do\").")).to_contain_text("Error · Step 1")
    status.get_by_text("What would be done").click()
    expect(status.get_by_role("listitem").filter(has_text="Do nobody")).to_be_visible()
    dialog.get_by_label("Prompt").fill("Do it otherwise.")
    expect(status).to_be_empty()
    dialog.get_by_label(re.compile("Branch")).fill("refs/heads/main")
    dialog.get_by_role("button", name="Check").click()
    expect(status).to_contain_text("It would not be started like this")
    assert server.api("GET", f"/workflows/{flow['id']}/runs").json()["data"] == []
    server.api("DELETE", f"/workflows/{flow['id']}")


def test_sprint_from_starting_to_deleting(server: Server, open_page: Open) -> None:
    content.make(server, "/workflows", {"name": "Rehearsal", "steps": [{"role": "custom", "agent": "rehearsal"}]})
    page = open_page(server, "/chains")
    page.get_by_role("button", name="New chain").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill("Sprint 13")
    dialog.get_by_label("Workflow").select_option(label="Rehearsal")
    dialog.get_by_label("Runs").fill("101")
    dialog.get_by_role("button", name="Start chain").click()
    expect(dialog.get_by_text("Please give a number from 1 to 100.")).to_be_visible()
    dialog.get_by_label("Runs").fill("2")
    dialog.get_by_label("Prompt").fill("rehearse: wait=60000")
    dialog.get_by_role("button", name="Start chain").click()
    head(page, "Sprint 13")
    expect(page.get_by_text("0 of 2")).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(3)
    made = server.api("GET", f"/chains/{page.url.rsplit('/', 1)[1]}").json()["data"]
    assert (made["source"], made["runCount"], made["prompt"]) == ("sprint", 2, "rehearse: wait=60000")
    page.get_by_role("link", name="← Chains").click()
    page.get_by_role("button", name="Cancel Sprint 13").click()
    dialog.get_by_role("button", name="Cancel chain").click()
    expect(row(page, "Sprint 13")).to_contain_text("Cancelled")
    page.get_by_role("button", name="More actions for Sprint 13").click()
    page.get_by_role("menuitem", name="Delete").click()
    dialog.get_by_role("button", name="Delete").click()
    expect(row(page, "Sprint 13")).to_have_count(0)


def test_chain_live(server: Server, open_page: Open) -> None:
    flow = content.make(server, "/workflows", {"name": "Short rehearsal", "steps": [{"role": "custom", "agent": "rehearsal"}]})
    sprint = {"name": "Three in a row", "source": "sprint", "workflowId": flow, "runCount": 3, "prompt": "rehearse: wait=700"}
    chain, _namesake = content.make(server, "/chains", sprint), content.make(server, "/chains", sprint)
    page = open_page(server, f"/chains/{chain}")
    expect(page.get_by_text("3 of 3")).to_be_visible(timeout=20000)
    expect(page.locator("tbody [data-status=completed]")).to_have_count(3)
    expect(page.locator("tbody a[href^='#/runs/']")).to_have_count(3)
    page.evaluate("location.hash = '/chains'")
    expect(row(page, "Three in a row").last).to_contain_text("Completed")


@pytest.fixture
def asked_forge() -> Iterator[tuple[ThreadingHTTPServer, threading.Event]]:
    """A stand-in for GitHub that knows issue 7 and tells of it when it is let."""
    let = threading.Event()

    class Stand(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            let.wait(60)
            known = self.path == "/repos/acme/shop/issues/7"
            body = b'{"number": 7, "title": "Two is missing", "body": "Please add it.", "state": "open", "html_url": "https://forge.example/acme/shop/issues/7", "pull_request": null}' if known else b'{"message": "Not Found"}'
            self.send_response(200 if known else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    made = ThreadingHTTPServer(("127.0.0.1", 0), Stand)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made, let
    let.set()
    made.shutdown()
    made.server_close()


def test_an_issue_is_imported_and_what_becomes_of_it_is_said(
    fresh_server: Callable[..., Server], open_page: Open, asked_forge: tuple[ThreadingHTTPServer, threading.Event]
) -> None:
    forge, let = asked_forge
    here = f"127.0.0.1:{forge.server_address[1]}"
    server = fresh_server(conf=f"privateHosts = {here}\ngitProtocols = https ssh http\nforges = 127.0.0.1=github@http://{here}\n")
    sign_in(server)
    page = open_page(server, "/settings/environment", expect=("400",))
    expect(page.get_by_role("button", name="Add variable").first).to_be_visible()
    page.evaluate("""async () => { const { patch } = await import("./js/api.js"); await patch("/project/settings", { envVars: { GITHUB_TOKEN: "ghp_example" } }); }""")
    page.goto(f"{server.url}/#/issues")
    button = page.get_by_role("button", name="Import issue")
    button.press("Enter")
    dialog = page.get_by_role("dialog", name="Import issue")
    address = dialog.get_by_label("Address of the issue")
    expect(address).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog.get_by_text("Please fill this in.")).to_be_visible()
    address.fill(f"http://{here}/acme/shop/pull/7")
    page.keyboard.press("Enter")
    expect(dialog).to_contain_text("'url' must be the address of an issue")
    expect(address).to_be_focused()
    address.fill(f"http://{here}/acme/shop/issues/7")
    page.keyboard.press("Enter")
    expect(button).to_be_focused()
    card = page.locator(".issue").filter(has_text="shop#7")
    expect(card).to_contain_text("Being taken over")
    expect(card.get_by_role("button", name="Start run")).to_have_count(0)  # not before its words are there
    let.set()
    expect(page.get_by_role("status").filter(has_text="Imported: “Two is missing”.")).to_be_visible(timeout=60000)
    expect(page.locator(".issue").filter(has_text="Two is missing").get_by_role("button", name="Start run")).to_be_visible()

    button.press("Enter")
    address.fill(f"http://{here}/acme/shop/issues/8")
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="shop#8 could not be taken over")).to_be_visible(timeout=60000)
    expect(page.locator(".issue").filter(has_text="shop#8").locator(".bad-text")).not_to_be_empty()


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_side_column_holds_its_entries(server: Server, open_page: Open, language: str) -> None:
    page = open_page(server, "/", language=language)
    page.route("**/api/v1/notifications/unread-count*", lambda route: route.fulfill(json={"data": {"count": 128}}))
    page.reload()
    page.goto(f"{server.url}/#/notifications")
    expect(page.locator(".side [data-unread='128']")).to_be_visible()
    for width in (248, 277):
        page.locator(".side").evaluate("(node, width) => { node.style.width = `${width}px`; }", width)
        over = page.locator(".side, .side .nav, .side .nav a").evaluate_all("nodes => nodes.filter((node) => node.scrollWidth > node.clientWidth).map((node) => node.textContent)")
        assert over == []
        column, entry = (page.locator(one).bounding_box() for one in (".side .nav", ".side .nav a[aria-current]"))
        assert column and entry and entry["x"] + entry["width"] <= column["x"] + column["width"]


def test_chain_of_issues_from_the_board(server: Server, open_page: Open) -> None:
    for n in range(3):
        content.make(server, "/issues", {"title": f"Link {n}"})
    content.make(server, "/workflows", {"name": "Rehearsed at length", "steps": [{"role": "custom", "agent": "rehearsal", "instructions": "rehearse: wait=60000"}]})
    page = open_page(server, "/issues?q=Link")
    page.get_by_role("button", name="Start several").click()
    start = page.get_by_role("button", name="Start chain")
    expect(start).to_be_disabled()
    for n in (2, 0, 1):
        page.get_by_label(f"Choose “Link {n}”").check()
    expect(page.get_by_text("3 issues chosen")).to_be_visible()
    start.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Move Link 2 down").press("Enter")
    expect(dialog.get_by_role("button", name="Move Link 2 down")).to_be_focused()
    dialog.get_by_role("button", name="Remove Link 1").click()
    dialog.get_by_label("Another issue").select_option(label="Link 1")
    dialog.get_by_role("button", name="Add").click()
    expect(dialog.locator(".order li")).to_have_text(["Link 0", "Link 2", "Link 1"])
    dialog.get_by_label("Name", exact=True).fill("All three")
    dialog.get_by_label("Workflow").select_option(label="Rehearsed at length")
    dialog.get_by_role("button", name="Start chain").click()
    head(page, "All three")
    expect(page.locator("tbody .name")).to_have_text(["1. Link 0", "2. Link 2", "3. Link 1"])
    page.get_by_role("button", name="Cancel chain").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel chain").click()
    expect(page.locator("dl [data-status=cancelled]")).to_be_visible()


@pytest.mark.parametrize(
    ("language", "run", "chain", "other"),
    [
        ("en", "Step 2 (Build) failed: it took longer than 1800 s.", "Run 24 failed.", "The repository could not be fetched within 5 s"),
        ("de", "Schritt 2 (Build) ist fehlgeschlagen: Er dauerte länger als 1800 s.", "Lauf 24 ist fehlgeschlagen.", "Das Repository konnte nicht geholt werden: nicht innerhalb von 5 s"),
    ],
)
def test_a_reason_is_said_in_the_persons_language(server: Server, open_page: Open, language: str, run: str, chain: str, other: str) -> None:
    """By its code and the values of its sentence; what has a code that nobody knows, as the service said it."""
    expect(open_page(server, f"/runs/{server.ids['run failed']}", language=language).get_by_text(run, exact=True)).to_be_visible()
    expect(open_page(server, f"/chains/{server.ids['chain failed']}", language=language).get_by_text(chain, exact=True)).to_be_visible()

    def answering(code: str, error: str, params: dict[str, object]) -> Callable[[Route], None]:
        def answer(route: Route) -> None:
            real = route.fetch()
            route.fulfill(response=real, json=real.json() | {"data": real.json()["data"] | {"errorCode": code, "error": error, "errorParams": params}})

        return answer

    for code, error, params, shown in [
        ("FETCH_FAILED", "The repository could not be fetched within 5 s (…).", {"seconds": "5", "detail": "[{not told}]"}, other),
        ("AGENT_SAYS", "{detail} [as|it] is", {"detail": "{detail} [as|it] is"}, "{detail} [as|it] is"),
        ("WINGS", "It has no wings.", {"wings": "2"}, "It has no wings."),
        ("STEP_FAILED", "Step 1 (x) failed: as told.", {"step": "1", "label": "x", "reason": {"code": "WINGS"}}, "Step 1 (x) failed: as told."),
    ]:
        page = open_page(server, "/", language=language)
        page.route(f"**/api/v1/runs/{server.ids['run failed']}", answering(code, error, params))
        page.goto(f"{page.url.partition('#')[0]}#/runs/{server.ids['run failed']}")
        expect(page.get_by_text(shown)).to_be_visible()


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "The key 'ci' set this up and is revoked or has expired."), ("de", "Der Key 'ci'")],
)
def test_why_a_schedule_started_nothing_is_said_in_the_persons_language(server: Server, open_page: Open, language: str, said: str) -> None:
    why = {"lastError": "The key 'ci' set this up and is revoked or has expired.", "lastErrorCode": "KEY_ENDED", "lastErrorParams": {"key": "ci"}}

    def answer(route: Route) -> None:
        real = route.fetch()
        route.fulfill(response=real, json=real.json() | {"data": [row | why for row in real.json()["data"]]})

    page = open_page(server, "/", language=language)
    page.route(re.compile("/api/v1/schedules"), answer)
    page.goto(f"{page.url.partition('#')[0]}#/schedules")
    expect(page.locator(f"tbody .bad-text span[lang={language}]").first).to_contain_text(said)


def test_stopped_chain_goes_on(server: Server, open_page: Open) -> None:
    page = open_page(server, f"/chains/{server.ids['chain failed']}")
    expect(page.get_by_text("Run 24 failed.")).to_be_visible()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("Run 24 failed.")).to_have_count(0)
    expect(page.get_by_role("row").nth(2).get_by_role("link")).to_have_count(2, timeout=20000)  # the same place once more


def test_invitation(server: Server, open_page: Open) -> None:
    page = open_page(server, "/members")
    page.get_by_role("button", name="Invite member").click()
    page.get_by_label("E-mail address").fill("grace@example.com")
    page.get_by_role("button", name="Make invitation").click()
    link = page.locator("[data-secret]").inner_text()
    page.get_by_role("button", name="I have copied it").click()
    expect(row(page, "grace@example.com")).to_contain_text("Member")

    guest = open_page(server, signed_in=False, expect=("404",))
    guest.goto("about:blank")
    guest.goto(link)
    guest.get_by_label("Your name").fill("Grace")
    guest.get_by_label("New password", exact=True).fill("compilers are friends")
    guest.get_by_label("New password, once more").fill("compilers are friends")
    guest.get_by_role("button", name="Accept invitation").click()
    head(guest, "Workflows")
    expect(guest.get_by_role("link", name="Audit Log")).to_have_count(0)  # a member's role does not include it
    guest.evaluate("location.hash = '/settings/api-keys'")
    expect(guest.get_by_text("5 entries").or_(guest.get_by_text(re.compile("entries")))).to_be_visible()
    expect(guest.get_by_role("button", name="Generate New Key")).to_have_count(0)
    guest.goto("about:blank")
    guest.goto(link)
    expect(guest.get_by_text("This invitation was used, withdrawn or has expired.")).to_be_visible()

    page.reload()
    page.get_by_role("button", name="More actions for Grace").click()
    page.get_by_role("menuitem", name="Change role").click()
    page.get_by_role("dialog").get_by_label("Role").select_option("admin")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(row(page, "Grace")).to_contain_text("Admin")

    # Her keys end with her membership, unless an owner keeps them on purpose.
    guest.goto("about:blank")
    guest.goto(link.partition("#")[0] + "#/settings/api-keys")
    guest.get_by_role("button", name="Generate New Key").click()
    guest.get_by_label("Name", exact=True).fill("Grace's laptop")
    guest.get_by_label("runs:write").check()
    guest.get_by_role("button", name="Generate key").click()
    guest.get_by_role("button", name="I have copied it").click()
    page.get_by_role("button", name="More actions for Grace").click()
    page.get_by_role("menuitem", name="Remove").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 API key of theirs still works.")
    expect(dialog.get_by_label("Their API keys")).to_have_value("revoke")
    dialog.get_by_label("Their API keys").select_option("keep")
    dialog.get_by_role("button", name="Remove").click()
    expect(row(page, "Grace")).to_have_count(0)
    page.evaluate("location.hash = '/settings/api-keys'")
    expect(row(page, "Grace's laptop")).to_have_count(1)
    expect(row(page, "Grace's laptop")).not_to_contain_text("Revoked")


def test_last_owner_stays(server: Server, open_page: Open) -> None:
    page = open_page(server, "/members", expect=("409",))
    page.get_by_role("button", name="More actions for owner@example.com").click()
    page.get_by_role("menuitem", name="Leave project").click()
    page.get_by_role("dialog").get_by_role("button", name="Leave project").click()
    expect(page.get_by_text("This is not possible in the present state.")).to_be_visible()


def test_environment(server: Server, open_page: Open) -> None:
    page = open_page(server, "/settings/environment")
    page.get_by_role("button", name="Add variable").first.click()
    page.get_by_label("Name", exact=True).fill("9 LIVES")
    page.get_by_label("Value", exact=True).fill("x")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Only letters, digits and underscores")).to_be_visible()
    page.get_by_label("Name", exact=True).fill("MAIL_TOKEN")
    page.get_by_label("Value", exact=True).fill("a long secret value WXYZ")
    page.get_by_role("button", name="Save").click()
    expect(row(page, "MAIL_TOKEN")).to_contain_text("WXYZ")
    assert "a long secret" not in page.content()
    page.get_by_role("button", name="Remove MAIL_TOKEN").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(row(page, "MAIL_TOKEN")).to_have_count(0)


def test_projects(server: Server, open_page: Open) -> None:
    page = open_page(server, "/runs")
    page.get_by_role("button", name="Project: My Project").click()
    page.get_by_role("menuitem", name="New project").click()
    page.get_by_label("Name", exact=True).fill("Second house")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("button", name="Project: Second house")).to_be_visible()
    page.evaluate("location.hash = '/runs'")
    expect(page.get_by_text("No runs yet")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Project: Second house")).to_be_visible()
    page.get_by_role("link", name="Project Settings").click()
    page.get_by_role("button", name="Delete project").click()
    page.get_by_label(re.compile("to confirm")).fill("Second house")
    page.get_by_role("dialog").get_by_role("button", name="Delete project").click()
    expect(page.get_by_role("button", name="Project: My Project")).to_be_visible()


def test_usage_and_audit(server: Server, open_page: Open) -> None:
    page = open_page(server, "/usage")
    expect(page.get_by_role("img", name=re.compile("^Runs by outcome"))).to_be_visible()
    figures = page.locator("details")
    figures.locator("summary").click()
    expect(figures.get_by_role("row")).to_have_count(31)
    page.get_by_label("Grouped by").select_option("workflow")
    figures.locator("summary").click()
    expect(figures.get_by_role("row").filter(has_text="Nightly review")).to_be_visible()
    page.evaluate("location.hash = '/audit?action=keys.create'")
    expect(page.locator("tbody tr").first).to_contain_text("keys.create")
    page.get_by_label("Action").fill("personas.create")
    expect(page.locator("tbody tr").first).to_contain_text("personas.create")


@pytest.fixture
def below_a_path(server: Server) -> Iterator[str]:
    """The same server below /some/where/, as behind a front end."""

    class Front(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.removeprefix("/some/where")
            if path == self.path:
                answer = requests.Response()
                answer.status_code, answer._content = 404, b"outside"
            else:
                sent = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection", "content-length")}
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                answer = requests.request(self.command, server.url + path, headers=sent, data=body, timeout=30)
            self.send_response(answer.status_code)
            for name, value in answer.headers.items():
                if name.lower() not in ("transfer-encoding", "connection", "content-encoding", "content-length", "server", "date"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_POST = do_PATCH = do_DELETE = do_GET

        def log_message(self, *_: object) -> None:
            pass

    front = ThreadingHTTPServer(("127.0.0.1", 0), Front)
    threading.Thread(target=front.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{front.server_port}/some/where/"
    front.shutdown()


def test_below_a_path(below_a_path: str, server: Server, open_page: Open) -> None:
    page = open_page(server)
    page.goto(f"{below_a_path}#/settings/api-keys")  # cookies do not tell ports apart
    head(page, "API Keys")
    expect(row(page, "deploy pipeline")).to_be_visible()
    page.get_by_role("button", name="Generate New Key").click()
    page.get_by_label("Name", exact=True).fill("below a path")
    page.get_by_label("runs:read", exact=True).check()
    page.get_by_role("button", name="Generate key").click()
    expect(page.locator(".code code").first).to_contain_text(f'export CC_BASE="{below_a_path.rstrip("/")}"')


def test_account_and_leaving(fresh_server, open_page: Open) -> None:  # type: ignore[no-untyped-def]
    server = fresh_server("mail = /bin/true\nmailFrom = courier@example.com\n")
    page = open_page(server, signed_in=False, expect=("401", "400"))
    page.get_by_label("E-mail address").fill("owner@example.com")
    page.get_by_label("Password").fill("wrong on purpose")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("The e-mail address or the password is wrong.")).to_be_visible()
    page.get_by_label("Password").fill(server.first_password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Present password").fill(server.first_password)
    page.get_by_label("New password", exact=True).fill("short")
    page.get_by_label("New password, once more").fill("other")
    page.get_by_role("button", name="Set new password").click()
    expect(page.get_by_text("At least 12 characters, please.")).to_be_visible()
    expect(page.get_by_text("The two are not the same.")).to_be_visible()
    page.get_by_label("New password", exact=True).fill("once upon a time")
    page.get_by_label("New password, once more").fill("once upon a time")
    page.get_by_role("button", name="Set new password").click()
    page.get_by_role("button", name="Account: owner@example.com").click()
    page.get_by_role("menuitem", name="Your account").click()
    wanted = page.get_by_label("Tell me by e-mail")
    expect(wanted).to_have_value("none")
    wanted.select_option("important")
    page.locator("section", has=wanted).get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved")).to_be_visible()
    page.reload()
    expect(wanted).to_have_value("important")
    page.get_by_label("Present password").fill("not it at all")
    page.get_by_label("New password", exact=True).fill("twice upon a time")
    page.get_by_label("New password, once more").fill("twice upon a time")
    page.get_by_role("button", name="Set new password").click()
    expect(page.get_by_text("This was not accepted:")).to_be_visible()
    page.get_by_role("button", name="Account: owner@example.com").click()
    page.get_by_role("menuitem", name="Sign out everywhere").click()
    head(page, "Sign in")
    page.reload()
    head(page, "Sign in")


def test_pull_request_from_failing_checks_to_merge(server: Server, open_page: Open) -> None:
    flow = server.api("POST", "/workflows", {"name": "Mender", "steps": [{"role": "designer"}]}).json()["data"]["id"]
    run = server.api("POST", "/runs", {"workflowId": flow}).json()["data"]["id"]
    storage.add_pull(server.folder / "data", run, "41", "failure")
    storage.add_pull(server.folder / "data", run, "42", "success")
    page = open_page(server, "/pull-requests", expect=["409"])
    page.get_by_label("State").select_option("open")
    expect(row(page, "#41 Fix the sign-in")).to_contain_text("Failed")
    page.get_by_role("link", name="#41 Fix the sign-in").click()
    head(page, "#41 Fix the sign-in")
    expect(page.get_by_text("error: expected ';'")).to_be_visible()

    page.get_by_role("button", name="Merge", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Merge").click()
    expect(page.get_by_role("dialog")).to_contain_text("Checks fail (build)")
    page.get_by_role("dialog").get_by_label("How").select_option("squash")
    page.get_by_role("dialog").get_by_label("Merge although checks fail or are not done").check()
    page.get_by_role("dialog").get_by_role("button", name="Merge").click()
    expect(page.get_by_text("Its host is none of the forges that the operator knows (setting forges).")).to_be_visible(timeout=20000)  # a worker's word
    german = open_page(server, page.url.partition("#")[2], language="de")
    expect(german.get_by_text("Sein Host ist keine der Forges, die der Betreiber kennt (Einstellung forges).")).to_be_visible()
    german.close()

    page.get_by_role("button", name="Fix", exact=True).click()
    page.get_by_role("dialog").get_by_label("What else it is told").fill("Be brief.")
    page.get_by_role("dialog").get_by_role("button", name="Fix").click()
    expect(page.get_by_text("Fix of a pull request")).to_be_visible()
    page.get_by_text("Prompt", exact=True).click()
    expect(page.get_by_text("Be brief.")).to_be_visible()

    page.goto(page.url.split("#")[0] + "#/pull-requests")
    row(page, "#42 Fix the sign-in").get_by_role("button", name="More actions for #42").click()
    page.get_by_role("menuitem", name="Close").click()
    page.get_by_role("dialog").locator("button[type=submit]").click()
    expect(row(page, "#42 Fix the sign-in")).to_contain_text("none of the forges", timeout=20000)
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_branches_and_what_may_be_done_with_them(server: Server, open_page: Open) -> None:
    flow = server.api("POST", "/workflows", {"name": "Brancher", "steps": [{"role": "designer"}]}).json()["data"]["id"]
    run = server.api("POST", "/runs", {"workflowId": flow}).json()["data"]["id"]
    for name in ("cc/run-77-Made", "kept/77"):
        storage.add_branch(server.folder / "data", run, name, "git.example.com")
    page = open_page(server, f"/branches?runId={run}", expect=["409"])
    made, kept = row(page, "cc/run-77-Made"), row(page, "kept/77")
    expect(made).to_contain_text("example/shop")
    expect(made).to_contain_text("2 ahead, 0 behind")
    expect(kept.get_by_role("link", name="A run that pushed to it")).to_have_attribute("href", f"#/runs/{run}")
    kept.get_by_role("button", name="More actions for kept/77").click()
    expect(page.get_by_role("menuitem", name="Look now")).to_be_visible()
    expect(page.get_by_role("menuitem", name="Delete")).to_have_count(0)  # no run has made it
    page.keyboard.press("Escape")
    made.get_by_role("button", name="More actions for cc/run-77-Made").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("dialog")).to_contain_text("none of the forges that the operator knows")
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    page.get_by_label("State").select_option("deleted")
    expect(page.get_by_text("Nothing fits")).to_be_visible()


def test_a_price_of_ones_own(server: Server, open_page: Open) -> None:
    page = open_page(server, "/settings/prices")
    shipped = row(page, "claude-sonnet-4-5").filter(has_text="Output tokens")
    expect(shipped).to_contain_text("Shipped")
    expect(shipped.get_by_role("button")).to_have_count(0)
    page.get_by_role("button", name="Set a price").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Service").fill("openai")
    dialog.get_by_label("Model").fill("house-model")
    dialog.get_by_label("For", exact=True).select_option("output-tokens")
    dialog.get_by_label("US dollars").fill("0.125")
    dialog.get_by_role("button", name="Save").click()
    expect(row(page, "house-model")).to_contain_text("$0.125")
    page.get_by_role("button", name="Edit openai house-model").click()
    dialog.get_by_label("US dollars").fill("2.5")
    dialog.get_by_role("button", name="Save").click()
    expect(row(page, "house-model")).to_contain_text("$2.50")
    page.get_by_role("button", name="More actions for openai house-model").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(row(page, "house-model")).to_have_count(0)


def test_what_was_paid_by_service(server: Server, open_page: Open) -> None:
    page = open_page(server, "/usage")
    section = page.locator("section").filter(has=page.get_by_role("heading", name="What was used and paid"))
    for by in ("day", "service", "model", "workflow", "persona", "member", "run"):
        section.get_by_label("Counted by").select_option(by)
        expect(page).to_have_url(re.compile(f"spent={by}"))
        expect(section.locator(".skeleton")).to_have_count(0)
        expect(section.get_by_role("alert")).to_have_count(0)


def test_context_from_draft_to_an_earlier_version(server: Server, open_page: Open) -> None:
    page = open_page(server, "/contexts", expect=("409",))
    page.get_by_role("button", name="New context").click()
    page.get_by_label("Name").fill("Tone")
    page.get_by_label("Content").fill("Be brief.")
    page.get_by_role("button", name="Save").click()
    row = page.get_by_role("row").filter(has_text="Tone")
    expect(row).to_contain_text("Never published")

    def publish(note: str) -> None:
        page.get_by_role("button", name="Publish Tone").click()
        page.get_by_label("What has changed").fill(note)
        page.get_by_role("dialog").get_by_role("button", name="Publish").click()

    publish("To begin with")
    expect(row).to_contain_text("1 of 1")
    publish("The same again")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Nothing has changed since version 1 was published.")
    dialog.get_by_role("button", name="Cancel").click()

    page.get_by_role("button", name="Edit Tone").click()
    expect(page.get_by_label("Content")).to_have_value("Be brief.")
    page.get_by_label("Content").fill("Be brief and kind.")
    page.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("1 of 1")
    publish("Kinder")
    expect(row).to_contain_text("2 of 2")

    page.get_by_role("button", name="Versions of Tone").click()
    expect(dialog.get_by_text("Version 2 Active version")).to_be_visible()
    dialog.get_by_text("Version 1").click()
    expect(dialog.get_by_text("Be brief.", exact=True)).to_be_visible()
    expect(dialog.get_by_text("To begin with")).to_be_visible()
    dialog.get_by_role("button", name="Make version 1 the active one").click()
    expect(dialog.get_by_text("Version 1 Active version")).to_be_visible()
    dialog.get_by_role("button", name="Close").last.click()
    expect(row).to_contain_text("1 of 2")

    page.get_by_role("button", name="More actions for Tone").click()
    page.get_by_role("menuitem", name="Deactivate").click()
    expect(row).to_contain_text("None is active")


def test_webhook_from_its_secret_to_a_delivery(server: Server, open_page: Open) -> None:
    page = open_page(server, "/settings/webhooks", expect=("400",))
    address = "https://hooks.invalid/made-here"
    page.get_by_role("button", name="New endpoint").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Address").fill("https://10.0.0.1/")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("webhookPrivateHosts")).to_be_visible()
    dialog.get_by_label("Address").fill(address)
    dialog.get_by_label("chain.failed").check()
    dialog.get_by_role("button", name="Save").click()
    assert page.locator("[data-secret]").inner_text().startswith("whsec_")
    page.get_by_role("button", name="I have copied it").click()
    expect(row(page, address)).to_contain_text("chain.failed")
    expect(page.locator("body")).not_to_contain_text("whsec_")

    page.get_by_role("button", name=f"More actions for {address}").click()
    page.get_by_role("menuitem", name="Send a test").click()
    expect(page.get_by_text("A test is on its way.").first).to_be_visible()
    page.get_by_role("link", name=address).click()
    head(page, "Deliveries")
    expect(page.get_by_text(address)).to_be_visible()
    expect(row(page, "webhook.test")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Deliver again: msg_")).click()
    expect(page.get_by_text("It is on its way.").first).to_be_visible()

    page.get_by_role("link", name="← Webhooks").click()
    page.get_by_role("button", name=f"More actions for {address}").click()
    page.get_by_role("menuitem", name="New secret").click()
    page.get_by_role("dialog").get_by_role("button", name="New secret").click()
    expect(page.locator("[data-secret]")).to_contain_text("whsec_")
    page.get_by_role("button", name="I have copied it").click()
    page.get_by_role("button", name=f"More actions for {address}").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(row(page, address)).to_have_count(0)


def test_a_skill_is_edited_file_by_file(server: Server, open_page: Open) -> None:
    page = open_page(server, "/skills", expect=("400",))
    page.get_by_role("button", name="New skill").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("tidy")
    expect(dialog.get_by_label("Path")).to_have_value("SKILL.md")
    dialog.get_by_label("Content").fill(said := "---\nname: tidy\ndescription: How to tidy up.\n---\nTidy up.")
    dialog.get_by_role("button", name="Add file").click()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("Please fill this in.")).to_be_visible()
    dialog.get_by_label("Path").nth(1).fill("../outside")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("'files[1].path' must be of letters")).to_be_visible()
    dialog.get_by_label("Path").nth(1).fill("bin/tidy")
    dialog.get_by_label("Content").nth(1).fill("#!/bin/sh\nexit 0\n")
    dialog.get_by_role("button", name="Save").click()
    row = page.get_by_role("row").filter(has_text="tidy")
    expect(row).to_contain_text("Never published")
    page.get_by_role("button", name="Publish tidy").click()
    dialog.get_by_role("button", name="Publish").click()
    expect(row).to_contain_text("1 of 1")

    page.get_by_role("button", name="Edit tidy").click()
    expect(dialog.get_by_label("Path").nth(1)).to_have_value("bin/tidy")
    dialog.get_by_role("button", name="Remove file").nth(1).click()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    skill = server.api("GET", "/skills").json()["data"][0]["id"]
    assert server.api("GET", f"/skills/{skill}").json()["data"]["files"] == [{"path": "SKILL.md", "content": said}]

    page.get_by_role("button", name="Versions of tidy").click()
    dialog.get_by_text("Version 1").click()
    expect(dialog.get_by_label("bin/tidy")).to_have_text("#!/bin/sh\nexit 0\n")


def test_a_persona_is_bound_to_some_skills_to_none_or_to_none_in_particular(server: Server, open_page: Open) -> None:
    page = open_page(server, "/personas")
    page.get_by_role("button", name="New persona").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Bound")
    expect(dialog.get_by_label("All active skills")).to_be_checked()
    dialog.get_by_label("All active skills").uncheck()
    dialog.get_by_label("All active scripts").uncheck()
    skills = dialog.get_by_role("group", name="Skills")
    skills.get_by_role("combobox").select_option(label="release")
    skills.get_by_role("button", name="Add").click()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)

    def bound() -> list[object]:
        found = next(one for one in server.api("GET", "/personas").json()["data"] if one["name"] == "Bound")
        return [found["skillIds"], found["commandIds"], found["scriptIds"]]

    assert bound() == [[server.ids["skill"]], None, []]
    page.get_by_role("button", name="Edit Bound").click()
    expect(skills.get_by_role("listitem")).to_have_text("release")
    expect(dialog.get_by_label("All active scripts")).not_to_be_checked()
    dialog.get_by_label("All active skills").check()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    assert bound() == [None, None, []]


def test_what_was_deleted_is_brought_back_and_then_gone_for_good(server: Server, open_page: Open) -> None:
    made = [server.api("POST", "/personas", {"name": name}).json()["data"]["id"] for name in ("Comes back", "Is gone")]
    for one in made:
        assert server.api("DELETE", f"/personas/{one}").status_code == 200
    page = open_page(server, "/settings/trash")
    expect(row(page, "Comes back")).to_contain_text("Personas")
    page.get_by_label("Kind").select_option("persona")
    page.get_by_role("button", name="Restore Comes back").press("Enter")
    expect(page.get_by_text("Comes back is back.").first).to_be_visible()
    expect(row(page, "Comes back")).to_have_count(0)
    assert server.api("GET", f"/personas/{made[0]}").status_code == 200
    page.get_by_role("button", name="Delete for good: Is gone").press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Delete for good").press("Enter")
    expect(row(page, "Is gone")).to_have_count(0)
    assert server.api("POST", f"/trash/{made[1]}/restore").status_code == 404


def test_the_bell_tells_of_what_is_unread(server: Server, open_page: Open) -> None:
    key = server.api("POST", "/project/api-keys", {"name": "bell", "scopes": ["runs:read"]}).json()["data"]["id"]
    assert server.api("DELETE", f"/project/api-keys/{key}").status_code == 200
    page = open_page(server, "/workflows")
    bell = page.get_by_role("link", name=re.compile(r"^Notifications \d+ unread$"))
    bell.press("Enter", timeout=60000)
    head(page, "Notifications")
    told = row(page, "The API key “bell” was revoked")
    expect(told.get_by_role("link", name="The API key “bell” was revoked")).to_have_attribute("href", "#/settings/api-keys")
    told.get_by_role("button", name="Mark as read: The API key “bell” was revoked").press("Enter")
    expect(told.get_by_role("button", name=re.compile("^Mark as read"))).to_have_count(0)
    told.get_by_role("button", name=re.compile("^Dismiss")).press("Enter")
    expect(told).to_have_count(0)
    page.get_by_role("button", name="Mark all as read").press("Enter")
    expect(page.get_by_role("link", name=re.compile("unread$"))).to_have_count(0)
    page.get_by_label("Show").select_option("unread")
    expect(page.get_by_text("Nothing fits")).to_be_visible()


def test_a_workflow_goes_back_to_what_it_was(server: Server, open_page: Open) -> None:
    made = content.make(server, "/workflows", {"name": "Twice", "steps": [{"role": "designer", "instructions": "The first text."}]})
    server.api("PATCH", f"/workflows/{made}", {"name": "Thrice", "steps": [{"role": "designer", "instructions": "The second text."}]})
    page = open_page(server, f"/workflows/{made}")
    head(page, "Thrice")
    page.get_by_role("button", name="Versions").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Version 2 Active version")).to_be_visible()
    dialog.get_by_text("Version 1").click()
    expect(dialog.get_by_label("1. Designer")).to_have_text("The first text.")
    dialog.get_by_role("button", name="Make version 1 the active one").click()
    expect(dialog.get_by_text("Version 1 Active version")).to_be_visible()
    dialog.get_by_role("button", name="Close").last.click()
    head(page, "Twice")
    expect(page.get_by_label("Instructions")).to_have_value("The first text.")
    page.get_by_label("Instructions").fill("The third text.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#toasts")).to_contain_text("Saved.")
    now = server.api("GET", f"/workflows/{made}").json()["data"]
    assert (now["name"], now["activeVersion"], now["steps"][0]["instructions"]) == ("Twice", 3, "The third text.")


def test_learnings_are_approved_and_rejected(server: Server, open_page: Open) -> None:
    made = content.make(server, "/learnings", {"title": "Never on a Friday", "content": "Deploy on Mondays."})
    page = open_page(server, "/learnings")
    page.get_by_role("button", name="Approve “Never on a Friday”").click()
    expect(row(page, "Never on a Friday")).to_contain_text("Approved")
    expect(page.get_by_role("button", name="Approve “Never on a Friday”")).to_have_count(0)
    page.get_by_role("button", name="Reject “Never on a Friday”").click()
    expect(row(page, "Never on a Friday")).to_contain_text("Rejected")
    assert server.api("GET", f"/learnings/{made}").json()["data"]["status"] == "rejected"
    page.get_by_role("button", name="Edit Never on a Friday").click()
    page.get_by_role("dialog").get_by_label("Content").fill("Deploy on Tuesdays.")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(row(page, "Never on a Friday")).to_contain_text("Proposed")


def test_a_session_is_started_followed_and_cancelled(server: Server, open_page: Open) -> None:
    page = open_page(server, "/sessions")
    page.get_by_role("button", name="New session").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Threshold")).to_be_hidden()
    dialog.get_by_label("Prompt").fill("Look at the digest.")
    dialog.get_by_label("Kind").select_option("evaluation")
    expect(dialog.get_by_label("Threshold")).to_be_visible()
    expect(dialog.get_by_label("Branch")).to_be_hidden()
    dialog.get_by_label("Kind").select_option("discovery")
    dialog.get_by_role("button", name="Start session").click()
    head(page, "Discovery")
    made = server.api("GET", f"/sessions/{page.url.rsplit('/', 1)[1]}").json()["data"]
    assert (made["kind"], made["prompt"], made["runIds"], made["threshold"]) == ("discovery", "Look at the digest.", None, None)
    with storage.connect(server.folder / "data", timeout=30) as db:  # held by a worker that is not there, for long
        db.execute("UPDATE runs SET status = 'running', finished_at = NULL, error = NULL, worker = 'elsewhere', lease_until = 9999999999999 WHERE id = ?", (made["id"],))
    db.close()
    page.reload()
    page.get_by_role("button", name="Cancel session").click()
    expect(page.locator("main [data-status=cancelling]")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel session")).to_have_count(0)
    assert server.api("GET", f"/sessions/{made['id']}").json()["data"]["status"] == "cancelling"


def test_a_sandbox_is_opened_talked_with_and_killed_from_the_keyboard(server: Server, open_page: Open) -> None:
    page = open_page(server, "/sandboxes")
    page.get_by_role("button", name="New sandbox").press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("From the page")
    dialog.get_by_label("Repository").fill("https://github.com/acme/api")
    dialog.get_by_label("First message").fill("What is this?")
    dialog.get_by_role("button", name="Open sandbox").press("Enter")
    head(page, "From the page")
    made = page.url.rsplit("/", 1)[1]
    content.given_up(server, made)
    with storage.connect(server.folder / "data", timeout=30) as db:  # as if it had been opened
        db.execute("UPDATE runs SET status = 'paused', finished_at = NULL, error = NULL, error_code = NULL WHERE id = ?", (made,))
        db.execute("UPDATE sandbox_runs SET opened = 1, held = 1 WHERE run_id = ?", (made,))
        db.execute("UPDATE run_steps SET status = 'completed', output = 'A shop.', attempt = 2 WHERE run_id = ?", (made,))
    db.close()
    page.reload()
    log = page.get_by_role("log", name="Conversation")
    expect(log).to_contain_text("A shop.")
    expect(log).to_contain_text("once more, for a worker was lost or stopped")
    box = page.get_by_label("Message")
    box.fill("And who is in it?")
    box.press("Control+Enter")
    expect(log).to_contain_text("And who is in it?")
    expect(box).to_have_value("")
    expect(box).to_be_focused()
    page.get_by_role("button", name="Commit").press("Enter")
    page.get_by_role("dialog").get_by_label("Message").fill("Sell more")
    page.get_by_role("dialog").get_by_role("button", name="Commit").press("Enter")
    expect(log).to_contain_text("Sell more")
    assert [one["status"] for one in server.api("GET", f"/sandboxes/{made}/messages").json()["data"]] == ["pending", "pending", "completed"]
    page.get_by_role("button", name="Kill").press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Kill").press("Enter")
    expect(page.locator("main [data-status=killed]").first).to_be_visible(timeout=60_000)
    expect(box).to_be_hidden()


def test_what_a_session_has_found_is_shown(server: Server, open_page: Open) -> None:
    issue = content.make(server, "/issues", {"title": "Found by looking"})
    made = content.make(server, "/sessions", {"kind": "discovery"})
    question = storage.add_question(server.folder / "data", made, "Which zone is meant?")
    with storage.connect(server.folder / "data", timeout=30) as db:
        db.execute("UPDATE runs SET status = 'completed', session_result = ? WHERE id = ?", (f'{{"issueIds":["{issue}"],"questionIds":["{question}"]}}', made))
    db.close()
    page = open_page(server, f"/sessions/{made}")
    expect(page.get_by_role("link", name="Found by looking")).to_be_visible()
    page.get_by_role("link", name="Which zone is meant?").click()
    head(page, "Questions")
    page.get_by_role("button", name="Answer “Which zone is meant?”").click()
    page.get_by_role("dialog").get_by_label("Answer").fill("The reader's.")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(row(page, "Which zone is meant?")).to_contain_text("The reader's.")
    page.get_by_role("button", name="Approve “Which zone is meant?”").click()
    expect(row(page, "Which zone is meant?")).to_contain_text("Approved")
    page.get_by_role("button", name="Dismiss “Which zone is meant?”").click()
    expect(row(page, "Which zone is meant?")).to_contain_text("Dismissed")


def test_a_run_that_was_evaluated_shows_its_quality(server: Server, open_page: Open) -> None:
    page = open_page(server, f"/sessions/{server.ids['evaluation']}")
    expect(page.get_by_text("78 of 100; 70 are needed.")).to_be_visible()
    expect(page.get_by_role("progressbar", name="Correctness")).to_be_visible()
    page.evaluate("path => { location.hash = path }", f"/runs/{server.ids['run completed']}")
    expect(page.get_by_text("78 of 100; 70 are needed.")).to_be_visible()


def test_a_providers_key_is_set_shows_its_end_and_goes(server: Server, open_page: Open) -> None:
    page = open_page(server, "/settings/provider-keys", expect=("400",))
    page.get_by_role("button", name="Set key: OpenAI").press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Key", exact=True).fill("sk with blanks 1234")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("'key' must be printable ASCII")).to_be_visible()
    dialog.get_by_label("Key", exact=True).fill("sk-example-from-the-page-9876")
    dialog.get_by_role("button", name="Save").click()
    openai = row(page, "OpenAI")
    expect(openai).to_contain_text("••••9876")
    expect(page.locator("body")).not_to_contain_text("from-the-page")
    openai.get_by_role("button", name="Remove OpenAI").press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Remove").press("Enter")
    expect(openai).to_contain_text("none")


def test_several_candidates_are_started_and_one_is_chosen(server: Server, open_page: Open) -> None:
    server.ids["workflow"] = content.make(server, "/workflows", {"name": "Mend", "steps": [{"role": "custom"}]})
    page = open_page(server, "/runs")
    page.get_by_role("button", name="Start run").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Workflow").select_option("Mend")
    dialog.get_by_label("Prompt").fill("Mend the sign-in.")
    dialog.get_by_label("Candidates").fill("2")
    dialog.get_by_role("button", name="Check").click()
    expect(dialog).to_contain_text("2 runs do this, and then a judge names the best of them.")
    dialog.get_by_role("button", name="Start run").click()
    head(page, "Mend")
    expect(page.locator("[data-id^=run_]")).to_have_count(2)
    content.candidates(server)  # of which a judge has named none
    page.goto(f"{server.url}/#/candidates/{server.ids['candidates']}")
    head(page, "Mend the sign-in")
    expect(page.get_by_text("Nobody has chosen so far.")).to_be_visible()
    page.locator("[data-id^=run_]").nth(1).get_by_role("button", name="Choose").click()
    page.get_by_role("dialog").get_by_role("button", name="Choose").click()
    expect(page.get_by_text("Chosen", exact=True)).to_have_count(1)
    expect(page.get_by_text("Not chosen")).to_have_count(2)
    group = server.api("GET", f"/candidates/{server.ids['candidates']}").json()["data"]
    assert (group["status"], group["chosenRunId"], group["chosenBy"]) == ("decided", group["runIds"][1], "person")
    page.get_by_role("link", name="Compare").first.click()
    head(page, "Compare runs")
