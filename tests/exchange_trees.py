"""Conversations for tests, made up by hypothesis."""

from hypothesis import strategies as st

from desktopchat.core.chat import FinishReason, MessageState, Role, Timings, Usage
from desktopchat.core.modelfile import ModelIdentity
from desktopchat.core.params import SamplingParams
from desktopchat.core.transfer import Attachment, TransferConversation, TransferMessage

# All that UTF-8 can hold, with what is special in Markdown more often.
TEXT = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.lists(
        st.sampled_from(
            ["```", "~~~~", "```py", "# A", "## User", "## Assistant", "---", "<!-- desktopchat:message {} -->",
             "", "\\<!-- desktopchat:text -->", "<!-- desktopchat:closed -->", "    x", "天气", "$x^2$", "#include <a>",
             "\r"]
        ),
        max_size=6,
    ).map("\n".join),
)  # fmt: skip
TIMES = st.floats(1, 4e9)
MODELS = st.builds(ModelIdentity, TEXT, TEXT, TEXT, TEXT, TEXT)
SAMPLINGS = st.builds(
    SamplingParams,
    temperature=st.floats(0, 5),
    stop=st.lists(st.text(min_size=1, max_size=3), max_size=2).map(tuple),
    seed=st.none() | st.integers(0, 4_294_967_294),
    logit_bias=st.lists(st.tuples(st.integers(0, 9), st.floats(-9, 9)), max_size=2).map(tuple),
)
ATTACHMENTS = st.lists(
    st.builds(Attachment, TEXT, st.sampled_from(["", "image/png"]), st.none() | st.binary(max_size=9)), max_size=2
).map(tuple)


@st.composite
def conversations(draw: st.DrawFn) -> TransferConversation:
    """Trees of every shape that the database takes, with every field that it keeps."""
    messages: list[TransferMessage] = []
    for number in range(draw(st.integers(0, 8))):
        parent = draw(st.none() | st.sampled_from(messages)) if messages else None
        role = Role.ASSISTANT if parent and parent.role is Role.USER else Role.USER
        if parent is None and draw(st.booleans()):
            role = Role.ASSISTANT
        answer = {}
        if role is Role.ASSISTANT:
            answer = {
                "state": draw(st.sampled_from([MessageState.COMPLETE, MessageState.INTERRUPTED, MessageState.FAILED])),
                "reasoning": draw(TEXT),
                "model": draw(st.none() | MODELS),
                "sampling": draw(st.none() | SAMPLINGS),
                "seed": draw(st.none() | st.integers(0, 2**63 - 1)),
                "finish_reason": draw(st.none() | st.sampled_from(FinishReason)),
                "usage": draw(st.just(Usage()) | st.builds(Usage, st.integers(0, 9), repeatable=st.booleans())),
                "timings": draw(st.just(Timings()) | st.builds(Timings, st.floats(0, 9))),
                "error": draw(TEXT),
            }
        messages.append(
            TransferMessage(
                uid=f"{number}-{draw(st.integers(0, 99))}",
                parent_uid=parent.uid if parent else None,
                role=role,
                content=draw(TEXT),
                created_at=draw(TIMES),
                attachments=draw(ATTACHMENTS),
                **answer,
            )
        )
    parents = {message.parent_uid for message in messages}
    leaves = [message.uid for message in messages if message.uid not in parents]
    return TransferConversation(
        uid=draw(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=9)),
        title=draw(TEXT),
        created_at=draw(TIMES),
        updated_at=draw(TIMES),
        messages=tuple(messages),
        tip_uid=draw(st.sampled_from(leaves)) if leaves else None,
        system_prompt=draw(TEXT),
        sampling=draw(SAMPLINGS),
        draft=draw(TEXT),
        note=draw(TEXT),
        folder=draw(st.sampled_from(["", "Work"])),
        tags=draw(st.sampled_from([(), ("boats", "sea")])),
        pinned=draw(st.booleans()),
        archived=draw(st.booleans()),
    )
