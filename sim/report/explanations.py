"""What each column of the tables means, in both languages."""

from __future__ import annotations

EXPLANATIONS: dict[str, dict[str, tuple[str, str]]] = {
    "scorecard": {
        "target_id": ("Name of the target in the plan file.", "方案文件中的目标名称。"),
        "clause": ("Clause of the plan.", "方案条款。"),
        "class": (
            "outcome: produced by firms and others; commitment: largely what government chooses.",
            "outcome:企业等主体形成的结果;commitment:主要由政府自行决定。",
        ),
        "indicator": ("Indicator that is compared.", "用于比较的指标。"),
        "reading": ("One way to read the target.", "目标的一种解读。"),
        "default_reading": (
            "Whether this reading counts for the joint probability.",
            "该解读是否计入联合概率。",
        ),
        "operator": ("How the indicator is compared with the bounds.", "指标与界限的比较方式。"),
        "target_low": (
            "Lower bound; for 'rise above baseline' the median of the computed base-year level.",
            "下限;“较基期提高”类目标为计算得到的基期水平中位数。",
        ),
        "target_high": (
            "Upper bound; for 'fall below baseline' the median of the computed base-year level.",
            "上限;“较基期下降”类目标为计算得到的基期水平中位数。",
        ),
        "unit": ("Unit of bounds, quantiles and gap.", "界限、分位数与差距的单位。"),
        "deadline": ("Quarter in which the target is due.", "目标期限所在季度。"),
        "probability": (
            "Share of members that reach the target; empty: not assessable.",
            "达到目标的样本占比;空白表示无法评估。",
        ),
        "probability_mc_error": (
            "Standard error of that share from the number of members (Wilson).",
            "因样本数有限产生的标准误(Wilson)。",
        ),
        "likelihood": ("Word of the IPCC's likelihood scale.", "IPCC 可能性用语。"),
        "probability_low": (
            "Probability if all relevant priors lay together at their unfavourable 5 % end; equal "
            "to the probability where no prior is seen to matter.",
            "全部相关先验同处不利一端(5%)时的概率;未见相关先验时等于达标概率。",
        ),
        "probability_high": ("The same at their favourable end.", "同上,有利一端(95%)。"),
        "evidence": (
            "Grade by the declared rule (docs/evidence.md).",
            "按既定规则给出的证据等级(docs/evidence.md)。",
        ),
        "median": (
            "Quantiles over members of the value that decides: at the deadline, or in the worst "
            "year of the window.",
            "起决定作用的数值(期限值或区间内最差年份)在样本间的分位数。",
        ),
        "gap": (
            "Median distance beyond the bound; negative: falls short.",
            "超出界限的距离(中位数);负数表示未达。",
        ),
        "first_quarter_likely": (
            "First quarter from which the attainment curve stays at 0.5 or above.",
            "达标曲线此后一直不低于 0.5 的首个季度。",
        ),
        "skill_note": ("How far the row can be trusted.", "该行可信程度的说明。"),
    },
    "attainment": {
        "probability": (
            "Share of members that meet the target at that quarter by its own definition; targets "
            "for each year: all past year-ends and the quarter itself.",
            "按目标自身定义,该季度达标的样本占比;逐年目标要求此前各年末及当季均达标。",
        ),
    },
    "indicators": {
        "quarter": (
            "Flows are year-to-date, stocks at the quarter's end; rows before the run's start are "
            "published history with equal quantiles.",
            "流量为年初累计,存量为季末;模拟起点之前的行为已公布历史,各分位数相同。",
        ),
        "mean": ("Mean over members.", "样本均值。"),
    },
    "joint": {
        "set": (
            "outcomes: default readings of all assessable outcomes together; all: commitments too; "
            "pair: both targets; given: target_a among members that reach target_b.",
            "outcomes:全部可评估结果性目标的默认解读同时实现;all:再加承诺性目标;"
            "pair:两项同时实现;given:在达到 target_b 的样本中达到 target_a。",
        ),
    },
    "information": {
        "rank": (
            "Place of the figure: 1 would move the probability most if it became known.",
            "该数据的名次:1 表示一旦得知,概率变动最大。",
        ),
        "figure": ("Figure or parameter that is not known well.", "尚不确切的数据或参数。"),
        "published": (
            "Whether a yearbook could print it (yes), or it takes a study (no).",
            "年鉴可否提供(yes),或需专门研究(no)。",
        ),
        "rank_correlation": (
            "Rank correlation of the figure with the value that decides, over members.",
            "该数据与起决定作用的数值在样本间的秩相关。",
        ),
        "expected_move": (
            "Standard deviation of the probability over readings of the figure still to come.",
            "该数据公布后概率变动的标准差(事前期望)。",
        ),
    },
}
