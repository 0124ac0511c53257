"""Every benchmark, one after the other."""

from __future__ import annotations

from benchmarks import collect, gate, identity, judging, logins, network, reports, scan, starting


def main() -> None:
    """Prints them under their titles."""
    parts = (
        ("Starting", starting),
        ("Judging", judging),
        ("Network", network),
        ("Identity", identity),
        ("Logins", logins),
        ("Gate", gate),
        ("Reports", reports),
        ("Collecting", collect),
        ("Scanning", scan),
    )
    for title, module in parts:
        print(title, flush=True)
        module.main()
        print()


if __name__ == "__main__":
    main()
