"""The window itself: it composes the other rooms."""
