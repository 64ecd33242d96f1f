"""Words of the commands in English and Chinese."""

from __future__ import annotations

from sim.cli.problems_zh import in_chinese
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
    "interrupted_anew": (
        "interrupted; nothing is kept, the same command starts again",
        "已中断；没有保留结果，同一命令将重新开始",
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


def say(key: str, lang: str, **values: object) -> str:
    """Return a phrase in the reader's language."""
    return WORDS[key][lang == "zh"].format(**values)


def told(error: UserError, lang: str) -> str:
    """Return an error as its lines in the reader's language."""
    chinese = lang == "zh"
    if not isinstance(error, InputError):
        lines = (in_chinese(line) if chinese else line for line in str(error).splitlines())
        return "\n".join(printable(line, 1000) for line in lines)
    if not chinese:
        return str(error)
    problems = (
        Problem("命令行" if p.where == "command line" else p.where, p.key, in_chinese(p.message))
        for p in error.problems
    )
    return "\n".join(str(problem) for problem in problems)
