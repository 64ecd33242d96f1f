"""The arguments of every command, and how a wrong one is told."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import NoReturn

from sim.errors import InputError, Problem, nearest

COMMANDS = (
    "run", "check", "list", "calibrate", "compare", "sweep", "sensitivity", "worker", "digest",
    "reproduce", "replay", "lever-effects", "sbc", "decompose", "contrast", "backtest",
    "codelist",
)  # fmt: skip
LISTS = ("levers", "targets", "indicators", "scenarios", "parameters")
EPILOG = """exit codes: 0 done; 2 bad input; 3 finished with failed members; 4 input or output;
5 directory busy; 130 or 143 interrupted (the same command resumes)"""


class _Parser(argparse.ArgumentParser):
    """Complains in one line, as all other problems are told."""

    def error(self, message: str) -> NoReturn:
        if message.startswith("unrecognized arguments: "):
            word = message.removeprefix("unrecognized arguments: ").split()[0]
            message += nearest(word.split("=")[0], _options_of(self))
        raise InputError([Problem("command line", "", message)])


def _options_of(parser: argparse.ArgumentParser) -> set[str]:
    """Return every option of a parser and of its commands."""
    found: set[str] = set()
    for action in parser._actions:
        found.update(action.option_strings)
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                found |= _options_of(command)
    return found


def build_parser(lang: str = "en") -> argparse.ArgumentParser:
    """Return the parser of all commands, its help in the given language."""
    parser = _parser()
    if lang == "zh":
        from sim.cli.help_zh import translate

        translate(parser)
    return parser


def _parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = _Parser(
        prog="run.py", description="With what probability does a city reach its plan's targets?",
        epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False,
    )  # fmt: skip
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def add(name: str, text: str) -> argparse.ArgumentParser:
        found = commands.add_parser(name, help=text, description=text, allow_abbrev=False)
        found.add_argument("--lang", choices=("en", "zh"), help="language of what is shown")
        return found

    run = add("run", "simulate a scenario; `run` itself may be left out")
    run.add_argument("scenario", metavar="SCENARIO.yaml")
    _scenario_arguments(run)
    _run_arguments(run, "directory of the run (outputs/<name>)")
    compare = add("compare", "run scenarios on the same members and write what differs")
    compare.add_argument("scenarios", metavar="SCENARIO.yaml", nargs="+")
    _scenario_arguments(compare)
    _run_arguments(compare, "directory of the comparison (outputs/<name>_vs_<name>)")
    _sweep_arguments(add("sweep", "simulate a design of settings; finished cells are kept"))
    _sweep_arguments(add("sensitivity", "sweep a sobol or morris design and analyse it"))
    add("worker", "answer questions, one JSON object a line, until the input ends")
    check = add("check", "validate a scenario only; lists every problem")
    check.add_argument("scenario", metavar="SCENARIO.yaml")
    _scenario_arguments(check)
    listing = add("list", "show what is declared")
    listing.add_argument("what", choices=LISTS)
    listing.add_argument("--json", action="store_true", help="a list of objects")
    codes = add("codelist", "write the codelist of scenarios_iamc.csv for IAMC tools")
    codes.add_argument("scenario", metavar="SCENARIO.yaml")
    codes.add_argument("--out", metavar="DIR", help="folder of the definition (scenarios/iamc)")
    calibrate = add("calibrate", "fit a city's data again")
    calibrate.add_argument("city", nargs="?", default="hangzhou")
    calibrate.add_argument(
        "--bank", metavar="N", help="simulate N hindcasts for the structural parameters first"
    )
    calibrate.add_argument("--jobs", metavar="N|auto", default="auto", help="worker processes")
    checked = add("sbc", "check the estimation of structural parameters on its own simulations")
    checked.add_argument("city", nargs="?", default="hangzhou")
    checked.add_argument("--replications", metavar="N", default="1000", help="at least 320 (1000)")
    checked.add_argument("--out", metavar="FILE.csv", help="table (in the city's fits)")
    backtest = add("backtest", "what forecasts from earlier dates were worth; kept beside the fits")
    backtest.add_argument("city", nargs="?", default="hangzhou")
    backtest.add_argument("--quick", action="store_true", help="two origins, into outputs/ only")
    backtest.add_argument("--jobs", metavar="N|auto", default="auto", help="worker processes")
    backtest.add_argument("--out", metavar="DIR", help="folder of backtest.csv and backtest.json")
    add("digest", "print the digest of a run's results").add_argument("dir")
    again = add("reproduce", "run again from a directory's manifest and compare digests")
    again.add_argument("dir")
    again.add_argument("--jobs", metavar="N|auto", default="auto", help="worker processes")
    replay = add("replay", "simulate one member of a finished run or cell alone")
    replay.add_argument("dir")
    replay.add_argument("member", type=int)
    replay.add_argument("--cell", type=int, help="cell of a sweep's directory")
    _add_designs(add)
    _add_effects(add)
    return parser


def _add_effects(add: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """Add the command that tries every lever over its range."""
    effects = add("lever-effects", "what each lever does over its whole range, all others unmoved")
    effects.add_argument("--members", metavar="N", default="50", help="pairs of members (50)")
    effects.add_argument("--scale", metavar="X", default="0.1", help="population.scale (0.1)")
    effects.add_argument("--jobs", metavar="N|auto", default="auto", help="worker processes")
    effects.add_argument("--out", metavar="FILE.csv", help="table (outputs/lever-effects.csv)")
    effects.add_argument("--quiet", action="store_true", help="no progress, no table")
    effects.add_argument(
        "--lever", metavar="NAME", action="append", default=[], dest="levers",
        help="only this lever; may be given several times",
    )  # fmt: skip


def _run_arguments(parser: argparse.ArgumentParser, out: str) -> None:
    """Declare the options of commands that simulate scenarios and write a directory."""
    parser.add_argument("--out", metavar="DIR", help=out)
    parser.add_argument("--jobs", metavar="N|auto", default="auto", help="worker processes")
    parser.add_argument("--no-report", action="store_true", help="no tables, figures, page of runs")
    parser.add_argument("--svg", action="store_true", help="figures as SVG as well")
    parser.add_argument("--quiet", action="store_true", help="no progress, no table")
    parser.add_argument("--fresh", action="store_true", help="discard finished members lying there")


def _sweep_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``sweep`` and ``sensitivity``."""
    parser.add_argument("file", metavar="SWEEP.yaml")
    _run_arguments(parser, "directory of the sweep (outputs/<name>)")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="a Dask scheduler, tcp://host:8786")
    parser.add_argument("--cells", metavar="DIR", help="finished cells (outputs/.cells)")
    parser.add_argument("--log", metavar="FILE", help="add lines of progress to a file")
    parser.add_argument("--zarr", action="store_true", help="the dataset as results.zarr as well")
    parser.add_argument("--map", metavar="A,B", dest="map_of", help="two factors of the maps")
    parser.add_argument(
        "--extend", action="store_true", help="go on although the sweep file was edited"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="print cells, memory and time; simulate nothing"
    )


def _add_designs(add: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """Add the commands that run a scenario more than once."""
    parts = add("decompose", "variance of each target by group of uncertainty")
    contrast = add("contrast", "score a scenario with and without memory rows, or the posterior")
    contrast.add_argument("--of", choices=("memory", "posterior"), default="memory")
    for command in (parts, contrast):
        command.add_argument("scenario", metavar="SCENARIO.yaml")
        _scenario_arguments(command)
        command.add_argument("--jobs", metavar="N|auto", default="auto", help="worker processes")
        command.add_argument("--out", metavar="FILE.csv", help="table (in outputs/)")
        command.add_argument("--quiet", action="store_true", help="no progress, no table")


def _scenario_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--members", metavar="N", help="size of the ensemble")
    parser.add_argument("--seed", metavar="N", help="root seed")
    parser.add_argument(
        "--set", metavar="KEY.PATH=VALUE", action="append", default=[], dest="settings",
        help="change a value of the scenario, such as levers.energy_price_surcharge.D=0.3",
    )  # fmt: skip
