"""The command line. Results go to stdout, logs and progress to stderr; an expected error is one line and exit 1 or 2."""

from __future__ import annotations

import sys

from typer.exceptions import Abort, TyperException

from mediakiln.cli.app import app
from mediakiln.cli.failures import explain, one_line

RUNTIME, USAGE, INTERRUPTED = 1, 2, 130


def main() -> None:
    """Run one command and end the process with its exit status: 0, 1 (it failed), 2 (it was called wrongly)."""
    try:
        status = app(prog_name="mediakiln", standalone_mode=False)
    except TyperException as error:
        _complain(_usage(error))
        status = error.exit_code
    except (KeyboardInterrupt, Abort):
        status = INTERRUPTED
    except Exception as error:
        told = explain(error)
        if told is None:
            raise
        message, usage = told
        _complain(message)
        status = USAGE if usage else RUNTIME
    sys.exit(status)


def _usage(error: TyperException) -> str:
    """What was wrong with the call, and where to look; empty when the help has been shown already."""
    message = error.format_message()
    context = getattr(error, "ctx", None)
    if not message or context is None:
        return message
    return f"{one_line(message)} (see: {context.command_path} --help)"


def _complain(message: str) -> None:
    if message:
        print(f"mediakiln: {message}", file=sys.stderr)
