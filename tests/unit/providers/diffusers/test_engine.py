"""The thread of a device and the line before it: what is drawn together, what waits, and what happens when something fails.

The artist here draws words; `test_provider.py` has the real one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from fakes.artist import Studio

from mediakiln.providers.base import OperatorFault, Rejected, RejectReason, Retryable
from mediakiln.providers.diffusers import engine as engines
from mediakiln.providers.diffusers.engine import Engine
from mediakiln.providers.diffusers.options import Task
from mediakiln.providers.diffusers.waiting import PATIENCE, Order, Piece, Waiting

MOST = 4


def order(model: str = "a", **other: Any) -> Order:
    return Order(model, Task.TEXT_TO_IMAGE, **{"width": 64, "height": 64} | other)


class Wish:
    """A piece and what becomes of it."""

    def __init__(self, prompt: str, of: Order | None = None, seed: int = 0) -> None:
        self.told: list[float] = []
        self.result: object = None
        self.done = threading.Event()
        self.piece = Piece(of or order(), prompt, "", seed, (), None, self.told.append, self._finish)

    def _finish(self, result: object) -> None:
        assert not self.done.is_set(), "ended twice"
        self.result = result
        self.done.set()

    def wait(self) -> object:
        assert self.done.wait(20)
        return self.result


Opened = Callable[..., Engine]


@pytest.fixture
def opened() -> Iterator[Opened]:
    made: list[Engine] = []

    def make(studio: Studio, most: int = MOST) -> Engine:
        made.append(Engine("test", lambda: studio, lambda _: most))
        return made[-1]

    yield make
    for each in made:
        each.close()


def submit(engine: Engine, *wishes: Wish) -> None:
    engine.submit([wish.piece for wish in wishes])


def wishes(*prompts: str, of: Order | None = None) -> list[Wish]:
    return [Wish(prompt, of) for prompt in prompts]


def busy(studio: Studio, engine: Engine) -> Wish:
    """The engine at work on something of a model nobody else wants."""
    first = Wish("first", order("busy"))
    submit(engine, first)
    assert studio.begun.wait(20)
    return first


def release(studio: Studio, steps: int = 1_000) -> None:
    assert studio.gate is not None
    studio.gate.release(steps)


def test_what_waits_is_drawn_together(opened: Opened) -> None:
    """Ten wait behind one: three calls, in order, none larger than allowed; each hears of its own picture and its progress."""
    studio = Studio(gated=True)
    engine = opened(studio)
    first = busy(studio, engine)
    ten = wishes(*"abcdefghij")
    submit(engine, *ten)
    release(studio)
    assert [wish.wait() for wish in ten] == [f"{each}/0" for each in "abcdefghij"]
    assert first.wait() == "first/0"
    assert studio.calls == [["first"], list("abcd"), list("efgh"), list("ij")]
    assert ten[0].told == [0.5, 1.0]


def test_only_what_fits_is_drawn_together(opened: Opened) -> None:
    """Another size, other steps, a negative prompt or another task is another call; orders that stand apart are drawn alone."""
    studio = Studio(gated=True)
    engine = opened(studio)
    busy(studio, engine)
    kinds = [
        order(),
        order(width=128),
        order(arguments=b'{"num_inference_steps":4}'),
        order(negative=True),
        Order("a", Task.IMAGE_TO_IMAGE, 64, 64, strength=0.5),
        order(apart=True),
    ]
    waiting = [Wish(f"{number}{half}", kind) for half in "xy" for number, kind in enumerate(kinds)]
    submit(engine, *waiting)
    release(studio)
    for wish in waiting:
        wish.wait()
    assert studio.calls[1:] == [[f"{n}x", f"{n}y"] for n in range(5)] + [["5x"], ["5y"]]


def test_who_waits_for_others(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody on an idle device, nobody after a batch of one or of another order, and no full batch; but the first to come back
    after a batch of several waits a little for the rest, no longer than until they are as many again."""
    monkeypatch.setattr(engines, "GATHER", 1.5)
    monkeypatch.setattr(engines, "SHARE", 1e9)
    studio = Studio()
    engine = opened(studio)

    def draw(*some: Wish, pause: float = 0.0) -> float:
        began = time.monotonic()
        for wish in some:
            submit(engine, wish)
            time.sleep(pause)
        for wish in some:
            wish.wait()
        return time.monotonic() - began

    [alone, again], four, five = wishes("a", "b"), wishes(*"cdef"), wishes(*"ghij")
    assert draw(alone) + draw(again) < 1.0
    began = time.monotonic()
    submit(engine, *four)
    for wish in four:
        wish.wait()
    assert draw(Wish("other", order(width=128))) + time.monotonic() - began < 1.0
    submit(engine, *five)
    for wish in five:
        wish.wait()
    assert draw(*wishes(*"klmn"), pause=0.05) < 1.0
    assert draw(Wish("o"), pause=0.0) > 1.0
    assert studio.calls == [["a"], ["b"], list("cdef"), ["other"], list("ghij"), list("klmn"), ["o"]]


