using ClawCi.Cli.Arguments;
using ClawCi.Runs;
using ClawCi.Runs.Planning;
using CommandLine;

namespace ClawCi.Cli.Verbs;

/// <summary>Finds mistakes in files, and starts nothing.</summary>
[Verb("validate")]
internal sealed record ValidateVerb : Verb
{
    public const string Help = """
        claw-ci validate FILE...     check task, policy, policy test, settings and script files; a line for each mistake: file:line:col: what
        """;

    [Value(0)]
    public IEnumerable<string> Files { get; init; } = [];

    /// <exception cref="UserErrorException">All mistakes of all files.</exception>
    public override async Task<int> RunAsync(Invocation invocation)
    {
        List<UserError> errors = [];
        foreach (var file in Files)
        {
            try
            {
                foreach (var warning in Validation.Check(StandardInput.Path(file)))
                    await invocation.Error.WriteLineAsync(
                        VisibleText.Line((warning with { Message = $"warning: {warning.Message}" }).ToString())
                    );
                await invocation.Output.WriteLineAsync($"{VisibleText.Line(file)}: valid");
            }
            catch (UserErrorException wrong)
            {
                errors.AddRange(wrong.Errors);
            }
        }
        return errors.Count == 0 ? 0 : throw new UserErrorException(errors);
    }
}
