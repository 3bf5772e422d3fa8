using System.Runtime.InteropServices;

namespace EdgeRuntime.Contracts.Tuf;

/// <summary>The few functions of the system's OpenSSL 3 that Ed25519 takes; the base library has no such keys.</summary>
internal sealed unsafe class LibCrypto
{
    /// <summary>NID_ED25519 of OpenSSL.</summary>
    public const int Ed25519 = 1087;

    private const string Name = "libcrypto.so.3";

    private static readonly Lazy<LibCrypto?> Loaded = new(Load);

    private LibCrypto(nint library)
    {
        NewPublic = (delegate* unmanaged<int, void*, byte*, nuint, void*>)Export(library, "EVP_PKEY_new_raw_public_key");
        NewPrivate = (delegate* unmanaged<int, void*, byte*, nuint, void*>)Export(library, "EVP_PKEY_new_raw_private_key");
        GetPublic = (delegate* unmanaged<void*, byte*, nuint*, int>)Export(library, "EVP_PKEY_get_raw_public_key");
        FreeKey = (delegate* unmanaged<void*, void>)Export(library, "EVP_PKEY_free");
        NewContext = (delegate* unmanaged<void*>)Export(library, "EVP_MD_CTX_new");
        FreeContext = (delegate* unmanaged<void*, void>)Export(library, "EVP_MD_CTX_free");
        VerifyInit = (delegate* unmanaged<void*, void**, void*, void*, void*, int>)Export(library, "EVP_DigestVerifyInit");
        Verify = (delegate* unmanaged<void*, byte*, nuint, byte*, nuint, int>)Export(library, "EVP_DigestVerify");
        SignInit = (delegate* unmanaged<void*, void**, void*, void*, void*, int>)Export(library, "EVP_DigestSignInit");
        Sign = (delegate* unmanaged<void*, byte*, nuint*, byte*, nuint, int>)Export(library, "EVP_DigestSign");
        ClearErrors = (delegate* unmanaged<void>)Export(library, "ERR_clear_error");
    }

    public delegate* unmanaged<int, void*, byte*, nuint, void*> NewPublic { get; }

    public delegate* unmanaged<int, void*, byte*, nuint, void*> NewPrivate { get; }

    public delegate* unmanaged<void*, byte*, nuint*, int> GetPublic { get; }

    public delegate* unmanaged<void*, void> FreeKey { get; }

    public delegate* unmanaged<void*> NewContext { get; }

    public delegate* unmanaged<void*, void> FreeContext { get; }

    public delegate* unmanaged<void*, void**, void*, void*, void*, int> VerifyInit { get; }

    public delegate* unmanaged<void*, byte*, nuint, byte*, nuint, int> Verify { get; }

    public delegate* unmanaged<void*, void**, void*, void*, void*, int> SignInit { get; }

    public delegate* unmanaged<void*, byte*, nuint*, byte*, nuint, int> Sign { get; }

    /// <summary>Empties the thread's list of errors, which the base library shares and would else read as its own.</summary>
    public delegate* unmanaged<void> ClearErrors { get; }

    /// <summary>True where the library is there.</summary>
    public static bool IsThere => Loaded.Value is not null;

    /// <summary>The library.</summary>
    /// <exception cref="PlatformNotSupportedException">It is not there.</exception>
    public static LibCrypto Instance =>
        Loaded.Value ?? throw new PlatformNotSupportedException($"Ed25519 needs OpenSSL 3 ({Name}; Debian: libssl3)");

    private static LibCrypto? Load()
    {
        try
        {
            return NativeLibrary.TryLoad(Name, out nint library) ? new LibCrypto(library) : null;
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    private static void* Export(nint library, string function) => (void*)NativeLibrary.GetExport(library, function);
}
