namespace ClawCi.Mcp;

/// <summary>What a server may say at most: every one of them is taken for hostile.</summary>
internal static class McpLimits
{
    /// <summary>Bytes of one message. Images come as base64 within one.</summary>
    public const int LongestMessage = 8 << 20;

    /// <summary>Bytes since we last asked for something.</summary>
    public const long MostBytesUnasked = 32 << 20;

    /// <summary>Messages since we last asked for something: progress, logs, and requests that are declined.</summary>
    public const int MostMessagesUnasked = 10_000;

    /// <summary>How often a server may say that its tools are others.</summary>
    public const int MostChanges = 64;

    public const int MostPages = 32;

    /// <summary>Resources or prompts that one answer lists.</summary>
    public const int MostListed = 500;

    public const int MostTools = 128;

    /// <summary>Characters of a tool's schema as JSON, and of all schemas of a server.</summary>
    public const int LongestSchema = 16 << 10;
    public const int AllSchemas = 256 << 10;

    /// <summary>Levels of objects and lists in a schema.</summary>
    public const int DeepestSchema = 32;

    public const int LongestDescription = 1024;

    /// <summary>Bytes of an answer's text that the model reads: this much from its start and from its end.</summary>
    public const int AnswerHead = 20 << 10;
    public const int AnswerTail = 8 << 10;

    /// <summary>Images of one answer, and the characters of one as base64.</summary>
    public const int MostImages = 4;
    public const int LongestImage = 5 << 20;

    /// <summary>Characters of what a server wrote to stderr, for people.</summary>
    public const int ErrorTail = 600;
}
