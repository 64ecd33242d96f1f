"""The page's own words in English and Chinese; shared ones are in :mod:`sim.report.words`."""

from __future__ import annotations

from sim.report.words import LANGUAGES, Language

PAGE_WORDS: dict[str, tuple[str, str]] = {
    # what probabilities rest on
    "basis_section": ("What the probabilities rest on", "概率的依据"),
    "basis_memory": ("With and without remembered figures", "含与不含凭记忆的数据"),
    "basis_memory_with": ("with", "含"),
    "basis_memory_without": ("without", "不含"),
    "basis_posterior": ("Estimated parameters against priors", "估计参数与先验参数"),
    "basis_posterior_with": ("estimated", "估计"),
    "basis_posterior_without": ("prior", "先验"),
    "basis_difference": ("difference, points", "差异（百分点）"),
    "basis_median": ("median", "中位数"),
    "basis_contrast_about": (
        "Probability of each target on both sides, {members} members on the same random numbers; "
        "the Monte Carlo error of the difference is paired by member.",
        "两种设定下各目标的实现概率，使用相同随机数的 {members} 个样本；"
        "差异的蒙特卡洛误差按样本配对计算。",
    ),
    "basis_shares": ("Variance of each target's margin by source", "各目标差距方差的来源"),
    "basis_shares_about": (
        "Total effects of a nested design of {members} members, with Monte Carlo errors: the share "
        "of the variance that would remain if all but this source were known. They may add up to "
        "more than one where sources work together.",
        "{members} 个样本的嵌套设计所得总效应及蒙特卡洛误差：除该来源外均已知时仍余的方差份额；"
        "来源相互作用时合计可超过 1。",
    ),
    "basis_and": (", ", "、"),
    "basis_same": (
        "Made with the scenario, code and data of this run.",
        "与本次模拟的情景、代码和数据相同。",
    ),
    "basis_differs": (
        "Not made for this run: {what}. Read it as an indication, or make it again.",
        "并非为本次模拟所做：{what}。只可作参考，或重新制作。",
    ),
    "basis_unknown": (
        "It is not recorded with which scenario, code and data it was made.",
        "未记录制作时所用的情景、代码和数据。",
    ),
    "basis_other_scenario_hash": ("another setting of the scenario", "情景设定不同"),
    "basis_other_code_hash": ("another version of the code", "代码版本不同"),
    "basis_other_data_hash": ("other data or fits of the city", "城市数据或拟合不同"),
    # the answer
    "headline": (
        "All {n} assessable outcomes of the plan together are reached in {hits} of {members} "
        "simulated cities: a probability of {p} (Monte Carlo error {error}).",
        "方案中 {n} 项可评估的结果性目标在 {members} 个模拟城市中有 {hits} 个同时实现："
        "概率 {p}（蒙特卡洛误差 {error}）。",
    ),
    "count_likely": ("likely or better (66 % and more)", "可能及以上（66% 及以上）"),
    "count_between": ("about as likely as not", "或有可能"),
    "count_unlikely": ("unlikely or worse (33 % and less)", "不太可能及以下（33% 及以下）"),
    "count_unknown": ("not assessable", "无法评估"),
    "counts_about": (
        "Outcomes, by the probability of each on its own:",
        "结果性目标，按单项概率：",
    ),
    "bottlenecks": ("Tightest bottlenecks: {names}.", "最紧的两处瓶颈：{names}。"),
    "bottlenecks_stuck": (
        "No single target is the bottleneck: whichever one is left out, the joint probability "
        "stays 0. The least likely are: {names}.",
        "没有单一瓶颈：无论除去哪一项，联合概率仍为 0。概率最低的是：{names}。",
    ),
    "bottleneck_alone": ("{name} ({p} on its own)", "{name}（单项概率 {p}）"),
    "bottleneck": (
        "{name} (without it the joint probability would be {p})",
        "{name}（除去后联合概率为 {p}）",
    ),
    "basis": (
        "What it rests on: of {n} targets, {data} are data-driven, {mixed} mixed, {prior} "
        "prior-driven and {none} not assessable. Where a row is prior-driven, read its "
        "probability as a judgement made explicit, not as a measurement.",
        "依据：{n} 项目标中，{data} 项有数据支撑，{mixed} 项数据与先验参半，{prior} 项先验主导，"
        "{none} 项无法评估。先验主导的概率是明示的判断，不是测量结果。",
    ),
    "next": ("What to do next", "下一步"),
    "next_bottleneck": (
        "{name}: asked {asked}, median {median} (gap {gap}). Levers that move it, or of its "
        "clause {clause}: {levers}.",
        "{name}：要求 {asked}，中位数 {median}（差距 {gap}）。"
        "直接相关或第 {clause} 条的措施：{levers}。",
    ),
    "next_figures": (
        "Get these figures from the yearbook; they would narrow the answer most: {names}. "
        "How: docs/how-to/replace-a-figure-by-the-yearbook.md.",
        "向统计部门索取以下数字，它们最能缩小结论范围：{names}。"
        "方法见 docs/how-to/replace-a-figure-by-the-yearbook.md。",
    ),
    "next_effect": (
        "To see what the plan adds to the policies before it: python run.py scenarios/no_plan.yaml "
        "with the same members and settings, then this run's command again.",
        "要比较新政与原有政策：以相同样本数和设置运行 python run.py scenarios/no_plan.yaml,"
        "再重复本次命令。",
    ),
    "scaled": (
        "This run simulates a city at {scale} of its real size (population.scale). Small counts "
        "(projects, listings, talent) are coarse; use scale 1 for a result to act on.",
        "本次模拟的城市规模为实际的 {scale}(population.scale)。项目、上市、人才等小数目较粗略；"
        "用于决策的结果请以 1.0 规模运行。",
    ),
    "failed": (
        "{n} of {all} simulated cities stopped (a broken identity or an error) and are left out.",
        "{all} 个模拟城市中有 {n} 个因恒等式不成立或出错而中止，未计入结果。",
    ),
    # sections
    "contents": ("Contents", "目录"),
    "targets": ("Targets by clause", "各条款目标"),
    "targets_about": (
        "Probability: share of simulated cities that reach the target by its deadline. Words "
        "follow the IPCC's scale. 80 %: nine in ten cities lie above the first number, nine in "
        "ten below the second. Over priors: how far the probability moves with all "
        "relevant priors together. Commitments are largely the government's own choice and "
        "stay outside the joint probability.",
        "概率：在期限内达标的模拟城市占比，用语遵循 IPCC 可能性等级。80%：九成城市高于前一数字，"
        "九成低于后一数字。先验范围：概率随全部相关先验共同变动的幅度。"
        "承诺性目标主要取决于政府自身，不计入联合概率。",
    ),
    "other_readings": ("Other readings of the same targets", "同一目标的其他解读"),
    "trust": ("How far to trust it", "可信程度"),
    "interval": ("80 %", "80%"),
    "bottleneck_section": ("Bottlenecks", "瓶颈"),
    "bottleneck_about": (
        "Joint probabilities count simulated cities that reach every target of a set; they are "
        "lower than any single one. The outcomes least likely on their own:",
        "联合概率统计同时达到一组全部目标的模拟城市，因此低于任何单项概率。单项概率最低的结果性目标：",
    ),
    "gap": ("Gap of the median", "中位数差距"),
    "figures": ("Figures", "图"),
    "figures_about": (
        "Numbers of every figure lie beside it in the folder figures, as CSV. A year's mark on an "
        "axis stands at its end (fourth quarter).",
        "每幅图的数据以 CSV 存于 figures 文件夹。时间轴上的年份刻度位于该年年末（第四季度）。",
    ),
    "levers": ("Levers and what they cost", "措施及成本"),
    "levers_about": (
        "Before: in force when the plan was published. Plan: value set by this scenario at its "
        "end; where the plan's text gives none, an assumption with its reason (python run.py list "
        "levers). Put into effect: median and 80 % range after implementation losses. Spending: "
        "public outlay beyond the policies before the plan over the whole horizon, median, "
        "× 100 m yuan; unit costs are priors, because the text gives no budget.",
        "之前：方案发布时已在执行的力度。方案：本情景期末设定值；原文未给出的为假设，"
        "理由见 python run.py list levers。实际落实：计入执行损耗后的中位数与 80% 区间。"
        "支出：整个期间较原有政策新增的财政支出（中位数，亿元）；原文未列预算，单位成本均为先验。",
    ),
    "lever": ("Lever", "措施"),
    "unit": ("Unit", "单位"),
    "before": ("Before", "之前"),
    "planned": ("Plan", "方案"),
    "implemented": ("Put into effect", "实际落实"),
    "spending": ("Spending", "支出"),
    "basis_of_value": ("Value is", "数值来源"),
    "total_spending": ("All levers together", "全部措施合计"),
    "assumptions": ("Assumptions that matter", "关键假设"),
    "assumptions_about": (
        "Priors that visibly move a target, with their 5 % and 95 % points. {n} parameters are "
        "drawn in all; {judged} of them rest on our own judgement. All of them: python run.py "
        "list parameters.",
        "明显影响目标的先验及其 5% 与 95% 分位。共抽取 {n} 个参数，其中 {judged} 个依据自身判断；"
        "全部参数见 python run.py list parameters。",
    ),
    "no_assumption": (
        "No single prior stands out in this run (with fewer than 30 members none can).",
        "本次模拟没有突出的单一先验（样本少于 30 个时无法识别）。",
    ),
    "posterior": ("Parameters and the city's past", "参数与城市历史"),
    "posterior_used": (
        "Behavioural parameters are drawn from a posterior: {simulations} simulations of "
        "{hindcast} from the priors, compared with what was published by {date} "
        "(regression-adjusted ABC, effective sample size {size}). Contraction is the share by "
        "which the variance has fallen; shift is the move of the mean in prior standard "
        "deviations. All parameters not listed keep their priors: the data do not identify them.",
        "行为参数取自后验：按先验对 {hindcast} 做 {simulations} 次回溯模拟，与截至 {date} 公布的"
        "数据比较（回归校正的近似贝叶斯计算，有效样本量 {size}）。收缩率为方差下降的份额；"
        "位移为均值变动，以先验标准差计。未列出的参数均保持先验：数据无法识别。",
    ),
    "posterior_asked_prior": (
        "This scenario draws all behavioural parameters from their priors "
        "(parameters_from: prior).",
        "本情景的行为参数全部取自先验(parameters_from: prior)。",
    ),
    "posterior_none": (
        "All behavioural parameters are drawn from their priors: no posterior was estimated from "
        "what was known at this information date.",
        "行为参数全部取自先验：按此信息截止月已知的数据没有估计后验。",
    ),
    "parameter": ("Parameter", "参数"),
    "prior_range": ("Prior, 5 % … 95 %", "先验 5% … 95%"),
    "posterior_range": ("Posterior, 5 % … 95 %", "后验 5% … 95%"),
    "contraction": ("Contraction", "收缩率"),
    "shift": ("Shift", "位移"),
    "says": ("The data", "数据"),
    "informs": ("inform it", "有约束"),
    "prior_stands": ("say little: the prior stands", "约束甚弱：仍以先验为准"),
    "outside_shocks": (
        "Outside world changed by the scenario: {names}.",
        "情景设定的外部冲击：{names}。",
    ),
    "no_shocks": (
        "The outside world is sampled from the fits; the scenario changes none of it.",
        "外部环境按拟合结果抽样，情景未作改动。",
    ),
    "assumption": ("Prior", "先验"),
    "central": ("Central", "中心值"),
    "range": ("5 % … 95 %", "5% … 95%"),
    "status": ("Status", "状态"),
    "source": ("Source", "来源"),
    "moves": ("Moves", "影响目标"),
    "quality": ("Data quality", "数据质量"),
    "margins_about": (
        "What the simulated city holds at its start against the figures it was made from. Drawn: "
        "median of what each simulated city was to reproduce, its uncertainty included. Deviation: "
        "the largest between drawn and reproduced in any simulated city (allowed: 1 % where "
        "cited, 3 % elsewhere).",
        "模拟城市期初数与其依据数字的对照。抽取值：各模拟城市应复现的数值（含不确定性）的中位数。"
        "偏差：任一模拟城市抽取值与复现值之间的最大偏差（有出处的允许 1%，其余 3%）。",
    ),
    "margin": ("Figure", "数字"),
    "published": ("Published", "公布值"),
    "drawn": ("Drawn", "抽取值"),
    "reproduced": ("Reproduced", "复现值"),
    "deviation": ("Deviation", "偏差"),
    "within": ("within", "达标"),
    "outside": ("outside", "超出"),
    "no_margins": ("This run holds no record of its opening totals.", "本次结果没有期初总量记录。"),
    "memory_targets": (
        "Targets that start from memory figures: {names}.",
        "起点凭记忆的目标：{names}。",
    ),
    "prior_targets": ("Targets that start from priors: {names}.", "起点为先验的目标：{names}。"),
    "missing_targets": ("Not assessable: {names}.", "无法评估：{names}。"),
    "limits": ("Limits", "局限"),
    "limits_about": ("Do not use these results", "本结果不适用于"),
    "limit_1": (
        "to rank or assess single firms, parcels, projects or officials: firms are synthetic, "
        "only a few giants carry real sizes;",
        "评价或排序单个企业、地块、项目或人员：企业为合成样本，仅少数大企业采用真实规模；",
    ),
    "limit_2": (
        "as an evaluation of what the plan has caused: the effect against the policies before "
        "it is prior-predictive;",
        "评估方案已产生的因果效果：与原有政策的差异为先验预测；",
    ),
    "limit_3": (
        "to set a budget: unit costs of levers are priors;",
        "编制预算：各项措施的单位成本为先验；",
    ),
    "limit_4": (
        "beyond the last simulated quarter, or for events that no quarter up to the information "
        "date hints at;",
        "推断模拟期之后，或信息截止日之前毫无迹象的事件；",
    ),
    "limit_5": (
        "as a track record: the skill of a row is what its note says, and most have earned none;",
        "作为预测业绩：各行的预测能力以其说明为准，多数尚无检验；",
    ),
    "limit_6": (
        "on pollutants: there are no data, only relative intensities.",
        "判断污染物排放水平：没有数据，只有相对强度。",
    ),
    "assurance": ("Quality assurance", "质量保证"),
    "assurance_about": (
        "Checked in every quarter of every simulated city; the largest gap found, relative or in "
        "the identity's own measure. A breach stops that city.",
        "每个模拟城市每个季度均检查；下列为最大偏差（相对值或恒等式自身量纲），不成立即中止该样本。",
    ),
    "identity": ("Identity", "恒等式"),
    "largest_gap": ("Largest gap", "最大偏差"),
    "members": ("Simulated cities", "模拟城市"),
    "members_told": ("{n} of {all} in the results", "结果含 {n} / {all} 个"),
    "digest": ("Digest of the results", "结果摘要值"),
    "mc_error": ("Monte Carlo error of a probability of 50 %", "概率 50% 时的蒙特卡洛误差"),
    "reproduce": (
        "python run.py reproduce DIR repeats the run from its manifest and compares digests.",
        "python run.py reproduce DIR 按清单重新运行并比对摘要值。",
    ),
    "versions": ("Scenario and versions", "情景与版本"),
    "versions_about": ("Everything in force in this run.", "本次运行的全部设定。"),
    "information_date": ("What was known at the end of {date}", "信息截止 {date} 月末"),
    "city": ("City", "城市"),
    "scenario": ("Scenario", "情景"),
    "seed": ("Seed", "随机种子"),
    "version": ("Version", "版本"),
    "code": ("Code", "代码"),
    "data": ("Data", "数据"),
    "lock": ("Locked packages", "锁定依赖"),
    "packages": ("Packages", "软件包"),
}
"""Key to (English, Chinese)."""
LIMITS = tuple(key for key in PAGE_WORDS if key.startswith("limit_"))


def tell(key: str, lang: Language, **values: object) -> str:
    """Return one of the page's words or sentences, its gaps filled.

    Raises
    ------
    KeyError
        If the key is not declared.

    Examples
    --------
    >>> tell("members_told", "en", n=7, all=8)
    '7 of 8 in the results'
    """
    text = PAGE_WORDS[key][LANGUAGES.index(lang)]
    return text.format(**values) if values else text
