"""The moderation port and how an implementation is chosen."""

from __future__ import annotations

from typing import Protocol

from mediakiln import plugins
from mediakiln.generation import GenerationRequest
from mediakiln.settings import Settings


class Moderator(Protocol):
    """Decides whether a request may be made at all."""

    async def check(self, request: GenerationRequest) -> None:
        """Return, or raise `errors.ContentFiltered` with a sentence that the caller may read."""


class NoModeration:
    """Lets everything pass: for operators whose upstreams moderate."""

    async def check(self, request: GenerationRequest) -> None:
        """Allow the request."""


def open_moderator(settings: Settings) -> Moderator:
    """The implementation that `settings.moderation` names: `rules`, `off`, or `package.module:factory`.

    A factory is called with the settings and returns a Moderator. Raises ConfigurationError.
    """
    from mediakiln.moderation.rules import RuleList

    if settings.moderation == "off":
        return NoModeration()
    if settings.moderation == "rules":
        return RuleList.load(settings.moderation_rules)
    moderator: Moderator = plugins.make("moderation", settings, words="rules, off", method="check(request)")
    return moderator
