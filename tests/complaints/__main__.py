"""`python -m tests.complaints`: write docs/complaints.md."""

from tests.complaints.table import PAGE, page

PAGE.write_text(page(), encoding="utf-8")
