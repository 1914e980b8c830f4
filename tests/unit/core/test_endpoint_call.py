"""What programs asked, as conversations."""

from desktopchat.core.chat import ChatMessage, Role, ToolCall
from desktopchat.core.endpoint_call import EndpointCall

LOOK = ToolCall("c1", "look", '{"at": "here"}')
TURNS = (
    ChatMessage(Role.SYSTEM, "Be brief."),
    ChatMessage(Role.USER, "Two"),
    ChatMessage(Role.USER, "questions."),
    ChatMessage(Role.ASSISTANT, "I look.", calls=(LOOK,)),
    ChatMessage(Role.TOOL, "rain", answers=LOOK),
)


def test_a_call_becomes_a_conversation_that_takes_turns() -> None:
    made = EndpointCall(1, 5.0, "POST", "/v1/chat/completions", 200, 1.0, TURNS, "It rains.").conversation("Weather")
    assert made.system_prompt == "Be brief."
    assert [(one.role, one.content) for one in made.messages] == [
        (Role.USER, "Two\n\nquestions."),
        (Role.ASSISTANT, 'I look.\n\nlook({"at": "here"})'),
        (Role.USER, "rain"),
        (Role.ASSISTANT, "It rains."),
    ]
    assert [one.parent_uid for one in made.messages] == [None, "0", "1", "2"]
    assert made.tip_uid == "3"


def test_what_was_not_answered_has_no_empty_answer() -> None:
    made = EndpointCall(1, 5.0, "POST", "/v1/chat/completions", 499, 1.0, TURNS[:2]).conversation("Weather")
    assert [one.content for one in made.messages] == ["Two"]


def test_its_text_can_be_forgotten() -> None:
    call = EndpointCall(1, 5.0, "POST", "/v1/chat/completions", 200, 1.0, TURNS, "It rains.", 3)
    assert call.question == "rain"
    assert (call.without_text().question, call.without_text().answer, call.without_text().tokens) == ("", "", 3)
