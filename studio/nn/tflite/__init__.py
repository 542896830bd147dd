"""Networks that come as .tflite files, run by torch."""
