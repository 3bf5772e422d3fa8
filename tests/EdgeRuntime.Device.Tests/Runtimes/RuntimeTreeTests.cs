using System.Runtime.Versioning;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Device.Runtimes;

namespace EdgeRuntime.Device.Tests.Runtimes;

[UnsupportedOSPlatform("windows")]
public sealed class RuntimeTreeTests : IDisposable
{
    private static readonly PackageFile[] Files =
    [
        new("edge-device", "the program"u8.ToArray()), new("lib/libone.so", "a library"u8.ToArray()), new("LICENSE", ReadOnlyMemory<byte>.Empty),
    ];

    private readonly string _state = Directory.CreateTempSubdirectory("edge-tree-").FullName;

    [Fact]
    public void Files_are_laid_out_for_their_owner_alone_and_only_the_program_can_be_executed()
    {
        string program = Trees.Make("one", Files, "edge-device");

        Assert.Equal("the program", File.ReadAllText(program));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(program));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Of("lib/libone.so")));
    }

    [Fact]
    public void What_is_as_it_should_be_is_left_alone()
    {
        DateTime long_ago = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        string program = Trees.Make("one", Files, "edge-device");
        File.SetLastWriteTimeUtc(program, long_ago);

        Trees.Make("one", Files, "edge-device");

        Assert.Equal(long_ago, File.GetLastWriteTimeUtc(program));
    }

    [Theory]
    [InlineData("a bit")]
    [InlineData("the end")]
    [InlineData("a file more")]
    [InlineData("a file less")]
    [InlineData("a link")]
    [InlineData("the right to be executed")]
    public void Whatever_differs_from_the_signed_archive_is_written_again(string difference)
    {
        string program = Trees.Make("one", Files, "edge-device");
        switch (difference)
        {
            case "a bit":
                File.WriteAllText(program, "the prograM");
                break;
            case "the end":
                File.WriteAllText(program, "the program and more");
                break;
            case "a file more":
                File.WriteAllText(Of("lib/libtwo.so"), "loaded by whom?");
                break;
            case "a file less":
                File.Delete(Of("LICENSE"));
                break;
            case "a link":
                File.WriteAllText(Of("../elsewhere"), "the program");
                File.Delete(program);
                File.CreateSymbolicLink(program, Of("../elsewhere"));
                break;
            default:
                File.SetUnixFileMode(program, UnixFileMode.UserRead);
                break;
        }

        Trees.Make("one", Files, "edge-device");

        Assert.Null(new FileInfo(program).LinkTarget);
        Assert.Equal("the program", File.ReadAllText(program));
        Assert.True(File.GetUnixFileMode(program).HasFlag(UnixFileMode.UserExecute));
        Assert.False(File.Exists(Of("lib/libtwo.so")));
        Assert.True(File.Exists(Of("LICENSE")));
    }

    [Fact]
    public void Trees_that_no_pointer_names_go()
    {
        Trees.Make("one", Files, "edge-device");
        string two = Trees.Make("two", Files, "edge-device");

        Trees.KeepOnly([null, "two"]);

        Assert.False(Directory.Exists(Path.Combine(_state, "runtime", "one")));
        Assert.True(File.Exists(two));
    }

    public void Dispose() => Directory.Delete(_state, recursive: true);

    private RuntimeTree Trees => new(_state);

    private string Of(string path) => Path.Combine(_state, "runtime", "one", path);
}
