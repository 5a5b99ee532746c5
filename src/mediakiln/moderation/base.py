"""The moderation port and how an implementation is chosen."""

from __future__ import annotations

from importlib import import_module
from typing import Protocol

from mediakiln.errors import ConfigurationError
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
    module, _, name = settings.moderation.partition(":")
    if not module or not name:
        raise ConfigurationError(f"moderation: got {settings.moderation}; allowed: rules, off, package.module:factory")
    try:
        factory = getattr(import_module(module), name)
    except Exception as error:  # importing runs the operator's code: anything may come out of it
        raise ConfigurationError(f"moderation: cannot load {settings.moderation}: {error}") from error
    if not callable(factory):
        raise ConfigurationError(f"moderation: {settings.moderation} is no factory: it cannot be called")
    moderator: Moderator = factory(settings)
    if not callable(getattr(moderator, "check", None)):
        raise ConfigurationError(f"moderation: {settings.moderation} returned {moderator!r}, which has no check(request)")
    return moderator
