"""会商与双哨: the room, the whistle, the rulings in force, the periodical analysis."""
