"""What is known of the video that a clip was read from."""
