"""What the failures of torch, diffusers and the hub mean to us.

Nothing that fails here was accepted by anybody, and drawing again costs nothing. The question behind every row is instead whose
fault it is: a request that this pipeline cannot do must not be tried again, nor keep others from being drawn.
"""

from __future__ import annotations

import re

from mediakiln.providers.base import OperatorFault, ProviderError, Rejected, RejectReason

_NO_MEMORY = re.compile(r"out of memory|can't allocate memory|not enough memory|CUBLAS_STATUS_ALLOC_FAILED", re.IGNORECASE)


class Stopped(Exception):
    """Nobody wants what is being drawn."""


class Unfit(Exception):
    """The model, as it is set up, cannot do what the catalogue promises of it. The message is for the log."""


def out_of_memory(error: BaseException) -> bool:
    """Whether a smaller batch may work: torch has a class for GPUs, and bare RuntimeErrors for CPUs and cuBLAS."""
    named = any(kind.__name__ == "OutOfMemoryError" for kind in type(error).__mro__)
    return named or isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and bool(_NO_MEMORY.search(str(error))))


def broken_device(error: BaseException) -> bool:
    """Whether the GPU's context is lost: every later call in this process fails too."""
    return type(error).__name__ == "AcceleratorError" and not out_of_memory(error)


def not_loaded(model: str) -> ProviderError:
    """A model that cannot be loaded; the reason is in the log."""
    return OperatorFault(f"diffusers: the model {model} cannot be loaded; the server's log says why")


def not_drawn(error: BaseException, *, proven: bool) -> ProviderError:
    """What it means that a single piece was not drawn. `proven` tells that this model has drawn others before."""
    if isinstance(error, ProviderError):
        return error
    if broken_device(error):
        return OperatorFault("diffusers: the GPU has failed; the worker must be started anew")
    if not proven or isinstance(error, Unfit):
        return OperatorFault("diffusers: the model cannot draw; the server's log says why")
    if out_of_memory(error):
        return Rejected(
            RejectReason.UNSUPPORTED, "diffusers: this machine has not enough memory for what was asked; try a smaller size"
        )
    if isinstance(error, TypeError | ValueError):
        return Rejected(RejectReason.INVALID, "diffusers: the model cannot draw with these parameters")
    return Rejected(RejectReason.BROKEN, "diffusers: the model failed on this request")
