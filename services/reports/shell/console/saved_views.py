"""Keeps the searches that each account gave a name, so that they follow a person to another browser."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.contract.errors import InvalidRequest, NotFound

from ...core.case_search import MAX_TEXT, parse_case_search
from ..storage.database import INSERT, for_writing, raising_unavailable
from ..storage.tables import saved_views

MAX_VIEWS = 50
"""An account may keep this many views."""

MAX_NAME = 60

_NO_NAMES = (".", "..")
"""No address of a view can end so, and so nobody could delete it."""

_MAX_QUERY = 8 * MAX_TEXT
_INSERTS = {dialect: insert(saved_views) for dialect, insert in INSERT.items()}


class SavedSearch(Struct, frozen=True, forbid_unknown_fields=True):
    """A search with a name. `query` has the parameters of `GET /cases`, as in an address."""

    name: str
    query: str


class SavedViews(Struct, frozen=True):
    """The views of the account that asks, by name."""

    views: list[SavedSearch]


def checked(view: SavedSearch) -> SavedSearch:
    """Return the view; raise `InvalidRequest` if it could not be shown."""
    name = view.name.strip()
    if not name or len(name) > MAX_NAME or "\0" in name or name in _NO_NAMES:
        raise InvalidRequest(f"a view has a name with 1 to {MAX_NAME} characters, and not only dots")
    if len(view.query) > _MAX_QUERY:
        raise InvalidRequest("this search is too long")
    parse_case_search(_parameters(view.query))
    return SavedSearch(name, view.query)


def _parameters(query: str) -> Mapping[str, str]:
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=True) if query else []
    except ValueError:
        raise InvalidRequest("a view keeps the parameters of a search") from None
    if len(pairs) != len(dict(pairs)):
        raise InvalidRequest("give each parameter once")
    return dict(pairs)


class SqlSavedViews:
    """Every method raises `Unavailable`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._writer = for_writing(engine)

    async def of(self, account: str) -> SavedViews:
        with raising_unavailable():
            async with self._engine.connect() as connection:
                return await _views(connection, account)

    async def save(self, account: str, view: SavedSearch) -> SavedViews:
        """Keep the view, in place of one with the same name; raise `InvalidRequest` if there are too many."""
        with raising_unavailable():
            async with self._writer.begin() as connection:
                new = _INSERTS[connection.dialect.name].values(
                    account=account, name=view.name, query=view.query
                )
                replacing = new.on_conflict_do_update(
                    index_elements=["account", "name"], set_={"query": new.excluded.query}
                )
                await connection.execute(replacing)
                kept = await _views(connection, account)
                if len(kept.views) > MAX_VIEWS:
                    raise InvalidRequest(f"you have {MAX_VIEWS} views: delete one first")
                return kept

    async def delete(self, account: str, name: str) -> SavedViews:
        """Forget the view; raise `NotFound`."""
        with raising_unavailable():
            async with self._writer.begin() as connection:
                this = (saved_views.c.account == account) & (saved_views.c.name == name)
                if not (await connection.execute(sa.delete(saved_views).where(this))).rowcount:
                    raise NotFound("you have no view with this name")
                return await _views(connection, account)


async def _views(connection: AsyncConnection, account: str) -> SavedViews:
    columns = sa.select(saved_views.c.name, saved_views.c.query).where(saved_views.c.account == account)
    rows = await connection.execute(columns.order_by(saved_views.c.name))
    return SavedViews([SavedSearch(*row) for row in rows])
