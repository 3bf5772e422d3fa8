using System.Text;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Engine.Tests.Models;

public sealed class PackageVerificationTests
{
    [Fact]
    public void A_good_package_becomes_a_loaded_model_that_ran_before_it_serves()
    {
        using LoadedModel loaded = Verify(TestPackages.Make(counter: 3, gain: 2));

        Assert.Equal("3.0.0", loaded.Manifest.Version);
        Assert.Equal((2, 2), (loaded.Call.InputLength, loaded.Call.OutputLength));
        Assert.True(((LinearModel)loaded.Call.Runners[0]).Runs >= 2);
        loaded.Call.Run([5, -1]);
        Assert.Equal([10f, -2f], loaded.Call.Output.ToArray());
    }

    [Fact]
    public void A_package_that_nobody_signed_is_refused_before_its_model_is_touched()
    {
        byte[] unsigned = TestPackages.Make(1, Encoding.UTF8.GetBytes("not a model"), 1, null, key: null);

        Assert.Equal(PackageFault.Unsigned, Refusal(unsigned).Fault);
    }

    [Fact]
    public void A_package_that_a_strange_key_signed_is_refused()
    {
        byte[] strange = TestPackages.Make(1, LinearModel.File(2, 2, 1, 0, 0, 1), 1, null, TestPackages.StrangeKey);

        Assert.Equal(PackageFault.UntrustedSignature, Refusal(strange).Fault);
    }

    [Fact]
    public void Any_one_flipped_bit_makes_a_package_refused()
    {
        byte[] good = TestPackages.Make(1);
        Random random = new(1);
        for (int i = 0; i < 300; i++)
        {
            byte[] bad = [.. good];
            int bit = random.Next(bad.Length * 8);
            bad[bit / 8] ^= (byte)(1 << (bit % 8));

            Assert.NotEmpty(Refusal(bad).Detail);
        }
    }

    // A model with one initializer (graph 7, initializer 5) whose location (13) is a file that the package does not have.
    [Fact]
    public void A_model_that_keeps_values_in_a_file_outside_the_package_is_refused_before_the_library_sees_it()
    {
        byte[] tensor = [0x6A, 13, 0x0A, 8, .. "location"u8, 0x12, 1, (byte)'w', 0x70, 1];
        byte[] model = [0x3A, (byte)(tensor.Length + 2), 0x2A, (byte)tensor.Length, .. tensor];

        PackageRejectedException refused = Refusal(TestPackages.Make(1, model, 1, null, TestPackages.ReleaseKey));

        AssertRefused(
            PackageFault.ModelRefused,
            "model.onnx: the values of its tensor '' are kept in 'w', which is not beside the model; bring both files",
            refused);
    }

    [Fact]
    public void A_package_that_demands_what_the_device_is_not_is_refused_with_every_difference_before_its_model_is_touched()
    {
        RequirementSpec required = new()
        {
            Architectures = ["arm64"], InstructionSets = ["asimddp", "avx2"], MemoryMb = 512, MinOnnxruntime = "1.31.0",
        };
        byte[] package = TestPackages.Make(
            1, Encoding.UTF8.GetBytes("not a model"), 1, manifest => manifest with { Requires = required }, TestPackages.ReleaseKey);
        DeviceFacts facts = new("x64", ["avx2"], 256, "1.30.0");

        PackageRejectedException refused = Assert.Throws<PackageRejectedException>(() => new PackageVerification(
            [TestPackages.ReleaseKey.Public], LinearModel.Load, "1.30.0", new RunnerOptions(), new PackageLimits(), facts: facts)
            .Read(package, TestPackages.Site));

        Assert.Equal(PackageFault.IncompatibleRuntime, refused.Fault);
        Assert.Equal(
            [
                "it is for arm64 and this device is x64", "it needs asimddp, which this processor does not have",
                "it needs 512 MiB of memory and this process may use 256", "it needs ONNX Runtime 1.31.0 or newer and this device has 1.30.0",
            ],
            refused.Lines);
    }

    [Fact]
    public void What_served_before_serves_on_when_the_device_no_longer_meets_its_demands()
    {
        byte[] package = TestPackages.Make(1, change: manifest => manifest with { Requires = new RequirementSpec { MaxOnnxruntime = "1.20.0" } });
        PackageVerification verification = new(
            [TestPackages.ReleaseKey.Public], LinearModel.Load, "1.30.0", new RunnerOptions(), new PackageLimits(),
            facts: new DeviceFacts("x64", null, 256, "1.30.0"));

        Assert.Throws<PackageRejectedException>(() => verification.Verify(package, TestPackages.Site, _ => null));
        verification.Verify(package, TestPackages.Site, _ => null, isTrusted: true).Dispose();
    }

