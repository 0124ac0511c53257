"""How hard laws look for an exception: as much as everybody's patience allows, or for hours."""

from __future__ import annotations

from hypothesis import Phase, settings

# For mutants: the same few examples each time, and nothing kept of them. What a mutant dies of once, it dies of again,
# and nobody reads of what: a smaller example is not worth the minutes.
settings.register_profile(
    "repeatable",
    max_examples=60,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
)
settings.register_profile("thorough", max_examples=5000, deadline=None)
