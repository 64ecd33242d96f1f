"""Chinese labels are drawn with the font beside the code, or not at all."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import pytest
from matplotlib import font_manager

from sim.indicators import INDICATORS
from sim.levers import LEVERS
from sim.parameters import PARAMETERS
from sim.report.fonts import FONT_FAMILY, FONT_FILE, missing_characters, use_fonts


def test_registering_twice_is_registering_once() -> None:
    with mpl.rc_context():
        assert use_fonts()
        entries = len(font_manager.fontManager.ttflist)
        assert use_fonts()
        assert len(font_manager.fontManager.ttflist) == entries
        assert mpl.rcParams["font.family"][0] == FONT_FAMILY
        assert Path(font_manager.findfont(FONT_FAMILY)) == FONT_FILE


@pytest.mark.parametrize("content", [None, b"", b"not a font at all"])
def test_without_a_usable_file_the_caller_is_told(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "font.otf"
    if content is not None:
        file.write_bytes(content)
    with mpl.rc_context():
        before = list(mpl.rcParams["font.family"])
        assert use_fonts(file) is False
        assert list(mpl.rcParams["font.family"]) == before


def test_the_terms_of_art_can_be_drawn() -> None:
    assert (
        missing_characters("雁阵 规上 亩均 小升规 首台套 股改 “十三五” ≥20亿元 −3.5% km² 1×10⁻ ")
        == "⁻"
    )
    assert missing_characters("") == ""


def test_every_declared_chinese_name_can_be_drawn() -> None:
    names = [lever.long_name_zh + lever.mechanism_zh for lever in LEVERS.values()]
    names += [indicator.long_name_zh for indicator in INDICATORS.values()]
    names += [parameter.long_name_zh for parameter in PARAMETERS.values()]
    assert len(names) > 60
    assert missing_characters("".join(names)) == ""


def test_the_licence_travels_with_the_font() -> None:
    text = (FONT_FILE.parent / "OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in text
    assert "Adobe" in text
