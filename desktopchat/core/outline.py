"""The tree of a conversation as a list of rows that can be folded, with the branch that is shown as its trunk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from desktopchat.core.chat import MessageState, Role


@dataclass(frozen=True, slots=True)
class Node:
    """What an outline says of a message.

    Attributes:
        parent_id: The message that it follows; negative for the silent root.
        words: How it begins.
        created_at: Seconds since the epoch.
        model: Name of the model that answered; empty for a question.
        name: What the person called the branch that begins here.
    """

    id: int
    parent_id: int
    role: Role
    words: str
    state: MessageState
    created_at: float
    model: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class OutlineRow:
    """A message in the outline.

    Attributes:
        level: How far it is set in: messages of the trunk and those of one branch stand on one level.
        is_shown: It stands on the branch that is shown.
        sibling, siblings: Its place among the messages with the same parent, from 1, and their number.
        replies: How many messages follow it directly; of a question its answers.
        below: How many messages follow it in all.
        is_folded: They are hidden.
        begins_aside: It begins a branch beside the one that stands on the level above.
    """

    node: Node
    level: int
    is_shown: bool
    sibling: int
    siblings: int
    replies: int
    below: int
    is_folded: bool
    begins_aside: bool


# Id, level, place among the messages with the same parent, their number, and whether a branch beside the trunk begins
# with it: a row before more is asked of it.
Place = tuple[int, int, int, int, bool]


class Outline:
    """Rows in the order of reading. Where a message has several children, those beside the trunk come first, set in.

    Branches beside the one that is shown are folded at first, so that a thousand versions are a thousand rows.

    Args:
        nodes: Every message, parents before children.
        tip_id: The leaf that is shown.
        before: An outline of the same conversation, whose folds are kept.

    Attributes:
        tip_id: The leaf that is shown.
    """

    def __init__(self, nodes: Sequence[Node] = (), tip_id: int | None = None, before: "Outline | None" = None) -> None:
        self._nodes = {node.id: node for node in nodes}
        self._children: dict[int, list[int]] = {}
        for node in nodes:
            self._children.setdefault(node.parent_id, []).append(node.id)
        self.tip_id = tip_id
        self._shown: set[int] = set()
        above = tip_id
        while above in self._nodes:
            self._shown.add(above)
            above = self._nodes[above].parent_id
        # Children have larger ids than their parents: from the end every one is complete when its parent adds it.
        self._below: dict[int, int] = {}
        self._newest: dict[int, int] = {}
        for node in reversed(nodes):
            below = self._below.setdefault(node.id, 0)
            newest = self._newest.setdefault(node.id, node.id)
            self._below[node.parent_id] = self._below.get(node.parent_id, 0) + below + 1
            self._newest[node.parent_id] = max(self._newest.get(node.parent_id, 0), newest)
        self._folded = {number for number in self._nodes if self._begins_aside(number)}
        if before is not None:
            # What has come onto the branch that is shown is seen.
            kept = before._folded - (self._shown - before._shown)
            self._folded = (self._folded - before._nodes.keys()) | (kept & self._nodes.keys())

    def __contains__(self, message_id: int) -> bool:
        return message_id in self._nodes

    def counts(self) -> tuple[int, int]:
        """Return the number of messages, and that of their branches, which is how many ends there are."""
        return len(self._nodes), sum(1 for number in self._nodes if number not in self._children)

    def node(self, message_id: int) -> Node:
        """Return what is known of a message."""
        return self._nodes[message_id]

    def places(self) -> list[Place]:
        """Return what is not hidden, in the order of reading; quick, for it is done at each fold."""
        places: list[Place] = []
        waiting: list[Place] = []  # the next one last

        def push(parent: int, level: int) -> None:
            children = self._children.get(parent, [])
            if len(children) == 1:
                waiting.append((children[0], level, 1, 1, False))
            elif children:
                trunk, count = self._trunk(children), len(children)
                numbered = list(enumerate(children, 1))
                waiting.append((trunk, level, children.index(trunk) + 1, count, False))
                waiting.extend(
                    (child, level + 1, number, count, True) for number, child in numbered[::-1] if child != trunk
                )

        for root in self._children.keys() - self._nodes.keys():
            push(root, 0)
        while waiting:
            place = waiting.pop()
            places.append(place)
            if place[0] not in self._folded:
                push(place[0], place[1])
        return places

    def row(self, place: Place) -> OutlineRow:
        """Return all that is known of a place."""
        number, level, sibling, siblings, begins_aside = place
        below = self._below[number]
        return OutlineRow(
            self._nodes[number],
            level,
            number in self._shown,
            sibling,
            siblings,
            len(self._children.get(number, ())),
            below,
            number in self._folded and below > 0,
            begins_aside,
        )

    @property
    def has_folds(self) -> bool:
        """Whether something is hidden."""
        return any(number in self._children for number in self._folded)

    def is_fork(self, message_id: int) -> bool:
        """Return whether there is a choice behind a message, or a name."""
        return len(self._children.get(message_id, ())) > 1 or bool(self._nodes[message_id].name)

    def fold(self, message_id: int, folded: bool) -> None:
        """Hide what follows a message, or show it."""
        if folded:
            self._folded.add(message_id)
        else:
            self._folded.discard(message_id)

    def fold_all(self, folded: bool) -> None:
        """Hide all that lies beside the branch that is shown, or show everything."""
        self._folded = {one for one in self._nodes if self._begins_aside(one)} if folded else set()

    def reveal(self, message_id: int) -> None:
        """Unfold what hides a message."""
        above = self._nodes[message_id].parent_id
        while above in self._nodes:
            self._folded.discard(above)
            above = self._nodes[above].parent_id

    def parent(self, message_id: int) -> int | None:
        """Return the message above; None at the beginning."""
        above = self._nodes[message_id].parent_id
        return above if above in self._nodes else None

    def child(self, message_id: int) -> int | None:
        """Return the message that follows on the branch that is shown or the newest one; None at its end."""
        children = self._children.get(message_id)
        return self._trunk(children) if children else None

    def is_above(self, one: int, other: int) -> bool:
        """Return whether a message leads to another one."""
        above: int | None = other
        while above is not None and above != one:
            above = self.parent(above)
        return above is not None

    def end(self, message_id: int) -> int:
        """Return the newest leaf below a message: where its branch ends when it is opened."""
        return self._newest[message_id]

    def siblings(self, message_id: int) -> tuple[int, ...]:
        """Return the messages with the same parent, in order of creation."""
        return tuple(self._children[self._nodes[message_id].parent_id])

    def _begins_aside(self, number: int) -> bool:
        has_others = len(self._children[self._nodes[number].parent_id]) > 1
        return has_others and number not in self._shown and number in self._children

    def _trunk(self, children: Iterable[int]) -> int:
        return max(children, key=lambda child: (child in self._shown, self._newest[child]))
