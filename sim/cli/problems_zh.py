"""Problems told in Chinese: what is fixed in a message is translated, what the user wrote stays.

The rules are applied one after the other; ``tests/inputs/test_chinese.py`` looks for English that
no rule knows.
"""

from __future__ import annotations

import re

from sim.report.unit_words import unit_words

_KINDS: tuple[tuple[str, str], ...] = (
    ("a mapping of `key: value` lines", "若干 `键: 值` 行"),
    ("a mapping of names to values", "名称到值的映射"),
    ("a whole number", "整数"),
    ("a number or a word", "数或词"),
    ("a number", "数"),
    ("a name", "名称"),
    ("a list", "列表"),
    ("a mapping", "映射"),
    ("a single value", "单个值"),
    ("text in quotes", "带引号的文字"),
    ("text", "文字"),
    ("true or false", "true 或 false"),
    ("a quarter like 2018Q1", "季度，如 2018Q1"),
    ("a month like 2018-04", "月份，如 2018-04"),
)
_RULES: tuple[tuple[str, str], ...] = (
    # Ends of messages: what would be right.
    (r"; did you mean (.+?)\?", r"；是否想写 \1？"),
    (r"; legal keys: (.+)$", r"；可用的键：\1"),
    (r"; legal: (.+)$", r"；可用：\1"),
    (r"; there are: (.+)$", r"；现有：\1"),
    (r"; legal range (\S+) to (\S+)", r"；允许范围 \1 至 \2"),
    (r"; write a number or (\{.+)number\}$", r"；请写一个数，或 \1数}"),
    (r"; write (\{2018Q2: )number\}$", r"；请写 \1数}"),
    (r"; write the value out$", "；请直接写出值"),
    (r"; write a plain value$", "；请写普通的值"),
    (r"; use `extends`$", "；请用 `extends`"),
    (r"; (\S+) is a percentage\? write (\S+)$", r"；\1 是百分数吗？请写 \2"),
    (r"; a full-width (.) stands at line (\d+), write (.+)$",
     r"；第 \2 行有全角的 \1，请写成 \3"),
    (r" \(extended: (.+)\)$", r"（继承关系：\1）"),
    (r" \(opened at line (\d+)\)", r"（始于第 \1 行）"),
    # Keys and kinds.
    (r"^unknown key", "未知的键"),
    (r"^unknown lever", "未知的政策杠杆"),
    (r"^unknown column", "未知的列"),
    (r"^unknown class", "未知的类别"),
    (r"^unknown command", "未知的命令"),
    (r"^missing column$", "缺少该列"),
    (r"^column given twice$", "该列出现两次"),
    (r"^missing; it must be given$", "缺少，必须给出"),
    (r"^missing; give a value, or a baseline to rise above$", "缺少；请给出数值或要超过的基期"),
    (r"^missing; a window (.+) needs its first quarter$", r"缺少；考核区间 \1 需要起始季度"),
    (r"^missing; say why the target is not assessable$", "缺少；请说明该目标为何不可评估"),
    (r"^missing; must be the path of a file$", "缺少；应为文件路径"),
    (r"^missing part of the fits; run calibrate$", "拟合结果缺少一部分；请运行 calibrate"),
    (r"^damaged part of the fits; run calibrate$", "拟合结果有损坏；请运行 calibrate"),
    (r"^given twice: line (\d+) and line (\d+)$", r"重复：第 \1 行与第 \2 行"),
    (r"^given twice(: one value)?$", "给出了两次"),
    (r"^must be one of (.+), is (.+)$", r"应为 \1 之一，却是 \2"),
    (r"^must be (.+), is text in quotes; remove the quotes$",
     r"应为 \1，却是带引号的文字；请去掉引号"),
    (r"^must be (.+), is (.+)$", r"应为 \1，却是 \2"),
    (r"^no value given; must be one of (.+)$", r"没有给出值；应为 \1 之一"),
    (r"^no value given; must be (.+)$", r"没有给出值；应为 \1"),
    (r"^no value given", "没有给出值"),
    (r"^(.+) is not known", r"\1 不存在"),
    (r"^no (city|plan) (.+) in (\S+?)(；|$)", r"\3 中没有 \2\4"),
    (r"^a key must be a word, not (.+)$", r"键必须是词，不能是 \1"),
    # Numbers.
    (r"^(.+) members at scale (\S+) need about (.+) GB, (.+) hours; limit (.+) GB, (.+) hours$",
     r"\1 个样本、比例 \2：约需 \3 GB 内存、\4 小时；上限 \5 GB、\6 小时"),
    (r"^(.+) cells need about (.+) hours; limit (.+) hours$",
     r"\1 个单元约需 \2 小时；上限 \3 小时"),
    (r"^(.+) cells are outside the legal range (\S+) to (\S+)$",
     r"\1 个单元超出允许范围 \2 至 \3"),
    (r"^(.+) is outside the legal range (\S+) to (\S+), or auto$",
     r"\1 超出允许范围 \2 至 \3，或写 auto"),
    (r"^(.+) is outside (\S+) to (\S+)$", r"\1 超出范围 \2 至 \3"),
    (r"^(.+) must be finite", r"\1 必须是有限数"),
    (r"^(.+) must be a whole number, written without a point$", r"\1 必须写成不带小数点的整数"),
    (r"^(.+) must be a number: (.+)$", r"\1 必须是数：\2"),
    (r"^(.+) must be a whole number: (.+)$", r"\1 必须是整数：\2"),
    (r"^(.+) must be written true or false$", r"\1 必须写成 true 或 false"),
    (r"full-width or unusual digits; write (\S+)$", r"全角或特殊数字；请写 \1"),
    (r"no thousands separators; write (\S+)$", r"不用千位分隔符；请写 \1"),
    (r"a decimal point, not a comma; write (\S+)$", r"小数点不能写成逗号；请写 \1"),
    (r"no percent sign; write (\S+) for a share, or the bare number$",
     r"不带百分号；份额请写 \1，其他只写数字"),
    (r"not a decimal number; write it in base ten$", "不是十进制数；请写成十进制"),
    (r"a leading zero is ambiguous; write (\S+)$", r"前导零有歧义；请写 \1"),
    (r"no underscores; write (\S+)$", r"不用下划线；请写 \1"),
    (r"not a number \(a time of day\?\)$", "不是数（是时刻吗？）"),
    (r"：not a number$", "：不是数"),
    (r"^(\d+) characters; at most (\d+)$", r"\1 个字符；至多 \2 个"),
    (r"^(.+) must be a power of two, such as (\d+) or (\d+)$", r"\1 必须是 2 的幂，如 \2 或 \3"),
    # Dates, shocks, chains.
    (r"^(.+) is not a quarter; write it like (\S+)$", r"\1 不是季度；请写成 \2"),
    (r"^(.+) is not a month; write it like (\S+)$", r"\1 不是月份；请写成 \2"),
    (r"^before start \((?:at )?(.+)\)$", r"早于 start（\1）"),
    (r"^before `from` \(line (\d+)\)$", r"早于 `from`（第 \1 行）"),
    (r"^cannot stand beside `(.+)` \(line (\d+)\)$", r"不能与 `\1`（第 \2 行）同时出现"),
    (r"^(\d+) quarters(；允许范围 .+) \(start at (.+)\)$", r"\1 个季度\2（start 在 \3）"),
    (r"^outside the horizon (\S+) to (\S+) \(start at (.+), end at (.+)\)$",
     r"在模拟区间 \1 至 \2 之外（start 在 \3，end 在 \4）"),
    (r"^after the quarter that follows the information date (\S+) \(at (.+)\): .+$",
     r"晚于信息截止月 \1（\2）的下一季度：那时的城市状况尚不可知"),
    (r"^works through the calibration alone; edit (.+), then run calibrate$",
     r"只通过拟合起作用；请修改 \1，再运行 calibrate"),
    (r"^no such clause in this plan$", "本规划没有这一条"),
    (r"^a clause is a number from (\d+) to (\d+)$", r"条目编号为 \1 至 \2 的数"),
    (r"^is a lever of clause (\d+)$", r"是第 \1 条的政策杠杆"),
    (r"^already set by clause (\d+)$", r"第 \1 条已经给出"),
    (r"^from \(line (\d+)\) is after the deadline$", r"from（第 \1 行）晚于考核期限"),
    (r"^a cycle: (.+)$", r"循环引用：\1"),
    (r"^more than (\d+) files: (.+)$", r"超过 \1 个文件：\2"),
    (r"^lies outside the scenarios' folder: (.+)$", r"在情景文件夹之外：\1"),
    (r"^(.+) cannot name a file: .+$",
     r"\1 不能用作文件名：只可用字母、数字、_ - .，以字母或数字开头，至多 64 个字符"),
    # Files.
    (r"^no such file \(nor its folder\)$", "没有这个文件（也没有这个文件夹）"),
    (r"^no such file", "没有这个文件"),
    (r"^not a usable path: (.+)$", r"路径不可用：\1"),
    (r"^is a dangling link: .+$", "是悬空链接：所指文件不存在"),
    (r"^is a directory, not a file$", "是目录，不是文件"),
    (r"^is a FIFO, not a file$", "是管道，不是文件"),
    (r"^is a device, not a file$", "是设备，不是文件"),
    (r"^is a socket, not a file$", "是套接字，不是文件"),
    (r"^larger than (\d+) kB, .+$", r"超过 \1 kB 上限"),
    (r"^empty: nothing is written$", "空文件：没有任何内容"),
    (r"^empty: a header line.+$", "空文件：应有表头行和数据行"),
    (r"^not UTF-8 \(it reads as GBK\); .+$", "不是 UTF-8 编码（像是 GBK）；请另存为 UTF-8"),
    (r"^not UTF-8.*; save the file as UTF-8$", "不是 UTF-8 编码（二进制？）；请另存为 UTF-8"),
    (r"^UTF-16 text; save the file as UTF-8$", "UTF-16 编码；请另存为 UTF-8"),
    (r"^NUL byte: .+$", "含 NUL 字节：二进制或 UTF-16；请另存为 UTF-8 文本"),
    (r"^tab character; use spaces$", "含制表符；请用空格"),
    (r"^control character (.+)$", r"含控制字符 \1"),
    (r"^a second document; .+$", "含第二个文档；一个文件只写一个文档"),
    (r"^a % directive is not allowed$", "不允许 % 指令"),
    (r"^alias (\S+) is not allowed", r"不允许别名 \1"),
    (r"^anchor (\S+) is not allowed", r"不允许锚点 \1"),
    (r"^tag (\S+) is not allowed", r"不允许标签 \1"),
    (r"^merge key (\S+) is not allowed", r"不允许合并键 \1"),
    (r"^more than (\d+) values in one file$", r"一个文件超过 \1 个值"),
    (r"^a value longer than (\d+) characters$", r"值超过 \1 个字符"),
    (r"^nested more than (\d+) levels deep$", r"嵌套超过 \1 层"),
    (r"^not readable as YAML(.*)$", r"不能按 YAML 读取\1"),
    (r"^YAML: could not find expected ':'", "YAML：缺少半角冒号 ':'"),
    (r"^YAML: expected (.+), but got (.+?)(（|；|$)", r"YAML：应为 \1，却是 \2\3"),
    (r"(?<=') or (?=')", " 或 "),
    (r"^YAML: mapping values are not allowed here", "YAML：此处不能再有 `键: 值`"),
    # Tables.
    (r"^fields must be separated by commas.+$", "各字段须以逗号分隔，不能用 ; | 或制表符"),
    (r"^(\d+) fields where the header has (\d+)$", r"有 \1 个字段，而表头有 \2 个"),
    (r"^no rows below the header$", "表头之下没有数据行"),
    (r"^no value in any row$", "该列没有任何值"),
    (r"^empty cell$", "空单元格"),
    (r"^not CSV: (.+)$", r"不是 CSV：\1"),
    (r"^duplicate of line (\d+): (.+)$", r"与第 \1 行重复：\2"),
    (r"^(.+) stands after (.+): sort the rows$", r"\1 排在 \2 之后：请按顺序排列各行"),
    (r"^shares sum to (\S+), not to one$", r"份额之和为 \1，不等于一"),
    (r"^(.+) is in (.+) above, here (.+)$", r"\1 上文单位为 \2，此处为 \3"),
    (r"^unit (.+) must be (.+)$", r"单位 \1 应为 \2"),
    (r"^a second value for the same lever, class and month$", "同一杠杆、类别和月份的第二个值"),
    (r"^(.+) is not a date like (.+) or (\S+)$", r"\1 不是日期，应如 \2 或 \3"),
    (r"^(.+) is not finite$", r"\1 不是有限数"),
    (r"^(.+) is not a finite number: leave out the row$", r"\1 不是有限数：请删去该行"),
    (r"^(.+) has characters that are not ASCII digits$", r"\1 含有非半角数字的字符"),
    (r"^decimal comma or thousands separator in (.+): write 12.5 or 1250$",
     r"\1 含小数逗号或千位分隔符：请写 12.5 或 1250"),
    (r"^per-cent sign in (.+): the unit has its own column$", r"\1 带百分号：单位另有一列"),
    (r"^(.+) is not a whole number$", r"\1 不是整数"),
    (r"^(.+) is not a number$", r"\1 不是数"),
    (r"^(.+) is not 0 or 1$", r"\1 不是 0 或 1"),
    (r"^(.+) is not a (period|quarter|month|date) such as (.+?)(?: or (\S+))?$",
     r"\1 格式不对，应如 \3 \4"),
    (r"^(.+) is not in the vocabulary of this column", r"\1 不在该列的词表中"),
    (r"^constant: all (\d+) values are equal$", r"恒定不变：\1 个值全部相等"),
    (r"^(\d+) values released by (\S+); the fits need (\d+)$",
     r"截至 \2 只发布了 \1 个值；拟合需要 \3 个"),
    (r"^nothing was released by (\S+)$", r"截至 \1 尚无任何发布"),
    (r"^no data; cities: (.+)$", r"没有数据；现有城市：\1"),
    # Commands and directories.
    (r"^unrecognized arguments: (.+?)(；|$)", r"不认识的参数：\1\2"),
    (r"^the following arguments are required: (.+)$", r"缺少参数：\1"),
    (r"^argument (.+): invalid choice: (.+) \(choose from (.+)\)$",
     r"参数 \1：\2 不可选（可选 \3）"),
    (r"^argument (.+): expected one argument$", r"参数 \1 之后缺少值"),
    (r"^argument (.+): invalid int value: (.+)$", r"参数 \1：\2 不是整数"),
    (r"^write --set key.path=value$", "请写成 --set 键.路径=值"),
    (r"^not a key path(.*)$", r"不是键的路径\1"),
    (r"^two scenarios or more are compared; write another file$",
     "至少比较两个情景；请再写一个文件"),
    (r"^empty; name a directory or a file, or leave it out$", "为空；请写目录或文件名，或不写此项"),
    (r"^(.+) here, (.+) in (.+): members cannot be paired$",
     r"此处 \1，\3 中为 \2：样本无法配对"),
    (r"^(.+) there, (.+) here$", r"彼处 \1，此处 \2"),
    (r"^holds an interrupted run of something else; .+$",
     "存有另一未完成的模拟；请用其原命令做完、另选 --out，或用 --fresh 丢弃。不同之处："),
    (r"is a symbolic link; (remove it|name the directory itself)$", "是符号链接；请直接写目录本身"),
    (r"is not a directory$", "不是目录"),
    (r"is a mount point; name a directory below it$", "是挂载点；请写其下的目录"),
    (r"another run is writing here$", "另一模拟正在写入此目录"),
    (r"needs about (.+) MB of disk, (.+) MB are free$", r"约需 \1 MB 磁盘，只剩 \2 MB"),
    (r"cannot create the directory: ", "不能建立目录："),
    (r"cannot write a file there$", "不能在此写文件"),
    (r"cannot (?:write|be written): ", "不能写入："),
    (r"cannot (?:read|be read): ", "不能读取："),
    (r"holds no (\S+)$", r"其中没有 \1"),
    (r"is not the directory of a run \(no (\S+)\)$", r"不是模拟结果目录（没有 \1）"),
    (r"is not the manifest of a run$", "不是模拟的清单"),
    (r"No space left on device", "磁盘已满"),
    (r"Permission denied", "没有权限"),
    (r"Read-only file system", "只读文件系统"),
    (r"No such file or directory", "没有这个文件或目录"),
    (r"Not a directory", "不是目录"),
    (r"Is a directory", "是目录"),
    (r"File name too long", "文件名过长"),
    (r"Too many levels of symbolic links", "符号链接层数过多"),
    # sweeps
    (r"^(\d+) factors[;；]", r"\1 个因素[;；]"),
    (r"^(\d+) levels[;；]", r"\1 个水平[;；]"),
    (r"^cannot stand beside kind csv: the file's columns are the factors$",
     "不能与 kind csv 同时给出：文件的各列就是因素"),
    (r"^(.+) must be a power of two, such as (.+) or (.+)$",
     r"\1 必须是 2 的幂，如 \2 或 \3"),
    (r"^(\d+) cells are outside the legal range (.+) to (.+)$",
     r"\1 个单元超出允许范围 \2 至 \3"),
    (r"^(\d+) cells need about (.+) hours; limit (.+) hours$",
     r"\1 个单元约需 \2 小时；上限 \3 小时"),
    (r"^does not apply to kind (.+)$", r"不适用于 kind \1"),
    (r"^lies within (.+)$", r"已包含在 \1 之内"),
    (r"^cannot be varied", "不能作为因素"),
    (r"^write (\{low: a, high: b\}) or a list of levels (.+)$", r"请写 \1 或水平列表 \2"),
    (r"^high (\S+) must be above low (\S+)$", r"high \1 必须大于 low \2"),
    (r"^unknown driver", "未知的外部驱动因素"),
    (r"^unknown parameter", "未知的参数"),
    (r"^did you mean (.+)\?$", r"是否想写 \1?"),
    (r"^sensitivity needs kind (.+) or (.+), is (.+)$",
     r"sensitivity 需要 kind \1 或 \2，却是 \3"),
    (r"^(.+) is no factor", r"\1 不是因素"),
    (r"^name two factors, such as A,B", "请写两个因素，如 A,B"),
    (r"^holds another state of a sweep; choose another --out, go on with --extend \(its "
     r"cells are used where they are cells of this one as well\), or begin anew with --fresh. "
     r"It differs in:$",
     "其中是另一状态的扫描；请另选 --out，或用 --extend 接着做（两者共有的单元照用），"
     "或用 --fresh 重新开始。差别在于："),
    (r"(?<=处 )absent\b", "无"),
    (r"File too large", "文件过大"),
    (r": cannot be read back$", "：写入后无法读回"),
    (r": cannot lock: (.+)$", r"：无法加锁：\1"),
    # clusters and extras
    (r": the package (\S+) is missing: (.+)$", r"：缺少软件包 \1：\2"),
    (r": answers as (.+), not as a Dask scheduler$", r"：应答者是 \1，不是 Dask 调度器"),
    (r": no Dask scheduler answers: time is up$", "：没有 Dask 调度器应答：超时"),
    (r": no Dask scheduler answers: (.+)$", r"：没有 Dask 调度器应答：\1"),
    (r"Timed out trying to connect to (\S+) after (\S+) s$", r"连接 \1 超过 \2 秒"),
    (r": the scheduler has no workers$", "：调度器没有工作进程"),
    (r"^the connection to the Dask scheduler is lost; the same command resumes$",
     "与 Dask 调度器的连接已断；重复同一命令即可继续"),
    (r"^its worker was lost \((.+)\)$", r"其工作进程丢失(\1)"),
    (r"^its worker process died (\d+) times \(exit code (.+)\)$",
     r"其工作进程 \1 次中断（退出码 \2）"),
    (r"^worker processes cannot start \(exit code (.+)\)$", r"工作进程无法启动（退出码 \1）"),
    # parts of messages, and what stands in a single place
    (r"^a question must be a JSON object$", "问题必须是 JSON 对象"),
    (r"^must be a mapping of names to values$", "应为名称到取值的映射"),
    (r"^`extends` cannot be set here$", "此处不能设置 `extends`"),
    (r"none: the lever has no classes$", "无：该杠杆不分类别"),
    (r" \(it reads as GBK\)", "（像是 GBK）"),
    (r"line (\d+) and line (\d+)$", r"第 \1 行与第 \2 行"),
    (r"^given twice: (.+)$", r"重复：\1"),
    (r"^after the quarter that follows the information date (.+?) \((.+)\): "
     r"nothing is known of the city then$",
     r"晚于信息截止月 \1 之后的季度（\2）：其时城市状况未知"),
    (r"^outside the horizon (.+)$", r"在模拟区间之外：\1"),
    (r"^(\S+) is outside the legal range (\S+)$", r"\1 超出允许范围 \2"),
)  # fmt: skip
_RANGE = re.compile(r"^(.+) is outside the legal range (\S+ to \S+|\S+ or more|\S+ or less)(.*)$")


