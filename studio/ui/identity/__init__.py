"""Known people in the window: who a clip shows, and making people known."""
