"""What programs of today do."""

import json

import openai
from openai import OpenAI

client = OpenAI()
question = [{"role": "user", "content": "Name a boat."}]

chat = client.chat.completions.create(model="gpt-4o-mini", messages=question, max_completion_tokens=12, seed=7)
again = client.chat.completions.create(model="gpt-4o-mini", messages=question, max_completion_tokens=12, seed=7)
print("chat", chat.choices[0].message.role, chat.choices[0].finish_reason in ("stop", "length"))
print("again", bool(chat.choices[0].message.content), bool(again.choices[0].message.content))

stream = client.chat.completions.create(
    model="gpt-4o-mini", messages=question, max_tokens=12, stream=True, stream_options={"include_usage": True}
)
text, usage = "", None
for chunk in stream:
    usage = chunk.usage or usage
    text += "".join(choice.delta.content or "" for choice in chunk.choices)
print("stream", text != "", usage.completion_tokens <= 12)

many = client.chat.completions.create(model="gpt-4o", messages=question, max_tokens=4, n=3)
print("n", [choice.index for choice in many.choices])

likely = client.chat.completions.create(
    model="gpt-4o", messages=question, max_tokens=4, logprobs=True, top_logprobs=3, temperature=0
)
content = likely.choices[0].logprobs.content
print(
    "logprobs",
    len(content),
    {len(one.top_logprobs) for one in content},
    content[0].token == content[0].top_logprobs[0].token,
)

tool = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Tell the weather.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "enum": ["Paris", "Rome"]}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}
weather = [{"role": "user", "content": "What is the weather in Paris?"}]
named = {"type": "function", "function": {"name": "get_weather"}}
called = client.chat.completions.create(model="gpt-4o", messages=weather, tools=[tool], tool_choice=named)
call = called.choices[0].message.tool_calls[0]
print(
    "tools",
    called.choices[0].finish_reason,
    call.function.name,
    json.loads(call.function.arguments)["city"] in ("Paris", "Rome"),
)
parts = client.chat.completions.create(
    model="gpt-4o", messages=weather, tools=[tool], tool_choice="required", stream=True
)
deltas = [one for part in parts for choice in part.choices for one in choice.delta.tool_calls or ()]
print(
    "tools streamed", deltas[0].function.name, "city" in json.loads("".join(one.function.arguments for one in deltas))
)

schema = {
    "type": "object",
    "properties": {"boats": {"type": "integer"}},
    "required": ["boats"],
    "additionalProperties": False,
}
shaped = client.chat.completions.create(
    model="gpt-4o",
    messages=question,
    response_format={"type": "json_schema", "json_schema": {"name": "boats", "schema": schema, "strict": True}},
    max_tokens=60,
)
print("schema", list(json.loads(shaped.choices[0].message.content)))

vectors = client.embeddings.create(model="text-embedding-3-small", input=["A cat", "A dog"])
print("embeddings", len(vectors.data), len(vectors.data[0].embedding) > 10, vectors.usage.prompt_tokens > 1)

completion = client.completions.create(model="gpt-3.5-turbo-instruct", prompt="Name a boat.", max_tokens=8, logprobs=2)
print("completion", len(completion.choices[0].logprobs.tokens) <= 8, completion.object)

response = client.responses.create(model="gpt-5", input="Name a boat.", instructions="Be short.", max_output_tokens=12)
print("response", response.output_text != "", response.status in ("completed", "incomplete"))
with client.responses.stream(model="gpt-5", input="Name a boat.", max_output_tokens=12) as events:
    kinds = [event.type for event in events]
print(
    "response streamed",
    kinds[0],
    kinds[-1] in ("response.completed", "response.incomplete"),
    "response.output_text.delta" in kinds,
)

print("models", client.models.list().data[0].id == client.models.retrieve("gpt-4").meta["root"])
for attempt in (
    lambda: client.chat.completions.create(model="no-such-model", messages=question),
    lambda: client.chat.completions.create(model="gpt-4", messages=question, temperature=99),
    lambda: client.chat.completions.create(model="gpt-4", messages=[{"role": "user", "content": "cat " * 100_000}]),
    lambda: OpenAI(api_key="sk-wrong").models.list(),
):
    try:
        attempt()
    except openai.APIStatusError as error:
        print("refused", type(error).__name__, error.code or error.param)
