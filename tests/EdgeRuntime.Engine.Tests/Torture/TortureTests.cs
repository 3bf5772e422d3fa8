using EdgeRuntime.Simulator.Torture;

namespace EdgeRuntime.Engine.Tests.Torture;

/// <summary>
/// A sample of what tools/torture tries in full: the power fails, the disk fails, bits flip, clocks jump and messages come a
/// hundred times, and each time a verified model answers and the next good order is followed.
/// </summary>
public sealed class TortureTests
{
    private const int Seed = 1;

    public static TheoryData<string> Stories => [.. Simulator.Torture.Stories.All.Select(story => story.Name)];

    [Theory]
    [MemberData(nameof(Stories))]
    public void A_cut_anywhere_in_a_story_leaves_a_device_that_answers_and_goes_on(string story) =>
        AssertPasses(new TortureOptions { Seed = Seed, Story = story, Only = "crashes", Nested = false });

    [Theory]
    [MemberData(nameof(Stories))]
    public void A_second_cut_in_the_recovery_from_the_first_is_no_worse(string story) =>
        AssertPasses(new TortureOptions { Seed = Seed, Story = story, Only = "crashes", Stride = 211 });

    [Theory]
    [MemberData(nameof(Stories))]
    public void A_disk_that_fails_in_any_call_costs_an_update_and_not_the_model(string story) =>
        AssertPasses(new TortureOptions { Seed = Seed, Story = story, Only = "faults", Stride = 5 });

    [Theory]
    [MemberData(nameof(Stories))]
    public void A_clock_that_jumps_in_any_operation_changes_nothing(string story) =>
        AssertPasses(new TortureOptions { Seed = Seed, Story = story, Only = "clocks", Stride = 7 });

    [Theory]
    [InlineData("first-start")]
    [InlineData("second-update")]
    [InlineData("encrypted-update")]
    public void A_bit_that_flips_anywhere_on_the_disk_costs_no_more_than_an_update(string story) =>
        AssertPasses(new TortureOptions { Seed = Seed, Story = story, Only = "flips", Stride = 97 });

    [Fact]
    public void Messages_a_hundred_times_each_and_shuffled_take_effect_once()
    {
        (int activations, int ends, int messages) = MessageStorms.Blow(seed: 7);

        Assert.Equal((1, 1), (activations, ends));
        Assert.True(messages > 4000, $"only {messages} messages came");
    }

    [Fact]
    public void A_device_that_answers_with_what_was_never_committed_is_found_out()
    {
        Story story = Simulator.Torture.Stories.All.Single(each => each.Name == "update");
        Story wrong = story with { Committed = [], Configured = 3 };

        InvariantException found = Assert.Throws<InvariantException>(() =>
            Invariants.Check(wrong, Witness.OfNothing, story.Before()));

        Assert.StartsWith("invariant 1: ", found.Message, StringComparison.Ordinal);
    }

    private static void AssertPasses(TortureOptions options)
    {
        StringWriter said = new();
        TortureReport report = new(said.WriteLine, options.Seed);

        TortureCommand.Run(options, report, TextWriter.Null);

        Assert.True(report.AllPassed, said.ToString());
        Assert.True(report.Sum.Tried > 0);
    }
}
