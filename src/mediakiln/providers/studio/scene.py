"""What a prompt asks to see, as a plain value: the hand-over from words to paint and sound.

`compose` reads English and Chinese. It never fails: a prompt it cannot read becomes an abstract scene of its own.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from mediakiln.providers.studio.words import Hit, Reading, lexicon, read, singular


class Subject(Struct, frozen=True):
    """One thing (or group of equal things) in the picture.

    `kind` is a name of `subjects.SUBJECTS`, `colour` a name of `colour.NAMED` or "", `pose` one of POSES or "" for the
    kind's own rest. `relation` (on, under, over, beside, in, behind, before, held, or "") places it to `target`, which names
    another subject's kind or a piece of the setting ("windowsill", "lake"); "held" says that this one holds the target.
    `traits` are further words ("corgi", "old", "hat"); one that begins with "=" is a text that stands on the thing.
    """

    kind: str
    colour: str = ""
    count: int = 1
    pose: str = ""
    relation: str = ""
    target: str = ""
    traits: tuple[str, ...] = ()


class Scene(Struct, frozen=True):
    """A whole picture.

    `setting` names an entry of `backdrop.SETTINGS`; `time` is dawn, day, sunset or night; `weather` is clear, clouds, rain, snow,
    fog or storm; `extras` are things of the sky and air (stars, moon, aurora, rainbow, fireflies, petals, fireworks). `motion` is
    still, gentle, walking, running or flying: the liveliest pose in it. `mood` is calm, bright, melancholy, dramatic, festive,
    mysterious or futuristic. `palette` are colour names the prompt gave to the whole; `avoid` is what was refused;
    `beyond` are further settings that stand behind the first.
    """

    prompt: str
    seed: int
    setting: str = "abstract"
    time: str = "day"
    weather: str = "clear"
    season: str = ""
    style: str = "painterly"
    camera: str = "drift"
    motion: str = "gentle"
    mood: str = "calm"
    subjects: tuple[Subject, ...] = ()
    palette: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    lettering: str = ""
    beyond: tuple[str, ...] = ()


POSES = (
    "standing",
    "walking",
    "running",
    "sitting",
    "sleeping",
    "flying",
    "swimming",
    "jumping",
    "dancing",
    "reading",
    "driving",
)
CLAUSE_ENDS = frozenset(",.;:!?，。；：！？、") | {"and", "while", "和", "与", "以及"}
# What a colour may stand before and still colour the whole, or nothing at all ("blue to purple").
OF_THE_WHOLE = (
    *("sky", "light", "lighting", "glow", "tone", "toned", "hue", "hued", "tint", "tinted", "shade", "colour", "color"),
    *("palette", "theme", "scheme", "gradient", "background", "backdrop", "atmosphere", "air", "mood", "ambience", "filter"),
    *("wash", "accent", "horizon", "dreamscape", "world", "scene", "picture", "image", "abstract", "pattern", "swirl", "wave"),
    *("energy", "dream", "to", "or", "with", "in", "on", "over", "at", "of", "like", "everywhere", "tonight"),
    *("调", "色", "光", "天", "背", "氛", "系", "渐", "世", "主", "基", "与", "和", "到"),
    *("画", "抽", "梦", "空", "霞", "暮", "夜", "雾"),
)
# Things that do nothing by themselves: a verb near them belongs to another.
LIVING = frozenset(
    (
        *(
            "cat",
            "dog",
            "horse",
            "rabbit",
            "bird",
            "fish",
            "butterfly",
            "person",
            "child",
            "robot",
            "cow",
            "sheep",
            "pig",
            "elephant",
        ),
        *("giraffe", "camel", "bear", "penguin", "duck", "owl", "turtle", "frog", "snail", "crab", "octopus", "jellyfish", "bee"),
        *("dragon", "dinosaur", "ghost", "snowman", "teddy", "emblem"),
    )
)
MOBILE = frozenset(
    (
        *("car", "boat", "train", "bicycle", "rocket", "balloon", "plane", "helicopter", "saucer", "submarine", "motorcycle"),
        *("kite", "ball", "lantern"),
    )
)
PEOPLE = frozenset({"person", "child", "robot", "ghost", "snowman"})
WORN = frozenset({"umbrella", "hat", "scarf", "dress", "backpack"})
FLYERS = frozenset(
    {"bird", "butterfly", "balloon", "rocket", "bee", "plane", "helicopter", "saucer", "kite", "dragon", "owl", "ghost"}
)
# Chinese measure words that stand between a number and an unknown noun.
MEASURES = "台支把张座架个只条部件幅口根枚块"
# Kinds of a kind that live elsewhere than their kind does.
TRAIT_HOMES = {"street": "village", "lion": "meadow", "tiger": "forest", "polar": "snowfield"}
# Words that are no things, for finding the nouns that we do not know.
EMPTY_WORDS = frozenset(
    [
        "the",
        "of",
        "and",
        "or",
        "with",
        "in",
        "on",
        "at",
        "by",
        "for",
        "from",
        "to",
        "is",
        "are",
        "be",
        "very",
        "some",
        "any",
        "this",
        "that",
        "these",
        "those",
        "his",
        "her",
        "its",
        "their",
        "my",
        "your",
        "as",
        "into",
        "picture",
        "image",
        "scene",
        "view",
        "style",
        "background",
        "sky",
        "light",
        "world",
        "everything",
        "something",
        "empty",
        "beautiful",
        "big",
        "large",
        "great",
        "new",
        "nice",
        "view",
        "photo",
        "painting",
        "illustration",
        "art",
        "quality",
        "detailed",
        "4k",
        "hd",
        "best",
        "color",
        "colour",
        "tone",
        "mood",
        "atmosphere",
        "palette",
        "energy",
        "pattern",
        "swirl",
        "wave",
        "dreamscape",
        "dream",
        "shape",
        "shapes",
        "lines",
        "texture",
        "minimal",
        "soft",
        "warm",
        "cold",
        "cool",
        "dark",
        "wide",
        "lit",
        "sea-like",
        "low",
        "high",
        "saying",
        "says",
        "的",
        "了",
        "着",
        "在",
        "和",
        "与",
        "是",
        "很",
        "有",
        "这",
        "那",
        "个",
        "只",
        "把",
        "被",
        "给",
        "从",
        "到",
        "上",
        "下",
        "里",
        "中",
        "一",
        "天",
        "色",
        "调",
        "画",
        "风",
        "格",
        "图",
        "片",
        "景",
        "空",
        "大",
        "小",
        "美",
        "丽",
    ]
)
# Poses by liveliness, for `Scene.motion`.
LIVELY = {
    "running": "running",
    "jumping": "running",
    "flying": "flying",
    "walking": "walking",
    "dancing": "walking",
    "driving": "walking",
    "swimming": "gentle",
}
NIGHT_THINGS = ("stars", "milkyway", "aurora", "fireflies", "fireworks", "night", "crescent")
OUTDOORS = ("mountains", "sea", "beach", "lake", "city", "village", "forest", "garden", "meadow", "desert", "snowfield", "road")


def compose(prompt: str, negative_prompt: str = "", seed: int = 0) -> Scene:
    """Read the prompt into a `Scene`."""
    reading = read(prompt)
    refused = _refused(reading)
    avoid = _avoid(negative_prompt) | _names([reading.hits[i] for i in refused])
    hits = [hit for i, hit in enumerate(reading.hits) if i not in refused]
    subjects = tuple(s for s in _subjects(reading, hits) if s.kind not in avoid)
    if not subjects:
        subjects = _stranger(reading, negative_prompt.lower())
    places = _places(hits, avoid)
    extras = tuple(dict.fromkeys(name for hit in hits for kind, name in hit.means if kind == "extra" and name not in avoid))
    style = _first(hits, "style", avoid) or "painterly"
    setting = _setting(places, subjects, hits, style, extras)
    weather = _weather(hits, setting, avoid)
    scene = Scene(
        prompt=prompt,
        seed=seed,
        setting=setting,
        weather=weather,
        style=style,
        subjects=subjects,
        extras=extras,
        time=_time(hits, setting, extras, style, subjects, avoid),
        season=_first(hits, "season", avoid) or ("winter" if weather == "snow" else ""),
        camera=_first(hits, "camera", avoid) or "drift",
        palette=_palette(reading, hits),
        avoid=tuple(sorted(avoid)),
        lettering=reading.quoted,
        beyond=tuple(p for p in places if p != setting and p in OUTDOORS),
        motion=_motion(subjects, hits),
    )
    if scene.lettering and any(s.kind == "sign" for s in subjects):
        scene = replace(
            scene, subjects=tuple(replace(s, traits=("=" + scene.lettering,)) if s.kind == "sign" else s for s in subjects)
        )
    return replace(scene, mood=_first(hits, "mood", avoid) or _mood(scene))


def _stranger(reading: Reading, negative_prompt: str) -> tuple[Subject, ...]:
    """The first noun that we do not know, as an emblem that bears its word ("a xylophone", 一台望远镜), if any."""
    known = {at for hit in reading.hits for at in range(hit.start, hit.end)}
    counted = [hit for hit in reading.hits if hit.get("number") or hit.get("colour") or hit.get("trait")]
    run: list[str] = []
    colour, count, led = "", 1, False
    for at, token in enumerate((*reading.tokens, ".")):
        chinese = "\u3400" <= token <= "\u9fff"
        if at not in known and (chinese or token.isalpha()) and token not in EMPTY_WORDS and not token.endswith(("ing", "ly")):
            run.append(token)
            if len(run) == 1:
                before = [hit for hit in counted if 0 <= at - hit.end <= 1]
                led = bool(before) or led
                colour = next((hit.get("colour") or "" for hit in before if hit.get("colour")), colour)
                count = next((int(hit.get("number") or 1) for hit in before if hit.get("number")), count)
            continue
        if run and (led or len(run) == len(reading.tokens)):
            word = "".join(run).lstrip(MEASURES)[-6:] if "\u3400" <= run[0] <= "\u9fff" else run[-1][:14]
            return () if word in negative_prompt else (Subject("emblem", colour, min(count, 5), traits=("=" + word,)),)
        run, led = [], led and at in known
    return ()


def _names(hits: list[Hit]) -> set[str]:
    return {name for hit in hits for _, name in hit.means}


def _avoid(negative_prompt: str) -> set[str]:
    """Everything the negative prompt names, whatever it is."""
    named = _names([hit for hit in read(negative_prompt).hits if not hit.get("number") and not hit.get("relation")])
    return named | ({"child"} if "person" in named else set())


def _refused(reading: Reading) -> set[int]:
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


def _first(hits: list[Hit], category: str, avoid: set[str]) -> str:
    """The first meaning in a category that is not refused, or ""."""
    return next((name for hit in hits if (name := hit.get(category)) and name not in avoid), "")


def _bounded(reading: Reading, start: int, end: int) -> bool:
    """Whether a clause ends between two tokens."""
    return any(token in CLAUSE_ENDS for token in reading.tokens[start:end])


def _subjects(reading: Reading, hits: list[Hit]) -> list[Subject]:
    """The things named, each with the colour, number and adjectives before it and what it does."""
    things = [i for i, hit in enumerate(hits) if hit.get("subject") and not _swallowed(hits, i)]
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
    found = _posed(reading, hits, found, places)
    if any(s.pose == "reading" for s in found):
        keep = [n for n, s in enumerate(found) if s.kind != "book"]
        found, places = [found[n] for n in keep], [places[n] for n in keep]
    return _related(reading, hits, found, places)


def _worn(hits: list[Hit], index: int, traits: list[str]) -> str:
    """Add what the subject wears or carries ("in a white dress") to `traits`; return the colour of it, or ""."""
    colour = last = ""
    for other in hits[index + 1 : index + 6]:
        worn = other.get("trait") in WORN
        if (other.get("subject") and not worn) or other.start - hits[index].end > 7:
            break
        if worn:
            traits.append(other.get("trait") or "")
            colour = colour or last
        last = other.get("colour") or ""
    return colour


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


def _swallowed(hits: list[Hit], index: int) -> bool:
    """A thing that only names the scenery: the flower of a flower field, the tree of a season's word."""
    hit = hits[index]
    if hit.get("trait") in WORN and _wearer(hits, index):
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


