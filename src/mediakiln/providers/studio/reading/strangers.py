"""Nouns that no list of ours has: they still stand in the picture, as an exhibit that bears its word."""

from __future__ import annotations

from functools import cache
from typing import cast

from mediakiln.providers.studio.reading.subject import Subject
from mediakiln.providers.studio.words import Reading, lexicon

# How words end that are seldom things.
NO_NOUNS = ("ing", "ly", "ous", "ful", "less", "able", "ible", "ish", "ized", "ised", "-style", "-like")
# How words for people end that are seldom anything else.
TRADES = ("ist", "ian", "eer", "man", "woman", "instructor", "trainer", "keeper", "smith", "officer", "coach", "maid")
# Chinese measure words that stand between a number and an unknown noun.
MEASURES = "台支把张座架个只条部件幅口根枚块"


def stranger(reading: Reading, negative_prompt: str, shop: bool = False) -> tuple[Subject, ...]:
    """The first noun that we do not know, as an emblem that bears its word ("a xylophone", 一台望远镜), if any.

    Nouns stand after "a", a number or a colour; in a `shop`'s words also by themselves, after the colon where there is one.
    """
    empty = _empty()
    known = {at for hit in reading.hits for at in range(hit.start, hit.end)}
    counted = [hit for hit in reading.hits if hit.get("number") or hit.get("colour") or hit.get("trait")]
    run: list[str] = []
    colour, count, led = "", 1, False
    tokens = reading.tokens
    begin = next((at for at, token in enumerate(tokens[:-1]) if token in (":", "\uff1a")), -1) if shop else -1
    for at, token in enumerate((*tokens, ".")):
        if at <= begin:
            continue
        chinese = "\u3400" <= token <= "\u9fff"
        if at not in known and (chinese or token.isalpha()) and token not in empty and not token.endswith(NO_NOUNS):
            run.append(token)
            if len(run) == 1:
                before = [hit for hit in counted if 0 <= at - hit.end <= 1]
                led = bool(before) or led
                colour = next((hit.get("colour") or "" for hit in before if hit.get("colour")), colour)
                count = next((int(hit.get("number") or 1) for hit in before if hit.get("number")), count)
            continue
        if run and (led or shop or len(run) == len(reading.tokens)):
            if run[-1].endswith(TRADES):
                return (Subject("person", colour, min(count, 5)),)
            word = "".join(run).lstrip(MEASURES)[-6:] if "\u3400" <= run[0] <= "\u9fff" else _named(run, shop)
            return () if word in negative_prompt else (Subject("emblem", colour, min(count, 5), traits=("=" + word,)),)
        run, led = [], led and at in known
    return ()


@cache
def _empty() -> frozenset[str]:
    """Words that are no things."""
    return frozenset(word for row in lexicon().tables["empty"].values() for word in cast(list[str], row))


def _named(run: list[str], shop: bool) -> str:
    """The word for the plaque: the last of the unknown ones; a shop's also with the one before it where both fit."""
    both = " ".join(run[-2:])
    return both if shop and len(both) <= 18 else run[-1][:14]
