using System.Text.Json;

namespace EdgeRuntime.Statistics.Tests.Attribution;

/// <summary>A small network of Fixtures/attribution.json as a game, with the Shapley values that KernelSHAP finds.</summary>
internal sealed class NetworkGame
{
    private readonly double[][] _first;
    private readonly double[] _bias;
    private readonly double[] _second;
    private readonly double _product;
    private readonly double[] _x;
    private readonly double[] _baseline;

    private NetworkGame(JsonElement game)
    {
        _first = [.. game.GetProperty("first").EnumerateArray().Select(Numbers)];
        _bias = Numbers(game.GetProperty("bias"));
        _second = Numbers(game.GetProperty("second"));
        _product = game.GetProperty("product").GetDouble();
        _x = Numbers(game.GetProperty("x"));
        _baseline = Numbers(game.GetProperty("baseline"));
        Values = Numbers(game.GetProperty("values"));
    }

    public int Players => _x.Length;

    public double[] Values { get; }

    public static IReadOnlyList<NetworkGame> All()
    {
        using JsonDocument games = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "attribution.json")));
        return [.. games.RootElement.EnumerateArray().Select(game => new NetworkGame(game))];
    }

    public double Worth(ReadOnlySpan<bool> present)
    {
        double[] at = new double[Players];
        for (int i = 0; i < at.Length; i++)
        {
            at[i] = present[i] ? _x[i] : _baseline[i];
        }

        double sum = _product * at[0] * at[1] * at[2];
        for (int unit = 0; unit < _bias.Length; unit++)
        {
            sum += _second[unit] * Math.Tanh(_first[unit].Zip(at, (weight, value) => weight * value).Sum() + _bias[unit]);
        }

        return sum;
    }

    private static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(number => number.GetDouble())];
}
