"""The audit log, from the outside: exported, proven by a reader of its own, and tampered with."""

import sqlite3
import subprocess

import pytest

from audit_chain import first_fault
from load import wait_until
from postgres import PostgreSQL
from product import API, BINARY, Server, create_company


@pytest.fixture(params=["sqlite", "postgres"])
def data(request, tmp_path, monkeypatch):
    """A data folder, of whichever engine."""
    if request.param == "sqlite":
        yield tmp_path / "data"
        return
    with PostgreSQL() as server:
        monkeypatch.setenv("IPERFORM_DATABASE", server.database("audit"))
        yield tmp_path / "data"


def verify(data, tenant) -> tuple[int, str]:
    run = subprocess.run(
        [BINARY, "audit", "verify", "--data", str(data), "--tenant", tenant],
        capture_output=True, text=True, timeout=60)
    return run.returncode, run.stdout + run.stderr


def export(api: API) -> list[str]:
    answer = api.get("/audit/export", params={"format": "jsonl"})
    assert answer.status_code == 200, answer.text
    return answer.text.splitlines()


def test_an_independent_reader_proves_what_the_product_proves(data):
    company = create_company(data, "Audited")
    with Server(data) as server:
        api = API(server.base, company)
        for number in range(20):
            api.ok("POST", "/api-keys", json={"name": f"Key {number} – ünïcode, \"quoted\""})

        def made() -> int:
            found = api.ok("GET", "/audit", params={"filter[action]": "key.created"})
            return len(found["data"])

        wait_until(lambda: made() == 20, "the keys are in the log")
        lines = export(api)
        assert len(lines) > 20
        assert first_fault(lines) is None
        assert first_fault(lines[:5] + lines[6:]) == "entry 6 is missing"
        changed = lines[7].replace("Key", "Kay")
        assert first_fault([*lines[:7], changed, *lines[8:]]) == "entry 8 was changed"
    status, words = verify(data, company.tenant)
    assert status == 0, words
    assert " entries proven; the last is " in words
    assert verify(data, "nobody")[0] == 1


def test_a_row_that_was_changed_behind_the_product_is_named(tmp_path):
    data = tmp_path / "data"
    company = create_company(data, "Tampered")
    with Server(data) as server:
        api = API(server.base, company)
        api.ok("POST", "/api-keys", json={"name": "Shop"})
        wait_until(lambda: len(export(api)) > 3, "the log has entries")
    database = sqlite3.connect(data / "iperform.sqlite")
    database.executescript("DROP TRIGGER audit_stays; DROP TRIGGER audit_goes_by_retention;")
    with database:
        database.execute("UPDATE audit SET remote = '192.0.2.7' WHERE number = 2")
    assert verify(data, company.tenant) == (
        1, "iperform: The audit log is broken at entry 2: its remote changed since it was sealed.\n")
    with database:
        database.execute("DELETE FROM audit WHERE number = 2")
    assert verify(data, company.tenant) == (
        1, "iperform: The audit log is broken at entry 2: it is missing: 3 comes next.\n")
