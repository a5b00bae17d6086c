namespace ClawCi.Configuration;

/// <summary>A key that people expect and that is refused for good, with the reason.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
internal sealed class RefusedAttribute(string key, string why) : Attribute
{
    public string Key { get; } = key;
    public string Why { get; } = why;
}
