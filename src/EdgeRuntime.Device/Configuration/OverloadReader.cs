using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Device.Configuration;

/// <summary>Reads <c>overload</c> and <c>gate</c> of a model.</summary>
internal static class OverloadReader
{
    private const int MostWaiting = 4096;
    private const double HourMs = 3_600_000;

    // In the order of OverloadPolicy.
    private static readonly string[] Policies = ["block", "drop_oldest", "drop_newest", "latest_only", "every_nth"];

    /// <summary>A policy's name in the configuration and on the wire.</summary>
    public static string NameOf(OverloadPolicy policy) => Policies[(int)policy];

    /// <summary>Reads the object <c>overload</c>.</summary>
    public static OverloadOptions Read(JsonObjectReader overload)
    {
        OverloadOptions defaults = new();
        OverloadPolicy policy = (OverloadPolicy)Array.IndexOf(Policies, overload.RequiredChoice("policy", Policies));
        double? deadline = overload.Double("deadline_ms", JsonObjectReader.AboveZero, HourMs);
        OverloadOptions read = new()
        {
            Policy = policy,
            Capacity = overload.Int("capacity", defaults.Capacity, min: 1, max: MostWaiting),
            Nth = overload.Int("nth", defaults.Nth, min: 2, max: 1_000_000),
            Deadline = deadline is double ms ? TimeSpan.FromMilliseconds(ms) : null,
        };
        if (overload.IsWrong("policy"))
        {
            return read;
        }

        if (overload.Has("capacity") && policy is (OverloadPolicy.Block or OverloadPolicy.LatestOnly))
        {
            overload.Mistake("capacity", policy == OverloadPolicy.Block
                ? "means nothing under block, where nothing waits"
                : "means nothing under latest_only, where one sample waits at most");
        }

        if (overload.Has("nth") && policy != OverloadPolicy.EveryNth)
        {
            overload.Mistake("nth", "means nothing but under every_nth");
        }

        return read;
    }

    /// <summary>Reads the object <c>gate</c>.</summary>
    public static GateConfiguration ReadGate(JsonObjectReader gate) => new(
        gate.RequiredString("model"),
        gate.Strings("decisions", min: 1, max: 1024),
        TimeSpan.FromMilliseconds(gate.Double("hold_ms", 0, min: 0, HourMs)));

    /// <summary>Notes gates by models that do not exist, and circles of gates: no model of one would ever be asked.</summary>
    public static void CheckGates(JsonObjectReader root, IReadOnlyList<ModelConfiguration> models)
    {
        for (int i = 0; i < models.Count; i++)
        {
            if (models[i].Gate is not GateConfiguration gate || gate.Model.Length == 0)
            {
                continue;
            }

            if (models.All(model => model.Name != gate.Model))
            {
                root.Mistake("models", i, "gate", $"there is no model '{gate.Model}' among the models of this file");
            }
            else if (IsInCircle(models[i], models))
            {
                root.Mistake("models", i, "gate", "the gates of these models run in a circle; none of them would ever be asked");
            }
        }
    }

    private static bool IsInCircle(ModelConfiguration model, IReadOnlyList<ModelConfiguration> models)
    {
        ModelConfiguration? next = model;
        for (int steps = 0; steps < models.Count && next?.Gate is GateConfiguration gate; steps++)
        {
            next = models.FirstOrDefault(other => other.Name == gate.Model);
            if (next == model)
            {
                return true;
            }
        }

        return false;
    }
}
