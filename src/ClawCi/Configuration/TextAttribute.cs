namespace ClawCi.Configuration;

/// <summary>What the text of a property must look like; on a list, each of its items.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TextAttribute(TextFormat format) : Attribute
{
    public TextFormat Format { get; } = format;
}

/// <summary>What the keys of a dictionary must look like.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class KeysAttribute(TextFormat format) : Attribute
{
    public TextFormat Format { get; } = format;
}
