"""Three web processes and two that work, over one PostgreSQL and behind nginx, as in README."""

import statistics
import threading
import time
from itertools import cycle

import httpx
import pytest

from fleet import Fleet
from follower import Follower
from load import Writer, all_faults, all_promised, start_import, wait_for_import, wait_until
from product import API
from records import PostgresRecords, check_books

WRITERS = 6
IMPORTED = 4_000
# One more than a worker does at the same time, so that each of the two has some.
IMPORTS = [f"import-{number}" for number in range(5)]
SAMPLES = 30
# On a quiet machine it is a few hundredths of a second.
LIVE_SECONDS = 2
ELSEWHERE = "127.0.0.2"


@pytest.fixture
def fleet(tmp_path):
    with Fleet(tmp_path) as fleet:
        yield fleet


def test_processes_share_one_installation(fleet, capsys):
    for _ in range(3):
        fleet.add_web("--no-work")
    front = fleet.add_nginx()
    check_front(fleet, front)
    api = API(front, fleet.company)
    check_live(fleet, capsys)
    check_imports_are_for_workers(fleet, api)
    follower = Follower([front], fleet.session(front)[0])
    follower.start()
    assert follower.listening.wait(10)
    promised = check_kills(fleet, front, api, follower)
    wait_until(lambda: promised.keys() <= follower.seen.keys(), "every new lead was told of")
    # Who was not killed ends when asked to, in order, with a page open.
    assert [process.end() for process in [*fleet.webs[1:], *fleet.works[1:]]] == [0] * 3
    follower.stop()
    assert follower.faults == []


def check_front(fleet: Fleet, front: str) -> None:
    """A browser signs in at one process, is known to all, and is who nginx says it is."""
    transport = httpx.HTTPTransport(local_address=ELSEWHERE)
    with httpx.Client(base_url=front, trust_env=False, transport=transport) as browser:
        answer = browser.post(
            "/api/v1/sessions", json=fleet.company.credentials,
            headers={"X-Forwarded-For": "10.9.9.9"})
        assert answer.status_code == 201, answer.text
        browser.headers["X-CSRF-Token"] = answer.json()["csrf"]
        for number in range(6):
            assert browser.get("/pipeline").status_code == 200
            made = browser.post("/api/v1/leads", json={"company": f"Front {number}"})
            assert made.status_code == 201, made.text
        assert browser.get("/metrics").status_code == 404
    remotes = fleet.database.rows(
        "iperform",
        "SELECT CAST(data AS jsonb) ->> 'remote' FROM events WHERE name = 'session.started'")
    assert remotes == [(ELSEWHERE,)], "the address that nginx saw, not what a client says"
    for web in fleet.webs:
        assert API(web.base, fleet.company).ok("GET", "/leads/count")["count"] == 6


def check_live(fleet: Fleet, capsys) -> None:
    """What is committed by one process is told by another; a cut stream goes on elsewhere."""
    session, _ = fleet.session(fleet.webs[0].base)
    apis = [API(web.base, fleet.company) for web in fleet.webs]
    follower = Follower([fleet.webs[1].base], session)
    follower.start()
    assert follower.listening.wait(10)
    delays = []
    for number in range(SAMPLES):
        id = apis[0].lead(f"Live {number}")["id"]
        answered = time.monotonic()
        wait_until(lambda: id in follower.seen, "the other process told of it", LIVE_SECONDS)
        delays.append(max(0, follower.seen[id] - answered))
    follower.stop()
    with capsys.disabled():
        print(f" told by another process after {statistics.median(delays) * 1000:.0f} ms"
              f" (median of {SAMPLES}; slowest {max(delays) * 1000:.0f} ms)", end="")
    wanderer = Follower([web.base for web in fleet.webs], session)
    wanderer.start()
    assert wanderer.listening.wait(10)
    made = []
    for number, api in zip(range(60), cycle(apis)):
        if number % 5 == 4:
            wanderer.cut()
        made.append(api.lead(f"Wandering {number}")["id"])
    wait_until(lambda: set(made) <= wanderer.seen.keys(), "there was no gap")
    wanderer.stop()
    assert wanderer.connections > 5, "it was cut and came back"
    assert wanderer.faults == []


def check_imports_are_for_workers(fleet: Fleet, api: API) -> None:
    """Web processes leave imports alone, whatever wakes them."""
    run = start_import(api, 300, "early")
    for web in fleet.webs:
        own = API(web.base, fleet.company)
        own.lead("Something else")
        assert own.ok("GET", f"/imports/{run}")["state"] == "waiting"
    fleet.add_work()
    wait_for_import(api, run, 300)
    fleet.add_work()


def check_kills(fleet: Fleet, front: str, api: API, follower: Follower) -> dict[str, str]:
    """A worker is killed in the middle of its imports, and a web process under load."""
    stop = threading.Event()
    writers = [
        Writer(number, front, api.token, stop, tries_again_at=(502, 503, 504))
        for number in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    runs = [start_import(api, IMPORTED, name) for name in IMPORTS]
    wait_until(lambda: len(workers(fleet)) == 2, "both workers have some", 60)
    fleet.works[0].kill()
    assert len(workers(fleet)) == 2, "it was in the middle"
    before = len(all_promised(writers))
    fleet.webs[0].kill()
    wait_until(lambda: len(all_promised(writers)) >= before + 100, "the others go on", 60)
    for run in runs:
        wait_for_import(api, run, IMPORTED)
    stop.set()
    for writer in writers:
        writer.join(40)
    assert all_faults(writers) == []
    promised = all_promised(writers)
    check_end(fleet, api, promised)
    return {id: name for name, id in promised.items()}


def check_end(fleet: Fleet, api: API, promised: dict[str, str]) -> None:
    ledger = api.ok("GET", "/inbox/ledger")
    assert ledger["balanced"] and ledger["waiting"] == 0, ledger
    records = PostgresRecords(fleet.database, "iperform")
    check_books(records, promised)
    [(count,)] = records.rows(
        "SELECT COUNT(*) FROM leads WHERE external_id LIKE 'import-%'")
    assert int(count) == len(IMPORTS) * (IMPORTED - IMPORTED // 100)


def workers(fleet: Fleet) -> list:
    """Who is at work on an import, or was when it was killed."""
    return fleet.database.rows(
        "iperform",
        "SELECT DISTINCT worker_id FROM jobs WHERE kind = 'imports.run' AND state = 'running'")
