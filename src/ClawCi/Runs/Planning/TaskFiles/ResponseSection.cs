using System.ComponentModel;
using ClawCi.Configuration;

namespace ClawCi.Runs.Planning.TaskFiles;

/// <summary>The <c>response</c> of a task file.</summary>
internal sealed record ResponseSection
{
    [Description("A file with the JSON Schema of an object that the answer must fit, relative to this file.")]
    [Text(TextFormat.NotEmpty)]
    public required string JsonSchema { get; init; }
}
