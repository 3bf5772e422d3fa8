using EdgeRuntime.Sensors.Simulated;

namespace EdgeRuntime.Sensors.Tests.Simulated;

public sealed class SpectrumTests
{
    private const int Rate = 1024;
    private const int Samples = 4 * Rate;

    // Published for the 6205 bearing of the Case Western Reserve University bearing data center's test stand, drive end,
    // as multiples of the running speed: inner ring 5.4152, outer ring 3.5848.
    [Fact]
    public void The_default_bearing_has_the_published_fault_frequencies()
    {
        BearingGeometry bearing = new();

        Assert.Equal(3.5848, bearing.OuterOrder, 3);
        Assert.Equal(5.4152, bearing.InnerOrder, 3);
    }

    [Theory]
    [InlineData(MachineCondition.BearingOuter, 3.5848, 11UL)]
    [InlineData(MachineCondition.BearingOuter, 3.5848, 12UL)]
    [InlineData(MachineCondition.BearingInner, 5.4152, 11UL)]
    [InlineData(MachineCondition.BearingInner, 5.4152, 12UL)]
    public void A_bearing_fault_stands_out_in_the_envelope_at_its_ball_pass_frequency(MachineCondition condition, double order, ulong seed)
    {
        (double[] signal, double shaftHz) = Record(condition, seed);

        // The envelope: what rings above 200 Hz, squared (Randall and Antoni 2011, section 4).
        double[] envelope = Squared(HighPassed(signal));
        double expected = order * shaftHz;
        double peak = PeakHz(envelope, from: 1.5 * shaftHz, to: 200);

        Assert.InRange(peak, expected * 0.985, expected * 1.015);
        Assert.True(Power(envelope, peak) > 20 * MedianPower(envelope, 40, 200), $"seed {seed}: the line at {peak} Hz is weak");
    }

    [Theory]
    [InlineData(11UL)]
    [InlineData(12UL)]
    public void An_inner_race_fault_is_modulated_by_the_shaft(ulong seed)
    {
        (double[] signal, double shaftHz) = Record(MachineCondition.BearingInner, seed);

        double[] envelope = Squared(HighPassed(signal));

        Assert.True(PeakPower(envelope, shaftHz) > 20 * MedianPower(envelope, 40, 200), $"seed {seed}");
    }

    [Fact]
    public void A_healthy_bearing_shows_no_line_in_the_envelope()
    {
        (double[] signal, double shaftHz) = Record(MachineCondition.Healthy, 11);

        double[] envelope = Squared(HighPassed(signal));

        double median = MedianPower(envelope, 40, 200);
        Assert.True(PeakPower(envelope, 3.5848 * shaftHz) < 12 * median);
        Assert.True(PeakPower(envelope, 5.4152 * shaftHz) < 12 * median);
    }

    [Theory]
    [InlineData(MachineCondition.Imbalance, 1)]
    [InlineData(MachineCondition.Misalignment, 2)]
    public void A_shaft_fault_is_strongest_at_its_multiple_of_the_speed(MachineCondition condition, int multiple)
    {
        (double[] signal, double shaftHz) = Record(condition, 11);

        double peak = PeakHz(signal, from: 5, to: 400);

        Assert.InRange(peak, (multiple * shaftHz) - 0.5, (multiple * shaftHz) + 0.5);
    }

    // Four seconds of accel_x, once the fault has set in, and the true mean shaft frequency meanwhile.
    private static (double[] Signal, double ShaftHz) Record(MachineCondition condition, ulong seed)
    {
        using SimulatedSensor sensor = new(new FakeClock(), new SimulatedOptions
        {
            Seed = seed, Speed = 0, Schedule = [new(condition, 1e6)],
        });
        double[] signal = new double[Samples];
        double shaft = 0;
        for (int i = -3 * Rate; i < Samples; i++)
        {
            double[] frame = sensor.ReadFrame();
            if (i >= 0)
            {
                signal[i] = frame[0];
                shaft += sensor.ShaftHz / Samples;
            }
        }

        return (signal, shaft);
    }

    // Three first differences: 18 dB per octave, enough to leave the shaft's own lines behind.
    private static double[] HighPassed(double[] signal)
    {
        for (int pass = 0; pass < 3; pass++)
        {
            signal = [.. signal.Zip(signal.Skip(1), (a, b) => b - a)];
        }

        return signal;
    }

    private static double[] Squared(double[] signal)
    {
        double mean = signal.Average(value => value * value);
        return [.. signal.Select(value => (value * value) - mean)];
    }

    private static double PeakHz(double[] signal, double from, double to) =>
        Lines(from, to).MaxBy(hz => Power(signal, hz));

    private static double PeakPower(double[] signal, double around) =>
        Lines(around - 1, around + 1).Max(hz => Power(signal, hz));

    private static double MedianPower(double[] signal, double from, double to)
    {
        double[] powers = [.. Lines(from, to).Select(hz => Power(signal, hz)).Order()];
        return powers[powers.Length / 2];
    }

    private static IEnumerable<double> Lines(double from, double to)
    {
        for (double hz = from; hz <= to; hz += Rate / (double)Samples)
        {
            yield return hz;
        }
    }

    // The Fourier integral at one frequency, with a Hann window.
    private static double Power(double[] signal, double hz)
    {
        double real = 0, imaginary = 0;
        for (int i = 0; i < signal.Length; i++)
        {
            double window = 0.5 - (0.5 * Math.Cos(2 * Math.PI * i / signal.Length));
            real += window * signal[i] * Math.Cos(2 * Math.PI * hz * i / Rate);
            imaginary += window * signal[i] * Math.Sin(2 * Math.PI * hz * i / Rate);
        }

        return ((real * real) + (imaginary * imaginary)) / signal.Length;
    }
}
