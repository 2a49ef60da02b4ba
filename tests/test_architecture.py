"""The house keeps its shape: who may import whom, how long things may be, and what is banned."""

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TOP_LEVEL = {
    "engine",
    "gui",
    "resources",
    "tests",
    "pyproject.toml",
    "build.spec",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
}
HEAVY = {"torch", "scipy", "sympy", "pandas", "networkx", "duckdb"}
QT = {"PySide6", "shiboken6", "pyqtgraph"}
NEVER = {"pickle", "cPickle", "dill", "cloudpickle", "marshal", "shelve", "joblib"}
HIDDEN_FROM_GUI = ("torch", "engine.mechanisms", "engine.scm", "engine.store")
VAGUE = ("manager", "helper", "util", "handler")
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def name_of(path: Path) -> str:
    """The dotted name of a module: gui/canvas/view.py is gui.canvas.view."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


@cache
def modules() -> dict[str, Path]:
    return {name_of(path): path for path in sources("engine", "gui", "resources")}


def imported(node: ast.AST) -> list[str]:
    """The modules one import statement loads; `from engine.graph import graph` loads two."""
    match node:
        case ast.Import(names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module, names, 0):
            inside = [f"{module}.{alias.name}" for alias in names]
            return [str(module), *(name for name in inside if name in modules())]
    return []


def all_imports(path: Path) -> set[str]:
    """What a module imports anywhere, in functions too; names for type checking only left out."""
    skipped = {
        id(inner) for node in ast.walk(tree(path)) if only_types(node) for inner in ast.walk(node)
    }
    return {
        name for node in ast.walk(tree(path)) if id(node) not in skipped for name in imported(node)
    }


def first_imports(path: Path) -> set[str]:
    """What importing a module imports at once: not inside functions, not for type checking."""
    return {name for node in at_once(tree(path).body) for name in imported(node)}


def at_once(body: list[ast.stmt]) -> Iterator[ast.AST]:
    for node in body:
        if only_types(node) or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        yield node
        inner = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]
        yield from at_once(inner)


def only_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def starts_with(name: str, packages: tuple[str, ...] | set[str]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def breaches(folder: str, banned: tuple[str, ...] | set[str]) -> list[str]:
    return [
        f"{name_of(path)} imports {name}"
        for path in sources(folder)
        for name in sorted(all_imports(path))
        if starts_with(name, banned)
    ]


# ── who may import whom ────────────────────────────────────────────────────────────────────────


def test_engine_knows_nothing_of_the_window() -> None:
    assert breaches("engine", {"gui", *QT}) == []


def test_window_never_touches_tensors_mechanisms_or_files() -> None:
    assert breaches("gui", HIDDEN_FROM_GUI) == []


def test_only_the_bridge_starts_the_engine() -> None:
    found = [
        text
        for text in breaches("gui", ("engine.runtime",))
        if not text.endswith((" engine.runtime", " engine.runtime.messages"))
    ]
    assert [text for text in found if not text.startswith("gui.bridge ")] == []


def test_only_plots_use_pyqtgraph() -> None:
    found = breaches("gui", {"pyqtgraph"})
    assert [text for text in found if not text.startswith("gui.plots.")] == []


def test_panels_do_not_import_panels() -> None:
    found = breaches("gui/panels", ("gui.panels",))
    own = {f"gui.panels.{path.stem}" for path in sources("gui/panels")}
    assert [text for text in found if text.split()[-1] in own] == []


def test_imports_are_absolute() -> None:
    relative = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources("engine", "gui", "resources", "tests")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []


def test_no_import_cycles() -> None:
    waiting = {
        name: {other for other in first_imports(path) if other in modules() and other != name}
        for name, path in modules().items()
    }
    while free := [name for name, needs in waiting.items() if not needs]:
        for name in free:
            del waiting[name]
        for needs in waiting.values():
            needs.difference_update(free)
    assert waiting == {}, "these modules import each other in a circle, or one that does"


def test_window_starts_without_heavy_libraries() -> None:
    """By reading: no chain of module-level imports leads from the window to a heavy library."""
    reached = {name for name in modules() if starts_with(name, ("gui",))}
    fresh = set(reached)
    while fresh:
        fresh = {
            other
            for name in fresh
            for other in first_imports(modules()[name])
            if other in modules() and other not in reached
        }
        reached |= fresh
    heavy = [
        f"{name} imports {other}"
        for name in sorted(reached)
        for other in sorted(first_imports(modules()[name]))
        if starts_with(other, HEAVY)
    ]
    assert heavy == []


@pytest.mark.parametrize(
    ("module", "absent"),
    [("gui.app", HEAVY), ("engine.cli", HEAVY | QT | {"numpy"})],
)
def test_import_loads_nothing_heavy(module: str, absent: set[str]) -> None:
    """By running: a fresh interpreter that imports the module has none of these loaded."""
    code = f"import sys, {module}; print(*({absent!r} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (run.returncode, run.stdout.strip()) == (0, ""), run.stderr


# ── what is banned ─────────────────────────────────────────────────────────────────────────────


def test_no_unsafe_loading() -> None:
    """No pickle, no eval: a file from a stranger is safe to open."""
    assert breaches("engine", NEVER) + breaches("gui", NEVER) == []
    calls = [
        f"{path.relative_to(ROOT)}:{node.lineno} {ast.unparse(node.func)}"
        for path in sources("engine", "gui", "resources")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and unsafe(node)
    ]
    assert calls == []


def unsafe(call: ast.Call) -> bool:
    """eval(…), exec(…), torch.load(…), or anything told allow_pickle (except False)."""
    told = {word.arg: ast.unparse(word.value) for word in call.keywords if word.arg}
    return (
        ast.unparse(call.func) in {"eval", "exec", "__import__", "torch.load", "torch.save"}
        or told.get("allow_pickle", "False") != "False"
    )


def test_any_type_stays_in_the_store() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources("engine", "gui")
        if "store" not in path.parts
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.module == "typing"
        for alias in node.names
        if alias.name == "Any"
    ]
    assert found == []


def test_names_say_what_things_are() -> None:
    names = [name_of(path) for path in sources("engine", "gui", "tests")]
    names += [f"{path.stem}.{node.name}" for path, node in definitions("engine", "gui")]
    assert [name for name in names if any(vague in name.lower() for vague in VAGUE)] == []


# ── sizes ──────────────────────────────────────────────────────────────────────────────────────


def definitions(*folders: str) -> Iterator[tuple[Path, Definition]]:
    for path in sources(*folders):
        for node in ast.walk(tree(path)):
            if isinstance(node, Definition):
                yield path, node


def length(node: Definition) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_files_are_short() -> None:
    lines = {
        str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines())
        for path in sources("engine", "gui", "resources", "tests")
    }
    assert {name: count for name, count in lines.items() if count > 500} == {}


def test_functions_are_short() -> None:
    long = {
        f"{path.relative_to(ROOT)} {node.name}": length(node)
        for path, node in definitions("engine", "gui", "tests")
        if not isinstance(node, ast.ClassDef) and length(node) > 60
    }
    assert long == {}


def test_classes_are_small() -> None:
    large = {
        f"{path.relative_to(ROOT)} {node.name}": (length(node), len(methods(node)))
        for path, node in definitions("engine", "gui", "tests")
        if isinstance(node, ast.ClassDef) and (length(node) > 300 or len(methods(node)) > 25)
    }
    assert large == {}


def methods(node: ast.ClassDef) -> list[ast.stmt]:
    return [
        child for child in node.body if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def test_top_level_is_fixed() -> None:
    """Of what is tracked; what people make in the folder is theirs."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: what belongs here cannot be told from what was made here")
    listed = subprocess.run([git, "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip(f"git does not tell: {listed.stderr.strip()}")
    found = {name.split("/")[0] for name in listed.stdout.splitlines()}
    assert {name for name in found if not name.startswith(".")} == TOP_LEVEL


# ── what the README promises ───────────────────────────────────────────────────────────────────


def test_continuous_integration_runs_the_readme_command() -> None:
    """The test command people copy is the one that is run for every change."""
    readme = (ROOT / "README.md").read_text("utf-8").splitlines()
    command = next(line for line in readme if line.endswith("-m pytest"))
    assert command in (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
