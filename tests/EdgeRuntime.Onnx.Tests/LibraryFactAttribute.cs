namespace EdgeRuntime.Onnx.Tests;

/// <summary>A test that needs ONNX Runtime's library; skipped with a sentence where it is absent.</summary>
public sealed class LibraryFactAttribute : FactAttribute
{
    public LibraryFactAttribute() => Skip = Surroundings.Library is null
        ? "no libonnxruntime.so.1: tools/test fetches it, or name it in EDGE_ONNXRUNTIME"
        : null;
}

/// <summary>As <see cref="LibraryFactAttribute"/>, with data.</summary>
public sealed class LibraryTheoryAttribute : TheoryAttribute
{
    public LibraryTheoryAttribute() => Skip = new LibraryFactAttribute().Skip;
}

/// <summary>A test that needs the library and the test material beside the repository.</summary>
public sealed class MaterialFactAttribute : FactAttribute
{
    public MaterialFactAttribute() => Skip = Surroundings.Material is null
        ? "no material: it belongs at ../shared/material, or where EDGE_MATERIAL says"
        : new LibraryFactAttribute().Skip;
}
