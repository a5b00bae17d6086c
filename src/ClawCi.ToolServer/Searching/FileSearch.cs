using System.Diagnostics;
using System.Text;
using ClawCi.ChangeSets.Posix;
using ClawCi.ToolServer.Files;
using Microsoft.Win32.SafeHandles;

namespace ClawCi.ToolServer.Searching;

/// <summary>Tries a pattern on the lines of one file, or of all files below a directory.</summary>
/// <param name="patience">What is found by then is the answer.</param>
internal sealed class FileSearch(LinePattern pattern, GrepResult result, TimeSpan patience)
{
    private const int LinesAtOnce = 4096;
    private const int MaxFileBytes = 16 * 1024 * 1024;
    private readonly List<Range> _lines = [];
    private readonly List<int> _matches = [];
    private readonly long _started = Stopwatch.GetTimestamp();
    private int _tooLarge;
    private bool _isOver;

    /// <returns>Empty, or a line that says what was not searched.</returns>
    public string Run(Workspace workspace, string path, PathFilter? filter, CancellationToken ct)
    {
        using (var location = workspace.Locate(path))
        {
            if (location.Status is not { IsDirectory: true })
            {
                using var file = location.OpenFile(path, out var status);
                Search(file, location.Path, status.Size);
                return Notice("");
            }
        }
        using var walk = FileWalk.Start(workspace, path);
        foreach (var found in walk.Files(ct))
        {
            ct.ThrowIfCancellationRequested();
            if (IsOver())
                break;
            if (!found.Status.IsFile || filter?.Accepts(found.PathFromStart) is false)
                continue;
            using var file = Tree.Open(found.Directory, found.Name, OpenFlags.Read, out _);
            if (file is not null && Tree.Status(file) is { IsFile: true } status)
                Search(file, found.Path, status.Size);
        }
        return Notice(walk.Notice);
    }

    private bool IsOver() => _isOver = _isOver || Stopwatch.GetElapsedTime(_started) > patience;

    private string Notice(string walk)
    {
        if (_isOver)
            walk += $"\n[stopped after {patience.TotalSeconds:0} s; search in a smaller directory]";
        return _tooLarge == 0
            ? walk
            : $"{walk}\n[{_tooLarge} files of more than {MaxFileBytes >> 20} MB were not searched]";
    }

    private void Search(SafeFileHandle file, string path, long size)
    {
        if (size > MaxFileBytes)
        {
            _tooLarge++;
            return;
        }
        if (FileContent.IsBinary(FileContent.ReadStart(file, size)))
            return;
        var content = FileContent.ReadAll(file, path, size);
        var text = Encoding.UTF8.GetString(content).AsSpan();
        if (pattern.CanSkip(text))
            return;
        _lines.Clear();
        _matches.Clear();
        foreach (var line in text.Split('\n'))
        {
            var range = text[line].EndsWith('\r') ? new Range(line.Start, line.End.Value - 1) : line;
            // What follows the last line break is no line.
            if (line.Start.Value == text.Length && text.Length > 0)
                break;
            if (_lines.Count % LinesAtOnce == LinesAtOnce - 1 && IsOver())
                break;
            if (pattern.IsMatch(text[range]))
                _matches.Add(_lines.Count);
            _lines.Add(range);
        }
        if (_matches.Count > 0)
            result.Add(path, text, _lines, _matches);
    }
}
