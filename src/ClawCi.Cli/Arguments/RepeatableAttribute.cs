namespace ClawCi.Cli.Arguments;

/// <summary>An option that may be given more than once: its values arrive as one text, with <see cref="Separator"/> between them.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class RepeatableAttribute : Attribute
{
    /// <summary>The unit separator. CommandLineParser takes no value with a line feed.</summary>
    public const char Separator = '\x1F';
}
