"""The house rules as functions: each takes source files and yields what it has to complain about.

`test_house.py` puts them to `payments/`, and shows of each rule that it can fail. A rule that is too
strict for a good reason gets that place added to its list of exceptions here, with the reason beside it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import median

from sqlalchemy import MetaData

ROOT = Path(__file__).parent.parent

INSTITUTIONS = ("acquirer", "network", "issuer", "bank")

# ── the numbers and lists of the rules ──────────────────────────────────────────────────────────────

FORBIDDEN_NAMES = {
    *("util", "utils", "common", "helper", "helpers", "service", "services"),
    *("manager", "managers", "handler", "handlers", "models", "schemas"),
}
MEDIAN_FUNCTION = 8  # lines; the median stays below
LONGEST_FUNCTION = 50
LONGEST_FILE = 400
SMALL_FILE = 150
SMALL_FILES_PERCENT = 85
MAY_BE_LONG = ("payments/facades",)  # other people's shapes are as long as they are

ONLY_CLOCK = ("payments/kit/clock",)
READS_THE_CLOCK = re.compile(
    r"(?:.*\.)?(?:(?:datetime|date)\.(?:now|utcnow|today)|time\.(?:time|time_ns|localtime|gmtime)|func\.now)"
)
MAY_MEASURE = (  # how long something took, on the machine's own monotonic clock
    *("payments/kit/clock", "payments/kit/database"),
    *("payments/switch", "payments/api"),  # reply timers and rate limits run on real time
    *("payments/cli", "payments/shop"),  # they tell a person
)
MEASURES_TIME = re.compile(r"(?:.*\.)?time\.(?:monotonic|perf_counter|process_time)(?:_ns)?")

STATE_COLUMN = "status"
ONLY_LIFECYCLE = ("payments/kit/lifecycle",)
STATUS_IS_NO_STATE = ("payments/kit/idempotency",)  # there it is the HTTP status of the answer that is kept

KEEPS_MONEY = (*(f"payments/{institution}" for institution in INSTITUTIONS), "payments/ledger")
MAY_USE_FLOATS: tuple[str, ...] = ()

MAY_PRINT = ("payments/cli", "payments/shop")
MAY_SLEEP = ("tests/bench",)


@dataclass(frozen=True)
class Source:
    """A Python file: its path from the root of the project (with `/`) and its text."""

    path: str
    text: str

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Every node of its syntax tree."""
        return list(ast.walk(self.tree))

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax tree."""
        return ast.parse(self.text, self.path)

    def lies_in(self, places: Iterable[str]) -> bool:
        """Is it one of these modules (named without `.py`), or inside one of these packages?"""
        return any(self.path == f"{place}.py" or self.path.startswith(f"{place}/") for place in places)

    def complain(self, where: ast.AST | int, what: str) -> str:
        """Write a complaint that an editor can jump to."""
        line = where if isinstance(where, int) else getattr(where, "lineno", 1)
        return f"{self.path}:{line}: {what}"


def sources(folder: str) -> list[Source]:
    """The Python files below one folder of the project."""
    paths = sorted(path for path in (ROOT / folder).rglob("*.py") if path.is_file())
    return [Source(path.relative_to(ROOT).as_posix(), path.read_text()) for path in paths]


# ── names and words ─────────────────────────────────────────────────────────────────────────────────


def file_is_named_for_what_it_is(source: Source) -> Iterator[str]:
    """No `utils`, no `service`, no `models.py`: a file has the trade's word for what is in it."""
    for part in source.path.removesuffix(".py").split("/"):
        if part in FORBIDDEN_NAMES:
            yield source.complain(1, f"the name {part!r} says nothing about what is in it")


def public_things_have_docstrings(source: Source) -> Iterator[str]:
    """Every public module, class, function and method says what it is."""
    if not ast.get_docstring(source.tree):
        yield source.complain(1, "the module has no docstring")
    for thing in public_things(source.tree.body):
        if not ast.get_docstring(thing):
            yield source.complain(thing, f"{thing.name} has no docstring")


Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
Function = ast.FunctionDef | ast.AsyncFunctionDef


