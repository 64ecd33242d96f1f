"""Time of a quarter of a model, as a line of JSON, for versions that run in their own process."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.reduced.numpy_form import population


def quickest(step: Callable[[], Any], seconds: float) -> float:
    """Return the least CPU seconds of a step, tried for some seconds and at least five times."""
    step()
    best, tries, until = float("inf"), 0, time.monotonic() + seconds
    while tries < 5 or time.monotonic() < until:
        began = time.process_time()
        step()
        best = min(best, time.process_time() - began)
        tries += 1
    return best


def run(make: Callable[[dict[str, Any], int], tuple[Callable[[], Any], Callable[[], Any]]]) -> None:
    """Measure one version from the command line: ``SCRIPT FIRMS SECONDS``.

    Parameters
    ----------
    make : callable
        Takes columns and the most quarters that will be asked for; returns a step and a function
        that gives the outputs of all firms.

    Notes
    -----
    Prints million firm-quarters a second, peak memory, and by how much total output grew in the
    first quarter (log), which the rules fix.
    """
    firms, seconds = int(sys.argv[1]), float(sys.argv[2])
    columns = population(firms)
    before = float(np.sum(columns["output"]))
    step, output = make(columns, 15_000)
    step()
    grown = float(np.log(np.sum(output()) / before))
    rate = firms / quickest(step, seconds) / 1e6
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    memory *= 1 if sys.platform == "darwin" else 1024
    print(json.dumps({"rate": rate, "memory": memory, "growth": grown}))
