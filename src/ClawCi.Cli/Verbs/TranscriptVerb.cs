using ClawCi.Artifacts;
using ClawCi.Cli.Arguments;
using ClawCi.Cli.Console;
using ClawCi.GitHub;
using ClawCi.Sessions;
using ClawCi.Sessions.Claude;
using CommandLine;

namespace ClawCi.Cli.Verbs;

/// <summary>Holds transcripts against their format, and shows them in others.</summary>
[Verb("transcript")]
internal sealed record TranscriptVerb : Verb
{
    public const string Help = """
        claw-ci transcript validate FILE|DIR...   hold transcripts against their format: schema, sequence, chain of hashes, blobs
        claw-ci transcript convert FILE           print a transcript in another format
          --to FORMAT                             text, or claude: the lines of claude -p --output-format stream-json
        """;

    [Value(0)]
    public IEnumerable<string> Words { get; init; } = [];

    [Option("to")]
    public string? To { get; init; }

    public override async Task<int> RunAsync(Invocation invocation)
    {
        string[] words = [.. Words];
        switch (words)
        {
            case ["validate", _, ..] when To is null:
                await ValidateAsync(words[1..], invocation.Output);
                return 0;
            case ["convert", var file] when To is "text" or "claude":
                Convert(file, invocation.Output);
                return 0;
            case ["convert", _]:
                throw Wrong(To is null ? "convert to what? --to text or --to claude." : $"--to {To}: text or claude.");
            default:
                throw Wrong(
                    words is ["validate" or "convert", ..]
                        ? $"transcript {words[0]}: the arguments do not fit."
                        : $"`transcript {words[0]}` does not exist: validate or convert."
                );
        }
    }

    private static async Task ValidateAsync(string[] paths, TextWriter output)
    {
        List<UserError> errors = [];
        foreach (var (path, findings) in TranscriptValidation.Of(paths))
        {
            errors.AddRange(findings.Errors);
            if (findings.Errors.Count > 0)
                continue;
            await output.WriteLineAsync(
                VisibleText.Line($"{path}: {Amount.Count(findings.Lines, "line")}, last hash {findings.LastHash}")
            );
            foreach (var note in findings.Notes)
                await output.WriteLineAsync(VisibleText.Line($"  {note}"));
        }
        if (errors.Count > 0)
            throw new UserErrorException(errors);
    }

    private void Convert(string file, TextWriter output)
    {
        if (!File.Exists(file))
            throw new UserErrorException(
                file,
                "is no file. A task's transcript is tasks/ID/transcript.jsonl below the out directory."
            );
        var lines = TranscriptReader.Stream(file);
        if (To == "text")
        {
            foreach (var line in TranscriptText.Of(lines))
                output.WriteLine(WorkflowCommand.Neutralise(line));
            return;
        }
        using var stdout = System.Console.OpenStandardOutput();
        var stream = new ClaudeStream(new StreamJsonOutput(stdout).Write);
        foreach (var line in lines)
            stream.Add(line);
    }

    private static UsageException Wrong(string message) => new(message, "transcript");
}
