"""What somebody might try: an ended session, another site's form, a frame, markup in every text."""

from __future__ import annotations

from collections.abc import Callable

import content
import pytest
import requests
import storage
from conftest import PASSWORD, Open, Server
from playwright.sync_api import expect

NASTY = "<img src=x onerror=\"window.hurt=1\"><script>window.hurt=1</script>\"'>{{7*7}}${7*7}"


def own_session(server: Server) -> requests.Session:
    session = requests.Session()
    signed = session.post(f"{server.url}/api/v1/session", json={"email": "owner@example.com", "password": PASSWORD}, timeout=30)
    assert signed.status_code == 201, signed.text
    session.headers["X-CSRF-Token"] = signed.json()["data"]["csrfToken"]
    return session


def test_session_ends_in_the_middle_of_a_form(server: Server, open_page: Open) -> None:
    session = own_session(server)
    page = open_page(server, "/personas", cookie=session.cookies["cc_session"], expect=("401",))
    page.get_by_role("button", name="New persona").click()
    page.get_by_label("Name", exact=True).fill("Survivor")
    page.get_by_label("Instructions").fill("Three lines\nthat took long\nto write.")
    assert session.delete(f"{server.url}/api/v1/session", timeout=30).status_code == 200
    page.get_by_role("button", name="Save").click()
    again = page.get_by_role("dialog", name="Please sign in again")
    expect(again).to_be_visible()
    expect(again.get_by_label("E-mail address")).to_have_value("owner@example.com")
    again.get_by_label("Password").fill("not this one")
    again.get_by_role("button", name="Sign in").click()
    expect(again.get_by_text("The e-mail address or the password is wrong.")).to_be_visible()
    again.get_by_label("Password").fill(PASSWORD)
    again.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("row").filter(has_text="Survivor")).to_be_visible()
    made = [one for one in server.api("GET", "/personas?q=Survivor").json()["data"] if one["name"] == "Survivor"]
    assert len(made) == 1
    assert server.api("GET", f"/personas/{made[0]['id']}").json()["data"]["instructions"] == "Three lines\nthat took long\nto write."


def test_declining_to_sign_in_keeps_the_form(server: Server, open_page: Open) -> None:
    session = own_session(server)
    page = open_page(server, "/issues", cookie=session.cookies["cc_session"], expect=("401",))
    page.get_by_role("button", name="New issue").click()
    page.get_by_label("Title").fill("Still here")
    session.delete(f"{server.url}/api/v1/session", timeout=30)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog", name="Please sign in again")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("You are not signed in.")).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("Still here")


def test_signed_in_anew_in_another_tab(server: Server, open_page: Open) -> None:
    """The cookie is another one now, the page's token is the old one: it gets the new one by itself."""
    page = open_page(server, "/issues", expect=("403",))
    page.get_by_role("button", name="New issue").click()
    page.get_by_label("Title").fill("From the older tab")
    cookie = own_session(server).cookies["cc_session"]
    page.context.add_cookies([{"name": "cc_session", "value": cookie, "url": server.url, "httpOnly": True, "sameSite": "Strict"}])
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="From the older tab")).to_be_visible()


def test_csrf(server: Server) -> None:
    session = own_session(server)
    token = session.headers.pop("X-CSRF-Token")
    body = {"name": "csrf"}
    for headers in ({}, {"X-CSRF-Token": "x" * 43}, {"X-CSRF-Token": ""}):
        answer = session.post(f"{server.url}/api/v1/personas", json=body, headers=headers, timeout=30)
        assert answer.status_code == 403, answer.text
    assert session.post(f"{server.url}/api/v1/personas", json=body, headers={"X-CSRF-Token": str(token)}, timeout=30).status_code == 201
    cookie = next(one for one in session.cookies if one.name == "cc_session")
    assert cookie.has_nonstandard_attr("HttpOnly") and cookie.get_nonstandard_attr("SameSite") == "Strict"


