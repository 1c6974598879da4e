"""PostgreSQL is cut off under load, three times: the product waits for it and goes on by itself."""

import threading
import time
from itertools import cycle

import pytest

from fleet import Fleet
from follower import Follower
from load import Writer, all_faults, all_promised, start_import, wait_for_import, wait_until
from product import API
from records import PostgresRecords, check_books

RESTARTS = 3
WRITERS = 8
IMPORTED = 2_000
WRITTEN_BETWEEN = 40
RECOVERY_SECONDS = 15


@pytest.fixture
def fleet(tmp_path):
    with Fleet(tmp_path) as fleet:
        fleet.add_web()
        fleet.add_web()
        yield fleet


def test_a_restart_of_the_database_is_survived(fleet, capsys):
    bases = [web.base for web in fleet.webs]
    api = API(bases[0], fleet.company)
    session, _ = fleet.session(bases[1])
    follower = Follower([bases[1]], session)
    follower.start()
    assert follower.listening.wait(10), "what was written before is not told"
    stop = threading.Event()
    writers = [
        Writer(number, base, api.token, stop, may_break=False)
        for number, base in zip(range(WRITERS), cycle(bases))
    ]
    for writer in writers:
        writer.start()
    run = start_import(api, IMPORTED)
    gaps = [restart(fleet, writers) for _ in range(RESTARTS)]
    stop.set()
    for writer in writers:
        writer.join(40)
    refused = sum(writer.refusals for writer in writers)
    with capsys.disabled():
        print(f" written again {', '.join(f'{gap:.1f}' for gap in gaps)} s after the cut,"
              f" {refused} told to come again", end="")
    assert all_faults(writers) == []
    wait_for_import(api, run, IMPORTED)
    # A commit of one process is live at the other again, without another commit of its own.
    last = api.lead("After it all")["id"]
    wait_until(lambda: last in follower.seen, "the other process told of it", 5)
    promised = all_promised(writers)
    wait_until(lambda: set(promised.values()) <= follower.seen.keys(), "all were told of")
    follower.stop()
    assert follower.faults == []
    ledger = api.ok("GET", "/inbox/ledger")
    assert ledger["balanced"] and ledger["waiting"] == 0, ledger
    check_books(PostgresRecords(fleet.database, "iperform"), promised)
    check_logs(fleet)


def restart(fleet: Fleet, writers: list[Writer]) -> float:
    """Restarts it and returns how long nothing was written, by any process."""
    counts = [len(writer.promised) for writer in writers]
    wait_until(
        lambda: sum(len(writer.promised) for writer in writers) >= sum(counts) + WRITTEN_BETWEEN,
        "they write", 60)
    began = time.monotonic()
    fleet.database.restart_at_once()
    counts = [len(writer.promised) for writer in writers]
    wait_until(
        lambda: all(len(writer.promised) > count for writer, count in zip(writers, counts)),
        "all write again", RECOVERY_SECONDS)
    return time.monotonic() - began


def check_logs(fleet: Fleet) -> None:
    """A database that is away is no fault of a request's: none became a 500."""
    for web in fleet.webs:
        assert "A request failed" not in web.log.read_text()
