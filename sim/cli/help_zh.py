"""The help of every command in Chinese; a test holds the table against the parser."""

from __future__ import annotations

import argparse

HELP: dict[str, str] = {
    "With what probability does a city reach its plan's targets?": "城市以多大概率实现规划目标？",
    "exit codes: 0 done; 2 bad input; 3 finished with failed members; 4 input or output;\n"
    "5 directory busy; 130 or 143 interrupted (the same command resumes)":
        "退出码：0 完成；2 输入有误；3 完成但有样本失败；4 读写错误；\n"
        "5 目录被占用；130 或 143 被中断（重复同一命令即可继续）",
    "show this help message and exit": "显示本帮助并退出",
    "simulate a scenario; `run` itself may be left out": "模拟一个情景；`run` 可省略",
    "run scenarios on the same members and write what differs":
        "用相同样本模拟多个情景，写出差异",
    "simulate a design of settings; finished cells are kept":
        "批量模拟一组设定；已完成的单元保留",
    "sweep a sobol or morris design and analyse it":
        "按 Sobol 或 Morris 设计批量模拟并做敏感性分析",
    "answer questions, one JSON object a line, until the input ends":
        "逐行回答 JSON 问题，直到输入结束",
    "validate a scenario only; lists every problem": "只检查情景，列出全部问题",
    "show what is declared": "列出已声明的内容",
    "write the codelist of scenarios_iamc.csv for IAMC tools":
        "写出 scenarios_iamc.csv 的代码表，供 IAMC 工具使用",
    "fit a city's data again": "重新拟合一个城市的数据",
    "check the estimation of structural parameters on its own simulations":
        "用模拟数据检验结构参数的估计",
    "what forecasts from earlier dates were worth; kept beside the fits":
        "检验较早日期所作预测的成绩；存于拟合结果旁",
    "print the digest of a run's results": "显示一次模拟结果的摘要",
    "run again from a directory's manifest and compare digests": "按目录中的清单重跑并比较摘要",
    "simulate one member of a finished run or cell alone": "单独模拟已完成的模拟或单元中的一个样本",
    "variance of each target by group of uncertainty": "按不确定性来源分解各目标的方差",
    "score a scenario with and without memory rows, or the posterior":
        "比较有无记忆数据（或有无后验）的评分",
    "what each lever does over its whole range, all others unmoved":
        "其余不变，逐一考察各政策杠杆在全部取值范围内的作用",
    "language of what is shown": "显示语言",
    "size of the ensemble": "样本数",
    "root seed": "根种子",
    "change a value of the scenario, such as levers.energy_price_surcharge.D=0.3":
        "改动情景中的一个值，如 levers.energy_price_surcharge.D=0.3",
    "directory of the run (outputs/<name>)": "结果目录（outputs/<名称>）",
    "worker processes": "工作进程数",
    "no tables, figures, page of runs": "不写表格、图和报告",
    "figures as SVG as well": "同时输出 SVG 图",
    "no progress, no table": "不显示进度和表格",
    "discard finished members lying there": "丢弃目录中已完成的样本",
    "directory of the comparison (outputs/<name>_vs_<name>)":
        "比较的目录（outputs/<名称>_vs_<名称>）",
    "directory of the sweep (outputs/<name>)": "批量模拟的目录（outputs/<名称>）",
    "a Dask scheduler, tcp://host:8786": "Dask 调度器，tcp://主机:8786",
    "finished cells (outputs/.cells)": "已完成的单元（outputs/.cells）",
    "add lines of progress to a file": "把进度写入文件",
    "the dataset as results.zarr as well": "同时写出 results.zarr",
    "two factors of the maps": "等值图的两个因素",
    "go on although the sweep file was edited": "批量文件虽有改动仍继续",
    "print cells, memory and time; simulate nothing": "只显示单元数、内存和时间，不模拟",
    "a list of objects": "输出 JSON 列表",
    "folder of the definition (scenarios/iamc)": "代码表的文件夹（scenarios/iamc）",
    "simulate N hindcasts for the structural parameters first": "先模拟 N 次回溯，用于估计结构参数",
    "at least 320 (1000)": "至少 320（1000）",
    "table (in the city's fits)": "表格（城市拟合结果中）",
    "two origins, into outputs/ only": "只用两个起点，写入 outputs/",
    "folder of backtest.csv and backtest.json": "backtest.csv 与 backtest.json 的文件夹",
    "cell of a sweep's directory": "批量目录中的单元",
    "table (in outputs/)": "表格（outputs/ 中）",
    "pairs of members (50)": "配对样本数（50）",
    "population.scale (0.1)": "企业总体比例 population.scale（0.1）",
    "table (outputs/lever-effects.csv)": "表格（outputs/lever-effects.csv）",
    "only this lever; may be given several times": "只考察该政策杠杆；可多次给出",
}  # fmt: skip
TITLES = {"options": "选项", "positional arguments": "参数"}


def texts_of(parser: argparse.ArgumentParser) -> set[str]:
    """Return every text of a parser and of its commands that a user reads."""
    found = {text for text in (parser.description, parser.epilog) if text}
    for action in parser._actions:
        found |= {action.help} if action.help else set()
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                found |= texts_of(command)
    return found


def translate(parser: argparse.ArgumentParser) -> None:
    """Put the texts of a parser and of its commands into Chinese, in place."""
    parser.description = HELP.get(parser.description or "", parser.description)
    parser.epilog = HELP.get(parser.epilog or "", parser.epilog)
    for group in parser._action_groups:
        group.title = TITLES.get(group.title or "", group.title)
    for action in parser._actions:
        action.help = HELP.get(action.help or "", action.help)
        if isinstance(action, argparse._SubParsersAction):
            for listed in action._choices_actions:
                listed.help = HELP.get(listed.help or "", listed.help)
            for command in action.choices.values():
                translate(command)
