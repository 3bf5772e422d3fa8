using EdgeRuntime.Device.Tests.Diagnosis;

namespace EdgeRuntime.Device.Tests.Configuration;

public sealed class LibraryRiskTests
{
    [Theory]
    [InlineData("1.21.0", "raspberry-pi-4", 1)]
    [InlineData("1.21.1", "raspberry-pi-5", 0)]
    [InlineData("1.22.0", "jetson-orin-nano", 1)]
    [InlineData("1.22.0", "raspberry-pi-zero-2-w", 1)]
    [InlineData("1.24.1", "linux-x64", 1)]
    [InlineData("1.24.2", "jetson-orin-nano", 1)]
    [InlineData("1.30.0", "raspberry-pi-4", 0)]
    [InlineData("1.9.0", "raspberry-pi-4", 0)]
    [InlineData("1.21", "raspberry-pi-4", 0)]
    public void Known_faults_of_a_library_are_those_of_the_boards_profile_and_what_it_inherits(string version, string profile, int count)
    {
        Assert.Equal(count, ShippedProfile.Named(profile).LibraryRisks.Count(risk => risk.Concerns(version)));
    }
}
