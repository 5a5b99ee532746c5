"""Words that may be two things: "orange" the fruit or the colour, "watch" the thing or the verb. The words around them decide."""

from __future__ import annotations

from functools import cache
from typing import cast

from msgspec.structs import replace

from mediakiln.providers.studio.words import Hit, Reading, lexicon, singular

DETERMINERS = frozenset(
    {"a", "an", "the", "this", "that", "my", "your", "his", "her", "its", "our", "their", "some", "each", "every"}
)
RIPE = frozenset(
    {"fresh", "ripe", "juicy", "sliced", "half", "peeled", "whole", "single", "blooming", "wild", "dried", "organic", "of"}
)
# What may follow a noun but no colour before its noun.
AFTER_A_NOUN = frozenset(
    [
        *(
            "on",
            "in",
            "at",
            "with",
            "and",
            "or",
            "under",
            "over",
            "beside",
            "by",
            "near",
            "next",
            "from",
            "to",
            "is",
            "are",
            "that",
        ),
        *(
            "sitting",
            "lying",
            "growing",
            "floating",
            "hanging",
            "falling",
            "resting",
            "placed",
            "cut",
            "into",
            "against",
            "behind",
        ),
        *(",", ".", ";", "!", "?", ":", "tree", "trees", "petals", "petal", "bush", "bouquet", "blossom"),
    ]
)
PRONOUNS = frozenset({"i", "you", "we", "they", "he", "she", "it", "who", "that", "to", "and", "will"})


def told_apart(reading: Reading) -> Reading:
    """The reading with one meaning left to each word that could be a colour, a thing or a verb."""
    hits = []
    for index, hit in enumerate(reading.hits):
        base = singular(hit.text)
        if base in _either("colour") and hit.get("colour") and hit.get("subject"):
            hit = _without(hit, "colour" if _is_thing(reading, index) else "subject")
        if base in _either("verb") and hit.get("subject") and _is_verb(reading, index):
            hit = _without(hit, "subject")
        if hit.text in ("black and white", "black-and-white", "黑白") and hit.end < len(reading.tokens):
            # "a black and white cat" is no photograph of one.
            following = reading.tokens[hit.end]
            if following.isalpha() and following not in AFTER_A_NOUN:
                hit = replace(hit, means=(("colour", "white"),))
        if hit.means:
            hits.append(hit)
    return replace(reading, hits=tuple(hits))


@cache
def _either(row: str) -> frozenset[str]:
    return frozenset(cast(list[str], lexicon().tables["either"][row]))


def _without(hit: Hit, category: str) -> Hit:
    return replace(hit, means=tuple(mean for mean in hit.means if mean[0] != category))


def _is_thing(reading: Reading, index: int) -> bool:
    """Whether a colour's word is a noun here: a plural, or with nothing behind it that could have the colour."""
    hit, tokens = reading.hits[index], reading.tokens
    if hit.plural or len(tokens) == hit.end - hit.start:
        return True
    before = tokens[hit.start - 1] if hit.start else ""
    after = tokens[hit.end] if hit.end < len(tokens) else "."
    if after not in AFTER_A_NOUN:
        return False
    later = next((h for h in reading.hits[index + 1 : index + 3] if 0 <= h.start - hit.end <= 1), None)
    if after in ("and", "or", ",") and later is not None and later.get("colour") and later.start == hit.end + 1:
        return False
    led = before in DETERMINERS or before in RIPE or (not hit.start and after not in ("and", "or"))
    earlier = reading.hits[index - 1] if index else None
    counted = earlier is not None and earlier.end == hit.start and bool(earlier.get("number") or earlier.get("trait"))
    return led or counted


def _is_verb(reading: Reading, index: int) -> bool:
    """Whether a thing's word is a verb here: somebody before it and an object or a direction behind it."""
    hit, tokens = reading.hits[index], reading.tokens
    before = tokens[hit.start - 1] if hit.start else ""
    after = tokens[hit.end] if hit.end < len(tokens) else ""
    if not hit.text.isascii() or before in DETERMINERS:
        return False
    if before in PRONOUNS and hit.text in ("watch", "can", "cook", "fly", "seal", "ring", "bear", "park", "drum"):
        return True
    if hit.text == "can" and (not before or (after.isalpha() and before.isalpha() and after not in AFTER_A_NOUN)):
        return after not in ("", ",", ".")
    earlier = reading.hits[index - 1] if index else None
    actor = earlier is not None and earlier.end == hit.start and bool(earlier.get("subject") or earlier.get("extra") == "sun")
    return actor and (after in DETERMINERS or after in ("over", "above", "as", "from", "slowly", "up", "together", "for"))
