"""Where a scan looked and could decide: what it does not find elsewhere is not gone."""

from __future__ import annotations

from collections.abc import Collection

from scanner.model import GLOBAL, Outcome, ScanReport, Target

_PLACES = ("AWS::Account", "AWS::Region")


class Looked:
    """What a report covers, asked by account, Region and rule."""

    def __init__(self, report: ScanReport) -> None:
        self.rule_ids = frozenset(rule.id for rule in report.rules)
        self._targets = report.targets
        self._regions_unnamed = frozenset(gap.account for gap in report.gaps if "AWS::Region" in gap.kinds)
        self._undecided: dict[str, str] = {}
        self._doubtful: dict[str, set[tuple[str, str, str]]] = {}
        for finding in report.findings:
            if finding.outcome in {Outcome.UNKNOWN, Outcome.ERROR}:
                resource = finding.resource
                self._undecided[finding.fingerprint] = finding.outcome.value
                doubtful = (resource.account, resource.region, resource.kind)
                self._doubtful.setdefault(finding.rule_id, set()).add(doubtful)

    def place_unread(self, account: str, region: str) -> str:
        """Why not all of an account and Region ("" for any) was read, or ""."""
        there = [one for one in self._targets if _is_there(one, account, region)]
        if not there:
            return f"{' '.join(filter(None, (account, region))) or 'nothing'} was not scanned"
        failed = [one for one in there if one.failed]
        if failed:
            return f"{failed[0].account} {failed[0].region} could not be read"
        unnamed = sorted(one for one in self._regions_unnamed if account in ("", one)) if region in ("", GLOBAL) else []
        return f"the Regions of {unnamed[0]} could not be listed" if unnamed else ""

    def undecided(self, fingerprint: str) -> bool:
        """Whether the answer of this fingerprint stayed unknown, or was lost to a crash."""
        return fingerprint in self._undecided

    def undecided_somewhere(self, rule_ids: Collection[str], account: str, region: str, *, kind: str = "") -> str:
        """Which of these rules could not be decided everywhere in an account and Region ("" for any), in words, or "".

        An answer about another resource of the same `kind` is no doubt: a rule tells of each by itself. One about another
        kind is, since the rule may have gone on from there to this one.
        """
        for rule_id in sorted(rule_ids):
            for own_account, own_region, own_kind in sorted(self._doubtful.get(rule_id, ())):
                near = region in ("", own_region) or GLOBAL in (own_region, region)
                if account in ("", own_account) and near and (own_kind in _PLACES or own_kind != kind):
                    return f"{rule_id} cannot be decided for all of {own_account} {own_region}"
        return ""


def _is_there(target: Target, account: str, region: str) -> bool:
    return account in ("", target.account) and region in ("", GLOBAL, target.region)
