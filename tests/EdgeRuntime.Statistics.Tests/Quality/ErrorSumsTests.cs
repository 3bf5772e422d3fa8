using System.Text.Json;
using EdgeRuntime.Statistics.Quality;

namespace EdgeRuntime.Statistics.Tests.Quality;

public sealed class ErrorSumsTests
{
    [Theory]
    [InlineData(1e-9)]
    [InlineData(1)]
    [InlineData(1e12)]
    public void Errors_and_how_sure_they_are_agree_with_numpy_at_any_scale(double unit)
    {
        JsonElement example = QualityFixture.Of("errors");
        double[] said = example.Doubles("said");
        double[] truth = example.Doubles("truth");
        ErrorSums sums = new(ErrorSums.ExponentOf(truth.Max() * unit));
        foreach ((double answer, double wasTrue) in said.Zip(truth))
        {
            sums.Record((answer - wasTrue) * unit);
        }

        Assert.Equal(1, sums.MeanAbsolute / (example.Double("mean_absolute") * unit), 1e-12);
        Assert.Equal(1, sums.RootMeanSquare / (example.Double("root_mean_square") * unit), 1e-12);
        Assert.Equal(1, sums.Bias / (example.Double("bias") * unit), 1e-11);
        Assert.Equal(1, sums.MeanAbsoluteError / (example.Double("mean_absolute_error") * unit), 1e-11);
        Assert.Equal(1, sums.RootMeanSquareError / (example.Double("root_mean_square_error") * unit), 1e-11);
    }

    [Fact]
    public void Sums_of_many_devices_are_the_same_bits_whatever_came_first()
    {
        Random random = new(5);
        ErrorSums pooled = new(4);
        List<ErrorSums> devices = [];
        for (int device = 0; device < 50; device++)
        {
            ErrorSums sums = new(4);
            for (int i = 0; i < 40; i++)
            {
                double error = (random.NextDouble() - 0.3) * Math.Pow(10, random.Next(-6, 4));
                sums.Record(error);
                pooled.Record(error);
            }

            devices.Add(sums);
        }

        ErrorSums merged = new(4);
        foreach (ErrorSums sums in devices.OrderBy(_ => random.Next()))
        {
            merged.Add(sums.Exponent, sums.Count, sums.Beyond, sums.Absolute, sums.Signed, sums.Squares, sums.Fourths);
        }

        Assert.Equal(
            (pooled.Count, pooled.Beyond, pooled.Absolute, pooled.Signed, pooled.Squares, pooled.Fourths),
            (merged.Count, merged.Beyond, merged.Absolute, merged.Signed, merged.Squares, merged.Fourths));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(1e300)]
    public void An_error_beyond_all_bounds_is_counted_as_such_and_spoils_nothing(double error)
    {
        ErrorSums sums = new(0);
        sums.Record(0.5);
        sums.Record(error);

        Assert.Equal((2, 1), (sums.Count, sums.Beyond));
        Assert.Equal((256 + 0.5) / 2, sums.MeanAbsolute);
    }

    [Fact]
    public void Sums_that_no_errors_can_make_are_refused_whole()
    {
        ErrorSums sums = new(3);
        sums.Record(1);

        Assert.Throws<FormatException>(() => sums.Add(4, 1, 0, 1, 1, 1, 1));
        Assert.Throws<FormatException>(() => sums.Add(3, 1, 2, 1, 1, 1, 1));
        Assert.Throws<FormatException>(() => sums.Add(3, 1, 0, 1, -2, 1, 1));
        Assert.Throws<FormatException>(() => sums.Add(3, 1, 0, Int128.MaxValue, 0, 0, 0));
        Assert.Throws<FormatException>(() => sums.Add(3, long.MaxValue, 0, 0, 0, 0, 0));
        Assert.Throws<FormatException>(() => sums.Add(3, 1, 0, 0, Int128.MinValue, 0, 0));
        Assert.Equal((1, 1.0), (sums.Count, sums.MeanAbsolute));
    }
}
