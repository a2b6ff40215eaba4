"""The example script: a thousand leads in one transaction; who is there already is named, a bad file leaves nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from examples.import_leads import main
from tests.typed import Typed


def test_a_thousand_leads_are_one_operation(crm: Typed, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(crm.folder), "--made", "1000"]) == 0

    told = capsys.readouterr().out.splitlines()
    assert told[-1] == "980 added, 20 there already (O1)"
    assert told[0] == "row 50: L25 Edda Claasen is there already (same e-mail)"
    assert crm.ok("lead list --count").out == "980\n"
    assert {one["cmd"] for one in crm.json("lead history L980")} == {"lead.add"}
    crm.ok("verify")


def test_a_file_of_ones_own_is_read_and_the_second_time_nothing_is_new(
    crm: Typed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "leads.csv"
    file.write_text("Name,Company,Email,Shoe size\nJane Doe,Acme,jane@acme.example,38\n,Kern KG,,\n", encoding="utf-8")

    assert main([str(crm.folder), str(file)]) == 2
    assert capsys.readouterr().out.startswith("row 2: a lead needs a name")
    assert not crm.folder.exists()

    file.write_text("Name,Company,Email,Shoe size\nJane Doe,Acme,jane@acme.example,38\n", encoding="utf-8")
    assert [main([str(crm.folder), str(file)]) for _ in range(2)] == [0, 0]
    assert capsys.readouterr().out.splitlines()[-1] == "0 added, 1 there already (no change)"
    assert crm.json("lead show L1")["custom"] == {"shoe size": "38"}
