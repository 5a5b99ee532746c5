"""Replicate signs its calls by Standard Webhooks; the secret is the account's `webhook_secret` (`whsec_...`)."""

from __future__ import annotations

from collections.abc import Mapping

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from mediakiln.errors import Forbidden
from mediakiln.providers.accounts import Account


def verify(account: Account, headers: Mapping[str, str], body: bytes, now: float) -> None:
    """Check signature and age (5 minutes). Raises Forbidden."""
    try:
        Webhook(account.webhook_secret).verify(body, dict(headers))
    except (WebhookVerificationError, ValueError, KeyError) as error:
        raise Forbidden("the signature is not Replicate's") from error
