"""The race of consents in Mesa and in SimPy: as their manuals write it. Prints one JSON line.

`python benchmarks/peers/race_agents.py [worlds]`, in any Python that has the packages; what is missing is left out.
32 members consent at once or come round at an exponential time; the step follows an exponential procedure. In Mesa
time goes by months, as agent models do; in SimPy members are processes, and blocks come and go as processes too.
"""

import json
import math
import random
import sys
import time
from importlib.metadata import version

MEMBERS, AT_ONCE, CHANGE, HAZARD, YEARS = 32, 0.95, 0.1, 0.5, 10.0
ONSET, END = 0.01, 0.4


def microseconds(world, worlds: int) -> float:
    """CPU time per world."""
    begin = time.process_time()
    for seed in range(worlds):
        world(seed)
    return (time.process_time() - begin) / worlds * 1e6


def mesa_world():
    """Give the function that runs one world in Mesa."""
    import mesa

    monthly = 1.0 - math.exp(-CHANGE / 12)

    class Member(mesa.Agent):
        def __init__(self, model):
            super().__init__(model)
            self.consents = model.random.random() < AT_ONCE

        def step(self):
            if not self.consents and self.model.random.random() < monthly:
                self.consents = True

    class Race(mesa.Model):
        def __init__(self, seed):
            super().__init__(seed=seed)
            Member.create_agents(self, MEMBERS)

        def step(self):
            self.agents.do("step")

    def world(seed: int) -> float:
        race = Race(seed)
        for month in range(int(12 * YEARS)):
            if all(race.agents.get("consents")):
                return month / 12 + race.random.expovariate(HAZARD)
            race.step()
        return math.inf

    return world


def simpy_world(*, episodes: bool):
    """Give the function that runs one world in SimPy, with or without members that block in episodes."""
    import simpy

    def world(seed: int) -> float:
        chance, env = random.Random(seed), simpy.Environment()
        blocking = [False] * MEMBERS

        def member(j):
            if chance.random() >= AT_ONCE:
                yield env.timeout(chance.expovariate(CHANGE))

        def block(j, changed):
            blocking[j] = chance.random() < ONSET / (ONSET + END)
            while True:
                yield env.timeout(chance.expovariate(END if blocking[j] else ONSET))
                blocking[j] = not blocking[j]
                waiting, changed[0] = changed[0], env.event()
                waiting.succeed()

        def procedure():
            yield simpy.AllOf(env, [env.process(member(j)) for j in range(MEMBERS)])
            left = chance.expovariate(HAZARD)
            while left > 1e-12:
                if any(blocking):
                    yield changed[0]
                    continue
                begin = env.now
                yield env.timeout(left) | changed[0]
                left -= env.now - begin
            return env.now

        changed = [env.event()]
        if episodes:
            for j in range(MEMBERS):
                env.process(block(j, changed))
        done = env.process(procedure())
        env.run(until=done | env.timeout(YEARS))
        return env.now

    return world


def main() -> None:
    """Time what is installed."""
    worlds = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    line: dict[str, object] = {}
    for name, package, make in (
        ("mesa", "mesa", mesa_world),
        ("simpy", "simpy", lambda: simpy_world(episodes=False)),
        ("simpy_episodes", "simpy", lambda: simpy_world(episodes=True)),
    ):
        try:
            world = make()
        except ImportError:
            line[f"{name}_us"] = "left out: not installed"
            continue
        line[f"{name}_us"] = round(microseconds(world, worlds), 1)
        line[package] = version(package)
    print(json.dumps(line))


if __name__ == "__main__":
    main()
