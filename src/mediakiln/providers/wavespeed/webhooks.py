"""WaveSpeed signs its calls with HMAC-SHA256 over id, time and body; the secret is the account's `webhook_secret`
(`whsec_...`, from GET /api/v3/webhook/secret), whose prefix does not count (wavespeed.ai/docs, "Verifying Webhook")."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from mediakiln.errors import Forbidden
from mediakiln.providers.accounts import Account

MAX_AGE = 300.0
"""Seconds by which a call's time may differ from ours."""


def verify(account: Account, headers: Mapping[str, str], body: bytes, now: float) -> None:
    """Check signature and age (5 minutes). Raises Forbidden."""
    try:
        call, timestamp, signed = headers["webhook-id"], headers["webhook-timestamp"], headers["webhook-signature"]
        age = abs(now - int(timestamp))
    except (KeyError, ValueError) as error:
        raise Forbidden("the call is not signed as WaveSpeed signs") from error
    if age > MAX_AGE:
        raise Forbidden("the call is too old")
    secret = str(account.webhook_secret).removeprefix("whsec_")
    wanted = hmac.new(secret.encode(), b".".join((call.encode(), timestamp.encode(), body)), hashlib.sha256).hexdigest()
    version, _, given = signed.partition(",")
    if version != "v3" or not hmac.compare_digest(wanted.encode(), given.encode()):
        raise Forbidden("the signature is not WaveSpeed's")
