"""Mesa without its other parts: they are not imported until asked for, and then serve as ever."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


def _run(program: str, root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_worker_imports_neither_pandas_nor_the_experiments_of_mesa(root: Path) -> None:
    _run(
        "import sys; from sim.workers import model_simulate; model_simulate()\n"
        "for name in ('pandas', 'mesa.experimental', 'scipy.spatial'):\n"
        "    assert name not in sys.modules, name\n",
        root,
    )


def test_what_was_postponed_is_there_when_asked_for(root: Path) -> None:
    _run(
        "from sim.mesa_parts import mesa\n"
        "collector = mesa.DataCollector(model_reporters={'x': 'x'})\n"
        "collector.model_vars['x'].append(1.0)\n"
        "frame = collector.get_model_vars_dataframe()\n"
        "import pandas\n"
        "assert isinstance(frame, pandas.DataFrame)\n"
        "devs = mesa.experimental.devs\n"
        "import mesa.experimental\n"
        "assert mesa.experimental.devs is devs and devs.ABMSimulator\n"
        "assert mesa.experimental.__path__\n",
        root,
    )


def test_whoever_imports_the_parts_afterwards_or_before_gets_them(root: Path) -> None:
    _run(
        "from sim import mesa_parts\n"
        "import pandas, mesa, mesa.experimental.devs as devs\n"
        "assert pandas.DataFrame and devs.ABMSimulator and pandas.__version__\n",
        root,
    )
    _run("import pandas, mesa; from sim import mesa_parts as m; assert m.mesa is mesa", root)


def test_a_name_imported_within_the_block_imports_its_module_at_once(root: Path) -> None:
    _run(
        "import sys\n"
        "from sim.mesa_parts import postponed\n"
        "with postponed('xml.dom', 'no_such_module'):\n"
        "    import xml.dom as whole\n"
        "    assert 'Node' not in vars(sys.modules['xml.dom'])\n"
        "    from xml.dom import Node\n"
        "import xml.dom\n"
        "assert xml.dom.Node is Node is whole.Node\n"
        "assert 'no_such_module' not in sys.modules\n",
        root,
    )


def test_a_missing_module_is_told_when_it_is_asked_for() -> None:
    from sim.mesa_parts import postponed

    with postponed("no_such_module"):
        import no_such_module  # type: ignore[import-not-found]
    with pytest.raises(ModuleNotFoundError):
        _ = no_such_module.name
