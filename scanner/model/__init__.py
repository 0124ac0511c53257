"""The nouns: frozen, typed values that every stage shares and none of them owns."""

from scanner.model.change import BaselineState, Change
from scanner.model.comparison import Comparison, EarlierFinding, EarlierReport
from scanner.model.config import Config
from scanner.model.finding import Finding, Outcome
from scanner.model.framework import Framework
from scanner.model.gap import Gap, GapReason
from scanner.model.hop import Hop
from scanner.model.inventory import GLOBAL, Inventory, merge
from scanner.model.location import Location
from scanner.model.report import Coverage, ScanReport, Target
from scanner.model.resource import Origin, Resource
from scanner.model.rule import Answer, Aside, Check, Clear, Flag, Limits, Rule, Setting, Unsure, World
from scanner.model.severity import Severity
from scanner.model.unknown import Undecided, Unknown
from scanner.model.view import View
from scanner.model.waiver import InlineWaiver, JudgedWaiver, Scope, Suppression, Waiver, WaiverState

__all__ = [
    "GLOBAL",
    "Answer",
    "Aside",
    "BaselineState",
    "Change",
    "Check",
    "Clear",
    "Comparison",
    "Config",
    "Coverage",
    "EarlierFinding",
    "EarlierReport",
    "Finding",
    "Flag",
    "Framework",
    "Gap",
    "GapReason",
    "Hop",
    "InlineWaiver",
    "Inventory",
    "JudgedWaiver",
    "Limits",
    "Location",
    "Origin",
    "Outcome",
    "Resource",
    "Rule",
    "ScanReport",
    "Scope",
    "Setting",
    "Severity",
    "Suppression",
    "Target",
    "Undecided",
    "Unknown",
    "Unsure",
    "View",
    "Waiver",
    "WaiverState",
    "World",
    "merge",
]
