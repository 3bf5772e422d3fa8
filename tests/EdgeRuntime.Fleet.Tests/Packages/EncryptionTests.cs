using System.Security.Cryptography;
using System.Text;
using EdgeRuntime.Contracts.Encryption;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Fleet.Packages;
using EdgeRuntime.Fleet.Rollouts;
using EdgeRuntime.Fleet.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace EdgeRuntime.Fleet.Tests.Packages;

/// <summary>Rollouts of packages that travel encrypted, with devices that decrypt.</summary>
public sealed class EncryptionTests : IDisposable
{
    private readonly HpkePrivateKey[] _keys = [HpkePrivateKey.Create(), HpkePrivateKey.Create(), HpkePrivateKey.Create()];

    public void Dispose() => Array.ForEach(_keys, key => key.Dispose());

    [Fact]
    public void A_rollout_and_its_undoing_carry_nothing_of_the_packages_in_the_clear()
    {
        using FleetRig rig = new FleetRig(Pinned(3)).With(3, _keys);
        rig.Push(rig.V1);
        rig.Pass(60);
        rig.Push(rig.V2);
        Rollout good = rig.Start("vitals@1.1.0");
        rig.Pass(300, () => rig.Rollout(good.Id).State is RolloutState.Completed);
        foreach (ScriptedDevice device in rig.Devices)
        {
            device.Behaviours[TestPackages.LabelOf(rig.V3).Digest] = Behaviour.WrongLabels;
        }

        rig.Push(rig.V3);
        Rollout bad = rig.Start("vitals@1.2.0");
        rig.Pass(300, () => rig.Rollout(bad.Id).State is RolloutState.Reverted);

        Assert.IsType<RolloutState.Completed>(rig.Rollout(good.Id).State);
        Assert.IsType<RolloutState.Reverted>(rig.Rollout(bad.Id).State);
        Assert.All(rig.Devices, device => Assert.Equal("1.1.0", device.Active.Version));
        Assert.All(rig.Devices, device =>
        {
            byte[] carried = [.. device.Carried];
            Assert.True(carried.Length >= rig.V2.Length, $"{carried.Length} bytes came");
            Assert.True(carried.AsSpan().IndexOf("manifest.json"u8) < 0, "an archive came as it is");
        });
    }

    [Fact]
    public void Every_device_fetches_the_same_ciphertext_and_so_it_does_after_a_restart_of_the_manager()
    {
        using FleetRig rig = new FleetRig(Pinned(2)).With(2, _keys);
        rig.Push(rig.V1);
        StoredPackage package = rig.Push(rig.V2);
        string before = rig.State.Ciphers!.Find(package.ArchiveSha256)!;

        rig.RestartManager();
        rig.Start("vitals@1.1.0", FleetRig.QuickPlan with { Stages = [new StagePlan("all", 100)] });
        rig.Settle();

        Assert.Equal(before, rig.State.Ciphers!.Find(package.ArchiveSha256));
        Assert.All(rig.Devices, device => Assert.Equal("1.1.0", device.Active.Version));
        Assert.Equal(rig.Devices[0].Carried, rig.Devices[1].Carried);
    }

    [Fact]
    public void A_rollout_to_a_device_whose_key_nobody_vouches_for_is_refused_with_every_such_device()
    {
        using FleetRig rig = new FleetRig(Pinned(2)).With(4, _keys[0], _keys[2], _keys[2]);
        rig.Push(rig.V1);
        rig.Push(rig.V2);

        RolloutRefusedException refused = Assert.Throws<RolloutRefusedException>(() => rig.Start("vitals@1.1.0"));

        Assert.Equal(3, refused.Sentences.Count);
        Assert.Contains(refused.Sentences, sentence => sentence.StartsWith("dev-1: tells the key", StringComparison.Ordinal));
        Assert.Contains("dev-2: is not in pins; 'edge-device check' on the device prints its line.", refused.Sentences);
        Assert.Contains(refused.Sentences, sentence => sentence.StartsWith("dev-3: tells no key to encrypt for", StringComparison.Ordinal));
    }

    [Fact]
    public void Packages_and_orders_from_before_are_encrypted_once_recipients_are_named_and_held_back_from_others()
    {
        using FleetRig rig = new FleetRig().With(2, _keys);
        rig.Push(rig.V1);
        rig.Push(rig.V2);
        rig.Start("vitals@1.1.0", FleetRig.QuickPlan with { Stages = [new StagePlan("all", 100)] });
        rig.Settle();
        DesiredState plain = rig.Devices[0].Order!;

        rig.Recipients = Pinned(1);
        rig.RestartManager();
        rig.Devices[0].Restart();
        rig.Devices[1].Restart();
        rig.Settle();

        Assert.Null(plain.Slots["vitals"].Encryption);
        Assert.NotNull(rig.Devices[0].Retold!.Slots["vitals"].Encryption);
        Assert.Null(rig.State.Orders.Envelope(rig.Devices[1].Id));
    }

    [Fact]
    public void A_delta_is_encrypted_with_its_archive_and_its_ciphertext_goes_with_it()
    {
        using TestDirectory directory = new();
        byte[] old = RandomNumberGenerator.GetBytes(50_000);
        byte[] target = [.. old];
        target[100] ^= 1;
        string from = Put(directory, old);
        string to = Put(directory, target);
        CipherShelf ciphers = new(directory.Under("encrypted"), RandomNumberGenerator.Create());
        DeltaShelf shelf = Deltas(directory, ciphers);
        shelf.Want(from, to, new HashSet<string>());
        Assert.True(shelf.TryMake());

        DeltaReference made = shelf.Find(from, to)!;
        DeltaReference again = Deltas(directory, new CipherShelf(directory.Under("encrypted"), RandomNumberGenerator.Create())).Find(from, to)!;
        string path = ciphers.PathOf(made.CiphertextSha256!)!;
        Assert.Equal(made.CiphertextSha256, again.CiphertextSha256);
        Assert.Equal(made.CiphertextSha256, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))));
        Assert.Equal(ChunkCipher.SizeOf(made.Size, made.ChunkBytes), new FileInfo(path).Length);

        for (int i = 0; i < DeltaShelf.MostDeltas; i++)
        {
            shelf.Want(from, Put(directory, new byte[2000 + i]), new HashSet<string>());
            shelf.TryMake();
        }

        Assert.Null(shelf.Find(from, to));
        Assert.False(File.Exists(path));
    }

    private static DeltaShelf Deltas(TestDirectory directory, CipherShelf ciphers) =>
        new(directory.Under("deltas"), directory.Under, ciphers, () => { }, NullLogger.Instance);

    private static string Put(TestDirectory directory, byte[] archive)
    {
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(archive));
        File.WriteAllBytes(directory.Under(sha256), archive);
        return sha256;
    }

    // The first devices, each with the key of its number.
    private Recipients Pinned(int devices)
    {
        string pins = string.Join('\n', _keys.Take(devices).Select((key, i) => $"dev-{i} {Convert.ToBase64String(key.PublicKey)}"));
        List<string> mistakes = [];
        Recipients recipients = Recipients.Read("pins", Encoding.UTF8.GetBytes(pins), mistakes);
        Assert.Empty(mistakes);
        return recipients;
    }
}
