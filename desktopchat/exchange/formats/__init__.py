"""One module for each format that can be read.

Those of JSON have `KIND`, its name in uids, and `matches`; then either `read(record, origin)`, where a record is
a conversation, or `read_lines(lines, origin)`, where a file is one and each record a piece of it.
"""
