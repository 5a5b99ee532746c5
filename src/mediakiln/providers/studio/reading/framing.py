"""How the subject is shown: the shot ("close-up", 白底, "flat lay") and grids of several views ("3x3 grid", 九宫格)."""

from __future__ import annotations

import re

from msgspec.structs import replace

from mediakiln.providers.studio.reading.subject import LARGE, LIVING, Subject
from mediakiln.providers.studio.words import Hit, Reading, lexicon

# The more particular shot wins: "a close-up of the material" shows the material.
# Designs, which are laid out on paper rather than staged in a place; they write the lettering themselves.
DESIGNS = ("logo", "icon", "sticker", "infographic", "map", "screen")
SHOTS = (
    *DESIGNS,
    *("packaging", "angles", "flatlay", "material", "detail", "scale", "feature", "lifestyle", "closing", "hero"),
    *("portrait", "closeup", "back", "side", "front", "far"),
)
# What is made for a thing to buy; somebody alive keeps the picture asked for.
OF_THINGS = frozenset({"packaging", "flatlay", "material", "scale", "feature"})
# Shots of a thing by itself: no place of its own is painted behind it.
IN_A_STUDIO = {"packaging": "stilllife", "flatlay": "tabletop", "scale": "white", "feature": "stilllife", "angles": "white"}
LARGEST_GRID = 6

_WORDS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6}
_ONE = r"(\d|two|three|four|five|six|[二两三四五六])"
_BY = re.compile(rf"(?<![\w.]){_ONE}\s*(?:x|×|\*|by|乘)\s*{_ONE}(?![\d.])", re.IGNORECASE)
_COUNTED = re.compile(
    r"\b(four|six|eight|nine|twelve|sixteen|4|6|8|9|12|16)[- ](?:panels?|pictures?|images?|frames?|cells?|views)\b"
    r"|([四六八九]|十二|十六)(?:宫格|格|分镜)",
    re.IGNORECASE,
)
_SHAPES = {4: (2, 2), 6: (2, 3), 8: (2, 4), 9: (3, 3), 12: (3, 4), 16: (4, 4)}
_COUNTS = {"four": 4, "six": 6, "eight": 8, "nine": 9, "twelve": 12, "sixteen": 16} | dict(
    zip("四六八九", (4, 6, 8, 9), strict=True), 十二=12, 十六=16
)
_SAYS_GRID = re.compile(
    r"\b(grid|storyboards?|contact sheets?|panels?|collage|sprite sheet|comic strip|photo booth|tiles)\b|宫格|分镜|故事板|拼图",
    re.IGNORECASE,
)
_ALONE = re.compile(r"\b(storyboard|contact sheet|sprite sheet)s?\b|宫格|分镜图|故事板", re.IGNORECASE)
_PANEL = re.compile(
    r"(?:\b(?:panel|frame|picture|image|shot|cell|scene)\s*#?(\d{1,2})|第([一二三四五六七八九\d]{1,2})(?:格|幅|张|个分镜|镜))\s*[:：.,，、-]*\s*",
    re.IGNORECASE,
)


def shot_named(reading: Reading, hits: list[Hit], avoid: set[str], subjects: tuple[Subject, ...]) -> str:
    """The shot asked for, one of `SHOTS`, or ""."""
    named = {name for hit in hits if (name := hit.get("shot")) and name not in avoid}
    sides = {"front", "side", "back", "rear", "正面", "侧面", "背面"} & {*reading.tokens, *(hit.text for hit in hits)}
    if named & {"front", "side", "back"} and len(sides) > 1:
        named.add("angles")
    alive = bool(subjects) and subjects[0].kind in LIVING - {"emblem", "teddy"} and not is_shop(hits)
    if alive:
        named = (named - OF_THINGS) | ({"closeup"} if named & {"material"} else set())
    elif "portrait" in named and subjects:
        named = named - {"portrait"} | {"hero"}
    if not subjects:
        named &= {"far", *DESIGNS}
    return next((shot for shot in SHOTS if shot in named), "")


