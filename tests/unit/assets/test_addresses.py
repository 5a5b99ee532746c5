"""The rules of the door that need no network."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from mediakiln.assets.addresses import Allowance, is_public, parse_target
from mediakiln.errors import ConfigurationError, FetchFailed

NOBODY = Allowance.parse(())

PRIVATE = """
0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.100.100.200 127.0.0.1 127.255.255.254 168.63.129.16 169.254.169.254 172.16.0.1
172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1
239.1.2.3 240.0.0.1 255.255.255.255 ::  ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1 64:ff9b::7f00:1
64:ff9b::808:808 64:ff9b:1::1 100::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1 2001:10::1 2001:20::1
2001:db8::1 2002:7f00:1::1 2002:808:808::1 3ffe::1 3fff::1 5f00::1 fc00::1 fd00:ec2::254 fd20:ce::254 fe80::1 fe80::1%eth0
fec0::1 ff02::1 2606:4700::5efe:127.0.0.1 2606:4700::200:5efe:10.0.0.1
"""


@pytest.mark.parametrize("text", PRIVATE.split())
def test_private_addresses(text: str) -> None:
    """Every special-purpose range, every way to carry an IPv4 address inside IPv6, and every metadata service is refused."""
    assert not is_public(ip_address(text))


@pytest.mark.parametrize("text", ["1.1.1.1", "8.8.8.8", "100.128.0.1", "172.32.0.1", "2606:4700::1111", "2a00:1450::1"])
def test_public_addresses(text: str) -> None:
    """Ordinary addresses, right up to the edges of the private ranges, pass."""
    assert is_public(ip_address(text))


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "gopher://example.com/",
        "ftp://example.com/a.png",
        "//example.com/a.png",
        "example.com/a.png",
        "",
        "http:",
        "http:///a.png",
        "http:example.com",
        "http://user@example.com/",
        "http://user:secret@example.com/",
        "http://:secret@example.com/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://017700000001/",
        "http://127.1/",
        "http://127.0.1/",
        "http://127.0.0.1/",
        "http://127.0.0.1./",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[fe80::1%25eth0]/",
        "http://[::1/",
        "http://１２７.0.0.1/",
        "http://127。0。0。1/",
        "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/",
        "http://127%2e0.0.1/",
        "http://localhost/",
        "http://LOCALHOST./",
        "http://a.localhost/",
        "http://a..b/",
        "http://-a.example/",
        "http://example.com:0/",
        "http://example.com:22/",
        "http://example.com:6379/",
        "http://example.com:65536/",
        "http://example.com:80:80/",
        "http://8.8.8.8:25/",
        "http://exa mple.com/",
        "http://example.com\\@127.0.0.1/",
        "http://example.com/\r\nX: y",
        "http://example.com/\x00",
        "http://" + "a" * 64 + ".example/",
        "http://example.com/" + "a" * 9000,
    ],
)
def test_bad_urls(url: str) -> None:
    """Other schemes, credentials, numeric disguises, odd characters and service ports are refused before any network."""
    with pytest.raises(FetchFailed):
        parse_target(url, NOBODY)


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("HTTP://EXAMPLE.com.:80/a?b=c#d", "example.com", 80),
        ("https://bücher.example/", "xn--bcher-kva.example", 443),
        ("https://example.com:8443/", "example.com", 8443),
        ("https://[2606:4700::1]:443/x", "2606:4700::1", 443),
        ("http://8.8.8.8/", "8.8.8.8", 80),
        ("https://my_bucket.s3.example.com/k?X-Sig=%2F", "my_bucket.s3.example.com", 443),
    ],
)
def test_good_urls(url: str, host: str, port: int) -> None:
    """Public URLs pass, in one normal form: lower case, IDNA, no trailing dot, no fragment."""
    target = parse_target(url, NOBODY)
    assert (target.host, target.port) == (host, port)
    assert "#" not in str(target.url)


def test_blocked_and_unreachable_read_alike() -> None:
    """The answer for a private address has no word that a refused connection has not."""
    with pytest.raises(FetchFailed, match=r"could not fetch .*; allowed: a public http or https address"):
        parse_target("http://169.254.169.254/latest?token=secret", NOBODY)
    with pytest.raises(FetchFailed) as caught:
        parse_target("http://10.0.0.1/?token=secret", NOBODY)
    assert "secret" not in str(caught.value)


def test_allowance() -> None:
    """An operator permits by name, by address and by network; a permitted host may use any port, others may not."""
    allow = Allowance.parse(("Minio.Internal.", "10.1.0.0/16", "::1", "127.0.0.1"))
    assert parse_target("http://minio.internal:22/", allow).port == 22
    assert parse_target("http://10.1.2.3:9000/", allow).literal == ip_address("10.1.2.3")
    assert parse_target("http://[::1]:1/", allow)
    assert allow.permits("any.example", ip_address("10.1.9.9"), 22)
    assert not allow.permits("any.example", ip_address("10.2.0.1"), 80)
    assert not allow.permits("any.example", ip_address("8.8.8.8"), 22)
    with pytest.raises(FetchFailed):
        parse_target("http://10.2.0.1/", allow)
    with pytest.raises(FetchFailed):
        parse_target("http://[::ffff:127.0.0.1]/", allow)


@pytest.mark.parametrize("entry", ["http://a/", "10.0.0.0/33", "a b", "", "*"])
def test_bad_allowance(entry: str) -> None:
    """A wrong entry is the operator's error, told in one line."""
    with pytest.raises(ConfigurationError, match="fetch_allow"):
        Allowance.parse((entry,))
