"""Real Celery workers that die, or stop, at named points: every fault is proven to have fired, and harms nobody.

`crash_points.py` names the points, `faulty_worker.py` puts them around the product's own functions, `mutants.py` breaks the
product on purpose, and `told_once.py` is what must hold afterwards: true for the product, false for every mutant.
"""
