"""Which URLs and addresses the server may dial. Pure: no network, no clock, no settings.

An address is public when the IANA special-purpose registries (RFC 6890 and its updates) call it globally reachable and it
carries no other address inside. The lists are written out because `ipaddress.is_global` differs between Python releases.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import httpx
from msgspec import Struct

from mediakiln.errors import ConfigurationError, FetchFailed, Unreachable, shorten

IPAddress = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network

URL_LIMIT = 8_192
"""Longest URL that is looked at, in characters."""

_PRIVATE_V4 = tuple(
    IPv4Network(net)
    for net in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT; also 100.100.100.200, a cloud metadata service
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's host agent, in public space
        "169.254.0.0/16",  # link-local; also every 169.254.169.254
        "172.16.0.0/12",
        "192.0.0.0/24",  # IETF protocol assignments; also 192.0.0.192, a cloud metadata service
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",  # 6to4 relay anycast
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_UNICAST_V6 = IPv6Network("2000::/3")
"""The only global unicast space. Outside lie ::1, IPv4-mapped, NAT64 (64:ff9b::/96, 64:ff9b:1::/48), ULA, link-local,
site-local and multicast, so a new special range there is refused without being listed."""
_PRIVATE_V6 = tuple(
    IPv6Network(net)
    for net in (
        "2001::/23",  # IETF protocol assignments: Teredo, ORCHID, benchmarking, AMT
        "2001:db8::/32",
        "2002::/16",  # 6to4 carries an IPv4 address
        "2620:4f:8000::/48",
        "3ffe::/16",
        "3fff::/20",
    )
)
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)
"""Upper half of an interface id that carries an IPv4 address (RFC 5214)."""

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_OTHER_SERVICES = frozenset(
    {1433, 1521, 1719, 1720, 1723, 2049, 2375, 2379, 3306, 3389, 3659, 4045, 4190, 5060, 5061, 5432, 5900, 6379, 6566}
    | {*range(6000, 6064), *range(6665, 6670), 6679, 6697, 9042, 9092, 10080, 11211, 27017}
)
"""Ports above 1023 where no web server lives: the Fetch standard's list, and databases and remote control."""


def is_public(address: IPAddress) -> bool:
    """True when the address is one anybody on the Internet would reach."""
    if isinstance(address, IPv4Address):
        return not any(address in net for net in _PRIVATE_V4)
    if address.scope_id is not None or address not in _UNICAST_V6 or any(address in net for net in _PRIVATE_V6):
        return False
    return int(address) >> 32 & 0xFFFF_FFFF not in _ISATAP


def is_web_port(port: int) -> bool:
    """True for 80, 443 and the unprivileged ports that no other well-known service owns."""
    return port in (80, 443) or (port > 1023 and port not in _OTHER_SERVICES)


class Allowance(Struct, frozen=True):
    """What an operator permits beside the public Internet: host names (lower case) and networks."""

    hosts: frozenset[str] = frozenset()
    networks: tuple[IPNetwork, ...] = ()

    @classmethod
    def parse(cls, entries: Iterable[str]) -> Allowance:
        """Read `MEDIAKILN_FETCH_ALLOW`: host names, addresses or CIDR networks. Raises ConfigurationError."""
        hosts: set[str] = set()
        networks: list[IPNetwork] = []
        for entry in entries:
            name = entry.strip().lower().rstrip(".")
            try:
                networks.append(ip_network(name.strip("[]")))
            except ValueError:
                if not _is_name(name):
                    raise ConfigurationError(f"fetch_allow: {entry!r} is neither a host name nor a CIDR network") from None
                hosts.add(name)
        return cls(frozenset(hosts), tuple(networks))

    def names(self, host: str) -> bool:
        """True when this very host name is permitted, whatever it resolves to."""
        return host in self.hosts

    def permits(self, host: str, address: IPAddress, port: int) -> bool:
        """True when `address`, reached under the name `host`, may be dialled at `port`."""
        if host in self.hosts or any(address in net for net in self.networks):
            return True
        return is_public(address) and is_web_port(port)


class Target(Struct, frozen=True):
    """A URL that passed every check which needs no network. `literal` is set when the host is an address."""

    url: httpx.URL
    host: str
    port: int
    literal: IPAddress | None

    @property
    def shown(self) -> str:
        """The URL for a message: without its query, which may hold a signature."""
        path = self.url.raw_path.partition(b"?")[0]
        return f"{self.url.scheme}://{(self.url.netloc + path).decode('ascii')}"


def parse_target(url: str, allow: Allowance) -> Target:
    """Check scheme, credentials, host and port of `url`; normalise case, IDNA and a trailing dot.

    Ports: `is_web_port` on the Internet, any on what the operator permits.
    Raises FetchFailed. A private address and an unreachable one read the same (`unreachable`).
    """
    parsed = _parse(url)
    host = _host(parsed)
    literal = _literal(host)
    port = parsed.port or _DEFAULT_PORTS[parsed.scheme]
    if not (is_web_port(port) or allow.names(host) or allow.networks):
        raise FetchFailed(f"got port {port}; allowed: 80, 443 or a web server's port above 1023")
    if literal is not None and not allow.permits(host, literal, port):
        raise unreachable(url)
    if (host == "localhost" or host.endswith(".localhost")) and not (allow.names(host) or allow.networks):
        raise unreachable(url)
    return Target(parsed.copy_with(host=host), host, port, literal)


def unreachable(url: str) -> Unreachable:
    """The one answer for refused, blocked, unresolvable, timed out and broken: it tells nothing about what is behind."""
    shown = shorten(url.partition("?")[0])
    return Unreachable(f"could not fetch {shown}; allowed: a public http or https address that answers in full and in time")


def _parse(url: str) -> httpx.URL:
    scheme = url.partition(":")[0].lower()
    if scheme not in _DEFAULT_PORTS:
        raise FetchFailed(f"got {shorten(url)}; allowed: an http or https URL")
    if len(url) > URL_LIMIT:
        raise FetchFailed(f"got a URL of {len(url)} characters; allowed: at most {URL_LIMIT}")
    # Other parsers read a backslash or a blank as the end of the host: such a URL means two things at once.
    if "\\" in url or any(char.isspace() for char in url):
        raise FetchFailed(f"got {shorten(url)}; allowed: a URL without blanks and backslashes")
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError, UnicodeError):
        raise FetchFailed(f"got {shorten(url)}; allowed: an absolute http or https URL") from None
    if parsed.userinfo or "@" in parsed.netloc.decode("ascii"):
        raise FetchFailed("got a URL with a user name or password; allowed: a URL without credentials")
    if parsed.port is not None and not 0 < parsed.port < 65_536:
        raise FetchFailed(f"got port {parsed.port}; allowed: 1-65535")
    return parsed.copy_with(fragment=None)


def _host(url: httpx.URL) -> str:
    """The host in the one form that is checked, dialled and sent: ASCII, lower case, no trailing dot."""
    host = url.raw_host.decode("ascii").lower()
    if ":" in host:
        return host
    host = host.removesuffix(".")
    if _literal(host) is None and not _is_name(host):
        raise FetchFailed(f"got host {shorten(host)}; allowed: a host name or a plain IP address")
    return host


def _literal(host: str) -> IPAddress | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _is_name(host: str) -> bool:
    """A DNS name. One that ends in a number (`2130706433`, `0x7f.1`, `127.1`) is an address in disguise (WHATWG URL 3.5)."""
    labels = host.split(".")
    return len(host) <= 253 and all(_LABEL.fullmatch(label) for label in labels) and not _NUMBER.fullmatch(labels[-1])
