"""练习: cases of the corpus against the clock, scored with reasons; progress and confusions of each person."""
