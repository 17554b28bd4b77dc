"""The yearly call for bases (基地申报征集): towns are called on, reminded, and the time for applications ends.

Source: domain.md §3 W4, steps: a window of 20 working days. Each town answers whether it applies; whoever does not answer
is reminded, and the window ends for all on the same day.
"""

from workflows.language.expressions import is_true
from workflows.language.words import (
    Form,
    FormField,
    always,
    carry_out,
    do,
    emit,
    end,
    for_each,
    join,
    message,
    number,
    parallel,
    public_notice,
    remind,
    role,
    sequence,
    set_field,
    workflow,
)

TOWN = role("town_clerk", of="town")

TOWNS = for_each(
    "towns_called",
    over="towns",
    each="town",
    do=sequence(
        message("called", to=TOWN),
        carry_out(
            "answer_call",
            by=TOWN,
            within=number("base.window_days", 20),
            overdue=(remind(-10), remind(-3)),
            form="base_call.v1",
        ),
    ),
)

DEFINITION = workflow(
    "base_call",
    starts_on="base.called.v1",
    about="base",
    forms=(
        Form(
            name="base_call.v1",
            fields=(FormField(name="applies", type="choice", choices=("applies", "not_this_year")),),
        ),
    ),
    steps=sequence(
        parallel(
            "window",
            always(
                sequence(
                    public_notice("window_open", lasts=number("base.window_days", 20)),
                    do("close_window", set_field("closed", value=True)),
                )
            ),
            always(TOWNS),
            join=join(once=is_true("closed")),
        ),
        do("close_call", emit("base.call_closed.v1")),
        end("closed"),
    ),
)
