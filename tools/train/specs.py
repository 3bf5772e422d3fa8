"""What each demonstration package is: its channels, its features, its network, and how much it is trained."""
from dataclasses import dataclass, field
from typing import List, Optional

VITALS_LABELS = ["idle", "compute", "memory", "disk", "network"]
MACHINE_LABELS = ["healthy", "imbalance", "misalignment", "bearing_outer", "bearing_inner"]

# Inputs are clipped to this many standard deviations, so that the first layer's quantization covers exactly what occurs.
CLIP = 4.0


@dataclass
class Feature:
    name: str
    channel: str
    statistic: str
    transform: str = "none"
    low_hz: Optional[float] = None
    high_hz: Optional[float] = None
    # The smallest scale, in the feature's own unit after the transform: a channel that was silent in all recordings
    # must not turn the first whisper of another machine into a shout.
    floor: float = 1e-6
    center: float = 0.0
    scale: float = 1.0

    def manifest(self, scaled: bool) -> dict:
        entry = {"name": self.name, "channel": self.channel, "statistic": self.statistic}
        if self.low_hz is not None:
            entry["low_hz"], entry["high_hz"] = self.low_hz, self.high_hz
        entry["transform"] = self.transform
        if scaled:
            entry.update(center=self.center, scale=self.scale, clip=CLIP, missing=0)
        return entry


@dataclass
class Package:
    family: str                 # vitals or machine
    number: int                 # of the directory, and the release counter
    version: str
    description: str
    features: List[Feature]
    hidden: List[int]
    epochs: int
    seed: int
    permute: bool = False       # labels moved on by one: a model that is wrong on purpose
    card: str = ""
    goals: dict = field(default_factory=dict)
    name: str = ""              # of the directory, where it is not family and number
    scaled: bool = False        # whether the features have their centres and scales

    @property
    def labels(self) -> List[str]:
        return VITALS_LABELS if self.family == "vitals" else MACHINE_LABELS

    @property
    def directory(self) -> str:
        return self.name or f"{self.family}-{self.number}"


UNITS = {
    "cpu_busy": "1", "cpu_busy_max": "1", "cpu_user": "1", "cpu_user_max": "1", "cpu_system": "1", "cpu_interrupt": "1",
    "cpu_iowait": "1", "context_switches": "/s", "interrupts": "/s", "forks": "/s", "softirqs_network": "/s",
    "softirqs_block": "/s", "run_queue": "1", "blocked": "1", "page_faults": "/s", "page_allocations": "/s",
    "pressure_cpu": "1", "pressure_memory": "1", "pressure_io": "1", "disk_read": "By/s", "disk_write": "By/s",
    "disk_busy": "1", "network_receive": "By/s", "network_send": "By/s", "loopback": "By/s", "loopback_packets": "/s",
    "network_packets_in": "/s", "network_packets_out": "/s",
    "accel_x": "m/s2", "accel_y": "m/s2", "speed": "Hz", "current": "A", "temperature": "Cel",
}

# What is physically possible; outside it a value counts as missing. A share may exceed 1 by the rounding of ticks.
BOUNDS = {
    "accel_x": (-500, 500), "accel_y": (-500, 500), "speed": (0, 500), "current": (-100, 1000), "temperature": (-60, 200),
}

# Of a window of frames, on which rate. Vitals look back three seconds and answer every 0.4 s.
# What devices watch sample by sample: at most one false alarm of a feature in a million windows.
MONITORING = {
    "vitals": {"online": {"detector": "page_hinkley", "expected_run_samples": 1000000}},
    "machine": None,
}

PIPELINE = {
    "vitals": {"rate_hz": 5, "window_frames": 15, "hop_frames": 2},
    "machine": {"rate_hz": 1024, "window_frames": 256, "hop_frames": 256},
}


def mean(channel: str, floor: float) -> Feature:
    return Feature(channel, channel, "mean", floor=floor)


def rate(channel: str, floor: float = 0.7) -> Feature:
    """The logarithm of a rate: machines differ in it by factors."""
    return Feature(channel, channel, "mean", "log1p", floor=floor)


def vitals_small() -> List[Feature]:
    return [
        mean("cpu_user", 0.05), mean("cpu_system", 0.05), rate("context_switches"), mean("disk_busy", 0.05), rate("loopback"),
    ]


