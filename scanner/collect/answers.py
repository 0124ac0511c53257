"""botocore's response parsers made strict: a body cut short or of another world is an error, and a time is text."""

# ruff: noqa: PLC0415 - botocore is loaded when AWS is asked, not before

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.collect.reader import PROTOCOLS, XmlReader
from scanner.collect.times import utc_text


class StrictParsers:
    """Takes the place of botocore's `response_parser_factory` for the clients of a scan.

    botocore accepts an answer shorter than announced, and its parsers raise whatever Python raises when an answer is
    XML or JSON of something else; both become errors that the caller of a client can name.
    """

    def __init__(self) -> None:
        from botocore.parsers import ResponseParserFactory

        self._factory = ResponseParserFactory()
        # Half of the time of a large answer goes into dateutil when botocore is left to read the times.
        self._factory.set_parser_defaults(timestamp_parser=utc_text)

    def create_parser(self, protocol_name: str) -> _StrictParser:
        """The parser of a protocol ("ec2", "json", "query", ...)."""
        return _StrictParser(self._factory.create_parser(protocol_name), _reader(protocol_name))


def _reader(protocol: str) -> XmlReader | None:
    """The fast reader of a protocol of XML where lxml is installed; None leaves botocore's parser to it."""
    if protocol not in PROTOCOLS:
        return None
    try:
        return XmlReader(protocol)
    except ImportError:
        return None


class _StrictParser:
    def __init__(self, parser: Any, reader: XmlReader | None) -> None:
        self._parser = parser
        self._reader = reader

    def parse(self, response: Mapping[str, Any], shape: Any) -> Any:
        """What botocore's parser gives; raises ResponseParserError or IncompleteReadError for everything unreadable."""
        from botocore.parsers import ResponseParserError

        _insist_on_length(response)
        answer = self._reader.read(response, shape) if self._reader else None
        if answer is not None:
            return answer
        try:
            return self._parser.parse(response, shape)
        except (
            ArithmeticError,
            AttributeError,
            LookupError,
            NameError,
            RecursionError,
            TypeError,
            ValueError,
        ) as error:
            raise ResponseParserError(f"the answer is not what the operation gives ({type(error).__name__})") from error


def _insist_on_length(response: Mapping[str, Any]) -> None:
    from botocore.exceptions import IncompleteReadError

    headers, body = response["headers"], response["body"]
    announced = headers.get("content-length")
    if not isinstance(body, bytes) or headers.get("content-encoding") or not str(announced).isdigit():
        return
    if len(body) < int(str(announced)):
        raise IncompleteReadError(actual_bytes=len(body), expected_bytes=int(str(announced)))
