"""Where the picture is: the places named, the one that rules, or where its first thing lives."""

from __future__ import annotations

from mediakiln.providers.studio.reading.subject import LIVING, Subject
from mediakiln.providers.studio.words import Hit, lexicon

# Kinds of a kind that live elsewhere than their kind does.
# Who is at home in a room as well.
TAME = frozenset({"cat", "dog", "person", "child", "robot", "teddy", "emblem", "mouse", "bird", "ghost"})
TRAIT_HOMES = {"street": "village", "lion": "meadow", "tiger": "forest", "polar": "snowfield"}
TRAIT_HOMES |= dict.fromkeys(("hoops", "soccer", "player", "tennis", "basketball", "football"), "arena")
TRAIT_HOMES |= dict.fromkeys(("ballerina", "singer", "magician", "clown"), "stage")
TRAIT_HOMES |= {
    "suit": "city",
    "police": "city",
    "courier": "city",
    "sailor": "sea",
    "surfer": "sea",
    "skier": "snowfield",
    "skater": "city",
    "captain": "sea",
    "cowboy": "desert",
    "elf": "forest",
}
# The rooms that people of a trade work in.
TRAIT_ROOMS = {"doctor": "hospital", "nurse": "hospital", "scientist": "laboratory", "barista": "cafe", "chef": "kitchen"}
TRAIT_HOMES |= dict.fromkeys(TRAIT_ROOMS, "interior")
OUTDOORS = ("mountains", "sea", "beach", "lake", "city", "village", "forest", "garden", "meadow", "desert", "snowfield", "road")


def places_named(hits: list[Hit], avoid: set[str]) -> list[str]:
    """Settings named, the one that should rule first."""
    rank = lexicon().tables["rank"]
    implied = lexicon().tables["spot_setting"]
    names: list[str] = []
    for hit in hits:
        place = hit.get("setting") or str(implied.get(hit.get("spot") or "", ""))
        if place and place not in avoid and place not in names:
            names.append(place)
    # "a village with warm windows" is no room, nor is a cabin with them.
    rooms = [hit for hit in hits if hit.get("setting") == "interior"]
    outdoors = {"village", "city", "forest", "snowfield"} & set(names) or any(hit.get("subject") == "house" for hit in hits)
    if all(hit.get("spot") == "window" for hit in rooms) and outdoors:
        names = [name for name in names if name != "interior"]
    return sorted(names, key=lambda name: -int(str(rank.get(name, 1))))


def ruling_place(places: list[str], subjects: tuple[Subject, ...], hits: list[Hit], style: str, extras: tuple[str, ...]) -> str:
    """The ruling setting, else where the first subject lives, else what the sky words suggest."""
    if places:
        return "city" if style == "neon" and places[0] == "village" else places[0]
    homes = lexicon().tables["home"]
    # Where the bearer stands is where the picture is: a cat on a sofa is in a room, a duck in a boat is on the lake.
    bearers = [s for target in subjects for s in subjects if target.relation in ("on", "in", "under") and s.kind == target.target]
    wild = bool(subjects) and subjects[0].kind in LIVING - TAME
    room = [s for s in subjects if not wild and homes.get(s.kind) == "interior" and s.kind not in ("lamp", "computer")]
    subjects = (*bearers, *(room if len(room) < len(subjects) and not bearers else ()), *subjects)
    wet = any(hit.get("weather") == "rain" for hit in hits)
    for subject in subjects:
        if wet and subject.kind in ("person", "child"):
            return "village"
        if subject.kind == "fish" and {"whale", "dolphin", "shark"} & set(subject.traits) and subject.pose == "jumping":
            return "sea"
        if "astronaut" in subject.traits:
            return "space"
        for trait in subject.traits:
            if trait in TRAIT_HOMES:
                return TRAIT_HOMES[trait]
        return str(homes.get(subject.kind, "meadow"))
    if "fireworks" in extras or style == "neon":
        return "city"
    if "planet" in extras:
        return "space"
    if any(hit.get("season") == "winter" or hit.get("weather") == "snow" for hit in hits):
        return "snowfield"
    if any(hit.get("weather") in ("rain", "storm") for hit in hits):
        return "city" if any(hit.get("weather") == "rain" for hit in hits) else "sea"
    if any(hit.get("time") or hit.get("weather") or hit.get("season") or hit.get("extra") for hit in hits):
        return "meadow" if any(hit.get("season") for hit in hits) else "mountains"
    return "abstract"
