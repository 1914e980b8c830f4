"""How the schema came to be, one numbered step after another. A released step never changes."""

from collections.abc import Callable

import apsw

Migration = Callable[[apsw.Connection], None]

# The shape of the tree is held by the database itself:
# - a message's parent is in the same conversation and speaks the other role: the foreign key to
#   (conversation_id, id, role) through the computed parent_role; only a user message is a root;
# - there is no circle, because a parent is older than its children;
# - a message never moves: the trigger;
# - the tip belongs to its conversation: the foreign key from (id, tip_id).
_V1 = """
CREATE TABLE conversation (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    title TEXT NOT NULL DEFAULT '',
    created_at REAL NOT NULL,
    updated_at REAL NOT NULL,
    deleted_at REAL,
    tip_id INTEGER,
    system_prompt TEXT NOT NULL DEFAULT '',
    sampling TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(sampling)),
    draft TEXT NOT NULL DEFAULT '',
    FOREIGN KEY (id, tip_id) REFERENCES message (conversation_id, id)
) STRICT;

CREATE TABLE message (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id INTEGER NOT NULL REFERENCES conversation (id),
    parent_id INTEGER CHECK (parent_id < id),
    role TEXT NOT NULL CHECK (role IN ('user', 'assistant')),
    parent_role TEXT GENERATED ALWAYS AS (iif(role = 'user', 'assistant', 'user')) STORED,
    content TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('streaming', 'complete', 'interrupted', 'failed')),
    created_at REAL NOT NULL,
    model TEXT NOT NULL DEFAULT '',
    sampling TEXT CHECK (json_valid(sampling)),
    seed INTEGER,
    finish_reason TEXT CHECK (finish_reason IN ('stop', 'length', 'cancelled', 'error')),
    usage TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(usage)),
    timings TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(timings)),
    error TEXT NOT NULL DEFAULT '',
    UNIQUE (conversation_id, id),
    UNIQUE (conversation_id, id, role),
    FOREIGN KEY (conversation_id, parent_id, parent_role) REFERENCES message (conversation_id, id, role),
    CHECK (parent_id IS NOT NULL OR role = 'user'),
    CHECK (role = 'assistant' OR state = 'complete'),
    CHECK (state <> 'streaming' OR finish_reason IS NULL)
) STRICT;

CREATE INDEX message_by_parent ON message (conversation_id, parent_id, id);
CREATE INDEX message_streaming ON message (id) WHERE state = 'streaming';
CREATE INDEX conversation_by_time ON conversation (updated_at) WHERE deleted_at IS NULL;

CREATE TRIGGER message_stays BEFORE UPDATE OF id, conversation_id, parent_id, role ON message
BEGIN
    SELECT raise(ABORT, 'a message never moves in its tree');
END;

CREATE TABLE state (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL CHECK (json_valid(value))
) STRICT, WITHOUT ROWID;
"""


def _first_schema(connection: apsw.Connection) -> None:
    for _row in connection.execute(_V1):
        pass


MIGRATIONS: tuple[Migration, ...] = (_first_schema,)
