using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace ClawCi.Permissions;

/// <summary>A tool of an MCP server, by the names that server and tool have.</summary>
/// <param name="Server">As the task or settings call it.</param>
/// <param name="Tool">As the server calls it: anything at all.</param>
internal sealed partial record McpName(string Server, string Tool)
{
    /// <summary>What the model's name of such a tool begins with.</summary>
    public const string Prefix = "mcp__";

    /// <summary>What providers take as a tool's name.</summary>
    public const int Longest = 64;

    private const int HashLength = 8;

    /// <summary>As rules spell it. Two tools of one server may be spelled alike, two of different servers never: no server's name has two <c>_</c> in a row, or one at an end.</summary>
    public string Spelled => Prefix + Server + "__" + NotPlain().Replace(Tool, "_");

    /// <summary>The spelling where a provider takes it, else its start and a hash of the whole.</summary>
    public string Short => Spelled.Length <= Longest ? Spelled : Hashed;

    /// <summary>Another name for the same tool, for when the short one is taken.</summary>
    public string Hashed
    {
        get
        {
            var start = Spelled[..Math.Min(Spelled.Length, Longest - HashLength - 1)];
            var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{Server}\0{Tool}"));
            return $"{start}_{Convert.ToHexStringLower(hash)[..HashLength]}";
        }
    }

    /// <summary>For those who type it: <c>server tool</c>, or as rules spell it. Null when it is neither.</summary>
    public static McpName? Read(string text)
    {
        if (text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            text = Separator().Replace(text[Prefix.Length..], " ", 1);
        return text.Trim().Split(' ') is [{ Length: > 0 } server, { Length: > 0 } tool] ? new(server, tool) : null;
    }

    public override string ToString() => $"{Server} {Tool}";

    [GeneratedRegex("[^A-Za-z0-9_-]")]
    private static partial Regex NotPlain();

    [GeneratedRegex("__")]
    private static partial Regex Separator();
}
