using ClawCi.Configuration;
using ClawCi.Runs.Planning.TaskFiles;
using ClawCi.Tools;

namespace ClawCi.Runs.Planning;

/// <summary>A task file, read and checked, with what it refers to.</summary>
/// <param name="Prompt">From the file itself or from its prompt file, templates not yet filled in.</param>
/// <param name="Response">What its structured answer must fit; null when it asks for none.</param>
internal sealed record TaskSource(SourceDocument<TaskFile> Document, string Prompt, ResponseSchema? Response)
{
    public TaskFile File => Document.Value;

    public Matrix Matrix { get; init; } = Matrix.None;

    /// <summary>Where it is to be done, in the order of the file; empty is the run's own workspace.</summary>
    public IReadOnlyList<TaskTarget> Targets { get; init; } = [];

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<TaskInput> Declared { get; init; } = [];

    /// <summary>What is declared, with the values that the run has for it; empty before they are resolved.</summary>
    public IReadOnlyList<InputValue> Inputs { get; init; } = [];

    /// <summary>What of it is one task each.</summary>
    public IEnumerable<TaskVariant> Variants =>
        from target in Targets.Count == 0 ? [null] : Targets.AsEnumerable<TaskTarget?>()
        from values in Matrix.Combinations()
        select new TaskVariant(this, values, target);

    /// <summary>Paths in the file are relative to it.</summary>
    public static string Resolve(string taskFile, string path) =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(taskFile))!, path));
}
