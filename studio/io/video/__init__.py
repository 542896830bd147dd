"""Pictures of videos and of folders of pictures, one after the other, with their times."""
