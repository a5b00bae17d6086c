using System.Reflection;
using ClawCi.Configuration;
using CommandLine;

namespace ClawCi.Cli.Arguments;

/// <summary>
/// Refuses what CommandLineParser would let pass: an option without its value, an empty value (a shell variable that is
/// not set must not switch a policy off), a second positional word.
/// </summary>
internal sealed class OptionCheck
{
    private readonly VerbEntry _verb;
    private readonly Dictionary<string, bool> _isSwitch;
    private readonly HashSet<string> _repeatable;
    private readonly int _mostValues;
    private readonly List<string> _options = [];
    private readonly List<string> _values = [];

    private OptionCheck(VerbEntry verb)
    {
        _verb = verb;
        var properties = verb.Options.GetProperties();
        _isSwitch = properties
            .Select(property => (Option: property.GetCustomAttribute<OptionAttribute>(), property.PropertyType))
            .Where(pair => pair.Option is not null)
            .ToDictionary(pair => pair.Option!.LongName, pair => pair.PropertyType == typeof(bool));
        _repeatable =
        [
            .. properties
                .Where(property => property.IsDefined(typeof(RepeatableAttribute)))
                .Select(property => property.GetCustomAttribute<OptionAttribute>()!.LongName),
        ];
        _mostValues = properties
            .Where(property => property.IsDefined(typeof(ValueAttribute)))
            .Sum(property => property.PropertyType == typeof(string) ? 1 : int.MaxValue);
    }

    /// <param name="words">What follows the verb.</param>
    /// <returns>The same, spelt so that it can be read in one way only: <c>--name=value</c>, then <c>--</c>, then values.</returns>
    public static IReadOnlyList<string> Check(VerbEntry verb, IReadOnlyList<string> words)
    {
        var check = new OptionCheck(verb);
        var rest = new Queue<string>(words);
        while (rest.TryDequeue(out var word))
        {
            if (word == "--")
            {
                check._values.AddRange(rest);
                break;
            }
            if (!LooksLikeOption(word))
                check._values.Add(word);
            else
                check.AddOption(word, rest);
        }
        check.CheckValues();
        return [.. check._options.SelectMany(Words), "--", .. check._values];
    }

    /// <summary>CommandLineParser takes no line feed behind an equals sign.</summary>
    private static string[] Words(string option) =>
        option.Split('=', 2) is [var name, [not '-', ..] value] && value.Contains('\n', StringComparison.Ordinal)
            ? [name, value]
            : [option];

    private void AddOption(string word, Queue<string> rest)
    {
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        var option = equals < 0 ? word : word[..equals];
        var name = option.TrimStart('-');
        if (option != $"--{name}" || !_isSwitch.TryGetValue(name, out var isSwitch))
            throw Unknown(option, name);
        var earlier = _repeatable.Contains(name)
            ? _options.FindIndex(other => other.StartsWith($"{option}=", StringComparison.Ordinal))
            : -1;
        if (
            earlier < 0
            && _options.Exists(other => other == option || other.StartsWith($"{option}=", StringComparison.Ordinal))
        )
            throw Wrong($"{option} is given twice.");
        if (isSwitch)
        {
            if (equals >= 0)
                throw Wrong($"{option} takes no value.");
            _options.Add(option);
            return;
        }
        var value = equals >= 0 ? word[(equals + 1)..] : null;
        if (value is null && (!rest.TryPeek(out var next) || LooksLikeOption(next) || next == "--"))
            throw Wrong($"{option} needs a value.");
        value ??= rest.Dequeue();
        if (value.Length == 0)
            throw Wrong($"{option} is empty. Is a variable not set?");
        // What follows would be taken for another value, which somebody else may have written.
        if (_repeatable.Contains(name) && value.Contains(RepeatableAttribute.Separator, StringComparison.Ordinal))
            throw Wrong($"{option} holds the control character U+001F.");
        if (earlier < 0)
            _options.Add($"{option}={value}");
        else
            _options[earlier] += RepeatableAttribute.Separator + value;
    }

    private void CheckValues()
    {
        if (_values.Contains(""))
            throw Wrong("An argument is empty. Is a variable not set?");
        if (_values.Count > _mostValues)
            throw Wrong($"`{_values[_mostValues]}` is one too many.");
        if (_values.Count == 0 && _verb.Missing is not null)
            throw Wrong(_verb.Missing);
    }

    /// <summary>A single dash is a value: standard input.</summary>
    private static bool LooksLikeOption(string word) => word.StartsWith('-') && word is not ("-" or "--");

    private UsageException Unknown(string option, string name)
    {
        var nearest = DidYouMean.Nearest(name, _isSwitch.Keys);
        return Wrong($"Unknown option {option}.{(nearest is null ? "" : $" Did you mean --{nearest}?")}");
    }

    private UsageException Wrong(string message) => new(message, _verb.Name);
}
