"""Where streaming Markdown can be cut: what stands before the cut will not change any more."""

import re

# A paragraph longer than this is cut at a space, so that no flush has to lay out more than this many characters.
LONGEST_PARAGRAPH = 4000

_FENCE = re.compile(r"(`{3,}(?=[^`]*$)|~{3,})")
_ITEM = re.compile(r"(?:[-+*]|\d{1,9}[.)])(?:\s|$)")
# A numbered list breaks into a paragraph only when it starts with 1, and no empty item does.
_INTERRUPTING_ITEM = re.compile(r"(?:[-+*]|1[.)])\s+\S")
_HEADING = re.compile(r"#{1,6}(?:\s|$)")
_RULE = re.compile(r"(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$")
_NOTE = re.compile(r"\[\^[^\]\s]+\]:")
_DEFINITION = re.compile(r"^[ >]*\[[^\]\n]+\]:", re.MULTILINE)
_UNDERLINE = re.compile(r"(?:-+|=+)\s*$")


# What a formula begins with, and what ends it.
MATHS = {"$$": "$$", "\\[": "\\]", "\\(": "\\)"}


def opening_maths(line: str) -> str:
    """Return the marks that end the formula which this line opens, when it goes on behind the line; else nothing."""
    stripped = line.strip()
    if len(line) - len(line.lstrip(" ")) > 3 or stripped[:2] not in ("$$", "\\["):
        return ""
    closer = MATHS[stripped[:2]]
    return "" if maths_end(stripped[2:], closer) >= 0 else closer


def maths_end(line: str, closer: str) -> int:
    """Return where the marks that end a formula stand in a line; -1 when they do not."""
    return line.find(closer)


def maths_closes(line: str, closer: str) -> bool:
    """Return whether a formula on lines of its own ends with this line: nothing may stand behind it."""
    end = maths_end(line, closer)
    return end >= 0 and not line[end + len(closer) :].strip()


def has_definitions(text: str) -> bool:
    """Return whether Markdown defines links or footnotes, which reach back to what stands above them."""
    return bool(_DEFINITION.search(text))


def opening_fence(line: str) -> str:
    """Return the marks that open a block of code on this line, or an empty string."""
    stripped = line.lstrip(" ")
    if len(line) - len(stripped) > 3:
        return ""
    found = _FENCE.match(stripped)
    return found[1] if found else ""


def closes_fence(line: str, fence: str) -> bool:
    """Return whether this line ends the block of code that `fence` opened."""
    stripped = line.strip()
    return len(stripped) >= len(fence) and set(stripped) == {fence[0]} and len(line) - len(line.lstrip(" ")) <= 3


def stable_prefix(text: str, start: int) -> int:
    """Return the offset up to which the blocks of `text` are finished.

    Args:
        text: Markdown that still grows at its end.
        start: An offset that this function returned before for a shorter text, or 0.

    Returns:
        An offset from `start` on, at the start of a line. The parts before and after it can be rendered
        apart; a list may be cut between two of its items.
    """
    scanner = _Scanner(start)
    position = start
    while (end := text.find("\n", position)) >= 0:
        scanner.take(text[position:end], position, end + 1)
        position = end + 1
    stable = scanner.stable
    if len(text) - stable > LONGEST_PARAGRAPH:
        scanner.take(text[position:], position, len(text))
        if scanner.kind == "paragraph" and len(text) - scanner.stable > LONGEST_PARAGRAPH:
            return _cut_paragraph(text, scanner.stable)
    return stable


def _cut_paragraph(text: str, start: int) -> int:
    """Return where a very long paragraph is cut: before a letter, so that no list begins there."""
    end = start + LONGEST_PARAGRAPH
    cut = end
    while (cut := text.rfind(" ", start + 1, cut)) > 0:
        if text[cut + 1].isalpha():
            return cut + 1
    return end


def last_code(text: str) -> str:
    """Return the last fenced block of code in Markdown, without its fences; empty when there is none."""
    found: list[str] = []
    fence = ""
    for line in text.split("\n"):
        if not fence:
            fence = opening_fence(line.strip())
            if fence:
                found = []
        elif closes_fence(line.strip(), fence):
            fence = ""
        else:
            found.append(line)
    return "\n".join(found)


