"""Things that can stand in a picture. One file for each or for a family; `SUBJECTS` is the visible list of them."""

from __future__ import annotations

from mediakiln.providers.studio.subjects import cat, dog, fish, horse, machines, people, rabbit, things, winged
from mediakiln.providers.studio.subjects.act import Kind

SUBJECTS: dict[str, Kind] = {
    "cat": cat.KIND,
    "dog": dog.KIND,
    "horse": horse.KIND,
    "rabbit": rabbit.KIND,
    "bird": winged.BIRD,
    "butterfly": winged.BUTTERFLY,
    "fish": fish.KIND,
    "person": people.PERSON,
    "child": people.CHILD,
    "robot": machines.ROBOT,
    "car": machines.CAR,
    "bicycle": machines.BICYCLE,
    "train": machines.TRAIN,
    "boat": machines.BOAT,
    "rocket": machines.ROCKET,
    "balloon": machines.BALLOON,
    "house": things.HOUSE,
    "castle": things.CASTLE,
    "lighthouse": things.LIGHTHOUSE,
    "tree": things.TREE,
    "flower": things.FLOWER,
    "lantern": things.LANTERN,
    "moon": things.MOON,
    "cup": things.CUP,
    "cake": things.CAKE,
    "book": things.BOOK,
}
