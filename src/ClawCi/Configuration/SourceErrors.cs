namespace ClawCi.Configuration;

/// <summary>The mistakes found in one file, so that all of them are reported at once.</summary>
internal sealed class SourceErrors(string file)
{
    private readonly List<UserError> _errors = [];

    public string File { get; } = file;

    public bool Any => _errors.Count > 0;

    public void Add(Place place, string message) => _errors.Add(new(File, place.Line, place.Column, message));

    /// <exception cref="UserErrorException">When there is any, in the order of the file.</exception>
    public void ThrowIfAny()
    {
        if (Any)
            throw new UserErrorException([.. _errors.Distinct().OrderBy(error => (error.Line, error.Column))]);
    }
}
