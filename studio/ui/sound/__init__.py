"""The sound beside the clip on show: heard in step with it, and seen under the timeline."""
