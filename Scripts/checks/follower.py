"""An open page's stream, as a browser keeps it: cut, it comes back with Last-Event-ID."""

import json
import threading
import time
from itertools import cycle

import httpx


class Follower(threading.Thread):
    """Listens to /live, at each of `bases` in turn, and notes when which lead was told of.

    `session`: the cookie of somebody who is signed in.
    """

    def __init__(self, bases: list[str], session: dict[str, str]):
        super().__init__(daemon=True)
        self.seen: dict[str, float] = {}
        self.places: list[str] = []
        self.connections = 0
        self.faults: list[str] = []
        self._bases, self._session = cycle(bases), session
        self._over = threading.Event()
        self._cut = threading.Event()
        self.listening = threading.Event()

    def run(self) -> None:
        while not self._over.is_set():
            headers = {"Accept": "text/event-stream"}
            if self.places:
                headers["Last-Event-ID"] = self.places[-1]
            self._cut.clear()
            try:
                with httpx.Client(trust_env=False, cookies=self._session, timeout=2) as client:
                    with client.stream("GET", f"{next(self._bases)}/live", headers=headers) as answer:
                        self._read(answer)
            except httpx.TransportError:
                pass  # cut, or nothing said for a while
            self.listening.clear()
            time.sleep(0.02)

    def _read(self, answer: httpx.Response) -> None:
        if answer.status_code != 200:
            if answer.status_code not in (502, 503):
                self.faults.append(f"{answer.status_code} {answer.read()[:200]}")
            return
        assert answer.headers["content-type"] == "text/event-stream"
        self.connections += 1
        place, name, data = None, None, None
        for line in answer.iter_lines():
            field, _, value = line.partition(": ")
            if field == "id":
                place = value
            elif field == "event":
                name = value
            elif field == "data":
                data = value
            elif not line:
                self._take(place, name, data)
                place, name, data = None, None, None
                if self._cut.is_set() or self._over.is_set():
                    return

    def _take(self, place: str | None, name: str | None, data: str | None) -> None:
        if place:
            self.places.append(place)
        if name == "hello":
            self.listening.set()
        elif name == "lead":
            self.seen.setdefault(json.loads(data)["id"], time.monotonic())

    def cut(self) -> None:
        """Ends the stream after the next event; it begins again elsewhere."""
        self._cut.set()

    def stop(self) -> None:
        self._over.set()
        self.join(10)
