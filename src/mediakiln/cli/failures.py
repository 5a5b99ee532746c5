"""One table from exceptions to the one line a person reads. What is not in it is a bug and keeps its traceback."""

from __future__ import annotations

from mediakiln.errors import InvalidRequest, MediakilnError


class CommandFailed(Exception):
    """What a command met outside this server: another server's refusal, a generation that failed. `str()` is one line."""


def explain(error: BaseException) -> tuple[str, bool] | None:
    """The line for an expected error and whether the command was called wrongly; None for an unexpected one."""
    if isinstance(error, CommandFailed):
        return one_line(str(error)), False
    if isinstance(error, MediakilnError):
        return one_line(str(error)), isinstance(error, InvalidRequest)
    if isinstance(error, OSError):
        return _system(error), False
    # Libraries are told apart by name, so that `mediakiln --help` need not import them.
    library = type(error).__module__.partition(".")[0]
    if library in ("sqlalchemy", "asyncpg", "sqlite3"):
        return f"database: {one_line(_cause(error))}", False
    if library in ("httpx", "httpcore"):
        return f"cannot reach {_address(error)}: {one_line(str(error) or type(error).__name__)}", False
    return None


def one_line(text: str) -> str:
    """The first line that says something."""
    return next((line.strip() for line in text.splitlines() if line.strip()), "unknown error")


def _system(error: OSError) -> str:
    reason = error.strerror or str(error) or type(error).__name__
    return f"{error.filename}: {reason}" if error.filename else one_line(reason)


def _address(error: BaseException) -> str:
    """The server that a request was meant for."""
    request = getattr(error, "_request", None)  # the public property raises when there is none
    return "the server" if request is None else f"{request.url.scheme}://{request.url.netloc.decode()}"


def _cause(error: BaseException) -> str:
    """A driver's own words: SQLAlchemy puts the statement and a link around them."""
    return str(getattr(error, "orig", None) or error) or type(error).__name__
