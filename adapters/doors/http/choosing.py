"""What the machine API shows of a choice of people (自选): who may be chosen in an item's form, and who chose its holders."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from adapters.choosing import candidates, chooser, chosen_before, fields_asked_now, looked_at
from adapters.explaining import Saying
from workflows.language.choices import CHOOSING
from workflows.language.words import FormField
from workflows.machine.case import WorkItem
from workflows.machine.seats import Where
from workflows.reads import CaseView

View = dict[str, Any]


def choices_view(form: View | None, view: CaseView, item: WorkItem, said: Saying) -> View:
    """The form with the candidates of each field that chooses people, and `chosen_by`, the user who chose the holders.

    Args:
        form: the form as `item_view` shows it.
        view: the case of the item.
        item: whose form it is.
        said: what it is said with.
    """
    here = looked_at(view, item, said)
    asked = fields_asked_now(item, said, here)
    fields = [one | _choice(asked.get(one["name"]), said, here) for one in (form or {}).get("fields", ())]
    return {"form": None if form is None else form | {"fields": fields}, "chosen_by": chooser(view, item, said)}


def _choice(field: FormField | None, said: Saying, here: Where) -> View:
    if field is None or field.type not in CHOOSING:
        return {}
    return {
        "candidates": [asdict(one) for one in candidates(field, said, here)],
        "chosen": list(chosen_before(field, here)),
    }
