"""The hour and the weather."""

from __future__ import annotations

from mediakiln.providers.studio.reading.subject import Subject
from mediakiln.providers.studio.words import Hit

NIGHT_THINGS = ("stars", "milkyway", "aurora", "fireflies", "fireworks", "night", "crescent")


def weather_named(hits: list[Hit], setting: str, avoid: set[str]) -> str:
    """The strongest weather named; clear where none is."""
    order = ("storm", "rain", "snow", "fog", "clouds", "clear")
    named = {hit.get("weather") for hit in hits} - avoid
    if setting == "snowfield" and not named:
        return "clear"
    return next((name for name in order if name in named), "clear")


def time_named(
    hits: list[Hit], setting: str, extras: tuple[str, ...], style: str, subjects: tuple[Subject, ...], avoid: set[str]
) -> str:
    """The hour named, else the one that the place, the style or the lights ask for."""
    named = [name for hit in hits if (name := hit.get("time")) and name not in avoid]
    for name in ("sunset", "dawn", "night", "day"):
        if name in named and not (name == "day" and len(set(named)) > 1):
            return name
    if (
        setting == "space"
        or style == "neon"
        or any(extra in NIGHT_THINGS for extra in extras)
        or any(s.kind == "moon" for s in subjects)
    ):
        return "night"
    return "day"
