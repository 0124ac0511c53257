"""A moto server on this machine with the supplied operations: `python -m scanner.mock.server --port 0 --seed`."""

# ruff: noqa: PLC0415 - a missing extra is told in one sentence, and nothing heavy is loaded before it is used

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from scanner.errors import BastionlessError, MissingExtraError
from scanner.mock.account import invented_credentials, mocked_account

_HOST = "127.0.0.1"


def serve(*, port: int, region: str, seeded: bool) -> None:
    """Print the server's URL and answer AWS's API on the loopback address until the process is told to end.

    A port of 0 takes any free one. Raises MissingExtraError when moto's server parts are not installed.
    """
    try:
        # moto's own warning, which would come first, says less than the one sentence below.
        import flask_cors  # noqa: F401
        from moto.moto_server.werkzeug_app import (
            DomainDispatcherApplication,
            MotoRequestHandler,
            create_backend_app,
        )
        from werkzeug.serving import make_server
    except ModuleNotFoundError as missing:
        raise MissingExtraError(
            f"the mock server needs {missing.name}, which is not installed", cure="pip install 'moto[server]'"
        ) from missing

    with invented_credentials(region=region):
        _prepare(region=region, seeded=seeded)
        application = DomainDispatcherApplication(create_backend_app)
        server = make_server(_HOST, port, application, threaded=True, request_handler=MotoRequestHandler)
        print(f"http://{_HOST}:{server.server_port}", flush=True)  # noqa: T201 - whoever started it reads this line
        server.serve_forever()


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line of the module; answers the exit status."""
    parser = argparse.ArgumentParser(prog="python -m scanner.mock.server", description=__doc__)
    parser.add_argument("--port", type=int, default=5000, help="0 takes any free port (default: %(default)s)")
    parser.add_argument("--region", default="eu-west-1", help="where the demo estate lives (default: %(default)s)")
    parser.add_argument("--seed", action="store_true", help="begin with the demo estate instead of an empty account")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, _stop)
    try:
        serve(port=options.port, region=options.region, seeded=options.seed)
    except BastionlessError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the one sentence
        return error.exit_code
    except KeyboardInterrupt:
        return 0
    return 0


def _prepare(*, region: str, seeded: bool) -> None:
    """Seed in process, where moto's state outlives the block; the server then answers from the same state."""
    with mocked_account(region=region, keep=seeded) as session:
        if seeded:
            from scanner.mock.estate import seed

            seed(session, region=region)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
