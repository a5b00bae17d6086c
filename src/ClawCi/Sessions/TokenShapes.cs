using System.Buffers;

namespace ClawCi.Sessions;

/// <summary>
/// Well-known shapes of tokens. A shape is worth a line when it has a prefix of its own: what could be any hash or
/// identifier is not told apart by looking at it.
/// </summary>
internal static class TokenShapes
{
    private const string End = "(?![A-Za-z0-9])";

    private static readonly TokenShape[] All =
    [
        new("anthropic-key", ["sk-ant-"], "sk-ant-[A-Za-z0-9_-]{20,250}"),
        new("openai-key", ["sk-"], "sk-(?:(?:proj|svcacct|admin)-[A-Za-z0-9_-]{20,250}|[A-Za-z0-9]{32,64}" + End + ")"),
        // The documentation's own key ends in EXAMPLE.
        new(
            "aws-access-key-id",
            ["AKIA", "ASIA", "ABIA", "ACCA"],
            "A(?:KI|SI|BI|CC)A(?![A-Z0-9]{9}EXAMPLE)[A-Z0-9]{16}" + End
        ),
        new(
            "aws-secret-key",
            ["aws_secret_access_key", "AWS_SECRET_ACCESS_KEY", "SecretAccessKey"],
            @"[A-Za-z_]{15,21}[""']?\s{0,4}[:=]\s{0,4}[""']?(?![A-Za-z0-9/+]{30}EXAMPLEKEY)[A-Za-z0-9/+]{40}" + End
        ),
        new("azure-storage-key", ["AccountKey="], "AccountKey=[A-Za-z0-9+/]{86}=="),
        new("digitalocean-token", ["dop_v1_", "doo_v1_", "dor_v1_"], "do[opr]_v1_[a-f0-9]{64}"),
        new("docker-token", ["dckr_pat_", "dckr_oat_"], "dckr_[op]at_[A-Za-z0-9_-]{27,64}"),
        new("github-token", ["ghp_", "gho_", "ghu_", "ghr_"], "gh[pour]_[A-Za-z0-9]{30,255}"),
        new("github-token", ["ghs_"], "ghs_[A-Za-z0-9._-]{30,2000}"),
        new("github-token", ["github_pat_"], "github_pat_[A-Za-z0-9_]{30,255}"),
        new(
            "gitlab-token",
            ["glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-", "glimt-", "glagent-", "glsoat-", "gloas-"],
            "gl[a-z]{2,5}-[A-Za-z0-9._-]{20,300}"
        ),
        new("google-key", ["AIza"], "AIza[A-Za-z0-9_-]{35}" + End),
        new("google-token", ["ya29."], @"ya29\.[A-Za-z0-9_-]{30,500}"),
        new("google-client-secret", ["GOCSPX-"], "GOCSPX-[A-Za-z0-9_-]{28}" + End),
        new("hugging-face-token", ["hf_"], "hf_[A-Za-z]{34}" + End),
        new("jwt", ["eyJ"], @"eyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,8000}\.[A-Za-z0-9_-]{16,2000}"),
        new("npm-token", ["npm_"], "npm_[A-Za-z0-9]{30,64}" + End),
        new("nuget-key", ["oy2"], "oy2[a-z0-9]{43}" + End),
        new("pypi-token", ["pypi-"], "pypi-AgE[A-Za-z0-9_-]{50,1000}"),
        new("sendgrid-key", ["SG."], @"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}"),
        new("slack-token", ["xox", "xapp-"], "(?:xox[abeoprs]|xapp)-[A-Za-z0-9-]{20,250}"),
        new(
            "slack-webhook",
            ["https://hooks.slack.com/"],
            "https://hooks.slack.com/services/T[A-Z0-9]{6,14}/B[A-Z0-9]{6,14}/[A-Za-z0-9]{20,32}"
        ),
        new("stripe-key", ["sk_live_", "rk_live_"], "[sr]k_live_[A-Za-z0-9]{20,250}"),
        new(
            "private-key",
            ["-----BEGIN "],
            "-----BEGIN [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----"
                + @"(?:(?:[A-Za-z0-9+/=:,. \t\r\n\\]|-(?!----)){32,16000}-----END [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----"
                + @"|(?:[\s\\]|(?<=\\)[nr])*[A-Za-z0-9+/=\r\n\\]{32,16000})"
        ),
    ];

    private static readonly SearchValues<string> Starts = SearchValues.Create(
        [.. All.SelectMany(shape => shape.Starts)],
        StringComparison.Ordinal
    );

    public static void Find(string text, List<FoundSecret> found)
    {
        for (var at = 0; text.AsSpan(at).IndexOfAny(Starts) is >= 0 and var distance; )
        {
            at += distance;
            at += Math.Max(1, FindAt(text, at, found));
        }
    }

    private static int FindAt(string text, int at, List<FoundSecret> found)
    {
        foreach (var shape in All)
        {
            if (
                shape.Starts.Any(start => text.AsSpan(at).StartsWith(start, StringComparison.Ordinal))
                && shape.LengthAt(text, at) is > 0 and var length
            )
            {
                found.Add(new(at, at + length, shape.Kind));
                return length;
            }
        }
        return 0;
    }
}
