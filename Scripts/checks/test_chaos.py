"""The process is killed at random moments under writers, a form and an import.

What was acknowledged must be there exactly once; nothing may be doubled; the ledger balances.
"""

import csv
import io
import os
import random
import sqlite3
import threading
import time
import uuid

import httpx
import pytest

from product import API, Server, create_company, free_port

KILLS = int(os.environ.get("IPERFORM_CHAOS_KILLS", "30"))
SEED = int(os.environ.get("IPERFORM_CHAOS_SEED", "20261122"))
WRITERS = 16
IMPORTED = 20_000
ALIVE_SECONDS = (0.05, 1.2)
SETTLE_SECONDS = 180


class Victim(Server):
    """A server on a port that stays, and that can be killed without a word."""

    def __init__(self, data, port: int):
        super().__init__(data)
        self.base = f"http://127.0.0.1:{port}"

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join(5)


class Writer(threading.Thread):
    """Sends leads until told to stop, each until it is answered, and keeps what was promised."""

    def __init__(self, number: int, base: str, token: str, stop: threading.Event):
        super().__init__(daemon=True)
        self.promised: dict[str, str] = {}
        self.faults: list[str] = []
        self.number, self.base, self.token, self.stop = number, base, token, stop

    def run(self) -> None:
        client = httpx.Client(base_url=self.base, trust_env=False, timeout=10)
        count = 0
        while not self.stop.is_set():
            count += 1
            name = f"writer-{self.number}-{count}"
            body = {"company": name, "external_id": name, "email": f"{name}@chaos.example"}
            headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": name}
            self.deliver(client, name, body, headers)

    def deliver(self, client, name: str, body: dict, headers: dict) -> None:
        """Tries again with the same key, as a careful client does, until there is an answer."""
        while not self.stop.is_set():
            try:
                answer = client.post("/api/v1/leads", json=body, headers=headers)
            except httpx.TransportError:
                time.sleep(0.02)
                continue
            if answer.status_code == 201:
                self.promised[name] = answer.json()["id"]
            elif answer.status_code != 503:
                self.faults.append(f"{name}: {answer.status_code} {answer.text[:200]}")
            if answer.status_code != 503:
                return


class Submitter(threading.Thread):
    """Somebody who sends a public form again and again, from another address each time."""

    def __init__(self, base: str, token: str, stop: threading.Event):
        super().__init__(daemon=True)
        self.promised: list[str] = []
        self.faults: list[str] = []
        self.url, self.stop = f"{base}/f/{token}", stop

    def run(self) -> None:
        client = httpx.Client(trust_env=False, timeout=10)
        count = 0
        while not self.stop.is_set():
            count += 1
            name = f"form-{count}"
            address = f"10.2.{count // 250}.{count % 250}"
            try:
                answer = client.post(
                    self.url, json={"company": name, "email": f"{name}@chaos.example"},
                    headers={"X-Forwarded-For": address})
            except httpx.TransportError:
                continue
            if answer.is_success:
                self.promised.append(name)
            elif answer.status_code != 503:
                self.faults.append(f"{name}: {answer.status_code} {answer.text[:200]}")
            time.sleep(0.05)


def sheet() -> bytes:
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(["Company", "Email", "Number"])
    for number in range(IMPORTED):
        # Every hundredth has no address to be reached at and is refused.
        email = "nobody" if number % 100 == 99 else f"row-{number}@chaos.example"
        rows.writerow([f"Row {number}", email, f"row-{number}"])
    return text.getvalue().encode()


MAPPING = '{"columns": {"Company": "company", "Email": "email", "Number": "external_id"}}'


def start_import(api: API) -> str:
    return api.ok(
        "POST", "/imports", files={"file": ("chaos.csv", sheet(), "text/csv")},
        data={"mapping": MAPPING, "dry_run": "false"})["id"]


def wait_for_import(api: API, run: str) -> dict:
    end = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < end:
        state = api.ok("GET", f"/imports/{run}")
        if state["state"] not in ("waiting", "running", "checking"):
            return state
        time.sleep(0.2)
    raise AssertionError(f"the import did not end: {state}")


@pytest.fixture
def installation(tmp_path, monkeypatch):
    monkeypatch.setenv("IPERFORM_REQUESTS_A_MINUTE", "100000000")
    monkeypatch.setenv("IPERFORM_TRUSTS_PROXY", "true")
    data = tmp_path / "data"
    data.mkdir()
    return data, create_company(data, "Chaos Trading")


