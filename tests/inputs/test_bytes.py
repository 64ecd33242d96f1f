"""Files that are not text, not a file, or too much: refused in one line, at once."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.scenario import content_hash, load_scenario

GOOD = (Path(__file__).parent / "bad" / "good.yaml").read_text(encoding="utf-8")

BYTES = {
    "empty": (b"", "empty: nothing is written"),
    "blank": (b"\n \n\n", "empty: nothing is written"),
    "binary": (bytes(range(1, 256)), "not UTF-8 (binary?)"),
    "control": (bytes(range(1, 128)), ":1:1: control character U+0001"),
    "nul": (b"name: a\nse\x00ed: 1\n", ":2:3: NUL byte"),
    "utf16": ("name: a\n".encode("utf-16"), "UTF-16 text; save the file as UTF-8"),
    "utf16_without_mark": ("name: a\n".encode("utf-16-le"), ":1:2: NUL byte"),
    "gbk": ("name: a\nlabel: 杭州\n".encode("gbk"), ":2:8: not UTF-8 (it reads as GBK)"),
    "not_any_text": (b"name: a\nlabel: \xff\xff\xff\xff\n", ":2:8: not UTF-8 (binary?)"),
    "tab": (b"population:\n\tscale: 1\n", ":2:1: tab character; use spaces"),
    "escape_sequence": (b"name: \x1b[31mred\n", ":1:7: control character U+001B"),
    "over_200_kB": (b"# " + b"x" * 200_000, "larger than 200 kB"),
    "scalar_of_1_MB": (b"label: " + b"x" * 1_000_000, "larger than 200 kB"),
    "long_scalar": (b"label: " + b"x" * 20_000, ":1:8: a value longer than 10000 characters"),
    "deep_flow": (b"a: " + b"[" * 50_000, "nested more than 12 levels deep"),
    "deep_block": (
        b"".join(b" " * depth + b"a:\n" for depth in range(300)), "nested more than 12 levels"),
    "many_values": (b"a: [" + b"1," * 90_000 + b"1]", "more than 10000 values"),
    "unclosed_quote": (b'name: "abc\nseed: 1\n', "YAML: "),
    "alias_bomb": (b"a: &a [x]\n" + b"b: [" + b"*a," * 30_000 + b"*a]", ":1:4: anchor &a"),
}  # fmt: skip


@pytest.mark.parametrize("name", BYTES)
def test_refused(name: str, tmp_path: Path) -> None:
    data, message = BYTES[name]
    path = tmp_path / "case.yaml"
    path.write_bytes(data)
    began = time.process_time()
    with pytest.raises(InputError) as raised:
        load_scenario(path)
    assert time.process_time() - began < 1.0
    [line] = str(raised.value).splitlines()
    assert line.startswith(str(path))
    assert message in line


def test_same_content_has_the_same_hash(tmp_path: Path) -> None:
    lines = GOOD.splitlines()
    variants = {
        "plain": GOOD.encode(),
        "byte_order_mark": b"\xef\xbb\xbf" + GOOD.encode(),
        "crlf": GOOD.replace("\n", "\r\n").encode(),
        "key_order": "\n".join(reversed(lines)).encode(),
        "comments": ("# 说明\n" + "  # x\n".join(lines) + "  # end").encode(),
        "flow": ("{" + ", ".join(lines) + "}").encode(),
        "exponent": GOOD.replace("members: 20", "members: 2e1").encode(),
        "without_default": GOOD.replace("as_of: 2018-04\n", "").encode(),
    }
    hashes = {}
    for name, data in variants.items():
        (tmp_path / f"{name}.yaml").write_bytes(data)
        hashes[name] = content_hash(load_scenario(tmp_path / f"{name}.yaml"))
    assert set(hashes.values()) == {hashes["plain"]}
    (tmp_path / "other.yaml").write_text(GOOD.replace("members: 20", "members: 21"))
    assert content_hash(load_scenario(tmp_path / "other.yaml")) != hashes["plain"]


def refusal(path: Path) -> str:
    """Return the one line that refuses a path."""
    with pytest.raises(InputError) as raised:
        load_scenario(path)
    [line] = str(raised.value).splitlines()
    return line


def test_not_a_file(tmp_path: Path) -> None:
    fifo, link, loop = tmp_path / "fifo.yaml", tmp_path / "link.yaml", tmp_path / "loop.yaml"
    os.mkfifo(fifo)
    link.symlink_to(tmp_path / "gone.yaml")
    loop.symlink_to(loop)
    assert refusal(tmp_path).endswith("is a directory, not a file")
    assert refusal(fifo).endswith("is a FIFO, not a file")
    assert refusal(Path("/dev/zero")).endswith("is a device, not a file")
    assert "is a dangling link" in refusal(link)
    assert "not a usable path" in refusal(loop)
    assert "no such file (nor its folder)" in refusal(tmp_path / "no" / "where.yaml")
    assert "not a usable path" in refusal(Path("a" * 5000))
    (tmp_path / "base.yaml").write_text(GOOD)
    assert refusal(tmp_path / "bsae.yaml").endswith("no such file; did you mean 'base.yaml'?")


def test_a_link_does_not_lead_out_of_the_folder(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out.yaml"
    inside.mkdir()
    outside.write_text(GOOD)
    (inside / "parent.yaml").symlink_to(outside)
    (inside / "child.yaml").write_text("extends: parent.yaml\n")
    assert "lies outside the scenarios' folder" in refusal(inside / "child.yaml")


def test_bombs_stay_within_300_MiB(tmp_path: Path) -> None:
    path = tmp_path / "bomb.yaml"
    path.write_bytes(b"a: " + b"[" * 190_000)
    code = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from sim.errors import InputError\n"
        "from sim.scenario import load_scenario\n"
        "try:\n    load_scenario(sys.argv[1])\n"
        "except InputError:\n    pass\n"
        # Linux hands the parent's peak down through fork; the status file counts from exec.
        "status = Path('/proc/self/status')\n"
        "peak = [line.split()[1] for line in status.read_text().splitlines() if 'VmHWM' in line]"
        " if status.exists() else [resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]\n"
        "print(peak[0])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        capture_output=True, text=True, check=True, timeout=30,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    unit = 1 if sys.platform == "darwin" else 1024
    assert int(done.stdout) * unit < 300 * 2**20
