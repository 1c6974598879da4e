"""Lists are read from a replica that follows the database, and none ever lacks what was saved."""

import time
from itertools import cycle

import httpx
import pytest

from fleet import Fleet
from load import wait_until
from postgres import PostgreSQL
from product import API, Server, create_company

SAVED = 60
LAG_SECONDS = 10
WORDS_OF_TROUBLE = "The read replica is away or behind"
WORDS_OF_RETURN = "The read replica is used again"


class ReplicaFleet(Fleet):
    """Two web processes that know of a replica."""

    def __enter__(self) -> "ReplicaFleet":
        super().__enter__()
        try:
            self.replica = self._stack.enter_context(PostgreSQL(follows=self.database))
            self.environment["IPERFORM_DATABASE_REPLICA"] = self.replica.address("iperform")
            for _ in range(2):
                self.add_web()
            for web in self.webs:
                wait_until(lambda: self.lag(web) == 0, "the replica is used")
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def metric(self, web: Server, name: str) -> float:
        lines = httpx.get(f"{web.base}/metrics", trust_env=False).text.splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith(f"{name} "))

    def lag(self, web: Server) -> float:
        return self.metric(web, "iperform_replica_lag_seconds")

    def reads(self) -> float:
        return sum(self.metric(web, "iperform_replica_reads") for web in self.webs)

    def said(self, words: str) -> list[int]:
        return [web.log.read_text().count(words) for web in self.webs]


@pytest.fixture(scope="module")
def fleet(tmp_path_factory):
    with ReplicaFleet(tmp_path_factory.mktemp("replica")) as fleet:
        yield fleet


@pytest.fixture(scope="module")
def apis(fleet) -> list[API]:
    return [API(web.base, fleet.company) for web in fleet.webs]


def check_saved(fleet: Fleet, apis: list[API], name: str, count: int = SAVED) -> float:
    """Saves at one process, reads lists at the other at once; returns how long a read took."""
    cookies, _ = fleet.session(fleet.webs[0].base)
    took = 0.0
    pairs = cycle([(apis[0], apis[1], fleet.webs[1]), (apis[1], apis[0], fleet.webs[0])])
    for number, (writer, reader, web) in zip(range(count), pairs):
        company = f"{name} {number}"
        writer.lead(company)
        began = time.monotonic()
        newest = reader.ok("GET", "/leads", params={"limit": "1", "sort": "-created_at,id"})
        took += time.monotonic() - began
        assert [lead["company"] for lead in newest["data"]] == [company]
        if number % 10 == 0:
            found = reader.ok("GET", "/search", params={"q": company})["data"]
            assert company in [lead["title"] for lead in found]
            page = httpx.get(
                f"{web.base}/leads?sort=-created_at", cookies=cookies, trust_env=False)
            assert company in page.text
    return took / count * 1000


def test_a_list_holds_what_was_just_saved_at_another_process(fleet, apis, capsys):
    before = fleet.reads()
    took = check_saved(fleet, apis, "Following")
    by_replica = fleet.reads() - before
    with capsys.disabled():
        print(f" a list in {took:.1f} ms, {by_replica:.0f} reads by the replica", end="")
    assert by_replica > SAVED / 2
    before = fleet.reads()
    lead = apis[0].lead("A record")["id"]
    assert apis[1].ok("GET", f"/leads/{lead}")["company"] == "A record"
    assert fleet.reads() == before, "a record is read from the primary"


def test_companies_are_apart_on_the_replica(fleet, apis):
    other = create_company(fleet.data, "Other Trading", fleet.environment)
    before = fleet.reads()
    assert API(fleet.webs[0].base, other).ok("GET", "/leads")["data"] == []
    assert fleet.reads() > before
    # Whatever a statement says: the second lock holds there as well.
    leads = "SET ROLE iperform_app; SELECT COUNT(*) FROM leads"
    assert fleet.replica.rows("iperform", leads)[-1] == ("0",)
    [(tenant,)] = fleet.replica.rows("iperform", "SELECT DISTINCT tenant_id FROM leads")
    own = f"SELECT set_config('iperform.tenant', '{tenant}', false); {leads}"
    assert int(fleet.replica.rows("iperform", own)[-1][0]) > 0


def test_one_that_is_behind_is_not_read_until_it_is_there_again(fleet, apis, capsys):
    fleet.replica.rows("iperform", "SELECT pg_wal_replay_pause()")
    wait_until(
        lambda: fleet.replica.rows("iperform", "SELECT pg_get_wal_replay_pause_state()")
        == [("paused",)], "it is paused")
    check_saved(fleet, apis, "Behind", 12)
    before = fleet.reads()
    took = check_saved(fleet, apis, "Still behind")
    assert fleet.reads() == before
    with capsys.disabled():
        print(f" a list from the primary in {took:.1f} ms", end="")
    assert all(fleet.lag(web) > 0 for web in fleet.webs)
    wait_until(
        lambda: fleet.said(WORDS_OF_TROUBLE) == [1, 1], "it is said once", LAG_SECONDS + 10)
    fleet.replica.rows("iperform", "SELECT pg_wal_replay_resume()")
    check_return(fleet, apis, 1)


def test_one_that_is_away_is_missed_by_nobody(fleet, apis):
    fleet.replica.stop()
    check_saved(fleet, apis, "Alone", 12)
    wait_until(lambda: fleet.said(WORDS_OF_TROUBLE) == [2, 2], "it is said once more")
    fleet.replica.start()
    check_return(fleet, apis, 2)


def test_what_follows_nobody_is_not_read(fleet):
    environment = fleet.environment | {
        "IPERFORM_DATABASE_REPLICA": fleet.database.address("iperform")}
    with Server(fleet.data, environment=environment, name="-stray") as web:
        wait_until(
            lambda: "no replica of this database" in web.log.read_text(), "it is said")
        assert API(web.base, fleet.company).ok("GET", "/leads")["data"]
        assert fleet.metric(web, "iperform_replica_reads") == 0


def check_return(fleet: ReplicaFleet, apis: list[API], times: int) -> None:
    wait_until(lambda: fleet.said(WORDS_OF_RETURN) == [times] * 2, "it is used again")
    before = fleet.reads()
    check_saved(fleet, apis, "Back", 12)
    assert fleet.reads() > before
    assert fleet.said(WORDS_OF_TROUBLE) == [times] * 2
    assert fleet.said("A request failed") == [0, 0]
