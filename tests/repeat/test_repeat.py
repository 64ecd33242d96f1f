"""One digest, whatever the process is told: a sample; all 96 by ``python -m tests.repeat``."""

from __future__ import annotations

from pathlib import Path

from sim.digest import digest_directory
from tests.repeat.settings import COVERING, FACTORS, every, run_toy


def test_the_sample_covers_every_value_and_all_are_more() -> None:
    for place, values in enumerate(FACTORS.values()):
        assert {row[place] for row in COVERING} == set(values)
    assert len(list(every())) == 96


def test_workers_hash_threads_locale_zone_and_folder_move_no_bit(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    digests = set()
    for number, row in enumerate(COVERING):
        out = tmp_path / str(number) / "out"
        digest = run_toy(dict(zip(FACTORS, row, strict=True)), out, bundle)
        assert digest == digest_directory(out)
        digests.add(digest)
    assert len(digests) == 1