def public_things(body: list[ast.stmt]) -> Iterator[Definition]:
    """The public definitions of a module or class, and those inside its public classes."""
    for thing in body:
        if not isinstance(thing, Definition):
            continue
        if thing.name.startswith("_") or is_said_elsewhere(thing):
            continue
        yield thing
        if isinstance(thing, ast.ClassDef):
            yield from public_things(thing.body)


def is_said_elsewhere(thing: Definition) -> bool:
    """Is it an overload, an override or a setter, whose docstring stands beside another definition?"""
    decorators = {dotted(decorator).rsplit(".", 1)[-1] for decorator in thing.decorator_list}
    return bool(decorators & {"overload", "override", "setter", "deleter"})


# ── sizes ───────────────────────────────────────────────────────────────────────────────────────────


def functions_are_short(house: list[Source]) -> Iterator[str]:
    """The median function is below 8 lines, and none is over 50."""
    lengths = []
    for source in house:
        for function in (node for node in source.nodes if isinstance(node, Function)):
            length = body_length(function, source.text.splitlines())
            lengths.append(length)
            if length > LONGEST_FUNCTION:
                yield source.complain(function, f"{function.name} has {length} lines ({LONGEST_FUNCTION} at most)")
    if lengths and median(lengths) >= MEDIAN_FUNCTION:
        yield f"the median function has {median(lengths):g} lines (below {MEDIAN_FUNCTION})"


