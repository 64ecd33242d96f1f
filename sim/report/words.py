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
    "not_published": ("not published for the year it starts from", "起点年份未公布"),
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
    "skill": ("{record}; {history}; {basis}.", "{record};{history};{basis}。"),
    "skill_none": (
        "No track record: nothing published tests it, so no skill is earned",
        "无预测业绩:没有可供检验的公布数据,故未取得预测能力证明",
    ),
    "skill_earned": (
        "Track record: earlier forecasts of {label} scored {skill} % better than the benchmark "
        "chosen beforehand (95 % interval {low} to {high}; {n} test forecasts)",
        "预测业绩:对{label}的既往预测比事先选定的基准好 {skill}%"
        "(95% 区间 {low} 至 {high};{n} 次检验预测)",
    ),
    "skill_too_sure": (
        "No skill earned: earlier forecasts of {label} scored {skill} % better than the benchmark "
        "chosen beforehand, but their 80 % intervals held only {covered} % of {n} test outcomes, "
        "so the probability is too sure",
        "未证明预测能力:对{label}的既往预测比事先选定的基准好 {skill}%,"
        "但其 80% 区间仅覆盖 {n} 次检验结果的 {covered}%,概率过于肯定",
    ),
    "skill_repaired": (
        "No skill earned: forecasts of {label} were changed after a first look at the test and "
        "then scored {skill} % better than the benchmark (95 % interval {low} to {high}; {n} test "
        "forecasts): no blind test",
        "未证明预测能力:{label}的模型在首次查看检验结果后作过修改,此后比基准好 {skill}%"
        "(95% 区间 {low} 至 {high};{n} 次检验预测),并非盲测",
    ),
    "skill_unproven": (
        "No skill earned: earlier forecasts of {label} cannot be told from the benchmark chosen "
        "beforehand (skill between {low} and {high} %; {n} test forecasts)",
        "未证明有预测能力:对{label}的既往预测与事先选定的基准无显著差异"
        "(技巧在 {low}% 至 {high}% 之间;{n} 次检验预测)",
    ),
    "skill_worse": (
        "No skill earned: earlier forecasts of {label} scored {skill} % worse than the benchmark "
        "chosen beforehand (95 % interval {low} to {high}; {n} test forecasts)",
        "未证明有预测能力:对{label}的既往预测比事先选定的基准差 {skill}%"
        "(95% 区间 {low} 至 {high};{n} 次检验预测)",
    ),
    "skill_cases": (
        "No scored track record: {inside} of {n} single outcomes of {label} fell inside the 80 % "
        "interval given a year before, too few to earn skill",
        "无评分的预测业绩:{label}的 {n} 个结果中有 {inside} 个落在一年前给出的 80% 区间内,"
        "数量太少,不足以证明预测能力",
    ),
    "skill_agents": (
        "{inside} of {n} single outcomes of {label} fell inside the 80 % interval that the model's "
        "own past gave one to three years before, the outside world given",
        "{label}的 {n} 个结果中有 {inside} 个落在模型回溯模拟一至三年前给出的 80% 区间内"
        "(外部环境视为已知)",
    ),
    "skill_agents_only": ("No scored track record: {agents}", "无评分的预测业绩:{agents}"),
    "skill_and_agents": ("{scored}; {agents}", "{scored};{agents}"),
    "case_agents_industry": ("the city's industrial growth", "本市规上工业增速"),
    "case_agents_productivity": ("the city's productivity growth", "本市全员劳动生产率增速"),
    "case_agents_employment": ("the city's industrial employment, change", "本市规上工业用工变化"),
    "case_agents_revenue": (
        "the city's industrial revenue, change",
        "本市规上工业主营业务收入变化",
    ),
    "case_agents_value_added_rate": ("the city's value-added rate", "本市规上工业增加值率"),
    "case_agents_rd_intensity": ("the city's R&D over revenue", "本市规上工业研发强度"),
    "case_agents_high_tech_lead": (
        "the lead of the city's high-tech industry",
        "本市高新技术产业领先幅度",
    ),
    "no_skill_mark": ("no skill earned", "未证明预测能力"),
    "case_guangzhou_productivity": (
        "Guangzhou's labour productivity (a sister city, same mechanism)",
        "广州劳动生产率(邻类城市,同一机制)",
    ),
    "case_energy_per_gdp_fall": ("the city's energy per GDP", "本市单位GDP能耗"),
    "case_city_industry": ("the city's industrial growth", "本市规上工业增速"),
    "case_zhejiang_industry": ("Zhejiang's industrial growth", "浙江规上工业增速"),
    "case_listed_total": ("the city's listed firms, total", "本市上市公司总数"),
    "record_absent": (
        "No backtest is stored that this information date may see: nothing here has an earned "
        "track record.",
        "没有在该信息截止日可见的回测结果:以下预测均无业绩证明。",
    ),
    "record_about": (
        "Pseudo-out-of-sample: at each origin only what had been released was seen and all fits "
        "were made anew. Benchmarks were chosen on origins before {first}; the table shows the "
        "origins from then on, run on {date} with version {version} (look number {looks} at these "
        "outcomes). Skill: share of the "
        "benchmark's CRPS saved, with 95 % intervals from a block bootstrap of eight overlapping "
        "origins, which are too short rather than too long.",
        "伪样本外检验:每个起点只使用当时已公布的数据并重新拟合。基准在 {first} 之前的起点上选定;"
        "下表为其后的起点,于 {date} 以版本 {version} 运行(第 {looks} 次查看这些结果)。"
        "技巧:较基准 CRPS 的节省比例,"
        "区间为八个相互重叠起点的 95% 分块自助区间,可能偏短。",
    ),
    "record_pooled": ("all series", "全部序列"),
    "record_better": ("better than the benchmark", "优于基准"),
    "record_too_sure": (
        "better than the benchmark, but too sure: no skill earned",
        "优于基准但区间过窄:未证明预测能力",
    ),
    "record_repaired": (
        "better, but changed after a first look: no skill earned",
        "优于基准,但首次查看结果后作过修改:未证明预测能力",
    ),
    "record_worse": ("worse than the benchmark: no skill earned", "劣于基准:未证明预测能力"),
    "record_unproven": (
        "not told from the benchmark: no skill earned",
        "与基准无显著差异:未证明预测能力",
    ),
    "record_narrow": (
        "The {nominal} % intervals held {share} % of the test outcomes: they were too narrow, and "
        "the probabilities of this report are likely to be too sure as well.",
        "{nominal}% 区间只包含 {share}% 的检验结果:区间过窄,本报告的概率可能同样过于肯定。",
    ),
    "record_wide": (
        "The {nominal} % intervals held {share} % of the test outcomes: they were too wide, and "
        "the probabilities of this report are likely to lie too near one half.",
        "{nominal}% 区间包含 {share}% 的检验结果:区间过宽,本报告的概率可能过于接近一半。",
    ),
    "record_series_narrow": (
        "{label}: the 80 % intervals held only {share} %, so chances that hang on it are too sure.",
        "{label}:80% 区间仅覆盖 {share}%,取决于它的概率过于肯定。",
    ),
    "record_series_wide": (
        "{label}: the 80 % intervals held {share} %, wider than need be.",
        "{label}:80% 区间覆盖 {share}%,宽于所需。",
    ),
    "record_walk": (
        "{label}: of {n} outcomes a year ahead the 80 % intervals of the engine's mechanism held "
        "{ours}, those of a random walk with drift {theirs}.",
        "{label}:{n} 个提前一年的结果中,引擎机制的 80% 区间覆盖 {ours} 个,"
        "带漂移随机游走覆盖 {theirs} 个。",
    ),
    "record_dm": (
        "{label}, horizon {horizon} (quarters): equal skill is rejected (Diebold-Mariano, "
        "p = {p}, {n} "
        "pairs), by a test that rejects a true null in {size} % of samples of this length.",
        "{label},提前 {horizon} 季:拒绝同等预测能力(Diebold-Mariano,p = {p},{n} 对);"
        "该样本长度下,原假设为真时此检验的拒绝率为 {size}%。",
    ),
    "record_sizes": (
        "Diebold-Mariano tests were possible in {n} cells; at a nominal 5 % they reject a true "
        "null in {low} to {high} % of samples.",
        "可作 Diebold-Mariano 检验的有 {n} 格;名义水平 5% 时,"
        "原假设为真的拒绝率为 {low}% 至 {high}%。",
    ),
    "record_blind": (
        "The test is not wholly blind: candidate models and priors were written down in the light "
        "of data to April 2018; choices made on the backtest used only outcomes released by the "
        "end of 2014.",
        "检验并非完全盲测:候选模型与先验是在掌握截至 2018 年 4 月数据的情况下设定的;"
        "依据回测所作的选择只用到 2014 年底以前公布的结果。",
    ),
    "record_drivers_only": (
        "Scores test the outside world and the listings. Of the agent-based part there are single "
        "cases only; a target that hangs on land, funds or levers has no record at all.",
        "评分检验的是外部环境与上市家数;主体模型部分只有个例,"
        "取决于土地、基金或政策杠杆的目标没有任何业绩。",
    ),
    "record_section": ("Track record", "预测业绩"),
    "record_series": ("Figure", "指标"),
    "record_benchmark": ("Benchmark", "基准"),
    "record_n": ("Forecasts", "预测数"),
    "record_skill": ("CRPS skill", "CRPS 技巧"),
    "record_covered": ("{nominal} % interval held, %", "{nominal}% 区间覆盖率,%"),
    "record_verdict": ("Verdict", "结论"),
    "record_cases": (
        "Single cases, a year ahead; too few to be scored",
        "个例(提前一年),数量太少,不予评分",
    ),
    "record_agents": (
        "Single cases of the agent-based model; too few to be scored",
        "主体模型个例,数量太少,不予评分",
    ),
    "record_agents_about": (
        "The bank of simulations of 2013 to 2017, weighted at each origin by what had been "
        "published by then. National demand, prices and the city's demand are those of the "
        "smoothed past (ex-post forecasts): only what firms make of them is forecast. Growth takes "
        "the origin's own path forecast and adds to it. {inside} of {n} outcomes lie inside.",
        "2013—2017 年的模拟库在每个起点按当时已公布的数据加权。全国需求、价格与本市需求取平滑后的"
        "历史路径(事后预测),检验的只是企业对其反应;增速则采用该起点自身的路径预测再加上主体模型的"
        "增量。{n} 个结果中有 {inside} 个落在区间内。",
    ),
    "record_ahead": ("Years ahead", "提前年数"),
    "record_inside": ("Inside", "是否落入"),
    "record_origin": ("Given after", "预测起点"),
    "record_outcome": ("Came true", "实际值"),
    "record_median": ("Median", "中位数"),
    "record_range": ("80 % interval", "80% 区间"),
    "model_random_walk_drift": ("random walk with drift", "带漂移随机游走"),
    "model_ets": ("exponential smoothing", "指数平滑"),
    "model_ar": ("autoregression", "自回归"),
    "model_arima": ("ARIMA", "ARIMA"),
    "model_var": ("vector autoregression", "向量自回归"),
    "model_unobserved_components": ("unobserved components", "不可观测成分模型"),
    "model_dynamic_factor": ("dynamic factor", "动态因子模型"),
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
    "sheet_information": ("Worth of figures", "数据价值"),
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
    >>> percent(0.5), percent(0.001), percent(0.995), percent(0.0)
    ('50 %', '<1 %', '>99 %', '0 %')
    """
    shown = f"{probability * 100.0:.{digits}f}"
    smallest = 10.0 ** (-digits)
    if float(shown) == 0.0 and probability > 0.0:
        return f"<{smallest:g} %"
    if float(shown) == 100.0 and probability < 1.0:
        return f">{100.0 - smallest:g} %"
    return f"{shown} %"


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
