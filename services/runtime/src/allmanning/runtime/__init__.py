"""What every service needs while it runs: bus, streams, errors, settings, telemetry.

Knows no documents and no prompts.
"""

import os
import sys
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec

# Libraries below report usage to their makers unless told not to, and read these once, when they are imported.
os.environ.setdefault("HAYSTACK_TELEMETRY_ENABLED", "False")
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("SCARF_NO_ANALYTICS", "true")
os.environ.setdefault("UNSTRUCTURED_DISABLE_NOTICE", "1")

# Haystack loads the client of its telemetry, 9 MB, also where it may not use it. An empty module can send nothing.
if os.environ["HAYSTACK_TELEMETRY_ENABLED"].lower() not in ("true", "1"):
    sys.modules.setdefault("posthog", module_from_spec(ModuleSpec("posthog", None)))
