from hypothesis import given
from hypothesis import strategies as st

from desktopchat.engine.media import begins, is_inside, is_picture, length_at, picture_tokens, still

SIZES = st.integers(1, 300)


@given(st.text(max_size=80), SIZES, st.data())
def test_a_picture_in_a_prompt_tells_where_it_begins_and_how_far_it_goes(
    identity: str, count: int, data: st.DataObject
) -> None:
    positions = data.draw(st.integers(1, count))
    tokens = picture_tokens(identity, count, positions)
    assert len(tokens) == count
    assert all(-(2**31) <= token < 0 and is_picture(token) for token in tokens)
    assert [begins(token) for token in tokens] == [True] + [False] * (count - 1)
    assert [is_inside(token) for token in tokens] == [False] + [True] * (count - 1)
    assert still(tokens) == count - positions
    prompt = [5, *tokens, *tokens, 7]
    assert length_at(prompt, 1) == length_at(prompt, 1 + count) == count


def test_the_same_picture_is_the_same_and_another_is_another() -> None:
    assert picture_tokens("a", 4, 4) == picture_tokens("a", 4, 4)
    assert picture_tokens("a", 4, 4) != picture_tokens("b", 4, 4)
    assert picture_tokens("a", 4, 4)[0] != picture_tokens("b", 4, 4)[0]


def test_words_are_no_pictures() -> None:
    assert not any((is_picture(5), begins(5), is_inside(5)))
    assert still([1, 2, 3]) == 0
