using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using ClawCi.Cli.Arguments;
using ClawCi.Runs;
using CommandLine;

namespace ClawCi.Cli;

/// <summary>How a recorded run was started: what <c>replay</c> needs to start it again.</summary>
/// <param name="Directory">The working directory, which relative paths are relative to.</param>
/// <param name="Options">As <c>--name=value</c>; without those that a replay has its own of.</param>
internal sealed record RecordedStart(
    string Schema,
    string Directory,
    IReadOnlyList<string> Options,
    IReadOnlyList<string> Tasks
)
{
    public const string FileName = "recording.json";
    private const string CurrentSchema = "claw-ci.recorded-start/v1";

    private static readonly string[] OwnOfReplay =
    [
        "model",
        "out",
        "apply",
        "force",
        "only-failed",
        "only-retryable",
        "durations",
        "record",
        "output-format",
        "stream-format",
        "verbose",
        "quiet",
    ];

    /// <param name="run">The verb as it was read.</param>
    public static RecordedStart Of(Verb run, IEnumerable<string> tasks) =>
        new(CurrentSchema, Environment.CurrentDirectory, [.. OptionsOf(run, OwnOfReplay)], [.. tasks]);

    public void Write(string outDirectory) =>
        WholeFile.Write(
            Path.Combine(outDirectory, FileName),
            JsonSerializer.Serialize(this, RecordedStartJson.Default.RecordedStart) + "\n"
        );

    /// <exception cref="UserErrorException">The directory holds no recorded run.</exception>
    public static RecordedStart Read(string outDirectory)
    {
        var file = Path.Combine(outDirectory, FileName);
        try
        {
            var start = JsonSerializer.Deserialize(File.ReadAllText(file), RecordedStartJson.Default.RecordedStart);
            if (start is { Schema: CurrentSchema, Directory: not null, Options: not null, Tasks: not null })
                return start;
            throw new UserErrorException(file, "this is no recorded run");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new UserErrorException(outDirectory, $"no run was recorded here (claw-ci run --record): {e.Message}");
        }
    }

    /// <param name="verb">Another than <c>run</c> has not all of its options.</param>
    /// <param name="without">Names of options that are left out.</param>
    /// <returns>Options of <c>run</c>.</returns>
    internal static IEnumerable<string> OptionsOf(Verb verb, IReadOnlyList<string> without)
    {
        foreach (var property in VerbCatalog.Default.Options.GetProperties())
        {
            if (
                property.GetCustomAttribute<OptionAttribute>()?.LongName is not { } name
                || without.Contains(name)
                || !property.DeclaringType!.IsInstanceOfType(verb)
            )
                continue;
            switch (property.GetValue(verb))
            {
                case true:
                    yield return $"--{name}";
                    break;
                case string text:
                    var isRepeatable = property.IsDefined(typeof(RepeatableAttribute));
                    foreach (var value in isRepeatable ? text.Split(RepeatableAttribute.Separator) : [text])
                        yield return $"--{name}={value}";
                    break;
                case IEnumerable values:
                    foreach (var value in values)
                        yield return $"--{name}={value}";
                    break;
            }
        }
    }
}

/// <summary>How it is spelled.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    NewLine = "\n"
)]
[JsonSerializable(typeof(RecordedStart))]
internal sealed partial class RecordedStartJson : JsonSerializerContext;
