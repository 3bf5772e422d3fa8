using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Ctl.Starting;

/// <summary>How rows of a table become a model's input: which columns, how many rows at once, and into which tensor.</summary>
internal sealed record ScalarPlan
{
    // Above this a window for every row would cost more than it tells.
    private const int LongestSlidingByOne = 128;

    /// <summary>Which column is what.</summary>
    public required ColumnRoles Roles { get; init; }

    /// <summary>Rows that the model sees at once; at least 1.</summary>
    public required int WindowFrames { get; init; }

    /// <summary>Rows between two windows.</summary>
    public required int HopFrames { get; init; }

    /// <summary>Whether a window stands row by row in the tensor, and not column by column.</summary>
    public required bool FramesFirst { get; init; }

    /// <summary>The input tensor of each channel, in the order of <see cref="ColumnRoles.Channels"/>.</summary>
    public required IReadOnlyList<string> TensorOfChannel { get; init; }

    /// <summary>Makes the plan, or notes what stands against it.</summary>
    public static ScalarPlan? Make(ModelContract contract, DataTable table, NewOptions options, Guesses guesses, List<string> mistakes)
    {
        long wanted = 0;
        foreach (TensorInfo input in contract.Inputs)
        {
            int open = Open(input);
            if (open > 1 || (open == 1 && input.Shape[^1] >= 0) || (open == 1 && contract.Inputs.Count > 1))
            {
                mistakes.Add($"input {ModelContract.Spell(input)} leaves dimensions open; say them with --shape \"{input.Name}=1x...\"");
            }

            wanted += open > 0 ? 0 : input.Count;
        }

        if (contract.Inputs.Count == 0)
        {
            mistakes.Add("every input is constant or state; one must take the data");
        }

        if (mistakes.Count > 0)
        {
            return null;
        }

        bool single = contract.Inputs.Count == 1;
        string[] named = single ? [] : [.. contract.Inputs.Select(input => input.Name)];
        ColumnRoles? roles = ColumnRoles.Find(table, wanted, single, named, options, guesses, mistakes);
        if (roles is null)
        {
            if (!single)
            {
                mistakes.Add($"its inputs are {string.Join(", ", contract.Inputs.Select(ModelContract.Spell))}; of those that are no data, "
                    + "say with --set NAME=VALUE which never change and with --state INPUT=OUTPUT which the model hands itself");
            }

            return null;
        }

        int channels = roles.Channels.Count;
        if (wanted > 0 && wanted % channels != 0 || (!single && wanted != channels))
        {
            mistakes.Add($"the model takes {wanted} values, and {channels} channels are named; name as many, in its order");
            return null;
        }

        int window = wanted == 0 ? 1 : (int)Math.Min(wanted / channels, int.MaxValue);
        return new ScalarPlan
        {
            Roles = roles,
            WindowFrames = window,
            HopFrames = Hop(window, guesses),
            FramesFirst = window > 1 && channels > 1 && IsFramesFirst(contract.Inputs[0], window, channels, guesses),
            TensorOfChannel = [.. contract.Inputs.SelectMany(input => Enumerable.Repeat(input.Name, single ? channels : (int)input.Count))],
        };
    }

    /// <summary>The manifest's features.</summary>
    /// <param name="scaling">Center and scale of each channel.</param>
    /// <param name="input">The model's first input, which needs no naming.</param>
    public IReadOnlyList<FeatureSpec> Features(IReadOnlyList<(double Center, double Scale)> scaling, string input) =>
    [
        .. Roles.Channels.Select((column, i) =>
        {
            double[] values = [.. column.Values.Where(double.IsFinite)];
            return new FeatureSpec
            {
                Name = column.Name,
                Channel = column.Name,
                Statistic = WindowFrames > 1 ? "raw" : "last",
                Center = scaling[i].Center,
                Scale = scaling[i].Scale,
                MissingPolicy = "mean",
                Mean = values.Length == 0 ? 0 : values.Average(),
                Input = TensorOfChannel[i] == input ? null : TensorOfChannel[i],
            };
        }),
    ];

    // The first dimension is that of a batch, which is always 1 here.
    private static int Open(TensorInfo input) => input.Shape.Skip(input.Shape.Count > 1 ? 1 : 0).Count(size => size < 0);

    private static int Hop(int window, Guesses guesses)
    {
        int hop = window <= LongestSlidingByOne ? 1 : window / 2;
        if (window > 1)
        {
            guesses.Add($"the model sees {window} rows at once, and answers every {(hop == 1 ? "row" : $"{hop} rows")}",
                "its input has as many values for each column", "/pipeline/window_frames and /pipeline/hop_frames");
        }

        return hop;
    }

    private static bool IsFramesFirst(TensorInfo input, int window, int channels, Guesses guesses)
    {
        bool frames = !(input.Shape is [.., long before, long last] && before == channels && last == window && channels != window);
        guesses.Add($"a window stands {(frames ? "row by row" : "column by column")} in the input",
            $"the input is {ModelContract.Spell(input)}", "/pipeline/raw_layout");
        return frames;
    }
}
