"""What a run was made of: hashes of scenario, plan, code, locked packages and data; and when."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sim
from sim.errors import OutputError
from sim.output_directory import MANIFEST
from sim.store import atomic_write_text, checksums, sha256_of, told

if TYPE_CHECKING:
    from sim.city import City
    from sim.plan import Plan
    from sim.scenario import Scenario

PACKAGES = ("mesa", "netCDF4", "numba", "numpy", "pandas", "scipy", "xarray")
DECISIVE = ("numba", "numpy", "scipy")
"""Packages whose version can change the bits of a member."""
AFTER_MEMBERS = ("analysis", "report", "sweep")
"""Parts of the package that work on finished members and cannot change one."""
FORMAT = 1


def project_root() -> Path:
    """Return the folder that holds the package ``sim``."""
    return Path(sim.__file__).resolve().parents[1]


def hash_sources(root: Path, files: Iterable[Path]) -> str:
    """Return a hash over relative names and contents, in the order of the names."""
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(f"{file.relative_to(root).as_posix()}\0{sha256_of(file)}\n".encode())
    return digest.hexdigest()


def code_hash() -> str:
    """Return the hash of the sources that can change a member's numbers."""
    package = Path(sim.__file__).resolve().parent
    files = package.rglob("*.py")
    return hash_sources(
        package, (f for f in files if f.relative_to(package).parts[0] not in AFTER_MEMBERS)
    )


def bundle_hash(bundle: Path) -> str:
    """Return the hash of all files of a city's fits.

    Raises
    ------
    OutputError
        If a file cannot be read.
    """
    with told(bundle, "read"):
        return hash_sources(bundle, [f for f in bundle.rglob("*") if f.is_file()])


def lock_hash() -> str | None:
    """Return the hash of the locked requirements, where the project's folder has them."""
    lock = project_root() / "requirements.lock"
    return sha256_of(lock) if lock.is_file() else None


def package_versions(names: Iterable[str] = PACKAGES) -> dict[str, str]:
    """Return the installed versions of packages."""
    found: dict[str, str] = {}
    for name in names:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "absent"
    return found


