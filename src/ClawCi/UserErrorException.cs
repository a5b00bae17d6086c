namespace ClawCi;

/// <summary>A mistake of the user's, with its place. Nothing was started.</summary>
internal sealed class UserErrorException(IReadOnlyList<UserError> errors)
    : Exception(string.Join('\n', errors.Select(error => error.ToString())))
{
    public UserErrorException(string file, string message)
        : this([new UserError(file, null, null, message)]) { }

    public IReadOnlyList<UserError> Errors { get; } = errors;
}

/// <summary>One mistake. Line and column count from 1; null when the mistake is about the whole file, or line.</summary>
internal sealed record UserError(string File, int? Line, int? Column, string Message)
{
    /// <summary><c>file:line:col: message</c>, which editors and CI systems know how to link.</summary>
    public override string ToString() =>
        Line is null ? $"{File}: {Message}"
        : Column is null ? $"{File}:{Line}: {Message}"
        : $"{File}:{Line}:{Column}: {Message}";
}
