namespace ClawCi.Cli.Arguments;

/// <summary>An option that may be given more than once: its values arrive as one text, one a line.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class RepeatableAttribute : Attribute;
