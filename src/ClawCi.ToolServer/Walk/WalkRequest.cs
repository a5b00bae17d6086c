using ClawCi.ChangeSets;

namespace ClawCi.ToolServer.Walk;

/// <summary>What <c>walk</c> is asked to compare. The directories are absolute.</summary>
/// <param name="Lower">The base: the checkout with what setup made.</param>
/// <param name="Upper">The agent's layer; only its names are read. Empty where there is none: then everything is compared.</param>
/// <param name="Merged">Both, as the agent saw them.</param>
/// <param name="Checkout">The base without what setup made; null when there was no setup.</param>
/// <param name="Index">Git's index of the checkout, where it is not in <c>.git</c>.</param>
/// <param name="Excludes">Relative paths that belong to no change set: the out directory.</param>
/// <param name="StartedMs">Start of the run, milliseconds since 1970; null asks for no guard.</param>
internal sealed record WalkRequest(
    string Lower,
    string Upper,
    string Merged,
    string? Checkout,
    string? Index,
    IReadOnlyList<string> Excludes,
    long? StartedMs,
    ChangeSetCaps Caps
)
{
    public const string Usage =
        "usage: claw-toolserver walk --lower DIR [--upper DIR] --merged DIR [--checkout DIR] [--index FILE] [--exclude RELPATH]..."
        + " [--started UNIX-MS] [--max-entries N] [--max-skipped N] [--max-file-bytes N] [--max-total-bytes N]";

    /// <returns>Null when the arguments are not as <see cref="Usage"/> says.</returns>
    public static WalkRequest? Parse(IReadOnlyList<string> arguments)
    {
        var request = new WalkRequest("", "", "", null, null, [], null, ChangeSetCaps.Default);
        var excludes = new List<string>();
        for (var i = 0; i < arguments.Count; i += 2)
        {
            if (i + 1 == arguments.Count)
                return null;
            var value = arguments[i + 1];
            var isNumber = long.TryParse(value, out var number) && number >= 0;
            var caps = request.Caps;
            switch (arguments[i])
            {
                case "--lower":
                    request = request with { Lower = value };
                    break;
                case "--upper":
                    request = request with { Upper = value };
                    break;
                case "--merged":
                    request = request with { Merged = value };
                    break;
                case "--checkout":
                    request = request with { Checkout = value };
                    break;
                case "--index":
                    request = request with { Index = value };
                    break;
                case "--exclude":
                    excludes.Add(value);
                    break;
                case "--started" when isNumber:
                    request = request with { StartedMs = number };
                    break;
                case "--max-entries" when isNumber && number <= int.MaxValue:
                    request = request with { Caps = caps with { MaxEntries = (int)number } };
                    break;
                case "--max-skipped" when isNumber && number <= int.MaxValue:
                    request = request with { Caps = caps with { MaxSkipped = (int)number } };
                    break;
                case "--max-file-bytes" when isNumber:
                    request = request with { Caps = caps with { MaxFileBytes = number } };
                    break;
                case "--max-total-bytes" when isNumber:
                    request = request with { Caps = caps with { MaxTotalBytes = number } };
                    break;
                default:
                    return null;
            }
        }
        var isWhole = request.Lower.Length > 0 && request.Merged.Length > 0;
        return isWhole ? request with { Excludes = excludes } : null;
    }
}
