from __future__ import annotations

import pytest

from memory import conversations
from memory.conversations import NewTurn
from memory.errors import NotFound
from memory.memory import Memory


def turn(question: str, asked_as: str = "") -> NewTurn:
    return NewTurn(question, asked_as or question, None, None, {"answer": "…"})


def keep(memory: Memory, user: str, question: str, conversation: int | None = None) -> conversations.Turn:
    with memory.store.noting() as connection:
        return conversations.add_turn(connection, user, conversation, turn(question))


def titles(memory: Memory, user: str, words: str = "") -> list[tuple[str, int]]:
    with memory.store.reading() as connection:
        total, found = conversations.list_conversations(connection, user, words=words, limit=10)
    assert total == len(found)
    return [(one.title, one.turns) for one in found]


def test_conversation_is_its_users_alone(memory: Memory) -> None:
    first = keep(memory, "thandi", "Who repairs a burst pipe?")
    keep(memory, "thandi", "And at night?", first.conversation_id)
    assert titles(memory, "thandi") == [("Who repairs a burst pipe?", 2)]
    assert titles(memory, "pieter") == []
    with memory.store.reading() as connection:
        _, turns = conversations.get_conversation(connection, "thandi", first.conversation_id)
        assert [one.question for one in turns] == ["Who repairs a burst pipe?", "And at night?"]
        assert conversations.last_question(connection, "thandi", first.conversation_id) == "And at night?"
        for read in (conversations.get_conversation, conversations.last_question):
            with pytest.raises(NotFound):
                read(connection, "pieter", first.conversation_id)
        with pytest.raises(NotFound):
            conversations.get_turn(connection, "pieter", first.id)
    with pytest.raises(NotFound):
        keep(memory, "pieter", "And mine?", first.conversation_id)
    with memory.store.noting() as connection, pytest.raises(NotFound):
        conversations.delete_conversation(connection, "pieter", first.conversation_id)


def test_conversations_are_found_by_words_of_any_question(memory: Memory) -> None:
    first = keep(memory, "thandi", "Who repairs a burst pipe?")
    keep(memory, "thandi", "What does 100% of it cost?", first.conversation_id)
    keep(memory, "thandi", "When does the library open?")
    assert titles(memory, "thandi", "LIBRARY") == [("When does the library open?", 1)]
    assert titles(memory, "thandi", "100%") == [("Who repairs a burst pipe?", 2)]
    assert titles(memory, "thandi", "0%o") == []


def test_forgetting_takes_turns_and_shares_along(memory: Memory) -> None:
    kept = [keep(memory, "thandi", question) for question in ("one", "two", "three")]
    with memory.store.noting() as connection:
        conversations.set_share(connection, kept[0].id, "shared-one")
        conversations.set_share(connection, kept[1].id, "shared-two")
        conversations.delete_conversation(connection, "thandi", kept[0].conversation_id)
    with memory.store.reading() as connection:
        assert conversations.get_shared(connection, "shared-one") is None
        found = conversations.get_shared(connection, "shared-two")
        assert found is not None
        assert found.question == "two"
    with memory.store.noting() as connection:
        assert conversations.delete_conversations(connection, "thandi") == 2
    assert titles(memory, "thandi") == []
