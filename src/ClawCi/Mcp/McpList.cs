using System.Text;
using ClawCi.Tools;

namespace ClawCi.Mcp;

/// <summary>A server's list of something, a line each, for the model. It ends where a list should.</summary>
/// <param name="what">Such as <c>resources</c>.</param>
internal sealed class McpList(string what)
{
    private readonly StringBuilder _text = new();
    private int _count;
    private int _pages;

    public void Add(string name, string? title, string? description)
    {
        if (++_count > McpLimits.MostListed)
            return;
        var said = string.Join(": ", new[] { title, description }.Where(text => !string.IsNullOrWhiteSpace(text)));
        _text.Append($"{McpToolReader.Line(name)}  {McpToolReader.Line(said)}".TrimEnd()).Append('\n');
    }

    /// <summary>Whether another page is asked for.</summary>
    public bool TakesPage(string? cursor) =>
        !string.IsNullOrEmpty(cursor) && ++_pages < McpLimits.MostPages && _count <= McpLimits.MostListed;

    public ToolOutput ToOutput()
    {
        if (_count == 0)
            return McpAnswer.Text($"It has no {what}.", isError: false);
        if (_count > McpLimits.MostListed)
            _text.Append($"and more than these {McpLimits.MostListed}\n");
        return McpAnswer.Text(_text.ToString(), isError: false);
    }
}
