using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Device.Runtimes;

/// <summary>What the state of the runtime line says, for those who only look.</summary>
internal static class RuntimePointer
{
    /// <summary>Reads it; the pointer before it counts where it is damaged, as for the agent.</summary>
    /// <param name="line">Name of the line.</param>
    /// <param name="damage">What is wrong with a pointer, as a sentence; null for nothing.</param>
    /// <returns>Null where there is none.</returns>
    /// <exception cref="IOException">The medium failed.</exception>
    public static LineState? Read(IDisk disk, string line, out string? damage)
    {
        damage = null;
        foreach (string path in SlotStore.PointersOf(line))
        {
            try
            {
                if (DurableFiles.ReadAll(disk, path, PointerFile.MaxBytes) is byte[] bytes)
                {
                    return PointerFile.Decode(bytes);
                }
            }
            catch (InvalidDataException broken)
            {
                damage = $"{path}: {broken.Message}";
            }
        }

        return null;
    }

    /// <summary>Which program serves, and which is on trial, in one line.</summary>
    public static string Tell(LineState? state, string installed) => state switch
    {
        { Phase: Activation.Switching or Activation.Soaking, Spare: { } trial } =>
            $"{trial.Version} is on trial; {state.Active?.Version ?? installed} is what it would return to",
        { Active: { } active } => $"{active.Version} serves; {state.Previous?.Version ?? installed} is what it would return to",
        _ => $"{installed}, the installed program, serves",
    };
}
