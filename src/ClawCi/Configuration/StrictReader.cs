using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ClawCi.Configuration;

/// <summary>
/// The one way in for files that people write. YAML or JSON, the same rules: every key known, every value of its type,
/// every mistake reported with its place, all of them at once.
/// </summary>
internal static class StrictReader
{
    /// <param name="type">
    /// Source-generated, of a record with kebab-case keys. Attributes refine it: <see cref="TextAttribute"/>,
    /// <see cref="BetweenAttribute"/>, <see cref="KeysAttribute"/>.
    /// </param>
    /// <param name="check">Looks for further mistakes in the tree; it runs on trees of the wrong shape too.</param>
    /// <exception cref="UserErrorException">All mistakes of the file.</exception>
    public static SourceDocument<T> Read<T>(
        string path,
        JsonTypeInfo<T> type,
        Action<SourceMapping, SourceErrors>? check = null
    ) => Read(SourceFile.Read(path), type, check);

    /// <inheritdoc cref="Read{T}(string, JsonTypeInfo{T}, Action{SourceMapping, SourceErrors}?)"/>
    public static SourceDocument<T> Read<T>(
        SourceFile file,
        JsonTypeInfo<T> type,
        Action<SourceMapping, SourceErrors>? check = null
    )
    {
        var errors = new SourceErrors(file.Name);
        var root = SourceTree.Read(file, errors);
        if (root is not null)
            new StructureCheck(errors).Check(root, type, "the file");
        if (root is SourceMapping mapping)
            check?.Invoke(mapping, errors);
        errors.ThrowIfAny();
        return new(file, (SourceMapping)root!, Deserialize(root!, type));
    }

    private static T Deserialize<T>(SourceNode root, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(SourceJson.Write(root), type)!;
        }
        catch (JsonException e)
        {
            throw new UnreachableException("The structure check passed what the record does not take.", e);
        }
    }
}
