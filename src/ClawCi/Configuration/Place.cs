namespace ClawCi.Configuration;

/// <summary>A position in a file; line and column count from 1, columns in UTF-16 units.</summary>
internal readonly record struct Place(int Line, int Column);
