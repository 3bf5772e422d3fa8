using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using Xunit;

namespace EdgeRuntime.Contracts.Tests.Messages;

/// <summary>What senders leave out of a message.</summary>
public sealed class LeftOutTests
{
    [Fact]
    public void A_collection_that_a_sender_leaves_out_is_empty_and_not_null()
    {
        // The generated reader sets every member that is not required, one that is not there to null, whatever the record's own default says.
        NullabilityInfoContext nullability = new();
        PropertyInfo[] collections =
        [
            .. typeof(WireJson).Assembly.GetTypes()
                .Where(type => type.Namespace == typeof(StatusMessage).Namespace && type.IsClass && WireJson.Default.GetTypeInfo(type) is not null)
                .SelectMany(type => type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly))
                .Where(property => property.CanWrite && property.PropertyType.IsInterface && property.GetCustomAttribute<RequiredMemberAttribute>() is null)
                .Where(property => nullability.Create(property).WriteState == NullabilityState.NotNull),
        ];

        Assert.InRange(collections.Length, 20, 200);
        Assert.All(collections, property =>
        {
            object message = RuntimeHelpers.GetUninitializedObject(property.DeclaringType!);
            property.SetValue(message, null);
            Assert.True(property.GetValue(message) is not null, $"{property.DeclaringType!.Name}.{property.Name} is null where it is left out");
        });
    }

    [Fact]
    public void A_message_of_an_older_program_that_knows_fewer_members_is_read()
    {
        ResponseMessage response = JsonSerializer.Deserialize(
            """{"boot":"0123456789abcdef","sequence":7,"unix_ms":1,"clock_synchronized":true,"done":true,"detail":"undone"}""", WireJson.Default.ResponseMessage)!;

        Assert.Empty(response.Values);
        Assert.Empty(JsonSerializer.Deserialize("""{"name":"shift"}""", WireJson.Default.GroupAxis)!.Values);
        Assert.Empty(JsonSerializer.Deserialize("""{"model":"vitals","driver":"vitals","rate_hz":5}""", WireJson.Default.SensorInfo)!.Channels);
    }
}
