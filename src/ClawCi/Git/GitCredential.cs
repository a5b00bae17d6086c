using System.Text;

namespace ClawCi.Git;

/// <summary>What git shows a server: it is handed over in the environment, where neither command lines nor logs have it.</summary>
internal sealed record GitCredential(string User, string Token)
{
    public string Header => $"Authorization: Basic {Encoded}";

    /// <summary>The secret as it is sent.</summary>
    public string Encoded => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Token}"));

    public override string ToString() => User;
}