class _Scanner:
    """Reads whole lines and knows which top-level block is open."""

    def __init__(self, start: int) -> None:
        self.stable = start
        self.kind = ""
        self._fence = ""
        self._after_blank = False
        self._content_indent = 0
        self._bare_item = False
        self._maths = ""
        self._maths_stands_alone = False
        self._has_formula = False
        self._saw_fence = False
        self._is_note = False

    def take(self, line: str, start: int, end: int) -> None:
        if self.kind == "unsure":
            return
        line = line.expandtabs(4)
        stripped = line.strip()
        indent = len(line) - len(line.lstrip())
        if self._fence and self.kind == "list" and stripped and indent < self._content_indent:
            # A line that is not indented ends the item, and with it the block of code.
            self._fence = ""
            self._open(line, stripped, indent, start, end)
            return
        if self._fence:
            self._inside_fence(line, end)
            return
        if self.kind == "maths":
            self._inside_maths(line, stripped, end)
            return
        if not stripped:
            self._blank(end)
            return
        if self.kind == "list":
            self._inside_list(line, stripped, indent, start, end)
        elif self.kind == "indented":
            if indent < 4:
                self._open(line, stripped, indent, start, end)
        elif self.kind == "mixed":
            if not self._after_blank and opening_maths(line):
                self._open_maths(line, alone=False)
            elif indent == 0 and (self._after_blank or opening_fence(line)):
                self._open(line, stripped, indent, start, end)
            elif "```" in line or "~~~" in line:
                self.kind = "unsure"  # inside of which block this code stands is not known: cut no more
        elif self.kind:
            self._inside_paragraph(line, stripped, indent, start, end)
        else:
            self._open(line, stripped, indent, start, end)
        self._after_blank = False

    def _inside_fence(self, line: str, end: int) -> None:
        # Inside a list item the closing fence is indented with the item.
        if not closes_fence(line.strip() if self.kind == "list" else line, self._fence):
            return
        self._fence = ""
        if self.kind != "list":
            self._close(end)

    def _open_maths(self, line: str, *, alone: bool) -> None:
        """Cut no more until the formula ends: only then it is known to be one."""
        self.kind, self._maths, self._saw_fence = "maths", opening_maths(line), False
        self._maths_stands_alone = alone
        self._has_formula = bool(re.search(r"\w", line))

    def _inside_maths(self, line: str, stripped: str, end: int) -> None:
        self._has_formula = self._has_formula or bool(re.search(r"\w", stripped.partition(self._maths)[0]))
        self._saw_fence = self._saw_fence or "```" in line or "~~~" in line
        if stripped and maths_end(stripped, self._maths) < 0:
            return
        if self._maths_stands_alone and self._has_formula and maths_closes(stripped, self._maths):
            self._close(end)
            return
        # Either it was no formula, or it stands in the midst of a paragraph or a list.
        self.kind = "unsure" if self._saw_fence else "mixed"
        self._after_blank = not stripped

    def _blank(self, end: int) -> None:
        if self.kind in ("", "paragraph", "quote"):
            self._close(end)
        elif self.kind == "list" and self._bare_item:
            self._close(end)  # an item begins with one empty line at most
        self._after_blank = True

    def _inside_list(self, line: str, stripped: str, indent: int, start: int, end: int) -> None:
        breaks = self._after_blank or self._bare_item
        self._bare_item = False
        if indent < self._content_indent and not breaks and opening_maths(line):
            self._open_maths(line, alone=False)
            return
        if self._is_note:
            if indent < 4 and (breaks or self._interrupts(stripped) or _NOTE.match(stripped)):
                self._open(line, stripped, indent, start, end)
            else:
                self._fence = opening_fence(stripped)
            return
        if _NOTE.match(stripped) and indent < min(4, self._content_indent):
            self._open(line, stripped, indent, start, end)
            return
        interrupts = indent < 4 and (self._interrupts(stripped) or _ITEM.match(stripped))
        if indent < self._content_indent and (breaks or interrupts):
            self._open(line, stripped, indent, start, end)
            return
        item = _ITEM.match(stripped)
        self._fence = opening_fence(stripped[item.end() :] if item else stripped)

    def _inside_paragraph(self, line: str, stripped: str, indent: int, start: int, end: int) -> None:
        if self.kind == "paragraph" and _UNDERLINE.match(stripped):
            return  # a heading, a row of a table or a rule: no cut is always right
        if self.kind == "quote" and stripped.startswith(">"):
            return
        if self.kind == "paragraph" and indent < 4 and _NOTE.match(stripped):
            self._open(line, stripped, indent, start, end)
            return
        if opening_maths(line):
            self._open_maths(line, alone=False)
            return
        ends_quote = self.kind == "quote" and _ITEM.match(stripped)
        if indent < 4 and (ends_quote or self._interrupts(stripped)):
            self._open(line, stripped, indent, start, end)
        elif self.kind == "quote":
            self.kind = "mixed"  # the paragraph goes on, or something else begins: cut where it is sure

    def _open(self, line: str, stripped: str, indent: int, start: int, end: int) -> None:
        self.stable = start
        self._is_note = False
        if indent >= 4:
            self.kind = "indented"
        elif opening_maths(line):
            self._open_maths(line, alone=True)
        elif note := _NOTE.match(stripped):
            self.kind, self._fence = "list", opening_fence(stripped[note.end() :].strip())
            self._is_note, self._content_indent = True, 4
            self._bare_item = note.end() == len(stripped)
        elif fence := opening_fence(line):
            self.kind, self._fence = "fence", fence
        elif _HEADING.match(stripped) or _RULE.match(stripped):
            self._close(end)
        elif item := _ITEM.match(stripped):
            self.kind, self._fence = "list", opening_fence(stripped[item.end() :])
            self._bare_item = item.end() == len(stripped)
            self._content_indent = indent + len(item[0].rstrip()) + 1
        else:
            self.kind = "quote" if stripped.startswith(">") else "paragraph"

    def _close(self, end: int) -> None:
        self.kind = ""
        self.stable = end

    @staticmethod
    def _interrupts(stripped: str) -> bool:
        return bool(
            opening_fence(stripped)
            or _HEADING.match(stripped)
            or _RULE.match(stripped)
            or _INTERRUPTING_ITEM.match(stripped)
            or stripped.startswith(">")
        )
