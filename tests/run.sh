#!/usr/bin/env bash
# Everything that must hold: style, types, tests. Needs only Python 3.11 or newer; makes its own environment.
# Words after the name go to pytest: tests/run.sh tests/domain -k dates
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
environment="$root/.venv"
stamp="$environment/made-from"
cd "$root"

find_python() {
    local name
    for name in python3 python3.14 python3.13 python3.12 python3.11 python; do
        if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    echo "tests/run.sh: Python 3.11 or newer is needed, and none was found; install it and try again." >&2
    exit 1
}

# What the environment is made from: the project file, the interpreter and the place.
wanted() {
    "$1" -c '
import hashlib, pathlib, sys
told = repr((sys.version, sys.executable, sys.argv[1])).encode()
print(hashlib.sha256(told + pathlib.Path("pyproject.toml").read_bytes()).hexdigest())' "$root"
}

python="$(find_python)"
made_from="$(wanted "$python")"
if [ ! -x "$environment/bin/crm" ] || [ "$(cat "$stamp" 2>/dev/null)" != "$made_from" ]; then
    echo "Making the environment in $environment"
    if ! "$python" -m venv --clear "$environment"; then
        echo "tests/run.sh: $python cannot make environments; on Debian and Ubuntu: apt install python3-venv" >&2
        exit 1
    fi
    "$environment/bin/python" -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
    echo "$made_from" >"$stamp"
fi
# Byte-compiled, as an installed command is: start-up time is measured.
"$environment/bin/python" -m compileall -q crm_cli

bin="$environment/bin"
"$bin/ruff" check crm_cli tests examples
"$bin/ruff" format --check crm_cli tests examples
"$bin/mypy" crm_cli tests examples
exec "$bin/python" -m pytest -n 2 "$@"
