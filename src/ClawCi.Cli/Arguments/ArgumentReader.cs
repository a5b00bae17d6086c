using ClawCi.Configuration;
using CommandLine;

namespace ClawCi.Cli.Arguments;

/// <summary>From the words of the command line to a verb.</summary>
internal static class ArgumentReader
{
    /// <returns>The verb, or <see cref="ShowText"/> when help or the version was asked for.</returns>
    /// <exception cref="UsageException">The words make no sense.</exception>
    public static Verb Read(IReadOnlyList<string> arguments)
    {
        switch (arguments)
        {
            case []:
                throw new UsageException("Which task file?");
            case ["--help" or "-h" or "help"]:
                return new ShowText(VerbCatalog.Help);
            case ["--version" or "version"]:
                return new ShowText(ShowText.Version);
            case ["help", var name, ..]:
                return new ShowText((VerbCatalog.Find(name) ?? throw Unknown(name)).Help);
        }
        var named = VerbCatalog.Find(arguments[0]);
        var entry = named ?? Default(arguments[0]);
        IReadOnlyList<string> words = named is null ? arguments : [.. arguments.Skip(1)];
        if (words.TakeWhile(word => word != "--").Any(word => word is "--help" or "-h"))
            return new ShowText(entry.Help);
        using var parser = new Parser(settings =>
        {
            settings.HelpWriter = null;
            settings.AutoHelp = false;
            settings.AutoVersion = false;
            settings.EnableDashDash = true;
        });
        return parser.ParseArguments([entry.Name, .. OptionCheck.Check(entry, words)], VerbCatalog.Types) switch
        {
            Parsed<object> { Value: Verb verb } => verb,
            var wrong => throw new UsageException(
                string.Join(' ', wrong.Errors.Select(error => error.Tag)),
                entry.Name
            ),
        };
    }

    private static VerbEntry Default(string first)
    {
        // A word that is no option, no path and no file was meant as a verb.
        var isWord = first.Length > 0 && first.All(letter => letter is (>= 'a' and <= 'z') or '-') && first[0] != '-';
        return isWord && !Path.Exists(first) ? throw Unknown(first) : VerbCatalog.Default;
    }

    private static UsageException Unknown(string name) =>
        new($"`{name}` is neither a verb nor a file{DidYouMean.Suffix(name, VerbCatalog.Names)}");
}
