"""The ladder: for each resource a report speaks of, the first of template, Terraform and inventory file that has its line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from scanner.model import Finding, Hop, Inventory, Location, Resource, ScanReport
from scanner.places.checkout import Checkout
from scanner.places.cloudformation import Templates
from scanner.places.inventory_files import file_name, identity_of, places_in
from scanner.places.line_hash import line_hashes
from scanner.places.terraform import Configuration

Rung = Callable[[Resource], Location | None]


def rungs_of_iac(checkout: Checkout, *, repository: str = "") -> list[Rung]:
    """CloudFormation before Terraform: its tags are AWS's own, and nobody else can write them."""
    return [Templates(checkout).place, Configuration(checkout, repository=repository).place]


def rungs_of_inventory(checkout: Checkout, accounts: Iterable[str]) -> list[Rung]:
    """The lines of the inventory files of these accounts."""
    known: dict[str, Location] = {}
    for account in accounts:
        file = (checkout.folder / file_name(account)).relative_to(checkout.root).as_posix()
        known |= places_in(checkout.text(file), file)
    return [lambda resource: known.get(identity_of(resource))]


def located(
    report: ScanReport, inventories: Sequence[Inventory], rungs: Sequence[Rung], checkouts: Sequence[Checkout]
) -> ScanReport:
    """The report with a location for every finding and hop that a rung has one for; those that have one keep it.

    The hash of each line comes from the first of the checkouts that holds the file.
    """
    known = {
        (one.account, one.region, one.kind, one.id): one for inventory in inventories for one in inventory.resources
    }
    memory: dict[tuple[str, ...], Location | None] = {}

    def place(resource: Resource) -> Location | None:
        key = (resource.partition, resource.account, resource.region, resource.kind, resource.id)
        if key not in memory:
            # A finding may hold a part of what is known of the resource: the tags are in the inventory.
            full = known.get((resource.account, resource.region, resource.kind, resource.id), resource)
            memory[key] = next((found for rung in rungs if (found := rung(full)) is not None), None)
        return memory[key]

    def hop_place(hop: Hop, about: Resource) -> Location | None:
        component = known.get((about.account, about.region, hop.kind, hop.id))
        return place(component) if component is not None else None

    findings = [
        replace(
            finding,
            location=finding.location or place(finding.resource),
            path=tuple(replace(hop, location=hop.location or hop_place(hop, finding.resource)) for hop in finding.path),
        )
        for finding in report.findings
    ]
    return with_line_hashes(replace(report, findings=tuple(findings)), checkouts)


def with_line_hashes(report: ScanReport, checkouts: Sequence[Checkout]) -> ScanReport:
    """The report with GitHub's hash of every line that a finding stands on, where one of the checkouts holds the file."""
    hashes = _hashes(report.findings, checkouts)
    return replace(report, findings=tuple(_hashed(finding, hashes) for finding in report.findings))


def _places(findings: Iterable[Finding]) -> Iterable[Location]:
    for finding in findings:
        if finding.location is not None:
            yield finding.location


def _hashes(findings: Iterable[Finding], checkouts: Sequence[Checkout]) -> Mapping[tuple[str, int], str]:
    wanted: dict[str, set[int]] = {}
    for place in _places(findings):
        wanted.setdefault(place.file, set()).add(place.line)
    found: dict[tuple[str, int], str] = {}
    for file, lines in wanted.items():
        holder = next((one for one in checkouts if one.holds(file)), None)
        if holder is not None:
            found |= {(file, line): mark for line, mark in line_hashes(holder.text(file), lines).items()}
    return found


def _hashed(finding: Finding, hashes: Mapping[tuple[str, int], str]) -> Finding:
    place = finding.location
    if place is None or place.line_hash:
        return finding
    return replace(finding, location=replace(place, line_hash=hashes.get((place.file, place.line), "")))
