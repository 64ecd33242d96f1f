"""Files are whole or absent, tables are safe in a spreadsheet, directories change in one step."""

from __future__ import annotations

import csv
import errno
import fcntl
import io
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import output_directory, store
from sim.errors import BusyError, OutputError
from sim.output_directory import MANIFEST, MEMBERS, hold
from sim.store import (
    atomic_write_bytes,
    atomic_write_text,
    checksums,
    csv_text,
    new_file,
    safe_name,
    write_csv,
)


def test_writing_replaces_whole_files_and_leaves_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    atomic_write_text(target, "one")
    atomic_write_text(target, "二")
    assert target.read_bytes() == "二".encode()
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def _fill_the_disk(target: Path) -> None:
    with new_file(target) as temporary:
        temporary.write_bytes(b"ha")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_failure_half_way_keeps_the_old_content(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    atomic_write_text(target, "good")
    with pytest.raises(OutputError, match=r"a\.txt: cannot write: No space left"):
        _fill_the_disk(target)
    assert target.read_text() == "good"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_a_link_in_the_place_of_a_file_is_replaced_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("untouched")
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "a.txt").symlink_to(outside)
    atomic_write_bytes(folder / "a.txt", b"new")
    assert outside.read_text() == "untouched"
    assert not (folder / "a.txt").is_symlink()


def test_a_missing_folder_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot write: No such file or directory"):
        atomic_write_text(tmp_path / "none" / "a.txt", "x")


def test_text_cells_are_defused_and_numbers_are_not() -> None:
    cells = ["=1+1", "+A1", "-x", "@sum", "\t=2", "a\x1b[31m", -1.5, -3, np.int32(-4), 0.1]
    text = csv_text(["cell"], [[cell] for cell in cells])
    assert text.splitlines() == [
        "cell", "'=1+1", "'+A1", "'-x", "'@sum", " =2", "a[31m", "-1.5", "-3", "-4", "0.1",
    ]  # fmt: skip


def test_what_does_not_apply_is_an_empty_cell() -> None:
    assert csv_text(["a", "b", "c"], [[None, float("nan"), np.float64("nan")]]) == "a,b,c\n,,\n"
    assert csv_text(["a"], [[True], [np.bool_(False)]]) == "a\ntrue\nfalse\n"


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=5))
def test_numbers_keep_full_precision(numbers: list[float]) -> None:
    text = csv_text(["x"], [[np.float64(number)] for number in numbers])
    assert [float(row[0]) for row in list(csv.reader(io.StringIO(text)))[1:]] == numbers


@given(st.text(max_size=40))
def test_any_text_stays_one_cell_and_no_formula(text: str) -> None:
    rows = list(csv.reader(io.StringIO(csv_text(["t", "n"], [[text, 1]]))))
    assert len(rows) == 2
    assert len(rows[1]) == 2
    assert not rows[1][0].startswith(("=", "+", "-", "@"))
    assert rows[1][0].isprintable() or not any(ord(c) < 32 for c in rows[1][0])


def test_a_table_replaces_another(tmp_path: Path) -> None:
    write_csv(tmp_path / "t.csv", ["a", "b"], [["x", 2], ["y", None]])
    assert (tmp_path / "t.csv").read_text() == "a,b\nx,2\ny,\n"
    write_csv(tmp_path / "t.csv", ["a"], [])
    assert (tmp_path / "t.csv").read_text() == "a\n"


@given(st.text(max_size=400))
def test_any_text_becomes_a_plain_file_name(text: str) -> None:
    name = safe_name(text)
    assert name
    assert "/" not in name
    assert "\0" not in name
    assert not name.startswith(".")
    assert len(name.encode()) <= store.NAME_LIMIT


def test_checksums_name_every_file(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "empty").touch()
    assert checksums(tmp_path) == {
        "d/empty": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    }


# --- directories


def _publish(out: Path, text: str) -> None:
    with hold(out) as output:
        staged = output.stage()
        atomic_write_text(staged / "results.nc", text)
        atomic_write_text(staged / MANIFEST, '{"files": {"results.nc": "", "extra/f.csv": ""}}')
        output.publish()


