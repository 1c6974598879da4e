"""Starts the product under test, as one process or several, and speaks its API."""

import os
import re
import socket
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("IPERFORM_BINARY", ROOT / ".build/debug/iperform"))
READY = ("iPerform is ready at ", "iPerform is working")
START_SECONDS = 60
STOP_SECONDS = 15


def iperform(*arguments: str, environment: dict[str, str] | None = None) -> str:
    """Runs one command to its end and returns what it printed."""
    assert BINARY.exists(), f"{BINARY} is missing: run `swift build` first"
    run = subprocess.run(
        [BINARY, *arguments], capture_output=True, text=True, timeout=300,
        env=os.environ | (environment or {}))
    assert run.returncode == 0, f"iperform {' '.join(arguments)}\n{run.stdout}{run.stderr}"
    return run.stdout


@dataclass(frozen=True)
class Company:
    """A tenant with the sign-in of its admin."""

    tenant: str
    email: str
    password: str

    @property
    def credentials(self) -> dict[str, str]:
        return {"tenant": self.tenant, "email": self.email, "password": self.password}


def create_company(
    data: Path, name: str, environment: dict[str, str] | None = None
) -> Company:
    email, password = "ada@example.com", "correct horse battery staple"
    printed = iperform(
        "tenant", "create", "--data", str(data), "--name", name,
        "--admin-email", email, "--admin-password", password, environment=environment,
    )
    return Company(printed.split()[-1], email, password)


def create_demo(data: Path) -> Company:
    """Makes the demo company and reads its sign-in from what the command prints."""
    printed = iperform("demo", "--data", str(data))

    def value(pattern: str) -> str:
        found = re.search(pattern, printed, re.IGNORECASE)
        assert found, f"`iperform demo` does not print its sign-in:\n{printed}"
        return found.group(1)

    return Company(
        tenant=value(r"\b(?:tenant|company)\b\W+(\S+)"),
        email=value(r"([\w.+-]+@[\w-]+(?:\.[\w-]+)+)"),
        password=value(r"\bpassword\b\W+(\S+)"),
    )


class Process:
    """A command of the product that runs until it is told to stop, as a `with` block."""

    def __init__(
        self, data: Path, command: str, *arguments: str,
        environment: dict[str, str] | None = None, name: str = "",
    ):
        self.data = data
        self.log = data.parent / f"{data.name}{name}.log"
        self._command = [BINARY, command, "--data", str(data), *arguments]
        self._environment = os.environ | (environment or {})

    def __enter__(self) -> "Process":
        self._ready = threading.Event()
        self._process = subprocess.Popen(
            self._command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env=self._environment,
        )
        # The output is read to the end: a full pipe would stop the process.
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if not self._ready.wait(START_SECONDS) or self._process.poll() is not None:
            self.__exit__()
            raise AssertionError(f"it did not start:\n{self.log.read_text()[-4000:]}")
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> int:
        """Asks it to stop, and returns its exit status: 0 when it did so in time and in order."""
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._reader.join(5)
        return self._process.wait()

    def kill(self) -> None:
        """Ends it without a word."""
        self._process.kill()
        self._process.wait()
        self._reader.join(5)

    def _read(self) -> None:
        with self.log.open("w") as log:
            for line in self._process.stdout:
                log.write(line)
                log.flush()
                if line.startswith(READY):
                    self._ready.set()
        self._ready.set()  # it ended: whoever waits shall look


class Server(Process):
    """`iperform serve` on a loopback port."""

    def __init__(
        self, data: Path, *flags: str, port: int | None = None,
        environment: dict[str, str] | None = None, name: str = "",
    ):
        self.port = port or free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        super().__init__(
            data, "serve", "--port", str(self.port), *flags, environment=environment, name=name)


class API(httpx.Client):
    """The JSON API as an outside program uses it: a bearer token, no cookie."""

    def __init__(self, base: str, company: Company, **options):
        super().__init__(
            **{"base_url": f"{base}/api/v1", "trust_env": False, "timeout": 30} | options)
        self.token = self.ok("POST", "/tokens", json=company.credentials)["access_token"]
        self.headers["Authorization"] = f"Bearer {self.token}"

    def ok(self, method: str, path: str, **options) -> dict:
        """The body of an answer that must be 2xx."""
        answer = self.request(method, path, **options)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        return answer.json() if answer.content else {}

    def lead(self, company: str, **fields) -> dict:
        return self.ok("POST", "/leads", json={"company": company, **fields})

    def move(self, lead: str, to: str, **fields) -> dict:
        return self.ok("POST", f"/leads/{lead}/transition", json={"to": to, **fields})

    def stage(self, lead: str) -> str:
        return self.ok("GET", f"/leads/{lead}")["stage"]

    def leads_named(self, company: str) -> list[dict]:
        found = self.ok("GET", "/leads", params={"limit": "100", "sort": "-created_at,id"})["data"]
        return [lead for lead in found if lead["company"] == company]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
