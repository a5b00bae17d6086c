namespace ClawCi.ToolServer.Commands;

/// <summary>A shell command to run to its end.</summary>
internal sealed record CommandRequest(string Command, TimeSpan Timeout)
{
    /// <summary>A program and its arguments, instead of the command and the image's shell.</summary>
    public IReadOnlyList<string>? Program { get; init; }

    /// <summary>Over the server's own: <c>NAME=value</c> each.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>What it reads on its standard input.</summary>
    public byte[] Input { get; init; } = [];

    /// <summary>How much of the output to keep as it was, from its start.</summary>
    public int RawBytes { get; init; }
}
