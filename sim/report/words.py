"""The vocabulary of all outputs in English and Chinese: declared once, looked up by key."""

from __future__ import annotations

from typing import Literal

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")

WORDS: dict[str, tuple[str, str]] = {
    # likelihood scale
    "virtually certain": ("virtually certain", "几乎确定"),
    "very likely": ("very likely", "很可能"),
    "likely": ("likely", "可能"),
    "about as likely as not": ("about as likely as not", "或有可能"),
    "unlikely": ("unlikely", "不太可能"),
    "very unlikely": ("very unlikely", "很不可能"),
    "exceptionally unlikely": ("exceptionally unlikely", "几乎不可能"),
    # evidence grades and status of figures
    "data-driven": ("data-driven", "数据支撑"),
    "mixed": ("mixed", "数据与先验参半"),
    "prior-driven": ("prior-driven", "先验主导"),
    "not assessable": ("not assessable", "无法评估"),
    "cited": ("cited", "有出处"),
    "plan": ("stated in the plan", "方案原文"),
    "derived": ("derived from others", "由其他数字推算"),
    "memory": ("from memory", "凭记忆"),
    "derived_mem": ("derived from a figure held in memory", "由记忆数字推算"),
    "prior_sign_cited": ("prior with a cited sign", "先验(方向有出处)"),
    "assumed": ("assumed", "假设"),
    "prior": ("prior", "先验"),
    # kinds of targets
    "outcome": ("outcome", "结果性目标"),
    "commitment": ("commitment", "承诺性目标"),
    "yes": ("yes", "是"),
    "no": ("no", "否"),
    "between": ("between", "介于"),
    # table headings
    "clause": ("Cl.", "条"),
    "target": ("Target", "目标"),
    "asked": ("Asked", "要求"),
    "median": ("Median", "中位数"),
    "interval_80": ("80 % interval", "80% 区间"),
    "probability": ("Probability", "概率"),
    "likelihood": ("Likelihood", "可能性"),
    "evidence": ("Evidence", "证据"),
    "over_priors": ("Over priors", "先验范围"),
    "baseline_level": ("base level", "基期水平"),
    # the lines below the table
    "title": ("{plan}: scorecard", "{plan}:目标记分卡"),
    "members": ("{n} members", "{n} 个样本"),
    "members_of": (
        "{n} of {all} members (the others stopped on a broken identity)",
        "{all} 个样本中的 {n} 个(其余因恒等式不成立而中止)",
    ),
    "joint": (
        "All {n} assessable outcomes together: {p} (Monte Carlo error {error})",
        "{n} 项可评估的结果性目标同时实现:{p}(蒙特卡洛误差 {error})",
    ),
    "joint_empty": ("No outcome can be assessed in this run.", "本次模拟没有可评估的结果性目标。"),
    "joint_all": (
        "with the commitments ({n}): {p}",
        "加上 {n} 项承诺性目标:{p}",
    ),
    "left_out": (
        "Outcomes left out, not assessable ({n}): {names}",
        "未计入、无法评估的 {n} 项:{names}",
    ),
    "bottlenecks": ("Tightest bottlenecks: {names}", "最紧的瓶颈:{names}"),
    "bottleneck": ("{name} (without it {p})", "{name}(除去后为 {p})"),
    "rests_memory": (
        "Starting from memory figures: {names}",
        "起点数字凭记忆:{names}",
    ),
    "rests_prior": ("Starting from priors: {names}", "起点数字为先验:{names}"),
    "and_more": ("and {n} more", "等,另有 {n} 项"),
    "none": ("none", "无"),
    "list_separator": ("; ", ";"),
    # one sentence on skill
    "skill": (
        "No track record measured yet: {history}; {basis}.",
        "尚无实测的预测检验:{history};{basis}。",
    ),
    "skill_excluded": ("Not assessed: {reason}", "未评估:{reason}"),
    "history_none": ("the series has no published history", "该序列没有公布的历史数据"),
    "history_one": (
        "the series has one published value before the information date",
        "该序列在信息截止日前只有一个公布值",
    ),
    "history_many": (
        "the series has {n} published values before the information date",
        "该序列在信息截止日前有 {n} 个公布值",
    ),
    "basis_status": ("weakest starting figure: {status}", "最弱的起点数字:{status}"),
    "basis_share": (
        "weakest starting figure: {status}, and priors explain {share} of the spread",
        "最弱的起点数字:{status},先验解释了离散程度的 {share}",
    ),
    "narrow": ("{label} would narrow it most", "最能缩小范围的数字是{label}"),
    # the report files
    "sheet_explanations": ("Explanations", "说明"),
    "sheet_scorecard": ("Scorecard", "记分卡"),
    "sheet_attainment": ("Attainment", "达标曲线"),
    "sheet_indicators": ("Indicators", "指标"),
    "sheet_joint": ("Joint", "联合概率"),
    "column": ("Column", "列"),
    "meaning": ("Meaning", "含义"),
    "table": ("Table", "表"),
}
"""Key to (English, Chinese)."""


