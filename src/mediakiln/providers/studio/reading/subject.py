"""What a prompt names: one thing of the picture, and the natures of things that reading and placing go by."""

from __future__ import annotations

from msgspec import Struct


class Subject(Struct, frozen=True):
    """One thing (or group of equal things) in the picture.

    `kind` is a name of `subjects.SUBJECTS`, `colour` a name of `colour.NAMED` or "", `pose` one of POSES or "" for the
    kind's own rest. `relation` (on, under, over, beside, in, behind, before, held, one of DEEDS, or "") places it to `target`,
    which names another subject's kind or a piece of the setting ("windowsill", "lake"); "held" says that this one holds the
    target, and a deed may be done to one's own kind ("two knights fighting").
    `traits` are further words ("corgi", "old", "hat"); one that begins with "=" is a text that stands on the thing.
    """

    kind: str
    colour: str = ""
    count: int = 1
    pose: str = ""
    relation: str = ""
    target: str = ""
    traits: tuple[str, ...] = ()


# What one does to another: they stand face to face, or the one runs after the other.
DEEDS = ("facing", "chasing")
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
        *("dragon", "dinosaur", "ghost", "snowman", "teddy", "emblem", "monkey", "kangaroo", "crocodile", "snake", "squirrel"),
        *("mouse", "hedgehog", "hippo", "ladybird", "spider", "dragonfly", "seal"),
    )
)
MOBILE = frozenset(
    (
        *("car", "boat", "train", "bicycle", "rocket", "balloon", "plane", "helicopter", "saucer", "submarine", "motorcycle"),
        *("kite", "ball", "lantern"),
    )
)
PEOPLE = frozenset({"person", "child", "robot", "ghost", "snowman"})
# What is worn, carried or grown: it belongs to the one named before it.
WORN = frozenset(
    {
        "umbrella",
        "hat",
        "scarf",
        "dress",
        "backpack",
        "shades",
        "headset",
        "crown",
        "shirt",
        "suit",
        "boots",
        "beard",
        "hair",
        "eyes",
    }
)
# Of these the colour is not that of the clothes.
GROWN = frozenset({"beard", "hair", "eyes"})
FLYERS = frozenset(
    {
        "bird",
        "butterfly",
        "balloon",
        "rocket",
        "bee",
        "plane",
        "helicopter",
        "saucer",
        "kite",
        "dragon",
        "owl",
        "ghost",
        "dragonfly",
    }
)
# Too large for a table.
LARGE = frozenset(
    {"sofa", "bed", "table", "chair", "bench", "shelf", "piano", "car", "bicycle", "motorcycle", "tent", "boat", "house", "horse"}
    | {"door", "lamp", "umbrella", "guitar", "suitcase", "tree", "drum", "telescope", "television", "train", "castle", "temple"}
)
