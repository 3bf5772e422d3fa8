using System.Diagnostics.CodeAnalysis;

namespace EdgeRuntime.Simulator;

/// <summary>What must always hold did not; the message says what, in words for who looks for the cause.</summary>
public sealed class InvariantException(string message) : Exception(message)
{
    /// <summary>Throws when something that must hold does not.</summary>
    public static void Require([DoesNotReturnIf(false)] bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvariantException(otherwise);
        }
    }
}
