"""How a behavioural parameter is declared and drawn.

A parameter carries its unit, prior and source. Low and high are the 5 % and 95 % points of the
prior; the prior is a split normal around the central value, cut at the declared bounds.
"""

from __future__ import annotations

from dataclasses import dataclass

NORMAL_95 = 1.6448536269514722
"""95 % point of the standard normal distribution."""


@dataclass(frozen=True)
class Parameter:
    """One behavioural parameter.

    Parameters
    ----------
    name : str
        Name used by processes.
    central, low, high : float
        Median, 5 % and 95 % point of the prior.
    unit : str
        Unit of the value.
    source : str
        Where the prior comes from.
    status : str
        cited, derived, memory, prior or prior_sign_cited.
    long_name, long_name_zh : str
        What it is, in both languages.
    lowest, highest : float
        Bounds of admissible values.
    identified : bool
        Whether the city's own data speak to it (MODEL.md section 7).
    """

    name: str
    central: float
    low: float
    high: float
    unit: str
    source: str
    status: str
    long_name: str
    long_name_zh: str
    lowest: float = float("-inf")
    highest: float = float("inf")
    identified: bool = False

    def quantile(self, standard_normal: float) -> float:
        """Return the prior's value at a standard-normal score."""
        side = self.high - self.central if standard_normal > 0 else self.central - self.low
        value = self.central + side * standard_normal / NORMAL_95
        return min(max(value, self.lowest), self.highest)


PARAMETERS: dict[str, Parameter] = {}
"""All declared parameters by name."""


def parameter(
    name: str,
    central: float,
    low: float,
    high: float,
    unit: str,
    *,
    source: str,
    status: str,
    en: str,
    zh: str,
    lowest: float = float("-inf"),
    highest: float = float("inf"),
    identified: bool = False,
) -> Parameter:
    """Declare a parameter and register it.

    Raises
    ------
    ValueError
        If the name is taken or low <= central <= high does not hold.
    """
    if name in PARAMETERS:
        raise ValueError(f"parameter declared twice: {name}")
    if not lowest <= low <= central <= high <= highest:
        raise ValueError(f"parameter {name}: need lowest <= low <= central <= high <= highest")
    PARAMETERS[name] = Parameter(
        name, central, low, high, unit, source, status, en, zh, lowest, highest, identified
    )
    return PARAMETERS[name]
