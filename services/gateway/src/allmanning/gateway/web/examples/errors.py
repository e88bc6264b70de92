import os

import openai

client = openai.OpenAI(base_url="https://fraga.exempelby.se/v1", api_key=os.environ["ALLMANNING_KEY"])
try:
    client.chat.completions.create(
        model="allmanning",
        messages=[{"role": "user", "content": "Hej!"}],
        logprobs=True,
    )
except openai.APIStatusError as error:
    print(error.status_code, error.code, error.param)
    print(error.body["message"])
    print("Retry-After:", error.response.headers.get("Retry-After"))
