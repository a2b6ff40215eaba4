"""The line for a crontab: it works in an environment in which there is nothing, whatever stands in its paths."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from crm_cli.cli.crontab import escaped, schedule
from crm_cli.domain.errors import BadValue
from tests.typed import Typed


@pytest.mark.parametrize(
    ("every", "fields"),
    [
        ("1m", "* * * * *"),
        ("15m", "*/15 * * * *"),
        ("60m", "0 * * * *"),
        ("2h", "0 */2 * * *"),
        ("1d", "0 8 * * *"),
        ("7d", "0 8 * * 1"),
    ],
)
def test_how_often_is_said_in_the_words_of_cron(every: str, fields: str) -> None:
    assert schedule(every) == fields


@pytest.mark.parametrize("every", ["0m", "7m", "90m", "5h", "2d", "2w", "soon"])
def test_what_cron_cannot_do_is_refused(every: str) -> None:
    with pytest.raises(BadValue):
        schedule(every)


def by_cron(line: str, also_backslash: bool) -> str:
    """What crons hand to sh: a backslash before % is taken away, in some of them that before another one too."""
    command, escape = "", False
    for letter in line:
        if escape and letter in ("%\\" if also_backslash else "%"):
            command = command[:-1]
        elif letter == "%":
            return command
        escape = letter == "\\" and not escape
        command += letter
    return command


@pytest.mark.parametrize("command", ["date +%s", "a 'b c' \"$d\"", "printf 'a\\nb' 100%", "\\' %% ü"])
@pytest.mark.parametrize("also_backslash", [True, False])
def test_every_cron_reads_the_command_as_it_was_typed(command: str, also_backslash: bool) -> None:
    assert by_cron(escaped(command), also_backslash) == command


@pytest.mark.parametrize("command", ["a\nb", "a\x1b[2J", "a\\\\b", "printf 5\\%", "x" * 999])
def test_what_crons_do_not_read_alike_is_refused(command: str) -> None:
    with pytest.raises(BadValue):
        escaped(command)


def test_the_line_works_with_an_empty_environment_and_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crm = Typed(tmp_path / '50% of $HOME\'s "crm"', monkeypatch)
    monkeypatch.setenv("CRM_STORE", str(crm.folder))
    crm.ok("init --timezone UTC")
    crm.ok("lead add Jane")
    crm.ok("event add 'Call back' --lead L1 --at 2026-01-02")
    line = crm.ok(["remind", "cron-line", "--exec", f"cat > '{tmp_path}/50%'; echo told"]).out.rstrip("\n")

    fields, command = line[:12], by_cron(line[13:], also_backslash=True)
    sh = ["env", "-i", "/bin/sh", "-c", command]
    done = [subprocess.run(sh, cwd="/", capture_output=True, text=True, check=False) for _ in range(2)]

    assert fields == "*/15 * * * *"
    assert [(one.stdout, one.stderr, one.returncode) for one in done] == [("told\n", "", 0), ("", "", 0)]
    assert '"name":"Call back"' in (tmp_path / "50%").read_text()
    assert crm.json("remind cron-line --every 1h")["schedule"] == "0 * * * *"


def test_the_script_is_named_by_which_we_were_called(
    crm: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "crm"
    script.write_text("")
    monkeypatch.setattr("sys.argv", [str(script)])
    assert f" {script} remind check" not in crm.ok("remind cron-line").out
    script.chmod(0o755)
    assert f" {script} remind check --once\n" in crm.ok("remind cron-line").out


def test_ones_own_settings_are_named_where_there_are_any(
    crm: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "CRM_CONFIG=none " in crm.ok("remind cron-line").out
    with monkeypatch.context() as patch:
        patch.delenv("CRM_CONFIG")
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path))
        assert "CRM_CONFIG" not in crm.ok("remind cron-line").out
    (tmp_path / "crm.toml").write_text("")
    kept = Path.cwd()
    os.chdir(tmp_path)
    try:
        assert f"CRM_CONFIG={tmp_path}/crm.toml " in crm.ok("remind cron-line --config crm.toml").out
    finally:
        os.chdir(kept)


@pytest.mark.parametrize("line", ["--every 7m", "--within soon", "--repeat 0m", "--repeat x", "--exec ''"])
def test_what_the_check_would_refuse_is_refused_here(crm: Typed, line: str) -> None:
    assert crm(f"remind cron-line {line}").code == 2
