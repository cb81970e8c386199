"""Flow control that loses nothing when the flow resumes."""

from __future__ import annotations

from mode.utils.queues import FlowControlEvent


class KeepingFlowControl(FlowControlEvent):
    """Faust's flow control, except that resuming does not empty the queues before the agents.

    Faust resumes the flow after it has sought the committed offsets. What was fetched between the two would
    be thrown away although the consumer's position is past it. Partitions that are given up empty the
    queues by themselves.
    """

    def resume(self) -> None:
        """Let the flow go on with what is in the queues."""
        self._suspend.clear()
        self._resume.set()
