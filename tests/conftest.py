"""What holds for all tests: how hard laws look for an exception, and how little of AWS a mocked account begins with."""

from __future__ import annotations

import os

from hypothesis import Phase, settings

# Every Region of an account of moto's begins with thirteen hundred images of AWS's otherwise: nobody asks for one.
os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")

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
