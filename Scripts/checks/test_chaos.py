"""The process is killed at random moments under writers, a form and an import, on each engine.

What was acknowledged must be there exactly once; nothing may be doubled; the ledger balances.
"""

import os
import random
import threading
import time

import httpx
import pytest

from load import Writer, all_faults, all_promised, start_import, wait_for_import, wait_until
from postgres import PostgreSQL
from product import API, Server, create_company, free_port
from records import PostgresRecords, SQLiteRecords, check_books

KILLS = {
    "sqlite": int(os.environ.get("IPERFORM_CHAOS_KILLS", "30")),
    "postgres": int(os.environ.get("IPERFORM_CHAOS_KILLS", "10")),
}
SEED = int(os.environ.get("IPERFORM_CHAOS_SEED", "20261122"))
WRITERS = 16
IMPORTED = {"sqlite": 20_000, "postgres": 5_000}
ALIVE_SECONDS = (0.05, 1.2)


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


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request):
    return request.param


@pytest.fixture
def installation(engine, tmp_path, monkeypatch):
    """A data folder, a company and the records that are kept of it."""
    monkeypatch.setenv("IPERFORM_REQUESTS_A_MINUTE", "100000000")
    monkeypatch.setenv("IPERFORM_TRUSTS_PROXY", "true")
    data = tmp_path / "data"
    data.mkdir()
    if engine == "sqlite":
        company = create_company(data, "Chaos Trading")
        yield data, company, SQLiteRecords(data)
        return
    with PostgreSQL() as server:
        monkeypatch.setenv("IPERFORM_DATABASE", server.database("chaos"))
        yield data, create_company(data, "Chaos Trading"), PostgresRecords(server, "chaos")


def test_nothing_acknowledged_is_lost_or_doubled(engine, installation):
    data, company, records = installation
    chance, port, stop = random.Random(SEED), free_port(), threading.Event()
    with Server(data, port=port) as server:
        api = API(server.base, company)
        form = api.ok("POST", "/forms", json={"name": "Chaos"})["token"]
        run = start_import(api, IMPORTED[engine])
    writers = [Writer(number, server.base, api.token, stop) for number in range(WRITERS)]
    submitter = Submitter(server.base, form, stop)
    for thread in [*writers, submitter]:
        thread.start()
    for _ in range(KILLS[engine]):
        server = Server(data, port=port).__enter__()
        time.sleep(chance.uniform(*ALIVE_SECONDS))
        server.kill()
    with Server(data, port=port) as server:
        # One moment under load after the last kill, then everybody is let finish.
        time.sleep(0.5)
        stop.set()
        for thread in [*writers, submitter]:
            thread.join(20)
        api = API(server.base, company)
        wait_for_import(api, run, IMPORTED[engine])
        # What a form sent just before a kill is taken up by the sweep.
        waiting = "SELECT COUNT(*) FROM inbox WHERE outcome = 'waiting'"
        wait_until(lambda: records.rows(waiting) == [("0",)], "the sweep took all forms up", 60)
        ledger = api.ok("GET", "/inbox/ledger")
        assert ledger["balanced"] and ledger["waiting"] == 0, ledger
    assert all_faults([*writers, submitter]) == []
    promised = all_promised(writers)
    assert len(promised) > KILLS[engine], "the writers wrote"
    check_books(records, promised)
    check_forms(records, submitter.promised)


def test_an_import_is_taken_back_whole_whenever_it_is_killed(engine, installation):
    data, company, records = installation
    chance, port, rows = random.Random(SEED), free_port(), IMPORTED[engine] // 2
    server = Server(data, port=port).__enter__()
    api = API(server.base, company)
    stays = api.lead("Stays", external_id="stays")["id"]
    run = start_import(api, rows)
    wait_for_import(api, run, rows)
    api.ok("POST", f"/imports/{run}/undo")
    for _ in range(KILLS[engine] // 3):
        time.sleep(chance.uniform(*ALIVE_SECONDS) / 2)
        server.kill()
        server = Server(data, port=port).__enter__()
    server.kill()
    with Server(data, port=port) as server:
        api = API(server.base, company)
        wait_until(
            lambda: api.ok("GET", f"/imports/{run}")["state"] != "undoing", "it was taken back", 60)
        state = api.ok("GET", f"/imports/{run}")
        assert (state["state"], state["kept"]) == ("undone", 0), state
        assert state["undone"] == state["created"] + state["merged"], state
        assert api.ok("GET", "/inbox/ledger")["balanced"]
    assert records.rows("SELECT company FROM leads") == [("Stays",)]
    check_books(records, {"stays": stays})


def check_forms(records, forms: list[str]) -> None:
    found = records.rows("SELECT company FROM leads WHERE company LIKE 'form-%'")
    names = [name for (name,) in found]
    assert len(names) == len(set(names)), "a submission became two leads"
    assert set(forms) <= set(names), "an acknowledged submission is not there"
