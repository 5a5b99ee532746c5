"""What a prompt names only to leave it out: "no people", 没有云, and the negative prompt."""

from __future__ import annotations

from mediakiln.providers.studio.words import Hit, Reading, read


def refused(reading: Reading) -> set[int]:
    """Hits that follow a "no" or 没有 closely: they are named only to be left out."""
    out: set[int] = set()
    for index, hit in enumerate(reading.hits):
        if hit.get("not") is None:
            continue
        out.add(index)
        for later in range(index + 1, len(reading.hits)):
            other = reading.hits[later]
            if other.start - hit.end > 2:
                break
            if other.get("number") is None:
                out.add(later)
                break
    return out


def avoided(negative_prompt: str) -> set[str]:
    """Everything the negative prompt names, whatever it is."""
    named = names_of([hit for hit in read(negative_prompt).hits if not hit.get("number") and not hit.get("relation")])
    return named | ({"child"} if "person" in named else set())


def names_of(hits: list[Hit]) -> set[str]:
    """Every canonical name among the hits."""
    return {name for hit in hits for _, name in hit.means}


def first(hits: list[Hit], category: str, avoid: set[str]) -> str:
    """The first meaning in a category that is not refused, or ""."""
    return next((name for hit in hits if (name := hit.get(category)) and name not in avoid), "")
