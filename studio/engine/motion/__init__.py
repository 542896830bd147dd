"""Motion made of motion: transfer, blends, landmark motion, and motion of any mesh."""
