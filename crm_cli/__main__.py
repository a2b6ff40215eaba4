"""The program, as crm and as python -m crm_cli."""

from __future__ import annotations

import signal

if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C while the rest is loaded ends it without a traceback

from crm_cli.cli.complete import give, prepared

if (_answer := prepared()) is None:
    from crm_cli.cli.main import run
else:  # a shell asks what may be meant, and nothing has to be loaded to tell

    def run() -> None:
        """Answer and end."""
        give(_answer or [])


if __name__ == "__main__":
    run()
