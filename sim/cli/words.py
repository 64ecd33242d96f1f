"""Words of the commands in English and Chinese, and problems told in Chinese."""

from __future__ import annotations

import re

from sim.errors import InputError, Problem, UserError, printable

WORDS: dict[str, tuple[str, str]] = {
    "no_problems": ("{file}: no problems found", "{file}：未发现问题"),
    "scenario": ("scenario", "情景"),
    "city_plan": ("city, plan", "城市、规划"),
    "as_of": ("information date", "信息截止月"),
    "horizon": ("horizon", "模拟区间"),
    "members_seed": ("members, seed", "样本数、随机种子"),
    "scale": ("population scale", "企业总体比例"),
    "levers": ("levers", "政策杠杆"),
    "levers_moved": ("{n} of {all} moved from before the plan", "{all} 项中 {n} 项偏离规划前取值"),
    "outside": ("outside world", "外部环境"),
    "sampled": ("all {n} drivers sampled from the fits", "{n} 个驱动因素全部按拟合抽样"),
    "targets": ("targets", "目标"),
    "target_counts": (
        "{n} readings of {default} targets; {open} not assessable by the default reading",
        "{default} 个目标、{n} 种读法；按默认读法 {open} 个不可评估",
    ),
    "hash": ("content", "内容哈希"),
    "interrupted": (
        "interrupted; the same command starts again, finished members are kept",
        "已中断；重复同一命令即可继续，已完成的样本不会丢失",
    ),
    "written": ("written: {path}", "已写入：{path}"),
    "reused": ("already complete, not simulated again", "已有完整结果，未重新模拟"),
    "failed": ("{n} of {all} members failed:", "{all} 个样本中 {n} 个失败："),
    "sweep_scenario": ("scenario", "情景"),
    "design": ("design", "设计"),
    "factors": ("factors", "因素"),
    "cells": ("cells (rows of the design)", "单元（设计行数）"),
    "members_each": ("members of each cell", "每单元样本数"),
    "memory": ("memory, about", "内存约需"),
    "hours": ("time, about (processes)", "时间约需（进程数）"),
    "disk": ("disk, about", "磁盘约需"),
    "cells_done": ("{n} cells, {new} of them simulated now", "{n} 个单元，本次模拟 {new} 个"),
    "cpu": (
        "CPU time: members {members:.0f} s, everything else {other:.0f} s ({percent:.1f} %)",
        "CPU 时间：样本 {members:.0f} 秒，其余 {other:.0f} 秒（{percent:.1f} %）",
    ),
    "cells_failed": (
        "{n} of {all} cells have failed members (all are in manifest.json):",
        "{all} 个单元中 {n} 个有失败的样本（全部列于 manifest.json）：",
    ),
    "same": ("same digest: {digest}", "摘要一致：{digest}"),
    "differs": (
        "another digest: {here} in the directory, {again} now",
        "摘要不一致：目录中为 {here}，重算为 {again}",
    ),
    "member_ok": ("member {member}: no failure", "样本 {member}：未失败"),
}

