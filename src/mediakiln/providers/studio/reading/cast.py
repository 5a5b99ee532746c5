"""The things that a prompt names, each with its colour, number, traits and what it wears."""

from __future__ import annotations

from msgspec.structs import replace

from mediakiln.providers.studio.reading.doing import CLAUSE_ENDS, bounded, posed, related
from mediakiln.providers.studio.reading.subject import FLYERS, GROWN, LIVING, WORN, Subject
from mediakiln.providers.studio.words import Hit, Reading, lexicon, singular

DONNED = frozenset("持撑打戴穿背披") | {"wearing", "carrying", "wears", "carries"}
# Between somebody and what lies near but is not worn.
APART = frozenset({"on", "beside", "near", "under", "behind", "by", "next", "and", "chasing", "from"})


PACKS = frozenset({"bottle", "box", "jar", "can", "bag", "cup", "set"})
# Words for several people together.
DISHES = frozenset({"dish", "bowl", "pizza", "burger", "icecream", "cake"})
TOPPINGS = frozenset({"fruit", "vegetable", "treat", "bread", "mushroom"})
BANDS = {"trio": 3, "band": 4, "throng": 14}


def things_named(reading: Reading, hits: list[Hit]) -> list[Subject]:
    """The things named, each with the colour, number and adjectives before it and what it does."""
    things = [i for i, hit in enumerate(hits) if hit.get("subject") and not _swallowed(reading, hits, i)]
    found: list[Subject] = []
    places: list[int] = []
    for order, i in enumerate(things):
        subject = _described(reading, hits, i, things[order - 1] if order else -1)
        if found and found[-1].kind == subject.kind and _adjoining(reading, hits, places[-1], i):
            found[-1] = replace(
                subject,
                colour=found[-1].colour or subject.colour,
                count=max(found[-1].count, subject.count),
                traits=tuple(dict.fromkeys(found[-1].traits + subject.traits)),
            )
            places[-1] = i
            continue
        found.append(subject)
        places.append(i)
    found, places = _merged(found, places)
    found = posed(reading, hits, found, places)
    if any(s.pose == "reading" for s in found):
        keep = [n for n, s in enumerate(found) if s.kind != "book"]
        found, places = [found[n] for n in keep], [places[n] for n in keep]
    return served(related(reading, hits, found, places))


def served(subjects: list[Subject]) -> list[Subject]:
    """What is on a dish is part of it: no egg beside the ramen "with egg", no empty plate under the pancakes."""
    dishes = {s.kind for s in subjects if s.kind in DISHES and (s.kind != "dish" or s.traits)}
    lead = subjects[0].kind if subjects else ""
    out = []
    for n, subject in enumerate(subjects):
        topping = bool(n) and subject.kind in TOPPINGS and lead in dishes and lead != subject.kind and not subject.relation
        plate = subject.kind == "dish" and not subject.traits and bool(dishes)
        if not topping and not plate:
            out.append(subject)
    return [
        replace(s, relation="", target="") if s.target not in ("", *(o.kind for o in out)) and s.target in DISHES else s
        for s in out
    ]


def on_a_stage(subjects: tuple[Subject, ...], hits: list[Hit]) -> tuple[Subject, ...]:
    """Who performs: a public is painted before its stage, and a player's ball is his own."""
    if any(hit.get("setting") == "stage" for hit in hits) and subjects and "throng" in subjects[0].traits:
        return (Subject("person", count=3, traits=("singer", "band")), *subjects[1:])
    if any({"soccer", "hoops"} & set(s.traits) for s in subjects):
        return tuple(s for s in subjects if s.kind != "ball")
    return subjects


def _worn(reading: Reading, hits: list[Hit], index: int, traits: list[str]) -> str:
    """Add what the subject wears or carries ("in a white dress") to `traits`; return the colour of it, or ""."""
    colour = last = ""
    near = hits[index]
    for later in range(index + 1, len(hits)):
        other = hits[later]
        if other.get("trait") in WORN and _on_body(reading, near, other):
            near = other  # a list of what one has goes on from its last piece
            worn = other.get("trait") or ""
            traits.append(f"{worn}-{last}" if worn in GROWN and last else worn)
            colour = colour or (last if worn not in GROWN else "")
        elif other.get("subject") in LIVING:
            break
        last = (other.get("colour") or "") if other.start - near.end <= 7 else ""
    return colour


def _on_body(reading: Reading, wearer: Hit, worn: Hit) -> bool:
    """Whether a thing named after somebody is worn or carried: close behind, or after a word for it (手持, 戴)."""
    between = reading.tokens[wearer.end : worn.start]
    last = between[-2:-1] if between[-1:] in (("着",), ("a",)) else between[-1:]
    if worn.get("trait") == "umbrella" and "under" in between:
        return len(between) <= 7  # who is under an umbrella carries it
    apart = APART - {"and"} if worn.get("trait") in GROWN else APART
    return bool(DONNED.intersection(last)) or (len(between) <= 7 and not apart.intersection(between))


