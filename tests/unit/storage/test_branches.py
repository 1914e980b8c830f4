"""Names, copies and the outline of the tree."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktopchat.core.attached import attach_text
from desktopchat.core.chat import MessageState, Role, Usage
from desktopchat.core.errors import StorageError
from desktopchat.core.params import SamplingParams
from desktopchat.storage.branches import LONGEST_NAME
from tests.branch_maker import MODEL, Garden, make_garden


@pytest.fixture
def garden(tmp_path: Path) -> Iterator[Garden]:
    garden = make_garden(tmp_path)
    yield garden
    garden.database.close()


def path(garden: Garden) -> list[int]:
    return [message.id for message in garden.stores.conversations.path(garden.conversation)]


def test_nodes_are_all_messages_but_those_in_the_trash(garden: Garden) -> None:
    branches = garden.stores.branches
    nodes = branches.nodes(garden.conversation)
    assert [node.words for node in nodes][:2] == ["What is a cat?", "A small animal. It sleeps."]
    assert (nodes[1].model, nodes[1].role, nodes[0].parent_id) == ("tiny", Role.ASSISTANT, -garden.conversation)
    assert branches.tip(garden.conversation) == garden.flies
    garden.stores.trash.delete_message(garden.furry)
    assert len(branches.nodes(garden.conversation)) == len(nodes) - 3
    assert branches.siblings(garden.small) == (garden.small,)


def test_node_of_an_answer_that_is_being_written_says_how_it_begins(garden: Garden) -> None:
    store = garden.stores.conversations
    answer = store.add_reply(garden.conversation, garden.cat, model=MODEL, sampling=SamplingParams())
    store.append_texts([(answer.id, "A quiet "), (answer.id, "one")])
    node = garden.stores.branches.nodes(garden.conversation)[-1]
    assert (node.words, node.state) == ("A quiet one", MessageState.STREAMING)


def test_name_goes_with_its_message(garden: Garden) -> None:
    branches = garden.stores.branches
    branches.set_name(garden.furry, "  the furry\none ")
    assert branches.name(garden.furry) == "the furry one"
    assert garden.stores.conversations.message(garden.furry).branch == "the furry one"
    entry = garden.stores.trash.delete_message(garden.furry)
    garden.stores.trash.restore(entry)
    assert branches.name(garden.furry) == "the furry one"
    branches.set_name(garden.furry, " ")
    assert branches.name(garden.furry) == ""
    branches.set_name(garden.furry, "x" * 500)
    assert branches.name(garden.furry) == "x" * LONGEST_NAME
    garden.stores.trash.delete_message(garden.furry)
    garden.stores.trash.purge(0)
    assert garden.database.execute("SELECT * FROM branch_name") == []
    with pytest.raises(StorageError, match="does not exist"):
        branches.set_name(garden.furry, "gone")


def test_names_are_exported_and_imported(garden: Garden) -> None:
    transfer = garden.stores.transfer
    garden.stores.branches.set_name(garden.furry, "毛")
    given = transfer.give(garden.conversation)
    assert [message.name for message in given.messages if message.name] == ["毛"]
    garden.stores.trash.delete_conversation(garden.conversation)
    garden.stores.trash.purge(0)
    taken = transfer.take(given)
    assert [node.name for node in garden.stores.branches.nodes(taken.conversation_id) if node.name] == ["毛"]
    assert transfer.give(taken.conversation_id) == given


def test_branch_is_the_way_down_to_a_message(garden: Garden) -> None:
    found = garden.stores.branches.branch(garden.why)
    assert [message.id for message in found] == [garden.cat, garden.furry, garden.why]
    ids = (garden.warm, garden.small, 999)
    assert [one.id for one in garden.stores.branches.messages(ids)] == [garden.small, garden.warm]


def test_answer_is_taken_over_as_one_more_to_the_last_question(garden: Garden) -> None:
    before = garden.stores.conversations.message(garden.warm)
    copy = garden.stores.branches.take_over(garden.warm)
    assert path(garden) == [garden.cat, garden.small, garden.bird, copy.id]
    assert (copy.content, copy.model, copy.sampling, copy.seed) == ("To be warm.", "tiny", before.sampling, 7)
    assert (copy.finish_reason, copy.usage) == (before.finish_reason, Usage())
    assert garden.stores.conversations.message(garden.warm) == before
    assert garden.stores.branches.siblings(copy.id) == (garden.flies, copy.id)


def test_question_is_taken_over_behind_the_last_answer_with_its_files(garden: Garden) -> None:
    store = garden.stores.conversations
    asked, _ = store.add_turn(
        garden.conversation,
        garden.furry,
        "Read this",
        model=MODEL,
        sampling=SamplingParams(),
        files=(attach_text("a.txt", "content"),),
    )
    store.select(garden.flies)
    copy = garden.stores.branches.take_over(asked.id)
    assert path(garden) == [garden.cat, garden.small, garden.bird, garden.flies, copy.id]
    assert [(file.name, file.text) for file in copy.files] == [("a.txt", "content")]
    assert copy.files[0].stored_id != store.message(asked.id).files[0].stored_id


def test_what_would_break_the_order_is_refused(garden: Garden) -> None:
    branches, store = garden.stores.branches, garden.stores.conversations
    for number in (garden.flies, garden.bird):
        with pytest.raises(StorageError, match="stands at the end"):
            branches.take_over(number) if number == garden.flies else branches.take_over(_at_end(garden, number))
    store.add_reply(garden.conversation, garden.bird, model=MODEL, sampling=SamplingParams())
    with pytest.raises(StorageError, match="still being written"):
        branches.take_over(garden.warm)
    store.recover()
    garden.stores.trash.delete_message(garden.cat)
    with pytest.raises(StorageError, match="no question"):
        branches.take_over(garden.warm)


def _at_end(garden: Garden, question: int) -> int:
    garden.stores.branches.continue_at(question)
    return question


def test_edited_answer_stands_beside_the_old_one(garden: Garden) -> None:
    branches = garden.stores.branches
    added = branches.add_answer(garden.small, "In my words.")
    assert path(garden) == [garden.cat, added.id]
    assert (added.content, added.model, added.sampling, added.sibling, added.siblings) == (
        "In my words.",
        "",
        None,
        3,
        3,
    )
    assert garden.stores.conversations.message(garden.small).content == "A small animal.\nIt sleeps."
    for number, text, words in ((garden.cat, "x", "cannot be edited"), (garden.small, " ", "is empty")):
        with pytest.raises(StorageError, match=words):
            branches.add_answer(number, text)


def test_going_on_in_the_middle_keeps_what_followed(garden: Garden) -> None:
    store = garden.stores.conversations
    garden.stores.branches.continue_at(garden.small)
    assert path(garden) == [garden.cat, garden.small]
    store.add_turn(garden.conversation, garden.small, "And a fish?", model=MODEL, sampling=SamplingParams())
    assert len(garden.stores.branches.siblings(garden.dog)) == 3
    store.select(garden.larger)
    assert path(garden) == [garden.cat, garden.small, garden.dog, garden.larger]
