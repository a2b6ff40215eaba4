"""Who may import whom, and what a command must not load."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.typed import Typed

ROOT = Path(__file__).parents[1]
PACKAGE = "crm_cli"

# Each layer: what of ours it may import, and which libraries of others.
LAYERS: dict[str, tuple[set[str], set[str]]] = {
    "domain": (set(), {"msgspec", "rapidfuzz", "phonenumbers", "stdnum", "holidays"}),
    "reports": ({"domain"}, {"msgspec"}),
    "formats": ({"domain"}, {"msgspec", "charset_normalizer"}),
    "store": ({"domain"}, {"msgspec", "tinydb"}),
    "shelf": ({"domain", "store"}, set()),
    "house": ({"domain", "store"}, set()),
    "looking": ({"domain", "store", "shelf", "house"}, {"msgspec"}),
    "crm": ({"domain", "store", "shelf", "house", "looking"}, {"msgspec"}),
    "usecases": ({"domain", "reports", "formats", "crm", "looking", "house", "shelf"}, {"msgspec"}),
    "script": ({"domain", "crm", "looking", "house", "shelf", "usecases"}, {"msgspec"}),
    "help": (set(), set()),
    "cli": (
        {"domain", "reports", "formats", "crm", "looking", "house", "shelf", "usecases", "script", "store", "help"},
        {"typer", "rich", "tabulate", "msgspec", "platformdirs"},
    ),
}
OPENERS_OF_THE_STORE = {
    f"crm_cli.cli.{name}" for name in ("context", "opening", "upkeep", "about", "whole", "repair", "remind")
}
TABLES_OF_NAMES = {"crm_cli.cli.main", "crm_cli"}  # modules of ours are loaded late in these two only


def module_of(path: Path) -> str:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return name.removesuffix(".__init__")


MODULES = {module_of(path): path for path in sorted((ROOT / PACKAGE).rglob("*.py"))}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}


def layer_of(module: str) -> str:
    """The second word of its name; the package itself belongs to the edge."""
    parts = module.split(".")
    return "cli" if len(parts) == 1 or parts[1] == "__main__" else parts[1]


def imported(module: str, node: ast.AST) -> list[str]:
    """The modules that an import statement names, whole: `from .keys import fold` is crm_cli.domain.keys."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    package = module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]
    for _ in range(node.level - 1):
        package = package.rpartition(".")[0]
    source = ".".join(filter(None, (package if node.level else "", node.module)))
    named = [f"{source}.{alias.name}" for alias in node.names]
    return [name if name in MODULES else source for name in named]


def everywhere(module: str) -> list[str]:
    return [name for node in ast.walk(TREES[module]) for name in imported(module, node)]


def at_the_top(module: str) -> list[str]:
    """What is imported when the module is loaded; perhaps only if something is so."""
    body = [inner for node in TREES[module].body for inner in (node, *getattr(node, "body", ())) if not _is_named(node)]
    return [name for node in body for name in imported(module, node)]


def _is_named(node: ast.AST) -> bool:
    """A class or function, of which the body runs later or makes nothing known."""
    return isinstance(node, ast.FunctionDef | ast.ClassDef)


def is_ours(name: str) -> bool:
    return name.split(".")[0] == PACKAGE


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_what_its_layer_may(module: str) -> None:
    layer = layer_of(module)
    ours, others = LAYERS[layer]

    for name in everywhere(module):
        first = name.split(".")[0]
        if not is_ours(name):
            assert first in others or first in sys.stdlib_module_names, f"{module} imports {name}"
        elif name != PACKAGE:
            assert layer_of(name) in {layer, *ours}, f"{module} ({layer}) imports {name}"


def test_only_the_desk_and_the_keepers_of_the_store_know_it() -> None:
    knowing = {
        module
        for module in MODULES
        if layer_of(module) == "cli" and any(layer_of(name) == "store" for name in everywhere(module) if is_ours(name))
    }

    assert knowing <= OPENERS_OF_THE_STORE


def test_no_module_imports_itself_over_others() -> None:
    edges = {module: {name for name in at_the_top(module) if name in MODULES} for module in MODULES}

    assert list(TopologicalSorter(edges).static_order())  # raises CycleError, which names the modules


