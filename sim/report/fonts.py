"""The Chinese font that the figures carry with them.

A fresh machine has no Chinese font, and matplotlib draws boxes for what it cannot find. The file in
``fonts/`` (made as its README tells) is registered by path, so nothing has to be installed.
"""

from __future__ import annotations

from pathlib import Path

FONT_FILE = Path(__file__).parent / "fonts" / "NotoSansSC-subset.otf"
FONT_FAMILY = "Noto Sans SC Subset"
LATIN_FAMILY = "DejaVu Sans"  # shipped with matplotlib itself


def use_fonts(font_file: Path = FONT_FILE) -> bool:
    """Let matplotlib draw Chinese with the font beside this module.

    Calling it again changes nothing.

    Parameters
    ----------
    font_file : Path
        The font to register; the default is the subset of Noto Sans CJK SC in ``fonts/``.

    Returns
    -------
    bool
        Whether Chinese can be drawn. Where it is False (file missing or unreadable) the caller
        labels the figures in English: boxes are never an answer.

    Examples
    --------
    >>> use_fonts(), use_fonts(Path("no_such_font.otf"))
    (True, False)
    """
    import matplotlib as mpl
    from matplotlib import font_manager

    manager = font_manager.fontManager
    if not any(Path(entry.fname) == font_file for entry in manager.ttflist):
        try:
            manager.addfont(font_file)
        except (OSError, RuntimeError):  # RuntimeError: FreeType cannot read the file
            return False
    mpl.rcParams["font.family"] = [FONT_FAMILY, LATIN_FAMILY]
    return True


def missing_characters(text: str, font_file: Path = FONT_FILE) -> str:
    """Tell which characters of a label the font cannot draw.

    Parameters
    ----------
    text : str
        The label, or many labels joined.
    font_file : Path
        The font to ask.

    Returns
    -------
    str
        The characters without a glyph, sorted, each once; empty when all can be drawn.
    """
    from matplotlib.ft2font import FT2Font

    drawable = FT2Font(str(font_file)).get_charmap()
    return "".join(sorted({c for c in text if c.isprintable() and ord(c) not in drawable}))
