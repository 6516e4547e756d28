"""The whole product in a storm: everything is killed, every line between its parts is harmed, and nothing may be lost.

A client (`client.py`) discharges people and assigns tasks, and keeps its own history on disk (`history.py`). Meanwhile a plan
made from a seed (`plan.py`) kills processes at named points and at random instants and harms lines (`proxy.py`), mail
included; each fault is shown to have fired (`striking.py`). Then everything is healed, two sweeps go by, and invariants I1 to
I10 are looked for (`checks.py`) in tables and inbox pages (`evidence.py`), from the client's history.

    make faults SEED=1 KILLS=300 DISCHARGES=2000

Nothing is harmed but what the storm itself has started, by process id.
"""