@pytest.mark.parametrize("module", sorted(set(MODULES) - TABLES_OF_NAMES))
def test_no_import_of_ours_hides_in_a_function(module: str) -> None:
    hidden = [name for name in everywhere(module) if is_ours(name)]
    for name in filter(is_ours, at_the_top(module)):
        hidden.remove(name)

    assert not hidden


def test_modules_are_loaded_by_name_in_the_tables_of_names_only() -> None:
    named = {module: {*_names(TREES[module])} for module in MODULES}

    assert "import_module" in named["crm_cli.cli.main"]
    assert {module for module in MODULES if {"import_module", "__import__"} & named[module]} <= TABLES_OF_NAMES


def _names(tree: ast.AST) -> list[str]:
    words = (getattr(node, "attr", getattr(node, "id", "")) for node in ast.walk(tree))
    return [word for word in words if word]


def test_the_root_command_knows_no_command() -> None:
    frame = {f"crm_cli.cli.{name}" for name in ("complete", "context", "names", "option", "output", "environment")}

    ours = {name for name in everywhere("crm_cli.cli.main") if is_ours(name) and layer_of(name) == "cli"}

    assert ours <= {PACKAGE, *frame}


@pytest.mark.parametrize("module", MODULES)
def test_a_module_says_in_its_first_sentence_what_is_in_it(module: str) -> None:
    said = (ast.get_docstring(TREES[module]) or "").partition("\n\n")[0]

    assert said.endswith((".", "?")), said
    assert len(said.splitlines()) == 1
    assert ". " not in said, f"{module} needs more than one sentence"


@pytest.mark.parametrize("module", MODULES)
def test_a_class_says_what_it_is(module: str) -> None:
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.ClassDef):
            assert ast.get_docstring(node), f"{module}.{node.name}"


def test_no_clock_and_no_dice_below_the_command_line() -> None:
    forbidden = {"now", "utcnow", "today"}
    for module in MODULES:
        if layer_of(module) in ("cli", "store"):
            continue
        assert not {"random", "time", "secrets"} & set(everywhere(module)), module
        calls = [node.func for node in ast.walk(TREES[module]) if isinstance(node, ast.Call)]
        named = {(call.attr, getattr(call.value, "id", "")) for call in calls if isinstance(call, ast.Attribute)}
        assert not {attr for attr, owner in named if attr in forbidden and owner in ("datetime", "date")}, module


# --- what is loaded ------------------------------------------------------------------------------


def loaded_by(code: str, *args: str) -> set[str]:
    """The top-level modules that are there after this code, in a process of its own."""
    program = f"import sys\n{code}\nprint(*sorted({{name.partition('.')[0] for name in sys.modules}}), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", program, *args], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stderr.split())


def test_the_package_itself_loads_no_framework() -> None:
    assert not loaded_by("import crm_cli") & {"typer", "rich", "tinydb", "msgspec"}


def test_a_program_that_opens_a_store_loads_nothing_of_the_shell() -> None:
    assert not loaded_by("from crm_cli import open_crm, CrmError, Script") & {"typer", "rich", "tabulate", "rapidfuzz"}


def test_showing_a_lead_loads_nothing_heavy(crm: Typed) -> None:
    crm.ok("lead add 'Jane Doe' --email jane@acme.example")
    heavy = {"rich", "tabulate", "rapidfuzz", "phonenumbers", "stdnum", "csv", "charset_normalizer", "platformdirs"}

    loaded = loaded_by("from crm_cli.cli.main import main\nassert main(sys.argv[1:]) == 0", "lead", "show", "L1")

    assert "tinydb" in loaded
    assert not loaded & heavy


def test_one_command_loads_no_module_of_another(crm: Typed) -> None:
    crm.ok("lead add 'Jane Doe'")
    code = (
        "from crm_cli.cli.main import main\nassert main(['lead', 'show', 'L1']) == 0\n"
        "strangers = {'crm_cli.cli.deal', 'crm_cli.cli.report', 'crm_cli.usecases.qualify', 'crm_cli.reports'}\n"
        "assert not strangers & set(sys.modules)"
    )

    assert "typer" in loaded_by(code)
