import pytest

from desktopchat.core.title import MAX_LENGTH, question, title_in

ASKED, ANSWERED = "How do sails work?", "A sail works like a wing: the wind bends around it."


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        ("How sails work", "How sails work"),
        ('"Sails and wind."', "Sails and wind"),
        ("Title: **Sailing physics**\nIt is about sails.", "Sailing physics"),
        ("\n\n标题：Sail wings", "Sail wings"),
        ("# The wind", "The wind"),
        ("The conversation is about a sail.", "A sail"),
        ("Sure! Here is a title about something else entirely, as you have asked me", ""),  # too many words
        ("Cooking pasta", ""),  # of something else
        ("What is a sail?", ""),
        ("I can help!", ""),
        ("", ""),
        ("   \n ", ""),
        ("x", ""),
        ("sail" * MAX_LENGTH, ""),
    ],
)
def test_only_what_reads_as_a_title_is_one(answer: str, title: str) -> None:
    assert title_in(answer, ASKED, ANSWERED) == title


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        ("今日天气", "今日天气"),
        ("《天气很好》。", "《天气很好》"),
        ("做饭的方法", ""),
        ("天气とカタカナ", "天气とカタカナ"),
    ],
)
def test_chinese_titles(answer: str, title: str) -> None:
    assert title_in(answer, "今天天气怎么样？", "今天天气很好。") == title


def test_question_shows_the_model_the_beginning_alone() -> None:
    (turn,) = question("a" * 10_000, "b" * 10_000)
    assert len(turn.content) < 2_000
    assert "aaa" in turn.content
    assert "bbb" in turn.content
