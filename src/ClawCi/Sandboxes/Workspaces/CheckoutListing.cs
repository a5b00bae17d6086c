namespace ClawCi.Sandboxes.Workspaces;

/// <summary>What was said beside the files of a checkout.</summary>
/// <param name="IsTracked">Whether they are those that git tracks.</param>
/// <param name="IsComplete">False when there were too many to see all.</param>
/// <param name="Changed">Display forms of those that are not as git saw them last; null when that was not looked at.</param>
internal sealed record CheckoutListing(bool IsTracked, bool IsComplete, IReadOnlyList<string>? Changed);
