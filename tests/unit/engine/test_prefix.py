from hypothesis import given, settings
from hypothesis import strategies as st

from desktopchat.engine.prefix import Match, common_length, match

# Token n below 100 is a letter or a run of letters; 100 and up are control tokens.
PIECES = {1: b"a", 2: b"b", 3: b"ab", 4: b"ba", 5: b"aba", 6: b"c"}


def find(cached: list[int], prompt: list[int]) -> Match:
    return match(cached, prompt, lambda t: PIECES.get(t, b""), lambda t: t >= 100)


def spell(tokens: list[int]) -> list[object]:
    out: list[object] = []
    for token in tokens:
        out += [token] if token >= 100 else list(PIECES[token])
    return out


def test_equal_tokens_match_by_id() -> None:
    assert find([100, 1, 2], [100, 1, 2, 6]) == Match(3, 3)
    assert find([100, 1, 2], [100, 1, 6]) == Match(2, 2)
    assert find([], [1]) == Match(0, 0)


def test_other_tokens_with_the_same_text_match() -> None:
    # "ab" in one token here, in two there, then the same control token and more text
    assert find([100, 1, 2, 101], [100, 3, 101, 6]) == Match(4, 3)
    assert find([3, 1], [1, 4, 6]) == Match(2, 2)


def test_a_cut_is_an_end_of_a_token_on_both_sides() -> None:
    # "aba" against "ab" + "c": the common text "ab" is the end of no cached token
    assert find([5], [3, 6]) == Match(0, 0)
    # "a" + "ba" against "ab": the cached answer goes on inside of its second token
    assert find([1, 4], [3]) == Match(0, 0)
    assert find([1, 4, 2], [3, 6]) == Match(0, 0)


def test_a_control_token_is_no_text() -> None:
    pieces = {100: b"<x>", 1: b"<x>", 2: b"b"}
    got = match([1, 2], [100, 2], lambda t: pieces[t], lambda t: t >= 100)
    assert got == Match(0, 0)
    got = match([100, 2], [1, 2], lambda t: pieces[t], lambda t: t >= 100)
    assert got == Match(0, 0)


def test_tokens_that_spell_nothing_match_by_id_alone() -> None:
    assert find([1, 50, 2], [1, 50, 2]) == Match(3, 3)
    assert find([1, 50, 2], [1, 2]) == Match(1, 1)


TOKENS = st.lists(st.sampled_from([1, 2, 3, 4, 5, 6, 100, 101]), max_size=12)


@settings(derandomize=True, max_examples=500)
@given(TOKENS, TOKENS)
def test_what_matches_spells_the_same(cached: list[int], prompt: list[int]) -> None:
    found = find(cached, prompt)
    assert spell(cached[: found.kept]) == spell(prompt[: found.covered])
    assert found.kept >= common_length(cached, prompt)