def test_csrf_from_another_site(server: Server, open_page: Open) -> None:
    """Another site's script or form sends neither the token nor the cookie."""
    page = open_page(server, "/settings/api-keys", expect=("CORS", "Failed to load", "ERR_FAILED", "status of 4"))
    page.route("http://elsewhere.example/", lambda route: route.fulfill(content_type="text/html", body=f"""<!doctype html>
        <form method="post" enctype="text/plain" action="{server.url}/api/v1/personas"><input name='{{"name":"stolen","x":"' value='"}}'></form>"""))
    page.goto("http://elsewhere.example/")
    status = page.evaluate("""async url => { try { return (await fetch(url, { method: 'POST', credentials: 'include', headers: { 'Content-Type': 'application/json' }, body: '{"name":"stolen"}' })).status; }
        catch (error) { return String(error); } }""", f"{server.url}/api/v1/personas")  # fmt: skip
    assert status != 201
    with page.expect_navigation():
        page.evaluate("document.forms[0].submit()")
    assert '"error"' in page.content()
    assert server.api("GET", "/personas?q=stolen").json()["data"] == []


def test_headers(server: Server, open_page: Open) -> None:
    for path in ("/", "/index.html", "/js/main.js", "/css/base.css"):
        headers = requests.get(server.url + path, timeout=30).headers
        policy = headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy and "default-src 'self'" in policy and "unsafe" not in policy
        assert headers["X-Frame-Options"] == "DENY" and headers["X-Content-Type-Options"] == "nosniff"
    page = open_page(server, "/settings", expect=("frame", "Refused", "Framing", "violates", "ERR_BLOCKED"))
    page.goto("about:blank")
    page.set_content(f'<iframe src="{server.url}/"></iframe>')
    page.wait_for_timeout(1000)
    assert all("CodeCourier" not in frame.content() for frame in page.frames)


@pytest.fixture(scope="session")
def nasty(fresh_server: Callable[[], Server]) -> Server:
    """A project where every text is an attack."""
    server = fresh_server()
    session = requests.Session()
    signed = session.post(f"{server.url}/api/v1/session", json={"email": "owner@example.com", "password": server.first_password}, timeout=30).json()["data"]
    changed = session.post(f"{server.url}/api/v1/session/password", json={"currentPassword": server.first_password, "newPassword": PASSWORD},
                           headers={"X-CSRF-Token": signed["csrfToken"]}, timeout=30).json()["data"]  # fmt: skip
    assert session.patch(f"{server.url}/api/v1/session", json={"name": NASTY}, headers={"X-CSRF-Token": changed["csrfToken"]}, timeout=30).status_code == 200
    server.ids["cookie"] = session.cookies["cc_session"]
    content.fill(server)
    server.ids["nasty key"] = content.make(server, "/project/api-keys", {"name": NASTY[:80], "scopes": ["runs:read"]})
    server.ids["persona"] = content.make(server, "/personas", {"name": NASTY, "agent": NASTY[:40], "model": NASTY[:100], "instructions": NASTY})
    step = {"role": "custom", "label": NASTY[:100], "agent": NASTY[:40], "model": NASTY[:100], "instructions": NASTY, "loopId": NASTY[:40], "personaId": server.ids["persona"]}
    server.ids["workflow"] = content.make(server, "/workflows", {"name": NASTY, "description": NASTY, "steps": [step]})
    server.ids["run"] = content.make(server, "/runs", {"workflowId": server.ids["workflow"], "name": NASTY, "prompt": NASTY, "branchName": "cc/x"})
    server.ids["issue"] = content.make(server, "/issues", {"title": NASTY, "description": NASTY, "suggestedPrompt": NASTY})
    content.make(server, "/schedules", {"name": NASTY, "workflowId": server.ids["workflow"], "prompt": NASTY, "frequency": "daily", "hour": 3})
    server.ids["chain"] = content.make(server, "/chains", {"name": NASTY, "source": "issue", "workflowId": server.ids["workflow"], "prompt": NASTY, "issueIds": [server.ids["issue"]]})
    for path, body in (("/project", {"name": NASTY[:100]}), ("/project/settings", {"systemPrompt": NASTY, "defaultAgent": NASTY[:40], "envVars": {"NASTY": NASTY}, "gitCommitName": NASTY[:100]})):
        assert server.api("PATCH", path, body).status_code == 200
    with storage.connect(server.folder / "data", timeout=30) as db:
        for kind in ("log", "message", "tool", "step.started", "<b>kind</b>"):
            content.event(db, server.ids["run"], kind, {"text": NASTY, "name": NASTY, "input": NASTY, "label": NASTY, "position": 0, NASTY: NASTY})
        db.execute("UPDATE runs SET error = ?, pr_url = 'javascript:window.hurt=1', pr_status = ?, current_step_label = ? WHERE id = ?", (NASTY, NASTY[:40], NASTY[:100], server.ids["run"]))
        db.execute("UPDATE chains SET status = 'failed', error = ? WHERE id = ?", (NASTY, server.ids["chain"]))
        db.execute("UPDATE schedules SET last_error = ?", (NASTY,))
        db.execute("UPDATE run_steps SET output = ? WHERE run_id = ?", (NASTY, server.ids["run"]))
        db.execute("UPDATE webhook_endpoints SET description = ?", (NASTY[:200],))
        db.execute("UPDATE contexts SET name = ?, description = ?", (NASTY[:200], NASTY[:200]))
    db.close()
    return server


