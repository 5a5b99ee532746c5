"""Finding known words in a prompt, English and Chinese. The words themselves are data: `words/*.toml`.

English is matched by whole words, longest phrase first, plurals included; Chinese by the longest run of characters.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources

from msgspec import Struct

IRREGULAR = {
    "mice": "mouse",
    "children": "child",
    "people": "people",
    "men": "man",
    "women": "woman",
    "wolves": "wolf",
    "leaves": "leaf",
    "geese": "goose",
    "skies": "sky",
    "buses": "bus",
    "taxis": "taxi",
    "foxes": "fox",
    "waves": "waves",
    "houses": "house",
    "sheep": "sheep",
    "snowmen": "snowman",
    "calves": "calf",
    "loaves": "loaf",
    "shoes": "shoe",
    "scarves": "scarf",
    "horses": "horse",
}
LONGEST_PHRASE = 4
LONGEST_RUN = 6
_TOKEN = re.compile(r"[A-Za-z0-9]+(?:['’-][A-Za-z0-9]+)*|[\u3400-\u9fff]|[,.;:!?，。；：！？、]")
_LETTER = re.compile(r"\b(?:letters?|number|digit|word|text|名叫|字母|数字)\s+([A-Z][A-Z0-9]{0,11}|\d{1,4})\b")
_QUOTED = re.compile('["“«「『]([^"”»」』]{1,48})["”»」』]')


class Hit(Struct, frozen=True):
    """A known word: the meanings it has (category, canonical name) and where it stands, in tokens [start, end)."""

    start: int
    end: int
    text: str
    means: tuple[tuple[str, str], ...]
    plural: bool = False

    def get(self, category: str) -> str | None:
        """Its meaning in one category."""
        return next((name for kind, name in self.means if kind == category), None)


class Reading(Struct, frozen=True):
    """A prompt, read: its tokens, the known words in order, and the text in quotation marks."""

    tokens: tuple[str, ...]
    hits: tuple[Hit, ...]
    quoted: str


class Lexicon(Struct, frozen=True):
    """All words: phrase (lower case) -> meanings; further tables by name."""

    phrases: dict[str, tuple[tuple[str, str], ...]]
    special: dict[str, tuple[str, ...]]
    tables: dict[str, dict[str, object]]


# Tables that are not lists of words but facts about the canonical names.
_FACTS = ("rank", "home", "spot_setting", "traditional", "empty", "either")


@cache
def lexicon() -> Lexicon:
    """The words of `words/*.toml`, read once."""
    meanings: dict[str, list[tuple[str, str]]] = {}
    special: dict[str, tuple[str, ...]] = {}
    tables: dict[str, dict[str, object]] = {}
    for file in sorted(resources.files(__package__).joinpath("words").iterdir(), key=lambda f: f.name):
        if not file.name.endswith(".toml"):
            continue
        for category, table in tomllib.loads(file.read_text(encoding="utf-8")).items():
            if category in _FACTS:
                tables.setdefault(category, {}).update(table)
            elif category == "special":
                for phrase, row in table.items():
                    special[phrase] = tuple(row)
                    entry = meanings.setdefault(phrase, [])
                    entry[:] = [m for m in entry if m[0] != "subject"] + [("subject", row[0])]
            else:
                for name, phrases in table.items():
                    for phrase in phrases:
                        entry = meanings.setdefault(phrase.lower(), [])
                        if not any(m[0] == category for m in entry) or category == "extra":
                            entry.append((category, name))
    return Lexicon({phrase: tuple(found) for phrase, found in meanings.items()}, special, tables)


@cache
def _simplified() -> dict[int, str]:
    """Traditional characters that our words are written with, and their simplified forms."""
    pairs = "".join(str(lexicon().tables["traditional"]["pairs"]).split())
    return {ord(old): new for old, new in zip(pairs[::2], pairs[1::2], strict=True)}


def singular(word: str) -> str:
    """An English noun without its plural ending."""
    if word in IRREGULAR:
        return IRREGULAR[word]
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _phrases(tokens: list[str], at: int) -> list[tuple[int, str]]:
    """Candidate phrases from token `at`, longest first, each with where it ends."""
    if "\u3400" <= tokens[at] <= "\u9fff":
        end = at
        while end < len(tokens) and end - at < LONGEST_RUN and "\u3400" <= tokens[end] <= "\u9fff":
            end += 1
        return [(stop, "".join(tokens[at:stop])) for stop in range(end, at, -1)]
    found = []
    for stop in range(min(len(tokens), at + LONGEST_PHRASE), at, -1):
        words = tokens[at:stop]
        found.append((stop, " ".join(words)))
        found.append((stop, " ".join([*words[:-1], singular(words[-1])])))
    return found


def read(prompt: str) -> Reading:
    """Find the known words of `prompt`."""
    quoted = "\n".join(text.strip() for text in _QUOTED.findall(prompt)[:3])
    if not quoted and (letter := _LETTER.search(prompt)):
        quoted = letter.group(1)
    plain = _QUOTED.sub(" ", prompt)
    tokens = [token.lower().replace("’", "'") for token in _TOKEN.findall(plain.translate(_simplified()))]
    known = lexicon().phrases
    hits: list[Hit] = []
    at = 0
    while at < len(tokens):
        for stop, phrase in _phrases(tokens, at):
            if phrase in known:
                hits.append(Hit(at, stop, phrase, known[phrase], phrase.isascii() and phrase != " ".join(tokens[at:stop])))
                at = stop
                break
        else:
            at += 1
    return Reading(tuple(tokens), tuple(hits), quoted)