@dataclass(frozen=True)
class Identity:
    """All that can change a number of a run, as hashes.

    Attributes
    ----------
    content : Mapping
        The resolved scenario (without report options) and the hashes of the rest.
    """

    content: Mapping[str, Any]

    @property
    def run_hash(self) -> str:
        """Hash of the whole: equal for two runs that must have the same digest."""
        text = json.dumps(self.content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8")).hexdigest()


def identity_of(scenario: Scenario, plan: Plan, city: City) -> Identity:
    """Return what a run is, to be compared with an interrupted or finished one."""
    from sim.scenario import resolved

    content = dict(resolved(scenario))
    content.pop("report", None)
    content["parameters_in_force"] = parameters_in_force(scenario, city)
    return Identity(content | {"hashes": hashes_of(plan, city)})


def hashes_of(plan: Plan, city: City) -> dict[str, str]:
    """Return the hashes of all but the scenario that can change a number."""
    from sim.plan import content_hash as plan_hash

    return {
        "plan": plan_hash(plan),
        "code": code_hash(),
        "city": bundle_hash(city.bundle),
        **package_versions(DECISIVE),
    }


def parameters_in_force(scenario: Scenario, city: City) -> dict[str, Any]:
    """Return where a run's behavioural parameters come from, and the posterior's particulars."""
    posterior = city.posterior_for(scenario.parameters_from)
    if posterior is None:
        return {"from": "prior", "asked": scenario.parameters_from}
    return {
        "from": "posterior",
        "asked": scenario.parameters_from,
        "information_date": posterior.information_date,
        "simulations": int(posterior.attributes["simulations"]),
        "draws": len(posterior.values),
        "estimated": list(posterior.names),
    }


def build_manifest(
    scenario: Scenario,
    identity: Identity,
    *,
    digest: str,
    members: Iterable[int],
    failed: Iterable[Mapping[str, Any]],
    workers: int,
    wall_time: Mapping[str, float],
) -> dict[str, Any]:
    """Return the manifest of a finished run, without its file list.

    Parameters
    ----------
    digest : str
        Of the results, see :mod:`sim.digest`.
    members, failed : iterable
        Numbers of the members in the results; member, seed, reason and replay of the others.
    workers : int
        Processes that simulated; 0 when this one did.
    wall_time : Mapping
        Phase to seconds.
    """
    from sim.scenario import content_hash

    hashes = identity.content["hashes"]
    return {
        "format": FORMAT,
        "digest": digest,
        "run_hash": identity.run_hash,
        "scenario": scenario.name,
        "scenario_hash": content_hash(scenario),
        "plan_hash": hashes["plan"],
        "code_version": sim.__version__,
        "code_hash": hashes["code"],
        "lock_hash": lock_hash(),
        "data_hashes": {scenario.city: hashes["city"]},
        "seed": scenario.seed,
        "parameters": identity.content["parameters_in_force"],
        "member_ids": list(members),
        "failed_members": list(failed),
        "workers": workers,
        "threads": 1,
        "wall_time_s": {phase: round(spent, 3) for phase, spent in wall_time.items()},
        **_machine(),
    }


def sweep_manifest(
    base: Scenario,
    plan: Plan,
    city: City,
    *,
    digest: str,
    run_hash: str,
    content: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the manifest of a sweep, without its cells and file list.

    Parameters
    ----------
    base, plan, city
        The scenario that was varied, its plan and city.
    digest : str
        Of the results.
    run_hash : str
        Hash of the sweep and of all its cells.
    content : Mapping
        What the sweep is, as plain values.
    """
    hashes = hashes_of(plan, city)
    return {
        "format": FORMAT,
        "kind": "sweep",
        "digest": digest,
        "run_hash": run_hash,
        "sweep": content,
        "plan_hash": hashes["plan"],
        "code_version": sim.__version__,
        "code_hash": hashes["code"],
        "lock_hash": lock_hash(),
        "data_hashes": {base.city: hashes["city"]},
        "seed": base.seed,
        "members": base.members,
        **_machine(),
    }


def _machine() -> dict[str, Any]:
    return {
        "packages": package_versions(),
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def combined_manifest(
    kind: str, runs: Mapping[str, Mapping[str, Any]], digest: str
) -> dict[str, Any]:
    """Return the manifest of a directory of runs, without its file list.

    Parameters
    ----------
    kind : str
        What the directory is, such as ``comparison``.
    runs : Mapping
        Name to the manifest of each run, in order.
    digest : str
        Of all results.
    """
    hashes = {name: str(run["run_hash"]) for name, run in runs.items()}
    text = json.dumps(hashes, sort_keys=True)
    shared = ("plan_hash", "code_version", "code_hash", "lock_hash", "packages", "python",
              "machine")  # fmt: skip
    first = next(iter(runs.values()))
    return {
        "format": FORMAT,
        "kind": kind,
        "digest": digest,
        "run_hash": hashlib.sha256(f"{kind} {text}".encode()).hexdigest(),
        **{key: first[key] for key in shared},
        "data_hashes": first["data_hashes"],
        "seed": first["seed"],
        "runs": {
            name: {
                key: run[key]
                for key in ("digest", "run_hash", "scenario_hash", "member_ids", "failed_members",
                            "workers", "wall_time_s")
            }
            for name, run in runs.items()
        },
        "failed_members": [
            {"scenario": name, **failed} for name, run in runs.items()
            for failed in run["failed_members"]
        ],
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }  # fmt: skip


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write a manifest with the checksums of all files beside it; always the last file.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    content = {**manifest, "files": checksums(folder)}
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    atomic_write_text(folder / MANIFEST, text + "\n")


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read a run's manifest.

    Raises
    ------
    OutputError
        If there is none or it is not one of this program.
    """
    path = folder / MANIFEST
    with told(path, "read"):
        text = path.read_bytes()
    try:
        content = json.loads(text.decode("utf-8"))
    except ValueError:
        content = None
    if not isinstance(content, dict) or "digest" not in content or "run_hash" not in content:
        raise OutputError(f"{path}: is not the manifest of a run")
    return content