def _wearer(hits: list[Hit], index: int) -> bool:
    """Whether somebody who could wear or carry the thing is named close before it, or right after in Chinese (打伞的女孩)."""
    hit = hits[index]
    near = [h for h in hits[:index] if hit.start - h.end <= 7] + [
        h for h in hits[index + 1 :] if h.start - hit.end <= 2 and not hit.text.isascii()
    ]
    return any(h.get("subject") in (PEOPLE | {"cat", "dog", "bear", "penguin", "rabbit"}) for h in near)


def _adjoining(reading: Reading, hits: list[Hit], first: int, second: int) -> bool:
    """Two words for one thing, as in "a cup of coffee"."""
    between = reading.tokens[hits[first].end : hits[second].start]
    return len(between) <= 1 and not any(token in CLAUSE_ENDS or token in ("with", "on", "near") for token in between)


def _described(reading: Reading, hits: list[Hit], index: int, previous: int) -> Subject:
    """Colour, number and traits stand before the noun, after the noun before it and in its own clause."""
    hit = hits[index]
    kind = hit.get("subject") or ""
    traits = list(lexicon().special.get(hit.text, (kind,))[1:]) or list(lexicon().special.get(_base(hit.text), (kind,))[1:])
    colour, count, edge = "", 0, hit.start
    for back in range(index - 1, previous, -1):
        other = hits[back]
        if edge - other.end > 3 or _bounded(reading, other.end, hit.start) or other.get("relation") or other.get("setting"):
            break
        colour = colour or other.get("colour") or ""
        count = count or int(other.get("number") or 0)
        if other.get("trait"):
            traits.append(other.get("trait") or "")
        edge = other.start
    colour = _worn(hits, index, traits) or colour
    if not count:
        # "fish" and its like have no plural of their own: without "a" they are several.
        bare = (
            kind == "fish"
            and "fish" in hit.text
            and not {"a", "an", "the"} & set(reading.tokens[max(0, hit.start - 3) : hit.start])
        )
        count = (
            (5 if kind in FLYERS else 3)
            if hit.plural or bare or hit.text in ("people", "children", "men", "women", "人们", "行人", "鱼群")
            else 1
        )
    if "pair" in traits:
        count = 2
    for name in ("white", "red"):
        if name in traits:
            colour, traits = colour or name, [t for t in traits if t != name]
    return Subject(kind, colour, count, traits=tuple(dict.fromkeys(traits)))


