"""Checks that `domain/` imports the standard library, pydantic and itself only.

import-linter can forbid names but cannot say "nothing else", so that a new dependency would slip through.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ALLOWED = {"domain", "pydantic", "pydantic_core"}
EFFECTS = {
    "asyncio",
    "multiprocessing",
    "os",
    "random",
    "secrets",
    "socket",
    "sqlite3",
    "subprocess",
    "threading",
    "time",
}


def main() -> int:
    findings = [finding for path in sorted(Path("domain").rglob("*.py")) for finding in strangers(path)]
    print("\n".join(findings), end="\n" if findings else "")
    return 1 if findings else 0


def strangers(path: Path) -> Iterator[str]:
    for line, name in imported_names(ast.parse(path.read_text(encoding="utf-8"))):
        top = name.split(".")[0]
        if top in EFFECTS:
            yield f"{path}:{line}: imports {name}: the domain is pure; take the value as an argument."
        elif top not in ALLOWED and top not in sys.stdlib_module_names:
            yield f"{path}:{line}: imports {name}: the domain imports the standard library and pydantic only."


def imported_names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, node.module or ""


if __name__ == "__main__":
    sys.exit(main())
