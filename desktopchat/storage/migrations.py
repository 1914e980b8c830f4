"""How the schema came to be, one numbered step after another. A released step never changes."""

from collections.abc import Callable

import apsw

Migration = Callable[[apsw.Connection], None]

ID_LIMIT = 1 << 30  # of conversations and messages, in the numbers of their rows in the search index

# `words` is core.words (storage/connection.py). Beginnings of two and three letters have an index of their own, else
# every word that begins so would be read at each key press.
_TOKENIZE_V2 = "columnsize = 0, prefix = '2 3', tokenize = 'words'"

# Rows of the index are numbered by the day of creation and then by id, so that FTS5 gives them newest first, stops
# when it has enough, and skips what is outside of a range of days; also when old conversations were imported later.
_TIME_ID_V2 = f"time_id INTEGER AS (CAST(min(max(created_at, 0), 1e11) / 86400 AS INTEGER) * {ID_LIMIT} + id) VIRTUAL"


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


# The shape of the tree is held by the database itself:
# - every conversation has one root, which says nothing: its id is that of the conversation, negative;
# - a message's parent is in the same conversation: the foreign key to (conversation_id, id);
# - there is no circle, because a parent has a smaller id than its children;
# - an answer follows a question or begins the conversation, a question follows an answer or begins it: message_order;
# - a message never moves, and its text changes only while it streams: message_stays, message_is_kept;
# - the tip belongs to its conversation: the foreign key from (id, tip_id).
# What is deleted points to its entry in the trash until that is emptied.
_V2 = f"""
CREATE TABLE trash (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('message', 'conversation', 'folder')),
    title TEXT NOT NULL,
    deleted_at REAL NOT NULL
) STRICT;

CREATE TABLE folder (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL COLLATE NOCASE CHECK (name <> ''),
    trash_id INTEGER REFERENCES trash (id)
) STRICT;
CREATE UNIQUE INDEX folder_by_name ON folder (name) WHERE trash_id IS NULL;

CREATE TABLE model (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    path TEXT NOT NULL DEFAULT '',
    quant TEXT NOT NULL DEFAULT '',
    sha256 TEXT NOT NULL DEFAULT '',
    template TEXT NOT NULL DEFAULT '',
    UNIQUE (name, path, quant, sha256, template)
) STRICT;

CREATE TABLE sampling (
    id INTEGER PRIMARY KEY,
    parameters TEXT NOT NULL UNIQUE CHECK (json_valid(parameters))
) STRICT;

CREATE TABLE conversation_v2 (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uid TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(16)))),
    title TEXT NOT NULL DEFAULT '',
    titled_by TEXT NOT NULL DEFAULT 'text' CHECK (titled_by IN ('text', 'model', 'person')),
    created_at REAL NOT NULL,
    updated_at REAL NOT NULL,
    tip_id INTEGER,
    system_prompt TEXT NOT NULL DEFAULT '',
    sampling TEXT NOT NULL DEFAULT '{{}}' CHECK (json_valid(sampling)),
    draft TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    scroll TEXT NOT NULL DEFAULT 'null' CHECK (json_valid(scroll)),
    folder_id INTEGER REFERENCES folder (id),
    pinned_at REAL,
    archived_at REAL,
    trash_id INTEGER REFERENCES trash (id),
    {_TIME_ID_V2},
    FOREIGN KEY (id, tip_id) REFERENCES message (conversation_id, id)
) STRICT;

CREATE TABLE message_v2 (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id INTEGER NOT NULL REFERENCES conversation (id),
    uid TEXT NOT NULL DEFAULT (lower(hex(randomblob(16)))),
    parent_id INTEGER CHECK (parent_id < id),
    role TEXT NOT NULL CHECK (role IN ('root', 'user', 'assistant')),
    content TEXT NOT NULL,
    reasoning TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL CHECK (state IN ('streaming', 'complete', 'interrupted', 'failed')),
    created_at REAL NOT NULL,
    model_id INTEGER REFERENCES model (id),
    sampling_id INTEGER REFERENCES sampling (id),
    seed INTEGER,
    finish_reason TEXT CHECK (finish_reason IN ('stop', 'length', 'cancelled', 'error')),
    usage TEXT NOT NULL DEFAULT '{{}}' CHECK (json_valid(usage)),
    timings TEXT NOT NULL DEFAULT '{{}}' CHECK (json_valid(timings)),
    error TEXT NOT NULL DEFAULT '',
    trash_id INTEGER REFERENCES trash (id),
    {_TIME_ID_V2},
    UNIQUE (conversation_id, id),
    UNIQUE (conversation_id, uid),
    FOREIGN KEY (conversation_id, parent_id) REFERENCES message (conversation_id, id),
    CHECK ((role = 'root') = (parent_id IS NULL)),
    CHECK ((role = 'root') = (id = -conversation_id)),
    CHECK (role = 'assistant' OR state = 'complete'),
    CHECK (state <> 'streaming' OR finish_reason IS NULL)
) STRICT;

INSERT INTO trash (id, kind, title, deleted_at)
    SELECT id, 'conversation', title, deleted_at FROM conversation WHERE deleted_at IS NOT NULL;
INSERT INTO model (name) SELECT DISTINCT model FROM message WHERE model <> '';
INSERT INTO sampling (parameters) SELECT DISTINCT sampling FROM message WHERE sampling IS NOT NULL;
INSERT INTO conversation_v2 (
        id, title, created_at, updated_at, tip_id, system_prompt, sampling, draft, trash_id
    )
    SELECT id, title, created_at, updated_at, tip_id, system_prompt, sampling, draft, iif(deleted_at IS NULL, NULL, id)
    FROM conversation;
INSERT INTO message_v2 (id, conversation_id, role, content, state, created_at)
    SELECT -id, id, 'root', '', 'complete', created_at FROM conversation;
INSERT INTO message_v2 (
        id, conversation_id, parent_id, role, content, state, created_at, model_id, sampling_id, seed,
        finish_reason, usage, timings, error
    )
    SELECT id, conversation_id, ifnull(parent_id, -conversation_id), role, content, state, created_at,
        (SELECT model.id FROM model WHERE model.name = message.model),
        (SELECT sampling.id FROM sampling WHERE sampling.parameters = message.sampling),
        seed, finish_reason, usage, timings, error
    FROM message ORDER BY id;
DROP TABLE message;
DROP TABLE conversation;
ALTER TABLE message_v2 RENAME TO message;
ALTER TABLE conversation_v2 RENAME TO conversation;

CREATE INDEX message_by_parent ON message (conversation_id, parent_id, trash_id, id);
CREATE INDEX message_by_time ON message (time_id);
CREATE INDEX message_streaming ON message (id) WHERE state = 'streaming';
CREATE INDEX message_by_model ON message (model_id) WHERE model_id IS NOT NULL;
CREATE INDEX message_in_trash ON message (trash_id) WHERE trash_id IS NOT NULL;
CREATE INDEX conversation_by_creation ON conversation (time_id);
CREATE INDEX conversation_by_time ON conversation (updated_at, id)
    WHERE trash_id IS NULL AND archived_at IS NULL AND folder_id IS NULL AND pinned_at IS NULL;
CREATE INDEX conversation_in_folder ON conversation (folder_id, updated_at, id) WHERE folder_id IS NOT NULL;
CREATE INDEX conversation_pinned ON conversation (pinned_at) WHERE pinned_at IS NOT NULL;
CREATE INDEX conversation_archived ON conversation (archived_at) WHERE archived_at IS NOT NULL;
CREATE INDEX conversation_in_trash ON conversation (trash_id) WHERE trash_id IS NOT NULL;

CREATE TRIGGER conversation_has_root AFTER INSERT ON conversation
BEGIN
    INSERT INTO message (id, conversation_id, role, content, state, created_at)
        VALUES (-new.id, new.id, 'root', '', 'complete', new.created_at);
END;

CREATE TRIGGER conversation_stays BEFORE UPDATE OF id, uid, created_at ON conversation
BEGIN
    SELECT raise(ABORT, 'a conversation is never another one');
END;

CREATE TRIGGER message_order BEFORE INSERT ON message WHEN new.parent_id IS NOT NULL
BEGIN
    SELECT raise(ABORT, 'question and answer take turns') FROM message
        WHERE conversation_id = new.conversation_id AND id = new.parent_id AND role = new.role;
END;

CREATE TRIGGER message_stays BEFORE UPDATE OF id, conversation_id, uid, parent_id, role, created_at ON message
BEGIN
    SELECT raise(ABORT, 'a message never moves in its tree');
END;

CREATE TRIGGER message_is_kept BEFORE UPDATE OF content, reasoning ON message WHEN old.state <> 'streaming'
BEGIN
    SELECT raise(ABORT, 'a message that has ended is never overwritten');
END;

-- What came of an answer since it was last written as a whole, so that a batch costs what it is long.
CREATE TABLE streamed (
    message_id INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    content TEXT NOT NULL,
    reasoning TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (message_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE attachment (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL DEFAULT '',
    content BLOB
) STRICT;
CREATE INDEX attachment_by_message ON attachment (message_id);

CREATE TABLE tag (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (name <> '')
) STRICT;
CREATE TABLE conversation_tag (
    conversation_id INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    tag_id INTEGER NOT NULL REFERENCES tag (id) ON DELETE CASCADE,
    PRIMARY KEY (conversation_id, tag_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX conversation_tag_by_tag ON conversation_tag (tag_id, conversation_id);

CREATE TABLE saved_search (
    name TEXT PRIMARY KEY COLLATE NOCASE CHECK (name <> ''),
    query TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The search index. Answers enter it when they have ended. Hits come newest first: no sizes are kept for a rank.
CREATE VIRTUAL TABLE message_index USING fts5 (
    content, content = 'message', content_rowid = 'time_id', {_TOKENIZE_V2}
);
CREATE VIRTUAL TABLE conversation_index USING fts5 (
    title, note, content = 'conversation', content_rowid = 'time_id', {_TOKENIZE_V2}
);
CREATE VIRTUAL TABLE attachment_index USING fts5 (
    name, content = 'attachment', content_rowid = 'id', {_TOKENIZE_V2}
);
-- What is deleted for good leaves nothing behind in the index either.
INSERT INTO message_index (message_index, rank) VALUES ('secure-delete', 1);
INSERT INTO conversation_index (conversation_index, rank) VALUES ('secure-delete', 1);
INSERT INTO attachment_index (attachment_index, rank) VALUES ('secure-delete', 1);
INSERT INTO message_index (rowid, content)
    SELECT time_id, content FROM message WHERE role <> 'root' AND state <> 'streaming' ORDER BY time_id;
INSERT INTO conversation_index (conversation_index) VALUES ('rebuild');

CREATE TRIGGER message_indexed AFTER INSERT ON message WHEN new.role <> 'root' AND new.state <> 'streaming'
BEGIN
    INSERT INTO message_index (rowid, content) VALUES (new.time_id, new.content);
END;
CREATE TRIGGER message_ended AFTER UPDATE OF state ON message WHEN old.state = 'streaming' AND new.state <> 'streaming'
BEGIN
    INSERT INTO message_index (rowid, content) VALUES (new.time_id, new.content);
END;
CREATE TRIGGER message_resumed AFTER UPDATE OF state ON message
WHEN old.state <> 'streaming' AND new.state = 'streaming'
BEGIN
    INSERT INTO message_index (message_index, rowid, content) VALUES ('delete', old.time_id, old.content);
END;
CREATE TRIGGER message_removed AFTER DELETE ON message WHEN old.role <> 'root' AND old.state <> 'streaming'
BEGIN
    INSERT INTO message_index (message_index, rowid, content) VALUES ('delete', old.time_id, old.content);
END;
CREATE TRIGGER conversation_indexed AFTER INSERT ON conversation
BEGIN
    INSERT INTO conversation_index (rowid, title, note) VALUES (new.time_id, new.title, new.note);
END;
CREATE TRIGGER conversation_reindexed AFTER UPDATE OF title, note ON conversation
BEGIN
    INSERT INTO conversation_index (conversation_index, rowid, title, note)
        VALUES ('delete', old.time_id, old.title, old.note);
    INSERT INTO conversation_index (rowid, title, note) VALUES (new.time_id, new.title, new.note);
END;
CREATE TRIGGER conversation_removed AFTER DELETE ON conversation
BEGIN
    INSERT INTO conversation_index (conversation_index, rowid, title, note)
        VALUES ('delete', old.time_id, old.title, old.note);
END;
CREATE TRIGGER attachment_indexed AFTER INSERT ON attachment
BEGIN
    INSERT INTO attachment_index (rowid, name) VALUES (new.id, new.name);
END;
CREATE TRIGGER attachment_removed AFTER DELETE ON attachment
BEGIN
    INSERT INTO attachment_index (attachment_index, rowid, name) VALUES ('delete', old.id, old.name);
END;
"""

