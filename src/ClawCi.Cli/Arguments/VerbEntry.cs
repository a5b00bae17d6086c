using System.Diagnostics.CodeAnalysis;

namespace ClawCi.Cli.Arguments;

/// <summary>A verb as the command line knows it.</summary>
/// <param name="Help">What <c>--help</c> prints.</param>
/// <param name="Missing">What to say when no value is given; null when none is needed.</param>
internal sealed record VerbEntry(
    string Name,
    [property: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)]
    [param: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)]
        Type Options,
    string Help,
    string? Missing
);
