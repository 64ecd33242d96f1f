"""The worker: one line in, one line out, whatever the line."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.cli.worker import MAX_LINE, serve
from sim.errors import InputError, ModelBreach
from sim.results import MemberResult
from sim.sweep.session import Session, read_question
from tests.sim import toy_run, toy_sweep

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    """Return a session over the toy, counting how often a city is asked for."""
    monkeypatch.setattr("sim.city.load_city", lambda bundle: toy_run.city(bundle))
    asked: list[str] = []

    def ensure(city: str, *_: Any) -> Path:
        asked.append(city)
        return tmp_path / "bundle"

    found = Session(ensure, simulate=toy_sweep.simulate, layout=toy_sweep.LAYOUT)
    found.asked = asked  # type: ignore[attr-defined]
    return found


def base(tmp_path: Path) -> str:
    toy_sweep.file(tmp_path, "{kind: grid}")
    return str(tmp_path / "base.yaml")


def answers(session: Session, *lines: str) -> list[dict[str, Any]]:
    out = io.StringIO()
    serve(session, io.StringIO("".join(line + "\n" for line in lines)), out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_answers_come_in_order_and_bad_lines_are_told(tmp_path: Path, session: Session) -> None:
    scenario = base(tmp_path)
    good = json.dumps({"scenario": scenario, "members": 3, "seed": 9})
    found = answers(
        session, good, "nonsense", "[1]", json.dumps({"scenario": scenario, "levres": {}}),
        json.dumps({"scenario": scenario, "levers": {"sei_support_bias": 2}}), "", good,
        json.dumps({"scenario": "gone.yaml"}), "x" * (MAX_LINE + 5), good,
    )  # fmt: skip
    assert len(found) == 9
    assert found[0] == found[5] == found[8]
    assert found[0]["error"] is None
    assert found[0]["indicators"]["land"] == {"q10": 100.2, "median": 101.0, "q90": 101.8}
    told = [one["error"] for one in found]
    assert told[1].startswith("not JSON")
    assert told[2] == "a question must be a JSON object"
    assert "levres: unknown key; did you mean 'levers'?" in told[3]
    assert "2 is outside the legal range 0 to 1" in told[4]
    assert "no such file" in told[6]
    assert told[7].startswith("a question longer than")
    assert session.asked == ["hangzhou"]  # type: ignore[attr-defined]


def test_levers_are_laid_over_the_scenario(tmp_path: Path, session: Session) -> None:
    scenario = base(tmp_path)
    seen: list[Any] = []

    def simulate(chosen: Any, plan: Any, city: Any, member: int) -> MemberResult:
        seen.append(chosen)
        return toy_sweep.simulate(chosen, plan, city, member)

    session.simulate = simulate
    session.ask({
        "scenario": scenario, "members": 1, "population": {"scale": 0.5},
        "levers": {"energy_price_surcharge": {"D": {"2018Q3": 0.25}}},
        "outside_world": {"export_demand": {"shock": -0.1, "from": "2018Q2"}},
        "parameters": {"depreciation_rate": 0.09},
    })  # fmt: skip
    [one] = seen
    path = one.levers["energy_price_surcharge"]["D"]
    assert path[2:] == (0.25, 0.25)
    assert path[0] != 0.25
    assert one.outside_world["export_demand"].size == -0.1
    assert dict(one.parameters) == {"depreciation_rate": 0.09}
    assert (one.members, one.population_scale) == (1, 0.5)


def test_failed_members_are_counted(tmp_path: Path, session: Session) -> None:
    def simulate(chosen: Any, plan: Any, city: Any, member: int) -> MemberResult:
        if member:
            raise ModelBreach("2018Q2", "land", 1.0)
        return toy_sweep.simulate(chosen, plan, city, member)

    session.simulate = simulate
    assert session.ask({"scenario": base(tmp_path)})["failed_members"] == 2
    session.simulate = lambda *_: (_ for _ in ()).throw(ModelBreach("2018Q2", "land", 1.0))
    [none] = answers(session, json.dumps({"scenario": base(tmp_path)}))
    assert none["error"].startswith("no member could be simulated")


@pytest.mark.parametrize("value", [[1], None, {"a": [1]}, {"a": None}])
def test_values_that_are_none(value: object) -> None:
    question = {"scenario": "a.yaml", "levers": {"x": value}}
    with pytest.raises(InputError, match="must be a number or a word"):
        read_question(question)


def test_the_process_writes_nothing_but_answers() -> None:
    done = subprocess.run(
        [sys.executable, "run.py", "worker"], cwd=ROOT, input="{}\nnope\n", text=True,
        capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert first["error"] == "question: scenario: missing; must be the path of a file"
    assert second["error"].startswith("not JSON")
    assert done.stderr == ""


def test_numbers_of_numpy_are_numbers() -> None:
    question = {"scenario": "a.yaml", "levers": {"x": np.float64(0.1)}, "members": np.int64(3)}
    assert read_question(question) == ("a.yaml", {"levers.x": "0.1", "members": "3"})


def test_the_example_of_the_documentation_runs() -> None:
    text = (ROOT / "docs" / "how-to" / "drive-from-outside.md").read_text(encoding="utf-8")
    example = text.partition("<!-- example salib -->\n```python\n")[2].partition("```")[0]
    done = subprocess.run(
        [sys.executable, "-c", example], cwd=ROOT, text=True, capture_output=True, check=False,
        timeout=300,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("4 answers; smallest ")
