"""The survey comments as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import merge
from typing import Any, Final

from stream.desks.surveys.comments import COMMENTS_KEPT, Comment
from stream.desks.surveys.desk import SurveyDesk
from stream.state.desk import Desk
from stream.state.resource import Query, QueryError, Resource
from stream.state.view import View
from stream.windows.moments import to_text

_MOST_DIGITS: Final = 9


def newest_comments(desks: Sequence[Desk[Any]], _view: View | None = None) -> list[Comment]:
    """The newest comments of these desks, newest first."""
    comments = (desk.comments() for desk in desks if isinstance(desk, SurveyDesk))
    return list(merge(*comments, key=lambda comment: comment.at, reverse=True))


def _limit(query: Query) -> int:
    text = query.get("limit", str(COMMENTS_KEPT))
    if not text.isdecimal() or len(text) > _MOST_DIGITS:
        message = f"limit is a number of comments, not {text[:100]!r}"
        raise QueryError(message)
    return int(text)


def _content(newest: list[Comment], limit: int) -> dict[str, Any]:
    return {"comments": [{**comment._asdict(), "at": to_text(comment.at)} for comment in newest[:limit]]}


COMMENTS: Final = Resource("comments", newest_comments, _content, _limit)
