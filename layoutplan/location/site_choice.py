"""The choice of sites: the split model, sharpened at each choice it makes."""

import numpy as np

from layoutplan.location.clock import Clock
from layoutplan.location.descent import descended
from layoutplan.location.groups import site_distances
from layoutplan.location.lagrangian import priced, proven, raised
from layoutplan.location.problem import Found, Problem
from layoutplan.location.rounding import on_sites, rounded
from layoutplan.location.split import SplitModel, nearest_pairs
from layoutplan.location.standing import better

import os
DEBUG=bool(os.environ.get('DBG'))

def located(problem: Problem, clock: Clock, gap: float, overload_price=None):
    model = SplitModel(problem, nearest_pairs(problem, 12))
    apart = site_distances(problem)
    s = model.relaxed(clock.until(0.2))
    root = priced(problem, s.prices)
    root = raised(problem, root, target=s.bound * 1.005, clock=clock.until(0.05), steps=80)
    model.add_knapsack_cuts(root.prices)
    bound = proven(root)
    price = overload_price or 20 * s.bound / problem.demand.sum()
    best = None
    upper = np.inf
    if DEBUG: print('root', clock.spent, bound)
    seen=set()
    while not clock.over:
        w = model.whole(clock, gap=max(gap, 1e-4))
        if w is None:
            break
        bound = max(bound, min(w.bound, upper))
        y = w.opening > 0.5
        if DEBUG: print('whole %.1f bound %.2f  gap %.4f%%'%(clock.spent, bound,100*(upper-bound)/upper), y.sum(), model.links.sum(), len(model.cuts), (model.upper==0).sum())
        if bound >= upper * (1 - gap): break
        b, prices = on_sites(problem, y, clock=clock.at_most(4), target=upper)
        model.add_knapsack_cuts(b.prices)
        if DEBUG: print('   at y %.1f L %.2f'%(clock.spent, b.bound))
        if b.bound < upper:
            plan, least = rounded(problem, y, b, best=upper, overload_price=price, seconds=min(clock.left, 6))
            if DEBUG: print('   rounded %.1f'%clock.spent, plan and (plan.objective, plan.overload), least)
            better_than = upper
            if plan is not None:
              if plan.objective < upper * 1.005 or plan.overload == 0:
                n0=plan.objective
                plan = descended(problem, plan, b.prices, apart, overload_price=price, clock=clock.at_most(8 if not np.isfinite(upper) else 4), largest=7)
                if DEBUG: print('   descended %.1f'%clock.spent, n0, (plan.objective, plan.overload))
              best = better(best, plan)
            if best is not None and best.overload == 0 and best.objective < upper:
                upper = best.objective
                if DEBUG: print('   *** %.1f'%clock.spent, upper)
                s = model.relaxed(clock)
                if s: model.leave_out(s, upper)
            if least >= upper*(1-1e-7): model.exclude(y); 
        else:
            model.exclude(y)
    return best, bound
