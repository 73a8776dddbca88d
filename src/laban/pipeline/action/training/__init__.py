"""From labelled clips to a recogniser that is evaluated, exported and ready to use."""
