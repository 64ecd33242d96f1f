"""Command line: arguments in, exit code out. Everything else lives in ``sim`` and ``calibration``.

python run.py SCENARIO.yaml      simulate a scenario and write its directory
python run.py check SCENARIO.yaml
python run.py list levers|targets|indicators|scenarios|parameters [--json]
python run.py calibrate [CITY] [--bank N]; python run.py sbc [CITY]
python run.py compare A.yaml B.yaml [C.yaml ...]
python run.py sweep SWEEP.yaml; python run.py sensitivity SWEEP.yaml; python run.py worker
python run.py backtest [CITY] [--quick] [--jobs N|auto] [--out DIR]
python run.py digest DIR; python run.py reproduce DIR
python run.py codelist SCENARIO.yaml [--out DIR]
python run.py decompose SCENARIO.yaml; python run.py contrast SCENARIO.yaml --of memory|posterior
python run.py lever-effects [--members N] [--scale X] [--jobs N|auto] [--out FILE.csv]
"""

from __future__ import annotations

import argparse
import importlib
import signal
import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from sim.cli.console import abandon, complain, secure_streams, without_empty_paths
from sim.cli.words import say, told
from sim.errors import InputError, Problem, UserError, nearest
from sim.threads import pin_threads

COMMANDS = (
    "run", "check", "list", "calibrate", "compare", "sweep", "sensitivity", "worker", "digest",
    "reproduce", "replay", "lever-effects", "sbc", "decompose", "contrast", "backtest",
    "codelist",
)  # fmt: skip
LISTS = ("levers", "targets", "indicators", "scenarios", "parameters")
MAX_JOBS = 512
MAX_COUNT = 1_000_000
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


def build_parser() -> argparse.ArgumentParser:
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


def settings_of(arguments: argparse.Namespace) -> dict[str, str]:
    """Return key path to value from ``--set``, ``--members`` and ``--seed``.

    Raises
    ------
    InputError
        If one is not ``key=value`` or is given twice.
    """
    given = [setting.partition("=") for setting in arguments.settings]
    for name in ("members", "seed"):
        if getattr(arguments, name) is not None:
            given.append((name, "=", getattr(arguments, name)))
    problems, settings = [], {}
    for key, equals, value in given:
        if not equals:
            problems.append(Problem("command line", key, "write --set key.path=value"))
        elif key.strip() in settings:
            problems.append(Problem("command line", key, "given twice"))
        settings[key.strip()] = value
    if problems:
        raise InputError(problems)
    return settings


def jobs_of(text: str) -> int | str:
    """Return the number of workers or ``auto``.

    Raises
    ------
    InputError
        If it is neither, or outside the legal range.
    """
    if text == "auto":
        return text
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MAX_JOBS):
        message = f"{text} is outside the legal range 1 to {MAX_JOBS}, or auto"
        raise InputError([Problem("command line", "--jobs", message)])
    return int(text)


def count_of(text: str, option: str) -> int:
    """Return a count of simulations.

    Raises
    ------
    InputError
        If it is not a whole number within the legal range.
    """
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MAX_COUNT):
        message = f"{text} is outside the legal range 1 to {MAX_COUNT}"
        raise InputError([Problem("command line", option, message)])
    return int(text)


def ensure_fits(*arguments: Any) -> Any:
    """Return the bundle of fits, made when it does not match; see ``calibration.fits.ensure``."""
    city, as_of, root = arguments[:3]
    importlib.import_module("calibration.preflight").check_tables(root, city, as_of)
    return importlib.import_module("calibration.fits").ensure(*arguments)


