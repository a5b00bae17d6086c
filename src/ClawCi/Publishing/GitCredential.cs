using System.Text;

namespace ClawCi.Publishing;

/// <summary>What git shows a server: it is handed over in the environment, where neither command lines nor logs have it.</summary>
internal sealed record GitCredential(string User, string Token)
{
    public string Header => $"Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Token}"))}";

    public override string ToString() => User;
}
