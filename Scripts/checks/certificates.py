"""Certificates for TLS on this machine, made by openssl on the spot."""

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Certificate:
    certificate: Path
    key: Path


class Authority:
    """Signs certificates of servers, in a folder of its own."""

    def __init__(self, folder: Path, name: str):
        self._folder = folder
        folder.mkdir()
        self.own = self._pair("authority")
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-sha256",
                "-subj", f"/CN={name}", "-keyout", self.own.key, "-out", self.own.certificate)

    def server(self, host: str) -> Certificate:
        made, request = self._pair(host), self._folder / f"{host}.csr"
        openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={host}",
                "-addext", f"subjectAltName=DNS:{host}", "-keyout", made.key, "-out", request)
        openssl("x509", "-req", "-in", request, "-CA", self.own.certificate,
                "-CAkey", self.own.key, "-CAcreateserial", "-days", "2", "-sha256",
                "-copy_extensions", "copy", "-out", made.certificate)
        return made

    def _pair(self, name: str) -> Certificate:
        return Certificate(self._folder / f"{name}.crt", self._folder / f"{name}.key")


def openssl(*arguments: object) -> None:
    run = subprocess.run(
        ["openssl", *map(str, arguments)], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
