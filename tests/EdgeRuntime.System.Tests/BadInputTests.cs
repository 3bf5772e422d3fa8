using EdgeRuntime.System.Tests.Stage;

namespace EdgeRuntime.System.Tests;

/// <summary>Whatever a user gives the published binary: a clear error with the right exit code, never a stack trace.</summary>
public sealed class BadInputTests
{
    [NativeFact]
    public async Task A_file_that_is_no_model_is_refused_in_one_sentence()
    {
        using Scratch scratch = new();
        string model = scratch.Write("note.onnx", "this is not a model");
        string input = scratch.Write("input.csv", "1,2,3\n");

        (int code, string text) = await Run.ToEnd(Programs.Device, scratch.Root, "infer", model, "--input", input);

        Assert.Equal(65, code);
        AssertOneSentenceAbout(text, "note.onnx");
    }

    [NativeFact]
    public async Task A_truncated_model_is_refused_in_one_sentence()
    {
        using Scratch scratch = new();
        byte[] whole = await File.ReadAllBytesAsync(Path.Combine(Programs.Root, "tools/train/packages/vitals-1/model.onnx"));
        await File.WriteAllBytesAsync(scratch["half.onnx"], whole[..(whole.Length / 2)]);
        string input = scratch.Write("input.csv", "1,2,3\n");

        (int code, string text) = await Run.ToEnd(Programs.Device, scratch.Root, "infer", scratch["half.onnx"], "--input", input);

        Assert.Equal(65, code);
        AssertOneSentenceAbout(text, "half.onnx");
    }

    [NativeFact]
    public async Task A_library_that_is_none_is_refused_although_it_was_opened_before_the_program_began()
    {
        using Scratch scratch = new();
        string model = Path.Combine(Programs.Root, "tools/train/packages/vitals-1/model.onnx");
        string input = scratch.Write("input.csv", "1,2,3\n");
        string library = scratch.Write("libonnxruntime.so.1", "this is not a library");

        (int code, string text) = await Run.ToEnd(
            Programs.Device, scratch.Root, "infer", model, "--input", input, "--library", library);

        Assert.Equal(69, code);
        AssertOneSentenceAbout(text, library);
    }

    [NativeFact]
    public async Task All_five_mistakes_of_a_configuration_are_listed_with_line_and_column()
    {
        using Scratch scratch = new();
        scratch.Write("keys/release.pub.pem", "-");
        scratch.Write("edge.json", """
            {
              "device": "Pump 7",
              "profile": "raspberry-pi-9",
              "state_dir": "state",
              "link": { "host": "127.0.0.1", "port": 70000 },
              "trust": { "release_keys": ["keys/release.pub.pem"], "deploy_keys": ["keys/deploy.pub.pem"] },
              "models": [{ "name": "vitals", "sensor": { "driver": "vitals", "rate_hz": 900 } }]
            }
            """);

        (int code, string text) = await Run.ToEnd(Programs.Device, scratch.Root, "check", "--config", "edge.json");

        Assert.Equal(78, code);
        Assert.Contains("edge.json:2:13: device:", text, StringComparison.Ordinal);
        Assert.Contains("edge.json:3:14: profile:", text, StringComparison.Ordinal);
        Assert.Contains("edge.json:5:42: link.port:", text, StringComparison.Ordinal);
        Assert.Contains("edge.json:6:72: trust.deploy_keys[0]:", text, StringComparison.Ordinal);
        Assert.Contains("edge.json:7:77: models[0].sensor.rate_hz: 900", text, StringComparison.Ordinal);
        AssertNoTrace(text);
    }

    [NativeFact]
    public async Task An_unsigned_package_is_not_served()
    {
        using Site site = await Site.Open();
        await site.Ctl("pack", Path.Combine(Programs.Root, "tools/train/packages/vitals-1"), "--output", site["unsigned.edgepkg"]);
        string configuration = site.Configure("dev-a", "../unsigned.edgepkg");

        await using Run device = Site.Start(configuration);
        string said = await device.Says("sign");

        Assert.Contains("vitals", said, StringComparison.Ordinal);
        AssertNoTrace(device.Text);
    }

    [NativeFact]
    public async Task A_package_with_one_flipped_bit_is_not_served()
    {
        using Site site = await Site.Open();
        byte[] bytes = await File.ReadAllBytesAsync(site["vitals-1.edgepkg"]);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(site["flipped.edgepkg"], bytes);
        string configuration = site.Configure("dev-a", "../flipped.edgepkg");

        await using Run device = Site.Start(configuration);
        string said = await device.Says("vitals");

        Assert.False(device.HasExited);
        Assert.DoesNotContain("serves", said, StringComparison.Ordinal);
        AssertNoTrace(device.Text);
    }

    [NativeFact]
    public async Task Without_a_broker_the_device_serves_and_says_so()
    {
        using Site site = await Site.Open();
        string configuration = site.Configure("dev-a", "../vitals-1.edgepkg", port: 1);

        await using Run device = Site.Start(configuration);

        await device.Says("vitals 1.");
        string said = await device.Says("127.0.0.1:1");
        Assert.False(device.HasExited);
        Assert.Contains("refused", said, StringComparison.OrdinalIgnoreCase);
        AssertNoTrace(device.Text);
    }

    [NativeFact]
    public async Task A_full_disk_leaves_the_device_serving()
    {
        using Site site = await Site.Open();
        string configuration = site.Configure("dev-a", "../vitals-1.edgepkg", state: "/dev/full/state");

        (int code, string text) = await Run.ToEnd(Programs.Device, site.Root, "run", "--config", configuration, "--plain");

        Assert.Equal(78, code);
        Assert.Contains("/dev/full", text, StringComparison.Ordinal);
        AssertNoTrace(text);
    }

    [NativeFact]
    public async Task A_device_that_is_asked_to_stop_is_gone_within_two_seconds()
    {
        using Site site = await Site.Open();
        await using Run device = Site.Start(site.Configure("dev-a", "../vitals-1.edgepkg"));
        await device.Says("connected");
        await device.Says("vitals 1.");

        device.Terminate();

        Assert.Equal(0, await device.Exit(TimeSpan.FromSeconds(2)));
    }

    private static void AssertOneSentenceAbout(string text, string subject)
    {
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(lines.Length is 1 or 2, $"not one sentence:\n{text}");
        Assert.Contains(subject, text, StringComparison.Ordinal);
        AssertNoTrace(text);
    }

    private static void AssertNoTrace(string text)
    {
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", text, StringComparison.Ordinal);
    }
}
