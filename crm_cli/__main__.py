"""The program as python -m crm_cli."""

from __future__ import annotations

from crm_cli.cli.main import run

if __name__ == "__main__":
    run()
