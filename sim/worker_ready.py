"""The state that workers are forked in: model imported, compiled loops loaded.

Importing this module brings a process there. Python's fork server does so once for all workers of
a run (:class:`sim.workers.Crew`), which then hold what was imported and loaded in common.
"""

from __future__ import annotations

import atexit
import gc
from contextlib import suppress

from sim.compile_ahead import load_kept
from sim.forked import leave_no_socket
from sim.garbage import rarely_sought
from sim.threads import CompiledLoops
from sim.workers import model_simulate

with suppress(Exception), rarely_sought():  # a worker meets the same, and can tell it
    model_simulate()
    if CompiledLoops().known():
        load_kept()
gc.freeze()  # what stands already is no garbage: a search would touch, and so copy, its pages
atexit.register(leave_no_socket)
