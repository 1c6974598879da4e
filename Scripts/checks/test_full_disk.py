"""A disk without room: the write is refused and says why, reading goes on, and it recovers."""

import os
import subprocess

import pytest

from product import API, Server, create_company

SIZE_MEGABYTES = 24
WRITES_MAX = 4_000


@pytest.fixture
def small_disk(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("a small disk can be made by root alone")
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MEGABYTES}m", "tmpfs", str(disk)],
        capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.strip()}")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def fill(disk) -> None:
    with (disk / "filler").open("wb", buffering=0) as filler:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while filler.write(b"x" * size) == size:
                    pass
            except OSError:
                pass


def write(api: API, number: int):
    lead = {"company": f"Full {number}", "notes": "x" * 4_000}
    return api.post("/leads", json=lead)


def test_a_full_disk_is_reported_and_survived(small_disk, tmp_path, monkeypatch):
    monkeypatch.setenv("IPERFORM_REQUESTS_A_MINUTE", "1000000")
    data = small_disk / "data"
    data.mkdir()
    company = create_company(data, "Full Disk")
    server = Server(data)
    server.log = tmp_path / "server.log"  # not on the disk that fills up
    with server:
        api = API(server.base, company)
        kept = api.lead("Before it was full")
        fill(small_disk)
        # The journal has room of its own for some.
        written, answer = [], write(api, 0)
        while answer.status_code == 201 and len(written) < WRITES_MAX:
            written.append(answer.json()["id"])
            answer = write(api, len(written))
        assert answer.status_code == 507, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == 507 and answer.json()["detail"]
        assert api.ok("GET", f"/leads/{kept['id']}")["company"] == "Before it was full"
        assert api.ok("GET", "/leads/count")["count"] == len(written) + 1
        (small_disk / "filler").unlink()
        again = api.lead("After there was room")
        assert api.ok("GET", f"/leads/{again['id']}")["company"] == "After there was room"
        assert api.ok("GET", "/leads/count")["count"] == len(written) + 2
        ledger = api.ok("GET", "/inbox/ledger")
        assert ledger["balanced"] and ledger["received"] == len(written) + 2
