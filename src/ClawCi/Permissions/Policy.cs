using ClawCi.Configuration;

namespace ClawCi.Permissions;

/// <summary>A policy file, read and checked.</summary>
internal sealed record Policy(SourceDocument<PolicyFile> Document, PolicyLayer Layer)
{
    /// <exception cref="UserErrorException">All mistakes of the file.</exception>
    public static Policy Read(string path)
    {
        IReadOnlyList<Rule> rules = [];
        var document = StrictReader.Read(
            path,
            PolicyFileJson.Default.PolicyFile,
            (root, errors) => rules = new RuleReader(errors).Read(root)
        );
        return new(document, new PolicyLayer(rules));
    }
}
