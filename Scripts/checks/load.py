"""Programs that write without a break, and files to import meanwhile."""

import csv
import io
import threading
import time

import httpx

from product import API

SETTLE_SECONDS = 180


class Writer(threading.Thread):
    """Sends leads until told to stop, each until it is answered, and keeps what was promised.

    `may_break`: whether a connection may be refused or cut, as when a server is killed.
    """

    def __init__(
        self, number: int, base: str, token: str, stop: threading.Event, *,
        tries_again_at: tuple[int, ...] = (503,), may_break: bool = True,
    ):
        super().__init__(daemon=True)
        self.promised: dict[str, str] = {}
        self.faults: list[str] = []
        self.refusals = 0
        self.number, self.base, self.token, self.stop = number, base, token, stop
        self.tries_again_at, self.may_break = tries_again_at, may_break

    def run(self) -> None:
        client = httpx.Client(base_url=self.base, trust_env=False, timeout=30)
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
            except httpx.TransportError as error:
                if not self.may_break:
                    self.faults.append(f"{name}: {error!r}")
                time.sleep(0.02)
                continue
            if answer.status_code in self.tries_again_at:
                self.refusals += 1
                if answer.status_code == 503 and not self.may_break:
                    self.check_refusal(name, answer)
                time.sleep(0.02)
                continue
            if answer.status_code == 201:
                self.promised[name] = answer.json()["id"]
            else:
                self.faults.append(f"{name}: {answer.status_code} {answer.text[:200]}")
            return

    def check_refusal(self, name: str, answer: httpx.Response) -> None:
        if "Retry-After" not in answer.headers:
            self.faults.append(f"{name}: 503 that does not say when to come again")


def all_promised(writers: list[Writer]) -> dict[str, str]:
    return {name: id for writer in writers for name, id in writer.promised.items()}


def all_faults(threads) -> list[str]:
    return [fault for thread in threads for fault in thread.faults]


def sheet(count: int, name: str = "row") -> bytes:
    """Every hundredth row has no address to be reached at and is refused."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(["Company", "Email", "Number"])
    for number in range(count):
        email = "nobody" if number % 100 == 99 else f"{name}-{number}@chaos.example"
        rows.writerow([f"{name} {number}", email, f"{name}-{number}"])
    return text.getvalue().encode()


MAPPING = '{"columns": {"Company": "company", "Email": "email", "Number": "external_id"}}'


def start_import(api: API, count: int, name: str = "row") -> str:
    return api.ok(
        "POST", "/imports", files={"file": (f"{name}.csv", sheet(count, name), "text/csv")},
        data={"mapping": MAPPING, "dry_run": "false"})["id"]


def wait_for_import(api: API, run: str, count: int) -> None:
    """Waits until it is done, and each row is taken once or refused for what is wrong with it."""
    wait_until(
        lambda: api.ok("GET", f"/imports/{run}")["state"] not in ("waiting", "running"),
        "the import ended", SETTLE_SECONDS)
    state = api.ok("GET", f"/imports/{run}")
    assert state["state"] == "done", state
    assert state["created"] + state["merged"] == count - count // 100, state
    assert state["rejected"] == count // 100, state


def wait_until(holds, what: str, seconds: float = 30) -> None:
    """Asks again and again until it holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"waited {seconds} s in vain until {what}"
        time.sleep(0.05)
