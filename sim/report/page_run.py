"""What the page says of the run itself: settings in force, digest, versions and hashes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.analysis.attainment import monte_carlo_error
from sim.report.material import Material
from sim.report.page_words import tell
from sim.report.words import Language, percent
from sim.results import RESULTS_FILE
from sim.store import told

RESOLVED = "scenario.resolved.yaml"


def resolved_settings(folder: Path) -> tuple[dict[str, Any], str]:
    """Return the resolved scenario beside the results, as values and as text; empty if absent."""
    from ruamel.yaml import YAML

    path = folder / RESOLVED
    if not path.is_file():
        return {}, ""
    with told(path, "read"):
        text = path.read_text(encoding="utf-8")
    found = YAML(typ="safe", pure=True).load(text)
    return (found if isinstance(found, dict) else {}), text


def assurance(
    material: Material, folder: Path, planned: int, lang: Language
) -> list[tuple[str, str]]:
    """Return how many simulated cities count, what that allows, and the digest of the results."""
    from sim.digest import digest_file

    members = material.scorecard.members
    rows = [
        (tell("members", lang), tell("members_told", lang, n=members, all=planned)),
        (tell("mc_error", lang), percent(monte_carlo_error(0.5, max(members, 1)), 1)),
    ]
    results = folder / RESULTS_FILE
    if results.is_file():
        rows.append((tell("digest", lang), digest_file(results)))
    return rows


def versions(
    material: Material, folder: Path, settings: Mapping[str, Any], lang: Language
) -> list[tuple[str, str]]:
    """Return what was run: names, seed, versions and hashes."""
    import sim
    from sim.manifest import bundle_hash, code_hash, lock_hash, package_versions

    rows = [
        (tell("city", lang), material.city.name),
        (tell("scenario", lang), material.scenario),
        (tell("seed", lang), str(settings.get("seed", ""))),
        (tell("version", lang), sim.__version__),
        (tell("code", lang), code_hash()),
        (tell("lock", lang), lock_hash() or ""),
        (tell("packages", lang),
         ", ".join(f"{name} {version}" for name, version in package_versions().items())),
    ]  # fmt: skip
    bundle = getattr(material.city, "bundle", None)
    if bundle is not None:
        rows.insert(5, (tell("data", lang), bundle_hash(bundle)))
    return rows
