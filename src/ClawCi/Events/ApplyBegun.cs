namespace ClawCi.Events;

/// <summary>From here to <see cref="Applied"/> the checkout may be in between; what undoes that is in the directory.</summary>
/// <param name="Directory">Name of the directory in the checkout that old files wait in; it need not be there yet.</param>
internal sealed record ApplyBegun(string Directory) : RunEvent;
