"""What may be assumed of outcomes after dropout."""

from __future__ import annotations

from typing import Literal

Strategy = Literal["missing_at_random", "jump_to_reference", "copy_reference", "copy_increments_in_reference"]