def vitals_full() -> List[Feature]:
    return [
        mean("cpu_user", 0.05), mean("cpu_user_max", 0.05), mean("cpu_system", 0.05), mean("cpu_interrupt", 0.03),
        mean("cpu_iowait", 0.05), mean("run_queue", 0.2), mean("blocked", 0.2),
        rate("context_switches"), rate("interrupts"), rate("forks"), rate("softirqs_network"), rate("softirqs_block"),
        rate("page_faults"), rate("page_allocations"),
        mean("pressure_cpu", 0.05), mean("pressure_io", 0.05),
        rate("disk_read", 2), rate("disk_write", 2), mean("disk_busy", 0.05),
        rate("loopback", 2), rate("loopback_packets"), rate("network_receive", 2), rate("network_send", 2),
    ]


def band(channel: str, name: str, low: float, high: float) -> Feature:
    return Feature(f"{channel}_{name}", channel, "band_energy", "sqrt", low, high, floor=0.01)


def machine_small() -> List[Feature]:
    return [
        Feature("accel_x_rms", "accel_x", "rms", floor=0.01), Feature("accel_x_kurtosis", "accel_x", "kurtosis", floor=0.1),
        Feature("accel_x_crest", "accel_x", "crest", floor=0.1),
        Feature("speed", "speed", "mean", floor=0.05), Feature("current", "current", "mean", floor=0.1),
        Feature("temperature", "temperature", "mean", floor=0.5),
    ]


def machine_full() -> List[Feature]:
    features = []
    for axis in ("accel_x", "accel_y"):
        features += [
            Feature(f"{axis}_rms", axis, "rms", floor=0.01), Feature(f"{axis}_kurtosis", axis, "kurtosis", floor=0.1),
            Feature(f"{axis}_crest", axis, "crest", floor=0.1),
            # Once, twice and three times the speed of the shaft, and the housing's resonance.
            band(axis, "once", 18, 32), band(axis, "twice", 42, 58), band(axis, "thrice", 66, 80), band(axis, "high", 200, 480),
        ]
    # Multiples of 24.5 times 3.58 (a ball on the outer race) and 5.42 (on the inner one), where the housing rings.
    bands = [("outer_2", 168, 184), ("outer_3", 256, 272), ("outer_4", 340, 362), ("outer_5", 428, 448),
             ("inner_2", 256, 276), ("inner_3", 388, 410), ("between_1", 284, 308), ("between_2", 312, 336), ("between_3", 364, 384)]
    features += [band("accel_x", name, low, high) for name, low, high in bands]
    return features + [
        Feature("speed", "speed", "mean", floor=0.05), Feature("current", "current", "mean", floor=0.1),
        Feature("temperature", "temperature", "mean", floor=0.5),
    ]


VITALS_CARD = """What it tells: which kind of load a Linux machine is under: idle (up to a light background), compute (processors),
memory (allocating and touching pages), disk, or network (loopback or outside).

It looks at shares and at rates per core, never at absolute sizes, so that it may move to another machine. It does not
tell bandwidth-bound computing on memory that stays allocated from other computing: the kernel's counters do not show
it. A machine with several loads at once gets the label of the one that resembles its recordings most.
"""

MACHINE_CARD = """What it tells: the condition of a rotating machine from a quarter of a second of vibration, speed, current and
temperature: healthy, imbalance, misalignment, a spall on the outer or on the inner race of its bearing.

Trained on the simulated machine of this project at its usual speed of 24 to 25 revolutions a second. A real machine
has other resonances and needs training of its own; the pipeline is the same.
"""

PACKAGES = [
    Package("vitals", 1, "1.0.0", "Tells idle, compute, memory, disk and network load of a machine from five signals.",
            vitals_small(), [16], 12, 11, card=VITALS_CARD),
    Package("vitals", 2, "1.1.0", "Tells idle, compute, memory, disk and network load of a machine from its vital signs.",
            vitals_full(), [48, 24], 60, 12, card=VITALS_CARD),
    Package("vitals", 3, "1.2.0", "Wrong on purpose: trained with labels moved on by one, for showing how a bad update is undone.",
            vitals_full(), [48, 24], 60, 13, permute=True, card=VITALS_CARD),
    Package("machine", 1, "1.0.0", "Tells the condition of a rotating machine from six features.",
            machine_small(), [16], 6, 21, card=MACHINE_CARD),
    Package("machine", 2, "1.1.0", "Tells the condition of a rotating machine from its vibration spectrum.",
            machine_full(), [64, 32], 40, 22, card=MACHINE_CARD),
    Package("machine", 3, "1.2.0", "Wrong on purpose: trained with labels moved on by one, for showing how a bad update is undone.",
            machine_full(), [64, 32], 40, 23, permute=True, card=MACHINE_CARD),
]
