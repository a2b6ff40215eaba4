"""What the store's folder lies on: which file system, and how much room is left."""

from __future__ import annotations

import os
import re
from pathlib import Path

# Where locks and syncs may not mean what they mean on a disk of one's own.
SHARED = ("nfs", "cifs", "smb", "sshfs", "fuse", "9p", "afs", "ceph", "gluster", "vboxsf", "davfs")


def free_bytes(folder: Path) -> int:
    """Bytes that we may still write there; of a folder that is not there, of the nearest that is. Raises OSError."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    found = os.statvfs(there)
    return found.f_bavail * found.f_frsize


def file_system(folder: Path, mounts: Path = Path("/proc/self/mountinfo")) -> str:
    """Its type, such as ext4 or nfs4; "" where the system does not tell (only Linux does, proc(5))."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    best, found = -1, ""
    for line in lines:
        place, _, about = line.partition(" - ")
        mounted = Path(_plain(place.split(" ")[4]))
        if folder.is_relative_to(mounted) and len(mounted.parts) >= best:
            best, found = len(mounted.parts), about.split(" ")[0]
    return found


def _plain(text: str) -> str:
    """A path as the kernel writes it, with its octal escapes undone: a blank is \\040."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), text)


def is_shared(kind: str) -> bool:
    """Whether other machines may write there too."""
    return kind.startswith(SHARED)
