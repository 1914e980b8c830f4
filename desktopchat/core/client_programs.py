"""Programs that ask the endpoint, as the help shows them and as the end-to-end tests run them."""

# Of 2022, for openai 0.28 and before: not a character of it knows where it asks now.
PROGRAM_OF_2022 = """\
import openai

response = openai.Completion.create(
    engine="text-davinci-003",
    prompt="你好，ChatGPT，今天天气怎么样？",
    max_tokens=100,
    n=1,
    stop=None,
    temperature=0.5,
)

print(response.choices[0].text)
"""

PROGRAM_OF_TODAY = """\
from openai import OpenAI

client = OpenAI()
stream = client.chat.completions.create(
    model="gpt-4o",
    messages=[{"role": "user", "content": "What does a lighthouse do?"}],
    stream=True,
)
for chunk in stream:
    print(chunk.choices[0].delta.content or "", end="", flush=True)
"""


def environment(address: str, *, windows: bool) -> str:
    """Return the lines that tell both where to ask: of a POSIX shell, or of PowerShell."""
    set_to = '$env:{} = "{}"' if windows else "export {}={}"
    values = {"OPENAI_API_BASE": address, "OPENAI_BASE_URL": address}
    lines = [set_to.format(name, value) for name, value in values.items()]
    key = "(desktopchat serve --show-key)"
    return "\n".join([*lines, f"$env:OPENAI_API_KEY = {key}" if windows else f"export OPENAI_API_KEY=${key}"])
