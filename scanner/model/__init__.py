"""The nouns: frozen, typed values that every stage shares and none of them owns."""

from scanner.model.change import BaselineState, Change
from scanner.model.comparison import Comparison
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
    "Finding",
    "Flag",
    "Framework",
    "Gap",
    "GapReason",
    "Hop",
    "Inventory",
    "Limits",
    "Location",
    "Origin",
    "Outcome",
    "Resource",
    "Rule",
    "ScanReport",
    "Setting",
    "Severity",
    "Target",
    "Undecided",
    "Unknown",
    "Unsure",
    "View",
    "World",
    "merge",
]
