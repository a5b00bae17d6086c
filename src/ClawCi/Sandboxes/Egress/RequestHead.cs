using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.RegularExpressions;

namespace ClawCi.Sandboxes.Egress;

/// <summary>
/// The head of a request, read as narrowly as RFC 9112 allows: what two programs could read in two ways is refused.
/// </summary>
internal sealed partial record RequestHead(
    string Method,
    string Target,
    bool IsHttp10,
    IReadOnlyList<(string Name, string Value)> Headers
)
{
    private const int Longest = 16 << 10;
    private const int MostHeaders = 100;

    /// <returns>Null when the client has no further request.</returns>
    /// <exception cref="EgressException">It is no request, or one that is not unambiguous.</exception>
    public static async Task<RequestHead?> ReadAsync(PipeReader reader, CancellationToken ct)
    {
        while (true)
        {
            var result = await reader.ReadAsync(ct);
            var buffer = result.Buffer;
            if (End(buffer) is { } end)
            {
                var head = Encoding.Latin1.GetString(buffer.Slice(0, end));
                reader.AdvanceTo(end);
                return Parse(head);
            }
            if (buffer.Length > Longest)
                throw new EgressException("http", $"its head is longer than {Longest} bytes", 431);
            var (isDone, isEmpty) = (result.IsCompleted, buffer.IsEmpty);
            reader.AdvanceTo(buffer.Start, buffer.End);
            if (isDone)
                return isEmpty ? null : throw EgressException.Malformed("it ends in the middle of its head");
        }
    }

    public IReadOnlyList<string> All(string name) =>
        [
            .. Headers
                .Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                .Select(header => header.Value),
        ];

    /// <summary>How the body is delimited: its length, or -1 when it comes in chunks.</summary>
    /// <exception cref="EgressException">It can be read in two ways.</exception>
    public long BodyLength()
    {
        var lengths = All("Content-Length");
        var codings = All("Transfer-Encoding");
        if (codings.Count > 0)
            return
                lengths.Count == 0
                && codings is [var coding]
                && coding.Equals("chunked", StringComparison.OrdinalIgnoreCase)
                && !IsHttp10
                ? -1
                : throw EgressException.Malformed("Transfer-Encoding must be `chunked`, once, without Content-Length");
        return lengths switch
        {
            [] => 0,
            [var text] when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length) =>
                length,
            _ => throw EgressException.Malformed("Content-Length must be one number"),
        };
    }

    private static SequencePosition? End(ReadOnlySequence<byte> buffer)
    {
        var searched = new SequenceReader<byte>(buffer.Slice(0, Math.Min(buffer.Length, Longest)));
        return searched.TryReadTo(out ReadOnlySequence<byte> _, "\r\n\r\n"u8) ? searched.Position : null;
    }

    private static RequestHead Parse(string head)
    {
        var lines = head[..^4].Split("\r\n");
        if (head.Any(c => c is not ('\r' or '\n' or '\t') and (< ' ' or > '~')))
            throw EgressException.Malformed("its head holds bytes that are no printable ASCII");
        if (lines.Any(line => line.AsSpan().IndexOfAny('\r', '\n') >= 0))
            throw EgressException.Malformed("a line does not end in CR LF");
        if (FirstLine().Match(lines[0]) is not { Success: true } first)
            throw EgressException.Malformed("its first line is not method, target and HTTP version 1.0 or 1.1");
        if (lines.Length - 1 > MostHeaders)
            throw new EgressException("http", $"it has more than {MostHeaders} headers", 431);
        return new RequestHead(
            first.Groups[1].Value,
            first.Groups[2].Value,
            first.Groups[3].Value == "0",
            [.. lines.Skip(1).Select(Header)]
        );
    }

    private static (string Name, string Value) Header(string line) =>
        HeaderLine().Match(line) is { Success: true } header
            ? (header.Groups[1].Value, header.Groups[2].Value.Trim(' ', '\t'))
            : throw EgressException.Malformed("a header is not a name, a colon and a value on one line");

    [GeneratedRegex(@"^([A-Z]{1,20}) ([!-~]{1,8192}) HTTP/1\.([01])\z")]
    private static partial Regex FirstLine();

    [GeneratedRegex(@"^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}):(.*)\z")]
    private static partial Regex HeaderLine();
}
