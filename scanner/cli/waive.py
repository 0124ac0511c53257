"""`bastionless waive`: one waiver more in bastionless.yaml."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from scanner.errors import EXIT_CLEAN, ConfigError, OutputError, UsageError
from scanner.model import Finding, Scope, Waiver


@click.command(
    short_help="Accept a finding until a day, with owner and reason.",
    epilog="Example: `bastionless waive 566beea0e16afc72bc963dc441d609a5 --owner net-team --reason 'the public demo' "
    "--until 2027-01-31 --from scan.json`. Fingerprints are in JSON and SARIF reports, and in the terminal's with --verbose. "
    "Exit codes: 0 written, 2 not.",
)
@click.argument("fingerprint")
@click.option("--owner", required=True, metavar="WHO", help="Who answers for it.")
@click.option("--reason", required=True, metavar="WHY", help="Why the flaw is accepted.")
@click.option("--until", required=True, metavar="YYYY-MM-DD", help="The last day it holds.")
@click.option(
    "--file",
    type=click.Path(path_type=Path),
    default=None,
    metavar="FILE",
    help="Where to write it [default: the nearest bastionless.yaml upwards, else a new one here].",
)
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    default=None,
    metavar="REPORT",
    help="The result that has the finding: then rule and resource are written out.",
)
def waive(*, fingerprint: str, owner: str, reason: str, until: str, file: Path | None, source: Path | None) -> int:
    """Add a waiver for the finding with FINGERPRINT; the file's comments and order stay as they are."""
    from scanner.rulebook.configuration import NAMES, find_config
    from scanner.rulebook.waiver_writing import add_waiver
    from scanner.rulebook.waivers import FINGERPRINT

    if not FINGERPRINT.fullmatch(fingerprint):
        raise UsageError(f"{fingerprint!r} is no fingerprint", cure="it has 32 hex digits, as reports tell it")
    for option, text in (("--owner", owner), ("--reason", reason)):
        if not text.strip():
            raise UsageError(f"{option} is empty", cure="somebody will ask")
    path = file or find_config(Path.cwd()) or Path(NAMES[0])
    waiver, remark = Waiver("", Scope(fingerprint=fingerprint), _line(owner), _line(reason), _day(until)), ""
    if source is not None:
        waiver, remark = _written_out(waiver, _finding(source, fingerprint))
    _write(path, add_waiver(_read(path), waiver, file=str(path), remark=remark))
    click.echo(f"{path}: {waiver.words} is waived until {waiver.until.isoformat()}", err=True)
    return EXIT_CLEAN


def _line(text: str) -> str:
    return " ".join(text.split())


def _day(text: str) -> date:
    from scanner.pipeline import today

    cure = "write the last day it holds, as in 2027-01-31"
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--until {text!r} is no day", cure=cure) from None
    if day.isoformat() != text:
        raise UsageError(f"--until {text!r} is no day", cure=cure)
    if day < today():
        raise UsageError(f"--until {text} is over already", cure="name a day to come")
    return day


def _finding(source: Path, fingerprint: str) -> Finding:
    """The failure of a result; raises `UsageError` where there is none, or it is waived already."""
    from scanner.reports.earlier import read_baseline

    known = [one for one in read_baseline(source).failures if fingerprint in (one.fingerprint, one.finding.fingerprint)]
    if not known:
        cure = "only failures are waived: take the fingerprint of one"
        raise UsageError(f"no failure has the fingerprint {fingerprint}", place=str(source), cure=cure)
    finding = known[0].finding
    if finding.suppression is not None:
        until = finding.suppression.until
        raise UsageError(
            f"{finding.rule_id} of {finding.resource.id} is waived already, until {until}",
            place=finding.suppression.place,
            cure="change its day there",
        )
    return finding


def _written_out(waiver: Waiver, finding: Finding) -> tuple[Waiver, str]:
    """The waiver by rule and resource, as people read it, and what the finding says."""
    resource = finding.resource
    region = "" if resource.region == "global" else resource.region
    scope = Scope(id=resource.id, account=resource.account, region=region)
    told = finding.message.splitlines() or [""]
    return Waiver(finding.rule_id, scope, waiver.owner, waiver.reason, waiver.until), told[0]


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return ""
    except OSError as failure:
        raise ConfigError(f"the file cannot be read ({failure.strerror})", place=str(path)) from None
    except UnicodeDecodeError:
        raise ConfigError("the file is not UTF-8 text", place=str(path), cure="save it as UTF-8") from None


def _write(path: Path, text: str) -> None:
    from scanner.reports import write_report

    try:
        write_report(text, path)
    except OutputError as failure:
        message = failure.message.replace("the report", "the waiver", 1)
        raise OutputError(message, place=failure.place, cure="name another file with --file") from None