# An answer's tokens with what could have come in their place, packed (core/token_log.py). That their number stands
# beside it tells these rows from those of the search index, when they are looked for in a damaged file.
_V3 = """
CREATE TABLE token_log (
    message_id INTEGER PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
    tokens INTEGER NOT NULL,
    content BLOB NOT NULL
) STRICT;
"""

# What a person calls the branch that begins with a message. Without row ids: pages of it that nothing leads to any
# more cannot be taken for those of other tables of a number and a text (storage/damaged.py).
_V4 = """
CREATE TABLE branch_name (
    message_id INTEGER NOT NULL PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
    name TEXT NOT NULL CHECK (name <> '')
) STRICT, WITHOUT ROWID;
"""

# What was generated beside the answers: titles, and samples that nobody kept. Each of several that were generated at
# once has a row, as messages have. The ledger counts them.
_V5 = """
CREATE TABLE aside (
    id INTEGER PRIMARY KEY,
    conversation_id INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    model_id INTEGER REFERENCES model (id),
    created_at REAL NOT NULL,
    usage TEXT NOT NULL CHECK (json_valid(usage)),
    timings TEXT NOT NULL CHECK (json_valid(timings))
) STRICT;
CREATE INDEX aside_by_conversation ON aside (conversation_id);
"""


def _run(sql: str) -> Migration:
    def migrate(connection: apsw.Connection) -> None:
        for _row in connection.execute(sql):
            pass

    return migrate


MIGRATIONS: tuple[Migration, ...] = (_run(_V1), _run(_V2), _run(_V3), _run(_V4), _run(_V5))
