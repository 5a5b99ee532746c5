"""A mailer that keeps what it is given, and somebody else's mail server: real SMTP on loopback, in this event loop.

async with mail_server() as post:
    mailer = SmtpMailer(post.url, "Kiln <kiln@example.com>")
    ...
    assert post.inbox[-1].to == ["ann@example.com"]
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from mediakiln.errors import MailFailed

_CODE = re.compile(r"\b\d{6}\b")


class Outbox:
    """A mailer that sends nothing: `sent` has every (address, text); while it is `down`, it fails."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.down = False

    async def send(self, to: str, _subject: str, text: str) -> None:
        """Keep a mail."""
        await asyncio.sleep(0)
        if self.down:
            raise MailFailed("down")
        self.sent.append((to, text))

    @property
    def code(self) -> str:
        """The code in the last mail."""
        return code_in(self.sent[-1][1])


def code_in(text: str) -> str:
    """The sign-in code in a mail."""
    [code] = _CODE.findall(text)
    return str(code)


@dataclass
class Letter:
    """A mail that arrived; `secure` when it came inside TLS, `user` when somebody logged in."""

    sender: str
    to: list[str]
    message: EmailMessage
    secure: bool
    user: str | None

    @property
    def text(self) -> str:
        """Its body."""
        return str(self.message.get_content()).replace("\r\n", "\n")

    @property
    def code(self) -> str:
        """The sign-in code in it."""
        return code_in(self.text)


@dataclass
class MailServer:
    """`heard` are the passwords it was told, `refuses` the addresses it does not know; `broken` makes it refuse every mail."""

    port: int = 0
    inbox: list[Letter] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)
    broken: bool = False

    @property
    def url(self) -> str:
        """For MEDIAKILN_SMTP_URL, without TLS and password."""
        return f"smtp://127.0.0.1:{self.port}"

    def to(self, address: str) -> list[Letter]:
        """What arrived for one address."""
        return [letter for letter in self.inbox if address in letter.to]

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        """Take a recipient, or not."""
        if address in self.refuses:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Take a mail, or not."""
        if self.broken:
            return "451 out of order"
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        secure = server.transport.get_extra_info("ssl_object") is not None
        user = session.auth_data.login.decode() if session.authenticated else None
        self.inbox.append(Letter(envelope.mail_from, envelope.rcpt_tos, message, secure, user))
        return "250 OK"


@asynccontextmanager
async def mail_server(
    *, tls: ssl.SSLContext | None = None, at_once: bool = False, password: str = ""
) -> AsyncIterator[MailServer]:
    """A mail server. With `tls` it offers STARTTLS, or speaks TLS `at_once`; with `password` it wants `kiln` to log in, also
    without TLS when it has none."""
    post = MailServer()

    def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        assert isinstance(given, LoginPassword)
        post.heard.append(given.password.decode())
        right = (given.login, given.password) == (b"kiln", password.encode())
        return AuthResult(success=right, handled=right, auth_data=given)

    def protocol() -> SMTP:
        return SMTP(
            post,
            loop=asyncio.get_running_loop(),
            hostname="localhost",
            tls_context=None if at_once else tls,
            authenticator=check if password else None,
            auth_required=bool(password),
            auth_require_tls=tls is not None and not at_once,
        )

    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0, ssl=tls if at_once else None)
    post.port = server.sockets[0].getsockname()[1]
    try:
        yield post
    finally:
        server.close()
        await server.wait_closed()
