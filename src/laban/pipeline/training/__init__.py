"""What every run of training has, whatever is learned: a folder, its files, and what is told while it goes on."""
