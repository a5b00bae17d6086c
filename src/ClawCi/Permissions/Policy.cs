using ClawCi.Configuration;

namespace ClawCi.Permissions;

/// <summary>A policy file, read and checked.</summary>
internal sealed record Policy(SourceDocument<PolicyFile> Document, PolicyLayer Layer)
{
    /// <summary>Whether it may grant what is not granted without it; else it only narrows.</summary>
    public bool MayGrant { get; init; } = true;

    /// <exception cref="UserErrorException">All mistakes of the file.</exception>
    public static Policy Read(string path) => Read(SourceFile.Read(path));

    /// <inheritdoc cref="Read(string)"/>
    public static Policy Read(SourceFile file)
    {
        IReadOnlyList<Rule> rules = [];
        var document = StrictReader.Read(
            file,
            PolicyFileJson.Default.PolicyFile,
            (root, errors) =>
            {
                rules = new RuleReader(errors).Read(root);
                HookReader.Check(root["hooks"]?.Value, errors);
                NetworkReader.Check(root["network"]?.Value, mayBePrivate: true, errors);
            }
        );
        return new(document, new PolicyLayer(rules));
    }
}
