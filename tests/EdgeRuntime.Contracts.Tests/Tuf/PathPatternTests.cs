using EdgeRuntime.Contracts.Tuf;
using Xunit;

namespace EdgeRuntime.Contracts.Tests.Tuf;

public sealed class PathPatternTests
{
    // The first eight are the specification's own examples of PATHPATTERN.
    [Theory]
    [InlineData("targets/*.tgz", "targets/foo.tgz", true)]
    [InlineData("targets/*.tgz", "targets/foo.txt", false)]
    [InlineData("foo-version-?.tgz", "foo-version-2.tgz", true)]
    [InlineData("foo-version-?.tgz", "foo-version-alpha.tgz", false)]
    [InlineData("*.tgz", "foo.tgz", true)]
    [InlineData("*.tgz", "targets/foo.tgz", false)]
    [InlineData("foo.tgz", "foo.tgz", true)]
    [InlineData("foo.tgz", "bar.tgz", false)]
    [InlineData("*", "", true)]
    [InlineData("a*b*c", "aXbYbZc", true)]
    [InlineData("a*b*c", "aXbYbZ", false)]
    [InlineData("v[0-9]", "v7", true)]
    [InlineData("v[!0-9]", "v7", false)]
    [InlineData("v[]]", "v]", true)]
    [InlineData("v[", "v[", true)]
    [InlineData("README", "readme", false)]
    public void A_pattern_covers_what_a_shell_would_match_and_never_crosses_a_slash(string pattern, string path, bool covers) =>
        Assert.Equal(covers, Delegation(paths: [pattern]).Covers(path));

    [Fact]
    public void Many_stars_take_no_longer_than_pattern_times_path() =>
        Assert.False(Delegation(paths: [string.Concat(Enumerable.Repeat("a*", 500)) + "b"]).Covers(new string('a', 20_000)));

    // sha256("a") = ca978112…
    [Theory]
    [InlineData("ca", true)]
    [InlineData("CA97", true)]
    [InlineData("", true)]
    [InlineData("cb", false)]
    public void A_prefix_of_the_paths_hash_covers_it(string prefix, bool covers) =>
        Assert.Equal(covers, Delegation(prefixes: [prefix]).Covers("a"));

    private static TufDelegation Delegation(string[]? paths = null, string[]? prefixes = null) => new()
    {
        Name = "r",
        KeyIds = [],
        Threshold = 1,
        Paths = paths ?? [],
        PathHashPrefixes = prefixes ?? [],
    };
}
