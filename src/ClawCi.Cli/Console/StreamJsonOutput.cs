using System.Text;

namespace ClawCi.Cli.Console;

/// <summary>
/// JSON lines on stdout, each as it is but for <c>##</c>, which older workflow commands begin with and which in JSON can
/// be written as an escape.
/// </summary>
internal sealed class StreamJsonOutput(Stream stdout)
{
    /// <summary>What ended it: nothing is written any more then, and the run goes on. Null while all is well.</summary>
    public IOException? Failure { get; private set; }

    /// <param name="line">One whole line, with its line feed.</param>
    public void Write(ReadOnlySpan<byte> line)
    {
        if (Failure is not null)
            return;
        try
        {
            WriteLine(line);
        }
        catch (IOException e)
        {
            Failure = e;
        }
    }

    private void WriteLine(ReadOnlySpan<byte> line)
    {
        if (line.IndexOf("##"u8) < 0)
            stdout.Write(line);
        else
            stdout.Write(
                Encoding.UTF8.GetBytes(
                    Encoding.UTF8.GetString(line).Replace("##", @"#\u0023", StringComparison.Ordinal)
                )
            );
        stdout.Flush();
    }
}
