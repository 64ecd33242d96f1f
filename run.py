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
import gc
import importlib
import signal
import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Any

from sim.cli.console import abandon, complain, secure_streams, without_empty_paths
from sim.cli.parser import COMMANDS, build_parser
from sim.cli.words import say, told
from sim.errors import InputError, Problem, UserError, nearest
from sim.threads import pin_threads

NOTHING_KEPT = ("decompose", "contrast", "reproduce")
"""Commands whose members lie in a temporary folder."""
MAX_JOBS = 512
MAX_COUNT = 1_000_000


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


def count_of(text: str, option: str, least: int = 1) -> int:
    """Return a count of simulations, `least` or more.

    Raises
    ------
    InputError
        If it is not a whole number within the legal range.
    """
    if not (text.isascii() and text.isdigit() and least <= int(text[:9]) <= MAX_COUNT):
        message = f"{text} is outside the legal range {least} to {MAX_COUNT}"
        raise InputError([Problem("command line", option, message)])
    return int(text)


def hindcasts(text: str | None) -> int | None:
    """Return the size of a bank, as many as posterior draws are stored or more, if one is asked."""
    if text is None:
        return None
    return count_of(text, "--bank", importlib.import_module("calibration.specs").POSTERIOR_DRAWS)


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
        return _command("calibration.fits", "calibrate")(
            arguments.city, project_root(), bank=hindcasts(arguments.bank),
            jobs=jobs_of(arguments.jobs),
        )  # fmt: skip
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
        return dispatch(without_empty_paths(build_parser(lang).parse_args(with_command(words))))
    except UserError as error:
        complain(told(error, lang))
        return error.exit_code
    except KeyboardInterrupt as error:
        kept = with_command(words)[:1] not in [[name] for name in NOTHING_KEPT]
        complain(say("interrupted" if kept else "interrupted_anew", lang))
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
    ended = main()
    gc.freeze()  # looking for garbage among all that was imported would take a second at the end
    sys.exit(ended)
