"""The network of all demonstration models: a perceptron with rectifiers, trained to stand inputs of other machines."""
import numpy as np
import torch


def pairs_of(names: list) -> list:
    """Positions of features that mean the same of loopback and of the network outside."""
    twins = [("loopback", "network_receive"), ("loopback", "network_send")]
    return [(names.index(a), names.index(b)) for a, b in twins if a in names and b in names]


def train(x: np.ndarray, y: np.ndarray, names: list, labels: list, hidden: list, epochs: int, seed: int, start: list = None) -> list:
    """
    Trains and returns [(weights [out, in], bias [out])] layer by layer. The same input gives the same result.
    start: such layers, to be fine-tuned: at a tenth of the pace, and falling.
    """
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    sizes = [x.shape[1], *hidden, len(labels)]
    layers = [torch.nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])]
    steps = []
    for layer in layers[:-1]:
        steps += [layer, torch.nn.ReLU()]
    model = torch.nn.Sequential(*steps, layers[-1])
    if start:
        with torch.no_grad():
            for layer, (weights, bias) in zip(layers, start):
                layer.weight.copy_(torch.from_numpy(weights))
                layer.bias.copy_(torch.from_numpy(bias))
    pace = 0.1 if start else 1
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3 * pace, weight_decay=1e-2)
    batch = 64
    rounds = epochs * ((len(x) + batch - 1) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 6e-3 * pace, total_steps=rounds)
    loss_of = torch.nn.CrossEntropyLoss(label_smoothing=0.05)
    inputs, targets = torch.from_numpy(x), torch.from_numpy(y)

    # Every label weighs the same, however long it was recorded.
    counts = np.bincount(y, minlength=len(labels))
    odds = torch.from_numpy((1.0 / np.maximum(counts, 1))[y])
    twins = pairs_of(names)
    network = labels.index("network") if "network" in labels else -1
    draw = torch.Generator().manual_seed(seed)
    for _ in range(rounds):
        rows = torch.multinomial(odds, batch, replacement=True, generator=draw)
        features = inputs[rows].clone()
        wanted = targets[rows]
        if twins:
            # Traffic that leaves the machine is network load too, and was not recorded: half of the recorded loopback
            # traffic is shown to the network as if it had come from outside.
            outside = (wanted == network) & (torch.rand(batch, generator=draw) < 0.5)
            quiet = inputs[targets != network].median(dim=0).values
            for loop, out in twins:
                features[outside, out] = features[outside, loop]
            for loop in {names.index(n) for n in ("loopback", "loopback_packets") if n in names}:
                features[outside, loop] = quiet[loop]
        if network >= 0:
            # A machine seldom does one thing only: up to a third of something else beside it changes nothing.
            share = 1 - 0.35 * torch.rand((batch, 1), generator=draw)
            features = share * features + (1 - share) * features[torch.randperm(batch, generator=draw)]
        # Another machine's signals lie elsewhere, and some it does not have at all; 0 is what a missing one becomes.
        features += 0.4 * torch.randn(features.shape, generator=draw)
        features *= torch.rand(features.shape, generator=draw) > 0.15
        optimizer.zero_grad()
        loss_of(model(features), wanted).backward()
        optimizer.step()
        schedule.step()
    return [(l.weight.detach().numpy().copy(), l.bias.detach().numpy().copy()) for l in layers]


def forward(layers: list, x: np.ndarray) -> np.ndarray:
    """Logits in float32."""
    for i, (weights, bias) in enumerate(layers):
        x = x @ weights.T + bias
        x = np.maximum(x, 0) if i + 1 < len(layers) else x
    return x


def activations(layers: list, x: np.ndarray) -> list:
    """Output of each layer after its rectifier, for calibration."""
    outputs = []
    for i, (weights, bias) in enumerate(layers):
        x = x @ weights.T + bias
        x = np.maximum(x, 0) if i + 1 < len(layers) else x
        outputs.append(x)
    return outputs