def test_models_in_memory_come_first_but_not_for_ever() -> None:
    """Loading another model is put off while the oldest that needs it is patient; then it is its turn, whatever else waits."""
    now = 0.0
    waiting = Waiting(clock=lambda: now)
    other, here = Wish("other", order("other")), Wish("here")
    waiting.add([other.piece, here.piece])
    assert waiting.next({"a"}, lambda _: 4) == ([here.piece], False)
    assert waiting.next({"b"}, lambda _: 4) == ([other.piece], False)
    now = PATIENCE + 1
    assert waiting.next({"a"}, lambda _: 4) == ([other.piece], False)


def test_no_model_starves(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream of requests for one model, each sent when the last was drawn, does not keep another's from being drawn."""
    monkeypatch.setattr("mediakiln.providers.diffusers.waiting.PATIENCE", 0.2)
    studio = Studio()
    engine = opened(studio, 1)
    stop = threading.Event()

    def stream() -> None:
        while not stop.is_set():
            two = wishes("stream", "stream")
            submit(engine, *two)
            two[0].wait()

    thread = threading.Thread(target=stream)
    thread.start()
    try:
        time.sleep(0.1)
        rare = Wish("rare", order("rare"))
        submit(engine, rare)
        assert rare.done.wait(5)
    finally:
        stop.set()
        thread.join()


def test_a_cancelled_job_leaves_its_batch(opened: Opened) -> None:
    """The others in the batch get their pictures; what was waiting is never begun."""
    studio = Studio(gated=True)
    engine = opened(studio)
    two, waiting = wishes("a", "b"), Wish("c", order(width=128))
    submit(engine, *two)
    assert studio.begun.wait(20)
    submit(engine, waiting)
    two[0].piece.cancelled = waiting.piece.cancelled = True
    release(studio)
    assert two[1].wait() == "b/0"
    last = Wish("d")
    submit(engine, last)
    last.wait()
    assert studio.calls == [["a", "b"], ["d"]]


def test_a_batch_that_nobody_wants_ends_within_a_step(opened: Opened) -> None:
    """The rest of its steps is not drawn."""
    studio = Studio(gated=True, steps=1_000)
    engine = opened(studio)
    two = wishes("a", "b")
    submit(engine, *two)
    assert studio.begun.wait(20)
    for wish in two:
        wish.piece.cancelled = True
    release(studio, 1)
    two[0].wait()
    assert studio.steps_drawn == 1


class OutOfMemoryError(RuntimeError):
    """As torch names it."""


def test_too_little_memory_makes_smaller_batches(opened: Opened) -> None:
    """Halved until it fits, nobody loses anything, and the next batches of that order are as small from the beginning; those of
    another order are not."""

    def plan(pieces: Sequence[Piece]) -> None:
        if len(pieces) > 2 and pieces[0].order.width == 64:
            raise OutOfMemoryError("CUDA out of memory. Tried to allocate 20 MiB")

    studio = Studio(plan)
    engine = opened(studio, 8)
    for prompts, of in (("abcdefgh", order()), ("ijkl", order()), ("mnop", order(width=32))):
        some = wishes(*prompts, of=of)
        submit(engine, *some)
        assert [wish.wait() for wish in some] == [f"{each}/0" for each in prompts]
    assert [len(call) for call in studio.calls] == [8, 4, 2, 2, 2, 2, 2, 2, 4]


@pytest.mark.parametrize(
    ("others", "known", "kind"), [(1, True, None), (0, True, Rejected), (0, False, OperatorFault)], ids=["room", "full", "new"]
)
def test_too_little_memory_for_one(opened: Opened, others: int, known: bool, kind: type[Exception] | None) -> None:
    """Alone it gets the memory of the other models; if that does not help it cannot be done, and is not tried for ever. A model
    that has never drawn at all is the operator's trouble."""
    failing = [OutOfMemoryError("out of memory")]

    def plan(_: Sequence[Piece]) -> None:
        if failing:
            raise failing.pop() if others else failing[0]

    studio = Studio(plan)
    studio.others, studio.known = others, known
    engine = opened(studio)
    wish = Wish("a")
    submit(engine, wish)
    result = wish.wait()
    assert result == "a/0" if kind is None else isinstance(result, kind)


def test_a_poisoned_piece_fails_alone(opened: Opened) -> None:
    """The batch is drawn again one by one; the next batches are whole."""

    def plan(pieces: Sequence[Piece]) -> None:
        if any(piece.prompt == "poison" for piece in pieces):
            raise ValueError("a private word of the prompt")

    studio = Studio(plan)
    engine = opened(studio)
    three = wishes("a", "poison", "b")
    submit(engine, *three)
    assert (three[0].wait(), three[2].wait()) == ("a/0", "b/0")
    refused = three[1].wait()
    assert isinstance(refused, Rejected)
    assert refused.reason is RejectReason.INVALID
    assert "private" not in str(refused)
    more = wishes("c", "d")
    submit(engine, *more)
    for wish in more:
        wish.wait()
    assert studio.calls[-1] == ["c", "d"]


def test_a_pipeline_that_draws_no_batches(opened: Opened) -> None:
    """All fail together and none alone: from then on they are drawn alone without trying."""

    def plan(pieces: Sequence[Piece]) -> None:
        if len(pieces) > 1:
            raise TypeError("no lists here")

    studio = Studio(plan)
    engine = opened(studio)
    for prompts in ("abc", "def"):
        some = wishes(*prompts)
        submit(engine, *some)
        assert [wish.wait() for wish in some] == [f"{each}/0" for each in prompts]
    assert [len(call) for call in studio.calls] == [3, 1, 1, 1, 1, 1, 1]


def test_a_model_that_cannot_be_loaded(opened: Opened) -> None:
    """One try for the whole batch."""

    def plan(_: Sequence[Piece]) -> None:
        raise OperatorFault("cannot be loaded")

    studio = Studio(plan)
    engine = opened(studio)
    two = wishes("a", "b")
    submit(engine, *two)
    assert all(isinstance(wish.wait(), OperatorFault) for wish in two)
    assert len(studio.calls) == 1


def test_a_machine_that_cannot_draw_at_all() -> None:
    """torch does not import: an operator's fault for each job, and it is tried again with the next."""

    def broken() -> Studio:
        raise ImportError("libcudart.so.13: cannot open shared object file")

    engine = Engine("test", broken, lambda _: 4)
    try:
        for _ in range(2):
            wish = Wish("a")
            submit(engine, wish)
            result = wish.wait()
            assert isinstance(result, OperatorFault)
            assert "libcudart" not in str(result)
    finally:
        engine.close()


def test_closing_ends_the_thread(opened: Opened) -> None:
    """After the step it is at; what is drawn and what waits may be tried elsewhere, and nothing new is taken."""
    studio = Studio(gated=True, steps=1_000)
    engine = opened(studio)
    first, second = Wish("a"), Wish("b", order(width=128))
    submit(engine, first)
    assert studio.begun.wait(20)
    submit(engine, second)
    closing = threading.Thread(target=engine.close)
    closing.start()
    time.sleep(0.1)
    release(studio, 1)
    closing.join(20)
    assert not closing.is_alive()
    assert isinstance(first.wait(), Retryable)
    assert isinstance(second.wait(), Retryable)
    assert studio.steps_drawn == 1
    with pytest.raises(Retryable):
        submit(engine, Wish("c"))
