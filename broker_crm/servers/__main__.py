"""`python -m broker_crm.servers`: everything the product needs, until Ctrl-C. `make run` calls it."""

import argparse
import os
import signal
import sys

from broker_crm.servers import children, state, supervisor


def main() -> int:
    ask = argparse.ArgumentParser(prog="python -m broker_crm.servers", description=__doc__)
    ask.add_argument("--host", default=os.environ.get("BIND") or "127.0.0.1", help="where the web listens (BIND)")
    ask.add_argument("--port", default=os.environ.get("PORT") or "8000", type=_port, help="the web's port (PORT)")
    ask.add_argument("--without-book", action="store_true", help="neither load the demo book nor run the nightly jobs")
    ask.add_argument(
        "--end-with-parent", action="store_true", help="stop also when the program that started this one dies"
    )
    chosen = ask.parse_args()
    if chosen.end_with_parent:
        children.end_with_parent(signal.SIGTERM)
    os.umask(0o077)  # what the product writes is for its own eyes
    options = supervisor.Options(chosen.host, chosen.port, with_book=not chosen.without_book)
    return supervisor.run(state.of(state.data_dir()), options)


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"PORT={text} is no port: give a number from 1 to 65535")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
