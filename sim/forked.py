"""Processes forked from a server that has imported what they need, where that is safe.

Python's fork server is a process of its own without threads: it may be copied at any moment, which
a driver with threads may not. On systems other than Linux processes are spawned, each anew.
"""

from __future__ import annotations

import multiprocessing
import sys
from contextlib import suppress
from multiprocessing import forkserver
from pathlib import Path
from typing import Any


def spawning() -> Any:
    """Return the context whose processes begin with nothing but their arguments."""
    return multiprocessing.get_context("spawn")


def forking(prepared: str) -> Any:
    """Return the context whose processes are forked from a server, where forking is safe.

    Parameters
    ----------
    prepared : str
        Module that the server imports before it forks anything.
    """
    if sys.platform != "linux":
        return spawning()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", prepared])
    return context


def begin(context: Any) -> bool:
    """Let the server of a context import meanwhile; return whether it has one."""
    if context.get_start_method() != "forkserver":
        return False
    with suppress(OSError):  # the first process to be forked will tell
        forkserver.ensure_running()
    return True


def leave_no_socket() -> None:
    """Remove the socket that this server was asked by, and its folder: its driver may be killed."""
    address = getattr(getattr(forkserver, "_forkserver", None), "_forkserver_address", None)
    if isinstance(address, str) and address.startswith("/"):
        with suppress(OSError):
            Path(address).unlink(missing_ok=True)
            Path(address).parent.rmdir()
