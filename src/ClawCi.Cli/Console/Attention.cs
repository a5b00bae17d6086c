using ClawCi.GitHub;
using Serilog;

namespace ClawCi.Cli.Console;

/// <summary>What needs somebody's attention, and what does not: in GitHub Actions annotations, and folds around turns.</summary>
internal sealed class Attention(ILogger log, bool isGitHub)
{
    private bool _isFolded;
    private int _warnings;
    private int _errors;

    /// <summary>Of everything until the next thing that must be seen.</summary>
    /// <returns>False where nothing can be folded.</returns>
    public bool Fold(string title)
    {
        if (isGitHub)
            log.Information("{Command}", WorkflowCommand.Group(title));
        return _isFolded = isGitHub;
    }

    /// <summary>What a person should see must not be folded away.</summary>
    public void Unfold()
    {
        if (_isFolded)
            log.Information("{Command}", WorkflowCommand.EndGroup);
        _isFolded = false;
    }

    public void Warn(string title, string message)
    {
        if (isGitHub && _warnings++ < Annotations.Most)
            log.Warning("{Command}", WorkflowCommand.Warning(title, message));
        else
            log.Warning("  {Sign:yellow} {Message}", "!", message);
    }

    /// <summary>Says nothing anew: only GitHub is told apart from the log.</summary>
    public void Fail(string title, string message)
    {
        if (isGitHub && _errors++ < Annotations.Most)
            log.Error("{Command}", WorkflowCommand.Error(title, message));
    }
}
