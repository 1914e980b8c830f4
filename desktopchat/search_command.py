"""`desktopchat search`: what was said about something."""

import json
from datetime import date, datetime
from typing import Any

from desktopchat.console import say, write_marked
from desktopchat.core.chat import Role
from desktopchat.core.excerpt import Excerpt
from desktopchat.core.hit import Hit, HitKind
from desktopchat.core.query import parse
from desktopchat.session import Session
from desktopchat.storage.search import Search


def run(session: Session, text: str, limit: int, as_json: bool) -> int:
    """Print what a query finds, newest first.

    Args:
        text: See `core.query.parse`.
        limit: Most hits to print.

    Raises:
        StorageError: The database cannot be read.
    """
    query = parse(text, date.today())  # noqa: DTZ011, the person's own calendar
    hits: list[Hit] = []
    if session.paths.database.exists():
        session.open_database().close()  # brings an older one up to date
        search = Search(session.paths.database, lambda: session.key)
        hits = search.find(query, limit) or []
        search.close()
    if as_json:
        print(json.dumps([_to_json(hit) for hit in hits], ensure_ascii=False, indent=2))
    else:
        for hit in hits:
            _print(hit)
    if not query:
        say("There is no word in this query. Write letters, digits or a filter such as tag:work.")
    elif not hits:
        say(
            "Nothing was found. Try fewer words or only their beginnings, such as wea*, and see what filters leave out."
        )
    return 0


def _to_json(hit: Hit) -> dict[str, Any]:
    message = None
    if hit.message_id is not None:
        message = {"id": hit.message_id, "role": hit.role, "created_at": hit.created_at}
    return {
        "kind": hit.kind,
        "conversation": {
            "id": hit.conversation_id,
            "title": hit.title.text,
            "archived": hit.archived,
            "deleted": hit.deleted,
        },
        "message": message,
        "branch": {"version": hit.version[0], "versions": hit.version[1]} if hit.version else None,
        "snippet": _snippet(hit.title if hit.kind is HitKind.TITLE else hit.text),
    }


def _snippet(excerpt: Excerpt) -> dict[str, Any]:
    return {"text": excerpt.text, "marks": excerpt.marks}


def _print(hit: Hit) -> None:
    title = hit.title if hit.title.text else Excerpt("New conversation")
    facts = [_day(hit.created_at)]
    if hit.kind is HitKind.NOTE:
        facts.append("note")
    if hit.role is not None:
        facts.append("you" if hit.role is Role.USER else "answer")
    if hit.kind is HitKind.ATTACHMENT:
        facts.append("attachment")
    if hit.version is not None:
        facts.append(f"version {hit.version[0]} of {hit.version[1]}")
    if hit.archived:
        facts.append("archived")
    if hit.deleted:
        facts.append("in the trash")
    write_marked(f"{title.text} · {', '.join(facts)}", title.marks)
    if hit.text.text:
        write_marked(f"    {hit.text.text}", [(start + 4, end + 4) for start, end in hit.text.marks])


def _day(seconds: float) -> str:
    try:
        return datetime.fromtimestamp(seconds).astimezone().date().isoformat()
    except (ValueError, OverflowError, OSError):
        return "unknown date"
