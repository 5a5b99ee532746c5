"""The default moderator: lists of words that may not meet in one prompt, in a data file an operator can replace."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Annotated, Self

import msgspec
from msgspec import Meta, Struct

from mediakiln.errors import ConfigurationError, ContentFiltered
from mediakiln.generation import GenerationRequest

Word = Annotated[str, Meta(pattern=r"\S")]
Words = Annotated[list[Word], Meta(min_length=1)]


class Rule(Struct, frozen=True, forbid_unknown_fields=True):
    """A prompt that holds a word of every list in `all_of` is refused. `reason` is shown to the caller."""

    reason: str
    all_of: Annotated[list[Words], Meta(min_length=1)]


class RuleFile(Struct, frozen=True, forbid_unknown_fields=True):
    """The data file. `innocent` phrases are taken out of a prompt before the rules look at it."""

    rules: list[Rule]
    innocent: list[Word] = []


class RuleList:
    """Checks prompts against rules. Latin words match whole, Chinese ones anywhere, for Chinese puts no blanks between."""

    def __init__(self, rules: Sequence[Rule], innocent: Sequence[str] = ()) -> None:
        self._innocent = _pattern(innocent) if innocent else None
        self._rules = [(rule.reason, [_Words(words) for words in rule.all_of]) for rule in rules]

    @classmethod
    def load(cls, path: Path | None) -> Self:
        """Read the operator's file, or the shipped one. Raises ConfigurationError."""
        try:
            raw = path.read_bytes() if path else resources.files(__package__).joinpath("rules.toml").read_bytes()
            found = msgspec.toml.decode(raw, type=RuleFile)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"moderation_rules: {path}: {error}") from None
        return cls(found.rules, found.innocent)

    async def check(self, request: GenerationRequest) -> None:
        """Raise ContentFiltered for the first rule that the prompt breaks. Negative prompts name what is not wanted."""
        text = _folded(request.prompt)
        suspects = [rule for rule in self._rules if all(words.may_be_in(text) for words in rule[1])]
        if not suspects:
            return
        if self._innocent is not None:
            # Something stays in the phrase's place: what stood on its two sides must not become one word.
            text = self._innocent.sub(" · ", text)
        for reason, lists in suspects:
            if all(words.pattern.search(text) for words in lists):
                raise ContentFiltered(f"Content was rejected by safety filters: {reason}")


class _Words:
    """One list of words. Looking for plain substrings first costs a tenth of the pattern, and settles most prompts."""

    def __init__(self, words: Sequence[str]) -> None:
        self._parts = tuple({_folded(word) for word in words})
        self.pattern = _pattern(words)

    def may_be_in(self, text: str) -> bool:
        """False when no word of the list is in the text, not even as a part of another."""
        return any(part in text for part in self._parts)


def _folded(text: str) -> str:
    """A text without what hides a word: case, accents, full-width letters, invisible characters, hyphens, odd blanks."""
    if text.isascii():
        return " ".join(text.lower().replace("-", " ").split())
    plain = unicodedata.normalize("NFKD", text.casefold())
    visible = (char for char in plain if unicodedata.category(char) not in ("Mn", "Cf"))
    return " ".join("".join(visible).replace("-", " ").split())


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    # Neighbours that are ASCII letters or digits make it another word; Chinese ones do not ("一张porn图片").
    longest_first = sorted({_folded(word) for word in words}, key=len, reverse=True)
    return re.compile("|".join(_bounded(word) for word in longest_first))


def _bounded(word: str) -> str:
    before = "(?<![a-z0-9])" if word[0].isascii() else ""
    after = "(?![a-z0-9])" if word[-1].isascii() else ""
    return before + re.escape(word) + after
