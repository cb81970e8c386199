from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stream.desks.surveys.comments import COMMENTS_KEPT, Comment, NewestComments


def said(at: int) -> Comment:
    return Comment(at, "csat", "1-5", 3, f"at {at}", None)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5), st.sampled_from("abc"))))
def test_comments_are_told_newest_first_whatever_comes_and_is_taken_back(
    changes: list[tuple[bool, int, str]],
) -> None:
    comments, expected = NewestComments(), dict[tuple[int, str], Comment]()
    for is_added, at, subject in changes:
        if is_added:
            comments.add(subject, said(at))
            expected[at, subject] = said(at)
        else:
            comments.take_back(subject, at)
            expected.pop((at, subject), None)

    assert list(comments.newest()) == [expected[place] for place in sorted(expected, reverse=True)]


def test_older_ones_are_lacking_once_most_were_taken_back() -> None:
    comments = NewestComments()
    for at in range(2 * COMMENTS_KEPT + 1):
        comments.add("S", said(at))
    assert [comment.at for comment in comments.newest()] == list(range(2 * COMMENTS_KEPT, COMMENTS_KEPT, -1))

    for at in range(1, COMMENTS_KEPT + 1):
        comments.take_back("S", at)
    assert not comments.lacks_older
    comments.take_back("S", COMMENTS_KEPT + 1)
    assert comments.lacks_older
