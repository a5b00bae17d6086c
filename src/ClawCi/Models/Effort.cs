namespace ClawCi.Models;

/// <summary>How much a model is to think before it answers.</summary>
internal enum Effort
{
    Low,
    Medium,
    High,
}
