using System.Text.RegularExpressions;
using ClawCi.Sessions;

namespace ClawCi.Cli.Arguments;

/// <summary>Reads <c>--secret NAME</c> and <c>--secret NAME=@FILE</c>: a value is never on the command line, where everybody sees it.</summary>
internal static partial class SecretArguments
{
    /// <param name="given">As <see cref="RepeatableAttribute"/> has it; null when there is none.</param>
    /// <exception cref="UsageException">It is written in another way.</exception>
    /// <exception cref="UserErrorException">There is no value, or one that cannot be kept.</exception>
    public static IReadOnlyDictionary<string, string> Read(string? given, CliEnvironment environment, string verb)
    {
        var secrets = new Dictionary<string, string>();
        foreach (var word in given?.Split(RepeatableAttribute.Separator) ?? [])
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? word : word[..equals];
            if (!Name().IsMatch(name) || (equals >= 0 && !word.AsSpan(equals).StartsWith("=@")))
                // Not repeated: it may be the value itself.
                throw new UsageException(
                    "--secret is NAME, whose value is the environment variable NAME, or NAME=@FILE; never the value itself.",
                    verb
                );
            if (secrets.ContainsKey(name))
                throw new UsageException($"--secret {name} is given twice.", verb);
            secrets[name] = Checked(name, equals < 0 ? environment.Secret(name) : ReadFile(name, word[(equals + 2)..]));
        }
        return secrets;
    }

    private static string Checked(string name, string? value) =>
        value switch
        {
            null => throw Wrong(name, $"the environment variable {name} is not set. Set it, or write {name}=@FILE"),
            _ when !KnownSecrets.CanBeMasked(value) => throw Wrong(
                name,
                "its value is too short or too plain to be masked, and would stand in every log"
            ),
            _ when value.Contains('\0', StringComparison.Ordinal) => throw Wrong(
                name,
                "its value holds a NUL character, which no environment can take"
            ),
            _ => value,
        };

    private static string ReadFile(string name, string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Wrong(name, e.Message);
        }
    }

    private static UserErrorException Wrong(string name, string message) =>
        new([new UserError($"--secret {name}", null, null, message)]);

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]*\z")]
    private static partial Regex Name();
}
