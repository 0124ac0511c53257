"""Live accounts, unit by unit: read, judged, written down, let go."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.model import Config, Rule, ScanReport
from scanner.model.progress import Progress, Silent
from scanner.pipeline import clock
from scanner.pipeline.collection import access_of, supply_mocks, with_history
from scanner.pipeline.request import kinds_read
from scanner.version import __version__

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from boto3 import Session

    from scanner.collect.access import Access


def scan_live(
    rules: Sequence[Rule],
    config: Config,
    *,
    session: Session | None = None,
    access: Access | None = None,
    progress: Progress | None = None,
    lookup_events: int = 0,
    include_pass: bool = False,
    run_dir: Path | None = None,
    executor: Executor | None = None,
) -> ScanReport:
    """The report over live accounts, those of the configuration or the session's own, Region by Region.

    What a Region has to say goes into the folder of the run at once, and the Region is let go; `judge` over what `collect`
    gives says the same.
    """
    from scanner.fleet.folder import open_folder
    from scanner.fleet.scan import Order, scan_members
    from scanner.rulebook.frameworks import load_frameworks

    wanted = access or access_of(config)
    if config.accounts:
        wanted = dataclasses.replace(wanted, role_arn="")
    supply_mocks()
    order = Order(
        rules,
        with_history(kinds_read(rules), lookup_events),
        wanted,
        regions=config.regions,
        session=session,
        lookup_events=lookup_events,
        taken_at=clock.now(),
    )
    with open_folder(run_dir) as folder:
        report = scan_members(
            order,
            config.accounts,
            folder,
            progress=progress or Silent(),
            executor=executor,
            include_pass=include_pass,
            tool_version=__version__,
        )
    return dataclasses.replace(report, frameworks=load_frameworks())
