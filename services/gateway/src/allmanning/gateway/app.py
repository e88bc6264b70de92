"""The application: its routes, its perimeter and its life."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from importlib.metadata import version

from fastapi import APIRouter, FastAPI
from starlette.routing import Route

from allmanning.gateway import api, pages, widget
from allmanning.gateway.asker_tokens import AskerTokens
from allmanning.gateway.body import BodyLimit
from allmanning.gateway.deprecation import Deprecation
from allmanning.gateway.description.description import describe, operation_id
from allmanning.gateway.evaluation import runner as evaluation_runner
from allmanning.gateway.idempotency.kept_answers import KeptAnswers
from allmanning.gateway.keyring import Keyring
from allmanning.gateway.mcp.endpoint import PATH, McpEndpoint
from allmanning.gateway.metrics import Metrics
from allmanning.gateway.observation import Observation
from allmanning.gateway.parts import Parts
from allmanning.gateway.perimeter import Perimeter
from allmanning.gateway.problems import handle_problems
from allmanning.gateway.rate import RateLimits
from allmanning.gateway.settings import GatewaySettings
from allmanning.gateway.signin.detour import follow_detours
from allmanning.gateway.signin.reception import Reception
from allmanning.gateway.static_files import ROOT, static_files
from allmanning.gateway.webhooks.webhooks import running
from allmanning.runtime import heap, streams
from allmanning.runtime.bus import Bus
from allmanning.runtime.discovery import Discovery
from allmanning.runtime.errors import Unavailable
from allmanning.runtime.objects import Objects
from allmanning.runtime.record import Recorder

NAME = "gateway"
CONNECT_FOR_S = 30.0
# FastAPI builds what a route needs when it is first asked for, which takes longer than most answers: once in a process,
# whichever application it is of.
ROUTES = APIRouter(generate_unique_id_function=operation_id)
ROUTES.include_router(api.router)
ROUTES.include_router(pages.router, include_in_schema=False)
ROUTES.include_router(widget.router, include_in_schema=False)

log = logging.getLogger(__name__)


async def _connected(settings: GatewaySettings) -> Bus:
    """A connection to NATS, waiting for a server that is still starting."""
    deadline = asyncio.get_running_loop().time() + CONNECT_FOR_S
    while True:
        try:
            return await Bus.connect(settings, name=NAME)
        except Unavailable:
            if asyncio.get_running_loop().time() > deadline:
                raise
            await asyncio.sleep(0.1)


def create_app(settings: GatewaySettings) -> FastAPI:
    """The ASGI application; nothing is opened before its lifespan starts."""
    metrics = Metrics()
    tools = McpEndpoint()

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        bus = await _connected(settings)
        keyring = Keyring(settings.data_dir)
        answers = KeptAnswers(settings.data_dir)
        discovery = Discovery(NAME, version("allmanning-gateway"), f"Allmänning {NAME}", [])
        stack = contextlib.AsyncExitStack()
        try:
            await streams.ensure(bus.js)
            keyring.warm_up()
            recorder = Recorder(bus, NAME)
            reception = Reception.of(settings, keyring, recorder)
            await stack.enter_async_context(reception.changes.running())
            await stack.enter_async_context(evaluation_runner.running(settings, bus, recorder))
            app.state.parts = Parts(
                settings=settings,
                keyring=keyring,
                reception=reception,
                tokens=AskerTokens.kept_in(settings.data_dir),
                metrics=metrics,
                bus=bus,
                originals=Objects(bus, "originals"),
                exports=Objects(bus, "exports"),
                recorder=recorder,
                answers=answers,
                webhooks=await stack.enter_async_context(running(settings, bus)),
            )
            await discovery.announce(bus.nc)
            heap.settle()
            log.info("%s is ready on http://%s:%d", NAME, settings.gateway_host, settings.gateway_port)
            yield
        finally:
            await tools.close()
            await stack.aclose()
            await discovery.withdraw()
            keyring.close()
            answers.close()
            await bus.close()
            log.info("%s has stopped", NAME)

    app = FastAPI(
        title="Allmänning",
        version=version("allmanning-gateway"),
        lifespan=lifespan,
        # Both would load scripts from elsewhere; /openapi.json stays.
        docs_url=None,
        redoc_url=None,
    )
    handle_problems(app)
    follow_detours(app)
    # The last one added is outermost: even the response to an unexpected error passes the perimeter.
    app.add_middleware(BodyLimit, settings=settings)
    app.add_middleware(Deprecation)
    app.add_middleware(RateLimits, settings=settings)
    app.add_middleware(Observation, metrics=metrics)
    app.add_middleware(Perimeter, settings=settings)
    # First: a browser that has kept nothing asks for ten of these with a page, and routes are tried in order.
    app.mount(ROOT, static_files())
    app.router.routes += [*ROUTES.routes, Route(PATH, tools)]
    app.openapi = describe(app)  # type: ignore[method-assign]  # FastAPI's way to another description
    return app
