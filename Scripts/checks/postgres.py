"""A PostgreSQL of one's own: no TCP unless told, nothing kept for long, gone at the end.

As a program it runs a command beside one, which finds it in IPERFORM_TEST_POSTGRES:

    postgres.py swift test
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

START_SECONDS = 60
USUAL_PORT = 5432
# A crash of the machine may take all with it; a crash of the server takes nothing.
SETTINGS = ("fsync=off", "max_connections=400")


class PostgreSQL:
    """A cluster in a folder of its own, for the length of a `with` block.

    It ends with whoever started it, also when that one is killed. With `follows` it is a replica
    of that one, with `port` it is on loopback as well.
    """

    def __init__(
        self, *settings: str, port: int | None = None, follows: "PostgreSQL | None" = None
    ):
        addresses = "127.0.0.1" if port else ""
        self._settings = (*SETTINGS, f"listen_addresses={addresses}", *settings)
        self._follows, self.port = follows, port or USUAL_PORT

    def __enter__(self) -> "PostgreSQL":
        self.directory = Path(tempfile.mkdtemp(prefix="iperform-postgres-"))
        self._process = None
        if os.geteuid() == 0:
            shutil.chown(self.directory, "postgres", "postgres")
        try:
            self._make()
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _make(self) -> None:
        if self._follows:
            self._run("pg_basebackup", "-h", self._follows.directory,
                      "-p", self._follows.port, "-U", "postgres", "-R", "-D", self.data,
                      "--checkpoint=fast", "--no-sync")
        else:
            self._run("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "--no-sync",
                      "-E", "UTF8", "--locale", "C.UTF-8")

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def stop(self) -> None:
        if self._process:
            self._process.send_signal(signal.SIGINT)  # fast: clients are sent away
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self._process.send_signal(signal.SIGQUIT)
                self._process.wait()
            self._process = None

    def start(self) -> None:
        options = [part for setting in self._settings for part in ("-c", setting)]
        with (self.directory / "log").open("a") as log:
            self._process = subprocess.Popen(
                [*self._as_owner("INT"), self._program("postgres"), "-D", self.data,
                 "-k", self.directory, "-p", str(self.port), *options],
                stdout=log, stderr=log, cwd=self.directory,
                # Ctrl-C is for the tests, which still need it while they end.
                start_new_session=True)
        ready = [self._program("pg_isready"), "-q", "-h", self.directory, "-p", str(self.port),
                 "-U", "postgres"]
        end = time.monotonic() + START_SECONDS
        while subprocess.run(ready).returncode != 0:
            if time.monotonic() > end or self._process.poll() is not None:
                raise RuntimeError(f"PostgreSQL did not start:\n{self.log()}")
            time.sleep(0.05)

    def restart_at_once(self) -> None:
        """Cuts every connection, finishes nothing and recovers: `restart -m immediate`."""
        self._run("pg_ctl", "stop", "-D", self.data, "-m", "immediate")
        self._process.wait()
        self.start()

    def database(self, name: str) -> str:
        """Makes an empty database and returns its address."""
        self._run("createdb", "-h", self.directory, "-U", "postgres", "-T", "template0", name)
        return self.address(name)

    def address(self, database: str = "postgres") -> str:
        host = quote(str(self.directory), safe="")
        return f"postgres://postgres@/{database}?host={host}&port={self.port}"

    def rows(self, database: str, sql: str) -> list[tuple[str, ...]]:
        """What a statement finds, as text, read as the superuser."""
        printed = self._run("psql", "-h", self.directory, "-U", "postgres", "-d", database,
                            "-X", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-c", sql)
        return [tuple(line.split("\t")) for line in printed.splitlines()]

    def log(self) -> str:
        return (self.directory / "log").read_text()[-4000:]

    @property
    def data(self) -> Path:
        return self.directory / "data"

    def _run(self, program: str, *arguments: object) -> str:
        run = subprocess.run(
            [*self._as_owner("KILL"), self._program(program), *map(str, arguments)],
            capture_output=True, text=True, cwd=self.directory,
            env=os.environ | {"PGPORT": str(self.port)})
        if run.returncode != 0:
            raise RuntimeError(f"{program} failed:\n{run.stdout}{run.stderr}")
        return run.stdout

    @staticmethod
    def _as_owner(death_signal: str) -> list[str]:
        """PostgreSQL will not run as root. The signal is for when its parent has gone."""
        owner = ["--reuid=postgres", "--regid=postgres", "--init-groups"]
        return ["setpriv", f"--pdeathsig={death_signal}", *(owner if os.geteuid() == 0 else [])]

    @staticmethod
    def _program(name: str) -> str:
        """The newest one that Debian has; elsewhere what is on the PATH."""
        found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"),
                       key=lambda path: int(path.parts[4]))
        return str(found[-1]) if found else name


def main(command: list[str]) -> int:
    """Runs the command to its end, whatever ends it."""

    def leave(*_: object) -> None:
        raise SystemExit(1)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)
    with PostgreSQL() as server:
        child = subprocess.Popen(
            command, env=os.environ | {"IPERFORM_TEST_POSTGRES": server.address()})
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda number, _: child.send_signal(number))
        # Ctrl-C reaches the command by itself.
        signal.signal(signal.SIGINT, lambda *_: None)
        code = child.wait()
        return code if code >= 0 else 128 - code  # as a shell says it


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
