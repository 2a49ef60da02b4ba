"""`python -m tests.bench NAME …`: measure one thing; without a name, list what can be measured.

Each benchmark is a module of this folder with `main(args: list[str])`; its first docstring line
says what it measures. None of them is a test: they report, they never fail on time.
"""

import ast
import importlib
import sys
from pathlib import Path

HERE = Path(__file__).parent


def benchmarks() -> dict[str, str]:
    """Name → what it measures."""
    return {
        path.stem: (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").split("\n")[0]
        for path in sorted(HERE.glob("*.py"))
        if not path.stem.startswith("_")
    }


def main(args: list[str]) -> int:
    """Run the named benchmark."""
    known = benchmarks()
    if not args or args[0] not in known:
        width = max((len(name) for name in known), default=0)
        for name, what in known.items():
            print(f"{name:{width}}  {what}")
        return 0 if not args else 2
    importlib.import_module(f"tests.bench.{args[0]}").main(args[1:])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
