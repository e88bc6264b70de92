import os

from openai import OpenAI

client = OpenAI(base_url="https://fraga.exempelby.se/v1", api_key=os.environ["ALLMANNING_KEY"])
answer = client.embeddings.create(
    model="allmanning-embedding",
    input=["Förskolan kostar högst 1 500 kronor i månaden.", "Biblioteket öppnar klockan tio."],
    extra_body={"allmanning": {"kind": "passage"}},
)
for each in answer.data:
    print(each.index, len(each.embedding))
