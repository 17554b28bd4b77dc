"""The files of this tree, as tests about the whole of it see them."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent


def tracked_files(*paths: str) -> list[Path]:
    """Files that git tracks or would track, below the given paths or everywhere."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *paths]
    listing = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return [path for name in listing.stdout.split("\0") if name and (path := ROOT / name).is_file()]
