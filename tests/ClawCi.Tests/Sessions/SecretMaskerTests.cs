using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ClawCi.Sessions;
using CsCheck;
using Xunit;

namespace ClawCi.Tests.Sessions;

public sealed class SecretMaskerTests
{
    private const string Secret = "pa\"ss/w+rd ✓ of\\nine";

    public static TheoryData<string, string> Encodings { get; } =
        new()
        {
            { "raw", Secret },
            { "base64", Base64(Secret) },
            { "base64 one byte later", Base64("u" + Secret) },
            { "base64 two bytes later", Base64("u:" + Secret) },
            { "base64 of more", Base64($"user:{Secret}@example.com") },
            { "base64 for URLs", Base64(Secret).Replace('+', '-').Replace('/', '_') },
            { "URL", Uri.EscapeDataString(Secret) },
            { "URL in small letters", Uri.EscapeDataString(Secret).ToLowerInvariant() },
            { "form", Uri.EscapeDataString(Secret).Replace("%20", "+", StringComparison.Ordinal) },
            { "JSON", JsonSerializer.Serialize(Secret)[1..^1] },
            { "JSON as people write it", JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(Secret) },
            { "JSON in JSON", JsonSerializer.Serialize(JsonSerializer.Serialize(Secret))[3..^3] },
            { "hex", Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Secret)) },
            { "HEX", Convert.ToHexString(Encoding.UTF8.GetBytes(Secret)) },
        };

    [Theory]
    [MemberData(nameof(Encodings))]
    public void A_known_value_is_masked_in_every_encoding(string encoding, string text)
    {
        var masked = Masker(Secret).Apply($"before {text} after");

        Assert.True(masked.Count > 0, encoding);
        Assert.StartsWith("before ", masked.Text, StringComparison.Ordinal);
        Assert.EndsWith(" after", masked.Text, StringComparison.Ordinal);
        // What is left of base64 are characters that mix with their neighbours.
        Assert.InRange(masked.Text.Length, 10, 42);
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Line_breaks_inside_it_do_not_hide_it(string encoding, string text)
    {
        foreach (var lineBreak in new[] { "\n", "\r\n", "\\n" })
        {
            var wrapped = string.Join(lineBreak, text.Chunk(7).Select(chunk => new string(chunk)));
            var masked = Masker(Secret).Apply($"{wrapped}\nthe next line");
            Assert.True(masked.Count > 0, encoding);
            Assert.EndsWith("\nthe next line", masked.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Each_line_of_a_secret_of_several_lines_is_masked() =>
        Assert.Equal(
            "log: *** and ***",
            Masker("first-line-0123456789\nsecond-line-9876543210")
                .Apply("log: second-line-9876543210 and first-line-0123456789")
                .Text
        );

    [Theory]
    [InlineData("short77")]
    [InlineData("aaaaaaaaaaaa")]
    [InlineData("Production")]
    [InlineData("  short77 ")]
    public void What_would_mask_ordinary_words_is_refused_and_said(string value)
    {
        var masker = new SecretMasker();
        Assert.False(masker.Add(value));
        Assert.Equal(value, masker.Apply(value).Text);
    }

    [Fact]
    public void Of_overlapping_secrets_nothing_is_left() =>
        Assert.Equal("<***>", Masker("abcd-efgh-ijkl", "ijkl-mnop-qrst").Apply("<abcd-efgh-ijkl-mnop-qrst>").Text);

    [Fact]
    public void Findings_carry_their_kind()
    {
        var masker = new SecretMasker();
        masker.Add("canary-value-1", "secret FEED_TOKEN");
        var token = "ghp_" + new string('a', 36);

        Assert.Equal(
            ["secret FEED_TOKEN", "github-token"],
            masker.Find($"canary-value-1 {token}").Select(found => found.Kind)
        );
    }

    [Fact]
    public void A_line_of_a_transcript_stays_JSON_whatever_the_secret_is_made_of()
    {
        var masker = Masker("\",\"type\":\"text", "text\\nword9", "tabcdefgh-1");
        var json =
            """{"type":"text","text":"C:\\tabcdefgh-1 \tabcdefgh-1 \u00fc text\nword9","n":12.50,"x":[null,true]}""";

        var masked = MaskedJson.Apply(json, masker);

        using var document = JsonDocument.Parse(masked.Text);
        Assert.Equal("text", document.RootElement.GetProperty("type").GetString());
        Assert.Equal("12.50", document.RootElement.GetProperty("n").GetRawText());
        Assert.Equal(2, masked.Count);
    }

    [Fact]
    public void Whatever_is_around_it_no_secret_is_left() =>
        Gen.Select(Gen.String[Gen.Char["ab\\n\n\"%/=+ü✓\r\0x"], 8, 24], Gen.String, Gen.String)
            .Where((secret, _, _) => KnownSecrets.CanBeMasked(secret.Trim()))
            .Sample(
                (secret, before, after) =>
                    !Masker(secret)
                        .Apply($"{before}{secret}{after}")
                        .Text.Contains(secret.Trim(), StringComparison.Ordinal)
            );

    [Fact]
    public void A_hundred_secrets_are_looked_for_in_a_megabyte_in_no_time()
    {
        var masker = new SecretMasker();
        for (var i = 0; i < 100; i++)
            masker.Add($"{i:x}-value-{i * 7919:x8}-{i}");
        var text = string.Concat(
            Enumerable.Repeat("The quick brown fox eyJeyJ AKIA -----BEGIN PRIVATE KEY----- ", 20_000)
        );
        masker.Apply("warm");
        var watch = System.Diagnostics.Stopwatch.StartNew();

        Assert.Equal(0, masker.Apply(text).Count);

        // Some milliseconds; what would not be linear takes minutes.
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 10);
    }

    private static SecretMasker Masker(params string[] secrets)
    {
        var masker = new SecretMasker();
        foreach (var secret in secrets)
            masker.Add(secret);
        return masker;
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
