"""`desktopchat update`: look whether there is a newer version. Asks once, and installs nothing."""

import json
from dataclasses import asdict

from desktopchat.console import say, write
from desktopchat.core.release import Offer
from desktopchat.session import Session


def run(session: Session, *, as_json: bool) -> int:
    """Ask, and write what came of it.

    Raises:
        UserError: Nobody can be asked, or what came is not believed.
    """
    check = session.update_check(session.settings())
    if not as_json:
        say(f"Asking {check.host}.")
    offer = check.run()
    write(f"{json.dumps(_as_data(offer), ensure_ascii=False)}\n" if as_json else _as_text(offer))
    return 0


def _as_data(offer: Offer) -> dict[str, object]:
    return {
        "present": offer.present,
        "version": offer.release.version,
        "day": offer.release.day,
        "newer": offer.is_newer,
        "news": offer.release.news_in("en"),
        "files": [asdict(one) for one in offer.files],
    }


def _as_text(offer: Offer) -> str:
    lines = [str(offer.sentence)]
    if offer.is_newer:
        lines += [f"- {one}" for one in offer.release.news_in("en")]
    for one in offer.files:
        lines += ["", one.address, f"  {one.size:,} bytes, SHA-256 {one.sha256}"]
    if offer.files:
        lines += ["", "Nothing was fetched. Your conversations stay where they are when you install it."]
    return "".join(f"{line}\n" for line in lines)
