"""What the page says of the parameters: where they are drawn, and what the past says of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.posterior import INFORMED_LEAST, Posterior
from sim.report.material import Material
from sim.report.page_words import tell
from sim.report.unit_words import unit_words
from sim.report.words import Language, number, percent


@dataclass(frozen=True)
class PosteriorRow:
    """One estimated parameter."""

    name: str
    unit: str
    before: str
    after: str
    contraction: str
    shift: str
    says: str


def used(material: Material) -> Posterior | None:
    """Return the posterior that the run drew from, or nothing."""
    drawn = material.dataset.attrs.get("parameters_from") == "posterior"
    known: Posterior | None = getattr(material.city, "posterior", None)
    return known if drawn else None


def posterior_about(material: Material, lang: Language) -> str:
    """Return in a few sentences where the run's parameters come from."""
    known = used(material)
    if known is None:
        asked = getattr(material.city, "posterior", None) is not None
        return tell("posterior_asked_prior" if asked else "posterior_none", lang)
    about = known.attributes
    return tell(
        "posterior_used", lang, simulations=about["simulations"], hindcast=about["hindcast"],
        date=known.information_date, size=f"{float(about['effective_sample_size']):.0f}",
    )  # fmt: skip


def posterior_rows(material: Material, lang: Language) -> list[PosteriorRow]:
    """Return every estimated parameter, the most informed first."""
    known = used(material)
    if known is None:
        return []
    rows = []
    for place in sorted(range(len(known.names)), key=lambda i: -known.contraction[known.names[i]]):
        name = known.names[place]
        figure = material.scorecard.figures.get(name)
        contraction = known.contraction[name]
        rows.append(PosteriorRow(
            name if figure is None else (figure.long_name if lang == "en" else figure.long_name_zh),
            "" if figure is None else unit_words(figure.unit, lang),
            _ends(known.prior[:, place]),
            _ends(known.values[:, place]),
            percent(max(contraction, 0.0)),
            f"{known.shift[name]:+.1f}",
            tell("informs" if contraction >= INFORMED_LEAST else "prior_stands", lang),
        ))  # fmt: skip
    return rows


def _ends(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> str:
    low, high = np.quantile(values, (0.05, 0.95))
    return f"{number(float(low), 2)} … {number(float(high), 2)}"
