namespace EdgeRuntime.Sensors.Replay;

/// <summary>How one number stands in a recording, little endian. Audio is scaled to full scale = 1; its factors are powers of two, so that is exact.</summary>
public enum SampleEncoding
{
    /// <summary>0 or 1.</summary>
    Bool,

    /// <summary>8 bits, signed.</summary>
    Int8,

    /// <summary>8 bits, unsigned.</summary>
    UInt8,

    /// <summary>16 bits, signed.</summary>
    Int16,

    /// <summary>16 bits, unsigned.</summary>
    UInt16,

    /// <summary>32 bits, signed.</summary>
    Int32,

    /// <summary>32 bits, unsigned.</summary>
    UInt32,

    /// <summary>64 bits, signed; beyond 2^53 rounded to the nearest double.</summary>
    Int64,

    /// <summary>64 bits, unsigned; beyond 2^53 rounded to the nearest double.</summary>
    UInt64,

    /// <summary>IEEE 754 half precision.</summary>
    Float16,

    /// <summary>IEEE 754 single precision.</summary>
    Float32,

    /// <summary>IEEE 754 double precision.</summary>
    Float64,

    /// <summary>Audio of 8 bits, unsigned around 128.</summary>
    Pcm8,

    /// <summary>Audio of 16 bits, signed.</summary>
    Pcm16,

    /// <summary>Audio of 24 bits in three bytes, signed.</summary>
    Pcm24,

    /// <summary>Audio of 32 bits, signed.</summary>
    Pcm32,
}
