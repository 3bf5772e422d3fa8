namespace EdgeRuntime.Device.Diagnosis;

/// <summary>One known fault of a version of ONNX Runtime on some boards.</summary>
/// <param name="From">First version that has it, such as <c>1.21</c>.</param>
/// <param name="Below">First version that does not; null while none is known.</param>
/// <param name="Boards">Parts of board names it was seen on; empty for any.</param>
/// <param name="Fault">What happens.</param>
/// <param name="Remedy">What to do.</param>
/// <param name="Source">Issues of github.com/microsoft/onnxruntime.</param>
internal sealed record LibraryFault(string From, string? Below, string[] Boards, string Fault, string Remedy, string Source);

/// <summary>Known faults of ONNX Runtime, as data; a version that is not named here is not thereby free of them.</summary>
internal static class LibraryFaults
{
    /// <summary>All that is known.</summary>
    public static readonly IReadOnlyList<LibraryFault> All =
    [
        new("1.21", "1.22", ["Raspberry Pi 4", "Raspberry Pi 400", "Raspberry Pi Compute Module 4"],
            "stops with an illegal instruction", "use 1.20, or 1.23 and newer, then run 'edge-device selftest'", "#24112, #23957"),
        new("1.22", "1.23", ["Raspberry Pi Zero 2", "Jetson", "Orin"],
            "stops with an assertion in its processor detection", "use 1.20, or 1.23 and newer, then run 'edge-device selftest'", "#25472, #25290, #25103"),
        new("1.24.1", "1.24.2", [],
            "the package for .NET looks for a Windows file name and does not load", "use 1.24.2 or newer", "#27263"),
        new("1.24.2", "1.25", ["Orin"],
            "may crash when the process ends", "nothing: edge-device ends without the library's cleaning up", "#28301"),
    ];

    /// <summary>Those that concern a version on a board.</summary>
    public static IEnumerable<LibraryFault> Of(string version, string board) => All.Where(risk =>
        Compare(version, risk.From) >= 0 && (risk.Below is null || Compare(version, risk.Below) < 0)
        && (risk.Boards.Length == 0 || risk.Boards.Any(part => board.Contains(part, StringComparison.OrdinalIgnoreCase))));

    // Number by number; what is not written counts as 0.
    private static int Compare(string one, string other)
    {
        int[] left = Numbers(one);
        int[] right = Numbers(other);
        for (int i = 0; i < Math.Max(left.Length, right.Length); i++)
        {
            int difference = (i < left.Length ? left[i] : 0) - (i < right.Length ? right[i] : 0);
            if (difference != 0)
            {
                return difference;
            }
        }

        return 0;
    }

    private static int[] Numbers(string version) => [.. version.Split('.', '-', '+').TakeWhile(part => int.TryParse(part, out _)).Select(int.Parse)];
}