def test_nothing_acknowledged_is_lost_or_doubled(installation):
    data, company = installation
    chance, port, stop = random.Random(SEED), free_port(), threading.Event()
    with Victim(data, port) as server:
        api = API(server.base, company)
        form = api.ok("POST", "/forms", json={"name": "Chaos"})["token"]
        run = start_import(api)
    writers = [Writer(number, server.base, api.token, stop) for number in range(WRITERS)]
    submitter = Submitter(server.base, form, stop)
    for thread in [*writers, submitter]:
        thread.start()
    for _ in range(KILLS):
        server = Victim(data, port).__enter__()
        time.sleep(chance.uniform(*ALIVE_SECONDS))
        server.kill()
    with Victim(data, port) as server:
        # One moment under load after the last kill, then everybody is let finish.
        time.sleep(0.5)
        stop.set()
        for thread in [*writers, submitter]:
            thread.join(20)
        api = API(server.base, company)
        imported = wait_for_import(api, run)
        assert imported["state"] == "done", imported
        assert imported["created"] + imported["merged"] == IMPORTED - IMPORTED // 100, imported
        assert imported["rejected"] == IMPORTED // 100, imported
        wait_for_forms(data)
        ledger = api.ok("GET", "/inbox/ledger")
        assert ledger["balanced"] and ledger["waiting"] == 0, ledger
    assert [fault for thread in [*writers, submitter] for fault in thread.faults] == []
    promised = {name: id for writer in writers for name, id in writer.promised.items()}
    assert len(promised) > KILLS, "the writers wrote"
    check_records(data, promised, submitter.promised)


def wait_for_forms(data) -> None:
    """What a form sent just before a kill is taken up by the sweep."""
    end = time.monotonic() + 60
    with sqlite3.connect(f"file:{data}/iperform.sqlite?mode=ro", uri=True) as database:
        while time.monotonic() < end:
            (waiting,) = database.execute(
                "SELECT COUNT(*) FROM inbox WHERE outcome = 'waiting'").fetchone()
            if waiting == 0:
                return
            time.sleep(0.5)


def check_records(data, promised: dict[str, str], forms: list[str]) -> None:
    database = sqlite3.connect(data / "iperform.sqlite")

    def rows(sql: str) -> list[tuple]:
        return database.execute(sql).fetchall()

    assert rows("PRAGMA integrity_check") == [("ok",)]
    assert rows("PRAGMA foreign_key_check") == []
    leads = dict(rows("SELECT external_id, id FROM leads WHERE external_id IS NOT NULL"))
    lost = [name for name, id in promised.items() if leads.get(name) != uuid.UUID(id).bytes]
    assert lost == [], "an acknowledged lead is not there"
    assert rows("SELECT external_id FROM leads WHERE external_id LIKE 'writer-%' AND touches > 1") == []
    check_forms(rows, forms)
    # One beginning each, and totals that are what a count says.
    assert rows("""
        SELECT id FROM leads WHERE 1 <> (SELECT COUNT(*) FROM events
            WHERE tenant_id = leads.tenant_id AND subject_id = leads.id AND name = 'lead.created')
        """) == []
    assert rows("SELECT stage, SUM(leads) FROM lead_totals GROUP BY stage HAVING SUM(leads) > 0") == rows(
        "SELECT stage, COUNT(*) FROM leads GROUP BY stage")
    # Each answer to a program has one entry in the journal, and each entry one lead.
    assert rows("""
        SELECT lead_id FROM inbox WHERE channel = 'api' GROUP BY lead_id HAVING COUNT(*) > 1
        """) == []
    check_ledger(rows)


def check_forms(rows, forms: list[str]) -> None:
    names = [name for (name,) in rows("SELECT company FROM leads WHERE company LIKE 'form-%'")]
    assert len(names) == len(set(names)), "a submission became two leads"
    assert set(forms) <= set(names), "an acknowledged submission is not there"


def check_ledger(rows) -> None:
    counted = rows("""
        SELECT channel, COUNT(*), SUM(outcome = 'created'), SUM(outcome = 'merged'),
            SUM(outcome = 'quarantined'), SUM(outcome = 'refused')
        FROM inbox WHERE channel <> 'import' GROUP BY channel ORDER BY channel
        """)
    kept = rows("""
        SELECT channel, received, created, merged, quarantined, refused
        FROM inbox_ledger WHERE channel <> 'import' ORDER BY channel
        """)
    assert kept == counted, "the ledger's counters are what the journal holds"
