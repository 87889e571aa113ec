"""What a monitoring system is told, and the line that is written for each request."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

import installation
import servers
from transcript import Request

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture(params=["json", "combined"])
def logging(request: pytest.FixtureRequest) -> Iterator[servers.Fastcgi]:
    """Two workers that write such lines."""
    transport = servers.Fastcgi()
    try:
        installation.command("init", "--data", transport.data)
        installation.settings(transport.data, f"metricsToken = {installation.METRICS_TOKEN}", f"accessLog = {request.param}")
        transport.start()
        yield transport
    finally:
        transport.stop()


def get(path: str, key: str | None = None, **headers: str) -> Request:
    return Request("GET", f"/api/v1{path}", [*([("Authorization", f"Bearer {key}")] if key else []), *headers.items()])


def metrics(transport: servers.Transport) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """As Prometheus' own client reads them: it refuses what is out of form, and a sample under another family's name."""
    text = transport.send(get("/metrics", installation.METRICS_TOKEN)).body.decode()
    found = {}
    for family in text_string_to_metric_families(text):
        assert family.documentation and family.type in ("counter", "gauge", "histogram"), family.name
        for sample in family.samples:
            assert sample.name.startswith(family.name)
            key = sample.name, tuple(sorted(sample.labels.items()))
            assert key not in found, f"{key} is there twice"
            found[key] = sample.value
    return found


def requests(operation: str, code: int) -> tuple[str, tuple[tuple[str, str], ...]]:
    return "codecourier_requests_total", (("code", str(code)), ("operation", operation))


def test_all_processes_count_as_one_and_what_is_sent_makes_no_lines(logging: servers.Fastcgi) -> None:
    project = installation.Project(logging.data)
    key = project("admin")
    for number in range(40):
        assert logging.send(get("/whoami", key)).status == 200
        assert logging.send(get(f"/secret-{number}/of-mine?token=hidden-{number}", key)).status == 404
        assert logging.send(Request(f"BREW{number}", "/api/v1/whoami")).status == 405
        assert logging.send(get(f"/runs/run_{number:022}", key)).status == 404
    run = Request("POST", "/api/v1/runs", [("Authorization", f"Bearer {key}"), ("Content-Type", "application/json")],
                  json.dumps({"workflowId": logging.send(get("/workflows", key)).json["data"][0]["id"]}).encode())  # fmt: skip
    made = logging.send(run).json["data"]["id"]
    found = metrics(logging)
    assert found[requests("whoami", 200)] == 40 and found[requests("none", 404)] == 40 and found[requests("none", 405)] == 40
    assert found[requests("runs.get", 404)] == 40
    assert found["codecourier_queue_length", ()] == 1 == found["codecourier_runs", (("status", "pending"),)]
    assert found["codecourier_queue_oldest_seconds", ()] >= 0 and found["codecourier_storage_up", ()] == 1
    buckets = [value for (name, labels), value in found.items() if name == "codecourier_request_duration_seconds_bucket" and ("operation", "whoami") in labels]
    assert buckets == sorted(buckets) and buckets[-1] == 40 == found["codecourier_request_duration_seconds_count", (("operation", "whoami"),)]
    said = {dict(labels)["operation"] for name, labels in found if name == "codecourier_requests_total"}
    known = {route["operation"] for route in json.loads(installation.command("routes", "--json").stdout)}
    assert said <= known | {"none"}
    cancel = Request("POST", f"/api/v1/runs/{made}/cancel", [("Authorization", f"Bearer {key}"), ("Content-Type", "application/json")])
    assert logging.send(cancel).status == 200
    after = metrics(logging)
    assert after["codecourier_runs_finished_total", (("status", "cancelled"),)] == 1 and after["codecourier_queue_length", ()] == 0


def lines(transport: servers.Fastcgi) -> list[str]:
    return [line for log in transport.folder.glob("*.log") for line in log.read_text().splitlines() if "/whoami" in line or '"operation":null' in line or ' - HTTP/1.1"' in line]


def test_a_line_says_who_what_and_how_long_and_no_secret(logging: servers.Fastcgi) -> None:
    project = installation.Project(logging.data)
    key = project("admin")
    answer = logging.send(get("/whoami", key, traceparent=TRACE))
    request_id, key_id = answer.header("X-Request-ID"), answer.json["data"]["keyId"]
    logging.send(get("/whoami?key=" + key, key, traceparent="00-" + "0" * 32 + "-00f067aa0ba902b7-01"))
    logging.send(get("/nothing/" + key))
    logging.send(Request("GE\"T\n", "/api/v1/whoami"))
    first, refused, nowhere, strange = lines(logging)
    assert key not in "".join(lines(logging)) and key_id in first and request_id and request_id in first
    if first.startswith("{"):
        said = json.loads(first)
        assert (said["method"], said["operation"], said["route"], said["status"], said["traceparent"]) == ("GET", "whoami", "/whoami", 200, TRACE)
        assert said["requestId"] == request_id and said["keyId"] == key_id and said["projectId"] == project.id
        assert said["durationMs"] > 0 and said["bytes"] == len(answer.body) and said["time"].endswith("Z")
        assert json.loads(refused)["status"] == 400 and "traceparent" not in json.loads(refused)
        assert json.loads(nowhere)["route"] is None and json.loads(nowhere)["status"] == 404
        assert json.loads(strange)["method"] is None
    else:
        form = r'\S+ - {} \[\d\d/[A-Z][a-z]{{2}}/\d{{4}}:\d\d:\d\d:\d\d \+0000\] "GET /api/v1/whoami HTTP/1\.1" 200 \d+ "-" "-" {} \d+\.\d{{3}} {}'
        assert re.fullmatch(form.format(key_id, request_id, TRACE), first)
        assert refused.endswith(" -") and '"GET - HTTP/1.1" 404' in nowhere and '"- - HTTP/1.1" 405' in strange


def test_without_a_token_in_the_settings_there_is_no_such_path() -> None:
    transport = servers.Cgi()
    try:
        installation.command("init", "--data", transport.data)
        transport.start()
        assert [transport.send(get("/metrics", token)).status for token in (None, "", "x")] == [404] * 3
    finally:
        transport.stop()


def test_the_examples_ask_for_what_is_there(core: servers.Transport) -> None:
    text = core.send(get("/metrics", installation.METRICS_TOKEN)).body.decode()
    there = {name for name in re.findall(r"^# TYPE (\w+) ", text, re.M)}
    there |= {f"{name}_bucket" for name in re.findall(r"^# TYPE (\w+) histogram", text, re.M)}
    rules = (servers.CONF / "prometheus-alerts.yml").read_text()
    dashboard = json.loads((servers.CONF / "grafana-dashboard.json").read_text())
    asked = [rule["expr"] for group in yaml.safe_load(rules)["groups"] for rule in group["rules"]]
    asked += [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    asked += [variable["query"] for variable in dashboard["templating"]["list"]]
    named = set(re.findall(r"\bcodecourier_\w+", " ".join(asked)))
    assert len(named) > 8 and named <= there, named - there
