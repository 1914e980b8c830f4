"""What the end-to-end tests share."""

from collections.abc import Iterator

import pytest
from xvfb import Display


@pytest.fixture
def display() -> Iterator[Display]:
    """An own display, which fails with the reason when it cannot be had."""
    with Display() as shown:
        yield shown
