"""The port to the mail server: both mailers take any plain mail; SMTP delivers it, keeps the password inside TLS, and tells the
operator clearly when it cannot."""

from __future__ import annotations

import asyncio
import logging
import ssl
from pathlib import Path

import pytest
import trustme
from fakes.mail import MailServer, mail_server

from mediakiln.accounts.mail import LogMailer, Mailer, SmtpMailer, open_mailer
from mediakiln.errors import ConfigurationError, MailFailed
from mediakiln.settings import Settings

SENDER = "Mediakiln <kiln@example.com>"
PASSWORD = "p@ss/w:rd#"
TYPED = "p%40ss%2Fw%3Ard%23"
"""The password as it stands in a URL."""


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Who signs the mail server's certificate."""
    return trustme.CA()


@pytest.fixture
def tls(authority: trustme.CA) -> ssl.SSLContext:
    """What a mail server on loopback shows."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine trusts that authority, in the way an operator would make it."""
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))


@pytest.mark.parametrize("kind", ["smtp", "log"])
@pytest.mark.parametrize("text", ["Your code is 012345\n", "Zwölf Öfen, 三只猫\n", ".\n..dots\n", ""])
async def test_every_mailer_takes_any_text(kind: str, text: str) -> None:
    """Text of any script and with lines of dots; nothing is raised."""
    async with mail_server() as post:
        mailer: Mailer = SmtpMailer(post.url, SENDER) if kind == "smtp" else LogMailer()
        await mailer.send("ann@example.com", "A code", text)
        if kind == "smtp":
            assert [letter.text.strip() for letter in post.inbox] == [text.strip()]


async def test_a_mail_arrives_whole() -> None:
    """One recipient, our sender on both envelopes, a date, an id of our domain, and a word to auto-responders."""
    async with mail_server() as post:
        await SmtpMailer(post.url, SENDER).send("ann@example.com", "Your sign-in code", "012345\n")
    [letter] = post.inbox
    assert (letter.sender, letter.to) == ("kiln@example.com", ["ann@example.com"])
    assert (letter.message["From"], letter.message["To"]) == (SENDER, "ann@example.com")
    assert letter.message["Subject"] == "Your sign-in code"
    assert letter.message["Message-ID"].endswith("@example.com>")
    assert letter.message["Auto-Submitted"] == "auto-generated"
    assert letter.message["Date"]


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("at_once", [False, True])
@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # aiosmtpd does not see that it speaks TLS from the start
async def test_a_password_travels_inside_tls(tls: ssl.SSLContext, at_once: bool) -> None:
    """STARTTLS and smtps, and a password with signs that a URL must escape."""
    async with mail_server(tls=tls, at_once=at_once, password=PASSWORD) as post:
        scheme = "smtps" if at_once else "smtp"
        mailer = SmtpMailer(f"{scheme}://kiln:{TYPED}@127.0.0.1:{post.port}", SENDER)
        await mailer.send("ann@example.com", "A code", "012345\n")
    assert [(letter.secure, letter.user) for letter in post.inbox] == [(True, "kiln")]


@pytest.mark.usefixtures("trusted")
async def test_tls_is_used_when_offered(tls: ssl.SSLContext) -> None:
    """Also where no password is asked for."""
    async with mail_server(tls=tls) as post:
        await SmtpMailer(post.url, SENDER).send("ann@example.com", "A code", "012345\n")
    assert [letter.secure for letter in post.inbox] == [True]


async def refused(post: MailServer, url: str, caplog: pytest.LogCaptureFixture, *, level: int = logging.ERROR) -> str:
    """Nothing is delivered, the caller learns no cause, the operator does; returns what the log says."""
    with caplog.at_level(logging.WARNING), pytest.raises(MailFailed) as failed:
        await SmtpMailer(url, SENDER).send("ann@example.com", "A code", "012345\n")
    assert str(failed.value) == "The mail could not be sent. Check the address and try again shortly"
    assert post.inbox == []
    assert [record.levelno for record in caplog.records if record.name == "mediakiln.accounts.mail"] == [level]
    for secret in (PASSWORD, TYPED, "012345", "ann@example.com"):
        assert secret not in caplog.text
    return caplog.text


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
async def test_a_password_is_not_sent_without_tls(caplog: pytest.LogCaptureFixture) -> None:
    """A server (or somebody in between) that offers no STARTTLS gets no password, much as it would like one."""
    async with mail_server(password=PASSWORD) as post:
        assert "STARTTLS" in await refused(post, f"smtp://kiln:{TYPED}@127.0.0.1:{post.port}", caplog)
    assert post.heard == []


