"""Lists on a small store: filtered, searched, sorted, cut and counted."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import NOW
from tests.typed import Typed

pytestmark = pytest.mark.usefixtures("saturday")

LEADS = """
init --timezone Europe/Berlin
rep add 'Ana Silva' --handle ana --now 2026-10-01
rep add Bob --handle bob --now 2026-10-01
campaign add 'Spring 26' -a Call -a Demo --now 2026-10-01
campaign add Autumn -a Call --now 2026-10-01
config set channels +fair
lead add Anna --company Acme --rep ana --campaign 'Spring 26' --tag vip --tag berlin --potential 1500 --on 2026-10-05
lead add bob --company 'Berg AG' --rep bob --channel fair --email bob@berg.example --potential 900.50 --on 2026-10-31
lead add Carla --campaign Autumn --tag VIP --set industry=SaaS --set size=12 --on '2026-11-01 00:30'
lead add Dora --rating hot --set industry=Steel --set size=9 --potential 0 --note 'likes Berlin' --on 2026-11-20
lead add Emil --do-not-contact --on 2026-11-21
lead add Fred --on 2026-11-21
lead contacted L2 --on 2026-11-02
lead set-activity L1 Demo --on 2026-11-02
lead qualify L4 --on 2026-11-21
lead delete L6 --yes
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Six leads: four open, one qualified, one deleted."""
    with pytest.MonkeyPatch.context() as patch:
        crm = Typed(tmp_path_factory.mktemp("filters") / "crm", patch)
        patch.setenv("CRM_NOW", NOW)
        for line in LEADS.strip().splitlines():
            crm.ok(line)
        yield crm.folder


@pytest.fixture
def six(crm: Typed, folder: Path) -> Typed:
    """A copy of them."""
    shutil.copytree(folder, crm.folder)
    return crm


def ids(crm: Typed, *options: str) -> str:
    """The numbers of the leads in the order they are listed."""
    lines = crm.ok(["lead", "list", "--format", "ids", *options]).out.split()
    return "".join(line.removeprefix("L") for line in lines)


# --- where ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("", "12345"),
        ("status=new", "135"),
        ("status=open", "1235"),
        ("status!=open", "46"),
        ("status=deleted", "6"),
        ("rep=ana", "1"),
        ("rep='Ana Silva'", "1"),
        ("rep=R2", "2"),
        ("rep=none", "345"),
        ("rep!=none", "12"),
        ("campaign='spring 26'", "1"),
        ("campaign=C2", "3"),
        ("activity=Demo", "1"),
        ("activity=C1.2", "1"),
        ("channel=fair", "2"),
        ("rating=hot", "4"),
        ("tag=vip", "13"),
        ("tags=vip,berlin", "13"),
        ("tag!=vip", "245"),
        ("company~a", "12"),
        ("company=none", "345"),
        ("email~berg", "2"),
        ("name=BOB", "2"),
        ("name>=carla", "345"),
        ("potential>=900.5", "12"),
        ("potential=0", "4"),
        ("potential<1000", "24"),
        ("custom.industry=saas", "3"),
        ("custom.size>10", "3"),
        ("custom.industry!=none", "34"),
        ("do_not_contact=yes", "5"),
        ("do_not_contact=no", "1234"),
        ("account!=none", "4"),
        ("received>=2026-11-01", "345"),
        ("received=2026-11-01", "3"),
        ("received<2026-11-01", "12"),
        ("received=yesterday", "4"),
        ("received>-3d", "45"),
        ("contacted_at=2026-11-02", "2"),
        ("status=new and (tag=berlin or custom.industry=SaaS)", "13"),
        ("not rep=none not company~berg", "1"),
        ("rep=ana or rep=bob", "12"),
        ('name="Carla"', "3"),
    ],
)
def test_a_filter_finds_what_it_says(six: Typed, where: str, expected: str) -> None:
    assert ids(six, "--where", where) == expected


def test_several_filters_must_all_hold(six: Typed) -> None:
    assert ids(six, "-w", "rep!=none", "--where", "tag=vip") == "1"
    assert ids(six, "-w", "rep!=none", "--status", "contacted") == "2"


@pytest.mark.parametrize(
    ("where", "column"),
    [
        ("colour=red", 1),
        ("status=new and colour=red", 16),
        ("status=asleep", 8),
        ("potential>much", 11),
        ("received>someday", 10),
        ("received<03/04/2026", 10),
        ("status>new", 7),
        ("status=new and (tag=vip", 16),
        ("status=new)", 11),
        ("status", 7),
        ("name='Anna", 6),
        ("custom=x", 7),
        ("do_not_contact=perhaps", 16),
    ],
)
def test_a_filter_that_cannot_be_read_is_refused_with_its_column(six: Typed, where: str, column: int) -> None:
    seen = six(["lead", "list", "--where", where, "--json"])
    assert (seen.code, seen.out, seen.error["code"]) == (2, "", "bad_value")
    assert seen.error["details"].get("column", column) == column
    assert f"column {column}" in seen.error["message"]
    assert seen.error["hint"]


def test_an_unknown_field_is_answered_with_those_there_are(six: Typed) -> None:
    seen = six("lead list --where 'statuss=new' --json")
    assert "did you mean status?" in seen.error["hint"]
    assert {"status", "rep", "custom.KEY"} <= set(seen.error["details"]["allowed"])


def test_an_unknown_record_in_a_filter_is_not_found(six: Typed) -> None:
    for where in ("rep=zoe", "campaign=Winter", "rep=R9", "activity=Fax"):
        assert six(["lead", "list", "--where", where]).code == 3, where
    assert six(["lead", "list", "--where", "activity=Call"]).code == 3  # two campaigns have one


# --- short-cuts ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("--status new,contacted", "1235"),
        ("--status open --rep none", "35"),
        ("--status QUALIFIED", "4"),
        ("--rep ana", "1"),
        ("--rep ana,bob", "12"),
        ("--rep none,ana", "1345"),
        ("--campaign 'Spring 26'", "1"),
        ("--campaign none", "245"),
        ("--channel fair", "2"),
        ("--channel none", "1345"),
        ("--rating hot", "4"),
        ("--tag vip", "13"),
        ("--tag none", "245"),
        ("--all", "123456"),
        ("--all --status deleted", "6"),
    ],
)
def test_a_short_cut_is_a_filter(six: Typed, options: str, expected: str) -> None:
    assert ids(six, *shlex.split(options)) == expected


@pytest.mark.parametrize("options", ["--status asleep", "--rating tepid", "--rep zoe", "--campaign Winter"])
def test_a_short_cut_to_nothing_that_there_is_is_refused(six: Typed, options: str) -> None:
    assert six(f"lead list {options}").code in (2, 3)


@pytest.mark.parametrize("option", ["--status", "--rep", "--campaign", "--channel", "--rating", "--tag"])
def test_a_short_cut_to_nothing_at_all_does_not_mean_everything(six: Typed, option: str) -> None:
    for blank in ("", " ", ","):
        assert six(["lead", "list", option, blank]).code == 2, blank


def test_what_is_typed_into_a_short_cut_is_a_value_and_no_filter(six: Typed) -> None:
    assert ids(six, "--tag", 'vip" or name="Dora') == ""
    assert ids(six, "--tag", "x or 1=1") == ""


# --- search --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"), [("berlin", "14"), ("ACME", "1"), ("berg.example", "2"), ("saas", "3"), ("zzz", "")]
)
def test_a_text_is_looked_for_everywhere(six: Typed, text: str, expected: str) -> None:
    assert ids(six, "--search", text) == expected


def test_a_search_goes_with_a_filter(six: Typed) -> None:
    assert ids(six, "--search", "berlin", "--where", "status=new") == "1"


# --- sort, limit, offset -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("name", "12345"),
        ("-name", "54321"),
        ("potential", "42135"),
        ("-potential", "12435"),
        ("company", "12345"),
        ("-received", "54321"),
        ("-received_at", "54321"),
        ("status,-name", "25314"),
        ("rep,-id", "12543"),
        ("-id", "54321"),
    ],
)
def test_lists_are_sorted_by_what_a_field_means_and_then_by_number(six: Typed, sort: str, expected: str) -> None:
    assert ids(six, f"--sort={sort}") == expected


def test_numbers_beyond_nine_stand_behind_nine(crm: Typed) -> None:
    for number in range(1, 12):
        crm.ok(f"lead add Lead{number} --potential {number}")
    assert crm.ok("lead list --sort=-potential --format ids --limit 3").out.split() == ["L11", "L10", "L9"]
    assert crm.ok("lead list --sort id --format ids").out.split()[-1] == "L11"


def test_a_list_is_cut_after_it_is_sorted(six: Typed) -> None:
    assert ids(six, "--limit", "2") == "12"
    assert ids(six, "--sort=-potential", "--limit", "2", "--offset", "1") == "24"
    assert ids(six, "--offset", "4") == "5"
    assert ids(six, "--limit", "0") == ids(six, "--offset", "99") == ""


# --- count and exit code -------------------------------------------------------------------------


def test_a_count_counts_what_would_be_listed(six: Typed) -> None:
    assert six.ok("lead list --count").out == "5\n"
    assert six.json("lead list --where 'tag=vip' --count") == {"count": 2}
    assert six.json("lead list --status deleted --count") == {"count": 1}
    assert six.json("lead list --where 'tag=none-such' --count") == {"count": 0}


def test_an_exit_code_tells_whether_there_is_one(six: Typed) -> None:
    assert six("lead list --where 'tag=vip' --exit-code").code == 0
    assert six("lead list --where 'tag=x' --exit-code").code == 9
    assert six("lead list --where 'tag=vip' --offset 2 --exit-code").code == 9


# --- other kinds ---------------------------------------------------------------------------------


def test_every_kind_of_record_can_be_filtered(six: Typed) -> None:
    six.ok("account add Nord --city Kiel --type dealer")
    six.ok("deal add Bikes --account Nord --amount 500 --expected 2026-12-01")
    six.ok("event add Call --account Nord --at 2026-12-01 --kind meeting")
    six.ok("claim add Broken --account Nord --cause transport")
    for line in (
        "account list --where 'city=kiel and types=dealer'",
        "contact list --where 'account!=none'",
        "deal list --where 'amount>=500 and expected_close<2027-01-01 and account=Nord'",
        "event list --where 'kind=meeting and start=2026-12-01 and account=Nord'",
        "claim list --where 'causes=transport and due>today'",
        "campaign list --where 'status=active and name~spring'",
        "rep list --where 'handle=ana'",
    ):
        assert len(six.json(line)) == 1, line


def test_a_filter_reaches_over_references(six: Typed) -> None:
    six.ok("campaign add Reach -a Dial -a Show")
    six.ok("lead add Zoe --campaign Reach --activity Show")
    zoe = six.json("lead show @last")["id"]

    for where in ("campaign.name~rea", "activity.name=show", "campaign.created>=2026-01-01 and campaign.name=Reach"):
        assert ids(six, "--where", where).split() == [zoe.lstrip("L")], where
    assert zoe.lstrip("L") not in ids(six, "--where", "campaign.name!=Reach").split()
    assert six("lead list --where campaign.nme=x").code == 2
