"""Several processes of one installation over one PostgreSQL, with nginx before them."""

import signal
import subprocess
import tempfile
from contextlib import ExitStack
from pathlib import Path

import httpx

from load import wait_until
from postgres import PostgreSQL
from product import ROOT, Company, Process, Server, create_company, free_port

CONFIGURATION = ROOT / "docs/deploy/nginx.conf"
PORTS = (8081, 8082, 8083)


class Fleet:
    """What a `with` block starts ends with it. Nothing but loopback is listened on."""

    def __init__(self, folder: Path):
        self.data = folder / "data"
        self.data.mkdir()
        self.webs: list[Server] = []
        self.works: list[Process] = []

    def __enter__(self) -> "Fleet":
        self._stack = ExitStack()
        with self._stack as stack:
            self.database = stack.enter_context(PostgreSQL())
            self.environment = {
                "IPERFORM_DATABASE": self.database.database("iperform"),
                "IPERFORM_TRUSTS_PROXY": "true",
                "IPERFORM_REQUESTS_A_MINUTE": "100000000",
            }
            self.company: Company = create_company(self.data, "Fleet Trading", self.environment)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *problem: object) -> None:
        self._stack.__exit__(*problem)

    def add_web(self, *flags: str) -> Server:
        web = Server(
            self.data, *flags, environment=self.environment, name=f"-web-{len(self.webs) + 1}")
        self.webs.append(self._stack.enter_context(web))
        return web

    def add_work(self) -> Process:
        name = f"-work-{len(self.works) + 1}"
        work = Process(self.data, "work", environment=self.environment, name=name)
        self.works.append(self._stack.enter_context(work))
        return work

    def add_nginx(self) -> str:
        """nginx with the configuration of the documents, at other ports; returns its address."""
        return self._stack.enter_context(Nginx([web.port for web in self.webs])).base

    def session(self, base: str, **options) -> tuple[dict[str, str], str]:
        """Signs a browser in; returns its cookies, and the proof that its writes carry."""
        answer = httpx.post(
            f"{base}/api/v1/sessions", json=self.company.credentials, trust_env=False, **options)
        assert answer.status_code == 201, answer.text
        return dict(answer.cookies), answer.json()["csrf"]


class Nginx:
    """nginx in the foreground, its files in a folder of its own."""

    def __init__(self, ports: list[int]):
        self._ports = ports
        self._port = free_port()
        self.base = f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> "Nginx":
        self._folder = tempfile.TemporaryDirectory(prefix="iperform-nginx-")
        folder = Path(self._folder.name)
        folder.chmod(0o755)  # started by root it keeps what it receives as somebody else
        text = CONFIGURATION.read_text()
        for written, port in zip(PORTS, self._ports, strict=True):
            assert f"127.0.0.1:{written} " in text
            text = text.replace(f"127.0.0.1:{written} ", f"127.0.0.1:{port} ")
        assert "listen 80;" in text
        (folder / "iperform.conf").write_text(
            text.replace("listen 80;", f"listen 127.0.0.1:{self._port};"))
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        places = "\n".join(f"    {kind}_temp_path {folder}/{kind};" for kind in kinds)
        (folder / "nginx.conf").write_text(
            f"daemon off;\npid {folder}/pid;\nerror_log {folder}/error.log;\n"
            "events { worker_connections 512; }\n"
            f"http {{\n    access_log off;\n{places}\n    include {folder}/iperform.conf;\n}}\n")
        self._process = subprocess.Popen(
            # It ends with who started it.
            ["setpriv", "--pdeathsig=TERM", "/usr/sbin/nginx", "-e", f"{folder}/error.log",
             "-c", f"{folder}/nginx.conf"])
        try:
            wait_until(self._answers, "nginx answers")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(15)
        self._folder.cleanup()

    def _answers(self) -> bool:
        assert self._process.poll() is None, (Path(self._folder.name) / "error.log").read_text()
        try:
            return httpx.get(f"{self.base}/readyz", trust_env=False).status_code == 200
        except httpx.TransportError:
            return False