    [Fact]
    public void A_package_for_another_model_is_refused()
    {
        byte[] other = TestPackages.Make(1, change: manifest => manifest with { Name = "pump" });

        AssertRefused(PackageFault.WrongPackage, "it is for the model 'pump', not 'plant'", Refusal(other));
    }

    [Fact]
    public void A_package_whose_channels_the_sensor_does_not_have_is_refused()
    {
        ModelSite site = TestPackages.Site with { Channels = [new Channel("x", "m/s2"), new Channel("why", "Cel")] };

        PackageRejectedException refused = Refusal(TestPackages.Make(1), site);

        Assert.Equal(PackageFault.IncompatibleInputs, refused.Fault);
        Assert.StartsWith("channels[1].name: the sensor has no channel", refused.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_package_that_needs_a_newer_runtime_is_refused()
    {
        byte[] newer = TestPackages.Make(
            1, change: manifest => manifest with { Model = manifest.Model with { MinOnnxruntime = "1.18.0" } });

        AssertRefused(PackageFault.IncompatibleRuntime, "its model needs ONNX Runtime 1.18.0 and this device has 1.17.0", Refusal(newer));
    }

    [Fact]
    public void A_package_below_the_floor_is_refused_before_its_model_is_touched()
    {
        byte[] low = TestPackages.Make(1, Encoding.UTF8.GetBytes("not a model"), 1, null, TestPackages.ReleaseKey);
        LineState state = LineState.Empty with { Floor = 4 };

        PackageRejectedException refused = Assert.Throws<PackageRejectedException>(() => TestPackages.Verification.Verify(
            low, TestPackages.Site, state.CounterObjection));

        AssertRefused(PackageFault.CounterTooLow, "its release counter 1 is below 4, the floor that a release committed here has set", refused);
    }

    [Fact]
    public void What_is_not_a_model_is_refused()
    {
        byte[] text = TestPackages.Make(1, Encoding.UTF8.GetBytes("hello"), 1, null, TestPackages.ReleaseKey);

        AssertRefused(PackageFault.ModelRefused, "model.onnx: not a linear model", Refusal(text));
    }

    [Fact]
    public void A_model_with_other_tensors_than_the_manifest_says_is_refused_and_disposed_of()
    {
        int before = LinearModel.Alive;
        byte[] wide = TestPackages.Make(1, LinearModel.File(3, 2, 1, 0, 0, 1, 0, 0), 1, null, TestPackages.ReleaseKey);
        byte[] narrow = TestPackages.Make(1, LinearModel.File(2, 1, 1, 0), 1, null, TestPackages.ReleaseKey);
        byte[] named = TestPackages.Make(
            1, Encoding.UTF8.GetBytes("otherwise-named 2 2: 1 0 0 1"), 1, null, TestPackages.ReleaseKey);

        AssertRefused(PackageFault.ModelRefused, "model.input: 'features' has 3 elements and the pipeline makes 2", Refusal(wide));
        AssertRefused(PackageFault.ModelRefused, "output.labels: there are 2 and the model's output has 1 elements", Refusal(narrow));
        AssertRefused(PackageFault.ModelRefused, "model.input: the model has no 'features'; it has 'other'", Refusal(named));
        Assert.Equal(before, LinearModel.Alive);
    }

    [Fact]
    public void A_model_that_answers_a_golden_vector_otherwise_is_refused_and_disposed_of()
    {
        int before = LinearModel.Alive;
        byte[] wrong = TestPackages.Make(1, LinearModel.File(2, 2, 1, 0, 0, 3), 1, null, TestPackages.ReleaseKey);

        AssertRefused(PackageFault.GoldenMismatch, "golden vector 0, output 1: 6 where 2 is right, within 0.0001", Refusal(wrong));
        Assert.Equal(before, LinearModel.Alive);
    }

    [Fact]
    public void A_model_that_fails_while_running_is_refused()
    {
        byte[] failing = TestPackages.Make(1, LinearModel.File(2, 2, float.NaN, 0, 0, 1), 1, null, TestPackages.ReleaseKey);

        AssertRefused(PackageFault.GoldenMismatch, "golden vector 0: a weight is no number", Refusal(failing));
    }

    private static LoadedModel Verify(byte[] archive, ModelSite? site = null) =>
        TestPackages.Verification.Verify(archive, site ?? TestPackages.Site, _ => null);

    private static PackageRejectedException Refusal(byte[] archive, ModelSite? site = null) =>
        Assert.Throws<PackageRejectedException>(() => Verify(archive, site));

    private static void AssertRefused(PackageFault fault, string detail, PackageRejectedException refused)
    {
        Assert.Equal(detail, refused.Detail);
        Assert.Equal(fault, refused.Fault);
    }
}
