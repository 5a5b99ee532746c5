"""The one thread of a device: takes what waits in batches, draws it, and hands it out.

Everything that torch does happens on this thread, so the event loop never waits for it. A batch that fails is drawn piece by
piece, so that what is wrong with one harms no other.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from typing import Protocol

import structlog
from msgspec import Struct

from mediakiln.errors import shorten
from mediakiln.providers.base import OperatorFault, ProviderError, Retryable
from mediakiln.providers.diffusers.errors import Stopped, broken_device, not_drawn, out_of_memory
from mediakiln.providers.diffusers.waiting import Order, Piece, Waiting
from mediakiln.telemetry import metrics

GATHER, SHARE = 0.5, 0.1
"""How long a smaller batch waits for more of its order after a larger one: at most so many seconds, and at most this share of
what that one took. Callers who got their pictures send their next requests soon, and one who came first should not be drawn alone
while the others follow. A device that was idle, or had one caller, starts at once."""
LIMITS = 256
"""Orders for which a smaller batch is remembered."""

log = structlog.get_logger(__name__)


class Artist(Protocol):
    """What draws: `drawing.Easel`, and in tests whatever is needed."""

    def ready(self) -> Collection[str]:
        """The models in memory."""

    def draw(self, order: Order, pieces: Sequence[Piece], step: Callable[[float], None]) -> Sequence[object]:
        """Draw in one call; an exception among the results is one piece's own."""

    def proven(self, order: Order) -> bool:
        """Whether this model has drawn for this task."""

    def make_room(self, model: str) -> bool:
        """Free all memory but this model's; whether there was any."""

    def clean(self) -> None:
        """Give back memory that nothing uses."""


class _Last(Struct, frozen=True):
    """The batch before: a smaller one of its order waits `until` then (by the monotonic clock)."""

    order: Order | None = None
    size: int = 0
    until: float = 0.0

    def larger(self, batch: Sequence[Piece]) -> bool:
        """Whether more of them may be on their way."""
        return batch[0].order == self.order and len(batch) < self.size


class Engine:
    """One device. `artist` is made by the thread, since it imports torch; `most` is how many pieces of an order one call takes.

    Safe to use from any thread.
    """

    def __init__(self, name: str, artist: Callable[[], Artist], most: Callable[[Order], int]) -> None:
        self._name = name
        self._make = artist
        self._most = most
        self._limits: OrderedDict[Order, int] = OrderedDict()
        self._waiting = Waiting()
        self._changed = threading.Condition()
        self._closed = False
        self._thread: threading.Thread | None = None
        self._last = _Last()

    def submit(self, pieces: Collection[Piece]) -> None:
        """Put pieces in line; each hears of its end once. Raises Retryable when the engine is closed."""
        with self._changed:
            if self._closed:
                raise Retryable("diffusers: the worker is stopping", delay=1.0)
            self._waiting.add(pieces)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=f"diffusers {self._name}", daemon=True)
                self._thread.start()
            self._changed.notify()

    def close(self, patience: float = 30.0) -> None:
        """Stop after the step that is being drawn; whatever waits fails as `Retryable`. Blocks, at most `patience` seconds."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(patience)

    def _run(self) -> None:
        artist: Artist | None = None
        try:
            while batch := self._next(artist.ready() if artist else ()):
                try:
                    artist = artist or self._make()
                except Exception as error:
                    log.error("diffusers.unfit", device=self._name, error=shorten(f"{error!r}", 500), exc_info=True)
                    _end(batch, OperatorFault("diffusers: it cannot work on this machine; the server's log says why"))
                    continue
                began = time.monotonic()
                self._work(artist, batch)
                ended = time.monotonic()
                self._last = _Last(batch[0].order, len(batch), ended + min(GATHER, SHARE * (ended - began)))
        finally:
            with self._changed:
                self._closed = True
                left = self._waiting.take_all()
            _end(left, Retryable("diffusers: the worker is stopping", delay=1.0))

    def _next(self, ready: Collection[str]) -> list[Piece]:
        """The next batch, as soon as there is one; none when the engine is closed."""
        with self._changed:
            while not self._closed:
                batch, full = self._waiting.next(ready, self._bound)
                left = self._last.until - time.monotonic() if batch and not full and self._last.larger(batch) else 0.0
                if batch and left <= 0:
                    self._waiting.take(batch)
                    return batch
                self._changed.wait(left if batch else None)
            return []

    def _bound(self, order: Order) -> int:
        return min(self._most(order), self._limits.get(order, self._most(order)))

    def _work(self, artist: Artist, batch: list[Piece]) -> None:
        order = batch[0].order
        try:
            drawn = artist.draw(order, batch, self._step(batch))
        except Stopped:
            _end(batch, Retryable("diffusers: the worker is stopping", delay=1.0))
        except Exception as error:
            self._failed(artist, batch, error)
        else:
            metrics.DIFFUSERS_BATCH.labels(order.model, order.task).observe(len(batch))
            for piece, one in zip(batch, drawn, strict=True):
                piece.finish(one)

    def _failed(self, artist: Artist, batch: list[Piece], error: Exception) -> None:
        order = batch[0].order
        if isinstance(error, ProviderError) or broken_device(error):  # no smaller batch would do better
            self._give_up(artist, batch, error)
        elif out_of_memory(error):
            error.__traceback__ = None  # its frames hold what fills the memory
            self._smaller(artist, batch, error)
        elif len(batch) > 1:
            log.warning("diffusers.batch_failed", model=order.model, size=len(batch), error=shorten(f"{error!r}", 300))
            self._one_by_one(artist, batch)
        else:
            self._give_up(artist, batch, error)

    def _smaller(self, artist: Artist, batch: list[Piece], error: Exception) -> None:
        """Half as many from now on; a single piece gets all the memory there is, once."""
        order = batch[0].order
        artist.clean()
        if len(batch) > 1:
            self._remember(order, len(batch) // 2)
            with self._changed:
                self._waiting.put_back(batch)
        elif artist.make_room(order.model):
            self._work(artist, batch)
        else:
            self._give_up(artist, batch, error)

    def _one_by_one(self, artist: Artist, batch: list[Piece]) -> None:
        """Each alone. Where all are drawn it was their being together that failed, and they are not put together again."""
        failures = 0

        def counting(piece: Piece) -> Callable[[object], None]:
            finish = piece.finish

            def count(result: object) -> None:
                nonlocal failures
                failures += isinstance(result, Exception)
                finish(result)

            return count

        for piece in batch:
            piece.finish = counting(piece)
            if not piece.cancelled:
                self._work(artist, [piece])
        if not failures:
            self._remember(batch[0].order, 1)

    def _remember(self, order: Order, most: int) -> None:
        log.info("diffusers.smaller_batches", model=order.model, width=order.width, height=order.height, most=most)
        self._limits[order] = most
        if len(self._limits) > LIMITS:
            self._limits.popitem(last=False)

    def _give_up(self, artist: Artist, batch: list[Piece], error: Exception) -> None:
        order = batch[0].order
        if not isinstance(error, ProviderError):
            log.error("diffusers.not_drawn", model=order.model, task=order.task, error=shorten(f"{error!r}", 500), exc_info=error)
        _end(batch, not_drawn(error, proven=artist.proven(order)))

    def _step(self, batch: Sequence[Piece]) -> Callable[[float], None]:
        def step(fraction: float) -> None:
            if self._closed or all(piece.cancelled for piece in batch):
                raise Stopped
            for piece in batch:
                piece.tell(fraction)

        return step


def _end(pieces: Collection[Piece], failure: ProviderError) -> None:
    for piece in pieces:
        piece.finish(failure)
