namespace ClawCi.Tunnels;

/// <summary>The other side broke the tunnel's rules. Nothing it says is read after that.</summary>
internal sealed class TunnelException(string message) : Exception(message);
