import os

from openai import OpenAI

client = OpenAI(base_url="https://fraga.exempelby.se/v1", api_key=os.environ["ALLMANNING_KEY"])
stream = client.chat.completions.create(
    model="allmanning",
    messages=[{"role": "user", "content": "Vad kostar det att lämna barn på förskolan?"}],
    stream=True,
)
for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)
print()
