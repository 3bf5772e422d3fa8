using System.Text;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Tuf;
using Xunit;

namespace EdgeRuntime.Contracts.Tests.Tuf;

public sealed class CanonicalJsonTests
{
    [Theory]
    [InlineData("""{ "b" : [ 1 , true, null ], "a" : "x" }""", """{"a":"x","b":[1,true,null]}""")]
    [InlineData("""{"":{}, "A":[]}""", """{"":{},"A":[]}""")]
    [InlineData("-0", "0")]
    [InlineData("123456789012345678901234567890", "123456789012345678901234567890")]
    [InlineData(""" "\u0041\/\\\"" """, """ "A/\\\"" """)]
    public void A_value_has_one_form(string json, string canonical) =>
        Assert.Equal(canonical.Trim(), Encoding.UTF8.GetString(Encode(json)!));

    [Fact]
    public void Control_characters_stand_as_they_are() =>
        Assert.Equal("\"a\nb\t\u0001\"", Encoding.UTF8.GetString(Encode("""  "a\nb\t\u0001"  """)!));

    // By UTF-16 units, the emoji (D83D…) would come before the last letter of the private area (F8FF).
    [Fact]
    public void Members_are_ordered_by_their_characters_and_not_by_the_platforms_units() =>
        Assert.Equal(
            "{\"\uF8FF\":1,\"\U0001F600\":2}",
            Encoding.UTF8.GetString(Encode("{\"\U0001F600\":2,\"\uF8FF\":1}")!));

    [Fact]
    public void A_number_that_is_not_whole_has_no_form()
    {
        Mistakes mistakes = new();

        Assert.Null(CanonicalJson.Encode(JsonFile.Parse("{\"a\":1.0}"u8, "f", mistakes)!, mistakes));

        Assert.Contains("is not whole", Assert.Single(mistakes).Sentence, StringComparison.Ordinal);
    }

    private static byte[]? Encode(string json)
    {
        Mistakes mistakes = new();
        return CanonicalJson.Encode(JsonFile.Parse(Encoding.UTF8.GetBytes(json), "f", mistakes)!, mistakes);
    }
}
