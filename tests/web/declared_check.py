"""A check that test_schemathesis.py gives to Schemathesis: every refusal is one that its operation declares, by its code."""

from __future__ import annotations

import schemathesis


@schemathesis.check
def declared_errors(ctx: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case) -> None:
    json = "application/json" in " ".join(response.headers.get("content-type", []))
    if response.status_code < 400 or not json or case.method.upper() != case.operation.method.upper():
        return  # well, or a web server's own word, or tried with a method that the operation does not have
    error = response.json()["error"]
    if isinstance(error, dict):  # X-API-Version: 1 has no codes
        assert error["code"] in case.operation.definition.raw["x-errors"], f"{error['code']} is not declared"