def _base(text: str) -> str:
    words = text.split(" ")
    return " ".join([*words[:-1], singular(words[-1])])


def _posed(reading: Reading, hits: list[Hit], subjects: list[Subject], places: list[int]) -> list[Subject]:
    """Give each pose to the subject before it in its clause, else to the next one."""
    out = list(subjects)
    for i, hit in enumerate(hits):
        pose = hit.get("pose")
        if pose is None or not out:
            continue
        before = [n for n, p in enumerate(places) if p < i and not _bounded(reading, hits[p].end, hit.start)]
        after = [n for n, p in enumerate(places) if p > i and not _bounded(reading, hit.end, hits[p].start)]
        living = (
            [n for n in before if out[n].kind in LIVING]
            or [n for n in before if out[n].kind in MOBILE]
            or ([] if after else before)
        )
        # "a sleeping cat", 奔跑的马: the pose stands right before its noun.
        close = after and hits[places[after[0]]].start - hit.end <= 1 and not living
        if pose == "flying":
            flyers = [n for n in (*before[::-1], *after) if out[n].kind in FLYERS]
            before, close = (flyers[:1], False) if flyers else (before, close)
            living = before or living
        owner = after[0] if close else living[-1] if living else after[0] if after else 0
        if hits[places[owner]].start - hit.end > 12:
            continue
        if not out[owner].pose:
            out[owner] = replace(out[owner], pose=pose)
        # "a horse and a dog running": one verb for both.
        joined = (
            owner > 0 and hits[places[owner]].end <= hit.start and hits[places[owner]].start - hits[places[owner - 1]].end <= 3
        )
        if joined and not out[owner - 1].pose and out[owner - 1].kind in LIVING:
            out[owner - 1] = replace(out[owner - 1], pose=pose)
    return out