EVERYWHERE = ["/workflows", "/workflows/{workflow}", "/runs", "/runs/{run}", "/chains", "/chains/{chain}", "/schedules", "/issues", "/personas", "/usage?by=workflow",
              "/usage?by=persona", "/members", "/audit", "/settings", "/settings/api-keys", "/settings/webhooks", "/contexts", "/settings/agents", "/settings/environment", "/account"]  # fmt: skip


def test_stored_markup_is_text(nasty: Server, open_page: Open) -> None:
    page = open_page(nasty, "/account")
    for path in EVERYWHERE:
        page.evaluate("path => { location.hash = path }", path.format(**nasty.ids))
        page.wait_for_timeout(60)
        expect(page.get_by_role("heading", level=1), path).to_be_visible()
        expect(page.locator(".skeleton, [aria-busy]"), path).to_have_count(0)
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        shown = page.evaluate("document.querySelector('main').innerText + [...document.querySelectorAll('main :is(input, textarea)')].map((one) => one.value).join()")
        assert "<img src=x" in shown or path == "/settings/environment", path  # which shows four characters
        assert page.evaluate("window.hurt") is None, path
        assert page.locator("img, a[href^='javascript']").count() == 0, path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_dialogs_show_markup_as_text(nasty: Server, open_page: Open) -> None:
    page = open_page(nasty, "/settings/api-keys")
    page.get_by_role("button", name="Edit <img").click()
    expect(page.get_by_role("dialog")).to_contain_text("<img src=x")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Project: <img").click()
    page.keyboard.press("Escape")
    assert page.evaluate("window.hurt") is None


def test_errors_show_what_to_do(server: Server, open_page: Open) -> None:
    page = open_page(server, "/runs/run_0000000000000000000000", expect=("404", "503"))
    expect(page.get_by_text("This does not exist any more.")).to_be_visible()
    identity = page.locator(".notice code").inner_text()
    assert len(identity) == 36
    page.route("**/api/v1/personas*", lambda route: route.fulfill(status=503, content_type="application/json", body='{"error":{"code":"UNAVAILABLE","message":"busy","requestId":"abc","retryable":true}}'))
    page.evaluate("location.hash = '/personas'")
    expect(page.get_by_text("The server is busy.")).to_be_visible()
    page.unroute("**/api/v1/personas*")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Careful reviewer")).to_be_visible()
