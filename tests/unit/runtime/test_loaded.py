"""What a service loads: memory is paid for in each process."""

from __future__ import annotations

import json
import subprocess
import sys


def test_search_loads_no_client_of_telemetry_and_none_of_a_cross_encoder() -> None:
    program = (
        "import json, sys; from allmanning.retrieve import __main__; import haystack.telemetry._telemetry as telemetry;"
        "print(json.dumps([telemetry.telemetry, *dir(telemetry.posthog), *sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    sends, *found = json.loads(done.stdout)
    assert sends is None
    assert "haystack" in found
    assert not {"capture", "requests", "huggingface_hub"} & set(found)
