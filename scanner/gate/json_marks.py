"""Where the parts of a JSON text stand: one pass over its tokens, for a text that is known to be JSON."""

from __future__ import annotations

import json
import re

from scanner.gate.document import Mark

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+|\n')


def marks_of(text: str) -> Mark:
    """The marks of a JSON text: an object's part begins at its key, a list's at its value."""
    root = Mark(1, 1)
    stack: list[tuple[Mark, bool]] = []  # a container, and whether it is a list
    here: Mark | None = root  # where the next value belongs
    key = ""
    line, start = 1, 0
    for match in _TOKEN.finditer(text):
        token = match[0]
        first = token[0]
        if first == "\n":
            line, start = line + 1, match.end()
            continue
        if first in "]}":
            stack.pop()
            here = None
            continue
        if first == ",":
            here = None
            continue
        if first == ":":
            continue
        column = match.start() - start + 1
        if here is None and stack:
            owner, is_list = stack[-1]
            here = Mark(line, column)
            if not is_list:
                key = json.loads(token)
                owner.parts[key] = here
                continue
            owner.parts[len(owner.parts)] = here
        if first in "[{":
            if here is root:
                root.line, root.column = line, column
            stack.append((here or root, first == "["))
        here = None
    return root
