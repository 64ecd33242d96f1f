"""Words of the page of a comparison in English and Chinese."""

from __future__ import annotations

COMPARISON_WORDS: dict[str, tuple[str, str]] = {
    "comparison": ("comparison of scenarios", "情景比较"),
    "scenario_about": (
        "{name}: {label} ({n} of {all} members)",
        "{name}：{label}（{all} 个样本中的 {n} 个）",
    ),
    "prior_predictive": (
        "Prior-predictive: how far a lever moves firms rests on priors from the literature, not on "
        "this city's data. The Monte Carlo errors below tell how well so many members resolve the "
        "model's difference; they do not tell how far the model is right.",
        "先验预测：措施对企业的作用强度来自文献的先验，而非本市数据。"
        "下列蒙特卡洛误差只说明样本数对模型差异的分辨程度，不说明模型本身是否正确。",
    ),
    "against_before_plan": (
        "One of these scenarios lets the policies of before the plan go on. The difference to it "
        "is the effect of the plan as the priors have it, a prediction and not a measured effect.",
        "其中一个情景延续规划前的政策。与之相比的差异是先验所含的规划效应，是预测而非实测效应。",
    ),
    "members_lost": (
        "Members failed in: {names}. Differences are taken over the members that finished in both.",
        "以下情景有样本失败：{names}。差异只按两者均完成的样本计算。",
    ),
    "targets": ("Probabilities of the targets", "各目标的概率"),
    "targets_about": (
        "Probability at the target's deadline in percent ± its Monte Carlo error, then the paired "
        "difference in percentage points ± its own. Members of the same number meet the same luck, "
        "so the difference is known better than either probability. Bold: at least two errors from "
        "zero. All quarters and indicators: comparison.csv.",
        "期限时的概率（百分数）± 蒙特卡洛误差，其后为配对差异（百分点）± 其自身误差。"
        "编号相同的样本使用相同的随机数，因此差异比概率本身更精确。粗体：与零相差至少两倍误差。"
        "各季度及各指标见 comparison.csv。",
    ),
    "clause": ("Cl.", "条"),
    "target": ("Target, deadline", "目标、期限"),
    "commitment": ("commitment", "承诺性"),
    "outcomes": ("All assessable outcomes together", "全部可评估的结果性目标同时实现"),
    "all": ("The same with the commitments", "加上承诺性目标"),
    "inputs": ("What differs in the inputs", "输入的差异"),
    "inputs_about": (
        "Every key that is not the same in all scenarios, defaults included; a path by quarter "
        "holds until the next quarter named. Also in inputs_diff.csv.",
        "各情景取值不全相同的键（含默认值）；按季度给出的值延续到下一个列出的季度。"
        "另见 inputs_diff.csv。",
    ),
    "no_inputs": ("nothing but the name", "除名称外无差异"),
    "key": ("Key", "键"),
    "figures": ("Attainment curves", "达标曲线"),
}
