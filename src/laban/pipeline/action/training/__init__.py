"""From labelled clips to a recogniser that is judged, exported and ready to use."""
