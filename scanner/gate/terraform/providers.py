"""Which account and which Region a resource goes to, as far as the plan tells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from scanner.gate.terraform.changes import Change
from scanner.gate.terraform.configuration import Configuration, part

_ARN = re.compile(r"arn:[a-z-]+:[a-z0-9-]*:([a-z0-9-]*):(\d{12}):")
_REGION = re.compile(r"[a-z]{2,4}(?:-[a-z]+)+-\d")
_ACCOUNT = re.compile(r"\d{12}")


class Providers:
    """The providers of a plan; what a plan does not say is as `account` and `region` say."""

    def __init__(
        self,
        plan: Mapping[str, Any],
        configuration: Configuration,
        changes: tuple[Change, ...],
        *,
        account: str,
        region: str,
    ) -> None:
        self._configuration = configuration
        self._providers = part(configuration.data, "provider_config")
        self._variables = part(plan, "variables")
        seen = tuple(_seen(changes))
        self._account = _most(one for one, _ in seen if one) or account
        self._region = self._written("aws", "region") or _most(one for _, one in seen if one) or region
        self._cache: dict[str, tuple[str, str]] = {}

    def place_of(self, change: Change) -> tuple[str, str]:
        """Account and Region of a resource."""
        key = self._configuration.provider(change.modules, change.block)
        if key not in self._cache:
            region = self._written(key, "region") or self._region
            self._cache[key] = self._account_of(key), region
        account, region = self._cache[key]
        own = change.values.get("region")
        return account, own if isinstance(own, str) and _REGION.fullmatch(own) else region

    def _account_of(self, key: str) -> str:
        expressions = part(part(self._providers, key), "expressions")
        allowed = self._value(expressions.get("allowed_account_ids"))
        if isinstance(allowed, list) and len(allowed) == 1 and isinstance(allowed[0], str):
            return allowed[0] if _ACCOUNT.fullmatch(allowed[0]) else self._account
        roles = expressions.get("assume_role")
        for role in roles if isinstance(roles, list) else [roles]:
            arn = self._value(role.get("role_arn")) if isinstance(role, Mapping) else None
            found = re.match(r"arn:[a-z-]+:iam::(\d{12}):", arn) if isinstance(arn, str) else None
            if found:
                return found[1]
        return self._account

    def _written(self, key: str, name: str) -> str:
        found = self._value(part(part(self._providers, key), "expressions").get(name))
        return found if isinstance(found, str) and _REGION.fullmatch(found) else ""

    def _value(self, expression: Any) -> Any:
        """The value of an expression that is constant, or a single variable of the root."""
        if not isinstance(expression, Mapping):
            return None
        if "constant_value" in expression:
            return expression["constant_value"]
        references = expression.get("references")
        if isinstance(references, list) and len(references) == 1 and isinstance(references[0], str):
            head, _, name = references[0].partition(".")
            if head == "var":
                told = part(self._variables, name).get("value")
                return told if told is not None else self._configuration.module(()).variable(name).get("default")
        return None


def _seen(changes: tuple[Change, ...]) -> Iterator[tuple[str, str]]:
    """Accounts and Regions of what exists already: (account, Region)."""
    for change in changes:
        values = change.values
        if change.mode == "data" and change.type == "aws_caller_identity":
            account = values.get("account_id")
            yield (account if isinstance(account, str) and _ACCOUNT.fullmatch(account) else "", "")
        elif change.mode == "data" and change.type == "aws_region":
            name = values.get("region") or values.get("name")
            yield "", (name if isinstance(name, str) and _REGION.fullmatch(name) else "")
        elif change.is_existing and isinstance(values.get("arn"), str):
            found = _ARN.match(values["arn"])
            if found:
                yield found[2], found[1]


def _most(values: Iterator[str]) -> str:
    """The value that comes most often, "" where there is none."""
    ranked = sorted(Counter(values).items(), key=lambda item: (-item[1], item[0]))
    return ranked[0][0] if ranked else ""
