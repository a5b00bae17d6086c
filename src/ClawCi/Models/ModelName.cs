namespace ClawCi.Models;

/// <summary><c>provider/name</c>. For <c>scripted</c> the name is the script's absolute path.</summary>
internal sealed record ModelName(string Provider, string Name)
{
    public override string ToString() => $"{Provider}/{Name}";
}
