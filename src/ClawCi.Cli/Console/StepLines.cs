using ClawCi.Artifacts;
using ClawCi.Artifacts.HtmlReport;
using ClawCi.Events;
using Serilog;

namespace ClawCi.Cli.Console;

/// <summary>What goes on around the conversation: image, sandbox, setup, checks.</summary>
internal sealed class StepLines(ILogger log, LineCutter cut)
{
    private const int TailLines = 20;

    public void Pull(ImagePulled pull)
    {
        var duration = Amount.Duration(pull.DurationMs);
        if (pull.Done)
            log.Information("  image {Image}  {Duration:dim}", pull.Image, duration);
        else
            log.Information(
                "  image {Image}  {Bytes} of {Total} MB  {Duration:dim}",
                pull.Image,
                pull.Bytes / 1_000_000,
                pull.TotalBytes / 1_000_000,
                duration
            );
    }

    public void Sandbox(SandboxStarted sandbox) =>
        log.Debug(
            "  {Purpose:dim} {What:dim} up in {Duration}{Workspace:dim}",
            sandbox.Purpose,
            // Without a container the workspace is a copy.
            sandbox.Workspace == "copied"
                ? "process"
                : "container",
            Amount.Duration(sandbox.DurationMs),
            sandbox.Workspace is { } workspace ? $", workspace {workspace}" : ""
        );

    public void Setup(SetupRan setup)
    {
        var run = cut.Line(setup.Run, 40);
        var duration = Amount.Duration(setup.DurationMs);
        if (setup.ExitCode == 0)
        {
            log.Information("  setup  {Run}  {Duration:dim}", run, duration);
            return;
        }
        log.Error("  {Sign:red} setup  {Run}  exit {Exit:red}  {Duration:dim}", "✗", run, setup.ExitCode, duration);
        log.Error("{Output:block}", cut.Tail(setup.Tail, TailLines));
    }

    public void Check(CheckRan check)
    {
        var duration = Amount.Duration(check.DurationMs);
        if (check.Outcome == "pass")
        {
            log.Information(
                "{Sign:green} check {Id}  {Round}  {Duration:dim}",
                "✓",
                check.Id,
                ChecksView.When(check),
                duration
            );
            return;
        }
        log.Information(
            "{Sign:red} check {Id}  {Round}  {Duration:dim}  {Outcome:red}{Exit}",
            "✗",
            check.Id,
            ChecksView.When(check),
            duration,
            check.Outcome,
            check.Message is { } message ? $", {message}"
                : check.ExitCode is { } code ? $", exit {code}"
                : ""
        );
        log.Information("{Output:block}", cut.Tail(check.Tail, TailLines));
    }
}