@pytest.mark.parametrize("at_once", [False, True])
@pytest.mark.filterwarnings("ignore:Requiring AUTH")
async def test_a_certificate_that_nobody_vouches_for(
    tls: ssl.SSLContext, at_once: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """It is refused before anything is said."""
    async with mail_server(tls=tls, at_once=at_once, password=PASSWORD) as post:
        scheme = "smtps" if at_once else "smtp"
        assert "certificate" in await refused(post, f"{scheme}://kiln:{TYPED}@127.0.0.1:{post.port}", caplog)


@pytest.mark.usefixtures("trusted")
async def test_a_wrong_password(tls: ssl.SSLContext, caplog: pytest.LogCaptureFixture) -> None:
    """The log says that it is the password."""
    async with mail_server(tls=tls, password="another") as post:
        assert "SMTPAuthenticationError" in await refused(post, f"smtp://kiln:{TYPED}@127.0.0.1:{post.port}", caplog)


async def test_a_server_that_is_out_of_order(caplog: pytest.LogCaptureFixture) -> None:
    """It answers, but takes nothing."""
    async with mail_server() as post:
        post.broken = True
        assert "out of order" in await refused(post, post.url, caplog)


async def test_an_address_that_does_not_exist(caplog: pytest.LogCaptureFixture) -> None:
    """The caller's slip of the finger does not alarm the operator."""
    async with mail_server() as post:
        post.refuses.add("ann@example.com")
        assert "550" in await refused(post, post.url, caplog, level=logging.WARNING)


async def test_an_address_that_no_header_can_hold(caplog: pytest.LogCaptureFixture) -> None:
    """An encoded word passes for an address; the line break inside it reaches no mail."""
    async with mail_server() as post:
        with caplog.at_level(logging.WARNING), pytest.raises(MailFailed):
            await SmtpMailer(post.url, SENDER).send("=?utf-8?q?=0d=0aBcc:eve?=@example.com", "Hello", "text")
        assert not post.inbox
    assert "mail.unwritable" in caplog.text


async def test_a_server_that_is_not_there(caplog: pytest.LogCaptureFixture) -> None:
    """Nobody listens."""
    async with mail_server() as gone:
        pass
    await refused(gone, gone.url, caplog)


async def test_a_server_that_says_nothing(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that takes the connection and is silent does not hold the caller for ever."""
    monkeypatch.setattr("mediakiln.accounts.mail.PATIENCE", 0.2)
    silent = await asyncio.start_server(lambda _reader, _writer: asyncio.sleep(10), "127.0.0.1", 0)
    url = f"smtp://127.0.0.1:{silent.sockets[0].getsockname()[1]}"
    await asyncio.wait_for(refused(MailServer(), url, caplog), 5)
    silent.close()


async def test_the_development_mailer_says_what_it_is(caplog: pytest.LogCaptureFixture) -> None:
    """One event at warning level, with the address, the text, and why it was not sent."""
    with caplog.at_level(logging.WARNING):
        await open_mailer(Settings()).send("ann@example.com", "A code", "Your code is 012345")
    [record] = caplog.records
    assert record.levelno == logging.WARNING
    for part in ("mail.development", "ann@example.com", "012345", "MEDIAKILN_SMTP_URL is not set"):
        assert part in caplog.text


@pytest.mark.parametrize(
    ("url", "sender", "says"),
    [
        ("http://kiln:secret@host", SENDER, "MEDIAKILN_SMTP_URL"),
        ("smtp://kiln:secret@", SENDER, "MEDIAKILN_SMTP_URL"),
        ("smtp://kiln:secret@host:port", SENDER, "MEDIAKILN_SMTP_URL"),
        ("kiln:secret@host:587", SENDER, "MEDIAKILN_SMTP_URL"),
        ("smtp://[kiln:secret@host", SENDER, "MEDIAKILN_SMTP_URL"),
        ("smtp://kiln:secret@host:587", "", "MEDIAKILN_MAIL_FROM"),
        ("smtp://kiln:secret@host:587", "nobody", "MEDIAKILN_MAIL_FROM"),
    ],
)
def test_a_wrong_setting_is_told_in_a_line(url: str, sender: str, says: str) -> None:
    """It names the variable and keeps the password to itself."""
    with pytest.raises(ConfigurationError) as wrong:
        open_mailer(Settings(smtp_url=url, mail_from=sender))
    assert says in str(wrong.value)
    assert "secret" not in str(wrong.value)
    assert "\n" not in str(wrong.value)