def _merged(found: list[Subject], places: list[int]) -> tuple[list[Subject], list[int]]:
    """One entry for a thing named twice in the same words ("lanterns ... 灯笼")."""
    out: list[Subject] = []
    kept: list[int] = []
    for subject, place in zip(found, places, strict=True):
        same = next(
            (
                n
                for n, s in enumerate(out)
                if s.kind == subject.kind and s.traits == subject.traits and (s.colour == subject.colour or not subject.colour)
            ),
            None,
        )
        if same is None:
            out.append(subject)
            kept.append(place)
        else:
            out[same] = replace(out[same], count=max(out[same].count, subject.count))
    return out, kept


def _swallowed(reading: Reading, hits: list[Hit], index: int) -> bool:
    """A thing that only names the scenery: the flower of a flower field, the tree of a season's word."""
    hit = hits[index]
    if index and hit.text in PACKS and hits[index - 1].end == hit.start and hits[index - 1].get("subject"):
        return True  # a serum bottle is what serum is sold in
    if hit.get("trait") in WORN and _wearer(reading, hits, index):
        return True
    if hit.get("spot") == "table":
        # The table that something stands on is a piece of the room.
        led = any(h.get("relation") and hit.start - h.end <= 3 for h in hits[max(0, index - 3) : index])
        return (
            led
            or any(h.get("after") and h.start == hit.end for h in hits[index + 1 : index + 2])
            or hit.text in ("桌面", "counter")
        )
    return hit.get("setting") is not None and hit.get("spot") is None and hit.get("subject") not in ("flower", *LIVING)


def _wearer(reading: Reading, hits: list[Hit], index: int) -> bool:
    """Whether somebody who could wear or carry the thing is named close before it, or right after in Chinese (打伞的女孩)."""
    hit = hits[index]
    if any(other.get("subject") in LIVING and _on_body(reading, other, hit) for other in hits[:index]):
        return True
    after = [h for h in hits[index + 1 :] if h.start - hit.end <= 2 and not hit.text.isascii()]
    return any(h.get("subject") in LIVING for h in after)


def _adjoining(reading: Reading, hits: list[Hit], first: int, second: int) -> bool:
    """Two words for one thing, as in "a cup of coffee"."""
    between = reading.tokens[hits[first].end : hits[second].start]
    return len(between) <= 1 and not any(token in CLAUSE_ENDS or token in ("with", "on", "near") for token in between)


def _described(reading: Reading, hits: list[Hit], index: int, previous: int) -> Subject:
    """Colour, number and traits stand before the noun, after the noun before it and in its own clause."""
    hit = hits[index]
    kind = hit.get("subject") or ""
    traits: list[str] = list(lexicon().special.get(hit.text, (kind,))[1:]) or list(
        lexicon().special.get(_base(hit.text), (kind,))[1:]
    )
    colour, count, edge = "", 0, hit.start
    for back in range(index - 1, previous, -1):
        other = hits[back]
        if edge - other.end > 3 or bounded(reading, other.end, hit.start) or other.get("relation") or other.get("setting"):
            break
        if other.get("trait") in WORN and other.text.isascii():
            break  # it is worn by the one before
        colour = colour or other.get("colour") or ""
        count = count or int(other.get("number") or 0)
        if other.get("trait"):
            traits.append(other.get("trait") or "")
        edge = other.start
    if kind in LIVING:
        colour = _worn(reading, hits, index, traits) or colour
    if not count:
        # "fish" and its like have no plural of their own: without "a" they are several.
        bare = (
            kind == "fish"
            and "fish" in hit.text
            and not {"a", "an", "the"} & set(reading.tokens[max(0, hit.start - 3) : hit.start])
        )
        count = (
            (5 if kind in FLYERS else 3)
            if hit.plural
            or bare
            or reading.tokens[hit.end : hit.end + 1] == ("们",)
            or hit.text in ("people", "children", "men", "women", "人们", "行人", "鱼群")
            else 1
        )
    if "pair" in traits:
        count = 2
    several = next((BANDS[trait] for trait in traits if trait in BANDS), 0)
    count = several if several and count < 2 else count
    for name in ("white", "red"):
        if name in traits:
            colour, traits = colour or name, [t for t in traits if t != name]
    return Subject(kind, colour, count, traits=tuple(dict.fromkeys(traits)))


def _base(text: str) -> str:
    words = text.split(" ")
    return " ".join([*words[:-1], singular(words[-1])])
