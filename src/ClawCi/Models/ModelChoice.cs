namespace ClawCi.Models;

/// <summary>A model that was chosen, with what is known of it.</summary>
/// <param name="Name">As the user spells it.</param>
/// <param name="Id">As the provider spells it; of a scripted or recorded model the absolute path of script or recording.</param>
internal sealed record ModelChoice(ModelName Name, string Id, ModelFacts Facts)
{
    public sealed override string ToString() => Name.ToString();
}
