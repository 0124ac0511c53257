"""The names of the Python interface mean the same at any time, whatever else was imported."""

from __future__ import annotations

import importlib

import scanner


def test_evaluate_stays_the_verb_after_the_package_of_that_name_was_imported() -> None:
    importlib.import_module("scanner.evaluate.judge")
    nothing = scanner.inventory_from_describe({"Vpcs": []}, account="111122223333", region="eu-west-1")
    for _ in range(2):
        assert scanner.evaluate(nothing, select=["NET015"]).findings != ()
