"""Draw functions by a seed, to see whether a name tells where the code is.

`python -m tools.draw_functions SEED [COUNT]` prints names without their places first, and then the places, so
that a reader can guess in between.
"""

import ast
import random
import sys
from collections.abc import Iterator

from .counts import sources


def functions() -> Iterator[tuple[str, str]]:
    """Yield the qualified name and the folder of every public function and method of the services."""
    for path, tree in sources().items():
        if not path.startswith("services/"):
            continue
        for node in ast.walk(tree):
            owners = [node] if isinstance(node, ast.ClassDef) else []
            found = node.body if isinstance(node, ast.Module | ast.ClassDef) else []
            for function in found:
                if isinstance(
                    function, ast.FunctionDef | ast.AsyncFunctionDef
                ) and not function.name.startswith("_"):
                    prefix = f"{owners[0].name}." if owners else ""
                    yield f"{prefix}{function.name}", path.rpartition("/")[0]


def main(seed: int, count: int) -> None:
    """Print the drawn names, and then each with its folder."""
    drawn = random.Random(seed).sample(sorted(functions()), count)  # noqa: S311 -- a draw that repeats
    for name, _ in drawn:
        print(name)
    print()
    for name, folder in drawn:
        print(f"{name:50} {folder}")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 15)
