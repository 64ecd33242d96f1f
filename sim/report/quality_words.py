"""Words of the quality-assurance page in English and Chinese."""

from __future__ import annotations

QUALITY_WORDS: dict[str, tuple[str, str]] = {
    "purpose": ("Purpose", "用途"),
    "purpose_told": (
        "To tell an adviser with what probability each target of a plan, and all of them together, "
        "is reached by its deadline, given what was known at the information date; how much of "
        "that is data and how much is judgement; and what would change it. Laid out after the "
        "Aqua Book (HM Treasury 2015): what was checked, what is assumed, what is known to be "
        "wrong, what the analysis is not fit for.",
        "用于告知决策顾问：依据信息截止日已知的情况，方案各项目标及其全部目标按期实现的概率有多大，"
        "其中多少来自数据、多少来自判断，什么会改变结论。"
        "体例参照英国财政部 The Aqua Book（2015）："
        "检查了什么、假设了什么、已知的缺陷、不适用的用途。",
    ),
    "checks": ("Checks", "检查"),
    "check": ("Check", "检查项"),
    "result": ("Result", "结果"),
    "seen": ("Seen", "所见"),
    "when": ("Of", "日期"),
    "this_run": ("this run", "本次运行"),
    "pass": ("pass", "通过"),
    "fail": ("fail", "未通过"),
    "not_run": ("no stored result", "无存档结果"),
    "checks_about": (
        "Rows with a date are results of long checks stored with the code on that day, not of this "
        "run. None seen in N trials bounds the rate at 3/N (95 %).",
        "带日期的行是当日随代码存档的长时间检查结果，并非本次运行所得。N 次试验均未出现，"
        "则发生率上限约为 3/N（95%）。",
    ),
    "check_identities": (
        "Accounting identities, every quarter of every simulated city",
        "会计恒等式（每个模拟城市、每个季度）",
    ),
    "seen_identities": (
        "{n} identities, largest gap {gap} ({name})",
        "{n} 项恒等式，最大偏差 {gap}（{name}）",
    ),
    "check_members": ("All simulated cities finished", "全部模拟城市运行完成"),
    "seen_members": ("{n} of {all}", "{n} / {all}"),
    "check_margins": (
        "Synthesised city reproduces its figures of origin",
        "合成城市再现其来源数据",
    ),
    "seen_margins": ("{n} of {all} margins within their bounds", "{all} 项边际中 {n} 项在界内"),
    "check_finite": ("No infinite value in the published indicators", "发布指标无无穷值"),
    "seen_finite": ("{n} values", "{n} 个数值"),
    "check_repeat": (
        "One digest over workers, hash seeds, threads, locale, time zone, folder",
        "不同进程数、哈希种子、线程数、区域、时区、目录下结果摘要一致",
    ),
    "seen_repeat": ("{runs} runs, {digests} digest(s)", "运行 {runs} 次，{digests} 种摘要"),
    "check_crash": (
        "Killed at random moments, or the disk full: same digest afterwards, nothing wrong left",
        "随机中断或磁盘写满后，结果摘要不变且无残留",
    ),
    "seen_crash": (
        "{driver} kills of the driver, {worker} of a worker, {disks} full disks, {faults} faults",
        "中断主进程 {driver} 次、工作进程 {worker} 次，磁盘写满 {disks} 次，异常 {faults} 次",
    ),
    "check_fuzz": (
        "Faulty input files are refused at their line, without harm",
        "错误的输入文件按行拒绝且无副作用",
    ),
    "seen_fuzz": (
        "{cases} files in one process, {processes} as processes, {faults} faults; "
        "{share} of typos answered with the right key",
        "同一进程内 {cases} 个文件、独立进程 {processes} 个，异常 {faults} 次；"
        "{share} 的拼写错误得到正确提示",
    ),
    "check_mutation": ("Deliberate bugs are caught by the tests", "人为植入的错误被测试发现"),
    "seen_mutation": ("{caught} of {bugs}", "{bugs} 个中发现 {caught} 个"),
    "check_identities_many": (
        "Money, land and firm counts balance each quarter in many members",
        "大量成员逐季资金、土地、企业数平衡",
    ),
    "seen_identities_many": (
        "{members} members, {identities} identities, {failed} members stopped; "
        "largest money gap {gap}",
        "{members} 个成员、{identities} 条恒等式，{failed} 个成员中止；资金最大缺口 {gap}",
    ),
    "assumed": ("Assumptions", "假设"),
    "assumed_told": (
        "{n} drawn figures, {judged} of them judgement; listed under “{section}”.",
        "共抽取 {n} 个参数，其中 {judged} 个为判断；见“{section}”。",
    ),
    "faults": ("Known faults", "已知缺陷"),
    "fault_1": (
        "Sizes of all policy effects are priors from the literature, not estimates of this city.",
        "所有政策效应的大小均为文献先验，并非本市估计。",
    ),
    "fault_2": (
        "Value-added rate and productivity lean on a single base point (2015, remembered).",
        "增加值率与劳动生产率仅依托一个基点（2015 年，凭记忆）。",
    ),
    "fault_3": (
        "The rate at which large projects arrive rests on the plan's own numbers.",
        "大项目到达率仅以方案自身数字为据。",
    ),
    "fault_4": (
        "Households, investors and the outside keep no books: only the other side of their "
        "payments is checked.",
        "居民、投资者与外部没有独立账目：其收付只能从对方核对。",
    ),
    "fault_5": (
        "Fees (1.2 % of revenue) and turnover taxes (0.8 %) are constants that are not varied.",
        "费用（收入的 1.2%）与附加税（0.8%）为固定常数，未作变动。",
    ),
    "fault_6": (
        "That firms stopped shedding staff in 2017 rests on one figure of the province, taken for "
        "the city's with two points of doubt; productivity after 2017 leans on it.",
        "2017 年企业用工止跌只依据全省一个数据，按两个百分点的误差用于本市；"
        "2017 年后的劳动生产率依赖于此。",
    ),
    "fault_7": (
        "Forecasts are too sure in the tails, most for listings and producer prices: see the "
        "coverage under “Track record”.",
        "预测在尾部过于自信，上市家数与出厂价格尤甚：见“预测业绩”中的覆盖率。",
    ),
    "unfit": ("Not suitable for", "不适用于"),
    "unfit_told": ("Listed under “{section}”.", "见“{section}”。"),
}
"""Key to (English, Chinese)."""
FAULTS = tuple(key for key in QUALITY_WORDS if key.startswith("fault_"))
