import pytest

from desktopchat.core.embedding import Embedding


def test_a_vector_has_length_1_and_keeps_its_direction() -> None:
    embedding = Embedding.of([3, 0, -4], 7)
    assert embedding.values == pytest.approx((0.6, 0, -0.8))
    assert (len(embedding.data), embedding.tokens) == (12, 7)


def test_nothing_stays_nothing() -> None:
    assert Embedding.of([0, 0], 1).values == (0, 0)


def test_likeness_is_the_cosine() -> None:
    one, other = Embedding.of([1, 0], 1), Embedding.of([1, 1], 1)
    assert one.similarity(one) == pytest.approx(1)
    assert one.similarity(other) == pytest.approx(0.7071, abs=1e-4)
    assert one.similarity(Embedding.of([-2, 0], 1)) == pytest.approx(-1)
