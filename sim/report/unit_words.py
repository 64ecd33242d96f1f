"""Units of levers, priors and indicators as readers of each language see them."""

from __future__ import annotations

from sim.report.words import LANGUAGES, UNITS, Language

UNIT_WORDS: dict[str, tuple[str, str]] = {
    "1": ("", ""),
    "SD": ("standard deviations", "标准差"),
    "m3/万元": ("m³/10,000 yuan", "立方米/万元"),
    "mu": ("mu", "亩"),
    "sets": ("sets", "台套"),
    "tce/万元": ("tce/10,000 yuan", "吨标煤/万元"),
    "万m3": ("10,000 m³", "万立方米"),
    "万tce": ("10,000 tce", "万吨标煤"),
    "万人": ("10,000 persons", "万人"),
    "万亩": ("10,000 mu", "万亩"),
    "万元/mu": ("10,000 yuan/mu", "万元/亩"),
    "万元/亩": ("10,000 yuan/mu", "万元/亩"),
    "万元 per firm": ("10,000 yuan per firm", "万元/家"),
    "亿元 committed": ("100 m yuan committed", "亿元（认缴）"),
    "亿元 per year": ("100 m yuan a year", "亿元/年"),
    "km2 per 亿元": ("km² per 100 m yuan", "平方公里/亿元"),
    "km2 per year": ("km² a year", "平方公里/年"),
    "basis points": ("basis points", "基点"),
    "correlation": ("correlation", "相关系数"),
    "days": ("days", "天"),
    "draws per year": ("draws a year", "次/年"),
    "effectiveness 0-1": ("effectiveness 0-1", "有效程度 0—1"),
    "elasticity": ("elasticity", "弹性"),
    "exponent": ("exponent", "指数"),
    "fields per year": ("fields a year", "个领域/年"),
    "firms per year": ("firms a year", "家/年"),
    "growth per year (fraction)": ("growth a year (fraction)", "年增速（小数）"),
    "links per year": ("links a year", "项/年"),
    "log": ("log", "对数"),
    "log TFP per year": ("log TFP a year", "对数全要素生产率/年"),
    "log per year": ("log a year", "对数/年"),
    "log points of export demand per year": (
        "log points of export demand a year",
        "出口需求对数/年",
    ),
    "months": ("months", "月"),
    "multiplier": ("multiplier", "倍数"),
    "overseas person-times per year": ("person-times a year", "人次/年"),
    "per year": ("a year", "/年"),
    "percentage points of an adopter's value-added rate": (
        "percentage points of an adopter's value-added rate",
        "采用企业增加值率，百分点",
    ),
    "percentage points per year": ("percentage points a year", "百分点/年"),
    "persons per year": ("persons a year", "人/年"),
    "person-times per year": ("person-times a year", "人次/年"),
    "programme strength 0-1": ("programme strength 0-1", "力度 0—1"),
    "projects per year": ("projects a year", "个/年"),
    "proportional tightening of water quotas": (
        "proportional tightening of water quotas",
        "用水定额收紧比例",
    ),
    "quantile": ("quantile", "分位"),
    "quarters": ("quarters", "季"),
    "ratio": ("ratio", "比率"),
    "share": ("share", "份额"),
    "share 0-1": ("share 0-1", "份额 0—1"),
    "share of R&D outlay of supported firms": (
        "share of R&D outlay of supported firms",
        "占受助企业研发经费比重",
    ),
    "share of adoption cost": ("share of adoption cost", "占上云成本比重"),
    "share of class D closed per year": ("share of class D closed a year", "每年关停D类企业比例"),
    "share of districts bound": ("share of districts bound", "受约束区县比例"),
    "share of industrial land per year": ("share of industrial land a year", "每年占工业用地比例"),
    "share of key firms served": ("share of key firms served", "重点企业服务覆盖率"),
    "share of new and upgraded industrial land": (
        "share of new and upgraded industrial land",
        "占新增与改造工业用地比重",
    ),
    "share of new-product sales bought first by government": (
        "share of new-product sales bought first by government",
        "政府首购占新产品销售比重",
    ),
    "share of platform land per year": ("share of platform land a year", "每年占平台用地比例"),
    "share of premium": ("share of premium", "占保费比重"),
    "share of revenue": ("share of revenue", "占营业收入比重"),
    "share of technical-upgrade investment": (
        "share of technical-upgrade investment",
        "占技改投资比重",
    ),
    "share of the year's new quota": ("share of the year's new quota", "占当年新增指标比重"),
    "share of traditional firms per year": (
        "share of traditional firms a year",
        "每年占传统企业比例",
    ),
    "share of value added": ("share of value added", "占增加值比重"),
    "share per year": ("share a year", "份额/年"),
    "standard deviations": ("standard deviations", "标准差"),
    "teams per year": ("teams a year", "个团队/年"),
    "weight": ("weight", "权重"),
    "weight 0-1": ("weight 0-1", "权重 0—1"),
    "yuan of social capital per yuan": (
        "yuan of social capital per yuan",
        "每元带动社会资本（元）",
    ),
    "yuan/kWh": ("yuan/kWh", "元/千瓦时"),
    "yuan/m2": ("yuan/m²", "元/平方米"),
    "yuan/tce": ("yuan/tce", "元/吨标煤"),
    "log points of the level": ("log points of the level", "水平的对数点"),
    "points (fraction of one)": ("points (fraction of one)", "百分点（小数）"),
    "growth on the year before (fraction of one)": (
        "growth on the year before (fraction of one)",
        "同比增速（小数）",
    ),
    "share of the quarter open": ("share of the quarter open", "季内开放比例"),
    "share of applications": ("share of applications", "占申请比例"),
    "a year (fraction of one)": ("a year (fraction of one)", "年率（小数）"),
    "fraction of one": ("fraction of one", "小数"),
}
"""Declared unit to (English, Chinese), beside :data:`sim.report.words.UNITS`."""


def unit_words(unit: str, lang: Language) -> str:
    """Return a declared unit for readers; a unit nobody has named is shown as declared.

    Examples
    --------
    >>> unit_words("万元/mu", "en"), unit_words("firms", "zh"), unit_words("1", "en")
    ('10,000 yuan/mu', '家', '')
    """
    side = LANGUAGES.index(lang)
    for table in (UNIT_WORDS, UNITS):
        if unit in table:
            return table[unit][side]
    return unit
