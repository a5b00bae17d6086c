using System.Text;
using ClawCi.Configuration;
using CsCheck;
using Xunit;

namespace ClawCi.Tests.Configuration;

public sealed class StrictReaderFuzzTests
{
    private static readonly string[] Pieces =
    [
        "name",
        ": ",
        ":",
        "\n",
        "\n  ",
        "\n\t",
        "- ",
        "{",
        "}",
        "[",
        "]",
        "\"",
        "'",
        "|",
        ">",
        "&a",
        "*a",
        "!!str ",
        "<<",
        "?",
        "#",
        "%YAML 1.2\n",
        "---",
        "...",
        ",",
        "true",
        "1e999",
        "0x",
        "\\u",
        "é",
        "\ud83d\ude00",
        "\u2028",
        "\u0085",
        "timeout",
        "9h",
        " ",
    ];

    [Fact]
    public void Any_bytes_give_a_record_or_mistakes_with_places() =>
        Gen.Byte.Array[0, 200].Sample(bytes => Reads(bytes), iter: 3000);

    [Fact]
    public void Any_soup_of_YAML_gives_a_record_or_mistakes_with_places() =>
        Gen.Int[0, Pieces.Length - 1]
            .Select(index => Pieces[index])
            .Array[0, 40]
            .Sample(pieces => Reads(Encoding.UTF8.GetBytes(string.Concat(pieces))), iter: 20_000);

    private static bool Reads(byte[] bytes)
    {
        try
        {
            StrictReader.Read(SourceFile.From("f.yaml", bytes), SampleJson.Default.SampleFile);
            return true;
        }
        catch (UserErrorException e)
        {
            return e.Errors.All(error =>
                error.File == "f.yaml" && (error.Line is null || (error.Line > 0 && error.Column > 0))
            );
        }
    }
}
