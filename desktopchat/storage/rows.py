"""From rows to what the rest of the program knows, and back."""

import json
from functools import lru_cache
from typing import Any

from desktopchat.core.chat import Conversation, FinishReason, Message, MessageState, Role, Timings, Usage
from desktopchat.core.params import SamplingParams

# To be followed by conditions on `c`; one row for each conversation.
CONVERSATION = """
    SELECT c.id, c.title, c.created_at, c.updated_at, c.tip_id, c.system_prompt, c.sampling, c.draft, c.note, c.scroll,
        c.folder_id, c.pinned_at IS NOT NULL, c.archived_at IS NOT NULL,
        (SELECT json_group_array(tag.name ORDER BY tag.name) FROM conversation_tag JOIN tag ON tag.id = tag_id
            WHERE conversation_id = c.id)
    FROM conversation c"""

# Columns of a message `m`, in the order of the fields of Message. What was deleted is no sibling.
MESSAGE = """
    m.id, m.conversation_id, m.parent_id, m.role,
        m.content || iif(m.state = 'streaming', ifnull(
            (SELECT group_concat(content, '' ORDER BY position) FROM streamed WHERE message_id = m.id), ''), ''),
        m.state, m.created_at,
        m.reasoning || iif(m.state = 'streaming', ifnull(
            (SELECT group_concat(reasoning, '' ORDER BY position) FROM streamed WHERE message_id = m.id), ''), ''),
        ifnull((SELECT name FROM model WHERE id = m.model_id), ''),
        (SELECT parameters FROM sampling WHERE id = m.sampling_id),
        m.seed, m.finish_reason, m.usage, m.timings, m.error,
        (SELECT count(*) FROM message s WHERE s.conversation_id = m.conversation_id AND s.parent_id = m.parent_id
            AND s.trash_id IS NULL AND s.id <= m.id),
        (SELECT count(*) FROM message s WHERE s.conversation_id = m.conversation_id AND s.parent_id = m.parent_id
            AND s.trash_id IS NULL),
        ifnull((SELECT name FROM branch_name WHERE message_id = m.id), '')
"""


# Several times as fast as a call of the enumeration, for every message that is read.
_ROLES = {str(role): role for role in Role}
_STATES = {str(state): state for state in MessageState}
_REASONS: dict[str | None, FinishReason | None] = {None: None, **{str(reason): reason for reason in FinishReason}}


def conversation_of(row: tuple[Any, ...]) -> Conversation:
    """Return what a row of CONVERSATION says."""
    *plain, sampling, draft, note, scroll, folder_id, pinned, archived, tags = row
    conversation_id, title, created_at, updated_at, tip_id, system_prompt = plain
    return Conversation(
        id=conversation_id,
        title=title,
        created_at=created_at,
        updated_at=updated_at,
        tip_id=tip_id,
        system_prompt=system_prompt,
        sampling=_sampling(sampling),
        draft=draft,
        note=note,
        scroll=tuple(place) if (place := json.loads(scroll)) else None,
        folder_id=folder_id,
        pinned=bool(pinned),
        archived=bool(archived),
        tags=tuple(json.loads(tags)),
    )


def message_of(row: tuple[Any, ...]) -> Message:
    """Return what a row of MESSAGE says."""
    # Hundreds of them are read before a conversation is shown: values by place are the fastest way to a Message.
    a, b, c, role, content, state, at, reasoning, model, sampling, seed, reason, usage, timings, error, m, n, o = row
    return Message(
        a,
        b,
        c,
        _ROLES[role],
        content,
        _STATES[state],
        at,
        reasoning,
        model,
        None if sampling is None else _sampling(sampling),
        seed,
        _REASONS[reason],
        _usage(usage),
        _timings(timings),
        error,
        m,
        n,
        o,
    )


def storable(text: str) -> str:
    """Return text that UTF-8 can hold: surrogate pairs joined, half ones as U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def sampling_json(sampling: SamplingParams) -> str:
    """Return parameters as they are stored."""
    return json.dumps(sampling.to_dict())


@lru_cache(1024)
def _usage(text: str) -> Usage:
    return Usage(**json.loads(text))


@lru_cache(1024)
def _timings(text: str) -> Timings:
    return Timings(**json.loads(text))


@lru_cache(64)
def _sampling(text: str) -> SamplingParams:
    return SamplingParams.from_dict(json.loads(text))
