using System.Security.Cryptography;
using System.Text;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Engine.Tests.Models;

/// <summary>Pointer files of other hands, under the hash that their state has.</summary>
public sealed class PointerFileTests
{
    [Fact]
    public void Members_that_an_older_file_does_not_have_are_empty()
    {
        LineState state = PointerFile.Decode(File("{}"));

        Assert.Empty(state.Trusted);
        Assert.Empty(state.Refused);
        Assert.Empty(state.Untold);
        Assert.IsType<Activation.Steady>(state.Phase);
        Assert.Null(state.Serving);
    }

    [Fact]
    public void An_active_package_that_no_list_trusts_is_refused()
    {
        string hash = new('a', 64);
        byte[] file = File($$"""{"a":{"digest":"{{hash}}","version":"1.0.1","release_counter":1,"archive_sha256":"{{hash}}","size":4096},"active_slot":"a"}""");

        Assert.Contains("never committed", Assert.Throws<InvalidDataException>(() => PointerFile.Decode(file)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"untold":[null]}""")]
    [InlineData("""{"trusted":null}""")]
    [InlineData("""{"trusted":[null]}""")]
    [InlineData("""{"phase":null}""")]
    [InlineData("""{"phase":{}}""")]
    [InlineData("""{"last":{"deployment":"r-1"}}""")]
    [InlineData("""{"untold":[{}]}""")]
    [InlineData("null")]
    [InlineData("[]")]
    public void What_cannot_be_a_state_is_refused_in_the_readers_own_words(string state)
    {
        Assert.Throws<InvalidDataException>(() => PointerFile.Decode(File(state)));
    }

    private static byte[] File(string state) => Encoding.UTF8.GetBytes(
        $$"""{"format":1,"sha256":"{{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(state)))}}","state":{{state}}}""");
}
