import asyncio
import os

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client


async def main() -> None:
    headers = {"Authorization": f"Bearer {os.environ['ALLMANNING_KEY']}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=60) as http,
        Client(streamable_http_client("https://fraga.exempelby.se/mcp", http_client=http)) as client,
    ):
        result = await client.call_tool("ask", {"question": "Vad kostar det att lämna barn på förskolan?"})
        print(result.content[0].text)


asyncio.run(main())
