"""Resources and the lines of files that stand for them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from scanner.model import Inventory, ScanReport


def locate(
    report: ScanReport,
    inventories: Sequence[Inventory],
    *,
    iac: Path | None = None,
    inventory: Path | None = None,
    repository: str = "",
) -> ScanReport:
    """The report with the line that stands for each resource, where there is one.

    Args:
        report: Of a scan of these inventories; their tags tell where a resource is written.
        inventories: What the report is about.
        iac: A folder with CloudFormation templates, what the CDK made of an app, or Terraform with its state or plan.
        inventory: A folder with one inventory file an account, as `update_inventory` keeps it; the next best line.
        repository: "owner/name" of the checkout; tags that name another one are not heeded. "" heeds all.

    Raises `UsageError` for a folder or an inventory file that cannot be read. Nothing in these files is ever run.
    """
    from scanner.places.checkout import open_checkout
    from scanner.places.ladder import located, rungs_of_iac, rungs_of_inventory

    rungs, checkouts = [], []
    if iac is not None:
        checkouts.append(open_checkout(iac))
        rungs += rungs_of_iac(checkouts[-1], repository=repository)
    if inventory is not None:
        checkouts.append(open_checkout(inventory))
        rungs += rungs_of_inventory(checkouts[-1], sorted({one.account for one in inventories}))
    return located(report, inventories, rungs, checkouts)


def update_inventory(inventories: Sequence[Inventory], folder: Path) -> tuple[Path, ...]:
    """Brings the inventory files of a folder up to date, one an account, and returns those that have changed.

    What was not looked for in this scan stays. Raises `OutputError` where a file cannot be written.
    """
    from scanner.errors import OutputError
    from scanner.places.inventory_files import file_name, lines_of, read_folder
    from scanner.reports.write import write_report

    accounts: dict[str, list[Inventory]] = {}
    for one in inventories:
        accounts.setdefault(one.account, []).append(one)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as failure:
        raise OutputError(f"the folder cannot be made ({failure.strerror})", place=str(folder)) from None
    before, changed = read_folder(folder, accounts), []
    for account, listed in accounts.items():
        text = lines_of(listed, before=before.get(account, ""))
        if text != before.get(account):
            write_report(text, folder / file_name(account))
            changed.append(folder / file_name(account))
    return tuple(changed)