def body_length(function: Function, lines: list[str]) -> int:
    """The lines of a function's body that are not blank, without signature and docstring."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    if not body:
        return 0
    return sum(bool(line.strip()) for line in lines[body[0].lineno - 1 : function.end_lineno])


def files_are_short(house: list[Source]) -> Iterator[str]:
    """Most files are below 150 lines, and none is over 400."""
    lengths = {source.path: len(source.text.splitlines()) for source in house if not source.lies_in(MAY_BE_LONG)}
    for path, length in lengths.items():
        if length > LONGEST_FILE:
            yield f"{path}:1: the file has {length} lines ({LONGEST_FILE} at most)"
    small = sum(length < SMALL_FILE for length in lengths.values())
    if small * 100 < SMALL_FILES_PERCENT * len(lengths):
        large = [f"{path} ({length})" for path, length in lengths.items() if length >= SMALL_FILE]
        yield (
            f"only {small} of {len(lengths)} files are below {SMALL_FILE} lines "
            f"({SMALL_FILES_PERCENT} % at least); too large: {', '.join(large)}"
        )


# ── walls ───────────────────────────────────────────────────────────────────────────────────────────


def institutions_do_not_import_one_another(source: Source) -> Iterator[str]:
    """They meet only in messages (the import contracts say so too, and follow detours)."""
    home = source.path.split("/")[1].removesuffix(".py")
    if home not in INSTITUTIONS:
        return
    for node, module in imports(source):
        package = module.split(".")
        if package[0] == "payments" and package[1:2] and package[1] in set(INSTITUTIONS) - {home}:
            yield source.complain(node, f"the {home} imports {module}")


def imports(source: Source) -> Iterator[tuple[ast.AST, str]]:
    """Every module, or name in a module, that is imported: with its full dotted name."""
    package = source.path.split("/")[:-1]
    for node in source.nodes:
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((node, f"{module}.{alias.name}") for alias in node.names)


def foreign_keys_stay_inside_walls(metadata: MetaData) -> Iterator[str]:
    """A table refers only to tables of the same owner: the word before the first `_` of its name."""
    for table in metadata.tables.values():
        for key in table.foreign_keys:
            target = key.target_fullname.rsplit(".", 1)[0]
            if target.split("_")[0] != table.name.split("_")[0]:
                yield f"table {table.name} refers to {key.target_fullname}, across a wall"


# ── time ────────────────────────────────────────────────────────────────────────────────────────────


def time_comes_from_the_clock(source: Source) -> Iterator[str]:
    """Only `kit/clock.py` reads the real time; a few may measure how long something took."""
    for node, name in [*names(source), *imports(source)]:
        if READS_THE_CLOCK.fullmatch(name) and not source.lies_in(ONLY_CLOCK):
            yield source.complain(node, f"{name}: only kit/clock.py reads the real time")
        if MEASURES_TIME.fullmatch(name) and not source.lies_in(MAY_MEASURE):
            yield source.complain(node, f"{name}: real durations are not measured here")


def tests_do_not_sleep(source: Source) -> Iterator[str]:
    """A test winds the clock, or waits for what it waits for; `sleep(0)` lets others run and is no sleep."""
    if source.lies_in(MAY_SLEEP):
        return
    for call in calls(source):
        lets_others_run = bool(call.args) and isinstance(call.args[0], ast.Constant) and call.args[0].value == 0
        if last_name(call.func) == "sleep" and not lets_others_run:
            yield source.complain(call, "a test that sleeps is slow, or fails by chance")


# ── states, money, words to the user ────────────────────────────────────────────────────────────────


def states_change_only_in_lifecycle(source: Source) -> Iterator[str]:
    """`advance` in `kit/lifecycle.py` changes a state, by a table of named moves; nobody else does."""
    if source.lies_in(ONLY_LIFECYCLE) or source.lies_in(STATUS_IS_NO_STATE):
        return
    for call in calls(source):
        sets_state = any(keyword.arg == STATE_COLUMN for keyword in call.keywords)
        if sets_state and (last_name(call.func) in ("change", "replace", "_replace") or is_update(call)):
            yield source.complain(call, f"{STATE_COLUMN} changes by `advance` and a named move only")
    for node in source.nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and node.attr == STATE_COLUMN:
            yield source.complain(node, f"{STATE_COLUMN} is assigned; it changes by `advance` only")


def is_update(call: ast.Call) -> bool:
    """Is it the `.values(…)` of an SQL update?"""
    if last_name(call.func) != "values":
        return False
    return any(isinstance(node, ast.Call) and last_name(node.func) == "update" for node in ast.walk(call.func))


def money_is_never_a_float(source: Source) -> Iterator[str]:
    """No `float`, no `0.5`, no `/` where books are kept: amounts are integers, shares are rounded by rule."""
    if not source.lies_in(KEEPS_MONEY) or source.lies_in(MAY_USE_FLOATS):
        return
    for node in source.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield source.complain(node, f"the float {node.value}")
        elif isinstance(node, ast.Name) and node.id == "float":
            yield source.complain(node, "float")
        elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div) and not is_path(node):
            yield source.complain(node, "a division with `/` makes a float; use `//` and say how it rounds")


def is_path(division: ast.BinOp | ast.AugAssign) -> bool:
    """Is it `folder / "name"`?"""
    right = division.right if isinstance(division, ast.BinOp) else division.value
    return isinstance(right, ast.JoinedStr) or (isinstance(right, ast.Constant) and isinstance(right.value, str))


def only_the_command_line_prints(source: Source) -> Iterator[str]:
    """Everything else returns, records an event, or writes to the log."""
    if source.lies_in(MAY_PRINT):
        return
    for call in calls(source):
        if isinstance(call.func, ast.Name) and call.func.id == "print":
            yield source.complain(call, "print")


# ── reading syntax trees ────────────────────────────────────────────────────────────────────────────


def calls(source: Source) -> Iterator[ast.Call]:
    """Every call."""
    return (node for node in source.nodes if isinstance(node, ast.Call))


def names(source: Source) -> Iterator[tuple[ast.AST, str]]:
    """Every dotted name that is used, such as `datetime.now`, called or not."""
    return ((node, dotted(node)) for node in source.nodes if isinstance(node, ast.Attribute))


def dotted(node: ast.AST) -> str:
    """`a.b.c` of a name, an attribute or a call; what is not a name is left out."""
    if isinstance(node, ast.Call):
        return dotted(node.func)
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def last_name(node: ast.AST) -> str:
    """`c` of `a.b.c`, whatever stands before."""
    return dotted(node).rsplit(".", 1)[-1]
