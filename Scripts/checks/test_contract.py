"""The API against its own OpenAPI document: no 5xx, no answer that is not described."""

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from product import API, Server, create_company

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance"
LIMIT_SECONDS = 15 * 60


@pytest.fixture(scope="module")
def own_server(tmp_path_factory):
    """A server of its own: what is thrown at it must not reach the other checks."""
    data = tmp_path_factory.mktemp("contract") / "data"
    data.mkdir()
    company = create_company(data, "Contract Works")
    # Guesses at sign-ins are held off for minutes; nobody waits for that, 429 is an answer too.
    with Server(data, environment={"IPERFORM_REQUESTS_A_MINUTE": "1000000"}) as running:
        with closing(API(running.base, company)) as api:
            for number in range(12):
                api.lead(f"Seed {number}", email=f"{number}@seed.example")
            yield running, api


def test_every_documented_operation_answers_as_documented(own_server):
    server, api = own_server
    # A sign-in would be ended on the way by what ends sign-ins.
    key = api.ok("POST", "/api-keys", json={"name": "Contract"})["token"]
    run = subprocess.run(
        [
            Path(sys.executable).parent / "schemathesis", "run",
            f"{server.base}/api/v1/openapi.json",
            "--header", f"Authorization: Bearer {key}",
            "--checks", CHECKS,
            "--phases", "examples,coverage,fuzzing",
            "--max-examples", "15",
            "--generation-deterministic",
            "--request-timeout", "20", "--continue-on-failure",
            "--no-color",
        ],
        capture_output=True, text=True, timeout=LIMIT_SECONDS, cwd=server.data.parent,
        env=os.environ | {
            "SCHEMATHESIS_HOOKS": "ndjson_hook", "PYTHONPATH": str(Path(__file__).parent),
        },
    )
    assert run.returncode == 0, run.stdout[-12_000:] + run.stderr[-2_000:]
    # A key that died on the way would have made all the rest a test of 401.
    api.headers["Authorization"] = f"Bearer {key}"
    assert api.get("/me").status_code == 200
    assert api.ok("GET", "/inbox/ledger")["balanced"]


def test_the_document_describes_every_path_the_checks_use(own_server):
    _, api = own_server
    document = api.ok("GET", "/openapi.json")
    assert document["openapi"].startswith("3.1")
    paths = {path.removeprefix("/api/v1") for path in document["paths"]}
    wanted = {"/leads", "/leads/{id}/transition", "/imports", "/inbox/ledger", "/tokens", "/forms"}
    assert wanted <= paths, wanted - paths