def _related(reading: Reading, hits: list[Hit], subjects: list[Subject], places: list[int]) -> list[Subject]:
    """Find "X on Y", "在 Y 上的 X" and give X its relation."""
    out = list(subjects)
    for i, hit in enumerate(hits):
        relation, after = hit.get("relation"), hit.get("after")
        if relation:
            goal = next(
                (
                    h
                    for h in hits[i + 1 : i + 5]
                    if (h.get("subject") or h.get("spot") or h.get("setting")) and h.start - hit.end <= 4
                ),
                None,
            )
        elif after and i:
            goal = hits[i - 1] if hits[i - 1].end == hit.start else None
        else:
            continue
        if goal is None:
            continue
        relation = relation or after or ""
        target = goal.get("spot") or goal.get("subject") or goal.get("setting") or ""
        limit = hit.start if hit.get("relation") else goal.start
        earlier = [
            n
            for n, p in enumerate(places)
            if hits[p].start < limit and hits[p] is not goal and not _bounded(reading, hits[p].end, limit)
        ]
        later = [n for n, p in enumerate(places) if hits[p].start >= hit.end and hits[p] is not goal]
        owner = earlier[0] if earlier and relation != "with" else later[0] if later and hit.get("after") else None
        if owner is not None and not out[owner].relation and out[owner].kind != target:
            out[owner] = replace(out[owner], relation=relation, target=target)
            if owner > 0 and hits[places[owner]].start - hits[places[owner - 1]].end <= 3 and not out[owner - 1].relation:
                out[owner - 1] = replace(out[owner - 1], relation=relation, target=target)
    return out