def set_of(shot: str, shop: bool, places: list[str], subjects: tuple[Subject, ...]) -> str:
    """The studio set that a shot is taken on whatever the words around it name, or "" for the scene's own place."""
    if shot in DESIGNS:
        return "paper"
    if "white" in places:
        return "white"
    if shot == "lifestyle" and subjects[0].target == "table":
        return "interior"
    if shot == "lifestyle" or (places and not shop and places[0] != "stilllife"):
        return ""
    return IN_A_STUDIO.get(shot, "stilllife" if shop else "")


def in_a_studio(setting: str, subjects: tuple[Subject, ...], hits: list[Hit]) -> str:
    """The setting, which for somebody alive in a photographer's studio is the painted canvas of portraits, no table."""
    alive = bool(subjects) and subjects[0].kind in LIVING - {"emblem", "teddy"}
    posing = any("studio" in hit.text or "棚" in hit.text for hit in hits) or not is_shop(hits)
    return "studio" if setting == "stilllife" and alive and posing else setting


def printed(places: list[str], subjects: tuple[Subject, ...], hits: list[Hit]) -> bool:
    """Whether a poster or a card shows its subjects on printed colour: where nothing asks for a place."""
    homes = lexicon().tables["home"]
    scenic = bool(subjects) and homes.get(subjects[0].kind) in ("sea", "lake", "underwater", "space")
    placed = any(place not in ("stilllife", "white") for place in places) or scenic
    return not placed and not any(hit.get("time") or hit.get("weather") for hit in hits)


def on_a_table(subjects: tuple[Subject, ...], places: list[str]) -> tuple[Subject, ...]:
    """Something small in use lies on a table, unless the words say where it is."""
    lead = subjects[0] if subjects else None
    indoors = lexicon().tables["home"].get(lead.kind) in ("interior", "stilllife") if lead else False
    if (
        lead is None
        or lead.relation
        or lead.kind in LARGE
        or not indoors
        or (places and places[0] not in ("interior", "stilllife"))
    ):
        return subjects
    return (replace(lead, relation="on", target="table"), *subjects[1:])


def is_shop(hits: list[Hit]) -> bool:
    """Whether the prompt speaks of a thing to sell."""
    return any(hit.get("shop") == "product" for hit in hits)


def grid_named(prompt: str) -> tuple[int, int]:
    """(rows, columns) of the grid that the prompt asks for, each 1..6; (0, 0) for one picture.

    "2x3" alone is no grid (a size, a lens); it counts beside a word for one.
    """
    if not _SAYS_GRID.search(prompt) and not _COUNTED.search(prompt):
        return (0, 0)
    if by := _BY.search(prompt):
        rows, columns = (int(part) if part.isdigit() else _WORDS[part.lower()] for part in by.groups())
        if 1 <= rows <= LARGEST_GRID and 1 <= columns <= LARGEST_GRID and rows * columns > 1:
            return rows, columns
    if counted := _COUNTED.search(prompt):
        word = (counted.group(1) or counted.group(2)).lower()
        return _SHAPES[int(word) if word.isdigit() else _COUNTS[word]]
    if told := panels_told(prompt):
        return _SHAPES[next(count for count in (4, 6, 8, 9, 12, 16) if count >= min(16, len(told)))]
    return (3, 3) if _ALONE.search(prompt) or re.search(r"\b(grid|panels)\b", prompt, re.IGNORECASE) else (0, 0)


def panels_told(prompt: str) -> tuple[str, ...]:
    """What the prompt says of each panel ("Panel 1: ... Panel 2: ..."), in order; empty where it does not."""
    marks = list(_PANEL.finditer(prompt))
    if len(marks) < 2:
        return ()
    ends = [*(mark.start() for mark in marks[1:]), len(prompt)]
    return tuple(prompt[mark.end() : end].strip(" \n;；") for mark, end in zip(marks, ends, strict=True))


def without_grid(prompt: str) -> str:
    """The prompt without the words that ask for a grid, for reading what each of its pictures shows."""
    return _COUNTED.sub(" ", _BY.sub(" ", prompt))
