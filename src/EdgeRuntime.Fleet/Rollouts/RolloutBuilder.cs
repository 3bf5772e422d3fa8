using System.Security.Cryptography;
using System.Text;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Fleet.Devices;
using EdgeRuntime.Fleet.Packages;

namespace EdgeRuntime.Fleet.Rollouts;

/// <summary>Begins rollouts: chooses the devices and their order, and refuses what could not be undone.</summary>
internal static class RolloutBuilder
{
    private const string IdLetters = "abcdefghijkmnpqrstuvwxyz23456789";

    /// <summary>Makes a rollout in its first state.</summary>
    /// <param name="objection">Why a device can be ordered no package, as a sentence, or null.</param>
    /// <param name="random">Makes the id, whose hash with a device's name decides who is canary.</param>
    /// <exception cref="RolloutRefusedException">It cannot begin; every reason at once.</exception>
    public static Rollout Build(
        StartRollout request, StoredPackage package, DeviceRegistry devices, PackageShelf shelf, Func<DeviceEntry, string?> objection, Random random,
        long nowMs)
    {
        List<string> refusals = [];
        RolloutPlan plan = request.Plan;
        string id = Id(package, random);
        List<RolloutTarget> targets = [];
        int already = 0;
        foreach (DeviceEntry device in devices.All)
        {
            bool wanted = plan.Devices.Count == 0 || plan.Devices.Contains(device.Id.ToString());
            if (!wanted || device.Model(package.Name) is not ReportedModel model)
            {
                continue;
            }

            if (model.Active?.Digest == package.Digest)
            {
                already++;
                continue;
            }

            if (model.Active is PackageLabel active && shelf.Find(active.Digest) is null)
            {
                refusals.Add(
                    $"{device.Id} runs {package.Name} {active.Version} ({active.Digest.Short}), which is not here: push it first, so that the device can be taken back to it.");
            }

            if (objection(device) is string sentence)
            {
                refusals.Add(sentence + ".");
            }

            targets.Add(new RolloutTarget { Device = device.Id, From = model.Active, Online = device.IsOnline });
        }

        HashSet<string> reachable = [.. targets.Select(target => target.Device.ToString())];
        refusals.AddRange(plan.Devices.Where(name => devices.Find(DeviceId.Parse(name))?.Model(package.Name) is null)
            .Select(name => $"devices: {name} does not report the model {package.Name}."));
        refusals.AddRange(plan.Canary.Where(name => !reachable.Contains(name))
            .Select(name => $"canary: {name} is not among the devices this rollout would change."));
        if (targets.Count == 0)
        {
            refusals.Add(already > 0
                ? $"Every device that reports the model {package.Name} runs {package.Version} already."
                : $"No device reports the model {package.Name}.");
        }

        if (refusals.Count > 0)
        {
            throw new RolloutRefusedException(refusals, conflict: false);
        }

        return new Rollout
        {
            Id = id,
            Model = package.Name,
            Kind = package.Manifest.Kind,
            Package = package.Label,
            Plan = plan,
            CreatedMs = nowMs,
            State = new RolloutState.Installing(nowMs) { Stage = 0 },
            Targets = [.. targets.OrderByDescending(target => plan.Canary.Contains(target.Device.ToString()))
                .ThenBy(target => Rank(id, target.Device), StringComparer.Ordinal)],
        };
    }

    // The same devices must not be the canaries of every rollout, and nobody should be able to choose them by a name.
    private static string Rank(string rollout, DeviceId device) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{rollout}/{device}")));

    private static string Id(StoredPackage package, Random random)
    {
        const int RandomLetters = 4;
        StringBuilder id = new();
        foreach (char c in $"{package.Name}-{package.Version}".ToLowerInvariant())
        {
            id.Append(char.IsAsciiLetterOrDigit(c) ? c : '-');
        }

        id.Length = Math.Min(id.Length, DeviceId.MaxLength - RandomLetters - 1);
        id.Append('-');
        for (int i = 0; i < RandomLetters; i++)
        {
            id.Append(IdLetters[random.Next(IdLetters.Length)]);
        }

        return id.ToString();
    }
}
