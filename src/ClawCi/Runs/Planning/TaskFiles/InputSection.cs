using System.ComponentModel;
using System.Text.Json;
using ClawCi.Configuration;

namespace ClawCi.Runs.Planning.TaskFiles;

/// <summary>One of the <c>inputs</c> of a task file, in the shape of GitHub Actions.</summary>
internal sealed record InputSection
{
    [Description("What kind of value it takes. Default string.")]
    public InputType? Type { get; init; }

    [Description("What it is for, for people.")]
    [Text(TextFormat.NotEmpty)]
    public string? Description { get; init; }

    [Description("Whether a run without a value is refused. Default false.")]
    public bool? Required { get; init; }

    [Description("The value when none is given.")]
    public JsonElement? Default { get; init; }

    [Description("What a choice may be.")]
    [Text(TextFormat.NotEmpty)]
    public IReadOnlyList<string>? Options { get; init; }
}

/// <summary>What kind of value an input takes.</summary>
internal enum InputType
{
    String,
    Number,
    Boolean,
    Choice,

    /// <summary>A path; the content of the file is the value.</summary>
    File,

    /// <summary>Words of somebody who is not the caller: the model is shown them as data.</summary>
    UntrustedText,
}