_CHINESE: tuple[tuple[str, str], ...] = (
    (r"; did you mean (.+)\?$", r"；是否想写 \1?"),
    (r"; legal keys: (.+)$", r"；可用的键：\1"),
    (r"; legal: (.+)$", r"；可用：\1"),
    (r"; there are: (.+)$", r"；现有：\1"),
    (r"^unknown key", "未知的键"),
    (r"^unknown lever", "未知的政策杠杆"),
    (r"^unknown column", "未知的列"),
    (r"^unknown class", "未知的类别"),
    (r"^missing column$", "缺少该列"),
    (r"^column given twice$", "该列出现两次"),
    (r"^missing; it must be given$", "缺少，必须给出"),
    (r"^missing; ", "缺少；"),
    (r"^given twice: line (\d+) and line (\d+)$", r"重复：第 \1 行与第 \2 行"),
    (r"^(.+) is outside the legal range (.+) to (.+)$", r"\1 超出允许范围 \2 至 \3"),
    (r"^(.+) is outside the legal range (.+)$", r"\1 超出允许范围 \2"),
    (r"^(.+) must be finite", r"\1 必须是有限数"),
    (r"^(.+) must be a whole number, written without a point$", r"\1 必须写成不带小数点的整数"),
    (r"^(.+) must be a number: (.+)$", r"\1 必须是数：\2"),
    (r"^(.+) must be a whole number: (.+)$", r"\1 必须是整数：\2"),
    (r"^(.+) must be written true or false$", r"\1 必须写成 true 或 false"),
    (r"^must be (.+), is text in quotes; remove the quotes$",
     r"应为 \1，却是带引号的文字；请去掉引号"),
    (r"^must be (.+), is (.+)$", r"应为 \1，却是 \2"),
    (r"^no value given; must be (.+)$", r"没有给出值；应为 \1"),
    (r"^no value given", "没有给出值"),
    (r"^(.+) is not known", r"\1 不存在"),
    (r"^(.+) is not a quarter; write it like 2018Q1$", r"\1 不是季度；请写成 2018Q1"),
    (r"^(.+) is not a month; write it like 2018-04$", r"\1 不是月份；请写成 2018-04"),
    (r"^(.+) cannot name a file: .+$",
     r"\1 不能用作文件名：只可用字母、数字、_ - .，以字母或数字开头，至多 64 个字符"),
    (r"^no such file", "没有这个文件"),
    (r"^is a dangling link: .+$", "是悬空链接：所指文件不存在"),
    (r"^is a directory, not a file$", "是目录，不是文件"),
    (r"^is a FIFO, not a file$", "是管道，不是文件"),
    (r"^is a device, not a file$", "是设备，不是文件"),
    (r"^larger than (\d+) kB, .+$", r"超过 \1 kB 上限"),
    (r"^empty: nothing is written$", "空文件：没有任何内容"),
    (r"^not UTF-8(.*); save the file as UTF-8$", r"不是 UTF-8 编码\1；请另存为 UTF-8"),
    (r"^UTF-16 text; save the file as UTF-8$", "UTF-16 编码；请另存为 UTF-8"),
    (r"^NUL byte: .+$", "含 NUL 字节：二进制或 UTF-16；请另存为 UTF-8 文本"),
    (r"^tab character; use spaces$", "含制表符；请用空格"),
    (r"^a second document; .+$", "含第二个文档；一个文件只写一个文档"),
    (r"^before start \((.+)\)$", r"早于 start(\1)"),
    (r"^before `from` \(line (\d+)\)$", r"早于 `from`(第 \1 行)"),
    (r"^outside the horizon (.+)$", r"在模拟区间之外：\1"),
    (r"^a cycle: (.+)$", r"循环引用：\1"),
    (r"^lies outside the scenarios' folder: (.+)$", r"在情景文件夹之外：\1"),
    (r"need about (.+) GB, (.+) hours; limit (.+) GB, (.+) hours$",
     r"约需 \1 GB 内存、\2 小时；上限 \3 GB、\4 小时"),
)  # fmt: skip


def say(key: str, lang: str, **values: object) -> str:
    """Return a phrase in the reader's language."""
    return WORDS[key][lang == "zh"].format(**values)


def in_chinese(message: str) -> str:
    """Return a message with its fixed words in Chinese; what is not known stays English.

    Examples
    --------
    >>> in_chinese("unknown key; did you mean 'members'?")
    "未知的键；是否想写 'members'?"
    """
    for pattern, words in _CHINESE:
        message = re.sub(pattern, words, message)
    return message


def told(error: UserError, lang: str) -> str:
    """Return an error as its lines in the reader's language."""
    if not isinstance(error, InputError):
        return "\n".join(printable(line, 1000) for line in str(error).splitlines())
    if lang != "zh":
        return str(error)
    problems = (Problem(p.where, p.key, in_chinese(p.message)) for p in error.problems)
    return "\n".join(str(problem) for problem in problems)