UNITS: dict[str, tuple[str, str]] = {
    "亿元": ("× 100 m yuan", "亿元"),
    "万元": ("× 10,000 yuan", "万元"),
    "firms": ("firms", "家"),
    "projects": ("projects", "个"),
    "fields/yr": ("fields a year", "个/年"),
    "persons": ("persons", "人"),
    "person-times": ("person-times", "人次"),
    "teams": ("teams", "个"),
    "multiple": ("times", "倍"),
    "%/yr": ("% a year", "%/年"),
    "km2": ("km²", "平方公里"),
    "m2": ("m²", "平方米"),
    "yuan/person": ("yuan a person", "元/人"),
    "own unit": ("", ""),
}
"""Declared unit to how readers see it; a unit not named here is shown as declared."""


def unit_label(unit: str, lang: Language) -> str:
    """Return a unit as readers see it.

    Examples
    --------
    >>> unit_label("firms", "zh"), unit_label("km2", "en"), unit_label("%", "zh")
    ('家', 'km²', '%')
    """
    return UNITS[unit][LANGUAGES.index(lang)] if unit in UNITS else unit


def say(key: str, lang: Language, **values: object) -> str:
    """Return a word or sentence in the chosen language, its gaps filled.

    Raises
    ------
    KeyError
        If the key is not declared.

    Examples
    --------
    >>> say("history_many", "en", n=3)
    'the series has 3 published values before the information date'
    """
    text = WORDS[key][LANGUAGES.index(lang)]
    return text.format(**values) if values else text


def percent(probability: float, digits: int = 0) -> str:
    """Return a probability as percent; what is not exactly 0 or 1 never looks as if it were.

    Examples
    --------
    >>> percent(0.5), percent(0.001), percent(0.999), percent(0.0)
    ('50 %', '<1 %', '>99 %', '0 %')
    """
    edge = 0.5 * 10.0 ** (-digits)
    smallest = 10.0 ** (-digits)
    if 0.0 < probability * 100.0 <= edge:
        return f"<{smallest:g} %"
    if 0.0 < (1.0 - probability) * 100.0 <= edge:
        return f">{100.0 - smallest:g} %"
    return f"{probability * 100.0:.{digits}f} %"


def number(value: float, digits: int = 4) -> str:
    """Return a number for reading: `digits` significant digits, thousands grouped.

    Examples
    --------
    >>> number(12345.678), number(25.46), number(0.5), number(-16.0), number(235.0)
    ('12,346', '25.46', '0.5', '-16', '235')
    """
    if abs(value) >= 10 ** (digits - 1):
        return f"{value:,.0f}"
    shown = f"{value:.{digits}g}"
    return f"{float(shown):g}" if "e" not in shown else shown
