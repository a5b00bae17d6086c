using System.Text;

namespace ClawCi.ChangeSets.Patches;

/// <summary>The lines of a patch, one after the other.</summary>
internal sealed class PatchLines(ReadOnlyMemory<byte> patch)
{
    private readonly ReadOnlyMemory<byte> _patch = patch;

    /// <summary>Where the next line begins.</summary>
    public int Offset { get; private set; }

    /// <summary>The number of the line that was taken last, from 1.</summary>
    public int Number { get; private set; }

    public bool IsAtEnd => Offset == _patch.Length;

    /// <summary>The next line without its line feed, and empty at the end; it is not taken.</summary>
    public ReadOnlySpan<byte> Next
    {
        get
        {
            var rest = _patch.Span[Offset..];
            var end = rest.IndexOf((byte)'\n');
            return end < 0 ? rest : rest[..end];
        }
    }

    public ReadOnlySpan<byte> Take()
    {
        if (IsAtEnd)
            throw Wrong("it is cut off");
        var line = Next;
        Number++;
        Offset += line.Length;
        if (IsAtEnd)
            throw Wrong("it is cut off");
        Offset++;
        return line;
    }

    /// <summary>Takes the next line when it begins with the word.</summary>
    /// <param name="rest">What follows the word.</param>
    public bool TryTake(ReadOnlySpan<byte> word, out ReadOnlySpan<byte> rest)
    {
        var isIt = !IsAtEnd && Next.StartsWith(word);
        rest = isIt ? Take()[word.Length..] : default;
        return isIt;
    }

    public ReadOnlyMemory<byte> Since(int offset) => _patch[offset..Offset];

    public ChangeSetException Wrong(string what) => new($"line {Number} of the patch: {what}");

    public static string Text(ReadOnlySpan<byte> line) => Encoding.Latin1.GetString(line);
}
