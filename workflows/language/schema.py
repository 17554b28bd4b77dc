"""The language as JSON Schema, for editors and other programs that write definitions."""

from __future__ import annotations

import json
from typing import Any, Final

from workflows.language.words import LANGUAGE, Workflow

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """The schema of a definition file of this language; what tells one word from another must be written."""
    schema = Workflow.model_json_schema()
    for word in schema["$defs"].values():
        tags = [name for name, one in word.get("properties", {}).items() if "const" in one]
        word["required"] = sorted({*word.get("required", ()), *tags})
    schema["properties"]["language"] = {"const": LANGUAGE, "type": "integer"}
    return {"$schema": DIALECT, **schema}


def schema_text() -> str:
    """The schema as the file that is published."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"
