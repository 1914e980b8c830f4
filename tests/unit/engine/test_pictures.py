import pytest

from desktopchat.core.chat import ChatMessage, Role
from desktopchat.core.errors import EngineError, PictureError
from desktopchat.core.picture import Picture
from desktopchat.engine import pictures, wire
from desktopchat.engine.pictures import HeldPictures, SentPictures, without_data

ONE, TWO = Picture.of(b"one"), Picture.of(b"two")


def message(*shown: Picture) -> ChatMessage:
    return ChatMessage(Role.USER, "Look", pictures=shown)


def test_each_picture_is_sent_once_and_put_in_again() -> None:
    sent, held = SentPictures(), HeldPictures()
    first = list(sent.commands_for([message(ONE), message(ONE, TWO)]))
    assert first == [wire.HoldPicture(b"one"), wire.HoldPicture(b"two")]
    assert not list(sent.commands_for([message(TWO)]))
    for command in first:
        held.obey(command)
    (bare,) = without_data([message(ONE, TWO)])
    assert [picture.data for picture in bare.pictures] == [b"", b""]
    (whole,) = held.put_in([bare])
    assert [picture.data for picture in whole.pictures] == [b"one", b"two"]


def test_what_was_used_longest_ago_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST", 6)
    sent, held = SentPictures(), HeldPictures()
    three = Picture.of(b"3")
    for shown in ((ONE, TWO), (ONE,), (three,)):
        for command in sent.commands_for([message(*shown)]):
            held.obey(command)
    assert held.put_in([message(ONE, three)])
    with pytest.raises(EngineError):
        held.put_in([message(TWO)])


def test_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST", 5)
    with pytest.raises(PictureError, match="new conversation"):
        list(SentPictures().commands_for([message(ONE, TWO)]))
