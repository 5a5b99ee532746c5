"""What the things do and where they stand to each other: poses and relations."""

from __future__ import annotations

from itertools import pairwise

from msgspec.structs import replace

from mediakiln.providers.studio.reading.subject import FLYERS, LIVING, MOBILE, Subject
from mediakiln.providers.studio.words import Hit, Reading

CLAUSE_ENDS = frozenset(",.;:!?，。；：！？、") | {"and", "while", "和", "与", "以及"}
VESSELS = frozenset({"bowl", "basket", "vase", "chest"})
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


def bounded(reading: Reading, start: int, end: int) -> bool:
    """Whether a clause ends between two tokens."""
    return any(token in CLAUSE_ENDS for token in reading.tokens[start:end])


def posed(reading: Reading, hits: list[Hit], subjects: list[Subject], places: list[int]) -> list[Subject]:
    """Give each pose to the subject before it in its clause, else to the next one."""
    out = list(subjects)
    for i, hit in enumerate(hits):
        pose = hit.get("pose")
        if pose is None or not out:
            continue
        before = [n for n, p in enumerate(places) if p < i and not bounded(reading, hits[p].end, hit.start)]
        after = [n for n, p in enumerate(places) if p > i and not bounded(reading, hit.end, hits[p].start)]
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


def related(reading: Reading, hits: list[Hit], subjects: list[Subject], places: list[int]) -> list[Subject]:
    """Find "X on Y", "在 Y 上的 X" and give X its relation."""
    out = _contained(reading, hits, list(subjects), places)
    for i, hit in enumerate(hits):
        relation, after = hit.get("relation"), hit.get("after")
        if relation:
            goal = next(
                (
                    h
                    for h in hits[i + 1 : i + 5]
                    if (h.get("subject") or h.get("spot") or h.get("setting"))
                    and h.start - hit.end <= 4
                    and "with" not in reading.tokens[hit.end : h.start]
                ),
                None,
            )
        elif after and i:
            goal = hits[i - 1] if hits[i - 1].end == hit.start else None
        else:
            continue
        if goal is None:
            continue
        follows = hits[hits.index(goal) + 1] if hits.index(goal) + 1 < len(hits) else None
        if relation == "on" and follows is not None and follows.get("after") and follows.start == goal.end:
            relation = follows.get("after")  # 站在树下: the word behind the place says where
        relation = relation or after or ""
        if hit.text == "through" and goal.get("subject"):
            relation = "beside"  # one looks through a telescope
        target = goal.get("spot") or goal.get("subject") or goal.get("setting") or ""
        limit = hit.start if hit.get("relation") else goal.start
        earlier = [
            n
            for n, p in enumerate(places)
            if hits[p].start < limit and hits[p] is not goal and not bounded(reading, hits[p].end, limit)
        ]
        later = [n for n, p in enumerate(places) if hits[p].start >= hit.end and hits[p] is not goal]
        owner = (
            earlier[0]
            if earlier and relation != "with"
            else later[0]
            if later and (hit.get("after") or _of_whom(reading, hit, goal))
            else None
        )
        if owner is not None and not out[owner].relation and out[owner].kind != target:
            has = relation == "held" and out[owner].kind not in LIVING
            out[owner] = replace(out[owner], relation="beside" if has else relation, target=target)
            if owner > 0 and hits[places[owner]].start - hits[places[owner - 1]].end <= 3 and not out[owner - 1].relation:
                out[owner - 1] = replace(out[owner - 1], relation=relation, target=target)
    return _deeds(hits, out, places)


def _of_whom(reading: Reading, hit: Hit, goal: Hit) -> bool:
    """Whether the words before 的 tell of the one named after it: 骑自行车的小哥."""
    return not hit.text.isascii() and reading.tokens[goal.end : goal.end + 1] == ("的",)


def _deeds(hits: list[Hit], out: list[Subject], places: list[int]) -> list[Subject]:
    """Who fights, talks to or chases whom: somebody alive before the word and the next one after it, or several at each other."""
    for i, hit in enumerate(hits):
        deed = hit.get("deed")
        before = [n for n, p in enumerate(places) if p < i and out[n].kind in LIVING]
        after = [n for n, p in enumerate(places) if p > i and out[n].kind in LIVING]
        if not deed or not before:
            continue
        # "a bear and a tiger fighting": the two before the word.
        doer, other = (before[-1], after[0]) if after else (before[-2:][0], before[-1])
        elsewhere = out[doer].relation not in ("", "beside") and out[doer].target in [s.kind for s in out]
        if elsewhere or (doer == other and out[doer].count < 2):
            continue
        out[doer] = replace(out[doer], relation=deed, target=out[other].kind)
        if deed == "chasing":
            for n in (doer, other):
                out[n] = replace(out[n], pose=out[n].pose or "running")
    return out


def _contained(reading: Reading, hits: list[Hit], out: list[Subject], places: list[int]) -> list[Subject]:
    """What follows a vessel lies in it: a bowl of oranges, 一篮子苹果."""
    for n, (first, second) in enumerate(pairwise(places)):
        if hits[first].get("subject") not in VESSELS or out[n + 1].relation:
            continue
        between = reading.tokens[hits[first].end : hits[second].start]
        known = {at for hit in hits for at in range(hit.start, hit.end)}
        loose = [
            token
            for at, token in enumerate(between, hits[first].end)
            if at not in known and token not in ("of", "full", "filled", "fresh", "ripe", "的")
        ]
        chinese = not hits[first].text.isascii() and not between and first and bool(hits[first - 1].get("number"))
        if chinese or (not loose and ("of" in between or "filled" in between)):
            several = out[n + 1].kind in ("fruit", "vegetable", "treat")
            out[n + 1] = replace(out[n + 1], relation="in", target=out[n].kind, count=max(out[n + 1].count, 3 if several else 1))
    return out


def liveliest(subjects: tuple[Subject, ...], hits: list[Hit]) -> str:
    """The liveliest pose of all, for `Scene.motion`."""
    order = ("running", "flying", "walking", "gentle")
    lively = [LIVELY.get(s.pose, "gentle") for s in subjects] + [LIVELY[p] for h in hits if (p := h.get("pose")) in LIVELY]
    return next((name for name in order if name in lively), "gentle")
