"""The branches of a tree in the order in which one reads them."""

from dataclasses import dataclass, replace

from desktopchat.core.transfer import TransferConversation, TransferMessage, branch


@dataclass(frozen=True, slots=True)
class Branch:
    """A piece of the tree from a fork to a leaf.

    Attributes:
        after: The last message that it shares with a branch before it; None when it shares none.
        messages: Those that no branch before it has.
    """

    after: TransferMessage | None
    messages: tuple[TransferMessage, ...]


def branches(conversation: TransferConversation, whole_tree: bool) -> list[Branch]:
    """Return the branch that is shown, then, for the whole tree, the others in order of their leaves."""
    shown = tuple(branch(conversation))
    found = [Branch(None, shown)]
    if not whole_tree:
        return found
    by_uid = {message.uid: message for message in conversation.messages}
    told = {message.uid for message in shown}
    for uid in leaves(conversation):
        if uid in told:
            continue
        piece = []
        at: str | None = uid
        while at is not None and at not in told:
            piece.append(by_uid[at])
            told.add(at)
            at = by_uid[at].parent_uid
        found.append(Branch(by_uid[at] if at is not None else None, tuple(reversed(piece))))
    return found


def leaves(conversation: TransferConversation) -> list[str]:
    """Return the uids of the ends of all branches, the tip first."""
    parents = {message.parent_uid for message in conversation.messages}
    ends = [message.uid for message in conversation.messages if message.uid not in parents]
    return sorted(ends, key=lambda uid: uid != conversation.tip_uid)


def only_branch(conversation: TransferConversation) -> TransferConversation:
    """Return the conversation without what is not shown."""
    return replace(conversation, messages=tuple(branch(conversation)))
