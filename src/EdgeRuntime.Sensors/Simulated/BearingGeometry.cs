namespace EdgeRuntime.Sensors.Simulated;

/// <summary>
/// Size of a ball bearing, from which follows how often its balls pass a fault. The default is a deep-groove bearing of
/// size 6205.
/// </summary>
/// <remarks>
/// Formulas: R. B. Randall and J. Antoni, "Rolling element bearing diagnostics: a tutorial", Mechanical Systems and
/// Signal Processing 25 (2011) 485-520, equations (1) and (2).
/// </remarks>
public sealed record BearingGeometry
{
    /// <summary>Balls in the bearing. (default: 9; 3 to 100)</summary>
    public int Balls { get; init; } = 9;

    /// <summary>Diameter of a ball, millimetres; greater than 0. (default: 7.94)</summary>
    public double BallMillimetres { get; init; } = 7.94;

    /// <summary>Diameter of the circle the balls' centres run on, millimetres; greater than the ball's. (default: 39.04)</summary>
    public double PitchMillimetres { get; init; } = 39.04;

    /// <summary>Angle of the load from the radial plane, degrees. (default: 0; 0 to 60)</summary>
    public double ContactDegrees { get; init; }

    /// <summary>Ball pass frequency of the outer race, per shaft revolution. 3.58 for the default.</summary>
    public double OuterOrder => Balls / 2.0 * (1 - Ratio);

    /// <summary>Ball pass frequency of the inner race, per shaft revolution. 5.42 for the default.</summary>
    public double InnerOrder => Balls / 2.0 * (1 + Ratio);

    private double Ratio => BallMillimetres / PitchMillimetres * Math.Cos(ContactDegrees * Math.PI / 180);

    /// <summary>Lists every mistake at once. Empty when usable.</summary>
    public IReadOnlyList<string> Validate()
    {
        List<string> errors = [];
        if (Balls is < 3 or > 100)
        {
            errors.Add($"balls: {Balls} is outside 3 to 100");
        }

        if (!(BallMillimetres > 0))
        {
            errors.Add($"ball_mm: {BallMillimetres} is not greater than 0");
        }

        if (!(PitchMillimetres > BallMillimetres) || !double.IsFinite(PitchMillimetres))
        {
            errors.Add($"pitch_mm: {PitchMillimetres} is not greater than the ball's {BallMillimetres}");
        }

        if (!(ContactDegrees is >= 0 and <= 60))
        {
            errors.Add($"contact_deg: {ContactDegrees} is outside 0 to 60");
        }

        return errors;
    }
}
