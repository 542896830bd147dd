"""What a face is: its template, its rig, its action units. numpy only."""
