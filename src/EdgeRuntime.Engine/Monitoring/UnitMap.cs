namespace EdgeRuntime.Engine.Monitoring;

/// <summary>What becomes of a value that is told in another unit: <c>told = Scale * meant + Offset</c>.</summary>
/// <param name="Name">What people call it, such as <c>degrees Fahrenheit</c>.</param>
/// <param name="Scale">Never 0.</param>
/// <param name="Offset">In the other unit.</param>
public readonly record struct UnitMap(string Name, double Scale, double Offset)
{
    private static readonly UnitMap[] Powers =
    [
        new("a thousand times the value", 1000, 0), new("a thousandth of the value", 0.001, 0),
        new("a hundred times the value", 100, 0), new("a hundredth of the value", 0.01, 0),
        new("ten times the value", 10, 0), new("a tenth of the value", 0.1, 0),
    ];

    // Units of one kind, by their UCUM codes, each with what one of it is in the first. Powers of ten of each other stand above.
    private static readonly (string Unit, string Name, double Size)[][] Kinds =
    [
        [("m/s2", "m/s2", 1), ("[g]", "multiples of g", 9.80665)],
        [("rad", "radians", 1), ("deg", "degrees of angle", Math.PI / 180)],
        [("m/s", "m/s", 1), ("km/h", "km/h", 1 / 3.6), ("[mi_i]/h", "miles an hour", 0.44704)],
        [("m", "metres", 1), ("[ft_i]", "feet", 0.3048), ("[in_i]", "inches", 0.0254)],
        [("Pa", "Pa", 1), ("bar", "bar", 1e5), ("[psi]", "psi", 6894.757293168), ("mm[Hg]", "mmHg", 133.322387415)],
        [("kPa", "kPa", 1), ("bar", "bar", 100), ("[psi]", "psi", 6.894757293168)],
        [("Hz", "Hz", 1), ("/min", "turns a minute", 1 / 60.0)],
        [("/min", "turns a minute", 1), ("Hz", "Hz", 60)],
    ];

    private static readonly UnitMap ToFahrenheit = new("degrees Fahrenheit", 1.8, 32);
    private static readonly UnitMap ToCelsius = new("degrees Celsius", 1 / 1.8, -32 / 1.8);

    /// <summary>What is meant by a value that was told.</summary>
    public double Meant(double told) => (told - Offset) / Scale;

    /// <summary>What is told of a value.</summary>
    public double Told(double meant) => (Scale * meant) + Offset;

    /// <summary>The mistakes people make with a unit, converting twice among them. Of a channel without one, it may be a temperature too.</summary>
    /// <param name="unit">UCUM code.</param>
    public static IReadOnlyList<UnitMap> Of(string unit)
    {
        List<UnitMap> maps = unit switch
        {
            "Cel" => [ToFahrenheit, ToCelsius, new("kelvins", 1, 273.15)],
            "[degF]" => [ToCelsius, ToFahrenheit],
            "K" => [new("degrees Celsius", 1, -273.15), new("degrees Fahrenheit", 1.8, -459.67)],
            "1" => [ToFahrenheit, ToCelsius],
            _ => [],
        };
        foreach ((string Unit, string Name, double Size)[] kind in Kinds)
        {
            double own = kind.FirstOrDefault(each => each.Unit == unit).Size;
            maps.AddRange(from each in kind where own > 0 && each.Unit != unit select new UnitMap(each.Name, own / each.Size, 0));
        }

        maps.AddRange(Powers);
        return [.. maps.DistinctBy(map => (map.Scale, map.Offset))];
    }
}
