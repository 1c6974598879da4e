"""A mail server on loopback that keeps what it gets: STARTTLS and a sign-in, as a relay asks."""

import ssl
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope

from certificates import Certificate
from product import free_port

USER, PASSWORD = "crm@vantage.example", "relay secret: ü"


class MailServer:
    """Refuses who has not signed in over TLS, as a `with` block."""

    def __init__(self, certificate: Certificate):
        self.got: list[tuple[Envelope, EmailMessage]] = []
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate.certificate, certificate.key)
        self.port = free_port()
        self._controller = Controller(
            self, hostname="127.0.0.1", port=self.port, tls_context=tls, require_starttls=True,
            auth_required=True, authenticator=self._check)

    def __enter__(self) -> "MailServer":
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    async def handle_DATA(self, server, session, envelope: Envelope) -> str:
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.got.append((envelope, message))
        return "250 Kept"

    @staticmethod
    def _check(server, session, envelope, mechanism, given) -> AuthResult:
        right = (given.login, given.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right)

    def newest(self, count: int) -> EmailMessage:
        assert len(self.got) == count, f"{len(self.got)} messages instead of {count}"
        return self.got[-1][1]