def test_a_directory_is_replaced_in_one_step_and_foreign_files_stay(tmp_path: Path) -> None:
    out = tmp_path / "out"
    _publish(out, "one")
    (out / "notes.txt").write_text("mine")
    (out / "extra").mkdir()
    (out / "extra" / "f.csv").write_text("of the old run")
    _publish(out, "two")
    assert (out / "results.nc").read_text() == "two"
    assert (out / "notes.txt").read_text() == "mine"
    assert sorted(p.name for p in out.iterdir()) == [MANIFEST, "notes.txt", "results.nc"]
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_without_publishing_nothing_changes_and_nothing_is_left(tmp_path: Path) -> None:
    out = tmp_path / "out"
    _publish(out, "one")
    with pytest.raises(ZeroDivisionError), hold(out) as output:  # noqa: PT012
        atomic_write_text(output.stage() / "results.nc", "half")
        raise ZeroDivisionError
    assert (out / "results.nc").read_text() == "one"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_two_renames_do_where_the_system_cannot_swap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Library:
        """A C library without a swap."""

    monkeypatch.setattr(output_directory.ctypes, "CDLL", lambda *_, **__: Library())
    _publish(tmp_path / "out", "one")
    _publish(tmp_path / "out", "two")
    assert (tmp_path / "out" / "results.nc").read_text() == "two"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_directory_lost_between_two_renames_comes_back(tmp_path: Path) -> None:
    out = tmp_path / "out"
    _publish(out, "one")
    (out / MEMBERS).mkdir()
    out.rename(tmp_path / ".out.partial-10")
    (tmp_path / ".out.partial-1").mkdir()
    with hold(out):
        assert (out / "results.nc").read_text() == "one"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_leftovers_of_a_killed_run_go_and_foreign_files_return(tmp_path: Path) -> None:
    out = tmp_path / "out"
    _publish(out, "two")
    half = tmp_path / ".out.partial-11"  # killed while it wrote
    half.mkdir()
    (half / ".report.html.11.tmp").write_text("half")
    former = tmp_path / ".out.partial-12"  # killed after the swap
    (former / MEMBERS).mkdir(parents=True)
    (former / "results.nc").write_text("one")
    (former / "notes.txt").write_text("mine")
    (tmp_path / ".out.13.tmp").touch()
    with hold(out):
        pass
    assert (out / "results.nc").read_text() == "two"
    assert sorted(p.name for p in out.iterdir()) == [MANIFEST, "notes.txt", "results.nc"]
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_held_directory_is_busy_even_while_it_is_replaced(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with hold(out) as output:
        with pytest.raises(BusyError, match="another run"), hold(out):
            pass
        output.stage()
        output.publish()
        with pytest.raises(BusyError), hold(out):
            pass
    with hold(out):
        pass


def test_a_lock_of_another_program_is_respected(tmp_path: Path) -> None:
    handle = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    with pytest.raises(BusyError), hold(tmp_path):
        pass
    os.close(handle)


def test_links_files_and_missing_space_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "file").touch()
    for name, message in (("link", "symbolic link"), ("file", "not a directory")):
        with pytest.raises(OutputError, match=message), hold(tmp_path / name):
            pass
    with (
        pytest.raises(OutputError, match="cannot create the directory"),
        hold(tmp_path / "file" / "below"),
    ):
        pass
    with (
        pytest.raises(OutputError, match="needs about 1,000,064 MB"),
        hold(tmp_path / "real", needed_bytes=10**12),
    ):
        pass
    with hold(tmp_path / "real") as output:
        (tmp_path / "real" / MEMBERS).symlink_to(tmp_path)
        with pytest.raises(OutputError, match="symbolic link"):
            output.clear_members()


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a file system nobody can write")
def test_a_read_only_place_is_found_at_once() -> None:
    with (
        pytest.raises(OutputError, match="cannot create the directory"),
        hold(Path("/proc/self/out")),
    ):
        pass


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_directory_is_found_at_once(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    out.chmod(0o500)
    with pytest.raises(OutputError, match="cannot write: Permission denied"), hold(out):
        pass
    out.chmod(0o700)
