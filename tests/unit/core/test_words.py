import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopchat.core.words import LONGEST, fold, pattern, words

TEXTS = st.text(
    st.sampled_from("aB cé.-_ßİığ天气がﾞ데e\u0301\u0327ไทยи\u0306σς👍🏽\u200d+#9½\n") | st.characters(), max_size=40
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Café cafe CAFE\u0301", ["cafe"] * 3),
        ("Straße STRASSE", ["strasse"] * 2),
        ("İstanbul ISTANBUL ışık IŞIK", ["istanbul", "istanbul", "isik", "isik"]),
        ("Ёлка ЕЛКА", ["елка", "елка"]),
        ("ΑΘΉΝΑΙ Ἀθῆναι σοφός ΣΟΦΌΣ", ["αθηναι", "αθηναι", "σοφοσ", "σοφοσ"]),
        ("Łódź Ørsted Æsop", ["lodz", "orsted", "aesop"]),
        ("שָׁלוֹם مُحَمَّد", ["שלום", "محمد"]),
        ("今天天气怎么样", list("今天天气怎么样")),
        ("ﾃﾞｰﾀ データ", list("データデータ")),
        ("がか", ["が", "か"]),
        ("데이터를", list("데이터를")),
        ("ที่นี่", list("ที่นี่")),
        ("用Python写", ["用", "python", "写"]),
        ("👍🏽 🌦️", ["👍", "🏽", "🌦"]),
        ("foo.bar x_y don't", ["foo", "bar", "x", "y", "don", "t"]),
        ("https://a.org/b?c=1", ["https", "a", "org", "b", "c", "1"]),
        ("C++ and C, C#, g++-12", ["c", "++", "and", "c", "c", "#", "g", "++", "12"]),
        ("a+b #tag -- *", ["a", "b", "tag"]),
        ("co\u00adoperate", ["cooperate"]),
        ("ＡＢ１ ½ ﬁne", ["ab1", "1", "2", "fine"]),
        ("x" * (LONGEST + 6), ["x" * LONGEST, "x" * 6]),
        ("\x00\ud800", []),
    ],
)
def test_words(text: str, found: list[str]) -> None:
    assert words(text) == found


@given(TEXTS)
def test_words_hold_nothing_that_a_query_could_trip_over(text: str) -> None:
    for word in words(text):
        assert word
        assert not set(word) & set(' "*()^:-\x00\n')
        assert fold(word) == word


@given(TEXTS, st.data())
def test_pattern_finds_what_the_index_finds(text: str, data: st.DataObject) -> None:
    found = words(text)
    if not found:
        return
    first = data.draw(st.integers(0, len(found) - 1))
    phrase = found[first : data.draw(st.integers(first + 1, len(found)))]
    assert pattern(phrase).search(fold(text))
    assert pattern([*phrase[:-1], phrase[-1][:1]], prefix=True).search(fold(text))


def test_pattern_keeps_to_whole_words() -> None:
    assert not pattern(["cat"]).search("concatenate cats")
    assert pattern(["cat"], prefix=True).search("cats")
    assert pattern(["foo", "bar"]).search("x foo_bar")
    assert not pattern(["foo", "bar"]).search("foo a bar")
    assert pattern(["天", "气"]).search("今天天气好")
    assert not pattern(["c", "++"]).search("c and ++")
