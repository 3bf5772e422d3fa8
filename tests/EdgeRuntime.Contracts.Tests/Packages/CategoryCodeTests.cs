using EdgeRuntime.Contracts.Packages;
using Xunit;

namespace EdgeRuntime.Contracts.Tests.Packages;

public sealed class CategoryCodeTests
{
    // Test vectors of FNV-1a, 64 bits: "a" 0xaf63dc4c8601ec8c, "foobar" 0x85944171f73967e8 (draft-eastlake-fnv, appendix C).
    [Theory]
    [InlineData("a", 0xaf63dc4c8601ec8cUL)]
    [InlineData("foobar", 0x85944171f73967e8UL)]
    public void A_text_becomes_its_published_hash_folded_to_52_bits_above_2_to_the_52(string text, ulong hash)
    {
        ulong folded = (1UL << 52) + ((hash >> 52) ^ (hash & ((1UL << 52) - 1)));

        Assert.Equal((double)folded, CategoryCode.Of(text));
    }

    [Theory]
    [InlineData("3", 3)]
    [InlineData("3.0", 3)]
    [InlineData("-1.5e2", -150)]
    public void A_text_that_is_a_number_is_that_number(string text, double expected) =>
        Assert.Equal(expected, CategoryCode.Of(text));

    [Fact]
    public void An_empty_text_is_missing() => Assert.True(double.IsNaN(CategoryCode.Of("")));

    // python3: fnv1a(struct.pack('<d', 3.0)) % 16, and of struct.pack('<dd', 1.0, 2.0) % 32, with the constants above.
    [Fact]
    public void A_bucket_is_the_hash_of_the_doubles_bytes()
    {
        Assert.Equal(13, CategoryCode.Bucket(3, 16));
        Assert.Equal(24, CategoryCode.Bucket([1, 2], 32));
    }

    [Fact]
    public void Zero_and_minus_zero_share_a_bucket() =>
        Assert.Equal(CategoryCode.Bucket(0.0, 1024), CategoryCode.Bucket(-0.0, 1024));

    [Fact]
    public void A_cross_depends_on_the_order_of_its_categories() =>
        Assert.NotEqual(CategoryCode.Bucket([1, 2], 65536), CategoryCode.Bucket([2, 1], 65536));
}
