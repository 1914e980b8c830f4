<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en">
<context>
    <name>BatchCard</name>
    <message numerus="yes">
        <source>{count} rows. In the prompt, {columns} stand for what is in the row.</source>
        <translation>
            <numerusform>{count} row. In the prompt, {columns} stand for what is in the row.</numerusform>
            <numerusform>{count} rows. In the prompt, {columns} stand for what is in the row.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DiffCard</name>
    <message numerus="yes">
        <source>{count} changes</source>
        <translation>
            <numerusform>{count} change</numerusform>
            <numerusform>{count} changes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DoubtCard</name>
    <message numerus="yes">
        <source>All {count} samples agree with {agreed} of {sentences} sentences.</source>
        <translation>
            <numerusform>All {count} samples agree with {agreed} of {sentences} sentence.</numerusform>
            <numerusform>All {count} samples agree with {agreed} of {sentences} sentences.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} tokens</source>
        <translation>
            <numerusform>{count} token</numerusform>
            <numerusform>{count} tokens</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ExplainCard</name>
    <message numerus="yes">
        <source>{count} tokens</source>
        <translation>
            <numerusform>{count} token</numerusform>
            <numerusform>{count} tokens</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FileChips</name>
    <message numerus="yes">
        <source>{count} tokens</source>
        <translation>
            <numerusform>{count} token</numerusform>
            <numerusform>{count} tokens</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LedgerCard</name>
    <message numerus="yes">
        <source>unknown of {count} answers</source>
        <translation>
            <numerusform>unknown of {count} answer</numerusform>
            <numerusform>unknown of {count} answers</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LibraryCard</name>
    <message numerus="yes">
        <source>{count} models, {size}</source>
        <translation>
            <numerusform>{count} model, {size}</numerusform>
            <numerusform>{count} models, {size}</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LibraryCommands</name>
    <message numerus="yes">
        <source>{count} models, {size}</source>
        <translation>
            <numerusform>{count} model, {size}</numerusform>
            <numerusform>{count} models, {size}</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>MessageWords</name>
    <message numerus="yes">
        <source>{count} words</source>
        <translation>
            <numerusform>{count} word</numerusform>
            <numerusform>{count} words</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} tokens</source>
        <translation>
            <numerusform>{count} token</numerusform>
            <numerusform>{count} tokens</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>the {count} oldest messages did not fit and were left out</source>
        <translation>
            <numerusform>the oldest message did not fit and was left out</numerusform>
            <numerusform>the {count} oldest messages did not fit and were left out</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} tokens were dropped to make room</source>
        <translation>
            <numerusform>{count} token was dropped to make room</numerusform>
            <numerusform>{count} tokens were dropped to make room</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ModelWorkCommands</name>
    <message numerus="yes">
        <source>The hub has newer versions of {count} models.</source>
        <translation>
            <numerusform>The hub has a newer version of {count} model.</numerusform>
            <numerusform>The hub has newer versions of {count} models.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} models are here more than once.</source>
        <translation>
            <numerusform>{count} model is here more than once.</numerusform>
            <numerusform>{count} models are here more than once.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>OutlineCard</name>
    <message numerus="yes">
        <source>{count} messages</source>
        <translation>
            <numerusform>{count} message</numerusform>
            <numerusform>{count} messages</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} branches</source>
        <translation>
            <numerusform>{count} branch</numerusform>
            <numerusform>{count} branches</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PromptCard</name>
    <message numerus="yes">
        <source>{tokens} tokens, {letters} characters, for {model}</source>
        <translation>
            <numerusform>{tokens} token, {letters} characters, for {model}</numerusform>
            <numerusform>{tokens} tokens, {letters} characters, for {model}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} of the oldest messages were left out of it for lack of room.</source>
        <translation>
            <numerusform>The oldest message was left out of it for lack of room.</numerusform>
            <numerusform>{count} of the oldest messages were left out of it for lack of room.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ShelfCommands</name>
    <message numerus="yes">
        <source>{count} conversations</source>
        <translation>
            <numerusform>{count} conversation</numerusform>
            <numerusform>{count} conversations</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>StoreCare</name>
    <message numerus="yes">
        <source>{count} files can still be read without the passphrase.</source>
        <translation>
            <numerusform>{count} file can still be read without the passphrase.</numerusform>
            <numerusform>{count} files can still be read without the passphrase.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{words} {count} backups stay as they are.</source>
        <translation>
            <numerusform>{words} {count} backup stays as it is.</numerusform>
            <numerusform>{words} {count} backups stay as they are.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>StoreCommands</name>
    <message numerus="yes">
        <source>{count} backups can still be read without the passphrase</source>
        <translation>
            <numerusform>{count} backup can still be read without the passphrase</numerusform>
            <numerusform>{count} backups can still be read without the passphrase</numerusform>
        </translation>
    </message>
</context>
</TS>