def dispatch(arguments: argparse.Namespace) -> int:
    """Run the command, importing only what it needs."""
    from sim.scenario import project_root

    name, lang = arguments.command, arguments.lang or "en"
    if name in ("run", "compare"):
        what = arguments.scenario if name == "run" else arguments.scenarios
        return _command(f"sim.cli.{name}", "main")(
            what, ensure_fits, settings_of(arguments), out=arguments.out,
            jobs=jobs_of(arguments.jobs), lang=arguments.lang, no_report=arguments.no_report,
            svg=arguments.svg, quiet=arguments.quiet, fresh=arguments.fresh,
        )  # fmt: skip
    if name in ("sweep", "sensitivity", "worker"):
        return _dispatch_batch(arguments)
    if name == "check":
        return _command("sim.cli.check", "main")(arguments.scenario, settings_of(arguments), lang)
    if name in ("list", "codelist"):
        return _dispatch_listing(arguments, lang)
    if name == "calibrate":
        bank = None if arguments.bank is None else count_of(arguments.bank, "--bank")
        return _command("calibration.fits", "calibrate")(
            arguments.city, project_root(), bank=bank, jobs=jobs_of(arguments.jobs)
        )
    if name == "sbc":
        return _command("calibration.estimate.command", "sbc")(
            arguments.city, project_root(), count_of(arguments.replications, "--replications"),
            arguments.out,
        )  # fmt: skip
    if name in ("decompose", "contrast"):
        more = {"of": arguments.of} if name == "contrast" else {}
        return _command(f"sim.cli.{name}", "main")(
            arguments.scenario, ensure_fits, settings_of(arguments), out=arguments.out,
            jobs=jobs_of(arguments.jobs), lang=lang, quiet=arguments.quiet, **more,
        )  # fmt: skip
    if name == "backtest":
        return _command("calibration.backtest.command", "backtest")(
            arguments.city, project_root(), quick=arguments.quick, jobs=jobs_of(arguments.jobs),
            lang=lang, out=None if arguments.out is None else Path(arguments.out),
        )  # fmt: skip
    if name == "digest":
        return _command("sim.cli.results", "digest")(arguments.dir)
    if name == "reproduce":
        return _command("sim.cli.results", "reproduce")(
            arguments.dir, ensure_fits, jobs_of(arguments.jobs), lang
        )
    if name == "lever-effects":
        return _command("sim.cli.lever_effects", "main")(
            ensure_fits, members=arguments.members, scale=arguments.scale,
            jobs=jobs_of(arguments.jobs), out=arguments.out, levers=arguments.levers, lang=lang,
            quiet=arguments.quiet,
        )  # fmt: skip
    return _command("sim.cli.results", "replay")(
        arguments.dir, arguments.member, ensure_fits, lang, arguments.cell
    )


def _dispatch_listing(arguments: argparse.Namespace, lang: str) -> int:
    """Run a command that tells what is declared."""
    if arguments.command == "codelist":
        return _command("sim.cli.codelist", "main")(
            arguments.scenario, ensure_fits, arguments.out, lang
        )
    return _command("sim.cli.listing", "main")(arguments.what, as_json=arguments.json, lang=lang)


def _dispatch_batch(arguments: argparse.Namespace) -> int:
    """Run a command that works through many settings."""
    if arguments.command == "worker":
        return _command("sim.cli.worker", "main")(ensure_fits)
    from sim.cli.sweep import Request
    from sim.cli.sweep import main as sweep

    given = {key: value for key, value in vars(arguments).items() if key != "command"}
    request = Request(**{**given, "jobs": jobs_of(arguments.jobs)})
    return sweep(request, ensure_fits, sensitivity=arguments.command == "sensitivity")


def _command(module: str, function: str) -> Callable[..., int]:
    found: Callable[..., int] = getattr(importlib.import_module(module), function)
    return found


def with_command(words: Sequence[str]) -> list[str]:
    """Return the arguments with ``run`` in front where no command is named.

    Raises
    ------
    InputError
        If the first word looks like a misspelt command.
    """
    if not words or words[0] in ("-h", "--help", *COMMANDS):
        return list(words) or ["--help"]
    if words[0].isalpha() and nearest(words[0], COMMANDS):
        near = nearest(words[0], COMMANDS)
        raise InputError([Problem("command line", words[0], f"unknown command{near}")])
    return ["run", *words]


class _Terminated(KeyboardInterrupt):
    """SIGTERM, handled as an interruption with its own exit code."""


def _terminate(number: int, frame: FrameType | None) -> None:
    raise _Terminated


def guarded(words: Sequence[str]) -> int:
    """Run a command line; return its exit code. No traceback for anything a user can cause."""
    lang = "zh" if "--lang=zh" in words or ("--lang", "zh") in pairwise(words) else "en"
    try:
        return dispatch(without_empty_paths(build_parser().parse_args(with_command(words))))
    except UserError as error:
        complain(told(error, lang))
        return error.exit_code
    except KeyboardInterrupt as error:
        complain(say("interrupted", lang))
        return 143 if isinstance(error, _Terminated) else 130
    except ModuleNotFoundError as error:
        package = (error.name or "").split(".")[0]
        if package in ("sim", "calibration"):
            raise
        package = {"ruamel": "ruamel.yaml"}.get(package, package)
        line = f"command line: the package {package} is missing: pip install {package}"
        complain(told(UserError(line), lang))
        return 2
    except BrokenPipeError:
        abandon(1)
        return 0
    except (OSError, MemoryError) as error:
        complain(told(UserError(f"{getattr(error, 'filename', None) or 'system'}: {error}"), lang))
        return 4


def main(words: Sequence[str] | None = None) -> int:
    """Run the command line of this process and return the exit code."""
    secure_streams()
    pin_threads()
    signal.signal(signal.SIGTERM, _terminate)
    try:
        code = guarded(sys.argv[1:] if words is None else words)
        sys.stdout.flush()
    except BrokenPipeError:
        abandon(1)
        return 0
    except SystemExit as leave:
        return leave.code if isinstance(leave.code, int) else 0
    return code


if __name__ == "__main__":
    sys.exit(main())
