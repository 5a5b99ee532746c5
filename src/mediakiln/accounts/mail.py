"""The port to the mail server: SMTP, or the log while nobody has set one up."""

from __future__ import annotations

import asyncio
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib
import structlog

from mediakiln.errors import ConfigurationError, MailFailed
from mediakiln.settings import Settings

PATIENCE = 20.0
"""Seconds one mail may take, the connection included."""
FAILED = "The mail could not be sent. Check the address and try again shortly"

log = structlog.get_logger(__name__)


class Mailer(Protocol):
    """Sends a mail in plain text to one address."""

    async def send(self, to: str, subject: str, text: str) -> None:
        """Hand a mail over. Raises MailFailed, after the operator was told the cause."""


def open_mailer(settings: Settings) -> Mailer:
    """The mailer that these settings configure. Raises ConfigurationError in one line."""
    return SmtpMailer(settings.smtp_url, settings.mail_from) if settings.smtp_url else LogMailer()


class LogMailer:
    """For development: what it is given stands in the server's log, and is sent to nobody."""

    async def send(self, to: str, subject: str, text: str) -> None:
        """Write the mail into the log."""
        log.warning("mail.development", to=to, subject=subject, text=text, note="not sent: MEDIAKILN_SMTP_URL is not set")


class SmtpMailer:
    """Hands mails to a server by SMTP. A password crosses the network only inside TLS, whose certificate is checked.

    `url` is `smtp://[user:password@]host[:port]` (STARTTLS when offered, always with a password) or `smtps://...`.
    """

    def __init__(self, url: str, sender: str) -> None:
        try:
            parts = urlsplit(url)
            self._port = parts.port
        except ValueError:
            raise ConfigurationError("MEDIAKILN_SMTP_URL cannot be read; expected smtp://user:password@host:587") from None
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ConfigurationError("MEDIAKILN_SMTP_URL: expected smtp://user:password@host:587 or smtps://...")
        self._envelope_sender = parseaddr(sender)[1]
        if "@" not in self._envelope_sender:
            raise ConfigurationError("MEDIAKILN_MAIL_FROM: expected an address such as Mediakiln <no-reply@example.com>")
        self._sender = sender
        self._host = parts.hostname
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password or "") if self._user else None
        self._tls = parts.scheme == "smtps"
        self._start_tls = False if self._tls else True if self._user else None

    async def send(self, to: str, subject: str, text: str) -> None:
        """Send it in a connection of its own: mails are rare, and servers close idle connections."""
        try:
            async with asyncio.timeout(PATIENCE):
                await aiosmtplib.send(
                    self._message(to, subject, text),
                    sender=self._envelope_sender,
                    recipients=[to],
                    hostname=self._host,
                    port=self._port,
                    username=self._user,
                    password=self._password,
                    use_tls=self._tls,
                    start_tls=self._start_tls,
                    timeout=PATIENCE,
                )
        except aiosmtplib.SMTPRecipientsRefused as error:
            # A mistyped address is not the operator's fault.
            log.warning("mail.refused", codes=[refused.code for refused in error.recipients])
            raise MailFailed(FAILED) from None
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            log.error("mail.failed", server=self._host, error=f"{type(error).__name__}: {error}")
            raise MailFailed(FAILED) from None
        except ValueError as error:
            # No header can hold it: what looks like an address may be an encoded word (RFC 2047) with anything inside.
            log.warning("mail.unwritable", error=type(error).__name__)
            raise MailFailed(FAILED) from None

    def _message(self, to: str, subject: str, text: str) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._sender, to, subject
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain=self._envelope_sender.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        return message
