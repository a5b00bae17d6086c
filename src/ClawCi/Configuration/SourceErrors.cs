namespace ClawCi.Configuration;

/// <summary>The mistakes found in one file, so that all of them are reported at once.</summary>
internal sealed class SourceErrors(string file)
{
    /// <summary>Nobody reads more, and a file of nothing but mistakes should not take long to refuse.</summary>
    private const int Most = 100;

    private readonly List<UserError> _errors = [];

    public string File { get; } = file;

    public bool Any => _errors.Count > 0;

    /// <exception cref="UserErrorException">There are too many to go on.</exception>
    public void Add(Place place, string message)
    {
        _errors.Add(new(File, place.Line, place.Column, message));
        if (_errors.Count < Most)
            return;
        _errors.Add(new(File, null, null, $"there are more mistakes than these {Most}"));
        ThrowIfAny();
    }

    /// <exception cref="UserErrorException">When there is any, in the order of the file.</exception>
    public void ThrowIfAny()
    {
        if (Any)
            throw new UserErrorException([
                .. _errors.Distinct().OrderBy(error => (error.Line ?? int.MaxValue, error.Column)),
            ]);
    }
}
