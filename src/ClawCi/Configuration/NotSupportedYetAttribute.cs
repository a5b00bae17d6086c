namespace ClawCi.Configuration;

/// <summary>Keys of a record, or words of an enum, that are specified but not built: refused by name, never ignored.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Enum)]
internal sealed class NotSupportedYetAttribute(params string[] words) : Attribute
{
    public IReadOnlyList<string> Words { get; } = words;
}