def _places(hits: list[Hit], avoid: set[str]) -> list[str]:
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


def _setting(places: list[str], subjects: tuple[Subject, ...], hits: list[Hit], style: str, extras: tuple[str, ...]) -> str:
    """The ruling setting, else where the first subject lives, else what the sky words suggest."""
    if places:
        return places[0]
    homes = lexicon().tables["home"]
    # Where the bearer stands is where the picture is: a cat on a sofa is in a room, a duck in a boat is on the lake.
    bearers = [s for target in subjects for s in subjects if target.relation in ("on", "in", "under") and s.kind == target.target]
    room = [s for s in subjects if homes.get(s.kind) == "interior" and s.kind not in ("lamp", "computer")]
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


def _weather(hits: list[Hit], setting: str, avoid: set[str]) -> str:
    order = ("storm", "rain", "snow", "fog", "clouds", "clear")
    named = {hit.get("weather") for hit in hits} - avoid
    if setting == "snowfield" and not named:
        return "clear"
    return next((name for name in order if name in named), "clear")


def _time(
    hits: list[Hit], setting: str, extras: tuple[str, ...], style: str, subjects: tuple[Subject, ...], avoid: set[str]
) -> str:
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


def _palette(reading: Reading, hits: list[Hit]) -> tuple[str, ...]:
    """Colours that belong to no thing: "a purple sky", "teal and orange"."""
    loose: list[str] = []
    for i, hit in enumerate(hits):
        name = hit.get("colour")
        if not name:
            continue
        owned = any(
            other.get("subject")
            and other.start >= hit.end
            and other.start - hit.end <= 3
            and not _bounded(reading, hit.end, other.start)
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


def _motion(subjects: tuple[Subject, ...], hits: list[Hit]) -> str:
    order = ("running", "flying", "walking", "gentle")
    lively = [LIVELY.get(s.pose, "gentle") for s in subjects] + [LIVELY[p] for h in hits if (p := h.get("pose")) in LIVELY]
    return next((name for name in order if name in lively), "gentle")


def _mood(scene: Scene) -> str:
    if scene.style == "neon":
        return "futuristic"
    if scene.weather == "storm" or scene.motion == "running":
        return "dramatic"
    if "fireworks" in scene.extras or any(s.kind == "cake" for s in scene.subjects):
        return "festive"
    if scene.weather in ("rain", "fog"):
        return "melancholy"
    if scene.setting in ("space", "underwater") or "aurora" in scene.extras:
        return "mysterious"
    return "bright" if scene.time == "day" else "calm"
