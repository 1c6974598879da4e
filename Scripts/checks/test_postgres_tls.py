"""PostgreSQL over TLS: what sslmode asks for is kept, and what is wrong is said in one line."""

import os
import shutil
import subprocess
import threading
from pathlib import Path
from urllib.parse import urlencode

import pytest

from certificates import Authority
from load import wait_until
from postgres import PostgreSQL
from product import API, BINARY, Server, create_company, free_port
from tls_relay import Relay

PASSWORD = "unguessable-7"
RULES = """\
local all all trust
hostssl all all 127.0.0.1/32 scram-sha-256
"""
LEADS = 200
ROUNDS = 10


class TLSServer(PostgreSQL):
    """Takes passwords over TLS alone, at a port of loopback."""

    def __init__(self, authority: Authority):
        super().__init__("ssl=on", port=free_port())
        self._certificate = authority.server("localhost")

    def _make(self) -> None:
        super()._make()
        (self.data / "pg_hba.conf").write_text(RULES)
        for source, name in (
            (self._certificate.certificate, "server.crt"), (self._certificate.key, "server.key")
        ):
            kept = Path(shutil.copy(source, self.data / name))
            kept.chmod(0o600)
            if os.geteuid() == 0:
                shutil.chown(kept, "postgres", "postgres")

    def secure(self, host: str = "localhost", port: int | None = None, **options: object) -> str:
        query = urlencode(options)
        return f"postgres://keeper:{PASSWORD}@{host}:{port or self.port}/iperform?{query}"


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates") / "ours", "Harbor Authority")


@pytest.fixture(scope="module")
def database(authority):
    with TLSServer(authority) as server:
        server.database("iperform")
        server.rows("iperform", f"CREATE ROLE keeper LOGIN CREATEROLE PASSWORD '{PASSWORD}'")
        server.rows("iperform", "ALTER DATABASE iperform OWNER TO keeper")
        server.rows("iperform", "GRANT ALL ON SCHEMA public TO keeper")
        yield server


def refusal(data: Path, address: str) -> str:
    """What a person reads who serves a database that cannot be used: one line."""
    run = subprocess.run(
        [BINARY, "serve", "--data", data, "--port", "0"], capture_output=True, text=True,
        timeout=60, env=os.environ | {"IPERFORM_DATABASE": address})
    assert run.returncode != 0
    said = [line for line in (run.stdout + run.stderr).splitlines() if line]
    assert len(said) == 1, said
    assert PASSWORD not in said[0]
    return said[0]


def test_what_is_wrong_is_said_with_what_to_do(database, authority, tmp_path):
    other = Authority(tmp_path / "others", "Another Authority")
    own, foreign = authority.own.certificate, other.own.certificate
    for address, words in [
        (database.secure("127.0.0.1", sslmode="disable"),
         ("no encryption", "Add sslmode=require to the address")),
        (database.secure(sslmode="verify-full", sslrootcert=foreign),
         ("certificate verify failed", "Name in sslrootcert the certificate of who signed")),
        (database.secure(sslmode="verify-full", sslrootcert=tmp_path / "none.crt"),
         ("does not exist", "Name in sslrootcert the certificate of who signed")),
        (database.secure("127.0.0.1", sslmode="verify-full", sslrootcert=own),
         ("does not match host name", "Name the server as its certificate does")),
    ]:
        said = refusal(tmp_path / "data", address)
        assert all(word in said for word in words), said
    with PostgreSQL(port=free_port()) as plain:
        said = refusal(
            tmp_path / "data",
            f"postgres://postgres@127.0.0.1:{plain.port}/postgres?sslmode=require")
        assert "does not support SSL" in said and "Set ssl = on at the server" in said


@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
def test_all_connections_are_encrypted(database, authority, tmp_path, mode):
    root = {} if mode == "require" else {"sslrootcert": authority.own.certificate}
    host = "127.0.0.1" if mode == "verify-ca" else "localhost"
    environment = {"IPERFORM_DATABASE": database.secure(host, sslmode=mode, **root)}
    data = tmp_path / "data"
    data.mkdir()
    company = create_company(data, f"Harbor {mode}", environment)
    with Server(data, environment=environment) as server:
        API(server.base, company).lead("Encrypted")

        def connections() -> list[tuple[str, ...]]:
            return database.rows("iperform", """
                SELECT s.ssl, a.query LIKE 'LISTEN%' OR a.query LIKE 'NOTIFY%'
                FROM pg_stat_activity a JOIN pg_stat_ssl s ON s.pid = a.pid
                WHERE a.application_name = 'iperform'
                """)

        wait_until(lambda: ("t", "t") in connections(), "the one that listens is encrypted")
        assert ("t", "f") in connections()
        assert {ssl for ssl, _ in connections()} == {"t"}


def test_large_answers_come_whole_in_records_of_any_length(database, authority, tmp_path):
    """The same answers through a relay that writes records twice as long as PostgreSQL's."""
    data = tmp_path / "data"
    data.mkdir()
    with Relay(
        database.directory / f".s.PGSQL.{database.port}", authority.server("localhost")
    ) as relay:
        environment = {
            "IPERFORM_DATABASE": database.secure(
                port=relay.port, sslmode="verify-full", sslrootcert=authority.own.certificate)}
        company = create_company(data, "Long Records", environment)
        with Server(data, environment=environment) as server:
            api = API(server.base, company)
            for number in range(LEADS):
                api.lead(f"{number:03}", notes="x" * (number * 37 % 700))
            before = relay.bytes
            expected = sorted(f"{number:03}" for number in range(LEADS))
            faults = []

            def read() -> None:
                own = API(server.base, company)
                for _ in range(ROUNDS):
                    page = own.ok("GET", "/leads", params={"limit": str(LEADS)})["data"]
                    if sorted(lead["company"] for lead in page) != expected:
                        faults.append("a page is not whole")

            readers = [threading.Thread(target=read, daemon=True) for _ in range(4)]
            for reader in readers:
                reader.start()
            for reader in readers:
                reader.join(60)
            assert not any(reader.is_alive() for reader in readers), "an answer never came"
            assert faults == []
            assert relay.bytes - before > 4 << 20
