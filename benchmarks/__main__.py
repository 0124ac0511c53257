"""Every benchmark, one after the other."""

from __future__ import annotations

from benchmarks import collect, judging, network, starting


def main() -> None:
    """Prints them under their titles."""
    for title, module in (("Starting", starting), ("Judging", judging), ("Network", network), ("Collecting", collect)):
        print(title, flush=True)
        module.main()
        print()


if __name__ == "__main__":
    main()
