"""Colours that belong to the whole picture and to no thing in it."""

from __future__ import annotations

from mediakiln.providers.studio.reading.doing import CLAUSE_ENDS, bounded
from mediakiln.providers.studio.words import Hit, Reading, singular

# What a colour may stand before and still colour the whole, or nothing at all ("blue to purple").
OF_THE_WHOLE = (
    *("sky", "light", "lighting", "glow", "tone", "toned", "hue", "hued", "tint", "tinted", "shade", "colour", "color"),
    *("palette", "theme", "scheme", "gradient", "background", "backdrop", "atmosphere", "air", "mood", "ambience", "filter"),
    *("wash", "accent", "horizon", "dreamscape", "world", "scene", "picture", "image", "abstract", "pattern", "swirl", "wave"),
    *("energy", "dream", "to", "or", "with", "in", "on", "over", "at", "of", "like", "everywhere", "tonight"),
    *("调", "色", "光", "天", "背", "氛", "系", "渐", "世", "主", "基", "与", "和", "到"),
    *("画", "抽", "梦", "空", "霞", "暮", "夜", "雾"),
)


def loose_colours(reading: Reading, hits: list[Hit]) -> tuple[str, ...]:
    """Colours that belong to no thing: "a purple sky", "teal and orange"."""
    loose: list[str] = []
    for i, hit in enumerate(hits):
        name = hit.get("colour")
        if not name:
            continue
        owned = any(
            (other.get("subject") or other.get("trait"))
            and other.start >= hit.end
            and other.start - hit.end <= 3
            and not bounded(reading, hit.end, other.start)
            for other in hits[i + 1 : i + 4]
        )
        # "a green meadow", "blue ocean": the place has that colour anyway; only the sky and the whole take a loose colour.
        place = any(other.get("setting") and 0 <= other.start - hit.end <= 1 for other in hits[i + 1 : i + 3])
        if not owned and not place and not hit.get("extra") and not _of_a_stranger(reading, hits, hit):
            loose.append(name)
    return tuple(dict.fromkeys(loose))


def _of_a_stranger(reading: Reading, hits: list[Hit], colour: Hit) -> bool:
    """Whether a colour stands before a noun that is not known: a yellow raincoat turns no sky yellow."""
    after = colour.end
    if after < len(reading.tokens) and reading.tokens[after] == "的":
        after += 1
    if after >= len(reading.tokens) or any(other.start <= after < other.end for other in hits):
        return False
    word = reading.tokens[after]
    if "\u3400" <= word <= "\u9fff":
        return not "".join(reading.tokens[after : after + 2]).startswith(OF_THE_WHOLE)
    return word.isalpha() and word not in CLAUSE_ENDS and singular(word) not in OF_THE_WHOLE
