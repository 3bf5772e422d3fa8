namespace EdgeRuntime.Sensors.Simulated;

/// <summary>What is wrong with the simulated machine.</summary>
public enum MachineCondition
{
    /// <summary>Nothing.</summary>
    Healthy = 0,

    /// <summary>The rotor's mass is off its axis: vibration at the shaft's frequency.</summary>
    Imbalance = 1,

    /// <summary>The shafts at the coupling do not line up: vibration at twice the shaft's frequency.</summary>
    Misalignment = 2,

    /// <summary>A spall on the bearing's outer race, hit by every ball that passes.</summary>
    BearingOuter = 3,

    /// <summary>A spall on the bearing's inner race, which turns through the loaded zone once a revolution.</summary>
    BearingInner = 4,
}

/// <summary>Conditions by name.</summary>
public static class MachineConditions
{
    /// <summary>Names in the order of the enumeration, as they stand in files and in models' labels.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["healthy", "imbalance", "misalignment", "bearing_outer", "bearing_inner"];

    /// <summary>The name of a condition, such as <c>bearing_outer</c>.</summary>
    public static string Name(this MachineCondition condition) => Names[(int)condition];

    /// <summary>Reads a name that must be right.</summary>
    /// <exception cref="FormatException">There is no such condition.</exception>
    public static MachineCondition Parse(string name) => TryParse(name, out MachineCondition condition)
        ? condition
        : throw new FormatException($"'{name}' is no condition: use one of {string.Join(", ", Names)}");

    /// <summary>Reads a name. False when there is no such condition.</summary>
    public static bool TryParse(string? name, out MachineCondition condition)
    {
        for (int i = 0; i < Names.Count; i++)
        {
            if (Names[i] == name)
            {
                condition = (MachineCondition)i;
                return true;
            }
        }

        condition = MachineCondition.Healthy;
        return false;
    }
}

/// <summary>One stretch of a schedule.</summary>
/// <param name="Condition">What is wrong meanwhile.</param>
/// <param name="Seconds">How long, in the simulation's own time; greater than 0.</param>
public sealed record ConditionSpan(MachineCondition Condition, double Seconds);
