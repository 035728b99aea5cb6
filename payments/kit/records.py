"""Records: the rows of the house. A noun is a frozen dataclass, and its table is read off the class.

The class says which columns are the key, which may change after the row is written (``Mutable``) and which
only ever count up or down by amounts (``Counter``). Everything else is a fact for ever. A record marked ``fixed``
has nothing but facts, so a process may remember it.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from operator import attrgetter
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    ClassVar,
    Final,
    Self,
    TypeVar,
    cast,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
)

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Table, Text, text
from sqlalchemy.schema import SchemaItem

T = TypeVar("T")
R = TypeVar("R", bound="type[Record]")

_KEY: Final = "key"
_MUTABLE: Final = "mutable"
_COUNTER: Final = "counter"

Key = Annotated[T, _KEY]
Mutable = Annotated[T, _MUTABLE]
Counter = Annotated[T, _COUNTER]

metadata: Final = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "pk": "%(table_name)s_pkey",
    }
)

_TYPES: Final[dict[type, Any]] = {
    str: Text(),
    int: BigInteger().with_variant(Integer(), "sqlite"),
}


@dataclass(frozen=True, eq=False)
class Shape:
    """How a record lies in its table: column names by their part, and how to read a row's values."""

    name: str
    table: Table
    columns: tuple[str, ...]
    position: dict[str, int]
    key: str
    mutable: tuple[str, ...]
    counters: tuple[str, ...]
    fixed: bool
    chained: bool
    values: Callable[[Any], tuple[Any, ...]]
    key_of: Callable[[Any], Any]
    mutable_values: Callable[[Any], tuple[Any, ...]]


class Record:
    """A row. Subclasses are decorated with ``record``, which makes them frozen dataclasses with a table."""

    __slots__ = ()

    shape: ClassVar[Shape]
    noun: ClassVar[str] = ""
    prefix: ClassVar[str] = ""

    @classmethod
    def table(cls) -> Table:
        """Return the SQLAlchemy table, for selects."""
        return cls.shape.table

    def changed(self, **changes: Any) -> Self:
        """Return a copy with other values in the named columns."""
        shape = self.shape
        values = [*shape.values(self)]
        for name, value in changes.items():
            values[shape.position[name]] = value
        return type(self)(*values)


@dataclass_transform(frozen_default=True)
def record(name: str, *items: SchemaItem, fixed: bool = False, chained: bool = False) -> Callable[[R], R]:
    """Make the decorated class a frozen dataclass kept in table ``name``.

    That it is frozen is checked by the type checker, not at run time, where it would make building one eight times as
    slow; ``changed`` gives an altered copy.

    ``items`` are indexes and constraints of the table. Fields are columns: ``str`` is text, ``int`` a 64-bit integer,
    ``… | None`` nullable. The first field is the primary key and is marked ``Key``. A noun's class name in
    snake_case is what events call it unless it says otherwise.
    ``chained`` marks an append-only record that the hash chain of its writer covers.
    """

    def decorate(cls: R) -> R:
        made = dataclass(slots=True)(cls)
        made.shape = _shape(made, name, items, fixed, chained)
        return cast(R, made)

    return decorate


def due_index(column: str) -> Index:
    """Return an index of the rows that wait for the instant in ``column``; those that wait for nothing cost nothing."""
    waiting = text(f"{column} IS NOT NULL")
    return Index(None, column, sqlite_where=waiting, postgresql_where=waiting)


def _shape(cls: "type[Record]", name: str, items: tuple[SchemaItem, ...], fixed: bool, chained: bool) -> Shape:
    hints = get_type_hints(cls, include_extras=True)
    names = [field.name for field in fields(cls)]  # type: ignore[arg-type]
    parts = {each: _part(hints[each]) for each in names}
    key = names[0]
    assert [each for each in names if parts[each] == _KEY] == [key], f"{name}: the first column is the key"
    mutable = tuple(each for each in names if parts[each] == _MUTABLE)
    counters = tuple(each for each in names if parts[each] == _COUNTER)
    assert not (fixed and (mutable or counters)), f"{name}: a fixed record has nothing that changes"
    table = Table(
        name,
        metadata,
        *[_column(each, hints[each], each == key) for each in names],
        *items,
        sqlite_strict=True,
    )
    return Shape(
        name=name,
        table=table,
        columns=tuple(names),
        position={each: n for n, each in enumerate(names)},
        key=key,
        mutable=mutable,
        counters=counters,
        fixed=fixed or chained,
        chained=chained,
        values=_getter(tuple(names)),
        key_of=attrgetter(key),
        mutable_values=_getter((*mutable, key)),
    )


def _getter(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    one = attrgetter(*names)
    return one if len(names) > 1 else lambda row: (one(row),)


def _part(hint: Any) -> str:
    return get_args(hint)[1] if get_origin(hint) is Annotated else ""


def _column(name: str, hint: Any, is_key: bool) -> Column[Any]:
    kind = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    nullable = isinstance(kind, UnionType)
    if nullable:
        kind = next(each for each in get_args(kind) if each is not NoneType)
    return Column(name, _TYPES[kind], primary_key=is_key, nullable=nullable, autoincrement=False)
