"""The default optimizer: it adds a phrase for each aspect of a picture that the prompt says nothing about.

No word of the caller's is changed and no thing is added to the picture; an upstream model that is told of light, framing and
detail makes more of the same words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib import resources
from typing import Self

import msgspec
from msgspec import Struct

LONGEST = 4_000
"""Characters from which a prompt has said enough."""
_CHINESE = re.compile(r"[㐀-鿿豈-﫿]")


class Aspect(Struct, frozen=True, forbid_unknown_fields=True):
    """An aspect is left open when none of `words` is in the prompt; `en` and `zh` then speak for it, for a picture that is edited
    only if `editing`."""

    words: tuple[str, ...]
    en: str
    zh: str
    editing: bool = False


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    aspects: tuple[Aspect, ...]


class AspectRules:
    """Completes prompts from a list of aspects, in their order."""

    def __init__(self, aspects: Sequence[Aspect]) -> None:
        self._aspects = [(aspect, _pattern(aspect.words)) for aspect in aspects]

    @classmethod
    def load(cls) -> Self:
        """The shipped list."""
        raw = resources.files(__package__).joinpath("aspects.toml").read_bytes()
        return cls(msgspec.toml.decode(raw, type=_File).aspects)

    async def optimize(self, prompt: str, style: str = "", *, editing: bool = False) -> str:
        """See `PromptOptimizer`. The same words give the same answer, and an optimized prompt is left as it is."""
        wish = [part for part in (prompt.strip().rstrip(",，。;；"), style.strip()) if part]
        said = " ".join(wish).lower()
        if not said or len(said) > LONGEST:
            return prompt
        chinese = _CHINESE.search(said) is not None
        wish += [
            aspect.zh if chinese else aspect.en
            for aspect, pattern in self._aspects
            if not pattern.search(said) and (aspect.editing or not editing)
        ]
        return ("，" if chinese else ", ").join(wish)


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    """Latin words at their beginning ("light" in "lighting", not in "flight"), Chinese ones anywhere."""
    return re.compile("|".join(("(?<![a-z])" if word.isascii() else "") + re.escape(word) for word in words))
