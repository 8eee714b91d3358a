"""Values of delivered tables: numbers, codes, kinds, totals, amounts as they were typed.

No value changes without a finding.
"""