def in_chinese(message: str) -> str:
    """Return a message with its fixed words in Chinese; what is not known stays English.

    Examples
    --------
    >>> in_chinese("unknown key; did you mean 'members'?")
    "未知的键；是否想写 'members'？"
    >>> in_chinese("5 is outside the legal range 0 to 0.6 yuan/kWh")
    '5 超出允许范围 0 至 0.6 元/千瓦时'
    """
    message = _out_of_range(message)
    for pattern, words in _RULES:
        message = re.sub(pattern, words, message)
    for part in ("应为 ", "却是 ", "不能是 "):
        for kind, words in _KINDS:
            message = message.replace(part + kind, part.strip() + words)
    return message


def _out_of_range(message: str) -> str:
    """Translate a message about a range, with the unit at its end."""
    found = _RANGE.match(message)
    if found is None or found[1].endswith(" cells are"):
        return message
    given, legal, rest = found.groups()
    unit, semicolon, hint = rest.partition("; ")
    if unit == " or auto":
        return message
    for words, chinese in ((" to ", " 至 "), (" or more", " 或以上"), (" or less", " 或以下")):
        legal = legal.replace(words, chinese)
    shown = unit_words(unit.strip(), "zh")
    return f"{given} 超出允许范围 {legal}{' ' * bool(shown)}{shown}{semicolon}{hint}"
