using System.Text;

namespace ClawCi.Cli.Tests;

/// <summary>How a program ended, and all that it printed.</summary>
internal sealed record ProgramEnd(int ExitCode, string Output, string Error)
{
    /// <summary>As a person would see it in a terminal.</summary>
    public string Transcribe(IEnumerable<string> arguments)
    {
        var text = new StringBuilder();
        text.AppendLine($"$ claw-ci {string.Join(' ', arguments.Select(word => word.Length == 0 ? "''" : word))}");
        text.Append(Output);
        foreach (var line in Error.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            text.AppendLine($"! {line}");
        return text.AppendLine($"[{ExitCode}]").AppendLine().ToString();
    }
}
