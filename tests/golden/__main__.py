"""``python -m tests.golden --write``: renew the golden digest; a changelog line must name it."""

from __future__ import annotations

import argparse
import json
import sys

from sim.threads import pin_threads


def main() -> int:
    """Print what the present code gives; write it only when asked to."""
    pin_threads()  # names the folder of compiled loops: else those of an earlier state may be met
    from tests.golden.figures import FILE, found

    parser = argparse.ArgumentParser(prog="python -m tests.golden")
    parser.add_argument("--write", action="store_true", help="renew the kept digest")
    now = found()
    if parser.parse_args().write:
        FILE.write_text(json.dumps(now, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    kept = json.loads(FILE.read_text(encoding="utf-8"))
    moved = {
        name: (kept["figures"].get(name), value)
        for name, value in now["figures"].items()
        if kept["figures"].get(name) != value
    }
    print(f"digest {now['digest'][:12]}, kept {kept['digest'][:12]}; {len(moved)} figures moved")
    for name, (before, after) in moved.items():
        print(f"  {name}: {before} -> {after}")
    print(f"write into CHANGELOG.md what moved and why, with the digest {kept['digest'][:12]}")
    return 0 if now["digest"] == kept["digest"] else 1


if __name__ == "__main__":
    sys.exit(main())
