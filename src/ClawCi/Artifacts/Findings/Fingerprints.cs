using System.Security.Cryptography;
using System.Text;

namespace ClawCi.Artifacts.Findings;

/// <summary>
/// What tells one finding from another, run after run: rule, file and message without the line, which moves. Equal ones are numbered.
/// </summary>
internal sealed class Fingerprints
{
    private readonly Dictionary<string, int> _seen = new(StringComparer.Ordinal);

    /// <returns>Lower-case hex.</returns>
    public string Of(PlacedFinding finding)
    {
        var text = $"{finding.Rule}\0{finding.Path}\0{finding.Message}";
        var number = _seen[text] = _seen.GetValueOrDefault(text) + 1;
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{text}\0{number}")));
    }
}
