"""Stands before a PostgreSQL and speaks TLS in long records, as poolers and proxies do.

PostgreSQL itself writes records of 8 KB at most. What is longer than the room that libpq has
stays with OpenSSL, where no poll of the socket shows it.
"""

import socket
import ssl
import struct
import threading
from contextlib import closing
from pathlib import Path
from select import select

from certificates import Certificate
from product import free_port

RECORD_BYTES = 16_384
SILENCE_SECONDS = 0.01
REQUEST_BYTES, TLS_REQUEST = 8, 80_877_103  # "Message Formats" of PostgreSQL's manual


class Relay:
    """Listens on loopback for the length of a `with` block."""

    def __init__(self, server_socket: Path, certificate: Certificate):
        self._server_socket = str(server_socket)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate.certificate, certificate.key)
        self.port = free_port()
        self.bytes = 0

    def __enter__(self) -> "Relay":
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _listen(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        request = plain.recv(REQUEST_BYTES, socket.MSG_WAITALL)
        if len(request) < REQUEST_BYTES or struct.unpack("!II", request)[1] != TLS_REQUEST:
            plain.close()
            return
        plain.sendall(b"S")
        server = socket.socket(socket.AF_UNIX)
        server.connect(self._server_socket)
        try:
            with closing(server), self._context.wrap_socket(plain, server_side=True) as client:
                self._relay(client, server)
        except OSError:
            pass  # one of them has gone

    def _relay(self, client: ssl.SSLSocket, server: socket.socket) -> None:
        while True:
            ready = [client] if client.pending() else select([client, server], [], [])[0]
            if client in ready:
                sent = client.recv(RECORD_BYTES)
                if not sent:
                    return
                server.sendall(sent)
            if server in ready:
                answer = self._answer(server)
                if not answer:
                    return
                self.bytes += len(answer)
                # The last record is a full one: behind it nothing comes that would wake libpq.
                short = len(answer) % RECORD_BYTES or RECORD_BYTES
                client.sendall(answer[:short])
                for start in range(short, len(answer), RECORD_BYTES):
                    client.sendall(answer[start:start + RECORD_BYTES])

    @staticmethod
    def _answer(server: socket.socket) -> bytes:
        """What comes until there is silence."""
        answer = server.recv(RECORD_BYTES)
        while answer and select([server], [], [], SILENCE_SECONDS)[0]:
            more = server.recv(RECORD_BYTES)
            if not more:
                break
            answer += more
        return answer
