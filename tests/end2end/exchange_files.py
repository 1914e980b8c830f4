"""Files to import, as large as one likes."""

import json
from pathlib import Path


def many_conversations(path: Path, count: int, length: int) -> Path:
    """Write OpenAI messages, a conversation a line."""
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            messages = [
                {"role": ("user", "assistant")[turn % 2], "content": f"conversation {number} turn {turn} 天气 " * 5}
                for turn in range(length)
            ]
            file.write(json.dumps({"messages": messages}) + "\n")
    return path
