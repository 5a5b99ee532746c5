"""The error codes that a family of models has of its own, as its page names them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from mediakiln import errors
from mediakiln.tasks.records import ErrorCode

CodeOf = Callable[[errors.MediakilnError | None], str | None]
"""A family's own code for what a submit raised, or for a fault of ours (None); None where it has none: the table's counts."""
Codes = Mapping[ErrorCode | None, str]
"""A family's code for each end of a task; None stands for a task that was canceled."""


class Refused(errors.InvalidRequest):
    """A parameter that is wrong in a way that has a code of its own."""

    def __init__(self, detail: str, *, field: str, code: str) -> None:
        super().__init__(detail, field=field)
        self.code = code


class Numbered(Struct, frozen=True):
    """The codes of a family that numbers them: a prefix, and an ending for each cause (wire file, section 5). `fields` are the
    endings for a parameter that is wrong, by its name; `other` is the ending for those that are not there."""

    prefix: str
    fields: Mapping[str, str] = {}
    other: str | None = None

    def code_of(self, error: errors.MediakilnError | None) -> str | None:
        """See `CodeOf`."""
        match error:
            case None:
                ending: str | None = "095"
            case Refused():
                return error.code
            case errors.Unreachable():
                ending = "097"
            case errors.UnknownModel():
                ending = None
            case errors.InvalidRequest():
                ending = self.fields.get((error.field or "").partition("[")[0], self.other)
            case errors.Overloaded(scope="server"):
                ending = "099"
            case _:
                ending = None
        return self.prefix + ending if ending else None

    @property
    def of_tasks(self) -> Codes:
        """See `Codes`: 095 internal, 096 a result that cannot be read, 097 an answer that was an error (the upstream's, or that
        of an input's host), 098 a task of which the upstream tells nothing any more, 099 an upstream that cannot be used."""
        endings = {
            None: "095",
            ErrorCode.INTERNAL: "095",
            ErrorCode.OUTPUT_UNUSABLE: "096",
            ErrorCode.INVALID_INPUT: "097",
            ErrorCode.CONTENT_FILTERED: "097",
            ErrorCode.PROVIDER_REJECTED: "097",
            ErrorCode.SUBMISSION_UNKNOWN: "098",
            ErrorCode.DEADLINE_EXCEEDED: "098",
            ErrorCode.PROVIDER_UNAVAILABLE: "099",
        }
        return {cause: self.prefix + ending for cause, ending in endings.items()}
