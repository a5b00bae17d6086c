namespace ClawCi.Models;

/// <summary>A model that was chosen, with what is known of it.</summary>
/// <param name="Name">As the user spells it.</param>
/// <param name="Id">As the provider spells it; of a scripted model the script's absolute path.</param>
internal sealed record ModelChoice(ModelName Name, string Id, ModelFacts Facts)
{
    public sealed override string ToString() => Name.ToString();
}
