"""The evidence in the terminal report: who came through which endpoint to which instance, and who was refused."""

from __future__ import annotations

from scanner.model.evidence import Attempt, Evidence
from scanner.reports.sheet import Sheet, Style
from scanner.reports.text import clean, counted

_CALLS = {
    "OpenTunnel": "tunnel",
    "SendSSHPublicKey": "SSH key",
    "SendSerialConsoleSSHPublicKey": "key for the serial console",
}


def add_evidence(sheet: Sheet, evidence: Evidence) -> None:
    """One block an attempt, the refused ones first; and what the event history is not."""
    calls = sum(attempt.count for attempt in evidence.attempts)
    since = f" since {evidence.since}" if evidence.since else ""
    sheet.gap()
    sheet.add(clean(f"EVIDENCE  {counted(calls, 'login attempt')} in the event history{since}"), style=Style.STRONG)
    for attempt in (*evidence.refused, *(one for one in evidence.attempts if not one.error)):
        _add_attempt(sheet, attempt)
    if evidence.unreadable:
        sheet.add(f"{counted(evidence.unreadable, 'record')} could not be read", first="  ", rest="    ")
    sheet.gap()
    sheet.add(evidence.notice, first="  ", rest="  ", style=Style.QUIET)


def _add_attempt(sheet: Sheet, attempt: Attempt) -> None:
    sheet.gap()
    verdict = "REFUSED" if attempt.error else "allowed"
    heading = f"{_CALLS.get(attempt.call, attempt.call)} {verdict}  {attempt.principal}"
    sheet.add(clean(heading), first="  ", rest="      ", style=Style.DOUBT if attempt.error else Style.NAME)
    sheet.add(clean(f"{_way(attempt)}  {attempt.account} {attempt.region}"), first="    ", rest="      ")
    times = attempt.first if attempt.first == attempt.last else f"{attempt.first} to {attempt.last}"
    sources = f" from {', '.join(attempt.sources)}" if attempt.sources else ""
    facts = [f"{counted(attempt.count, 'time')}, {times}{sources}", attempt.remark]
    facts.append(f"{attempt.error}: {attempt.message}" if attempt.message else attempt.error)
    for fact in filter(None, facts):
        sheet.add(clean(fact), first="    - ", rest="      ", style=Style.QUIET)


def _way(attempt: Attempt) -> str:
    """Words such as "through eice-1 to i-1 (10.0.0.10 port 22)", as far as it is told."""
    place = f"{attempt.address} port {attempt.port}" if attempt.address and attempt.port else attempt.address
    target = f"{attempt.instance} ({place})" if attempt.instance and place else attempt.instance or place
    user = f" as {attempt.os_user}" if attempt.os_user else ""
    through = f"through {attempt.endpoint} " if attempt.endpoint else ""
    return f"{through}to {target or 'a target that is not told'}{user}"
