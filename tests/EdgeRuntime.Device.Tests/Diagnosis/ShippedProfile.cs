using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Device.Tests.Configuration;

namespace EdgeRuntime.Device.Tests.Diagnosis;

/// <summary>The profiles that the project ships, whatever machine the tests run on.</summary>
internal static class ShippedProfile
{
    public static DeviceProfile Named(string name)
    {
        Mistakes mistakes = new();
        DeviceProfile? profile = DeviceProfile.Inspect(name, [ProfileSchema.Folder], mistakes);
        Assert.Empty(mistakes.Lines());
        return profile!;
    }
}
