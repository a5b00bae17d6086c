using System.Text;
using ClawCi.Sessions;
using Xunit;

namespace ClawCi.Tests.Sessions;

/// <summary>What well-known tokens look like, and what only looks like one. The tokens are put together here, so that no scanner takes this file for a leak.</summary>
public sealed class TokenShapesTests
{
    private const string Letters = "aB3dE5gH7jK9mN1pQ2sT4vW6xY8zA0cD2fG4hJ6kL8nP0rS2uV4wX6yZ8bC1eF3gH5jK7mN9qR1tU3vW5x";

    public static TheoryData<string, string> Tokens { get; } =
        new()
        {
            { "anthropic-key", $"sk-ant-api03-{Letters}" },
            { "openai-key", $"sk-proj-{Letters[..60]}" },
            { "openai-key", $"sk-{Letters[..48]}" },
            { "aws-access-key-id", "AKIA" + "Q3EGRPTW7LNZ2V6X" },
            { "aws-secret-key", $"aws_secret_access_key = {Letters[..40]}" },
            { "azure-storage-key", $"AccountKey={Letters}xxxx==" },
            { "digitalocean-token", $"dop_v1_{new string('a', 32)}{new string('7', 32)}" },
            { "docker-token", $"dckr_pat_{Letters[..27]}" },
            { "github-token", $"ghp_{Letters[..36]}" },
            { "github-token", $"ghs_{Letters[..36]}" },
            { "github-token", $"github_pat_{Letters[..22]}_{Letters[..59]}" },
            { "gitlab-token", $"glpat-{Letters[..20]}" },
            { "gitlab-token", $"glcbt-64_{Letters[..20]}" },
            { "google-key", $"AIza{Letters[..35]}" },
            { "google-token", $"ya29.{Letters[..60]}" },
            { "google-client-secret", $"GOCSPX-{Letters[..28]}" },
            { "hugging-face-token", "hf_" + string.Concat(Enumerable.Repeat("aBcDeFgHiJ", 4))[..34] },
            { "jwt", $"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.{Letters[..43]}" },
            { "npm-token", $"npm_{Letters[..36]}" },
            { "nuget-key", $"oy2{Letters[..43].ToLowerInvariant()}" },
            { "pypi-token", $"pypi-AgEIcHlwaS5vcmc{Letters}" },
            { "sendgrid-key", $"SG.{Letters[..22]}.{Letters[..43]}" },
            { "slack-token", $"xoxb-1234567890-{Letters[..24]}" },
            { "slack-webhook", $"https://hooks.slack.com/services/T0AB12CD3/B0AB12CD3/{Letters[..24]}" },
            { "stripe-key", $"sk_live_{Letters[..24]}" },
            { "private-key", $"-----BEGIN RSA PRIVATE KEY-----\n{Letters}\n{Letters}=\n-----END RSA PRIVATE KEY-----" },
            { "private-key", $"-----BEGIN PRIVATE KEY-----\n{Letters}\n{Letters}=" },
            {
                "private-key",
                $@"-----BEGIN OPENSSH PRIVATE KEY-----\n{Letters}\n{Letters}\n-----END OPENSSH PRIVATE KEY-----\n"
            },
        };

    [Theory]
    [MemberData(nameof(Tokens))]
    public void A_token_is_known_by_its_shape(string kind, string token)
    {
        foreach (var text in new[] { $"x = '{token}'", $"X={token}", $@"text\n{token}", $"?token%3D{token}&x=1" })
        {
            var found = Assert.Single(new SecretMasker().Find(text));
            Assert.Equal(kind, found.Kind);
            Assert.Contains(text[found.Start..found.End].Trim(), text, StringComparison.Ordinal);
            Assert.InRange(found.End - found.Start, token.Length - 4, token.Length + 1);
        }
    }

    /// <summary>Text of everyday that has prefixes, hashes and encoded bytes in it.</summary>
    [Fact]
    public void What_only_looks_like_a_token_is_left_alone()
    {
        var random = new Random(7);
        var bytes = new byte[60_000];
        random.NextBytes(bytes);
        var hex = Convert.ToHexStringLower(bytes);
        var innocent = new StringBuilder()
            // An image in a page, line by line and in one.
            .AppendLine($"<img src=\"data:image/png;base64,{Convert.ToBase64String(bytes)}\">")
            .AppendLine(Convert.ToBase64String(bytes, Base64FormattingOptions.InsertLineBreaks))
            .AppendLine($"//# sourceMappingURL=data:application/json;base64,eyJ2ZXJzaW9uIjozLCJzb3VyY2VzIjpb{Letters}")
            .AppendLine(
                "sk-" + "learn, task-0123456789abcdef0123456789abcdef0123, desk-aB3dE5gH7jK9mN1pQ2sT4vW6xY8zA0cD2fG4"
            )
            .AppendLine(
                "npm_config_registry=https://registry.npmjs.org/ npm_lifecycle_event=postinstall npm_package_version"
            )
            .AppendLine("AKIAIOSFODNN7" + "EXAMPLE and wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
            .AppendLine("-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----")
            .AppendLine("-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----")
            .AppendLine(
                "ghp_xxxx, GITHUB_TOKEN=${{ secrets.GITHUB_TOKEN }}, github_pat_, glpat-<token>, xoxb-your-token, sk-ant-..."
            )
            .AppendLine("eyJ is how a JWT begins: eyJhbGciOiJIUzI1NiJ9.payload.signature");
        for (var i = 0; i + 64 < hex.Length; i += 64)
        {
            innocent
                .AppendLine(
                    $"    \"integrity\": \"sha512-{Convert.ToBase64String(bytes, i / 2, 64 < bytes.Length - (i / 2) ? 64 : 1)}\","
                )
                .AppendLine($"    \"resolved\": \"https://registry.npmjs.org/p/-/p-{i}.tgz#{hex.AsSpan(i, 40)}\",")
                .AppendLine($"commit {hex.AsSpan(i, 40)} sha256:{hex.AsSpan(i, 64)}")
                .AppendLine($"{new Guid(bytes.AsSpan(i / 2, 16))} checksum = \"{hex.AsSpan(i, 64)}\"");
        }

        Assert.Empty(new SecretMasker().Find(innocent.ToString()));
    }
}
