using System.Diagnostics.CodeAnalysis;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Inference;

/// <summary>
/// A package's model as the sample path calls it: a flat row of features in, a flat row of output values out. What lies
/// between is bound once at load: several tensors of any type of numbers, constants, state that is fed back, and several
/// models that answer together.
/// </summary>
/// <remarks>
/// <see cref="Run"/> allocates no managed memory. Not thread-safe: <see cref="Output"/> is the same memory on every run.
/// </remarks>
public sealed class ModelCall : IDisposable
{
    private readonly BoundModel[] _members;
    private readonly Ensemble? _ensemble;
    private readonly float[] _combined;

    private ModelCall(IReadOnlyList<IModelRunner> runners, BoundModel[] members, Ensemble? ensemble, int inputLength)
    {
        Runners = runners;
        InputLength = inputLength;
        _members = members;
        _ensemble = ensemble;
        _combined = ensemble is null ? [] : new float[members[0].Values.Length];
    }

    /// <summary>The models behind it: one, or the members of an ensemble in the manifest's order.</summary>
    public IReadOnlyList<IModelRunner> Runners { get; }

    /// <summary>Features a run takes.</summary>
    public int InputLength { get; }

    /// <summary>Values a run gives.</summary>
    public int OutputLength => _members[0].Values.Length;

    /// <summary>Which part of <see cref="Output"/> is which tensor.</summary>
    public IReadOnlyList<OutputSlice> Outputs => _members[0].Outputs;

    /// <summary>The values of the newest run; overwritten by the next, unspecified after one that failed.</summary>
    public ReadOnlySpan<float> Output => _ensemble is null ? _members[0].Values : _combined;

    /// <summary>How often a state started afresh because it was no longer finite.</summary>
    public long SpoiltStates
    {
        get
        {
            long spoilt = 0;
            foreach (BoundModel member in _members)
            {
                spoilt += member.Spoilt;
            }

            return spoilt;
        }
    }

    /// <summary>Loads a package's model, or the members of its ensemble, and binds them.</summary>
    /// <param name="spec">What the manifest says; for a variant with its file as <see cref="ModelSpec.File"/>.</param>
    /// <param name="layout">Which features go into which tensor; covers the row without gaps.</param>
    /// <param name="load">Loads one file of the package.</param>
    /// <param name="options">How the device runs models.</param>
    /// <exception cref="ModelLoadException">A file is not a model that this device can run; the message names it.</exception>
    /// <exception cref="ModelBindingException">The models' tensors are not what the manifest says.</exception>
    public static ModelCall Load(
        ModelSpec spec, IReadOnlyList<InputSlice> layout, Func<string, RunnerOptions, IModelRunner> load, RunnerOptions options)
    {
        RunnerOptions tensors = options with
        {
            InputShapes = spec.Shapes ?? options.InputShapes,
            InputLengths = layout.ToDictionary(slice => slice.Tensor, slice => (long)slice.Length),
            Outputs = [.. spec.OutputNames().Concat((spec.State ?? []).Select(state => state.Output)).Distinct()],
        };
        List<IModelRunner> runners = [];
        try
        {
            IReadOnlyList<string> files = spec.Members is null ? [spec.File] : spec.Files();
            foreach (string file in files)
            {
                runners.Add(LoadOne(file, load, tensors));
            }

            return Bind(spec, layout, runners);
        }
        catch
        {
            foreach (IModelRunner runner in runners)
            {
                runner.Dispose();
            }

            throw;
        }
    }

    /// <summary>Binds models that are loaded. The result owns them; when this fails, the caller still does.</summary>
    /// <param name="runners">One, or one for each of <see cref="ModelSpec.Members"/>.</param>
    /// <exception cref="ModelBindingException">The models' tensors are not what the manifest says.</exception>
    public static ModelCall Bind(ModelSpec spec, IReadOnlyList<InputSlice> layout, IReadOnlyList<IModelRunner> runners)
    {
        List<string> mistakes = [];
        BoundModel[] members = new BoundModel[runners.Count];
        for (int i = 0; i < members.Length; i++)
        {
            List<string> found = [];
            members[i] = new BoundModel(spec, layout, runners[i], found);
            mistakes.AddRange(spec.Members is null ? found : found.Select(mistake => $"{spec.Members[i].File}: {mistake}"));
        }

        for (int i = 1; i < members.Length && mistakes.Count == 0; i++)
        {
            if (members[i].Values.Length != members[0].Values.Length)
            {
                mistakes.Add($"model.members[{i}]: its outputs have {members[i].Values.Length} elements, those of the first "
                    + $"{members[0].Values.Length}");
            }
        }

        if (mistakes.Count > 0)
        {
            throw new ModelBindingException(mistakes);
        }

        Ensemble? ensemble = spec.Members is null
            ? null
            : new Ensemble(Ensemble.Parse(spec.Combine), [.. spec.Members.Select(member => member.Weight ?? 1)]);
        return new ModelCall([.. runners], members, ensemble, layout.Max(slice => slice.Offset + slice.Length));
    }

    /// <summary>Puts the state of a stateful model at its beginning: on activation, and after a gap in time.</summary>
    public void Reset()
    {
        foreach (BoundModel member in _members)
        {
            member.Reset();
        }
    }

    /// <summary>Runs the model on one row of features. Allocates nothing.</summary>
    /// <param name="features">Shape [<see cref="InputLength"/>], scaled.</param>
    /// <exception cref="ArgumentException">There are more or fewer.</exception>
    /// <exception cref="InferenceException">A graph failed.</exception>
    public void Run(ReadOnlySpan<float> features)
    {
        if (features.Length != InputLength)
        {
            ThrowLength(features.Length);
        }

        foreach (BoundModel member in _members)
        {
            member.Run(features);
        }

        _ensemble?.Combine(_members, _combined);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IModelRunner runner in Runners)
        {
            runner.Dispose();
        }
    }

    private static IModelRunner LoadOne(string file, Func<string, RunnerOptions, IModelRunner> load, RunnerOptions options)
    {
        try
        {
            return load(file, options);
        }
        catch (ModelLoadException refused)
        {
            throw new ModelLoadException($"{file}: {refused.Message}", refused);
        }
    }

    [DoesNotReturn]
    private void ThrowLength(int length) =>
        throw new ArgumentException($"there are {length} features; the model takes {InputLength}");
}

/// <summary>A model's tensors are not what its manifest says.</summary>
public sealed class ModelBindingException(IReadOnlyList<string> mistakes) : Exception(string.Join("; ", mistakes))
{
    /// <summary>Every mistake, as a sentence behind the path of what it concerns; at least one.</summary>
    public IReadOnlyList<string> Mistakes { get; } = mistakes;
}
