"""The page about clients in other languages: its TypeScript, as printed, with what the published packages make of the description."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import examples
import installation
from conftest import Service

PAGE = examples.PAGES / "clients.md"
NODE = installation.ROOT / "build" / "node" / "node_modules"


def test_typescript_is_typed_by_what_is_generated_and_starts_a_run(service: Service, tmp_path: Path) -> None:
    project = installation.Project(service.data)
    environment = os.environ | {"CC_BASE": service.base, "CC_KEY": project("admin"), "PATH": f"{NODE / '.bin'}:{os.environ['PATH']}"}
    (tmp_path / "node_modules").symlink_to(NODE)
    (tmp_path / "package.json").write_text('{"type": "module"}')

    def run(*words: str) -> str:
        done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    (generate,) = [block.text for block in examples.blocks(PAGE) if block.language == "sh"]
    (program,) = [block.text for block in examples.blocks(PAGE) if block.language == "ts"]
    (tmp_path / "program.ts").write_text(program)
    run("sh", "-c", generate)
    run("tsc", "--strict", "--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler", "--lib", "es2022,dom,dom.iterable",
        "--skipLibCheck", "--types", "node", "program.ts")  # fmt: skip
    assert run("node", "program.js").endswith(" pending\n")
