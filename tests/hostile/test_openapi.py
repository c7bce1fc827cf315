"""Schemathesis over the node's own OpenAPI document: no answer that the document does not promise, never a 500."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.city import City

pytestmark = pytest.mark.nodes


def test_the_api_keeps_what_its_document_promises(city: City, tmp_path: Path) -> None:
    token = city.api("police", "call_taker").token
    command = [
        str(Path(sys.executable).with_name("schemathesis")), "run", f"{city.url('police')}/api/v1/openapi.json",
        "--header", f"Authorization: Bearer {token}", "--max-examples", "6", "--seed", "20261122", "--workers", "2",
        "--checks", "not_a_server_error,status_code_conformance,response_schema_conformance,content_type_conformance",
        "--phases", "examples,fuzzing", "--request-timeout", "20", "--no-color",
    ]  # fmt: skip
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=200, env=environment)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-1000:]
