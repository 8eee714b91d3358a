"""Schools whose balance is worked out by hand."""

PASSES = {
    "teachers": 6.0, "teachers_above_degree": 5.5, "key_teachers": 2.0, "pe_art_teachers": 2.0,
    "mid_title_teachers": 3.0, "teaching_area_m2": 600.0, "sports_area_m2": 1100.0,
    "equipment_yuan": 300_000.0, "multimedia_rooms": 3.0, "computers": 12.0, "books": 2500.0,
}  # fmt: skip
"""What a school of 100 pupils has that reaches everything, primary and junior alike."""

BOOKS, PUPILS_OF = [279, 137, 935, 160, 402], [45, 37, 89, 76, 55]
"""The worked example of the assessment: library books of five schools."""
